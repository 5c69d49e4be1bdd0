"""Components of each person whom a roster names."""

from __future__ import annotations

import numpy as np

from sim.measures.agents import (
    HOUR_SECONDS,
    Spells,
    busy_spells,
    merge,
    overtime_of,
    presence,
    within,
)
from sim.measures.basis import Basis
from sim.measures.components import AGENT
from sim.measures.facts import Facts
from sim.measures.sums import Sums
from sim.tables import Aside, ContactLog, DutyLog, Floats

OF_TIME = (
    *("duty", "overtime", "rostered", "absent", "paid", "busy", "busy_any"),
    *("cost_hours", "cost_overtime"),
)
"""Components of the time of people."""


def add_people(sums: Sums, log: ContactLog, facts: Facts) -> None:
    """Add what they handled, where people are named."""
    if not sums.basis.slices.size(AGENT):
        return
    mine = facts.handled[facts.counts[facts.handled]]
    talk, work = log.talk()[mine], log.work()[mine]
    sums.add_people("handled", log.agent[mine])
    sums.add_people("talk_time", log.agent[mine], talk)
    sums.add_people("wrap_time", log.agent[mine], work - talk)
    sums.add_people("answered", log.agent[facts.answered[facts.counts[facts.answered]]])
    passed_on = log.parent[facts.legs[facts.counts[facts.legs]]]
    sums.add_people("transferred", log.agent[passed_on])


def add_people_time(sums: Sums, basis: Basis, log: ContactLog, duty: DutyLog, aside: Aside) -> None:
    """Add the time that they were there, what it costs, and the time that they were busy."""
    if not sums.wants(*OF_TIME):
        return
    there = presence(duty)
    over = overtime_of(duty, there)
    planned = Spells(duty.agent, duty.on, duty.off)
    other = Spells(aside.agent, aside.on, aside.off)
    counts = aside.counts.astype(np.float64)
    _add(sums, basis, "duty", there)
    _add(sums, basis, "overtime", over)
    _add(sums, basis, "rostered", there)
    _add(sums, basis, "rostered", other, counts)
    _add(sums, basis, "absent", other, np.where(aside.absent, counts, 0.0))
    _add(sums, basis, "paid", planned)
    _add(sums, basis, "paid", other, aside.paid)
    sums.add_people("cost_hours", planned.agent, _cost(basis, planned))
    sums.add_people("cost_hours", other.agent, _cost(basis, other) * aside.paid)
    by_hour = basis.prices.overtime[basis.agent_pool[over.agent]]
    sums.add_people("cost_overtime", over.agent, _seconds(basis, over) * by_hour / HOUR_SECONDS)
    _add_busy(sums, basis, log, there)


def _add_busy(sums: Sums, basis: Basis, log: ContactLog, there: Spells) -> None:
    contact, work = busy_spells(log)
    part = basis.unit[basis.skill[work.agent], log.channel[contact]].astype(np.float64)
    part = part / basis.capacity[basis.agent_pool[work.agent]]
    for name, spells, weight in (("busy", work, part), ("busy_any", merge(work), None)):
        which, start, end = within(spells, there)
        pieces = Spells(spells.agent[which], start, end)
        _add(sums, basis, name, pieces, None if weight is None else weight[which])


def _add(sums: Sums, basis: Basis, name: str, spells: Spells, weight: Floats | None = None) -> None:
    """Add time of people, each spell by its weight: the hours of an AI agent are nobody's."""
    seconds = _seconds(basis, spells) if weight is None else _seconds(basis, spells) * weight
    people = basis.people[basis.agent_pool[spells.agent]]
    sums.add_people(name, spells.agent, np.where(people, seconds, 0.0))


def _seconds(basis: Basis, spells: Spells) -> Floats:
    """[spell] how long it is within the counted days."""
    start, end = (np.clip(time, 0.0, basis.clock.end) for time in (spells.start, spells.end))
    return np.asarray(end - start)


def _cost(basis: Basis, spells: Spells) -> Floats:
    """[spell] what its hours cost, premiums among it, within the counted days."""
    edges = basis.clock.edges[: basis.clock.counted + 1]
    cost = np.zeros(len(spells.agent))
    pool = basis.agent_pool[spells.agent]
    for number in np.unique(pool).tolist():
        mine = np.flatnonzero(pool == number)
        paid = np.cumsum(basis.prices.hour[number] * basis.clock.lengths / HOUR_SECONDS)
        so_far = np.append(0.0, paid)
        begin, end = (np.interp(one[mine], edges, so_far) for one in (spells.start, spells.end))
        cost[mine] = end - begin
    return cost
