"""A decision under everything that is not known well, all of it drawn jointly.

Replication k of every option has the k-th set of inputs and, whatever the inputs, the customers of
replication k: the luck of a week is the same as with the inputs as they are, and can be told apart
from what the inputs do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.luck import Luck
from sim.experiment.paired import weeks
from sim.experiment.runner import Runner, Sample
from sim.experiment.study import Option, Study
from sim.experiment.tabled import Columns, Tabled, of_rows
from sim.experiment.unknowns import Unknown, features, unknowns, varied
from sim.measures import measure_of
from sim.measures.components import REASON, WINDOW
from sim.measures.controls import COUNTED_BY
from sim.scenario import Scenario
from sim.stats.knowing import LEAST_DRAWS, Knowing
from sim.tables import Floats, Ints

DRAWS = 200
"""Joint draws of a study that does not say how many replications it wants."""

MOST_RUNS = 2_000
"""Of such a study, over all options; `LEAST_DRAWS` of each even so."""

INPUT, GROUP, ALL = "input", "group", "all"
"""What it is that would be known."""

EVERYTHING = "everything"


class Standing(NamedTuple):
    """How an option stands, over all that may be true.

    share, low, high: of the joint draws in which it is the best; mean: of the deciding measure.
    least, most: within which that measure lies in 95 % of the draws, if the luck of single weeks
        is left out: what only knowing the inputs better makes less.
    """

    option: str
    share: float
    low: float
    high: float
    mean: float
    least: float
    most: float


class Known(NamedTuple):
    """What the decision would gain, on average, if something were known before it is made.

    of: a path, the part of the scenario that several inputs belong to, or `everything`.
    kind: `input`, `group` or `all`.
    value, error: in the deciding measure, and the standard error; most: what it hardly exceeds.
    """

    of: str
    kind: str
    value: float
    error: float
    most: float


@dataclass(frozen=True)
class Drawn:
    """One uncertain input: what it may be, and what it was in each draw."""

    path: str
    also: tuple[str, ...]
    text: str
    options: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Joint(Tabled):
    """A decision over all that may be true.

    Attributes:
        chosen: the option whose choice is in question.
        rival: the best of the others in the mean.
        inputs: what is not known.
        standings: of every option, in the order of the study.
        known: what knowing would gain: the inputs ranked, then groups of them, then everything.
        lead: of the chosen option over its rival in the mean over all draws, with its interval:
            noise of simulation, which more draws make less.
        spread: within which that lead lies in 95 % of the draws, if the luck of single weeks is
            left out: uncertainty of inputs, which only knowing them makes less.
        luck: standard deviation of the lead from one week to another with the inputs known.
        values: [draw, option] the deciding measure.
    """

    chosen: str
    rival: str
    inputs: tuple[Drawn, ...]
    standings: tuple[Standing, ...]
    known: tuple[Known, ...]
    lead: tuple[float, float, float]
    spread: tuple[float, float]
    luck: float
    values: Floats

    @property
    def draws(self) -> int:
        """How many sets of inputs there were."""
        return len(self.values)

    @property
    def best(self) -> str:
        """The option with the best mean over all that may be true."""
        return self.chosen if self.lead[0] >= 0 else self.rival

    def standing(self, option: str) -> Standing:
        """How an option stands."""
        return next(one for one in self.standings if one.option == option)

    def columns(self) -> dict[str, Columns]:
        """Tables by name.

        `uncertain`: what was drawn and the deciding measure, a row a draw; `standings`; `knowing`.
        """
        drawn: Columns = {one.path: one.values for one in self.inputs}
        columns = zip(self.standings, self.values.T, strict=True)
        results: Columns = {f"result of {one.option}": column for one, column in columns}
        return {
            "uncertain": {**drawn, **results},
            "standings": of_rows(Standing._fields, self.standings),
            "knowing": of_rows(Known._fields, self.known),
        }

    def findings(self) -> dict[str, Any]:
        """What programs are told of it."""
        said = ("chosen", "rival", "draws", "standings", "lead", "spread", "luck")
        inputs = {one.path: one.text for one in self.inputs}
        told = {name: getattr(self, name) for name in said}
        return {**told, "inputs": inputs, "knowing": self.known}


# --- running ----------------------------------------------------------------------------------


class Trials(NamedTuple):
    """Joint draws to be run: what is not known, and its values in each draw.

    samples: of every option under the first draw, then under the second, and so on.
    """

    inputs: tuple[Unknown, ...]
    sets: list[dict[str, str]]
    samples: list[Sample]

    @classmethod
    def of(cls, study: Study, runner: Runner, **kept: Any) -> Trials | None:
        """Those of a study; None if nothing is uncertain, or with too few draws to tell anything.

        kept: what is kept of each replication, as of `Runner.sample`, if not what decides.

        Raises:
            ScenarioError: if an option cannot have the values of a draw.
        """
        inputs, draws = unknowns(study), _draws(study)
        if not inputs or draws < LEAST_DRAWS:
            return None
        sets = [{one.path: one.drawn(study.seed, k) for one in inputs} for k in range(draws)]
        how: Any = kept or study.deciding
        samples = [
            runner.sample(_under(option, name, inputs, one), study.seed, first=k, **how)
            for k, one in enumerate(sets)
            for name, option in study.options.items()
        ]
        return cls(inputs, sets, samples)

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        """The inputs, and what they were in each draw."""
        return tuple(
            Drawn(
                *(one.path, one.factor.also, one.text, one.options),
                tuple(each[one.path] for each in self.sets),
            )
            for one in self.inputs
        )


def _draws(study: Study) -> int:
    """How many joint draws a study has: its replications, if it just says how many it wants."""
    if study.replications is not None and study.precision is None:
        return study.replications
    return max(LEAST_DRAWS, min(DRAWS, MOST_RUNS // len(study.options)))


def _under(
    option: Option, name: str, inputs: Sequence[Unknown], drawn: Mapping[str, str]
) -> Scenario:
    """An option with the inputs that are varied in it as a draw has them."""
    mine = [one for one in inputs if name in one.options]
    return varied(
        option, {path: drawn[one.path] for one in mine for path in (one.path, *one.factor.also)}
    )


def joint(
    study: Study,
    runner: Runner,
    trials: Trials | None,
    chosen: str,
    baseline: Mapping[str, Sample],
    luck: Luck,
) -> Joint | None:
    """Run every option under joint draws of all that is uncertain.

    Args:
        study: the options and what decides.
        runner: runs them.
        trials: the draws.
        chosen: the option whose choice is in question.
        baseline: the options as they are.
        luck: what is known of their luck.

    Returns:
        What was found; None without draws.

    Raises:
        ValueError: if the deciding measure has no value.
        HelpersError, StoreError: as `Runner.extend`.
    """
    if trials is None:
        return None
    samples, draws = trials.samples, len(trials.sets)
    counted = measure_of(study.decide).is_total and luck.controls()
    needed = {name: one for name, one in baseline.items() if one is luck.reference or not counted}
    known, luck = _as_they_are(study, runner, needed, luck, draws)
    goals = [1] * len(samples) + [draws] * len(known)
    runner.extend([*samples, *known.values()], goals)
    drawn = np.array([weeks(one, study.decide)[0] for one in samples])
    found = drawn.reshape(draws, len(study.options))
    if counted:
        return _joint(study, chosen, trials.drawn, found, _Luck(0.0 * found, luck.known(draws)))
    same = np.stack([weeks(known[name], study.decide)[:draws] for name in study.options], axis=1)
    means = [luck.taken_out(study.decide, known[name]).mean() for name in study.options]
    return _joint(study, chosen, trials.drawn, found, _Luck(same - np.array(means)))


class _Luck(NamedTuple):
    """What is known of the luck of the draws: it takes noise away and changes no mean.

    Who came explains a total nearly as well as what the options come to with the inputs as they
    are, for half the work; of a ratio it tells little.

    same: [draw, option] the deciding measure with the inputs as they are, less its mean.
    came: [draw, control] customers that came, less how many were expected.
    """

    same: Floats
    came: Floats | None = None

    def only(self, draws: Ints) -> _Luck:
        """Of some of the draws."""
        return _Luck(self.same[draws], None if self.came is None else self.came[draws])


def _as_they_are(
    study: Study, runner: Runner, baseline: Mapping[str, Sample], luck: Luck, draws: int
) -> tuple[Mapping[str, Sample], Luck]:
    """The options as they are, and their luck, for as many replications as there are draws.

    Where there are fewer yet, of what decides and of luck alone: a third of the work.
    """
    if all(len(one) >= draws for one in baseline.values()):
        return baseline, luck
    deciding = study.deciding
    splits = tuple(dict.fromkeys((*deciding["splits"], REASON, WINDOW)))
    measures = (*deciding["measures"], *COUNTED_BY)
    found = {
        name: runner.sample(one.scenario, study.seed, splits=splits, measures=measures)
        for name, one in baseline.items()
    }
    [reference] = [name for name, one in baseline.items() if one is luck.reference]
    return found, luck.also(found[reference])


# --- results ----------------------------------------------------------------------------------


def _joint(
    study: Study, chosen: str, inputs: tuple[Drawn, ...], found: Floats, luck: _Luck
) -> Joint:
    sign = measure_of(study.decide).better or 1
    names = list(study.options)
    usable = np.flatnonzero(np.isfinite(np.hstack([found, luck.same])).all(axis=1))
    if len(usable) < LEAST_DRAWS:
        raise ValueError(f"there is nothing to form `{study.decide}` from; let another decide")
    place = names.index(chosen)
    luck, told = luck.only(usable), found[usable]
    knowing = Knowing(sign * told, place, sign * luck.same, luck.came)
    columns = {one.path: features(one.values)[usable] for one in inputs}
    everything = list(columns.values())
    leads = -knowing.means(everything)
    rival = int(np.where(np.arange(len(names)) == place, np.inf, leads.mean(axis=0)).argmin())
    mean, error = float(leads[:, rival].mean()), knowing.error(everything, rival)
    low, high = np.quantile(leads[:, rival], (0.025, 0.975)).tolist()
    return Joint(
        chosen=chosen,
        rival=names[rival],
        inputs=inputs,
        standings=tuple(_standings(study, knowing, everything, told, luck, sign * leads)),
        known=tuple(_known(knowing, columns)),
        lead=(mean, mean - 1.96 * error, mean + 1.96 * error),
        spread=(low, high),
        luck=float(knowing.noise(everything)[rival]),
        values=found,
    )


def _standings(
    study: Study,
    knowing: Knowing,
    columns: Sequence[Floats],
    found: Floats,
    luck: _Luck,
    leads: Floats,
) -> list[Standing]:
    """leads: [draw, option] what the chosen option is ahead of each, in the deciding measure.

    The means differ by the means of the leads: one estimate of one thing.
    """
    shares = zip(*knowing.best(columns), strict=True)
    beside = Knowing(_beside_zero(found), found.shape[1], _beside_zero(luck.same), luck.came)
    levels = beside.means(columns)
    ends = np.quantile(levels, (0.025, 0.975), axis=0).T
    means = levels.mean(axis=0)[knowing.chosen] - leads.mean(axis=0)
    return [
        Standing(name, *map(float, (*share, mean, least, most)))
        for name, share, mean, (least, most) in zip(
            study.options, shares, means, ends[:-1], strict=True
        )
    ]


def _beside_zero(columns: Floats) -> Floats:
    """With a last column of nothing: what leads over that is the level itself."""
    return np.concatenate([columns, np.zeros((len(columns), 1))], axis=1)


def _known(knowing: Knowing, columns: Mapping[str, Floats]) -> list[Known]:
    """What each input is worth, what those of one part are together, and all."""
    single = [_worth(knowing, path, INPUT, [one]) for path, one in columns.items()]
    parts: dict[str, list[Floats]] = {}
    for path, one in columns.items():
        parts.setdefault(".".join(path.split(".")[:2]), []).append(one)
    groups = [
        _worth(knowing, part, GROUP, some)
        for part, some in parts.items()
        if 1 < len(some) < len(columns)
    ]
    whole = [_worth(knowing, EVERYTHING, ALL, list(columns.values()))] if len(columns) > 1 else []
    return [*sorted(single, key=_by_worth), *sorted(groups, key=_by_worth), *whole]


def _by_worth(one: Known) -> tuple[float, float]:
    return -one.value, -one.most


def _worth(knowing: Knowing, of: str, kind: str, columns: Sequence[Floats]) -> Known:
    found = knowing.worth(columns)
    return Known(of, kind, found.value, found.error, found.most)
