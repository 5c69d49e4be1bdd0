"""What people look at: reports of results on the terminal, as a page, as a workbook; stories.

A kind of result has one module here, called as the kind, whose `report` makes one document of it
(`sim.report.blocks` says what that is). Everything else is drawn from that document.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment import StudyResult
    from sim.report.blocks import Report


def report(result: StudyResult) -> Report:
    """The report of a result."""
    made: Report = import_module(f"sim.report.{result.kind}").report(result)
    return made


def summary(result: StudyResult, width: int = 80) -> str:
    """Its first level, as plain text."""
    from sim.report.terminal import as_text

    return as_text(report(result), width)


def notebook(result: StudyResult) -> str:
    """The same as HTML, for a notebook."""
    from sim.report.terminal import as_html

    return as_html(report(result))


def plot(result: StudyResult, name: str) -> Any:
    """One chart of a result's report, as an Altair chart."""
    from sim.report.pictures import altair_chart

    return altair_chart(report(result), name)


def workbook(result: StudyResult, file: Path) -> None:
    """The report as a workbook of Excel."""
    from sim.report.excel import write_workbook

    write_workbook(report(result), file)
