"""What one replication adds up to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.measures.components import (
    CHANNEL,
    COMPONENTS,
    HISTOGRAMS,
    SPLITS,
    TOTAL,
    needed,
)
from sim.measures.ends import EndCounts, counted
from sim.measures.packing import pack, unpack
from sim.measures.slices import Slices
from sim.stats.histogram import HISTOGRAM_BINS
from sim.tables import Floats

OF_WAITS = tuple(by for by in HISTOGRAMS["waits_of_answered"].splits if by != TOTAL)
"""Splits with histograms of waits; those of the total are read from the channels'."""

COLUMN = {name: i for i, name in enumerate(COMPONENTS)}
"""Component -> column of `Tally.sums`."""


@dataclass(frozen=True)
class Sparse:
    """The filled bins of the waits of one split, in order.

    index: [bins] int32, (kind * groups + group) * HISTOGRAM_BINS + bin, with kind 0 answered and
        1 gave up.
    count: [bins] int32 contacts.
    """

    index: np.ndarray
    count: np.ndarray


@dataclass(frozen=True)
class Tally:
    """What one replication adds up to.

    sums: [slice, component] in the order of `Basis.slices` and `catalogue.COMPONENTS`; 0 where a
        component has no meaning in a split.
    waits: split -> histograms of waits, by channel, reason, pool and window.
    splits: those whose slices it holds; `only` leaves some out.
    ends: where contacts ended, for pictures; None if it was left out.
    """

    sums: Floats
    waits: dict[str, Sparse]
    splits: tuple[str, ...] = SPLITS
    ends: EndCounts | None = None

    def only(self, slices: Slices, splits: Collection[str]) -> Tally:
        """The same without the other splits and the ends: most of a tally are hours and days.

        Args:
            slices: of the scenario, all of them (`Basis.slices`).
            splits: those to keep, of those that it holds.

        Raises:
            ValueError: for a split that it does not hold.
        """
        if missing := set(splits) - set(self.splits):
            raise ValueError(f"this tally holds no {', '.join(sorted(missing))}")
        held, kept = slices.only(self.splits), tuple(by for by in SPLITS if by in splits)
        # the waits of all contacts are read from those of the channels
        waits = {*kept, CHANNEL} if TOTAL in kept else set(kept)
        return Tally(
            np.concatenate([self.sums[held.of(by)] for by in kept] or [self.sums[:0]]),
            {by: sparse for by, sparse in self.waits.items() if by in waits},
            kept,
        )

    def to_bytes(self) -> bytes:
        """All of it as few bytes, exactly; the same tally gives the same bytes.

        Most sums are zero, and of those that are not most are whole numbers.
        """
        numbers = np.ascontiguousarray(self.sums.T, np.float64).view(np.int64).ravel()
        filled = numbers != 0
        arrays = [np.packbits(filled), numbers[filled]]
        for sparse in self.waits.values():
            arrays += [_steps(sparse.index), sparse.count]
        about = {"slices": len(self.sums), "splits": self.splits, "waits": list(self.waits)}
        if (ends := self.ends) is not None:
            arrays += [_steps(ends.cells), ends.contacts, ends.in_time, ends.waited]
            arrays += [_steps(ends.wait_cells), ends.wait_contacts]
            arrays += [_steps(ends.queue_cells), ends.queue_seconds, ends.agents]
        return pack({**about, "components": len(COMPONENTS)}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Tally:
        """The tally of which `to_bytes` made these bytes.

        Raises:
            ValueError: if they are damaged, forged, or of a version with other components.
        """
        try:
            return cls._unpacked(*unpack(data))
        except (ArithmeticError, LookupError, TypeError, MemoryError, RecursionError) as error:
            raise ValueError(f"this is no tally ({error})") from None

    @classmethod
    def _unpacked(cls, about: dict[str, Any], arrays: list[np.ndarray]) -> Tally:
        filled, numbers, *rest = arrays
        if about["components"] != len(COMPONENTS):
            raise ValueError("this tally was written by another version")
        shape = (len(COMPONENTS), int(about["slices"]))
        if len(filled) != -(-shape[0] * shape[1] // 8):
            raise ValueError("this tally does not hold what it says")
        sums = np.zeros(shape[0] * shape[1], dtype=np.int64)
        sums[np.unpackbits(filled, count=len(sums)).view(bool)] = numbers
        past = 2 * len(about["waits"])
        pairs = zip(about["waits"], rest[:past:2], rest[1:past:2], strict=True)
        return cls(
            np.ascontiguousarray(sums.view(np.float64).reshape(shape).T),
            {by: Sparse(_summed(steps), count) for by, steps, count in pairs},
            tuple(about["splits"]),
            _ends(rest[past:]),
        )

    def fits(
        self,
        slices: Slices,
        cells: tuple[int, ...],
        wanted: Collection[str] | None = None,
        splits: tuple[str, ...] = SPLITS,
        *,
        pictures: bool = False,
    ) -> bool:
        """Whether it can be a replication's of a scenario, whatever its numbers.

        Args:
            slices: of the scenario.
            cells: in which its ends are counted, `sim.measures.ends.cells_of`.
            wanted: the components that it is to hold; all if not given, and waits too.
            splits: and in which splits.
            pictures: whether its ends have to be there, if it is to hold all.
        """
        if wanted is not None:
            held = [COLUMN[name] for name in needed(wanted)]
            return (
                self.splits == splits
                and self.sums.shape == (len(slices.only(splits)), len(COMPONENTS))
                and bool(np.isfinite(self.sums[:, held]).all())
            )
        waits = [by for by in OF_WAITS if slices.size(by)]
        kinds = len(HISTOGRAMS)
        return (
            self.splits == SPLITS
            and self.sums.shape == (len(slices), len(COMPONENTS))
            and bool(np.isfinite(self.sums).all())
            and list(self.waits) == waits
            and all(
                counted(one.index, one.count, kinds * slices.size(by) * HISTOGRAM_BINS)
                for by, one in self.waits.items()
            )
            and (not pictures if self.ends is None else self.ends.fits(cells))
        )


def _ends(arrays: list[np.ndarray]) -> EndCounts | None:
    if not arrays:
        return None
    cells, contacts, in_time, waited, wait_cells, wait_contacts, queue_cells, *rest = arrays
    waits = _summed(wait_cells), wait_contacts
    return EndCounts(_summed(cells), contacts, in_time, waited, *waits, _summed(queue_cells), *rest)


def _steps(numbers: np.ndarray) -> np.ndarray:
    """Rising numbers as small ones."""
    return np.diff(numbers, prepend=np.int32(0))


def _summed(steps: np.ndarray) -> np.ndarray:
    return np.cumsum(steps, dtype=np.int32)
