"""Where contacts ended, hour by hour, and after how long: what pictures are drawn from.

Finer than a `Tally`, whose splits are never crossed, and without intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.measures.ruler import Ruler
from sim.measures.slices import OTHER
from sim.scenario.model import Scenario
from sim.tables import ContactLog, Floats, Ints, Outcome

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


@dataclass(frozen=True)
class EndCounts:
    """Where the contacts of one replication ended: the cells that are not empty, in order.

    cells: [cells] int32, by `_Grid.shape`; contacts, in_time: [cells] int32; waited: [cells]
        seconds, all together.
    wait_cells, wait_contacts: the same of answered and abandoned contacts, by `_Grid.wait_shape`.
    """

    cells: np.ndarray
    contacts: np.ndarray
    in_time: np.ndarray
    waited: Floats
    wait_cells: np.ndarray
    wait_contacts: np.ndarray


def count_ends(ruler: Ruler, log: ContactLog) -> EndCounts:
    """Count the contacts of one replication."""
    grid, clock = _Grid.of(ruler), ruler.clock
    arrival = log.arrived[log.customer]  # of the customer: the first rows are first contacts
    rows = np.flatnonzero((arrival >= 0.0) & (arrival < clock.end))
    segment = clock.segment(log.arrived[rows])
    outcome, channel = log.outcome[rows].astype(np.int64), log.channel[rows]
    answered = outcome == Outcome.ANSWERED
    end = np.where(answered, len(Outcome) + log.pool[rows].astype(np.int64), outcome)
    at = (grid.pair[segment], channel, log.reason[rows], end)
    cell = np.ravel_multi_index(at, grid.shape)
    wait = np.where(outcome == Outcome.UNFINISHED, 0.0, log.ended[rows] - log.arrived[rows])
    soon = answered & (wait <= ruler.threshold[channel])
    contacts = np.bincount(cell)
    filled = np.flatnonzero(contacts)
    gave_up = (outcome == Outcome.ABANDONED) | (outcome == Outcome.BALKED)
    which = np.flatnonzero(answered | gave_up)
    place = np.searchsorted(WAITS, wait[which])
    at = (clock.window[segment[which]], channel[which], gave_up[which].astype(np.int64), place)
    waits = np.bincount(np.ravel_multi_index(at, grid.wait_shape))
    wait_filled = np.flatnonzero(waits)
    return EndCounts(
        filled.astype(np.int32),
        contacts[filled].astype(np.int32),
        np.bincount(cell[soon], minlength=len(contacts))[filled].astype(np.int32),
        np.bincount(cell, wait)[filled].astype(np.float64),
        wait_filled.astype(np.int32),
        waits[wait_filled].astype(np.int32),
    )


def mean_ends(ruler: Ruler, counts: Sequence[EndCounts]) -> Ends:
    """What an average replication adds up to."""
    grid, n = _Grid.of(ruler), len(counts)
    sums = np.zeros((3, *grid.shape))
    waits = np.zeros(grid.wait_shape)
    for one in counts:
        for total, part in zip(sums, (one.contacts, one.in_time, one.waited), strict=True):
            total.ravel()[one.cells] += part
        waits.ravel()[one.wait_cells] += one.wait_contacts
    return Ends(grid.table_of_contacts(sums / n), grid.table_of_waits(waits / n))


@dataclass(frozen=True)
class _Grid:
    """The cells in which contacts are counted.

    pairs: hours of the week and windows that meet, for most hours lie in one window; pair: of
        each segment of the clock.
    """

    scenario: Scenario
    pairs: Ints
    pair: Ints

    @classmethod
    def of(cls, ruler: Ruler) -> _Grid:
        windows, clock = len(ruler.scenario.calendar.windows) + 1, ruler.clock
        pairs, pair = np.unique(clock.hour * windows + clock.window, return_inverse=True)
        return cls(ruler.scenario, pairs, pair)

    @property
    def windows(self) -> list[str]:
        return [*self.scenario.calendar.windows, OTHER]

    @property
    def shape(self) -> tuple[int, ...]:
        """Pair, channel, reason, end: the outcomes, then the pools that answered."""
        scenario = self.scenario
        ends = len(Outcome) + len(scenario.pools)
        return len(self.pairs), len(scenario.channels), len(scenario.reasons), ends

    @property
    def wait_shape(self) -> tuple[int, ...]:
        """Window, channel, whether it gave up, class of waits."""
        return len(self.windows), len(self.scenario.channels), 2, len(WAITS)

    def table_of_contacts(self, sums: Floats) -> Columns:
        filled = np.nonzero(sums[0])
        pair, channel, reason, end = filled
        names, pools = [ENDINGS[outcome] for outcome in Outcome], self.scenario.pools
        return {
            "hour": self.pairs[pair] // len(self.windows),
            "window": _named(self.windows, self.pairs[pair] % len(self.windows)),
            "channel": _named(self.scenario.channels, channel),
            "reason": _named(self.scenario.reasons, reason),
            "ending": _named([*names, *["answered"] * len(pools)], end),
            "pool": _named([*[""] * len(names), *pools], end),
            "contacts": sums[0][filled],
            "in_time": sums[1][filled],
            "waited": sums[2][filled],
        }

    def table_of_waits(self, waits: Floats) -> Columns:
        filled = np.nonzero(waits)
        window, channel, gave_up, place = filled
        return {
            "window": _named(self.windows, window),
            "channel": _named(self.scenario.channels, channel),
            "ending": _named(["answered", "abandoned"], gave_up),
            "upto": WAITS[place],
            "contacts": waits[filled],
        }


def _named(names: Iterable[str], which: Ints) -> np.ndarray:
    return np.array([*names, ""], dtype=object)[which]
