"""Problems in whole numbers, solved by HiGHS, by way of scipy, without a word."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import scipy  # its optimisers and sparse tables are imported when one is used

from sim.tables import Floats, Ints

Numbers = Floats | Ints | float
Limit = tuple[Floats, Floats, dict[str, "scipy.sparse.csr_array"]]


class Problem:
    """What is to cost least: groups of variables by name, and limits on what they add up to.

    Every group is limited somewhere.
    """

    def __init__(self) -> None:
        self._groups: dict[str, tuple[Floats, ...]] = {}
        self._limits: list[Limit] = []

    def add(self, name: str, cost: Floats, most: Numbers = np.inf, *, whole: bool = False) -> None:
        """More variables, of 0 or more, at most so large; cost: of one of each."""
        self._groups[name] = (cost, *np.broadcast_arrays(cost, most, float(whole))[1:])

    def limit(
        self, low: Numbers, high: Numbers = np.inf, **tables: Floats | Ints | scipy.sparse.csr_array
    ) -> None:
        """What tables [row, variable] of some groups add up to, each times its variables."""
        known = {name: scipy.sparse.csr_array(one) for name, one in tables.items()}
        rows = next(iter(known.values())).shape[:1]
        self._limits.append((np.broadcast_to(low, rows), np.broadcast_to(high, rows), known))

    def least(self, *, gap: float = 0.0, nodes: int = 2**31 - 1) -> dict[str, Floats] | None:
        """The variables that cost least, by group; None if nothing was found.

        Args:
            gap: what is good enough, relative. nodes: after how many to stop.
        """
        cost, most, whole = map(np.concatenate, zip(*self._groups.values(), strict=True))
        low, high, tables = zip(*self._limits, strict=True)
        table = scipy.sparse.block_array(
            [[one.get(name) for name in self._groups] for one in tables]
        )
        limits = scipy.optimize.LinearConstraint(table, np.concatenate(low), np.concatenate(high))
        with _silence():
            found = scipy.optimize.milp(
                cost,
                integrality=whole,
                bounds=scipy.optimize.Bounds(0.0, most),
                constraints=limits,
                options={"mip_rel_gap": gap, "node_limit": nodes},
            )
        if found.x is None:
            return None
        ends = np.cumsum([len(cost) for cost, *_ in self._groups.values()])
        return dict(zip(self._groups, np.split(found.x, ends[:-1]), strict=True))


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
