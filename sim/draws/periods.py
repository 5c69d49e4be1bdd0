"""Values that depend on the time of the week, or on events: when which of them hold.

Where some do, there are several *variants* of the scenario, each with one distribution of handle
time, wrap-up and patience for each reason and channel. Their values are made of the same variates:
who talks long in the morning does so in the afternoon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, handle_factors
from sim.scenario.by import ByChannel
from sim.scenario.by_time import ByTime, each_by_time, scaled
from sim.scenario.calendar import intervals, names_holidays
from sim.scenario.distributions import Distribution
from sim.scenario.model import Reason, Scenario
from sim.tables import TIMED, Floats, Ints

FIELDS = {purpose: purpose.name.lower() for purpose in TIMED}
"""Purpose -> the field of a reason."""

Span = tuple[float, float]
Chosen = dict[tuple[str, str, int], int]
"""(reason, field, place among its values by time) -> which line holds; past the last: the usual."""


@dataclass(frozen=True)
class Periods:
    """Which variant of a scenario holds when.

    begins: [period] since when, seconds, growing; variant: [period] its number.
    variants: the usual one first; alone where nothing depends on time.
    """

    begins: Floats
    variant: Ints
    variants: tuple[Scenario, ...]


def periods_of(scenario: Scenario, holidays: frozenset[date]) -> Periods:
    """The periods of a scenario."""
    spans = _lines(scenario, holidays)
    factors = {name: handle_factors(scenario, name, holidays) for name in scenario.reasons}
    holds = [span for lines in spans.values() for line in lines for span in line]
    holds += [(low, high) for found in factors.values() for low, high, _ in found]
    begins = np.unique(np.ravel(holds))
    columns = [_first(lines, begins) for lines in spans.values()]
    columns += [_product(found, begins) for found in factors.values()]
    usual = (*(float(len(lines)) for lines in spans.values()), *(1.0 for _ in factors))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    numbers: dict[tuple[float, ...], int] = {usual: 0}
    variant = [numbers.setdefault(row, len(numbers)) for row in rows]
    variants = tuple(
        _variant(
            scenario,
            {key: int(line) for key, line in zip(spans, row, strict=False)},
            dict(zip(factors, row[len(spans) :], strict=True)),
        )
        for row in numbers
    )
    return Periods(begins, np.array(variant, dtype=np.int64), variants)


def _lines(
    scenario: Scenario, holidays: frozenset[date]
) -> dict[tuple[str, str, int], list[list[Span]]]:
    """Of each value that depends on time, when its lines hold."""
    calendar = scenario.calendar
    first = -calendar.warmup - 1
    days = calendar.days + calendar.cooldown + FOLLOW_UP_DAYS - first
    found = {}
    for name, reason in scenario.reasons.items():
        for field in FIELDS.values():
            for place, one in enumerate(each_by_time(getattr(reason, field))):
                apart = names_holidays(times for times, _ in one.lines)
                found[name, field, place] = [
                    intervals(times, calendar.start, first, days, holidays, holidays_apart=apart)
                    for times, _ in one.lines
                ]
    return found


def _first(lines: list[list[Span]], begins: Floats) -> Floats:
    """[period] the first line that holds; their number where none does."""
    found = np.full(len(begins), float(len(lines)))
    for number in reversed(range(len(lines))):
        for low, high in lines[number]:
            found[(begins >= low) & (begins < high)] = number
    return found


def _product(factors: list[tuple[float, float, float]], begins: Floats) -> Floats:
    """[period] the product of the factors that hold."""
    found = np.ones(len(begins))
    for low, high, factor in factors:
        found[(begins >= low) & (begins < high)] *= factor
    return found


def _variant(scenario: Scenario, chosen: Chosen, factors: dict[str, float]) -> Scenario:
    """The scenario with one distribution wherever there are several."""
    if not chosen and all(factor == 1 for factor in factors.values()):
        return scenario
    reasons = {
        name: _reason(name, reason, chosen, factors[name])
        for name, reason in scenario.reasons.items()
    }
    return scenario.model_copy(update={"reasons": reasons})


def _reason(name: str, reason: Reason, chosen: Chosen, factor: float) -> Reason:
    changes = {}
    for field in FIELDS.values():
        place, entries = 0, []
        for channel, one in getattr(reason, field).entries:
            dist: Distribution = one
            if isinstance(one, ByTime):
                line = chosen[name, field, place]
                dist = one.lines[line][1] if line < len(one.lines) else one.usual
                place += 1
            entries.append((channel, scaled(dist, factor) if field == "handle" else dist))
        changes[field] = ByChannel(tuple(entries))
    return reason.model_copy(update=changes)
