"""What `sim run` shows: the answer in a few lines, then by pool, channel and part of the week."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from io import StringIO
from math import isnan, nan
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.measures import CATALOGUE, Row
from sim.report.chosen import (
    HEADINGS_MEAN,
    SPLITS,
    Columns,
    hour_of,
    of_the_split,
    of_the_whole,
    span,
    times_of_hours,
)
from sim.report.marks import Bar, Bars, WeekMap
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number

if TYPE_CHECKING:
    from sim.experiment import Result


IN_ASCII = str.maketrans({"±": "~", "–": "-", "“": '"', "”": '"', "∞": "?"})
"""What stands for a character where there is only ASCII: one for one, so that columns hold."""


def show_result(result: Result) -> None:
    """Print the summary of a run to the terminal, or to whatever standard output is."""
    show(summary(result))


def show(shown: RenderableType) -> None:
    """Print to the terminal, or to whatever standard output is."""
    console = Console(highlight=False)
    console.width = max(console.width, 80)  # a narrow terminal wraps lines; cut numbers would lie
    if not console.options.ascii_only:
        console.print(shown)
        return
    with console.capture() as printed:
        console.print(shown)
    sys.stdout.write(printed.get().translate(IN_ASCII))


def as_text(result: Result, width: int = 80) -> str:
    """The summary of a run as plain text."""
    return plain_text(summary(result), width)


def plain_text(shown: RenderableType, width: int = 80) -> str:
    """What would be printed, without colour."""
    console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
    console.print(shown)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def as_html(shown: RenderableType, width: int = 100) -> str:
    """What would be printed, as a piece of HTML; texts of a scenario stand in it as text."""
    console = Console(file=StringIO(), width=width, record=True, highlight=False)
    console.print(shown)
    return console.export_html(
        inline_styles=True, code_format='<pre style="line-height: 1.25">{code}</pre>'
    )


def as_svg(result: Result, width: int = 80) -> str:
    """The summary as a picture that needs nothing from elsewhere."""
    console = Console(file=StringIO(), width=width, record=True, highlight=False)
    console.print(summary(result))
    svg = console.export_svg(title=result.scenario.name or "sim run")
    # rich's picture loads a font from the web; the reader's fixed-width font will do
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def summary(result: Result) -> RenderableType:
    """Title, the story in words, the measures of the whole, a table for each split."""
    parts: list[RenderableType] = [_title(result), Padding(_story(result), (0, 1)), ""]
    parts += [*_pictures(result), _whole(result)]
    for by in SPLITS:
        if shown := of_the_split(result, by):
            parts.append(_split(result, by, result.groups(by), shown))
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
    lines = [
        f"In an average {span(result)} {say('customers')} customers make {say('contacts')} "
        f"contacts: {say('answered')} are answered"
        + "".join(
            f", {say(name)} {verb}"
            for name, verb in [
                ("abandoned", "are abandoned"),
                ("blocked", "are blocked by a full queue"),
                ("closed", "are closed (outside opening hours)"),
                ("unreached", "are called back but not reached"),
                ("expired", "expire"),
                ("withdrawn", "are withdrawn"),
                ("self_served", "are handled in self-service"),
                ("unfinished", "are still open at the end"),
            ]
            if result.get(name).value > 0
        )
        + "."
    ]
    if not isnan(result.get("service_level").value):
        lines.append(f"Service level: {say('service_level')} of those answered or abandoned.")
    if result.get("revenue").value > 0:
        lines.append(
            f"It costs {say('cost')}, brings an incremental revenue of "
            f"{say('incremental_revenue')}, and leaves a margin of {say('margin')}."
        )
    elif result.get("cost").value > 0:
        lines.append(f"It costs {say('cost')}.")
    return Text("\n".join(lines))


ENDINGS = {
    "answered": "Answered",
    "closed": "Closed",
    "abandoned": "Abandoned",
    "blocked": "Blocked",
    "expired": "Expired",
    "self_served": "Self-service",
    "withdrawn": "Withdrawn",
    "unreached": "Callback not reached",
    "unfinished": "Unfinished",
}


def _pictures(result: Result) -> list[RenderableType]:
    """What became of contacts, as bars, and when they were unanswered, as a map of the week."""
    total = result.get("contacts").value
    sizes = [(words, result.get(name).value) for name, words in ENDINGS.items()]
    bars = [
        Bar(words, size / total, f"{number(size, 'contacts')}  {100 * size / total:3.0f} %")
        for words, size in sizes
        if size > 0
    ]
    pictures: list[RenderableType] = [Bars(bars), ""] if bars else []
    if result.get("unanswered").value > 0:
        pictures.append(WeekMap("Unanswered contacts an hour", _met_nobody(result)))
    return pictures


def _met_nobody(result: Result) -> list[float]:
    values = [nan] * 168
    times = times_of_hours(result.scenario)
    for group in result.groups("hour"):
        hour = hour_of(group)
        if times[hour]:
            values[hour] = result.get("unanswered", "hour", group).value / times[hour]
    return values


def _teller(result: Result) -> Callable[[str], str]:
    currency = result.scenario.currency

    def say(name: str) -> str:
        row = result.get(name)
        return number(row.value, row.unit, currency)

    return say


def _whole(result: Result) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=True, header_style="bold")
    table.add_column("Totals")
    table.add_column("mean", justify="right")
    confidence = result.scenario.run.confidence
    table.add_column(f"{100 * confidence:g} % interval", justify="right")
    for heading, rows in of_the_whole(result).items():
        table.add_row(Text(heading, style="bold"), "", "")
        for row in rows:
            table.add_row("  " + CATALOGUE[row.measure].label, *_cells(result, row))
    return table


def _cells(result: Result, row: Row) -> tuple[str, str]:
    currency = result.scenario.currency
    return (
        number(row.value, row.unit, currency),
        interval(row.low, row.high, row.unit, currency),
    )


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
