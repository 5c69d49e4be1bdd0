"""A result on disk: a folder that appears whole or not at all."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sim.experiment.folders import building
from sim.experiment.result import (
    ENDS_FILE,
    OURS,
    PROVENANCE_FILE,
    SCENARIO_FILE,
    TABLE_FILE,
    WAITS_FILE,
    Result,
)
from sim.measures.ends import Columns
from sim.scenario import Scenario, fingerprint, to_yaml
from sim.tables import Cause, ContactLog, Outcome

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq


def folder_name(name: str, scenario: Scenario) -> str:
    """A name that says what the result is of: the same run gets the same folder."""
    run, stem = scenario.run, file_stem(name) or "scenario"
    return f"{stem}-{fingerprint(scenario)[:8]}-seed{run.seed}-n{run.replications}"


def file_stem(name: str) -> str:
    """A name as part of a file's name; empty if nothing of it can be."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")


class ResultFolder(AbstractContextManager["ResultFolder"]):
    """A folder under construction; it takes its name when all of it has been written.

    Use as a context manager: on an error nothing is left behind, and what stood under the name
    before stays as it was. Files of others in a folder that is replaced are kept.
    """

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> ResultFolder:
        self._building = building(self.target, OURS)
        self.path = self._building.__enter__()
        self._log: ContactLogFile | None = None
        return self

    def write(self, result: Result) -> None:
        """All that `Result.load` reads again, and the table as CSV for everybody else."""
        (self.path / SCENARIO_FILE).write_text(to_yaml(result.scenario), encoding="utf-8")
        provenance = json.dumps(result.provenance(), indent=2, ensure_ascii=False)
        (self.path / PROVENANCE_FILE).write_text(provenance + "\n", encoding="utf-8")
        result.table.to_parquet(self.path / TABLE_FILE, index=False)
        write_csv(result.table, self.path / "table.csv")
        if result.ends is not None:
            _write_columns(result.ends.contacts, self.path / ENDS_FILE)
            _write_columns(result.ends.waits, self.path / WAITS_FILE)

    def add_log(self, scenario: Scenario, replication: int, log: ContactLog) -> None:
        """Append one replication to `contacts.parquet`."""
        if self._log is None:
            self._log = ContactLogFile(self.path / "contacts.parquet", scenario)
        self._log.add(replication, log)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._log is not None:
            self._log.close()
        self._building.__exit__(kind, error, trace)


FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text of a table must not begin with, or a spreadsheet takes it for a formula."""


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV. A text that a spreadsheet would take for a formula gets a `'` before it."""

    def shown(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell

    safe = table.rename(columns=shown)
    for place, kind in enumerate(table.dtypes):
        if kind.kind not in "biuf":
            safe.isetitem(place, [shown(cell) for cell in table.iloc[:, place]])
    safe.to_csv(path, index=False)


def _write_columns(columns: Columns, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)


class ContactLogFile:
    """The contacts of all replications, one row each, names instead of numbers."""

    def __init__(self, path: Path, scenario: Scenario) -> None:
        self._path = path
        self._names = {
            "reason": list(scenario.reasons),
            "channel": list(scenario.channels),
            "pool": list(scenario.pools),
            "outcome": [outcome.name.lower() for outcome in Outcome],
            "cause": [cause.name.lower() for cause in Cause],
        }
        self._writer: pq.ParquetWriter | None = None

    def add(self, replication: int, log: ContactLog) -> None:
        """Append one replication."""
        import pyarrow.parquet as pq

        table = self._table(replication, log)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()

    def _table(self, replication: int, log: ContactLog) -> pa.Table:
        import numpy as np
        import pyarrow as pa

        columns: dict[str, pa.Array] = {
            "replication": pa.array(np.full(len(log), replication)),
            "contact": pa.array(np.arange(len(log))),
        }
        for name, values in vars(log).items():
            if name in self._names:
                codes = pa.array(values, mask=values < 0)
                columns[name] = pa.array(self._names[name]).take(codes)
            elif values.dtype.kind == "f":
                columns[name] = pa.array(values, mask=np.isnan(values))
            else:
                columns[name] = pa.array(values, mask=values < 0)
        return pa.table(columns)
