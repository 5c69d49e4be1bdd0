"""All that a comparison of options says, in one: differences alone, together, and of all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.estimate import Estimate
from sim.stats.intervals import mean_interval, ratio_values
from sim.stats.pairing import simultaneous_intervals


@dataclass(frozen=True)
class Comparison:
    """k options against one of them, the reference. Arrays have one entry per option.

    difference: option - reference, each interval by itself.
    simultaneous: the same differences with bounds that hold for all options together.
    separated: which options differ from the reference by `simultaneous`.
    separated_pairs: [k, k] which two options differ, at one level for all pairs together.
    """

    difference: Estimate
    simultaneous: Estimate
    separated: np.ndarray
    separated_pairs: np.ndarray


def compare_means(values: ArrayLike, reference: int = 0, confidence: float = 0.95) -> Comparison:
    """Of means: values [replication, k], a row with the same customers for all options."""
    x = np.asarray(values, dtype=np.float64)
    used = np.full(x.shape[1], len(x))
    differences = x - x[:, [reference]]
    together = simultaneous_intervals(differences, used, confidence)
    pairs = np.array(list(combinations(range(x.shape[1]), 2)))
    between = simultaneous_intervals(
        x[:, pairs[:, 0]] - x[:, pairs[:, 1]], used[pairs[:, 0]], confidence
    )
    separated = np.zeros((x.shape[1],) * 2, dtype=bool)
    separated[tuple(pairs.T)] = separated[tuple(pairs.T[::-1])] = _without_zero(between)
    alone = mean_interval(differences, confidence)
    return Comparison(alone, together, _without_zero(together), separated)


def compare_ratios(
    num: np.ndarray, den: np.ndarray, reference: int = 0, confidence: float = 0.95
) -> Comparison:
    """Of ratios of sums: num, den [replication, k]."""
    return compare_means(ratio_values(num, den), reference, confidence)


def _without_zero(one: Estimate) -> np.ndarray:
    return (one.low > 0.0) | (one.high < 0.0)
