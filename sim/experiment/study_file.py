"""Reading a study file: the question, the options as changes of a base, what to vary.

All faults are told at once. One in an option's changes is told at its line of the study file; one
that the changes cause elsewhere names the option.
"""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from sim.experiment.grid import at_all_hours, in_steps
from sim.experiment.sizes import ONE_PERCENT, SIZE_SCHEMA, Precision, Size, SizeText
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.staffing.shape import make_shape
from sim.experiment.study import (
    ESTIMATED,
    RANKING,
    Factor,
    Option,
    Study,
    has_group,
    in_study,
    not_a_mean,
    not_comparable,
    ranking_measure,
    usual_measure,
)
from sim.measures import measure_of
from sim.scenario import ScenarioError
from sim.scenario.faults import Fault, Wrong, few_guesses, meant, shown
from sim.scenario.fields import Names, Reads, part_schema
from sim.scenario.files import read_draws
from sim.scenario.json_schema import schema_with_changes
from sim.scenario.limits import read_often, too_many
from sim.scenario.merge import STUDY, Layers, layers_of, read_base
from sim.scenario.numbers import parse_number
from sim.scenario.part import Part
from sim.scenario.reading import Recipe
from sim.scenario.repair import nearest
from sim.scenario.source import Node, fault_at, read_text, read_tree
from sim.scenario.uncertain import Uncertain, checked
from sim.scenario.values import Confidence, CountOf, Flag, Text
from sim.scenario.write import flow_text

SCENARIO_ONLY = {"reasons", "pools", "extends"}
NO_STUDY = "this file is a scenario; a study says its question, as in `study: Who should answer?`"
NOTHING_TO_START_FROM = "has nothing to start from; write `base: FILE`, or `extends: FILE` here"

MOST_POINTS = 400
"""Combinations of values in a sweep."""

MOST_TRIED = 2_000
"""Values to vary, times options: each is tried when the file is read."""

LONGEST_NAME = 60
"""Characters in the name of an option."""


# --- the fields -------------------------------------------------------------------------------


def _option_name(value: object) -> str:
    text = str(value)
    if not text.strip() or text != text.strip() or len(text) > LONGEST_NAME:
        raise Wrong(f"the name of an option is a text of 1 to {LONGEST_NAME} characters")
    if not text.isprintable():
        raise Wrong("has control characters, which no terminal or picture can show")
    return text


def _file(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Wrong(f"{shown(value)} is not the name of a scenario file")
    return value


def _dotted_path(value: object) -> str:
    if not isinstance(value, str) or not all(step.strip() for step in value.split(".")):
        raise Wrong(f"{shown(value)} is not a path, as `pools.team.presence`")
    return value


def _deciding(value: object) -> str:
    return ranking_measure(str(value)).name


def _estimated(value: object) -> str:
    name = str(value)
    if (plain := name.rpartition(".")[2]) not in ESTIMATED:
        raise Wrong(not_a_mean(plain, ESTIMATED))
    return name


def _years(value: object) -> float:
    years = parse_number(value)
    if not 0 < years <= 100:
        raise Wrong(f"{shown(value)} is out of range; allowed: more than 0, up to 100")
    return years


def _changes(value: object) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        raise Wrong(
            f"{shown(value)} stands where changes of the base are expected (`pools: ...`); "
            "for none write `{}`"
        )
    return value or {}


def _values(value: object) -> list[Any]:
    said = value if isinstance(value, list) else [value]
    values = [one for part in said for one in in_steps(part)]
    if not values or values == [value]:
        raise Wrong(
            f"{shown(value or None)} stands where the values to try are expected: [..., ...], or "
            "`0..120 step 20`"
        )
    return values


OptionName = Annotated[str, Reads(_option_name, {"type": "string", "maxLength": LONGEST_NAME})]
File = Annotated[str, Reads(_file, {"type": "string", "minLength": 1})]
DottedPath = Annotated[str, Reads(_dotted_path, {"type": "string", "minLength": 1})]
Changes = Annotated[dict[str, Any], Reads(_changes, part_schema("Changes"))]
VALUES_SCHEMA = {
    "description": "The values to try: a list, or steps such as `0..120 step 20`.",
    "anyOf": [{"type": "array", "minItems": 1}, {"type": "string"}],
}
Values = Annotated[list[Any], Reads(_values, VALUES_SCHEMA)]


def _named(names: list[str]) -> dict[str, Any]:
    """The schema of a measure's name: one of these, or one of a group's."""
    some = {"type": "string", "pattern": rf"\.({'|'.join(names)})$"}
    return {"description": "`margin`, `phone.service_level`", "anyOf": [{"enum": names}, some]}


Deciding = Annotated[str, Reads(_deciding, _named(RANKING))]
Estimated = Annotated[str, Reads(_estimated, _named(ESTIMATED))]
Years = Annotated[float, Reads(_years, {"type": "number", "exclusiveMinimum": 0, "maximum": 100})]
SizeOf = Annotated[SizeText, Reads(SizeText.read, SIZE_SCHEMA)]


class HalfWidth(Part):
    """How exactly a measure is to be known."""

    alone = "half_width"

    measure: Estimated | None = None  # default: the one that decides
    half_width: SizeOf


class StudyFile(Part):
    """A study file as written."""

    study: Text
    base: File | None = None
    options: dict[OptionName, Changes] = {}
    against: Text | None = None
    decide: Deciding | None = None
    precision: HalfWidth | None = None
    replications: Annotated[int, CountOf(1, 1_000_000)] | None = None
    indifference: SizeOf | None = None
    years: Years = 1.0
    control_variates: Flag = True
    confidence: Confidence | None = None
    seed: Annotated[int, CountOf(0, 2**63 - 1)] | None = None
    vary: dict[DottedPath, Values] = {}
    uncertain: Uncertain = Uncertain()
    sweep: dict[DottedPath, Values] = {}
    staff: StaffGoal | None = None

    def inconsistencies(self, wrong: Wrong) -> None:
        if self.base is None and not self.options:
            wrong.add("is missing; say from which scenario the options start", "base")
        if len(self.sweep) > 2:
            wrong.add("goes over one or two values at a time", "sweep")
        tries = max(len(self.options), 1) * sum(map(len, self.vary.values()))
        if tries > MOST_TRIED:
            wrong.add(f"{tries:,} values in all options; allowed: up to {MOST_TRIED:,}", "vary")
        if math.prod(map(len, self.sweep.values())) > MOST_POINTS:
            wrong.add(f"has more than {MOST_POINTS} combinations", "sweep")
        for field, said in (("vary", self.vary), ("sweep", self.sweep)):
            for path, values in said.items():
                for place, value in enumerate(values):
                    if value in values[:place]:
                        wrong.add(f"{shown(value)} stands here a second time", field, path, place)


def schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors."""
    return {**schema_with_changes(StudyFile), "title": "Contact-centre study"}


# --- reading ----------------------------------------------------------------------------------


def load_study(
    path: str | os.PathLike[str], *, overrides: Mapping[str, object] | None = None
) -> Study:
    """Read a study file.

    Args:
        path: the file.
        overrides: values by dotted path, as for `sim.load`; they hold for every option, and
            `run.seed` and `run.confidence` for the study.

    Raises:
        ScenarioError: with every fault of the study, of its options and of all values to try.
    """
    with few_guesses():
        reader = _Reader(os.fspath(path), overrides or {})
        with read_often(reader.tree):
            return reader.study()


class _Reader:
    """Reads one study file and notes its faults."""

    def __init__(self, file: str, overrides: Mapping[str, object]) -> None:
        self.file, self.overrides = file, overrides
        self.faults: list[Fault] = []
        self.broken: set[str | int] = set()  # fields that are wrong
        self.tree = read_tree(read_text(file), file, self.faults)
        if STUDY not in self.tree.value and SCENARIO_ONLY & self.tree.value.keys():
            raise ScenarioError([Fault(file, self.tree.line, STUDY, NO_STUDY)])
        if many := too_many(self.tree):
            raise ScenarioError(many)
        uncertain = self.tree.child("uncertain")
        if uncertain is not None and (fault := read_draws(uncertain)):
            self.faults.append(fault)

    def study(self) -> Study:
        """The study; ScenarioError if anything is wrong."""
        fields = self._fields()
        options = self._options()
        against = self._against(fields)
        if against in options:
            self.faults += not_comparable(options, against)
        decide = fields.decide or usual_measure(options.values())
        uncertain = fields.uncertain
        precision = self._precision(fields.precision, decide)
        for name, path in ((decide, "decide"), (precision and precision.measure, "precision")):
            try:
                has_group(name or "", options.values())
            except Wrong as wrong:
                self.note(str(wrong), path)
        indifference = self._size(fields.indifference, decide, "indifference") or ONE_PERCENT
        vary, sweep = _factors(fields.vary), _factors(fields.sweep)
        if not self.faults:
            self._try_varied(vary, options)
            uncertain = self._try_uncertain(fields.uncertain, options)
            self._try_sweep(sweep, options[against])
            self._try_staff(fields.staff, options[against])
        if self.faults:
            raise ScenarioError(self.faults)
        run = options[against].scenario.run
        seed, confidence = fields.seed, fields.confidence
        return Study(
            question=fields.study,
            options=options,
            against=against,
            decide=decide,
            vary=vary,
            uncertain=uncertain,
            sweep=sweep,
            staff=fields.staff,
            precision=precision,
            replications=fields.replications,
            indifference=indifference,
            years=fields.years,
            control_variates=fields.control_variates,
            confidence=run.confidence if confidence is None else confidence,
            seed=run.seed if seed is None or "run.seed" in self.overrides else seed,
        )

    def note(self, message: str, *path: str | int) -> None:
        """Note a fault at the place of a value, or of the nearest part around it."""
        node, said = nearest(self.tree, path)
        self.faults.append(fault_at(node, said, message))

    # --- fields -------------------------------------------------------------------------------

    def _fields(self) -> StudyFile:
        """What the file says; fields that are wrong are noted and left out."""
        plain = self.tree.plain()
        while True:
            try:
                return StudyFile.read(plain)
            except Wrong as wrong:
                found = [one for one in wrong.faults if one[0][0] not in self.broken]
            if not found:
                return StudyFile.read({STUDY: "?"}, Names(lenient=True))
            for path, message in found:
                self.note(message, *path)
                self.broken.add(path[0])
            plain = {key: one for key, one in plain.items() if key not in self.broken}
            plain.setdefault(STUDY, "?")

    def _against(self, fields: StudyFile) -> str:
        names = list(self._changes())
        if fields.against is None or fields.against in names:
            return fields.against or next(iter(names), "")
        self.note(f"no option has this name{meant(fields.against, names)}", "against")
        return next(iter(names), "")

    def _precision(self, said: HalfWidth | None, decide: str) -> Precision | None:
        if said is None:
            return None
        measure = said.measure or decide
        size = self._size(said.half_width, measure, "precision", "half_width")
        return Precision(measure, size) if size is not None else None

    def _size(self, said: SizeText | None, measure: str, *path: str) -> Size | None:
        if said is None or "decide" in self.broken:
            return None
        try:
            return said.of(measure_of(measure))
        except Wrong as wrong:
            self.note(str(wrong), *path)
            return None

    # --- options ------------------------------------------------------------------------------

    def _changes(self) -> dict[str, Node]:
        """What each option says; without options the base is the only one."""
        said = dict(self._child("options").items())
        base = self._child("base").value
        return said or ({Path(base).stem: self._nothing()} if isinstance(base, str) else {})

    def _child(self, field: str) -> Node:
        return self.tree.child(field) or self._nothing()

    def _nothing(self) -> Node:
        return Node(None, self.file, self.tree.line)

    def _options(self) -> dict[str, Option]:
        base, wrong = self._base()
        files = {tree.file for tree in base.trees}
        found: dict[str, Option] = {}
        for name, node in self._changes().items():
            if node.value is not None and not isinstance(node.value, dict):
                continue  # told already
            try:
                recipe = self._recipe(node, base)
                found[name] = Option.made(name, recipe, source=self.file, given=self.overrides)
            except ScenarioError as error:
                self.faults += [
                    Fault(self.file, node.line, f"options.{name}", f"with these changes {fault}")
                    if fault.file in files and fault not in wrong
                    else in_study(fault, name, self.file)
                    for fault in error.faults
                ]
        return found

    def _base(self) -> tuple[Layers, frozenset[Fault]]:
        """What options start from, and what is wrong with it by itself.

        What keeps it from being read is noted.
        """
        said, nothing = self.tree.child("base"), frozenset[Fault]()
        if said is None or not isinstance(said.value, str):
            return Layers(whole=said is None or said.value is None), nothing
        own: list[Fault] = []
        layers = read_base(said, self.file, own, field="base")
        if not layers.whole:
            self.faults += own
            return layers, nothing
        try:
            Recipe(layers, tuple(own)).scenario(self.overrides)
        except ScenarioError as error:
            own = error.faults
        return layers, frozenset(own)

    def _recipe(self, node: Node, base: Layers) -> Recipe:
        """An option's changes over the base, or over a file that has another base of its own."""
        faults: list[Fault] = []
        tree = Node(dict(node.items()), node.file, node.line)
        files = tree.child("extends")
        layers = layers_of(tree, self.file, faults)
        if not _stands_alone(files, layers, base):
            layers = base + layers
        named = files is not None and files.value
        if not named and not base.trees and base.whole:
            faults.append(fault_at(node, (), NOTHING_TO_START_FROM))
        if len(layers.trees) < 2 or not layers.whole:
            raise ScenarioError(faults)
        return Recipe(layers, tuple(faults))

    # --- values to try ------------------------------------------------------------------------

    def _try_varied(self, factors: tuple[Factor, ...], options: dict[str, Option]) -> None:
        for factor in factors:
            concerned = [one for one in options.values() if one.concerns(factor.path)]
            concerned = concerned or list(options.values())  # they will say what they do not have
            for option in concerned:
                if message := at_all_hours(option.scenario, factor.path, factor.values):
                    self.note(message, "vary", factor.path)
                    break
            wrong: dict[str, list[tuple[int, str]]] = {}  # message -> values, options
            for (place, value), option in itertools.product(enumerate(factor.values), concerned):
                for message in _wrong_with(option, {factor.path: value}):
                    wrong.setdefault(message, []).append((place, option.name))
            for message, found in wrong.items():
                self._note_factor(message, factor, found, len(concerned))

    def _try_uncertain(self, said: Uncertain, options: dict[str, Option]) -> Uncertain:
        """What is uncertain, after trying in every option what it may be."""

        def wrong_with(values: dict[str, Any]) -> list[tuple[str, str]]:
            known = {path for path in values if any(one.concerns(path) for one in options.values())}
            faults = [
                fault
                for option in options.values()
                for fault in _wrong_in(
                    option,
                    {
                        path: value
                        for path, value in values.items()
                        if path not in known or option.concerns(path)
                    },
                )
            ]
            return list(dict.fromkeys((fault.path, fault.message) for fault in faults))

        wrong = Wrong()
        found = checked(said, wrong_with, wrong) if said else said
        for path, message in wrong.faults:
            self.note(message, "uncertain", *path)
        return found

    def _note_factor(
        self, message: str, factor: Factor, found: list[tuple[int, str]], concerned: int
    ) -> None:
        """What is wrong with every value is told once, and so what is wrong in every option."""
        places, names = (list(dict.fromkeys(found_in)) for found_in in zip(*found, strict=True))
        whose = f" (in {', '.join(names)})" if len(names) < concerned else ""
        every = len(places) == len(factor.values)
        for place in [()] if every else [(one,) for one in places]:
            self.note(message + whose, "vary", factor.path, *place)

    def _try_staff(self, goal: StaffGoal | None, option: Option) -> None:
        if goal is None:
            return
        try:
            make_shape(option.scenario, goal, goal.resolved(option.scenario).pools)
        except Wrong as wrong:
            for path, message in wrong.faults:
                self.note(message, "staff", *path)

    def _try_sweep(self, factors: tuple[Factor, ...], option: Option) -> None:
        if not factors:
            return
        told: set[str] = set()
        for factor in factors:
            if message := at_all_hours(option.scenario, factor.path, factor.values):
                self.note(message, "sweep", factor.path)
        for point in itertools.product(*(enumerate(factor.values) for factor in factors)):
            values = {one.path: text for one, (_, text) in zip(factors, point, strict=True)}
            for message in _wrong_with(option, values):
                if message not in told:
                    told.add(message)
                    self.note(message, "sweep", factors[-1].path, point[-1][0])


def _stands_alone(files: Node | None, layers: Layers, base: Layers) -> bool:
    """Whether the files that an option extends stand on another base than that of the study."""
    if files is None:
        return False
    named = len(files.value) if isinstance(files.value, list) else 1
    there = {tree.file for tree in layers.trees}
    return len(layers.trees) > named + 1 and not there >= {tree.file for tree in base.trees}


def _wrong_in(option: Option, values: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with an option that has these values."""
    try:
        option.changed(values)
    except ScenarioError as error:
        return error.faults
    return []


def _wrong_with(option: Option, values: dict[str, str]) -> list[str]:
    """The same in words; of what is wrong elsewhere, where that is."""
    return [
        fault.message if fault.path in values else f"{fault.path}: {fault.message}"
        for fault in _wrong_in(option, values)
    ]


def _factors(said: dict[str, list[Any]]) -> tuple[Factor, ...]:
    return tuple(Factor(path, tuple(map(flow_text, values))) for path, values in said.items())
