"""Who can work the shifts: so many people, with hours a week, days off in a row and rest at night.

A *pattern* says on which weekdays somebody may work, and how long a shift at most. Patterns to
which nothing could be added are enough, for whoever has one may stay at home on any of its days, or
work a shorter shift. A *turn* is the shifts of one pool, weekday and length that are alike in which
shifts of the day after they leave no rest for, and which of the day before leave none for them. How
many people have each pattern, and how many of those have which turn, are whole numbers beside the
counts of the shifts: a side of the same solver's problem, so that no plan comes out that the people
cannot work.

Of two days in a row the people of a pattern can have their turns with enough rest exactly if at
each time there are no more of them whose shift ends too late to begin then than there are who begin
later, or not at all (Hall's theorem; the shifts that come too early after a later end hold those
after an earlier one). A day off begins a week anew, so that each two days are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy  # its optimisers and sparse tables are imported when one is used

from sim.experiment.staffing.goal import People
from sim.experiment.staffing.whole import Problem
from sim.scenario.times import DAY
from sim.tables import Floats, Ints

WEEKDAYS = 7

EVEN, MANY = 0.02, 500
"""Shared evenly enough, and after how many nodes to stop trying for better."""


class Kind(NamedTuple):
    """Of a shift: its pool, weekday, paid hours, begin and end in seconds of that day."""

    pool: str
    day: int
    hours: float
    start: int
    end: int


class Turn(NamedTuple):
    """Shifts that are the same to a person's week.

    late: after them how many of the next day's beginnings, from the first on, come too early.
    early: how many beginnings of their day come before theirs, as far as that matters.
    """

    pool: str
    day: int
    hours: float
    late: int
    early: int


@dataclass(frozen=True)
class Pattern:
    """One person's week: the hours of the longest shift on each weekday, 0 for a day off."""

    pool: str
    part_time: bool
    hours: tuple[float, ...]

    def may(self, turn: Turn) -> bool:
        """Whether somebody who has it may work such a shift."""
        return self.pool == turn.pool and turn.hours <= self.hours[turn.day] + 1e-9


@dataclass(frozen=True)
class Weeks:
    """How shifts are shared among the fewest people who can work them.

    people: [P] how many have each pattern.
    turns: of each pattern, how many of each turn those people have.
    """

    people: Ints
    turns: tuple[dict[Turn, int], ...]


@dataclass(frozen=True)
class Crew:
    """The people who work the shifts of a shape.

    people: what is said of them.
    kinds: [D] of each duty.
    """

    people: People
    kinds: tuple[Kind, ...]

    @cached_property
    def turn_of(self) -> tuple[Turn, ...]:
        """[D] of each duty."""
        return _turns(self.kinds, self.people.rest)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The different turns of the duties."""
        return tuple(dict.fromkeys(self.turn_of))

    @cached_property
    def of_turn(self) -> Ints:
        """[T, D] 1 where a duty is of a turn."""
        return np.array([[int(own == one) for own in self.turn_of] for one in self.turns])

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """All weeks that somebody may have."""
        found: list[Pattern] = []
        contracts = [(False, self.people.week / 3600)]
        if self.people.part_time is not None:
            contracts.append((True, self.people.part_time.week / 3600))
        for pool in dict.fromkeys(turn.pool for turn in self.turns):
            choices = [
                [0.0, *sorted({t.hours for t in self.turns if (t.pool, t.day) == (pool, day)})]
                for day in range(WEEKDAYS)
            ]
            for part_time, week in contracts:
                weeks = _weeks(choices, week, self.people.days_off)
                found += [Pattern(pool, part_time, hours) for hours in weeks]
        return tuple(found)

    @cached_property
    def works(self) -> tuple[tuple[int, Turn], ...]:
        """[X] the number of a pattern, and a turn that its people may have."""
        return tuple(
            (place, turn)
            for place, pattern in enumerate(self.patterns)
            for turn in self.turns
            if pattern.may(turn)
        )

    @cached_property
    def _given(self) -> scipy.sparse.csr_array:
        """[T, X] 1 where who works what has the turn."""
        row, X = {turn: number for number, turn in enumerate(self.turns)}, len(self.works)
        return _sparse([row[turn] for _, turn in self.works], range(X), np.ones(X), (len(row), X))

    @cached_property
    def _crowds(self) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
        """[row, P], [row, X] of which pattern's people who works what is a part.

        No more are busy than there are: on a day, and between two of its days.
        """
        crowds: dict[tuple[int, int, int], list[int]] = {}  # pattern, day, how late
        for place, (pattern, turn) in enumerate(self.works):
            for late in range(turn.late + 1):
                crowds.setdefault((pattern, turn.day, late), []).append(place)
        for place, (pattern, turn) in enumerate(self.works):
            late = turn.early + 1
            while (pattern, (turn.day - 1) % WEEKDAYS, late) in crowds:
                crowds[pattern, (turn.day - 1) % WEEKDAYS, late].append(place)
                late += 1
        R, patterns = len(crowds), [pattern for pattern, _, _ in crowds]
        rows = np.repeat(np.arange(R), [len(crowd) for crowd in crowds.values()])
        places = [place for crowd in crowds.values() for place in crowd]
        return (
            _sparse(range(R), patterns, np.ones(R), (R, len(self.patterns))),
            _sparse(rows, places, np.ones(len(rows)), (R, len(self.works))),
        )

    def join(
        self, problem: Problem, counts: Ints | None = None, *, each: float = 0.0, work: float = 0.0
    ) -> None:
        """Make who works what a side of a problem: `people` have each pattern, `works` a turn.

        Args:
            problem: with the duties as its `counts`, if these are not given.
            counts: [D] of the duties.
            each, work: what one of the people costs, and one turn of theirs.
        """
        P, X = len(self.patterns), len(self.works)
        problem.add("people", np.full(P, each), whole=True)
        problem.add("works", np.full(X, work), whole=True)
        if counts is None:
            problem.limit(0.0, counts=-self.of_turn, works=self._given)
        else:
            problem.limit(self.of_turn @ counts, works=self._given)
        everybody, busy = self._crowds
        problem.limit(0.0, people=everybody, works=-busy)
        if self.people.at_most is not None:
            problem.limit(0.0, self.people.at_most, people=np.ones((1, P)))
        if self.people.part_time is not None:
            part = np.array([[float(one.part_time) for one in self.patterns]])
            problem.limit(-np.inf, 0.0, people=part - self.people.part_time.share)

    def fewest(self, counts: Ints) -> Ints | None:
        """[P] the fewest people who can work these counts [D] of the duties; None if none can."""
        problem = Problem()
        self.join(problem, counts, each=1.0)
        found = problem.least()
        return None if found is None else np.asarray(np.rint(found["people"]), dtype=np.int64)

    def weeks(self, counts: Ints) -> Weeks | None:
        """How these counts [D] are shared, as evenly as may be; None if nobody can work them."""
        people = self.fewest(counts)
        if people is None:
            return None
        P, X = len(self.patterns), len(self.works)
        problem = Problem()
        self.join(problem, counts)
        problem.limit(people, people, people=np.eye(P))
        # the most shifts of a person, in the mean of their pattern
        problem.add("most", np.ones(1))
        of_pattern = [pattern for pattern, _ in self.works]
        own = [1 / max(people[pattern], 1) for pattern in of_pattern]
        problem.limit(0.0, most=np.ones((P, 1)), works=-_sparse(of_pattern, range(X), own, (P, X)))
        found = problem.least(gap=EVEN, nodes=MANY)
        assert found is not None  # so many people can work them
        turns: tuple[dict[Turn, int], ...] = tuple({} for _ in self.patterns)
        for (pattern, turn), count in zip(self.works, found["works"].tolist(), strict=True):
            turns[pattern][turn] = round(count)
        return Weeks(people, turns)

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


def _sparse(
    rows: Sequence[int] | Ints,
    columns: Sequence[int],
    values: Sequence[float] | Floats,
    shape: tuple[int, int],
) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array((values, (rows, columns)), shape=shape)


def _turns(kinds: Sequence[Kind], rest: float) -> tuple[Turn, ...]:
    """[D] the turn of each shift, where so many seconds lie between two of a person."""
    starts: dict[tuple[str, int], list[int]] = {}
    for pool, day, start in sorted({(one.pool, one.day, one.start) for one in kinds}):
        starts.setdefault((pool, day), []).append(start)
    found = []
    for one in kinds:
        after = starts.get((one.pool, (one.day + 1) % WEEKDAYS), [])
        late = sum(start + DAY - one.end < rest for start in after)
        found.append(Turn(*one[:3], late, starts[one.pool, one.day].index(one.start)))
    latest: dict[tuple[str, int], int] = {}
    for turn in found:
        latest[turn.pool, turn.day] = max(latest.get((turn.pool, turn.day), 0), turn.late)
    # beginnings that no shift of the day before is too late for are alike
    return tuple(
        turn._replace(early=min(turn.early, latest.get((turn.pool, (turn.day - 1) % WEEKDAYS), 0)))
        for turn in found
    )


def _weeks(choices: list[list[float]], week: float, days_off: int) -> list[tuple[float, ...]]:
    """Weeks of at most so many hours with days off in a row, to which nothing can be added."""
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
    """Whether on one of the days there could be a longer shift."""
    left = week - sum(days) + 1e-9
    for day, hours in enumerate(days):
        longer = next((more for more in choices[day] if more > hours), None)
        if longer is None or longer - hours > left:
            continue
        if _rests([*days[:day], longer, *days[day + 1 :]], days_off):
            return True
    return False


def _rests(days: list[float], days_off: int) -> bool:
    """Whether so many days in a row are off, from one week into the next."""
    return not days_off or any(
        not any(days[(first + day) % WEEKDAYS] for day in range(days_off))
        for first in range(WEEKDAYS)
    )
