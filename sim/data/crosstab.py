"""Reports with a column for each date, or for each interval, as the rows that they stand for."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.guess import measure_of
from sim.data.remarks import read, wrong
from sim.sheets import Sheet, label_parts, read_clocks, read_dates
from sim.sheets.sheet import TOTAL
from sim.tables import Floats

LEAST = 3  # columns of dates or intervals that make a crosstab
ABOVE = 6  # rows within which their headers stand
SHORTEST = 300.0  # seconds of an interval
MIDNIGHT = r" 00:00(:00)?$"
"""Behind dates of spreadsheets."""


def unfolded(sheet: Sheet) -> Sheet:
    """One row for each date and interval of a crosstab; any other table as it is.

    A row of dates has intervals under its first column, or the other way round. What else stands
    left of the dates is kept; what stands right of them, and lines of totals, are left out.

    Raises:
        ScenarioError: if the cells are something else than contacts offered.
    """
    if len(sheet.columns) <= LEAST or not len(sheet):
        return sheet
    columns = list(sheet.columns.values())
    first = [_texts(column[:ABOVE]) for column in columns]
    top = [list(sheet.columns)] if sheet.header else []
    top += [list(row) for row in zip(*first, strict=True)]
    for at, row in enumerate(top):
        for across, down, names in (
            (_dated, _timed, ("Date", "Interval")),
            (_timed, _dated, ("Interval", "Date")),
        ):
            values = across(row)
            wide = np.flatnonzero(~np.isnan(values))
            # moments of one contact are no regular times, and not dates that follow each other
            if len(wide) < LEAST or wide[0] == 0 or (np.diff(values[wide]) <= 0).any():
                continue
            begin = at + (0 if sheet.header else 1)
            for left in range(int(wide[0])):
                cells = _texts(columns[left][begin:])
                said = ~np.isnan(down(cells))
                if said.mean() > 1 / 2:
                    measure = _measure(sheet, [cell for some in top[: at + 1] for cell in some])
                    rows = begin + np.flatnonzero(_counting(said, cells))
                    whole = [_texts(column) for column in columns]
                    return _long(sheet, whole, row, wide, left, rows, names, measure)
    return sheet


def _long(
    sheet: Sheet,
    columns: list[list[str]],
    header: list[str],
    wide: np.ndarray,
    left: int,
    rows: np.ndarray,
    names: tuple[str, str],
    measure: str,
) -> Sheet:
    """The table with a row for each of the `wide` columns, whose headers become a column."""
    across, down = names
    cells = {
        across: [re.sub(MIDNIGHT, "", header[one]) for one in wide] * len(rows),
        down: [columns[left][row] for row in rows for _ in wide],
        measure: [columns[one][row] for row in rows for one in wide],
    }
    for one in range(int(wide[0])):
        name = header[one] or f"column {one + 1}"
        if one != left and name not in cells:
            cells[name] = [columns[one][row] for row in rows for _ in wide]
    told = read("crosstab", many=len(wide), across=across.lower(), measure=measure)
    rest = [name for one, name in enumerate(header) if one > wide[0] and one not in wide and name]
    more = (f"columns left out: {', '.join(rest)}",) if rest else ()
    said = tuple(one for one in sheet.told if one != "there is no header line")
    return Sheet(
        sheet.file,
        {name: pa.array([one or None for one in some]) for name, some in cells.items()},
        np.repeat(sheet.line[rows], len(wide)),
        (*said, told, *more),
        sheet.delimiter,
    )


def _texts(column: pa.Array) -> list[str]:
    text = pc.replace_substring_regex(pc.cast(column, pa.string()), r"\.0+$", "")
    return [str(one) for one in text.fill_null("").to_pylist()]


def _counting(said: np.ndarray, cells: list[str]) -> np.ndarray:
    """[rows] all from the first that says a time (above are names of weekdays), but for totals."""
    return (np.cumsum(said) > 0) & [re.match(TOTAL, one) is None for one in cells]


def _measure(sheet: Sheet, cells: list[str]) -> str:
    """What the cells of the table are: what its corner or its caption says, else contacts."""
    said = [re.split(r"\s(?:by|per|pro|nach|par)\s", one)[0] for one in cells]
    found = next((one for one in said if measure_of(one)), "Offered")
    if measure_of(found) != "offered":
        raise wrong("", "no-counts", file=sheet.file, measure=found)
    return found


def _dated(cells: list[str]) -> Floats:
    """[cells] the date that each is, in the order of day and month that reads most of them."""
    column = pa.array([re.sub(MIDNIGHT, "", one) for one in cells])
    some = [read_dates(column, order).day for order in ("d/m/y", "m/d/y")]
    found = max(some, key=lambda one: int(np.isfinite(one).sum()))
    return np.where([":" in re.sub(MIDNIGHT, "", one) for one in cells], np.nan, found)


def _timed(cells: list[str]) -> Floats:
    """[cells] the time of the day that each is, or that an interval begins at."""
    column = pa.array([one if ":" in one else "" for one in cells])
    parts = label_parts(column)
    starts = column if parts is None else pc.if_else(parts[0].is_valid(), parts[0], column)
    second = read_clocks(starts).second
    return np.where(second % SHORTEST == 0, second, np.nan)
