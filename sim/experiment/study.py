"""A study: a question about several options, which all meet the same customers.

An option is a scenario together with what it was made from, so that values in it can be tried. A
study comes from a study file (`sim.experiment.study_file`), from several scenario files or from
scenarios in Python.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict

from sim.experiment.border import (
    by_name,
    confidence_of,
    list_of,
    number_of,
    scenario_of,
)
from sim.experiment.sizes import ONE_PERCENT, Precision, Size, SizeText
from sim.experiment.staffing.goal import StaffGoal
from sim.measures.catalogue import CATALOGUE, Estimator, Measure
from sim.measures.components import TOTAL
from sim.measures.groups import measure_of, place_of
from sim.scenario import Scenario, ScenarioError
from sim.scenario.faults import Fault, Wrong, meant, nearest_name, shown
from sim.scenario.model import Run
from sim.scenario.numbers import duration_text
from sim.scenario.overrides import LABEL
from sim.scenario.reading import Recipe
from sim.scenario.uncertain import NOTHING, Uncertain

__all__ = ["Factor", "Option", "Precision", "Size", "Study"]

FilePath = str | os.PathLike[str]
Overrides = Mapping[str, object]
"""Dotted path -> value."""


@dataclass(frozen=True)
class Option:
    """One way to do it: a scenario, and what it is made of.

    Attributes:
        name: as the study calls it.
        scenario: resolved and checked.
        recipe: of the scenario.
        source: who says the values that are tried; if a file, names of files are relative to it.
        given: overrides that hold whatever is tried.
    """

    name: str
    scenario: Scenario
    recipe: Recipe = field(repr=False, compare=False)
    source: str = field(default=LABEL, repr=False, compare=False)
    given: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def made(
        cls, name: str, recipe: Recipe, *, source: str = LABEL, given: Overrides | None = None
    ) -> Option:
        """The option of a recipe.

        Raises:
            ScenarioError: with every fault.
        """
        scenario = recipe.scenario(given, source=LABEL)
        return cls(name, scenario, recipe, source, given or {})

    @classmethod
    def of_file(
        cls, path: FilePath, *, name: str | None = None, overrides: Overrides | None = None
    ) -> Option:
        """The option that a scenario file describes, called like the file.

        Raises:
            ScenarioError: with every fault of the file.
        """
        return cls.made(name or Path(path).stem, Recipe.read(path), given=overrides)

    @classmethod
    def of_scenario(cls, name: str, scenario: Scenario) -> Option:
        """The option that a scenario is."""
        return cls(name, scenario, Recipe.of_scenario(scenario, name))

    def changed(self, changes: Mapping[str, object]) -> Scenario:
        """The scenario with other values, resolved and checked, and nothing uncertain in it.

        Args:
            changes: dotted path -> value, as overrides of `sim.load`.

        Raises:
            ScenarioError: with every fault, those of what the option does not have among them.
        """
        return self.recipe.scenario({**self.given, **changes}, source=self.source, certain=True)

    def given_too(self, changes: Mapping[str, object]) -> Option:
        """The option with values that hold whatever is tried; errors as of `changed`."""
        given = {**self.given, **changes}
        return replace(self, scenario=self.recipe.scenario(given, source=self.source), given=given)

    def notes(self) -> list[Fault]:
        """What is allowed in it and yet may not be meant."""
        return [in_study(note, self.name, self.source) for note in self.recipe.notes(self.scenario)]

    def remark(self, path: str, message: str) -> Fault:
        """A fault or a note about what is said at a dotted path."""
        return in_study(self.recipe.remark(path, message), self.name, self.source)

    def concerns(self, path: str) -> bool:
        """Whether the reason, channel, pool, profile or window that a dotted path names is here."""
        return self.recipe.concerns(path)


@dataclass(frozen=True)
class Factor:
    """A value of the scenario that is varied: a dotted path, and the texts to put there.

    also: other paths that get the same value.
    """

    path: str
    values: tuple[str, ...]
    also: tuple[str, ...] = ()


class Deciding(TypedDict):
    """What of a replication is needed, as arguments of `Runner.sample`."""

    measures: tuple[str, ...]
    splits: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A question about several options.

    Attributes:
        question: in the person's words.
        options: by name, in order; their calendars agree.
        against: the option that the others are compared with.
        decide: the measure that ranks the options: a name of `sim.measures.CATALOGUE`, or one of
            a group's, such as `phone.service_level`.
        vary: inputs to be tried one value at a time in every option.
        sweep: one or two values of the reference option to sweep, in all combinations.
        uncertain: what is not known well, besides what the options' scenarios say (see
            `sim.experiment.unknowns`).
        staff: what a staffing of the reference option is to reach, and which people may change.
        precision: replicate until every option is known so well; None: `replications` decides.
        replications: how many; with `precision`, at most so many. None: nothing was said.
        indifference: smallest difference in `decide` worth detecting; if relative, to the largest
            value among the options.
        years: how long the decision holds.
        control_variates: whether means are taken for average luck, as far as the luck of arrivals
            is known; else they are plain means.
        confidence: of intervals and of the choice.
        seed: of all options.
    """

    question: str
    options: dict[str, Option]
    against: str
    decide: str
    vary: tuple[Factor, ...] = ()
    uncertain: Uncertain = NOTHING
    sweep: tuple[Factor, ...] = ()
    staff: StaffGoal | None = None
    precision: Precision | None = None
    replications: int | None = None
    indifference: Size = ONE_PERCENT
    years: float = 1.0
    control_variates: bool = True
    confidence: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        if self.replications is not None:
            number_of("replications", self.replications)
        confidence_of(self.confidence)
        number_of("seed", self.seed)
        for name in (self.decide, self.precision and self.precision.measure):
            has_group(name or "", self.options.values())

    @property
    def deciding(self) -> Deciding:
        """What of a replication is needed where only `decide` is looked at."""
        by, _ = place_of(self.reference.scenario, self.decide)
        splits = (TOTAL,) if by == TOTAL else (TOTAL, by)
        return {"measures": (self.decide,), "splits": splits}

    @classmethod
    def of(
        cls,
        scenarios: Mapping[str, Scenario | Option],
        *,
        question: str = "",
        against: str | None = None,
        decide: str | None = None,
        precision: Precision | str | float | None = None,
        replications: int | None = None,
        indifference: Size | str | float = ONE_PERCENT,
        confidence: float | None = None,
        seed: int | None = None,
        vary: Iterable[Factor] = (),
        uncertain: Overrides | None = None,
        sweep: Iterable[Factor] = (),
        control_variates: bool = True,
    ) -> Study:
        """A study of scenarios; what its arguments mean is told at the attributes of `Study`.

        Args:
            scenarios: by the name of the option; or the options.
            question: empty asks which of several is best; of one it is for the answer to say.
            against: None for the first.
            decide: None for what `usual_measure` says.
            precision: also a size of the deciding measure, as in a study file: `1 %`, 500.
            replications: None to leave it to the question.
            indifference: also as in a study file: `1 %`, 500, `2 s`, `0.5 points`.
            confidence: None for the reference's.
            seed: None for the reference's.
            vary: inputs to be tried at several values.
            uncertain: path -> what the input may be, as in a scenario's `uncertain`.
            sweep: values to try.
            control_variates: false for plain means.

        Raises:
            TypeError: if what is given is no scenario, or no number.
            ValueError: if there is no such option or measure, a number is out of range, or a size
                does not fit the measure.
            ScenarioError: if the scenarios cannot be compared.
        """
        made = {
            name: one
            if isinstance(one, Option)
            else Option.of_scenario(name, scenario_of(one, f"options: {shown(name)}"))
            for name, one in by_name(scenarios).items()
        }
        if not made:
            raise ValueError("a study needs at least one option")
        against = _known(made, next(iter(made)) if against is None else against)
        if faults := not_comparable(made, against):
            raise ScenarioError(faults)
        measure = ranking_measure(usual_measure(made.values()) if decide is None else decide)
        if isinstance(precision, str | float | int):
            precision = Precision(measure.name, SizeText.read(precision).of(measure))
        if isinstance(indifference, str | float | int):
            indifference = SizeText.read(indifference).of(measure)
        run = made[against].scenario.run
        return cls(
            question or _asked(made),
            made,
            against,
            measure.name,
            precision=precision,
            replications=replications,
            indifference=indifference,
            confidence=run.confidence if confidence is None else confidence,
            seed=run.seed if seed is None else seed,
            vary=tuple(vary),
            uncertain=Uncertain.read(uncertain or {}),
            sweep=tuple(sweep),
            control_variates=control_variates,
        )

    @classmethod
    def of_files(
        cls,
        paths: Iterable[FilePath],
        *,
        overrides: Overrides | None = None,
        against: str | None = None,
        decide: str | None = None,
    ) -> Study:
        """A study of scenario files, which give their names to the options.

        Args:
            paths: the files.
            overrides: values by dotted path, for all of them.
            against: the reference option; None for the first.
            decide: None for what `usual_measure` says.

        Raises:
            ScenarioError: with every fault of every file, or if they cannot be compared.
            ValueError: if there is no such option or measure.
        """
        files = [Path(path) for path in list_of("paths", paths)]
        options: dict[str, Option] = {}
        faults: list[Fault] = []
        for name, file in zip(_names(files), files, strict=True):
            try:
                options[name] = Option.of_file(file, name=name, overrides=overrides)
            except ScenarioError as error:
                faults += error.faults
        if faults:
            raise ScenarioError(faults)
        return cls.of(options, against=against, decide=decide)

    @property
    def reference(self) -> Option:
        """The option that the others are compared with."""
        return self.options[self.against]

    def asking(
        self,
        *,
        against: str | None = None,
        decide: str | None = None,
        replications: int | None = None,
        seed: int | None = None,
    ) -> Study:
        """The same study asked otherwise; None leaves what it says.

        Args:
            against: another reference option.
            decide: another measure that decides.
            replications: just so many, whatever the precision.
            seed: of all random streams, in every option.

        Raises:
            TypeError: if the number of replications is no number.
            ValueError: if it is out of range, there is no such option, or the measure cannot rank
                options.
        """
        against = _known(self.options, self.against if against is None else against)
        decide = self.decide if decide is None else ranking_measure(decide).name
        asked = replace(self, against=against, decide=decide)
        if seed is not None:
            options = {
                name: one.given_too({"run.seed": seed}) for name, one in self.options.items()
            }
            asked = replace(asked, options=options, seed=seed)
        if replications is None:
            return asked
        return replace(asked, replications=replications, precision=None)

    def told_by(self, source: str) -> Study:
        """The same study; what is wrong with values that are tried is told as said by `source`."""
        options = {name: replace(one, source=source) for name, one in self.options.items()}
        return replace(self, options=options)

    def alone(self) -> Study:
        """The study of its reference option, which has nothing to be compared with."""
        return replace(self, options={self.against: self.reference}, vary=())

    def notes(self) -> list[Fault]:
        """What is allowed in the options and yet may not be meant, or hard to compare."""
        found = {note for option in self.options.values() for note in option.notes()}
        return sorted(
            found | {self.options[name].remark(*said) for name, *said in self.hard_to_compare()}
        )

    def hard_to_compare(self) -> list[tuple[str, str, str]]:
        """Measures and thresholds that an option defines otherwise than the reference.

        The option, the path of what it says, and in which way.
        """
        return [
            (name, *said)
            for name, option in self.options.items()
            for said in _hard_to_compare(option, self.reference)
        ]


def _known(options: Iterable[str], name: str) -> str:
    """The name of one of the options; ValueError if there is none."""
    if name not in options:
        raise ValueError(f"no option has the name `{name}`{meant(name, options)}")
    return name


def _asked(options: Iterable[str]) -> str:
    *others, last = options
    return f"Which is best: {', '.join(others)} or {last}?" if others else ""


def _names(files: list[Path]) -> list[str]:
    """The names of the files; those that several share are told apart by folder or number."""

    def told_apart(names: list[str], more: list[str]) -> list[str]:
        shared = {name for name, count in Counter(names).items() if count > 1}
        return [other if one in shared else one for one, other in zip(names, more, strict=True)]

    folders = [f"{file.resolve().parent.name}/{file.stem}" for file in files]
    names = told_apart([file.stem for file in files], folders)
    numbers = (names[:place].count(name) + 1 for place, name in enumerate(names))
    return told_apart(
        names, [f"{one} {number}" for one, number in zip(names, numbers, strict=True)]
    )


# --- what makes a study sound -----------------------------------------------------------------


def in_study(fault: Fault, option: str, file: str) -> Fault:
    """A fault with its path in the study file, if that is where the option says it."""
    if fault.file != file:
        return fault
    path = ".".join(filter(None, ("options", option, fault.path)))
    return Fault(file, fault.line, path, fault.message)


def not_comparable(options: Mapping[str, Option], against: str) -> list[Fault]:
    """What options say otherwise than the reference that breaks a comparison."""
    reference = _compared(options[against].scenario)
    faults = [
        option.remark(path, f"{said} in `{name}`, but {reference[path]} in `{against}`; {AGREE}")
        for name, option in options.items()
        for path, said in _compared(option.scenario).items()
        if said != reference[path]
    ]
    return [*faults, *_other_ranges(options)]


def _other_ranges(options: Mapping[str, Option]) -> Iterator[Fault]:
    """Inputs that two options call uncertain, and of which they say different things."""
    first: dict[str, tuple[str, object]] = {}
    for name, option in options.items():
        said = option.scenario.uncertain
        for path, one in [*said.inputs.items(), *said.draws.items()]:
            other, there = first.setdefault(path, (name, one))
            if one != there:
                message = f"may be something else in `{other}`; say the same of it everywhere"
                yield option.remark(f"uncertain.{path}", message)


AGREE = "options are compared over the same days, in the same currency"


def _compared(scenario: Scenario) -> dict[str, str]:
    calendar = scenario.calendar
    return {
        "calendar.start": str(calendar.start),
        "calendar.days": str(calendar.days),
        "calendar.warmup": str(calendar.warmup),
        "currency": scenario.currency,
    }


BY_THRESHOLD = {
    "service_level": "service levels",
    "short_abandon": "service levels and abandonment",
}
"""Thresholds of a run, and what they define."""


def _hard_to_compare(option: Option, reference: Option) -> Iterator[tuple[str, str]]:
    """What makes one measure mean two things: where it is said, and what."""
    one, other, name = option.scenario, reference.scenario, reference.name
    if one.calendar.windows != other.calendar.windows:
        yield (
            "calendar.windows",
            f"other times than in `{name}`: by window, options "
            "are not compared over the same times",
        )
    if one.gross_margin != other.gross_margin:
        yield (
            "gross_margin",
            f"another one than in `{name}`: part of the difference in margin comes from it",
        )
    stating = [
        {pool for pool, said in scenario.pools.items() if said.satisfaction is not None}
        for scenario in (one, other)
    ]
    for pool in sorted(stating[0] ^ stating[1]):
        if pool in one.pools and pool in other.pools:
            yield (
                f"pools.{pool}.satisfaction",
                f"stated in one of `{option.name}` and `{name}` only: their satisfaction is not of "
                "the same customers",
            )
    reasons = [reason for reason in one.reasons if reason in other.reasons]
    for threshold, measures in BY_THRESHOLD.items():
        for channel in sorted(one.channels.keys() & other.channels.keys()):
            mine, usual = (
                _limits(run, threshold, channel, reasons) for run in (one.run, other.run)
            )
            if mine != usual:
                said, there = (" or ".join(dict.fromkeys(some)) for some in (mine, usual))
                yield (
                    f"run.{threshold}.{channel}",
                    f"{said}, but {there} in `{name}`: {measures} are not of the same kind",
                )


def _limits(run: Run, threshold: str, channel: str, reasons: list[str]) -> list[str]:
    """A threshold on a channel, of each reason."""
    if threshold == "service_level":
        return [duration_text(run.service_level.at(reason, channel)) for reason in reasons]
    return [duration_text(run.short_abandon.at(channel))]


def usual_measure(options: Iterable[Option]) -> str:
    """What ranks options if nobody says: margin where help can win sales, else service level."""
    sells = any(
        reason.buying is not None and pool.sells.conversion is not None
        for option in options
        for reason in option.scenario.reasons.values()
        for pool in option.scenario.pools.values()
    )
    return "margin" if sells else "service_level"


ESTIMATED = [one.name for one in CATALOGUE.values() if one.estimator is not Estimator.QUANTILE]
"""The measures that have a value in every replication."""

RANKING = [name for name in ESTIMATED if CATALOGUE[name].better]
"""The measures that can rank options: of which more, or less, is better."""


MOST_ASKED = (
    *("margin", "incremental_revenue", "cost", "conversion", "satisfaction"),
    *("service_level", "answer_rate", "abandonment", "asa"),
)
"""Measures that messages propose; there are too many to list them all."""


def ranking_measure(name: str) -> Measure:
    """One of the measures that can rank options, of the whole or of a group.

    Raises:
        Wrong: if there is none of this name, or it cannot.
    """
    _, _, plain = name.rpartition(".")
    if plain in RANKING:
        return measure_of(name)
    if plain in ESTIMATED:
        asked = ", ".join(MOST_ASKED)
        raise Wrong(f"more of {shown(plain)} is neither better nor worse; usual are: {asked}")
    raise Wrong(not_a_mean(plain, RANKING))


def has_group(name: str, options: Iterable[Option]) -> None:
    """Whether every option has the group that a measure's name is about.

    Raises:
        Wrong: if one has not.
    """
    for option in options:
        try:
            place_of(option.scenario, name)
        except Wrong as wrong:
            raise Wrong(f"{shown(name)} in option {shown(option.name)}: {wrong}") from None


def not_a_mean(name: str, allowed: Iterable[str]) -> str:
    """What is wrong with the name of a measure that is no total, mean or share."""
    if name in CATALOGUE:
        what = f"{shown(name)} is a quantile, which cannot be compared run by run"
    else:
        what = f"no measure has the name {shown(name)}"
    near = nearest_name(name, allowed)
    guess = f"; did you mean `{near}`?" if near else ";"
    return f"{what}{guess} usual are: {', '.join(MOST_ASKED)}"
