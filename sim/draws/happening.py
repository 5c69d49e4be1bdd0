"""When the calendar's events happen, in seconds, and what they change in arrivals and staff."""

from __future__ import annotations

import datetime
from datetime import date
from functools import partial
from itertools import pairwise

import numpy as np

from sim.draws.pieces import NONE, Pieces, together
from sim.draws.sample import sample
from sim.draws.streams import Stream
from sim.scenario.calendar import intervals
from sim.scenario.events import Event, Moment
from sim.scenario.levers import Lever
from sim.scenario.model import Calendar, Scenario
from sim.tables import DAY, Floats, Ints, on_grid

Span = tuple[float, float]

FOLLOW_UP_DAYS = 14
"""Staff patterns go on so long after the last arrivals, to finish what is open."""


def spans_of(calendar: Calendar, event: Event, holidays: frozenset[date]) -> list[Span]:
    """When an event holds; a moment begins and ends at once."""
    if isinstance(event.at, Moment):
        midnight = datetime.datetime.combine(calendar.start, datetime.time())
        moment = (event.at - midnight).total_seconds()
        return [(moment, moment)]
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    return intervals(
        event.at, calendar.start, -calendar.warmup - 1, days + 2, holidays, holidays_apart=False
    )


def volume_factors(
    scenario: Scenario, reason: str, holidays: frozenset[date]
) -> list[tuple[float, float, float]]:
    """From, to, and how many times the usual number of customers come."""
    return _factors(scenario, reason, holidays, "volume")


def handle_factors(
    scenario: Scenario, reason: str, holidays: frozenset[date]
) -> list[tuple[float, float, float]]:
    """From, to, and how many times the usual handle time contacts take."""
    return _factors(scenario, reason, holidays, "handle")


def _factors(
    scenario: Scenario, reason: str, holidays: frozenset[date], field: str
) -> list[tuple[float, float, float]]:
    """From, to, and the factor that an event says for a reason."""
    return [
        (low, high, getattr(said, field))
        for event in scenario.calendar.events.values()
        if (said := event.of_reason(reason)) is not None and getattr(said, field) != 1
        for low, high in spans_of(scenario.calendar, event, holidays)
    ]


def extra_arrivals(
    scenario: Scenario, reason: str, holidays: frozenset[date], stream: Stream
) -> Floats:
    """When customers come who come because of an event, event by event.

    Their number is Poisson; the k-th stays the same when it grows. Without `after` they come evenly
    while the event lasts.
    """
    found = [np.zeros(0)]
    calendar = scenario.calendar
    last = (calendar.days + calendar.cooldown) * DAY
    for name, event in calendar.events.items():
        said = event.reasons.get(reason)
        if said is None or not said.extra:
            continue
        for number, (low, high) in enumerate(spans_of(calendar, event, holidays)):
            named = partial(stream, "extra", name, number)
            n = _poisson(named("number"), said.extra)
            if said.after is None:
                later = named("after").random(n) * (high - low)
            else:
                later = sample(said.after, partial(named, "after"), n)
            times = on_grid(low + later)
            found.append(times[(times >= -calendar.warmup * DAY) & (times < last)])
    return np.concatenate(found)


def backlog(
    scenario: Scenario, reason: str, holidays: frozenset[date], stream: Stream
) -> tuple[Floats, Ints, Floats]:
    """When customers begin to wait who are waiting when an event begins, on which channel, and for
    how long they have been waiting by then.
    """
    numbers = {name: number for number, name in enumerate(scenario.channels)}
    times, channels, ages = [np.zeros(0)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for name, event in scenario.calendar.events.items():
        said = event.reasons.get(reason)
        if said is None or not said.waiting:
            continue
        for nth, (low, _) in enumerate(spans_of(scenario.calendar, event, holidays)):
            for channel, count in said.waiting.items():
                times.append(np.full(count, low))
                channels.append(np.full(count, numbers[channel]))
                ages.append(np.zeros(count))
                if said.age is not None:
                    named = partial(stream, "age", name, nth, channel)
                    ages[-1] = on_grid(sample(said.age, named, count))
    return np.concatenate(times), np.concatenate(channels), np.concatenate(ages)


def _poisson(generator: np.random.Generator, mean: float) -> int:
    """How many points of a Poisson process of rate one lie before the mean."""
    reached, n = 0.0, 0
    while True:
        points = reached + np.cumsum(generator.standard_exponential(int(mean - reached) + 64))
        n += int(np.searchsorted(points, mean))
        reached = float(points[-1])
        if reached > mean:
            return n


def presence_of(scenario: Scenario, pool: str, day: int, holidays: frozenset[date]) -> float:
    """The chance to come on a day; of several events that change it the last one says it."""
    chance = scenario.pools[pool].presence.mean
    for event in scenario.calendar.events.values():
        said = event.pools.get(pool)
        if said is not None and said.presence is not None:
            spans = spans_of(scenario.calendar, event, holidays)
            if any(low < (day + 1) * DAY and high > day * DAY for low, high in spans):
                chance = said.presence
    return chance


def closed_spans(scenario: Scenario, channel: str, holidays: frozenset[date]) -> list[Span]:
    """When events close a channel."""
    return [
        span
        for event in scenario.calendar.events.values()
        if channel in event.channels
        for span in spans_of(scenario.calendar, event, holidays)
    ]


# --- more or fewer people ---------------------------------------------------------------------


def with_changes(
    duty: Pieces, size: int, changes: list[tuple[float, float, Lever]]
) -> tuple[Pieces, int]:
    """The duty of a pool's people with more or fewer of them in some spans; and their number.

    Where nobody is scheduled nothing changes. Those who stay away are the last of those who would
    be there; those who come besides are new.
    """
    for low, high, lever in changes:
        edges = np.unique(np.clip(np.concatenate([[low, high], duty.on, duty.off]), low, high))
        holes, more = [NONE], [NONE]
        for begin, end in pairwise(edges.tolist()):
            here = np.unique(duty.agent[(duty.on <= begin) & (duty.off >= end)])
            change = lever.of(len(here)) - len(here)
            if len(here) == 0:
                continue  # nobody to be more or fewer of
            who = here[change:] if change < 0 else np.arange(size, size + change)
            day = np.full(len(who), int(begin // DAY))
            pieces = Pieces.of(who, np.full(len(who), begin), np.full(len(who), end), day)
            (holes if change < 0 else more).append(pieces)
        added = together(*more)
        duty = together(duty.without(together(*holes)), added.in_order()).in_order()
        size = max(size, int(added.agent.max(initial=-1)) + 1)
    return duty, size


def staff_changes(
    scenario: Scenario, pool: str, holidays: frozenset[date]
) -> list[tuple[float, float, Lever]]:
    """From, to, and how many more or fewer people of a pool there are."""
    return [
        (low, high, said.agents)
        for event in scenario.calendar.events.values()
        if (said := event.pools.get(pool)) is not None and said.agents is not None
        for low, high in spans_of(scenario.calendar, event, holidays)
    ]
