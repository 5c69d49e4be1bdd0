"""Who is there and when, person by person: breaks, shifts, rosters, presence.

A head count (`agents`) says how many; here each person has a beginning and an end of their own.
"""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from sim.scenario.faults import Wrong, shown
from sim.scenario.fields import MORE_THAN_0, Also, Must, Reads
from sim.scenario.numbers import SHARE_SCHEMA
from sim.scenario.part import Part
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import (
    AnySpeed,
    AtOnce,
    Count,
    Date,
    Duration,
    Flag,
    OneOf,
    Ramp,
    Share,
    Volume,
    always,
    seen,
)

ACTIVITIES = ("work", "meeting", "training", "break", "off")
"""What a roster may say of a person's time; where two lines meet, the later in this order holds."""

ALSO_CALLED = {
    **dict.fromkeys(("shift", "on duty", "available"), "work"),
    **dict.fromkeys(("team meeting", "one-to-one", "1:1", "briefing"), "meeting"),
    **dict.fromkeys(("coaching", "course"), "training"),
    **dict.fromkeys(("lunch", "lunch break", "meal", "rest", "coffee", "pause"), "break"),
    **dict.fromkeys(("holiday", "vacation", "annual leave", "leave", "day off", "free"), "off"),
}
"""What exports of rosters call them. Illness is none: who is ill may be paid or not, and whether
more people fall ill is a matter of `presence`."""

_PERSON = re.compile(r"\w[\w .,'\u2019-]{0,59}")


def _person(value: object) -> str:
    if not isinstance(value, str) or not _PERSON.fullmatch(value) or value != value.strip():
        raise Wrong(
            f"{shown(value)} is not the name of a person; "
            "names are letters, digits, spaces and `_ - . , '`, at most 60"
        )
    return seen(value)


class _Activity(OneOf):
    """Annotation: an activity; what exports call it is told by its name."""

    def _word(self, value: object) -> str:
        said = str(value).casefold()
        if said in ALSO_CALLED:
            raise Wrong(f"{shown(value)} is not known; write `{ALSO_CALLED[said]}`")
        if said in ("sick", "ill", "sickness", "absent"):
            raise Wrong(f"{shown(value)} is not known; write `off`, or say `presence: 95 %`")
        return super()._word(value)


Activity = Annotated[str, _Activity(*ACTIVITIES)]
Aside = Annotated[str, OneOf("meeting", "training", "break")]
PersonName = Annotated[
    str, Reads(_person, {"type": "string", "pattern": r"^(\w|[^\x00-\x7f])[^=]*$"})
]
Lines = dict[TimesOfWeek, Activity]


class Break(Part):
    """A break: at a time of the week, at a point of the shift, or at random moments.

    Starts are spread evenly over the time in which it may be taken, one after the other.
    """

    between: TimesOfWeek | None = None  # of every shift that contains it
    after: Duration | None = None  # of a shift: not before so long after its beginning
    within: Duration | None = None  # and within so long from then on
    random: Volume | None = None  # at random moments, so often
    length: Annotated[Duration, MORE_THAN_0]
    paid: Flag = False
    # Reached late, because a contact was in hand: as long as ever, or until its planned end.
    late: Annotated[Literal["whole", "cut"], OneOf()] = "whole"

    def inconsistencies(self, wrong: Wrong) -> None:
        ways = self.said("between", "random")
        if len(ways) > 1 or (ways and self.said("after", "within")):
            wrong.add("write one of `between`, `random`, or `after` and `within`", ways[0])
        room, said = self.within, "within"
        if self.between is not None:
            room, said = min(line.end - line.start for line in self.between), "between"
        if room is not None and self.length > room:
            wrong.add(f"is longer than the time `{said}` which it is taken", "length")
        if self.random is not None and self.random.per == "week":
            wrong.add("say how many `per day` of work, or `per hour`", "random")

    @property
    def of_shift(self) -> bool:
        """Whether its place depends on when the shift begins."""
        return self.between is None and self.random is None

    def starts(self, length: float) -> tuple[float, float]:
        """The first and the last start in a shift of this length, from its beginning on.

        Left open, it is taken in the middle half of the shift.
        """
        after = length / 4 if self.after is None else self.after
        within = self.within
        if within is None:
            within = length / 2 if self.after is None else length - after
        return after, max(min(after + within, length) - self.length, after)


class _Skilled(Part):
    """How fast a person works, and how fast they learn it."""

    needs: ClassVar = {"since": "ramp"}

    speed: AnySpeed = 1.0  # times the pool's own
    ramp: Ramp | None = None  # share of it that is there in each week of employment
    since: Date | None = None  # when employment began; default: with the calendar


class Person(_Skilled):
    """A person of a roster, where they differ from the others of the pool."""

    answers: AtOnce = {}  # default: the pool's


class Shift(_Skilled):
    """So many people who work at the same times, each with a beginning and an end of their own."""

    count: Count
    at: TimesOfWeek
    breaks: list[Break] = []

    def inconsistencies(self, wrong: Wrong) -> None:
        shortest = min(line.end - line.start for line in self.at)
        for place, one in enumerate(self.breaks):
            if one.of_shift and one.starts(shortest)[0] + one.length > shortest:
                wrong.add("the shift is over before this break is", "breaks", place, "length")


class Presence(Part):
    """Who of the people rostered is really there."""

    alone: ClassVar = "mean"

    mean: Share = 1.0  # chance to come on a given day
    # How much they are absent together: 0, each on their own; towards 1, all or nobody.
    together: Annotated[Share, Must(lambda share: share < 1, "must be less than 100 %")] = 0.0
    by_hour: Annotated[
        dict[TimesOfWeek, Share], Also(always, SHARE_SCHEMA)
    ] = {}  # of those there: meetings, training

    def short_form(self, plain: dict[str, Any]) -> Any:
        if set(plain) <= {"mean", "together"} and self.together == 0:
            return plain["mean"]
        return plain

    @property
    def certain(self) -> bool:
        """Whether everybody who is rostered is there."""
        return self.mean == 1 and not self.by_hour
