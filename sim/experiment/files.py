"""A folder of results: its files, and how it appears whole or not at all."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.experiment.tabled import Columns
from sim.folders import building
from sim.scenario import Scenario
from sim.tables import Cause, ContactLog, Outcome

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


SCENARIO_FILE = "scenario.yaml"
"""The scenario of a run."""

SCENARIOS = "scenarios"
"""The folder of a study's scenarios, within that of the result."""

STUDY_FILE, REFERENCE_FILE = "study.yaml", "reference.yaml"
"""In it: the study to run again, and the reference option where that alone is what was changed."""

PROVENANCE_FILE = "provenance.json"
CONTACTS_FILE = "contacts.parquet"

OURS = (CONTACTS_FILE, "summary.svg", "report.html", "pictures")
"""What a result may have, or not have; what it always has replaces what was there."""


def file_stem(name: str) -> str:
    """A name as part of a file's name; empty if nothing of it can be."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")


def scenario_files(names: Iterable[str]) -> dict[str, str]:
    """The files of scenarios, in their folder: numbered, for names may be alike as files."""
    return {
        name: f"{number:02d}-{file_stem(name) or 'option'}.yaml"
        for number, name in enumerate(names, 1)
    }


class ResultFolder(ExitStack):
    """A folder under construction; it takes its name when all of it has been written.

    Use as a context manager: on an error nothing is left behind, and what stood under the name
    before stays as it was. Files of others in a folder that is replaced are kept.
    """

    def __init__(self, target: Path) -> None:
        super().__init__()
        self.target = target
        self._log: ContactLogFile | None = None

    def __enter__(self) -> Self:
        self.path = self.enter_context(building(self.target, OURS))
        return self

    def add_log(self, scenario: Scenario, replication: int, log: ContactLog) -> None:
        """Append one replication to `contacts.parquet`."""
        if self._log is None:
            self._log = ContactLogFile(self.path / CONTACTS_FILE, scenario)
            self.callback(self._log.close)
        self._log.add(replication, log)


FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text of a table must not begin with, or a spreadsheet takes it for a formula."""


def write_parquet(table: Columns, file: Path, *, empty: bool) -> None:
    """A table as Parquet; None is an empty cell, `empty` whether nan is one.

    Numbers and texts alone are put together here: `pyarrow.array` imports pandas, which takes
    longer than a small run.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: _column(values, empty=empty) for name, values in table.items()}
    pq.write_table(pa.table(columns), file)


def _column(
    values: Sequence[Any] | np.ndarray, *, empty: bool = True, missing: np.ndarray | None = None
) -> pa.Array:
    """A column; `empty` whether nan is an empty cell, `missing` which others are."""
    import pyarrow as pa

    if _all_texts(values):
        return _texts(values, missing)
    array = np.asarray(values)
    kind = array.dtype.kind
    if kind == "f" and empty:
        missing = np.isnan(array)
    if kind in "fi":
        held = np.ascontiguousarray(array)
        return _array(pa.from_numpy_dtype(array.dtype), len(array), missing, held)
    if kind == "b":
        return _array(pa.bool_(), len(array), missing, np.packbits(array, bitorder="little"))
    return pa.array(values, from_pandas=empty)


def _texts(values: Sequence[str] | np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    import pyarrow as pa

    known = {text: text.encode() for text in dict.fromkeys(values)}  # most columns hold few
    texts = [*map(known.__getitem__, values)]
    ends = np.fromiter(chain([0], map(len, texts)), np.int32).cumsum(dtype=np.int32)
    return _array(pa.string(), len(texts), missing, ends, b"".join(texts))


def _array(
    kind: pa.DataType, length: int, missing: np.ndarray | None, *buffers: bytes | np.ndarray
) -> pa.Array:
    import pyarrow as pa

    there = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, length, [there, *map(pa.py_buffer, buffers)])


def _all_texts(values: Sequence[Any] | np.ndarray) -> bool:
    return len(values) > 0 and isinstance(values[0], str) and {*map(type, values)} == {str}


def write_csv(table: Columns, path: Path) -> None:
    """A table as CSV. A text that a spreadsheet would take for a formula gets a `'` before it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(map(_text, table))
        writer.writerows(zip(*map(_cells, table.values()), strict=True))


def _cells(column: Sequence[Any] | np.ndarray) -> list[Any]:
    """A column as CSV shows it; nan is an empty cell."""
    if _all_texts(column):
        return [*map(_text, column)]
    cells = column.tolist() if isinstance(column, np.ndarray) else column
    return [
        _text(cell) if isinstance(cell, str) else "" if cell != cell else cell  # noqa: PLR0124 - nan
        for cell in cells
    ]


@lru_cache(maxsize=4096)  # most columns hold few texts
def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


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
        import pyarrow as pa

        columns: dict[str, pa.Array] = {
            "replication": _column(np.full(len(log), replication)),
            "contact": _column(np.arange(len(log))),
        }
        for name, values in vars(log).items():
            if name == "rings":
                continue
            if name == "put_down":
                columns[name] = _column(np.bincount(values.contact, minlength=len(log)))
            elif name in self._names:
                called = [*self._names[name], ""]
                texts = [called[code] for code in values.tolist()]
                columns[name] = _texts(texts, values < 0)
            else:
                columns[name] = _column(values, missing=values < 0)
        return pa.table(columns)
