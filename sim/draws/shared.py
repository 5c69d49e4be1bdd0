"""What scenarios have in common, made once for all of them: luck, and whole replications."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import numpy as np

MOST_BYTES = 2**27
"""That a thread keeps while it plays a replication for several scenarios."""

LEFT_BYTES = 2**24
"""That it keeps of this for later: memory that is written again and again is quick, and new pages
are slow. The luck of some five replications with ten thousand customers."""


class _Luck(threading.local):
    """What a thread has made lately, with its bytes, the latest used last."""

    def __init__(self) -> None:
        self.wanted = False
        self.bytes = 0
        self.made: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def keep(self, most: int) -> None:
        """Forget the oldest until no more than these bytes are left."""
        while self.bytes > most:
            self.bytes -= self.made.popitem(last=False)[1][1]


_luck = _Luck()


@contextmanager
def shared_luck(wanted: bool) -> Iterator[None]:
    """Keep what is made in here, in this thread, for another scenario that asks for the same.

    To be used for one replication, or a few.

    Args:
        wanted: whether there is another one: a single scenario never asks twice.
    """
    before, _luck.wanted = _luck.wanted, wanted
    try:
        yield
    finally:
        _luck.wanted = before
        _luck.keep(LEFT_BYTES)


Thing = TypeVar("Thing")


def once(key: Hashable, make: Callable[[], Thing]) -> Thing:
    """What is made, or was before under this key; nobody may change it.

    Args:
        key: all that it depends on.
        make: makes an array, or some tables (`sim.tables`).
    """
    if not _luck.wanted:
        return make()
    if key in _luck.made:
        _luck.made.move_to_end(key)
        return cast(Thing, _luck.made[key][0])
    thing = make()
    if isinstance(thing, np.ndarray):
        thing.flags.writeable = False  # tables are read-only anyway
    parts: tuple[Any, ...] = thing if isinstance(thing, tuple) else (thing,)
    size = sum(one.nbytes for one in parts)
    _luck.made[key] = thing, size
    _luck.bytes += size
    _luck.keep(MOST_BYTES)
    return thing
