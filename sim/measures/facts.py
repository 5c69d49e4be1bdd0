"""What is read from a log once and used by every part of measuring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.measures.basis import Basis
from sim.tables import Cause, ContactLog, Draws, Floats, Ints, Numbers, Outcome, Purpose

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
    def counts_once(self) -> np.ndarray:
        """[customer] Whether they count, who was recorded several times once."""
        if self._recorded_once:
            return self.counts_customer
        return np.asarray(self.counts_customer & (self.same == np.arange(len(self.same))))

    @cached_property
    def again(self) -> Ints:
        """Customers who were recorded before."""
        if self._recorded_once:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(self.same != np.arange(len(self.same)))

    @cached_property
    def counts(self) -> np.ndarray:
        """Whether the contact counts: its customer does."""
        return self.counts_customer[self.log.customer] if self.about is None else self.about

    @cached_property
    def same(self) -> Ints:
        """[customer] The first one who is the same, where a replayed record says so."""
        assert self.draws is not None
        return np.asarray(self.draws.same, dtype=np.int64)

    @cached_property
    def who(self) -> Numbers:
        """The customer, as one who was recorded several times is known at first."""
        return self.log.customer if self._recorded_once else self.same[self.log.customer]

    @property
    def _recorded_once(self) -> bool:
        return self.draws is None or len(self.draws.same) == 0

    @cached_property
    def cause(self) -> np.ndarray:
        """Why a contact was made.

        Who was recorded before tries again, or comes again if the contact before was answered.
        """
        log = self.log
        if self._recorded_once:
            return log.cause
        later, order = self.again, np.argsort(self.same, kind="stable")
        before = np.empty_like(order)
        before[order[1:]] = order[:-1]
        last = self.ending[before[later]]
        answered = (log.outcome[last] == Outcome.ANSWERED) & (log.ended[last] <= log.arrived[later])
        cause = log.cause.copy()
        cause[later] = np.where(answered, Cause.AGAIN, Cause.RETRY)
        return cause

    @cached_property
    def legs(self) -> Ints:
        """Rows that go on with a contact which was passed on."""
        return np.flatnonzero(self.log.is_leg)

    @cached_property
    def calls(self) -> Ints:
        """Rows of customers who wait to be called back, or are called once more."""
        log = self.log
        return np.flatnonzero((log.callback == 1) & ~self.basis.outbound[log.channel])

    @cached_property
    def conferences(self) -> Ints:
        """Rows of agents who join a talk, or would have if they had been free."""
        return np.flatnonzero(self.log.is_conference)

    @cached_property
    def going_on(self) -> Ints:
        """Rows that go on with a contact: legs, and further calls to who is called back."""
        further = self.calls[self.log.cause[self.calls] == Cause.CALL]
        return np.union1d(self.legs, further) if len(further) else self.legs

    @cached_property
    def parts(self) -> Ints:
        """Rows that are no contacts of their own: they go on with one, or join its talk."""
        joining = self.conferences
        return np.union1d(self.going_on, joining) if len(joining) else self.going_on

    @cached_property
    def contacts(self) -> Ints | slice:
        """Rows that are contacts of their own."""
        return np.delete(np.arange(len(self.log)), self.parts) if len(self.parts) else slice(None)

    @cached_property
    def counts_contact(self) -> np.ndarray:
        """Whether it counts and is a contact of its own."""
        if not len(self.parts):
            return self.counts
        counts = self.counts.copy()
        counts[self.parts] = False
        return counts

    @cached_property
    def outcome(self) -> np.ndarray:
        """As it counts. Who accepts to be called back has left the queue: a flow-out."""
        outcome = self.log.outcome
        if not len(self.calls):
            return outcome
        outcome = outcome.copy()
        left = self.calls[outcome[self.calls] != Outcome.UNFINISHED]
        outcome[left] = Outcome.FLOWED_OUT
        return outcome

    @cached_property
    def root(self) -> Ints:
        """The contact of which a row is a part; the row itself if it is one of its own."""
        root, parts = np.arange(len(self.log)), self.parts
        root[parts] = self.log.parent[parts]
        while not np.array_equal(further := root[root[parts]], root[parts]):
            root[parts] = further
        return root

    @cached_property
    def ending(self) -> Ints:
        """The last part of its contact; the row itself if there is no other."""
        last = np.arange(len(self.log))
        last[self.root[self.going_on]] = self.going_on  # of several the last one stays
        return np.asarray(last[self.root])

    @cached_property
    def made_before(self) -> Ints:
        """How many contacts the customer had made before; of a part, before its contact."""
        log, who, made = self.log, self.who, self.log.is_made
        number = np.zeros(len(log), dtype=np.int64)
        # a first contact has the number of its customer
        later = np.flatnonzero(made & (who != np.arange(len(log))))
        if len(later) == 0:
            return number
        number[later] = 1
        several = later[np.bincount(who[later])[who[later]] > 1]
        several = several[np.lexsort((log.arrived[several], who[several]))]
        begins = np.flatnonzero(np.diff(who[several], prepend=-1))
        number[several] = np.arange(1, len(several) + 1)
        number[several] -= np.repeat(begins, np.diff(begins, append=len(several)))
        parts = np.flatnonzero(~made)
        contact = log.parent[parts]
        while not made[contact].all():
            contact = np.where(made[contact], contact, log.parent[contact])
        number[parts] = number[contact]
        return number

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
        """Of a contact and of its ending, the wait over all parts."""
        if not len(self.parts):
            return self.wait
        first = self.root[self.parts]
        found = self.wait + np.bincount(first, self.wait[self.parts], len(self.log))
        found[self.ending[first]] = found[first]
        return np.asarray(found)

    @cached_property
    def work_in_all(self) -> Floats:
        """Of a contact, the seconds of talk and wrap-up over all parts."""
        work = np.zeros(len(self.log))
        work[self.handled] = self.log.work()[self.handled]
        if len(self.parts):
            work += np.bincount(self.root[self.parts], work[self.parts], len(self.log))
        return work

    @cached_property
    def handled(self) -> Ints:
        """Rows answered, counted or not, parts of contacts among them."""
        return np.flatnonzero(self.log.outcome == Outcome.ANSWERED)

    @cached_property
    def answered(self) -> Ints:
        """Contacts answered in the queue."""
        return self._queued(self.handled)

    @cached_property
    def served(self) -> Ints:
        """Rows in which contacts were answered first, in the queue or when called back."""
        if not len(self.parts):
            return self.handled
        within = self.log.is_leg | self.log.is_conference
        return self.handled[~within[self.handled]]

    @cached_property
    def gave_up(self) -> Ints:
        """Contacts abandoned in the queue; balked ones gave up too; no short ones."""
        outcome = self.log.outcome
        left = (outcome == Outcome.ABANDONED) | (outcome == Outcome.BALKED)
        return self._queued(np.flatnonzero(left))

    def _queued(self, rows: Ints) -> Ints:
        """Those that are contacts of their own, of customers who are not to be called back."""
        if not len(self.parts) and not len(self.calls):
            return rows
        return np.setdiff1d(rows, np.union1d(self.parts, self.calls), assume_unique=True)

    @cached_property
    def in_time(self) -> Ints:
        """Those of `served` within their purchase window; the same array if there is none."""
        assert self.draws is not None
        return _in_time(self.log, self.draws, self.served, self.root)


def values_of(draws: Draws, at: Ints, log: ContactLog, rows: Ints) -> Floats:
    """The values of contacts from their banks, which begin there, whatever attempt they are."""
    reason, attempt = draws.reason[log.customer[rows]], log.attempt[rows]
    place = at + draws.row[log.customer[rows]]
    found: Floats = draws.values[place]
    later = np.flatnonzero(attempt > 0)
    attempts = 1 + int(attempt.max(initial=0))
    which = reason[later] * attempts + attempt[later]
    for one in np.unique(which).tolist():
        mine, bank = later[which == one], divmod(one, attempts)
        found[mine] = draws.more.contact_values(*bank)[place[mine] - draws.begins[bank[0]]]
    return found


def _in_time(log: ContactLog, draws: Draws, served: Ints, root: Ints) -> Ints:
    """Served within the window of the contact; where it has none of its own, served at all."""
    at = draws.at[Purpose.WINDOW]
    if (at < 0).all():
        return served
    contact = root[served]
    bank = at[log.reason[contact], log.channel[contact]]
    some = np.flatnonzero(bank >= 0)
    rows = contact[some]
    wait = log.ended[served[some]] - log.arrived[rows]
    return np.delete(served, some[wait > values_of(draws, bank[some], log, rows)])
