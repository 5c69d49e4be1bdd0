"""What is known exactly of a replication's luck: how many customers came, and when.

Their expected numbers follow from the rates of arrivals: day factors have mean 1, kinds of days a
known one. So counts of customers, less what is expected, are controls (`sim.stats.control`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.draws import Setting
from sim.measures.clock import Clock, make_clock
from sim.measures.components import REASON, WINDOW
from sim.measures.estimate import split_sums
from sim.measures.tally import COLUMN, Tally
from sim.scenario import Scenario
from sim.scenario.model import Reason
from sim.tables import Floats

COUNTED = "customers", "intending"
"""The components that controls are made of."""

COUNTED_BY = "customers", "missed_buyers"
"""Measures of which these are a part, to be asked for where not all are."""


def expects_any(scenario: Scenario) -> bool:
    """Whether the expected number of customers is known of any reason."""
    return any(
        not _has_more(scenario, name) and not _replayed(reason)
        for name, reason in scenario.reasons.items()
    )


def controls_of(setting: Setting, tallies: Sequence[Tally]) -> Floats:
    """[replication, control] customers that came, less how many were expected; maybe no control.

    setting: of the scenario that was measured.

    In this order: those who may buy, the others, those who may buy by window and the others by
    reason, the largest groups first. Reasons whose numbers an event changes are left out.

    Raises:
        ValueError: without tallies, or if they hold no split by reason.
    """
    scenario, clock = setting.scenario, make_clock(setting)
    expected = _expected(setting, clock)
    by_reason = {
        name: sums[:, COLUMN["customers"]]
        for name, sums in split_sums(scenario, tallies, REASON).items()
        if name in expected
    }
    buyers = [name for name in by_reason if scenario.reasons[name].buying is not None]
    others = [name for name in by_reason if name not in buyers]
    window = clock.window[: clock.counted]

    def mean(names: Sequence[str], number: int | None = None) -> float:
        here = slice(None) if number is None else window == number
        return sum(float(expected[name][here].sum()) for name in names)

    def away(names: Sequence[str]) -> list[Floats]:
        counted = [by_reason[one] for one in names]
        return [np.sum(counted, axis=0) - mean(names)] if names else []

    found = [*away(buyers), *away(others)]
    every = {name for name, one in scenario.reasons.items() if one.buying is not None}
    if scenario.calendar.windows and set(buyers) == every and buyers:
        names = [*scenario.calendar.windows, "other"]
        sums = split_sums(scenario, tallies, WINDOW)
        order = sorted(range(len(names)), key=lambda number: -mean(buyers, number))
        found += [
            sums[names[number]][:, COLUMN["intending"]] - mean(buyers, number)
            for number in order
            if names[number] in sums
        ]
    found += [
        one for name in sorted(by_reason, key=lambda name: -mean([name])) for one in away([name])
    ]
    n = len(tallies)
    return np.stack(found, axis=1) if found else np.zeros((n, 0))


def _expected(setting: Setting, clock: Clock) -> dict[str, Floats]:
    """Reason -> [counted segment] customers expected, of reasons of which that is known."""
    scenario = setting.scenario
    edges = clock.edges[: clock.counted + 1]
    found = {}
    for (name, reason), rate in zip(scenario.reasons.items(), setting.rates, strict=True):
        if _replayed(reason) or _has_more(scenario, name):
            continue
        kinds = 1.0 + sum(
            kind.chance * (kind.volumes.get(name, 1.0) - 1.0)
            for kind in scenario.day_kinds.values()
        )
        until = np.concatenate([[0.0], np.cumsum(rate.expected * kinds)])
        found[name] = np.diff(np.interp(edges, rate.edges, until))
    return found


def _replayed(reason: Reason) -> bool:
    return reason.arrivals is not None and reason.arrivals.replay is not None


def _has_more(scenario: Scenario, reason: str) -> bool:
    """Whether an event brings customers of a reason besides."""
    said = [event.of_reason(reason) for event in scenario.calendar.events.values()]
    return any(one is not None and (one.extra or one.waiting) for one in said)
