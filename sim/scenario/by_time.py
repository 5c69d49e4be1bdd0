"""Values that depend on when: `{mon-fri 08:00-12:00: 4 min, other: 5 min}`."""

# ruff: noqa: ARG002 - as of every family of distributions

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.scenario.by import OTHER
from sim.scenario.calendar import Days, holidays_of, intervals, names_holidays
from sim.scenario.distributions import Distribution
from sim.scenario.faults import Wrong, shown
from sim.scenario.fields import Json, Reads
from sim.scenario.numbers import plain_number
from sim.scenario.times import TimesOfWeek, says_times

if TYPE_CHECKING:
    from sim.tables import Floats


T = TypeVar("T")
Line = tuple[TimesOfWeek, T]


def read_lines(
    said: dict[str, Any], read: Callable[[Any], T], example: str
) -> tuple[tuple[Line[T], ...], T]:
    """The lines of a mapping by times of the week, each value read alike, and what `other` says.

    Raises:
        Wrong: if a value is, a key is no time of the week, or `other` is missing.
    """
    wrong = Wrong()
    values = {key: wrong.reading(read, one, key) for key, one in said.items()}
    times = {key: wrong.reading(_times, key, key) for key in said if key != OTHER}
    if OTHER not in said:
        message = f"is missing; say what holds at all other times, as in `other: {example}`"
        wrong.add(message, OTHER)
    wrong.raise_if_any()
    return tuple((when, values[key]) for key, when in times.items()), values[OTHER]


def lines_schema(itself: Json) -> Json:
    """The JSON Schema of such a mapping."""
    return {"type": "object", "required": [OTHER], "additionalProperties": itself}


@dataclass(frozen=True)
class Timed(Generic[T]):
    """The first line that covers the moment of its use decides; else the usual."""

    lines: tuple[Line[T], ...]
    usual: T


class NumberByTime(Timed[float]):
    """A number that depends on when."""


def usual(value: float | NumberByTime) -> float:
    """A number, at the times that no line covers."""
    return value.usual if isinstance(value, NumberByTime) else value


def each_of(value: Any) -> list[Any]:
    """All that a number, a time or an amount may be, the usual one last."""
    if isinstance(value, Timed):
        return [*(one for _, one in value.lines), value.usual]
    return [value]


class ReadsByTime(Reads):
    """Annotation: the value may depend on the time of the week.

    one: how it is read at any one time; example: of such a value; made: what depends on when.
    """

    def __init__(self, one: Reads, example: str, made: type[Timed[Any]] = NumberByTime) -> None:
        self.one, self.example, self.made = one, example, made
        self.words = one.words
        schema = {"anyOf": [one.schema, lines_schema(one.schema)]}
        key_is = one.key_is if one.words else "channel or reason"
        super().__init__(self._timed, schema, self._written, one.words, key_is)

    def is_value(self, said: dict[str, Any]) -> bool:
        """Whether a mapping says one value for each time, rather than for each channel."""
        return any(map(says_times, said)) or self.one.is_value(said)

    def _timed(self, value: Any) -> Any:
        if isinstance(value, Timed):
            return value
        if isinstance(value, dict) and any(map(says_times, value)):
            return self.made(*read_lines(value, self.one.read, self.example))
        return self.one.read(value)

    def _written(self, value: Any) -> Any:
        text = self.one.text or plain_number
        if not isinstance(value, Timed):
            return text(value)
        return {**{str(times): text(one) for times, one in value.lines}, OTHER: text(value.usual)}


def spans_of_lines(
    lines: Iterable[Line[Any]], calendar: Days, holidays: frozenset[date], further: int = 0
) -> list[list[tuple[float, float]]]:
    """When each line holds, seconds, in the simulated days and so many further ones."""
    first = -calendar.warmup - 1  # one that begins on the day before may hold in the first
    days = calendar.days + calendar.cooldown + further - first
    every = [times for times, _ in lines]
    apart = names_holidays(every)
    return [
        intervals(times, calendar.start, first, days, holidays, holidays_apart=apart)
        for times in every
    ]


def most_together(values: Sequence[float | NumberByTime], calendar: Days) -> float:
    """The most that numbers come to at any time, of which some may depend on when."""
    timed = [one for one in values if isinstance(one, NumberByTime)]
    always = math.fsum(one for one in values if not isinstance(one, NumberByTime))
    holidays = holidays_of(calendar)
    spans = [spans_of_lines(one.lines, calendar, holidays) for one in timed]
    edges = (edge for some in spans for each in some for span in each for edge in span)
    moments = {-math.inf, *edges}
    return max(
        always + math.fsum(_at(one, some, moment) for one, some in zip(timed, spans, strict=True))
        for moment in moments
    )


def _at(one: NumberByTime, spans: list[list[tuple[float, float]]], moment: float) -> float:
    """The number that holds at a moment."""
    for (_, number), mine in zip(one.lines, spans, strict=True):
        place = bisect_right(mine, (moment, math.inf))
        if place > 0 and moment < mine[place - 1][1]:
            return number
    return one.usual


class ByTime(Timed[Distribution], Distribution):
    """A distribution that depends on when.

    What is asked of it is told of the usual one. It is never drawn itself: `sim.draws.periods`
    makes scenarios of it that know one distribution each.
    """

    name = "by time"
    standard = None

    def expectation(self) -> float:
        return self.usual.expectation()

    def fill(self, variates: Floats, out: Floats) -> None:
        raise TypeError("times that depend on when are drawn one by one (`sim.draws.periods`)")

    def survival(self, x: Floats) -> Floats:
        return self.usual.survival(x)


def _times(key: str) -> TimesOfWeek:
    if not says_times(key):
        raise Wrong(
            f"{shown(key)} is no time of the week; where values differ by channel too, say the "
            "times within each channel"
        )
    return TimesOfWeek.read(key)
