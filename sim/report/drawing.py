"""What the pictures of all kinds share: their data as columns, their axes, costs by source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from sim.experiment.compare import Difference
from sim.measures import CATALOGUE
from sim.report import values, words
from sim.report.blocks import Block, Chart, Choice, Picture
from sim.report.charts import Shown
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, interval, number
from sim.report.words import Bounded

Columns = dict[str, list[Any]]


def columns(names: str, rows: Iterable[Sequence[object]]) -> Columns:
    """Rows as columns, which are called so in their order."""
    found = list(rows)
    return {name: [row[place] for row in found] for place, name in enumerate(names.split())}


def bounds(rows: Iterable[tuple[float, float, float]]) -> Columns:
    """Columns of (value, low, high) and `edge`, the furthest; without bounds they are the value."""
    found = [
        (value, low if isfinite(low) else value, high if isfinite(high) else value)
        for value, low, high in rows
    ]
    return columns("value low high edge", [(*one, max(one[0], one[2])) for one in found])


def estimates(rows: Iterable[Bounded], currency: str) -> Columns:
    """Values with their intervals, in numbers and in words."""
    found = list(rows)
    return {
        **bounds((row.value, row.low, row.high) for row in found),
        "text": [words.said(row, currency) for row in found],
        "interval": [words.stated(row, currency) or NOTHING for row in found],
    }


def differences(gaps: Iterable[Bounded], currency: str) -> Columns:
    """The same of differences; of shares in points, in parentheses where not significant."""
    found = list(gaps)
    return {
        **bounds(map(words.scaled, found)),
        "text": [words.change_of(gap) for gap in found],
        "interval": [words.between(gap, currency) or NOTHING for gap in found],
    }


def measured(
    measure: str, currency: str, *, difference: bool = False, field: str = "value"
) -> Shown:
    """A measure, or a difference in it, as the axis of a picture."""
    title = words.axis_title(measure, currency, difference=difference)
    return Shown(field, title, words.axis_format(measure, difference=difference))


def hours_curve(
    measure: str,
    currency: str,
    rows: Iterable[tuple[float, float, float, float, str, int]],
    **more: Sequence[object],
) -> Picture:
    """A measure by hours on duty; more columns as `values.by_hours` has them.

    rows: hours, value, low, high, whose plan it is, and a number that plans share which cannot be
        told apart.
    """
    unit, found = CATALOGUE[measure].unit, list(rows)
    data = {
        **columns("hours staffing joined", [(hours, *plan) for hours, _, _, _, *plan in found]),
        **bounds((value, low, high) for _, value, low, high, *_ in found),
        "text": [number(value, unit, currency) for _, value, *_ in found],
        "interval": [interval(low, high, unit, currency) for _, _, low, high, *_ in found],
        **more,
    }
    hours = Shown("hours", CATALOGUE["hours"].label, ",.1f")
    return values.by_hours(data, hours, measured(measure, currency))


def measure_differences(
    measure: str, currency: str, gaps: Iterable[Difference], names: Iterable[str]
) -> Picture:
    """Differences in a measure, a line for each by name."""
    data = {"option": list(names), **differences(gaps, currency)}
    return values.intervals(data, measured(measure, currency, difference=True), line="option")


def choice(name: str, label: str, charts: Iterable[Chart]) -> Iterator[Block]:
    """Several pictures in one place; of none there is no place."""
    if found := tuple(charts):
        yield Choice(name, label, found)


def cost_chart(
    findings: Findings[Any], line: str, costs: Iterable[tuple[str, str, float]]
) -> Chart:
    """What each `source`, or `option`, costs: its name, a part of the cost, an amount."""
    rows = list(costs)
    places = list(dict.fromkeys(part for _, part, _ in rows))
    data = columns(
        f"{line} part place value text",
        [
            (name, part, places.index(part), value, number(value, "money", findings.currency))
            for name, part, value in rows
        ],
    )
    return Chart(
        "cost-by-source",
        f"Cost of an average {findings.span}, by source",
        "A source is a pool, with what its contract asks, or a channel with a cost of its own.",
        values.parts(data, Shown("value", findings.currency), line),
    )
