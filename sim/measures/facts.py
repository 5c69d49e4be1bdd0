"""What is read from a log once and used by every part of measuring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measures.ruler import Ruler
from sim.tables import ContactLog, Draws, Floats, Ints, Outcome, Purpose


@dataclass(frozen=True)
class Facts:
    """One entry a contact, unless it says otherwise.

    counts_customer: [customer] whether the customer arrives within the counted days.
    counts: whether the contact's customer does.
    segment: of the clock, of the contact's arrival.
    wait: seconds until waiting ended, 0 where it did not.
    answered, gave_up: rows of the log, counted or not; balked contacts gave up too.
    in_time: rows answered within their purchase window; the same as `answered` if there is none.
    """

    counts_customer: np.ndarray
    counts: np.ndarray
    segment: Ints
    wait: Floats
    answered: Ints
    gave_up: Ints
    in_time: Ints


def read_facts(ruler: Ruler, log: ContactLog, draws: Draws) -> Facts:
    """Read a log."""
    counts_customer = (draws.arrival >= 0.0) & (draws.arrival < ruler.clock.end)
    wait = np.where(log.outcome == Outcome.UNFINISHED, 0.0, log.ended - log.arrived)
    answered = np.flatnonzero(log.outcome == Outcome.ANSWERED)
    gave_up = (log.outcome == Outcome.ABANDONED) | (log.outcome == Outcome.BALKED)
    return Facts(
        counts_customer=counts_customer,
        counts=counts_customer[log.customer],
        segment=ruler.clock.segment(log.arrived),
        wait=wait,
        answered=answered,
        gave_up=np.flatnonzero(gave_up),
        in_time=_in_time(log, draws, answered, wait),
    )


def _in_time(log: ContactLog, draws: Draws, answered: Ints, wait: Floats) -> Ints:
    """Answered within the window of the contact; where it has none of its own, answered at all."""
    at = draws.at[Purpose.WINDOW]
    if (at < 0).all():
        return answered
    bank = at[log.reason[answered], log.channel[answered]]
    some = np.flatnonzero(bank >= 0)
    rows = answered[some]
    place = log.attempt[rows] * draws.reason_size[log.reason[rows]] + draws.row[log.customer[rows]]
    late = wait[rows] > draws.values[bank[some] + place]
    return np.delete(answered, some[late])
