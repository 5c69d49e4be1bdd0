"""The pictures of a look at an export."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from sim.data import Look
from sim.report.blocks import Block
from sim.report.cells import week_map
from sim.report.charts import BLUE, WIDTH, Shown, finished, tips
from sim.report.drawing import chart, columns
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
    data = {"days": columns("date weekday contacts", rows)}
    yield chart("data.by-day", finished(bars, data, width=WIDTH - 70, height=200))
    week = {"hour": list(range(168)), "contacts": found.per_week.tolist()}
    shown = Shown("contacts", "contacts an hour")
    yield chart("data.by-hour", week_map(week, shown, top="datum.contacts"))
