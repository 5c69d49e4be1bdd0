"""Histograms of waits: kept sparse in a tally, dense when quantiles are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.measures.components import CHANNEL, HISTOGRAMS, POOL, REASON, TOTAL, WINDOW
from sim.measures.facts import Facts
from sim.measures.ruler import Ruler
from sim.measures.slices import Slices
from sim.measures.tally import Sparse, Tally
from sim.stats import HISTOGRAM_BINS, histogram_bins
from sim.stats.histogram import LIMIT
from sim.tables import ContactLog, Ints, Numbers

LONGEST = LIMIT - 8.0
"""Waits that are longer (over two years) count as this long."""

KINDS = tuple(HISTOGRAMS)
"""The kinds of wait, numbered: answered, gave up."""


class Waits:
    """The histograms of one replication, while contacts are added."""

    def __init__(self, ruler: Ruler) -> None:
        self._window = ruler.clock.window
        self._counts = {
            by: np.zeros(len(KINDS) * ruler.slices.size(by) * HISTOGRAM_BINS, dtype=np.int64)
            for by in (CHANNEL, REASON, POOL, WINDOW)
            if ruler.slices.size(by)
        }

    def add(self, log: ContactLog, facts: Facts) -> None:
        """Add the contacts of a log that count."""
        for kind, rows in enumerate((facts.answered, facts.gave_up)):
            self._add(kind, rows[facts.counts[rows]], log, facts)

    def _add(self, kind: int, rows: Ints, log: ContactLog, facts: Facts) -> None:
        bins = histogram_bins(np.minimum(facts.wait[rows], LONGEST))
        for by, counts in self._counts.items():
            if by == WINDOW:
                group: Numbers = self._window[facts.segment[rows]]
            else:
                group = getattr(log, by)[rows]
            groups = len(counts) // (len(KINDS) * HISTOGRAM_BINS)
            # of a split's groups the last is for nobody: pool -1
            mine = counts.reshape(len(KINDS), -1)[kind]
            mine += np.bincount(group % groups * HISTOGRAM_BINS + bins, minlength=len(mine))

    def tally(self) -> dict[str, Sparse]:
        """By channel, reason, pool and window."""
        found = {}
        for by, counts in self._counts.items():
            index = np.flatnonzero(counts)
            found[by] = Sparse(index.astype(np.int32), counts[index].astype(np.int32))
        return found


def dense_waits(slices: Slices, tallies: Sequence[Tally], by: str, group: int) -> Ints:
    """[kind, replication, HISTOGRAM_BINS] the histograms of one group (of all, for the total)."""
    source = CHANNEL if by == TOTAL else by
    size = slices.size(source)
    counts = np.zeros((len(KINDS), len(tallies), HISTOGRAM_BINS), dtype=np.int64)
    for replication, tally in enumerate(tallies):
        sparse = tally.waits[source]
        cell, place = np.divmod(sparse.index, HISTOGRAM_BINS)
        kind, mine = np.divmod(cell, size)
        chosen = np.ones(len(mine), dtype=bool) if by == TOTAL else mine == group
        place = kind[chosen] * HISTOGRAM_BINS + place[chosen]
        flat = np.bincount(place, sparse.count[chosen], len(KINDS) * HISTOGRAM_BINS)
        counts[:, replication] = flat.reshape(len(KINDS), HISTOGRAM_BINS)
    return counts
