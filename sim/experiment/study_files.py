"""The result of a study on disk: tables, every scenario that was run, provenance."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiment.files import ResultFolder, file_stem
from sim.experiment.result import PROVENANCE_FILE
from sim.scenario import Scenario, to_yaml

if TYPE_CHECKING:
    import pandas as pd


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


def study_folder_name(name: str, result: StudyResult) -> str:
    """A name that says what the result is of: the same study gets the same folder."""
    text = json.dumps(result.provenance(), sort_keys=True, default=str)
    stem = file_stem(name) or "study"
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def write_study(folder: ResultFolder, result: StudyResult) -> None:
    """The tables as Parquet and CSV, the resolved scenarios, the provenance."""
    for name, table in result.tables().items():
        table.to_parquet(folder.path / f"{name}.parquet", index=False)
        table.to_csv(folder.path / f"{name}.csv", index=False)
    scenarios = folder.path / "scenarios"
    scenarios.mkdir()
    for number, (name, scenario) in enumerate(result.scenarios().items(), 1):
        # numbered: names that differ may be alike as names of files
        file = scenarios / f"{number:02d}-{file_stem(name) or 'option'}.yaml"
        file.write_text(to_yaml(scenario), encoding="utf-8")
    provenance = json.dumps(result.provenance(), indent=2, ensure_ascii=False)
    (folder.path / PROVENANCE_FILE).write_text(provenance + "\n", encoding="utf-8")
