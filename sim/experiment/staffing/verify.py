"""Whether a plan holds on customers that the search has not seen, and the next larger one if not.

A search picks the plan that looks best on its own customers, so part of what it shows there is
luck. Here the plan meets other customers. It stands on a *ladder*: one duty more at each rung, in
an order that the search has fixed, from some below the plan found up to the cap. Few replications
of a rung, beside more of the plan found, tell which is the lowest that is likely to hold; from
there upwards the first that does is the plan.

**How often a recommended plan fails.** A rung holds if the lower ends of two-sided intervals reach
every target, in the replications asked for or, where these leave it open, in twice or `LONGER`
times as many. Of the certainty that may be lacking, 1 - confidence, the last look uses a half and
each before it a sixth. All rungs meet the same customers, and each has all people of the rungs
below. So if any rung that is too small passes, then, but for rare exceptions, the largest such rung
does too: trying many costs no certainty. The last sixth is for the Erlang staffing, which is the
answer where it does better (`replaced_by`).

**When it is given up.** A rung is looked at before, too, and given up as soon as it has little
chance left to hold in the end. That never makes a plan hold: if it is a mistake, which at each look
it is with `LITTLE` or `LITTLE_OF_MANY` at most, the plan is the next larger one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.beside import Known
from sim.experiment.staffing.crew import Kind
from sim.experiment.staffing.days import Days
from sim.experiment.staffing.erlang import Start
from sim.experiment.staffing.goal import StaffGoal, Target
from sim.experiment.staffing.judge import splits_of
from sim.experiment.staffing.shape import Shape
from sim.measures import Row, estimate
from sim.measures.controls import COUNTED_BY
from sim.stats.distributions import normal_quantile
from sim.stats.estimate import NO_BOUNDS, Bounds, Estimate
from sim.tables import Floats, Ints

LONGER = 4
"""Times as many replications for a plan of which the first ones leave open whether it holds."""

EARLIER, FEWEST = (0.25, 0.5, 1.0, 2.0), 20
"""Of the replications asked for, those in which a plan can be given up besides; in no fewer than
so many."""

LITTLE, LITTLE_OF_MANY, MANY = 0.1, 0.35, 100
"""The chance to hold in the end, as far as the replications so far tell, that is too little; more
where a plan has many duties: one more costs less there than replications do."""

LOWER, FINEST = 0.2, 0.003
"""Of the duties of a plan found, as many less stand below it on the ladder; and so few more, if not
one, make no difference that is worth many replications."""

PLENTY, AND_MORE = 4.0, 10
"""Demand times this, and so many heads more: whoever is not served then lacks no people."""

HOLDS, CAPPED, UNREACHABLE, OPEN = "holds", "capped", "unreachable", "open"
"""What a verification comes to: see `Verdict`."""

MISSES, GIVEN_UP = "misses", "given up"
"""How one plan can stand to its targets, besides `HOLDS` and `OPEN`: surely not all are reached; or
that is as good as sure."""


class Stand(NamedTuple):
    """How a plan stands to a target: its sign, what is wanted and what was found."""

    sign: int
    wanted: float
    bounds: Bounds

    @property
    def half(self) -> float:
        """Half of the interval, on the side of what is wanted."""
        edge = self.bounds.low if self.sign > 0 else self.bounds.high
        return self.sign * (self.bounds.value - edge)


@dataclass(frozen=True)
class Verdict:
    """What the verification of a plan came to.

    outcome: `holds`: the plan surely reaches all targets; `capped`: only the cap on people keeps
        them out of reach; `unreachable`: surely out of reach, however many people are there;
        `open`: even with plenty of people it remains unsure.
    plans: that were tried on these customers.
    replications: in which the plan was judged.
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


def lowered(shape: Shape, rungs: Ladder, worth: Floats, least: int) -> Ladder:
    """With rungs below the lowest, the duty that brings least for its cost taken away first.

    Args:
        worth: as of `ladder`; each head of a duty that is gone makes the next one worth more.
        least: heads in a slot that no rung goes below.
    """
    covers = shape.covers.astype(np.int64)
    counts, heads = rungs.counts.copy(), shape.heads(rungs.counts)
    worth = np.maximum(worth, 0.0)
    gone: list[int] = []
    for _ in range(round(LOWER * int(counts.sum()))):
        spare = (counts > 0) & ~((heads <= least) @ covers)
        if not spare.any():
            break
        more = worth * (1 + rungs.counts - counts)
        duty = int(np.where(spare, more, np.inf).argmin())
        counts[duty] -= 1
        heads -= covers[:, duty]
        gone.append(duty)
    return Ladder(counts, (*reversed(gone), *rungs.order))


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
        known: what is known of the luck of a sample, as of `Luck.known`.
        seed: of the customers.
        replications: that are asked for; `LONGER` times as many where they leave it open.
        confidence: at which a plan that is recommended holds.
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
        self._days = Days(shape.scenario, targets, goal.periods)
        self._judged: dict[bytes, Sample] = {}
        self._stood: dict[tuple[bytes, bool], str] = {}
        self._little = LITTLE

    def judged(self, counts: Ints) -> Sample | None:
        """What is known of a plan, in as many replications as were asked for or more."""
        found = self._judged.get(counts.tobytes())
        return found if found and len(found) >= self.replications else None

    def settle(
        self, counts: Ints, worth: Floats, reachable: bool, *, exhaustive: bool = False
    ) -> tuple[Ints, Verdict]:
        """The first plan from about `counts` upwards that holds, or why there is none.

        Args:
            counts: [D] the plan found.
            worth: [D] see `ladder`.
            reachable: whether the search took its plan to reach the targets; if not, the plan is
                the nearest, and shown if no larger one holds.
            exhaustive: whether the search has tried all plans, those with less too.
        """
        if not self.targets:
            return counts, self._verdict(HOLDS, counts)
        self._little = LITTLE if counts.sum() < MANY else LITTLE_OF_MANY
        most, people = self.goal.at_most, self.goal.people
        by_people = people is not None and people.at_most is not None
        capped = most is not None or by_people
        plenty = None if most else self._plenty()
        rungs = ladder(self.shape, counts, worth, most, plenty, by_people=by_people)
        if reachable and not exhaustive:
            rungs = self._from_likely(rungs, worth)
        lowest = self._lowest(rungs)
        if lowest is not None:
            return lowest, self._verdict(HOLDS, lowest)
        highest = rungs.at(rungs.top)
        nearest = highest if reachable else counts
        stands = self._stand(highest)
        if capped:
            free = ladder(self.shape, highest, worth, None, self._plenty())
            stands = self._stand(free.at(free.top))
            if stands == HOLDS:
                return nearest, self._verdict(CAPPED, nearest, self._lowest(free))
        return nearest, self._verdict(UNREACHABLE if stands == MISSES else OPEN, nearest)

    def replaced_by(self, counts: Ints, judged: Sample) -> bool:
        """Whether another plan, one only, may be recommended in place of the one that holds.

        Args:
            counts: [D] of it. judged: what it came to in the replications asked for.
        """
        if any(surely_not(*one) for one in self._stands(judged, self._stricter)):
            return False
        last = {LONGER * self.replications: self._stricter}
        return not self.targets or self._looked_at(counts, last) == HOLDS

    def _verdict(self, outcome: str, plan: Ints, without_cap: Ints | None = None) -> Verdict:
        judged = self.judged(plan)
        replications = self.replications if judged is None else len(judged)
        plans = max(len({one for one, _ in self._stood}), 1)
        if without_cap is None:
            return Verdict(outcome, plans, replications)
        crew = self.shape.crew
        people = None if crew is None else crew.without_cap().fewest(without_cap)
        heads = self.shape.heads(without_cap)
        count = None if people is None else int(people.sum())
        return Verdict(outcome, plans, replications, heads, count)

    def _plenty(self) -> Ints:
        """[S] heads with which nobody waits for want of people."""
        free = self.goal.model_copy(update={"at_most": None})
        heads = Start.of(self.shape, free, tuple(self.targets)).heads(PLENTY) + AND_MORE
        return np.asarray(np.maximum(heads, np.ceil(self.shape.present)), dtype=np.int64)

    def _from_likely(self, rungs: Ladder, worth: Floats) -> Ladder:
        """The ladder from the lowest rung that is likely to hold, told beside the plan found."""
        few = min(max(round(EARLIER[0] * self.replications), FEWEST), self.replications)
        self._play(rungs.counts, self.replications)
        lower = lowered(self.shape, rungs, worth, self.goal.at_least)

        def likely(rung: int) -> bool:
            return self._may_hold(self._play(lower.at(rung), few))

        start = _lowest(likely, lower, lower.top - rungs.top)
        return rungs if start is None else Ladder(lower.at(start), lower.order[start:])

    def _lowest(self, rungs: Ladder) -> Ints | None:
        """The lowest rung that holds, from the first one upwards."""

        def holds(rung: int) -> bool:
            return self._stand(rungs.at(rung), last=rung == rungs.top) == HOLDS

        found = _lowest(holds, rungs, 0)
        return None if found is None else rungs.at(found)

    # --- one plan -----------------------------------------------------------------------------

    @property
    def _stricter(self) -> float:
        """The confidence of looks that use a sixth of the certainty that may be lacking."""
        return (2.0 + self.confidence) / 3.0

    def _stand(self, counts: Ints, *, last: bool = True) -> str:
        """How a plan stands to its targets; it is not given up if it is the last to be tried."""
        key = counts.tobytes(), last
        n = self.replications
        if key not in self._stood:
            stricter = dict.fromkeys((n, 2 * n), self._stricter)
            deciding = {**stricter, LONGER * n: self.confidence}
            self._stood[key] = self._looked_at(counts, deciding, last=last)
        return self._stood[key]

    def _looked_at(self, counts: Ints, deciding: dict[int, float], *, last: bool = False) -> str:
        """How a plan stands; deciding: replications in which it may hold, at which confidence."""
        earlier = [round(part * self.replications) for part in EARLIER]
        giving_up = [] if last else [many for many in earlier if many >= FEWEST]
        for many in sorted({*deciding, *giving_up}):
            judged = self._play(counts, many)
            if many in deciding:
                if self._holds(judged, deciding[many]):
                    return HOLDS
                if any(surely_not(*one) for one in self._stands(judged, deciding[many])):
                    return MISSES
            if not last and not self._may_hold(judged):
                return GIVEN_UP
        return OPEN

    def _may_hold(self, judged: Sample) -> bool:
        """Whether a plan has a chance left to hold in the end that is not too small.

        What the mean will be then differs from what it is now by chance, of known spread. It is
        told beside the plan that has been played most if that tells it better.
        """
        longest = max(self._judged.values(), key=len)
        known = Known(longest, self._known(longest), self.confidence)
        own = self._stands(judged, self.confidence)
        part = len(judged) / (LONGER * self.replications)
        most = normal_quantile(1.0 - 2.0 * self._little) / normal_quantile(self.confidence)
        for mine, other in zip(own, self._stands(judged, self.confidence, known), strict=True):
            told = min(mine, other, key=lambda one: one.half)
            at_end = mine.half * np.sqrt(part)
            still = np.sqrt(np.maximum(told.half**2 - at_end**2, 0.0))
            above = told.sign * (told.bounds.value - told.wanted) - at_end
            if above < -most * still:
                return False
        return True

    def _holds(self, judged: Sample, confidence: float) -> bool:
        return all(surely(*one) for one in self._stands(judged, confidence))

    def _play(self, counts: Ints, replications: int) -> Sample:
        key = counts.tobytes()
        if key not in self._judged:
            measures = [*COUNTED_BY, *(one.measure for one in self.targets)]
            self._judged[key] = self.runner.sample(
                self.shape.staffed(counts),
                self.seed,
                splits=splits_of(self.targets),
                measures=measures,
                read=None if self.goal.good is None else self._days.reader,
            )
        self.runner.extend([self._judged[key]], replications)
        return self._judged[key]

    def _stands(self, judged: Sample, confidence: float, known: Known | None = None) -> list[Stand]:
        """Sign, what is wanted and what was found, maybe beside a known plan, of each target."""
        if known is None:
            found = means(judged, self.targets, confidence, self._known(judged))
        else:
            found = [known.beside(target, judged) for target in self.targets]
        stands = [Stand(t.sign, t.value, one) for t, one in zip(self.targets, found, strict=True)]
        if self.goal.good is not None:
            good = self._days.together(judged, confidence)
            stands.append(Stand(1, self.goal.good, bounds_of_share(good)))
        return stands


def _lowest(holds: Callable[[int], bool], rungs: Ladder, start: int) -> int | None:
    """The lowest rung that holds, or one `FINEST` above; None if not even the top does.

    From a start by steps of double length, down if it holds, else up; then halving the last one.
    """
    finest = max(1, round(FINEST * int(rungs.counts.sum())))
    below, rung, step = -1, start, finest
    if holds(start):
        while rung and holds(max(rung - step, 0)):
            rung, step = max(rung - step, 0), 2 * step
        below = max(rung - step, 0) if rung else -1
    while not holds(rung):
        if rung == rungs.top:
            return None
        below, rung, step = rung, min(rung + step, rungs.top), 2 * step
    while rung - below > finest:
        middle = (below + rung) // 2
        below, rung = (below, middle) if holds(middle) else (middle, rung)
    return rung


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
    return NO_BOUNDS


def bounds_of_share(found: Estimate | None) -> Bounds:
    """A share of days; one that there is not has no value."""
    return NO_BOUNDS if found is None else found.bounds


def surely(sign: int, wanted: float, bounds: Bounds) -> bool:
    """Whether all of the interval reaches what is wanted; what has no value misses nothing."""
    edge = bounds.low if sign > 0 else bounds.high
    return not sign * (edge - wanted) < 0


def surely_not(sign: int, wanted: float, bounds: Bounds) -> bool:
    """Whether none of the interval reaches it."""
    edge = bounds.high if sign > 0 else bounds.low
    return sign * (edge - wanted) < 0
