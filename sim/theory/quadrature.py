"""Integrals of functions that may jump, kink or peak sharply: adaptive panels of Gauss points."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
"""A function of an array of any length, element by element."""

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_TOLERANCE = 1e-13
_SPLITS = 60
_SPLIT_AT = 0.4597  # not 1/2: in the middle of a panel a jump would go unnoticed, by symmetry


class Cumulative:
    """x -> integral of f from edges[0] to x, for x within the given increasing edges.

    Panels between the edges are split until that changes nothing (1e-13 of the integral of |f|),
    at most 60 times, which leaves of a jump 1e-15 of its panel.
    """

    def __init__(self, f: Function, edges: Floats) -> None:
        self._f = f
        self.edges = _refined(f, edges)
        self._sums = np.concatenate(([0.0], np.cumsum(panels(f, self.edges))))

    @property
    def total(self) -> float:
        """Integral over all panels."""
        return float(self._sums[-1])

    def __call__(self, x: Floats) -> Floats:
        i = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, self.edges.size - 2)
        part: Floats = self._sums[i] + _gauss(self._f, self.edges[i], x)
        return part


def panels(f: Function, edges: Floats) -> Floats:
    """Integral of f between each two neighbouring edges, without refinement."""
    return _gauss(f, edges[:-1], edges[1:])


def _gauss(f: Function, low: Floats, high: Floats) -> Floats:
    half = (high - low) / 2.0
    x = (low + half)[:, None] + half[:, None] * _POINTS
    values: Floats = half * (f(x.ravel()).reshape(x.shape) @ _WEIGHTS)
    return values


def _refined(f: Function, edges: Floats) -> Floats:
    low, high = edges[:-1], edges[1:]
    whole = _gauss(f, low, high)
    tolerance = _TOLERANCE * float(np.abs(whole).sum())
    found = [edges]
    for _ in range(_SPLITS):
        middle = low + _SPLIT_AT * (high - low)
        left, right = _gauss(f, low, middle), _gauss(f, middle, high)
        rough = np.abs(left + right - whole) > tolerance
        if not rough.any():
            break
        found.append(middle[rough])
        low, high, whole = (
            np.concatenate((a[rough], b[rough]))
            for a, b in ((low, middle), (middle, high), (left, right))
        )
    return np.unique(np.concatenate(found))
