"""Control variates: what is known of the luck of each replication is taken out of its results.

How many customers came in a replication is luck; how many come on average is known exactly. Least
squares of a result on such controls, each less its known mean, gives the result for average luck.
The controls are chosen beforehand, never by how much they explain.

Sources: Lavenberg & Welch, Management Science 27 (1981) 322; Nelson, Operations Research 38 (1990)
974.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.stats.estimate import FloatArray

REPLICATIONS_A_CONTROL = 5


def most_controls(replications: int) -> int:
    """So many controls at most: fewer than a fifth of the replications."""
    return max((replications - 1) // REPLICATIONS_A_CONTROL, 0)


def usable(controls: FloatArray, replications: int) -> FloatArray:
    """[replication, control] those that are used with so many replications: the first ones.

    controls: [replication, control] less their means, the most telling first. Those that never
        vary, or follow from the ones before, are passed over.
    """
    kept: list[FloatArray] = []
    basis = np.ones((replications, 1)) / np.sqrt(replications)
    for column in controls[:replications].T:
        if len(kept) == most_controls(replications):
            break
        rest = column - basis @ (basis.T @ column)
        size = float(np.sqrt(rest @ rest))
        if size > 1e-9 * max(float(np.sqrt(column @ column)), 1e-300) and size > 0.0:
            kept.append(column)
            basis = np.concatenate([basis, rest[:, None] / size], axis=1)
    return np.stack(kept, axis=1) if kept else np.zeros((replications, 0))


def coefficients(values: FloatArray, controls: FloatArray) -> FloatArray:
    """[control, ...] least squares of values, [replication, ...], on controls and a constant."""
    flat = values.reshape(len(values), -1)
    found = _regression(controls).solver @ flat
    return np.asarray(found[1:].reshape(controls.shape[1], *values.shape[1:]))


class _Regression(NamedTuple):
    """On some controls and a constant.

    solver: [coefficient, replication] what gives the coefficients, the constant's first.
    weight: the variance of the constant, in that of the residuals.
    """

    solver: FloatArray
    weight: float


def _regression(controls: FloatArray) -> _Regression:
    return _solved(*controls.shape, np.ascontiguousarray(controls, np.float64).tobytes())


@lru_cache(maxsize=32)  # a study asks thousands of times with the same controls
def _solved(replications: int, number: int, controls: bytes) -> _Regression:
    columns = np.frombuffer(controls).reshape(replications, number)
    design = np.concatenate([np.ones((replications, 1)), columns], axis=1)
    solver = np.linalg.pinv(design)
    return _Regression(solver, float(np.linalg.pinv(design.T @ design)[0, 0]))


def controlled(values: FloatArray, controls: FloatArray | None) -> tuple[FloatArray, int]:
    """Values whose plain mean and standard error are those with controls, and how many there are.

    values: [replication, ...]; cells with nan stay as they are.
    controls: [replication, control] as of `usable`; None for none.

    The mean of what is given back is the intercept of the regression, and its plain standard
    error (root of the squares about the mean / n (n - 1)) is that of the intercept: residuals
    have n - 1 - k degrees of freedom, and the controls' own mean error counts. Both are exact for
    jointly normal values and controls; use Student's quantile with n - 1 - k degrees of freedom.
    Differences of columns are controlled like the columns: least squares is linear.
    """
    n = len(values)
    if controls is None or controls.shape[1] == 0:
        return values, 0
    k = controls.shape[1]
    flat = values.reshape(n, -1)
    known = np.isfinite(flat).all(axis=0)
    out = flat.astype(np.float64).copy()
    moved = flat[:, known] - controls @ coefficients(flat[:, known], controls)
    mean = moved.mean(axis=0)
    wider = np.sqrt((n - 1) / (n - 1 - k) * n * _regression(controls).weight)
    out[:, known] = mean + (moved - mean) * wider
    return out.reshape(values.shape), k
