"""Rule 11: contacts that are passed on, and agents who stay for what may be passed on to them."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.agents import dismiss_staying
from sim.engine.compiled.chances import make_on
from sim.engine.compiled.holding import leads_on, stay_until
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.periods import line_and_pool_now, variant_now
from sim.engine.compiled.tables import (
    AI_ASKED,
    AI_HANDED_OVER,
    AI_LEFT,
    AI_RESOLVED,
    AI_WRONG,
    BY_CONFERENCE,
    BY_HAND_OVER,
    BY_TRANSFER,
    NOBODY,
    RARE,
    agents_of,
    ai_asks_of,
    ai_resolves_of,
    by_ai_of,
    channels_of,
    contacts_of,
    first_passing_of,
    later_of,
    lines_of,
    passed_of,
    passing_chance_of,
    passings_of,
    pools_of,
    reaches_of,
    row_of,
    talked_of,
    values_of,
)
from sim.engine.compiled.trunks import hang_up, stay_connected


@rule
def decide_to_pass_on(centre, number, contact, line, pool):
    """By which rows of `passings` those who answer pass a contact on, and ask somebody to join."""
    passed = passed_of(centre)[number]
    at = contact.line * len(pools_of(centre)) + pool
    way = _chosen(centre, contact, at, line.at_transfer, 0)
    if way >= 0 and _may_happen(centre, number, way):
        passed.way = way + 1
    passed.asks = _chosen(centre, contact, at, line.at_conference, 1) + 1


@rule
def _chosen(centre, contact, at, luck_at, joins):
    first, rows = first_passing_of(centre), passings_of(centre)
    chances = passing_chance_of(centre)
    now = variant_now(centre) * len(rows)
    for row in range(first[at], first[at + 1]):
        if rows[row].joins == joins:
            luck = values_of(centre)[luck_at + contact.place]
            if luck < chances[now + row]:
                return np.int64(row)
    return NOBODY


@rule
def _may_happen(centre, number, row):
    """Whether this has led to the contact, from leg to leg, less often than it may."""
    passing = passings_of(centre)[row]
    transfer = np.int64(passing.transfer)
    times = 0
    by = np.int64(passed_of(centre)[number].by)
    while by > 0:
        times += by - 1 == transfer
        number = later_of(centre)[number - centre.customer_count].parent
        by = np.int64(passed_of(centre)[number].by)
    return times < passing.most


@rule
def meet_ai_agent(centre, number, contact, line, p):
    """What becomes of a conversation: it helps those whose matter is easy enough; its length."""
    pool = pools_of(centre)[p]
    values = values_of(centre)
    at = line_and_pool_now(centre, contact, p)
    asks = ai_asks_of(centre)[at]
    luck = values[line.at_ai_agent + contact.place]
    row = row_of(centre)[contact.customer]
    code = AI_HANDED_OVER
    if luck < asks:
        code = AI_ASKED
    elif values[line.at_difficulty + row] < ai_resolves_of(centre)[at]:
        code = AI_RESOLVED
    else:
        luck = (luck - asks) / (1.0 - asks)
        if luck < pool.ai_wrong:
            code = AI_WRONG
        elif luck < pool.ai_wrong + pool.ai_leaves:
            code = AI_LEFT
    if code >= AI_HANDED_OVER:
        first = contact.line * len(pools_of(centre)) + p
        way = first_passing_of(centre)[first]
        if way < first_passing_of(centre)[first + 1] and _may_happen(centre, number, way):
            passed_of(centre)[number].way = way + 1
        else:
            code = AI_LEFT
    by_ai_of(centre)[number] = code
    return pool.ai_asked_after if code == AI_ASKED else values[line.at_ai_talk + contact.place]


@rule
def talk_ends(centre, number):
    """Somebody is to join, or the customer goes on to somebody else."""
    passed = passed_of(centre)[number]
    if not leads_on(centre, number) or passed.talk_ends != centre.now:
        return  # the speed has changed since this was entered
    talked_of(centre)[number] = centre.now
    if passed.asks:
        _ask(centre, number, passed)
    else:
        _make_leg(centre, number, passed)


@part
def _ask(centre, number, passed):
    """Ask somebody to join, who comes now or not at all."""
    way = passings_of(centre)[passed.asks - 1]
    passed.asks, passed.stays = 0, 1
    contact = contacts_of(centre)[number]
    make_on(centre, number, contact, BY_CONFERENCE, np.int64(way.to), centre.now)
    stay_until(centre, number, centre.now + way.hold)


@part
def _make_leg(centre, number, passed):
    passed.on = 1
    way = passings_of(centre)[passed.way - 1]
    contact = contacts_of(centre)[number]
    cause = BY_TRANSFER if by_ai_of(centre)[number] < 0 else BY_HAND_OVER
    leg = make_on(centre, number, contact, cause, np.int64(way.to), centre.now)
    passed_of(centre)[leg].by = way.transfer + 1
    if centre.trunks:
        lines = lines_of(centre)
        stay_connected(centre, lines[contact.line].channel, leg, lines[way.to].channel)
    if way.hold > 0.0:
        passed.stays = 1
        if centre.trunks:
            hang_up(centre, number, lines_of(centre)[contact.line].channel)
        stay_until(centre, number, centre.now + way.hold)


@rule
def is_leg(centre, number):
    """Whether a contact goes on with what was passed on."""
    return RARE and centre.passes != 0 and passed_of(centre)[number].by > 0


@rule
def joins(centre, number):
    """Whether it is the part of somebody who joins another contact's talk."""
    if not RARE or centre.passes == 0 or number < centre.customer_count:
        return False
    return later_of(centre)[number - centre.customer_count].cause == BY_CONFERENCE


@rule
def hold_in_hand(centre, door):
    """Agents stay for contacts in hand behind a closed door that may be passed on to them."""
    contacts, lines = contacts_of(centre), lines_of(centre)
    for agent in range(len(agents_of(centre))):
        number = np.int64(agents_of(centre)[agent].hand)
        while number >= 0:
            contact = contacts[number]
            if lines[contact.line].door == door:
                hold(centre, number, contact)
            number = np.int64(contact.next)


@rule
def hold(centre, number, contact):
    line = lines_of(centre)[contact.line]
    passed = passed_of(centre)[number]
    if channels_of(centre)[line.channel].drain and not passed.held and not passed.on:
        passed.held = 1
        pools, reaches = pools_of(centre), reaches_of(centre)
        for p in range(len(pools)):
            if reaches[contact.line * len(pools) + p]:
                pools[p].draining += 1


@rule
def let_go(centre, number):
    """The contact in hand will be passed on to nobody any more."""
    passed = passed_of(centre)[number]
    if passed.held:
        passed.held = 0
        pools, reaches = pools_of(centre), reaches_of(centre)
        line = contacts_of(centre)[number].line
        for p in range(len(pools)):
            if reaches[line * len(pools) + p]:
                pools[p].draining -= 1
                if pools[p].draining == 0:
                    dismiss_staying(centre, pools[p])
