"""Random streams keyed by name: adding one never changes the luck of another."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, replication: int, *name: str | int) -> np.random.Generator:
    """The generator of one purpose in one replication.

    Args:
        seed: the run's seed.
        replication: number of the replication, from 0.
        name: what the stream is for, e.g. ("patience", "purchase", 0). Streams with different
            names are independent; the same name always gives the same numbers, and a longer
            draw begins with the shorter one.
    """
    text = "\x1f".join(str(part) for part in name)
    digest = blake2b(text.encode(), digest_size=16).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
    return np.random.Generator(
        np.random.PCG64DXSM(np.random.SeedSequence([seed, replication, *words]))
    )
