"""The report of a result in a folder, whatever kind of result it is."""

from __future__ import annotations

from pathlib import Path

from sim.experiment import Comparison, Result, StaffResult, SweepResult
from sim.experiment.result import read_provenance
from sim.report.compare_report import compare_report
from sim.report.page import Report
from sim.report.run_report import run_report
from sim.report.staff_report import staff_report
from sim.report.sweep_report import sweep_report


def report_of(folder: Path) -> Report:
    """The report of what a command has written into a folder.

    Raises:
        OSError: if a file of it cannot be read.
        ValueError: if it is no result, or one that cannot be read or has no report.
    """
    kind = read_provenance(folder).get("kind", "run")
    if kind == "run":
        return run_report(Result.load(folder))
    if kind == "compare":
        return compare_report(Comparison.load(folder))
    if kind == "sweep":
        return sweep_report(SweepResult.load(folder))
    if kind == "staff":
        return staff_report(StaffResult.load(folder))
    raise ValueError(f"{folder}: there is no report of what `sim {kind}` gives")
