"""Rule 6c: at the end of a shift, work that others go on with waits again."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

import numpy as np

from sim.engine.compiled.agents import has_work_left
from sim.engine.compiled.hand import give, join_pools, put_down, take_from_aside
from sim.engine.compiled.interrupting import who_takes
from sim.engine.compiled.machine import rule
from sim.engine.compiled.order import KIND, NUMBER, TIMERS, new_leaf, set_leaf
from sim.engine.compiled.tables import (
    NOBODY,
    POOL_JOINS,
    RARE,
    WAITING,
    agents_of,
    channels_of,
    contacts_of,
    lines_of,
    spells_of,
    timers_of,
    trees_of,
)
from sim.engine.compiled.waiting import line_up


@rule
def pool_joins(centre, number):
    """Pools join; what was handed over is for those who are free in the pools that had joined."""
    contact = contacts_of(centre)[number]
    if RARE and contact.again:
        contact.again = 0
        line = lines_of(centre)[contact.line]
        agent = who_takes(centre, contact, line, np.int64(contact.joined))
        if agent >= 0:
            give(centre, number, contact, agent)
    join_pools(centre, number, contact)


@rule
def hand_over(centre, number, spell):
    """At the end of a shift: what others go on with waits again; whether there was any."""
    agent, spells = agents_of(centre)[number], spells_of(centre)
    goes_home = spells[spell].ends
    last = spell + 1 == len(spells) or spells[spell + 1].agent != number
    contacts = contacts_of(centre)
    first = handed = NOBODY  # those put down now, in the order in which they were taken
    one = np.int64(agent.hand)
    while one >= 0 and goes_home:
        after = np.int64(contacts[one].next)
        if _is_handed_over(centre, one) and has_work_left(centre, one):
            put_down(centre, one, number)
            contacts[one].next = NOBODY
            if first < 0:
                first = one
            else:
                contacts[handed].next = one
            handed = one
        one = after
    some = 1 if handed >= 0 else 0
    while first >= 0:
        after = np.int64(contacts[first].next)
        _wait_again(centre, first)
        first = after
    one = np.int64(agent.aside)
    while one >= 0:
        after = np.int64(contacts[one].next)
        if last or (goes_home and _is_handed_over(centre, one)):
            take_from_aside(centre, one, number)
            _wait_again(centre, one)
            some = 1
        one = after
    return some


@rule
def _is_handed_over(centre, number):
    line = lines_of(centre)[contacts_of(centre)[number].line]
    return channels_of(centre)[line.channel].hand_over


@rule
def _wait_again(centre, number):
    """In its old place, for ever; who is free looks at it when all have come and gone."""
    contact = contacts_of(centre)[number]
    line = lines_of(centre)[contact.line]
    contact.state, contact.gives_up = WAITING, inf
    contact.joined = max(np.int64(contact.joined), line.at_once)
    contact.again = 1
    line_up(centre, number, contact)
    centre.waiting += 1
    channels_of(centre)[line.channel].waiting += 1
    tree, timers = trees_of(centre)[TIMERS], timers_of(centre)
    contact.leaf = new_leaf(tree, timers)
    leaf = np.int64(contact.leaf)
    set_leaf(tree, timers, leaf, centre.now, POOL_JOINS << KIND | number << NUMBER | leaf)
