"""Everything about a scenario that measuring needs, made once for all replications."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from sim.draws.draw import Setting, skill_of_agents
from sim.measures.clock import Clock, make_clock
from sim.measures.components import AGENT, DAY, HOUR, INTERVAL, WINDOW
from sim.measures.entries import SPLITS
from sim.measures.prices import Prices, make_prices
from sim.measures.slices import Slices, people_of, slices_of
from sim.scenario.model import Scenario
from sim.scenario.skills import skills_of
from sim.tables import ContactLog, Floats, Ints


@dataclass(frozen=True)
class Fold:
    """How segments of the clock are added up by the groups of a split.

    order: [segments] those of the first group, those of the second, ...; begins: where in it each
    begins; groups: their numbers, those without a segment left out.
    """

    order: Ints
    begins: Ints
    groups: Ints

    @classmethod
    def by(cls, group: Ints) -> Fold:
        """The fold for the group of each segment."""
        order = np.argsort(group, kind="stable")
        groups, begins = np.unique(group[order], return_index=True)
        return cls(order, begins, groups)


@dataclass(frozen=True)
class Basis:
    """How to measure the replications of one scenario. P pools, C channels, R reasons.

    slices: what is reported; clock: when; prices: for how much.
    threshold: [R, C] a contact answered so soon, in seconds, meets the service level.
    short: [C] abandoned sooner than that, in seconds, counts apart.
    agent_pool: [agent] pool of each agent.
    skill: [agent] what they answer: a row of `unit`; skill_pool: [skill] whose it is.
    person: [agent] row in the split by agent; the last one for those whom no roster names.
    unit: [skill, C] shares of an agent that a contact takes; 0 if they do not answer it.
    capacity: [P] shares of one agent.
    people: [P] whether the pool's agents are people, and not conversations of an AI agent.
    may_decline: [P] whether the pool's agents are offered contacts, which they may decline.
    outbound: [C] whether its contacts are calls to be made.
    folds: split by time -> how its groups are added up.
    """

    scenario: Scenario
    slices: Slices
    clock: Clock
    prices: Prices
    threshold: Floats
    short: Floats
    agent_pool: Ints
    skill: Ints
    skill_pool: Ints
    person: Ints
    unit: Ints
    capacity: Ints
    people: np.ndarray
    may_decline: np.ndarray
    outbound: np.ndarray
    folds: dict[str, Fold]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, reasons, pools and nobody."""
        scenario = self.scenario
        return len(scenario.channels), len(scenario.reasons), len(scenario.pools) + 1

    @cached_property
    def beside(self) -> dict[str, int]:
        """Splits of contacts besides those, and how many groups each has."""
        return {split.name: len(split.groups) for split in SPLITS if split.groups}

    @cached_property
    def cells(self) -> tuple[int, int]:
        """In so many contacts are counted: by `shape`; by segment of the clock and `beside`."""
        return prod(self.shape), len(self.clock.window) * prod(self.beside.values())

    def soon(self, log: ContactLog, rows: Ints, wait: Floats) -> np.ndarray:
        """Whether contacts that waited so long did so within their thresholds."""
        return np.asarray(wait <= self.threshold[log.reason[rows], log.channel[rows]])

    @cached_property
    def sharing(self) -> np.ndarray:
        """[P] whether some agents of the pool may hold several contacts."""
        found = np.zeros(len(self.capacity), dtype=bool)
        part = (self.unit > 0) & (self.unit < self.capacity[self.skill_pool, None])
        found[self.skill_pool[part.any(axis=1)]] = True
        return found

    @cached_property
    def hours_in_windows(self) -> tuple[Ints, Ints]:
        """Hours of the week and windows that meet, hour * (windows + 1) + window of each, and the
        number of its pair for each segment of the clock."""
        windows, clock = len(self.scenario.calendar.windows) + 1, self.clock
        pairs, pair = np.unique(clock.hour * windows + clock.window, return_inverse=True)
        return pairs, pair


def make_basis(setting: Setting) -> Basis:
    """The basis of a prepared scenario."""
    scenario, clock, slices = setting.scenario, make_clock(setting), slices_of(setting.scenario)
    pools = scenario.pools.values()
    skills = [skill for name, pool in scenario.pools.items() for skill in skills_of(name, pool)]
    pool_of = np.array([list(scenario.pools).index(skill.pool) for skill in skills])
    limits: list[list[int]] = [[1] for _ in pools]
    for number, one in zip(pool_of, skills, strict=True):
        limits[number] += one.answers.values()
    capacity = np.array([np.lcm.reduce(some) for some in limits])
    at_once = np.array([[one.answers.get(name, 0) for name in scenario.channels] for one in skills])
    return Basis(
        scenario=scenario,
        slices=slices,
        clock=clock,
        prices=make_prices(setting, clock),
        threshold=np.array(
            [
                [scenario.run.service_level.at(reason, channel) for channel in scenario.channels]
                for reason in scenario.reasons
            ]
        ),
        short=np.array([scenario.run.short_abandon.at(name) for name in scenario.channels]),
        agent_pool=np.repeat(np.arange(len(pools)), np.diff(setting.roster.first_agent)),
        skill=skill_of_agents(setting, tuple(skills)),
        skill_pool=pool_of,
        person=_people(setting, slices.size(AGENT) - 1),
        unit=np.where(at_once > 0, capacity[pool_of, None] // np.maximum(at_once, 1), 0),
        capacity=capacity,
        people=np.array([pool.ai_agent is None for pool in pools]),
        may_decline=np.array([pool.offers is not None for pool in pools]),
        outbound=np.array([one.outbound is not None for one in scenario.channels.values()]),
        folds={
            by: Fold.by(getattr(clock, by))
            for by in (WINDOW, INTERVAL, DAY, HOUR)
            if slices.size(by)
        },
    )


def _people(setting: Setting, nobody: int) -> Ints:
    """[agent] their place among the people whom rosters name."""
    place = {person: number for number, person in enumerate(people_of(setting.scenario))}
    pools = np.repeat(list(setting.scenario.pools), np.diff(setting.roster.first_agent)).tolist()
    people = zip(pools, setting.roster.person, strict=True)
    return np.array(
        [place.get((pool, one.name), nobody) if one else nobody for pool, one in people]
    )
