"""The luck that scenarios have in common, drawn once for all of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from sim.tables import Floats

MOST_BYTES = 2**27
"""Of luck that a thread keeps: of some twenty replications with ten thousand customers."""


class _Luck(threading.local):
    """What a thread has drawn lately, the latest used last."""

    def __init__(self) -> None:
        self.wanted = False
        self.bytes = 0
        self.drawn: OrderedDict[Hashable, Floats] = OrderedDict()


_luck = _Luck()


@contextmanager
def shared_luck(wanted: bool) -> Iterator[None]:
    """Keep what is drawn in here, in this thread, for another scenario that asks for the same.

    Args:
        wanted: whether there is another one: a single scenario never asks twice.
    """
    before, _luck.wanted = _luck.wanted, wanted
    try:
        yield
    finally:
        _luck.wanted = before


def once(key: Hashable, draw: Callable[[], Floats]) -> Floats:
    """What is drawn, or was before under this key; nobody may change it.

    Args:
        key: all that the numbers depend on.
        draw: makes them.
    """
    if not _luck.wanted:
        return draw()
    if key in _luck.drawn:
        _luck.drawn.move_to_end(key)
        return _luck.drawn[key]
    values = draw()
    values.flags.writeable = False
    _luck.drawn[key] = values
    _luck.bytes += values.nbytes
    while _luck.bytes > MOST_BYTES:
        _luck.bytes -= _luck.drawn.popitem(last=False)[1].nbytes
    return values
