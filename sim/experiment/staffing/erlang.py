"""Where the search starts: Erlang A, slot by slot, from what the scenario says.

Each slot is taken by itself as if its rates had always been so (SIPP: stationary, independent,
period by period). Live contacts count at the first pool on their route that is there; contacts that
an agent holds several at once count with the part of an agent that they take. Retries, second
contacts and overflow are left to the simulation.

Sources: Green, Kolesar & Soares, Operations Research 49 (2001) 549 (SIPP); Garnett, Mandelbaum &
Reiman, M&SOM 4 (2002) 208 (Erlang A).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np

from sim.draws.arrivals import ArrivalRate, arrival_rate
from sim.draws.luck import basket_said
from sim.experiment.staffing.goal import StaffGoal, Target
from sim.experiment.staffing.shape import Shape, Slot
from sim.measures.components import CHANNEL, DAY, HOUR, POOL, TOTAL, WINDOW
from sim.scenario import Scenario
from sim.scenario.by_time import usual
from sim.scenario.calendar import holidays_of
from sim.scenario.model import Pool, Reason, Route, Step
from sim.scenario.paths import handle_time
from sim.scenario.times import DAY as ONE_DAY
from sim.scenario.times import DAYS, TimesOfWeek
from sim.tables import Floats, Ints
from sim.theory import SteadyState, agents_needed, erlang_a

MOST_AGENTS = 5_000
"""In one slot; beyond, a target is left to the simulation."""

JUDGED: dict[str, Callable[[SteadyState, float], float]] = {
    "service_level": lambda q, t: q.sl_offered(t),
    "sl_offered": lambda q, t: q.sl_offered(t),
    "sl_answered": lambda q, t: q.sl_answered(t),
    "sl_exclude_short": lambda q, t: q.sl_exclude_short(t),
    "sl_credit_short": lambda q, t: q.sl_credit_short(t),
    "no_wait": lambda q, _: q.p_nowait,
    "abandonment": lambda q, _: q.p_abandon,
    "answer_rate": lambda q, _: 1.0 - q.p_abandon,
    "asa": lambda q, _: q.asa,
    "wait": lambda q, _: q.mean_wait,
    "occupancy": lambda q, _: q.occupancy,
    "occupancy_any": lambda q, _: q.occupancy,
}
"""Targets that Erlang A knows: the value in steady state, given the channels' threshold."""


@dataclass(frozen=True)
class Load:
    """The live contacts of one slot, a second: what Erlang A needs, and what they are worth.

    rate: arrivals; work: agent seconds that they bring; leaving: arrivals / mean patience.
    within: sum of arrivals x the threshold; by channel in `thresholds`.
    worth: money that arrivals bring if all are answered in time.
    backlog: agent seconds of deferred contacts, spread evenly over the pool's slots.
    """

    rate: float = 0.0
    work: float = 0.0
    leaving: float = 0.0
    within: float = 0.0
    worth: float = 0.0
    backlog: float = 0.0

    def times(self, factor: float) -> Load:
        """As if everybody came so many times as often."""
        return Load(*(factor * part for part in vars(self).values()))


@dataclass(frozen=True)
class Start:
    """The Erlang staffing of a shape, for demand as it is or scaled."""

    shape: Shape
    goal: StaffGoal
    targets: tuple[Target, ...]
    loads: tuple[Load, ...]
    customers: float
    """Expected in a whole run, warm-up and cool-down days among them."""

    @classmethod
    def of(cls, shape: Shape, goal: StaffGoal, targets: tuple[Target, ...]) -> Start:
        """Work out what comes in each slot."""
        scenario = shape.scenario
        holidays = holidays_of(scenario.calendar)
        rates = {name: arrival_rate(scenario, name, holidays) for name in scenario.reasons}
        customers = sum(
            float(np.diff(_arrived(scenario, name, rate, rate.edges[[0, -1]]))[0])
            for name, rate in rates.items()
        )
        return cls(shape, goal, targets, tuple(_loads(shape, rates)), customers)

    def heads(self, factor: float = 1.0) -> Ints:
        """[S] heads needed in each slot if everybody came `factor` times as often."""
        most = self.goal.at_most if self.goal.at_most is not None else MOST_AGENTS
        return np.array(
            [
                min(max(self._heads(slot, load.times(factor)), self.goal.at_least), most)
                for slot, load in zip(self.shape.slots, self.loads, strict=True)
            ],
            dtype=np.int64,
        )

    def _heads(self, slot: Slot, load: Load) -> int:
        """Heads on the plan: agents needed, and those who are absent or on a break besides."""
        scenario = self.shape.scenario
        pool = scenario.pools[slot.pool]
        agents = max(
            self._for_targets(slot, load),
            _for_worth(load, pool.contract.per_hour / 3600) if self.goal.maximise else 0,
            math.ceil(load.work + load.backlog - 1e-9) if load.backlog else 0,
        )
        there = max(pool.presence.mean * (1.0 - _on_break(pool, slot)), 0.05)
        return math.ceil(agents / there - 1e-9)

    def _for_targets(self, slot: Slot, load: Load) -> int:
        windows = self.shape.scenario.calendar.windows
        needed = 0
        for target in self.targets:
            if target.measure not in JUDGED or load.rate == 0:
                continue
            if not _about(target, slot, windows):
                continue
            within = load.within / load.rate
            if target.by == CHANNEL:
                scenario = self.shape.scenario
                within = scenario.run.thresholds(target.group, scenario.reasons)[0]
            needed = max(needed, _needed(replace(target, by=TOTAL), load, within))
        return needed


def _about(target: Target, slot: Slot, windows: Mapping[str, TimesOfWeek]) -> bool:
    """Whether a target is about what comes in a slot."""
    if target.by == WINDOW:
        return _within(windows[target.group], slot)
    if target.by == POOL:
        return target.group == slot.pool
    if target.by == DAY:
        return date.fromisoformat(target.group).weekday() == slot.day
    if target.by == HOUR:
        return target.group == f"{DAYS[slot.day]} {slot.start // 3600:02d}:00"
    return True


@cache
def _needed(target: Target, load: Load, within: float) -> int:
    """The fewest agents with which the steady state meets the target."""
    judged = JUDGED[target.measure]

    def meets(state: SteadyState) -> bool:
        value = judged(state, within)
        return not target.sign * (value - target.value) < 0.0

    patience = load.rate / load.leaving if load.leaving > 0 else math.inf
    try:
        found = agents_needed(meets, load.rate, load.work / load.rate, patience)
    except ValueError:  # no number of agents gets there
        return math.ceil(2 * load.work) + 1
    return min(found, MOST_AGENTS)


@cache
def _for_worth(load: Load, per_second: float) -> int:
    """The agents of whom the last one is worth what they cost."""
    if load.worth <= 0:
        return 0
    theta = max(load.leaving, 1e-9 * load.rate)

    def worth(agents: int) -> float:
        state = erlang_a(load.rate, load.work / load.rate, agents, load.rate / theta)
        return load.worth * (1.0 - state.p_abandon)

    agents = max(1, math.floor(load.work / 2))
    while agents < MOST_AGENTS and worth(agents + 1) - worth(agents) > per_second:
        agents += 1
    return agents


# --- what comes in each slot ------------------------------------------------------------------


def _loads(shape: Shape, rates: dict[str, ArrivalRate]) -> list[Load]:
    loads = [_live(shape, slot, rates) for slot in shape.slots]
    backlog = _backlog(shape, rates)
    seconds = {
        pool: sum(s.end - s.start for s in shape.slots if s.pool == pool) for pool in shape.fixed
    }
    return [
        replace(load, backlog=backlog[slot.pool] / seconds[slot.pool])
        for slot, load in zip(shape.slots, loads, strict=True)
    ]


def _live(shape: Shape, slot: Slot, rates: dict[str, ArrivalRate]) -> Load:
    scenario = shape.scenario
    parts = []
    for name, reason in scenario.reasons.items():
        arrivals = _rate_in(scenario, name, rates[name], slot)
        for channel, share in reason.channels.items():
            if arrivals * share == 0 or not scenario.channels[channel].live:
                continue
            if _first_there(shape, name, channel, slot) != slot.pool:
                continue
            pool = scenario.pools[slot.pool]
            rate = arrivals * share
            parts.append(
                Load(
                    rate=rate,
                    work=rate * _agent_seconds(pool, name, reason, channel),
                    leaving=rate / max(reason.patience.at(channel).expectation(), 1e-3),
                    within=rate * scenario.run.service_level.at(name, channel),
                    worth=rate * _worth(scenario, pool, name, channel),
                )
            )
    return Load(*(math.fsum(column) for column in zip(*(vars(p).values() for p in parts))))  # noqa: B905


def _backlog(shape: Shape, rates: dict[str, ArrivalRate]) -> dict[str, float]:
    """Agent seconds of deferred contacts a week, at the first pool on the route that decides."""
    scenario = shape.scenario
    weeks = scenario.calendar.days / 7
    found = dict.fromkeys(shape.fixed, 0.0)
    for name, reason in scenario.reasons.items():
        arrivals = _counted(scenario, name, rates[name]) / max(weeks, 1.0)
        for channel, share in reason.channels.items():
            said = scenario.channels[channel]
            if said.live or said.unlimited:
                continue
            for step in _route(scenario, name, channel):
                if step.pool in found:
                    pool = scenario.pools[step.pool]
                    found[step.pool] += (
                        arrivals * share * _agent_seconds(pool, name, reason, channel)
                    )
                    break
    return found


def _rate_in(scenario: Scenario, name: str, rate: ArrivalRate, slot: Slot) -> float:
    """Mean arrivals a second of a reason in a slot, over the counted days of its weekday."""
    calendar = scenario.calendar
    days = [d for d in range(calendar.days) if (calendar.start.weekday() + d) % 7 == slot.day]
    low = np.array(days) * ONE_DAY + slot.start
    high = low + slot.end - slot.start
    total = float(
        np.sum(_arrived(scenario, name, rate, high) - _arrived(scenario, name, rate, low))
    )
    return max(total, 0.0) / (len(days) * (slot.end - slot.start))


def _counted(scenario: Scenario, name: str, rate: ArrivalRate) -> float:
    ends = np.array([0.0, scenario.calendar.days * ONE_DAY])
    return float(np.diff(_arrived(scenario, name, rate, ends))[0])


def _arrived(scenario: Scenario, name: str, rate: ArrivalRate, times: Floats | Ints) -> Floats:
    """Expected arrivals up to each time; recorded ones where the reason replays a record."""
    arrivals = scenario.reasons[name].arrivals
    if arrivals is not None and arrivals.replay is not None:
        return np.searchsorted(np.sort(arrivals.replay), times).astype(np.float64)
    cumulative = np.concatenate([[0.0], np.cumsum(rate.expected)])
    expected: Floats = np.interp(times, rate.edges, cumulative)
    return expected


def _agent_seconds(pool: Pool, name: str, reason: Reason, channel: str) -> float:
    """An agent's time for one contact, with as many in hand as they may have."""
    at_once = pool.answers[channel]
    work = handle_time(reason, channel).expectation() / usual(pool.speed.at(name, channel))
    return (
        work / pool.paces(channel, at_once)[-1] + reason.wrap.at(channel).expectation()
    ) / at_once


def _worth(scenario: Scenario, pool: Pool, name: str, channel: str) -> float:
    """Margin before agents' hours that one contact of a buyer brings if it is answered."""
    buying = scenario.reasons[name].buying
    if buying is None or pool.sells.conversion is None:
        return 0.0
    conversion = usual(pool.sells.conversion.at(name, channel))
    basket = basket_said(pool, name, channel) or buying.basket
    value = basket.expectation() if basket is not None else 0.0
    if pool.sells.revenue_per_contact is not None:
        mean = usual(pool.sells.revenue_per_contact.at(name, channel))
        value = mean / max(conversion, 1e-12)
    paid = conversion * (pool.contract.per_sale + pool.contract.revenue_share * value)
    added = max(conversion - buying.unaided, 0.0) * value * scenario.gross_margin
    return max(added - paid - pool.contract.per_contact, 0.0)


# --- routes, windows, breaks ------------------------------------------------------------------


def _route(scenario: Scenario, reason: str, channel: str) -> list[Step]:
    """The steps that a contact may take, first those that are open to it at once."""

    def matches(route: Route) -> bool:
        return (route.reason is None or reason in route.reason) and (
            route.channel is None or channel in route.channel
        )

    steps = next((route.to for route in scenario.routing if matches(route)), [])
    return sorted(
        (step for step in steps if channel in scenario.pools[step.pool].answers),
        key=lambda step: step.after,
    )


def _first_there(shape: Shape, reason: str, channel: str, slot: Slot) -> str | None:
    for step in _route(shape.scenario, reason, channel):
        if step.pool == slot.pool or _overlaps(shape, step.pool, slot):
            return step.pool
    return None


def _overlaps(shape: Shape, pool: str, slot: Slot) -> bool:
    """Whether a pool is, or may be put, there during a slot."""
    if pool in shape.fixed:
        return any(
            other.pool == pool
            and other.day == slot.day
            and other.start < slot.end
            and slot.start < other.end
            for other in shape.slots
        )
    return any(
        _within(times, slot) for times, n in shape.scenario.pools[pool].present().items() if n
    )


def _within(times: TimesOfWeek, slot: Slot) -> bool:
    """Whether the times cover the middle of a slot."""
    middle = (slot.start + slot.end) / 2
    return any(
        (slot.day in line.days and line.start <= middle < line.end)
        or ((slot.day - 1) % 7 in line.days and line.start <= middle + ONE_DAY < line.end)
        for line in times
    )


def _on_break(pool: Pool, slot: Slot) -> float:
    """The share of a slot that an agent who is there all day spends on breaks."""
    away = 0.0
    for pause in pool.breaks:
        for line in pause.between or ():
            if slot.day in line.days:
                overlap = max(0, min(line.end, slot.end) - max(line.start, slot.start))
                away += pause.length * overlap / (line.end - line.start)
    return min(away / (slot.end - slot.start), 0.95)
