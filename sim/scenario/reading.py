"""The way from a file to a scenario: read, merge, name, check, complete.

Every step notes faults and goes on as far as it can, so that all of them are told at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import ValidationError

from sim.scenario.check import check
from sim.scenario.faults import Fault, Path, ScenarioError
from sim.scenario.files import read_files
from sim.scenario.merge import extend, read_with_bases
from sim.scenario.model import Scenario
from sim.scenario.overrides import apply_overrides
from sim.scenario.part import faults_of
from sim.scenario.repair import Broken, nearest, repaired
from sim.scenario.resolve import name_channels, names_of, resolve
from sim.scenario.source import MOST_BYTES, Node, fault_at, read_tree


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
    faults: list[Fault] = []
    tree = read_with_bases(os.fspath(path), faults)
    return _scenario(tree, faults, overrides or {})


def loads(
    text: str, name: str = "scenario", *, overrides: Mapping[str, object] | None = None
) -> Scenario:
    """Read a scenario from a text; files it names are relative to the folder of `name`."""
    if len(text) > MOST_BYTES:
        raise ScenarioError([Fault(name, 0, "", f"is larger than {MOST_BYTES // 1_000_000} MB")])
    faults: list[Fault] = []
    tree = extend(read_tree(text, name, faults), name, faults)
    return _scenario(tree, faults, overrides or {})


def _scenario(tree: Node, faults: list[Fault], overrides: Mapping[str, object]) -> Scenario:
    tree = apply_overrides(tree, overrides, faults)
    broken = Broken(tree)
    read_files(tree, faults, broken)
    name_channels(tree)
    names = names_of(tree)
    scenario: Scenario | None
    try:
        scenario = Scenario.model_validate(tree.plain(), context=names)
    except ValidationError as error:
        found = faults_of(error)
        for path, _ in found:
            broken.add(path)
        scenario, more = repaired(tree, names, broken)
        faults += [_placed(tree, path, message) for path, message in found + more.faults]
    if scenario is not None:
        scenario = resolve(scenario)
        wrong = check(scenario, names, broken)
        faults += [_placed(tree, path, message) for path, message in wrong.faults]
    if faults or scenario is None:
        raise ScenarioError(faults)
    return scenario


def _placed(tree: Node, path: Path, message: str) -> Fault:
    """A fault at the place of the value, or of the nearest part around it that was said."""
    node, said = nearest(tree, path)
    return fault_at(node, said, message)
