"""The compiled engine's own source run as plain Python, with a fault in it if wanted.

Only what numba provides is replaced: the compiler by nothing, the tables at addresses by numpy's.
So a fault costs no compilation.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from sim.engine import Plan, compiled
from sim.tables import ContactLog, Draws, DutyLog

MOST_STEPS = 500_000
"""Looks into a table: more than the longest run of the tests by far."""

FOR_NUMBA = re.compile(
    r"^@(_rule|_part|register_pass\b.*|register_model\b.*|type_callable\b.*|lower_builtin\b.*)$",
    re.MULTILINE,
)

FILE = Path(compiled.__file__)
SOURCE = FILE.read_text(encoding="utf-8")


def interpreted(*changes: tuple[str, str]) -> Any:
    """The engine `simulate`, with pieces of the source, each there exactly once, changed."""
    source = SOURCE
    for old, new in changes:
        assert source.count(old) == 1, f"{source.count(old)} times in the source: {old}"
        assert old.count("\n") == new.count("\n"), "lines would be miscounted"
        source = source.replace(old, new)
    return _Interpreted(compile(FOR_NUMBA.sub("", source), str(FILE), "exec"))


class Endless(Exception):  # noqa: N818 (it says what happened)
    """A fault has made a run that does not end."""


class _Interpreted:
    def __init__(self, code: CodeType) -> None:
        self.tables: dict[str, np.ndarray] = {}
        self.steps = 0
        self.names: dict[str, Any] = {"__name__": "interpreted", "__file__": str(FILE)}
        exec(code, self.names)
        self.settle = self.names["_settle"]
        self.names |= {"_table": self._table, "_settle": self._settle, "_play": self._play}

    def __call__(self, plan: Plan, draws: Draws) -> tuple[ContactLog, DutyLog]:
        self.steps = 0
        logs: tuple[ContactLog, DutyLog] = self.names["simulate"](plan, draws)
        return logs

    def _settle(self, centre: Any, tables: Any, name: str) -> None:
        self.settle(centre, tables, name)
        table = tables[name]
        self.tables[name] = table.view(np.recarray) if table.dtype.names else table

    def _table(self, _: Any, name: str) -> np.ndarray:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Endless
        return self.tables[name]

    def _play(self, centre: np.ndarray) -> bool:
        more: bool = self.names["_go_on"](centre.view(np.recarray)[0])
        return more
