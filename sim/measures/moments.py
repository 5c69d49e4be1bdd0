"""Moment by moment: how many contacts wait on each channel, how many agents are there and busy."""

from __future__ import annotations

import numpy as np

from sim.measures.basis import Basis
from sim.tables import ContactLog, Floats, Ints

MOST_WAITING = 10_000
"""More contacts waiting on a channel at once count as this many."""


def spells_of_waiting(basis: Basis, log: ContactLog) -> tuple[Ints, Floats, Floats]:
    """Which contacts wait, from, to; infinity where a contact waits to the end of the run.

    Who is to be called back has left the queue.
    """
    queued = (log.callback == 0) | basis.outbound[log.channel]
    rows = np.flatnonzero((log.ended != log.arrived) & queued)  # nan, unfinished: to the end
    return _with_put_down(log, rows, np.where(np.isnan(log.ended[rows]), np.inf, log.ended[rows]))


def _with_put_down(log: ContactLog, rows: Ints, ended: Floats) -> tuple[Ints, Floats, Floats]:
    """Who waits, from, to: until work first begins, and again while it is put down."""
    since, some = log.arrived[rows], log.put_down
    if len(some.contact) == 0:
        return rows, since, ended
    began = np.full(len(log), np.inf)
    np.minimum.at(began, some.contact, some.began)
    ended = np.minimum(ended, began[rows])
    resumed = np.where(np.isnan(some.resumed), np.inf, some.resumed)
    return (
        np.concatenate([rows, some.contact]),
        np.concatenate([since, some.until]),
        np.concatenate([ended, resumed]),
    )


def count_queue(basis: Basis, log: ContactLog) -> tuple[Ints, Floats]:
    """For how long so many contacts waited, within the counted days.

    Returns:
        the cells of [window, channel, number waiting] that are not empty, in order, and the
        seconds in each.
    """
    clock, channels = basis.clock, len(basis.scenario.channels)
    rows, since, ended = spells_of_waiting(basis, log)
    windows = clock.window[: clock.counted]
    borders = clock.edges[: clock.counted][np.diff(windows, prepend=-1) != 0]
    cells, held = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for channel in range(channels):
        mine = log.channel[rows] == channel
        times = np.concatenate([borders, since[mine], ended[mine]])
        steps = np.repeat([0, 1, -1], [len(borders), mine.sum(), mine.sum()])
        order = np.argsort(times, kind="stable")
        waiting = np.minimum(np.cumsum(steps[order]), MOST_WAITING)
        times = np.clip(times[order], 0.0, clock.end)
        seconds = np.diff(times, append=clock.end)
        width = int(waiting.max(initial=0)) + 1
        place = clock.window[clock.segment(times)] * width + waiting
        found = np.asarray(np.bincount(place, seconds), dtype=np.float64)
        filled = np.flatnonzero(found)
        window, number = np.divmod(filled, width)
        cells.append((window * channels + channel) * (MOST_WAITING + 1) + number)
        held.append(found[filled])
    order = np.argsort(np.concatenate(cells))
    return np.concatenate(cells)[order], np.concatenate(held)[order]


def count_agents(basis: Basis, duty: Floats, busy: Floats) -> Floats:
    """[on duty or busy, pool, pair of hour and window] seconds of people, within the counted days.

    Args:
        duty, busy: [pool, counted segment] seconds.
    """
    pairs, pair = basis.hours_in_windows
    into = np.zeros((basis.clock.counted, len(pairs)))
    into[np.arange(basis.clock.counted), pair[: basis.clock.counted]] = 1.0
    return np.where(basis.people[:, None], np.stack([duty, busy]), 0.0) @ into


def seconds_of(basis: Basis) -> tuple[Floats, Floats]:
    """Of the counted days, by window and by pair of hour and window."""
    clock = basis.clock
    pairs, pair = basis.hours_in_windows
    windows = len(basis.scenario.calendar.windows) + 1
    counted = slice(clock.counted)
    in_window = np.bincount(clock.window[counted], clock.lengths, windows)
    in_pair = np.bincount(pair[counted], clock.lengths, len(pairs))
    return np.asarray(in_window, np.float64), np.asarray(in_pair, np.float64)
