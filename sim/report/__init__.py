"""What people look at: reports of results on the terminal, as a page, as a workbook; stories.

A kind of result has one module here, called as the kind, whose `report` makes one document of it
(`sim.report.blocks` says what that is). Everything else is drawn from that document.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from sim.report.blocks import Report


class Reported(Protocol):
    """What has a report: the result of a study, of a fit, of a back-test."""

    kind: ClassVar[str]


def report(result: Reported) -> Report:
    """The report of a result."""
    made: Report = import_module(f"sim.report.{result.kind}").report(result)
    return made


def summary(result: Reported, width: int = 80) -> str:
    """Its first level, as plain text."""
    from sim.report.terminal import as_text

    return as_text(report(result), width)


def notebook(result: Reported) -> str:
    """The same as HTML, for a notebook."""
    from sim.report.terminal import as_html

    return as_html(report(result))


def plot(result: Reported, name: str) -> Any:
    """One chart of a result's report, as an Altair chart."""
    from sim.report.pictures import altair_chart

    return altair_chart(report(result), name)


def workbook(result: Reported, file: Path) -> None:
    """The report as a workbook of Excel."""
    from sim.report.excel import write_workbook

    write_workbook(report(result), file)
