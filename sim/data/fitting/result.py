"""A fitted scenario: what was found, as a file, and what its inputs may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import pandas as pd

from sim.data.fitting.found import Found
from sim.data.fitting.inputs import joint_inputs
from sim.data.fitting.text import scenario_text
from sim.experiment.reported import Reported
from sim.scenario import Scenario, loads


@dataclass(frozen=True, repr=False)
class Fit(Found, Reported):
    """A fitted scenario, with what it rests on."""

    kind: ClassVar[str] = "fit"

    @cached_property
    def text(self) -> str:
        """The scenario as a person would have written it, with a comment behind each number."""
        return scenario_text(self)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, read and checked."""
        return loads(self.text, "fitted scenario")

    def inputs(self, sets: int = 200, seed: int = 1) -> pd.DataFrame:
        """Joint draws of what is not known: one row a set, one column a dotted path.

        Days are resampled, all inputs at once, so that what goes together goes together.
        """
        return joint_inputs(self, sets, seed)
