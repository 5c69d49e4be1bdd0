"""What a run of one scenario gives: estimates with all that is needed to get them again."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import version
from math import isfinite
from typing import TYPE_CHECKING, Any

from sim.measures import Row, table
from sim.scenario import Scenario, fingerprint

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Result:
    """Estimates of every measure in every split.

    Attributes:
        scenario: the resolved scenario.
        seed: of all random streams.
        replications: how many independent weeks (or whatever the calendar counts) were run.
        engine: which engine ran them.
        rows: one a measure and group.
    """

    scenario: Scenario
    seed: int
    replications: int
    engine: str
    rows: tuple[Row, ...]

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
