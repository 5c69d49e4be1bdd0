"""Histograms of waits: kept sparse in a tally, dense when quantiles are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.measures.basis import Basis
from sim.measures.components import CHANNEL, HISTOGRAMS, TOTAL, WINDOW
from sim.measures.contacts import GROUPS
from sim.measures.facts import Facts
from sim.measures.slices import Slices
from sim.measures.tallies import Tallies
from sim.measures.tally import OF_WAITS, Sparse
from sim.stats.histogram import HISTOGRAM_BINS, LIMIT, histogram_bins
from sim.tables import Floats, Ints, Numbers

LONGEST = LIMIT - 8.0
"""Waits that are longer (over two years) count as this long."""

KINDS = tuple(HISTOGRAMS)
"""The kinds of wait, numbered: answered, gave up."""


class Waits:
    """The histograms of one replication, while contacts are added."""

    def __init__(self, basis: Basis) -> None:
        self._window = basis.clock.window
        self._groups = {by: n for by in OF_WAITS if (n := basis.slices.size(by))}
        self._counts: dict[str, Ints] = {}

    def add(self, facts: Facts) -> None:
        """Add the contacts of a log that count."""
        found = [rows[facts.counts[rows]] for rows in (facts.answered, facts.gave_up)]
        rows = np.concatenate(found)
        kind = np.repeat(np.arange(len(KINDS)), [len(some) for some in found])
        bins = histogram_bins(np.minimum(facts.wait[rows], LONGEST))
        for by, groups in self._groups.items():
            if by == WINDOW:
                group: Numbers = self._window[facts.segment[rows]]
            else:
                group = GROUPS[by](facts)[rows]
            group[group < 0] += groups  # of a split's groups the last is for nobody: pool -1
            place = (kind * groups + group) * HISTOGRAM_BINS + bins
            counts = np.bincount(place, minlength=len(KINDS) * groups * HISTOGRAM_BINS)
            self._counts[by] = counts + self._counts[by] if by in self._counts else counts

    def tally(self) -> dict[str, Sparse]:
        """By each of `OF_WAITS`."""
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

    def below(self, places: Sequence[Place]) -> Iterator[tuple[int, range, Floats, Floats]]:
        """How many waits lie at or below each place, and of how many.

        As many places and groups in one reading as memory allows: unpacking takes longer than
        counting.

        Yields:
            The number of a place, some of the groups, and [replication, group] both counts.
        """
        every = self.pooled.shape[1]
        room = self._tallies.at_once
        together = max(1, min(len(places), room))
        groups_together = max(1, room // together)
        for first in range(0, len(places), together):
            some = places[first : first + together]
            for begin in range(0, every, groups_together):
                groups = range(begin, min(begin + groups_together, every))
                for number, counts in enumerate(self._counted(some, groups)):
                    yield first + number, groups, *counts

    def _counted(self, places: Sequence[Place], groups: range) -> list[Floats]:
        """Of each place [below or all, replication, group] the numbers of waits."""
        found = [np.zeros((2, len(self._tallies), len(groups))) for _ in places]
        done = 0
        for lengths, *bins_filled in self._tallies.waits(self._source):
            row = np.repeat(np.arange(len(lengths)), lengths)
            row, kind, group, bin_, several = self._of(groups, row, *bins_filled)
            cells = row * len(groups) + group - groups.start
            size = len(lengths) * len(groups)
            some = slice(done, done + len(lengths))
            for kinds in {tuple(kinds) for kinds, _, _ in places}:
                mine = np.flatnonzero(np.isin(kind, kinds))
                waits, of = several[mine], group[mine]
                every = np.bincount(cells[mine], waits, size).reshape(len(lengths), -1)
                for (below, all_), (other, bins, part) in zip(found, places, strict=True):
                    if tuple(other) != kinds:
                        continue
                    upto = np.where(bin_[mine] == bins[of], part[of], bin_[mine] < bins[of])
                    counted = np.bincount(cells[mine], waits * upto, size)
                    below[some], all_[some] = counted.reshape(len(lengths), -1), every
            done += len(lengths)
        return found

    def _of(self, groups: range, row: Ints, index: Ints, count: Ints) -> tuple[Ints, ...]:
        """Of these groups: replication, kind, group and bin of what is filled, and by how much."""
        cell, bin_ = np.divmod(index, HISTOGRAM_BINS)
        kind, group = np.divmod(cell, self._groups)
        if self._whole:
            group = np.zeros_like(group)
        filled = (row, kind, group, bin_, count)
        if len(groups) == self.pooled.shape[1]:
            return filled
        here = (group >= groups.start) & (group < groups.stop)
        return tuple(column[here] for column in filled)
