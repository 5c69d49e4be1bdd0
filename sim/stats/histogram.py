"""Histogram of a non-negative quantity with bins of less than 1 % relative width.

A bin is a float32 bit pattern without its last 16 bits: 128 equal bins between a power of two and
the next, so a bin is at most 1/128 = 0.8 % of its value wide, and finding it takes a shift and no
logarithm. Exact zero has bin 0 to itself (a customer who did not wait), bin 1 holds what is below
`SMALLEST`. Counts of disjoint sets of values add up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.estimate import FloatArray, IntArray

SMALLEST = 2.0**-6
"""Below this (16 ms, if the unit is a second) positive values share one bin."""

LIMIT = 2.0**26
"""Values must stay below this (776 days, if the unit is a second)."""

_SHIFT = 16
_FIRST = int(np.float32(SMALLEST).view(np.int32)) >> _SHIFT
_LAST = int(np.float32(LIMIT).view(np.int32)) >> _SHIFT

HISTOGRAM_BINS = _LAST - _FIRST + 2
"""Number of bins: 4098."""


def histogram_bins(values: ArrayLike) -> IntArray:
    """The bin of each value, 0 .. HISTOGRAM_BINS - 1 (count with `numpy.bincount`).

    values: any shape, any unit (waits: seconds), 0 <= value < LIMIT.
    Raises ValueError for a value that is negative, nan or not below LIMIT.
    """
    exact = np.asarray(values, dtype=np.float64)
    single = exact.astype(np.float32)
    if not ((exact >= 0.0) & (single < LIMIT)).all():
        raise ValueError(f"a histogram takes values from 0 to below {LIMIT:.0f}, and no nan")
    bins = np.maximum((single.view(np.int32) >> _SHIFT) - (_FIRST - 2), 1)
    return np.asarray(np.where(exact == 0.0, 0, bins), dtype=np.int64)


def histogram_edges() -> FloatArray:
    """[HISTOGRAM_BINS + 1] bin j holds edge j <= value < edge j + 1; bin 0 holds exact zero."""
    patterns = (np.arange(_FIRST, _LAST + 1, dtype=np.int32) << _SHIFT).view(np.float32)
    return np.concatenate(([0.0, 0.0], patterns.astype(np.float64)))


def value_at(counts: IntArray, levels: FloatArray) -> FloatArray:
    """The value at each cell's own level: 0 at level 0 and below, infinite at 1 and above."""
    bins, fraction = locate(counts, np.clip(levels, 0.0, 1.0))
    edges = histogram_edges()
    inside = edges[bins] + fraction * (edges[bins + 1] - edges[bins])
    bounded = np.where(levels <= 0.0, 0.0, np.where(levels >= 1.0, np.inf, inside))
    return np.asarray(np.where(counts.sum(axis=-1) > 0, bounded + 0.0 * levels, np.nan))


def locate(counts: IntArray, levels: FloatArray) -> tuple[IntArray, FloatArray]:
    """The bin in which the counts reach each cell's level, and the part of it that lies below.

    Exact zero is an atom: all of bin 0 lies at or below it.
    """
    running = counts.cumsum(axis=-1)
    # A level such as 0.07 of 100 is 7.000000000000001 counts: it must not spill into the next bin.
    rank = np.nan_to_num(levels) * running[..., -1] * (1.0 - 1e-12)
    bins = np.asarray((running >= rank[..., None]).argmax(axis=-1), dtype=np.int64)
    held = np.take_along_axis(counts, bins[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(running, bins[..., None], axis=-1)[..., 0] - held
    part = (rank - before) / np.maximum(held, 1)
    return bins, np.asarray(np.where(bins == 0, 1.0, part))
