"""One table of a file: its header, its cells, and how they were found."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MOST_BYTES = 2_000_000_000
MOST_COLUMNS = 2_000
MOST_FILLED = 5_000_000  # cells that short lines lack
LOOKED_AT = 200  # lines from which delimiter and header are found
ONE_COLUMN = "\x1f"
"""The delimiter of what has none: no text holds this character."""

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NOTHING = ("", "-", "--", "NULL", "null", "n/a", "N/A", "#N/A", "NaN", "nan", r"\N")
"""Cells that say nothing."""

TOTAL = r"(?i)^((grand )?totals?|sum|summe|gesamt(summe)?|somme|total general|insgesamt|average|"
TOTAL += r"avg|durchschnitt|moyenne|mean|media|summary)\b"
"""Cells that say that a row is a total."""

_VALUE = re.compile(r"[.,:/\-+%'\sTZ]*\d[\d.,:/\-+%'\sTZAPMapm]*")
"""What begins a row of values rather than a header."""


class SheetError(Exception):
    """A file that cannot be read as a table, or a column that is not what it should be."""

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message, self.file, self.line = message, file, line


class TwoReadingsError(SheetError):
    """A column of dates that can be read in two ways.

    cell: one of them; both: its readings, in a sentence.
    """

    def __init__(self, cell: str, both: str, advice: str) -> None:
        super().__init__(f"{both}; {advice}")
        self.cell, self.both = cell, both


@dataclass(frozen=True)
class Sheet:
    """A table as a file holds it.

    file: its name.
    columns: header -> cells, all equally long: text (nothing is null), or numbers and times where
        the file itself says what they are (spreadsheets, Parquet).
    line: [rows] of the file, from 1.
    told: how it was read, with the evidence, a sentence each.
    delimiter: between the fields of a text file, else empty.
    header: whether the file names its columns.
    long: lines of a text file with more fields than the header, which are left out: line, fields.
    """

    file: str
    columns: dict[str, pa.Array]
    line: np.ndarray
    told: tuple[str, ...]
    delimiter: str = ""
    header: bool = True
    long: tuple[tuple[int, list[str]], ...] = ()

    def __len__(self) -> int:
        return len(self.line)

    @cached_property
    def folded(self) -> dict[str, str]:
        """Header in small letters -> header."""
        return {name.casefold(): name for name in self.columns}


def read_sheet(file: str | os.PathLike[str], *, sheet: str = "", encoding: str = "") -> Sheet:
    """Read a table.

    Args:
        file: text with any delimiter, Excel or OpenDocument spreadsheet, or Parquet.
        sheet: the sheet of a spreadsheet; empty for the one with most rows.
        encoding: of a text file; empty to find out.

    Raises:
        SheetError: if there is no table in it.
    """
    name = os.fspath(file)
    try:
        size = os.path.getsize(name)
        if size > MOST_BYTES:
            raise SheetError(f"is larger than {MOST_BYTES // 1_000_000_000} GB", name)
        with open(name, "rb") as stream:
            data = stream.read(MOST_BYTES)
    except FileNotFoundError:
        raise SheetError("there is no such file", name) from None
    except (IsADirectoryError, NotADirectoryError):
        raise SheetError("is a folder, not a file", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise SheetError(f"cannot be read: {reason}", name) from None
    return table_of(data, name, sheet=sheet, encoding=encoding)


def table_of(
    data: bytes, file: str, *, sheet: str = "", encoding: str = "", delimiter: str = ""
) -> Sheet:
    """The table that the bytes of a file are; arguments and errors as `read_sheet`.

    Args:
        delimiter: between the fields of a text; empty to find out.
    """
    if data[:4] == b"PAR1":
        return _parquet(data, file)
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _spreadsheet(data, file, sheet)
    return read_text_table(data, file, encoding, delimiter)


# --- text -------------------------------------------------------------------------------------


def read_text_table(data: bytes, file: str, encoding: str = "", delimiter: str = "") -> Sheet:
    """The table in the bytes of a text file; errors as `read_sheet`."""
    data, how = _as_utf8(data, file, encoding)
    told = [how] if how else []
    if b"\0" in data or ONE_COLUMN.encode() in data:
        raise SheetError("is no text, and no spreadsheet that can be read", file)
    if b"\r" in data:  # one end of a line, for all who count lines
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head = data[: 1 << 16].decode("utf-8", errors="ignore").split("\n")[:LOOKED_AT]
    if not any(line.strip() for line in head):
        raise SheetError("is empty", file)
    delimiter, rows = _delimiter(head, [delimiter] if delimiter else list(DELIMITERS))
    at, header = _header([row for _, row in rows])
    skipped = rows[at][0] - 1 if header else 0
    names = _unique(header or [f"column {i + 1}" for i in range(_width([r for _, r in rows]))])
    if len(names) > MOST_COLUMNS:
        raise SheetError(f"has {len(names):,} columns; allowed: up to {MOST_COLUMNS:,}", file)
    if header is None:
        told.append("there is no header line")
    if at and header:
        told.append(f"{at} line{'s' * (at > 1)} before the header left out")
    if len(names) > 1:
        told.append(f"fields are separated by {DELIMITERS[delimiter]}")
    body = _after_lines(data, skipped + (1 if header else 0))
    try:
        cells, line, more, long = _cells(body, names, delimiter, skipped + (2 if header else 1))
    except (pa.ArrowException, csv.Error) as error:
        raise SheetError(f"is no table that can be read: {error}", file) from None
    found = _sheet(file, cells, line, (*told, *more), delimiter if len(names) > 1 else "")
    return replace(found, header=header is not None, long=tuple(long))


def _as_utf8(data: bytes, file: str, encoding: str) -> tuple[bytes, str]:
    """The text as UTF-8, and how its encoding was found; nothing is said of plain UTF-8."""
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff").encode(), f"encoding {encoding}"
        except LookupError:
            raise SheetError(f"there is no encoding `{encoding}`", file) from None
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SheetError(f"is not {encoding} text", file, line) from None
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace").encode(), "UTF-16 text"
    elif data[1:4:2] == b"\0\0" or data[0:4:2] == b"\0\0":
        kind = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(kind, errors="replace").encode(), "UTF-16 text without a mark"
    try:
        data.decode("utf-8")
        return data, ""
    except UnicodeDecodeError as error:
        start = error.start
    line = data.count(b"\n", 0, start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        message = "is neither UTF-8 nor Windows-1252 text; save it with the encoding UTF-8"
        raise SheetError(message, file, line) from None
    word = re.search(r"[^\s;,\t|\"]*$", data[:start].decode("cp1252"))
    after = re.match(r"[^\s;,\t|\"]*", text[start : start + 30])
    shown = (word[0][-20:] if word else "") + (after[0] if after else "")
    return text.encode(), f"not UTF-8: read as Windows-1252 (line {line}: `{shown}`)"


def _delimiter(lines: list[str], marks: list[str]) -> tuple[str, list[tuple[int, list[str]]]]:
    """What separates fields, and the rows [number of the line, fields] of the first lines.

    The delimiter that gives most lines the same number of fields, and more of them.
    """
    best: tuple[tuple[float, int], str, list[tuple[int, list[str]]]] | None = None
    for delimiter in marks:
        table = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
        rows = [(table.line_num, row) for row in table if any(cell.strip() for cell in row)]
        widths = Counter(len(row) for _, row in rows)
        width, often = max(widths.items(), key=lambda one: (one[1], one[0]))
        score = (often / len(rows) if width > 1 else 0.0, width)
        if best is None or score > best[0]:
            best = score, delimiter, rows
    assert best is not None
    return best[1], best[2]


def _width(rows: list[list[str]]) -> int:
    return max(Counter(map(len, rows)).items(), key=lambda one: (one[1], one[0]))[0]


def _header(rows: list[list[str]]) -> tuple[int, list[str] | None]:
    """Where the header stands, and its names; None if the first row holds values already."""
    width = _width(rows)
    return _named_row([[cell.strip() for cell in row] if len(row) >= width else [] for row in rows])


def _named_row(rows: list[list[str]]) -> tuple[int, list[str] | None]:
    """The first row that is mostly filled, and its names; None if it holds values.

    Names that repeat above a row without values are groups of columns: the row below names them.
    """
    width = max(map(_filled, rows))
    for at, row in enumerate(rows):
        if _filled(row) < max(1, (width + 1) // 2):
            continue
        some = rows[at : at + 3]
        repeats = len(set(filter(None, row))) < _filled(row)
        if repeats and [_has_values(one) for one in some] == [False, False, True]:
            continue
        return at, None if _has_values(row) else row
    return 0, None


def _filled(row: list[str]) -> int:
    return sum(bool(cell) for cell in row)


def _has_values(row: list[str]) -> bool:
    return any(_VALUE.fullmatch(cell) for cell in row if cell)


def _unique(names: list[str]) -> list[str]:
    """Names without two alike; a column without a name is called by its number."""
    found: dict[str, None] = {}
    often: Counter[str] = Counter()
    for place, name in enumerate(names):
        one = said = " ".join(name.split()) or f"column {place + 1}"
        while one in found:
            often[said] += 1
            one = f"{said} {often[said] + 1}"
        found[one] = None
    return list(found)


def _after_lines(data: bytes, number: int) -> bytes:
    at = 0
    for _ in range(number):
        end = data.find(b"\n", at)
        if end < 0:
            return b""
        at = end + 1
    return data[at:]


def _cells(
    body: bytes, names: list[str], delimiter: str, first: int
) -> tuple[dict[str, pa.Array], np.ndarray, list[str], list[tuple[int, list[str]]]]:
    """Cells by column, the line of each row, what was left out, and lines that are too long."""
    import pyarrow.csv

    if not body.strip():
        return {name: pa.array([], pa.string()) for name in names}, np.zeros(0, np.int64), [], []
    ragged: list[int] = []

    def note(row: Any) -> str:
        ragged.append(row.number or 0)
        return "skip"

    quoted = b'"' in body
    table = pyarrow.csv.read_csv(
        pa.BufferReader(body),
        pyarrow.csv.ReadOptions(column_names=names, block_size=1 << 24),
        pyarrow.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=quoted, invalid_row_handler=note
        ),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    if ragged:
        return _ragged(body, names, delimiter, first)
    cells = {name: table[name].combine_chunks() for name in names}
    return cells, _lines(body, len(table), first), [], []


def _lines(body: bytes, rows: int, first: int) -> np.ndarray:
    """The line of each row: blank lines are no rows."""
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == 10)
    starts = np.concatenate([[0], ends + 1])
    length = np.diff(np.append(starts, len(body) + 1)) - 1
    filled = np.flatnonzero(length)
    at = filled if len(filled) == rows else np.arange(rows)  # else texts run over several lines
    return at + first


def _ragged(
    body: bytes, names: list[str], delimiter: str, first: int
) -> tuple[dict[str, pa.Array], np.ndarray, list[str], list[tuple[int, list[str]]]]:
    """Rows of unequal length: short ones are filled up, longer ones left out unless empty."""
    table = csv.reader(io.StringIO(body.decode("utf-8")), delimiter=delimiter)
    rows, line, short, long, filled = [], [], 0, [], 0
    for row in table:
        if not any(cell.strip() for cell in row):
            continue
        extra = row[len(names) :]
        if any(cell.strip() for cell in extra):
            long.append((table.line_num + first - 1, [cell.strip() for cell in row]))
            continue
        short += len(row) < len(names)
        filled += max(len(names) - len(row), 0)
        if filled > MOST_FILLED:
            raise csv.Error(f"most lines are shorter than the header, of {len(names):,} columns")
        rows.append([*row[: len(names)], *[""] * (len(names) - len(row))])
        line.append(table.line_num + first - 1)
    told = [f"{short} short line{'s' * (short > 1)} filled up"] if short else []
    if long:
        told.append(
            f"{len(long)} line{'s' * (len(long) > 1)} with more fields than the header left out"
            f" (first: line {long[0][0]})"
        )
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    cells = {name: pa.array(column, pa.string()) for name, column in zip(names, columns)}  # noqa: B905
    return cells, np.array(line, np.int64), told, long


def _sheet(
    file: str,
    cells: dict[str, pa.Array],
    line: np.ndarray,
    told: tuple[str, ...],
    delimiter: str = "",
) -> Sheet:
    """Cells trimmed, nothing made null, columns without name and content left out."""
    columns: dict[str, pa.Array] = {}
    nothing = pa.array(NOTHING)
    for name, column in cells.items():
        if pa.types.is_string(column.type):
            trimmed = pc.utf8_trim_whitespace(column)
            empty = pc.is_in(trimmed, value_set=nothing)
            column = pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)  # noqa: PLW2901
        if column.null_count == len(column) and re.fullmatch(r"column \d+", name):
            continue
        columns[name] = column
    if not columns:
        raise SheetError("holds no table", file)
    return Sheet(file, columns, line, told, delimiter)


# --- Parquet ----------------------------------------------------------------------------------


def _parquet(data: bytes, file: str) -> Sheet:
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(pa.BufferReader(data))
        table.validate(full=True)  # its texts may not be UTF-8
        names = table.column_names
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise SheetError(f"is no Parquet file that can be read: {error}", file) from None
    cells, told = {}, []
    for name in names:
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        try:
            cells[str(name)] = _plain(column)
        except pa.ArrowException:
            told.append(f"left out, for it holds no plain values: {name} ({column.type})")
    return _sheet(file, cells, np.arange(1, len(table) + 1), tuple(told))


def _plain(column: pa.Array) -> pa.Array:
    """A column as cells may be: numbers, times, or else text; ArrowException for lists and such."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_primitive(kind) or pa.types.is_null(kind):
        return column
    return column.cast(pa.string())


# --- spreadsheets -----------------------------------------------------------------------------


def _spreadsheet(data: bytes, file: str, wanted: str) -> Sheet:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = list(book.sheet_names)
        if wanted and wanted not in names:
            raise SheetError(f"there is no sheet `{wanted}`; sheets are: {', '.join(names)}", file)
        sheets = {name: book.get_sheet_by_name(name) for name in ([wanted] if wanted else names)}
        tables = {name: one.to_python(skip_empty_area=True) for name, one in sheets.items()}
    except calamine.PasswordError:
        raise SheetError("is protected by a password; save it without", file) from None
    except (calamine.CalamineError, OSError) as error:
        raise SheetError(f"is no spreadsheet that can be read: {error}", file) from None
    if not tables:
        raise SheetError("is empty", file)
    chosen = max(tables, key=lambda name: len(tables[name]))
    rows = tables[chosen]
    told = [f"sheet `{chosen}`, of {len(names)} the one with most rows"] if len(tables) > 1 else []
    texts = [["" if cell is None else _text(cell) for cell in row] for row in rows[:LOOKED_AT]]
    filled = [at for at, row in enumerate(texts) if any(row)]
    if not filled:
        raise SheetError("is empty", file)
    cut = [texts[at][: _used(texts)] for at in filled]
    at, header = _named_row(cut)
    names = _unique(header or [f"column {i + 1}" for i in range(len(cut[0]))])
    begin = filled[at] + 1 if header else filled[at]
    if header and at:
        told.append(f"{at} row{'s' * (at > 1)} before the header left out")
    start = sheets[chosen].start or (0, 0)
    kept = [
        (place, row)
        for place, row in enumerate(rows[begin:], start=begin)
        if any(cell not in ("", None) for cell in row)
    ]
    cells = {name: _native([row[i] for _, row in kept]) for i, name in enumerate(names)}
    return _sheet(file, cells, np.array([place + 1 + start[0] for place, _ in kept]), tuple(told))


def _used(texts: list[list[str]]) -> int:
    return max(i + 1 for row in texts for i, cell in enumerate(row) if cell)


def _native(cells: list[Any]) -> pa.Array:
    """A column of a spreadsheet: numbers and times as such where all of it are, else text."""
    filled = [cell for cell in cells if cell not in ("", None)]
    values = [None if cell in ("", None) else cell for cell in cells]
    if filled and all(isinstance(one, int | float) and one is not True for one in filled):
        return pa.array([None if one is None else float(one) for one in values], pa.float64())
    if filled and all(type(one) is datetime.date for one in filled):
        return pa.array(values, pa.date32())
    if filled and all(isinstance(one, datetime.datetime | datetime.date) for one in filled):
        moments = [
            datetime.datetime.combine(one, datetime.time()) if type(one) is datetime.date else one
            for one in values
        ]
        return pa.array(moments, pa.timestamp("us"))
    return pa.array([None if one is None else _text(one) for one in values], pa.string())


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.timedelta):
        seconds = cell.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02d}:{seconds % 60:02g}"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
