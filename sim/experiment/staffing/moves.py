"""What the search tries around a plan in the end: heads of some duties for those of others."""

from __future__ import annotations

import itertools

import numpy as np

from sim.tables import Floats

FEW_DUTIES = 12
"""So few are polished with every exchange; of more only the most promising."""

FEW_KINDS, STEPS = 4, (2, 4)
"""Of so few duties many heads are exchanged at a time too: so many."""

Move = dict[int, int]
"""By how many heads some duties change."""


def moves(gains: Floats) -> list[Move]:
    """The changes to try, the most promising first.

    Args:
        gains: [D] how much one head more of a duty brings for what it costs.
    """
    D = len(gains)
    if D <= FEW_DUTIES:
        pick = list(range(D))
        down, up = pick, pick
    else:  # where a head less saves most for what it costs, where one more gives most
        order = np.argsort(gains)
        down, up = order[:10].tolist(), order[-10:].tolist()
    less = list(range(D)) if D <= FEW_DUTIES else np.argsort(gains)[:40].tolist()
    found: list[Move] = [{one: -1} for one in less]
    found += [{one: 1} for one in (range(D) if D <= FEW_DUTIES else up)]
    found += [{a: -1, b: 1} for a in down for b in up if a != b]
    found += [{a: -1, b: -1, c: 1} for a, b in itertools.combinations(down[:6], 2) for c in up[-6:]]
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
