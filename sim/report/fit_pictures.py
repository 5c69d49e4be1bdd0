"""The pictures of a fit; each with the data it draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import numpy as np

from sim.data import Fit
from sim.data.fitting.arrivals import SLOTS
from sim.data.fitting.days import iso
from sim.data.fitting.durations import LEVELS, Patience, Times
from sim.data.fitting.fit import Queue
from sim.report import charts
from sim.report.blocks import Block, Chart, Column, Dataset
from sim.report.charts import BLUE, INK, ORANGE, SKY, WIDTH
from sim.report.own_data_charts import WHEN, by_name, dashes, dates_across, half_hours, week_of
from sim.report.words import LONG_DAYS, slug
from sim.tables import Floats

AT_RISK = 6
"""Places of a curve at which it is said how many are at risk."""


def arrivals(found: Fit) -> Iterator[Block]:
    """The week as counted, with its band, and as fitted."""
    yield from by_name("arrivals", [(one.name, _arrivals(one)) for one in found.queues])


def _arrivals(queue: Queue) -> Chart:
    week = queue.arrivals
    half = 1.96 * week.error
    return Chart(
        f"arrivals-{slug(queue.name)}",
        "Customers an hour, by weekday and half hour",
        "Blue: mean as counted, with its 95 % interval. Black: the profile of the scenario, "
        "which puts half hours and weekdays together where the data do not tell them apart.",
        week_of(week.mean, _profile_over_counts),
        {
            "week": half_hours(
                week.raw + week.mean > 0,
                fitted=2 * week.mean,
                value=2 * week.raw,
                low=2 * np.maximum(week.raw - half, 0),
                high=2 * (week.raw + half),
            )
        },
        (
            *WHEN,
            Column("value", "Counted", ",.1f"),
            Column("low", "Low", ",.1f"),
            Column("high", "High", ",.1f"),
            Column("fitted", "Fitted", ",.1f"),
        ),
        label=queue.name,
    )


def _profile_over_counts(day: Any, across: alt.X, tooltip: list[alt.Tooltip]) -> Any:
    rules = day.mark_bar(color=SKY, opacity=0.6).encode(
        across, alt.Y("low:Q"), x2="past:Q", y2="high:Q", tooltip=tooltip
    )
    return rules + dashes(day, across, "value", BLUE, tooltip) + dashes(day, across, "fitted")


def days(found: Fit) -> Iterator[Block]:
    """What each day had of what its weekday usually has."""
    dates = found.days.date
    made = []
    for queue in found.queues:
        week = queue.arrivals
        some = week.expected > 0
        spread = 1.96 * np.sqrt(week.busyness.value**2 + 1 / np.maximum(week.expected, 1e-9))[some]
        data: Dataset = {
            "date": [iso(int(one)) for one in dates[some]],
            "weekday": [LONG_DAYS[one] for one in found.days.weekday[some]],
            "factor": week.factor[some].tolist(),
            "low": np.maximum(1 - spread, 0).tolist(),
            "high": (1 + spread).tolist(),
        }
        made.append((queue.name, _day_factors(queue.name, data)))
    yield from by_name("days", made)


def _day_factors(name: str, data: Dataset) -> Chart:
    chart = alt.Chart(alt.NamedData("days"))
    across = dates_across()
    up = alt.Axis(format=".0%")
    band = chart.mark_rule(color=SKY, strokeWidth=4, opacity=0.6).encode(
        across,
        alt.Y("low:Q", title="of the usual", axis=up, scale=alt.Scale(zero=False)),
        y2="high:Q",
    )
    points = chart.mark_point(filled=True, size=40, color=INK, opacity=1).encode(
        across,
        alt.Y("factor:Q", axis=up),
        tooltip=[
            alt.Tooltip("date:N"),
            alt.Tooltip("weekday:N"),
            alt.Tooltip("factor:Q", format=".0%", title="of the usual"),
        ],
    )
    return Chart(
        f"days-{slug(name)}",
        "Day factors",
        "Points: customers of the day over what its weekday usually has. Bars: where 95 of 100 "
        "days should lie by the fitted factor and chance.",
        charts.finished((band + points).properties(width=WIDTH - 70, height=200)),
        {"days": data},
        (
            Column("date", "Date"),
            Column("weekday", "Day"),
            Column("factor", "Of the usual", ".1%"),
        ),
        label=name,
    )


def handle(found: Fit) -> Iterator[Block]:
    """Quantiles of handle and wrap-up times against those of what was fitted."""
    made = []
    for queue in found.queues:
        for what, times in (("handle time", queue.handle), ("wrap-up", queue.wrap)):
            if times is not None and len(times.observed):
                name = f"{queue.name}: {what}" if len(found.queues) > 1 else what
                made.append((name, _quantiles(f"{queue.name} {what}", name, times)))
    yield from by_name("quantiles", made, "Of")


def _quantiles(name: str, label: str, times: Times) -> Chart:
    fitted = times.quantiles(LEVELS)
    both = np.maximum([fitted, times.observed], 0.5)
    data: Dataset = {
        "level": LEVELS.tolist(),
        "fitted": both[0].tolist(),
        "observed": both[1].tolist(),
    }
    ends = [float(both.min()), float(both.max())]
    axis = alt.Axis(format="~s", grid=False, tickCount=6)
    scale = alt.Scale(type="log", nice=False)
    across = alt.X("fitted:Q", title="fitted, seconds", scale=scale, axis=axis)
    up = alt.Y("observed:Q", title="observed, seconds", scale=scale, axis=axis)
    line = alt.Chart(alt.NamedData("same")).mark_line(color=charts.FAINT, strokeWidth=2)
    points = alt.Chart(alt.NamedData("quantiles")).mark_point(filled=True, color=BLUE, opacity=1)
    layers = line.encode(across, up) + points.encode(
        across,
        up,
        tooltip=[
            alt.Tooltip("level:Q", format=".1%", title="share below"),
            alt.Tooltip("observed:Q", format=",.0f", title="observed, s"),
            alt.Tooltip("fitted:Q", format=",.0f", title="fitted, s"),
        ],
    )
    return Chart(
        f"quantiles-{slug(name)}",
        f"Quantiles of the {label}, observed against fitted ({times.family.name})",
        "On the line where both are the same; from 0.5 to 99.5 % of contacts.",
        charts.finished(layers.properties(width=WIDTH - 70, height=320)),
        {"quantiles": data, "same": {"fitted": ends, "observed": ends}},
        (
            Column("level", "Share below", ".1%"),
            Column("observed", "Observed, s", ",.1f"),
            Column("fitted", "Fitted, s", ",.1f"),
        ),
        label=label,
    )


def patience(found: Fit) -> Iterator[Block]:
    """Kaplan-Meier with the fitted curve, and how many were at risk."""
    made = [
        (one.name, _survival(one.name, one.patience))
        for one in found.queues
        if one.patience is not None and len(one.patience.curve[0])
    ]
    yield from by_name("survival", made)


def _survival(name: str, found: Patience) -> Chart:
    waits, left, risk = found.curve
    seen = _thinned(np.append(0.0, waits), np.append(1.0, left))
    grid = np.linspace(0.0, float(waits[-1]), 120)
    fitted = found.times.beyond(np.maximum(grid, 1e-3)) if found.times is not None else grid * 0
    marks = np.linspace(0.0, float(waits[-1]), AT_RISK + 1)[:-1]
    at = np.searchsorted(waits, marks)
    axis = alt.Axis(format=".0%")
    across = alt.X(
        "seconds:Q",
        title="seconds waited",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(grid=False, tickCount=8),
    )
    up = alt.Y("left:Q", title="still waiting, if nobody answered", axis=axis)
    colour = alt.Color(
        "what:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=["Kaplan-Meier", "fitted"], range=[BLUE, ORANGE]),
    )
    curves = alt.Chart(alt.NamedData("curves"))
    step = curves.transform_filter("datum.what == 'Kaplan-Meier'").mark_line(
        interpolate="step-after", strokeWidth=2
    )
    smooth = curves.transform_filter("datum.what == 'fitted'").mark_line(
        strokeWidth=2, strokeDash=[6, 3]
    )
    words = (
        alt.Chart(alt.NamedData("risk"))
        .mark_text(align="left", fontSize=11, color=INK, dy=-8)
        .encode(across, y=alt.value(240), text="said:N")
    )
    layers = step.encode(across, up, colour) + smooth.encode(across, up, colour) + words
    return Chart(
        f"survival-{slug(name)}",
        "How long customers wait before they abandon",
        "Kaplan-Meier: an answer ends what is known of a wait, and counts as such. The numbers "
        "at the foot were still waiting then: the fewer, the less the curve is worth.",
        charts.finished(layers.properties(width=WIDTH - 70, height=260)),
        {
            "curves": {
                "seconds": [*seen[0].tolist(), *grid.tolist()],
                "left": [*seen[1].tolist(), *fitted.tolist()],
                "what": ["Kaplan-Meier"] * len(seen[0]) + ["fitted"] * len(grid),
            },
            "risk": {
                "seconds": marks.tolist(),
                "said": [f"{risk[min(one, len(risk) - 1)]:,.0f}" for one in at],
            },
        },
        (
            Column("seconds", "Seconds", ",.0f"),
            Column("left", "Still waiting", ".1%"),
            Column("what", "Curve"),
        ),
        label=name,
    )


def _thinned(x: Floats, y: Floats, most: int = 400) -> tuple[Floats, Floats]:
    """At most so many points of a curve."""
    some = np.unique(np.linspace(0, len(x) - 1, most).astype(int))
    return x[some], y[some]


def staff(found: Fit) -> Iterator[Block]:
    """Agents of each pool, and the work that its queues bring."""
    made = []
    for place, pool in enumerate(found.pools.names):
        served = [one for one in found.queues if one.name in found.pools.answers[place]]
        load = sum((_load(one) for one in served), np.zeros((7, SLOTS)))
        heads = found.heads(place)
        chart = Chart(
            f"staff-{slug(pool)}",
            "Agents and load",
            "Blue: agents of the scenario. Black: load, contacts an hour times handle and wrap-up "
            "time: as many agents would be busy all the time.",
            week_of(heads + load, _load_over_agents),
            {"week": half_hours(heads + load > 0, fitted=load, value=heads)},
            (*WHEN, Column("value", "Agents", ",.0f"), Column("fitted", "Load", ",.1f")),
            label=pool,
        )
        made.append((pool, chart))
    yield from by_name("staff", made, "Pool")


def _load(queue: Queue) -> Floats:
    times = [one.mean.value for one in (queue.handle, queue.wrap) if one is not None]
    return queue.arrivals.mean * sum(times) / 1800.0


def _load_over_agents(day: Any, across: alt.X, tooltip: list[alt.Tooltip]) -> Any:
    area = day.mark_bar(color=SKY, opacity=0.7).encode(
        across, alt.Y("value:Q"), x2="past:Q", y2=alt.datum(0), tooltip=tooltip
    )
    return area + dashes(day, across, "fitted")
