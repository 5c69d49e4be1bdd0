"""Random streams keyed by name: adding one never changes the luck of another."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import numpy as np

Stream = Callable[..., np.random.Generator]
"""Gives the generator of a purpose; extra arguments name a part of it."""


class Streams:
    """All random streams of one replication.

    Called with a name it gives that stream from its beginning, e.g.
    `streams("patience", "purchase", 0)`. Streams with different names are independent; the same
    name always gives the same numbers, and a longer draw begins with the shorter one.

    There is one generator, put at the beginning of whichever stream was asked for last: making a
    new one for each of hundreds of short streams would cost more than the numbers. So read a
    stream before asking for the next, and give each thread its own `Streams`.

    Args:
        seed: the run's seed.
        replication: number of the replication, from 0.

    Attributes:
        name: both together.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.name = seed, replication
        self._hash = blake2b(f"{seed}\x1f{replication}".encode(), digest_size=32)
        self._bits = np.random.PCG64DXSM(0)
        self._generator = np.random.Generator(self._bits)

    def __call__(self, *name: str | int) -> np.random.Generator:
        """The stream of this name, from its beginning."""
        named = self._hash.copy()
        for part in name:
            named.update(f"\x1f{part}".encode())
        digest = named.digest()
        # a hash is as good a state as any that numpy would make of a seed; increments are odd
        self._bits.state = {
            "bit_generator": "PCG64DXSM",
            "state": {
                "state": int.from_bytes(digest[:16], "little"),
                "inc": int.from_bytes(digest[16:], "little") | 1,
            },
            "has_uint32": 0,
            "uinteger": 0,
        }
        return self._generator
