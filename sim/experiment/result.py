"""What every kind of result has: estimates by name, tables, where it comes from, a folder on disk.

A kind of result is a frozen dataclass. It says which scenarios were run and what they came to; how
it is written, read again, shown and charted follows.
"""

from __future__ import annotations

import hashlib
import json
import platform
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from errno import ENOENT
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sim.experiment.branching import beside
from sim.experiment.fields import DAMAGED, read_fields, write_fields
from sim.experiment.files import (
    OURS,
    PROVENANCE_FILE,
    REFERENCE_FILE,
    SCENARIOS,
    STUDY_FILE,
    ResultFolder,
    file_stem,
    scenario_files,
    write_csv,
    write_parquet,
)
from sim.experiment.kinds import kind_module
from sim.experiment.reported import Reported
from sim.experiment.study import Study
from sim.experiment.study_text import study_text
from sim.experiment.tabled import Columns, Tabled, of_rows, plain
from sim.folders import put_right
from sim.measures import Row, readings, table
from sim.measures.components import TOTAL
from sim.measures.slices import ALL
from sim.options import COMMANDS
from sim.scenario import Scenario, ScenarioError, fingerprint, to_yaml
from sim.scenario import load as load_scenario
from sim.scenario.faults import printable

if TYPE_CHECKING:
    import pandas as pd

FIELDS = "fields"
"""The folder, within that of the result, of what `load` reads."""


class Estimated:
    """What one scenario came to: estimates, as `rows`."""

    scenario: Scenario
    rows: tuple[Row, ...]

    def get(self, measure: str, by: str = TOTAL, group: str = ALL) -> Row:
        """One estimate.

        Args:
            measure: a name of the catalogue, or one of a group's: `phone.service_level`.
            by, group: the split and which part of it; of a group's name they are left out.

        Raises:
            KeyError: if there is none of this measure and group; says what there is.
        """
        for place in readings(measure) if (by, group) == (TOTAL, ALL) else [(by, group, measure)]:
            if place in self._cells:
                return self._cells[place]
        raise KeyError(self._missing(measure, by, group))

    def groups(self, by: str) -> list[str]:
        """The groups of a split, in order."""
        return list(self._groups.get(by, ()))

    @cached_property
    def _groups(self) -> dict[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = {}
        for row in self.rows:
            found.setdefault(row.by, {})[row.group] = None
        return found

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as a tidy table: by, group, measure, value, low, high, unit."""
        return table(self.rows)

    @cached_property
    def _cells(self) -> dict[tuple[str, str, str], Row]:
        return {(row.by, row.group, row.measure): row for row in self.rows}

    def _missing(self, measure: str, by: str, group: str) -> str:
        """What there is instead of what was asked for."""
        for asked, there in (
            (by, dict.fromkeys(row.by for row in self.rows)),
            (group, dict.fromkeys(self.groups(by))),
            (measure, dict.fromkeys(row.measure for row in self.rows if row.by == by)),
        ):
            if asked not in there:
                return not_there(asked, there)
        return f"'{measure}' has no meaning for {by} '{group}'"


@cache
def made_by() -> dict[str, Any]:
    """The versions of what made a result."""
    return {
        "version": version("contact-center-sim"),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("numpy", "scipy", "simpy")},
    }


def not_there(asked: str, there: Sequence[str] | Mapping[str, object]) -> str:
    """What to say of a name that is none of those there are."""
    near = get_close_matches(asked, there, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return f"there is no '{asked}'; {hint}there is {', '.join(there)}"


class StudyResult(Reported, Tabled, ABC):
    """What every kind of result is.

    Attributes:
        kind: the command that makes it.
        study: what was asked; a run of one scenario has none.
        engine: which engine ran it.
    """

    study: Study | None
    engine: str

    _kinds: ClassVar[dict[str, type[StudyResult]]] = {}

    def __init_subclass__(cls) -> None:
        StudyResult._kinds[cls.kind] = cls

    # --- what a kind says of itself -----------------------------------------------------------

    @property
    @abstractmethod
    def answer(self) -> str:
        """The name of the scenario that is the answer, one of `estimates`."""

    @abstractmethod
    def estimates(self) -> Mapping[str, Estimated]:
        """What each scenario came to, by name."""

    @abstractmethod
    def origin(self) -> dict[str, Any]:
        """What makes it, besides what makes any result."""

    # --- what follows -------------------------------------------------------------------------

    def scenarios(self) -> dict[str, Scenario]:
        """The resolved scenarios that were run, by name."""
        return {name: one.scenario for name, one in self.estimates().items()}

    def fingerprints(self) -> dict[str, str]:
        """Those of the scenarios that were estimated."""
        return {name: fingerprint(one.scenario) for name, one in self.estimates().items()}

    def estimates_table(self, called: str) -> Columns:
        """All estimates; called: the column of what they are of."""
        each = self.estimates().items()
        names = [name for name, one in each for _ in one.rows]
        return {called: names, **of_rows(Row._fields, (row for _, one in each for row in one.rows))}

    def provenance(self) -> dict[str, Any]:
        """What makes this result: enough to get the same numbers again."""
        said = ("question", "confidence", "seed") if self.study is not None else ()
        return {
            "kind": self.kind,
            **{name: getattr(self.study, name) for name in said},
            "engine": self.engine,
            **self.origin(),
            **made_by(),
        }

    def as_json(self) -> dict[str, Any]:
        """One object for programs, its provenance too; what is undefined or unbounded is null."""
        return {**plain(self.provenance()), **super().as_json()}

    @property
    def question(self) -> str:
        """In the person's words."""
        return self.study.question if self.study is not None else ""

    def get(self, measure: str, by: str = TOTAL, group: str = ALL, *, of: str | None = None) -> Row:
        """One estimate, with its interval.

        Args:
            measure: a name of `sim.measures.CATALOGUE`.
            by: a split: total, channel, reason, pool, source, window, day or hour.
            group: which part of it: `phone`, `Monday 09:00`.
            of: which option, value or staffing; None for the one that is the answer.

        Raises:
            KeyError: if there is no such estimate; says what there is.
        """
        found = self.estimates()
        name = self.answer if of is None else of
        if name not in found:
            raise KeyError(not_there(name, found))
        return Estimated.get(found[name], measure, by, group)  # a run is its own estimate

    def save(self, folder: str | Path) -> Path:
        """Write it into a folder, which appears whole or not at all.

        Raises:
            OSError: if it cannot be written.
        """
        with ResultFolder(Path(folder)) as unfinished:
            self.write(unfinished.path)
        return Path(folder)

    def write(self, folder: Path, meanwhile: Callable[[], object] | None = None) -> None:
        """Write all its files into a folder that is there.

        Tables as Parquet and CSV, every scenario that was run, the study that runs it again, the
        provenance; and its fields, which `load` reads. Half of it another process does; what there
        is to do `meanwhile` is done here.

        Raises:
            OSError: if it cannot be written.
        """
        tables = self.columns()
        with beside(partial(self._write_all_but_csv, folder, tables)):
            for name, one in tables.items():
                write_csv(one, folder / f"{name}.csv")
            if meanwhile is not None:
                meanwhile()

    def _write_all_but_csv(self, folder: Path, tables: Mapping[str, Columns]) -> None:
        for name, one in tables.items():
            write_parquet(one, folder / f"{name}.parquet", empty=True)
        files = self._write_scenarios(folder)
        (folder / FIELDS).mkdir()
        write_fields(self, folder / FIELDS, lambda scenario: files[id(scenario)])
        provenance = json.dumps(self.provenance(), indent=2, ensure_ascii=False)
        (folder / PROVENANCE_FILE).write_text(provenance + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a result that a command, or `save`, has written; of `StudyResult`, of any kind.

        Raises:
            OSError: if a file of it cannot be read.
            ValueError: if it is none, of another kind, or of a version that cannot be read.
        """
        folder = Path(folder)
        name = read_provenance(folder).get("kind", "run")
        if not isinstance(name, str) or name not in COMMANDS:
            other = printable(f"`sim {name}`")
            raise ValueError(f"{folder}: written by another version of sim ({other})")
        kind_module(name)
        kind = cls._kinds[name]
        if not issubclass(kind, cls):
            raise ValueError(f"{folder}: no result of `sim {cls.kind}`, but of `sim {name}`")
        scenarios: dict[str, Scenario] = {}

        def scenario_of(file: str) -> Scenario:
            if file not in scenarios:
                scenarios[file] = load_scenario(folder / file)
            return scenarios[file]

        try:
            return kind(**read_fields(kind, folder / FIELDS, scenario_of))
        except (*DAMAGED, ScenarioError, FileNotFoundError) as error:
            message = f"{folder}: damaged, or written by another version of sim ({error})"
            raise ValueError(message) from None

    # --- its files ----------------------------------------------------------------------------

    def folder_name(self, stem: str) -> str:
        """A name that says what the result is of: the same study gets the same folder."""
        text = json.dumps(self.provenance(), sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return f"{file_stem(stem) or 'study'}-{digest[:8]}"

    def scenario_files(self) -> dict[str, str]:
        """The file of each scenario, within the folder."""
        files = scenario_files(self.scenarios())
        return {name: f"{SCENARIOS}/{file}" for name, file in files.items()}

    def study_text(self) -> str:
        """The study file that runs it again, beside the scenarios of its options."""
        assert self.study is not None
        files = {name: file.partition("/")[2] for name, file in self._option_files().items()}
        return study_text(self.study, files)

    def _option_files(self) -> dict[str, str]:
        """The files of the study's options; where only one was changed, a file of its own."""
        if self.study is None:
            return {}
        files = self.scenario_files()
        if set(files) == set(self.study.options):
            return files
        return {self.study.against: f"{SCENARIOS}/{REFERENCE_FILE}"}

    def _write_scenarios(self, folder: Path) -> dict[int, str]:
        """Write all scenarios; the file of each, by its identity."""
        run, files = self.scenarios(), self.scenario_files()
        texts = {files[name]: scenario for name, scenario in run.items()}
        for option, file in self._option_files().items():
            assert self.study is not None
            texts.setdefault(file, self.study.options[option].scenario)
        for file, scenario in texts.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(to_yaml(scenario), encoding="utf-8")
        if self.study is not None:
            text = self.study_text()
            (folder / SCENARIOS / STUDY_FILE).write_text(text, encoding="utf-8")
        return {id(scenario): file for file, scenario in reversed(texts.items())}


def load_result(folder: str | Path) -> StudyResult:
    """A result of any kind that a command, or `save`, has written.

    Raises:
        OSError: if a file of it cannot be read.
        ValueError: if it is none, or one of a version that cannot be read.
    """
    return StudyResult.load(folder)


def read_provenance(folder: Path) -> dict[str, Any]:
    """What a result in a folder says of where it comes from; its `kind` is the command.

    Raises:
        OSError: if it cannot be read.
        ValueError: if the folder holds no result.
    """
    if not folder.exists():
        put_right(folder.parent, OURS)  # a run that died may have moved it away
    file = folder / PROVENANCE_FILE
    if not folder.is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(folder))
    if not file.exists():
        raise ValueError(f"{folder}: no result of `sim`: there is no {PROVENANCE_FILE} in it")
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ValueError(f"{file}: is damaged") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{file}: is damaged")
    return facts
