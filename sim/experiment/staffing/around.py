"""What lies around a plan: the need with a fraction below it, and what more or fewer hours bring.

Both are measured on the customers on which the plan was verified, which the search has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.beside import Known
from sim.experiment.staffing.goal import StaffGoal, Target
from sim.experiment.staffing.judge import HOURS_ON_DUTY, MARGIN, Judge, Reading
from sim.experiment.staffing.shape import Shape
from sim.experiment.staffing.verify import means
from sim.stats.distributions import student_quantile
from sim.stats.estimate import Bounds
from sim.tables import Floats, Ints

POINTS = 4
"""Plans beside the chosen one of which the curve is made, at most."""

QUARTER = 4
"""What whole people change shows in a quarter of the replications asked for."""

NEAR = 0.35
"""Of the plan's hours: what is farther away is left out, unless nothing is nearer."""


@dataclass(frozen=True)
class Need:
    """The people whom the targets need in the mean, with a fraction.

    People come whole, so that a plan is larger than the need. `whole` holds in the mean, and would
    not with one person fewer in every block (`fewer`). Between the two lies the share of days on
    which one fewer will do: days mix, and so do the sums of which targets are ratios, in a line.

    whole, fewer: [S] heads.
    spare: the share of days, with its interval.
    """

    whole: Ints
    fewer: Ints
    spare: Bounds

    def heads(self, spare: float | None = None) -> Floats:
        """[S] the need; with another share of days than the mean one."""
        part = self.spare.value if spare is None else spare
        return np.asarray(np.round(self.whole - part * (self.whole - self.fewer), 4))


class Point(NamedTuple):
    """A plan on the curve of what hours bring.

    plan: whether it is the one chosen.
    hours, cost: of the counted days. value, low, high: of what the curve is about.
    gain, gain_low, gain_high: more than the point before; nan of the first.
    """

    plan: bool
    hours: float
    cost: float
    value: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float

    @property
    def told_apart(self) -> bool:
        """Whether it surely differs from the point before."""
        return self.gain_low > 0 or self.gain_high < 0


def curve_target(targets: tuple[Target, ...]) -> Target:
    """What the curve is about: the first target, or the margin that is to be as much as can be."""
    return targets[0] if targets else Target(MARGIN, nan)


class Around:
    """Plays plans on the customers of the judgement.

    Args:
        shape, goal, targets: what may be decided and is wanted.
        runner: for the simulations.
        seed, confidence: of the judgement.
    """

    def __init__(
        self,
        shape: Shape,
        goal: StaffGoal,
        targets: tuple[Target, ...],
        runner: Runner,
        *,
        seed: int,
        confidence: float,
    ) -> None:
        self.shape, self.goal, self.targets, self.runner = shape, goal, targets, runner
        self.seed, self.confidence = seed, confidence

    # --- the need -----------------------------------------------------------------------------

    def need(self, heads: Ints, judged: Sample, replications: int) -> Need | None:
        """The need below a plan that holds in the mean; None if it does not.

        Args:
            heads: [S] of the plan. judged: what it came to.
            replications: asked for; what one person fewer changes is told on the same customers,
                and in few of them.
        """
        few = _few(replications)
        judge = Judge.of(self.shape.scenario, self.targets, HOURS_ON_DUTY, self.goal)
        above = judge.read(judged)
        level, error, many = above.mean_slack, _error(above), len(above.slack)
        if (level < 0).any():
            return None
        whole = heads
        while True:
            fewer = np.maximum(whole - 1, np.minimum(whole, self.goal.at_least))
            if np.array_equal(fewer, whole):
                return Need(whole, fewer, Bounds(0.0, 0.0, 0.0))
            below = self._read(judge, fewer, few)
            slope = (above.slack[:few] - below.slack).mean(axis=0)
            if (level < slope).any():
                return Need(whole, fewer, self._spare(level, slope, error, many))
            whole, above, level = fewer, below, level - slope

    def _read(self, judge: Judge, heads: Ints, replications: int) -> Reading:
        sample = judge.sample(self.runner, self.shape.with_heads(heads), self.seed)
        self.runner.extend([sample], replications)
        return judge.read(sample)

    def _spare(self, level: Floats, slope: Floats, error: Floats, n: int) -> Bounds:
        """The share of days on which one fewer will do, by the target that allows least of it."""
        shares = np.where(level < slope, level / np.where(slope, slope, 1.0), 1.0)
        target = int(shares.argmin())
        share = float(shares[target])
        half = float(student_quantile(self.confidence, n - 1) * error[target] / slope[target])
        return Bounds(share, max(share - half, 0.0), min(share + half, 1.0))

    # --- the curve ----------------------------------------------------------------------------

    def curve(
        self,
        plan: Ints,
        paid: Known,
        known: Known,
        tried: Sequence[Ints],
        replications: int,
        meanwhile: Callable[[], object] | None = None,
    ) -> tuple[Point, ...]:
        """What plans come to, by hours: the plan and others that were tried.

        The plan's own point is what it was judged to be. The others are told by how they differ
        from it on the same customers, in fewer replications (`Known.beside`).

        Args:
            plan: [D] the plan.
            paid, known: it, where its hours and cost, and where its targets were judged.
            tried: [D] each, the others to choose from.
            replications: asked for.
            meanwhile: what there is to do besides.
        """
        about = curve_target(self.targets)
        told = {Target("hours", nan): paid, Target("cost", nan): paid, about: known}
        here = [
            means(one.sample, [each], self.confidence, one.controls)[0]
            for each, one in told.items()
        ]
        read: dict[str, Any] = {
            "measures": [one.measure for one in told],
            "splits": tuple({one.by: None for one in told}),
        }
        samples = [
            self.runner.sample(self.shape.staffed(one), self.seed, **read)
            for one in self.near(plan, tried)
        ]
        self.runner.extend(samples, _few(replications), meanwhile=meanwhile)
        points = [(known.sample, here)]
        for sample in samples:
            points.append((sample, [one.beside(each, sample) for each, one in told.items()]))
        points.sort(key=lambda one: one[1][0].value)
        found: list[Point] = []
        for place, (sample, (hours, cost, value)) in enumerate(points):
            gain = (nan, nan, nan)
            if place:
                gain = known.gain(about, points[place - 1][0], sample)
            found.append(Point(sample is known.sample, hours.value, cost.value, *value, *gain))
        return tuple(found)

    def near(self, plan: Ints, tried: Sequence[Ints]) -> list[Ints]:
        """A few of the plans tried, half of them of fewer hours, the nearest of each side first.

        Args:
            plan: [D] the plan. tried: [D] each.
        """
        hours = self.shape.hours
        here, found = float(hours @ plan), list[Ints]()
        for side in (-1, 1):
            own = [one for one in tried if side * (hours @ one - here) > 0]
            own.sort(key=lambda one: abs(hours @ one - here))
            near = [one for one in own if abs(hours @ one - here) <= NEAR * here] or own[:1]
            places = np.linspace(0, len(near) - 1, min(POINTS // 2, len(near))).round()
            found += [near[int(place)] for place in places]
        return found


def _few(replications: int) -> int:
    return max(replications // QUARTER, 2)


def _error(reading: Reading) -> Floats:
    """[T] standard error of the mean slack; nan of a single replication."""
    n = len(reading.slack)
    if n < 2:
        return np.full(reading.slack.shape[1], nan)
    return np.asarray(reading.slack.std(axis=0, ddof=1) / math.sqrt(n))
