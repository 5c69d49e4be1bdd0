"""What the pictures of all kinds share: their data as columns, their axes, costs by source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from sim.report import values, words
from sim.report.blocks import Block, Chart, Choice, Column
from sim.report.charts import Shown
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, number
from sim.report.words import Bounded

Columns = dict[str, list[Any]]


def columns(names: str, rows: Iterable[Sequence[object]]) -> Columns:
    """Rows as columns, which are called so in their order."""
    found = list(rows)
    return {name: [row[place] for row in found] for place, name in enumerate(names.split())}


def in_numbers(**by_field: str | tuple[str, str]) -> tuple[Column, ...]:
    """The columns of a table: field and label, of numbers with their format."""
    return tuple(
        Column(field, said) if isinstance(said, str) else Column(field, *said)
        for field, said in by_field.items()
    )


def hourly(label: str, form: str) -> tuple[Column, ...]:
    """The same of a map of the week."""
    return in_numbers(weekday="Day", clock=("From hour", "d"), value=(label, form))


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


def changed(measure: str, currency: str) -> str:
    """What a column of differences is called: `Difference, points`."""
    unit = words.unit_of(measure, currency, difference=True)
    return f"Difference, {unit}".rstrip(", ")


def choice(name: str, label: str, charts: Iterable[Chart]) -> Iterator[Block]:
    """Several pictures in one place; of none there is no place."""
    if found := tuple(charts):
        yield Choice(name, label, found)


def cost_chart(
    findings: Findings[Any], line: str, costs: Iterable[tuple[str, str, float]]
) -> Chart:
    """What each source, or option, costs: its name, a part of the cost, an amount."""
    rows = list(costs)
    places = list(dict.fromkeys(part for _, part, _ in rows))
    data = columns(
        "line option part place value text",
        [
            (name, name, part, places.index(part), value, number(value, "money", findings.currency))
            for name, part, value in rows
        ],
    )
    lines, options = len(set(data["line"])), ("option",) if line == "Option" else ()
    return Chart(
        "cost-by-source",
        f"Cost of an average {findings.span}, by source",
        "A source is a pool, with what its contract asks, or a channel with a cost of its own.",
        values.parts(
            "data", Shown("value", findings.currency), height=36 * lines + 10, filters=options
        ),
        {"data": data},
        in_numbers(line=line, part="Part" if line == "Source" else "Source", text="Cost"),
    )
