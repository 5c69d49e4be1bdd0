"""Who can work the shifts: so many people, with hours a week and days off in a row.

A shift is one of a *class*: those of one pool, weekday and length are the same to a person's week.
A *pattern* says on which weekdays somebody works which class. Patterns to which no day could be
added are enough, for whoever has one may stay at home on any of its days. How many people have each
pattern is a whole number beside the counts of the shifts: a side of the same solver's problem, so
that no plan comes out that the people cannot work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy  # its optimisers are imported when one is used

from sim.experiment.staffing.goal import People
from sim.experiment.staffing.whole import solved
from sim.tables import Ints

WEEKDAYS = 7

Kind = tuple[str, int, float]
"""Of a shift: its pool, weekday of its beginning, paid hours."""


@dataclass(frozen=True)
class Pattern:
    """One person's week: the hours of the shift on each weekday, 0 for a day off."""

    pool: str
    part_time: bool
    hours: tuple[float, ...]


@dataclass(frozen=True)
class Crew:
    """The people who work the shifts of a shape.

    people: what is said of them.
    kinds: [D] of each duty.
    """

    people: People
    kinds: tuple[Kind, ...]

    @cached_property
    def classes(self) -> tuple[Kind, ...]:
        """The different kinds of the duties."""
        return tuple(dict.fromkeys(self.kinds))

    @cached_property
    def of_class(self) -> Ints:
        """[C, D] 1 where a duty is of a class."""
        return np.array([[int(own == one) for own in self.kinds] for one in self.classes])

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """All weeks that somebody may have."""
        found: list[Pattern] = []
        contracts = [(False, self.people.week / 3600)]
        if self.people.part_time is not None:
            contracts.append((True, self.people.part_time.week / 3600))
        for pool in dict.fromkeys(pool for pool, _, _ in self.classes):
            choices = [
                [0.0, *sorted({h for p, d, h in self.classes if (p, d) == (pool, day)})]
                for day in range(WEEKDAYS)
            ]
            for part_time, week in contracts:
                weeks = _weeks(choices, week, self.people.days_off)
                found += [Pattern(pool, part_time, hours) for hours in weeks]
        return tuple(found)

    @cached_property
    def works(self) -> Ints:
        """[C, P] 1 where the pattern works a shift of the class."""
        return np.array(
            [
                [int(p.pool == pool and p.hours[day] == hours) for p in self.patterns]
                for pool, day, hours in self.classes
            ]
        ).reshape(len(self.classes), len(self.patterns))

    def limits(self, before: int, duties: int, after: int) -> list[scipy.optimize.LinearConstraint]:
        """The side of a solver's problem, of which the last variables say how many have a pattern.

        Args:
            before: variables before the counts of the duties.
            duties: counts of the duties.
            after: variables between those and the patterns'.
        """
        C = len(self.classes)
        shifts = [np.zeros((C, before)), -self.of_class, np.zeros((C, after)), self.works]
        worked = scipy.optimize.LinearConstraint(np.hstack(shifts), 0.0, np.inf)
        return [worked, *self._of_people(before + duties + after)]

    def _of_people(self, before: int) -> list[scipy.optimize.LinearConstraint]:
        """How many people there are, and how many of them work part-time."""
        found, zeros = [], np.zeros(before)
        if self.people.at_most is not None:
            every = np.r_[zeros, np.ones(len(self.patterns))]
            found.append(scipy.optimize.LinearConstraint(every, 0, self.people.at_most))
        if self.people.part_time is not None:
            part = np.array([float(one.part_time) for one in self.patterns])
            beyond = np.r_[zeros, part - self.people.part_time.share]
            found.append(scipy.optimize.LinearConstraint(beyond, -np.inf, 0.0))
        return found

    def fewest(self, counts: Ints) -> Ints | None:
        """[P] the fewest people who can work these counts [D] of the duties; None if none can."""
        P = len(self.patterns)
        worked = scipy.optimize.LinearConstraint(self.works, self.of_class @ counts, np.inf)
        limits = [worked, *self._of_people(0)]
        found = solved(np.ones(P), np.ones(P, np.int64), scipy.optimize.Bounds(0), limits)
        return None if found.x is None else np.asarray(np.rint(found.x), dtype=np.int64)

    def without_cap(self) -> Crew:
        """The same people, as many as are needed."""
        return replace(self, people=self.people.model_copy(update={"at_most": None}))

    @property
    def binds(self) -> bool:
        """Whether there are counts that the people cannot work."""
        return self.people.at_most is not None

    def can_work(self, counts: Ints) -> bool:
        """Whether the people can work these counts [D] of the duties."""
        return not self.binds or self.fewest(counts) is not None


def _weeks(choices: list[list[float]], week: float, days_off: int) -> list[tuple[float, ...]]:
    """Weeks of at most so many hours with days off in a row, to which no day can be added."""
    found: set[tuple[float, ...]] = set()

    def extend(days: tuple[float, ...], left: float, off: set[int]) -> None:
        if len(days) == WEEKDAYS:
            found.add(days)
            return
        for hours in [0.0] if len(days) in off else choices[len(days)]:
            if hours <= left + 1e-9:
                extend((*days, hours), left - hours, off)

    for first in range(WEEKDAYS if days_off else 1):
        extend((), week, {(first + day) % WEEKDAYS for day in range(days_off)})
    full = [one for one in found if any(one) and not _room(one, choices, week, days_off)]
    return sorted(full)


def _room(days: tuple[float, ...], choices: list[list[float]], week: float, days_off: int) -> bool:
    """Whether a day could be added."""
    left = week - sum(days) + 1e-9
    for day, hours in enumerate(days):
        if hours or not any(0 < more <= left for more in choices[day]):
            continue
        fuller = [*days[:day], 1.0, *days[day + 1 :]]
        if _rests(fuller, days_off):
            return True
    return False


def _rests(days: list[float], days_off: int) -> bool:
    """Whether so many days in a row are off, from one week into the next."""
    return not days_off or any(
        not any(days[(first + day) % WEEKDAYS] for day in range(days_off))
        for first in range(WEEKDAYS)
    )
