"""Contact-centre simulation: a scenario file in, an honest answer out.

import sim
result = sim.run(sim.load("scenarios/shop/base.yaml"))
print(result.summary())
result.table  # pandas
print(sim.compare(sim.load_study("scenarios/studies/evening-weekend.yaml")).summary())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.options import COMMANDS

if TYPE_CHECKING:
    from sim.api import *  # noqa: F403 - the commands and trace
    from sim.engine import ENGINES as ENGINES
    from sim.experiment import Comparison as Comparison
    from sim.experiment import Result as Result
    from sim.experiment import StaffResult as StaffResult
    from sim.experiment import Study as Study
    from sim.experiment import StudyResult as StudyResult
    from sim.experiment import SweepResult as SweepResult
    from sim.experiment import load_result as load_result
    from sim.experiment import load_study as load_study
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError
    from sim.scenario import load as load
    from sim.scenario import loads as loads

__version__ = "0.1.0"

_HOMES = {
    "ENGINES": "sim.engine",
    **dict.fromkeys(("Comparison", "Result", "StaffResult", "Study"), "sim.experiment"),
    **dict.fromkeys(("StudyResult", "SweepResult"), "sim.experiment"),
    **dict.fromkeys(("load_result", "load_study"), "sim.experiment"),
    **dict.fromkeys(("Scenario", "ScenarioError", "load", "loads"), "sim.scenario"),
    **dict.fromkeys((*COMMANDS, "trace"), "sim.api"),
}
"""Public name -> the module that it is in."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: `sim --help` must not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__"])
