"""A problem in whole numbers, solved by HiGHS, by way of scipy, without a word."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import scipy  # its optimisers are imported when one is used

from sim.tables import Floats, Ints


def solved(
    cost: Floats,
    whole: Ints,
    bounds: scipy.optimize.Bounds,
    limits: Sequence[scipy.optimize.LinearConstraint],
    *,
    gap: float = 0.0,
    nodes: int = 2**31 - 1,
) -> scipy.optimize.OptimizeResult:
    """The least cost within the limits; `x` is None if nothing was found.

    Args:
        cost: [variable] what one costs.
        whole: [variable] 1 for whole numbers.
        bounds, limits: as of `scipy.optimize.milp`.
        gap: what is good enough, relative; nodes: after how many to stop.
    """
    with _silence():
        return scipy.optimize.milp(
            cost,
            integrality=whole,
            bounds=bounds,
            constraints=limits,
            options={"mip_rel_gap": gap, "node_limit": nodes},
        )


@contextmanager
def _silence() -> Iterator[None]:
    """HiGHS prints remarks that no option stops, straight to where the answer goes."""
    try:
        kept = os.dup(1)
    except OSError:  # there is no output
        yield
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    try:
        yield
    finally:
        library = ctypes.CDLL(None) if os.name == "posix" else ctypes.CDLL("ucrtbase")
        library.fflush(None)  # what was printed waits there
        os.dup2(kept, 1)
        os.close(kept)
