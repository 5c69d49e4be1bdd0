"""Laws that hold on every log and tally: cheap enough to be checked in every report."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.measures.agents import Spells, latest_begun, presence
from sim.measures.basis import Basis
from sim.measures.catalogue import CATALOGUE, terms
from sim.measures.components import COMPONENTS, COST_PARTS, SPLITS, TOTAL
from sim.measures.contacts import BY_OUTCOME, offers_taken
from sim.measures.tally import COLUMN, Tally
from sim.tables import Cause, ContactLog, Draws, DutyLog, Floats, Ints, Outcome, on_grid

ROUNDING = 1e-9
"""Money is added in another order in each split; relative to the sum of absolute amounts."""


class Check(NamedTuple):
    """A law, whether it holds, and what breaks it."""

    name: str
    passed: bool
    detail: str = ""


def checks(basis: Basis, draws: Draws, log: ContactLog, duty: DutyLog, tally: Tally) -> list[Check]:
    """Check one replication: its log, its duty and what was measured."""
    return [
        _rows("every contact ends in exactly one way", _wrong_outcome(log)),
        _rows("times of a contact follow each other", _wrong_times(log)),
        _rows(
            "contacts answered or called back in vain, and only they, have an agent",
            _wrong_agent(basis, log),
        ),
        _rows("agents who may decline take what they were offered", _not_offered(basis, log)),
        _rows("only those who wait for it are called back in vain", _not_waiting(log)),
        _rows("who is led out of a queue makes contact elsewhere", _wrong_exit(log)),
        *(_lines(basis, log, name) for name in basis.scenario.lines),
        _rows("contacts belong to their customer", _wrong_links(log, draws)),
        _rows("legs go on when a talk has ended that was passed on", _wrong_legs(basis, log)),
        _rows("who joins a talk does so at once, or not at all", _wrong_conferences(log)),
        _rows("agents answer what their pool answers", _wrong_pool(basis, log)),
        _rows("no agent has more in hand than fits", overloaded(basis, log), "agent"),
        _rows("agents answer on duty", _off_duty(basis, log, duty)),
        _rows("duty ends before the agent leaves, and spells do not overlap", _wrong_duty(duty)),
        _all_counted(basis, log, draws, tally),
        *(_adds_up(basis, tally, by) for by in SPLITS if by != TOTAL and basis.slices.size(by)),
        _cost_adds_up(basis, tally),
    ]


def _rows(name: str, wrong: np.ndarray, what: str = "contact") -> Check:
    """A law of rows: `wrong` tells for each whether it breaks the law."""
    bad = np.flatnonzero(wrong)
    if len(bad) == 0:
        return Check(name, True)
    return Check(name, False, f"{len(bad)} break it, the first is {what} {bad[0]}")


# --- the log ----------------------------------------------------------------------------------


def _wrong_outcome(log: ContactLog) -> np.ndarray:
    known = (log.outcome >= 0) & (log.outcome < len(Outcome))
    open_end = np.isnan(log.ended)
    return np.asarray(~known | (open_end != (log.outcome == Outcome.UNFINISHED)))


def _wrong_times(log: ContactLog) -> np.ndarray:
    # Comparisons with nan are false: times that are not there break nothing.
    wrong = (log.ended < log.arrived) | (log.talked < log.ended) | (log.freed < log.talked)
    return np.asarray(wrong)


def _wrong_agent(basis: Basis, log: ContactLog) -> np.ndarray:
    answered = (log.outcome == Outcome.ANSWERED) | (log.outcome == Outcome.UNREACHED)
    wrong = (log.agent >= 0) != answered
    wrong |= (log.pool >= 0) != answered
    wrong |= np.isnan(log.talked) == answered
    wrong |= np.isnan(log.freed) == answered
    known = np.flatnonzero((log.agent >= 0) & (log.agent < len(basis.agent_pool)))
    wrong |= log.agent >= len(basis.agent_pool)
    wrong[known] |= basis.agent_pool[log.agent[known]] != log.pool[known]
    return np.asarray(wrong)


def _not_offered(basis: Basis, log: ContactLog) -> np.ndarray:
    """Taken by an agent who may decline though never offered; offered where nobody may."""
    wrong = (log.offers < 0) | ((log.offers > 0) & ~basis.may_decline.any())
    taken = offers_taken(basis, log)
    wrong[taken] |= log.offers[taken] == 0
    return np.asarray(wrong)


def _not_waiting(log: ContactLog) -> np.ndarray:
    return np.asarray((log.outcome == Outcome.UNREACHED) & (log.callback != 1))


def _wrong_exit(log: ContactLog) -> np.ndarray:
    """Led on by a way out of a queue that its parent did not take, or at another time."""
    led = log.cause == Cause.EXIT
    wrong = led & (log.outcome[log.parent] != Outcome.FLOWED_OUT)
    return np.asarray(wrong | (led & (log.arrived != log.ended[log.parent])))


def _lines(basis: Basis, log: ContactLog, name: str) -> Check:
    """More customers wait and talk than there are lines; a call back is never refused one."""
    group, channels = basis.scenario.lines[name], list(basis.scenario.channels)
    mine = np.isin(log.channel, [channels.index(channel) for channel in group.channels])
    mine &= (log.callback == 0) & ~np.isnan(log.ended) & ~log.is_conference
    until = np.where(np.isnan(log.talked), log.ended, log.talked)
    until[log.parent[log.is_leg]] = log.arrived[log.is_leg]  # the line is the leg's from then on
    time = np.concatenate([log.arrived[mine], until[mine]])
    change = np.repeat([1, -1], mine.sum())
    most = np.cumsum(change[np.lexsort((change, time))]).max(initial=0)
    law = f"no more customers are connected than there are lines: {name}"
    return Check(law, bool(most <= group.count), "" if most <= group.count else f"{most}")


def _wrong_links(log: ContactLog, draws: Draws) -> np.ndarray:
    n = len(draws.arrival)
    rows = np.arange(len(log))
    first = rows < n
    wrong = first != (log.cause == Cause.FIRST)
    wrong |= first != (log.attempt == 0)
    wrong |= first & (log.customer != rows)
    wrong |= (log.reason != draws.reason[log.customer]) & ~(log.is_leg | log.is_conference)
    later = np.flatnonzero(~first)
    parent = log.parent[later]
    wrong[later] |= (parent < 0) | (parent >= later) | (log.customer[parent] != log.customer[later])
    return np.asarray(wrong)


def _wrong_legs(basis: Basis, log: ContactLog) -> np.ndarray:
    transfers = basis.scenario.transfers.values()
    hold = max((float(on_grid(one.warm.hold)) for one in transfers if one.warm), default=0.0)
    wrong = np.zeros(len(log), dtype=bool)
    legs = np.flatnonzero(log.is_leg)
    parent = log.parent[legs]
    known = (parent >= 0) & (parent < len(log))
    wrong[legs] = ~known
    legs, parent = legs[known], parent[known]
    wrong[legs] |= (log.outcome[parent] != Outcome.ANSWERED) | (log.resolved[parent] != -1)
    wrong[legs] |= _held_too_long(log, legs, log.talked[parent] - log.arrived[legs], hold)
    wrong[legs] |= np.bincount(parent, minlength=len(log))[parent] > 1
    return wrong


def _wrong_conferences(log: ContactLog) -> np.ndarray:
    parent = log.parent
    good = (log.outcome == Outcome.ANSWERED) | (log.outcome == Outcome.BLOCKED)
    good |= log.outcome == Outcome.WITHDRAWN
    good &= (log.ended == log.arrived) & (log.resolved == -1)
    good &= (log.outcome[parent] == Outcome.ANSWERED) & (log.talked[parent] >= log.arrived)
    return np.asarray(log.is_conference & ~good)


def _held_too_long(log: ContactLog, legs: Ints, held: Floats, hold: float) -> np.ndarray:
    """Who passes on stays no longer than the hold, unless they hand over to who has answered.

    held: [legs] seconds from the end of the talk until the agent left the customer.
    """
    waited = log.ended[legs] - log.arrived[legs]
    handed_over = (log.outcome[legs] == Outcome.ANSWERED) & (hold > 0) & (waited < hold)
    most = np.where(np.isnan(waited), hold, np.minimum(waited, hold))
    return np.asarray((held < 0) | (~handed_over & (held > most)))


def _wrong_pool(basis: Basis, log: ContactLog) -> np.ndarray:
    wrong = np.zeros(len(log), dtype=bool)
    rows = np.flatnonzero(log.pool >= 0)
    agent = np.minimum(log.agent[rows], len(basis.skill) - 1)
    wrong[rows] = basis.unit[basis.skill[agent], log.channel[rows]] == 0
    return wrong


def overloaded(basis: Basis, log: ContactLog) -> np.ndarray:
    """[agent] whether the contacts in hand ever took more than the whole agent.

    Of the same instant what is freed comes before what is taken, and what takes no time at all
    counts nowhere.
    """
    contact, who, began, until = log.pieces()
    some = np.flatnonzero((who < len(basis.agent_pool)) & (until > began))
    agent = np.concatenate([who[some], who[some]])
    time = np.concatenate([until[some], began[some]])
    unit = basis.unit[basis.skill[who[some]], log.channel[contact[some]]]
    change = np.concatenate([-unit, unit])
    order = np.lexsort((change, time, agent))
    in_hand = np.cumsum(change[order])  # every agent ends with nothing in hand
    capacity = basis.capacity[basis.agent_pool[agent[order]]]
    wrong = np.zeros(len(basis.agent_pool), dtype=bool)
    wrong[agent[order][in_hand > capacity]] = True
    return wrong


def _off_duty(basis: Basis, log: ContactLog, duty: DutyLog) -> np.ndarray:
    """Answered by an agent who was not there; staying after duty is for channels that drain.

    What is on offer at the end of duty may still be accepted, until the offer runs out.
    """
    pools = basis.scenario.pools.values()
    drains = np.array([c.at_close == "drain" for c in basis.scenario.channels.values()])
    rings = np.array([0.0 if pool.offers is None else pool.offers.timeout for pool in pools])
    contact, agent, time, _ = log.pieces()
    wrong = np.zeros(len(log), dtype=bool)
    if len(duty.agent) == 0:
        wrong[contact] = True
        return wrong
    spell = latest_begun(Spells(agent, time, time), presence(duty))
    pool = basis.agent_pool[np.minimum(agent, len(basis.agent_pool) - 1)]
    until = np.minimum(duty.off[spell] + on_grid(rings)[pool], duty.left[spell])
    drain = drains[log.channel[contact]]
    away = (spell < 0) | (duty.agent[spell] != agent)
    away |= time > np.where(drain, duty.left[spell], until)
    # duty does not include its end: who goes takes nothing more
    away |= (until == duty.off[spell]) & ~drain & (time == until)
    wrong[contact[away]] = True
    return wrong


def _wrong_duty(duty: DutyLog) -> np.ndarray:
    wrong = (duty.off < duty.on) | (duty.left < duty.off)
    wrong |= (duty.came < duty.on) | (duty.left < duty.came)
    same = duty.agent[1:] == duty.agent[:-1]
    wrong[1:] |= same & (duty.came[1:] < duty.left[:-1])
    wrong[1:] |= duty.agent[1:] < duty.agent[:-1]
    return np.asarray(wrong)


# --- the sums ---------------------------------------------------------------------------------


def _all_counted(basis: Basis, log: ContactLog, draws: Draws, tally: Tally) -> Check:
    """Contacts of counted customers, by outcome, against the log."""
    name = "outcomes add up to contacts"
    counts = (draws.arrival >= 0.0) & (draws.arrival < basis.clock.end)
    further = (log.cause == Cause.CALL) & ~basis.outbound[log.channel]
    parts = log.is_leg | log.is_conference | further
    contacts = int((counts[log.customer] & ~parts).sum())
    total = tally.sums[basis.slices.of(TOTAL)][0]
    parts = [one for one in BY_OUTCOME if one not in ("contacts", "balked")]  # balked: abandoned
    found = sum(total[COLUMN[one]] for one in parts)
    if found == contacts == total[COLUMN["contacts"]]:
        return Check(name, True)
    return Check(name, False, f"{found:.0f} outcomes of {contacts} contacts")


def _adds_up(basis: Basis, tally: Tally, by: str) -> Check:
    """Every component that adds up over the groups of a split adds up to its total."""
    name = f"groups add up to the total: {by}"
    total = tally.sums[basis.slices.of(TOTAL)][0]
    groups = tally.sums[basis.slices.of(by)]
    scale = np.maximum(np.abs(groups).sum(axis=0), 1.0)
    off = np.abs(groups.sum(axis=0) - total) > ROUNDING * scale
    wrong = [
        one.name
        for one in COMPONENTS.values()
        if by in one.splits and one.adds_up(by) and off[COLUMN[one.name]]
    ]
    return Check(name, not wrong, ", ".join(wrong))


def _cost_adds_up(basis: Basis, tally: Tally) -> Check:
    """Cost is made of its parts and of nothing else, and no part is negative."""
    name = "cost is the sum of its parts"
    parts = [column for one, column in COLUMN.items() if one.startswith("cost_")]
    same = len(parts) == len(COST_PARTS) and tuple(terms(CATALOGUE["cost"].numerator)) == COST_PARTS
    total = tally.sums[basis.slices.of(TOTAL)][0]
    negative = [one for one in COST_PARTS if not total[COLUMN[one]] >= 0.0]
    return Check(name, same and not negative, ", ".join(negative))
