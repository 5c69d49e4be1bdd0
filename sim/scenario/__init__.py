"""The scenario language: from the file a person writes to a checked `Scenario`, and back."""

import json
from importlib import resources
from typing import Any

from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.reading import Scenario, load, loads
from sim.scenario.write import fingerprint, to_yaml

__all__ = [
    "Fault",
    "Scenario",
    "ScenarioError",
    "fingerprint",
    "load",
    "loads",
    "schema",
    "schema_text",
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


def schema_text(made: dict[str, Any] | None = None) -> str:
    """A JSON Schema as a file; that of a scenario file unless it is another one."""
    return json.dumps(made or schema(), indent=2, ensure_ascii=False) + "\n"
