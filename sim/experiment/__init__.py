"""Running scenarios: replications, estimates, files."""

from sim.experiment.files import ResultFolder, folder_name
from sim.experiment.result import Result
from sim.experiment.runner import Runner, Sample
from sim.experiment.store import STORE
from sim.experiment.workshop import Workshop

__all__ = ["STORE", "Result", "ResultFolder", "Runner", "Sample", "Workshop", "folder_name"]
