"""Channels as tables: how contacts wait and leave, how agents call, how many lines there are."""

from __future__ import annotations

from enum import IntEnum
from math import inf

import numpy as np

from sim.engine.planning import Table
from sim.scenario.model import Channel, Scenario
from sim.tables import on_grid


class Kind(IntEnum):
    """The kinds of channel."""

    LIVE = 0
    DEFERRED = 1
    SELF_SERVICE = 2


def channel_tables(scenario: Scenario) -> Table:
    """What channels are and how contacts wait there."""
    channels = scenario.channels.values()
    numbers = numbers_of(scenario.channels)
    overdue = [c.overdue for c in channels]
    callback = [c.callback for c in channels]
    announced = [c.announcement for c in channels]
    return {
        "kind": np.array([_kind(c) for c in channels]),
        "queue_limit": np.array([-1 if c.queue_limit is None else c.queue_limit for c in channels]),
        "when_free": np.array([int(c.offer == "when_free") for c in channels]),
        "newest": np.array([int(c.order == "newest_first") for c in channels]),
        "drain": np.array([int(c.at_close == "drain") for c in channels]),
        "hand_over": np.array([int(c.hand_over) for c in channels]),
        "interrupts": np.array([[int(n in c.interrupts) for n in numbers] for c in channels]),
        "due": on_grid([inf if c.due is None else c.due for c in channels]),
        "overdue_chance": np.array([0.0 if o is None else o.chance for o in overdue]),
        "overdue_on": np.array([-1 if o is None else numbers[o.on] for o in overdue]),
        "otherwise": np.array([numbers.get(c.otherwise or "", -1) for c in channels]),
        "callback_over": np.array([inf if b is None else b.when_wait_over for b in callback]),
        "callback_chance": np.array([0.0 if b is None else b.accept for b in callback]),
        "callback_times": np.array([1.0 if b is None else b.handle for b in callback]),
        "announce_over": np.array([inf if a is None else a.when_wait_over for a in announced]),
        "announce_patience": np.array([1.0 if a is None else a.patience for a in announced]),
    }


def call_tables(scenario: Scenario) -> Table:
    """How agents call customers, who asked for it or stand on a list."""
    channels = scenario.channels.values()
    calls = [c.calls for c in channels]
    listed = [c.outbound for c in channels]
    first = np.cumsum([0, *(0 if o is None else len(o.reach_at) for o in listed)])
    then = [chance for o in listed if o is not None for chance in o.reach_at.values()]
    return {
        "reach": np.array([1.0 if c is None else c.reach for c in calls]),
        "ring": on_grid([0.0 if c is None else c.ring for c in calls]),
        "calls": np.array([1 if c is None else c.attempts for c in calls]),
        "call_again": on_grid([0.0 if c is None else c.again_after for c in calls]),
        "outbound": np.array([int(o is not None) for o in listed]),
        "right_party": np.array([1.0 if o is None else o.right_party for o in listed]),
        "wrong_party": on_grid([0.0 if o is None else o.wrong_party for o in listed]),
        "preview": on_grid([0.0 if o is None else o.preview for o in listed]),
        "reach_again": np.array([1.0 if o is None else o.reach_again for o in listed]),
        "reach_first": first,
        "reach_then": np.array(then, dtype=np.float64),
    }


def trunk_tables(scenario: Scenario) -> Table:
    """Lines that customers hold."""
    groups = list(scenario.lines.values())
    of = {name: number for number, group in enumerate(groups) for name in group.channels}
    return {
        "trunk": np.array([of.get(name, -1) for name in scenario.channels]),
        "trunk_lines": np.array([group.count for group in groups], dtype=np.int64),
    }


def exit_tables(scenario: Scenario) -> Table:
    """Ways out of the queues."""
    numbers = numbers_of(scenario.channels)
    by_channel = [
        sorted(channel.exits, key=lambda one: one.after or 0.0)
        for channel in scenario.channels.values()
    ]
    exits = [one for ways in by_channel for one in ways]
    first = np.cumsum([0, *map(len, by_channel)])
    return {
        "exit_first": first,
        "exit_timed": first[:-1] + [sum(not one.after for one in ways) for ways in by_channel],
        "exit_after": on_grid([one.after or 0.0 for one in exits]),
        "exit_over": np.array([one.when_wait_over or 0.0 for one in exits], dtype=np.float64),
        "exit_waiting": np.array([one.when_waiting or 0 for one in exits], dtype=np.int64),
        "exit_chance": np.array([one.accept for one in exits], dtype=np.float64),
        "exit_on": np.array([numbers.get(one.to, -1) for one in exits], dtype=np.int64),
    }


def _kind(channel: Channel) -> Kind:
    if channel.unlimited:
        return Kind.SELF_SERVICE
    return Kind.LIVE if channel.live else Kind.DEFERRED


def numbers_of(names: dict[str, object] | dict[str, Channel]) -> dict[str, int]:
    """Names by their place."""
    return {name: i for i, name in enumerate(names)}
