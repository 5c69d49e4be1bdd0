"""What every result about a centre's own data has: a report, on the terminal and as a page."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar


class Found:
    """A look, a fit or a back-test. `kind` is the command that makes it."""

    kind: ClassVar[str]

    def report(self) -> Any:
        """The report, as `sim.report.blocks.Report`."""
        return _sim_report().report(self)

    def summary(self, width: int = 80) -> str:
        """What the command line shows, as plain text."""
        return str(_sim_report().summary(self, width))

    def plot(self, name: str) -> Any:
        """One chart of the report, as an Altair chart.

        Raises:
            ValueError: if the report has no such chart; says which it has.
        """
        return _sim_report().plot(self, name)

    def to_html(self, file: str | Path) -> Path:
        """Write the report as one page; it appears whole or not at all.

        Raises:
            OSError: if it cannot be written.
        """
        return Path(import_module("sim.report.files").write_page(self.report(), Path(file)))

    def _repr_html_(self) -> str:
        return str(_sim_report().notebook(self))

    def __str__(self) -> str:
        return self.summary()


def _sim_report() -> Any:
    """The package that says what is found means. It knows the results; they do not know it."""
    return import_module("sim.report")
