"""The kinds of picture that show a staffing, as Vega-Lite: the plan, its shifts, its targets.

People on the plan are pieces of the week: columns `pool`, `day` (0: Monday), `start` and `end`
(hours of that day), and a head count in a column of its own for each staffing. Pools that are not
picked apart add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from sim.report.blocks import Spec
from sim.report.charts import (
    BLUE,
    FAINT,
    INK,
    LABEL,
    SKY,
    VERMILION,
    WEEKDAYS,
    WIDTH,
    Shown,
    finished,
    only,
)

MARKS = ("diamond", "square", "circle")
FILLS = (BLUE, SKY, "white")
"""Of the staffings, the plan first."""

AXES = {",.0f": "~s", ".1%": ".3~%"}


def plan_map(
    data: str, shown: Shown, days: Sequence[int], *, signed: bool, filters: Sequence[str]
) -> Spec:
    """Head counts by weekday and time of day; `shown.value` is a formula of their columns."""
    chart = (
        only(alt.Chart(alt.NamedData(data)), filters)
        .transform_calculate(one=shown.value)
        .transform_aggregate(value="sum(one)", groupby=["day", "start", "end"])
        .transform_calculate(
            weekday=f"{WEEKDAYS}[datum.day]",
            clock=_clock("datum.start") + " + '-' + " + _clock("datum.end"),
            middle="(datum.start + datum.end) / 2",
            number=(
                "datum.value == 0 ? '' : format(datum.value, '+.3~f')"
                if signed
                else "format(datum.value, '.3~f')"
            ),
        )
    )
    scale = (
        alt.Scale(
            scheme="blueorange",
            domain=alt.DomainUnionWith(unionWith=[-1, 1]),
            domainMid=0,
            reverse=True,
        )
        if signed
        else alt.Scale(scheme="blues", zero=True)
    )
    across = alt.X(
        "start:Q",
        title="time of day",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(labelExpr="datum.value + ':00'", tickMinStep=1, grid=False),
    )
    down = alt.Y(
        "day:O",
        title=None,
        scale=alt.Scale(domain=list(days), paddingInner=0.06),
        axis=alt.Axis(labelExpr=f"{WEEKDAYS}[datum.value]", domain=False, ticks=False),
    )
    tooltip = [
        alt.Tooltip("weekday:N", title="day"),
        alt.Tooltip("clock:N", title="time"),
        alt.Tooltip("value:Q", title=shown.label, format=shown.format),
    ]
    cells = chart.mark_rect(stroke="white", strokeWidth=1).encode(
        across,
        down,
        x2="end:Q",
        color=alt.Color(
            "value:Q",
            scale=scale,
            legend=alt.Legend(
                title=shown.label, format="~s", gradientLength=180, gradientThickness=10
            ),
        ),
        tooltip=tooltip,
    )
    dark = "luminance(scale('color', datum.value)) < 0.35"
    # as many letters as the piece is wide
    room = "scale('x', datum.end) - scale('x', datum.start) > 7.5 * length(datum.number)"
    numbers = chart.mark_text(fontSize=11).encode(
        alt.X("middle:Q", title="time of day"),
        down,
        text="number:N",
        color=alt.condition(dark, alt.value("white"), alt.value(INK)),
        opacity=alt.condition(room, alt.value(1), alt.value(0)),
        tooltip=tooltip,
    )
    layers = alt.layer(cells, numbers)
    return finished(layers.properties(width=WIDTH, height=alt.Step(32)), filters)


def plan_line(
    data: str,
    names: Sequence[tuple[str, str]],
    days: Sequence[int],
    filters: Sequence[str],
) -> Spec:
    """Head counts through the week: the plan as columns, others as lines above or in it.

    Args:
        data: their name.
        names: column and words of the plan, and then of up to three others.
        days: that are planned, in order.
        filters: of the data.
    """
    fields = [field for field, _ in names]
    chart = (
        only(alt.Chart(alt.NamedData(data)), filters)
        .transform_aggregate(
            [alt.AggregatedFieldDef(op="sum", field=one, **{"as": one}) for one in fields],
            groupby=["day", "start", "end"],
        )
        .transform_calculate(
            x="24 * datum.day + datum.start",
            past="24 * datum.day + datum.end",
            weekday=f"{WEEKDAYS}[datum.day]",
            clock=_clock("datum.start") + " + '-' + " + _clock("datum.end"),
        )
    )
    scale = alt.Scale(domain=[24 * days[0], 24 * days[-1] + 24], nice=False)
    axis = alt.Axis(
        values=[24 * day + 12 for day in range(days[0], days[-1] + 1)],
        labelExpr=f"{WEEKDAYS}[floor(datum.value / 24)]",
        ticks=False,
        grid=False,
    )
    across = alt.X("x:Q", title=None, scale=scale, axis=axis)
    words = [said for _, said in names]
    colours = alt.Scale(domain=words, range=[SKY, INK, VERMILION, BLUE][: len(words)])
    tooltip = [
        alt.Tooltip("weekday:N", title="day"),
        alt.Tooltip("clock:N", title="time"),
        *(alt.Tooltip(f"{field}:Q", title=said, format=",.3~f") for field, said in names),
    ]
    legend = alt.Legend(columns=alt.ExprRef("narrow ? 1 : 4"))
    layers = []
    for place, (field, said) in enumerate(names):
        marks = chart.transform_calculate(what=repr(said))
        colour = alt.Color("what:N", title=None, scale=colours, sort=None, legend=legend)
        up = alt.Y(f"{field}:Q", title="people on the plan", axis=alt.Axis(tickMinStep=1))
        if place == 0:
            columns = marks.mark_rect().encode(
                across, up, x2="past:Q", y2=alt.datum(0), color=colour, tooltip=tooltip
            )
            layers.append(columns)
        else:
            lines = marks.mark_rule(strokeWidth=2.5).encode(
                across, up, x2="past:Q", color=colour, tooltip=tooltip
            )
            layers.append(lines)
    midnights = alt.Chart(alt.NamedData("midnights"))
    midnight = midnights.mark_rule(color=FAINT, aria=False).encode(x="hour:Q")
    whole = alt.layer(*layers, midnight)
    return finished(whole.properties(width=WIDTH - 60, height=240), filters)


def _clock(hours: str) -> str:
    """A formula for hours as a clock tells them."""
    return f"format(floor({hours}), '02') + ':' + format(round({hours} % 1 * 60), '02')"


def shift_map(data: str, filters: Sequence[str]) -> Spec:
    """How many work each shift: columns `pool`, `shift` and `weekday` in order, `heads`."""
    chart = only(alt.Chart(alt.NamedData(data)), filters).transform_aggregate(
        heads="sum(heads)", groupby=["shift", "weekday"]
    )
    across = alt.X(
        "weekday:N",
        sort=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        title=None,
        axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False),
    )
    down = alt.Y("shift:N", sort="ascending", title=None, axis=alt.Axis(domain=False, ticks=False))
    tooltip = [
        alt.Tooltip("shift:N", title="shift"),
        alt.Tooltip("weekday:N", title="day"),
        alt.Tooltip("heads:Q", title="people"),
    ]
    cells = chart.mark_rect(stroke="white", strokeWidth=2).encode(
        across,
        down,
        color=alt.Color("heads:Q", scale=alt.Scale(scheme="blues", zero=True), legend=None),
        tooltip=tooltip,
    )
    dark = "luminance(scale('color', datum.heads)) < 0.35"
    numbers = chart.mark_text(fontSize=12).encode(
        across,
        down,
        text="heads:Q",
        color=alt.condition(dark, alt.value("white"), alt.value(INK)),
        tooltip=tooltip,
    )
    layers = alt.layer(cells, numbers)
    return finished(layers.properties(width=WIDTH - 120, height=alt.Step(30)), filters)


def staffings(
    data: str, shown: Shown, *, names: Sequence[str], lines: int, wanted: bool = False
) -> Spec:
    """A value of each staffing, with its interval; several of them for each line.

    Args:
        data: columns `line`, `staffing`, `value`, `low`, `high`, `text`, `interval`, and, if
            `wanted`, a value `wanted` that is to be reached.
        shown: what is shown.
        names: of the staffings, the plan first.
        lines: how many there are.
        wanted: whether to draw it.
    """
    base = alt.Chart(alt.NamedData(data))
    room = alt.ExprRef(f"narrow ? {LABEL // 2} : {LABEL}")
    down = alt.Y(
        "line:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=room)
    )
    offset = alt.YOffset("staffing:N", sort=list(names))
    axis = alt.Axis(format=AXES.get(shown.format, shown.format), tickCount=6)
    across = alt.X("value:Q", title=shown.label, axis=axis, scale=alt.Scale(zero=False, nice=True))
    tooltip = [
        alt.Tooltip("line:N", title="of"),
        alt.Tooltip("staffing:N", title="staffing"),
        alt.Tooltip("text:N", title=shown.label),
        alt.Tooltip("interval:N", title="interval"),
    ]
    bars = base.mark_rule(strokeWidth=2.5, color="#4d5661").encode(
        alt.X("low:Q", title=shown.label), down, yOffset=offset, x2="high:Q", tooltip=tooltip
    )
    points = base.mark_point(filled=True, size=120, stroke=INK, strokeWidth=1.5, opacity=1).encode(
        across,
        down,
        yOffset=offset,
        fill=alt.Fill(
            "staffing:N",
            title=None,
            scale=alt.Scale(domain=list(names), range=list(FILLS[: len(names)])),
            legend=alt.Legend(symbolSize=120, columns=3),
        ),
        shape=alt.Shape(
            "staffing:N", scale=alt.Scale(domain=list(names), range=list(MARKS[: len(names)]))
        ),
        tooltip=tooltip,
    )
    words = base.mark_text(align="left", dx=9, fontSize=11, color=INK).encode(
        alt.X("high:Q", title=shown.label), down, yOffset=offset, text="text:N"
    )
    layers = [bars, points, words]
    if wanted:
        rule = base.mark_rule(color=VERMILION, strokeDash=[5, 3], strokeWidth=2)
        layers.insert(0, rule.encode(alt.X("wanted:Q", title=shown.label), tooltip=tooltip))
    height = 30 * len(names) * lines
    return finished(alt.layer(*layers).properties(width=WIDTH - 220, height=height))


def curve(data: str, x: Shown, y: Shown) -> Spec:
    """A measure by hours: columns of both, `low`, `high`, `text`, `interval`, `staffing`, `joined`.

    Plans of one number in `joined` are not told apart: a thick line joins them.
    """
    base = alt.Chart(alt.NamedData(data))
    across = alt.X(f"{x.value}:Q", title=x.label, scale=alt.Scale(zero=False, nice=True))
    axis = alt.Axis(format=AXES.get(y.format, y.format), tickCount=6)
    up = alt.Y(f"{y.value}:Q", title=y.label, axis=axis, scale=alt.Scale(zero=False, nice=True))
    tooltip = [
        alt.Tooltip("staffing:N", title="plan"),
        alt.Tooltip(f"{x.value}:Q", title=x.label, format=x.format),
        alt.Tooltip("text:N", title=y.label),
        alt.Tooltip("interval:N", title="interval"),
    ]
    line = base.mark_line(color=FAINT, strokeWidth=1.5).encode(across, up)
    alike = base.mark_line(color=SKY, strokeWidth=6).encode(across, up, detail="joined:N")
    bars = base.mark_rule(color="#4d5661", strokeWidth=1.5).encode(
        across, alt.Y("low:Q", title=y.label), y2="high:Q", tooltip=tooltip
    )
    points = base.mark_point(filled=True, size=120, stroke=INK, strokeWidth=1.5, opacity=1).encode(
        across,
        up,
        fill=alt.Fill(
            "staffing:N",
            title=None,
            scale=alt.Scale(domain=["this plan", "another plan"], range=[BLUE, "white"]),
        ),
        shape=alt.Shape(
            "staffing:N",
            scale=alt.Scale(domain=["this plan", "another plan"], range=["diamond", "circle"]),
        ),
        tooltip=tooltip,
    )
    layers = alt.layer(alike, line, bars, points)
    return finished(layers.properties(width=WIDTH - 80, height=280))
