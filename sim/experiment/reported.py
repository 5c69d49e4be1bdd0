"""What every result has: a report, on the terminal, as a page, in a notebook."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar


class Reported:
    """A result of some kind. `kind` is the command that makes it."""

    kind: ClassVar[str]

    def report(self) -> Any:
        """The report, as `sim.report.blocks.Report`."""
        return sim_report().report(self)

    def summary(self, width: int = 80) -> str:
        """What the command line shows, as plain text."""
        return str(sim_report().summary(self, width))

    def plot(self, name: str) -> Any:
        """One chart of the report, as an Altair chart; `waits`, say.

        Raises:
            ValueError: if the report has no such chart; says which it has.
        """
        return sim_report().plot(self, name)

    def to_html(self, file: str | Path) -> Path:
        """Write the report as one page; it appears whole or not at all.

        Raises:
            OSError: if it cannot be written.
        """
        return Path(import_module("sim.report.files").write_page(self.report(), Path(file)))

    def to_excel(self, file: str | Path) -> Path:
        """Write the report as a workbook: summary, tables, hours as maps, definitions, scenarios.

        Raises:
            OSError: if it cannot be written.
        """
        sim_report().workbook(self, Path(file))
        return Path(file)

    def _repr_html_(self) -> str:
        return str(sim_report().notebook(self))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.report().answer}>"

    def __str__(self) -> str:
        return self.summary()


def sim_report() -> Any:
    """The package that says what a result means. It knows the results; they do not know it."""
    return import_module("sim.report")
