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
from sim.report import charts
from sim.report.blocks import Block, Chart, Column, Dataset
from sim.report.charts import INK, SKY, VERMILION, WIDTH
from sim.report.own_data_charts import WHEN, by_name, clock, dashes, week_of
from sim.report.words import LONG_DAYS, capital, slug
from sim.tables import DAY


def bands(found: Backtest) -> Iterator[Block]:
    """Actual values beside their bands, by day and by half hour of the last week."""
    by_day = [one for one in found.bands if one.level == "day"]
    last = [one for one in found.bands if one.level == "half hour"]
    yield from by_name(
        "by-day", [(capital(one.measure), _days_in_bands(one)) for one in by_day], "Measure"
    )
    yield from by_name(
        "half-hours", [(capital(one.measure), _half_hours_in_bands(one)) for one in last], "Measure"
    )


BOUNDS = ("low95", "low80", "low50", "middle", "high50", "high80", "high95")
SHADES = (("95", "#cfe3f2", 10), ("80", "#8fbfe0", 10), ("50", "#3d8fc6", 10))


def _numbers(band: Band, some: np.ndarray) -> dict[str, list[float]]:
    found = {"actual": band.actual[some].tolist()}
    return found | {name: band.quantiles[some, place].tolist() for place, name in enumerate(BOUNDS)}


def _scale(measure: str) -> tuple[str, str]:
    """Title and format of a measure's axis."""
    if measure in POINTS:
        return measure, ".0%"
    return f"{measure}, {UNITS[measure]}", "~s"


def _days_in_bands(band: Band) -> Chart:
    whole = np.ones(len(band.when), bool)
    data: Dataset = {"date": [iso(int(one // DAY)) for one in band.when], **_numbers(band, whole)}
    title, form = _scale(band.measure)
    axis = alt.Axis(format=form)
    chart = alt.Chart(alt.NamedData("days"))
    tooltip = _band_tooltip("date", form)
    layers = [
        chart.mark_rule(color=colour, strokeWidth=width).encode(
            alt.X("date:O", title=None, axis=alt.Axis(labelAngle=-60)),
            alt.Y(f"low{name}:Q", title=title, axis=axis, scale=alt.Scale(zero=False)),
            y2=f"high{name}:Q",
            tooltip=tooltip,
        )
        for name, colour, width in SHADES
    ]
    layers.append(
        chart.mark_point(filled=True, color=VERMILION, size=50, opacity=1).encode(
            alt.X("date:O"), alt.Y("actual:Q"), tooltip=tooltip
        )
    )
    return Chart(
        f"by-day-{slug(band.measure)}",
        f"{capital(band.measure)} by day",
        "Points: actual values. Bars: bands that should hold 50, 80 and 95 of 100 of them.",
        charts.finished(alt.layer(*layers).properties(width=WIDTH - 70, height=260)),
        {"days": data},
        _band_columns(Column("date", "Date"), form),
        label=capital(band.measure),
    )


def _half_hours_in_bands(band: Band) -> Chart:
    first = band.when.max() // DAY
    first -= (first + 3) % 7  # its Monday; 1970-01-01 was a Thursday
    last = band.when >= first * DAY
    place = ((band.when[last] - first * DAY) // 1800).astype(int)
    data: Dataset = {
        "day": [LONG_DAYS[one] for one in place // SLOTS],
        "weekday": (place // SLOTS).tolist(),
        "clock": [clock(one % SLOTS) for one in place],
        "hour": (place % SLOTS / 2).tolist(),
        "past": (place % SLOTS / 2 + 0.5).tolist(),
        **_numbers(band, last),
    }
    _, form = _scale(band.measure)
    opened = np.zeros((7, SLOTS))
    opened[place // SLOTS, place % SLOTS] = 1

    def drawn(day: Any, across: alt.X, _: list[alt.Tooltip]) -> Any:
        tooltip = _band_tooltip("clock", form)
        layers = [
            day.mark_bar(color=colour).encode(
                across, alt.Y(f"low{name}:Q"), x2="past:Q", y2=f"high{name}:Q", tooltip=tooltip
            )
            for name, colour, _ in SHADES
        ]
        return alt.layer(*layers, dashes(day, across, "actual", VERMILION, tooltip))

    return Chart(
        f"half-hours-{slug(band.measure)}",
        f"{capital(band.measure)} by half hour, week of {iso(int(first))}",
        "Red: actual values of the last week tested.",
        week_of(opened, drawn, form),
        {"week": data},
        (*WHEN, *_band_columns(Column("hour", "Hour", ".1f"), form)[1:]),
        label=capital(band.measure),
    )


def _band_tooltip(when: str, form: str) -> list[alt.Tooltip]:
    form = {"~s": ",.3~r"}.get(form, ".1%")
    return [
        alt.Tooltip(f"{when}:N"),
        alt.Tooltip("actual:Q", format=form),
        alt.Tooltip("low80:Q", format=form, title="80 % band from"),
        alt.Tooltip("high80:Q", format=form, title="to"),
    ]


def _band_columns(when: Column, form: str) -> tuple[Column, ...]:
    form = {"~s": ",.1f"}.get(form, ".1%")
    shown = (("actual", "Actual"), ("low80", "80 % from"), ("middle", "Middle"), ("high80", "to"))
    return (when, *(Column(field, label, form) for field, label in shown))


def places(found: Backtest) -> Iterator[Block]:
    """The probability integral transform of each measure."""
    made = []
    for one in found.scores:
        if one.level == "half hour":
            made.append((capital(one.measure), _places(one.measure, one.pit)))
    yield from by_name("places", made, "Measure")


def _places(measure: str, shares: Sequence[float]) -> Chart:
    data: Dataset = {
        "from": [10 * place for place in range(len(shares))],
        "to": [10 * place + 10 for place in range(len(shares))],
        "share": list(shares),
        "should": [1 / len(shares)] * len(shares),
    }
    chart = alt.Chart(alt.NamedData("places"))
    up = alt.Y("share:Q", title="of half hours", axis=alt.Axis(format=".0%"))
    bars = chart.mark_bar(color=SKY, stroke="white").encode(
        alt.X("from:Q", title="place of the actual value among the simulated, %"),
        up,
        x2="to:Q",
        tooltip=[alt.Tooltip("from:Q"), alt.Tooltip("to:Q"), alt.Tooltip("share:Q", format=".1%")],
    )
    line = chart.mark_rule(color=INK, strokeDash=[5, 3]).encode(alt.Y("should:Q"))
    return Chart(
        f"places-{slug(measure)}",
        f"{capital(measure)}: places of half hours",
        "Dashed: as it should be.",
        charts.finished((bars + line).properties(width=WIDTH - 70, height=200)),
        {"places": data},
        (
            Column("from", "From, %", "d"),
            Column("to", "To, %", "d"),
            Column("share", "Of half hours", ".1%"),
        ),
        label=capital(measure),
    )
