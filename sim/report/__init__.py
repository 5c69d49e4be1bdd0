"""What people look at: numbers as text, the terminal, pages, a customer's story.

A result of any kind is shown by two modules that are called as its kind: the one makes its report,
the other its summary for the terminal.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiment import StudyResult
    from sim.report.page import Report

_SUMMARIES = {"run": "terminal"}
"""Where a kind's summary is, unless in a module called as the kind."""


def report(result: StudyResult) -> Report:
    """The report of a result.

    Raises:
        ValueError: if the result does not hold what the report shows.
    """
    name = f"{result.kind}_report"
    made: Report = getattr(import_module(f"sim.report.{name}"), name)(result)
    return made


def shown(result: StudyResult) -> RenderableType:
    """What the terminal shows of a result."""
    module = import_module(f"sim.report.{_SUMMARIES.get(result.kind, result.kind)}")
    made: RenderableType = module.summary(result)
    return made


def summary(result: StudyResult, width: int = 80) -> str:
    """The same as plain text."""
    from sim.report.terminal import plain_text

    return plain_text(shown(result), width)


def notebook(result: StudyResult) -> str:
    """The same as HTML, for a notebook."""
    from sim.report.terminal import as_html

    return as_html(shown(result))


def plot(result: StudyResult, name: str) -> Any:
    """One chart of a result's report, as an Altair chart."""
    from sim.report.pictures import altair_chart

    return altair_chart(report(result), name)
