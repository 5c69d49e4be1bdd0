"""One replication on the engine of choice."""

from __future__ import annotations

from sim.engine.plan import Plan
from sim.tables import ContactLog, Draws, DutyLog

ENGINES = ("compiled", "reference")
"""The engines there are, the default first."""


def simulate(plan: Plan, draws: Draws, engine: str = ENGINES[0]) -> tuple[ContactLog, DutyLog]:
    """Run one replication: a deterministic function of the scenario's tables and the draws.

    Raises:
        ValueError: if there is no such engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"no engine '{engine}': there is {', '.join(ENGINES)}")
    if engine == "compiled":
        from sim.engine import compiled

        return compiled.simulate(plan, draws)
    from sim.engine import reference

    return reference.simulate(plan, draws)


def needs_compiling(engine: str = ENGINES[0]) -> bool:
    """Whether this engine's next run compiles first, which takes some seconds."""
    if engine != "compiled":
        return False
    from sim.engine import compiled

    return compiled.needs_compiling()
