"""What happened in each half hour of a week: real and simulated weeks by the same code."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS, STEP
from sim.data.fitting.days import presence
from sim.data.times import seconds_of
from sim.tables import DAY, ContactLog, Floats, Outcome

CELLS = 7 * SLOTS
MEASURES = ("offered", "answered", "abandonment", "service level", "ASA", "occupancy")


@dataclass(frozen=True)
class Sums:
    """[7 days, 48 half hours] sums of a week; `staffed` and `busy` in seconds of agents."""

    offered: Floats
    answered: Floats
    abandoned: Floats
    within: Floats
    wait: Floats  # of the answered
    busy: Floats
    staffed: Floats

    def by(self, level: str) -> Sums:
        """Added up: `half hour`, `day` or `week`."""
        if level == "half hour":
            return self
        axis = 1 if level == "day" else (0, 1)
        return Sums(
            *(np.atleast_1d(getattr(self, one.name).sum(axis=axis)) for one in fields(self))
        )

    def measure(self, name: str) -> Floats:
        """A measure; nan where nobody came, was answered, or was there."""
        above, below = {
            "offered": (self.offered, None),
            "answered": (self.answered, None),
            "abandonment": (self.abandoned, self.offered),
            "service level": (self.within, self.offered),
            "ASA": (self.wait, self.answered),
            "occupancy": (self.busy, self.staffed),
        }[name]
        if below is None:
            return above
        return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def add_up(
    arrived: Floats,
    wait: Floats,
    answered: np.ndarray,
    abandoned: np.ndarray,
    handle: Floats,
    heads: Floats,
    threshold: float,
    *,
    as_report: bool = False,
) -> Sums:
    """The sums of a week.

    Args:
        arrived: [contacts] seconds since 00:00 of the first day.
        wait, handle: [contacts] seconds.
        answered, abandoned: [contacts] how each ended.
        heads: [7, half hours] agents present.
        threshold: of the service level, in seconds.
        as_report: answers and abandonments count when they happen, as in reports of an ACD; else
            with the half hour of arrival.
    """
    end = arrived + wait if as_report else arrived
    return Sums(
        _count(arrived, answered | abandoned),
        _count(end, answered),
        _count(end, abandoned),
        _count(end, answered & (wait <= threshold)),
        _count(end, np.where(answered, wait, 0.0)),
        presence(arrived + wait, arrived + wait + np.where(answered, handle, 0.0), np.arange(7)),
        heads * STEP,
    )


def _count(when: Floats, weight: np.ndarray) -> Floats:
    inside = (when >= 0) & (when < 7 * DAY)
    cell = (when[inside] // STEP).astype(np.int64)
    return np.bincount(cell, weight[inside].astype(float), minlength=CELLS).reshape(7, SLOTS)


def real_week(table: pd.DataFrame, first: int, heads: Floats, threshold: float) -> Sums:
    """A week of contacts, from the date `first` (days since 1970) on."""
    arrived = seconds_of(table["arrived"]) - first * DAY
    some = (arrived >= 0) & (arrived < 7 * DAY)
    table, arrived = table[some], arrived[some]
    outcome = table["outcome"].to_numpy()
    handle = table["talk"].fillna(0.0) + table["wrap"].fillna(0.0)
    return add_up(
        arrived,
        np.nan_to_num(table["wait"].to_numpy()),
        outcome == "answered",
        outcome == "abandoned",
        handle.to_numpy(),
        heads,
        threshold,
    )


def simulated_week(log: ContactLog, heads: Floats, threshold: float, *, as_report: bool) -> Sums:
    """A week of a replication."""
    answered = log.outcome == Outcome.ANSWERED
    return add_up(
        log.arrived,
        np.nan_to_num(log.ended - log.arrived),
        answered,
        (log.outcome == Outcome.ABANDONED) | (log.outcome == Outcome.BALKED),
        np.nan_to_num(log.work()),
        heads,
        threshold,
        as_report=as_report,
    )


def reported_week(table: pd.DataFrame, first: int, heads: Floats) -> Sums:
    """A week of an interval report; intervals longer than half an hour are spread evenly."""
    start = seconds_of(table["start"]) - first * DAY
    some = (start >= 0) & (start < 7 * DAY)
    table, start = table[some], start[some]
    parts = np.maximum(np.round(table["length"].to_numpy() / STEP), 1.0).astype(int)

    def column(name: str) -> Floats:
        values = np.nan_to_num(table[name].to_numpy()) / parts
        found = np.zeros((7, SLOTS))
        for part in range(parts.max(initial=1)):
            found += _count(start + STEP * part, np.where(parts > part, values, 0.0))
        return found

    names = ("offered", "answered", "abandoned", "within", "wait_answered", "handle")
    return Sums(*[*map(column, names), heads * STEP])
