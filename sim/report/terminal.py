"""What `sim run` shows: the answer in a few lines, then by pool, channel and part of the week."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from math import isnan
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.measures import CATALOGUE, Row
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number

if TYPE_CHECKING:
    from sim.experiment import Result

WAITS = {"asa", "asa_p90"}
"""Of little meaning over all channels where live and deferred ones are mixed."""

WHOLE = {
    "Customers": ["customers", "contacts", "contacts_per_customer", "resolved_first"],
    "Answered": ["answered", "service_level", "asa", "asa_p90", "aht"],
    "Not answered": ["abandoned", "abandonment", "blocked", "closed", "expired", "unfinished"],
    "Second chances": [
        "retries",
        "again",
        "displaced",
        "overdue",
        "duplicates",
        "withdrawn",
        "callbacks",
        "callback_wait",
        "unreached",
        "self_served",
        "self_service_resolved",
    ],
    "Agents": ["hours", "occupancy", "overtime_hours", "offers", "offers_declined"],
    "Worth": [
        "conversion",
        "revenue",
        "incremental_revenue",
        "cost",
        "margin",
        "satisfaction",
        "cost_per_contact",
    ],
}
"""Measures of the whole run, by heading; those that are nothing here are left out."""

ALWAYS = {"answered", "abandoned", "service_level", "hours"}

Columns = dict[str, str]

OF_CONTACTS: Columns = {
    "contacts": "Contacts",
    "answered": "Answered",
    "service_level": "In time",
    "abandonment": "Gave up",
    "closed": "Closed",
}

SPLITS: dict[str, Columns] = {
    "pool": {
        "answered": "Answered",
        "hours": "Hours",
        "occupancy": "Occupied",
        "aht": "Handle time",
        "conversion": "Bought",
        "satisfaction": "Satisfied",
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
    "channel": {**OF_CONTACTS, "asa": "Wait"},
    "reason": OF_CONTACTS,
    "window": {**OF_CONTACTS, "margin": "Margin"},
}
"""Measures in the table of each split, with a heading short enough for 80 columns."""

HEADINGS_MEAN = (
    "In time: answered within the channel's time. Gave up: while waiting. Both of those answered "
    "or gone. Closed: contacts that found the door closed. Wait: of those answered."
)


def show_result(result: Result) -> None:
    """Print the summary of a run to the terminal, or to whatever standard output is."""
    show(summary(result))


def show(shown: RenderableType) -> None:
    """Print to the terminal, or to whatever standard output is."""
    console = Console(highlight=False)
    console.width = max(console.width, 80)  # a narrow terminal wraps lines; cut numbers would lie
    console.print(shown)


def as_text(result: Result, width: int = 80) -> str:
    """The summary as plain text."""
    console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
    console.print(summary(result))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def as_svg(result: Result, width: int = 80) -> str:
    """The summary as a picture that needs nothing from elsewhere."""
    console = Console(file=StringIO(), width=width, record=True, highlight=False)
    console.print(summary(result))
    svg = console.export_svg(title=result.scenario.name or "sim run")
    # rich's picture loads a font from the web; the reader's fixed-width font will do
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def summary(result: Result) -> RenderableType:
    """Title, the story in words, the measures of the whole, a table for each split."""
    parts: list[RenderableType] = [_title(result), Padding(_story(result), (0, 1)), _whole(result)]
    for by, columns in SPLITS.items():
        groups = result.groups(by)
        shown = _worth_a_column(result, by, columns)
        if shown and (len(groups) > 1 or by in ("pool", "source")):
            parts.append(_split(result, by, groups, shown))
    parts.append(_footnote(result))
    return Group(*parts)


def _title(result: Result) -> RenderableType:
    days = result.scenario.calendar.days
    what = f"{result.replications} x {days} day{'s' if days > 1 else ''}"
    name = result.scenario.name or "Scenario"
    return Text.assemble((f" {name}", "bold"), (f"   {what}, seed {result.seed}", "dim"))


def _story(result: Result) -> RenderableType:
    """The outcome in words, for whoever reads no further."""
    say = _teller(result)
    days = result.scenario.calendar.days
    span = "week" if days == 7 else "day" if days == 1 else f"run of {days} days"
    lines = [
        f"In an average {span} {say('customers')} customers make {say('contacts')} contacts: "
        f"{say('answered')} are answered"
        + "".join(
            f", {say(name)} {verb}"
            for name, verb in [
                ("abandoned", "give up waiting"),
                ("blocked", "meet a full queue"),
                ("closed", "find the door closed"),
                ("unreached", "are called back in vain"),
                ("expired", "expire"),
                ("withdrawn", "are withdrawn"),
                ("self_served", "are served by themselves"),
                ("unfinished", "are still open at the end"),
            ]
            if result.get(name).value > 0
        )
        + "."
    ]
    if not isnan(result.get("service_level").value):
        lines.append(
            f"Of those who are answered or give up, {say('service_level')} are answered in time."
        )
    if result.get("revenue").value > 0:
        lines.append(
            f"It costs {say('cost')}, brings {say('incremental_revenue')} that would not have "
            f"come unaided, and leaves a margin of {say('margin')}."
        )
    elif result.get("cost").value > 0:
        lines.append(f"It costs {say('cost')}.")
    return Text("\n".join(lines))


def _teller(result: Result) -> Callable[[str], str]:
    currency = result.scenario.currency

    def say(name: str) -> str:
        row = result.get(name)
        return number(row.value, row.unit, currency)

    return say


def _whole(result: Result) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=True, header_style="bold")
    table.add_column("The whole")
    table.add_column("mean", justify="right")
    confidence = result.scenario.run.confidence
    table.add_column(f"{100 * confidence:g} % interval", justify="right")
    left_out = WAITS if _mixed(result) else set()
    for heading, names in WHOLE.items():
        rows = [
            row
            for name in names
            if name not in left_out and _worth_showing(row := result.get(name))
        ]
        if rows:
            table.add_row(Text(heading, style="bold"), "", "")
        for row in rows:
            table.add_row("  " + CATALOGUE[row.measure].label, *_cells(result, row))
    return table


def _mixed(result: Result) -> bool:
    return len({channel.live for channel in result.scenario.channels.values()}) > 1


def _worth_showing(row: Row) -> bool:
    if isnan(row.value):
        return False
    return row.measure in ALWAYS or row.value != 0


def _cells(result: Result, row: Row) -> tuple[str, str]:
    currency = result.scenario.currency
    return (
        number(row.value, row.unit, currency),
        interval(row.low, row.high, row.unit, currency),
    )


def _worth_a_column(result: Result, by: str, columns: Columns) -> Columns:
    worthy = {row.measure for row in result.rows if row.by == by and _worth_showing(row)}
    return {measure: heading for measure, heading in columns.items() if measure in worthy}


def _split(result: Result, by: str, groups: list[str], shown: Columns) -> RenderableType:
    """A table with a row a group; under each value the half-width of its interval."""
    rows = {(row.group, row.measure): row for row in result.rows if row.by == by}
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(f"By {by}", overflow="fold", min_width=14)
    for heading in shown.values():
        table.add_column(heading, justify="right", overflow="fold")
    for group in groups:
        found = [rows.get((group, measure)) for measure in shown]
        table.add_row(Text(group), *(_value_over_error(row) for row in found))
    return table


def _value_over_error(row: Row | None) -> Text:
    if row is None or isnan(row.value):
        return Text(NOTHING, style="dim")
    value = brief_duration(row.value) if row.unit == "s" else number(row.value, row.unit)
    error = half_width(row.low, row.high, row.unit)
    return Text.assemble(value, ("\n" + error, "dim")) if error else Text(value)


def _footnote(result: Result) -> RenderableType:
    error = (
        "One replication only: no intervals. Use --replications to be sure."
        if result.replications == 1
        else f"±: half the width of the {100 * result.scenario.run.confidence:g} % interval."
    )
    return Padding(Text(f"{HEADINGS_MEAN} {error}{_afterwards(result)}", style="dim"), (0, 1))


def _afterwards(result: Result) -> str:
    """A warning if much of the work was done when nobody counted the hours.

    After warm-up days the counted hours hold as much work on the customers of the days before.
    """
    after, hours = result.get("hours_after").value, result.get("hours").value
    if after < 0.01 * hours or result.scenario.calendar.warmup > 0:
        return ""
    return (
        f" {number(after, 'h')} of work on these customers were done after the counted days; those "
        "hours are not in agent hours and cost. Count more days, or begin with warm-up days."
    )
