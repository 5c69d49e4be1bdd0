"""The report of a look at an export: how it was read, what is in it, what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.data import Look
from sim.report.blocks import Figure, Hours, Later, Report, Section, Text
from sim.report.numbers import number
from sim.report.own_data import named, origin
from sim.report.tables import plain_table
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


def _sections(found: Look) -> Iterator[Section]:
    if found.odd:
        text = Text(found.odd, "Worth a look", first=True)
        yield Section("odd", "Worth a look", (text,))
    if found.lacks:
        said = tuple(f"{queue}: {', '.join(what)}" for queue, what in found.lacks.items())
        yield Section("lacks", "Not in the data", (Text(said, "Not in the data", first=True),))
    columns = [[role, column, why] for role, (column, why) in found.columns.items()]
    yield Section(
        "reading",
        "How it was read",
        (
            Text(found.read, "How it was read", first=True),
            plain_table("columns", "Columns", ("Is", "Column", "Why"), columns),
        ),
    )
    heads = tuple(map(capital, found.queues.columns))
    queues = found.queues.astype(str).to_numpy().tolist()
    week = Hours("week", "Contacts an hour", found.per_week.tolist(), first=True)
    yield Section(
        "contents",
        "What it holds",
        (
            plain_table("queues", "Queues", heads, queues, numbers=True),
            week,
            Later("data_pictures", "look", (found,)),
        ),
    )
