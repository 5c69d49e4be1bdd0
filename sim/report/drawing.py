"""What the pictures of all kinds share: their data as columns, their axes, costs by source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from sim.experiment.compare import Difference
from sim.measures import CATALOGUE
from sim.report import values, words
from sim.report.blocks import Block, Chart, Choice, Picks, Picture
from sim.report.charts import Shown
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, number
from sim.report.texts import texts
from sim.report.words import Bounded, slug

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
    rows: Iterable[tuple[float, Bounded, str, int]],
    **more: Sequence[object],
) -> Picture:
    """A measure by hours on duty; more columns as `values.by_hours` has them.

    rows: hours, the measure, whose plan it is, and a number that plans share which cannot be told
        apart.
    """
    found = list(rows)
    data = {
        **columns("hours staffing joined", [(hours, *plan) for hours, _, *plan in found]),
        **estimates([one for _, one, *_ in found], currency),
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


def chart(
    said: str,
    picture: Picture,
    part: str = "",
    /,
    *,
    name: str = "",
    picks: Picks | None = None,
    **of: object,
) -> Chart:
    """A picture with its words, which stand in `templates/pictures.toml`.

    Args:
        said: the name of the words, kind of report and picture.
        picture: what is drawn.
        part: what it shows of several things, such as a measure.
        name: of the picture; if nothing, that of the words and the part.
        picks: what it alone is about.
        of: what is filled into the words.
    """
    kind, called = said.split(".")
    words = {field: text.format(**of) for field, text in texts("pictures")[kind][called].items()}
    name = name or "-".join(filter(None, (called, slug(part))))
    return Chart(name, picture=picture, picks=picks or {}, **words)


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
    picture = values.parts(data, Shown("value", findings.currency), line)
    return chart("shared.cost-by-source", picture, f=findings)
