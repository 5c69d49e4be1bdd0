"""Histograms of waits: kept sparse in a tally, dense when quantiles are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.measures.basis import Basis
from sim.measures.components import CHANNEL, HISTOGRAMS, POOL, REASON, TOTAL, WINDOW
from sim.measures.facts import Facts
from sim.measures.slices import Slices
from sim.measures.tallies import Tallies
from sim.measures.tally import Sparse
from sim.stats import HISTOGRAM_BINS, histogram_bins
from sim.stats.histogram import LIMIT
from sim.tables import ContactLog, Floats, Ints, Numbers

LONGEST = LIMIT - 8.0
"""Waits that are longer (over two years) count as this long."""

KINDS = tuple(HISTOGRAMS)
"""The kinds of wait, numbered: answered, gave up."""


class Waits:
    """The histograms of one replication, while contacts are added."""

    def __init__(self, basis: Basis) -> None:
        self._window = basis.clock.window
        self._counts = {
            by: np.zeros(len(KINDS) * basis.slices.size(by) * HISTOGRAM_BINS, dtype=np.int64)
            for by in (CHANNEL, REASON, POOL, WINDOW)
            if basis.slices.size(by)
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


Place = tuple[Sequence[int], Ints, Floats]
"""Kinds of wait, together; [group] a place among them, as `sim.stats.histogram.locate` says it."""


class WaitHistograms:
    """The histograms of all groups of a split over many replications, read as often as needed.

    Those of the total are those of all channels together.

    pooled: [kind, group, HISTOGRAM_BINS] of all replications together.
    """

    def __init__(self, slices: Slices, tallies: Tallies, by: str) -> None:
        self._tallies, self._whole = tallies, by == TOTAL
        self._source = CHANNEL if by == TOTAL else by
        self._groups = slices.size(self._source)
        pooled = np.zeros(len(KINDS) * self._groups * HISTOGRAM_BINS, dtype=np.int64)
        for _, index, count in tallies.waits(self._source):
            pooled += np.bincount(index, count, len(pooled)).astype(np.int64)
        split = pooled.reshape(len(KINDS), self._groups, HISTOGRAM_BINS)
        self.pooled: Ints = split.sum(axis=1, keepdims=True) if self._whole else split

    def below(self, places: Sequence[Place]) -> list[tuple[Floats, Floats]]:
        """Of each place, [replication, group] how many waits lie at or below it, and of how many.

        All in one reading: unpacking takes longer than counting.
        """
        groups = self.pooled.shape[1]
        counts: list[list[Floats]] = [[] for _ in places]
        for lengths, index, count in self._tallies.waits(self._source):
            cell, bin_ = np.divmod(index, HISTOGRAM_BINS)
            kind, group = np.divmod(cell, self._groups)
            if self._whole:
                group = np.zeros_like(group)
            row = np.repeat(np.arange(len(lengths)), lengths) * groups + group
            size = len(lengths) * groups
            for found, (kinds, bins, part) in zip(counts, places, strict=True):
                weight = np.where(np.isin(kind, kinds), count, 0)
                upto = np.where(bin_ == bins[group], part[group], bin_ < bins[group])
                both = np.bincount(row, weight * upto, size), np.bincount(row, weight, size)
                found.append(np.reshape(both, (2, len(lengths), groups)))
        return [tuple(np.concatenate(found, axis=1)) for found in counts]
