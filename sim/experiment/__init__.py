"""Running scenarios and studies: replications, estimates, comparisons, files."""

from sim.experiment.compare import Comparison, compare
from sim.experiment.files import ResultFolder, folder_name
from sim.experiment.grid import factors_given
from sim.experiment.result import Result
from sim.experiment.runner import Runner, Sample
from sim.experiment.staff import StaffResult, staff
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.store import STORE
from sim.experiment.study import Study
from sim.experiment.study_file import load_study
from sim.experiment.study_files import StudyResult, study_folder_name, write_study
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
    "compare",
    "factors_given",
    "folder_name",
    "load_study",
    "staff",
    "study_folder_name",
    "sweep",
    "write_study",
]
