"""Python's search for garbage, put off while much is made that is no garbage."""

from __future__ import annotations

import gc
from contextlib import ContextDecorator
from threading import Lock


class _Uncollected(ContextDecorator):
    """Counts who is within, in all threads; the last to leave lets the search go on."""

    def __init__(self) -> None:
        self._lock, self._within, self._was_on = Lock(), 0, False

    def __enter__(self) -> None:
        with self._lock:
            if not self._within:
                self._was_on = gc.isenabled()
                gc.disable()
            self._within += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within and self._was_on:
                gc.enable()


UNCOLLECTED = _Uncollected()
"""No search for garbage within, or in a function that is marked with it.

To go through all that is alive again and again takes longer than to make it: a tree of 400,000
values four times as long.
"""
