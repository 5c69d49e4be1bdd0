"""What a fit writes: the scenario, and the joint draws of its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.folders import whole
from sim.scenario import load
from sim.scenario.write import flow_text

if TYPE_CHECKING:
    from sim.data.fitting.result import Fit


def write_fit(fit: Fit, file: Path) -> list[Path]:
    """Write the scenario and, next to it, `*.inputs.parquet`; both whole or not at all.

    Raises:
        ScenarioError: if the scenario is not one (it is read again before it is written).
        OSError: if a file cannot be written.
    """
    inputs = file.with_suffix(".inputs.parquet")
    with whole(file) as part, whole(inputs) as drawn:
        fit.inputs().to_parquet(drawn, index=False)
        part.write_text(_naming(fit.text, drawn), encoding="utf-8")
        load(part)  # with all that its inputs may be
        part.write_text(_naming(fit.text, inputs), encoding="utf-8")
    return [file, inputs]


def _naming(text: str, inputs: Path) -> str:
    """The scenario, with the file of what its inputs may be as well."""
    return f"{text}uncertain:  # joint draws, days resampled\n  file: {flow_text(inputs.name)}\n"
