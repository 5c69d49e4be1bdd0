"""Times on the grid."""

# Rules take numbers, of which mypy knows nothing here.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import TICKS_PER_SECOND


@rule
def on_grid(seconds):
    """Rounded to the nearest point of the grid, halves up."""
    return np.floor(seconds * TICKS_PER_SECOND + 0.5) / TICKS_PER_SECOND
