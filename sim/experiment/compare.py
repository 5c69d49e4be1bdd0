"""Which option is best, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.experiment.bridge import Step, bridges
from sim.experiment.joint import Joint, Trials, joint
from sim.experiment.luck import Luck
from sim.experiment.paired import weeks
from sim.experiment.precision import FIRST_STAGE, FIRST_WITH_CONTROLS, MOST
from sim.experiment.race import Race, Verdict, deciding
from sim.experiment.result import Estimated, StudyResult
from sim.experiment.runner import OnStage, Runner, Sample
from sim.experiment.study import Study
from sim.experiment.tabled import Columns, of_rows, of_series
from sim.experiment.unknowns import factors_of
from sim.experiment.vary import Vary, vary
from sim.measures import CATALOGUE, Row, estimate, measure_of, of_sums, readings, split_sums
from sim.measures.catalogue import WITH_LUCK, Estimator
from sim.measures.components import AGENT, CHANNEL, HOUR, POOL, REASON, SOURCE, TOTAL, WINDOW
from sim.measures.slices import ALL
from sim.scenario import Scenario
from sim.stats.estimate import NO_BOUNDS, Bounds
from sim.stats.pairing import (
    Sums,
    ratio_difference_interval,
    separable_pairs,
    simultaneous_differences,
    win_share,
)
from sim.tables import Floats

COMPARED = (TOTAL, CHANNEL, REASON, POOL, AGENT, SOURCE, WINDOW)
"""The splits in which options are compared by every measure."""

HOURLY = ("unanswered", "answer_rate", "missed_buyers", "margin", "hours")
"""Measures in which they are compared hour by hour of the week."""


class Difference(NamedTuple):
    """One measure of an option less that of the reference option.

    low, high: bounds that hold for all options together; nan where there are none.
    """

    option: str
    by: str
    group: str
    measure: str
    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Outcome(Estimated):
    """What one option comes to.

    rows: estimates, as of a run.
    deciding: [replication] the deciding measure of each, with all its luck; nan where undefined.
    chance: that it is better than the reference in one replication (such as a given week), with
        its bounds; nan for the reference itself.
    """

    name: str
    scenario: Scenario
    replications: int
    rows: tuple[Row, ...]
    deciding: Floats
    chance: Bounds


@dataclass(frozen=True, repr=False)
class Comparison(StudyResult):
    """Options compared on the same customers.

    outcomes: by option, in the order of the study.
    differences: of every other option to the reference.
    verdict: with probability `study.confidence` the chosen option is the best, or no more than
        the indifference worse than the best.
    apart: pairs of options whose deciding measures differ, at one level for all pairs together;
        in the order of the alphabet.
    steps: from the reference's margin to that of every other option; if the expected one decides,
        from and to that.
    vary: whether the leading option stays the best where one input is another; None if none is
        named or uncertain.
    joint: how it does under joint draws of all that is uncertain; None where nothing is, or too
        few replications were asked for.
    """

    kind: ClassVar[str] = "compare"

    study: Study
    engine: str
    outcomes: dict[str, Outcome]
    differences: tuple[Difference, ...]
    verdict: Verdict
    apart: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    vary: Vary | None = None
    joint: Joint | None = None

    @property
    def answer(self) -> str:
        """The leading option."""
        return self.leader

    def estimates(self) -> Mapping[str, Estimated]:
        """What each option came to."""
        return self.outcomes

    @cached_property
    def leader(self) -> str:
        """The chosen option; without a choice, the candidate with the best mean."""
        if self.verdict.best is not None:
            return self.verdict.best
        sign = measure_of(self.study.decide).better or 1
        return max(
            self.verdict.candidates,
            key=lambda name: sign * self.outcomes[name].get(self.study.decide).value,
        )

    @property
    def rivals(self) -> tuple[str, ...]:
        """The options that cannot be told apart from the leading one."""
        return tuple(
            name
            for name in self.outcomes
            if name != self.leader and _pair(name, self.leader) not in self.apart
        )

    def difference(
        self, option: str, measure: str, by: str = TOTAL, group: str = ALL
    ) -> Difference | None:
        """One difference to the reference; None where it has no meaning.

        Arguments as of `Estimated.get`.
        """
        places = readings(measure) if (by, group) == (TOTAL, ALL) else [(by, group, measure)]
        found = (self._differences.get((option, *one)) for one in places)
        return next((one for one in found if one is not None), None)

    @cached_property
    def _differences(self) -> dict[tuple[str, str, str, str], Difference]:
        return {(one.option, one.by, one.group, one.measure): one for one in self.differences}

    def columns(self) -> dict[str, Columns]:
        """Tables by name.

        `options`: the estimates; `differences` to the reference; `steps` from its margin, or the
        expected one if that decides, to that of the others; `chances` to beat it in one
        replication; `replications`: the deciding measure in each, with all its luck; those of
        `Vary` and of `Joint`.
        """
        each = self.outcomes.items()
        return {
            "options": self.estimates_table("option"),
            "differences": of_rows(Difference._fields, self.differences),
            "steps": of_rows(Step._fields, self.steps),
            "chances": of_rows(
                ("option", "replications", *Bounds._fields),
                ((name, one.replications, *one.chance) for name, one in each),
            ),
            "replications": of_series(
                ("option", "replication", with_luck(self.study.decide)),
                {(name,): one.deciding for name, one in each},
            ),
            **(self.vary.columns() if self.vary is not None else {}),
            **(self.joint.columns() if self.joint is not None else {}),
        }

    def origin(self) -> dict[str, Any]:
        """The options, how often each was run, and what was varied."""
        prints = self.fingerprints()
        return {
            "against": self.study.against,
            "decide": self.study.decide,
            "options": {
                name: {"replications": one.replications, "fingerprint": prints[name]}
                for name, one in self.outcomes.items()
            },
            "vary": {factor.path: list(factor.values) for factor in factors_of(self.study)},
        }

    def findings(self) -> dict[str, Any]:
        """The choice and what speaks for it; no hours."""
        return {
            "leader": self.leader,
            "rivals": self.rivals,
            "verdict": self.verdict,
            "chances": {name: one.chance._asdict() for name, one in self.outcomes.items()},
            "differences": [one for one in self.differences if one.by != HOUR],
            "steps": self.steps,
            "vary": self.vary,
            "joint": self.joint,
        }


# --- running ----------------------------------------------------------------------------------


def compare(study: Study, runner: Runner, on_stage: OnStage | None = None) -> Comparison:
    """Run the options of a study until its question is answered, or to its limit.

    Every option gets a first stage of replications: `FIRST_WITH_CONTROLS`, without control variates
    as many as the reference's scenario asks for. Then they go on: those that may still be the best
    until the selection procedure has chosen; those not yet known to the study's precision until
    they are; the reference as long as anybody. In the end those that stopped earlier are brought
    to as many as the others. A study that names a number of replications and no precision gets
    just these, of every option.

    Args:
        study: the options and what is asked of them.
        runner: runs them.
        on_stage: told before each stage how many replications are probably left to run.

    Raises:
        ValueError: for fewer than two options, or if the deciding measure has no value.
        ClusterError, StoreError: as `Runner.extend`.
    """
    if len(study.options) < 2:
        for section, command in ((study.staff, "staff"), (study.sweep, "sweep")):
            if section:
                raise ValueError(f"the study has one option only; answer it with: sim {command}")
        raise ValueError("a comparison needs at least two options")
    samples = {
        name: runner.sample(option.scenario, study.seed) for name, option in study.options.items()
    }
    fixed = study.replications if study.precision is None else None
    limit = study.replications or MOST
    luck = Luck(study, samples[study.against])
    first = FIRST_WITH_CONTROLS
    if not luck.controls():
        first = max(FIRST_STAGE, study.reference.scenario.run.replications)
    runner.extend(list(samples.values()), fixed or min(first, limit))
    race = Race(study, samples, luck)
    while fixed is None and (wanted := race.wanted(limit)):
        if on_stage is not None:
            on_stage(race.left(limit))
        runner.extend([samples[name] for name in wanted], list(wanted.values()))
        race.look()
    # one number for one thing: all that is shown rests on the same replications of all options
    runner.extend(list(samples.values()), max(map(len, samples.values())))

    @cache
    def judged() -> tuple[Comparison, Trials | None]:
        found = _comparison(study, runner.engine, samples, race.verdict(), luck)
        return found, Trials.of(study, runner)

    if not factors_of(study):
        return judged()[0]
    tried = vary(study, runner, lambda: judged()[0].leader, samples, luck)
    found, trials = judged()
    together = joint(study, runner, trials, found.leader, samples, luck)
    return replace(found, vary=tried, joint=together)


# --- results -----------------------------------------------------------------------------------


def _comparison(
    study: Study, engine: str, samples: Mapping[str, Sample], verdict: Verdict, luck: Luck
) -> Comparison:
    names = list(samples)
    sums = [deciding(study, sample) for sample in samples.values()]
    known = luck.known(len(samples[study.against]))
    each = {name: weeks(one, with_luck(study.decide)) for name, one in samples.items()}
    apart = separable_pairs(sums, study.confidence, known)
    return Comparison(
        study=study,
        engine=engine,
        outcomes={
            name: Outcome(
                name=name,
                scenario=sample.scenario,
                replications=len(sample),
                rows=tuple(
                    estimate(sample.scenario, sample.tallies, study.confidence, controls=known)
                ),
                deciding=each[name],
                chance=_chance(study, each, name),
            )
            for name, sample in samples.items()
        },
        differences=(*differences(study, samples, known), *_by_hour(study, samples, known)),
        verdict=verdict,
        apart=tuple(sorted({_pair(names[a], names[b]) for a, b in np.argwhere(apart).tolist()})),
        steps=tuple(bridges(samples, study.against, known, expected=study.decide in WITH_LUCK)),
    )


def _pair(one: str, other: str) -> tuple[str, str]:
    """Two names in the order of the alphabet."""
    return (min(one, other), max(one, other))


def with_luck(measure: str) -> str:
    """The measure that a single week is told by: no luck is averaged out of it."""
    group, dot, name = measure.rpartition(".")
    return group + dot + WITH_LUCK.get(name, name)


def _chance(study: Study, each: Mapping[str, Floats], name: str) -> Bounds:
    """That the option is better in one replication, with the luck that a single week has."""
    if name == study.against:
        return NO_BOUNDS
    sign = measure_of(study.decide).better or 1
    found = win_share(sign * each[name], sign * each[study.against], study.confidence)
    return found.bounds


def differences(
    study: Study,
    samples: Mapping[str, Sample],
    controls: Floats | None,
    *,
    measures: Collection[str] = tuple(CATALOGUE),
    splits: Collection[str] = COMPARED,
) -> Iterator[Difference]:
    """Every other option less the reference, by each measure in each group of each split.

    Args:
        study: which option is the reference, and the confidence.
        samples: by the name of the option.
        controls: as of `Luck.known`.
        measures: the names of those wanted; quantiles are passed over.
        splits: those wanted.
    """
    wanted = [one for one in CATALOGUE.values() if one.name in measures]
    for by in splits:
        sums = {
            name: split_sums(sample.scenario, sample.tallies, by)
            for name, sample in samples.items()
        }
        groups = dict.fromkeys(group for of_option in sums.values() for group in of_option)
        for group in groups:
            here = {name: of_option.get(group) for name, of_option in sums.items()}
            for measure in wanted:
                if by in measure.splits and measure.estimator is not Estimator.QUANTILE:
                    yield from _of_measure(study, here, samples, measure.name, by, group, controls)


def _of_measure(
    study: Study,
    sums: Mapping[str, Floats | None],
    samples: Mapping[str, Sample],
    name: str,
    by: str,
    group: str,
    controls: Floats | None,
) -> Iterator[Difference]:
    """One measure of one group; who does not have the group has a total of 0 there."""
    total = CATALOGUE[name].estimator is Estimator.TOTAL
    parts: dict[str, Sums] = {}
    for option, found in sums.items():
        if found is not None:
            parts[option] = of_sums(found, name)
        elif total:
            n = len(samples[option])
            parts[option] = np.zeros(n), np.ones(n)
    if study.against not in parts or len(parts) < 2:
        return
    options = list(parts)
    bounds = simultaneous_differences(
        list(parts.values()), options.index(study.against), study.confidence, controls
    )
    for place, option in enumerate(options):
        if option != study.against:
            value, low, high = (float(x[place]) for x in (bounds.value, bounds.low, bounds.high))
            yield Difference(option, by, group, name, value, low, high, CATALOGUE[name].unit)


def _by_hour(
    study: Study, samples: Mapping[str, Sample], controls: Floats | None
) -> Iterator[Difference]:
    """Hours of the week, bounds for all options together by Bonferroni's inequality."""
    level = 1.0 - (1.0 - study.confidence) / (len(samples) - 1)
    by_hour = {name: split_sums(one.scenario, one.tallies, HOUR) for name, one in samples.items()}
    hours = list(dict.fromkeys(hour for one in by_hour.values() for hour in one))
    sums = {name: _side_by_side(hours, of_option) for name, of_option in by_hour.items()}
    reference = sums.pop(study.against)
    for option, here in sums.items():
        for measure in HOURLY:
            pairs = of_sums(here, measure), of_sums(reference, measure)
            found = ratio_difference_interval(*pairs[0], *pairs[1], level, controls)
            bounds = zip(hours, found.value, found.low, found.high, strict=True)
            unit = CATALOGUE[measure].unit
            for hour, value, low, high in bounds:
                if not np.isnan(value):
                    yield Difference(
                        option, HOUR, hour, measure, float(value), float(low), float(high), unit
                    )


def _side_by_side(groups: list[str], sums: Mapping[str, Floats]) -> Floats:
    """[replication, group, component]; nothing happens in a group that is not there."""
    nothing = np.zeros_like(next(iter(sums.values())))
    return np.stack([sums.get(group, nothing) for group in groups], axis=1)
