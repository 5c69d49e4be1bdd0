"""One replication on the engine of choice."""

from __future__ import annotations

import logging
import threading
from functools import cache
from types import ModuleType

from sim.engine.plan import Plan, is_rare
from sim.tables import ContactLog, Draws, DutyLog

ENGINES = ("compiled", "reference")
"""The engines there are, the default first."""

AT_FIRST = 25_000
"""Customers whom the reference engine plays in a second or so: to compile takes many more."""

_log = logging.getLogger("sim")
_preparing = threading.Lock()


def simulate(plan: Plan, draws: Draws, engine: str = ENGINES[0]) -> tuple[ContactLog, DutyLog]:
    """Run one replication: a deterministic function of the scenario's tables and the draws.

    Where nothing can be compiled, the reference engine runs instead, and a line is logged.

    Raises:
        ValueError: if there is no such engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine '{engine}': there is {', '.join(ENGINES)}")
    if engine == "compiled" and (compiled := _compiled(is_rare(plan, draws))) is not None:
        logs: tuple[ContactLog, DutyLog] = compiled.simulate(plan, draws)
        return logs
    from sim.engine import reference

    return reference.simulate(plan, draws)


class _Start:
    """Which engine answers sooner, at the start of a process."""

    def __init__(self) -> None:
        self._left = AT_FIRST
        self._coming = 1
        self._choosing = threading.Lock()

    def expect(self, replications: int) -> None:
        with self._choosing:
            self._coming = replications

    def engine(self, engine: str, customers: int, rare: bool) -> str:
        with self._choosing:
            coming, self._coming = self._coming, max(self._coming - 1, 1)
            few = customers * coming <= self._left
            if engine == "compiled" and few and not _is_ready(rare):
                self._left -= customers
                return "reference"
            self._left = 0  # it is loaded now
            return engine

    def loaded(self) -> None:
        """The compiled engine is there already."""
        with self._choosing:
            self._left = 0


_start = _Start()


def expect(replications: int) -> None:
    """So many replications come next, of as many customers as `sooner` is told of one."""
    _start.expect(replications)


def sooner(plan: Plan, draws: Draws, engine: str) -> str:
    """The engine to run a replication with, where `engine` is wanted.

    That one, but for the first few customers of a process if it is to be compiled: the reference
    engine has played them long before. The numbers are the same.
    """
    return _start.engine(engine, len(draws.arrival), is_rare(plan, draws))


def load(engine: str = ENGINES[0], *, rare: bool = False) -> None:
    """Have an engine ready to run, for processes that are branched off this one.

    Args:
        engine: one of `ENGINES`.
        rare: for scenarios with rare rules, as of `Plan.rare`.
    """
    if engine == "compiled":
        _compiled(rare)
        _start.loaded()


def _is_ready(rare: bool) -> bool:
    """Whether nothing need be compiled; if it cannot be made here, that is soon told."""
    try:
        from sim.engine import compiled
    except Exception:
        return True
    return compiled.is_ready(rare=rare)


def needs_compiling(engine: str = ENGINES[0], *, rare: bool = False) -> bool:
    """Whether this engine's next run compiles first, which takes some seconds; as of `load`."""
    if engine != "compiled":
        return False
    try:
        from sim.engine import compiled

        return compiled.needs_compiling(rare=rare)
    except Exception:  # another engine will run
        return False


def _compiled(rare: bool) -> ModuleType | None:
    """The compiled engine, ready to run; none if it cannot be made here."""
    with _preparing:
        return _prepared(rare)


@cache
def _prepared(rare: bool) -> ModuleType | None:
    try:
        from sim.engine import compiled

        if compiled.needs_compiling(rare=rare):
            _log.info("Compiling the engine, once on this machine: half a minute or so ...")
        compiled.prepare(rare=rare)
    except Exception as fault:  # numba is missing, switched off, or cannot compile
        _warn(" ".join(str(fault).split())[:200] or type(fault).__name__)
        return None
    return compiled


@cache
def _warn(why: str) -> None:
    """Once: the other half of the machine code cannot be compiled either."""
    _log.warning(
        "The engine cannot be compiled here, so the reference engine runs: "
        "the same numbers, but many times as slow (%s).",
        why,
    )
