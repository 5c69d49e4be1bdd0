"""The compiled engine's own source run as plain Python, with a fault in it if wanted.

Only what numba provides is replaced: the compiler by nothing, the tables at addresses by numpy's.
So a fault costs no compilation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from sim.engine import Plan, compiled
from sim.tables import ContactLog, Draws, DutyLog

MOST_STEPS = 200_000
"""Looks into a table: more than all but a few of the runs of the tests."""

FOLDER = Path(compiled.__file__).parent
FOR_NUMBA = ("machine", "kept", "making")
"""The files that are replaced."""

_OWN_IMPORT = re.compile(r"^from sim\.engine\.compiled\.(\w+) import (?:\([^)]*\)|.*)\n", re.M)
_NAMED = re.compile(r"^(?:def |)(\w+)(?=\(.*:$| = |: .* = )", re.M)


def source_files() -> list[str]:
    """The names of the engine's files, each after those that it uses."""
    found: list[str] = []

    def add(name: str) -> None:
        for used in _OWN_IMPORT.findall((FOLDER / f"{name}.py").read_text(encoding="utf-8")):
            add(used)
        if name not in found:
            found.append(name)

    for name in ("engine", "events"):
        add(name)
    return found


def _texts() -> dict[str, str]:
    """All rules and what plays them, file by file, with the lines where they stand.

    They will share their names, so none may mean two things.
    """
    names = [name for name in source_files() if name not in FOR_NUMBA]
    files = {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in names}
    owners: dict[str, str] = {}
    for file, text in files.items():
        for name in _NAMED.findall(text):
            assert owners.setdefault(name, file) == file, f"{name} in {owners[name]} and {file}"
    return {name: _OWN_IMPORT.sub(_only_lines, text) for name, text in files.items()}


def _only_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


TEXTS = _texts()


def interpreted(*changes: tuple[str, str]) -> Any:
    """The engine `simulate`, with pieces of the source, each there exactly once, changed."""
    texts = dict(TEXTS)
    for old, new in changes:
        having = [name for name, text in texts.items() for _ in range(text.count(old))]
        assert len(having) == 1, f"{len(having)} times in the source: {old}"
        texts[having[0]] = texts[having[0]].replace(old, new)
    return _Interpreted([_compiled(name, text) for name, text in texts.items()])


def _compiled(name: str, text: str) -> CodeType:
    """As what stands in the file, so that it counts as run; a changed one does not."""
    unchanged = text == TEXTS[name]
    return compile(text, str(FOLDER / f"{name}.py") if unchanged else f"changed {name}", "exec")


class Endless(Exception):  # noqa: N818 (it says what happened)
    """A fault has made a run that does not end."""


class _Interpreted:
    def __init__(self, codes: list[CodeType]) -> None:
        self.tables: dict[str, np.ndarray] = {}
        self.steps = 0
        self.names: dict[str, Any] = {
            "__name__": "interpreted",
            "rule": lambda function: function,
            "part": lambda function: function,
            "Find": self._find,
            "machine_code": lambda *_: self._play,
            "is_kept": lambda _: True,
        }
        for code in codes:
            exec(code, self.names)
        self.settle, self.centre = self.names["_settle"], self.names["_centre"]
        self.names["_settle"], self.names["_centre"] = self._settle, self._centre

    def __call__(self, plan: Plan, draws: Draws) -> tuple[ContactLog, DutyLog]:
        self.steps = 0
        logs: tuple[ContactLog, DutyLog] = self.names["simulate"](plan, draws)
        return logs

    def _centre(self, plan: Plan, draws: Draws, block: Any, tables: Any) -> np.ndarray:
        for name in tables:
            self._look(tables, name)
        centre: np.ndarray = self.centre(plan, draws, block, tables)
        return centre

    def _settle(self, centre: Any, tables: Any, name: str) -> None:
        self.settle(centre, tables, name)
        self._look(tables, name)

    def _look(self, tables: Any, name: str) -> None:
        table = tables[name]
        self.tables[name] = table.view(np.recarray) if table.dtype.names else table

    def _find(self, name: str, _: Any) -> Callable[[Any], np.ndarray]:
        def table(_: Any) -> np.ndarray:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Endless
            return self.tables[name]

        return table

    def _play(self, centre: np.ndarray) -> bool:
        more: bool = self.names["go_on"](centre.view(np.recarray)[0])
        return more
