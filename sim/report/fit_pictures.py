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
from sim.data.fitting.found import Queue
from sim.report.blocks import Block, Chart, Dataset
from sim.report.charts import BLUE, FAINT, INK, ORANGE, SKY, WIDTH, finished, table, tips
from sim.report.drawing import chart, choice, columns
from sim.report.weeks import by_weekday, dashes, dated, dates_across, half_hours_of
from sim.report.words import LONG_DAYS
from sim.tables import Floats

AT_RISK = 6
"""Places of a curve at which it is said how many are at risk."""


def arrivals(found: Fit) -> Iterator[Block]:
    """The week as counted, with its band, and as fitted."""
    yield from choice("arrivals", "Queue", map(_arrivals, found.queues))


def _arrivals(queue: Queue) -> Chart:
    week = queue.arrivals
    half = 1.96 * week.error
    data = half_hours_of(
        week.raw + week.mean > 0,
        fitted=2 * week.mean,
        value=2 * week.raw,
        low=2 * np.maximum(week.raw - half, 0),
        high=2 * (week.raw + half),
    )
    named = {"value": "counted", "low": "low", "high": "high", "fitted": "fitted"}
    said = [(field, name, ",.1f") for field, name in named.items()]
    picture = by_weekday(data, _profile_over_counts, said)
    return chart("fit.arrivals", picture, queue.name, queue=queue.name)


def _profile_over_counts(day: Any, same: dict[str, Any]) -> Any:
    rules = day.mark_bar(color=SKY, opacity=0.6).encode(y=alt.Y("low:Q"), y2="high:Q", **same)
    return rules + dashes(day, "value", same, BLUE) + dashes(day, "fitted", same)


def days(found: Fit) -> Iterator[Block]:
    """What each day had of what its weekday usually has."""
    yield from choice("days", "Queue", (_day_factors(found, one) for one in found.queues))


def _day_factors(found: Fit, queue: Queue) -> Chart:
    week = queue.arrivals
    some = week.expected > 0
    spread = 1.96 * np.sqrt(week.busyness.value**2 + 1 / np.maximum(week.expected, 1e-9))[some]
    data: Dataset = {
        "date": [iso(int(one)) for one in found.days.date[some]],
        "weekday": [LONG_DAYS[one] for one in found.days.weekday[some]],
        "factor": week.factor[some].tolist(),
        "low": np.maximum(1 - spread, 0).tolist(),
        "high": (1 + spread).tolist(),
    }
    across, up = dates_across(), alt.Axis(format=".0%")
    low = alt.Y("low:Q", title="of the usual", axis=up, scale=alt.Scale(zero=False))
    said = tips(("date", "date"), ("weekday", "day"), ("factor", "of the usual", ".1%"))
    layers = [
        dated().mark_rule(color=SKY, strokeWidth=4, opacity=0.6).encode(across, low, y2="high:Q"),
        dated()
        .mark_point(filled=True, size=40, color=INK, opacity=1)
        .encode(across, alt.Y("factor:Q", axis=up), tooltip=said),
    ]
    picture = finished(layers, {"days": data}, width=WIDTH - 70, height=200)
    return chart("fit.days", picture, queue.name, queue=queue.name)


def handle(found: Fit) -> Iterator[Block]:
    """Quantiles of handle and wrap-up times against those of what was fitted."""
    made = []
    for queue in found.queues:
        for what, times in (("handle time", queue.handle), ("wrap-up", queue.wrap)):
            if times is not None and len(times.observed):
                name = f"{queue.name}: {what}" if len(found.queues) > 1 else what
                made.append(_quantiles(f"{queue.name} {what}", name, times))
    yield from choice("quantiles", "Of", made)


def _quantiles(name: str, label: str, times: Times) -> Chart:
    both = np.maximum([times.quantiles(LEVELS), times.observed], 0.5)
    ends = [float(both.min()), float(both.max())]
    axis = alt.Axis(format="~s", grid=False, tickCount=6)
    scale = alt.Scale(type="log", nice=False)
    place = {
        "x": alt.X("fitted:Q", title="fitted, seconds", scale=scale, axis=axis),
        "y": alt.Y("observed:Q", title="observed, seconds", scale=scale, axis=axis),
    }
    said = tips(
        *(("level", "share below", ".1%"), ("observed", "observed, s", ",.1f")),
        ("fitted", "fitted, s", ",.1f"),
    )
    points = table("quantiles").mark_point(filled=True, color=BLUE, opacity=1)
    layers = [
        table("same").mark_line(color=FAINT, strokeWidth=2).encode(**place),
        points.encode(**place, tooltip=said),
    ]
    data: dict[str, Dataset] = {
        "quantiles": columns("level fitted observed", np.vstack([LEVELS, both]).T.tolist()),
        "same": {"fitted": ends, "observed": ends},
    }
    picture = finished(layers, data, width=WIDTH - 70, height=320)
    return chart("fit.quantiles", picture, name, label=label, family=times.family.name)


def patience(found: Fit) -> Iterator[Block]:
    """Kaplan-Meier with the fitted curve, and how many were at risk."""
    known = ((one.name, one.patience) for one in found.queues)
    made = (_survival(name, one) for name, one in known if one is not None and len(one.curve[0]))
    yield from choice("survival", "Queue", made)


def _survival(name: str, found: Patience) -> Chart:
    waits, left, risk = found.curve
    seen = _thinned(np.append(0.0, waits), np.append(1.0, left))
    grid = np.linspace(0.0, float(waits[-1]), 120)
    fitted = found.times.beyond(np.maximum(grid, 1e-3)) if found.times is not None else grid * 0
    marks = np.linspace(0.0, float(waits[-1]), AT_RISK + 1)[:-1]
    at = np.searchsorted(waits, marks)
    across = alt.X(
        "seconds:Q",
        title="seconds waited",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(grid=False, tickCount=8),
    )
    up = alt.Y("left:Q", title="still waiting, if nobody answered", axis=alt.Axis(format=".0%"))
    colours = alt.Scale(domain=["Kaplan-Meier", "fitted"], range=[BLUE, ORANGE])
    colour = alt.Color("what:N", title=None, sort=None, scale=colours)
    said = tips(("what", "curve"), ("seconds", "seconds", ",.0f"), ("left", "still waiting", ".1%"))
    lines: dict[str, dict[str, Any]] = {
        "Kaplan-Meier": {"interpolate": "step-after"},
        "fitted": {"strokeDash": [6, 3]},
    }
    layers = [
        table("curves")
        .transform_filter(f"datum.what == '{what}'")
        .mark_line(strokeWidth=2, **line)
        .encode(across, up, colour, tooltip=said)
        for what, line in lines.items()
    ]
    words = table("risk").mark_text(align="left", fontSize=11, color=INK, dy=-8)
    layers.append(words.encode(across, y=alt.value(240), text="said:N"))
    data: dict[str, Dataset] = {
        "curves": {
            "seconds": [*seen[0].tolist(), *grid.tolist()],
            "left": [*seen[1].tolist(), *fitted.tolist()],
            "what": ["Kaplan-Meier"] * len(seen[0]) + ["fitted"] * len(grid),
        },
        "risk": {
            "seconds": marks.tolist(),
            "said": [f"{risk[min(one, len(risk) - 1)]:,.0f}" for one in at],
        },
    }
    picture = finished(layers, data, width=WIDTH - 70, height=260)
    return chart("fit.survival", picture, name, queue=name)


def _thinned(x: Floats, y: Floats, most: int = 400) -> tuple[Floats, Floats]:
    """At most so many points of a curve."""
    some = np.unique(np.linspace(0, len(x) - 1, most).astype(int))
    return x[some], y[some]


def staff(found: Fit) -> Iterator[Block]:
    """Agents of each pool, and the work that its queues bring."""
    pools = enumerate(found.pools.names)
    yield from choice("staff", "Pool", (_staff(found, place, pool) for place, pool in pools))


def _staff(found: Fit, place: int, pool: str) -> Chart:
    served = [one for one in found.queues if one.name in found.pools.answers[place]]
    load = sum((_load(one) for one in served), np.zeros((7, SLOTS)))
    heads = found.heads(place)
    data = half_hours_of(heads + load > 0, fitted=load, value=heads)
    said = [("value", "agents", ",.0f"), ("fitted", "load", ",.1f")]
    return chart("fit.staff", by_weekday(data, _load_over_agents, said), pool, pool=pool)


def _load(queue: Queue) -> Floats:
    times = [one.mean.value for one in (queue.handle, queue.wrap) if one is not None]
    return queue.arrivals.mean * sum(times) / 1800.0


def _load_over_agents(day: Any, same: dict[str, Any]) -> Any:
    area = day.mark_bar(color=SKY, opacity=0.7).encode(y=alt.Y("value:Q"), y2=alt.datum(0), **same)
    return area + dashes(day, "fitted", same)
