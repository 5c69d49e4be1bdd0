"""Files that a scenario names: profiles, rosters, records of arrivals, values.

Their content takes the place of the name before the scenario is read, so that a resolved scenario
needs no other file. Names are relative to the file that says them.
"""

from __future__ import annotations

import datetime
import math
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.scenario.distributions import FromFile
from sim.scenario.faults import Fault, Path, ScenarioError, Wrong, meant, shown
from sim.scenario.numbers import plain_number
from sim.scenario.people import ACTIVITIES, ALSO_CALLED
from sim.scenario.records import Records, is_total
from sim.scenario.repair import Broken
from sim.scenario.shapes import matches
from sim.scenario.source import Node, fault_at, read_bytes
from sim.scenario.times import DAY, TimesOfWeek
from sim.scenario.uncertain import DRAWS, FILE

if TYPE_CHECKING:
    from sim.tables import Floats

MOST_FAULTS = 5  # told of one file; a wrong column is wrong on every line


def read_files(tree: Node, faults: list[Fault], broken: Broken) -> None:
    """Replace the names of files by what they hold."""
    reader = _Reader(tree, faults, broken)
    for shape, read in WHOLE.items():
        for path, node in matches(tree, shape):
            reader.whole(node, path, read)
    for path, arrivals in matches(tree, ("reasons", "*", "arrivals")):
        reader.arrivals(arrivals, path)
        _share_out(tree.at(*path[:2]) or tree, arrivals)
    reader.empirical(tree, ())
    for path, uncertain in matches(tree, ("uncertain",)):
        if fault := read_draws(uncertain):
            faults.append(fault)
            broken.add((*path, FILE))


def _share_out(reason: Node, arrivals: Node) -> None:
    """Where the record says the channels and the reason does not: as often as they are recorded."""
    said = arrivals.at("channel")
    if said is None or reason.at("channels") is not None or not isinstance(said.value, tuple):
        return
    known = Counter(one for one in said.value if one)
    reason.value["channels"] = said.here({one: n / known.total() for one, n in known.items()})


def read_draws(uncertain: Node) -> Fault | None:
    """Replace `uncertain: {file: ...}` by the joint draws that the file holds.

    A column for each input, a row for each draw.

    Returns:
        why they cannot be read, if they cannot.
    """
    said = uncertain.child(FILE)
    if said is None:
        return None
    del uncertain.value[FILE]
    try:
        uncertain.value[DRAWS] = said.here(_draws(said))
    except Wrong as wrong:
        return fault_at(said, ("uncertain", FILE), str(wrong))
    return None


def _draws(said: Node) -> dict[str, list[Any]]:
    """The columns of a table of draws; Wrong with what keeps it from being read."""
    from sim.sheets import SheetError, table_of

    if not isinstance(said.value, str) or not said.value:
        raise Wrong(f"{shown(said.value)} is not the name of a Parquet or CSV file")
    file = _named(said)
    try:
        sheet = table_of(read_bytes(file), file)
    except SheetError as error:
        raise Wrong(f"`{said.value}` {error.message}") from None
    except ScenarioError as error:
        raise Wrong(f"`{said.value}` {error.faults[0].message}") from None
    for line, _ in sheet.long:
        raise Wrong(f"`{said.value}` line {line} has more cells than there are columns")
    columns = {name: cells.to_pylist() for name, cells in sheet.columns.items()}
    for name, values in columns.items():
        if f"{name} 2" in columns:
            raise Wrong(f"`{said.value}` has two columns {shown(name)}")
        gaps = [place for place, one in enumerate(values) if one is None or one != one]  # noqa: PLR0124
        if gaps:
            raise Wrong(f"`{said.value}` has no value of `{name}` in draw {gaps[0] + 1}")
    if not len(sheet):
        raise Wrong(f"`{said.value}` holds no draws")
    return columns


def read_roster_file(
    file: str,
) -> tuple[dict[str, list[tuple[TimesOfWeek, str]]], dict[str, str]]:
    """A roster by itself: person -> lines of times and activity, and person -> team.

    Raises:
        ScenarioError: for all lines that cannot be read.
    """
    teams: dict[str, str] = {}

    def read(table: Records) -> dict[str, Node]:
        teams.update(_teams(table))
        return _roster(table)

    found, faults = _content(read_bytes(file), file, read)
    if faults:
        raise ScenarioError(faults)
    lines = {
        name: [(TimesOfWeek.read(times), line.value) for times, line in lines.items()]
        for name, lines in ((name, node.value) for name, node in found.items())
    }
    return lines, teams


class _Reader:
    """Reads the files of one scenario and notes their faults."""

    def __init__(self, tree: Node, faults: list[Fault], broken: Broken) -> None:
        self.faults, self.broken = faults, broken
        self.start, self.low, self.high = _span(tree)
        self.reasons = tuple(tree.entries("reasons"))
        self.bytes: dict[str, bytes] = {}  # of a file, however many reasons name it

    def whole(self, node: Node, path: Path, read: Read) -> None:
        """Replace `{file: ...}` by the mapping that the file holds."""
        said = node.at("file")
        if said is None or len(node.value) != 1:
            return
        lines = self._read(said, (*path, "file"), read)
        if lines is not None:
            node.value = {key: one.copy() for key, one in lines.items()}
        else:  # something that can be read, so that the rest is checked
            roster = {"nobody": {"daily": "work"}}
            node.value = node.here(roster if path[-1] == "roster" else {"daily": 1}).value

    def arrivals(self, node: Node, path: Path) -> None:
        for name in RECORDED:
            column = node.at(name)
            if column is not None and isinstance(column.value, str):
                column.value = _written_out(column.value, rows=False) or column.value
        for field, read, nothing in (
            ("counts", _counts, ((0.0, 1.0, 1.0),)),
            ("replay", _records, (0.0,)),
        ):
            said = node.at(field)
            if said is None or not isinstance(said.value, str) or not said.value:
                continue
            said.value = _written_out(said.value, rows=field == "counts") or said.value
            if isinstance(said.value, str):
                columns = self._arrivals(said, (*path, field), read)
                node.value.update(columns or {field: said.here(nothing)})

    def _arrivals(self, said: Node, path: Path, read: Read) -> dict[str, Node]:
        """The columns of counts, or of a record, within the calendar; none if it is of no use."""
        reason, field = path[1], path[-1]
        found = self._read(said, path, read, self.start, self.reasons)
        if not found:
            return {}
        if reason not in found and None not in found:
            message = f"no line is of the reason {shown(reason)}"
            self.faults.append(Fault(_named(said), 1, "", message))
            self.broken.add(path)
            return {}
        columns = found[reason if reason in found else None]
        inside = [row for row, one in enumerate(columns[field]) if self._counted(one)]
        if not inside:
            self._fault(said, path, self._outside())
            return {}
        return {
            name: said.here(tuple(cells[row] for row in inside)) for name, cells in columns.items()
        }

    def empirical(self, node: Node, path: Path) -> None:
        for key, one in node.children():
            if key == "empirical" and isinstance(one.value, str):
                numbers = _written_out(one.value, rows=False)
                values = numbers or self._read(one, (*path, key), _values)
                one.value = FromFile(values or (1.0,))
            else:
                self.empirical(one, (*path, key))

    def _read(self, said: Node, path: Path, read: Read, *more: Hashable) -> Any:
        """What a file holds, or None after noting why it holds nothing of use."""
        if not isinstance(said.value, str):
            self._fault(said, path, f"{shown(said.value)} is not the name of a CSV file")
            return None
        file = _named(said)
        try:
            if file not in self.bytes:
                self.bytes[file] = read_bytes(file)
            found, faults = _content(self.bytes[file], file, read, *more)
        except ScenarioError as error:
            found, faults = None, error.faults
        if found is None:
            only = faults[0]
            where = f"`{said.value}`" + (f" line {only.line}" if only.line else "")
            self._fault(said, path, f"{where}: {only.message}")
            return None
        self.faults += faults
        if faults:
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


Read = Callable[..., Any]
"""Reads what it is for out of a table, and notes the faults of its lines."""


@lru_cache(maxsize=8)  # a file of 20 MB takes some 100 MB
def _content(data: bytes, file: str, read: Read, *more: Hashable) -> tuple[Any, Sequence[Fault]]:
    """What a file holds, and the faults of its lines; None and why, if it cannot be read.

    Read once, whatever number of reasons and of options of a study name it.
    """
    try:
        table = Records(data, file)
        return read(table, *more), table.faults[:MOST_FAULTS]
    except ScenarioError as error:
        return None, error.faults


def _named(said: Node) -> str:
    """The file that a value names."""
    return os.path.normpath(os.path.join(os.path.dirname(said.file), said.value))


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


# --- tables -----------------------------------------------------------------------------------

RECORDED = ("handle", "wrap", "patience")
NAMED = ("channel", "customer", "reason")
"""Columns of a record that is replayed, besides when; a cell may be empty."""
WHEN = ("from", "start", "interval", "time")
COUNT = ("count", "offered", "calls", "contacts")
DATE = ("date", "day")
WHO_COLUMNS = ("agent", "employee", "person")
TEAM_COLUMNS = ("team", "pool", "queue", "skill", "group")
DAY_COLUMNS = ("date", "weekday", "day")


def _values(table: Records) -> tuple[float, ...]:
    return tuple(table.spans("value")) if table.has("value", log=True) else ()


def _profile_lines(table: Records) -> dict[str, Node]:
    return _by_times(table, "weight")


def _heads(table: Records) -> dict[str, Node]:
    found = _by_times(table, "agents")
    for node in found.values():
        if node.value == node.value:
            node.value = plain_number(node.value)
    return found


def _by_times(table: Records, column: str) -> dict[str, Node]:
    """A number for each line of times."""
    found: dict[str, Node] = {}
    if not table.has(*_time_columns(table), column):
        return found
    numbers = table.numbers(column)
    for line, times, number in zip(table.lines, _times_texts(table), numbers, strict=True):
        if times in found:
            table.note(line, f"says the same times as line {found[times].line}")
        found[times] = table.said(number, line)
    return found


def _roster(table: Records) -> dict[str, Node]:
    """Person -> times -> activity."""
    found: dict[str, Node] = {}
    who = _who(table)
    if not table.has(who, *_time_columns(table), "activity"):
        return found
    rows = zip(
        *(table.lines, table.texts(who), table.texts("activity"), _times_texts(table)),
        strict=True,
    )
    for line, name, said, times in rows:
        activity = ALSO_CALLED.get(said.casefold(), said.casefold())
        if not name:
            table.note(line, "names no agent")
        if activity not in ACTIVITIES:
            table.note(line, f"{shown(activity)} is not an activity" + meant(activity, ACTIVITIES))
        lines = found.setdefault(name, table.said({}, line)).value
        if times in lines and lines[times].value != activity:
            message = f"{shown(name)} has another activity at the same time in line "
            table.note(line, f"{message}{lines[times].line}")
        lines[times] = table.said(activity, line)
    return found


def _who(table: Records) -> str:
    return next((name for name in WHO_COLUMNS if name in table.names), "agent")


def _teams(table: Records) -> dict[str, str]:
    """Person -> their team, where a column says it."""
    said = next((name for name in TEAM_COLUMNS if name in table.names), "")
    found: dict[str, str] = {}
    if said and _who(table) in table.names:
        for line, name, team in zip(
            table.lines, table.texts(_who(table)), table.texts(said), strict=True
        ):
            if found.setdefault(name, team) != team:
                table.note(
                    line, f"{shown(name)} is in the {said} {shown(found[name])} too; say one"
                )
    return found


def _time_columns(table: Records) -> tuple[str, ...]:
    """The columns that say when: `times`, or a day, `from` and `to`."""
    if "times" in table.names:
        return ("times",)
    day = next((name for name in DAY_COLUMNS if name in table.names), "day")
    return (day, "from", "to")


def _times_texts(table: Records) -> Iterator[str]:
    """When, as times of the language say it; a day without hours is the whole day."""
    days = [table.days(name) for name in DAY_COLUMNS if name in table.names]
    begins, ends, whole = table.clocks("from"), table.clocks("to"), table.texts("times")
    for row, line in enumerate(table.lines):
        said = whole[row]
        if not said:
            day = next((column[row] for column in days if column[row]), "")
            said = f"{day} {begins[row]}-{ends[row]}" if begins[row] or ends[row] else day
        try:
            yield str(TimesOfWeek.read(said))
        except Wrong as wrong:
            table.note(line, str(wrong))
            yield said


def _records(
    table: Records, start: datetime.datetime, reasons: Sequence[str]
) -> dict[str | None, dict[str, tuple[Any, ...]]]:
    """When customers came, in order, and what else is known of their first contacts.

    By reason, if the record has a column that names them; else by None, for whatever reason.
    """
    import numpy as np

    column = table.column("time", "value")
    if not table.has(column, log=True):
        return {}
    date = _date_of(table, column)
    for name in table.names:
        if name not in (column, date, *RECORDED, *NAMED):
            there = f"{column}, date, {', '.join((*RECORDED, *NAMED))}"
            table.note(1, f"the column {shown(name)} is not known; take it out; known are: {there}")
    times = table.moments(column, start, date)[0]
    order = np.argsort(times, kind="stable")
    found = {"replay": times}
    found |= {one: np.array(table.spans(one, -1.0)) for one in RECORDED if one in table.names}
    for one in ("channel", "customer"):
        if one in table.names:
            found[one] = np.array(table.texts(one), dtype=object)
    return {
        reason: {one: tuple(cells[rows].tolist()) for one, cells in found.items()}
        for reason, rows in _by_reason(table, order, reasons).items()
    }


def _by_reason(table: Records, order: Any, reasons: Sequence[str]) -> dict[str | None, Any]:
    """The rows of each reason, in this order."""
    if not len(order):
        return {}
    if "reason" not in table.names:
        return {None: order}
    said, known = table.texts("reason"), frozenset(reasons)
    for line, one in zip(table.lines, said, strict=True):
        if one not in known:
            table.note(line, f"{shown(one)} is not a reason{meant(one, reasons)}")
    rows: dict[str | None, list[int]] = {}
    for row in order.tolist():
        rows.setdefault(said[row], []).append(row)
    return {**rows}


def _counts(
    table: Records, start: datetime.datetime, _: Sequence[str]
) -> dict[None, dict[str, tuple[Any, ...]]]:
    """Rows of [from, to, number], for whatever reason."""
    import numpy as np

    when, count = table.column(*WHEN), table.column(*COUNT)
    if not table.has(when, count):
        return {}
    _refuse_several_queues(table)
    table = table.without_totals(when)
    date = _date_of(table, when)
    begins, ends = table.moments(when, start, date)
    ends = np.where(np.isnan(ends), _usual_ends(begins), ends)
    if "to" in table.names:
        said = table.moments("to", start, date, ends=True)[0]
        ends = np.where(np.isnan(said), ends, said + DAY * ((said < begins) & bool(date)))
    for row in np.flatnonzero(ends <= begins).tolist():
        midnight = "; midnight after a day is 00:00 of the next" if ends[row] % DAY == 0 else ""
        table.note(table.lines[row], f"ends before it starts{midnight}")
    for row in np.flatnonzero(np.isinf(ends)).tolist():
        table.note(table.lines[row], "the end is not known; add a column `to`")
    numbers = table.numbers(count)
    rows = tuple(zip(begins.tolist(), ends.tolist(), numbers, strict=True))
    return {None: {"counts": rows}} if rows else {}


def _refuse_several_queues(table: Records) -> None:
    """Counts are of one reason."""
    for name in ("queue", "reason", "skill"):
        queues = [one for one in dict.fromkeys(table.texts(name)) if one]
        queues = [one for one in queues if not is_total(one)]
        if len(queues) > 1:
            several = ", ".join(map(shown, queues[:3])) + (", ..." if len(queues) > 3 else "")
            raise table.hopeless(
                0, f"counts several queues ({several}); write a file for each reason"
            )


def _date_of(table: Records, when: str) -> str:
    """The column of the dates, where they stand apart from the times."""
    return next((name for name in DATE if name in table.names and name != when), "")


def _usual_ends(begins: Floats) -> Floats:
    """A row ends where the next begins; the last is as long as the one before it."""
    import numpy as np

    last = 2 * begins[-1] - begins[-2] if len(begins) > 1 else math.inf
    return np.append(begins[1:], last)


WHOLE = {
    ("profiles", "*"): _profile_lines,
    ("pools", "*", "agents"): _heads,
    ("pools", "*", "roster"): _roster,
}
"""What a table may stand for."""
