"""What a simulated plan came to: its loss and how far it is from the targets.

A target is a ratio of sums N / D that is to reach a value v. What counts in the search is its
*slack* +-(N - v D): a sum over contacts, so that the slack of a week is that of its hours, and
what one more agent does to it can be read hour by hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.days import Days
from sim.experiment.staffing.goal import StaffGoal, Target
from sim.measures import Tally
from sim.measures.catalogue import CATALOGUE, terms
from sim.measures.components import DAY as DATE
from sim.measures.components import HOUR, REASON, TOTAL, WINDOW
from sim.measures.slices import slices_of
from sim.measures.tally import COLUMN
from sim.scenario import Scenario
from sim.scenario.times import DAY, TimesOfWeek
from sim.tables import Floats

HOURS = 168


@dataclass(frozen=True)
class Reading:
    """What one plan came to in R replications; T targets. More slack and less loss are better.

    loss: [R] what is to be as little as possible, see `Judge.aim`.
    slack: [R, T] of each target; reached where the mean is not below 0. Of `good_days`: days.
    size: [T] mean denominator of the target's ratio.
    hour_loss, hour_slack: [168], [168, T] means by hour of the week; the slack of a channel's
        target is that of all channels there, for tallies hold no channels by hour.
    """

    loss: Floats
    slack: Floats
    size: Floats
    hour_loss: Floats
    hour_slack: Floats

    @property
    def mean_loss(self) -> float:
        """Mean over replications."""
        return float(self.loss.mean())

    @property
    def mean_slack(self) -> Floats:
        """[T] mean over replications."""
        return np.asarray(self.slack.mean(axis=0))


@dataclass(frozen=True)
class Judge:
    """Reads tallies of one scenario, whatever its staffing.

    aim: what `loss` is: cost, hours, or minus the expected margin (the margin itself would drown in
        the luck of single sales what one more agent does).
    good: the least share of days on which all targets hold, as one target more, the last.
    days: what tells that; None where it is not wanted.
    """

    scenario: Scenario
    targets: tuple[Target, ...]
    aim: str
    good: float | None = None
    days: Days | None = None

    @classmethod
    def of(cls, scenario: Scenario, targets: tuple[Target, ...], aim: str, goal: StaffGoal) -> Self:
        """For a goal."""
        days = None if goal.good is None else Days(scenario, targets, goal.periods)
        return cls(scenario, targets, aim, goal.good, days)

    def sample(self, runner: Runner, scenario: Scenario, seed: int, first: int = 0) -> Sample:
        """A scenario to be run, with what is read of it."""
        reader = None if self.days is None else self.days.reader
        splits = splits_of(self.targets)
        return runner.sample(
            scenario, seed, first=first, splits=splits, measures=self.measures, read=reader
        )

    @property
    def measures(self) -> list[str]:
        """Those that it reads."""
        return [self.aim, *(one.measure for one in self.targets)]

    def read(self, sample: Sample) -> Reading:
        """What replications of one plan came to."""
        tallies = sample.tallies
        total, hours = self._sums(tallies, TOTAL)[:, 0], self._sums(tallies, HOUR).mean(axis=0)
        slack, size, hour_slack = [], [], []
        for target in self.targets:
            weights, below = _slack_of(target)
            rows = self._sums(tallies, target.by)[:, self._place(target)]
            slack.append(_weighted(rows, weights))
            size.append(float(_weighted(rows, below).mean()))
            hour_slack.append(_weighted(hours, weights) * self._hours_of(target))
        if self.days is not None and self.good is not None:
            found = self.days.all_held(sample)
            assert found is not None  # the goal has made sure
            known, good = (flags.sum(axis=1).astype(np.float64) for flags in found)
            slack.append(good - self.good * known)
            size.append(float(known.mean()))
            hour_slack.append(np.sum(hour_slack, axis=0))
        return Reading(
            loss=_weighted(total, LOSS[self.aim]),
            slack=np.stack(slack, axis=1) if slack else np.zeros((len(tallies), 0)),
            size=np.array(size),
            hour_loss=_weighted(hours, LOSS[self.aim]),
            hour_slack=np.stack(hour_slack, axis=1) if slack else np.zeros((HOURS, 0)),
        )

    def _sums(self, tallies: Sequence[Tally], by: str) -> Floats:
        rows = slices_of(self.scenario).only(tallies[0].splits).of(by)
        return np.stack([tally.sums[rows] for tally in tallies])

    def _place(self, target: Target) -> int:
        slices = slices_of(self.scenario)
        labels = slices.labels[slices.of(target.by)]
        return [name for _, name in labels].index(target.group)

    def _hours_of(self, target: Target) -> Floats:
        """[168] 1 for the hours of the week that a target is about."""
        if target.by == WINDOW:
            return hours_within(self.scenario.calendar.windows[target.group])
        if target.by == DATE:
            weekday = date.fromisoformat(target.group).weekday()
            return np.asarray(np.arange(HOURS) // 24 == weekday, dtype=np.float64)
        if target.by == HOUR:
            return np.asarray(np.arange(HOURS) == self._place(target), dtype=np.float64)
        return np.ones(HOURS)


def splits_of(targets: Iterable[Target]) -> tuple[str, ...]:
    """Those by which plans are read: for targets, what is known of luck, good days, each hour."""
    return tuple(sorted({TOTAL, REASON, WINDOW, DATE, HOUR, *(one.by for one in targets)}))


def hours_within(times: TimesOfWeek) -> Floats:
    """[168] 1 for each hour of the week whose middle the times cover."""
    middles = np.arange(HOURS) * 3600.0 + 1800.0
    inside = np.zeros(HOURS)
    for line in times:
        for day in line.days:
            past = (middles - (day * DAY + line.start)) % (7 * DAY)
            inside[past < line.end - line.start] = 1.0
    return inside


def _weights(formula: str, scale: float) -> Floats:
    weights = np.zeros(len(COLUMN))
    for name, sign in terms(formula).items():
        weights[COLUMN[name]] += sign * scale
    return weights


def _weighted(sums: Floats, weights: Floats) -> Floats:
    """[...] of [..., component]; what has no weight may be nan."""
    some = np.flatnonzero(weights)
    return np.asarray(sums[..., some] @ weights[some])


COST, HOURS_ON_DUTY, MARGIN = "cost", "hours", "expected_margin"

LOSS = {
    name: (-1.0 if name == MARGIN else 1.0)
    * _weights(CATALOGUE[name].numerator, CATALOGUE[name].scale)
    for name in (COST, HOURS_ON_DUTY, MARGIN)
}
"""What can be to be as little as possible, as weights of the components."""


def _slack_of(target: Target) -> tuple[Floats, Floats]:
    """Weights of the components that give a target's slack, and its denominator."""
    measure = CATALOGUE[target.measure]
    below = _weights(measure.denominator, 1.0)
    return target.sign * (_weights(measure.numerator, measure.scale) - target.value * below), below
