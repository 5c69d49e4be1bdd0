"""What a run of one scenario gives: estimates with all that is needed to get them again."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import version
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.experiment.folders import put_right
from sim.measures import Check, Ends, Row, table
from sim.scenario import Scenario, fingerprint
from sim.scenario import load as load_scenario

if TYPE_CHECKING:
    import pandas as pd


SCENARIO_FILE = "scenario.yaml"
PROVENANCE_FILE = "provenance.json"
TABLE_FILE = "table.parquet"
ENDS_FILE = "ends.parquet"
WAITS_FILE = "waits.parquet"

OURS = (
    *(SCENARIO_FILE, PROVENANCE_FILE, TABLE_FILE, "table.csv", ENDS_FILE, WAITS_FILE),
    *("contacts.parquet", "summary.svg", "report.html", "pictures"),
)
"""The files of a result."""


@dataclass(frozen=True)
class Result:
    """Estimates of every measure in every split.

    Attributes:
        scenario: the resolved scenario.
        seed: of all random streams.
        replications: how many independent weeks (or whatever the calendar counts) were run.
        engine: which engine ran them.
        rows: one a measure and group.
        ends: where contacts ended, hour by hour; None if nobody looked at the contacts.
        checks: the laws of conservation, checked on the first replication.
    """

    scenario: Scenario
    seed: int
    replications: int
    engine: str
    rows: tuple[Row, ...]
    ends: Ends | None = field(default=None, repr=False, compare=False)
    checks: tuple[Check, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The result that `sim run` has written into a folder.

        Raises:
            OSError: if a file of it cannot be read.
            ValueError: if it is no result, or one of another version that cannot be read.
        """
        folder = Path(folder)
        facts = read_provenance(folder)
        try:
            return cls(
                load_scenario(folder / SCENARIO_FILE),
                facts["seed"],
                facts["replications"],
                facts["engine"],
                _rows(folder / TABLE_FILE),
                Ends(_arrays(folder / ENDS_FILE), _arrays(folder / WAITS_FILE)),
                tuple(Check(*one) for one in facts["checks"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"{folder}: written by another version of sim ({error})") from None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as a tidy table: by, group, measure, value, low, high, unit."""
        return table(self.rows)

    @cached_property
    def _cells(self) -> dict[tuple[str, str, str], Row]:
        return {(row.by, row.group, row.measure): row for row in self.rows}

    def get(self, measure: str, by: str = "total", group: str = "all") -> Row:
        """One estimate.

        Raises:
            KeyError: if there is none of this measure and group.
        """
        try:
            return self._cells[by, group, measure]
        except KeyError:
            raise KeyError(self._missing(measure, by, group)) from None

    def _missing(self, measure: str, by: str, group: str) -> str:
        """What there is instead of what was asked for."""
        for asked, there in (
            (by, dict.fromkeys(row.by for row in self.rows)),
            (group, dict.fromkeys(self.groups(by))),
            (measure, dict.fromkeys(row.measure for row in self.rows if row.by == by)),
        ):
            if asked not in there:
                near = get_close_matches(asked, there, n=1)
                hint = f"did you mean '{near[0]}'? " if near else ""
                return f"there is no '{asked}'; {hint}there is {', '.join(there)}"
        return f"'{measure}' has no meaning for {by} '{group}'"

    def groups(self, by: str) -> list[str]:
        """The groups of a split, in order."""
        return list(dict.fromkeys(row.group for row in self.rows if row.by == by))

    def provenance(self) -> dict[str, Any]:
        """What makes this result: enough to get the same numbers again."""
        return {
            "scenario": self.scenario.name,
            "fingerprint": fingerprint(self.scenario),
            "seed": self.seed,
            "replications": self.replications,
            "engine": self.engine,
            "version": version("contact-center-sim"),
            "checks": [list(check) for check in self.checks],
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in ("numpy", "scipy", "simpy")},
        }

    def as_json(self) -> dict[str, Any]:
        """One object for programs; what is undefined or unbounded is null."""
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replications": self.replications,
            "engine": self.engine,
            "rows": [
                {key: _plain(value) for key, value in row._asdict().items()} for row in self.rows
            ],
        }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value


# --- reading a folder -------------------------------------------------------------------------


def read_provenance(folder: Path) -> dict[str, Any]:
    """What a result in a folder says of where it comes from; that of a study has a `kind`.

    Raises:
        OSError: if it cannot be read.
        ValueError: if the folder holds no result.
    """
    if not folder.exists():
        put_right(folder.parent, OURS)  # a run that died may have moved it away
    file = folder / PROVENANCE_FILE
    if folder.is_dir() and not file.exists():
        raise ValueError(f"{folder}: no result of `sim`: there is no {PROVENANCE_FILE} in it")
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{file}: is damaged") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{file}: is damaged")
    return facts


def read_columns(file: Path) -> dict[str, list[Any]]:
    """The columns of a Parquet file; nan for numbers that are none.

    Raises:
        OSError, ValueError: as `read_provenance`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found: dict[str, list[Any]] = pq.read_table(file).to_pydict()
    except pa.ArrowInvalid:
        raise ValueError(f"{file}: is damaged") from None
    return {
        name: [nan if value is None else value for value in values]
        for name, values in found.items()
    }


def _rows(file: Path) -> tuple[Row, ...]:
    columns = read_columns(file)
    rows = zip(*(columns[name] for name in Row._fields), strict=True)
    return tuple(Row._make(row) for row in rows)


def _arrays(file: Path) -> dict[str, np.ndarray]:
    found = read_columns(file)
    return {
        name: np.array(values, dtype=object if values and isinstance(values[0], str) else None)
        for name, values in found.items()
    }
