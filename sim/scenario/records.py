"""Tables that a scenario names: columns by name, as numbers, moments, times of the day, words.

They are read as exports are (`sim.sheets`): decimal mark and order of day and month are decided by
the whole file. What has two readings is refused, with its line and both of them.
"""

from __future__ import annotations

import datetime
import re
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.scenario.faults import Fault, ScenarioError, Wrong, shown
from sim.scenario.numbers import parse_number
from sim.scenario.source import MOST_NOTED, Node, resolve_plain
from sim.scenario.times import DAY

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.sheets import Sheet
    from sim.tables import Floats

WEEKDAY = re.compile(r"[^\W\d]")
"""What begins a day of the week, and no date."""

POINT = "write decimals with a point"
ONE_OR_TWO = f"`{{}}` may be one number with a decimal comma, or two; {POINT}"
TOO_MANY_CELLS = "has more cells than there are columns: "


class Records:
    """A table, with the faults of its lines.

    faults: noted so far.

    Raises:
        ScenarioError: if it cannot be read at all, or has two readings.
    """

    def __init__(self, data: bytes, file: str) -> None:
        from sim.sheets import SheetError, table_of
        from sim.sheets.sheet import ONE_COLUMN

        first = next((line for line in data.splitlines() if line.strip()), b"")
        self.first = first.decode("utf-8", "replace")
        parted = any(mark in first for mark in (b",", b";", b"\t", b"|", b"\0"))
        try:
            self.sheet: Sheet = table_of(data, file, delimiter="" if parted else ONE_COLUMN)
        except SheetError as error:
            raise ScenarioError([Fault(error.file, error.line, "", error.message)]) from None
        self.file = file
        self.faults: list[Fault] = []
        self.lines: list[int] = self.sheet.line.tolist()
        self._refuse_long_lines()
        self.names = {name.casefold(): name for name in self.sheet.columns}
        if not self.sheet.header and len(self.names) == 1:
            self.names = {"value": next(iter(self.sheet.columns))}

    def __len__(self) -> int:
        return len(self.lines)

    def note(self, line: int, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.file, line, "", message))

    def said(self, value: object, line: int) -> Node:
        """What a line says."""
        return Node(value, self.file, line)

    def _refuse_long_lines(self) -> None:
        """Between commas a decimal comma makes two cells of a number."""
        headless = not self.sheet.header and len(self.sheet.columns) == 2
        self._refuse_long_table()
        if self.sheet.long:
            line, row = self.sheet.long[0]
            both = (self.sheet.delimiter or ",").join(row[-2:])
            raise self.hopeless(line, TOO_MANY_CELLS + ONE_OR_TWO.format(both))
        if headless and self.sheet.delimiter == ",":
            both = ",".join(str(one[0]) for one in self.sheet.columns.values())
            raise self.hopeless(1, ONE_OR_TWO.format(both))

    def _refuse_long_table(self) -> None:
        """The same in every line: the header is shorter than all of them, and taken for none."""
        names = self.first.split(",")
        columns = [*self.sheet.columns.values()]
        if self.sheet.header or not 1 < len(names) < len(columns) or len(self) < 2:
            return
        if any(re.search(r"\d", one) or not one.strip() for one in names):
            return
        both = ",".join(str(one[1]) for one in columns[-2:])
        raise self.hopeless(self.lines[1], TOO_MANY_CELLS + ONE_OR_TWO.format(both))

    def without_totals(self, when: str) -> Records:
        """Without rows that say that they are totals, and no time."""
        import numpy as np

        totals = np.zeros(len(self), bool)
        for name in self.names:
            totals |= np.array([is_total(one) for one in self.texts(name)], bool)
        kept = ~(totals & np.array([not one for one in self.texts(when)], bool))
        found = copy(self)
        columns = {name: one.filter(kept) for name, one in self.sheet.columns.items()}
        found.sheet = replace(self.sheet, columns=columns, line=self.sheet.line[kept])
        found.lines = found.sheet.line.tolist()
        return found

    def hopeless(self, line: int, message: str) -> ScenarioError:
        """A fault that leaves nothing to be read."""
        return ScenarioError([Fault(self.file, line, "", message)])

    def column(self, *names: str) -> str:
        """The first of some columns that is there; the first of all names if none is."""
        return next((name for name in names if name in self.names), names[0])

    def has(self, *names: str, log: bool = False) -> bool:
        """Whether the columns are there, after noting the first that is not.

        Args:
            names: of columns.
            log: whether somebody may have named an export of calls.
        """
        for name in names:
            if f"{name} 2" in self.names:
                raise self.hopeless(1, f"there are two columns `{name}`; take one of them out")
            if name not in self.names:
                there = ", ".join([*self.names][:40]) + (", ..." if len(self.names) > 40 else "")
                hint = "; `sim fit` reads exports of calls" if log and len(self.names) > 3 else ""
                self.note(1, f"the column `{name}` is missing; columns are: {there}{hint}")
                return False
        return True

    def cells(self, name: str) -> pa.Array:
        """The cells of a column, as the file has them."""
        return self.sheet.columns[self.names[name]]

    def texts(self, name: str) -> list[str]:
        """Words of a column; empty where there is none, or no such column."""
        if name not in self.names:
            return [""] * len(self)
        return [_plain(one) for one in self.cells(name).to_pylist()]

    # --- numbers ----------------------------------------------------------------------------

    def numbers(self, name: str, gap: float | None = None) -> list[float]:
        """Numbers of a column, 0 or more; faults are noted, and nan; `gap` for empty cells."""
        import numpy as np

        from sim.sheets import read_numbers

        cells = self.cells(name)
        found, _ = read_numbers(cells, self._decimal(name))
        if name != "weight":  # a share is neither a time nor a number of anybody
            found = np.where([one.endswith("%") for one in self.texts(name)], np.nan, found)
        values: list[float] = found.tolist()
        for row in np.flatnonzero(~(found >= 0)).tolist():
            if len(self.faults) >= MOST_NOTED:  # nobody reads on
                break
            said = cells[row].as_py()
            if said is None and gap is not None:
                values[row] = gap
                continue
            if said is None:
                self.note(self.lines[row], f"{name}: there is no number; write 0 for none")
                continue
            try:
                values[row] = parse_number(resolve_plain(said) if isinstance(said, str) else said)
            except Wrong as wrong:
                self.note(self.lines[row], f"{name}: {wrong}")
                values[row] = np.nan
        return values

    def spans(self, name: str, gap: float | None = None) -> list[float]:
        """Numbers of a column, or durations such as `4:12`, in seconds; `gap` for empty cells."""
        import numpy as np

        from sim.sheets import read_spans
        from sim.sheets.spans import has_colons

        cells = self.cells(name)
        if not has_colons(cells):
            return self.numbers(name, gap)
        found, bad = read_spans(cells, "s", self._decimal(name))
        if gap is not None:
            found = np.where([one.as_py() is None for one in cells], gap, found)
        for row in np.flatnonzero(bad | np.isnan(found))[:MOST_NOTED].tolist():
            self.note(self.lines[row], f"{name}: {shown(cells[row].as_py())} is not a duration")
        return [float(one) for one in found]

    def _decimal(self, name: str) -> str:
        """The decimal mark, which all numbers of the file share."""
        from sim.sheets import SheetError, decimal_of

        try:
            marks = decimal_of(self.sheet.columns.values(), self.sheet.delimiter)
        except SheetError as error:
            both = re.findall(r"`(.+?)`", error.message)[:2]
            lines = [self.lines[self._row_of(one)] for one in both]
            message = f"`{both[0]}` stands beside `{both[1]}` of line {lines[1]}; {POINT}"
            raise self.hopeless(lines[0], message) from None
        if marks.decimal:
            return marks.decimal
        texts = self.texts(name)
        if any(re.fullmatch(r"\d{4,}", one) for one in texts):
            return "."  # thousands are written without a mark
        for line, cell in zip(self.lines, texts, strict=True):
            if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", cell):
                whole = cell.replace(",", "").replace(".", "")
                decimal = cell.replace(",", ".")
                raise self.hopeless(
                    line,
                    f"`{cell}` may be {decimal} or {whole}; write {whole} without a mark between "
                    f"thousands, or {decimal}0 if it is a decimal one",
                )
        return "."

    def _row_of(self, cell: str) -> int:
        """The first row that holds a text, in whatever column."""
        rows = zip(*(self.texts(name) for name in self.names), strict=True)
        return next((i for i, row in enumerate(rows) if any(cell in one for one in row)), 0)

    # --- times ------------------------------------------------------------------------------

    def moments(
        self, name: str, start: datetime.datetime, date: str = "", *, ends: bool = False
    ) -> tuple[Floats, Floats]:
        """Seconds from the start of the calendar, and where a label such as `08:00 - 08:30` ends.

        Args:
            name: a column of local dates and times, of numbers of seconds, or of times of the day.
            start: of the calendar.
            date: the column of their dates, if that is another.
            ends: whether cells may be empty, and labels have no end.
        """
        import numpy as np

        from sim.sheets import label_parts, read_clocks, read_moments

        cells = self.cells(name)
        until = np.full(len(self), np.nan)
        numeric = _numeric(cells) if not date else until
        if not np.isnan(numeric).all():
            self._decimal(name)  # refuses what has two readings
        parts = label_parts(cells) if not ends else None
        if parts is not None:
            cells = _where(parts[0], cells)
        if date:
            dates, clocks = self._dates(date), read_clocks(cells)
        else:
            dates, clocks = self._whole(lambda: read_moments(cells))
        found = (dates.day * DAY + clocks.second) - _epoch_seconds(start)
        found = np.where(np.isnan(numeric), found, numeric)
        if parts is not None:
            until = found + (read_clocks(parts[1]).second - clocks.second) % DAY
        zoned = ~np.isnan(clocks.offset) & np.isnan(numeric)
        said = self.texts(name)
        for row in np.flatnonzero(np.isnan(found) | zoned).tolist():
            if zoned[row]:
                zone = f"{shown(said[row])} names a time zone; write local times without one"
                self.note(self.lines[row], zone)
            elif said[row] or not ends:
                form = "09:15:00" if date else "2026-11-23 09:15:00 or seconds"
                self.note(self.lines[row], f"{shown(said[row])} is not a time; write {form}")
        return np.where(zoned, np.nan, found), until

    def days(self, name: str) -> list[str]:
        """Days as the language writes them: weekdays as they stand, dates as 2026-11-23."""
        import numpy as np

        texts = self.texts(name)
        dated = [one for one in texts if one and not WEEKDAY.match(one)]
        if not dated or len(dated) < len([one for one in texts if one]):
            return texts
        day = self._dates(name).day
        return [
            text if np.isnan(one) else str(np.datetime64(int(one), "D"))
            for one, text in zip(day.tolist(), texts, strict=True)
        ]

    def clocks(self, name: str) -> list[str]:
        """Times of the day as the language writes them, `08:30`; others as they stand."""
        import numpy as np

        from sim.sheets import read_clocks

        texts = self.texts(name)
        if name not in self.names or all(re.fullmatch(r"(\d\d:\d\d)?", one) for one in texts):
            return texts
        second = read_clocks(self.cells(name)).second
        return [
            text
            if np.isnan(one) or one % 60
            else f"{int(one // 3600):02d}:{int(one // 60 % 60):02d}"
            for one, text in zip(second.tolist(), texts, strict=True)
        ]

    def _dates(self, name: str) -> Any:
        from sim.sheets import read_dates

        return self._whole(lambda: read_dates(self.cells(name)))

    def _whole(self, read: Any) -> Any:
        """What is read of a column; refused, with the line, where day and month are open."""
        from sim.sheets import SheetError
        from sim.sheets.sheet import TwoReadingsError

        try:
            return read()
        except TwoReadingsError as two:
            line = self.lines[self._row_of(two.cell)]
            raise self.hopeless(line, f"{two.both}; write dates as 2026-11-23") from None
        except SheetError as error:
            raise self.hopeless(0, f"{error.message}; write dates as 2026-11-23") from None


def is_total(text: str) -> bool:
    """Whether a cell says that its row is a total."""
    from sim.sheets.sheet import TOTAL

    return re.match(TOTAL, text) is not None


def _plain(cell: Any) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _numeric(cells: pa.Array) -> Floats:
    """Plain numbers of a column, nan elsewhere."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(cells.type):
        plain = pc.match_substring_regex(cells, r"^[-+]?\d+(\.\d*)?([eE][-+]?\d+)?$")
        cells = pc.if_else(plain, cells, None)
    elif not (pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type)):
        return np.full(len(cells), np.nan)
    numbers = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(numbers, np.float64)


def _where(part: pa.Array, cells: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(part.is_valid(), part, cells)


def _epoch_seconds(start: datetime.datetime) -> float:
    return (start - datetime.datetime(1970, 1, 1)).total_seconds()
