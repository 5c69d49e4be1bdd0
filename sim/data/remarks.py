"""What is said of an export and of its fit: texts of `remarks.toml`, filled in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import Any

from sim.scenario.faults import Fault, ScenarioError


@cache
def texts(file: str) -> dict[str, Any]:
    """A file of texts of this package."""
    return tomllib.loads(files("sim.data").joinpath(f"{file}.toml").read_text("utf-8"))


def wrong(path: str, name: str, *, file: str = "", line: int = 0, **of: object) -> ScenarioError:
    """A fault of an export, a map or a roster, by the name of the text."""
    return ScenarioError([Fault(file, line, path, told("faults", name, **of))])


def told(kind: str, name: str, /, **of: object) -> str:
    """A text of a kind, filled in."""
    text: str = texts("remarks")[kind][name]
    return text.format(**of)


odd, read = partial(told, "odd"), partial(told, "read")
"""What is odd about an export; how it was read."""


@dataclass
class Remarks:
    """What is said of a fit.

    notes: where the model may not hold. assumed: path of an input -> what is assumed of it.
    """

    notes: list[str] = field(default_factory=list)
    assumed: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, **of: object) -> None:
        """Where the model may not hold, by the name of the text."""
        self.notes.append(told("notes", name, **of))

    def assume(self, path: str, name: str) -> None:
        """What is assumed of an input, beside what is already, by the name of the text."""
        before, why = self.assumed.get(path), told("assumed", name)
        self.assumed[path] = f"{before}; {why}" if before else why
