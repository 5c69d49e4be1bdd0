"""The scenario language: from the file a person writes to a checked `Scenario`, and back."""

from importlib import resources
from typing import Any

from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.model import Scenario
from sim.scenario.reading import load, loads
from sim.scenario.write import fingerprint, to_yaml

__all__ = [
    "Fault",
    "Scenario",
    "ScenarioError",
    "fingerprint",
    "load",
    "loads",
    "schema",
    "template",
    "to_yaml",
]


def template() -> str:
    """A small believable scenario to start from, with comments."""
    return resources.files(__name__).joinpath("template.yaml").read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file."""
    from sim.scenario.json_schema import json_schema

    return json_schema()
