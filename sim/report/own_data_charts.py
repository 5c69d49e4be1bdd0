"""What the pictures about a centre's own data share: a week, half hour by half hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import numpy as np

from sim.report import charts
from sim.report.blocks import Chart, Choice, Column, Dataset, Spec
from sim.report.charts import INK, WIDTH
from sim.report.words import LONG_DAYS
from sim.tables import Floats

WHEN = (Column("day", "Day"), Column("clock", "From"))
"""Columns of a half hour."""


def by_name(
    name: str, made: list[tuple[str, Chart]], label: str = "Queue"
) -> Iterator[Chart | Choice]:
    """One chart, or a choice of several."""
    if len(made) == 1:
        yield made[0][1]
    elif made:
        yield Choice(name, label, tuple(chart for _, chart in made))


def dates_across() -> alt.X:
    """The x of pictures over dates: column `date`."""
    return alt.X("date:T", title=None, axis=alt.Axis(format="%d %b", grid=False))


def clock(slot: int) -> str:
    """When a half hour begins."""
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


def half_hours(some: np.ndarray, **values: Floats) -> Dataset:
    """[7, half hours] values as columns, where there is something."""
    day, slot = np.nonzero(some)
    return {
        "day": [LONG_DAYS[one] for one in day],
        "weekday": day.tolist(),
        "clock": [clock(int(one)) for one in slot],
        "hour": (slot / 2).tolist(),
        "past": (slot / 2 + 0.5).tolist(),
        **{name: one[day, slot].tolist() for name, one in values.items()},
    }


def week_of(values: Floats, drawn: Any, form: str = "~s") -> Spec:
    """One panel for each weekday of the data `week`, over the hours of the day.

    Args:
        values: [7, half hours], positive where there is something to be seen.
        drawn: (chart of the day, x, tooltip) -> layers.
        form: of the numbers upwards.
    """
    slots = np.flatnonzero(values.sum(axis=0) > 0)
    low, high = (int(slots[0]) // 2, int(slots[-1]) // 2 + 1) if len(slots) else (0, 24)
    across = alt.X(
        "hour:Q",
        title=None,
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(grid=False, format="d", labelExpr="datum.label + ':00'"),
    )
    tooltip = [alt.Tooltip("day:N"), alt.Tooltip("clock:N", title="from")]
    tooltip += [alt.Tooltip("value:Q", format=",.1f"), alt.Tooltip("fitted:Q", format=",.1f")]
    panels = []
    for day in np.flatnonzero(values.sum(axis=1) > 0).tolist():
        base = alt.Chart(alt.NamedData("week")).transform_filter(f"datum.weekday == {day}")
        layers = drawn(base, across, tooltip).encode(
            y=alt.Y(title=LONG_DAYS[day][:3], axis=alt.Axis(tickCount=3, minExtent=40, format=form))
        )
        panels.append(layers.properties(width=WIDTH - 80, height=80))
    whole = alt.vconcat(*panels, spacing=8).resolve_scale(y="shared")
    return charts.finished(whole)


def dashes(
    day: Any, across: alt.X, field: str, colour: str = INK, tooltip: list[alt.Tooltip] | None = None
) -> Any:
    """A value of each half hour, as wide as that is."""
    rule = day.mark_rule(color=colour, strokeWidth=2)
    return rule.encode(across, alt.Y(f"{field}:Q"), x2="past:Q", tooltip=tooltip or [])
