"""Where contacts ended, when and after how long; how many waited, and were there, by the hour.

Finer than a `Tally`, whose splits are never crossed, and without intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from sim.measures.basis import Basis
from sim.measures.facts import OUTCOMES, SHORT, Facts
from sim.measures.moments import MOST_WAITING, seconds_of
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

ENDINGS: dict[int, str] = {
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
    Outcome.FLOWED_OUT: "flowed_out",
    Outcome.NO_LINE: "no_line",
    SHORT: "short_abandoned",
}
"""Outcome -> the name of the measure that counts it."""


@dataclass(frozen=True)
class Ends:
    """Means over replications. Only rows in which anything happened.

    contacts: one row an hour of the week (0 is Monday 00:00) and window of arrival, channel,
        reason, ending and pool (empty if not answered): `contacts`, those `in_time` (answered
        within the threshold) and the seconds that they `waited`, all together.
    waits: one row a window, channel, ending (answered or abandoned) and class of waits: `contacts`
        whose wait was above the class before and at most `upto` seconds.
    queue: one row a window, channel and number `waiting` at once: for so many `hours`, which are
        that `share` of the window's time within the counted days.
    agents: one row an hour of the week, window and pool: how many people were on duty (`agents`)
        and how many were `busy`, averaged over the hours counted.
    """

    contacts: Columns
    waits: Columns
    queue: Columns
    agents: Columns


@dataclass(frozen=True)
class EndCounts:
    """Where the contacts of one replication ended: the cells that are not empty, in order.

    cells: [cells] int32, by `_Grid.shape`; contacts, in_time: [cells] int32; waited: [cells]
        seconds, all together.
    wait_cells, wait_contacts: the same of answered and abandoned contacts, by `_Grid.wait_shape`.
    queue_cells, queue_seconds: for how long so many waited, by `_Grid.queue_shape`.
    agents: seconds of people, all cells of `_Grid.agents_shape`.
    """

    cells: np.ndarray
    contacts: np.ndarray
    in_time: np.ndarray
    waited: Floats
    wait_cells: np.ndarray
    wait_contacts: np.ndarray
    queue_cells: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    queue_seconds: Floats = field(default_factory=lambda: np.zeros(0))
    agents: Floats = field(default_factory=lambda: np.zeros(0))

    def fits(self, cells: tuple[int, ...]) -> bool:
        """Whether these can be the ends of a replication; `cells` as of `cells_of`."""
        known = len(self.in_time) == len(self.waited) == len(self.cells)
        return (
            known
            and counted(self.cells, self.contacts, cells[0])
            and self.in_time.dtype.kind == "i"
            and bool(np.isfinite(self.waited).all())
            and counted(self.wait_cells, self.wait_contacts, cells[1])
            and counted(self.queue_cells, np.ones(len(self.queue_seconds), dtype=int), cells[2])
            and bool(np.isfinite(self.queue_seconds).all())
            and len(self.agents) == cells[3]
            and bool(np.isfinite(self.agents).all())
        )


def counted(index: np.ndarray, count: np.ndarray, size: int) -> bool:
    """Whether these are the filled ones of so many bins, in order, and what is in them."""
    whole = index.dtype.kind == count.dtype.kind == "i" and len(index) == len(count)
    if not whole or not len(index):
        return whole
    rising = bool((np.diff(index.astype(np.int64)) > 0).all())
    return bool(rising and index[0] >= 0 and index[-1] < size and count.min() > 0)


def cells_of(basis: Basis) -> tuple[int, ...]:
    """How many cells a scenario has: of contacts, waits, queue and agents."""
    grid = _Grid.of(basis)
    return tuple(map(prod, (grid.shape, grid.wait_shape, grid.queue_shape, grid.agents_shape)))


def count_ends(basis: Basis, log: ContactLog, facts: Facts) -> EndCounts:
    """Count the contacts of a log."""
    grid = _Grid.of(basis)
    columns = facts.outcome, log.channel, log.reason
    outcome, channel, reason = (x.astype(np.int64) for x in columns)
    end = np.where(outcome == Outcome.ANSWERED, OUTCOMES + log.pool, outcome)
    _, channels, reasons, ends = grid.shape
    cell = ((grid.pair[facts.segment] * channels + channel) * reasons + reason) * ends + end
    cell[~facts.counts_contact] = -1  # one cell in front of all holds what does not count
    contacts = np.bincount(cell + 1)[1:]
    filled = np.flatnonzero(contacts)
    soon = facts.answered[basis.soon(log, facts.answered, facts.wait[facts.answered])]
    in_time = np.bincount(cell[soon] + 1, minlength=len(contacts) + 1)[1:]
    in_queue = facts.wait.copy()
    in_queue[facts.calls] = 0.0  # who is to be called back has left it
    waited = np.bincount(cell + 1, in_queue)[1:]
    waits = np.zeros(grid.wait_shape, dtype=np.int64)
    for gave_up, rows in enumerate((facts.answered, facts.gave_up)):
        rows = rows[facts.counts[rows]]  # noqa: PLW2901
        group = basis.clock.window[facts.segment[rows]] * channels + channel[rows]
        places = group * len(WAITS) + np.searchsorted(WAITS, facts.wait[rows])
        counted = np.bincount(places, minlength=waits[:, :, 0].size)
        waits[:, :, gave_up] = counted.reshape(waits[:, :, 0].shape)
    wait_filled = np.flatnonzero(waits)
    return EndCounts(
        filled.astype(np.int32),
        contacts[filled].astype(np.int32),
        in_time[filled].astype(np.int32),
        waited[filled].astype(np.float64),
        wait_filled.astype(np.int32),
        waits.ravel()[wait_filled].astype(np.int32),
    )


def joined(counts: Sequence[EndCounts], kind: type[np.signedinteger[Any]] = np.int32) -> EndCounts:
    """Those of several logs as one; `kind` of whole numbers is to hold the contacts of them all."""
    if len(counts) == 1:
        return counts[0]

    def gather(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name) for one in counts])

    cells, at = np.unique(gather("cells"), return_inverse=True)
    wait_cells, wait_at = np.unique(gather("wait_cells"), return_inverse=True)
    queue_cells, queue_at = np.unique(gather("queue_cells"), return_inverse=True)
    return EndCounts(
        cells,
        np.bincount(at, gather("contacts")).astype(kind),
        np.bincount(at, gather("in_time")).astype(kind),
        np.bincount(at, gather("waited")).astype(np.float64),
        wait_cells,
        np.bincount(wait_at, gather("wait_contacts")).astype(kind),
        queue_cells,
        np.bincount(queue_at, gather("queue_seconds")).astype(np.float64),
        np.asarray(np.sum([one.agents for one in counts], axis=0)),
    )


def mean_ends(basis: Basis, counts: Sequence[EndCounts], replications: int | None = None) -> Ends:
    """What an average replication adds up to; `counts` may have been joined before."""
    grid, n = _Grid.of(basis), replications or len(counts)
    sums = np.zeros((3, *grid.shape))
    waits, agents = np.zeros(grid.wait_shape), np.zeros(grid.agents_shape)
    for one in counts:
        for total, part in zip(sums, (one.contacts, one.in_time, one.waited), strict=True):
            total.ravel()[one.cells] += part
        waits.ravel()[one.wait_cells] += one.wait_contacts
        agents += one.agents.reshape(agents.shape)
    in_window, in_pair = seconds_of(basis)
    return Ends(
        grid.table_of_contacts(sums / n),
        grid.table_of_waits(waits / n),
        grid.table_of_queue(counts, n, in_window),
        grid.table_of_agents(agents / n, in_pair),
    )


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
    def of(cls, basis: Basis) -> _Grid:
        return cls(basis.scenario, *basis.hours_in_windows)

    @property
    def windows(self) -> list[str]:
        return [*self.scenario.calendar.windows, OTHER]

    @property
    def shape(self) -> tuple[int, ...]:
        """Pair, channel, reason, end: the outcomes, then the pools that answered."""
        scenario = self.scenario
        ends = OUTCOMES + len(scenario.pools)
        return len(self.pairs), len(scenario.channels), len(scenario.reasons), ends

    @property
    def wait_shape(self) -> tuple[int, ...]:
        """Window, channel, whether it gave up, class of waits."""
        return len(self.windows), len(self.scenario.channels), 2, len(WAITS)

    @property
    def queue_shape(self) -> tuple[int, ...]:
        """Window, channel, contacts waiting."""
        return len(self.windows), len(self.scenario.channels), MOST_WAITING + 1

    @property
    def agents_shape(self) -> tuple[int, ...]:
        """On duty or busy, pool, pair."""
        return 2, len(self.scenario.pools), len(self.pairs)

    def table_of_contacts(self, sums: Floats) -> Columns:
        filled = np.nonzero(sums[0])
        pair, channel, reason, end = filled
        names, pools = [ENDINGS[outcome] for outcome in range(OUTCOMES)], self.scenario.pools
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

    def table_of_queue(self, counts: Sequence[EndCounts], n: int, in_window: Floats) -> Columns:
        cells = np.concatenate([np.zeros(0, np.int32), *(one.queue_cells for one in counts)])
        held = np.concatenate([np.zeros(0), *(one.queue_seconds for one in counts)])
        filled, at = np.unique(cells, return_inverse=True)
        seconds = np.bincount(at, held, len(filled)) / n
        window, channel, waiting = np.unravel_index(filled, self.queue_shape)
        return {
            "window": _named(self.windows, window),
            "channel": _named(self.scenario.channels, channel),
            "waiting": waiting,
            "hours": seconds / HOUR,
            "share": seconds / in_window[window],
        }

    def table_of_agents(self, seconds: Floats, in_pair: Floats) -> Columns:
        pair, pool = np.nonzero(seconds.any(axis=0).T)
        on_duty, busy = seconds[:, pool, pair] / in_pair[pair]
        return {
            "hour": self.pairs[pair] // len(self.windows),
            "window": _named(self.windows, self.pairs[pair] % len(self.windows)),
            "pool": _named(self.scenario.pools, pool),
            "agents": on_duty,
            "busy": busy,
        }


def _named(names: Iterable[str], which: Ints) -> np.ndarray:
    return np.array([*names, ""], dtype=object)[which]
