"""What happens on a date: a line is down, a newsletter goes out, many are sick."""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal

from sim.scenario.distribution_fields import DurationDist
from sim.scenario.faults import Wrong, shown
from sim.scenario.fields import Reads, Refers
from sim.scenario.levers import Lever
from sim.scenario.part import Part
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import Amount, Count, Name, OneOf, Ratio, Share

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")

Moment = datetime.datetime


def _when(value: object) -> TimesOfWeek | Moment:
    """A moment, `2026-11-26 10:00`, or times as elsewhere."""
    if isinstance(value, Moment):
        return value
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return TimesOfWeek.read(value)
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()[1:])
        day = datetime.date.fromisoformat(found[1])
        return Moment(day.year, day.month, day.day, hour, minute, second)
    except ValueError:
        raise Wrong(f"{shown(value)} is a moment that no calendar has") from None


def _when_text(at: TimesOfWeek | Moment) -> str:
    if isinstance(at, Moment):
        return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
    return str(at)


WHEN_SCHEMA = {"type": ["string", "array"], "minLength": 1}
When = Annotated[TimesOfWeek | Moment, Reads(_when, WHEN_SCHEMA, _when_text)]


WITH_QUEUES = Refers("channel", unlimited="nobody waits on an unlimited channel")


class ReasonEvent(Part):
    """What is different for the customers of a reason."""

    volume: Ratio = 1.0  # times the usual
    handle: Ratio = 1.0  # times the usual handle time, of contacts answered meanwhile
    extra: Amount = 0.0  # customers besides, of whom the number is Poisson
    after: DurationDist | None = None  # how long after the event's beginning they come
    waiting: dict[Annotated[Name, WITH_QUEUES], Count] = {}  # so many wait there when it begins
    age: DurationDist | None = None  # for how long they have been waiting


class PoolEvent(Part):
    """What is different for the people of a pool."""

    presence: Share | None = None  # instead of the usual chance to come
    agents: Lever | None = None  # how many more or fewer are scheduled


WITH_DOORS = Refers("channel", unlimited="is an unlimited channel, which has no door")
SCHEDULED = Refers("pool", members="members come and go as they like; remove it")


class Event(Part):
    """Something that happens at a time: what differs then."""

    at: When
    channels: dict[Annotated[Name, WITH_DOORS], Annotated[Literal["closed"], OneOf()]] = {}
    # `other`: all that are not listed.
    reasons: dict[Annotated[Name, Refers("reason", besides="other")], ReasonEvent] = {}
    pools: dict[Annotated[Name, SCHEDULED], PoolEvent] = {}

    def inconsistencies(self, wrong: Wrong) -> None:
        if not self.said("channels", "reasons", "pools"):
            wrong.add("does not say what happens; write `channels`, `reasons` or `pools`")
        for name, one in self.reasons.items():
            self._check_reason(wrong, name, one)
        if isinstance(self.at, Moment):
            lasting = [("channels", name) for name in self.channels]
            lasting += [("pools", name) for name in self.pools]
            for path in lasting:
                wrong.add("needs a time that lasts, as in `at: 2026-11-24 14:00-16:00`", *path)

    def _check_reason(self, wrong: Wrong, name: str, one: ReasonEvent) -> None:
        if one.after is not None and "extra" not in one.model_fields_set:
            wrong.add("has no meaning without `extra`", "reasons", name, "after")
        if name == "other" and one.extra:
            wrong.add("name the reason of customers who come besides", "reasons", name, "extra")
        if one.age is not None and not one.waiting:
            wrong.add("has no meaning without `waiting`", "reasons", name, "age")
        if name == "other" and one.waiting:
            wrong.add("name the reason of customers who wait", "reasons", name, "waiting")
        if isinstance(self.at, Moment):
            if one.extra and one.after is None:
                message = "say how long after that moment they come, as in `{exponential: 40 min}`"
                wrong.add(message, "reasons", name, "after")
            for field in ("volume", "handle"):
                if getattr(one, field) != 1:
                    message = "needs a time that lasts, as in `at: 2026-11-24 14:00-16:00`"
                    wrong.add(message, "reasons", name, field)

    def of_reason(self, name: str) -> ReasonEvent | None:
        """What is different for a reason."""
        return self.reasons.get(name, self.reasons.get("other"))

    @property
    def dated(self) -> bool:
        """Whether it happens on a date."""
        return isinstance(self.at, Moment) or self.at.dated
