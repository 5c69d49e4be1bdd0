"""Quantiles of histograms by replication, all of them at hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.estimate import Estimate, FloatArray, IntArray, check_level
from sim.stats.histogram import HISTOGRAM_BINS, locate
from sim.stats.quantiles import pooled_quantile_interval


def quantile_interval(counts: ArrayLike, q: float, confidence: float = 0.95) -> Estimate:
    """Interval of a quantile inside the replications, such as the wait 90 % do not exceed.

    counts: [replication, ..., HISTOGRAM_BINS] histograms of non-negative values
    (`histogram_bins`).
    Raises ValueError for q or confidence outside (0, 1) or another number of bins.
    """
    check_level(q, "q")
    tally = checked_counts(counts)
    if tally.ndim == 1:
        raise ValueError("counts: the first axis must be the replications, the last the bins")
    pooled = tally.sum(axis=0)
    below = counts_below(tally, *locate(pooled, np.full(pooled.shape[:-1], q)))
    total = tally.sum(axis=-1).astype(np.float64)
    return pooled_quantile_interval(pooled, below, total, q, confidence)


def counts_below(counts: IntArray, bins: IntArray, part: FloatArray) -> FloatArray:
    """[replication, ...] how many values of each lie at or below a place that `locate` found."""
    where = np.broadcast_to(bins[..., None], (*counts.shape[:-1], 1))
    held = np.take_along_axis(counts, where, axis=-1)[..., 0]
    upto = np.take_along_axis(counts.cumsum(axis=-1), where, axis=-1)[..., 0]
    return np.asarray(upto - (1.0 - part) * held)


def checked_counts(counts: ArrayLike) -> IntArray:
    """`counts` as integers, or ValueError unless the last axis holds the bins."""
    tally = np.asarray(counts, dtype=np.int64)
    if tally.ndim == 0 or tally.shape[-1] != HISTOGRAM_BINS:
        raise ValueError(f"counts of shape {tally.shape}, not [..., {HISTOGRAM_BINS}] (bins last)")
    return tally
