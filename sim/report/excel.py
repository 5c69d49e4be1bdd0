"""A report as a workbook: its words, its tables, the hours as maps, definitions, scenarios."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

from sim.folders import whole
from sim.measures import CATALOGUE
from sim.report.blocks import Cell, Hours, Report, Table
from sim.report.words import WEEKDAYS

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What stands in a cell is text, whatever it begins with."""

WIDE = 90
"""Characters of a column of sentences."""

LONGEST_CELL = 32_000
"""Characters that fit into a cell, nearly."""

ONE_NUMBER = re.compile(r"[-+±]?\d(?!.* to )")
"""How a cell begins that says a number and nothing else: no interval, bound or word."""


def write_workbook(report: Report, file: Path) -> None:
    """Write it.

    Raises:
        OSError: if it cannot be written.
    """
    import xlsxwriter

    with whole(file) as part, xlsxwriter.Workbook(str(part), SAFE) as book:
        sheets = _Sheets(book)
        _summary(sheets, report)
        for table in report.tables():
            _table(sheets, table)
        _hours(sheets, report)
        _definitions(sheets, report)
        for source in report.origin.sources:
            rows = [[line[:LONGEST_CELL]] for line in source.text.splitlines()]
            sheets.add(source.name, rows, [WIDE])


class _Sheets:
    """The sheets of a workbook, under names that Excel allows, each once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.names: set[str] = set()

    def add(self, title: str, rows: Sequence[Sequence[object]], widths: Sequence[int]) -> Any:
        """A sheet of rows; a first row in bold where it is a tuple."""
        sheet = self.book.add_worksheet(self._named(title))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width, self.wrap)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                self._write(sheet, number, place, value, bold=isinstance(row, tuple))
        return sheet

    def _write(self, sheet: Any, row: int, column: int, value: object, *, bold: bool) -> None:
        style = [self.bold] if bold else []
        if isinstance(value, float | int) and not isnan(value):
            sheet.write_number(row, column, value, *style)
        elif isinstance(value, str) and value:
            sheet.write_string(row, column, value[:LONGEST_CELL], *style)

    def _named(self, title: str) -> str:
        allowed = "".join("-" if sign in "[]:*?/\\" else sign for sign in title).strip("'") or "-"
        name, number = allowed[:31], 2
        while name.lower() in self.names:
            name, number = f"{allowed[:27]} {number}", number + 1
        self.names.add(name.lower())
        return name


def _summary(sheets: _Sheets, report: Report) -> None:
    rows: list[Sequence[object]] = [(report.title,), [report.about], [report.answer]]
    rows += [[report.certainty]] if report.certainty else []
    if report.recommended:
        rows.append([f"Recommended: {report.recommended}"])
    rows += [[], ("Number", "Value", "Interval", "What it is")]
    rows += [[one.label, one.value, one.interval, one.meaning] for one in report.figures]
    for heading, sentences in (
        ("Why", [one.text for one in report.because]),
        ("Risks", report.risks),
        ("Assumed", report.assumed),
    ):
        rows += [[], (heading,), *([sentence] for sentence in sentences)] if sentences else []
    rows += [[], ("Where it comes from",)]
    rows += [[f"{name}: {value}"] for name, value in report.origin.facts.items()]
    rows.append([report.origin.command])
    sheets.add("Summary", rows, [WIDE, 18, 26, 40])


def _table(sheets: _Sheets, table: Table) -> None:
    """A table; the number of a cell as a number, what stands below it in a column beside it."""
    noted = [
        any(line.cells[place].note for line in table.lines) for place in range(len(table.headings))
    ]
    head: list[object] = []
    for heading, below in zip(table.headings, noted, strict=True):
        head += [f"{heading.text}, {heading.unit}" if heading.unit else heading.text]
        head += ["±, or what is below"] if below else []
    rows: list[Sequence[object]] = [tuple(head)]
    for line in table.lines:
        row: list[object] = []
        for cell, below in zip(line.cells, noted, strict=True):
            row += [_value(cell), *([cell.note] if below else [])]
        rows.append(row)
    if table.text:
        rows += [[], [table.text]]
    sheets.add(table.title, rows, [24, *(16 for _ in head[1:])])


def _value(cell: Cell) -> object:
    """The number of a cell as a number; what says more than that, or no number, as it is read."""
    number = isinstance(cell.sort, float) and ONE_NUMBER.match(cell.text)
    return cell.sort if number else cell.text


def _hours(sheets: _Sheets, report: Report) -> None:
    """Each map of the week as one: a row a day, a column an hour, coloured."""
    for block in report.blocks():
        if not isinstance(block, Hours):
            continue
        head = ("", *(f"{hour:02d}:00" for hour in range(24)))
        rows = [head] + [
            [name, *block.values[24 * day : 24 * day + 24]] for day, name in enumerate(WEEKDAYS)
        ]
        sheet = sheets.add(block.title, [(block.title,), *rows], [8, *(7 for _ in range(24))])
        scale = {"type": "2_color_scale", "min_color": "#ffffff", "max_color": "#0072b2"}
        sheet.conditional_format(2, 1, 8, 24, scale)


def _definitions(sheets: _Sheets, report: Report) -> None:
    rows: list[Sequence[object]] = [("Measure", "Name", "What it means", "Formula")]
    for name in report.measures():
        if one := CATALOGUE.get(name):
            rows.append([one.label, one.name, one.definition, one.formula])
    sheets.add("Definitions", rows, [30, 24, WIDE, 60])
