"""Components of each person whom a roster names."""

from __future__ import annotations

import numpy as np

from sim.measures.agents import (
    HOUR_SECONDS,
    Spells,
    merge,
    overtime_of,
    presence,
    within,
)
from sim.measures.facts import Facts
from sim.measures.ruler import Ruler
from sim.measures.sums import Sums
from sim.tables import Aside, ContactLog, DutyLog, Floats


def add_people(sums: Sums, log: ContactLog, facts: Facts) -> None:
    """Add what they handled."""
    mine = facts.handled[facts.counts[facts.handled]]
    talk, work = log.talk()[mine], log.work()[mine]
    sums.add_people("handled", log.agent[mine])
    sums.add_people("talk_time", log.agent[mine], talk)
    sums.add_people("wrap_time", log.agent[mine], work - talk)
    sums.add_people("answered", log.agent[facts.answered[facts.counts[facts.answered]]])
    passed_on = log.parent[facts.legs[facts.counts[facts.legs]]]
    sums.add_people("transferred", log.agent[passed_on])


def add_people_time(sums: Sums, ruler: Ruler, log: ContactLog, duty: DutyLog, aside: Aside) -> None:
    """Add the time that they were there, what it costs, and the time with contacts in hand."""
    there = presence(duty)
    over = overtime_of(duty, there)
    planned = Spells(duty.agent, duty.on, duty.off)
    other = Spells(aside.agent, aside.on, aside.off)
    counts = aside.counts.astype(np.float64)
    _add(sums, ruler, "duty", there)
    _add(sums, ruler, "overtime", over)
    _add(sums, ruler, "rostered", there)
    _add(sums, ruler, "rostered", other, counts)
    _add(sums, ruler, "absent", other, np.where(aside.absent, counts, 0.0))
    _add(sums, ruler, "paid", planned)
    _add(sums, ruler, "paid", other, aside.paid)
    sums.add_people("cost_hours", planned.agent, _cost(ruler, planned))
    sums.add_people("cost_hours", other.agent, _cost(ruler, other) * aside.paid)
    by_hour = ruler.prices.overtime[ruler.agent_pool[over.agent]]
    sums.add_people("cost_overtime", over.agent, _seconds(ruler, over) * by_hour / HOUR_SECONDS)
    _add_busy(sums, ruler, log, there)


def _add_busy(sums: Sums, ruler: Ruler, log: ContactLog, there: Spells) -> None:
    contact, agent, began, until = log.pieces()
    work = Spells(agent, began, until)
    part = ruler.unit[ruler.skill[agent], log.channel[contact]].astype(np.float64)
    part = part / ruler.capacity[ruler.agent_pool[agent]]
    for name, spells, weight in (("busy", work, part), ("busy_any", merge(work), None)):
        which, start, end = within(spells, there)
        pieces = Spells(spells.agent[which], start, end)
        _add(sums, ruler, name, pieces, None if weight is None else weight[which])


def _add(sums: Sums, ruler: Ruler, name: str, spells: Spells, weight: Floats | None = None) -> None:
    """Add time of people, each spell by its weight: the hours of an AI agent are nobody's."""
    seconds = _seconds(ruler, spells) if weight is None else _seconds(ruler, spells) * weight
    people = ruler.people[ruler.agent_pool[spells.agent]]
    sums.add_people(name, spells.agent, np.where(people, seconds, 0.0))


def _seconds(ruler: Ruler, spells: Spells) -> Floats:
    """[spell] how long it is within the counted days."""
    start, end = (np.clip(time, 0.0, ruler.clock.end) for time in (spells.start, spells.end))
    return np.asarray(end - start)


def _cost(ruler: Ruler, spells: Spells) -> Floats:
    """[spell] what its hours cost, premiums among it, within the counted days."""
    edges = ruler.clock.edges[: ruler.clock.counted + 1]
    cost = np.zeros(len(spells.agent))
    pool = ruler.agent_pool[spells.agent]
    for number in np.unique(pool).tolist():
        mine = np.flatnonzero(pool == number)
        paid = np.cumsum(ruler.prices.hour[number] * ruler.clock.lengths / HOUR_SECONDS)
        so_far = np.append(0.0, paid)
        begin, end = (np.interp(one[mine], edges, so_far) for one in (spells.start, spells.end))
        cost[mine] = end - begin
    return cost
