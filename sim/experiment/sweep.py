"""What becomes of a scenario when one or two of its values change: the curve, or the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, product
from math import isnan
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sim.experiment.grid import Axis, at_all_hours, factors_said, first_of
from sim.experiment.joint import Joint, Trials, joint
from sim.experiment.luck import Luck
from sim.experiment.paired import SideBySide, sums_of, weeks
from sim.experiment.precision import run_equally
from sim.experiment.result import Estimated, StudyResult
from sim.experiment.runner import OnStage, Runner, Sample
from sim.experiment.study import ESTIMATED, Study
from sim.experiment.tabled import Columns, of_entries, of_rows, of_series
from sim.experiment.unknowns import factors_of
from sim.experiment.vary import Vary, vary
from sim.measures import Row, estimate, measure_of
from sim.measures.catalogue import Measure
from sim.scenario import Scenario, ScenarioError
from sim.scenario.faults import Fault, Wrong
from sim.stats.crossing import Crossing
from sim.tables import Floats

SPLITS = ("total", "channel", "pool", "window")
"""The splits of the estimates; what the answer says is of the total."""

GIVEN = frozenset({"reasons", "profiles", "calendar", "busyness"})
"""Parts of a scenario that are as they are: their values are known or not, but nobody's choice."""

FADED = 0.1
"""A step that brings less than this part of the steepest, per unit, brings little more."""


@dataclass(frozen=True)
class Point(Estimated):
    """One value, or one pair of values, of the grid.

    texts: the value of each axis, as written.
    rows: estimates as of a run, of means and ratios.
    deciding: [replication] the deciding measure in each; nan where it is 0/0.
    """

    texts: tuple[str, ...]
    scenario: Scenario
    rows: tuple[Row, ...]
    deciding: Floats

    @property
    def name(self) -> str:
        """Its values."""
        return ", ".join(self.texts)


class Step(NamedTuple):
    """What a measure gains from one value to the next: a paired difference.

    value, low, high: of the difference; the bounds hold for all steps of the measure together.
    per_unit, per_unit_low, per_unit_high: the same per unit of the axis; nan without numbers.
    """

    start: str
    end: str
    measure: str
    value: float
    low: float
    high: float
    per_unit: float
    per_unit_low: float
    per_unit_high: float
    unit: str


@dataclass(frozen=True)
class Knee:
    """The value beyond which more brings little, as places in the grid.

    at: as estimated; first, last: it may be as early or as late as this.
    """

    at: int
    first: int
    last: int


@dataclass(frozen=True, repr=False)
class SweepResult(StudyResult):
    """A scenario at every value of a grid, on the same customers.

    Attributes:
        study: what was asked, with no other option than the one that was swept.
        engine: which ran it.
        replications: of each point.
        axes: one or two.
        points: of all combinations, the last axis fastest.
        best: place of the point with the best deciding measure; None if that is 0/0 everywhere.
        plausible: places of the points that may be the best; a point is missing here only if
            another is better by an interval that holds for all points together.
        steps: from each value to the next, for every measure; none with two axes.
        knee: of a measure that counts its own cost (a margin): the best point and the outermost
            plausible ones. Of others the value after the last step that brings, per unit, at
            least a tenth (`FADED`) of the steepest step; between the last step that surely does
            and the last that may, by intervals that hold for all steps together. None where the
            values are no numbers, on two axes, or if no step brings anything.
        break_even: where the margin changes its sign.
        no_gain: where the margin becomes better or worse than at the first value.
        moved: the measures that are not the same at all points.
        vary: whether the best value stays the best where one input is another; None where nothing
            is uncertain, or there is no best value to choose.
        joint: the points under joint draws of all that is uncertain besides what is swept; None
            where nothing is, or too few replications were asked for.
    """

    kind: ClassVar[str] = "sweep"

    study: Study
    engine: str
    replications: int
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    best: int | None
    plausible: tuple[int, ...]
    steps: tuple[Step, ...]
    knee: Knee | None
    break_even: tuple[Crossing, ...]
    no_gain: tuple[Crossing, ...]
    moved: tuple[str, ...]
    vary: Vary | None = None
    joint: Joint | None = None

    @property
    def answer(self) -> str:
        """The best point; the first where the deciding measure is undefined everywhere."""
        return self.names()[self.best or 0]

    def estimates(self) -> Mapping[str, Estimated]:
        """What each point came to."""
        return dict(zip(self.names(), self.points, strict=True))

    @property
    def decide(self) -> str:
        """Name of the deciding measure."""
        return self.study.decide

    @property
    def chosen(self) -> bool:
        """Whether somebody chooses the values: demand, customers and the calendar are given."""
        return not any(axis.path.split(".")[0] in GIVEN for axis in self.axes)

    @property
    def is_choice(self) -> bool:
        """Whether there is a best value to be right about: not where more is always better."""
        moved = self.best is not None and self.decide in self.moved
        return moved and self.chosen and counts_cost(measure_of(self.decide))

    def names(self) -> list[str]:
        """A name for each point: its values."""
        return [one.name for one in self.points]

    def columns(self) -> dict[str, Columns]:
        """Tables by name.

        `points`: the estimates, a column for each axis; `steps`; `crossings` of the margin;
        `replications`: the deciding measure in each; those of `Vary` and of `Joint`.
        """
        paths = [axis.path for axis in self.axes]
        played = {one.texts: one.deciding for one in self.points}
        return {
            "points": of_rows(
                (*paths, *Row._fields),
                ((*one.texts, *row) for one in self.points for row in one.rows),
            ),
            "steps": of_rows(Step._fields, self.steps),
            "crossings": of_entries(self._crossings()),
            "replications": of_series((*paths, "replication", self.decide), played),
            **(self.vary.columns() if self.vary is not None else {}),
            **(self.joint.columns() if self.joint is not None else {}),
        }

    def _crossings(self) -> list[dict[str, Any]]:
        return [
            {"of": of, **asdict(one)}
            for of, found in (("break_even", self.break_even), ("no_gain", self.no_gain))
            for one in found
        ]

    def origin(self) -> dict[str, Any]:
        """What was swept, how often each point was run, and what they are."""
        return {
            "decide": self.decide,
            "replications": self.replications,
            "sweep": {axis.path: list(axis.texts) for axis in self.axes},
            "points": self.fingerprints(),
        }

    def findings(self) -> dict[str, Any]:
        """The best value, where more brings little, and every total."""
        names = self.names()
        return {
            "best": None if self.best is None else names[self.best],
            "plausible": [names[place] for place in self.plausible],
            "knee": self.knee and {name: names[at] for name, at in asdict(self.knee).items()},
            "crossings": self._crossings(),
            "moved": self.moved,
            "steps": self.steps,
            "rows": [
                {"at": point.texts, **row._asdict()}
                for point in self.points
                for row in point.rows
                if row.by == "total"
            ],
            "vary": self.vary,
            "joint": self.joint,
        }


# --- asking -----------------------------------------------------------------------------------


def asked(study: Study, said: Mapping[str, Any]) -> Study:
    """The study, asked as the options of the command say (`sim.api.SweepOptions`).

    Raises:
        Wrong: where nothing is said to sweep, or values are not understood.
    """
    if "values" in said:
        study = replace(study, sweep=factors_said(said["values"]))
    if not study.sweep:
        raise Wrong(
            "the study does not say what to sweep; give values, as in "
            "--set pools.team.members=10,20,40"
        )
    return study


# --- running ----------------------------------------------------------------------------------


def sweep(study: Study, runner: Runner, on_stage: OnStage | None = None) -> SweepResult:
    """Run the reference option of a study at every combination of the values of `study.sweep`.

    All points get the same customers and equally many replications: `study.replications`, else
    what the scenario says; with `study.precision` as many as every point needs, at most those.

    Args:
        study: the scenario, the values and what is asked of them.
        runner: runs them.
        on_stage: told before each further stage how many replications are probably left to run.

    Raises:
        Wrong: unless one or two factors are given, each with two values or more; for bare numbers
            in place of the times at which a pool has people.
        ScenarioError: with the faults of all points.
        ClusterError, StoreError: as `Runner.extend`.
    """
    if not 1 <= len(study.sweep) <= 2:
        raise Wrong(f"a sweep goes over one or two values, not {len(study.sweep)}")
    swept = {factor.path for factor in study.sweep}
    others = tuple(one for one in study.vary if one.path not in swept)
    name = study.reference.scenario.name or study.against
    study = replace(study.alone(), vary=others, question=study.question or name)
    axes = _axes(study)
    for axis in axes:
        if message := at_all_hours(study.reference.scenario, axis.path, axis.texts):
            raise Wrong(message)
    paths = [axis.path for axis in axes]
    grid = [dict(zip(paths, texts, strict=True)) for texts in product(*(a.texts for a in axes))]
    scenarios = _scenarios(study, grid)
    samples = [runner.sample(scenario, study.seed) for scenario in scenarios]
    luck = Luck(study, samples[-1])
    run_equally(study, samples, runner, luck, on_stage)
    found = _result(study, runner.engine, axes, grid, samples, luck)
    if found.best is None:
        return found
    points = _as_options(study, grid, found.points)
    known = dict(zip(points.options, samples, strict=True))
    tried = None
    if found.is_choice and factors_of(points):
        tried = vary(points, runner, found.answer, known, luck)
    together = joint(points, runner, Trials.of(points, runner), found.answer, known, luck)
    return replace(found, vary=tried, joint=together)


def _axes(study: Study) -> tuple[Axis, ...]:
    """The axes of a study; a path that is not there is told before its values are."""
    try:
        return tuple(Axis.of(factor.path, factor.values) for factor in study.sweep)
    except Wrong:
        study.reference.changed({one.path: first_of(one.values[0]) for one in study.sweep})
        raise


def _scenarios(study: Study, grid: Sequence[Mapping[str, str]]) -> list[Scenario]:
    """The scenario of every point, or all that is wrong with any of them."""
    found: list[Scenario] = []
    faults: list[Fault] = []
    for values in grid:
        try:
            found.append(study.reference.changed(values))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return found


def _as_options(study: Study, grid: Sequence[Mapping[str, str]], points: Sequence[Point]) -> Study:
    """The points as options to choose from; what is swept is decided, and not uncertain there."""
    one, swept = study.reference, grid[0]
    uncertain = {"uncertain": one.scenario.uncertain.without(swept)}
    options = {
        point.name: replace(
            one,
            name=point.name,
            scenario=point.scenario.model_copy(update=uncertain),
            given={**one.given, **values},
        )
        for point, values in zip(points, grid, strict=True)
    }
    return replace(
        study,
        options=options,
        against=next(iter(options)),
        uncertain=study.uncertain.without(swept),
    )


# --- results -----------------------------------------------------------------------------------


def _result(
    study: Study,
    engine: str,
    axes: tuple[Axis, ...],
    grid: Sequence[Mapping[str, str]],
    samples: Sequence[Sample],
    luck: Luck,
) -> SweepResult:
    measure = measure_of(study.decide)
    known = luck.known(len(samples[0]))
    sums = sums_of(samples)
    curves = {name: SideBySide.of(study, name, sums, known) for name in ESTIMATED}
    if study.decide not in curves:
        here = sums_of(samples, study.decide)
        curves[study.decide] = SideBySide.of(study, study.decide, here, known)
    gains = curves[study.decide].times(measure.better)
    one = axes[0] if len(axes) == 1 else None
    margin = curves["margin"]
    return SweepResult(
        study=study,
        engine=engine,
        replications=len(samples[0]),
        axes=axes,
        points=tuple(
            _point(study, (*values.values(),), sample, known)
            for values, sample in zip(grid, samples, strict=True)
        ),
        best=gains.best,
        plausible=gains.plausible,
        steps=_steps(one, curves) if one else (),
        knee=_knee(one, measure, gains) if one else None,
        break_even=_crossings(one, margin),
        no_gain=tuple(
            found
            for found in _crossings(one, margin.moved(-margin.values[:, :1]))
            if not isnan(found.value)  # the first point itself is no news
        ),
        moved=tuple(name for name, curve in curves.items() if curve.moves),
    )


def _point(study: Study, texts: tuple[str, ...], sample: Sample, controls: Floats | None) -> Point:
    rows = estimate(
        sample.scenario,
        sample.tallies,
        study.confidence,
        measures=ESTIMATED,
        splits=SPLITS,
        controls=controls,
    )
    return Point(texts, sample.scenario, tuple(rows), weeks(sample, study.decide))


def _crossings(axis: Axis | None, curve: SideBySide) -> tuple[Crossing, ...]:
    """Where a measure passes through zero, along an axis of numbers."""
    return () if axis is None or axis.numbers is None else curve.crossings(axis.numbers)


def _steps(axis: Axis, curves: dict[str, SideBySide]) -> tuple[Step, ...]:
    widths = np.diff(axis.numbers) if axis.numbers else np.full(len(axis.texts) - 1, np.nan)
    found = []
    for name, curve in curves.items():
        steps = zip(curve.together(np.diff(curve.values, axis=1)).T, widths, strict=True)
        for (start, end), (told, wide) in zip(pairwise(axis.texts), steps, strict=True):
            each = *told.tolist(), *(told / wide).tolist()
            found.append(Step._make((start, end, name, *each, measure_of(name).unit)))
    return tuple(found)


def _knee(axis: Axis, measure: Measure, gains: SideBySide) -> Knee | None:
    if axis.numbers is None or gains.best is None or np.isnan(gains.values).any():
        return None
    if counts_cost(measure):
        return Knee(gains.best, gains.plausible[0], gains.plausible[-1])
    slopes = np.diff(gains.values, axis=1) / np.diff(axis.numbers)
    steepest = int(slopes.mean(axis=0).argmax())
    mean, low, high = gains.together(slopes - FADED * slopes[:, [steepest]])
    if not mean[steepest] > 0.0:
        return None
    at, first, last = (_after_last(one > 0.0) for one in (mean, low, high))
    return Knee(at, min(first, at), max(last, at))


def _after_last(brings: np.ndarray) -> int:
    """The point after the last step that brings something; the first point if none does."""
    return int(np.flatnonzero(brings).max(initial=-1)) + 1


def counts_cost(measure: Measure) -> bool:
    """Whether the measure sets what a step costs against what it brings."""
    return " - cost" in measure.numerator
