"""The pictures of a look at an export."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from sim.data import Look
from sim.report.blocks import Block, Chart
from sim.report.cells import week_map
from sim.report.charts import BLUE, WIDTH, Shown, finished, tips
from sim.report.drawing import columns
from sim.report.weeks import dated, dates_across


def look(found: Look) -> Iterator[Block]:
    """Contacts by day, and by hour of the week."""
    days = found.per_day
    rows = [(f"{day:%Y-%m-%d}", f"{day:%A}", float(many)) for day, many in days.items()]
    bars = (
        dated()
        .mark_bar(color=BLUE)
        .encode(
            dates_across(),
            alt.Y("contacts:Q", title="contacts"),
            tooltip=tips(("date", "date"), ("weekday", "day"), ("contacts", "contacts", ",.0f")),
        )
    )
    yield Chart(
        "by-day",
        "Contacts by day",
        "A day far below its like is rather a gap in the record than a quiet day.",
        finished(
            bars, {"days": columns("date weekday contacts", rows)}, width=WIDTH - 70, height=200
        ),
    )
    yield Chart(
        "by-hour",
        "Contacts an hour",
        "In an average week.",
        week_map(
            {"hour": list(range(168)), "contacts": found.per_week.tolist()},
            Shown("contacts", "contacts an hour"),
            top="datum.contacts",
        ),
    )
