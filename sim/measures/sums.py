"""Sums by slice while a replication is added up: where contacts count, and what is put there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from sim.measures.basis import Basis
from sim.measures.components import (
    AGENT,
    CHANNEL,
    COMPONENTS,
    POOL,
    REASON,
    SOURCE,
    SPLITS,
    TOTAL,
)
from sim.measures.tally import COLUMN
from sim.tables import Floats, Ints, Numbers

Groups = Mapping[str, Numbers]
"""Split -> the group of each contact."""


@dataclass(frozen=True)
class Places:
    """Where each of n contacts (or customers) counts.

    kind: [n] cell of [channel, reason, pool], the last pool for nobody; time: [n] cell of [each
        split of `Basis.beside`, segment]; None where nobody asks for these splits. One cell past
        the last holds what does not count.
    """

    kind: Ints
    time: Ints | None

    def of(self, rows: Numbers | slice) -> Places:
        """The places of some of them."""
        return Places(self.kind[rows], None if self.time is None else self.time[rows])


class Sums:
    """Sums of all components by slice, while they are being filled in.

    Contacts and customers are added up by cell and by segment, component by component; `settle`
    adds those up by slice, all components at once. What is put for a component that is not wanted
    is left out.

    Args:
        basis: of the scenario.
        wanted: the components to add up.
        splits: by which; the others may be left out.
    """

    def __init__(
        self,
        basis: Basis,
        wanted: Collection[str] = COMPONENTS,
        splits: Collection[str] = SPLITS,
    ) -> None:
        self.basis, self._wanted, self._splits = basis, wanted, splits
        self._timed = not {*basis.folds, *basis.beside}.isdisjoint(splits)
        self.values = np.zeros((len(basis.slices), len(COMPONENTS)))
        self._by_kind: dict[str, np.ndarray] = {}
        self._by_time: dict[str, np.ndarray] = {}

    def wants(self, *names: str) -> bool:
        """Whether any of these components is wanted; else what makes them need not be found."""
        return any(name in self._wanted for name in names)

    def tells(self, by: str) -> bool:
        """Whether contacts or customers have to be told apart by this split of them."""
        return by not in self.basis.beside or by in self._splits

    def places(
        self, groups: Groups, segment: Callable[[], Ints], counted: np.ndarray | None = None
    ) -> Places:
        """The places of contacts or customers.

        Args:
            groups: split -> their groups, by channel, reason and pool (-1: nobody); those of
                `beside` may be left out where they mean nothing.
            segment: gives those of the clock.
            counted: which of them count; all if not given.
        """
        basis = self.basis
        _, reasons, pools = basis.shape
        pool = groups[POOL]
        nobody = np.where(pool < 0, pools - 1, pool)
        kind = (groups[CHANNEL].astype(np.int64) * reasons + groups[REASON]) * pools + nobody
        time: Ints | None = None
        if self._timed:
            group: Numbers | int = 0
            for by, size in basis.beside.items():
                group = group * size + groups.get(by, 0)
            time = group * len(basis.clock.window) + segment()
        if counted is None or counted.all():
            return Places(kind, time)
        kinds, times = basis.cells
        return Places(
            np.where(counted, kind, kinds),
            None if time is None else np.where(counted, time, times),
        )

    def add(self, name: str, at: Places, weights: Floats | None = None) -> None:
        """Add 1, or the weight, at each place."""
        if name not in self._wanted or len(at.kind) == 0:
            return
        kinds, times = self.basis.cells
        _add(self._by_kind, name, np.bincount(at.kind, weights, kinds + 1)[:-1])
        if at.time is not None:
            _add(self._by_time, name, np.bincount(at.time, weights, times + 1)[:-1])

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
        kinds, times = self.basis.cells
        codes = len(next(iter(names.values())))
        counts = np.array(list(names.values()), dtype=np.float64).T
        for held, cell, cells in (
            (self._by_kind, at.kind, kinds + 1),
            (self._by_time, at.time, times + 1),
        ):
            if cell is None:
                continue
            found = np.bincount(cell * codes + code, minlength=cells * codes).reshape(-1, codes)
            for name, counted in zip(names, (found[:-1] @ counts).T, strict=True):
                if counted.any():
                    _add(held, name, counted)

    def add_flags(self, at: Places, flags: dict[str, np.ndarray]) -> None:
        """Add 1 at each place where its flag, [place] true or false, is up; a few at a time."""
        code = np.zeros(len(at.kind), dtype=np.int64)
        for bit, flag in enumerate(flags.values()):
            code |= flag.astype(np.int64) << bit
        codes = np.arange(1 << len(flags))
        self.add_codes(at, code, {name: codes >> bit & 1 == 1 for bit, name in enumerate(flags)})

    def put_kinds(self, name: str, sums: np.ndarray) -> None:
        """Sums by [channel, reason, pool], for total, channel, reason and pool."""
        if name in self._wanted:
            _add(self._by_kind, name, sums.ravel())

    def put_segments(self, name: str, sums: np.ndarray) -> None:
        """Sums by segment (of all, or of the counted days), for window, day and hour."""
        if name in self._wanted and self._timed:
            cells = np.zeros(self.basis.cells[1])
            cells[: len(sums)] = sums
            _add(self._by_time, name, cells)

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
        self._settle_times()

    def of(self, by: str) -> Floats:
        """[group of the split, component] what stands there; changes change the sums."""
        return self.values[self.basis.slices.of(by)]

    def by_segment(self, name: str) -> Floats:
        """[segment] what has been put of a component by segment, while it is not settled."""
        found = self._by_time.get(name, np.zeros(self.basis.cells[1]))
        return np.asarray(found.reshape(-1, len(self.basis.clock.window)).sum(axis=0))

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
        self._put_told(names, POOL, cells.sum(axis=(1, 2)))
        self._by_kind.clear()

    def _settle_times(self) -> None:
        names, beside = list(self._by_time), self.basis.beside
        if not names:
            return
        cells = np.array(list(self._by_time.values()), dtype=np.float64)
        cells = cells.reshape(len(names), *beside.values(), -1)
        for axis, by in enumerate(beside, start=1):
            others = tuple(one for one in range(1, cells.ndim) if one != axis)
            self._put_told(names, by, cells.sum(axis=others))
        sums = cells.reshape(len(names), -1, len(self.basis.clock.window)).sum(axis=1)
        columns = [COLUMN[name] for name in names]
        for by, fold in self.basis.folds.items():
            rows = self.basis.slices.of(by).start + fold.groups
            by_group = np.add.reduceat(sums[:, fold.order], fold.begins, axis=1)
            self.values[rows[:, None], columns] = by_group.T
        self._by_time.clear()

    def _put_told(self, names: list[str], by: str, sums: np.ndarray) -> None:
        """[component, group] sums of those of them that have a meaning in the split."""
        told = [by in COMPONENTS[name].splits for name in names]
        some = [name for name, has in zip(names, told, strict=True) if has]
        self._put(some, by, sums[told].T)

    def _put(self, names: list[str], by: str, sums: np.ndarray | float) -> None:
        """[group, component] sums of these components."""
        rows = self.basis.slices.of(by)
        self.values[rows, [COLUMN[name] for name in names]] = sums


def _add(known: dict[str, np.ndarray], name: str, sums: np.ndarray) -> None:
    known[name] = known[name] + sums if name in known else sums
