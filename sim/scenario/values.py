"""The single values a scenario is made of, and how people write them.

Each type reads what stands in the file and raises `Wrong` with a message for a planner.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic_core import core_schema

from sim.scenario.by import ByChannel, ByReason
from sim.scenario.by_time import NumberByTime, lines_schema, read_lines
from sim.scenario.distribution_fields import (
    AmountDist,
    DurationDist,
    TimedAmountDist,
    TimedDist,
    WindowDist,
)
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.numbers import (
    DURATION_SCHEMA,
    NUMBER,
    RATIO_SCHEMA,
    SHARE_SCHEMA,
    parse_amount,
    parse_coefficient,
    parse_duration,
    parse_fraction,
    parse_number,
    parse_shape,
    parse_share,
    plain_number,
    whole_number,
)
from sim.scenario.times import Times, TimesOfWeek, says_times

__all__ = [
    "AfterWait",
    "Amount",
    "AmountDist",
    "ByChannel",
    "ByQueue",
    "ByReason",
    "Coefficient",
    "Confidence",
    "Count",
    "CountOf",
    "Counted",
    "Date",
    "Duration",
    "DurationDist",
    "Flag",
    "Heads",
    "Moments",
    "Name",
    "OneOf",
    "Ramp",
    "Ratio",
    "Reads",
    "Recorded",
    "RecordedNames",
    "Share",
    "Speed",
    "Text",
    "TimedAmount",
    "TimedAmountDist",
    "TimedDist",
    "TimedShare",
    "TimedSpeed",
    "TimedWhole",
    "Times",
    "TimesOfWeek",
    "Volume",
    "Whole",
    "WindowDist",
    "seen",
]


class Reads:
    """Annotation: the value is read by a function; editors are told a JSON Schema."""

    def __init__(self, read: Callable[[Any], Any], schema: dict[str, Any]) -> None:
        self.read, self.schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)


class ReadsByTime(Reads):
    """Annotation: the value may depend on the time of the week."""

    words, key_is = (), "channel or reason"

    def __init__(self, read: Callable[[Any], float], schema: dict[str, Any], example: str) -> None:
        self.one, self.example = read, example
        super().__init__(self._number, {"anyOf": [schema, lines_schema(schema)]})

    @staticmethod
    def is_value(value: dict[str, Any]) -> bool:
        """Whether a mapping says one number for each time, rather than for each channel."""
        return any(map(says_times, value))

    def _number(self, value: Any) -> float | NumberByTime:
        if isinstance(value, NumberByTime):
            return value
        if isinstance(value, dict) and self.is_value(value):
            return NumberByTime(*read_lines(value, self.one, self.example))
        return self.one(value)


class CountOf(Reads):
    """Annotation: a whole number within limits."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        super().__init__(self._count, {"type": "integer", "minimum": low, "maximum": high})

    def _count(self, value: object) -> int:
        number = whole_number(value)
        if not self.low <= number <= self.high:
            said = f"{number:,}" if abs(number) < 10**18 else shown(number)
            raise Wrong(f"{said} is out of range; allowed: {self.low:,} to {self.high:,}")
        return number


class OneOf(Reads):
    """Annotation: one of a few words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        super().__init__(self._word, {"enum": list(words)})

    def _word(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise Wrong(f"{shown(value)} is not known" + meant(str(value), self.words))
        return value


# --- text, dates, yes and no ------------------------------------------------------------------

UNSEEN = ("Cc", "Cs", "Cn", "Zl", "Zp")
"""Categories of characters that no text may hold."""

TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)))
"""Those that turn the direction of all that follows, and the mark that begins a file."""

_NAME = re.compile(r"\w[\w -]*")


BLANK = frozenset(
    map(chr, (0x115F, 0x1160, 0x180E, 0x200B, *range(0x2060, 0x2065), 0x2800, 0x3164, 0xFFA0))
)
"""Letters and spaces that nobody can see: two names would look alike."""


def seen(value: str) -> str:
    """The text itself.

    Raises:
        Wrong: if there is something in it that nobody can see.
    """
    if unseen := BLANK.intersection(value):
        found = min(unseen, key=value.index)
        raise Wrong(f"holds a character that nobody can see (U+{ord(found):04X}); take it out")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(f"{shown(value)} is not a text")
    if any(unicodedata.category(one) in UNSEEN or one in TURNING for one in set(value)):
        raise Wrong("has control characters, which no terminal or picture can show")
    return seen(value)


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(
            f"{shown(value)} is not a name; put a name that looks like something else in quotes"
        )
    if not _NAME.fullmatch(value) or value != value.strip():
        raise Wrong(f"{shown(value)} is not a name; names are letters, digits, spaces, `_` and `-`")
    return seen(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{shown(value)} is neither `true` nor `false`")
    return value


def _date(value: object) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        found = datetime.datetime.strptime(str(value), "%Y-%m-%d").date()
    except ValueError:
        raise Wrong(f"{shown(value)} is not a date; write year-month-day: 2026-11-23") from None
    if not 1900 <= found.year <= 2200:
        raise Wrong(f"{found} is out of range; allowed: the years 1900 to 2200")
    return found


# --- volumes ----------------------------------------------------------------------------------

_VOLUME = re.compile(rf"(-?{NUMBER})\s*(?:per\s+|/\s*)(\w+)")


@dataclass(frozen=True)
class Volume:
    """So many customers per hour, day or week."""

    amount: float
    per: Literal["hour", "day", "week"]

    @classmethod
    def read(cls, value: object) -> Volume:
        """Read `9000 per week`."""
        if isinstance(value, Volume):
            return value
        found = _VOLUME.fullmatch(str(value).strip()) if isinstance(value, str) else None
        if found is None:
            raise Wrong(
                f"{shown(value)} is not a volume; write a number and a time, as in `9000 per week`"
            )
        amount = parse_number(float(found[1]))
        match found[2]:
            case "hour" | "day" | "week" as per:
                return cls(amount, per)
            case per:
                raise Wrong(f"{shown(per)} is not known" + meant(per, ("hour", "day", "week")))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": rf"^\s*{NUMBER}\s*(per\s+|/\s*)(hour|day|week)\s*$",
            "description": "How many customers: `9000 per week`, `120 per hour`.",
        }


# --- records ----------------------------------------------------------------------------------


def _finite(value: object, wrong: Wrong, place: int) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        return float(value)
    wrong.add(f"{shown(value)} is not a number of seconds or contacts", place)
    return 0.0


def _rows(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Wrong(f"{shown(value)} is not a record; write the name of a CSV file")
    if not value:
        raise Wrong("is empty")
    return list(value)


def _moments(value: object) -> list[float]:
    """Times in seconds, as read from a file or repeated by the resolved scenario."""
    wrong = Wrong()
    found = [_finite(one, wrong, place) for place, one in enumerate(_rows(value))]
    wrong.raise_if_any()
    return found


def _recorded(value: object) -> list[float]:
    """Seconds, one for each replayed time; -1 where nothing was recorded."""
    if not isinstance(value, list | tuple):
        raise Wrong(f"{shown(value)} is no record; it is a column of the file of `replay`")
    return _moments(value)


def _recorded_names(value: object) -> list[str]:
    """A name for each replayed time; empty where nothing was recorded."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Wrong(f"{shown(value)} is no record; it is a column of the file of `replay`")
    return list(value)


def _counted(value: object) -> list[tuple[float, float, float]]:
    """Rows of [from, to, number]."""
    wrong = Wrong()
    found = []
    for place, row in enumerate(_rows(value)):
        if not isinstance(row, list | tuple) or len(row) != 3:
            wrong.add("a row is [from, to, number]", place)
            continue
        start, end, number = (_finite(one, wrong, place) for one in row)
        if not wrong.faults and (start >= end or number < 0):
            wrong.add("ends before it starts, or counts less than 0", place)
        found.append((start, end, number))
    wrong.raise_if_any()
    return found


# --- curves -----------------------------------------------------------------------------------

POINTS = "write waits and the share that is left, as in `[[30 s, 100 %], [10 min, 0 %]]`"


def _after_wait(value: object) -> tuple[tuple[float, float], ...]:
    """Points [wait, share left], the waits growing."""
    if not isinstance(value, list | tuple):
        raise Wrong(f"{shown(value)} is not a list of points; {POINTS}")
    if not value:
        raise Wrong(f"is empty; {POINTS}")
    wrong = Wrong()
    points = [_point(one, wrong, place) for place, one in enumerate(value)]
    wrong.raise_if_any()
    for place, (before, after) in enumerate(pairwise(points), start=1):
        if after[0] <= before[0]:
            wrong.add("the wait must be longer than that of the point before", place)
    wrong.raise_if_any()
    return tuple(points)


BY_QUEUE = "write contacts waiting and shares, as in `[[5, 0 %], [20, 50 %]]`"


def _by_queue(value: object) -> tuple[tuple[float, float], ...]:
    """Points [contacts waiting, share], the numbers growing."""
    point = f"a point is a number of contacts and a share; {BY_QUEUE}"
    order = "numbers of contacts begin with 0 and must grow"
    return _growing(value, BY_QUEUE, point, (whole_number, parse_share), (0, order))


RAMP = "write weeks and the share of the speed, as in `[[1, 55 %], [8, 100 %]]`"


def _ramp(value: object) -> tuple[tuple[float, float], ...]:
    """Points [week of employment, share of the speed], the weeks growing."""

    def speed(share: object) -> float:
        if (found := parse_coefficient(share)) == 0:
            raise Wrong("must be more than 0: with speed 0 no contact would ever end")
        return found

    point, order = f"a point is a week and a share; {RAMP}", "weeks begin with 1 and must grow"
    return _growing(value, RAMP, point, (parse_number, speed), (1, order))


def _growing(
    value: object,
    hint: str,
    point: str,
    reads: tuple[Callable[[object], float], Callable[[object], float]],
    order: tuple[float, str],
) -> tuple[tuple[float, float], ...]:
    """Points [number, share], the numbers growing from the least that is allowed."""
    if not isinstance(value, list | tuple) or not value:
        raise Wrong(f"{shown(value)} is not a list of points; {hint}")
    wrong, (least, must) = Wrong(), order
    points: list[tuple[float, float]] = []
    for place, one in enumerate(value):
        if not isinstance(one, list | tuple) or len(one) != 2:
            wrong.add(point, place)
            continue
        number, share = (_read_in(one, spot, read, wrong, place) for spot, read in enumerate(reads))
        if number is None or share is None:
            continue
        if number < least or (points and number <= points[-1][0]):
            wrong.add(must, place, 0)
        points.append((float(number), share))
    wrong.raise_if_any()
    return tuple(points)


def _read_in(
    pair: Any, spot: int, read: Callable[[object], float], wrong: Wrong, place: int
) -> float | None:
    """A half of a point; none, and a fault noted at its place, if it cannot be read."""
    try:
        return read(pair[spot])
    except Wrong as inner:
        wrong.inside(inner, place, spot)
        return None


def _point(value: object, wrong: Wrong, place: int) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        wrong.add("a point is a wait and the share that is left: [30 s, 100 %]", place)
        return 0.0, 0.0
    reads = enumerate((parse_duration, parse_share))
    wait, share = (_read_in(value, spot, read, wrong, place) for spot, read in reads)
    return wait or 0.0, share or 0.0


# --- the types --------------------------------------------------------------------------------

AFTER_WAIT_SCHEMA = {
    "description": "What a wait leaves: points of [wait, share left].",
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "array",
        "prefixItems": [DURATION_SCHEMA, SHARE_SCHEMA],
        "minItems": 2,
        "maxItems": 2,
    },
}
RAMP_SCHEMA = {
    "description": "How fast people learn: points of [week of employment, share of the speed].",
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "array",
        "prefixItems": [{"type": "number", "minimum": 1}, RATIO_SCHEMA],
        "minItems": 2,
        "maxItems": 2,
    },
}


def _spread(value: object) -> float:
    """A coefficient of variation, or none."""
    return 0.0 if parse_fraction(value) == 0 else parse_shape(value)


def _speed(value: object) -> float:
    if parse_fraction(value) == 0:
        raise Wrong("must be more than 0: with speed 0 no contact would ever end")
    return parse_shape(value)


def _confidence(value: object) -> float:
    share = parse_share(value)
    if not 0 < share < 1:
        raise Wrong(f"{shown(value)} is out of range; allowed: more than 0 % and less than 100 %")
    return share


AMOUNT_SCHEMA = {"type": "number", "minimum": 0}
Text = Annotated[str, Reads(_text, {"type": "string"})]
Name = Annotated[str, Reads(_name, {"type": "string", "pattern": r"^\w[\w -]*$"})]
Flag = Annotated[bool, Reads(_flag, {"type": "boolean"})]
Date = Annotated[datetime.date, Reads(_date, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})]
Whole = Annotated[int, Reads(whole_number, {"type": "integer"})]
Duration = Annotated[float, Reads(parse_duration, DURATION_SCHEMA)]
Share = Annotated[float, Reads(parse_share, SHARE_SCHEMA)]
Confidence = Annotated[float, Reads(_confidence, SHARE_SCHEMA)]
Coefficient = Annotated[float, Reads(_spread, RATIO_SCHEMA)]
Speed = Annotated[float, Reads(_speed, RATIO_SCHEMA)]
Ratio = Annotated[float, Reads(parse_coefficient, RATIO_SCHEMA)]
Amount = Annotated[float, Reads(parse_amount, AMOUNT_SCHEMA)]
TimedShare = Annotated[float | NumberByTime, ReadsByTime(parse_share, SHARE_SCHEMA, "10 %")]
TimedAmount = Annotated[float | NumberByTime, ReadsByTime(parse_amount, AMOUNT_SCHEMA, "20")]
TimedSpeed = Annotated[float | NumberByTime, ReadsByTime(_speed, RATIO_SCHEMA, "100 %")]
TimedWhole = Annotated[int | NumberByTime, ReadsByTime(whole_number, {"type": "integer"}, "0")]
RECORD_SCHEMA = {"type": ["string", "array"]}
Moments = Annotated[list[float], Reads(_moments, RECORD_SCHEMA)]
Recorded = Annotated[list[float], Reads(_recorded, RECORD_SCHEMA)]
RecordedNames = Annotated[list[str], Reads(_recorded_names, RECORD_SCHEMA)]
Counted = Annotated[list[tuple[float, float, float]], Reads(_counted, RECORD_SCHEMA)]
AfterWait = Annotated[tuple[tuple[float, float], ...], Reads(_after_wait, AFTER_WAIT_SCHEMA)]
Ramp = Annotated[tuple[tuple[float, float], ...], Reads(_ramp, RAMP_SCHEMA)]
BY_QUEUE_SCHEMA = {
    "description": "Who leaves at once: points of [contacts waiting, share].",
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "array",
        "prefixItems": [{"type": "integer", "minimum": 0}, SHARE_SCHEMA],
        "minItems": 2,
        "maxItems": 2,
    },
}
ByQueue = Annotated[tuple[tuple[float, float], ...], Reads(_by_queue, BY_QUEUE_SCHEMA)]
MOST_PEOPLE = 100_000
Count = Annotated[int, CountOf(0, MOST_PEOPLE)]


def _heads(value: object) -> float:
    """A head count; whole ones are whole numbers in Python too."""
    number = parse_number(value)
    if number > MOST_PEOPLE:
        raise Wrong(f"{shown(value)} is out of range; allowed: 0 to {MOST_PEOPLE:,}")
    return plain_number(round(number, 6))


HEADS_SCHEMA = {"type": "number", "minimum": 0, "maximum": MOST_PEOPLE}
Heads = Annotated[float, Reads(_heads, HEADS_SCHEMA)]
