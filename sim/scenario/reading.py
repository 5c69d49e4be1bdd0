"""The way from a file to a scenario: read, merge, name, check, complete.

Every step notes faults and goes on as far as it can, so that all of them are told at once.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.garbage import UNCOLLECTED
from sim.scenario import model
from sim.scenario.check import check
from sim.scenario.distributions import KINDS
from sim.scenario.faults import MOST_TOLD, Fault, ScenarioError, Wrong, few_guesses, shown
from sim.scenario.files import read_files
from sim.scenario.levers import is_lever
from sim.scenario.limits import count_read, read_often, too_many
from sim.scenario.merge import STUDY, Layers, layers_of, read_layers
from sim.scenario.notes import notes_of, with_hints
from sim.scenario.overrides import LABEL, apply_overrides, concerns
from sim.scenario.repair import Broken, placed, repaired
from sim.scenario.resolve import name_channels, names_of, resolve
from sim.scenario.source import MOST_BYTES, Node, fault_at, read_text, read_tree
from sim.scenario.uncertain import Prior, Tried, checked, checked_again
from sim.scenario.write import to_yaml

UNCERTAIN = "uncertain"
"""The field of what is not known well."""


class Scenario(model.Scenario):
    """A centre, its customers and the days to be counted: checked, resolved, and never changed.

    Its fields are those of the language. What changes is another scenario: see `with_`.
    """

    @classmethod
    def of(cls, said: Mapping[str, object]) -> Scenario:
        """The scenario of a mapping that says what a file would: `{"reasons": {...}, ...}`.

        Raises:
            TypeError: if it is no mapping.
            ScenarioError: with everything that is wrong.
        """
        if not isinstance(said, Mapping):
            raise TypeError(f"scenario: {shown(said)} is not a mapping, as of a file")
        return loads(json.dumps(said, default=str))

    def with_(self, changes: Mapping[str, object]) -> Scenario:
        """A scenario with other values: `with_({"pools.team.presence": "90 %"})`.

        Args:
            changes: dotted path -> value, as the overrides of `load`.

        Raises:
            ScenarioError: with every fault.
        """
        return Recipe.of_scenario(self, self.name or "scenario").scenario(changes)

    def __repr__(self) -> str:
        said = f"{self.name!r}: " if self.name else ""
        numbers = [
            f"{len(found)} {one if len(found) == 1 else one + 's'}"
            for one, found in (
                ("reason", self.reasons),
                ("channel", self.channels),
                ("pool", self.pools),
            )
        ]
        days = self.calendar.days
        return f"<Scenario {said}{days} day{'s' * (days != 1)}, {', '.join(numbers)}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        title, text = html.escape(repr(self)[1:-1]), html.escape(to_yaml(self))
        return f"<details><summary>{title}</summary><pre>{text}</pre></details>"


def load(
    path: str | os.PathLike[str], *, overrides: Mapping[str, object] | None = None
) -> Scenario:
    """Read a scenario file.

    Args:
        path: the file.
        overrides: values by dotted path (`pools.in_house.presence`), merged over the file as
            `extends` merges a file over its base; a text is read as YAML, None removes.

    Raises:
        ScenarioError: with every fault of the file.
    """
    return Recipe.read(path).scenario(overrides)


def loads(
    text: str, name: str = "scenario", *, overrides: Mapping[str, object] | None = None
) -> Scenario:
    """Read a scenario from a text; files it names are relative to the folder of `name`.

    Raises:
        TypeError: if it is no text.
        ScenarioError: with every fault of it.
    """
    if not isinstance(text, str):
        raise TypeError(f"scenario: {shown(text)} is not a text; `Scenario.of` takes a mapping")
    return Recipe.of_text(text, name).scenario(overrides)


def is_study(path: str | os.PathLike[str]) -> bool:
    """Whether a file asks a question about several scenarios: whether it says `study`."""
    try:
        text = read_text(os.fspath(path))
        return STUDY in text and STUDY in read_tree(text, "", []).value
    except ScenarioError:
        return False  # whoever reads it will tell


@dataclass(frozen=True)
class Recipe:
    """What a scenario is made of: files and changes over each other, not yet read as values.

    To make it into a scenario takes some milliseconds, so that values can be tried by the dozen.
    """

    layers: Layers
    faults: tuple[Fault, ...] = ()  # found when the layers were read

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Recipe:
        """Of a scenario file; ScenarioError if it is no YAML."""
        faults: list[Fault] = []
        return cls(read_layers(os.fspath(path), faults), tuple(faults))

    @classmethod
    def of_text(cls, text: str, name: str) -> Recipe:
        """Of the text of a scenario file; ScenarioError if it is no YAML."""
        if len(text) > MOST_BYTES:
            message = f"is larger than {MOST_BYTES // 1_000_000} MB"
            raise ScenarioError([Fault(name, 0, "", message)])
        faults: list[Fault] = []
        return cls(layers_of(read_tree(text, name, faults), name, faults), tuple(faults))

    @classmethod
    def of_scenario(cls, scenario: model.Scenario, name: str) -> Recipe:
        """Of a scenario that is there already."""
        return cls.of_text(to_yaml(scenario), name)

    def scenario(
        self,
        overrides: Mapping[str, object] | None = None,
        *,
        source: str = LABEL,
        certain: bool = False,
    ) -> Scenario:
        """The scenario, resolved and checked.

        Args:
            overrides: as for `load`.
            source: who says them; if a file, names of files in them are relative to it.
            certain: leave out what is uncertain: these are values that are tried.

        Raises:
            TypeError: if the overrides are no mapping.
            ScenarioError: with every fault.
        """
        if not isinstance(overrides, Mapping | None):
            raise TypeError('overrides are a mapping: {"pools.team.presence": "90 %"}')
        merged, faults = self._merged
        with few_guesses(), UNCOLLECTED:
            try:
                tree = _without(merged) if certain else merged.copy()
                return _scenario(tree, [*faults], overrides or {}, source)
            except ScenarioError as error:
                raise ScenarioError(with_hints(error.faults, self.layers)) from None

    def said(
        self, overrides: Mapping[str, object] | None = None, *, source: str = LABEL
    ) -> dict[str, Any]:
        """What the files say, merged, as plain values: texts and numbers, nothing filled in.

        Args: as for `scenario`. Overrides that do not fit are left out: `scenario` tells them.
        """
        tree = apply_overrides(self._merged[0].copy(), overrides or {}, [], source)
        plain: dict[str, Any] = tree.plain()
        return plain

    def remark(self, path: str, message: str) -> Fault:
        """A fault or a note about what is said at a dotted path, at its place."""
        return placed(self._merged[0], tuple(path.split(".")), message)

    def notes(self, scenario: model.Scenario) -> list[Fault]:
        """What is allowed in the scenario made of this, and yet may not be meant."""
        whole = [_whole_note(tree, self.layers) for tree in self.layers.trees[1:-1] if _whole(tree)]
        with few_guesses(), UNCOLLECTED:
            return notes_of(scenario, self._merged[0], self.layers) + whole

    def concerns(self, path: str) -> bool:
        """Whether the reason, channel, pool, profile or window that a dotted path names is there.

        An override of what is not there is a fault.
        """
        return concerns(self._merged[0], path)

    @cached_property
    def _merged(self) -> tuple[Node, list[Fault]]:
        faults = [*self.faults]
        return self.layers.merged(faults), faults


def _whole(tree: Node) -> bool:
    """Whether a layer is a scenario by itself."""
    if not tree.value.keys() >= {"reasons", "pools"}:
        return False
    try:
        Recipe(Layers((tree,))).scenario()
    except ScenarioError:
        return False
    return True


def _whole_note(tree: Node, layers: Layers) -> Fault:
    message = (
        f"is a scenario of its own, and is merged over {layers.trees[0].file} all the same: "
        "what only one of them says is there too"
    )
    return fault_at(tree, (), message)


def _without(tree: Node) -> Node:
    """A copy without what is uncertain."""
    return tree.here({key: one.copy() for key, one in tree.value.items() if key != UNCERTAIN})


def _scenario(
    tree: Node, faults: list[Fault], overrides: Mapping[str, object], source: str
) -> Scenario:
    tree = apply_overrides(tree, overrides, faults, source)
    if many := too_many(tree):
        raise ScenarioError(faults + many)
    broken = Broken(tree)
    certain = _without(tree) if UNCERTAIN in tree.value else tree
    read_files(tree, faults, broken)
    count_read(tree)
    name_channels(tree)
    names = names_of(tree)
    scenario: model.Scenario | None
    try:
        scenario = Scenario.read(tree.plain(), names)
    except Wrong as unread:
        found = unread.faults
        for path, _ in found:
            broken.add(path)
        # nobody reads on after so many
        scenario, more = (
            repaired(tree, names, broken) if len(found) < MOST_TOLD else (None, Wrong())
        )
        faults += [placed(tree, path, message) for path, message in found + more.faults]
    if scenario is not None:
        scenario = resolve(scenario)
        wrong = check(scenario, names, broken)
        faults += [placed(tree, path, message) for path, message in wrong.faults]
    if faults or scenario is None:
        raise ScenarioError(faults)
    assert isinstance(scenario, Scenario)  # nothing had to be repaired
    return _with_checked(scenario, tree, certain, source) if scenario.uncertain else scenario


def _with_checked(scenario: Scenario, tree: Node, certain: Node, source: str) -> Scenario:
    """The scenario after trying what its uncertain inputs may be.

    They are tried in what was read, and in what is written out of it: a default stands there too,
    and `patience.exponential` is no place where nobody said that customers have any.
    """

    def wrong_in(base: Node) -> Tried:
        def wrong_with(values: dict[str, Any]) -> list[tuple[str, str]]:
            try:
                _scenario(base.copy(), [], values, source)
            except ScenarioError as error:
                return [(fault.path, fault.message) for fault in error.faults]
            return []

        return wrong_with

    wrong = Wrong()
    for path in scenario.uncertain.inputs:
        _refuse_constant(path, scenario.uncertain.inputs[path], certain, wrong)
    with read_often(tree.at(UNCERTAIN) or tree):
        found = checked(scenario.uncertain, wrong_in(certain), wrong) if not wrong.faults else None
        if found is not None and not wrong.faults:
            written = tree.here(scenario.plain())
            checked_again(found, wrong_in(_without(written)), wrong)
    if found is None or wrong.faults:
        raise ScenarioError(
            placed(tree, (UNCERTAIN, *path), message) for path, message in wrong.faults
        )
    return scenario.model_copy(update={UNCERTAIN: found})


def _refuse_constant(path: str, prior: Prior, tree: Node, wrong: Wrong) -> None:
    """A range in place of a distribution would make everybody the same."""
    steps = tuple(path.split("."))
    node = tree.at(*steps)
    if node is None or prior.distribution is None or not _of_chance(node):
        return
    low = prior.value(prior.bounds[0])
    if not is_lever(steps, Node(low, "", 0)):
        wrong.add(
            "a distribution stands here, and a number would make it a constant; write a "
            "percentage of what is there (`70 % to 150 %`), or name a parameter, as in "
            f"`{path}.exponential`, or list distributions",
            path,
        )


def _of_chance(node: Node) -> bool:
    return any(key in KINDS or _of_chance(one) for key, one in node.items())
