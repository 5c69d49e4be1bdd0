"""The kinds of picture that show options side by side, as Vega-Lite.

Each has a parameter `option`: the option picked stands out, the others fade. What is better than
the reference is blue and darker to the right or above, what is worse is orange; signs and places
say the same without colour.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

from sim.report.blocks import Spec
from sim.report.charts import BLUE, FAINT, INK, LABEL, SKY, VERMILION, WIDTH, Shown, finished
from sim.report.pictures import for_vega

OPTION = ("option",)
SOFT = "#4d5661"
FADED = 0.18


def differences(data: str, shown: Shown, *, lines: int) -> Spec:
    """A difference with its interval for every option, and where nothing differs.

    Columns: `option`, `value`, `low`, `high`, `end` (where the words begin), `text`, `interval`.
    """
    base = alt.Chart(alt.NamedData(data))
    across = alt.X(
        "value:Q",
        title=shown.label,
        axis=_axis(shown.format),
        scale=alt.Scale(zero=True, nice=True),
    )
    tooltip = _tooltip("option", ("text", "difference"), ("interval", "interval"))
    rules = base.mark_rule(strokeWidth=3, color=BLUE).encode(
        alt.X("low:Q", title=shown.label), _down(), x2="high:Q", tooltip=tooltip, opacity=_lit()
    )
    points = base.mark_point(filled=True, size=80, color=INK).encode(
        across, _down(), tooltip=tooltip, opacity=_lit()
    )
    words = base.mark_text(align="left", dx=9, color=INK, fontSize=12).encode(
        alt.X("end:Q"), _down(), text="text:N", opacity=_lit(), tooltip=tooltip
    )
    layers = alt.layer(rules, points, words, _zero())
    return finished(layers.properties(width=WIDTH - 220, height=34 * lines), OPTION)


STANDINGS = ("chosen", "not told apart from it", "surely not so good")


def trade_off(data: str, x: Shown, y: Shown) -> Spec:
    """Two measures of every option against each other, with intervals.

    Columns: `option`; `x` and `y`, each with `_low`, `_high` and `_text`; `standing`, one of
    `STANDINGS`; `left` (1 or 0) and `dy`: beside which side of its point the name stands, and how
    many pixels lower.
    """
    base = alt.Chart(alt.NamedData(data))
    room = alt.Scale(zero=False, nice=True, padding=24)
    across = alt.X("x:Q", title=x.label, axis=_axis(x.format), scale=room)
    up = alt.Y("y:Q", title=y.label, axis=_axis(y.format), scale=room)
    tooltip = _tooltip("option", ("y_text", y.label), ("x_text", x.label), ("standing", "standing"))
    bars = [
        base.mark_rule(color=SOFT).encode(
            alt.X("x_low:Q", title=x.label), up, x2="x_high:Q", opacity=_lit()
        ),
        base.mark_rule(color=SOFT).encode(
            across, alt.Y("y_low:Q", title=y.label), y2="y_high:Q", opacity=_lit()
        ),
    ]
    points = base.mark_point(filled=True, size=170, stroke=INK, strokeWidth=1.5).encode(
        across,
        up,
        fill=alt.Fill(
            "standing:N",
            title=None,
            scale=alt.Scale(domain=list(STANDINGS), range=[BLUE, SKY, "white"]),
            legend=alt.Legend(symbolSize=120, columns=alt.ExprRef("narrow ? 1 : 3")),
        ),
        shape=alt.Shape(
            "standing:N",
            scale=alt.Scale(domain=list(STANDINGS), range=["diamond", "square", "circle"]),
        ),
        opacity=_lit(),
        tooltip=tooltip,
    )
    side = "datum.left"
    names = base.mark_text(
        align=alt.ExprRef(f"{side} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{side} ? -11 : 11"),
        dy=alt.ExprRef("datum.dy"),
        fontSize=12,
        fontWeight=600,
        color=INK,
        limit=alt.ExprRef(f"narrow ? 80 : {LABEL}"),
    ).encode(across, up, text="option:N", opacity=_lit(), tooltip=tooltip)
    layers = alt.layer(*bars, points, names)
    return finished(layers.properties(width=WIDTH - 80, height=340), OPTION)


def waterfall(data: str, shown: Shown, *, lines: int) -> Spec:
    """From one total to another, step by step, from above.

    Columns: `line`, `next` (the line below), `start`, `end`, `kind` (total, more or less), `right`
    (where the words begin), `text`.
    """
    base = alt.Chart(alt.NamedData(data))
    scale = alt.Scale(zero=False, nice=True)  # totals say where it begins
    bars = base.mark_bar(height=22).encode(
        alt.X("start:Q", title=shown.label, axis=_axis(shown.format), scale=scale),
        _down("line"),
        alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=["total", "more", "less"], range=[SOFT, SKY, VERMILION]),
            legend=alt.Legend(columns=3),
        ),
        x2="end:Q",
        tooltip=_tooltip("line", ("text", shown.label)),
    )
    joints = (
        base.transform_filter("isValid(datum.next)")
        .mark_rule(color=SOFT, strokeDash=[2, 2])
        .encode(alt.X("end:Q", title=shown.label), _down("line"), y2="next:N")
    )
    words = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        alt.X("right:Q"), _down("line"), text="text:N"
    )
    layers = alt.layer(bars, joints, words)
    return finished(layers.properties(width=WIDTH - 240, height=32 * lines))


def matrix(data: str, shown: Shown, *, columns: str, scale: alt.Scale) -> Spec:
    """Options by groups of another kind: a difference in each cell, with its interval below.

    Columns: `option`, that of the groups, `value`, `sure` (1 where it is no chance), `text`,
    `error`, `interval`. Only what is sure has a colour, of the scale (see `charts.two_sided`).
    """
    base = alt.Chart(alt.NamedData(data))
    across = alt.X(
        f"{columns}:N",
        sort=None,
        title=None,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            domain=False,
            ticks=False,
            labelLimit=alt.ExprRef("width / 4"),
        ),
    )
    lit = alt.condition(
        " && ".join(f"({f} == '' || datum['{f}'] == {f})" for f in ("option", columns)),
        alt.value(1),
        alt.value(FADED),
    )
    said = ("text", shown.label), ("interval", "interval")
    tooltip = _tooltip("option", (columns, columns), *said)
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        across,
        _down(),
        color=alt.condition(
            "datum.sure == 1",
            alt.Color(
                "value:Q",
                scale=scale,
                legend=alt.Legend(
                    title=shown.label,
                    format=",.3~r",
                    gradientLength=180,
                    gradientThickness=10,
                ),
            ),
            alt.value("#f3f4f6"),
        ),
        opacity=lit,
        tooltip=tooltip,
    )
    dark = "datum.sure == 1 && luminance(scale('color', datum.value)) < 0.35"
    ink = alt.condition(dark, alt.value("white"), alt.value(INK))
    texts = [
        base.mark_text(fontSize=size, dy=dy).encode(
            across, _down(), text=f"{field}:N", color=ink, opacity=lit, tooltip=tooltip
        )
        for field, size, dy in (("text", 13, -6), ("error", 10, 9))
    ]
    layers = alt.layer(cells, *texts)
    return finished(layers.properties(width=WIDTH - 200, height=alt.Step(42)), (*OPTION, columns))


def spread(data: str, rows: Sequence[Sequence[str]], shown: Shown, *, zero: bool) -> Spec:
    """How replications differ: for every option a row of columns, the higher the more there are.

    Columns: `option`, `low` and `high` of a class, `bottom` and `top` (the row counts as 1, the
    first row is the uppermost), `share` of all, `better` (1, 0, or nothing where it is not asked).

    Args:
        data: their name.
        rows: what is said beside each, lines of words, from above.
        shown: what is spread.
        zero: whether to mark 0, with what lies below it in another colour.
    """
    base = alt.Chart(alt.NamedData(data))
    labels = json.dumps([[*map(for_vega, words)] for words in rows[::-1]])
    many = len(rows)
    down = alt.Y(
        "bottom:Q",
        title=None,
        scale=alt.Scale(domain=[0, many], nice=False),
        axis=alt.Axis(
            values=[row + 0.3 for row in range(many)],
            labelExpr=f"{labels}[floor(datum.value)]",
            grid=False,
            ticks=False,
            domain=False,
            labelLimit=_room(),
        ),
    )
    columns = base.mark_rect(stroke="white", strokeWidth=0.4).encode(
        alt.X("low:Q", title=shown.label, axis=_axis(shown.format), scale=alt.Scale(zero=zero)),
        down,
        x2="high:Q",
        y2="top:Q",
        color=alt.condition("datum.better == 0", alt.value(VERMILION), alt.value(SKY)),
        opacity=_lit(),
        tooltip=_tooltip("option", ("text", shown.label), ("said", "of all")),
    )
    lines = alt.InlineData(values=[{"floor": row} for row in range(many)])
    floors = alt.Chart(lines).mark_rule(color=FAINT).encode(y=alt.Y("floor:Q"))
    layers = [columns, floors, *([_zero()] if zero else [])]
    return finished(alt.layer(*layers).properties(width=WIDTH - 200, height=58 * many), OPTION)


def tornado(data: str, shown: Shown, *, lines: int) -> Spec:
    """How far uncertain inputs move a lead, the widest first.

    Columns: `line`, `least` and `most` with `at_least` and `at_most` (the values that lead there),
    `base` (the lead as things are), `base_low` and `base_high` (chance), `depends`.
    """
    base = alt.Chart(alt.NamedData(data))
    down = _down("line", 300)
    tooltip = _tooltip(
        "line", ("at_least", "least lead"), ("at_most", "most lead"), ("depends", "the answer")
    )
    x = alt.X("least:Q", title=shown.label, axis=_axis(shown.format), scale=alt.Scale(zero=True))
    noise = base.mark_bar(height=30, color="#e3e6ea").encode(
        alt.X("base_low:Q", title=shown.label), down, x2="base_high:Q", tooltip=tooltip
    )
    bars = base.mark_bar(height=16).encode(
        x,
        down,
        x2="most:Q",
        color=alt.Color(
            "depends:N",
            title=None,
            sort=None,
            scale=alt.Scale(
                domain=["the answer stays", "the data do not tell", "the answer depends on it"],
                range=[SKY, FAINT, VERMILION],
            ),
            legend=alt.Legend(columns=alt.ExprRef("narrow ? 1 : 3")),
        ),
        tooltip=tooltip,
    )
    now = base.mark_tick(color=INK, thickness=2, height=30).encode(alt.X("base:Q"), down)
    ends = [
        base.mark_text(fontSize=11, color=INK, align="right", dx=-5).encode(
            alt.X("least:Q"), down, text="at_least:N"
        ),
        base.mark_text(fontSize=11, color=INK, align="left", dx=5).encode(
            alt.X("most:Q"), down, text="at_most:N"
        ),
    ]
    layers = alt.layer(noise, bars, now, *ends, _zero())
    return finished(layers.properties(width=WIDTH - 330, height=44 * lines))


# --- what they share --------------------------------------------------------------------------


def _lit() -> Any:
    """All options, or the one picked, stand out."""
    picked = "option == '' || datum.option == option"
    return alt.condition(picked, alt.value(1), alt.value(FADED))


def _zero() -> Any:
    """A line where nothing differs."""
    chart = alt.Chart(alt.InlineData(values=[{}]))
    return chart.mark_rule(color=INK, aria=False).encode(x=alt.datum(0))


def _down(field: str = "option", room: int = LABEL) -> alt.Y:
    """Names from above, shorter where there is little room."""
    axis = alt.Axis(ticks=False, domain=False, labelLimit=_room(room))
    return alt.Y(f"{field}:N", sort=None, title=None, axis=axis)


def _room(most: int = LABEL) -> alt.ExprRef:
    return alt.ExprRef(f"narrow ? 110 : {most}")


def _axis(form: str) -> alt.Axis:
    return alt.Axis(format={",.1f": ",.4~f", ".1%": ".4~%"}.get(form, form), tickCount=6)


def _tooltip(name: str, *more: tuple[str, str]) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in ((name, name), *more)]
