"""What a fit writes: the scenario, and the joint draws of its inputs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.data.fitting.fit import Fit


def write_fit(fit: Fit, file: Path) -> list[Path]:
    """Write the scenario and, next to it, `*.inputs.parquet`; both whole or not at all.

    Raises:
        ScenarioError: if the scenario is not one (it is read again before it is written).
        OSError: if a file cannot be written.
    """
    _ = fit.scenario
    inputs = file.with_suffix(".inputs.parquet")
    table = fit.inputs()
    for path, write in (
        (inputs, lambda part: table.to_parquet(part, index=False)),
        (file, lambda part: part.write_text(fit.text, encoding="utf-8")),
    ):
        part = path.with_name(path.name + ".part")
        try:
            write(part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    return [file, inputs]
