"""What is found of a centre, from a log or from a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.data.fitting.arrivals import SLOTS, Arrivals, opened
from sim.data.fitting.days import Days
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.inferred import Doubt
from sim.data.fitting.order import Rank
from sim.data.fitting.repeats import Repeats
from sim.data.fitting.roster import Attendance, Roster
from sim.data.fitting.staffing import AgentsLine, Pools, heads_of
from sim.data.fitting.transfers import Transfer
from sim.data.reading import Data
from sim.scenario.numbers import LONGEST
from sim.tables import Floats

DEFERRED = {"email", "mail", "e-mail", "letter", "task", "fax"}


@dataclass(frozen=True)
class Choices:
    """What a fit is told not to find out by itself.

    threshold: of the service level, in seconds. holidays: country or part of it, as in the
    calendar. exponential: patience of no other family. steady: no factor of the day. pools: of an
    interval report, name -> queues that share their agents, None to find it out. roster: of the
    agents of a log, as `read_roster` gives it.
    """

    threshold: float | None = None
    holidays: str | None = None
    exponential: bool = False
    steady: bool = False
    pools: Mapping[str, Sequence[str]] | None = None
    roster: Roster | None = None

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= LONGEST:
            raise ValueError(
                f"threshold: {self.threshold:g} s is no time within which to answer; allowed: 0 s "
                "to a hundred years"
            )

    def of(self, data: Data) -> Choices:
        """With what the map of an export says."""
        return self if self.pools is not None else replace(self, pools=data.map.pools)


@dataclass(frozen=True)
class Queue:
    """What is known of one queue: a reason of the scenario.

    offered: [weekday, half hour] new customers, and contacts that others passed on. hold: share of
    the handle time on hold, nan where it is not known apart.
    """

    name: str
    channel: str
    contacts: int
    arrivals: Arrivals
    offered: Floats
    handle: Times | None
    wrap: Times | None
    patience: Patience | None
    retry: Repeats | None
    again: Repeats | None
    rank: Rank | None = None
    hold: float = np.nan


@dataclass(frozen=True)
class Found:
    """What a scenario is written from, and what it rests on.

    queues: what was fitted of each. pools: who answers; agents: of each pool the head counts;
    doubts: of each of these, where they are inferred. common: coefficient of variation of the day's
    factor that queues share. transfers: of talks that a log chains. attendance: of each pool, who
    came of those rostered, where a roster is known; agents are the rostered ones then. notes: what
    does not hold, or was assumed. source: `contacts` or `intervals`.
    files: of the export; read: rows that count; left_out: of the others, why -> how many.
    """

    source: str
    queues: tuple[Queue, ...]
    pools: Pools
    agents: tuple[tuple[AgentsLine, ...], ...]
    days: Days
    common: float
    threshold: float | None
    drains: bool
    hours: dict[str, tuple[tuple[tuple[int, ...], int, int], ...]]
    choices: Choices
    notes: tuple[str, ...]
    assumed: dict[str, str]
    transfers: tuple[Transfer, ...] = ()
    attendance: tuple[Attendance | None, ...] = ()
    doubts: tuple[tuple[Doubt, ...], ...] = ()
    files: tuple[str, ...] = ()
    read: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def mark(self, path: str) -> str:
        """What is assumed of a number that stands there; empty if nothing is."""
        found = (why for at, why in self.assumed.items() if f"{path}.".startswith(f"{at}."))
        return f"assumed: {why}" if (why := next(found, "")) else ""

    def heads(self, pool: int) -> Floats:
        """[7, half hours] agents of a pool, as the scenario has them."""
        return heads_of(self.agents[pool])


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
