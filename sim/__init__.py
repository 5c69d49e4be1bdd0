"""Contact-centre simulation: a scenario file in, an honest answer out.

import sim
result = sim.run(sim.load("scenarios/shop/base.yaml"))
print(result.summary())
result.table  # pandas
print(sim.compare(sim.load_study("scenarios/studies/evening-weekend.yaml")).summary())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.api import compare, run, staff, sweep, trace
    from sim.engine import ENGINES
    from sim.experiment import (
        Comparison,
        Result,
        StaffResult,
        Study,
        StudyResult,
        SweepResult,
        load_result,
        load_study,
    )
    from sim.scenario import Scenario, ScenarioError, load, loads

__version__ = "0.1.0"

__all__ = [
    "ENGINES",
    "Comparison",
    "Result",
    "Scenario",
    "ScenarioError",
    "StaffResult",
    "Study",
    "StudyResult",
    "SweepResult",
    "compare",
    "load",
    "load_result",
    "load_study",
    "loads",
    "run",
    "staff",
    "sweep",
    "trace",
]

_HOMES = {
    "ENGINES": "sim.engine",
    "Comparison": "sim.experiment",
    "Result": "sim.experiment",
    "Study": "sim.experiment",
    "StudyResult": "sim.experiment",
    "load_result": "sim.experiment",
    "StaffResult": "sim.experiment",
    "SweepResult": "sim.experiment",
    "compare": "sim.api",
    "load_study": "sim.experiment",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "load": "sim.scenario",
    "loads": "sim.scenario",
    "run": "sim.api",
    "staff": "sim.api",
    "sweep": "sim.api",
    "trace": "sim.api",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: `sim --help` must not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
