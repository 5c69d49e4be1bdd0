"""Whether a plan holds on customers that the search has not seen, and the next larger one if not.

A search picks the plan that looks best on its own customers, so part of what it shows there is
luck. Here the plan meets other customers. If it does not surely hold, people are added along a
*ladder*: one duty more at each rung, in an order that the search has fixed, up to the cap. The
first rung that holds is the plan.

**How often a recommended plan fails.** A rung holds if the lower ends of two-sided intervals reach
every target, in the replications asked for or, where these leave it open, in `LONGER` times as
many: two looks, each wrong with (1 - confidence) / 2 at most. All rungs meet the same customers,
and each has all people of the rungs below. So if any rung that is too small passes, then, but for
rare exceptions, the largest such rung does too: trying many costs no certainty. Together at most
1 - confidence.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np

from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.crew import Kind
from sim.experiment.staffing.days import DayCounter, play
from sim.experiment.staffing.erlang import Start
from sim.experiment.staffing.goal import StaffGoal, Target
from sim.experiment.staffing.shape import Shape
from sim.measures import Row, estimate
from sim.measures.controls import is_controlled
from sim.scenario import Scenario
from sim.stats import Estimate
from sim.tables import Floats, Ints

LONGER = 4
"""Times as many replications for a plan of which the first ones leave open whether it holds."""

PLENTY, AND_MORE = 4.0, 10
"""Demand times this, and so many heads more: whoever is not served then lacks no people."""

HOLDS, CAPPED, UNREACHABLE, OPEN = "holds", "capped", "unreachable", "open"
"""What a verification comes to: see `Verdict`."""

MISSES = "misses"
"""How one plan can stand to its targets, besides `HOLDS` and `OPEN`: surely not all are reached."""


class Bounds(NamedTuple):
    """A measure in the mean; nan where it has no value."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """What the verification of a plan came to.

    outcome: `holds`: the plan surely reaches all targets; `capped`: only the cap on people keeps
        them out of reach; `unreachable`: surely out of reach, however many people are there;
        `open`: even with plenty of people it remains unsure.
    plans: that were tried on these customers.
    replications: of each, where the first ones left it open.
    without_cap: [S] heads that would hold if there were no cap, only for `capped`.
    people_without_cap: how many different people would work them, where shifts are planned.
    """

    outcome: str
    plans: int
    replications: int
    without_cap: Ints | None = None
    people_without_cap: int | None = None


@dataclass(frozen=True)
class Ladder:
    """Plans of which each has one duty more than the one before.

    counts: [D] of the lowest rung. order: the duties added, one by one.
    """

    counts: Ints
    order: tuple[int, ...]

    @property
    def top(self) -> int:
        """The number of the highest rung."""
        return len(self.order)

    def at(self, rung: int) -> Ints:
        """[D] counts of a rung."""
        return self.counts + np.bincount(self.order[:rung], minlength=len(self.counts))


def ladder(
    shape: Shape,
    counts: Ints,
    worth: Floats,
    most: int | None,
    plenty: Ints | None = None,
    *,
    by_people: bool = False,
) -> Ladder:
    """Rungs from a plan upwards.

    Args:
        shape: what may be decided.
        counts: [D] the lowest rung.
        worth: [D] what one head more of a duty brings for its cost, by the search's measure. Each
            head of a duty that has been added is worth less than the one before.
        most: heads in a slot that no rung exceeds.
        plenty: [S] heads at which nothing is gained by more; a duty is added while some slot it
            covers has fewer.
        by_people: no rung asks for more than the people of the shape can work.
    """
    covers = shape.covers.astype(np.int64)
    heads = shape.heads(counts)
    worth = np.maximum(worth, 0.0)
    worth = worth / (worth.max(initial=0.0) or 1.0) + 0.02  # noise may show something as useless
    waiting = [(-value, duty, 0) for duty, value in enumerate(worth.tolist())]
    heapq.heapify(waiting)
    order: list[int] = []
    now, full = counts.copy(), set[Kind]()
    while waiting:
        _, duty, added = heapq.heappop(waiting)
        own = covers[:, duty] > 0
        if most is not None and (heads[own] >= most).any():
            continue
        if plenty is not None and (heads[own] >= plenty[own]).all():
            continue
        if by_people and not _can_add(shape, now, duty, full):
            continue
        now[duty] += 1
        heads += covers[:, duty]
        order.append(duty)
        heapq.heappush(waiting, (-float(worth[duty]) / (added + 2), duty, added + 1))
    return Ladder(counts, tuple(order))


def _can_add(shape: Shape, counts: Ints, duty: int, full: set[Kind]) -> bool:
    """Whether the people can work one duty more; `full` collects the kinds of which they cannot."""
    kind = shape.duties[duty].kind
    if kind in full:
        return False
    more = counts.copy()
    more[duty] += 1
    if shape.can_work(more):
        return True
    full.add(kind)  # nor later: whoever could work more shifts could work fewer
    return False


class Verifier:
    """Verifies plans on the same fresh customers.

    Args:
        shape, goal, targets: what may be decided and is wanted.
        runner: for the simulations.
        seed: of the customers.
        known: what is known of the luck of a sample, as of `Luck.known`.
        replications: that are asked for; `LONGER` times as many where they leave it open.
        confidence: of the two-sided intervals.
    """

    def __init__(
        self,
        shape: Shape,
        goal: StaffGoal,
        targets: Sequence[Target],
        runner: Runner,
        known: Callable[[Sample], Floats | None],
        *,
        seed: int,
        replications: int,
        confidence: float,
    ) -> None:
        self.shape, self.goal, self.targets, self.runner = shape, goal, targets, runner
        self._known = known
        self.seed, self.replications, self.confidence = seed, replications, confidence
        self._controlled = any(is_controlled(one.measure) for one in targets)
        self._samples: dict[bytes, tuple[Sample, DayCounter | None]] = {}
        self.played = replications

    def settle(self, counts: Ints, worth: Floats, reachable: bool) -> tuple[Ints, Verdict]:
        """The first plan from `counts` upwards that holds, or why there is none.

        Args:
            counts: [D] the plan found.
            worth: [D] see `ladder`.
            reachable: whether the search took its plan to reach the targets; if not, the plan is
                the nearest, and shown if no larger one holds.
        """
        if not self.targets:
            return counts, self._verdict(HOLDS)
        most, people = self.goal.at_most, self.goal.people
        plenty = self._plenty()
        by_people = people is not None and people.at_most is not None
        capped = most is not None or by_people
        rungs = ladder(
            self.shape, counts, worth, most, None if most else plenty, by_people=by_people
        )
        rung = self._lowest(rungs)
        if rung is not None:
            return rungs.at(rung), self._verdict(HOLDS)
        nearest = rungs.at(rungs.top) if reachable else counts
        if not capped:
            stands = self._stand(rungs.at(rungs.top))
            return nearest, self._verdict(UNREACHABLE if stands == MISSES else OPEN)
        free = ladder(self.shape, rungs.at(rungs.top), worth, None, plenty)
        stands = self._stand(free.at(free.top))
        if stands != HOLDS:
            return nearest, self._verdict(UNREACHABLE if stands == MISSES else OPEN)
        rung = self._lowest(free)
        assert rung is not None  # the top one holds
        return nearest, self._verdict(CAPPED, free.at(rung))

    def _verdict(self, outcome: str, without_cap: Ints | None = None) -> Verdict:
        plans = max(len(self._samples), 1)
        if without_cap is None:
            return Verdict(outcome, plans, self.played)
        crew = self.shape.crew
        people = None if crew is None else crew.without_cap().fewest(without_cap)
        heads = self.shape.heads(without_cap)
        count = None if people is None else int(people.sum())
        return Verdict(outcome, plans, self.played, heads, count)

    def _plenty(self) -> Ints:
        """[S] heads with which nobody waits for want of people."""
        free = self.goal.model_copy(update={"at_most": None})
        heads = Start.of(self.shape, free, tuple(self.targets)).heads(PLENTY) + AND_MORE
        return np.asarray(np.maximum(heads, np.ceil(self.shape.present)), dtype=np.int64)

    def _lowest(self, rungs: Ladder) -> int | None:
        """The lowest rung that holds: by steps of double length, then halving the last one."""

        def holds(rung: int) -> bool:
            return self._stand(rungs.at(rung)) == HOLDS

        below, rung = -1, 0
        while True:
            step = 1
            while not holds(rung):
                if rung == rungs.top:
                    return None
                below, rung, step = rung, min(rung + step, rungs.top), 2 * step
            while rung - below > 1:
                middle = (below + rung) // 2
                below, rung = (below, middle) if holds(middle) else (middle, rung)
            if holds(rung):  # still: a look at another rung may have asked for more
                return rung

    def _stand(self, counts: Ints) -> str:
        """How a plan stands to its targets: `HOLDS`, `MISSES` or `OPEN`."""
        key = counts.tobytes()
        if key not in self._samples:
            self._samples[key] = self._sample(self.shape.staffed(counts))
        stands = self._look(*self._samples[key])
        if stands == OPEN and self.played == self.replications:
            self.played = LONGER * self.replications  # from now on, of all plans
            stands = self._look(*self._samples[key])
        return stands

    def _sample(self, scenario: Scenario) -> tuple[Sample, DayCounter | None]:
        measures = None if self._controlled else [one.measure for one in self.targets]
        sample, days = self.runner.sample(scenario, self.seed, measures=measures), None
        if self.goal.good is not None:
            days = DayCounter(
                scenario, self.seed, self.runner.engine, self.targets, self.goal.periods
            )
        return sample, days

    def _look(self, sample: Sample, days: DayCounter | None) -> str:
        play(self.runner, [sample], [days], self.played)
        controls = self._known(sample) if self._controlled else None
        found = means(sample, self.targets, self.confidence, controls)
        stands = [(t.sign, t.value, one) for t, one in zip(self.targets, found, strict=True)]
        if days is not None and self.goal.good is not None:
            good = days.together(sample.tallies, self.confidence)
            stands.append((1, self.goal.good, bounds_of_share(good)))
        if all(surely(*one) for one in stands):
            return HOLDS
        return MISSES if any(surely_not(*one) for one in stands) else OPEN


def means(
    sample: Sample, targets: Iterable[Target], confidence: float, controls: Floats | None = None
) -> list[Bounds]:
    """What targets come to in the mean of a sample; `controls` as of `estimate`."""
    targets = list(targets)
    rows = estimate(
        sample.scenario,
        sample.tallies,
        confidence,
        measures=sorted({one.measure for one in targets}),
        splits=sorted({one.by for one in targets}),
        controls=controls,
    )
    return [bounds_of(rows, target) for target in targets]


def bounds_of(rows: Iterable[Row], target: Target) -> Bounds:
    """A target's measure among estimates; a window that is never in the counted days has none."""
    for row in rows:
        if (row.measure, row.by, row.group) == (target.measure, target.by, target.group):
            return Bounds(row.value, row.low, row.high)
    return Bounds(nan, nan, nan)


def bounds_of_share(found: Estimate | None) -> Bounds:
    """A share of days; one that there is not has no value."""
    if found is None:
        return Bounds(nan, nan, nan)
    return Bounds(float(found.value), float(found.low), float(found.high))


def surely(sign: int, wanted: float, bounds: Bounds) -> bool:
    """Whether all of the interval reaches what is wanted; what has no value misses nothing."""
    edge = bounds.low if sign > 0 else bounds.high
    return not sign * (edge - wanted) < 0


def surely_not(sign: int, wanted: float, bounds: Bounds) -> bool:
    """Whether none of the interval reaches it."""
    edge = bounds.high if sign > 0 else bounds.low
    return sign * (edge - wanted) < 0
