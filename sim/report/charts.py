"""The kinds of picture, as Vega-Lite; what they show and where it comes from is said elsewhere.

Every picture reads well without colour: by position, by brightness, by a pattern of dashes or by
its own label. Hues are those of Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from sim.report.blocks import Spec

BLUE, ORANGE, GREEN, SKY, VERMILION, PURPLE, YELLOW, GREY = HUES = (
    *("#0072b2", "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#cc79a7", "#f0e442", "#8a8f98"),
)
INK, FAINT, PAPER = "#1b1f24", "#c9ced6", "#f3f4f6"
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"

WIDTH = 860
"""Of a picture alone; on a page it takes the width that there is."""

LABEL = 180
"""Longest label, pixels; a longer one ends in three dots and is whole in its tooltip."""

WEEKDAYS = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun']"

LOOK: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": 600,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": "#e3e6ea",
        "domainColor": FAINT,
        "tickColor": FAINT,
        "labelLimit": LABEL,
        "labelOverlap": True,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "symbolType": "square",
        "labelLimit": LABEL,
        "titleLimit": 400,
        # one legend below the other: side by side they do not fit on a telephone; Vega knows it,
        # Vega-Lite hands it on, Altair does not know
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
    },
}


@dataclass(frozen=True)
class Shown:
    """A quantity in a picture: its field or formula, its words, and its number's format."""

    value: str
    label: str
    format: str = ",.0f"


def finished(chart: Any, filters: Sequence[str] = ()) -> Spec:
    """The specification of a chart, with the look of all and a parameter for every filter.

    One more parameter, `narrow`, tells it that there is little room.
    """
    spec = with_look(chart)
    told = [{"name": "narrow", "value": False}, *({"name": name, "value": ""} for name in filters)]
    spec["params"] = [*spec.get("params", ()), *told]
    return spec


def with_look(chart: Any) -> Spec:
    """The specification of a chart, with the look of all.

    Put in here: Altair's own way copies the whole chart, which takes longer than all the rest.
    """
    spec: Spec = chart.to_dict(validate=False)
    spec["config"] = {**LOOK, "view": {**spec["config"]["view"], **LOOK["view"]}}
    return spec


def only(chart: Any, filters: Sequence[str]) -> Any:
    """The chart, of what is picked."""
    for name in filters:
        chart = chart.transform_filter(f"{name} == '' || datum['{name}'] == {name}")
    return chart


def week_map(
    data: str,
    shown: Shown,
    *,
    top: str,
    bottom: str = "",
    signed: bool = False,
    bound: float = 0.0,
    less_is_better: bool = False,
    filters: Sequence[str] = (),
    one_of: str = "",
) -> Spec:
    """Weekday by hour of the day: sum of `top`, divided by the sum of `bottom` if there is one.

    The data have a column `hour`, of the week, from Monday 00:00; `top` and `bottom` are formulas
    of their columns. What is `signed` has one colour below zero and another above, blue for the
    better; up to `bound` on either side, if that is given.

    `one_of` names a filter of which one is always shown: where none is picked, or that which the
    column `against` names, the rows in which the column `first` is 1.
    """
    value = "datum.top / datum.bottom" if bottom else "datum.top"
    rows = only(alt.Chart(alt.NamedData(data)), filters)
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
        else alt.Scale(scheme="blues", zero=True, type="linear" if _is_share(shown) else "sqrt")
    )
    across = alt.X(
        "clock:O",
        title="hour of the day",
        scale=alt.Scale(domain=list(range(24)), paddingInner=0.04),
        axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
    )
    down = alt.Y(
        "day:O",
        title=None,
        scale=alt.Scale(domain=list(range(7)), paddingInner=0.06),
        axis=alt.Axis(labelExpr=f"{WEEKDAYS}[datum.value]", domain=False, ticks=False),
    )
    tooltip = [
        alt.Tooltip("weekday:N", title="day"),
        alt.Tooltip("clock:Q", title="from hour"),
        alt.Tooltip("value:Q", title=shown.label, format=shown.format),
    ]
    cells = chart.mark_rect().encode(
        across,
        down,
        alt.Color(
            "value:Q",
            scale=scale,
            legend=alt.Legend(
                title=shown.label,
                format=_short(shown.format),
                gradientLength=180,
                gradientThickness=10,
            ),
        ),
        tooltip=tooltip,
    )
    dark = "luminance(scale('color', datum.value)) < 0.35"
    numbers = chart.mark_text(fontSize=10).encode(
        across,
        down,
        text="number:N",
        color=alt.condition(dark, alt.value("white"), alt.value(INK)),
        opacity=alt.value(alt.ExprRef("narrow ? 0 : 1")),
        tooltip=tooltip,
    )
    layers = alt.layer(cells, numbers).properties(width=WIDTH, height=alt.Step(26))
    return finished(layers, [*filters, *([one_of] if one_of else [])])


def two_sided(bound: float, *, less_is_better: bool = False) -> alt.Scale:
    """Colours to both sides of zero: blue is better, orange is worse, the darker the more.

    Args:
        bound: largest size; 0 if it is not known, then each side has its own.
        less_is_better: blue lies below zero.
    """
    known = (
        {"domain": [-bound, bound], "type": "sqrt"}
        if bound
        else {"domain": alt.DomainUnionWith(unionWith=[-1, 1]), "domainMid": 0}
    )
    return alt.Scale(scheme="blueorange", reverse=not less_is_better, **known)


def _is_share(shown: Shown) -> bool:
    return shown.format.endswith("%")


def _in_a_cell(shown: Shown) -> str:
    """A number for very little room; what rounds to nothing is left out."""
    if _is_share(shown):
        return "format(datum.value, '.0%')"
    return (
        "abs(datum.value) < 0.5 ? '' : format(datum.value, abs(datum.value) < 1e4 ? ',.0f' : '.2s')"
    )


def _short(form: str) -> str:
    """A format for little room."""
    return {",.0f": "~s", ",.1f": ".2~s", ".1%": ".0%"}.get(form, form)


def week_axis() -> alt.Axis:
    """Hours of the week, told by their days."""
    return alt.Axis(
        values=list(range(12, 168, 24)),
        labelExpr=f"{WEEKDAYS}[floor(datum.value / 24)]",
        ticks=False,
        grid=False,
        labelOverlap=False,
    )


def week_lines(panels: Sequence[Any], filters: Sequence[str]) -> Spec:
    """Pictures over the hours of the week, one below the other."""
    midnight = alt.Chart(alt.NamedData("midnights")).mark_rule(color=FAINT).encode(x="hour:Q")
    rows = [alt.layer(midnight, panel).properties(width=WIDTH - 60, height=110) for panel in panels]
    return finished(alt.vconcat(*rows, spacing=12).resolve_scale(color="independent"), filters)


def hours_across() -> dict[str, Any]:
    """The x of `week_lines`: a bar from hour to hour; needs the columns of `with_clock`."""
    scale = alt.Scale(domain=[0, 168], nice=False)
    return {"x": alt.X("hour:Q", title=None, scale=scale, axis=week_axis()), "x2": "past:Q"}


def upwards(
    top: str,
    title: str,
    *,
    bottom: Any = None,
    format: str = "~s",
    scale: alt.Scale | None = None,
) -> dict[str, Any]:
    """The y of `week_lines`: a bar from the bottom to the top; all begin at the same place."""
    axis = alt.Axis(tickCount=3, minExtent=44, titlePadding=4, format=format)
    y = alt.Y(f"{top}:Q", title=title, axis=axis, scale=scale or alt.Scale())
    return {"y": y, "y2": alt.datum(0) if bottom is None else bottom}


def week_tooltip(*more: alt.Tooltip) -> list[alt.Tooltip]:
    """Day and hour, and more; needs the columns `weekday` and `clock`."""
    return [
        alt.Tooltip("weekday:N", title="day"),
        alt.Tooltip("clock:Q", title="from hour"),
        *more,
    ]


def with_clock(chart: Any) -> Any:
    """The chart with weekday and clock worked out of `hour`."""
    return chart.transform_calculate(
        weekday=f"{WEEKDAYS}[floor(datum.hour / 24)]",
        clock="datum.hour % 24",
        past="datum.hour + 1",
    )


def columns(data: str, shown: Shown, colour: str) -> Any:
    """A bar for every hour of the week."""
    scale = alt.Scale(domainMax=1) if _is_share(shown) else alt.Scale()
    return (
        with_clock(alt.Chart(alt.NamedData(data)))
        .mark_rect(color=colour)
        .encode(
            **hours_across(),
            **upwards(shown.value, shown.label, format=_short(shown.format), scale=scale),
            tooltip=week_tooltip(
                alt.Tooltip(f"{shown.value}:Q", title=shown.label, format=shown.format)
            ),
        )
    )


def _lines_down() -> alt.Y:
    """The names of lines, shorter where there is little room."""
    room = alt.ExprRef(f"narrow ? {LABEL // 2} : {LABEL}")
    axis = alt.Axis(ticks=False, domain=False, labelLimit=room)
    return alt.Y("line:N", sort=None, title=None, axis=axis)


def intervals(
    data: str, shown: Shown, *, height: int, zero: bool = True, filters: Sequence[str] = ()
) -> Spec:
    """A point with its interval for each line: columns `line`, `value`, `low`, `high`, `text`.

    Lines stand in the order of the data, under the heading of their column `by`.
    """
    base = alt.Chart(alt.NamedData(data))
    across = alt.X(
        "value:Q",
        title=shown.label,
        axis=alt.Axis(format=_short(shown.format), tickCount=6),
        scale=alt.Scale(zero=zero, nice=True),
    )
    down = _lines_down()
    tooltip = [
        alt.Tooltip("line:N", title="of"),
        alt.Tooltip("text:N", title=shown.label),
        alt.Tooltip("interval:N", title="interval"),
    ]
    bars = base.mark_bar(height=14, color=SKY, opacity=0.55).encode(across, down, tooltip=tooltip)
    rules = base.mark_rule(strokeWidth=2.5, color=INK).encode(
        alt.X("low:Q", title=shown.label), down, x2="high:Q", tooltip=tooltip
    )
    points = base.mark_point(filled=True, size=55, color=INK, opacity=1).encode(
        across, down, tooltip=tooltip
    )
    words = base.mark_text(align="left", dx=10, color=INK, fontSize=12).encode(
        alt.X("end:Q"), down, text="text:N"
    )
    layers = alt.layer(bars, rules, points, words)
    return finished(layers.properties(width=WIDTH - 220, height=height), filters)


def parts(data: str, shown: Shown, *, height: int, filters: Sequence[str] = ()) -> Spec:
    """Bars made of parts: columns `line`, `part`, `value`, `text`.

    What is picked of the filters, columns too, stands out.
    """
    picked = " && ".join(f"({one} == '' || datum['{one}'] == {one})" for one in filters) or "true"
    base = alt.Chart(alt.NamedData(data))
    bars = base.mark_bar(height=22, stroke="white", strokeWidth=1.5).encode(
        alt.X(
            "sum(value):Q",
            title=shown.label,
            axis=alt.Axis(format=_short(shown.format), tickCount=6),
        ),
        _lines_down(),
        alt.Color(
            "part:N",
            sort=None,
            title=None,
            legend=alt.Legend(
                columns=alt.ExprRef("narrow ? 2 : 8"),
                labelLimit=alt.ExprRef(f"narrow ? {LABEL // 2 + 20} : {LABEL}"),
            ),
            scale=alt.Scale(range=[BLUE, ORANGE, SKY, VERMILION, GREEN, PURPLE, YELLOW, GREY]),
        ),
        order=alt.Order("place:Q"),
        detail=[alt.Detail(f"{one}:N") for one in filters],
        opacity=alt.condition(picked, alt.value(1), alt.value(0.2)),
        tooltip=[
            alt.Tooltip("line:N", title="of"),
            alt.Tooltip("part:N", title="part"),
            alt.Tooltip("text:N", title=shown.label),
        ],
    )
    return finished(bars.properties(width=WIDTH - 160, height=height), filters)


def waits(
    data: str,
    borne: str,
    marks: str,
    *,
    longest: float,
    hours: bool,
    filters: Sequence[str],
    channel: str,
) -> Spec:
    """What has become of customers after a wait, against what they can bear.

    Args:
        data: columns `ending` (answered or abandoned), `upto` seconds, `contacts`, and the filters.
        borne: columns `seconds`, `left` (a share) and `what`: who would still be there.
        marks: columns `seconds` and `what`: moments to be marked.
        longest: end of the axis, seconds.
        hours: the axis tells hours, not seconds.
        filters: of the data; channel: the one of it that is shown.
    """
    size = 3600.0 if hours else 1.0
    unit = "hours" if hours else "seconds"
    across = alt.X(
        "at:Q",
        title=f"{unit} since joining",
        scale=alt.Scale(domain=[0, longest / size], nice=False, clamp=True),
        axis=alt.Axis(grid=False),
    )
    sofar = (
        only(alt.Chart(alt.NamedData(data)), filters)
        .transform_filter(alt.FieldEqualPredicate(field="channel", equal=channel))
        .transform_aggregate(contacts="sum(contacts)", groupby=["upto", "ending"])
        .transform_impute("contacts", key="upto", value=0, groupby=["ending"])
        .transform_joinaggregate(all="sum(contacts)")
        .transform_window(sofar="sum(contacts)", sort=[alt.SortField("upto")], groupby=["ending"])
        .transform_calculate(
            share="datum.sofar / datum.all",
            at=f"datum.upto / {size}",
            became="datum.ending == 'answered' ? 'answered' : 'abandoned'",
        )
        .transform_filter(f"datum.upto <= {longest}")
    )
    areas = sofar.mark_area(opacity=0.85, stroke="white").encode(
        across,
        alt.Y(
            "share:Q",
            stack="zero",
            title="of those who joined",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format=".0%"),
        ),
        alt.Color(
            "became:N",
            title="by then",
            scale=alt.Scale(domain=["answered", "abandoned"], range=[SKY, VERMILION]),
        ),
        order=alt.Order("became:N"),
        tooltip=[
            alt.Tooltip("at:Q", title=unit, format=",.4~f"),
            alt.Tooltip("became:N", title="by then"),
            alt.Tooltip("share:Q", title="share", format=".1%"),
        ],
    )
    lines = (
        alt.Chart(alt.NamedData(borne))
        .transform_calculate(at=f"datum.seconds / {size}")
        .mark_line(color=INK, strokeWidth=2, interpolate="monotone")
        .encode(
            across,
            alt.Y("left:Q"),
            alt.StrokeDash(
                "what:N",
                sort=None,
                scale=alt.Scale(range=[[6, 3], [2, 2]]),
                legend=alt.Legend(
                    title="if nobody answered",
                    symbolType="stroke",
                    symbolSize=500,
                    columns=1,
                    labelLimit=300,
                ),
            ),
            tooltip=[
                alt.Tooltip("what:N", title="of all"),
                alt.Tooltip("at:Q", title=unit, format=",.4~f"),
                alt.Tooltip("left:Q", title="share", format=".1%"),
            ],
        )
    )
    moments = alt.Chart(alt.NamedData(marks)).transform_calculate(at=f"datum.seconds / {size}")
    rule = moments.mark_rule(color=INK, strokeWidth=1).encode(across)
    words = moments.mark_text(align="left", dx=5, dy=-6, color=INK, fontSize=11).encode(
        across, y=alt.value(0), text="what:N"
    )
    layers = alt.layer(areas, lines, rule, words).resolve_scale(strokeDash="independent")
    return finished(layers.properties(width=WIDTH - 70, height=300), filters)
