"""The pictures of the live page: specifications whose data the page puts in as answers come."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import vl_convert

from sim.measures import CATALOGUE
from sim.report.blocks import Spec
from sim.report.charts import BLUE, GREY, PARTS, WEEKDAYS, table, tips, with_look

SIDES = ["baseline", "variant"]
WIDTH = 420


@cache
def specs() -> dict[str, Any]:
    """Pictures by name, as Vega: `week` maps and `hours` lines of one measure, `ends`, `costs`.

    Each draws the data `rows`; `hours` and `week` show what the page puts into the column `shown`.
    """
    return {
        "week": _vega(_week()),
        "hours": _vega(_hours()),
        "ends": _vega(_parts("contacts")),
        "costs": _vega(_parts("cost")),
        "measures": {
            name: {"label": CATALOGUE[name].label, "share": CATALOGUE[name].unit == "share"}
            for name in ("service_level", "unanswered", "offered", "occupancy", "agents", "margin")
        },
    }


def _vega(chart: Any) -> Spec:
    vega: Spec = vl_convert.vegalite_to_vega(with_look(chart))
    return vega


UNIT = alt.param(name="unit", value="")
"""Written behind the numbers of an axis or a legend; the page sets it with the measure."""

WITH_UNIT = "datum.label + unit"


def _rows() -> Any:
    return table("rows").transform_calculate(
        day="floor(datum.hour / 24)", clock="datum.hour % 24", which=f"{SIDES}[datum.side]"
    )


def _week() -> Any:
    """Weekday by hour of the day, baseline above variant."""
    names = alt.Axis(labelExpr=f"{WEEKDAYS}[datum.value]", domain=False, ticks=False)
    legend = alt.Legend(title=None, labelExpr=WITH_UNIT)
    return (
        _rows()
        .mark_rect()
        .encode(
            alt.X("clock:O", title="hour of the day", scale=alt.Scale(domain=list(range(24)))),
            alt.Y("day:O", title=None, scale=alt.Scale(domain=list(range(7))), axis=names),
            alt.Color("shown:Q", scale=alt.Scale(scheme="blues"), legend=legend),
            tooltip=tips(("which", "of"), ("clock", "from hour", "d"), ("text", "value")),
        )
        .properties(width=WIDTH, height=alt.Step(16))
        .facet(row=alt.Row("which:N", title=None, sort=SIDES), spacing=8)
        .add_params(UNIT)
    )


def _hours() -> Any:
    """One line a side over the hours of the week."""
    days = f"{WEEKDAYS}[floor(datum.value / 24)]"
    axis = alt.Axis(values=list(range(0, 169, 24)), labelExpr=days)
    colours = alt.Scale(domain=SIDES, range=[GREY, BLUE])
    patterns = alt.Scale(domain=SIDES, range=[[4, 2], [1, 0]])
    return (
        _rows()
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            alt.X("hour:Q", title=None, scale=alt.Scale(domain=[0, 168], nice=False), axis=axis),
            alt.Y("shown:Q", title=None, axis=alt.Axis(labelExpr=WITH_UNIT)),
            alt.Color("which:N", sort=SIDES, title=None, scale=colours),
            alt.StrokeDash("which:N", sort=SIDES, title=None, scale=patterns),
            tooltip=tips(("which", "of"), ("text", "value")),
        )
        .properties(width=WIDTH, height=150)
        .add_params(UNIT)
    )


def _parts(title: str) -> Any:
    """A bar a side, made of parts."""
    axis = alt.Axis(format=",.0f", tickCount=4, labelExpr=WITH_UNIT)
    colour = alt.Color(
        "part:N",
        sort=None,
        title=None,
        scale=alt.Scale(range=PARTS),
        legend=alt.Legend(columns=3),
    )
    return (
        _rows()
        .mark_bar(height=22, stroke="white")
        .encode(
            alt.X("sum(value):Q", title=title, axis=axis),
            alt.Y("which:N", sort=SIDES, title=None, axis=alt.Axis(ticks=False)),
            colour,
            tooltip=tips(("which", "of"), ("part", "part"), ("text", title)),
        )
        .properties(width=WIDTH - 40, height=64)
        .add_params(UNIT)
    )
