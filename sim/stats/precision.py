"""How many more replications a wanted precision takes."""

from __future__ import annotations

import numpy as np

from sim.stats.estimate import Estimate, FloatArray


def replications_needed(estimate: Estimate, replications: int, *, absolute: float) -> FloatArray:
    """How many replications to add until the half-width is small enough; 0 where it is already.

    estimate: of a mean, ratio, share, quantile or difference, any shape.
    replications: how many were run for it (`estimate.n` may be fewer: cells that saw no contact).
    absolute: the wanted half-width in the unit of the value.

    Half-widths shrink with the root of the number: total = ceil(replications (half / wanted)^2),
    with the half-width at today's, fewer, degrees of freedom. For means of normal replications
    that is Stein's total: run once to the end it gives an interval value -+ wanted with at least
    the confidence of the estimate. It never falls when the half-width grows or the wanted one
    shrinks.

    Whole numbers as floats; nan where nothing can be said yet (no bounds, as after one
    replication).
    Source: Stein, Annals of Mathematical Statistics 16 (1945) 243.
    Raises ValueError unless replications >= 1 and the target is positive.
    """
    if replications < 1 or not absolute > 0.0:
        raise ValueError(f"{replications} replications and a half-width of {absolute} say nothing")
    half = np.where(np.isfinite(estimate.half_width), estimate.half_width, np.nan)
    # 30 x (2 / 1)^2 must be 120, not 121: what rounding added is no replication.
    total = np.ceil(replications * (half / absolute) ** 2 * (1.0 - 1e-12))
    return np.asarray(np.where(half <= absolute, 0.0, np.maximum(total - replications, 1.0)))
