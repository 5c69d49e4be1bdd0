"""Through the week, as Vega-Lite: panels over its hours, and a panel for each weekday."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from sim.report.blocks import Dataset, Picture
from sim.report.cells import from_to
from sim.report.charts import (
    BLUE,
    FAINT,
    INK,
    SKY,
    VERMILION,
    WEEKDAYS,
    WIDTH,
    Shown,
    finished,
    is_share,
    marks_of,
    only,
    table,
    tips,
)
from sim.report.words import LONG_DAYS
from sim.tables import Floats


def midnights() -> Any:
    """A line at every midnight; needs the data `midnights` with a column `hour`."""
    return table("midnights").mark_rule(color=FAINT, aria=False).encode(x="hour:Q")


def days_along(first: int = 0, last: int = 6) -> dict[str, Any]:
    """Scale and axis of the hours of these days, of which the axis says the names."""
    axis = alt.Axis(
        values=[24 * day + 12 for day in range(first, last + 1)],
        labelExpr=f"{WEEKDAYS}[floor(datum.value / 24)]",
        ticks=False,
        grid=False,
        labelOverlap=False,
    )
    return {"scale": alt.Scale(domain=[24 * first, 24 * last + 24], nice=False), "axis": axis}


def panel(
    chart: Any,
    shown: Shown,
    colour: str | alt.Color,
    said: Sequence[tuple[str, ...]] = (),
    *,
    bottom: Any = None,
) -> Any:
    """A bar for every hour of the week, from the bottom, or 0, up to `shown.value`.

    Args:
        chart: of data with a column `hour`, of the week.
        shown: how high the bars are; colour: of the bars.
        said: beside the pointer, as of `tips`; if nothing, what is shown.
        bottom: where bars begin.
    """
    axis = alt.Axis(tickCount=3, minExtent=44, titlePadding=4, **marks_of(shown))
    scale = alt.Scale(domainMax=1) if is_share(shown) else alt.Scale()
    about = said or [(shown.value, shown.label, shown.format)]
    dated = chart.transform_calculate(
        weekday=f"{WEEKDAYS}[floor(datum.hour / 24)]",
        clock="datum.hour % 24",
        past="datum.hour + 1",
    )
    marks = dated.mark_rect(color=colour) if isinstance(colour, str) else dated.mark_rect()
    return marks.encode(
        alt.X("hour:Q", title=None, **days_along()),
        alt.Y(f"{shown.value}:Q", title=shown.label, axis=axis, scale=scale),
        x2="past:Q",
        y2=alt.datum(0) if bottom is None else bottom,
        tooltip=tips(("weekday", "day"), ("clock", "from hour", "d"), *about),
        **({} if isinstance(colour, str) else {"color": colour}),
    )


def _nights(first: int = 0, last: int = 6) -> Dataset:
    return {"hour": [24 * day for day in range(first, last + 2)]}


def panels(below: Sequence[Any], data: Mapping[str, Dataset], filters: Sequence[str]) -> Picture:
    """Pictures over the hours of the week, one below the other."""
    rows = [alt.layer(one, midnights()).properties(width=WIDTH - 60, height=110) for one in below]
    whole = alt.vconcat(*rows, spacing=12).resolve_scale(color="independent")
    return finished(whole, {**data, "midnights": _nights()}, filters)


def plan_line(data: Dataset, names: Sequence[tuple[str, str]], filters: Sequence[str]) -> Picture:
    """Head counts through the week: the plan as columns, others as lines above or in it.

    Args:
        data: pieces of the week as of `cells.plan_map`.
        names: column and words of the plan, and then of up to three others.
        filters: of the data.
    """
    days = min(data["day"]), max(data["day"])
    sums = [alt.AggregatedFieldDef(op="sum", field=one, **{"as": one}) for one, _ in names]
    chart = (
        only(table(), filters)
        .transform_aggregate(sums, groupby=["day", "start", "end"])
        .transform_calculate(
            x="24 * datum.day + datum.start",
            past="24 * datum.day + datum.end",
            weekday=f"{WEEKDAYS}[datum.day]",
            clock=from_to("datum.start", "datum.end"),
        )
    )
    words = [said for _, said in names]
    colours = alt.Scale(domain=words, range=[SKY, INK, VERMILION, BLUE][: len(words)])
    legend = alt.Legend(columns=alt.ExprRef("narrow ? 1 : 4"))
    same = {
        "x": alt.X("x:Q", title=None, **days_along(*days)),
        "x2": "past:Q",
        "color": alt.Color("what:N", title=None, scale=colours, sort=None, legend=legend),
        "tooltip": tips(
            *(("weekday", "day"), ("clock", "time")),
            *((field, said, ",.3~f") for field, said in names),
        ),
    }
    layers: list[Any] = []
    for field, said in names:
        marks = chart.transform_calculate(what=repr(said))
        up = alt.Y(f"{field}:Q", title="people on the plan", axis=alt.Axis(tickMinStep=1))
        layers.append(
            marks.mark_rule(strokeWidth=2.5).encode(y=up, **same)
            if layers
            else marks.mark_rect().encode(y=up, y2=alt.datum(0), **same)
        )
    known = {"data": data, "midnights": _nights(*days)}
    return finished([*layers, midnights()], known, filters, width=WIDTH - 60, height=240)


# --- half hours, weekday by weekday ---------------------------------------------------------------


def dated() -> Any:
    """A chart of the data `days`, whose column `date` stays a text: `when` is its place."""
    return table("days").transform_calculate(when="toDate(datum.date)")


def dates_across() -> alt.X:
    """The x of pictures over dates."""
    return alt.X("when:T", title=None, axis=alt.Axis(format="%d %b", grid=False))


def clock(slot: int) -> str:
    """When a half hour begins."""
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


def half_hours(day: np.ndarray, slot: np.ndarray, **values: Floats) -> Dataset:
    """Values of half hours of weekdays, as columns."""
    return {
        "day": [LONG_DAYS[one] for one in day],
        "weekday": day.tolist(),
        "clock": [clock(int(one)) for one in slot],
        "hour": (slot / 2).tolist(),
        "past": (slot / 2 + 0.5).tolist(),
        **{name: one.tolist() for name, one in values.items()},
    }


def half_hours_of(some: np.ndarray, **values: Floats) -> Dataset:
    """[7, half hours] values as columns, where there is something."""
    day, slot = np.nonzero(some)
    return half_hours(day, slot, **{name: one[day, slot] for name, one in values.items()})


def by_weekday(
    data: Dataset,
    drawn: Callable[[Any, dict[str, Any]], Any],
    said: Sequence[tuple[str, ...]],
    form: str = "~s",
) -> Picture:
    """One panel for each weekday, over the hours of the day.

    Args:
        data: as of `half_hours`.
        drawn: (chart of the day, `x`, `x2` and `tooltip` of its marks) -> layers.
        said: beside the pointer, after the time: as of `tips`.
        form: of the numbers upwards.
    """
    hours = [int(one) for one in data["hour"]] or [0, 23]
    same = {
        "x": alt.X(
            "hour:Q",
            title=None,
            scale=alt.Scale(domain=[min(hours), max(hours) + 1], nice=False),
            axis=alt.Axis(grid=False, format="d", labelExpr="datum.label + ':00'"),
        ),
        "x2": "past:Q",
        "tooltip": tips(("day", "day"), ("clock", "from"), *said),
    }
    shown = []
    for day in sorted(set(data["weekday"])):
        axis = alt.Axis(tickCount=3, minExtent=40, format=form)
        layers = drawn(table("week").transform_filter(f"datum.weekday == {day}"), same)
        titled = layers.encode(y=alt.Y(title=LONG_DAYS[day][:3], axis=axis))
        shown.append(titled.properties(width=WIDTH - 80, height=80))
    whole = alt.vconcat(*shown, spacing=8).resolve_scale(y="shared")
    return finished(whole, {"week": data})


def dashes(day: Any, field: str, same: dict[str, Any], colour: str = INK) -> Any:
    """A value of each half hour, as wide as that is."""
    return day.mark_rule(color=colour, strokeWidth=2).encode(y=alt.Y(f"{field}:Q"), **same)
