"""How much a scenario or a study may hold: more than any centre has.

What things of one kind say of those of another is checked in a time that grows faster than the
file; within these limits every file is answered in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.merge import BY_TIME
from sim.scenario.shapes import matches, shapes
from sim.scenario.source import MOST_VALUES, Node, fault_at
from sim.scenario.times import says_times

MOST_NAMED = 500
"""Reasons, pools, lines of routing, ... of a scenario; values to try of one input."""

MOST_LISTED = 100
"""Channels, ways out of a queue, breaks of a pool, inputs to vary, options of a study, ..."""

MOST_WAYS = 1_500_000
"""Reasons x channels x ways to be passed on x pools: what may be asked about each of them."""

MOST_WAYS_BY_TIME = 20_000_000
"""The same x what may differ by time: lines of values by time, events that change handle times."""

MOST_PEOPLE = 20_000
"""People and shifts of one pool."""

MOST_FIELDS = 5_000
"""Of one thing: none has a hundred, and each that there is not is told with a suggestion."""

MOST_READ = 300_000
"""Values of a scenario, as often as it is read with an option's changes or a value to try."""

AT_LEAST = 450
"""Values that any scenario counts as when it is read: some of the work is always the same."""

PART = 10
"""As many values more there are to read in a reason or a pool: what nobody says has a default."""

LONG = 50
"""A text of so many letters counts as one value more."""

LIMITS = {
    **dict.fromkeys(
        shapes("reasons pools profiles routing routing.*.to calendar.events")
        + shapes("uncertain.* vary.* sweep.*"),
        MOST_NAMED,
    ),
    **dict.fromkeys(
        shapes("channels channels.*.exits channels.*.interrupts lines transfers day_kinds")
        + shapes("calendar.windows pools.*.breaks pools.*.answers uncertain options vary"),
        MOST_LISTED,
    ),
    **dict.fromkeys(shapes("pools.*.roster pools.*.people pools.*.shifts"), MOST_PEOPLE),
    **dict.fromkeys(
        shapes("calendar calendar.special_days run channels.* pools.* reasons.*"), MOST_FIELDS
    ),
    (): MOST_FIELDS,
}
"""What a path of each shape may hold."""


def too_many(tree: Node) -> list[Fault]:
    """Where the tree of a scenario or a study holds more than is allowed."""
    found = [
        fault_at(node, path, f"has {len(node.value):,} entries; allowed: up to {most:,}")
        for shape, most in LIMITS.items()
        for path, node in matches(tree, shape)
        if isinstance(node.value, dict | list) and len(node.value) > most
    ]
    return found or _too_many_ways(tree)


def _too_many_ways(tree: Node) -> list[Fault]:
    passed_on = len(tree.entries("transfers")) + len(matches(tree, ("pools", "*", "ai_agent")))
    counts = {
        "reasons": len(tree.entries("reasons")),
        "channels": max(len(tree.entries("channels")), 1),
        "ways to be passed on, or not": 1 + passed_on,
        "pools": len(tree.entries("pools")),
    }
    for more, most in (({}, MOST_WAYS), ({BY_TIME_TOLD: _by_time(tree)}, MOST_WAYS_BY_TIME)):
        factors = counts | more
        if math.prod(factors.values()) > most:
            told = " x ".join(f"{count:,} {what}" for what, count in factors.items())
            message = f"too many ways: {told}; allowed: a product of {most:,}"
            return [fault_at(tree, ("reasons",), message)]
    return []


BY_TIME_TOLD = "lines of values by time and events that change handle times"


def _by_time(tree: Node) -> int:
    """How much may differ from one time to another."""
    lines = sum(
        says_times(key)
        for shape in BY_TIME
        for _, node in matches(tree, shape)
        if isinstance(node.value, dict)
        for key in node.value
    )
    return lines + len(matches(tree, ("calendar", "events", "*", "reasons", "*", "handle")))


# --- reading again and again ------------------------------------------------------------------


@dataclass
class _Left:
    """How many more values are read."""

    values: int


_LEFT: ContextVar[_Left | None] = ContextVar("left", default=None)


class _TooOftenError(Exception):
    """No more is read; nobody but `read_often` is to take it for a fault of a value."""


@contextmanager
def read_often(place: Node) -> Iterator[None]:
    """Within, a scenario may be read again and again, but not for minutes.

    Raises:
        ScenarioError: at this place, if it would be.
    """
    if _LEFT.get() is not None:
        yield
        return
    before = _LEFT.set(_Left(MOST_READ))
    try:
        yield
    except _TooOftenError:
        message = (
            "there is too much to try: the values of the scenario are read for every option, and "
            f"every value to vary, to sweep or that is uncertain; allowed: {MOST_READ:,} in all"
        )
        raise ScenarioError([fault_at(place, (), message)]) from None
    finally:
        _LEFT.reset(before)


def count_read(tree: Node) -> None:
    """Count the values of a scenario that is read, those of its files among them.

    Raises:
        ScenarioError: if they are too many.
    """
    size = tree.count()
    if size > MOST_VALUES:
        message = f"holds more than {MOST_VALUES:,} values, with those of the files that it names"
        raise ScenarioError([fault_at(tree, (), message)])
    left = _LEFT.get()
    if left is not None:
        left.values -= max(_work(tree), AT_LEAST)
        if left.values < 0:
            raise _TooOftenError


def _work(tree: Node) -> int:
    """How much there is to read, in values of the usual kind: a roster takes a quarter of that."""
    parts = [*tree.entries("reasons").values(), *tree.entries("pools").values()]
    rosters = sum(_worked(one) for part in parts if (one := part.child("roster")) is not None)
    return _worked(tree) + PART * len(parts) - rosters * 3 // 4


def _worked(node: Node) -> int:
    """Its values, itself among them; those of times of the week count twice."""
    if isinstance(node.value, dict | list):
        lines = sum(":" in key for key, _ in node.items())
        return 1 + lines + sum(_worked(one) for _, one in node.children())
    return node.count() + (len(node.value) // LONG if isinstance(node.value, str) else 0)
