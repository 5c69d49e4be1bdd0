"""The files of the page: scenarios and studies to open, variants to save, results to look at.

Everything lies below the folder in which `sim live` was started; what lies outside is neither read
nor written.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.files import PROVENANCE_FILE, SCENARIO_FILE, file_stem
from sim.experiment.result import read_provenance
from sim.experiment.study import Option
from sim.experiment.study_file import load_study
from sim.experiment.unknowns import factors_of
from sim.folders import whole
from sim.scenario import Scenario, fingerprint
from sim.scenario.distributions import KINDS
from sim.scenario.reading import Recipe, is_study
from sim.scenario.source import reading_below

MADE_HERE = "# Made by sim live"
"""How a file begins that may be written over."""

MOST_FILES = 500
DEEPEST = 6
LARGEST = 5_000_000
"""Bytes of a file that is looked into to see what it is."""

_PASSED_OVER = {"node_modules", "__pycache__", "site-packages", "build", "dist"}


class FolderError(ValueError):
    """A file that cannot be opened, or must not be written; the message is for the page."""


@dataclass(frozen=True)
class Opened:
    """A scenario or a study that the page works on.

    file: relative to the folder; options: by name, one of a scenario; factors: paths that the
    study varies or sweeps.
    """

    file: str
    question: str
    options: dict[str, Option]
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Folder:
    """The folder that the page may read and write."""

    root: Path

    def inside(self, name: str) -> Path:
        """A file or folder by its name relative to the root.

        Raises:
            FolderError: if it lies elsewhere.
        """
        try:
            path = Path(os.path.realpath(self.root / name))
        except ValueError:
            raise FolderError("that is not the name of a file") from None
        if path != self.root and self.root not in path.parents:
            raise FolderError(f"{name}: lies outside the folder in which `sim live` was started")
        return path

    def relative(self, path: Path) -> str:
        """The name of a path that lies inside."""
        return path.relative_to(self.root).as_posix()

    def entries(self) -> dict[str, list[dict[str, str]]]:
        """What can be opened: scenarios, studies, results; each with file and kind."""
        files: list[dict[str, str]] = []
        results: list[dict[str, str]] = []
        for path in self._found():
            if path.name == PROVENANCE_FILE:
                results.append({"file": self.relative(path.parent), "kind": _kind(path.parent)})
            elif (kind := _kind_of_file(path)) and len(files) < MOST_FILES:
                files.append({"file": self.relative(path), "kind": kind})
        return {"files": files, "results": results}

    def _found(self) -> Iterator[Path]:
        for here, folders, files in os.walk(self.root):
            depth = len(Path(here).relative_to(self.root).parts)
            result = PROVENANCE_FILE in files
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".") and name not in _PASSED_OVER and depth < DEEPEST
            )
            if result:
                folders[:] = []  # the scenarios of a result are a record, not a place to work
                yield Path(here, PROVENANCE_FILE)
                continue
            yield from (Path(here, name) for name in sorted(files) if name.endswith(".yaml"))

    def open(self, name: str) -> Opened:
        """Read a scenario or a study.

        Raises:
            FolderError: if it lies elsewhere.
            ScenarioError: with every fault of it.
        """
        path = self.inside(name)
        if path.exists() and not path.is_file():
            raise FolderError(f"{name}: is no file")
        with reading_below(self.root):
            if is_study(path):
                study = load_study(path)
                factors = tuple(factor.path for factor in (*factors_of(study), *study.sweep))
                return Opened(self.relative(path), study.question, study.options, factors)
            option = Option.of_file(path)
        return Opened(self.relative(path), option.scenario.name, {option.name: option}, ())

    def stamp(self, opened: Opened) -> tuple[float, ...]:
        """When each of the files was changed that it is made of, those it extends among them."""
        trees = (tree for option in opened.options.values() for tree in option.recipe.layers.trees)
        files = dict.fromkeys([str(self.root / opened.file), *(tree.file for tree in trees)])
        return tuple(map(_changed, files))

    def scenario(self, name: str) -> Scenario:
        """What a scenario file says, or a finished run was of, without what is uncertain.

        Raises:
            FolderError: if it lies elsewhere, or is a study.
            ScenarioError: with every fault of it.
        """
        path = self.inside(name)
        opened = self.open(f"{name}/{SCENARIO_FILE}" if path.is_dir() else name)
        if len(opened.options) != 1:
            raise FolderError(f"{name}: is a study; compare its options with: sim compare {name}")
        (option,) = opened.options.values()
        return self.variant(option, {})

    def variant(self, option: Option, changes: Mapping[str, object]) -> Scenario:
        """The scenario of an option with changes.

        Raises:
            ScenarioError: with every fault of it.
        """
        with reading_below(self.root):
            return option.changed(changes)

    def text(self, opened: Opened, option: Option, name: str, changes: Mapping[str, object]) -> str:
        """A variant as a file beside the scenario it extends: only what differs is said.

        Raises:
            ScenarioError: if the variant has faults.
            FolderError: if it cannot be said so.
        """
        from io import StringIO

        from ruamel.yaml import YAML

        changes = {**changes, "name": _quoted(name)}
        base = self._base(opened, option)
        with reading_below(self.root):
            wanted = option.changed(changes)
            said = option.recipe.said({**option.given, **changes}, source=option.source)
            differing = _differing(Recipe.read(base).said(), said)
        whole = {"extends": base.name, **differing}
        stream = StringIO()
        yaml = YAML()
        yaml.width = 100
        yaml.dump(whole, stream)
        text = f"{MADE_HERE} from {opened.file}; says only what differs.\n{stream.getvalue()}"
        with reading_below(self.root):
            read = Recipe.of_text(text, str(base.parent / "variant.yaml")).scenario()
        if fingerprint(read) != fingerprint(wanted):
            raise FolderError("this variant cannot be said as changes of its base; copy it instead")
        return text

    def save(self, opened: Opened, option: Option, name: str, changes: Mapping[str, object]) -> str:
        """Write a variant beside the scenario it extends; an earlier one of the name is replaced.

        Returns:
            The file, relative to the folder.

        Raises:
            FolderError: if a file of somebody else has that name, or it cannot be written.
            ScenarioError: if the variant has faults.
        """
        stem = file_stem(name)
        if not stem:
            raise FolderError("a name needs at least one letter or digit")
        text = self.text(opened, option, name, changes)
        base = self._base(opened, option)
        target = self.inside(f"{self.relative(base.parent)}/{stem}.yaml")
        try:
            if target.exists() and not _made_here(target):
                raise FolderError(
                    f"{target.name} already exists and was not made here; choose another name"
                )
            _write(target, text)
        except OSError as error:
            raise FolderError(f"{target.name} cannot be written: {error.strerror}") from None
        return self.relative(target)

    def _base(self, opened: Opened, option: Option) -> Path:
        """The scenario file that an option is made of; of a study's option, the study's base."""
        own = self.inside(opened.file)
        files = [Path(os.path.realpath(tree.file)) for tree in option.recipe.layers.trees]
        others = [file for file in files if file != own]
        is_scenario = files and files[-1] == own and len(option.recipe.layers.trees[-1].value) > 0
        if is_scenario and not is_study(own):
            return own
        if not others:
            raise FolderError("this option extends no scenario file; copy it instead")
        return others[-1]

    def result(self, name: str) -> Path:
        """The folder of a result.

        Raises:
            FolderError: if there is none of that name.
        """
        path = self.inside(name)
        if path == self.root or not (path / PROVENANCE_FILE).is_file():
            raise FolderError(f"{name}: is no result of `sim`")
        return path

    def delete(self, name: str) -> None:
        """Remove the folder of a result.

        Raises:
            FolderError: if there is none of that name, or it cannot be removed.
        """
        path = self.result(name)
        doomed = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=path.parent))
        try:
            path.rename(doomed / path.name)
            shutil.rmtree(doomed)
        except OSError as error:
            raise FolderError(f"{name}: cannot be removed: {error.strerror}") from None


def _changed(file: str) -> float:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0.0


def _kind(folder: Path) -> str:
    try:
        return str(read_provenance(folder).get("kind", "run"))
    except (OSError, ValueError):
        return "damaged"


def _kind_of_file(path: Path) -> str:
    """Whether a file looks like a scenario or a study: by its first words, for there are many."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:  # a pipe would have us wait
            return ""
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError):
        return ""
    lines = {line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    if "study" in lines:
        return "study"
    return "scenario" if lines & {"reasons", "pools", "extends"} else ""


def _quoted(name: str) -> str:
    """A name as a text that YAML does not take for anything else."""
    import json

    return json.dumps(name, ensure_ascii=False)


def _differing(base: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What `said` says otherwise, as `extends` merges it: key by key, distributions whole."""
    found: dict[str, Any] = {key: None for key in base if key not in said}
    for key, value in said.items():
        old = base.get(key)
        if old == value and type(old) is type(value):
            continue
        if isinstance(old, Mapping) and isinstance(value, Mapping) and not _drawn(old, value):
            found[key] = _differing(old, value)
        else:
            found[key] = value
    return found


def _drawn(*values: Mapping[str, Any]) -> bool:
    """Whether one of them is a distribution, which is one value."""
    return any(KINDS & value.keys() for value in values)


def _made_here(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as stream:
        return stream.readline().startswith(MADE_HERE)


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")
