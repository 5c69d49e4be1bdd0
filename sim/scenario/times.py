"""Times as people write them: `mon-fri 09:00-18:00`, `daily 22:00-02:00`, `2026-11-24 14:00-16:00`.

A line names days (`mon`, `mon,wed`, `fri-mon`, `daily`, `holiday`), or dates (`2026-11-24`,
`2026-11-24 to 2026-11-26`, `from 2026-11-24`), and hours; days alone mean the whole day; hours that
end before they start run past midnight and belong to the day they start on.
Several lines stand in one text with commas (`mon-fri 18:00-23:00, sat 10:00-12:00`) or in a list;
hours alone repeat the days before them (`mon-fri 09:00-12:00, 14:00-18:00`). What a public holiday
means is told in `sim.scenario.calendar`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import OneText
from sim.scenario.numbers import text_schema

DAY = 86_400
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = frozenset(range(7))
NAMES = {name: day for names in (DAYS, LONG) for day, name in enumerate(names)}
DATED = "write dates as in `2026-11-24 14:00-16:00`, `2026-11-24 to 2026-11-26`, `from 2026-11-24`"
SHAPE = "write days and hours, as in `mon-fri 09:00-18:00`, `sat-sun`, `daily 22:00-02:00`"

_HOURS = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)\s*[-\u2013]\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DATES = re.compile(r"(from\s+)?(\d{4}-\d{2}-\d{2})(?:\s+to\s+(\d{4}-\d{2}-\d{2}))?")

_FOREIGN = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}")

Dates = tuple[datetime.date, datetime.date]
FOREVER = datetime.date(2200, 12, 31)


@dataclass(frozen=True, order=True)
class Times:
    """One line: days of the week, whether public holidays too, and seconds from midnight.

    A line of dates holds on all of them, whatever day of the week or holiday they are.
    """

    days: frozenset[int]  # 0 is Monday
    holiday: bool  # also true for `daily`
    start: int
    end: int  # more than 86400 where the line runs past midnight
    dates: Dates | None = None  # the first and the last on which the line holds

    def __post_init__(self) -> None:
        if not (self.days or self.holiday) or not self.days <= EVERY_DAY:
            raise ValueError("times need a day: 0 (Monday) to 6, or holiday")
        if not 0 <= self.start < DAY or not self.start < self.end <= self.start + DAY:
            raise ValueError("times start within their day and last 24 hours at most")
        if self.start and self.end == self.start + DAY:
            raise ValueError("times of 24 hours start at 00:00")

    @property
    def whole_day(self) -> bool:
        """Whether the line says days only."""
        return self.start == 0 and self.end == DAY

    def hours(self) -> str:
        """The hours as text: `22:00-02:00`."""
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{_clock(self.start)}-{_clock(end)}"

    def days_text(self) -> str:
        """The days as text: `mon-fri`, `daily`, `sat-sun,holiday`, `2026-11-24`."""
        if self.dates is not None:
            first, last = self.dates
            if last == FOREVER:
                return f"from {first}"
            return str(first) if first == last else f"{first} to {last}"
        if self.days == EVERY_DAY:
            return "daily" if self.holiday else "mon-sun"
        names = [_run_text(run) for run in _runs(self.days)]
        return ",".join([*names, "holiday"] if self.holiday else names)

    def __str__(self) -> str:
        return self.days_text() if self.whole_day else f"{self.days_text()} {self.hours()}"


_DAYS_PATTERN = r"[A-Za-z]{3,9}(\s*[-\u2013]\s*[A-Za-z]{3,9})?"
_DATES_PATTERN = r"([A-Za-z]+\s+)?\d{4}-\d\d-\d\d(\s+[A-Za-z]+\s+\d{4}-\d\d-\d\d)?"
_HOURS_PATTERN = r"\d{1,2}:\d\d(:\d\d)?\s*[-\u2013]\s*\d{1,2}:\d\d(:\d\d)?"
_LINE_PATTERN = (
    rf"\s*(({_DAYS_PATTERN}|{_DATES_PATTERN})\s*({_HOURS_PATTERN})?|{_HOURS_PATTERN})\s*"
)
TEXT_SCHEMA = text_schema(
    f"^{_LINE_PATTERN}(,{_LINE_PATTERN})*$",
    "times are days and hours: `mon-fri 09:00-18:00`, `sat-sun`, `2026-11-24 14:00-16:00`",
)


class TimesOfWeek(tuple[Times, ...], OneText):
    """Several lines together, in a fixed order; where they overlap they count once."""

    __slots__ = ()
    schema = {  # noqa: RUF012
        "description": "Times: `mon-fri 09:00-18:00`, `sat-sun`, `holiday`, `2026-11-24`.",
        "anyOf": [TEXT_SCHEMA, {"type": "array", "items": TEXT_SCHEMA, "minItems": 1}],
    }

    def __new__(cls, lines: Iterable[Times] = ()) -> TimesOfWeek:
        return super().__new__(cls, sorted(set(lines), key=_order))

    @classmethod
    def read(cls, value: object) -> TimesOfWeek:
        """Read a text, or a list of texts."""
        if isinstance(value, TimesOfWeek):
            return value
        if isinstance(value, str):
            return _of_text(value)
        texts = value if isinstance(value, list | tuple) else [value]
        wrong = Wrong()
        lines: list[Times] = []
        for place, text in enumerate(texts):
            lines += wrong.reading(_parse_text, text, *((place,) if texts is value else ())) or ()
        if not texts:
            wrong.add(f"is empty; {SHAPE}")
        wrong.raise_if_any()
        return cls(lines)

    @property
    def names_holiday(self) -> bool:
        """Whether a line names `holiday` itself; `daily`, which includes it, does not."""
        return any(line.holiday and line.days != EVERY_DAY for line in self)

    @property
    def dated(self) -> bool:
        """Whether a line names dates instead of days of the week."""
        return any(line.dates is not None for line in self)

    def __str__(self) -> str:
        last = len(self) - 1
        return ", ".join(
            # Days alone would run together with the days of the next line.
            f"{line.days_text()} {line.hours()}" if place < last else str(line)
            for place, line in enumerate(self)
        )

    def __repr__(self) -> str:
        return f"TimesOfWeek({str(self)!r})"


def spans_of_week(times: TimesOfWeek, holiday: int | None = None) -> list[tuple[int, int]]:
    """Seconds of the week, of lines with dates those of the days of the week that these are.

    Args:
        times: of the lines.
        holiday: as which day of the week a public holiday stands, if it is to stand somewhere.
    """

    def days(line: Times) -> list[int]:
        if line.dates is None:
            more = [holiday] if line.holiday and holiday is not None else []
            return [*sorted(line.days), *more]
        first, last = (date.toordinal() - 1 for date in line.dates)  # 0001-01-01 was a Monday
        return sorted({day % 7 for day in range(first, min(last, first + 6) + 1)})

    return [(day * DAY + line.start, day * DAY + line.end) for line in times for day in days(line)]


# --- reading ----------------------------------------------------------------------------------


_Days = tuple[frozenset[int], bool, Dates | None]


@lru_cache(maxsize=4096)
def says_times(key: str) -> bool:
    """Whether a key of a mapping is meant as times of the week: no name has a colon."""
    if ":" in key:
        return True
    try:
        TimesOfWeek.read(key)
    except Wrong:
        return False
    return True


def _parse_text(text: object) -> list[Times]:
    if isinstance(text, datetime.date):
        text = str(text)
    if not isinstance(text, str) or not text.strip():
        raise Wrong(f"{shown(text)} is not a time of the week; {SHAPE}")
    lines: list[Times] = []
    waiting: list[str] = []  # days read so far whose hours are still to come
    days: list[_Days] = []
    for piece in text.split(","):
        names, span = _split_piece(piece, text)
        if names:
            waiting.append(names)
            days = []
        if span:
            days = days or _days(waiting, text)
            waiting = []
            lines += [Times(names, holiday, *span, dates) for names, holiday, dates in days]
    if waiting:
        lines += [Times(*one[:2], 0, DAY, one[2]) for one in _days(waiting, text)]
    return lines


@lru_cache(maxsize=8192)
def _of_text(text: str) -> TimesOfWeek:
    """Read once: a study reads the same times for every option and every value of an input."""
    return TimesOfWeek(_parse_text(text))


def _split_piece(piece: str, text: str) -> tuple[str, tuple[int, int] | None]:
    """The days and the hours of `mon-fri 09:00-18:00`; either may be missing, not both."""
    piece = piece.strip()
    if len(spans := [one[0] for one in _HOURS.finditer(piece)]) > 1:
        days = piece[: piece.index(spans[0])]
        raise Wrong(f"{shown(text)}: between hours stands a comma: `{days}{', '.join(spans)}`")
    found = _HOURS.search(piece)
    if not found:
        if not piece or (any(sign.isdigit() for sign in piece) and not _DATES.fullmatch(piece)):
            raise _no_times(text)
        return piece, None
    if found.end() != len(piece):
        raise _no_times(text)
    return piece[: found.start()].strip(), _hours(found[1], found[2])


def _no_times(text: str) -> Wrong:
    if _DATES.search(text) or _FOREIGN.search(text):
        return Wrong(f"{shown(text)} is not a time; {DATED}")
    return Wrong(f"{shown(text)} is not a time of the week; {SHAPE}")


def _hours(start_text: str, end_text: str) -> tuple[int, int]:
    start, end = _seconds(start_text), _seconds(end_text)
    if start == DAY:
        raise Wrong(f"hours cannot start at {start_text}; write 00:00 of the next day")
    if start == end:
        raise Wrong(
            f"`{start_text}-{end_text}` starts and ends at the same time;"
            " for the whole day write the days alone"
        )
    return start, end if end > start else end + DAY


def _seconds(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    assert found is not None
    hour, minute, second = (int(part or 0) for part in found.groups())
    total = 3600 * hour + 60 * minute + second
    if minute > 59 or second > 59 or total > DAY:
        night = "; a line past midnight is written `22:00-02:00`" if hour > 24 else ""
        raise Wrong(f"`{text}` is not a time of day; hours go from 00:00 to 24:00{night}")
    return total


def _days(waiting: list[str], text: str) -> list[_Days]:
    """Days of the week as one, dates each as one."""
    if not waiting:
        raise Wrong(f"{shown(text)} names no days; {SHAPE}")
    days: set[int] = set()
    holiday = False
    dated: list[_Days] = []
    for written in waiting:
        name = written.casefold()
        if found := _DATES.fullmatch(name):
            dated.append((EVERY_DAY, True, _dates(found, text)))
            continue
        if name == "daily":
            days |= EVERY_DAY
        elif name != "holiday":
            days |= _day_range(name)
        holiday |= name in ("daily", "holiday")
    return [*([(frozenset(days), holiday, None)] if days or holiday else []), *dated]


def _dates(found: re.Match[str], text: str) -> Dates:
    """The dates that a text names: one, from one to another, or from one on."""
    try:
        first, last = (datetime.date.fromisoformat(found[k] or found[2]) for k in (2, 3))
    except ValueError:
        raise Wrong(f"{shown(text)} names a day that no calendar has") from None
    if found[1]:
        if found[3]:
            raise Wrong(f"{shown(text)}: write either `from` a date, or one date `to` another")
        last = FOREVER
    if last < first:
        raise Wrong(f"{shown(text)} ends before it starts")
    return first, last


def _day_range(name: str) -> set[int]:
    ends = [_day(part.strip()) for part in re.split("[-\u2013]", name, maxsplit=1)]
    first, last = ends[0], ends[-1]
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _day(name: str) -> int:
    if _FOREIGN.search(name):
        raise Wrong(f"{shown(name)} is not a date; {DATED}")
    if name not in NAMES:
        raise Wrong(f"{shown(name)} is not a day" + meant(name, [*DAYS, "daily", "holiday"]))
    return NAMES[name]


# --- writing ----------------------------------------------------------------------------------


def _order(line: Times) -> tuple[Any, ...]:
    return (line.dates or (), sorted(line.days) or [7], line.holiday, line.start, line.end)


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def _runs(days: frozenset[int]) -> list[list[int]]:
    """Days as runs without a gap; a run may pass from Sunday to Monday."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][-1] == 6:
        runs = [*runs[1:-1], runs[-1] + runs[0]]
    return runs


def _run_text(run: list[int]) -> str:
    return DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}"
