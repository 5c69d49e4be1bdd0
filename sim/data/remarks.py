"""What is said of an export and of its fit: texts of `remarks.toml`, filled in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sim.scenario.faults import Fault, ScenarioError


@cache
def texts(file: str) -> dict[str, Any]:
    """A file of texts of this package."""
    return tomllib.loads(files("sim.data").joinpath(f"{file}.toml").read_text("utf-8"))


def wrong(path: str, name: str, **of: object) -> ScenarioError:
    """A fault of an export, a map or a roster."""
    return ScenarioError([Fault("", 0, path, texts("remarks")["faults"][name].format(**of))])


def odd(name: str, /, **of: object) -> str:
    """What is odd about an export."""
    text: str = texts("remarks")["odd"][name]
    return text.format(**of)


@dataclass
class Remarks:
    """What is said of a fit.

    notes: where the model may not hold. assumed: path of an input -> what is assumed of it.
    """

    notes: list[str] = field(default_factory=list)
    assumed: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, **of: object) -> None:
        """Where the model may not hold, by the name of the text."""
        self.notes.append(texts("remarks")["notes"][name].format(**of))

    def assume(self, path: str, name: str) -> None:
        """What is assumed of an input, beside what is already, by the name of the text."""
        before, why = self.assumed.get(path), texts("remarks")["assumed"][name]
        self.assumed[path] = f"{before}; {why}" if before else why
