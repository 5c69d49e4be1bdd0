"""The pictures of a back-test; each with the data it draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import numpy as np

from sim.data import Backtest
from sim.data.fitting.arrivals import SLOTS
from sim.data.fitting.days import iso
from sim.data.testing.scores import Band
from sim.data.testing.verdict import POINTS, UNITS
from sim.report.blocks import Block, Chart
from sim.report.charts import INK, SKY, VERMILION, WIDTH, finished, table, tips
from sim.report.drawing import chart, choice, columns
from sim.report.weeks import by_weekday, dashes, half_hours
from sim.report.words import capital
from sim.tables import DAY


def bands(found: Backtest) -> Iterator[Block]:
    """Actual values beside their bands, by day and by half hour of the last week."""
    for name, level, drawn in (
        ("by-day", "day", _days_in_bands),
        ("half-hours", "half hour", _half_hours_in_bands),
    ):
        these = (one for one in found.bands if one.level == level)
        yield from choice(name, "Measure", map(drawn, these))


BOUNDS = ("low95", "low80", "low50", "middle", "high50", "high80", "high95")
SHADES = (("95", "#cfe3f2", 10), ("80", "#8fbfe0", 10), ("50", "#3d8fc6", 10))


def _numbers(band: Band, some: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(("actual", *BOUNDS), (band.actual[some], *band.quantiles[some].T), strict=True))


def _scale(measure: str) -> tuple[str, str]:
    """Title and format of a measure's axis."""
    if measure in POINTS:
        return measure, ".0%"
    return f"{measure}, {UNITS[measure]}", "~s"


def _days_in_bands(band: Band) -> Chart:
    numbers = _numbers(band, np.ones(len(band.when), bool))
    title, form = _scale(band.measure)
    low: dict[str, Any] = {
        "title": title,
        "axis": alt.Axis(format=form),
        "scale": alt.Scale(zero=False),
    }
    same = {
        "x": alt.X("date:O", title=None, axis=alt.Axis(labelAngle=-60)),
        "tooltip": tips(("date", "date"), *_said(form)),
    }
    layers = [
        table("days")
        .mark_rule(color=colour, strokeWidth=width)
        .encode(y=alt.Y(f"low{name}:Q", **low), y2=f"high{name}:Q", **same)
        for name, colour, width in SHADES
    ]
    dots = table("days").mark_point(filled=True, color=VERMILION, size=50, opacity=1)
    days = {
        "date": [iso(int(one // DAY)) for one in band.when],
        **{name: one.tolist() for name, one in numbers.items()},
    }
    layers.append(dots.encode(y=alt.Y("actual:Q"), **same))
    picture = finished(layers, {"days": days}, width=WIDTH - 70, height=260)
    return chart("backtest.by-day", picture, band.measure, measure=capital(band.measure))


def _half_hours_in_bands(band: Band) -> Chart:
    first = band.when.max() // DAY
    first -= (first + 3) % 7  # its Monday; 1970-01-01 was a Thursday
    last = band.when >= first * DAY
    place = ((band.when[last] - first * DAY) // 1800).astype(int)
    day, slot = place // SLOTS, place % SLOTS
    _, form = _scale(band.measure)

    def drawn(day: Any, same: dict[str, Any]) -> Any:
        layers = [
            day.mark_bar(color=colour).encode(y=alt.Y(f"low{name}:Q"), y2=f"high{name}:Q", **same)
            for name, colour, _ in SHADES
        ]
        return alt.layer(*layers, dashes(day, "actual", same, VERMILION))

    data = half_hours(day, slot, **_numbers(band, last))
    picture = by_weekday(data, drawn, _said(form), form)
    said: dict[str, Any] = {"measure": capital(band.measure), "week": iso(int(first))}
    return chart("backtest.half-hours", picture, band.measure, **said)


def _said(form: str) -> list[tuple[str, ...]]:
    form = {"~s": ",.1f"}.get(form, ".1%")
    shown = {"actual": "actual", "low80": "80 % from", "middle": "middle", "high80": "to"}
    return [(field, label, form) for field, label in shown.items()]


def places(found: Backtest) -> Iterator[Block]:
    """The probability integral transform of each measure."""
    scores = (one for one in found.scores if one.level == "half hour")
    yield from choice("places", "Measure", (_places(one.measure, one.pit) for one in scores))


def _places(measure: str, shares: Sequence[float]) -> Chart:
    should = 1 / len(shares)
    rows = [(10 * place, 10 * place + 10, one, should) for place, one in enumerate(shares)]
    data = {"places": columns("from to share should", rows)}
    said = tips(("from", "from, %", "d"), ("to", "to, %", "d"), ("share", "of half hours", ".1%"))
    bars = (
        table("places")
        .mark_bar(color=SKY, stroke="white")
        .encode(
            alt.X("from:Q", title="place of the actual value among the simulated, %"),
            alt.Y("share:Q", title="of half hours", axis=alt.Axis(format=".0%")),
            x2="to:Q",
            tooltip=said,
        )
    )
    line = table("places").mark_rule(color=INK, strokeDash=[5, 3]).encode(alt.Y("should:Q"))
    picture = finished([bars, line], data, width=WIDTH - 70, height=200)
    return chart("backtest.places", picture, measure, measure=capital(measure))
