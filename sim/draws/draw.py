"""All randomness of one replication, drawn before its clock starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np

from sim.draws.alike import Alike
from sim.draws.arrivals import ArrivalRate, arrival_rate, arrival_times, kinds_of_days
from sim.draws.aside import time_aside
from sim.draws.banks import Banks, bank_places, begins, contact_values, make_banks
from sim.draws.happening import backlog, extra_arrivals
from sim.draws.members import LogInRate, log_in_rate, log_ins
from sim.draws.pieces import Pieces, together
from sim.draws.presence import Attendance, ends_of_shifts, last_contacts, rostered
from sim.draws.roster import Roster, roster, slowness
from sim.draws.sample import sample
from sim.draws.shared import once
from sim.draws.streams import Stream, Streams
from sim.scenario import Scenario
from sim.scenario.calendar import holidays_of
from sim.scenario.distributions import Distribution
from sim.scenario.model import Reason
from sim.scenario.skills import Skill
from sim.tables import DAY, Aside, Draws, Floats, Ints, on_grid

OFFERS_DRAWN = 256
"""Answers to offers in a block of an agent's infinite sequence."""


@dataclass(frozen=True)
class Setting:
    """What every replication of a scenario draws from; made once by `prepare`."""

    scenario: Scenario
    holidays: frozenset[date]
    rates: tuple[ArrivalRate, ...]  # one a reason
    roster: Roster
    log_in_rates: tuple[LogInRate | None, ...]  # one a pool; None: scheduled
    banks: Banks
    alike: Alike | None = None


def prepare(scenario: Scenario, alike: Alike | None = None) -> Setting:
    """Work out the parts of drawing that are the same in every replication.

    Args:
        scenario: what is drawn.
        alike: what of it other scenarios may have in common, to be drawn once for all of them.
    """
    holidays = holidays_of(scenario.calendar)
    rates = tuple(arrival_rate(scenario, name, holidays) for name in scenario.reasons)
    records = tuple(map(_recorded, scenario.reasons.values(), rates))
    same = tuple(map(_same, scenario.reasons.values(), rates))
    return Setting(
        scenario,
        holidays,
        rates,
        roster(scenario, holidays),
        tuple(log_in_rate(scenario, pool, holidays) for pool in scenario.pools.values()),
        make_banks(scenario, holidays, records, same),
        alike,
    )


class _Customers(NamedTuple):
    """Columns of `Draws` about customers."""

    arrival: Floats
    reason: Ints
    row: Ints
    channel: Ints
    age: Floats
    same: Ints
    reason_size: Ints


class _Staff(NamedTuple):
    """Columns of `Draws` about agents."""

    duty_agent: Ints
    duty_on: Floats
    duty_off: Floats
    duty_last: Floats
    duty_break: Floats
    duty_slowness: Floats
    duty_ends: np.ndarray
    aside: Aside


def draw(setting: Setting, seed: int, replication: int) -> Draws:
    """Draw one replication: customers, the luck of all their contacts, who is on duty."""
    base = Streams(seed, replication)
    came, rostered = setting.alike or (None, None)
    customers = _shared(came, base, lambda: _customers(setting, base))
    staff = _shared(rostered, base, lambda: _staff(setting, base))
    sizes = customers.reason_size
    at, at_legs, at_times = bank_places(setting.banks, sizes)
    more = More(setting, base, sizes)
    luck, response = more.answers_to_offers(0)
    return Draws(
        **customers._asdict(),
        **staff._asdict(),
        values=np.concatenate([more.values(r, 0) for r in range(len(sizes))]),
        begins=begins(setting.banks, sizes),
        at=at,
        at_legs=at_legs,
        at_times=at_times,
        offer_first=_offer_rows(setting),
        offer_luck=luck,
        offer_response=response,
        more=more,
    )


Part = TypeVar("Part", _Customers, _Staff)


def _shared(name: str | None, base: Streams, make: Callable[[], Part]) -> Part:
    """A part of the draws, made once for all scenarios that know it by this name."""
    return make() if name is None else once((base.name, name), make)


def skill_of_agents(setting: Setting, skills: tuple[Skill, ...]) -> Ints:
    """[agent] what they answer; whom nobody names answers as their pool does."""
    sizes = dict(zip(setting.scenario.pools, np.diff(setting.roster.first_agent), strict=True))
    counts: list[int] = []
    for skill in skills:
        usual = skill.name == skill.pool
        counts.append(int(sizes[skill.pool]) if usual else len(skill.people))
        sizes[skill.pool] -= counts[-1]
    return np.repeat(np.arange(len(skills)), counts)


# --- customers --------------------------------------------------------------------------------


def _customers(setting: Setting, base: Stream) -> _Customers:
    scenario = setting.scenario
    times, channels, ages = [], [], []
    for (name, reason), rate in zip(scenario.reasons.items(), setting.rates, strict=True):
        own = partial(_of_reason, base, name)
        arrived = _arrivals(setting, name, rate, own, base)
        chosen = _first_channels(scenario, reason, base("channel", name), arrived, rate)
        _put_recorded_channels(scenario, reason, rate, chosen)
        if scenario.calendar.events:
            waiting, where, age = backlog(scenario, name, setting.holidays, own)
            ages.append(np.append(np.zeros(len(arrived)), age))
            arrived, chosen = np.append(arrived, waiting), np.append(chosen, where)
        times.append(arrived)
        channels.append(chosen)
    sizes = np.array([len(arrived) for arrived in times], dtype=np.int64)
    reasons = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.concatenate([np.arange(n, dtype=np.int64) for n in sizes])
    arrival = np.concatenate(times)
    # stable: at the same instant by reason, then row; and quick, for each reason's are in order
    order = np.argsort(arrival, kind="stable")
    return _Customers(
        arrival=arrival[order],
        reason=reasons[order],
        row=rows[order],
        channel=np.concatenate(channels)[order],
        age=np.concatenate(ages)[order] if any(age.any() for age in ages) else np.zeros(0),
        same=_first_numbers(setting, sizes, order),
        reason_size=sizes,
    )


def _first_numbers(setting: Setting, sizes: Ints, order: Ints) -> Ints:
    """[customer] the first one who is the same, by records that are replayed; empty without any.

    Args:
        setting: prepared.
        sizes: customers of each reason.
        order: of the customers, reason by reason, by arrival.
    """
    records = [banks.same for banks in setting.banks.reasons]
    if all(same is None for same in records):
        return np.zeros(0, dtype=np.int64)
    first = np.arange(len(order))
    for same, begin in zip(records, np.cumsum(sizes) - sizes, strict=True):
        if same is not None:
            first[begin : begin + len(same)] = begin + same
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return np.asarray(number[first[order]])


def _of_reason(base: Stream, reason: str, *part: str | int) -> np.random.Generator:
    return base(*part, reason)


def _arrivals(setting: Setting, name: str, rate: ArrivalRate, own: Stream, base: Stream) -> Floats:
    """Arrival times by row: the usual customers in order, then those of events."""
    scenario = setting.scenario
    reason = scenario.reasons[name]
    extra = extra_arrivals(scenario, name, setting.holidays, own)
    if reason.arrivals is None or reason.arrivals.replay is None:
        days = np.floor(rate.edges[:-1] / DAY).astype(np.int64)
        kinds = kinds_of_days(scenario, name, days, base)
        usual = arrival_times(rate, reason.busyness, own, scenario.busyness, base, kinds)
    else:
        times = on_grid(reason.arrivals.replay)
        usual = times[_replayed(times, rate)]
    return np.concatenate([usual, extra]) if len(extra) else usual


def _replayed(times: Floats, rate: ArrivalRate) -> Ints:
    """Which of the times of a record count, in order."""
    order = np.argsort(times, kind="stable")
    counted = (times[order] >= rate.edges[0]) & (times[order] < rate.edges[-1])
    return np.asarray(order[counted])


def _recorded(reason: Reason, rate: ArrivalRate) -> dict[str, Floats]:
    """What a replayed record says of its contacts, by row."""
    if reason.arrivals is None or reason.arrivals.replay is None:
        return {}
    rows = _replayed(on_grid(reason.arrivals.replay), rate)
    return {one: np.array(said)[rows] for one, said in reason.arrivals.recorded().items()}


def _same(reason: Reason, rate: ArrivalRate) -> Ints | None:
    """[row] the first one of the same customer, if a replayed record says who they were."""
    if reason.arrivals is None or reason.arrivals.customer is None:
        return None
    rows = _replayed(on_grid(reason.arrivals.replay), rate)
    names = [reason.arrivals.customer[row] for row in rows.tolist()]
    first: dict[str, int] = {}
    return np.array([first.setdefault(who, k) if who else k for k, who in enumerate(names)], int)


def _first_channels(
    scenario: Scenario,
    reason: Reason,
    generator: np.random.Generator,
    arrived: Floats,
    rate: ArrivalRate,
) -> Ints:
    numbers = {name: i for i, name in enumerate(scenario.channels)}
    choices = np.array([numbers[name] for name in reason.channels], dtype=np.int64)
    luck = generator.random(len(arrived))
    if rate.shares is None:
        borders = np.cumsum(list(reason.channels.values()))[:-1]
        return choices[np.searchsorted(borders, luck, side="right")]
    step = np.searchsorted(rate.edges, arrived, side="right") - 1
    borders = np.cumsum(rate.shares, axis=1)[np.clip(step, 0, len(rate.shares) - 1), :-1]
    return np.asarray(choices[(borders <= luck[:, None]).sum(axis=1)])


def _put_recorded_channels(
    scenario: Scenario, reason: Reason, rate: ArrivalRate, chosen: Ints
) -> None:
    """Where a replayed record says on which channel a customer came, it is that."""
    if reason.arrivals is None or reason.arrivals.channel is None:
        return
    numbers = {"": -1, **{name: i for i, name in enumerate(scenario.channels)}}
    rows = _replayed(on_grid(reason.arrivals.replay), rate)
    said = np.array([numbers[one] for one in reason.arrivals.channel], dtype=np.int64)[rows]
    chosen[: len(said)] = np.where(said >= 0, said, chosen[: len(said)])


# --- agents -----------------------------------------------------------------------------------


def _staff(setting: Setting, base: Stream) -> _Staff:
    scenario = setting.scenario
    plan = rostered(scenario, setting.roster, base)
    attendance = Attendance.drawn(scenario, plan, base)
    duty = _duty(setting, plan, attendance, base)
    return _Staff(
        duty_agent=duty.agent,
        duty_on=duty.on,
        duty_off=duty.off,
        duty_last=last_contacts(scenario, setting.roster, duty),
        duty_break=duty.rest,
        duty_slowness=slowness(setting.roster, duty, scenario.calendar.start),
        duty_ends=ends_of_shifts(scenario, setting.roster, duty),
        aside=time_aside(scenario, plan, attendance, duty, base),
    )


def _duty(setting: Setting, plan: Roster, attendance: Attendance, base: Stream) -> Pieces:
    """Duty spells: of people who are there, pieces that meet made one, and of members."""
    spells = [attendance.there.joined()]
    for p, (name, pool) in enumerate(setting.scenario.pools.items()):
        if pool.members is not None:
            member, login, logoff = log_ins(setting.log_in_rates[p], pool, partial(base, name))
            nothing = np.zeros(len(member), dtype=np.int64)
            spells.append(Pieces.of(member + plan.first_agent[p], login, logoff, nothing))
    return together(*spells).in_order()


@dataclass(frozen=True)
class More:
    """Luck without end of one replication: see `sim.tables.MoreLuck`.

    Streams of offers are named ("accept", pool) and ("response", pool) for block 0; later blocks
    add their number. A block holds the answers of all agents of the pool, in order.

    streams: of the replication.
    sizes: customers of each reason.
    drawn: what was asked for already, by reason and attempt.
    """

    setting: Setting
    streams: Streams
    sizes: Ints
    drawn: dict[tuple[int, int], Floats] = field(default_factory=dict)

    def contact_values(self, reason: int, attempt: int) -> Floats:
        """The luck of a reason's customers in one of their contacts; drawn once."""
        if (reason, attempt) not in self.drawn:
            self.drawn[reason, attempt] = self.values(reason, attempt)
        return self.drawn[reason, attempt]

    def values(self, reason: int, attempt: int) -> Floats:
        """The same, drawn anew but where scenarios share their luck."""
        banks, size = self.setting.banks.reasons[reason], int(self.sizes[reason])
        if banks.recorded or banks.same is not None:
            return contact_values(banks, self.streams, size, attempt)
        return once(
            (self.streams.name, banks, size, attempt),
            lambda: contact_values(banks, self.streams, size, attempt),
        )

    def answers_to_offers(self, block: int) -> tuple[Floats, Floats]:
        """How the agents of pools with offers answer them: luck and response, agent by agent."""
        base = self.streams
        part = (block,) if block else ()
        luck, response = [np.zeros(0)], [np.zeros(0)]
        agents = np.diff(self.setting.roster.first_agent).tolist()
        for (name, pool), count in zip(self.setting.scenario.pools.items(), agents, strict=True):
            if pool.offers is not None:
                asked = base, name, part, pool.offers.response, count * OFFERS_DRAWN
                both = once((base.name, *asked[1:]), partial(_answers, *asked))
                luck.append(both[0])
                response.append(both[1])
        return np.concatenate(luck), np.concatenate(response)


def _answers(
    base: Stream, pool: str, part: tuple[int, ...], response: Distribution, n: int
) -> tuple[Floats, Floats]:
    """Luck and response of a block of a pool's answers."""
    named = partial(base, "response", pool, *part)
    return base("accept", pool, *part).random(n), on_grid(sample(response, named, n))


def _offer_rows(setting: Setting) -> Ints:
    """Where each agent's answers begin in a block."""
    pools = setting.scenario.pools.values()
    drawn = np.array([0 if pool.offers is None else OFFERS_DRAWN for pool in pools], dtype=np.int64)
    sizes = np.repeat(drawn, np.diff(setting.roster.first_agent))
    return np.concatenate([[0], np.cumsum(sizes)])
