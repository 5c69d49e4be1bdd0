"""Control variates: what is known of the luck of each replication is taken out of its results.

How many customers came in a replication is luck; how many come on average is known exactly. Least
squares of a result on such controls, each less its known mean, gives the result for average luck.
The controls are chosen beforehand, never by how much they explain.

Sources: Lavenberg & Welch, Management Science 27 (1981) 322; Nelson, Operations Research 38 (1990)
974, on the jackknife where they are not normal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.stats.estimate import FloatArray

REPLICATIONS_A_CONTROL = 5

MOST_OF_ONE = 0.9
"""Of the size of a control: a single replication that has more decides its coefficient alone."""


def most_controls(replications: int) -> int:
    """So many controls at most: fewer than a fifth of the replications."""
    return max((replications - 1) // REPLICATIONS_A_CONTROL, 0)


def usable(controls: FloatArray, replications: int) -> FloatArray:
    """[replication, control] those that are used with so many replications, as of `places`."""
    return controls[:replications, places(controls, replications)]


def places(controls: FloatArray, replications: int) -> list[int]:
    """Which controls are used with so many replications: the first ones.

    controls: [replication, control] less their means, the most telling first. Those that never
        vary, follow from the ones before, or vary for the most part in one replication, are
        passed over.
    """
    kept: list[int] = []
    basis = np.ones((replications, 1)) / np.sqrt(replications)
    for place, column in enumerate(controls[:replications].T):
        if len(kept) == most_controls(replications):
            break
        rest = column - basis @ (basis.T @ column)
        size = float(np.sqrt(rest @ rest))
        varies = size > 1e-9 * max(float(np.sqrt(column @ column)), 1e-300) and size > 0.0
        if varies and float(np.abs(rest).max()) <= MOST_OF_ONE * size:
            kept.append(place)
            basis = np.concatenate([basis, rest[:, None] / size], axis=1)
    return kept


def coefficients(values: FloatArray, controls: FloatArray) -> FloatArray:
    """[control, ...] least squares of values, [replication, ...], on controls and a constant."""
    flat = values.reshape(len(values), -1)
    found = _regression(controls).solver @ flat
    return np.asarray(found[1:].reshape(controls.shape[1], *values.shape[1:]))


class _Regression(NamedTuple):
    """On some controls and a constant.

    design: [replication, coefficient] ones, then the controls.
    solver: [coefficient, replication] what gives the coefficients, the constant's first.
    scale: of the residuals, so that their plain standard error is the constant's.
    weights: [replication] of the residuals in the jackknife's pseudo-values of the constant.
    """

    design: FloatArray
    solver: FloatArray
    scale: float
    weights: FloatArray


def _regression(controls: FloatArray) -> _Regression:
    return _solved(*controls.shape, np.ascontiguousarray(controls, np.float64).tobytes())


@lru_cache(maxsize=32)  # a study asks thousands of times with the same controls
def _solved(n: int, k: int, controls: bytes) -> _Regression:
    columns = np.frombuffer(controls).reshape(n, k)
    design = np.concatenate([np.ones((n, 1)), columns], axis=1)
    solver = np.linalg.pinv(design)
    variance = float((solver[0] ** 2).sum())  # of the constant, in that of the residuals
    without = np.maximum(1.0 - (design * solver.T).sum(axis=1), 1e-9)
    scale = float(np.sqrt((n - 1) / (n - 1 - k) * n * variance))
    return _Regression(design, solver, scale, (n - 1) * solver[0] / without)


def controlled(
    values: FloatArray, controls: FloatArray | None, *, jackknife: bool
) -> tuple[FloatArray, int]:
    """Values whose plain mean and standard error are those with controls, and how many there are.

    values: [replication, ...]; cells with nan stay as they are.
    controls: [replication, control] as of `usable`; None for none.
    jackknife: for ratios and shares; without it for totals.

    The mean of what is given back is the intercept of the regression, and its plain standard
    error (root of the squares about the mean / n (n - 1)) is that of the intercept: the textbook's,
    or the jackknife's, whose mean is without the bias of order 1/n. Use Student's quantile with
    n - 1 - k degrees of freedom. The textbook's is exact for jointly normal values and controls,
    and 93 to 95 % for totals as revenue, which flatten in busy weeks. Service levels and waits are
    far from straight lines in the controls, and vary more in busy weeks: there the textbook's 95 %
    are down to 81, while the jackknife's are as many as without controls; where all is normal it
    promises up to two points less than it holds (tests/stats/test_control.py).
    Differences of columns are controlled like the columns: all of it is linear in the values.
    """
    n = len(values)
    if controls is None or controls.shape[1] == 0:
        return values, 0
    flat = values.reshape(n, -1)
    known = np.isfinite(flat).all(axis=0)
    out = flat.astype(np.float64).copy()
    by = _regression(controls)
    found = by.solver @ flat[:, known]
    weights = by.weights[:, None] if jackknife else by.scale
    out[:, known] = found[0] + weights * (flat[:, known] - by.design @ found)
    return out.reshape(values.shape), controls.shape[1]
