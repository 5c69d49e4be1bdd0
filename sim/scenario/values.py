"""The single values a scenario is made of, and how people write them.

Each type reads what stands in the file and raises `Wrong` with a message for a planner.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, get_args

from sim.scenario.by_time import NumberByTime, ReadsByTime
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import Also, Kind, OneText, Reads, Refers
from sim.scenario.numbers import (
    DURATION_SCHEMA,
    NUMBER,
    RATIO_SCHEMA,
    SHARE_SCHEMA,
    duration_text,
    number_text,
    parse_amount,
    parse_coefficient,
    parse_duration,
    parse_fraction,
    parse_number,
    parse_shape,
    parse_share,
    plain_number,
    share_text,
    text_schema,
    whole_number,
    within,
)


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
    """Annotation: one of a few words; if it names none, of those of its `Literal`."""

    def __init__(self, *words: str) -> None:
        self.said = words
        super().__init__(self._word, {"enum": list(words)})

    def on(self, kind: Kind, inner: Any) -> Kind:
        """One of these words."""
        return super().on(kind, inner) if self.said else OneOf(*get_args(inner)).on(kind, inner)

    def _word(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.said:
            raise Wrong(f"{shown(value)} is not known" + meant(str(value), self.said))
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


def visible(text: str) -> str:
    """The text without what no text may hold."""
    return "".join(
        one
        for one in text
        if unicodedata.category(one) not in UNSEEN and one not in TURNING and one not in BLANK
    )


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
class Volume(OneText):
    """So many customers per hour, day or week."""

    amount: float
    per: Literal["hour", "day", "week"]
    schema = {  # noqa: RUF012
        "description": "How many customers: `9000 per week`, `120 per hour`.",
        **text_schema(
            rf"^\s*{NUMBER}\s*(per\s+|/\s*)(hour|day|week)\s*$",
            "a volume is a number and a time: `9000 per week`, `120 per hour`",
        ),
    }

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

    def __str__(self) -> str:
        return f"{number_text(self.amount)} per {self.per}"


# --- records ----------------------------------------------------------------------------------


def _finite(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
        return float(value)
    raise Wrong(f"{shown(value)} is not a number of seconds or contacts")


def _row(value: object) -> tuple[float, float, float]:
    """A row of [from, to, number]."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise Wrong("a row is [from, to, number]")
    start, end, number = _each(_finite, value)
    if start >= end or number < 0:
        raise Wrong("ends before it starts, or counts less than 0")
    return start, end, number


def _each(read: Callable[[object], Any], values: Sequence[Any], *, at: bool = False) -> list[Any]:
    wrong = Wrong()
    found = [wrong.reading(read, one, *([i] if at else [])) for i, one in enumerate(values)]
    wrong.raise_if_any()
    return found


def _record(read: Callable[[object], Any]) -> Callable[[object], list[Any]]:
    """Reads values that come from a file, or are repeated by the resolved scenario."""

    def record(value: object) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise Wrong(f"{shown(value)} is not a record; write the name of a CSV file")
        if not value:
            raise Wrong("is empty")
        return _each(read, value, at=True)

    return record


def _column(value: object, kind: type = object) -> list[Any]:
    """A value for each replayed time."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, kind) for one in value):
        raise Wrong(f"{shown(value)} is no record; it is a column of the file of `replay`")
    return list(value)


def _recorded(value: object) -> list[Any]:
    """Seconds, one for each replayed time; -1 where nothing was recorded."""
    return _MOMENTS(_column(value))


# --- curves -----------------------------------------------------------------------------------

Points = tuple[tuple[float, float], ...]


class Curve(Reads):
    """Annotation: points [number, share], the numbers growing.

    Args:
        x: how the first number of a point is read and written, and what editors are told of it.
        y: the same of the share.
        about: what editors are told of the whole.
        hint: what to write; point: what one point is; order: how the numbers must grow.
        least: the smallest number allowed.
    """

    def __init__(
        self, x: Reads, y: Reads, about: str, *, hint: str, point: str, order: str, least: float = 0
    ) -> None:
        self.x, self.y, self.least = x, y, least
        self.hint, self.point, self.order = hint, point, order
        one = {"type": "array", "prefixItems": [x.schema, y.schema], "minItems": 2, "maxItems": 2}
        schema = {"description": about, "type": "array", "minItems": 1, "items": one}
        super().__init__(self._points, schema, self._written)

    def _points(self, value: object) -> Points:
        if not isinstance(value, list | tuple):
            raise Wrong(f"{shown(value)} is not a list of points; {self.hint}")
        if not value:
            raise Wrong(f"is empty; {self.hint}")
        wrong = Wrong()
        points: list[tuple[float, float]] = []
        for place, one in enumerate(value):
            if not isinstance(one, list | tuple) or len(one) != 2:
                wrong.add(self.point, place)
                continue
            number = wrong.reading(self.x.read, one[0], place, 0)
            share = wrong.reading(self.y.read, one[1], place, 1)
            if number is None or share is None:
                continue
            if number < self.least or (points and number <= points[-1][0]):
                wrong.add(self.order, place, 0)
            points.append((float(number), share))
        wrong.raise_if_any()
        return tuple(points)

    def _written(self, points: Points) -> list[list[Any]]:
        text = self.x.text or plain_number
        return [[text(x), share_text(y)] for x, y in points]


# --- the types --------------------------------------------------------------------------------


def _spread(value: object) -> float:
    """A coefficient of variation, or none."""
    return 0.0 if parse_fraction(value) == 0 else parse_shape(value)


def _moving(read: Callable[[object], float]) -> Callable[[object], float]:
    """The same reader, which refuses 0."""

    def speed(value: object) -> float:
        if parse_fraction(value) == 0:
            raise Wrong("must be more than 0: with speed 0 no contact would ever end")
        return read(value)

    return speed


_LEVEL = re.compile(r"\d+\s*%|\d+\s*%?\s*(?:/|in|within)\s*(\d+)\s*(s|sec|min|h)?")


def _threshold(value: object) -> float:
    """Within how long; not also which share is to be answered so soon."""
    found = _LEVEL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return parse_duration(value)
    alone = f"{found[1] or '20'} {found[2] or 's'}"
    raise Wrong(
        f"{shown(value)} is not a duration; say the threshold alone, as in `{alone}`: the share "
        "answered within it is a result, and a target of `sim staff`"
    )


def _confidence(value: object) -> float:
    share = parse_share(value)
    if not 0 < share < 1:
        raise Wrong(f"{shown(value)} is out of range; allowed: more than 0 % and less than 100 %")
    return share


def _numbers(rows: Sequence[float | tuple[float, ...]]) -> str:
    """Numbers, or rows of numbers, as one text (see `sim.scenario.files`)."""
    if rows and isinstance(rows[0], tuple):
        return ", ".join(_numbers(row) for row in rows if isinstance(row, tuple))
    return " ".join(repr(plain_number(one)) for one in rows if not isinstance(one, tuple))


MOST_PEOPLE = 100_000
DATE_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
RECORD_SCHEMA = {"type": ["string", "array"]}
_DURATION = Reads(parse_duration, DURATION_SCHEMA, duration_text)
_SHARE = Reads(parse_share, SHARE_SCHEMA, share_text)
_SPEED = Reads(_moving(parse_shape), RATIO_SCHEMA, share_text)
_ANY_SPEED = Reads(_moving(parse_coefficient), RATIO_SCHEMA, share_text)
_AMOUNT = Reads(parse_amount, {"type": "number", "minimum": 0})
_MOMENTS, _COUNTED = _record(_finite), _record(_row)
_WHOLE = CountOf(-1_000_000, 1_000_000)
_AFTER_WAIT = Curve(
    _DURATION,
    _SHARE,
    "What a wait leaves: points of [wait, share left].",
    hint="write waits and the share that is left, as in `[[30 s, 100 %], [10 min, 0 %]]`",
    point="a point is a wait and the share that is left: [30 s, 100 %]",
    order="the wait must be longer than that of the point before",
)
RAMP = "write weeks and the share of the speed, as in `[[1, 55 %], [8, 100 %]]`"
_RAMP = Curve(
    Reads(parse_number, {"type": "number", "minimum": 1}),
    _ANY_SPEED,
    "How fast people learn: points of [week of employment, share of the speed].",
    hint=RAMP,
    point=f"a point is a week and a share; {RAMP}",
    order="weeks begin with 1 and must grow",
    least=1,
)
BY_QUEUE = "write contacts waiting and shares, as in `[[5, 0 %], [20, 50 %]]`"
_BY_QUEUE = Curve(
    Reads(whole_number, {"type": "integer", "minimum": 0}),
    _SHARE,
    "Who leaves at once: points of [contacts waiting, share].",
    hint=BY_QUEUE,
    point=f"a point is a number of contacts and a share; {BY_QUEUE}",
    order="numbers of contacts begin with 0 and must grow",
)

Text = Annotated[str, Reads(_text, {"type": "string"})]
# for editors, whose `\w` is ASCII alone
NAME_SCHEMA = {"type": "string", "pattern": r"^(\w|[^\x00-\x7f])(\w|[^\x00-\x7f]|[ -])*$"}
Name = Annotated[str, Reads(_name, NAME_SCHEMA)]
ReasonName = Annotated[Name, Refers("reason")]
ChannelName = Annotated[Name, Refers("channel")]
PoolName = Annotated[Name, Refers("pool")]
SameChannel = Annotated[Name, Refers("channel", "same")]
Flag = Annotated[bool, Reads(_flag, {"type": "boolean"})]
Date = Annotated[datetime.date, Reads(_date, DATE_SCHEMA, str)]
Whole = Annotated[int, _WHOLE]
Duration = Annotated[float, _DURATION]
Threshold = Annotated[float, Reads(_threshold, DURATION_SCHEMA, duration_text)]
Share = Annotated[float, _SHARE]
Confidence = Annotated[float, Reads(_confidence, SHARE_SCHEMA, share_text)]
Coefficient = Annotated[float, Reads(_spread, RATIO_SCHEMA)]
Speed = Annotated[float, _SPEED]
AnySpeed = Annotated[float, _ANY_SPEED]
Ratio = Annotated[float, Reads(parse_coefficient, RATIO_SCHEMA, share_text)]
Amount = Annotated[float, _AMOUNT]
TimedShare = Annotated[float | NumberByTime, ReadsByTime(_SHARE, "10 %")]
TimedAmount = Annotated[float | NumberByTime, ReadsByTime(_AMOUNT, "20")]
TimedSpeed = Annotated[float | NumberByTime, ReadsByTime(_SPEED, "100 %")]
TimedWhole = Annotated[int | NumberByTime, ReadsByTime(_WHOLE, "0")]
Moments = Annotated[list[float], Reads(_MOMENTS, RECORD_SCHEMA, _numbers)]
Recorded = Annotated[
    list[float], Reads(lambda said: _MOMENTS(_column(said)), RECORD_SCHEMA, _numbers)
]
RecordedNames = Annotated[list[str], Reads(partial(_column, kind=str), RECORD_SCHEMA)]
Counted = Annotated[list[tuple[float, float, float]], Reads(_COUNTED, RECORD_SCHEMA, _numbers)]
AfterWait = Annotated[Points, _AFTER_WAIT]
Ramp = Annotated[Points, _RAMP]
ByQueue = Annotated[Points, _BY_QUEUE]
Count = Annotated[int, CountOf(0, MOST_PEOPLE)]

FROM_FILE = Also(
    lambda said: said,  # `sim.scenario.files` has put what it holds in its place
    {
        "type": "object",
        "properties": {"file": {"type": "string"}},
        "required": ["file"],
        "additionalProperties": False,
    },
)
NAMES_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _one_name(said: Any) -> Any:
    return [said] if isinstance(said, str) else said


def _one_each(said: Any) -> Any:
    """Channels and how many at once, from a name or a list of names too."""
    names = _one_name(said)
    return {str(name): 1 for name in names} if isinstance(names, list) else said


def always(said: Any) -> Any:
    """Times and values, from one value too."""
    return said if isinstance(said, dict) else {"daily": said}


ONE_NAME = Also(_one_name, {"type": "string"})
_ANSWERED = Refers("channel", unlimited="`{name}` is an unlimited channel, which needs no agent")
AtOnce = Annotated[
    dict[Annotated[Name, _ANSWERED], Annotated[int, CountOf(1, 100)]],
    Also(_one_each, NAMES_SCHEMA),
]


def _heads(value: object) -> float:
    """A head count; whole ones are whole numbers in Python too."""
    number = within(value, parse_number(value), 0, MOST_PEOPLE)
    return plain_number(round(number, 6))


HEADS_SCHEMA = {"type": "number", "minimum": 0, "maximum": MOST_PEOPLE}
Heads = Annotated[float, Reads(_heads, HEADS_SCHEMA)]
