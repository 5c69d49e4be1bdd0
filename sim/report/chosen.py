"""Which measures are shown of a run, where, and in which order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from math import isnan

from sim.experiment import Result
from sim.measures import Row
from sim.scenario import Scenario
from sim.scenario.times import DAYS

WAITS = {"asa", "asa_p90"}
"""Of little meaning over all channels where live and deferred ones are mixed."""

WHOLE = {
    "Customers": ["customers", "contacts", "contacts_per_customer", "resolved_first"],
    "Answered": ["answered", "answer_rate", "service_level", "asa", "asa_p90", "aht"],
    "Not answered": [
        *("unanswered", "abandoned", "abandonment", "blocked", "closed", "expired"),
        *("unfinished", "missed_buyers"),
    ],
    "Second chances": [
        *("retries", "again", "displaced", "overdue", "duplicates", "withdrawn", "callbacks"),
        *("callback_wait", "unreached", "self_served", "self_service_resolved"),
    ],
    "Agents": ["hours", "occupancy", "overtime_hours", "offers", "offers_declined"],
    "Worth": [
        *("conversion", "revenue", "incremental_revenue", "cost", "margin", "satisfaction"),
        "cost_per_contact",
    ],
}
"""Measures of the whole run, by heading; those that are nothing here are left out."""

ALWAYS = {"answered", "abandoned", "service_level", "hours"}

Columns = dict[str, str]

OF_CONTACTS: Columns = {
    "contacts": "Contacts",
    "answered": "Answered",
    "service_level": "Service level",
    "abandonment": "Abandonment",
    "closed": "Closed",
}

SPLITS: dict[str, Columns] = {
    "pool": {
        "answered": "Answered",
        "hours": "Hours",
        "occupancy": "Occupancy",
        "aht": "AHT",
        "conversion": "Conversion",
        "satisfaction": "Satisfaction",
    },
    "source": {
        "cost": "Cost",
        "cost_hours": "by hour",
        "cost_overtime": "overtime",
        "cost_contacts": "by contact",
        "cost_minutes": "by minute",
        "cost_sales": "by sale",
        "cost_fixed": "fixed",
        "cost_minimum": "minimum",
        "cost_channels": "channel",
    },
    "channel": {**OF_CONTACTS, "asa": "ASA"},
    "reason": OF_CONTACTS,
    "window": {**OF_CONTACTS, "margin": "Margin"},
    "interval": {**OF_CONTACTS, "agents": "Agents"},
}
"""Measures in the table of each split, with a heading short enough for 80 columns."""

HEADINGS_MEAN = (
    "Service level: answered within the channel's threshold, of those offered (answered or "
    "abandoned). Closed: arrived outside opening hours. ASA: mean wait of those answered."
)


def worth_showing(row: Row) -> bool:
    """Whether a number says anything here."""
    if isnan(row.value):
        return False
    return row.measure in ALWAYS or row.value != 0


def of_the_whole(result: Result) -> dict[str, list[Row]]:
    """Heading -> the rows of the total that say anything."""
    left_out = WAITS if mixed(result) else set()
    found = {
        heading: [
            row for name in names if name not in left_out and worth_showing(row := result.get(name))
        ]
        for heading, names in WHOLE.items()
    }
    return {heading: rows for heading, rows in found.items() if rows}


def of_the_split(result: Result, by: str) -> Columns:
    """The columns of a split that say anything; none if the split is not worth a table."""
    worthy = {row.measure for row in result.rows if row.by == by and worth_showing(row)}
    if len(result.groups(by)) < 2 and by not in ("pool", "source"):
        return {}
    return {measure: heading for measure, heading in SPLITS[by].items() if measure in worthy}


def mixed(result: Result) -> bool:
    """Whether live and deferred channels are side by side."""
    return len({channel.live for channel in result.scenario.channels.values()}) > 1


def span(result: Result) -> str:
    """What is counted, in words: `week`, `day`, `run of 31 days`."""
    days = result.scenario.calendar.days
    return "week" if days == 7 else "day" if days == 1 else f"run of {days} days"


def per_span(result: Result) -> str:
    """How much of it, in words: `a week`, `a day`, `in 31 days`."""
    days = result.scenario.calendar.days
    return f"a {span(result)}" if days in (1, 7) else f"in {days} days"


def hour_of(group: str) -> int:
    """The hour of the week, 0 .. 167, of a group of the split by hour: 9 of `mon 09:00`."""
    day, clock = group.split()
    return 24 * DAYS.index(day) + int(clock[:2])


def times_of_hours(scenario: Scenario) -> list[int]:
    """How often the counted days hold each of the 168 hours of the week."""
    calendar = scenario.calendar
    days = Counter((calendar.start + timedelta(days=n)).weekday() for n in range(calendar.days))
    return [days[hour // 24] for hour in range(168)]
