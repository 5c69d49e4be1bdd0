"""The scenario language: from the file a person writes to a checked, resolved `Scenario`, and back."""

from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.load import load, loads
from sim.scenario.model import Scenario

__all__ = ["Fault", "Scenario", "ScenarioError", "load", "loads"]
