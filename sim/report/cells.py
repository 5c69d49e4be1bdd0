"""Maps, as Vega-Lite: cells, the darker the more, each with its number as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

import altair as alt

from sim.report.axis import AT, STANDINGS
from sim.report.blocks import Dataset, Picture
from sim.report.charts import (
    INK,
    PAPER,
    WEEKDAYS,
    WIDTH,
    Shown,
    distinct,
    finished,
    gradient,
    is_share,
    lit,
    names_across,
    names_down,
    only,
    table,
    tips,
    two_sided,
)

DARK = "luminance(scale('color', datum.value)) < 0.35"
"""Where white words are read better than black ones."""


def cells(
    chart: Any,
    place: dict[str, Any],
    colour: Any,
    tooltip: list[alt.Tooltip],
    words: Iterable[tuple[str, int, int, Any]],
    *,
    gap: float = 2,
    dark: str = DARK,
    opacity: Any = None,
    end: dict[str, Any] | None = None,
) -> list[Any]:
    """A cell for each row of the data, and words in it.

    Args:
        chart: of the data; place: `x` and `y` of a cell.
        colour: of a cell, as is said there; tooltip: of cells and words.
        words: field, size, how many pixels below the middle, and when they are to be seen: as an
            opacity, or as a formula without which they take no room either.
        gap: between cells, pixels; dark: where words are white.
        opacity: of the cells; end: `x2` of cells that are no columns, and the `x` of their words.
    """
    seen = {} if opacity is None else {"opacity": opacity}
    ink = alt.condition(dark, alt.value("white"), alt.value(INK))
    beside = dict(end or {})
    middle = {**place, **({"x": beside.pop("middle")} if "middle" in beside else {})}
    drawn = chart.mark_rect(stroke="white", strokeWidth=gap)
    return [
        drawn.encode(**place, **beside, color=colour, tooltip=tooltip, **seen),
        *(
            chart.mark_text(fontSize=size, dy=below).encode(
                **middle, color=ink, tooltip=tooltip, **_words(field, shown)
            )
            for field, size, below, shown in words
        ),
    ]


def _words(field: str, shown: Any) -> dict[str, Any]:
    if isinstance(shown, str):
        return {"text": alt.condition(shown, f"{field}:N", alt.value(""))}
    return {"text": f"{field}:N", "opacity": shown}


def visible(formula: str) -> Any:
    """To be seen where the formula says so."""
    return alt.value(alt.ExprRef(f"{formula} ? 1 : 0"))


def where_it_fits(start: str, end: str, field: str) -> str:
    """Whether a cell is as wide as the letters of the field, as a formula."""
    wide = f"scale('x', datum.{end}) - scale('x', datum.{start})"
    return f"{wide} > 7.5 * length(datum.{field})"


def days_down(days: Iterable[int] = range(7)) -> alt.Y:
    """Days of the week, from above; the column `day` counts them from 0."""
    return alt.Y(
        "day:O",
        title=None,
        scale=alt.Scale(domain=list(days), paddingInner=0.06),
        axis=alt.Axis(labelExpr=f"{WEEKDAYS}[datum.value]", domain=False, ticks=False),
    )


def week_map(
    data: Dataset,
    shown: Shown,
    *,
    top: str,
    bottom: str = "",
    signed: bool = False,
    bound: float = 0.0,
    less_is_better: bool = False,
    filters: Sequence[str] = (),
    one_of: str = "",
) -> Picture:
    """Weekday by hour of the day: sum of `top`, divided by the sum of `bottom` if there is one.

    The data have a column `hour`, of the week, from Monday 00:00; `top` and `bottom` are formulas
    of their columns. What is `signed` has one colour below zero and another above, blue for the
    better; up to `bound` on either side, if that is given.

    `one_of` names a filter of which one is always shown: where none is picked, or that which the
    column `against` names, the rows in which the column `first` is 1.
    """
    value = "datum.top / datum.bottom" if bottom else "datum.top"
    rows = only(table(), filters)
    if one_of:
        rows = rows.transform_filter(
            f"{one_of} == '' || {one_of} == datum.against"
            f" ? datum.first == 1 : datum['{one_of}'] == {one_of}"
        )
    chart = (
        rows.transform_calculate(top=top, bottom=bottom or "1")
        .transform_aggregate(top="sum(top)", bottom="sum(bottom)", groupby=["hour"])
        .transform_calculate(
            value=f"datum.bottom > 0 ? {value} : null",
            weekday=f"{WEEKDAYS}[floor(datum.hour / 24)]",
            day="floor(datum.hour / 24)",
            clock="datum.hour % 24",
        )
        .transform_filter("isValid(datum.value)")
        .transform_calculate(number=_in_a_cell(shown))
    )
    # a square root: one hour that stands out must not make all the others look alike
    scale = (
        two_sided(bound, less_is_better=less_is_better)
        if signed
        else alt.Scale(scheme="blues", zero=True, type="linear" if is_share(shown) else "sqrt")
    )
    across = alt.X(
        "clock:O",
        title="hour of the day",
        scale=alt.Scale(domain=list(range(24)), paddingInner=0.04),
        axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
    )
    said = tips(
        ("weekday", "day"), ("clock", "from hour", "d"), ("value", shown.label, shown.format)
    )
    words = [("number", 10, 0, visible("!narrow"))]
    place = {"x": across, "y": days_down()}
    layers = cells(chart, place, gradient(shown, scale), said, words, gap=0)
    kept = [*filters, *([one_of] if one_of else [])]
    return finished(layers, {"data": data}, kept, width=WIDTH, height=alt.Step(26))


def _in_a_cell(shown: Shown) -> str:
    """A number for very little room; what rounds to nothing is left out."""
    if is_share(shown):
        return "format(datum.value, '.0%')"
    return (
        "abs(datum.value) < 0.5 ? '' : format(datum.value, abs(datum.value) < 1e4 ? ',.0f' : '.2s')"
    )


def plan_map(data: Dataset, shown: Shown, filters: Sequence[str]) -> Picture:
    """Head counts by weekday and time of day; `shown.value` is a formula of their columns.

    The data are pieces of the week: columns `pool`, `day` (0: Monday), `start` and `end` (hours of
    that day), and a head count in a column of its own for each staffing. Pools that are not picked
    apart add up. A format with a sign is one of changes.
    """
    signed = shown.format.startswith("+")
    plus = "+" if signed else ""
    number = f"format(datum.value, '{plus}.3~f')"
    chart = (
        only(table(), filters)
        .transform_calculate(one=shown.value)
        .transform_aggregate(value="sum(one)", groupby=["day", "start", "end"])
        .transform_calculate(
            weekday=f"{WEEKDAYS}[datum.day]",
            clock=from_to("datum.start", "datum.end"),
            middle="(datum.start + datum.end) / 2",
            number=f"datum.value == 0 ? '' : {number}" if signed else number,
        )
    )
    across = alt.X(
        "start:Q",
        title="time of day",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(labelExpr="datum.value + ':00'", tickMinStep=1, grid=False),
    )
    layers = cells(
        chart,
        {"x": across, "y": days_down(sorted(set(data["day"])))},
        gradient(shown, two_sided() if signed else alt.Scale(scheme="blues", zero=True)),
        tips(("weekday", "day"), ("clock", "time"), ("value", shown.label, shown.format)),
        [("number", 11, 0, where_it_fits("start", "end", "number"))],
        gap=1,
        end={"x2": "end:Q", "middle": alt.X("middle:Q", title="time of day")},
    )
    return finished(layers, {"data": data}, filters, width=WIDTH, height=alt.Step(32))


def from_to(start: str, end: str) -> str:
    """A formula for two times in hours, as a clock tells them."""
    times = [
        f"format(floor({hours}), '02') + ':' + format(round({hours} % 1 * 60), '02')"
        for hours in (start, end)
    ]
    return " + '-' + ".join(times)


def shift_map(data: Dataset, filters: Sequence[str]) -> Picture:
    """How many work each shift: columns `pool`, `shift` and `weekday` in order, `value`."""
    chart = only(table(), filters).transform_aggregate(
        value="sum(value)", groupby=["shift", "weekday"]
    )
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    place = {
        "x": names_across("weekday", 7, sort=days),
        "y": names_down("shift", sort="ascending"),
    }
    blues = alt.Color("value:Q", scale=alt.Scale(scheme="blues", zero=True), legend=None)
    said = tips(("shift", "shift"), ("weekday", "day"), ("value", "people", "d"))
    layers = cells(chart, place, blues, said, [("value", 12, 0, alt.value(1))])
    return finished(layers, {"data": data}, filters, width=WIDTH - 120, height=alt.Step(30))


def matrix(data: Dataset, shown: Shown, columns: str, *, less_is_better: bool) -> Picture:
    """Options by groups of another kind: a difference in each cell, with its interval below.

    Columns: `option`, that of the groups, `value`, `sure` (1 where it is no chance), `text`,
    `error`, `interval`. Only what is sure has a colour, as of `two_sided`.
    """
    kept, groups = ("option", columns), len(distinct(data, columns))
    seen, scale = lit(kept), two_sided(largest(data["value"]), less_is_better=less_is_better)
    layers = cells(
        table(),
        {"x": names_across(columns, groups), "y": names_down("option")},
        alt.condition("datum.sure == 1", gradient(shown, scale), alt.value(PAPER)),
        tips(
            *(("option", "option"), (columns, columns)),
            *(("text", shown.label), ("interval", "interval")),
        ),
        [("text", 13, -6, seen), ("error", 10, 9, seen)],
        dark=f"datum.sure == 1 && {DARK}",
        opacity=seen,
    )
    return finished(layers, {"data": data}, kept, width=WIDTH - 200, height=alt.Step(42))


def largest(values: Iterable[Any]) -> float:
    """The largest size of numbers; of no numbers 1."""
    return max((abs(x) for x in values if isfinite(x)), default=1.0) or 1.0


def grid(data: Dataset, across: str, down: str, shown: Shown) -> Picture:
    """A measure at every pair of values: the darker the more; the best pair has a thick frame.

    Values below and above zero have two colours.

    Args:
        data: columns `first` and `second` (the values), `value`, `text`, `error`, `interval`,
            `standing`, `mark` (a sign for the standing).
        across, down: the titles of `second` and `first`.
        shown: the measure.
    """
    base, seen, columns = table(), lit(AT), len(distinct(data, "second"))
    signed = min(data["value"]) < 0 < max(data["value"])
    place = {
        "x": names_across("second", columns, title=across),
        "y": names_down("first", title=down),
    }
    # numbers only where there is room for them; the sign of the standing stays
    wide = f"width / {columns} >= 58"
    drawn, *words = cells(
        base,
        place,
        gradient(shown, two_sided() if signed else alt.Scale(scheme="blues", zero=False)),
        tips(
            *(("first", down), ("second", across), ("text", shown.label)),
            *(("interval", "interval"), ("standing", "standing")),
        ),
        [
            *(("marked", 13, -6, visible(wide)), ("error", 10, 9, visible(wide))),
            ("mark", 13, 0, visible(f"!({wide})")),
        ],
        opacity=seen,
    )
    frames = [
        base.transform_filter(f"datum.standing == '{standing}'")
        .mark_rect(fill=None, stroke=INK, strokeWidth=width, strokeDash=dash)
        .encode(**place, opacity=seen)
        for standing, width, dash in ((STANDINGS[1], 1.5, [4, 3]), (STANDINGS[0], 3.5, [1, 0]))
        if standing in data["standing"]  # a frame around nothing has no text
    ]
    layers = [drawn, *frames, *words]
    return finished(layers, {"data": data}, AT, width=WIDTH - 200, height=alt.Step(42))
