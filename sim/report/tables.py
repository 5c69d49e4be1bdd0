"""The tables of reports: their headings, lines and cells, as all kinds of result have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Any

from sim.measures import measure_of
from sim.report import words
from sim.report.blocks import Cell, Heading, Line, Table
from sim.report.numbers import NOTHING, half_width, interval, number
from sim.report.words import Bounded

BELOW = "below a value its difference to {}"
CHANCE = ", in parentheses where not significant"


def table(
    name: str,
    title: str,
    headings: Sequence[str | Heading],
    lines: Iterable[Line],
    text: str = "",
    **more: Any,
) -> Table:
    """A table.

    Args:
        name, title, text: as of `Table`, which is what `more` is of, too.
        headings: of its columns.
        lines: its lines.
    """
    heads = tuple(Heading(one) if isinstance(one, str) else one for one in headings)
    return Table(name, title, heads, tuple(lines), text, **more)


def by_measure(
    name: str,
    title: str,
    names: str,
    measures: Sequence[str],
    currency: str,
    lines: Iterable[Line],
    text: str = "",
    **more: Any,
) -> Table:
    """A table with a column for each measure, after that of the names."""
    headings = [head(one, currency) for one in measures]
    return table(name, title, [names, *headings], lines, text, **more)


def line(*cells: str | Cell, **more: Any) -> Line:
    """A line; a text is sorted by itself."""
    made = (Cell(one, sort=one) if isinstance(one, str) else one for one in cells)
    return Line(tuple(made), **more)


# --- headings -----------------------------------------------------------------------------------


def head(measure: str, currency: str = "") -> Heading:
    """The head of a column of values of a measure."""
    one = measure_of(measure)
    return Heading(one.short, currency if one.unit == "money" else "", measure)


# --- cells --------------------------------------------------------------------------------------


def value_cell(row: Bounded | None, note: str = "") -> Cell:
    """A value, with a note below; nothing where it has none."""
    if row is None or isnan(row.value):
        return Cell(NOTHING)
    return Cell(words.brief(row.value, row.unit), note, row.value)


def with_error(row: Bounded | None) -> Cell:
    """A value over the half-width of its interval."""
    return value_cell(row, half_width(row.low, row.high, row.unit) if row else "")


def bounds_cell(row: Bounded, currency: str = "") -> Cell:
    """The interval of a value."""
    return Cell(interval(row.low, row.high, row.unit, currency), sort=row.low)


def change_cell(found: Bounded | None) -> Cell:
    """A difference over the half-width of its interval."""
    if found is None:
        return Cell(NOTHING)
    return Cell(words.change_of(found), words.error_of(found), found.value)


def changed_cell(row: Bounded | None, found: Bounded | None) -> Cell:
    """A value over its difference, if there is one."""
    return value_cell(row, words.change_of(found).removeprefix(NOTHING))


def number_cell(value: float, unit: str = "", currency: str = "") -> Cell:
    """A number."""
    return Cell(number(value, unit, currency), sort=value)


def count_cell(many: int) -> Cell:
    """How many there are."""
    return Cell(f"{many:,}", sort=float(many))


def percent_cell(value: float, low: float | None = None, high: float | None = None) -> Cell:
    """A share in whole per cent, over its bounds; nothing where it is none."""
    if isnan(value):
        return Cell(NOTHING)
    sure = "" if low is None or high is None else f"{100 * low:.0f} to {100 * high:.0f} %"
    return Cell(f"{100 * value:.0f} %", sure, value)
