"""Sensitivity to uncertain inputs: whether another value leads to another decision.

Two kinds of not knowing are kept apart. Noise of simulation is in the intervals: more replications
make it smaller. Uncertainty of an input shows in how far its values move the difference that
decides: only knowing the input better makes that smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import repeat
from math import isnan
from typing import Any

import numpy as np

from sim.experiment.grid import Axis
from sim.experiment.luck import Luck
from sim.experiment.paired import SideBySide, sums_of
from sim.experiment.precision import FIRST_STAGE, FIRST_WITH_CONTROLS
from sim.experiment.runner import Runner, Sample
from sim.experiment.study import Factor, Study
from sim.experiment.tabled import Columns, Tabled, of_entries
from sim.experiment.unknowns import AS_IT_IS as UNCHANGED
from sim.experiment.unknowns import each_at, factors_of, is_percentage, plain_of, said_at
from sim.measures import measure_of
from sim.scenario import Scenario
from sim.scenario.quantities import numbers_of
from sim.stats.crossing import Crossing
from sim.stats.estimate import NO_BOUNDS, Bounds

AS_IT_IS = "baseline"
"""The value of a factor that an option's own file says, where it cannot be told in one word."""


@dataclass(frozen=True)
class Trial:
    """All options at one value of one factor.

    Attributes:
        text: the value as written.
        number: the same as a number; None if the values are no numbers of one kind.
        base: whether it is the value of the options' own files.
        means: option -> its deciding measure.
        best: the option with the best mean; None if the measure is undefined everywhere.
        plausible: the options that may be the best: no other is surely better.
        rival: the best of the others than the chosen option.
        lead: of the chosen option over its rival, positive where it is better; nan without a
            rival.
        ahead: of the chosen option over the study's reference; nan if it is that itself.
    """

    text: str
    number: float | None
    base: bool
    means: Mapping[str, float]
    best: str | None
    plausible: tuple[str, ...]
    rival: str | None
    lead: Bounds
    ahead: Bounds


@dataclass(frozen=True)
class Flip:
    """Where, along a factor, another option overtakes the chosen one, or falls behind it again.

    at: of the lead of the chosen option over `rival`; `rising` where it gets ahead.
    """

    rival: str
    at: Crossing


@dataclass(frozen=True)
class Varied:
    """One uncertain input.

    Attributes:
        factor: what was varied.
        unit: of the values as numbers.
        trials: at each value, ascending where they are numbers; the options' own value is one.
        depends: `yes` if at some value another option is surely better than the chosen one; `no`
            if at every value no other may be the best; else `unclear`: the data do not tell.
        flips: where the answer changes, on the line between neighbouring values.
    """

    factor: Factor
    unit: str
    trials: tuple[Trial, ...]
    depends: str
    flips: tuple[Flip, ...]

    @property
    def moved(self) -> tuple[float, float]:
        """The least and the largest lead over the values: uncertainty of the input."""
        leads = [trial.lead.value for trial in self.trials]
        return min(leads), max(leads)


@dataclass(frozen=True)
class Vary(Tabled):
    """A decision under inputs that nobody knows well, each varied by itself.

    Attributes:
        replications: of every option at every value.
        against: the study's reference.
        chosen: the option whose choice is in question.
        base: the options as they are. The half-width of its lead is the noise of simulation.
        factors: the inputs, the one that moves the lead most first.
    """

    replications: int
    against: str
    chosen: str
    base: Trial
    factors: tuple[Varied, ...]

    @property
    def noise(self) -> float:
        """Half the interval of the lead as things are: what more replications would make less."""
        return (self.base.lead.high - self.base.lead.low) / 2

    def columns(self) -> dict[str, Columns]:
        """Tables by name.

        `vary`: a row a factor, value and option; `vary_leads`: a row a factor and value;
        `vary_flips`; `vary_tornado`: a row a factor, input uncertainty beside simulation noise.
        """
        return {name: of_entries(rows) for name, rows in self._rows().items()}

    def findings(self) -> dict[str, Any]:
        """What programs are told of it."""
        return {"chosen": self.chosen, "replications": self.replications, **self._rows()}

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        trials = [(varied, trial) for varied in self.factors for trial in varied.trials]
        return {
            "vary": [
                {**_at(varied, trial), "option": option, "value": mean}
                | {"best": option == trial.best, "plausible": option in trial.plausible}
                for varied, trial in trials
                for option, mean in trial.means.items()
            ],
            "vary_leads": [
                {**_at(varied, trial), "best": trial.best, "rival": trial.rival}
                | _named("lead", trial.lead)
                | _named("ahead", trial.ahead)
                for varied, trial in trials
            ],
            "vary_flips": [
                {"factor": varied.factor.path, "unit": varied.unit, "rival": flip.rival}
                | asdict(flip.at)
                for varied in self.factors
                for flip in varied.flips
            ],
            "vary_tornado": [
                {"factor": varied.factor.path, "depends": varied.depends}
                | {"least": varied.moved[0], "most": varied.moved[1]}
                | {"base": self.base.lead.value, "noise": self.noise}
                for varied in self.factors
            ],
        }


def _at(varied: Varied, trial: Trial) -> dict[str, Any]:
    return {"factor": varied.factor.path, "at": trial.text, "as_it_is": trial.base}


def _named(name: str, interval: Bounds) -> dict[str, float]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


# --- running ----------------------------------------------------------------------------------


def vary(
    study: Study,
    runner: Runner,
    chosen: str | Callable[[], str] | None = None,
    baseline: Mapping[str, Sample] | None = None,
    luck: Luck | None = None,
) -> Vary:
    """Run all options at every value of every factor, one factor at a time (`factors_of`).

    All meet the same customers. What the study varies by name is run `study.replications` times.
    Where that number is a limit or is not given, and for what is only uncertain, as often as a
    first stage takes: `FIRST_WITH_CONTROLS`, or without control variates `FIRST_STAGE` and for
    what is varied by name at least as often as the reference's scenario asks for.

    Args:
        study: the options, what decides, and what is uncertain.
        runner: runs them.
        chosen: the option whose choice is in question; None for the one that is best as it is. A
            function is asked while the trials are run.
        baseline: the options as they are, where they have been run. The trials then start from
            their means: on the same customers only what a value changes is new.
        luck: what is known of the luck of the replications, which is taken out.

    Raises:
        ValueError: for fewer than two options, or if the deciding measure has no value.
        ScenarioError: if an option cannot have a value.
        ClusterError, StoreError: as `Runner.extend`.
    """
    if len(study.options) < 2:
        raise ValueError("without two options there is nothing to decide")
    scenarios = _scenarios(study)
    there = {} if baseline is None else {id(one.scenario): one for one in baseline.values()}

    def sample(one: Scenario) -> Sample:
        if id(one) in there:
            return there[id(one)]
        return runner.sample(one, study.seed, **study.deciding)

    samples = {where: [*map(sample, of_options)] for where, of_options in scenarios.items()}
    wanted = _runs(study, known=luck is not None and luck.controls())
    asked = chosen if callable(chosen) else None
    every = [one for of_options in samples.values() for one in of_options]
    runner.extend(every, wanted, meanwhile=asked)
    chosen = chosen() if callable(chosen) else chosen
    gains = {where: _gains(study, some, wanted, luck) for where, some in samples.items()}
    as_it_is = _gains(study, samples[None], min(map(len, samples[None])), luck)
    moved = as_it_is.means - gains[None].means
    return _vary(study, {at: one.moved(moved) for at, one in gains.items()}, chosen, as_it_is)


Where = tuple[str, str] | None
"""A path and its value; None for the options as they are."""


def _scenarios(study: Study) -> dict[Where, list[Scenario]]:
    """The scenario of each option, at each value and in the baseline."""
    options = study.options.values()
    found: dict[Where, list[Scenario]] = {None: [option.scenario for option in options]}
    return found | each_at(study, factors_of(study))


def _runs(study: Study, *, known: bool) -> int:
    """Of every option at every value; `known` whether there are control variates."""
    if study.vary and study.replications is not None and study.precision is None:
        return study.replications
    enough = FIRST_WITH_CONTROLS if known else FIRST_STAGE
    if study.vary and not known:
        enough = max(enough, study.reference.scenario.run.replications)
    return min(enough, study.replications or enough)


def _gains(study: Study, samples: Sequence[Sample], number: int, luck: Luck | None) -> SideBySide:
    """What decides, of the first replications, so many; more is better."""
    sums = sums_of(samples, study.decide, number)
    known = None if luck is None else luck.known(number)
    return SideBySide.of(study, study.decide, sums, known).times(measure_of(study.decide).better)


# --- results -----------------------------------------------------------------------------------


def _vary(
    study: Study, gains: Mapping[Where, SideBySide], chosen: str | None, as_it_is: SideBySide
) -> Vary:
    names = list(study.options)
    best = as_it_is.best if chosen is None else names.index(chosen)
    if best is None:
        raise ValueError(f"there is nothing to form `{study.decide}` from; let another decide")
    base = replace(_trial(study, best, as_it_is, AS_IT_IS), base=True)
    factors = [_varied(study, best, factor, gains, base) for factor in factors_of(study)]
    return Vary(
        replications=len(gains[None].values),
        against=study.against,
        chosen=names[best],
        base=base,
        factors=tuple(sorted(factors, key=lambda one: one.moved[0] - one.moved[1])),
    )


def _trial(
    study: Study, chosen: int, gains: SideBySide, text: str, number: float | None = None
) -> Trial:
    """The options at a value; chosen: the place of the one in question."""
    names = list(study.options)

    def name_of(place: int | None) -> str | None:
        return None if place is None else names[place]

    def ahead_of(other: int | None) -> Bounds:
        return NO_BOUNDS if other in (None, chosen) else gains.lead(chosen, other)

    rival, means = gains.best_but(chosen), measure_of(study.decide).better * gains.means
    return Trial(
        text=text,
        number=number,
        base=False,
        means=dict(zip(names, means.tolist(), strict=True)),
        best=name_of(gains.best),
        plausible=tuple(names[place] for place in gains.plausible),
        rival=name_of(rival),
        lead=ahead_of(rival),
        ahead=ahead_of(names.index(study.against)),
    )


def _varied(
    study: Study, chosen: int, factor: Factor, gains: Mapping[Where, SideBySide], base: Trial
) -> Varied:
    axis, own = _axis(study, factor)
    trials = [
        replace(base, text=text, number=number)
        if text == own
        else _trial(study, chosen, gains[factor.path, text], text, number)
        for text, number in zip(axis.texts, axis.numbers or repeat(None), strict=False)
    ]
    if own is None:
        trials.append(base)
    return Varied(
        factor=factor,
        unit=axis.unit,
        trials=tuple(trials),
        depends=_depends([*study.options][chosen], trials),
        flips=tuple(_flips(study, chosen, factor, trials, gains)),
    )


def _axis(study: Study, factor: Factor) -> tuple[Axis, str | None]:
    """The values with the options' own among them, and which that is if it can be told."""
    own, texts = own_value(study, factor), factor.values
    if own is not None and own not in texts:
        numbers, _ = numbers_of((*texts, own))
        if numbers is not None and numbers[-1] in numbers[:-1]:
            own = texts[numbers.index(numbers[-1])]  # the same, written otherwise
        else:
            texts = (*texts, own)
    return (Axis.of(factor.path, texts) if len(texts) > 1 else Axis(factor.path, texts)), own


def own_value(study: Study, factor: Factor) -> str | None:
    """What the files of the options say of an input; None if they do not agree, or it is derived.

    Of what is told as a percentage that is all of it.
    """
    if factor.values and all(is_percentage(factor.path, text) for text in factor.values):
        return UNCHANGED
    said = {*said_at(study, plain_of(study), factor.path).values()}
    return said.pop() if len(said) == 1 else None


def _depends(chosen: str, trials: Sequence[Trial]) -> str:
    if any(chosen not in trial.plausible for trial in trials):
        return "yes"
    return "no" if all(trial.plausible == (chosen,) for trial in trials) else "unclear"


def _flips(
    study: Study,
    chosen: int,
    factor: Factor,
    trials: Sequence[Trial],
    gains: Mapping[Where, SideBySide],
) -> Iterator[Flip]:
    """Where options that are best at some value overtake the chosen one."""
    line = {one.number: one for one in trials if one.number is not None}
    if len(line) < 2:
        return
    there = [gains.get((factor.path, one.text), gains[None]) for one in line.values()]
    names = list(study.options)
    for rival in dict.fromkeys(one.best for one in line.values()):
        if rival is None or rival == names[chosen]:
            continue
        other = names.index(rival)
        leads = [one.values[:, chosen] - one.values[:, other] for one in there]
        for found in replace(gains[None], values=np.stack(leads, axis=1)).crossings([*line]):
            if not isnan(found.value):
                yield Flip(rival, found)
