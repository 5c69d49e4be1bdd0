"""Histograms of waits: kept sparse in a tally, dense when quantiles are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.measures.catalogue import CHANNEL, HISTOGRAMS, POOL, REASON, TOTAL, WINDOW
from sim.measures.facts import Facts
from sim.measures.ruler import Ruler
from sim.measures.slices import Slices
from sim.measures.tally import Sparse, Tally
from sim.stats import HISTOGRAM_BINS, histogram_bins
from sim.stats.histogram import LIMIT
from sim.tables import ContactLog, Ints

LONGEST = LIMIT - 8.0
"""Waits that are longer (over two years) count as this long."""

KINDS = tuple(HISTOGRAMS)
"""The kinds of wait, numbered: answered, gave up."""


def tally_waits(ruler: Ruler, log: ContactLog, facts: Facts) -> dict[str, Sparse]:
    """The histograms of one replication, by channel, reason, pool and window."""
    rows = np.concatenate([facts.answered, facts.gave_up])
    kind = np.repeat([0, 1], [len(facts.answered), len(facts.gave_up)])
    counted = facts.counts[rows]
    rows, kind = rows[counted], kind[counted]
    bins = histogram_bins(np.minimum(facts.wait[rows], LONGEST))
    groups: dict[str, Ints] = {
        CHANNEL: log.channel[rows],
        REASON: log.reason[rows],
        POOL: log.pool[rows],
        WINDOW: ruler.clock.window[facts.segment[rows]],
    }
    found = {}
    for by, group in groups.items():
        size = ruler.slices.size(by)
        if size:
            where = (kind * size + np.where(group < 0, size - 1, group)) * HISTOGRAM_BINS + bins
            counts = np.bincount(where, minlength=1)
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
