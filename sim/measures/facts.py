"""What is read from a log once and used by every part of measuring."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    """One entry a row of the log, a contact or a leg of one, unless it says otherwise.

    counts_customer: [customer] whether the customer arrives within the counted days.
    counts: whether the contact's customer does.
    legs: rows that go on with a contact which was passed on.
    counts_contact: whether it counts and is no leg.
    ending: of a contact, the last leg; the row itself if it was not passed on.
    wait_in_all: of a contact and of its last leg, the wait over all legs.
    segment: of the clock, of the contact's arrival.
    wait: seconds until waiting ended, 0 where it did not.
    work_in_all: of a contact, the seconds of talk and wrap-up over all legs.
    answered, gave_up: rows, counted or not, no legs; balked contacts gave up too; no short ones.
    handled: rows answered, legs among them.
    in_time: those of `answered` within their purchase window; the same array if there is none.
    """

    counts_customer: np.ndarray
    counts: np.ndarray
    legs: Ints
    counts_contact: np.ndarray
    ending: Ints
    wait_in_all: Floats
    work_in_all: Floats
    segment: Ints
    wait: Floats
    answered: Ints
    handled: Ints
    gave_up: Ints
    in_time: Ints


def read_facts(basis: Basis, log: ContactLog, draws: Draws) -> Facts:
    """Read a log."""
    counts_customer = (draws.arrival >= 0.0) & (draws.arrival < basis.clock.end)
    wait = np.where(log.outcome == Outcome.UNFINISHED, 0.0, log.ended - log.arrived)
    handled = np.flatnonzero(log.outcome == Outcome.ANSWERED)
    gave_up = np.flatnonzero((log.outcome == Outcome.ABANDONED) | (log.outcome == Outcome.BALKED))
    counts = counts_customer[log.customer]
    legs = np.flatnonzero(log.is_leg)
    work = np.zeros(len(log))
    work[handled] = log.work()[handled]
    answered, counts_contact, ending, in_all = handled, counts, np.arange(len(log)), wait
    if len(legs):
        is_leg = log.is_leg
        answered, gave_up = handled[~is_leg[handled]], gave_up[~is_leg[gave_up]]
        counts_contact = counts & ~is_leg
        first = _first_legs(log, legs)
        ending[first] = legs  # of several the last one stays
        in_all = wait + np.bincount(first, wait[legs], len(log))
        in_all[ending[first]] = in_all[first]
        work += np.bincount(first, work[legs], len(log))
    return Facts(
        counts_customer=counts_customer,
        counts=counts,
        legs=legs,
        counts_contact=counts_contact,
        ending=ending,
        wait_in_all=in_all,
        work_in_all=work,
        segment=basis.clock.segment(log.arrived),
        wait=wait,
        answered=answered,
        handled=handled,
        gave_up=gave_up,
        in_time=_in_time(log, draws, answered, wait),
    )


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
