"""Running scenarios: replications, estimates, files."""

from sim.experiment.files import ResultFolder, folder_name
from sim.experiment.replicate import Workshop, replicate
from sim.experiment.result import Result

__all__ = ["Result", "ResultFolder", "Workshop", "folder_name", "replicate"]
