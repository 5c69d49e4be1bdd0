"""Which of many candidates may be the best one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.distributions import student_quantile
from sim.stats.estimate import BoolArray, FloatArray, check_level, replicated
from sim.stats.intervals import mean_and_error
from sim.stats.pairing import simultaneous_intervals


def plausible_best(values: ArrayLike, confidence: float = 0.95, controls: int = 0) -> BoolArray:
    """[candidate] which candidates may have the largest mean; the others are surely beaten.

    values: [replication, candidate], a row with the same customers for all, more is better. A
        candidate with nan is none.
    controls: how many control variates were taken out of them (`sim.stats.control.controlled`).

    A candidate stays unless another is better by an interval that holds for all others together
    (`simultaneous_intervals`). The best one is dropped with probability 1 - confidence at most,
    whatever the means: only comparisons with it itself count, so that this costs no correction
    for all pairs. The one with the largest observed mean always stays; with a single replication
    all do.

    Source: subset selection, Gupta, Technometrics 7 (1965) 225, on paired differences.
    Raises ValueError unless `values` has two axes.
    """
    x = replicated(values, "values")
    check_level(confidence, "confidence")
    if x.ndim != 2:
        raise ValueError(f"values have shape {x.shape}, expected (replications, candidates)")
    known: BoolArray = np.asarray(~np.isnan(x).any(axis=0))
    stays = known.copy()
    if x.shape[0] > 1:
        columns = x[:, known]
        stays[known] = [
            not _beaten(columns - one[:, None], confidence, controls) for one in columns.T
        ]
    return np.asarray(stays)


def _beaten(differences: FloatArray, confidence: float, controls: int) -> bool:
    """Whether any of the differences to a candidate is surely positive.

    The joint quantile takes a while and lies between Student's and Bonferroni's: it is only asked
    for where these two disagree.
    """
    n, k = differences.shape
    used = n - controls
    mean, error = mean_and_error(differences)
    if not (mean > student_quantile(confidence, used - 1) * error).any():
        return False
    if (mean > student_quantile(1.0 - (1.0 - confidence) / k, used - 1) * error).any():
        return True
    together = simultaneous_intervals(differences, np.full(k, used, np.int64), confidence)
    return bool((together.low > 0.0).any())
