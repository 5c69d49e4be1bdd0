"""Memory that one replication leaves is for the next."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache

KEPT = 2**26
"""Bytes at the end of the heap that stay with the process."""

FROM_HEAP = 2**25
"""Bytes of the largest piece that comes from the heap; no more is allowed."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of `mallopt`, in glibc's malloc.h


@cache
def keep_memory() -> None:
    """Have what is freed kept by the process, up to `KEPT`.

    Else the system takes back the large tables of each replication, and clears the same pages for
    the next one: of a scenario with 50,000 customers a sixth of the time. Does nothing where the C
    library is another than glibc.
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, KEPT)
        mallopt(_MMAP_THRESHOLD, FROM_HEAP)
