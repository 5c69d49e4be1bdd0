"""Reports with a column for each date, or for each interval, as the rows that they stand for."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.guess import measure_of
from sim.scenario.faults import Fault, ScenarioError
from sim.sheets import Sheet, label_parts, read_clocks, read_dates
from sim.sheets.sheet import TOTAL

LEAST = 3  # columns of dates or intervals that make a crosstab
ABOVE = 6  # rows within which their headers stand


def unfolded(sheet: Sheet) -> Sheet:
    """One row for each date and interval of a crosstab; any other table as it is.

    A row of dates has intervals under its first column, or the other way round. What else stands
    left of the dates is kept; what stands right of them, and lines of totals, are left out.

    Raises:
        ScenarioError: if the cells are something else than contacts offered.
    """
    if len(sheet.columns) <= LEAST or not len(sheet):
        return sheet
    columns = [_texts(column) for column in sheet.columns.values()]
    top = [list(sheet.columns)] if sheet.header else []
    top += [[column[row] for column in columns] for row in range(min(ABOVE, len(sheet)))]
    for at, row in enumerate(top):
        for across, down, names in (
            (_dated, _timed, ("Date", "Interval")),
            (_timed, _dated, ("Interval", "Date")),
        ):
            wide = np.flatnonzero(across(row))
            if len(wide) < LEAST or wide[0] == 0:
                continue
            begin = at + (0 if sheet.header else 1)
            for left in range(int(wide[0])):
                said = down(columns[left][begin:])
                if said.mean() > 1 / 2:
                    measure = _measure(sheet, [cell for some in top[: at + 1] for cell in some])
                    rows = begin + np.flatnonzero(_counting(said, columns[left][begin:]))
                    return _long(sheet, columns, row, wide, left, rows, names, measure)
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
        across: [re.sub(r" 00:00(:00)?$", "", header[one]) for one in wide] * len(rows),
        down: [columns[left][row] for row in rows for _ in wide],
        measure: [columns[one][row] for row in rows for one in wide],
    }
    for one in range(int(wide[0])):
        name = header[one] or f"column {one + 1}"
        if one != left and name not in cells:
            cells[name] = [columns[one][row] for row in rows for _ in wide]
    told = f"a table of {len(wide)} columns by {across.lower()}: its cells are taken as `{measure}`"
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
        message = (
            f"is a table of `{found}` by date and interval, without contacts offered; export both, "
            "one row for each interval"
        )
        raise ScenarioError([Fault(sheet.file, 0, "", message)])
    return found


def _dated(cells: list[str]) -> np.ndarray:
    """[cells] whether each is a date, in the order of day and month that reads most of them."""
    column = pa.array(cells)
    some = [~np.isnan(read_dates(column, order).day) for order in ("d/m/y", "m/d/y")]
    return max(some, key=lambda one: int(one.sum()))


def _timed(cells: list[str]) -> np.ndarray:
    """[cells] whether each is a time of the day, or an interval between two."""
    column = pa.array([one if ":" in one else "" for one in cells])
    parts = label_parts(column)
    labels = np.zeros(len(cells), bool) if parts is None else np.array(parts[0].is_valid())
    return labels | ~np.isnan(read_clocks(column).second)
