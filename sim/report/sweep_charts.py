"""The kinds of picture that show a sweep, as Vega-Lite: a curve, its steps, a map of two values.

Three standings of a point are told by shape, by fill and in words: the best, as good for all the
data tell, and surely not so good. Each picture has the parameters of `AT`: what is picked stands
out, the rest fades.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from sim.report.axis import AT, STANDINGS
from sim.report.blocks import Spec
from sim.report.charts import (
    BLUE,
    FAINT,
    INK,
    LABEL,
    ORANGE,
    SKY,
    VERMILION,
    WIDTH,
    Shown,
    finished,
)

STEPS = {"brings": BLUE, "not significant": FAINT, "costs": VERMILION, "changes": BLUE}
"""What a step does, and its colour."""

SOFT = "#4d5661"
FADED = 0.18

AXES = {",.0f": "~s", ",.1f": ".3~s", ".1%": ".3~%"}
"""Formats of the marks of an axis, for those of numbers."""


def curve(
    data: str,
    marks: str,
    x: Shown,
    y: Shown,
    *,
    numbers: Sequence[float] | None,
    values: int,
    standings: Sequence[str],
) -> Spec:
    """A measure at every value, with its interval.

    Args:
        data: columns `first`, `x` (a number, if there are `numbers`), `value`, `low`, `high`,
            `text`, `interval`, `standing`.
        marks: stretches of the axis with a meaning, if any: `at`, `low`, `high`, `text`, `words`
            (where the text stands), `row` (below each other), `left` (it ends there).
        x: the axis; y: the measure; numbers: the values, if they are numbers;
            values: how many they are; standings: those of `STANDINGS` that are there.
    """
    base = alt.Chart(alt.NamedData(data))
    across = (
        alt.X(
            "x:Q",
            title=x.label,
            axis=_ticks(numbers),
            scale=alt.Scale(zero=False, nice=False, padding=18),
        )
        if numbers
        else alt.X("first:N", sort=None, title=x.label, axis=_named(values))
    )
    scale = alt.Scale(zero=False, nice=True)
    up = alt.Y("value:Q", title=y.label, axis=_axis(y), scale=scale)
    low = alt.Y("low:Q", title=y.label)
    tooltip = [
        alt.Tooltip("first:N", title="at"),
        alt.Tooltip("text:N", title=y.label),
        alt.Tooltip("interval:N", title="interval"),
        alt.Tooltip("standing:N", title="standing"),
    ]
    lit = _lit(("first",))
    layers = []
    if numbers:
        layers += [  # the measure first: it is what the table of the picture tells
            base.mark_area(color=SKY, opacity=0.35).encode(across, low, y2="high:Q"),
            *(_stretches(marks, x) if marks else []),
            base.mark_line(color=BLUE, strokeWidth=2).encode(across, up),
        ]
    layers.append(
        base.mark_rule(color=SOFT, strokeWidth=1.5).encode(
            across, low, y2="high:Q", opacity=lit, tooltip=tooltip
        )
    )
    layers.append(
        base.mark_point(filled=True, size=130, stroke=INK, strokeWidth=1.5).encode(
            across,
            up,
            fill=alt.Fill(
                "standing:N",
                title=None,
                scale=alt.Scale(domain=list(STANDINGS), range=[BLUE, SKY, "white"]),
                legend=alt.Legend(
                    values=list(standings), symbolSize=120, columns=alt.ExprRef("narrow ? 1 : 3")
                ),
            ),
            shape=alt.Shape(
                "standing:N",
                scale=alt.Scale(domain=list(STANDINGS), range=["diamond", "square", "circle"]),
            ),
            opacity=lit,
            tooltip=tooltip,
        )
    )
    return finished(alt.layer(*layers).properties(width=WIDTH - 80, height=320), ("first",))


def _stretches(marks: str, x: Shown) -> list[alt.Chart]:
    """Break-even and knee: a place, where it may lie, and words above it."""
    base = alt.Chart(alt.NamedData(marks))
    band = base.mark_rect(color=ORANGE, opacity=0.22).encode(
        alt.X("low:Q", title=x.label), x2="high:Q", tooltip=alt.Tooltip("text:N", title="")
    )
    rule = (
        base.transform_filter("isValid(datum.at)")
        .mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.5, aria=False)
        .encode(alt.X("at:Q", title=x.label))
    )
    words = base.mark_text(
        align=alt.ExprRef("datum.left ? 'right' : 'left'"),
        dx=alt.ExprRef("datum.left ? -5 : 5"),
        dy=alt.ExprRef("9 + 15 * datum.row"),
        fontSize=12,
        fontWeight=600,
        color=INK,
        limit=300,
    ).encode(alt.X("words:Q", title=x.label), y=alt.value(0), text="text:N")
    return [band, rule, words]


def steps(data: str, x: Shown, y: Shown, *, numbers: Sequence[float] | None, values: int) -> Spec:
    """What each step from one value to the next brings, with its interval.

    Columns: `start`, `end`, `line` (both in words), `low_x`, `middle`, `high_x` (numbers, if there
    are any), `value`, `low`, `high`, `text`, `interval`, `kind`, one of `STEPS`.
    """
    base = alt.Chart(alt.NamedData(data))
    tooltip = [
        alt.Tooltip("line:N", title="from, to"),
        alt.Tooltip("text:N", title=y.label),
        alt.Tooltip("interval:N", title="interval"),
        alt.Tooltip("kind:N", title="it"),
    ]
    up = alt.Y("value:Q", title=y.label, axis=_axis(y), scale=alt.Scale(zero=True, nice=True))
    lit = alt.condition(
        "first == '' || datum.start == first || datum.end == first",
        alt.value(1),
        alt.value(FADED),
    )
    colour = alt.Color(
        "kind:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=list(STEPS), range=list(STEPS.values())),
        legend=None,
    )
    scale = alt.Scale(zero=False, nice=False)
    beside = alt.X("line:N", sort=None, title=x.label, axis=_named(values - 1))
    if numbers:
        columns = base.mark_rect(stroke="white", strokeWidth=1).encode(
            alt.X("low_x:Q", title=x.label, axis=_ticks(numbers), scale=scale),
            up,
            x2="high_x:Q",
            y2=alt.datum(0),
        )
        middle = alt.X("middle:Q", title=x.label)
    else:
        columns = base.mark_bar(width=alt.RelativeBandSize(0.7)).encode(beside, up)
        middle = beside
    columns = columns.encode(color=colour, opacity=lit, tooltip=tooltip)
    errors = base.mark_rule(color=INK, strokeWidth=2).encode(
        middle, alt.Y("low:Q", title=y.label), y2="high:Q", opacity=lit, tooltip=tooltip
    )
    points = base.mark_point(filled=True, size=45, color=INK).encode(
        middle, up, opacity=lit, tooltip=tooltip
    )
    words = (
        base.transform_calculate(edge="max(0, isValid(datum.high) ? datum.high : datum.value)")
        .mark_text(dy=-8, fontSize=11, color=INK)
        .encode(
            middle,
            alt.Y("edge:Q", title=y.label),
            text="text:N",
            opacity=alt.value(alt.ExprRef("width / length(data('" + data + "')) > 54 ? 1 : 0")),
        )
    )
    none = base.mark_rule(color=INK, aria=False).encode(y=alt.datum(0))
    layers = alt.layer(columns, none, errors, points, words)
    return finished(layers.properties(width=WIDTH - 80, height=240), ("first",))


def grid(
    data: str,
    across: str,
    down: str,
    shown: Shown,
    *,
    columns: int,
    signed: bool,
    standings: Sequence[str],
) -> Spec:
    """A measure at every pair of values: the darker the more; the best pair has a thick frame.

    Args:
        data: columns `first` and `second` (the values), `value`, `text`, `error`, `interval`,
            `standing`, `mark` (a sign for the standing).
        across, down: the titles of `second` and `first`.
        shown: the measure; columns: how many values there are across.
        signed: whether there are values below and above zero, to have two colours.
        standings: those of `STANDINGS` that are there: a frame around nothing has no text.
    """
    base = alt.Chart(alt.NamedData(data))
    x = alt.X(
        "second:N",
        sort=None,
        title=across,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            domain=False,
            ticks=False,
            labelLimit=alt.ExprRef(f"width / {columns}"),
        ),
    )
    room = alt.ExprRef(f"narrow ? {LABEL // 2} : {LABEL}")
    y = alt.Y(
        "first:N",
        sort=None,
        title=down,
        axis=alt.Axis(domain=False, ticks=False, labelLimit=room, maxExtent=LABEL),
    )
    tooltip = [
        alt.Tooltip("first:N", title=down),
        alt.Tooltip("second:N", title=across),
        alt.Tooltip("text:N", title=shown.label),
        alt.Tooltip("interval:N", title="interval"),
        alt.Tooltip("standing:N", title="standing"),
    ]
    scale = (
        alt.Scale(scheme="blueorange", domainMid=0, reverse=True)
        if signed
        else alt.Scale(scheme="blues", zero=False)
    )
    lit = _lit(AT)
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x,
        y,
        color=alt.Color(
            "value:Q",
            scale=scale,
            legend=alt.Legend(
                title=shown.label,
                format=AXES.get(shown.format, shown.format),
                gradientLength=180,
                gradientThickness=10,
            ),
        ),
        opacity=lit,
        tooltip=tooltip,
    )
    dark = "luminance(scale('color', datum.value)) < 0.35"
    ink = alt.condition(dark, alt.value("white"), alt.value(INK))
    frames = [
        base.transform_filter(f"datum.standing == '{standing}'")
        .mark_rect(fill=None, stroke=INK, strokeWidth=width, strokeDash=dash)
        .encode(x, y, opacity=lit)
        for standing, width, dash in ((STANDINGS[1], 1.5, [4, 3]), (STANDINGS[0], 3.5, [1, 0]))
        if standing in standings
    ]
    # numbers only where there is room for them; the sign of the standing stays
    wide = f"width / {columns} >= 58"
    texts = [
        base.mark_text(fontSize=size, dy=dy).encode(
            x,
            y,
            text=f"{field}:N",
            color=ink,
            opacity=alt.value(alt.ExprRef(f"{wide} ? 1 : 0")),
            tooltip=tooltip,
        )
        for field, size, dy in (("marked", 13, -6), ("error", 10, 9))
    ]
    signs = base.mark_text(fontSize=13, fontWeight=700).encode(
        x,
        y,
        text="mark:N",
        color=ink,
        opacity=alt.value(alt.ExprRef(f"{wide} ? 0 : 1")),
        tooltip=tooltip,
    )
    layers = alt.layer(cells, *frames, *texts, signs)
    return finished(layers.properties(width=WIDTH - 200, height=alt.Step(42)), AT)


def _named(names: int) -> alt.Axis:
    """So many names beside each other, as long as there is room."""
    return alt.Axis(labelAngle=0, labelLimit=alt.ExprRef(f"width / {names} - 6"))


def _ticks(numbers: Sequence[float]) -> alt.Axis:
    """A mark at each value, as far as there is room."""
    return alt.Axis(values=list(numbers), format=",.6~g")


def _axis(shown: Shown) -> alt.Axis:
    return alt.Axis(format=AXES.get(shown.format, shown.format), tickCount=6)


def _lit(fields: Sequence[str]) -> alt.Condition:
    """All points, or the picked ones, stand out."""
    picked = " && ".join(f"({one} == '' || datum['{one}'] == {one})" for one in fields)
    return alt.condition(picked, alt.value(1), alt.value(FADED))
