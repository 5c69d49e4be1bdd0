"""The report of a look at an export: how it was read, what is in it, what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.data import Look
from sim.report.blocks import Cell, Figure, Hours, Later, Line, Report, Section, Text
from sim.report.numbers import number
from sim.report.own_data import named, origin
from sim.report.tables import line, number_cell, table
from sim.report.words import capital


def report(found: Look) -> Report:
    """The report of a look at an export."""
    usual = found.per_day[found.per_day > 0]
    odd = len(found.odd)
    return Report(
        title=f"What is in {named(found.files)}?",
        about=found.period,
        answer=f"{found.rows}.",
        certainty=(
            f"{odd} {'things are' if odd > 1 else 'thing is'} worth a look before it is fitted."
            if odd
            else "Nothing odd was found."
        ),
        figures=(
            Figure("Contacts", number(float(found.per_day.sum()), ""), "", "in all"),
            Figure("A usual day", number(float(usual.median()), ""), "", "median of contacts"),
            Figure("Queues", f"{len(found.queues)}", "", "each a reason of the scenario"),
        ),
        because=(),
        sections=tuple(_sections(found)),
        origin=origin("data", found.files),
    )


UNITS = {"ASA": "s", "AHT": "s"}
"""Of the numbers of a queue; the others are shares."""


def _queue(one: Mapping[Any, Any]) -> Line:
    name, many, *others = one
    cells = (number_cell(one[other], UNITS.get(other, "share")) for other in others)
    return line(one[name], Cell(f"{one[many]:,.0f}", sort=float(one[many])), *cells)


def _sections(found: Look) -> Iterator[Section]:
    if found.odd:
        text = Text(found.odd, "Worth a look", first=True)
        yield Section("odd", "Worth a look", (text,))
    if found.lacks:
        said = tuple(f"{queue}: {', '.join(what)}" for queue, what in found.lacks.items())
        yield Section("lacks", "Not in the data", (Text(said, "Not in the data", first=True),))
    columns = (line(role, *said) for role, said in found.columns.items())
    yield Section(
        "reading",
        "How it was read",
        (
            Text(found.read, "How it was read", first=True),
            table("columns", "Columns", ("Is", "Column", "Why"), columns, first=True),
        ),
    )
    heads = tuple(map(capital, found.queues.columns))
    queues = map(_queue, found.queues.to_dict("records"))
    week = Hours("week", "Contacts an hour", found.per_week.tolist(), first=True)
    yield Section(
        "contents",
        "What it holds",
        (
            table("queues", "Queues", heads, queues, first=True),
            week,
            Later("data_pictures", "look", (found,)),
        ),
    )
