"""Numbers of things in words, and which things go together."""

from __future__ import annotations

import numpy as np


def counted(number: float, one: str, several: str = "") -> str:
    """`1 day`, `1,240 days`; `several` where it is not the word with an s."""
    return f"{number:,.0f} {one if number == 1 else several or f'{one}s'}"


def linked(size: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """[things] number of the group of each: those of a pair, by their numbers, are in one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.ones(len(one)), (one.astype(int), other.astype(int))
    return np.asarray(connected_components(coo_array(pairs, (size, size)), directed=False)[1])
