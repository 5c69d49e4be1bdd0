"""Where a curve passes through zero: break-even values, and where one option overtakes another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import nan

import numpy as np
from numpy.typing import ArrayLike

from sim.spans import union
from sim.stats.distributions import student_quantile
from sim.stats.estimate import FloatArray, check_level, replicated

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A stretch of the grid in which the curve may be zero.

    value: where the estimated curve changes its sign; nan if it does not, and zero is merely
        too near to be excluded.
    low, high: the ends of the stretch; nan where the data allow none (fewer than two
        replications).
    below, above: whether the stretch reaches the first or the last grid point, so that the place
        may lie beyond.
    rising: whether the curve goes from negative to positive at `value`.
    """

    value: float
    low: float
    high: float
    below: bool
    above: bool
    rising: bool


def crossings(
    places: ArrayLike, values: ArrayLike, confidence: float = 0.95, controls: int = 0
) -> list[Crossing]:
    """Where a curve through estimated means passes through zero, from left to right.

    places: [point] ascending, at least two.
    values: [replication, point], a row with the same customers at all points.
    controls: how many control variates were taken out of them (`sim.stats.control.controlled`).

    Between neighbours the curve is the straight line. Its height at any place is the mean of
    (1 - w) x left + w x right over replications, which has a Student interval of its own, paired;
    the stretches are the places whose interval holds zero (Fieller's set, segment by segment).
    So a place where the true broken line is zero lies within the stretches with probability
    `confidence`, exactly so for normal replications and whatever the slope: where the curve is
    flat the stretch is long, to the ends of the grid if need be. A point with nan is left out,
    and so are the segments beside it.

    Source: Fieller, J. R. Statist. Soc. B 16 (1954) 175, applied to a line between two means.
    Raises ValueError for places that do not ascend, or other shapes.
    """
    x, y = np.asarray(places, dtype=np.float64), replicated(values, "values")
    check_level(confidence, "confidence")
    if y.ndim != 2 or x.shape != y.shape[1:] or x.size < 2:
        raise ValueError(f"values have shape {y.shape}, places {x.shape}: not one curve")
    if not (np.diff(x) > 0.0).all():
        raise ValueError("places must ascend")
    mean = y.mean(axis=0)
    roots = _roots(x, mean)
    if y.shape[0] < 2:
        return [Crossing(root, nan, nan, False, False, rising) for root, rising in roots]
    stretches = union(
        [*_zero_possible(x, y, confidence, controls), *((root, root) for root, _ in roots)]
    )
    return [_crossing(stretch, roots, x) for stretch in stretches]


def _crossing(stretch: Span, roots: list[tuple[float, bool]], x: FloatArray) -> Crossing:
    """The stretch with its change of sign: of an odd number of them the one in the middle."""
    low, high = stretch
    inside = [one for one in roots if low <= one[0] <= high]
    value, rising = inside[len(inside) // 2] if len(inside) % 2 else (nan, False)
    return Crossing(value, low, high, bool(low <= x[0]), bool(high >= x[-1]), rising)


def _roots(x: FloatArray, mean: FloatArray) -> list[tuple[float, bool]]:
    """Where the estimated curve changes its sign, and whether it rises there.

    Points that are exactly zero stand for their whole run: the change is in its middle.
    """
    found = []
    known = np.flatnonzero(mean)  # nan is not zero
    for left, right in pairwise(known):
        if not mean[left] * mean[right] < 0.0:
            continue
        if right == left + 1:
            part = mean[left] / (mean[left] - mean[right])
            root = x[left] + part * (x[right] - x[left])
        else:
            root = (x[left + 1] + x[right - 1]) / 2.0
        found.append((float(root), bool(mean[right] > 0.0)))
    return found


def _zero_possible(x: FloatArray, y: FloatArray, confidence: float, controls: int) -> list[Span]:
    """The places within each segment at which zero lies in the interval of the curve's height."""
    n = y.shape[0]
    factor = float(student_quantile(confidence, n - 1 - controls)) ** 2 / (n * (n - 1))
    mean = y.mean(axis=0)
    rise, away = np.diff(mean), y - mean
    tilt = np.diff(away, axis=1)
    # (mean + rise w)^2 <= factor x sum of (away + tilt w)^2 over replications
    c = mean[:-1] ** 2 - factor * (away[:, :-1] ** 2).sum(axis=0)
    b = 2.0 * (mean[:-1] * rise - factor * (away[:, :-1] * tilt).sum(axis=0))
    a = rise**2 - factor * (tilt**2).sum(axis=0)
    return [
        (float(np.interp(low, (0.0, 1.0), ends)), float(np.interp(high, (0.0, 1.0), ends)))
        for k, ends in enumerate(pairwise(x))
        for low, high in _not_positive(a[k], b[k], c[k])
    ]


def _not_positive(a: float, b: float, c: float) -> list[Span]:
    """The parts of [0, 1] where a w^2 + b w + c <= 0."""
    root = b * b - 4.0 * a * c
    inner = [0.0, 1.0]
    if root > 0.0:
        # without the difference of nearly equal numbers
        q = -0.5 * (b + np.copysign(np.sqrt(root), b))
        inner += [float(one) for one in (q / a if a else nan, c / q if q else nan) if 0 < one < 1]
    inner.sort()
    middle = [(low, high) for low, high in pairwise(inner) if _height(a, b, c, low, high) <= 0.0]
    edges = [(at, at) for at in inner if a * at * at + b * at + c <= 0.0]
    return union([*middle, *edges])


def _height(a: float, b: float, c: float, low: float, high: float) -> float:
    at = (low + high) / 2.0
    return a * at * at + b * at + c
