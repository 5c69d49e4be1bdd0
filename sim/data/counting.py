"""Numbers of things in words, and which things go together."""

from __future__ import annotations

import numpy as np

from sim.scenario.numbers import counted

__all__ = ["counted", "linked"]


def linked(size: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[things] number of the group of each: those of a pair, by their numbers, are in one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.ones(len(one)), (one.astype(int), other.astype(int))
    return np.asarray(connected_components(coo_array(pairs, (size, size)), directed=False)[1])
