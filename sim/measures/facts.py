"""What is read from a log once and used by every part of measuring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.measures.basis import Basis
from sim.tables import ContactLog, Draws, Floats, Ints, Outcome, Purpose

SHORT = len(Outcome)
"""An outcome of measuring alone: abandoned sooner than `run.short_abandon`."""
OUTCOMES = len(Outcome) + 1


def short_apart(basis: Basis, log: ContactLog) -> ContactLog:
    """The log with short abandons as an outcome of their own; legs are abandoned as ever."""
    if not basis.short.any():
        return log
    left = (log.outcome == Outcome.ABANDONED) | (log.outcome == Outcome.BALKED)
    short = left & ~log.is_leg & (log.ended - log.arrived < basis.short[log.channel])
    return replace(log, outcome=np.where(short, SHORT, log.outcome).astype(log.outcome.dtype))


@dataclass(frozen=True)
class Facts:
    """What is read from a log, each when it is first asked for.

    One entry a row of the log, a contact or a leg of one, unless it says otherwise.

    draws: what the log was played from; may be left out where nobody asks for customers.
    about: [row] those that count; if not given, those whose customer arrives within the counted
        days.
    """

    basis: Basis
    log: ContactLog
    draws: Draws | None
    about: np.ndarray | None = None

    @cached_property
    def counts_customer(self) -> np.ndarray:
        """[customer] Whether the customer arrives within the counted days."""
        assert self.draws is not None
        arrival = self.draws.arrival
        return np.asarray((arrival >= 0.0) & (arrival < self.basis.clock.end))

    @cached_property
    def counts(self) -> np.ndarray:
        """Whether the contact counts: its customer does."""
        return self.counts_customer[self.log.customer] if self.about is None else self.about

    @cached_property
    def legs(self) -> Ints:
        """Rows that go on with a contact which was passed on."""
        return np.flatnonzero(self.log.is_leg)

    @cached_property
    def counts_contact(self) -> np.ndarray:
        """Whether it counts and is no leg."""
        return self.counts & ~self.log.is_leg if len(self.legs) else self.counts

    @cached_property
    def _first(self) -> Ints:
        """[leg] the row of the contact as it came from outside."""
        return _first_legs(self.log, self.legs)

    @cached_property
    def ending(self) -> Ints:
        """Of a contact, the last leg; the row itself if it was not passed on."""
        ending = np.arange(len(self.log))
        if len(self.legs):
            ending[self._first] = self.legs  # of several the last one stays
        return ending

    @cached_property
    def segment(self) -> Ints:
        """Of the clock, of the contact's arrival."""
        return self.basis.clock.segment(self.log.arrived)

    @cached_property
    def wait(self) -> Floats:
        """Seconds until waiting ended, 0 where it did not."""
        log = self.log
        return np.where(log.outcome == Outcome.UNFINISHED, 0.0, log.ended - log.arrived)

    @cached_property
    def wait_in_all(self) -> Floats:
        """Of a contact and of its last leg, the wait over all legs."""
        if not len(self.legs):
            return self.wait
        found = self.wait + np.bincount(self._first, self.wait[self.legs], len(self.log))
        found[self.ending[self._first]] = found[self._first]
        return np.asarray(found)

    @cached_property
    def work_in_all(self) -> Floats:
        """Of a contact, the seconds of talk and wrap-up over all legs."""
        work = np.zeros(len(self.log))
        work[self.handled] = self.log.work()[self.handled]
        if len(self.legs):
            work += np.bincount(self._first, work[self.legs], len(self.log))
        return work

    @cached_property
    def handled(self) -> Ints:
        """Rows answered, counted or not, legs among them."""
        return np.flatnonzero(self.log.outcome == Outcome.ANSWERED)

    @cached_property
    def answered(self) -> Ints:
        """Those of `handled` that are no legs."""
        return self._whole(self.handled)

    @cached_property
    def gave_up(self) -> Ints:
        """Rows abandoned, no legs; balked contacts gave up too; no short ones."""
        outcome = self.log.outcome
        left = (outcome == Outcome.ABANDONED) | (outcome == Outcome.BALKED)
        return self._whole(np.flatnonzero(left))

    def _whole(self, rows: Ints) -> Ints:
        return rows[~self.log.is_leg[rows]] if len(self.legs) else rows

    @cached_property
    def in_time(self) -> Ints:
        """Those of `answered` within their purchase window; the same array if there is none."""
        assert self.draws is not None
        return _in_time(self.log, self.draws, self.answered, self.wait)


def _first_legs(log: ContactLog, legs: Ints) -> Ints:
    """[leg] the row of the contact as it came from outside."""
    first = np.arange(len(log))
    first[legs] = log.parent[legs]
    while not np.array_equal(further := first[first[legs]], first[legs]):
        first[legs] = further
    return np.asarray(first[legs])


def values_of(draws: Draws, at: Ints, log: ContactLog, rows: Ints) -> Floats:
    """The values of contacts from their banks, which begin there, whatever attempt they are."""
    reason, attempt = draws.reason[log.customer[rows]], log.attempt[rows]
    place = at + draws.row[log.customer[rows]]
    found: Floats = draws.values[place]
    later = np.flatnonzero(attempt > 0)
    for which in np.unique(np.stack([reason[later], attempt[later]]), axis=1).T.tolist():
        mine = later[(reason[later] == which[0]) & (attempt[later] == which[1])]
        found[mine] = draws.more.contact_values(*which)[place[mine] - draws.begins[which[0]]]
    return found


def _in_time(log: ContactLog, draws: Draws, answered: Ints, wait: Floats) -> Ints:
    """Answered within the window of the contact; where it has none of its own, answered at all."""
    at = draws.at[Purpose.WINDOW]
    if (at < 0).all():
        return answered
    bank = at[log.reason[answered], log.channel[answered]]
    some = np.flatnonzero(bank >= 0)
    rows = answered[some]
    late = wait[rows] > values_of(draws, bank[some], log, rows)
    return np.delete(answered, some[late])
