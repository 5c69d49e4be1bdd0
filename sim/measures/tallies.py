"""The tallies of many replications, in little memory whatever their number.

The first are kept as they are. Beyond `LOOSE_BYTES` whole blocks of `BLOCK` replications are turned
round, slice by slice and component by component, packed, and written to a file that goes with the
process: an estimate reads the numbers of a few slices at a time. Where contacts ended is only added
up.
"""

from __future__ import annotations

import struct
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from tempfile import SpooledTemporaryFile
from typing import Any, Protocol, overload

import numpy as np

from sim.measures.components import COMPONENTS
from sim.measures.ends import EndCounts, joined
from sim.measures.tally import COLUMN, Sparse, Tally
from sim.tables import Floats, Ints

BLOCK = 128
"""Replications that are packed together."""

LOOSE_BYTES = 2**26
"""Of the sums of tallies that are kept as they are: some 400 weeks of the web shop."""

IN_MEMORY = 2**25
"""Bytes of packed blocks that are kept in memory; more go to a file."""

AT_ONCE = 2**18
"""Numbers of one component that are read at a time: replications x slices, but a slice at least.
An estimate holds some 200 bytes for each, if there are not more replications than that."""


Bins = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Of some replications, how many bins each fills; one after the other, which, and by how many."""


class Tallies(Sequence[Tally]):
    """The tallies of the replications 0, 1, ... of a scenario.

    They may be put in any order; `reach` says up to which they are all there.

    Args:
        tallies: the first of them.
    """

    def __init__(self, tallies: Iterable[Tally] = ()) -> None:
        self._loose: dict[int, Tally] = {}
        self._packed: dict[int, _Packed] = {}  # by number of the block
        self._whole: list[int] = []  # blocks that could be packed
        self._bytes = 0
        self._file: Any = None
        self._length = 0
        self._ends: list[EndCounts] = []
        self._latest: tuple[int, list[Tally]] | None = None  # the block that was read last
        self.splits: tuple[str, ...] = ()
        for number, tally in enumerate(tallies):
            self.put(number, tally)
        self.reach(len(self._loose) + BLOCK * len(self._packed))

    def put(self, number: int, tally: Tally) -> None:
        """Keep the tally of a replication.

        Raises:
            ValueError: if it holds other splits than the others.
        """
        if number in self._loose or number // BLOCK in self._packed:
            return  # it is there: the same number, the same tally
        if not self._loose and not self._packed:
            self.splits = tally.splits
        if tally.splits != self.splits:
            raise ValueError("these tallies do not all hold the same splits")
        self._add_ends(tally)
        self._loose[number] = tally
        self._bytes += tally.sums.nbytes
        if all(one in self._loose for one in reversed(_numbers(number // BLOCK))):
            self._whole.append(number // BLOCK)
        while self._whole and self._bytes > LOOSE_BYTES:
            block = self._whole.pop(0)
            self._pack([self._loose.pop(one) for one in _numbers(block)], block)

    def reach(self, length: int) -> None:
        """So many are there now: the replications 0 to `length` - 1."""
        self._length = length

    def ends(self) -> list[EndCounts]:
        """Where the contacts of all that were put ended, added up; nothing if nobody counted."""
        self._ends = [joined(self._ends, np.int64)] if self._ends else []
        return self._ends

    def _add_ends(self, tally: Tally) -> None:
        if tally.ends is not None:
            self._ends.append(tally.ends)
            if len(self._ends) > BLOCK:
                self._ends = [joined(self._ends, np.int64)]

    # --- as a sequence ------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Tally: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Tally]: ...
    def __getitem__(self, place: int | slice) -> Tally | Sequence[Tally]:
        if isinstance(place, slice):
            chosen = range(self._length)[place]
            return self if len(chosen) == self._length else [self[one] for one in chosen]
        number = range(self._length)[place]
        if number in self._loose:
            return self._loose[number]
        return self._unpacked(number // BLOCK)[number % BLOCK]

    def __iter__(self) -> Iterator[Tally]:
        return (self[number] for number in range(self._length))

    # --- as columns ---------------------------------------------------------------------------

    def batches(self, rows: Sequence[int]) -> Iterator[tuple[Sequence[int], Columns]]:
        """The sums of some slices, a few at a time: their rows, and they."""
        few = not self._packed and all(number in self._loose for number in range(self._length))
        for first in range(0, len(rows), self.at_once):
            some = rows[first : first + self.at_once]
            yield some, self._few(some) if few else Packed(self, some)

    def _few(self, rows: Sequence[int]) -> Few:
        return Few(np.stack([self._loose[number].sums[rows] for number in range(self._length)]))

    @property
    def at_once(self) -> int:
        """Of how many slices memory has room for the numbers of all replications; one at least."""
        return max(1, AT_ONCE // max(self._length, 1))

    def columns(self, row: int, wanted: Set[int]) -> dict[int, np.ndarray]:
        """Component -> [replication] its numbers in a slice, where they are not all 0.

        Args:
            row: of the slice.
            wanted: the components to be read.
        """
        found: dict[int, list[tuple[int, np.ndarray]]] = {}
        for block, packed in sorted(self._packed.items()):
            for component, packed_ones in packed.slice(self._read(*packed.place(row))):
                if component in wanted:
                    found.setdefault(component, []).append((block * BLOCK, packed_ones.copy()))
        numbers = [number for number in sorted(self._loose) if number < self._length]
        if numbers:
            sums = np.stack([self._loose[number].sums[row] for number in numbers])
            stretches = _stretches(numbers)
            for component in wanted & set(np.flatnonzero(sums.any(axis=0)).tolist()):
                column = np.ascontiguousarray(sums[:, component])
                found.setdefault(component, []).extend(
                    (numbers[some.start], column[some]) for some in stretches
                )
        return {one: _joined(parts, self._length) for one, parts in found.items()}

    def waits(self, by: str) -> Iterator[Bins]:
        """The waits of a split in order, some replications at a time, as in `Sparse`."""
        for first in range(0, self._length, BLOCK):
            numbers = range(first, min(first + BLOCK, self._length))
            if first // BLOCK in self._packed:
                packed = self._packed[first // BLOCK]
                lengths, index, count = _unpacked_bins(self._read(*packed.histogram(by)))
                lengths = lengths[: len(numbers)]
                yield lengths, index[: lengths.sum()], count[: lengths.sum()]
                continue
            some = [self._loose[number].waits[by] for number in numbers]
            yield (
                np.array([len(one.index) for one in some]),
                np.concatenate([one.index for one in some]),
                np.concatenate([one.count for one in some]),
            )

    # --- packed blocks ------------------------------------------------------------------------

    def _pack(self, tallies: list[Tally], block: int) -> None:
        if self._file is None:
            self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - ends with us
            weakref.finalize(self, self._file.close)
        at = self._file.seek(0, 2)
        sums = np.stack([tally.sums for tally in tallies])
        self._bytes -= sums.nbytes
        pieces = [_packed_slice(sums[:, row]) for row in range(sums.shape[1])]
        splits = tuple(tallies[0].waits)
        pieces += [_packed_bins([tally.waits[by] for tally in tallies]) for by in splits]
        self._file.write(b"".join(pieces))
        self._packed[block] = _Packed(at, np.cumsum([0, *map(len, pieces)]), splits)

    def _read(self, start: int, stop: int) -> bytes:
        self._file.seek(start)
        data: bytes = self._file.read(stop - start)
        return data

    def _unpacked(self, block: int) -> list[Tally]:
        if self._latest is not None and self._latest[0] == block:
            return self._latest[1]
        packed = self._packed[block]
        sums = np.zeros((BLOCK, packed.slices, len(COMPONENTS)))
        for row in range(packed.slices):
            for component, numbers in packed.slice(self._read(*packed.place(row))):
                sums[:, row, component] = numbers
        waits: list[dict[str, Sparse]] = [{} for _ in range(BLOCK)]
        for by in packed.waits:
            lengths, index, count = _unpacked_bins(self._read(*packed.histogram(by)))
            ends = np.cumsum(lengths)[:-1]
            for one, *mine in zip(waits, np.split(index, ends), np.split(count, ends), strict=True):
                one[by] = Sparse(*mine)
        tallies = [Tally(one, own, self.splits) for one, own in zip(sums, waits, strict=True)]
        self._latest = block, tallies
        return tallies


@dataclass(frozen=True)
class _Packed:
    """Where a block stands in the file: its slices one after the other, then its waits by split."""

    at: int
    ends: Ints
    waits: tuple[str, ...]

    @property
    def slices(self) -> int:
        return len(self.ends) - 1 - len(self.waits)

    def histogram(self, by: str) -> tuple[int, int]:
        return self.place(self.slices + self.waits.index(by))

    def place(self, row: int) -> tuple[int, int]:
        return self.at + int(self.ends[row]), self.at + int(self.ends[row + 1])

    @staticmethod
    def slice(data: bytes) -> Iterator[tuple[int, np.ndarray]]:
        """The components of a slice that are not all 0, and their numbers."""
        if not data:
            return
        plain, at = zlib.decompress(data), 0
        while at < len(plain):
            component, kind = struct.unpack_from("<Hc", plain, at)
            dtype = np.dtype(kind.decode())
            yield component, np.frombuffer(plain, dtype, BLOCK, at + 3)
            at += 3 + BLOCK * dtype.itemsize


def _numbers(block: int) -> range:
    """Of the replications of a block."""
    return range(block * BLOCK, (block + 1) * BLOCK)


def _packed_slice(sums: Floats) -> bytes:
    """[replication, component] as bytes: each component as the smallest numbers that hold it."""
    pieces = []
    for component in np.flatnonzero(sums.any(axis=0)).tolist():
        numbers = np.ascontiguousarray(sums[:, component])
        kind = _smallest(numbers)
        pieces += [
            struct.pack("<Hc", component, kind.char.encode()),
            numbers.astype(kind).tobytes(),
        ]
    return zlib.compress(b"".join(pieces), 1) if pieces else b""


def _smallest(numbers: Floats) -> np.dtype[Any]:
    low, high = float(numbers.min()), float(numbers.max())
    if low >= 0 and high < 2**32 and (numbers == np.floor(numbers)).all():
        return np.min_scalar_type(int(high))
    return np.dtype(np.float64)


def _packed_bins(histograms: list[Sparse]) -> bytes:
    lengths = np.array([len(one.index) for one in histograms])
    index = np.concatenate([one.index for one in histograms])
    count = np.concatenate([one.count for one in histograms])
    plain = b"".join(one.astype(np.int32).tobytes() for one in (lengths, index, count))
    return zlib.compress(plain, 1)


def _unpacked_bins(data: bytes) -> Bins:
    numbers = np.frombuffer(zlib.decompress(data), np.int32)
    lengths, rest = numbers[:BLOCK], numbers[BLOCK:]
    return lengths, rest[: len(rest) // 2], rest[len(rest) // 2 :]


def _stretches(numbers: list[int]) -> list[slice]:
    """Where numbers follow each other without a gap."""
    breaks = (np.flatnonzero(np.diff(numbers) != 1) + 1).tolist()
    return [slice(*both) for both in pairwise([0, *breaks, len(numbers)])]


def _joined(parts: list[tuple[int, np.ndarray]], length: int) -> np.ndarray:
    """[replication] numbers of stretches; 0 between them."""
    whole = np.zeros(length, np.result_type(*(numbers for _, numbers in parts)))
    for first, numbers in parts:
        whole[first : first + len(numbers)] = numbers[: length - first]
    return whole


class Columns(Protocol):
    """The sums of a few slices, read component by component."""

    def hold(self, components: Iterable[str]) -> None:
        """Read these components, and forget others if there are too many replications for all."""

    def __call__(self, component: str) -> Floats:
        """[replication, slice] of a component."""

    def whole(self, place: int) -> Floats:
        """[replication, component] of one of the slices."""

    def only(self, places: Sequence[int]) -> Columns:
        """Some of the slices."""


@dataclass(frozen=True)
class Few:
    """As `Columns`, of replications so few that all is held: [replication, slice, component]."""

    sums: Floats

    def hold(self, components: Iterable[str]) -> None:
        """They are all there."""

    def __call__(self, component: str) -> Floats:
        return self.sums[:, :, COLUMN[component]]

    def whole(self, place: int) -> Floats:
        return self.sums[:, place]

    def only(self, places: Sequence[int]) -> Few:
        return Few(self.sums[:, places])


class Packed:
    """As `Columns`: each component by itself, as small as it is kept.

    Args:
        tallies: of which they are.
        rows: of the slices.
    """

    def __init__(self, tallies: Tallies, rows: Sequence[int]) -> None:
        self._tallies, self._rows, self.length = tallies, rows, len(tallies)
        self._held: frozenset[int] = frozenset()
        self._slices: list[dict[int, np.ndarray]] = []

    def hold(self, components: Iterable[str]) -> None:
        wanted = frozenset(COLUMN[one] for one in components)
        if wanted <= self._held:
            return
        self._held = _ALL if self.length <= AT_ONCE else wanted
        self._slices = []  # before others are read
        self._slices = [self._tallies.columns(row, self._held) for row in self._rows]

    def __call__(self, component: str) -> Floats:
        self.hold((component,))
        place = COLUMN[component]
        nothing = np.zeros(self.length)
        return np.stack([one.get(place, nothing) for one in self._slices], axis=1).astype(
            np.float64, copy=False
        )

    def whole(self, place: int) -> Floats:
        sums = np.zeros((self.length, len(COMPONENTS)))
        for component, numbers in self._tallies.columns(self._rows[place], _ALL).items():
            sums[:, component] = numbers
        return sums

    def only(self, places: Sequence[int]) -> Packed:
        found = Packed(self._tallies, [self._rows[place] for place in places])
        if self._held == _ALL:
            found._held, found._slices = _ALL, [self._slices[place] for place in places]
        return found


_ALL = frozenset(range(len(COMPONENTS)))
