"""Components that count contacts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.measures.ai_agents import add_ai_agents
from sim.measures.basis import Basis
from sim.measures.components import CHANNEL, POOL, REASON
from sim.measures.facts import OUTCOMES, SHORT, Facts
from sim.measures.returns import come_back
from sim.measures.sums import Groups, Places, Sums
from sim.tables import Cause, ContactLog, Ints, Numbers, Outcome

BY_OUTCOME: dict[str, tuple[int, ...]] = {
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
    "flowed_out": (Outcome.FLOWED_OUT,),
    "no_line": (Outcome.NO_LINE,),
    "short_abandoned": (SHORT,),
    "contacts": (*Outcome, SHORT),
}
"""Component -> the outcomes that it counts."""

UNANSWERED = (
    *BY_OUTCOME["abandoned"],
    *(Outcome.BLOCKED, Outcome.CLOSED, Outcome.EXPIRED, Outcome.UNREACHED),
)
"""What a leg may come to that is no answer."""

_COUNTED = {name: np.isin(np.arange(OUTCOMES), outcomes) for name, outcomes in BY_OUTCOME.items()}

ANSWERED = ("answered_within", "answered_at_once")
"""Components that count contacts answered in the queue, by how."""

SERVED = ("first_answered", "first_resolved", "first_settled", "buying_answered")
"""Components that count contacts answered in the queue or called back, by whose they are."""

LEGS = (
    *("transfers", "transferred", "hold_time", "transfers_answered", "transfers_within"),
    *("wait_of_transfers", "transfers_abandoned", "lost_after_transfer"),
)
"""Components of contacts that are passed on."""

BY_CAUSE = {"retries": Cause.RETRY, "again": Cause.AGAIN, "overdue": Cause.OVERDUE}
"""Component -> why the contacts that it counts were made."""

DIALS = ("dials", "right_party")
"""Components of outbound calls."""

CALLBACKS = (
    *("callbacks", "called_back", "wait_of_called_back"),
    *("callbacks_reached", "callbacks_unreached", "callbacks_expired"),
)
"""Components of contacts whose customer chose to be called back."""


GROUPS: dict[str, Callable[[Facts], Numbers]] = {
    CHANNEL: lambda facts: facts.log.channel,
    REASON: lambda facts: facts.log.reason,
    POOL: lambda facts: facts.log.pool,
    "earlier": lambda facts: np.minimum(facts.made_before, 3),
}
"""Split of contacts -> the group of each row; of pools -1 is nobody."""


def add_contacts(sums: Sums, basis: Basis, log: ContactLog, facts: Facts) -> Places:
    """Add every component of contacts but those that follow from sales; where rows count."""
    groups = {by: find(facts) for by, find in GROUPS.items() if sums.tells(by)}
    at = sums.places(groups, lambda: facts.segment, facts.counts)
    sums.add_codes(at.of(facts.contacts), facts.outcome[facts.contacts], _COUNTED)
    if sums.wants("repeated"):
        sums.add("repeated", at.of(np.flatnonzero((facts.made_before > 0) & log.is_made)))
    _add_answered(sums, basis, log, facts, at)
    _add_handled(sums, basis, log, facts, at)
    _add_abandoned(sums, basis, log, facts, at)
    if sums.wants("hang_ups"):
        _add_hang_ups(sums, basis, facts, groups)
    _add_contracts(sums, basis, log, facts, at)
    _add_channels(sums, basis, log, at)
    _add_chances(sums, basis, log, facts, at)
    if not basis.people.all():
        add_ai_agents(sums, basis, log, facts, at)
    if len(facts.legs):
        _add_legs(sums, basis, log, facts, at)
    if len(facts.conferences):
        asked = facts.conferences
        sums.add("conferences", at.of(asked[log.outcome[asked] == Outcome.ANSWERED]))
        sums.add("conferences_missed", at.of(asked[log.outcome[asked] == Outcome.BLOCKED]))
    if sums.wants("duplicates"):
        sums.add("duplicates", at.of(duplicates(log)))
    if sums.wants("displaced"):
        displaced = log.parent[log.cause == Cause.CLOSED]
        sums.add("displaced", at.of(displaced[~log.is_leg[displaced]]))
    return at


def _add_abandoned(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """What is known of contacts that gave up."""
    if not sums.wants("wait_of_abandoned", "abandoned_within"):
        return
    rows = facts.gave_up
    at, wait = at.of(rows), facts.wait[rows]
    sums.add("wait_of_abandoned", at, wait)
    sums.add("abandoned_within", at.of(np.flatnonzero(basis.soon(log, rows, wait))))


def _add_hang_ups(sums: Sums, basis: Basis, facts: Facts, groups: Groups) -> None:
    """The same contacts, and those of earlier customers, when they gave up."""
    rows = facts.gave_up
    when = facts.log.ended[rows]
    counted = (when >= 0.0) & (when < basis.clock.end)
    mine = {by: group[rows] for by, group in groups.items()}
    sums.add("hang_ups", sums.places(mine, lambda: basis.clock.segment(when), counted))


def _add_answered(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """What is known of answered contacts."""
    rows = facts.answered
    if sums.wants(*SERVED):
        _add_served(sums, basis, log, facts, at)
    at = at.of(rows)
    if sums.wants(*ANSWERED):
        wait = facts.wait[rows]
        found = basis.soon(log, rows, wait), wait == 0.0
        sums.add_flags(at, dict(zip(ANSWERED, found, strict=True)))
    if sums.wants("wait_of_answered"):
        sums.add("wait_of_answered", at, facts.wait[rows])
    if sums.wants("wait_in_all", "work_in_all"):
        sums.add("wait_in_all", at, facts.wait_in_all[rows])
        sums.add("work_in_all", at, facts.work_in_all[rows])


def _add_served(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """Whose contacts were answered, in the queue or when called back."""
    rows = facts.served
    first = facts.cause[facts.root[rows]] == Cause.FIRST
    last = facts.ending[rows]
    left = np.where(np.isnan(log.talked[last]), log.ended[last], log.talked[last])
    found = (
        first,
        first & (log.resolved[last] == 1),
        first & ~come_back(facts, rows, left, retries=False),
        basis.prices.buying[log.reason[rows]],
    )
    sums.add_flags(at.of(rows), dict(zip(SERVED, found, strict=True)))


def _add_handled(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """What agents worked, on contacts and on legs of contacts."""
    rows = facts.handled
    at = at.of(rows)
    sums.add("handled", at)
    if sums.wants("talk_time", "wrap_time"):
        talk, work = log.talk()[rows], log.work()[rows]
        sums.add("talk_time", at, talk)
        sums.add("wrap_time", at, work - talk)
    if sums.wants("work_after"):
        _add_work_after(sums, basis, log, rows, at)


def _add_work_after(sums: Sums, basis: Basis, log: ContactLog, rows: Ints, at: Places) -> None:
    """What of the work on answered contacts lies after the counted days."""
    contact, _, began, until = log.pieces()
    late = np.flatnonzero(until > basis.clock.end)
    place = np.searchsorted(rows, contact[late])
    mine = np.append(rows, -1)[place] == contact[late]
    after = until[late] - np.maximum(began[late], basis.clock.end)
    sums.add("work_after", at.of(place[mine]), after[mine])


def _add_legs(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """What becomes of contacts that are passed on, where their legs are."""
    if not sums.wants(*LEGS):
        return
    legs = facts.legs
    sums.add("transfers", at.of(legs))
    first = log.parent[legs]
    sums.add("transferred", at.of(first))
    sums.add("hold_time", at.of(first), log.talked[first] - log.arrived[legs])
    queued = np.setdiff1d(legs, facts.calls)
    answered = queued[log.outcome[queued] == Outcome.ANSWERED]
    abandoned = legs[log.outcome[legs] == Outcome.ABANDONED]
    soon = basis.soon(log, answered, facts.wait[answered])
    sums.add("transfers_answered", at.of(answered))
    sums.add("transfers_within", at.of(answered[soon]))
    sums.add("wait_of_transfers", at.of(answered), facts.wait[answered])
    sums.add("transfers_abandoned", at.of(abandoned))
    lost = np.isin(log.outcome[facts.ending[facts.answered]], UNANSWERED)
    sums.add("lost_after_transfer", at.of(facts.answered[lost]))


def _add_contracts(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """What pools' contracts ask for answered contacts."""
    rows = facts.handled
    pool, at = log.pool[rows], at.of(rows)
    if basis.prices.contact.any():
        sums.add("cost_contacts", at, basis.prices.contact[pool])
    if basis.prices.minute.any() and sums.wants("cost_minutes"):
        minutes = log.work()[rows] / 60.0
        sums.add("cost_minutes", at, basis.prices.minute[pool] * minutes)


def _add_channels(sums: Sums, basis: Basis, log: ContactLog, at: Places) -> None:
    """What channels ask: for contacts answered or self-served, and for every call to a customer.

    A leg on the channel of the leg before it is no other contact, nor is a conference.
    """
    if not (basis.prices.channel.any() or basis.prices.call.any()):
        return
    if not sums.wants("cost_channels"):
        return
    called = log.callback == 1
    handled = (log.outcome == Outcome.ANSWERED) | (log.outcome == Outcome.SELF_SERVED)
    same = (log.is_leg & (log.channel == log.channel[log.parent])) | log.is_conference
    rows = np.flatnonzero((handled & ~same) | (log.outcome == Outcome.UNREACHED))
    price = np.where(called, basis.prices.call[log.channel], basis.prices.channel[log.channel])
    sums.add("cost_channels", at.of(rows), price[rows])


def _add_chances(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
    """Second chances: other contacts, self-service, calls to customers, offers."""
    for name, cause in BY_CAUSE.items():
        if sums.wants(name):
            sums.add(name, at.of(np.flatnonzero(facts.cause == cause)))
    if sums.wants("self_resolved"):
        sums.add("self_resolved", at.of(self_resolved(log)))
    if basis.outbound.any() and sums.wants(*DIALS):
        _add_dials(sums, basis, log, at)
    if len(facts.calls) and sums.wants(*CALLBACKS):
        _add_callbacks(sums, log, facts, at)
    if basis.may_decline.any() and sums.wants("offers", "offers_taken"):
        offered = np.flatnonzero(log.offers > 0)
        sums.add("offers", at.of(offered), log.offers[offered].astype(np.float64))
        sums.add("offers_taken", at.of(offers_taken(basis, log)))


def _add_dials(sums: Sums, basis: Basis, log: ContactLog, at: Places) -> None:
    """Outbound calls."""
    made = (log.callback == 1) & (log.agent >= 0) & basis.outbound[log.channel]
    sums.add("dials", at.of(np.flatnonzero(made)))
    reached = made & (log.outcome == Outcome.ANSWERED)
    sums.add("right_party", at.of(np.flatnonzero(reached)))


def _add_callbacks(sums: Sums, log: ContactLog, facts: Facts, at: Places) -> None:
    """What becomes of customers who chose to be called back."""
    calls = facts.calls
    outcome, accepted = log.outcome[calls], log.cause[calls] != Cause.CALL
    called_back = calls[accepted & (log.agent[calls] >= 0)]
    in_vain = calls[outcome == Outcome.UNREACHED]
    sums.add("callbacks", at.of(calls[accepted]))
    sums.add("called_back", at.of(called_back))
    sums.add("wait_of_called_back", at.of(called_back), facts.wait[called_back])
    sums.add("callbacks_reached", at.of(calls[outcome == Outcome.ANSWERED]))
    sums.add("callbacks_unreached", at.of(np.setdiff1d(in_vain, log.parent[calls[~accepted]])))
    sums.add("callbacks_expired", at.of(calls[outcome == Outcome.EXPIRED]))


def self_resolved(log: ContactLog) -> Ints:
    """Rows that self-service resolved."""
    return np.flatnonzero((log.outcome == Outcome.SELF_SERVED) & (log.resolved == 1))


def offers_taken(basis: Basis, log: ContactLog) -> Ints:
    """Rows taken by an agent who may decline: the last offer of each was the one they took."""
    rows = np.flatnonzero(log.pool >= 0)
    return np.asarray(rows[basis.may_decline[log.pool[rows]]])


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
    concerned = np.zeros(int(log.customer.max()) + 1, dtype=bool)
    concerned[log.customer[overdue]] = True
    rows = np.flatnonzero(concerned[log.customer])
    # from here on contacts are numbered among the rows
    cause, parent = log.cause[rows], np.searchsorted(rows, log.parent[rows])
    goes_on = (cause != Cause.FIRST) & (cause != Cause.AGAIN)
    matter = np.where(goes_on, parent, np.arange(len(rows)))
    while not np.array_equal(further := matter[matter], matter):
        matter = further
    twice = np.zeros(len(rows), dtype=bool)
    twice[matter[cause == Cause.OVERDUE]] = True  # may be
    answers = (log.outcome[rows] == Outcome.ANSWERED) & ~(log.is_leg | log.is_conference)[rows]
    answered = np.flatnonzero(answers & twice[matter])
    answered = answered[np.argsort(log.ended[rows[answered]], kind="stable")]
    _, first = np.unique(matter[answered], return_index=True)
    return np.sort(rows[np.delete(answered, first)])
