"""The pictures of a look at an export."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from sim.data import Look
from sim.report import charts
from sim.report.blocks import Block, Chart, Column, Dataset
from sim.report.charts import BLUE, WIDTH, Shown
from sim.report.own_data_charts import dates_across


def look(found: Look) -> Iterator[Block]:
    """Contacts by day, and by hour of the week."""
    dates = [f"{one:%Y-%m-%d}" for one in found.per_day.index]
    per_day: Dataset = {
        "date": dates,
        "weekday": [f"{one:%A}" for one in found.per_day.index],
        "contacts": found.per_day.astype(float).tolist(),
    }
    chart = alt.Chart(alt.NamedData("days"))
    bars = chart.mark_bar(color=BLUE).encode(
        dates_across(),
        alt.Y("contacts:Q", title="contacts"),
        tooltip=[alt.Tooltip(f"{one}:N") for one in per_day],
    )
    yield Chart(
        "by-day",
        "Contacts by day",
        "A day far below its like is rather a gap in the record than a quiet day.",
        charts.finished(bars.properties(width=WIDTH - 70, height=200)),
        {"days": per_day},
        (Column("date", "Date"), Column("weekday", "Day"), Column("contacts", "Contacts", ",.0f")),
    )
    week: Dataset = {"hour": list(range(168)), "contacts": found.per_week.tolist()}
    yield Chart(
        "by-hour",
        "Contacts an hour",
        "In an average week.",
        charts.week_map("week", Shown("contacts", "contacts an hour"), top="datum.contacts"),
        {"week": week},
    )
