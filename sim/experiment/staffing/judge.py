"""What a simulated plan came to: its loss and how far it is from the targets.

A target is a ratio of sums N / D that is to reach a value v. What counts in the search is its
*slack* +-(N - v D): a sum over contacts, so that the slack of a week is that of its hours, and
what one more agent does to it can be read hour by hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiment.staffing.goal import Target
from sim.measures import Tally
from sim.measures.catalogue import CATALOGUE, CHANNEL, HOUR, POOL, TOTAL, WINDOW, terms
from sim.measures.slices import slices_of
from sim.measures.tally import COLUMN
from sim.scenario import Scenario
from sim.scenario.times import DAY, TimesOfWeek
from sim.tables import Floats

HOURS = 168


@dataclass(frozen=True)
class Reading:
    """What one plan came to in R replications; T targets. More slack and less loss are better.

    loss: [R] what is to be as little as possible: cost, hours, or minus the margin.
    slack: [R, T] of each target; reached where the mean is not below 0.
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

    worth: [C] or [P] margin before cost that a buyer brings who is answered in time, by `worth_by`.
        A mean of many replications: who of those answered really buys is luck that would drown
        what one more agent does. None: `loss` is not the margin.
    costs: whether loss is cost; otherwise (and without `worth`) it is agent hours.
    """

    scenario: Scenario
    targets: tuple[Target, ...]
    costs: bool
    worth_by: str = CHANNEL
    worth: Floats | None = None

    def with_worth(self, tallies: Sequence[Tally]) -> Judge:
        """The judge of margins, with what buyers bring as these replications have it."""
        several = sum(p.sells.conversion is not None for p in self.scenario.pools.values()) > 1
        by = POOL if several else CHANNEL
        sums = self._sums(tallies, by).sum(axis=0)
        answered = sums[:, COLUMN["intending_answered"]]
        profit = sums[:, COLUMN["added_profit"]]
        worth = np.divide(profit, answered, out=np.zeros_like(profit), where=answered > 0)
        return Judge(self.scenario, self.targets, self.costs, by, worth)

    def read(self, tallies: Sequence[Tally]) -> Reading:
        """What replications of one plan came to."""
        total, hours = self._sums(tallies, TOTAL)[:, 0], self._sums(tallies, HOUR).mean(axis=0)
        slack, size, hour_slack = [], [], []
        for target in self.targets:
            weights, below = _slack_of(target)
            rows = self._sums(tallies, target.by)[:, self._place(target)]
            slack.append(rows @ weights)
            size.append(float((rows @ below).mean()))
            hour_slack.append((hours @ weights) * self._hours_of(target))
        return Reading(
            loss=self._loss(tallies, total),
            slack=np.stack(slack, axis=1) if slack else np.zeros((len(tallies), 0)),
            size=np.array(size),
            hour_loss=self._hour_loss(hours),
            hour_slack=np.stack(hour_slack, axis=1) if slack else np.zeros((HOURS, 0)),
        )

    def _sums(self, tallies: Sequence[Tally], by: str) -> Floats:
        rows = slices_of(self.scenario).only(tallies[0].splits).of(by)
        return np.stack([tally.sums[rows] for tally in tallies])

    def _place(self, target: Target) -> int:
        slices = slices_of(self.scenario)
        labels = slices.labels[slices.of(target.by)]
        return [name for _, name in labels].index(target.group)

    def _loss(self, tallies: Sequence[Tally], total: Floats) -> Floats:
        if self.worth is None:
            return np.asarray(total @ (COST if self.costs else HOURS_ON_DUTY))
        answered = self._sums(tallies, self.worth_by)[:, :, COLUMN["intending_answered"]]
        return np.asarray(total @ COST - answered @ self.worth)

    def _hour_loss(self, hours: Floats) -> Floats:
        if self.worth is None:
            return np.asarray(hours @ (COST if self.costs else HOURS_ON_DUTY))
        answered = hours[:, COLUMN["intending_answered"]]
        return np.asarray(hours @ COST - answered * self._mean_worth)

    @property
    def _mean_worth(self) -> float:
        """Of a buyer whose channel or pool is not known: of those that sell at all."""
        assert self.worth is not None
        selling = self.worth[self.worth > 0]
        return float(selling.mean()) if len(selling) else 0.0

    def _hours_of(self, target: Target) -> Floats:
        """[168] 1 for the hours of the week that a target is about."""
        if target.by != WINDOW:
            return np.ones(HOURS)
        return hours_within(self.scenario.calendar.windows[target.group])


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


COST = _weights(CATALOGUE["cost"].numerator, 1.0)
HOURS_ON_DUTY = _weights("duty", 1 / 3600)


def _slack_of(target: Target) -> tuple[Floats, Floats]:
    """Weights of the components that give a target's slack, and its denominator."""
    measure = CATALOGUE[target.measure]
    below = _weights(measure.denominator, 1.0)
    return target.sign * (_weights(measure.numerator, measure.scale) - target.value * below), below
