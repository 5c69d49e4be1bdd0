"""Running scenarios and studies: replications, estimates, comparisons, files."""

from typing import TYPE_CHECKING

from sim.later import imported_later

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison as Comparison
    from sim.experiment.files import ResultFolder as ResultFolder
    from sim.experiment.grid import factors_given as factors_given
    from sim.experiment.kinds import answer as answer
    from sim.experiment.result import StudyResult as StudyResult
    from sim.experiment.result import load_result as load_result
    from sim.experiment.run import Result as Result
    from sim.experiment.runner import Runner as Runner
    from sim.experiment.runner import Sample as Sample
    from sim.experiment.simulation import Simulation as Simulation
    from sim.experiment.staff import StaffResult as StaffResult
    from sim.experiment.staffing.goal import StaffGoal as StaffGoal
    from sim.experiment.store import STORE as STORE
    from sim.experiment.study import Study as Study
    from sim.experiment.study_file import load_study as load_study
    from sim.experiment.sweep import SweepResult as SweepResult

__getattr__, __dir__ = imported_later(__name__)
