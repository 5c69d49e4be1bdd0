"""Values side by side, as Vega-Lite: with their intervals, as bars, as steps, as points of a curve.

Where a picture has a parameter of `filters`, what is picked of it stands out, the others fade. What
is better than the reference is blue and darker to the right or above, what is worse is orange;
signs and places say the same without colour.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from sim.report.axis import STANDINGS
from sim.report.blocks import Dataset, Picture
from sim.report.charts import (
    BLUE,
    FAINT,
    INK,
    LABEL,
    ORANGE,
    PARTS,
    SKY,
    SOFT,
    VERMILION,
    WIDTH,
    Shown,
    distinct,
    finished,
    lit,
    names_down,
    numbers_along,
    points,
    quantity,
    room,
    signs,
    table,
    tips,
    zero,
)
from sim.report.pictures import for_vega


def intervals(data: Dataset, shown: Shown, *, line: str = "of", bars: bool = False) -> Picture:
    """A point with its interval for each line, in the order of the data.

    Args:
        data: columns `value`, `low`, `high`, `edge` (where the words begin), `text`, `interval`;
            `staffing`, whose points have a sign each; `wanted`, which is to be reached.
        shown: what is shown.
        line: the column of their names, which is also their filter if it is `option`; one that is
            not `staffing` has a point for each of these.
        bars: whether a bar leads from zero to each point.
    """
    base, staffings = table(), distinct(data, "staffing")
    filters = ("option",) if line == "option" else ()
    names = dict.fromkeys([line, *(["staffing"] if staffings else [])])
    same: dict[str, Any] = {
        "y": names_down(line),
        "tooltip": tips(
            *((one, one) for one in names), ("text", shown.label), ("interval", "interval")
        ),
    }
    same |= {"yOffset": alt.YOffset("staffing:N", sort=staffings)} if len(names) > 1 else {}
    same |= {"opacity": lit(filters)} if filters else {}
    apart = {"padding": 12} if staffings else {}  # a sign must not cover its name
    across = quantity(alt.X, "value", shown, zero=not staffings, **apart)
    point = base.mark_point(filled=True, size=70, color=INK, opacity=1)
    layers = [
        base.mark_rule(strokeWidth=2.5, color=SOFT).encode(
            x=alt.X("low:Q", title=shown.label), x2="high:Q", **same
        ),
        points(base, x=across, **signs("staffing", staffings), **same)
        if staffings
        else point.encode(x=across, **same),
        base.mark_text(align="left", dx=9, color=INK, fontSize=12).encode(
            x=alt.X("edge:Q", title=shown.label), text="text:N", **same
        ),
    ]
    if bars:
        layers.insert(0, base.mark_bar(height=14, color=SKY, opacity=0.55).encode(across, **same))
    if "wanted" in data:
        rule = base.mark_rule(color=VERMILION, strokeDash=[5, 3], strokeWidth=2)
        layers.insert(0, rule.encode(alt.X("wanted:Q", title=shown.label), tooltip=same["tooltip"]))
    if filters:
        layers.append(zero())
    height = (26 if bars else 34) * len(data["value"])
    return finished(layers, {"data": data}, filters, width=WIDTH - 220, height=height)


# --- points in two directions -------------------------------------------------------------------


def trade_off(data: Dataset, x: Shown, y: Shown) -> Picture:
    """Two measures of every option against each other, with intervals.

    Columns: `option`; `x` and `y`, each with `_low`, `_high` and `_text`; `standing`, one of
    `STANDINGS`; `left` (1 or 0) and `dy`: beside which side of its point the name stands, and how
    many pixels lower.
    """
    base, seen = table(), {"opacity": lit(["option"])}
    across, up = (
        quantity(alt.X, "x", x, padding=24),
        quantity(alt.Y, "y", y, padding=24),
    )
    said = tips(
        *(("option", "option"), ("y_text", y.label), ("x_text", x.label), ("standing", "standing"))
    )
    bars = base.mark_rule(color=SOFT)
    side = "datum.left"
    names = base.mark_text(
        align=alt.ExprRef(f"{side} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{side} ? -11 : 11"),
        dy=alt.ExprRef("datum.dy"),
        fontSize=12,
        fontWeight=600,
        color=INK,
        limit=alt.ExprRef(f"narrow ? 80 : {LABEL}"),
    )
    layers = [
        bars.encode(alt.X("x_low:Q", title=x.label), up, x2="x_high:Q", **seen),
        bars.encode(across, alt.Y("y_low:Q", title=y.label), y2="y_high:Q", **seen),
        points(base, x=across, y=up, **signs("standing", STANDINGS), tooltip=said, **seen),
        names.encode(across, up, text="option:N", tooltip=said, **seen),
    ]
    return finished(layers, {"data": data}, ("option",), width=WIDTH - 80, height=340)


def curve(data: Dataset, marks: Dataset, x: Shown, y: Shown) -> Picture:
    """A measure at every value of a sweep, with its interval.

    Args:
        data: columns `first`, `x` (a number, or nothing), `value`, `low`, `high`, `text`,
            `interval`, `standing`.
        marks: stretches of the axis with a meaning, if any: `at`, `low`, `high`, `text`, `words`
            (where the text stands), `row` (below each other), `left` (it ends there).
        x: the axis; y: the measure.
    """
    base, low, up = table(), alt.Y("low:Q", title=y.label), quantity(alt.Y, "value", y)
    across = _values_across("x", "first", x, data, data["x"], padding=18)
    there = [one for one in STANDINGS if one in data["standing"]]
    same = {
        "opacity": lit(["first"]),
        "tooltip": tips(
            *(("first", x.label), ("text", y.label)),
            *(("interval", "interval"), ("standing", "standing")),
        ),
    }
    layers = []
    if _numbers(data["x"]):
        layers += [  # the measure first: it is what the table of the picture tells
            base.mark_area(color=SKY, opacity=0.35).encode(across, low, y2="high:Q"),
            *(_stretches(x) if marks["text"] else []),
            base.mark_line(color=BLUE, strokeWidth=2).encode(across, up),
        ]
    layers += [
        base.mark_rule(color=SOFT, strokeWidth=1.5).encode(across, low, y2="high:Q", **same),
        points(base, x=across, y=up, **signs("standing", STANDINGS, values=there), **same),
    ]
    known = {"data": data, **({"marks": marks} if marks["text"] else {})}
    return finished(layers, known, ("first",), width=WIDTH - 80, height=320)


def _numbers(places: Iterable[Any]) -> list[float]:
    """The places along an axis, each once; none where its values are no numbers."""
    return sorted({one for one in places if one is not None})


def _values_across(
    number: str, name: str, x: Shown, data: Dataset, places: Iterable[Any], **scale: Any
) -> alt.X:
    """The values of a sweep: a mark at each, or their names beside each other."""
    if numbers := _numbers(places):
        axis = alt.Axis(values=numbers, format=",.6~g")
        known = alt.Scale(zero=False, nice=False, **scale)
        return alt.X(f"{number}:Q", title=x.label, axis=axis, scale=known)
    limit = alt.ExprRef(f"width / {len(data[name])} - 6")
    axis = alt.Axis(labelAngle=0, labelLimit=limit)
    return alt.X(f"{name}:N", sort=None, title=x.label, axis=axis)


def _stretches(x: Shown) -> list[Any]:
    """Break-even and knee: a place, where it may lie, and words above it."""
    base = table("marks")
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


def by_hours(data: Dataset, x: Shown, y: Shown) -> Picture:
    """A measure by hours: columns of both, `low`, `high`, `text`, `interval`, `staffing`, `joined`.

    Plans of one number in `joined` are not told apart: a thick line joins them. A column `wanted`
    says what each is for.
    """
    base = table()
    across, up = quantity(alt.X, x.value, x), quantity(alt.Y, y.value, y)
    said = tips(
        *((("wanted", "wanted"),) if "wanted" in data else ()),
        *((x.value, x.label, x.format), ("text", y.label)),
        *(("interval", "interval"), ("staffing", "plan")),
    )
    which = signs("staffing", ("this plan", "another plan"), ("diamond", "circle"), (BLUE, "white"))
    layers = [
        base.mark_line(color=SKY, strokeWidth=6).encode(across, up, detail="joined:N"),
        base.mark_line(color=FAINT, strokeWidth=1.5).encode(across, up),
        base.mark_rule(color=SOFT, strokeWidth=1.5).encode(
            across, alt.Y("low:Q", title=y.label), y2="high:Q", tooltip=said
        ),
        points(base, x=across, y=up, **which, tooltip=said),
    ]
    return finished(layers, {"data": data}, width=WIDTH - 80, height=280)


# --- bars ---------------------------------------------------------------------------------------


def parts(data: Dataset, shown: Shown, line: str) -> Picture:
    """Bars made of parts: columns `part`, `value`, `text`, `place` (of a part).

    line: the column of their names, which is also their filter if it is `option`.
    """
    filters = ("option",) if line == "option" else ()
    legend = alt.Legend(columns=alt.ExprRef("narrow ? 2 : 8"), labelLimit=room())
    bars = (
        table()
        .mark_bar(height=22, stroke="white", strokeWidth=1.5)
        .encode(
            alt.X("sum(value):Q", title=shown.label, axis=numbers_along(shown)),
            names_down(line),
            alt.Color("part:N", sort=None, title=None, legend=legend, scale=alt.Scale(range=PARTS)),
            order=alt.Order("place:Q"),
            opacity=lit(filters),
            tooltip=tips(
                (line, line),
                ("part", "source" if filters else "part"),
                ("text", f"cost, {shown.label}"),
            ),
        )
    )
    height = 36 * len(distinct(data, line)) + 10
    return finished(bars, {"data": data}, filters, width=WIDTH - 160, height=height)


def waterfall(data: Dataset, shown: Shown) -> Picture:
    """From one total to another, step by step, from above.

    Columns: `line`, `next` (the line below), `start`, `end`, `kind` (total, more or less), `right`
    (where the words begin), `text`.
    """
    base, down = table(), names_down()
    kinds = alt.Scale(domain=["total", "more", "less"], range=[SOFT, SKY, VERMILION])
    bars = base.mark_bar(height=22).encode(
        quantity(alt.X, "start", shown),  # totals say where it begins
        down,
        alt.Color("kind:N", title=None, scale=kinds, legend=alt.Legend(columns=3)),
        x2="end:Q",
        tooltip=tips(("line", "step"), ("text", shown.label)),
    )
    joints = (
        base.transform_filter("isValid(datum.next)")
        .mark_rule(color=SOFT, strokeDash=[2, 2])
        .encode(alt.X("end:Q", title=shown.label), down, y2="next:N")
    )
    words = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
        alt.X("right:Q"), down, text="text:N"
    )
    height = 32 * len(data["line"])
    return finished([bars, joints, words], {"data": data}, width=WIDTH - 240, height=height)


def tornado(data: Dataset, shown: Shown) -> Picture:
    """How far uncertain inputs move a lead, the widest first.

    Columns: `line`, `least` and `most` with `at_least` and `at_most` (the values that lead there),
    `base` (the lead as things are), `base_low` and `base_high` (chance), `depends`.
    """
    base, down = table(), names_down("line", 300)
    tooltip = tips(
        *(("line", "input"), ("at_least", "least lead at"), ("least", "least lead", ",.1f")),
        *(("at_most", "most lead at"), ("most", "most lead", ",.1f"), ("depends", "the answer")),
    )
    noise = base.mark_bar(height=30, color="#e3e6ea").encode(
        alt.X("base_low:Q", title=shown.label), down, x2="base_high:Q", tooltip=tooltip
    )
    answers = ["the answer stays", "the data do not tell", "the answer depends on it"]
    colour = alt.Color(
        "depends:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=answers, range=[SKY, FAINT, VERMILION]),
        legend=alt.Legend(columns=alt.ExprRef("narrow ? 1 : 3")),
    )
    bars = base.mark_bar(height=16).encode(
        quantity(alt.X, "least", shown, zero=True), down, colour, x2="most:Q", tooltip=tooltip
    )
    now = base.mark_tick(color=INK, thickness=2, height=30).encode(alt.X("base:Q"), down)
    ends = [
        base.mark_text(fontSize=11, color=INK, align=align, dx=dx).encode(
            alt.X(f"{end}:Q"), down, text=f"at_{end}:N"
        )
        for end, align, dx in (("least", "right", -5), ("most", "left", 5))
    ]
    layers, height = [noise, bars, now, *ends, zero()], 44 * len(data["line"])
    return finished(layers, {"data": data}, width=WIDTH - 330, height=height)


STEPS = {"brings": BLUE, "not significant": FAINT, "costs": VERMILION, "changes": BLUE}
"""What a step does, and its colour."""


def steps(data: Dataset, x: Shown, y: Shown) -> Picture:
    """What each step from one value to the next brings, with its interval.

    Columns: `start`, `end`, `line` (both in words), `low_x`, `high_x` (numbers, or nothing),
    `value`, `low`, `high`, `text`, `interval`, `kind`, one of `STEPS`.
    """
    base, up = table(), quantity(alt.Y, "value", y, zero=True)
    same = {
        "opacity": lit((), "first == '' || datum.start == first || datum.end == first"),
        "tooltip": tips(
            *(("line", "from, to"), ("text", y.label)), ("interval", "interval"), ("kind", "it")
        ),
    }
    colours = alt.Scale(domain=list(STEPS), range=list(STEPS.values()))
    colour = alt.Color("kind:N", title=None, sort=None, scale=colours, legend=None)
    numbers = _numbers((*data["low_x"], *data["high_x"]))
    across = _values_across("low_x", "line", x, data, numbers)
    base = base.transform_calculate(middle="(datum.low_x + datum.high_x) / 2")
    middle = alt.X("middle:Q", title=x.label) if numbers else across
    if numbers:
        columns = base.mark_rect(stroke="white", strokeWidth=1).encode(
            across, up, colour, x2="high_x:Q", y2=alt.datum(0), **same
        )
    else:
        columns = base.mark_bar(width=alt.RelativeBandSize(0.7)).encode(across, up, colour, **same)
    words = base.transform_calculate(
        edge="max(0, isValid(datum.high) ? datum.high : datum.value)"
    ).mark_text(dy=-8, fontSize=11, color=INK)
    wide = alt.value(alt.ExprRef("width / length(data('data')) > 54 ? 1 : 0"))
    layers = [
        columns,
        zero("y"),
        base.mark_rule(color=INK, strokeWidth=2).encode(
            middle, alt.Y("low:Q", title=y.label), y2="high:Q", **same
        ),
        base.mark_point(filled=True, size=45, color=INK).encode(middle, up, **same),
        words.encode(middle, alt.Y("edge:Q", title=y.label), text="text:N", opacity=wide),
    ]
    return finished(layers, {"data": data}, ("first",), width=WIDTH - 80, height=240)


CLASSES = 44
"""Of the values of replications, over all options, about so many."""


def spread(data: Dataset, rows: Sequence[Sequence[str]], shown: Shown, *, paired: bool) -> Picture:
    """How replications differ: for every option a row of columns, the higher the more there are.

    Columns: `option`; `row`, its place from below; `value`, of a replication.

    Args:
        data: these.
        rows: what is said beside each, lines of words, from above.
        shown: what is spread.
        paired: whether to mark 0, with what lies below it in another colour.
    """
    base, many, least, most = table(), len(rows), min(data["value"]), max(data["value"])
    # the largest value, 0 perhaps, is not to end a class in which all others are less
    extent = [least, most + ((most - least) / CLASSES or 1.0)]
    labels = json.dumps([[*map(for_vega, words)] for words in rows[::-1]])
    axis = alt.Axis(
        values=[row + 0.3 for row in range(many)],
        labelExpr=f"{labels}[floor(datum.value)]",
        grid=False,
        ticks=False,
        domain=False,
        labelLimit=room(),
    )
    scale = alt.Scale(domain=[0, many], nice=False)
    columns = (
        base.transform_bin(["from", "to"], "value", bin=alt.Bin(maxbins=CLASSES, extent=extent))
        .transform_aggregate(many="count()", groupby=["option", "row", "from", "to"])
        .transform_joinaggregate(all="sum(many)", most="max(many)", groupby=["option"])
        .transform_calculate(
            top="datum.row + 0.85 * datum.many / datum.most",
            share="datum.many / datum.all",
            text="format(datum.from, ',.4~r') + ' to ' + format(datum.to, ',.4~r')",
            worse=f"{int(paired)} && datum.from + datum.to < 0",
        )
        .mark_rect(stroke="white", strokeWidth=0.4)
        .encode(
            quantity(alt.X, "from", shown, zero=paired),
            alt.Y("row:Q", title=None, scale=scale, axis=axis),
            x2="to:Q",
            y2="top:Q",
            color=alt.condition("datum.worse", alt.value(VERMILION), alt.value(SKY)),
            opacity=lit(["option"]),
            tooltip=tips(("option", "option"), ("text", shown.label), ("share", "of all", ".1%")),
        )
    )
    floors = base.mark_rule(color=FAINT).encode(y=alt.Y("row:Q"))
    layers = [columns, floors, *([zero()] if paired else [])]
    return finished(layers, {"data": data}, ("option",), width=WIDTH - 200, height=58 * many)
