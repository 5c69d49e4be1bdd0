"""What a staffing is to reach: the `staff:` section of a study file, or the command line.

Targets are measures of the catalogue of which more, or less, is better, and the occupancy, for the
whole or a group: a channel, reason, pool, window of the calendar, date or hour of the week. Names
are checked against the scenario when it is known (`resolved`).
"""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from sim.measures.catalogue import CATALOGUE, Estimator
from sim.measures.components import CHANNEL, DAY, REASON, TOTAL, WINDOW, Base
from sim.measures.groups import place_of
from sim.measures.slices import ALL
from sim.scenario import Scenario
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import Reads
from sim.scenario.model import Pool
from sim.scenario.numbers import (
    duration_text,
    parse_amount,
    parse_duration,
    parse_share,
    share_text,
)
from sim.scenario.part import Part
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import CountOf, Duration, Name, OneOf, Share

LINES = "lines"
"""Head counts change for the pool's own lines of `agents`, not for blocks of equal length."""

BLOCK = 3600
"""Usual length of a block, seconds; also that of slots where lines are staffed."""

SHORTEST_BLOCK = 300.0


INTERVALS = "intervals"

GOOD = {
    "good_days": "days",
    "good_weeks": "weeks",
    "good_months": "months",
    "good_intervals": INTERVALS,
}
"""What can be asked to be good -> in which periods it is counted."""

AT_MOST = ("occupancy", "occupancy_any")
"""Measures neither good nor bad by themselves, of which people can stand only so much."""


@dataclass(frozen=True)
class Target:
    """A measure and the value that it is to reach, in the whole or one group of a split."""

    measure: str
    value: float
    by: str = TOTAL
    group: str = ALL

    @property
    def sign(self) -> int:
        """1 if the value is the least that will do, -1 if the most."""
        return -1 if self.measure in AT_MOST else CATALOGUE[self.measure].better

    @property
    def name(self) -> str:
        """As on the command line: `abandonment`, `phone.asa`."""
        return self.measure if self.by == TOTAL else f"{self.group}.{self.measure}"


@dataclass(frozen=True)
class Wanted:
    """Values to reach as written: group (None: the whole), measure, value in the measure's unit."""

    entries: tuple[tuple[str | None, str, float], ...] = ()


POSSIBLE = [
    one.name
    for one in CATALOGUE.values()
    if (one.better or one.name in AT_MOST) and one.estimator in (Estimator.SHARE, Estimator.RATIO)
]
"""Measures that can be targets: ratios of which more, or less, is better, and the occupancy."""


def _wanted(value: object) -> Wanted:
    if isinstance(value, Wanted):
        return value
    if not isinstance(value, dict):
        raise Wrong(f"{shown(value)} stands where targets are expected: `service_level: 80 %`")
    wrong = Wrong()
    entries: list[tuple[str | None, str, float]] = []
    for key, said in value.items():
        nested = isinstance(said, dict)
        before, dot, name = str(key).rpartition(".")
        group = key if nested else before if dot else None
        for measure, amount in (said if nested else {name: said}).items():
            path = (key, measure) if nested else (key,)
            try:
                entries.append((group, measure, _value(measure, amount)))
            except Wrong as inner:
                wrong.inside(inner, *path)
    wrong.raise_if_any()
    return Wanted(tuple(entries))


def _written(wanted: Wanted) -> dict[str, Any]:
    """As in a study file."""
    said: dict[str, Any] = {}
    for group, measure, value in wanted.entries:
        unit = CATALOGUE[measure].unit
        text = {"share": share_text, "s": duration_text}.get(unit, float)(value)
        (said if group is None else said.setdefault(group, {}))[measure] = text
    return said


def _value(measure: str, said: object) -> float:
    if measure not in POSSIBLE:
        raise Wrong(_no_target(measure))
    parse = {"share": parse_share, "s": parse_duration}.get(CATALOGUE[measure].unit, parse_amount)
    return parse(said)


def _no_target(measure: str) -> str:
    if measure not in CATALOGUE:
        return f"no measure has the name {shown(measure)}{meant(measure, POSSIBLE)}"
    if CATALOGUE[measure].estimator is Estimator.QUANTILE:
        return f"{shown(measure)} is a quantile; targets are shares and means, such as `asa`"
    return f"{shown(measure)} cannot be a target; allowed: {', '.join(POSSIBLE)}"


def _blocks(value: object) -> float | str:
    if value == LINES:
        return LINES
    try:
        length = parse_duration(value)
    except Wrong as wrong:
        raise Wrong(f"{wrong}; or write `{LINES}` for the pool's own lines") from None
    if length < SHORTEST_BLOCK or 86_400 % length:
        raise Wrong(f"{shown(value)} does not divide the day; write `15 min`, `30 min`, `1 h`, ...")
    return length


TEXT_OR_MAPPING = {"type": "object", "description": "`service_level: 80 %`, `phone: {asa: 30 s}`"}
BLOCKS_SCHEMA = {"type": "string", "description": "`1 h`, `30 min`, or `lines`: the pool's own."}


def _length(blocks: float | str) -> str:
    return blocks if isinstance(blocks, str) else duration_text(blocks)


Targets = Annotated[Wanted, Reads(_wanted, TEXT_OR_MAPPING, _written)]
Blocks = Annotated[float | str, Reads(_blocks, BLOCKS_SCHEMA, _length)]


class Pause(Part):
    """A break inside a shift; where in it is decided with the plan."""

    length: Duration
    after: Duration | None = None  # the earliest, from the shift's beginning
    within: Duration | None = None  # from there on, to its end
    every: Duration = 1800.0  # its beginnings are tried so often

    def starts(self, shift: int) -> list[int]:
        """When it may begin, in seconds after the shift does; in its middle half if not said."""
        after = shift // 4 if self.after is None else int(self.after)
        within = shift // 2 if self.within is None else int(self.within)
        last = min(after + within, shift) - int(self.length)
        return list(range(after, last + 1, int(self.every)))


class PartTime(Part):
    """People who work fewer hours a week than the others."""

    share: Share  # of all people, at most
    week: Duration  # hours a week, at most


REST = 11 * 3600.0
"""Between two shifts of a person, as the law of the European Union has it, unless said."""


class People(Part):
    """Who works the shifts."""

    at_most: Annotated[int, CountOf(1, 10_000)] | None = None  # different people, of all pools
    week: Duration = 40 * 3600.0  # hours a week of each, without breaks, at most
    days_off: Annotated[int, CountOf(0, 6)] = 2  # in a row, every week
    rest: Duration = REST  # from the end of a shift to the beginning of the next, at least
    part_time: PartTime | None = None


class Shifts(Part):
    """Shifts that people work, instead of head counts by the hour."""

    lengths: list[Duration]
    every: Duration = 3600.0  # from the opening on, a shift may start so often
    breaks: list[Pause] = []  # inside each shift

    def inconsistencies(self, wrong: Wrong) -> None:
        for place, pause in enumerate(self.breaks):
            if pause.every < SHORTEST_BLOCK:
                wrong.add("is too often; allowed: 5 min or more", "breaks", place, "every")
            elif not pause.length > 0:
                wrong.add("lasts no time", "breaks", place, "length")
            elif any(not pause.starts(int(length)) for length in self.lengths):
                wrong.add(
                    "does not fit into every shift; leave more room with `after` and `within`",
                    "breaks",
                    place,
                )
        if not self.lengths:
            wrong.add("is empty" + self.hint("lengths"), "lengths")
        for place, length in enumerate(self.lengths):
            if not SHORTEST_BLOCK <= length <= 86_400:
                wrong.add("a shift lasts from 5 min to 24 h", "lengths", place)
        if self.every < SHORTEST_BLOCK:
            wrong.add("is too often; allowed: 5 min or more", "every")


class StaffGoal(Part):
    """Which head counts may change, what they are to reach, and in which shape."""

    pools: list[Name] = []  # omitted: all scheduled ones
    targets: Targets | None = None
    # Instead of the least cost; with targets: of what reaches them.
    maximise: Annotated[Literal["margin"], OneOf("margin")] | None = None
    # The least share of days (weeks, months, intervals) in which all targets are met together.
    good_days: Share | None = None
    good_weeks: Share | None = None
    good_months: Share | None = None
    good_intervals: Share | None = None
    hours: TimesOfWeek | None = None  # when head counts may change; omitted: when pools are there
    blocks: Blocks | None = None  # 1 h
    shifts: Shifts | None = None  # plan these, not blocks
    people: People | None = None  # who can work the shifts
    at_least: Annotated[int, CountOf(0, 10_000)] = 1  # heads in a block; 0 may close the door
    at_most: Annotated[int, CountOf(1, 10_000)] | None = None

    @classmethod
    def of(cls, targets: Mapping[str, object] | None = None, **fields: Any) -> Self:
        """A goal in Python: targets by name (`service_level`, `phone.asa`), other fields as here.

        Raises:
            Wrong: with everything that is wrong.
        """
        said = {name: value for name, value in fields.items() if value is not None}
        if targets:
            said["targets"] = dict(targets)
        return cls.read(said)

    @property
    def entries(self) -> tuple[tuple[str | None, str, float], ...]:
        """The targets as written."""
        return self.targets.entries if self.targets is not None else ()

    def _goods(self) -> dict[str, float]:
        said = {name: getattr(self, name) for name in GOOD}
        return {name: share for name, share in said.items() if share is not None}

    @property
    def good(self) -> float | None:
        """The least share of `periods` in which all targets are met together."""
        return next(iter(self._goods().values()), None)

    @property
    def periods(self) -> str:
        """`days`, `weeks`, `months`, `intervals`: what is to be a good one; days unless said."""
        return GOOD[next(iter(self._goods()), "good_days")]

    @property
    def block(self) -> int:
        """Length of blocks, seconds."""
        return int(self.blocks) if isinstance(self.blocks, float) else BLOCK

    def inconsistencies(self, wrong: Wrong) -> None:
        if not self.entries and self.maximise is None:
            wrong.add(
                "say what to reach, as in `targets: {service_level: 80 %}`, or `maximise: margin`"
            )
        goods = [*self._goods()]
        if goods and not self.entries:
            what = GOOD[goods[0]].removesuffix("s")
            wrong.add(f"say what makes a {what} a good one, in `targets`", goods[0])
        if len(goods) > 1:
            wrong.add(f"say this or `{goods[0]}`, not both", goods[1])
        if self.shifts is not None and self.blocks == LINES:
            wrong.add("plan shifts, or the pool's own lines; not both", "shifts")
        if self.people is not None and self.shifts is None:
            wrong.add("people work shifts; say their `lengths` in `shifts`", "people")
        if self.people is not None and self.shifts is not None:
            self._check_rest(self.people, max(self.shifts.lengths, default=0.0), wrong)
        if self.hours is not None and self.blocks == LINES:
            wrong.add("the pool's own lines have their hours; remove it", "hours")
        if self.at_most is not None and self.at_most < self.at_least:
            wrong.add(f"is less than `at_least`, {self.at_least}", "at_most")

    def _check_rest(self, people: People, longest: float, wrong: Wrong) -> None:
        """Rest is told between neighbouring days; a day off begins a week anew."""
        if longest + people.rest > 86_400:
            wrong.add(
                f"{duration_text(people.rest)} of rest and a shift of {duration_text(longest)} are "
                "more than a day; allow less rest, or shorter shifts",
                *("people", "rest"),
            )
        elif people.rest and not people.days_off:
            wrong.add(
                "whoever is to rest has a day off a week; or write `rest: 0 h`",
                "people",
                "days_off",
            )

    def resolved(self, scenario: Scenario) -> ResolvedGoal:
        """The pools and targets of the goal in a scenario.

        Raises:
            Wrong: with every name that the scenario does not have.
        """
        wrong = Wrong()
        scheduled = [name for name, pool in scenario.pools.items() if pool.members is None]
        for place, name in enumerate(self.pools):
            if name not in scheduled:
                why = _why_not(scenario.pools.get(name))
                wrong.add(f"{shown(name)} {why}{meant(name, scheduled)}", "pools", place)
        if not scheduled:
            wrong.add("no pool has `agents`: there is nothing to decide", "pools")
        if self.maximise and not any(reason.buying for reason in scenario.reasons.values()):
            wrong.add(
                "nobody buys here: the margin would be highest with nobody; give targets, or say "
                "`buying` of a reason",
                "maximise",
            )
        targets: list[Target] = []
        for group, measure, value in self.entries:
            try:
                targets.append(_target(scenario, group, measure, value))
            except Wrong as inner:
                path = (group, measure) if group is not None else (measure,)
                wrong.inside(inner, "targets", *path)
        if self.good is not None and not any(has_periods(one, self.periods) for one in targets):
            every = self.periods.removesuffix("s") if self.periods == INTERVALS else "day"
            wrong.add(f"none of the targets has a value of its own every {every}", *self._goods())
        wrong.raise_if_any()
        return ResolvedGoal(tuple(dict.fromkeys(self.pools or scheduled)), tuple(targets))


@dataclass(frozen=True)
class ResolvedGoal:
    """The pools whose head counts may change, and the targets, in one scenario."""

    pools: tuple[str, ...]
    targets: tuple[Target, ...]


def _several_at_once(pool: Pool) -> bool:
    """Whether somebody in it may handle more than one contact at a time."""
    said = [pool.answers, *(person.answers for person in pool.people.values())]
    return any(limit > 1 for answers in said for limit in answers.values())


CROSSED = (TOTAL, CHANNEL, REASON, WINDOW)
"""What a target of contacts may be about to have a value of its own every day."""


def by_contacts(target: Target) -> bool:
    """Whether its value of a day follows from the contacts that arrive on it."""
    parts = CATALOGUE[target.measure].components()
    return target.by in CROSSED and all(
        part.base is Base.CONTACT and not part.name.startswith("cost") for part in parts
    )


def has_periods(target: Target, periods: str) -> bool:
    """Whether it has a value of its own every day (week, month, interval).

    Not so of customers in a channel, reason or window, nor of one pool, date or hour; of an
    interval contacts alone are told.
    """
    whole = target.by == TOTAL and DAY in CATALOGUE[target.measure].splits
    return by_contacts(target) or (whole and periods != INTERVALS)


def _why_not(pool: Pool | None) -> str:
    return "is no pool" if pool is None else "has members who come as they like"


def _target(scenario: Scenario, group: str | None, measure: str, value: float) -> Target:
    if measure == "occupancy" and any(_several_at_once(pool) for pool in scenario.pools.values()):
        measure = "occupancy_any"  # people are as busy with one chat of three as with one call
    name = measure if group is None else f"{group}.{measure}"
    return Target(measure, value, *place_of(scenario, name))
