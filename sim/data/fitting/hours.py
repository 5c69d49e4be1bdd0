"""When a centre is open, by when its contacts come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.data.fitting.arrivals import SLOTS, opened
from sim.data.fitting.found import Queue


def hours_of(queues: list[Queue]) -> dict[str, tuple[tuple[tuple[int, ...], int, int], ...]]:
    """Opening hours of each channel: from the first to the last half hour with customers."""
    found: dict[str, tuple[tuple[tuple[int, ...], int, int], ...]] = {}
    for channel in dict.fromkeys(queue.channel for queue in queues):
        mean = sum(queue.offered for queue in queues if queue.channel == channel)
        spans: dict[tuple[int, int], list[int]] = {}
        for day in range(7):
            slots = np.flatnonzero(opened(mean[day]))
            if len(slots):
                spans.setdefault((int(slots[0]), int(slots[-1]) + 1), []).append(day)
        found[channel] = tuple((tuple(days), low, high) for (low, high), days in spans.items())
    return found


def opened_hours(queues: Sequence[Queue], names: Sequence[str]) -> np.ndarray:
    """[weekday, half hour] whether some queues are open, by when their contacts come."""
    offered = sum(one.offered for one in queues if one.name in names)
    return np.array([opened(day) for day in np.zeros((7, SLOTS)) + offered])
