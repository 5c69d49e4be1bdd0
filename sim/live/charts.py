"""The pictures of the live page: specifications whose data the page puts in as answers come."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt
import vl_convert

from sim.measures import CATALOGUE
from sim.report.blocks import Spec
from sim.report.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW, with_look

DAYS = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun']"
SIDES = ("baseline", "variant")
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
    return alt.Chart(alt.NamedData("rows"))


def _week() -> Any:
    """Weekday by hour of the day, baseline above variant."""
    base = _rows().transform_calculate(
        day="floor(datum.hour / 24)", clock="datum.hour % 24", which=f"{list(SIDES)}[datum.side]"
    )
    return (
        base.mark_rect()
        .encode(
            alt.X("clock:O", title="hour of the day", scale=alt.Scale(domain=list(range(24)))),
            alt.Y(
                "day:O",
                title=None,
                scale=alt.Scale(domain=list(range(7))),
                axis=alt.Axis(labelExpr=f"{DAYS}[datum.value]", domain=False, ticks=False),
            ),
            alt.Color(
                "shown:Q",
                scale=alt.Scale(scheme="blues"),
                legend=alt.Legend(title=None, labelExpr=WITH_UNIT),
            ),
            tooltip=[
                alt.Tooltip("which:N", title="of"),
                alt.Tooltip("clock:Q", title="from hour"),
                alt.Tooltip("text:N", title="value"),
            ],
        )
        .properties(width=WIDTH, height=alt.Step(16))
        .facet(row=alt.Row("which:N", title=None, sort=list(SIDES)), spacing=8)
        .add_params(UNIT)
    )


def _hours() -> Any:
    """One line a side over the hours of the week."""
    return (
        _rows()
        .transform_calculate(which=f"{list(SIDES)}[datum.side]")
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            alt.X(
                "hour:Q",
                title=None,
                scale=alt.Scale(domain=[0, 168], nice=False),
                axis=alt.Axis(
                    values=list(range(0, 169, 24)), labelExpr=f"{DAYS}[floor(datum.value / 24)]"
                ),
            ),
            alt.Y("shown:Q", title=None, axis=alt.Axis(labelExpr=WITH_UNIT)),
            alt.Color(
                "which:N",
                sort=list(SIDES),
                title=None,
                scale=alt.Scale(domain=list(SIDES), range=[GREY, BLUE]),
            ),
            alt.StrokeDash(
                "which:N",
                sort=list(SIDES),
                title=None,
                scale=alt.Scale(domain=list(SIDES), range=[[4, 2], [1, 0]]),
            ),
            tooltip=[alt.Tooltip("which:N", title="of"), alt.Tooltip("text:N", title="value")],
        )
        .properties(width=WIDTH, height=150)
        .add_params(UNIT)
    )


def _parts(title: str) -> Any:
    """A bar a side, made of parts."""
    colours = [BLUE, ORANGE, SKY, VERMILION, GREEN, PURPLE, YELLOW, GREY]
    return (
        _rows()
        .transform_calculate(which=f"{list(SIDES)}[datum.side]")
        .mark_bar(height=22, stroke="white")
        .encode(
            alt.X(
                "sum(value):Q",
                title=title,
                axis=alt.Axis(format=",.0f", tickCount=4, labelExpr=WITH_UNIT),
            ),
            alt.Y("which:N", sort=list(SIDES), title=None, axis=alt.Axis(ticks=False)),
            alt.Color(
                "part:N",
                sort=None,
                title=None,
                scale=alt.Scale(range=colours),
                legend=alt.Legend(columns=3),
            ),
            tooltip=[
                alt.Tooltip("which:N", title="of"),
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("text:N", title=title),
            ],
        )
        .properties(width=WIDTH - 40, height=64)
        .add_params(UNIT)
    )
