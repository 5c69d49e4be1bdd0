"""Contact-centre simulation: a scenario file in, an honest answer out.

import sim
result = sim.run(sim.load("scenarios/shop/base.yaml"))
print(result.summary())
result.table  # pandas
print(sim.compare(sim.load_study("scenarios/studies/evening-weekend.yaml")).summary())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.later import imported_later
from sim.options import COMMANDS

if TYPE_CHECKING:
    from sim.api import *  # noqa: F403 - the commands and trace
    from sim.engine import ENGINES as ENGINES
    from sim.experiment.compare import Comparison as Comparison
    from sim.experiment.result import StudyResult as StudyResult
    from sim.experiment.result import load_result as load_result
    from sim.experiment.run import Result as Result
    from sim.experiment.size import SizeResult as SizeResult
    from sim.experiment.staff import StaffResult as StaffResult
    from sim.experiment.study import Study as Study
    from sim.experiment.study_file import load_study as load_study
    from sim.experiment.sweep import SweepResult as SweepResult
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError
    from sim.scenario import load as load
    from sim.scenario import loads as loads

__version__ = "0.1.0"

__getattr__, __dir__ = imported_later(
    __name__, {"sim.api": (*COMMANDS, "trace"), "sim": ("__version__",)}
)
