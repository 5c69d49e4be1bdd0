"""A staffing judged on fresh customers: what it comes to, and how it stands to the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.experiment.compare import Difference
from sim.experiment.luck import Luck
from sim.experiment.result import Estimated
from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.beside import Known, each
from sim.experiment.staffing.days import Days
from sim.experiment.staffing.goal import Target
from sim.experiment.staffing.judge import MARGIN
from sim.experiment.staffing.verify import (
    HOLDS,
    Verdict,
    Verifier,
    bounds_of_share,
    means,
    surely,
)
from sim.experiment.study import Study
from sim.measures import CATALOGUE, Row, estimate, values
from sim.measures.components import TOTAL
from sim.measures.slices import ALL
from sim.scenario import Scenario
from sim.stats.estimate import Bounds
from sim.stats.pairing import simultaneous_differences
from sim.tables import Floats, Ints

FOUND, ERLANG, PRESENT = "found", "erlang", "present"
"""The staffings that are judged: by the search, where it started, the scenario's own."""

COMPARED = (
    *(
        "hours",
        "cost",
        "margin",
        "expected_margin",
        "incremental_revenue",
        "service_level",
        "abandonment",
        "asa",
    ),
    *("answered", "unanswered", "conversion", "satisfaction", "occupancy"),
)
"""Measures of which the answer tells the difference to the other staffings."""

SPLITS = ("total", "channel", "pool", "window", "day")

HOURLY = ("service_level", "answer_rate", "unanswered", "occupancy")
"""Measures that are estimated hour by hour of the week too."""


class Attainment(NamedTuple):
    """How a staffing stands to one target.

    value, low, high: of the measure, in the mean.
    days, days_low, days_high: share of days on which it holds; nan where days have no value.
    """

    target: Target
    value: float
    low: float
    high: float
    days: float
    days_low: float
    days_high: float

    @property
    def unit(self) -> str:
        """Of the measure."""
        return CATALOGUE[self.target.measure].unit

    @property
    def reached(self) -> bool:
        """Whether the mean reaches it."""
        return not self.target.sign * (self.value - self.target.value) < 0

    @property
    def sure(self) -> bool:
        """Whether all of the interval reaches it."""
        bounds = Bounds(self.value, self.low, self.high)
        return self.reached and surely(self.target.sign, self.target.value, bounds)


@dataclass(frozen=True)
class Staffed(Estimated):
    """One staffing, judged on fresh customers.

    heads: [slot] on the plan; counts: [duty], None for the scenario's own staffing.
    rows: estimates as of a run; held: how it stands to the targets, in their order.
    good_days: share of days (or weeks, months, where these are to be good) on which all targets
        hold together; wanted: the least that will do.
    loss: [replication] what is to be as little as possible: cost, hours, minus expected margin.
    """

    name: str
    scenario: Scenario
    heads: Floats
    counts: Ints | None
    rows: tuple[Row, ...]
    held: tuple[Attainment, ...]
    good_days: Bounds
    wanted: float | None
    loss: Floats

    @property
    def reached(self) -> bool:
        """Whether all targets are reached in the mean, and the days wanted are good."""
        return all(one.reached for one in self.held) and not self.missing_days > 0

    @property
    def sure(self) -> bool:
        """Whether all of this is surely so."""
        good = self.wanted is None or surely(1, self.wanted, self.good_days)
        return all(one.sure for one in self.held) and good

    @property
    def missing_days(self) -> float:
        """The share of days that is missing to the good ones wanted, in the mean."""
        return 0.0 if self.wanted is None else max(0.0, self.wanted - self.good_days.value)


# --- judging ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A staffing that is to be judged; `heads` and `counts` as of `Staffed`."""

    scenario: Scenario
    heads: Floats | Ints
    counts: Ints | None


class Judgement:
    """Plays staffings on the same fresh customers, and judges them.

    Args:
        study: with a goal; its seed is that of the customers.
        targets: to be reached.
        aim: what is to be as little as possible, or as much.
        runner: for the simulations.
        plans: by name, the present one among them.
        replications: of each.
    """

    def __init__(
        self,
        study: Study,
        targets: tuple[Target, ...],
        aim: str,
        runner: Runner,
        plans: Mapping[str, Plan],
        replications: int,
    ) -> None:
        assert study.staff is not None
        self.study, self.targets, self.aim, self.plans = study, targets, aim, plans
        self.goal = study.staff
        self.days = Days(plans[PRESENT].scenario, targets, self.goal.periods)
        self.played = {
            name: runner.sample(one.scenario, study.seed, read=self.days.reader)
            for name, one in plans.items()
        }
        runner.extend([*self.played.values()], replications)
        self.controls = self._controls(self.played[PRESENT])

    def _controls(self, sample: Sample) -> Floats | None:
        return Luck(self.study, sample).known(len(sample))

    def known(self, judged: Sample) -> Known:
        """A plan as one beside which others are told."""
        mine = any(judged is one for one in self.played.values())
        controls = self.controls if mine else self._controls(judged)
        return Known(judged, controls, self.study.confidence)

    def choice(self, verdict: Verdict, verifier: Verifier) -> str:
        """The plan found, unless the Erlang staffing does better on the fresh customers.

        Where the plan surely reaches its targets, the Erlang staffing has to as well.
        """
        if verdict.outcome == HOLDS:
            better = self._loss(ERLANG).mean() < self._loss(FOUND).mean()
            counts = self.plans[ERLANG].counts
            assert counts is not None  # only of the present staffing
            replaced = better and verifier.replaced_by(counts, self.played[ERLANG])
            return ERLANG if replaced else FOUND

        def key(name: str) -> tuple[float, float]:
            one = self._staffed(name, self.known(self.played[name]), self.played[name])
            missing = [
                max(0.0, held.target.sign * (held.target.value - held.value))
                / max(held.target.value, 0.01)
                for held in one.held
            ]
            return round(float(np.nansum([*missing, one.missing_days])), 9), float(one.loss.mean())

        return ERLANG if key(ERLANG) < key(FOUND) else FOUND

    def staffings(self, chosen: str, judged: Sample) -> dict[str, Staffed]:
        """The staffings, judged.

        Args:
            chosen: the answer. judged: it, where it stands to its targets was judged, maybe in more
                replications; the others are told beside it.
        """
        known = self.known(judged)
        plan = self._staffed(chosen, known, judged)
        return {
            name: replace(plan, name=name, scenario=one.scenario, counts=one.counts)
            if self._same(name, chosen)  # one plan has one number, whatever it is called
            else self._staffed(name, known, self.played[name])
            for name, one in self.plans.items()
        }

    def _same(self, name: str, other: str) -> bool:
        """Whether two plans have the same people, and came to the same in every replication."""
        one, two = self.played[name], self.played[other]
        both = [(each(one, target), each(two, target)) for target in self.targets]
        both.append((self._loss(name), self._loss(other)))
        return np.array_equal(self.plans[name].heads, self.plans[other].heads) and all(
            np.array_equal(here, there, equal_nan=True) for here, there in both
        )

    def _staffed(self, name: str, known: Known, judged: Sample) -> Staffed:
        """One of them; judged: it, where it stands to its targets is judged."""
        plan, played, confidence = self.plans[name], self.played[name], self.study.confidence
        told = (played.scenario, played.tallies, confidence)
        rows = estimate(*told, splits=SPLITS, controls=self.controls)
        rows += estimate(*told, measures=HOURLY, splits=("hour",), controls=self.controls)
        days = played if self.days.reader and not judged.readings else judged
        held = self._held(known, judged, days)
        of_targets = {(one.target.measure, one.target.by, one.target.group): one for one in held}
        for place, row in enumerate(rows):
            if one := of_targets.get((row.measure, row.by, row.group)):
                rows[place] = row._replace(value=one.value, low=one.low, high=one.high)
        return Staffed(
            name=name,
            scenario=plan.scenario,
            heads=plan.heads.astype(np.float64),
            counts=plan.counts,
            rows=tuple(rows),
            held=tuple(held),
            good_days=bounds_of_share(self.days.together(days, confidence)),
            wanted=self.goal.good,
            loss=self._loss(name),
        )

    def _held(self, known: Known, judged: Sample, days: Sample) -> list[Attainment]:
        """How a plan stands to the targets; days: where its days were counted."""
        found = []
        for target in self.targets:
            if judged is known.sample:
                [bounds] = means(judged, [target], known.confidence, known.controls)
            else:
                bounds = known.beside(target, judged)
            good = self.days.good(target, days, known.confidence)
            found.append(Attainment(target, *bounds, *bounds_of_share(good)))
        return found

    def _loss(self, name: str) -> Floats:
        sample = self.played[name]
        total, _ = values(sample.scenario, sample.tallies, self.aim)
        return -total if self.aim == MARGIN else total

    def differences(self, chosen: str) -> list[Difference]:
        """What a staffing comes to less each of the others, which are the `option`."""
        return [
            self._difference(chosen, against, measure)
            for against in (ERLANG, PRESENT)
            if against != chosen
            for measure in COMPARED
        ]

    def _difference(self, chosen: str, against: str, measure: str) -> Difference:
        samples = [self.played[name] for name in (chosen, against)]
        both = [values(one.scenario, one.tallies, measure) for one in samples]
        gap = simultaneous_differences(both, 1, self.study.confidence, self.controls)
        value, low, high = (float(one[0]) for one in (gap.value, gap.low, gap.high))
        return Difference(against, TOTAL, ALL, measure, value, low, high, CATALOGUE[measure].unit)
