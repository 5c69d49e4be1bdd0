"""Running scenarios and studies: replications, estimates, comparisons, files."""

from sim.experiment.compare import Comparison, compare
from sim.experiment.files import ResultFolder
from sim.experiment.kinds import answer
from sim.experiment.result import StudyResult, load_result
from sim.experiment.run import Result, run
from sim.experiment.runner import Runner, Sample
from sim.experiment.staff import StaffResult, staff
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.store import STORE
from sim.experiment.study import Study
from sim.experiment.study_file import load_study
from sim.experiment.sweep import SweepResult, sweep
from sim.experiment.workshop import Workshop

__all__ = [
    "STORE",
    "Comparison",
    "Result",
    "ResultFolder",
    "Runner",
    "Sample",
    "StaffGoal",
    "StaffResult",
    "Study",
    "StudyResult",
    "SweepResult",
    "Workshop",
    "answer",
    "compare",
    "load_result",
    "load_study",
    "run",
    "staff",
    "sweep",
]
