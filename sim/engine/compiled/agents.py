"""Rule 3: who is free and best; what a contact takes of an agent (6), and who goes home (9)."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.compiled.doors import rests
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.order import expect
from sim.engine.compiled.tables import (
    NOBODY,
    ON_DUTY,
    RARE,
    agents_of,
    came_of,
    contacts_of,
    free_of,
    freed_of,
    interrupts_of,
    left_of,
    lines_of,
    passed_of,
    pools_of,
    spells_of,
    steps_of,
    units_of,
    values_of,
)


@part
def agent_for(centre, contact, line, joined):
    """The agent who takes a contact of this line, of the pools that have joined; or nobody."""
    found: Any = NOBODY
    if RARE and rests(centre, line):
        pass
    elif RARE and line.grouped:
        found = _of_groups(centre, contact, line, joined)
    else:
        s = line.step
        while found < 0 and s < line.step + joined:
            found = best_agent(centre, steps_of(centre)[s])
            s += 1
    return found


@rule
def _of_groups(centre, contact, line, joined):
    """The same where pools are of equal rank."""
    s = line.step
    while s < line.step + joined:
        agent = best_of(centre, contact, line, s)
        if agent >= 0:
            return agent
        s = steps_of(centre)[s].past
    return NOBODY


@rule
def best_of(centre, contact, line, s):
    """The best agent of a step and those of equal rank, which are searched as one pool."""
    steps = steps_of(centre)
    past = steps[s].past
    if past == s + 1:
        return best_agent(centre, steps[s])
    if steps[s].keep and idle_of(centre, steps[s]) <= steps[s].keep:
        return NOBODY
    best: Any = NOBODY
    able = 0
    for i in range(s, past):
        agent = first_able(centre, steps[i])
        if agent >= 0:
            able += 1
            if best < 0 or _has_more_free(centre, agent, best):
                best = agent
    if line.random and able > 0:
        nth = np.int64(values_of(centre)[line.at_choose + contact.place] * able)
        for i in range(s, past):
            agent = first_able(centre, steps[i])
            if agent >= 0:
                if nth == 0:
                    return agent
                nth -= 1
    return best


@rule
def idle_of(centre, step):
    """Agents with nothing to do in the pools of a step and those of equal rank."""
    idle = np.int64(0)
    for i in range(step.first, step.past):
        idle += pools_of(centre)[steps_of(centre)[i].pool].idle
    return idle


@part
def first_able(centre, step):
    """The best agent of one pool, if able, whatever it keeps free."""
    pool = pools_of(centre)[step.pool]
    agent = np.int64(pool.first_free)
    if agent < 0 or agents_of(centre)[agent].load + step.unit > pool.capacity:
        return NOBODY
    return agent


@rule
def _has_more_free(centre, a, b):
    """Whether agent a comes before agent b, of any pools: least share in use, longest free."""
    one, other = agents_of(centre)[a], agents_of(centre)[b]
    pools = pools_of(centre)
    used = one.load / pools[one.pool].capacity
    others = other.load / pools[other.pool].capacity
    if used != others:
        return used < others
    if one.since != other.since:
        return one.since < other.since
    return a < b


@part
def best_agent(centre, step):
    """The agent on duty with most free capacity, then the longest free, the lowest number."""
    pool = pools_of(centre)[step.pool]
    agent = pool.first_free
    if agent < 0 or (step.keep and pool.idle <= step.keep):
        return NOBODY
    if agents_of(centre)[agent].load + step.unit > pool.capacity:
        return NOBODY
    return np.int64(agent)


@rule
def staying_for(centre, line, joined):
    """Who takes a draining contact after duty, of the pools that have joined; or nobody."""
    s = line.step
    while s < line.step + joined:
        agent = best_staying(centre, steps_of(centre)[s])
        if agent >= 0:
            return agent
        s = steps_of(centre)[s].past
    return NOBODY


@rule
def best_staying(centre, step):
    """As `best_agent`, among the agents off duty who are still there."""
    agents = agents_of(centre)
    best: Any = NOBODY
    for i in range(step.first, step.past):
        pool, unit = pools_of(centre)[steps_of(centre)[i].pool], steps_of(centre)[i].unit
        for agent in range(pool.agent, pool.agent_past):
            one = agents[agent]
            able = one.staying and one.load + unit <= pool.capacity and not one.paused
            if able and (best < 0 or _has_more_free(centre, agent, best)):
                best = agent
    return best


@rule
def _is_freer(agents, a, b):
    """Whether agent a comes before agent b: more free capacity, longer free, lower number."""
    one, other = agents[a], agents[b]
    if one.load != other.load:
        return one.load < other.load
    if one.since != other.since:
        return one.since < other.since
    return a < b


@rule
def list_free(centre, number):
    """The agent has changed: bring them to their place among the free of their pool, or out.

    Who holds one contact at a time becomes free last of all: a list is enough. Else a heap.
    """
    agents = agents_of(centre)
    agent = agents[number]
    pool = pools_of(centre)[agent.pool]
    able = agent.on and not agent.paused and agent.load < pool.capacity
    if pool.capacity > 1:
        _move_free(centre, number, agent, pool, able)
    elif able and agent.place < 0:
        _add_free(agents, number, agent, pool)
    elif not able and agent.place >= 0:
        _drop_free(agents, agent, pool)


@part
def _add_free(agents, number, agent, pool):
    """To the end of the list, but before agents with higher numbers, free since the same moment."""
    before, after = np.int64(pool.last_free), NOBODY
    while before >= 0 and _is_freer(agents, number, before):
        before, after = np.int64(agents[before].before), before
    agent.place, agent.before, agent.after = 0, before, after
    if before < 0:
        pool.first_free = number
    else:
        agents[before].after = number
    if after < 0:
        pool.last_free = number
    else:
        agents[after].before = number


@part
def _drop_free(agents, agent, pool):
    agent.place = NOBODY
    if agent.before < 0:
        pool.first_free = agent.after
    else:
        agents[agent.before].after = agent.after
    if agent.after < 0:
        pool.last_free = agent.before
    else:
        agents[agent.after].before = agent.before


@rule
def _move_free(centre, number, agent, pool, able):
    """To another place in the pool's heap, or out of it."""
    agents = agents_of(centre)
    free = free_of(centre)
    base = pool.agent
    i = np.int64(agent.place)
    moved = number
    if able:
        if i < 0:
            i = np.int64(pool.free)
            pool.free += 1
    elif i < 0:
        return
    else:  # the last one takes the place
        agent.place = NOBODY
        pool.free -= 1
        if i == pool.free:
            pool.first_free = free[base] if i > 0 else NOBODY
            return
        moved = free[base + pool.free]
    start = i
    while i > 0:
        above = (i - 1) >> 1
        other = free[base + above]
        if not _is_freer(agents, moved, other):
            break
        free[base + i] = other
        agents[other].place = i
        i = above
    if i == start:
        i = _sink_free(agents, free, pool, moved, i)
    free[base + i] = moved
    agents[moved].place = i
    pool.first_free = free[base]


@rule
def _sink_free(agents, free, pool, moved, i):
    """Make way for an agent who sinks in the pool's heap; returns their place."""
    base = pool.agent
    below = 2 * i + 1
    while below < pool.free:
        if below + 1 < pool.free and _is_freer(agents, free[base + below + 1], free[base + below]):
            below += 1
        other = free[base + below]
        if not _is_freer(agents, other, moved):
            break
        free[base + i] = other
        agents[other].place = i
        i = below
        below = 2 * i + 1
    return i


@rule
def pool_of(centre, agent):
    return pools_of(centre)[agents_of(centre)[agent].pool]


@rule
def unit_of(centre, pool, channel):
    """The shares that a contact of the channel takes of an agent of the pool."""
    return units_of(centre)[pool * centre.channel_count + channel]


@rule
def latest_begun(centre, number, channel):
    """What the agent began last of all that they put down for a contact on this channel (6c)."""
    agent = agents_of(centre)[number]
    if not agent.on or agent.paused or pools_of(centre)[agent.pool].offers:
        return NOBODY
    one = np.int64(agent.hand_last)
    while one >= 0 and not _gives_way(centre, one, channel):
        one = np.int64(contacts_of(centre)[one].previous)
    return one


@rule
def room_for(centre, number, channel):
    """The agent's free capacity, counting as free what they put down for this channel."""
    agent = agents_of(centre)[number]
    room = pools_of(centre)[agent.pool].capacity - agent.load
    one = latest_begun(centre, number, channel)
    while one >= 0:
        contact = contacts_of(centre)[one]
        if _gives_way(centre, one, channel):
            room += unit_of(centre, agent.pool, lines_of(centre)[contact.line].channel)
        one = np.int64(contact.previous)
    return room


@rule
def _gives_way(centre, number, channel):
    """Whether a contact in hand is put down for one on this channel."""
    other = lines_of(centre)[contacts_of(centre)[number].line].channel
    gives_way = interrupts_of(centre)[channel * centre.channel_count + other]
    return gives_way and has_work_left(centre, number)


@rule
def has_work_left(centre, number):
    """Whether a contact in hand may be put down: it is neither finished now nor to be passed on."""
    line = lines_of(centre)[contacts_of(centre)[number].line]
    if line.passes and passed_of(centre)[number].way > 0:
        return False
    return freed_of(centre)[number] > centre.now


@rule
def occupy(centre, number, unit):
    """Take shares of an agent."""
    agent = agents_of(centre)[number]
    if agent.on and not agent.paused and agent.load == 0:
        pools_of(centre)[agent.pool].idle -= 1
    agent.load += unit
    list_free(centre, number)


@part
def release(centre, number, line):
    """Give an agent's shares back; whoever does so has them listed."""
    agent = agents_of(centre)[number]
    agent.load -= unit_of(centre, agent.pool, line.channel)
    if agent.on and not agent.paused and agent.load == 0:
        pools_of(centre)[agent.pool].idle += 1


@rule
def maybe_leave(centre, number):
    """An agent off duty leaves when nothing is in hand and there is nobody to stay for."""
    agent = agents_of(centre)[number]
    if agent.over and agent.load == 0 and not pools_of(centre)[agent.pool].draining:
        agent.staying = 0
        left_of(centre)[agent.spell] = centre.now
        _take_breaks(centre, number, agent)


@rule
def _take_breaks(centre, number, agent):
    """Who has left is back after a whole break, however late it began: in which spell, when."""
    spells = spells_of(centre)
    rested = centre.now
    spell = agent.spell + 1
    while _is_after_break(spells, spell, number):
        back = rested + spells[spell].rest
        if back <= came_of(centre)[spell]:  # as planned
            return
        if back < spells[spell].last:
            came_of(centre)[spell] = back
            agent.back = spell
            expect(centre, back, ON_DUTY, number)
            return
        _miss(centre, spell, centre.now)  # not at all
        rested = back
        spell += 1


@rule
def give_up_missed(centre, number, now):
    """Spells that the agent has missed, at work in the one before them until now."""
    spells = spells_of(centre)
    spell = agents_of(centre)[number].spell + 1
    while _is_after_break(spells, spell, number) and came_of(centre)[spell] < now:
        _miss(centre, spell, now)
        spell += 1


@rule
def _miss(centre, spell, now):
    missed = max(spells_of(centre)[spell].off, now)
    came_of(centre)[spell] = left_of(centre)[spell] = missed


@rule
def _is_after_break(spells, spell, number):
    """Whether this is a spell of the agent and a break, taken whole, lies before it."""
    return spell < len(spells) and spells[spell].agent == number and spells[spell].rest > 0


@rule
def dismiss_staying(centre, pool):
    agents = agents_of(centre)
    for agent in range(pool.agent, pool.agent_past):
        if agents[agent].staying:
            maybe_leave(centre, agent)
