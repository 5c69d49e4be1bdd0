"""Where contacts ended, hour by hour, and after how long: what pictures are drawn from.

Finer than a `Tally`, whose splits are never crossed, and without intervals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.measures.ruler import Ruler
from sim.measures.slices import OTHER
from sim.tables import ContactLog, Floats, Ints, Numbers, Outcome

Columns = dict[str, np.ndarray]
"""A table: columns of equal length by name."""

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

WAITS = np.array(
    [
        *(0.0, *np.arange(1, 10), *np.arange(10, 30, 2), *np.arange(30, 60, 5)),
        *(60.0, *np.arange(70, 120, 10), *np.arange(120, 300, 20)),
        *(MINUTE * np.array([5, 6, 7, 8, 9, 10, 12.5, 15, 17.5, 20, 25, 30, 40, 50])),
        *(HOUR * np.array([1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 14])),
        *(HOUR * np.array([16, 18, 20, 22, 24, 28, 32, 36, 40, 44, 48, 60, 72, 96])),
        *(DAY * np.array([5, 7, 10, 14])),
        np.inf,
    ]
)
"""Borders of waits that people name, seconds: a class holds what is above the last, up to this."""

ENDINGS = {
    Outcome.ANSWERED: "answered",
    Outcome.ABANDONED: "abandoned",
    Outcome.BALKED: "abandoned",
    Outcome.BLOCKED: "blocked",
    Outcome.CLOSED: "closed",
    Outcome.EXPIRED: "expired",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.SELF_SERVED: "self_served",
    Outcome.UNREACHED: "unreached",
    Outcome.UNFINISHED: "unfinished",
}
"""Outcome -> the name of the measure that counts it."""


@dataclass(frozen=True)
class Ends:
    """Means over replications. Only rows in which anything happened.

    contacts: one row an hour of the week (0 is Monday 00:00) and window of arrival, channel,
        reason, ending and pool (empty if not answered): `contacts`, those `in_time` (answered
        within the channel's threshold) and the seconds that they `waited`, all together.
    waits: one row a window, channel, ending (answered or abandoned) and class of waits: `contacts`
        whose wait was above the class before and at most `upto` seconds.
    """

    contacts: Columns
    waits: Columns


class EndsCounter:
    """Adds up the logs of replications."""

    def __init__(self, ruler: Ruler) -> None:
        self._ruler = ruler
        clock = ruler.clock
        # most hours lie in one window: number the pairs that there are
        windows = len(ruler.scenario.calendar.windows) + 1
        self._pairs, self._pair = np.unique(
            clock.hour * windows + clock.window, return_inverse=True
        )
        self._windows = windows
        self._ends = len(Outcome) + len(ruler.scenario.pools)  # outcomes, then pools that answered
        channels, reasons, _ = ruler.shape
        self._shape = (len(self._pairs), channels, reasons, self._ends)
        self._contacts = np.zeros(int(np.prod(self._shape)))
        self._in_time, self._waited = np.zeros_like(self._contacts), np.zeros_like(self._contacts)
        self._wait_shape = (windows, channels, 2, len(WAITS))
        self._waits = np.zeros(int(np.prod(self._wait_shape)))
        self._replications = 0

    def add(self, log: ContactLog) -> None:
        """Add one replication."""
        clock = self._ruler.clock
        arrival = log.arrived[log.customer]  # of the customer: the first rows are first contacts
        rows = np.flatnonzero((arrival >= 0.0) & (arrival < clock.end))
        segment = clock.segment(log.arrived[rows])
        outcome, channel = log.outcome[rows].astype(np.int64), log.channel[rows]
        answered = outcome == Outcome.ANSWERED
        end = np.where(answered, len(Outcome) + log.pool[rows], outcome)
        at = (self._pair[segment], channel, log.reason[rows], end)
        cell = np.ravel_multi_index(at, self._shape)
        wait = np.where(outcome == Outcome.UNFINISHED, 0.0, log.ended[rows] - log.arrived[rows])
        soon = answered & (wait <= self._ruler.threshold[channel])
        size = len(self._contacts)
        self._contacts += np.bincount(cell, minlength=size)
        self._in_time += np.bincount(cell[soon], minlength=size)
        self._waited += np.bincount(cell, wait, minlength=size)
        gave_up = (outcome == Outcome.ABANDONED) | (outcome == Outcome.BALKED)
        self._add_waits(clock.window[segment], channel, wait, answered, gave_up)
        self._replications += 1

    def _add_waits(
        self,
        window: Ints,
        channel: Numbers,
        wait: Floats,
        answered: np.ndarray,
        gave_up: np.ndarray,
    ) -> None:
        which = np.flatnonzero(answered | gave_up)
        place = np.searchsorted(WAITS, wait[which])
        at = (window[which], channel[which], gave_up[which].astype(np.int64), place)
        cell = np.ravel_multi_index(at, self._wait_shape)
        self._waits += np.bincount(cell, minlength=len(self._waits))

    def mean(self) -> Ends:
        """What an average replication adds up to."""
        return Ends(self._table_of_contacts(), self._table_of_waits())

    def _table_of_contacts(self) -> Columns:
        scenario, n = self._ruler.scenario, max(self._replications, 1)
        cells = np.flatnonzero(self._contacts)
        pair, channel, reason, end = np.unravel_index(cells, self._shape)
        names = [ENDINGS[outcome] for outcome in Outcome]
        ending = _named([*names, *["answered"] * len(scenario.pools)], end)
        pool = _named([*[""] * len(names), *scenario.pools], end)
        return {
            "hour": self._pairs[pair] // self._windows,
            "window": self._window_names(self._pairs[pair] % self._windows),
            "channel": _named(scenario.channels, channel),
            "reason": _named(scenario.reasons, reason),
            "ending": ending,
            "pool": pool,
            "contacts": self._contacts[cells] / n,
            "in_time": self._in_time[cells] / n,
            "waited": self._waited[cells] / n,
        }

    def _table_of_waits(self) -> Columns:
        n = max(self._replications, 1)
        cells = np.flatnonzero(self._waits)
        window, channel, gave_up, place = np.unravel_index(cells, self._wait_shape)
        return {
            "window": self._window_names(window),
            "channel": _named(self._ruler.scenario.channels, channel),
            "ending": _named(["answered", "abandoned"], gave_up),
            "upto": WAITS[place],
            "contacts": self._waits[cells] / n,
        }

    def _window_names(self, window: Ints) -> np.ndarray:
        return _named([*self._ruler.scenario.calendar.windows, OTHER], window)


def _named(names: Iterable[str], which: Ints) -> np.ndarray:
    return np.array([*names, ""], dtype=object)[which]
