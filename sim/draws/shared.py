"""What scenarios have in common, made once for all of them: luck, and whole replications."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import TypeVar, cast

import numpy as np

MOST_BYTES = 2**27
"""That a thread keeps: the luck of some twenty replications with ten thousand customers."""


class _Luck(threading.local):
    """What a thread has made lately, with its bytes, the latest used last."""

    def __init__(self) -> None:
        self.wanted = False
        self.bytes = 0
        self.made: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()


_luck = _Luck()


@contextmanager
def shared_luck(wanted: bool) -> Iterator[None]:
    """Keep what is made in here, in this thread, for another scenario that asks for the same.

    Args:
        wanted: whether there is another one: a single scenario never asks twice.
    """
    before, _luck.wanted = _luck.wanted, wanted
    try:
        yield
    finally:
        _luck.wanted = before


Thing = TypeVar("Thing")


def once(key: Hashable, make: Callable[[], Thing]) -> Thing:
    """What is made, or was before under this key; nobody may change it.

    Args:
        key: all that it depends on.
        make: makes an array, or tables of arrays.
    """
    if not _luck.wanted:
        return make()
    if key in _luck.made:
        _luck.made.move_to_end(key)
        return cast(Thing, _luck.made[key][0])
    thing = make()
    arrays = list(_arrays(thing))
    for array in arrays:
        array.flags.writeable = False
    _luck.made[key] = thing, sum(array.nbytes for array in arrays)
    _luck.bytes += _luck.made[key][1]
    while _luck.bytes > MOST_BYTES:
        _luck.bytes -= _luck.made.popitem(last=False)[1][1]
    return thing


def _arrays(thing: object) -> Iterator[np.ndarray]:
    """The arrays that something is made of."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, tuple):
        for one in thing:
            yield from _arrays(one)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from _arrays(getattr(thing, field.name))
