"""What every interval function returns: a point, its bounds, and how many replications spoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Bounds(NamedTuple):
    """A number with its bounds; nan where there are none."""

    value: float
    low: float
    high: float


NO_BOUNDS = Bounds(np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point estimate with its confidence bounds, cell by cell.

    All four arrays have the same shape: that of the input without its first axis (the
    replications).

    value: the point, in the unit of the input; nan where it is undefined (0/0).
    low, high: the bounds; nan where the data allow none (fewer than two replications), infinite
        where they allow none on that side.
    n: the replications the interval rests on: those that observed anything in this cell.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray

    @property
    def bounds(self) -> Bounds:
        """Of its only cell."""
        return Bounds(*(one.item() for one in (self.value, self.low, self.high)))

    @property
    def half_width(self) -> FloatArray:
        """The larger of the two distances from the point to a bound."""
        return np.asarray(np.maximum(self.high - self.value, self.value - self.low))


def replicated(values: ArrayLike, name: str) -> FloatArray:
    """`values` as floats with at least one replication along the first axis, or ValueError."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[0] == 0:
        raise ValueError(f"{name}: the first axis must hold at least one replication")
    return array


def check_level(level: float, name: str) -> None:
    """Raise ValueError unless `level` is a probability strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"{name} must lie strictly between 0 and 1, not {level!r}")
