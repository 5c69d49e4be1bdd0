"""Rules 4, 5 and 10: the queues, and the contact that an agent chooses."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

import numpy as np

from sim.engine.compiled.agents import dismiss_staying, idle_of, room_for
from sim.engine.compiled.doors import rests
from sim.engine.compiled.holding import release_first
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.numbers import on_grid
from sim.engine.compiled.order import KIND, NUMBER, TIMERS, expect, free_leaf, new_leaf, set_leaf
from sim.engine.compiled.periods import place_now, variant_now
from sim.engine.compiled.tables import (
    DUE,
    ELSEWHERE,
    ENDED,
    EXIT_OPENS,
    NOBODY,
    OF_PATIENCE,
    PATIENCE_ENDS,
    POOL_JOINS,
    RARE,
    WAITING,
    age_of,
    agents_of,
    channels_of,
    contacts_of,
    ended_of,
    exits_of,
    head_starts_of,
    key_of,
    later_of,
    lines_of,
    menu_of,
    outcome_of,
    pools_of,
    priorities_of,
    queues_of,
    reaches_of,
    steps_of,
    timers_of,
    trees_of,
    values_of,
)
from sim.engine.compiled.trunks import hang_up


@rule
def _interrupts(centre, number, row):
    """Whether the agent has room for a row of the menu if they put work down (6c)."""
    channel = lines_of(centre)[row.line].channel
    if not RARE or row.keep or not channels_of(centre)[channel].interrupts:
        return False
    return row.unit <= room_for(centre, number, channel)


@part
def _of_queues(centre, number, agent):
    pool = pools_of(centre)[agent.pool]
    contacts = contacts_of(centre)
    queues = queues_of(centre)
    menu = menu_of(centre)
    room = pool.capacity - agent.load
    best = NOBODY
    best_priority = 0.0
    for m in range(pool.menu, pool.menu_past):
        row = menu[m]
        if best >= 0 and row.priority < best_priority and not (RARE and pool.grows):
            break
        first = np.int64(queues[row.line].first)
        if first < 0 or (row.unit > room and not _interrupts(centre, number, row)):
            continue
        head = contacts[first]
        if head.joined <= row.step or (RARE and rests(centre, lines_of(centre)[row.line])):
            continue
        if agent.on:
            if row.keep and idle_of(centre, _step_of(centre, row)) <= row.keep:
                continue
        elif not head.draining:
            continue
        priority = _priority(centre, row, first)
        if (
            best < 0
            or priority > best_priority
            or (priority == best_priority and _comes_before(centre, first, best))
        ):
            best, best_priority = first, priority
    return best


@rule
def _priority(centre, row, number):
    """The priority of a contact, which may grow while it waits, or depend on the time."""
    if RARE and centre.now - _key(centre, number) >= row.jump:
        return 1.0 * row.then
    if RARE and row.timed >= 0:
        return 1.0 * priorities_of(centre)[row.timed + variant_now(centre)]
    if RARE and row.grows > 0.0:
        return min(row.priority + row.grows * (centre.now - _key(centre, number)), row.most)
    return 1.0 * row.priority


@rule
def _of_all(centre, number, agent):
    """The same, among them what the agent has put down."""
    best = NOBODY if centre.waiting == 0 else _of_queues(centre, number, agent)
    contacts = contacts_of(centre)
    room = pools_of(centre)[agent.pool].capacity - agent.load
    one = np.int64(agent.aside)
    while one >= 0:
        row = _row_of(centre, agent, one)
        if row.unit <= room:
            if best < 0:
                best = one
            else:
                mine = _priority(centre, row, one)
                other = _priority(centre, _row_of(centre, agent, best), best)
                if mine > other or (mine == other and _comes_before(centre, one, best)):
                    best = one
        one = np.int64(contacts[one].next)
    return best


@rule
def _row_of(centre, agent, number):
    """The row of the pool's menu for a contact."""
    menu = menu_of(centre)
    m = pools_of(centre)[agent.pool].menu
    while menu[m].line != contacts_of(centre)[number].line:
        m += 1
    return menu[m]


@rule
def choose(centre, number):
    """The waiting contact of highest priority, then earliest arrival, then lowest number."""
    agent = agents_of(centre)[number]
    if RARE and agent.aside >= 0 and agent.on:
        return _of_all(centre, number, agent)
    if centre.waiting == 0:
        return NOBODY
    return _of_queues(centre, number, agent)


@rule
def _step_of(centre, row):
    """The step of its line's route that a row of the menu stands for."""
    return steps_of(centre)[lines_of(centre)[row.line].step + row.step]


@rule
def _comes_before(centre, a, b):
    """Whether one contact has its place before another one."""
    one, other = _key(centre, a), _key(centre, b)
    if one != other:
        return one < other
    return a < b


@rule
def _key(centre, number):
    """A contact's place in the queue: when it came, but for what gives it another one."""
    if RARE and centre.ordered:
        return key_of(centre)[number]
    return contacts_of(centre)[number].arrived


@rule
def set_key(centre, number, contact, channel):
    """Find its place: its head start, the age of a backlog, newest first."""
    cause = np.int64(0)
    if number >= centre.customer_count:
        cause = later_of(centre)[number - centre.customer_count].cause
    key = contact.arrived - head_starts_of(centre)[contact.line * centre.causes + cause]
    key -= age(centre, number)
    key_of(centre)[number] = -key if channel.newest else key


@rule
def age(centre, number):
    """For how long a contact had been waiting when it came."""
    ages = age_of(centre)
    return ages[number] if number < len(ages) else 0.0


@rule
def wait(centre, number, contact, line, patience_times):
    contact.joined = line.at_once
    begin_waiting(centre, number, contact, line, patience_times)
    expect_next(centre, number, contact, line)


@part
def begin_waiting(centre, number, contact, line, patience_times):
    channel = channels_of(centre)[line.channel]
    contact.state = WAITING
    line_up(centre, number, contact)
    centre.waiting += 1
    if contact.callback:
        channel.callbacks += 1
        until_when_called(centre, contact, line)
    else:
        channel.waiting += 1
        contact.gives_up = inf
        if line.at_patience >= 0:
            at = place_now(centre, contact, OF_PATIENCE, line.at_patience)
            patience = values_of(centre)[at + contact.place]
            if patience_times != 1.0:
                patience = on_grid(patience * patience_times)
            contact.gives_up = contact.arrived + patience
    if channel.due < inf and lucky(centre, line.at_overdue, contact, channel.overdue_chance):
        due = contact.arrived + channel.due - age(centre, number)
        expect(centre, max(due, contact.arrived), DUE, number)


@rule
def until_when_called(centre, contact, line):
    """Until when customers are called: a further call goes by the first."""
    if contact.callback == 1:
        contact.gives_up = inf
        if line.at_callback_patience >= 0:
            patience = values_of(centre)[line.at_callback_patience + contact.place]
            contact.gives_up = contact.arrived + patience


@rule
def expect_next(centre, number, contact, line):
    """Enter what comes next if nobody answers: a pool joins, a way out opens, or patience ends."""
    time, kind = contact.gives_up, PATIENCE_ENDS
    if RARE and contact.exits < line.exits and not contact.callback:
        leaves = contact.arrived + exits_of(centre)[line.exit + contact.exits].after
        if leaves <= time:
            time, kind = leaves, EXIT_OPENS
    if contact.joined < line.steps:
        joins = contact.arrived + steps_of(centre)[line.step + contact.joined].after
        if joins <= time:
            time, kind = joins, POOL_JOINS
    if time == inf:
        expect_nothing(centre, contact)
        return
    tree, nodes = trees_of(centre)[TIMERS], timers_of(centre)
    if contact.leaf < 0:
        contact.leaf = new_leaf(tree, nodes)
    leaf = np.int64(contact.leaf)
    set_leaf(tree, nodes, leaf, time, kind << KIND | number << NUMBER | leaf)


@part
def expect_nothing(centre, contact):
    """The contact waits no more, or for ever."""
    if contact.leaf >= 0:
        leaf = np.int64(contact.leaf)
        free_leaf(trees_of(centre)[TIMERS], timers_of(centre), leaf)
        contact.leaf = NOBODY


@rule
def line_up(centre, number, contact):
    """Into the queue, which is in order of arrival: at its end, or back to the old place."""
    contacts = contacts_of(centre)
    queue = queues_of(centre)[contact.line]
    last = np.int64(queue.last)
    if last < 0 or not _comes_before(centre, number, last):
        contact.previous, contact.next = last, NOBODY
        queue.last = number
        if last < 0:
            queue.first = number
        else:
            contacts[last].next = number
        return
    after = np.int64(queue.first)  # it comes before this one
    while not _comes_before(centre, number, after):
        after = np.int64(contacts[after].next)
    before = contacts[after].previous
    contact.previous, contact.next = before, after
    contacts[after].previous = number
    if before < 0:
        queue.first = number
    else:
        contacts[before].next = number


@part
def unlink(centre, number, contact):
    """Out of the queue, or from among the contacts on offer."""
    contacts = contacts_of(centre)
    queue = queues_of(centre)[contact.line]
    before, after = contact.previous, contact.next
    if before >= 0:
        contacts[before].next = after
    elif queue.first == number:
        queue.first = after
    else:
        queue.offered = after
    if after >= 0:
        contacts[after].previous = before
    elif queue.last == number:
        queue.last = before


@rule
def leave_queue(centre, contact):
    """The contact waits no more."""
    line = lines_of(centre)[contact.line]
    channel = channels_of(centre)[line.channel]
    centre.waiting -= 1
    if contact.callback:
        channel.callbacks -= 1
    else:
        channel.waiting -= 1
    if contact.draining:
        contact.draining = 0
        pools = pools_of(centre)
        for s in range(line.step, line.step + line.steps):
            _one_less_draining(centre, pools[steps_of(centre)[s].pool])
        if RARE and line.passes:
            reaches = reaches_of(centre)
            for p in range(len(pools)):
                if reaches[contact.line * len(pools) + p] == ELSEWHERE:
                    _one_less_draining(centre, pools[p])


@rule
def _one_less_draining(centre, pool):
    pool.draining -= 1
    if pool.draining == 0:
        dismiss_staying(centre, pool)


@rule
def end_contact(centre, number, contact, outcome):
    """End a contact that nobody answers."""
    contact.state = ENDED
    outcome_of(centre)[number] = outcome
    ended_of(centre)[number] = centre.now
    centre.open -= 1
    if RARE and centre.trunks:
        hang_up(centre, number, lines_of(centre)[contact.line].channel)
    if RARE and number >= centre.customer_count:
        release_first(centre, number, lines_of(centre)[contact.line], 0.0)


@rule
def lucky(centre, at, contact, chance):
    """Whether something of this chance happens to the contact."""
    if chance <= 0.0 or chance >= 1.0:
        return chance >= 1.0
    return values_of(centre)[at + contact.place] < chance
