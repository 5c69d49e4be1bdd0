"""In how many joint draws of what is uncertain a plan holds its targets, and what breaks it.

Or, where the margin is to be as much as can be, in how many it brings the most (`leads`).

Each draw is one set of inputs and one replication of the plan, with the customers that it has with
the inputs as they are. How far a target is from being reached is regressed on the inputs
(`sim.stats.knowing`): what is left is the mean for inputs, without the luck of single weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.joint import Drawn, Joint, Trials, joint
from sim.experiment.luck import Luck
from sim.experiment.runner import Runner, Sample
from sim.experiment.staffing.goal import ResolvedGoal
from sim.experiment.staffing.judge import HOURS_ON_DUTY, MARGIN, Judge
from sim.experiment.study import Option, Study
from sim.experiment.tabled import Columns, Tabled, of_rows
from sim.experiment.unknowns import features
from sim.measures.components import DAY, HOUR, TOTAL
from sim.measures.tallies import Tallies
from sim.scenario import Scenario
from sim.stats.knowing import Knowing
from sim.tables import Floats

DECIDED = ("agents", "shifts", "roster", "people")
"""What a plan says of a pool: that is not uncertain in it."""

HIGHER, LOWER = "higher values", "lower values"

GOOD_DAYS = "good_days"


class Share(NamedTuple):
    """The share of the draws in which something holds, with its interval."""

    of: str
    value: float
    low: float
    high: float


class Breaks(NamedTuple):
    """At which values of an input a plan holds least often.

    where: `HIGHER` or `LOWER`, or a value where these are no numbers; there, elsewhere: the share
    of the draws in which it holds with these values, and with the others.
    """

    path: str
    where: str
    there: float
    elsewhere: float


@dataclass(frozen=True)
class Holding(Tabled):
    """A plan over all that may be true.

    Attributes:
        inputs: what is not known, and what it was in each draw.
        together: in how many draws all targets hold; targets: each by itself, in their order, then
            `good_days` where these are wanted.
        breaks: of every input, that which breaks the plan most often first.
        holds: [draw] 1 where all targets hold.
    """

    inputs: tuple[Drawn, ...]
    together: Share
    targets: tuple[Share, ...]
    breaks: tuple[Breaks, ...]
    holds: Floats

    @property
    def draws(self) -> int:
        """How many sets of inputs there were."""
        return len(self.holds)

    def columns(self) -> dict[str, Columns]:
        """`uncertain`: a row a draw; `holding`: how often targets hold; `breaks`: by input."""
        drawn = {one.path: one.values for one in self.inputs}
        return {
            "uncertain": {**drawn, "holds": self.holds.astype(bool)},
            "holding": of_rows(Share._fields, (self.together, *self.targets)),
            "breaks": of_rows(Breaks._fields, self.breaks),
        }

    def findings(self) -> dict[str, Any]:
        """What programs are told of it."""
        told = {name: getattr(self, name) for name in ("draws", "together", "targets", "breaks")}
        inputs = {one.path: one.text for one in self.inputs}
        return {**told, "inputs": inputs}


def holding(
    study: Study, plan: Scenario, resolved: ResolvedGoal, runner: Runner, judged: Sample
) -> Holding | None:
    """Play a plan under joint draws of all that is uncertain.

    Args:
        study: with a goal; what it and its reference option call uncertain is drawn.
        plan: the reference's scenario, staffed.
        resolved: its targets.
        runner: for the simulations.
        judged: the plan as it was judged; more replications are added where there are fewer than
            draws.

    Returns:
        What was found; None without targets, where nothing is uncertain, or with too few draws to
        tell anything.

    Raises:
        ScenarioError: if the plan cannot have the values of a draw.
    """
    study = _of_plans(study, {study.against: plan}, resolved.pools)
    if not resolved.targets:
        return None
    assert study.staff is not None
    judge = Judge.of(plan, resolved.targets, HOURS_ON_DUTY, study.staff)
    splits = tuple({TOTAL: 0, HOUR: 0, DAY: 0} | {one.by: 0 for one in resolved.targets})
    reader = None if judge.days is None else judge.days.reader
    trials = Trials.of(study, runner, splits=splits, measures=judge.measures, read=reader)
    if trials is None:
        return None
    samples, draws, inputs = trials.samples, len(trials.sets), trials.drawn
    runner.extend(samples, 1)
    runner.extend([judged], draws)
    each = replace(
        samples[0],
        tallies=Tallies(one.tallies[0] for one in samples),
        readings={n: one.readings.get(0) for n, one in enumerate(samples)},
    )
    same, slack = judge.read(judged).slack, judge.read(each).slack
    known = same[:draws] - same.mean(axis=0)
    names = [one.name for one in resolved.targets]
    names += [GOOD_DAYS] if judge.days is not None else []
    columns = {one.path: features(one.values) for one in inputs}
    every = list(columns.values())

    def share(of: str, some: Sequence[int]) -> tuple[Share, Floats]:
        above, nothing = slack[:, some], np.zeros((draws, 1))
        told = Knowing(np.hstack([above, nothing]), len(some), np.hstack([known[:, some], nothing]))
        found, holds = told.worst(every)
        return Share(of, *map(float, found)), holds

    together, holds = share("together", range(len(names)))
    breaks = [_breaks(one, columns[one.path], holds) for one in inputs]
    return Holding(
        inputs=inputs,
        together=together,
        targets=tuple(share(name, [place])[0] for place, name in enumerate(names)),
        breaks=tuple(sorted(breaks, key=lambda one: one.there - one.elsewhere)),
        holds=holds,
    )


def leads(
    study: Study, plans: Mapping[str, Scenario], resolved: ResolvedGoal, runner: Runner
) -> Joint | None:
    """How often a plan brings the most, under joint draws of all that is uncertain.

    Args:
        study: as of `holding`.
        plans: by name, the reference's scenario staffed; the first is the one chosen.
        resolved, runner: as of `holding`.

    Returns:
        What was found; None where nothing is uncertain, or with too few draws to tell anything.

    Raises:
        ScenarioError: as `holding`.
    """
    study = replace(_of_plans(study, plans, resolved.pools), decide=MARGIN)
    baseline = {
        name: runner.sample(one.scenario, study.seed, **study.deciding)
        for name, one in study.options.items()
    }
    baseline[study.against] = runner.sample(study.reference.scenario, study.seed)
    luck = Luck(study, baseline[study.against])
    return joint(study, runner, Trials.of(study, runner), study.against, baseline, luck)


def _of_plans(study: Study, plans: Mapping[str, Scenario], pools: Sequence[str]) -> Study:
    """The study with plans as its options, the first as its reference."""
    decided = [f"pools.{pool}.{field}" for pool in pools for field in DECIDED]
    uncertain = {"uncertain": study.reference.scenario.uncertain.without(decided)}
    return replace(
        study.alone(),
        options={
            name: Option.of_scenario(name, plan.model_copy(update=uncertain))
            for name, plan in plans.items()
        },
        against=next(iter(plans)),
        uncertain=study.uncertain.without(decided),
    )


def _breaks(drawn: Drawn, column: Floats, holds: Floats) -> Breaks:
    """The part of an input's values in which the plan holds least often."""
    texts = drawn.values
    if column.shape[1] > 1:  # words, not numbers: each of them
        parts = {text: np.array([one == text for one in texts]) for text in dict.fromkeys(texts)}
    else:
        high = column[:, 0] > column[:, 0].mean()
        parts = {HIGHER: high, LOWER: ~high}
    found = [
        Breaks(drawn.path, where, float(holds[inside].mean()), float(holds[~inside].mean()))
        for where, inside in parts.items()
        if inside.any() and not inside.all()
    ]
    nowhere = Breaks(drawn.path, "", float(holds.mean()), float(holds.mean()))
    return min(found, key=lambda one: one.there - one.elsewhere, default=nowhere)
