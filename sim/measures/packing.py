"""Arrays as few bytes: exact, the same every time, and damage is noticed.

The bytes of an array's numbers are stored plane by plane, all first bytes, then all second ones:
whole numbers have many equal planes, and zlib at its fastest makes little of them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

MAGIC = b"simpack1"
HEAD = len(MAGIC) + 4

MOST_BYTES = 2**28
"""Of the arrays: more than the tally of any scenario, less than would fill the memory."""


def pack(about: dict[str, Any], arrays: Sequence[np.ndarray]) -> bytes:
    """One-dimensional arrays of numbers, and what is to be known about them (JSON), as bytes."""
    kinds = [(array.dtype.newbyteorder("<").str, len(array)) for array in arrays]
    head = json.dumps([about, kinds], separators=(",", ":")).encode() + b"\n"
    body = zlib.compress(head + b"".join(map(_planes, arrays)), level=1)
    return MAGIC + zlib.crc32(body).to_bytes(4, "little") + body


def unpack(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What `pack` was given.

    Raises:
        ValueError: if the bytes were not packed here, or not all of them are as they were.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("these bytes are no packed arrays")
    body = data[HEAD:]
    if zlib.crc32(body).to_bytes(4, "little") != data[len(MAGIC) : HEAD]:
        raise ValueError("these packed arrays are damaged")
    try:
        whole = zlib.decompressobj().decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"these packed arrays are damaged ({error})") from None
    head, _, rest = whole.partition(b"\n")
    about, kinds = json.loads(head)
    arrays, at = [], 0
    for kind, length in kinds:
        dtype = np.dtype(kind)
        size = dtype.itemsize * length
        planes = np.frombuffer(rest, np.uint8, size, at).reshape(dtype.itemsize, length)
        arrays.append(np.ascontiguousarray(planes.T).view(dtype).ravel())
        at += size
    return about, arrays


def _planes(array: np.ndarray) -> bytes:
    numbers = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    planes = numbers.view(np.uint8).reshape(len(numbers), numbers.itemsize).T
    return np.ascontiguousarray(planes).tobytes()
