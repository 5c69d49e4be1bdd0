"""Files that a scenario names: profiles, rosters, records of arrivals, values (all CSV).

Their content takes the place of the name before the scenario is read, so that a resolved scenario
needs no other file. Names are relative to the file that says them.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import os
import re
from collections.abc import Callable
from typing import Any

from sim.scenario.distributions import FromFile
from sim.scenario.faults import Fault, Path, ScenarioError, Wrong, meant, shown
from sim.scenario.numbers import parse_number
from sim.scenario.people import ACTIVITIES
from sim.scenario.repair import Broken
from sim.scenario.source import Node, fault_at, read_text, resolve_plain
from sim.scenario.times import DAY, TimesOfWeek

MOST_FAULTS = 5  # told of one file; a wrong column is wrong on every line
Row = tuple[int, dict[str, str]]  # line, column -> text


def read_files(tree: Node, faults: list[Fault], broken: Broken) -> None:
    """Replace the names of files by what they hold."""
    reader = _Reader(tree, faults, broken)
    for name, profile in _entries(tree, "profiles"):
        reader.whole(profile, ("profiles", name), _profile_lines)
    for name, reason in _entries(tree, "reasons"):
        arrivals = reason.at("arrivals")
        if arrivals is not None:
            reader.arrivals(arrivals, ("reasons", name, "arrivals"))
    for name, pool in _entries(tree, "pools"):
        for field, read in (("agents", _heads), ("roster", _roster)):
            said = pool.child(field)
            if said is not None:
                reader.whole(said, ("pools", name, field), read)
    reader.empirical(tree, ())


def _entries(tree: Node, part: str) -> list[tuple[str, Node]]:
    node = tree.at(part)
    return list(node.items()) if node is not None else []


class _Reader:
    """Reads the files of one scenario and notes their faults."""

    def __init__(self, tree: Node, faults: list[Fault], broken: Broken) -> None:
        self.faults, self.broken = faults, broken
        self.start, self.low, self.high = _span(tree)

    def whole(self, node: Node, path: Path, read: Callable[[list[Row], _Faulty], Any]) -> None:
        """Replace `{file: ...}` by the mapping that the file holds."""
        said = node.at("file")
        if said is None or len(node.value) != 1:
            return
        lines = self._read(said, (*path, "file"), read)
        if lines is not None:
            node.value = lines
        else:  # something that can be read, so that the rest is checked
            node.value = {"daily": Node(1, node.file, node.line)}
            if path[-1] == "roster":
                node.value = {"nobody": Node({"daily": Node("work", "", 0)}, "", 0)}

    def arrivals(self, node: Node, path: Path) -> None:
        readers: dict[str, Callable[[list[Row], _Faulty], Any]] = {
            "counts": lambda rows, note: _counts(rows, self.start, note),
            "replay": lambda rows, note: _times(rows, self.start, note),
        }
        for field, read in readers.items():
            said = node.at(field)
            if said is None or not isinstance(said.value, str) or not said.value:
                continue
            numbers = _written_out(said.value, rows=field == "counts")
            if numbers:
                said.value = numbers
                continue
            found = self._read(said, (*path, field), read)
            inside = tuple(one for one in found or () if self._counted(one))
            if found and not inside:
                self._fault(said, (*path, field), self._outside())
            said.value = inside or (((0.0, 1.0, 1.0),) if field == "counts" else (0.0,))

    def empirical(self, node: Node, path: Path) -> None:
        children = enumerate(node.value) if isinstance(node.value, list) else node.items()
        for key, one in children:
            if key == "empirical" and isinstance(one.value, str):
                numbers = _written_out(one.value, rows=False)
                values = numbers or self._read(one, (*path, key), _values)
                one.value = FromFile(values or (1.0,))
            else:
                self.empirical(one, (*path, key))

    def _read(self, said: Node, path: Path, read: Callable[[list[Row], _Faulty], Any]) -> Any:
        """What a file holds, or None after noting why it holds nothing of use."""
        if not isinstance(said.value, str):
            self._fault(said, path, f"{shown(said.value)} is not the name of a CSV file")
            return None
        file = os.path.normpath(os.path.join(os.path.dirname(said.file), said.value))
        note = _Faulty(file)
        try:
            found = read(_rows(read_text(file), file), note)
        except ScenarioError as error:
            only = error.faults[0]
            where = f"`{said.value}`" + (f" line {only.line}" if only.line else "")
            self._fault(said, path, f"{where}: {only.message}")
            return None
        self.faults += note.faults[:MOST_FAULTS]
        if note.faults:
            self.broken.add(path)
            return None
        if not found:
            self._fault(said, path, f"`{said.value}` holds no values")
        return found

    def _fault(self, said: Node, path: Path, message: str) -> None:
        self.faults.append(fault_at(said, path, message))
        self.broken.add(path)

    def _counted(self, one: Any) -> bool:
        if isinstance(one, tuple):
            return bool(self.low <= one[0] and one[1] <= self.high)
        return bool(self.low <= one < self.high)

    def _outside(self) -> str:
        first = self.start + datetime.timedelta(seconds=self.low)
        last = self.start + datetime.timedelta(seconds=self.high - 1)
        return f"no time of this file lies within the calendar, {first:%Y-%m-%d} to {last:%Y-%m-%d}"


class _Faulty:
    """Notes faults of the lines of a file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def __call__(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, "", message))


def _span(tree: Node) -> tuple[datetime.datetime, float, float]:
    """Start and simulated seconds of the calendar; defaults where it is broken."""

    def number(field: str, usual: int) -> int:
        node = tree.at("calendar", field)
        said = node.value if node is not None else usual
        good = isinstance(said, int) and 0 <= said < 10_000
        return said if good else usual

    node = tree.at("calendar", "start")
    try:
        start = datetime.datetime.fromisoformat(str(node.value)) if node else None
    except ValueError:
        start = None
    low = -number("warmup", 0) * DAY
    high = (number("days", 7) + number("cooldown", 0)) * DAY
    return start or datetime.datetime(2026, 1, 5), float(low), float(high)


# --- written out ------------------------------------------------------------------------------


def _written_out(text: str, *, rows: bool) -> tuple[Any, ...]:
    """What a file held, as the resolved scenario repeats it: a text of numbers reads fast.

    `1.5 2 3`, or rows `0 60 5, 60 120 7`; nothing if the text is anything else.
    """
    try:
        if rows:
            return tuple(tuple(map(float, row.split())) for row in text.split(","))
        return tuple(map(float, text.split()))
    except ValueError:
        return ()


# --- CSV --------------------------------------------------------------------------------------


def _rows(text: str, file: str) -> list[Row]:
    """The rows as columns by name. A first line of numbers is a row of the column `value`."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    try:
        table = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        lines = [(table.line_num, row) for row in table if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise ScenarioError([Fault(file, 0, "", f"is not a CSV file: {error}")]) from None
    if not lines:
        raise ScenarioError([Fault(file, 0, "", "is empty")])
    header = [cell.strip().casefold() for cell in lines[0][1]]
    if len(header) == 1 and not isinstance(resolve_plain(header[0]), str):
        header = ["value"]
    else:
        lines = lines[1:]
    _refuse_two_readings(header, lines, delimiter, file)
    return [
        (line, dict(zip(header, (cell.strip() for cell in row), strict=False)))
        for line, row in lines
    ]


_THOUSANDS = re.compile(r"[1-9]\d{0,2}(\.\d{3})+")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def _refuse_two_readings(
    header: list[str], lines: list[tuple[int, list[str]]], delimiter: str, file: str
) -> None:
    """Refuse numbers that mean one thing here and another there, at the first such line.

    Between commas a decimal comma makes two cells of a number. Where columns are parted by
    semicolons, or there is only one, a point may stand between thousands: `1.044` is read where
    another number of the column shows that it is the decimal point.
    """
    for line, row in lines:
        if any(cell.strip() for cell in row[len(header) :]):
            both = delimiter.join(cell.strip() for cell in row[-2:])
            raise _two_readings(
                file,
                line,
                f"has more cells than there are columns: `{both}` may be "
                "one number with a decimal comma, or two; write decimals with a point",
            )
        for cell in map(str.strip, row):
            if _DECIMAL_COMMA.fullmatch(cell):
                plain, whole = cell.replace(",", "."), cell.replace(",", "")
                raise _two_readings(
                    file,
                    line,
                    f"`{cell}` may be {plain} or {whole}; "
                    "write decimals with a point, and no commas between thousands",
                )
    if delimiter == "," and len(header) > 1:
        return
    for place in range(len(header)):
        cells = [(line, row[place].strip()) for line, row in lines if place < len(row)]
        if any(_tells_of_points(cell) for _, cell in cells):
            continue
        for line, cell in cells:
            if _THOUSANDS.fullmatch(cell):
                whole = cell.replace(".", "")
                other = f"{cell} or {whole}" if cell.count(".") == 1 else whole
                raise _two_readings(
                    file,
                    line,
                    f"`{cell}` may be {other}; write {whole} without "
                    f"points, or {cell}0 if the point is a decimal one",
                )


def _tells_of_points(cell: str) -> bool:
    """Whether a number shows that points are decimal, or that thousands are written without."""
    number = isinstance(resolve_plain(cell), int | float)
    return number and not _THOUSANDS.fullmatch(cell) and ("." in cell or len(cell) > 3)


def _two_readings(file: str, line: int, message: str) -> ScenarioError:
    return ScenarioError([Fault(file, line, "", message)])


def _column(rows: list[Row], note: _Faulty, *names: str) -> bool:
    """Whether the columns are there, after noting the first that is not."""
    there = list(rows[0][1]) if rows else []
    for name in names:
        if rows and name not in there:
            note(1, f"the column `{name}` is missing; columns are: {', '.join(there)}")
            return False
    return True


def _number(text: str | None, line: int, note: _Faulty, what: str) -> float:
    try:
        return parse_number(resolve_plain(text or ""))
    except Wrong as wrong:
        note(line, f"{what}: {wrong}")
        return math.nan


def _values(rows: list[Row], note: _Faulty) -> tuple[float, ...]:
    if not _column(rows, note, "value"):
        return ()
    return tuple(_number(row.get("value"), line, note, "value") for line, row in rows)


def _profile_lines(rows: list[Row], note: _Faulty) -> dict[str, Node]:
    return _by_times(rows, note, "weight")


def _heads(rows: list[Row], note: _Faulty) -> dict[str, Node]:
    found = _by_times(rows, note, "agents" if rows and "agents" in rows[0][1] else "weight")
    for node in found.values():
        if node.value == node.value and not float(node.value).is_integer():
            note(node.line, f"{shown(node.value)} is not a whole number of agents")
        elif node.value == node.value:
            node.value = int(node.value)
    return found


def _by_times(rows: list[Row], note: _Faulty, column: str) -> dict[str, Node]:
    """A number for each line of times."""
    found: dict[str, Node] = {}
    if not _column(rows, note, *_time_columns(rows), column):
        return found
    for line, row in rows:
        times = _times_text(row, line, note)
        if times in found:
            note(line, f"says the same times as line {found[times].line}")
        found[times] = Node(_number(row.get(column), line, note, column), note.file, line)
    return found


def _roster(rows: list[Row], note: _Faulty) -> dict[str, Node]:
    """Person -> times -> activity."""
    found: dict[str, Node] = {}
    if not _column(rows, note, "agent", *_time_columns(rows), "activity"):
        return found
    for line, row in rows:
        name, activity = row.get("agent") or "", (row.get("activity") or "").casefold()
        if not name:
            note(line, "names no agent")
        if activity not in ACTIVITIES:
            note(line, f"{shown(activity)} is not an activity" + meant(activity, ACTIVITIES))
        lines = found.setdefault(name, Node({}, note.file, line)).value
        times = _times_text(row, line, note)
        if times in lines and lines[times].value != activity:
            message = f"{shown(name)} has another activity at the same time in line "
            note(line, f"{message}{lines[times].line}")
        lines[times] = Node(activity, note.file, line)
    return found


DAY_COLUMNS = ("date", "weekday", "day")


def _time_columns(rows: list[Row]) -> tuple[str, ...]:
    """The columns that say when: `times`, or a day, `from` and `to`."""
    there = rows[0][1] if rows else {}
    if "times" in there:
        return ("times",)
    return (next((name for name in DAY_COLUMNS if name in there), "day"), "from", "to")


def _times_text(row: dict[str, str], line: int, note: _Faulty) -> str:
    """When, as times of the language say it; a day without hours is the whole day."""
    said = row.get("times")
    if not said:
        day = next((row[name] for name in DAY_COLUMNS if row.get(name)), "")
        begin, end = row.get("from") or "", row.get("to") or ""
        said = f"{day} {begin}-{end}" if begin or end else day
    try:
        return str(TimesOfWeek.parse(said))
    except Wrong as wrong:
        note(line, str(wrong))
        return said


def _seconds(text: str | None, start: datetime.datetime, line: int, note: _Faulty) -> float:
    """Seconds from the start of the calendar, from a number or a local date and time."""
    plain = resolve_plain(text or "")
    if isinstance(plain, int | float) and not isinstance(plain, bool) and math.isfinite(plain):
        return float(plain)
    try:
        moment = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        note(line, f"{shown(text or '')} is not a time; write 2026-11-23 09:15:00 or seconds")
        return math.nan
    if moment.tzinfo is not None:
        note(line, f"{shown(text)} names a time zone; write local times without one")
        return math.nan
    return (moment - start).total_seconds()


def _times(rows: list[Row], start: datetime.datetime, note: _Faulty) -> tuple[float, ...]:
    column = "time" if rows and "time" in rows[0][1] else "value"
    if column not in (rows[0][1] if rows else ()):
        column = "time"
    if not _column(rows, note, column):
        return ()
    return tuple(sorted(_seconds(row.get(column), start, line, note) for line, row in rows))


def _counts(
    rows: list[Row], start: datetime.datetime, note: _Faulty
) -> tuple[tuple[float, float, float], ...]:
    if not _column(rows, note, "from", "count"):
        return ()
    begins = [_seconds(row.get("from"), start, line, note) for line, row in rows]
    found = []
    for (line, row), begin, usual in zip(rows, begins, _usual_ends(begins), strict=True):
        end = _seconds(row["to"], start, line, note) if row.get("to") else usual
        if end <= begin:
            note(line, "ends before it starts")
        if end == math.inf:
            note(line, "the end is not known; add a column `to`")
        found.append((begin, end, _number(row.get("count"), line, note, "count")))
    return tuple(found)


def _usual_ends(begins: list[float]) -> list[float]:
    """A row ends where the next begins; the last is as long as the one before it."""
    last = 2 * begins[-1] - begins[-2] if len(begins) > 1 else math.inf
    return [*begins[1:], last]
