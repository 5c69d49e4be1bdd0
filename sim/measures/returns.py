"""Whether customers come back: what an operator sees of a matter that was not settled."""

from __future__ import annotations

import numpy as np

from sim.measures.facts import Facts
from sim.tables import DAY, Cause, Floats, Ints

RETURN_DAYS = 7
"""A contact that is followed by another one of the customer within so many days settled nothing."""


def come_back(facts: Facts, rows: Ints, since: Floats, *, retries: bool) -> np.ndarray:
    """Whether their customers make another contact within `RETURN_DAYS`, on any channel.

    Args:
        facts: of the log.
        rows: of it.
        since: of each, the time from which on.
        retries: whether a contact counts that was made because the one before was not answered.
    """
    log, who = facts.log, facts.who
    later = np.flatnonzero(log.is_made & (facts.cause != Cause.FIRST))
    if not retries:
        later = later[facts.cause[later] != Cause.RETRY]
    comes = np.zeros(int(who.max(initial=-1)) + 1, dtype=bool)
    comes[who[later]] = True
    some = np.flatnonzero(comes[who[rows]])  # most customers never do
    found = np.zeros(len(rows), dtype=bool)
    found[some] = _followed(facts, later, rows[some], since[some])
    return found


def _followed(facts: Facts, later: Ints, rows: Ints, since: Floats) -> np.ndarray:
    """Whether one of the later contacts is the customer's, and soon enough."""
    log, who = facts.log, facts.who
    # one number that orders by customer, then time; times are whole ticks below a century
    span = 2.0 * (float(np.abs(log.arrived).max(initial=1.0)) + RETURN_DAYS * DAY + 1.0)
    key = np.sort(who[later] * span + log.arrived[later])
    begin = who[rows] * span + since
    found = np.searchsorted(key, begin, side="left")
    until = np.searchsorted(key, begin + RETURN_DAYS * DAY, side="right")
    itself = np.isin(rows, later) & (log.arrived[rows] == since)  # no wait, no talk
    return np.asarray(until - found > itself)
