"""Components that count contacts."""

from __future__ import annotations

import numpy as np

from sim.measures.facts import Facts
from sim.measures.ruler import Ruler
from sim.measures.sums import Places, Sums, places
from sim.tables import Cause, ContactLog, Floats, Ints, Outcome

BY_OUTCOME = {
    "answered": (Outcome.ANSWERED,),
    "abandoned": (Outcome.ABANDONED, Outcome.BALKED),
    "balked": (Outcome.BALKED,),
    "blocked": (Outcome.BLOCKED,),
    "closed": (Outcome.CLOSED,),
    "expired": (Outcome.EXPIRED,),
    "withdrawn": (Outcome.WITHDRAWN,),
    "self_served": (Outcome.SELF_SERVED,),
    "unreached": (Outcome.UNREACHED,),
    "unfinished": (Outcome.UNFINISHED,),
    "contacts": tuple(Outcome),
}
"""Component -> the outcomes that it counts."""


BY_CAUSE = {"retries": Cause.RETRY, "again": Cause.AGAIN, "overdue": Cause.OVERDUE}
"""Component -> why the contacts that it counts were made."""


def add_contacts(sums: Sums, ruler: Ruler, log: ContactLog, facts: Facts) -> Places:
    """Add every component of contacts but those that follow from sales; where contacts count."""
    at = places(ruler, log.channel, log.reason, log.pool, facts.segment, facts.counts)
    _add_outcomes(sums, log, at)
    answered = at.of(facts.answered)
    _add_waits(sums, "answered", ruler, log, facts.answered, facts.wait, answered)
    _add_waits(sums, "abandoned", ruler, log, facts.gave_up, facts.wait, at.of(facts.gave_up))
    _add_answers(sums, ruler, log, facts, answered)
    _add_contracts(sums, ruler, log, facts.answered, answered)
    _add_channels(sums, ruler, log, at)
    _add_chances(sums, ruler, log, facts, at)
    sums.add("duplicates", at.of(duplicates(log)))
    sums.add("displaced", at.of(log.parent[log.cause == Cause.CLOSED]))
    return at


def _add_outcomes(sums: Sums, log: ContactLog, at: Places) -> None:
    n = len(Outcome)
    kinds = np.bincount(at.kind * n + log.outcome, minlength=(sums.kinds + 1) * n)
    times = np.bincount(at.time * n + log.outcome, minlength=(sums.segments + 1) * n)
    kinds = kinds.reshape(-1, n)[: sums.kinds]
    times = times.reshape(-1, n)[: sums.segments]
    for name, outcomes in BY_OUTCOME.items():
        columns = [int(outcome) for outcome in outcomes]
        sums.put_kinds(name, kinds[:, columns].sum(axis=1))
        sums.put_segments(name, times[:, columns].sum(axis=1))


def _add_waits(
    sums: Sums, whose: str, ruler: Ruler, log: ContactLog, rows: Ints, waits: Floats, at: Places
) -> None:
    wait = waits[rows]
    sums.add(f"wait_of_{whose}", at, wait)
    soon = np.flatnonzero(wait <= ruler.threshold[log.channel[rows]])
    sums.add(f"{whose}_within", at.of(soon))


def _add_answers(sums: Sums, ruler: Ruler, log: ContactLog, facts: Facts, at: Places) -> None:
    """What is known of answered contacts besides their waits."""
    rows = facts.answered
    first = np.flatnonzero(log.cause[rows] == Cause.FIRST)
    resolved = first[log.resolved[rows[first]] == 1]
    sums.add("talk_time", at, log.talked[rows] - log.ended[rows])
    sums.add("wrap_time", at, log.freed[rows] - log.talked[rows])
    later = log.freed[rows] - np.maximum(log.ended[rows], ruler.clock.end)
    sums.add("work_after", at, np.maximum(later, 0.0))
    sums.add("answered_at_once", at.of(np.flatnonzero(facts.wait[rows] == 0.0)))
    sums.add("first_answered", at.of(first))
    sums.add("first_resolved", at.of(resolved))
    sums.add("buying_answered", at.of(np.flatnonzero(ruler.prices.buying[log.reason[rows]])))


def _add_contracts(sums: Sums, ruler: Ruler, log: ContactLog, rows: Ints, at: Places) -> None:
    """What pools' contracts ask for answered contacts."""
    pool = log.pool[rows]
    minutes = (log.freed[rows] - log.ended[rows]) / 60.0
    _add_priced(sums, "cost_contacts", at, ruler.prices.contact[pool])
    _add_priced(sums, "cost_minutes", at, ruler.prices.minute[pool] * minutes)


def _add_channels(sums: Sums, ruler: Ruler, log: ContactLog, at: Places) -> None:
    """What channels ask: for contacts answered or self-served, and for every call back."""
    called = log.callback == 1
    handled = (log.outcome == Outcome.ANSWERED) | (log.outcome == Outcome.SELF_SERVED)
    rows = np.flatnonzero(handled | (log.outcome == Outcome.UNREACHED))
    price = np.where(called, ruler.prices.callback[log.channel], ruler.prices.channel[log.channel])
    _add_priced(sums, "cost_channels", at.of(rows), price[rows])


def _add_chances(sums: Sums, ruler: Ruler, log: ContactLog, facts: Facts, at: Places) -> None:
    """Second chances: other contacts, self-service, calls back, offers."""
    for name, cause in BY_CAUSE.items():
        sums.add(name, at.of(np.flatnonzero(log.cause == cause)))
    sums.add("self_resolved", at.of(self_resolved(log)))
    called_back = np.flatnonzero((log.callback == 1) & (log.agent >= 0))
    sums.add("callbacks", at.of(np.flatnonzero(log.callback == 1)))
    sums.add("called_back", at.of(called_back))
    sums.add("wait_of_called_back", at.of(called_back), facts.wait[called_back])
    offered = np.flatnonzero(log.offers > 0)
    sums.add("offers", at.of(offered), log.offers[offered].astype(np.float64))
    sums.add("offers_taken", at.of(offers_taken(ruler, log)))


def self_resolved(log: ContactLog) -> Ints:
    """Rows that self-service resolved."""
    return np.flatnonzero((log.outcome == Outcome.SELF_SERVED) & (log.resolved == 1))


def offers_taken(ruler: Ruler, log: ContactLog) -> Ints:
    """Rows taken by an agent who may decline: the last offer of each was the one he took."""
    rows = np.flatnonzero(log.pool >= 0)
    return np.asarray(rows[ruler.may_decline[log.pool[rows]]])


def _add_priced(sums: Sums, name: str, at: Places, price: Floats) -> None:
    """Add prices; most contracts ask nothing for most things."""
    if price.any():
        sums.add(name, at, price)


def duplicates(log: ContactLog) -> Ints:
    """Rows answered although the same matter had been answered before.

    A matter begins with a first contact or with one made because the last answer did not resolve
    it; retries, returns after a closed door, and what an overdue contact or self-service led to
    belong to the matter of their parent. Only an overdue contact, which stays in the backlog,
    lets a matter be answered twice.
    """
    overdue = np.flatnonzero(log.cause == Cause.OVERDUE)
    if len(overdue) == 0:
        return overdue
    goes_on = (log.cause != Cause.FIRST) & (log.cause != Cause.AGAIN)
    matter = np.where(goes_on, log.parent, np.arange(len(log)))
    while not np.array_equal(further := matter[matter], matter):
        matter = further
    twice = np.zeros(len(log), dtype=bool)
    twice[matter[overdue]] = True  # may be
    rows = np.flatnonzero((log.outcome == Outcome.ANSWERED) & twice[matter])
    rows = rows[np.argsort(log.ended[rows], kind="stable")]
    _, first = np.unique(matter[rows], return_index=True)
    return np.sort(np.delete(rows, first))
