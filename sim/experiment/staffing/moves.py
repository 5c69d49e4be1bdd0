"""What the search tries around a plan in the end: heads of some duties for those of others."""

from __future__ import annotations

import itertools

import numpy as np

from sim.tables import Floats

FEW_DUTIES, PROMISING = 12, 5
"""With so few all single changes and exchanges are tried; with more only so many of each that
promise most, for the solver has weighed them already."""

FEW_KINDS, STEPS = 4, (2, 4)
"""Of so few duties many heads are exchanged at a time too: so many."""

Move = dict[int, int]
"""By how many heads some duties change."""


def moves(gains: Floats) -> list[Move]:
    """The changes to try, the most promising first.

    Args:
        gains: [D] how much one head more of a duty brings for what it costs.
    """
    D, order = len(gains), np.argsort(gains).tolist()
    if D > FEW_DUTIES:  # where a head less saves most for what it costs, where one more gives most
        less, more = order[:PROMISING], order[: -PROMISING - 1 : -1]
        single = [*({one: -1} for one in less), *({one: 1} for one in more)]
        return [*single, *({a: -1, b: 1} for a, b in zip(less, more, strict=True))]
    found: list[Move] = [{one: by} for by in (-1, 1) for one in range(D)]
    found += [{a: -1, b: 1} for a, b in itertools.permutations(range(D), 2)]
    pairs = itertools.combinations(range(min(D, 6)), 2)
    found += [{a: -1, b: -1, c: 1} for a, b in pairs for c in range(max(D - 6, 0), D)]
    if D <= FEW_KINDS:
        found += _far(D)
    return found


def _far(duties: int) -> list[Move]:
    """Several heads of one or two duties for those of another.

    Who answers everything makes up for a little of each only where there are many of them, which
    single steps do not show.
    """
    pairs = itertools.permutations(range(duties), 2)
    found = [{a: -k, b: k} for a, b in pairs for k in STEPS]
    for c in range(duties):
        others = [one for one in range(duties) if one != c]
        for (a, b), k in itertools.product(itertools.combinations(others, 2), (1, *STEPS)):
            found += [{a: -k, b: -k, c: 2 * k - less} for less in (1, 0)]
    return found
