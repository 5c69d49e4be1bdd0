"""The result of a study on disk: tables, every scenario that was run, provenance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiment.files import ResultFolder, file_stem, write_csv
from sim.experiment.result import PROVENANCE_FILE
from sim.scenario import Scenario, to_yaml

if TYPE_CHECKING:
    import pandas as pd

SCENARIOS = "scenarios"
"""The folder of the resolved scenarios, within that of the result."""

STUDY_FILE, REFERENCE_FILE = "study.yaml", "reference.yaml"
"""In it: the study to run again, and the reference option where that alone is what was changed."""


class StudyResult(Protocol):
    """What every study gives."""

    @property
    def question(self) -> str:
        """In the person's words."""
        ...

    def tables(self) -> dict[str, pd.DataFrame]:
        """Tidy tables by name."""
        ...

    def scenarios(self) -> dict[str, Scenario]:
        """What was run, by name."""
        ...

    def provenance(self) -> dict[str, Any]:
        """What makes this result."""
        ...

    def as_json(self) -> dict[str, Any]:
        """One object for programs."""
        ...


def scenario_files(names: Iterable[str]) -> dict[str, str]:
    """The files of the scenarios, in their folder: numbered, for names may be alike as files."""
    return {
        name: f"{number:02d}-{file_stem(name) or 'option'}.yaml"
        for number, name in enumerate(names, 1)
    }


def study_folder_name(name: str, result: StudyResult) -> str:
    """A name that says what the result is of: the same study gets the same folder."""
    text = json.dumps(result.provenance(), sort_keys=True, default=str)
    stem = file_stem(name) or "study"
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def write_study(folder: ResultFolder, result: StudyResult) -> None:
    """The tables as Parquet and CSV, the resolved scenarios, the provenance."""
    for name, table in result.tables().items():
        table.to_parquet(folder.path / f"{name}.parquet", index=False)
        write_csv(table, folder.path / f"{name}.csv")
    scenarios = result.scenarios()
    (folder.path / SCENARIOS).mkdir()
    for name, file in scenario_files(scenarios).items():
        (folder.path / SCENARIOS / file).write_text(to_yaml(scenarios[name]), encoding="utf-8")
    provenance = json.dumps(result.provenance(), indent=2, ensure_ascii=False)
    (folder.path / PROVENANCE_FILE).write_text(provenance + "\n", encoding="utf-8")
