"""Doors as tables: when a channel is open, by its own hours or its agents'."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, closed_spans
from sim.engine.planning import Table
from sim.engine.planning.routes import Routes
from sim.scenario.calendar import intervals
from sim.scenario.model import Scenario
from sim.scenario.paths import Leg
from sim.scenario.times import DAY, TimesOfWeek
from sim.spans import union, without

ALWAYS = TimesOfWeek.read("daily")


def door_tables(
    scenario: Scenario, routes: Routes, legs: tuple[Leg, ...], holidays: frozenset[date]
) -> Table:
    """Opening times: the channel's own hours, or while a pool on the route is scheduled."""
    calendar = scenario.calendar
    first = -calendar.warmup - 1  # a block may pass midnight into the first day
    # one day more at the end too: a door that never closes must not close at the horizon
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS + 2
    pools = list(scenario.pools.values())
    names = [name for _ in scenario.reasons for name in scenario.channels]
    names += [leg.channel for leg in legs]

    @cache  # contacts of many kinds come to the same doors
    def spans_of(*times: TimesOfWeek) -> list[tuple[float, float]]:
        return union(
            [
                span
                for t in times
                for span in intervals(t, calendar.start, first, days, holidays, holidays_apart=True)
            ]
        )

    door = np.full(len(routes), -1)
    found: dict[tuple[tuple[float, float, bool], ...], int] = {}
    for line, (name, steps) in enumerate(zip(names, routes, strict=True)):
        channel = scenario.channels[name]
        if channel.outbound is not None:
            continue  # nobody comes
        closed = closed_spans(scenario, name, holidays)
        if channel.hours is not None:
            times = [channel.hours]
        elif channel.live and not channel.unlimited:
            times = [t for p, _, _ in steps for t, some in pools[p].present().items() if some]
        elif closed:
            times = [ALWAYS]
        else:
            continue
        usual = spans_of(*times)
        ends = {high for _, high in usual}
        opened = [(a, b, b not in ends) for a, b in without(usual, union(closed))]
        door[line] = found.setdefault(tuple(opened), len(found))

    def door_of(times: TimesOfWeek) -> int:
        """The number of a door that only tells the time."""
        opened = tuple((a, b, False) for a, b in spans_of(times))
        return found.setdefault(opened, len(found))

    def rest_of(name: str) -> int:
        """The number of a door that is open while nobody calls from a list."""
        hours = scenario.channels[name].hours or ALWAYS
        calls = without(spans_of(hours), union(closed_spans(scenario, name, holidays)))
        rests = without([(float(first * DAY), float((first + days) * DAY))], calls)
        return found.setdefault(tuple((a, b, False) for a, b in rests), len(found))

    callback_door, rest_door = (np.full(len(scenario.channels), -1) for _ in range(2))
    reach_door = []
    for c, (name, channel) in enumerate(scenario.channels.items()):
        if channel.callback is not None and channel.callback.hours is not None:
            callback_door[c] = door_of(channel.callback.hours)
        if channel.outbound is not None:
            reach_door += [door_of(times) for times in channel.outbound.reach_at]
            if channel.hours is not None or closed_spans(scenario, name, holidays):
                rest_door[c] = rest_of(name)
    types = len(routes) - len(legs)
    return {
        "callback_door": callback_door,
        "rest_door": rest_door,
        "reach_door": np.array(reach_door, dtype=np.int64),
        "door": door[:types].reshape(len(scenario.reasons), len(scenario.channels)),
        "leg_door": door[types:],
        "door_first": np.cumsum([0, *(len(spans) for spans in found)]),
        "door_open": np.array([low for spans in found for low, *_ in spans], dtype=np.float64),
        "door_close": np.array([high for spans in found for _, high, _ in spans], dtype=np.float64),
        "door_sudden": np.array([int(by) for spans in found for *_, by in spans], dtype=np.int64),
    }
