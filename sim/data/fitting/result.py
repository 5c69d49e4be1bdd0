"""A fitted scenario: what was found, as a file, and what its inputs may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from sim.data.fitting.found import Found
from sim.data.fitting.inputs import joint_inputs
from sim.data.fitting.text import scenario_text
from sim.experiment.reported import Reported
from sim.folders import whole
from sim.scenario import Scenario, load, loads
from sim.scenario.write import flow_text


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

    def write(self, file: Path) -> list[Path]:
        """Write the scenario and, next to it, `*.inputs.parquet`; both whole or not at all.

        Raises:
            ScenarioError: if the scenario is not one (it is read again before it is written).
            OSError: if a file cannot be written.
        """
        inputs = file.with_suffix(".inputs.parquet")
        with whole(file) as part, whole(inputs) as drawn:
            self.inputs().to_parquet(drawn, index=False)
            part.write_text(self._naming(drawn), encoding="utf-8")
            load(part)  # with all that its inputs may be
            part.write_text(self._naming(inputs), encoding="utf-8")
        return [file, inputs]

    def _naming(self, inputs: Path) -> str:
        """The scenario, with the file of what its inputs may be as well."""
        file = flow_text(inputs.name)
        return f"{self.text}uncertain:  # joint draws, days resampled\n  file: {file}\n"
