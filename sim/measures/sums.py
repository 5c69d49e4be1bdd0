"""Sums by slice while a replication is added up: where contacts count, and what is put there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from sim.measures.basis import Basis
from sim.measures.components import AGENT, CHANNEL, COMPONENTS, POOL, REASON, SOURCE, TOTAL
from sim.measures.tally import COLUMN
from sim.tables import Floats, Ints, Numbers


@dataclass(frozen=True)
class Places:
    """Where each of n contacts (or customers) counts.

    kind: [n] cell of [channel, reason, pool], the last pool for nobody; time: [n] segment.
    One cell past the last holds what does not count.
    """

    kind: Ints
    time: Ints

    def of(self, rows: Numbers | slice) -> Places:
        """The places of some of them."""
        return Places(self.kind[rows], self.time[rows])


def places(
    basis: Basis,
    channel: Numbers,
    reason: Numbers,
    pool: Numbers,
    segment: Ints,
    counted: np.ndarray | None = None,
) -> Places:
    """The places of contacts; `pool` is -1 for nobody; all count if `counted` is not given."""
    channels, reasons, pools = basis.shape
    nobody = np.where(pool < 0, pools - 1, pool)
    kind = (channel.astype(np.int64) * reasons + reason) * pools + nobody
    if counted is None or counted.all():
        return Places(kind, segment)
    past = (channels * reasons * pools, len(basis.clock.window))
    return Places(np.where(counted, kind, past[0]), np.where(counted, segment, past[1]))


class Sums:
    """Sums of all components by slice, while they are being filled in.

    Contacts and customers are added up by cell and by segment, component by component; `settle`
    adds those up by slice, all components at once. What is put for a component that is not wanted
    is left out.
    """

    def __init__(self, basis: Basis, wanted: Collection[str] = COMPONENTS) -> None:
        self.basis, self._wanted = basis, wanted
        self.values = np.zeros((len(basis.slices), len(COMPONENTS)))
        self._by_kind: dict[str, np.ndarray] = {}
        self._by_segment: dict[str, np.ndarray] = {}

    def wants(self, *names: str) -> bool:
        """Whether any of these components is wanted; else what makes them need not be found."""
        return any(name in self._wanted for name in names)

    def add(self, name: str, at: Places, weights: Floats | None = None) -> None:
        """Add 1, or the weight, at each place."""
        if name not in self._wanted or len(at.kind) == 0:
            return
        kinds, segments = self._sizes
        self.put_kinds(name, np.bincount(at.kind, weights, kinds + 1)[:-1])
        self.put_segments(name, np.bincount(at.time, weights, segments + 1)[:-1])

    def add_codes(self, at: Places, code: np.ndarray, names: dict[str, np.ndarray]) -> None:
        """Add 1 at each place to every component that counts the code there.

        Args:
            at: the places.
            code: [place] small whole numbers.
            names: component -> [code] whether it counts it; equally long.
        """
        names = {name: counted for name, counted in names.items() if name in self._wanted}
        if not names or len(at.kind) == 0:
            return
        kinds, segments = self._sizes
        codes = len(next(iter(names.values())))
        by_kind = np.bincount(at.kind * codes + code, minlength=(kinds + 1) * codes)
        by_segment = np.bincount(at.time * codes + code, minlength=(segments + 1) * codes)
        by_kind, by_segment = (sums.reshape(-1, codes)[:-1] for sums in (by_kind, by_segment))
        for name, counted in names.items():
            found = by_kind[:, counted].sum(axis=1)
            if found.any():
                self.put_kinds(name, found)
                self.put_segments(name, by_segment[:, counted].sum(axis=1))

    def add_flags(self, at: Places, flags: dict[str, np.ndarray]) -> None:
        """Add 1 at each place where its flag, [place] true or false, is up; a few at a time."""
        code = np.zeros(len(at.kind), dtype=np.int64)
        for bit, flag in enumerate(flags.values()):
            code |= flag.astype(np.int64) << bit
        codes = np.arange(1 << len(flags))
        self.add_codes(at, code, {name: codes >> bit & 1 == 1 for bit, name in enumerate(flags)})

    @property
    def _sizes(self) -> tuple[int, int]:
        """Cells of [channel, reason, pool], and segments of the clock."""
        channels, reasons, pools = self.basis.shape
        return channels * reasons * pools, len(self.basis.clock.window)

    def put_kinds(self, name: str, sums: np.ndarray) -> None:
        """Sums by [channel, reason, pool], for total, channel, reason and pool."""
        if name in self._wanted:
            _add(self._by_kind, name, sums.ravel())

    def put_segments(self, name: str, sums: np.ndarray) -> None:
        """Sums by segment (of all, or of the counted days), for window, day and hour."""
        if name in self._wanted:
            _add(self._by_segment, name, sums)

    def put_agents(self, named: dict[str, Floats]) -> None:
        """Total, pool, window, day and hour from sums by [pool, counted segment]."""
        names = [name for name in named if name in self._wanted]
        if not names:
            return
        sums = np.stack([named[name] for name in names])
        by_pool = sums.sum(axis=2)
        self._put(names, TOTAL, by_pool.sum(axis=1))
        self._put(names, POOL, np.append(by_pool.T, np.zeros((1, len(names))), axis=0))
        for name, by_segment in zip(names, sums.sum(axis=1), strict=True):
            self.put_segments(name, by_segment)

    def add_people(self, name: str, agent: Numbers, weights: Floats | None = None) -> None:
        """Add 1, or the weight, for each of these agents; nothing where nobody is named."""
        groups = self.basis.slices.size(AGENT)
        if groups and name in self._wanted:
            person = self.basis.person[agent]
            self.of(AGENT)[:, COLUMN[name]] += np.bincount(person, weights, groups)

    def put_everywhere(self, name: str, value: float) -> None:
        """The same in the total and in every channel, reason, pool, agent and source."""
        for by in (TOTAL, CHANNEL, REASON, POOL, AGENT, SOURCE):
            self._put([name], by, value)

    def settle(self) -> None:
        """Add up by slice what has been put by cell and by segment so far."""
        self._settle_kinds()
        self._settle_segments()

    def of(self, by: str) -> Floats:
        """[group of the split, component] what stands there; changes change the sums."""
        return self.values[self.basis.slices.of(by)]

    def by_segment(self, name: str) -> Floats:
        """[segment] what has been put of a component by segment, while it is not settled."""
        sums = np.zeros(self._sizes[1])
        found = self._by_segment.get(name, sums)
        sums[: len(found)] = found
        return sums

    def known(self) -> Floats:
        """[slice, component] the sums; nan of components that are not wanted."""
        wanted = [name in self._wanted for name in COMPONENTS]
        return np.where(wanted, self.values, np.nan)

    def _settle_kinds(self) -> None:
        names = list(self._by_kind)
        if not names:
            return
        cells = np.array(list(self._by_kind.values()), dtype=np.float64)
        cells = cells.reshape(-1, *self.basis.shape)
        by_channel = cells.sum(axis=3)
        self._put(names, TOTAL, by_channel.sum(axis=(1, 2)))
        self._put(names, CHANNEL, by_channel.sum(axis=2).T)
        self._put(names, REASON, by_channel.sum(axis=1).T)
        pooled = [POOL in COMPONENTS[name].splits for name in names]
        some = [name for name, has in zip(names, pooled, strict=True) if has]
        self._put(some, POOL, cells[pooled].sum(axis=(1, 2)).T)
        self._by_kind.clear()

    def _settle_segments(self) -> None:
        names = list(self._by_segment)
        if not names:
            return
        sums = np.zeros((len(names), self._sizes[1]))
        for row, found in zip(sums, self._by_segment.values(), strict=True):
            row[: len(found)] = found
        columns = [COLUMN[name] for name in names]
        for by, fold in self.basis.folds.items():
            rows = self.basis.slices.of(by).start + fold.groups
            by_group = np.add.reduceat(sums[:, fold.order], fold.begins, axis=1)
            self.values[rows[:, None], columns] = by_group.T
        self._by_segment.clear()

    def _put(self, names: list[str], by: str, sums: np.ndarray | float) -> None:
        """[group, component] sums of these components."""
        rows = self.basis.slices.of(by)
        self.values[rows, [COLUMN[name] for name in names]] = sums


def _add(known: dict[str, np.ndarray], name: str, sums: np.ndarray) -> None:
    known[name] = known[name] + sums if name in known else sums
