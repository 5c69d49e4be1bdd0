"""Sums by slice while a replication is added up: where contacts count, and what is put there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measures.catalogue import (
    CHANNEL,
    COMPONENTS,
    DAY,
    HOUR,
    POOL,
    REASON,
    SOURCE,
    TOTAL,
    WINDOW,
)
from sim.measures.ruler import Ruler
from sim.measures.tally import COLUMN
from sim.tables import Floats, Ints


@dataclass(frozen=True)
class Places:
    """Where each of n contacts (or customers) counts.

    kind: [n] cell of [channel, reason, pool], the last pool for nobody; time: [n] segment.
    One cell past the last holds what does not count.
    """

    kind: Ints
    time: Ints

    def of(self, rows: Ints) -> Places:
        """The places of some of them."""
        return Places(self.kind[rows], self.time[rows])


def places(
    ruler: Ruler,
    channel: Ints,
    reason: Ints,
    pool: Ints,
    segment: Ints,
    counted: np.ndarray | None = None,
) -> Places:
    """The places of contacts; `pool` is -1 for nobody; all count if `counted` is not given."""
    channels, reasons, pools = ruler.shape
    nobody = np.where(pool < 0, pools - 1, pool)
    kind = (channel * reasons + reason) * pools + nobody
    if counted is None or counted.all():
        return Places(kind, segment)
    past = (channels * reasons * pools, len(ruler.clock.window))
    return Places(np.where(counted, kind, past[0]), np.where(counted, segment, past[1]))


class Sums:
    """Sums of all components by slice, while they are being filled in."""

    def __init__(self, ruler: Ruler) -> None:
        self.ruler = ruler
        self.values = np.zeros((len(ruler.slices), len(COMPONENTS)))
        clock = ruler.clock
        self._of_segment = {WINDOW: clock.window, DAY: clock.day, HOUR: clock.hour}

    def add(self, name: str, at: Places, weights: Floats | None = None) -> None:
        """Add 1, or the weight, at each place."""
        if len(at.kind) == 0:
            return
        self.put_kinds(name, np.bincount(at.kind, weights, self.kinds + 1)[: self.kinds])
        self.put_segments(name, np.bincount(at.time, weights, self.segments + 1)[: self.segments])

    @property
    def kinds(self) -> int:
        """Cells of [channel, reason, pool]."""
        return int(np.prod(self.ruler.shape))

    @property
    def segments(self) -> int:
        """Segments of the clock."""
        return len(self.ruler.clock.window)

    def put_kinds(self, name: str, sums: np.ndarray) -> None:
        """Total, channel, reason and pool from sums by [channel, reason, pool]."""
        cells = sums.reshape(self.ruler.shape)
        by_channel = cells.sum(axis=2)
        self._put(name, TOTAL, by_channel.sum())
        self._put(name, CHANNEL, by_channel.sum(axis=1))
        self._put(name, REASON, by_channel.sum(axis=0))
        if POOL in COMPONENTS[name].splits:
            self._put(name, POOL, cells.sum(axis=(0, 1)))

    def put_segments(self, name: str, sums: np.ndarray) -> None:
        """Window, day and hour from sums by segment (of all, or of the counted days)."""
        for by, group in self._of_segment.items():
            size = self.ruler.slices.size(by)
            if size:
                self._put(name, by, np.bincount(group[: len(sums)], sums, size))

    def put_agents(self, name: str, sums: np.ndarray) -> None:
        """Total, pool, window, day and hour from sums by [pool, counted segment]."""
        by_pool = sums.sum(axis=1)
        self._put(name, TOTAL, by_pool.sum())
        self._put(name, POOL, np.append(by_pool, 0.0))
        self.put_segments(name, sums.sum(axis=0))

    def put_everywhere(self, name: str, value: float) -> None:
        """The same in the total and in every channel, reason, pool and source."""
        for by in (TOTAL, CHANNEL, REASON, POOL, SOURCE):
            self._put(name, by, value)

    def of(self, by: str) -> Floats:
        """[group of the split, component] what has been put there; changes change the sums."""
        return self.values[self.ruler.slices.of(by)]

    def _put(self, name: str, by: str, sums: np.ndarray | float) -> None:
        self.values[self.ruler.slices.of(by), COLUMN[name]] = sums
