"""Rules 4 and 6: agents take contacts, and work on them at their speed."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import isnan, nan

import numpy as np

from sim.engine.compiled.agents import (
    best_of,
    best_staying,
    latest_begun,
    list_free,
    maybe_leave,
    occupy,
    pool_of,
    release,
    unit_of,
)
from sim.engine.compiled.calls import is_reached, work_in_vain
from sim.engine.compiled.chances import (
    call_again,
    is_called_again,
    maybe_again,
    maybe_retry,
    withdraw_others,
)
from sim.engine.compiled.doors import rests
from sim.engine.compiled.holding import expect_talk_end, leads_on, time_to_hand_over
from sim.engine.compiled.interrupting import who_interrupts
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.numbers import on_grid
from sim.engine.compiled.offers import offer, take_offers
from sim.engine.compiled.order import FINISHES, expect_finish, free_leaf
from sim.engine.compiled.passing import decide_to_pass_on, hold, joins, let_go, meet_ai_agent
from sim.engine.compiled.periods import line_and_pool_now, line_now, place_now
from sim.engine.compiled.tables import (
    AI_HANDED_OVER,
    AI_RESOLVED,
    ANSWERED,
    ENDED,
    IN_HAND,
    NOBODY,
    OF_HANDLE,
    OF_WRAP,
    OFFERED,
    PUT_DOWN,
    RARE,
    UNFINISHED,
    UNREACHED,
    agent_of,
    agents_of,
    by_ai_of,
    channels_of,
    contacts_of,
    ended_of,
    finishes_of,
    freed_of,
    lines_of,
    outcome_of,
    pace_of,
    passed_of,
    passings_of,
    pools_of,
    put_down_of,
    resolved_of,
    resolves_of,
    slowness_of,
    steps_of,
    talked_of,
    trees_of,
    values_of,
    work_of,
)
from sim.engine.compiled.trunks import connect, hang_up, hang_up_at
from sim.engine.compiled.waiting import (
    choose,
    expect_next,
    expect_nothing,
    leave_queue,
    lucky,
    unlink,
)


@rule
def take(centre, agent):
    """The agent has become able to take contacts: they take all that they can."""
    if pool_of(centre, agent).offers:
        take_offers(centre, agent)
        return
    number = choose(centre, agent)
    while number >= 0:
        give(centre, number, contacts_of(centre)[number], agent)
        number = choose(centre, agent)
    list_free(centre, agent)


@rule
def give(centre, number, contact, agent):
    """A waiting contact and an agent who can take it have found each other."""
    if RARE and contact.state == PUT_DOWN:
        take_from_aside(centre, number, agent)
        answer(centre, number, contact, agent)
    elif pool_of(centre, agent).offers:
        offer(centre, number, contact, agent)
    else:
        unlink(centre, number, contact)
        answer(centre, number, contact, agent)
        leave_queue(centre, contact)


@rule
def join_pools(centre, number, contact):
    """The pools whose time has come join one after the other, then the next is expected."""
    line = lines_of(centre)[contact.line]
    steps = steps_of(centre)
    while contact.state < IN_HAND and contact.joined < line.steps:
        step = steps[line.step + contact.joined]
        if contact.arrived + step.after > centre.now:
            break
        s = line.step + contact.joined
        contact.joined = step.past - line.step
        if contact.state == OFFERED:
            continue
        agent = NOBODY if RARE and rests(centre, line) else best_of(centre, contact, line, s)
        if agent < 0 and contact.draining:
            agent = best_staying(centre, step)
        if RARE and agent < 0 and channels_of(centre)[line.channel].interrupts:
            agent = who_interrupts(centre, line, s, step.past)
        if agent >= 0:
            give(centre, number, contact, agent)
            go_on_with(centre, agent)
    if contact.state < IN_HAND:
        expect_next(centre, number, contact, line)


@rule
def go_on_with(centre, agent):
    """Who has put work down may have room left for some of it, or for another contact (6c)."""
    if RARE and agents_of(centre)[agent].aside >= 0:
        take(centre, agent)


@rule
def answer(centre, number, contact, agent):
    line = lines_of(centre)[contact.line]
    p = agents_of(centre)[agent].pool
    pool = pools_of(centre)[p]
    expect_nothing(centre, contact)
    _make_room(centre, agent, line, p)
    contact.state = IN_HAND
    contact.agent = agent
    talk = wrap = 0.0
    part = 1.0
    reached = not contact.callback or is_reached(centre, contact, line)
    outcome_of(centre)[number] = ANSWERED if reached else UNREACHED
    ended_of(centre)[number] = centre.now
    agent_of(centre)[number] = agent
    if RARE and contact.begun:
        talk, wrap = _take_up(centre, number)
    elif reached:
        talk, wrap, part = _work_to_do(centre, number, contact, line, p)
    else:
        talk = work_in_vain(centre, contact, line)
    if RARE and line.passes and contact.draining:
        hold(centre, number, contact)
    if reached:
        _resolve(centre, number, contact, line)
    usual_wrap = wrap
    occupy(centre, agent, unit_of(centre, p, line.channel))
    if RARE and centre.trunks and contact.callback:
        connect(centre, number, line.channel)
    slowness = slowness_of(centre)[line_and_pool_now(centre, contact, p)]
    own = agents_of(centre)[agent].slowness
    if slowness != 1.0 or own != 1.0 or part != 1.0:
        talk, wrap = on_grid(talk * slowness * own * part), on_grid(wrap * slowness * own)
    talk += time_to_hand_over(centre, number, contact, line) if RARE else 0.0
    divisible = RARE and channels_of(centre)[line.channel].divisible
    if pool.paced or divisible:
        _begin_work(centre, number, talk, wrap, usual_wrap, slowness, own)
    if pool.paced or divisible or (RARE and line.passes):
        _take_in_hand(centre, number, contact, agent)
    if pool.paced:
        _set_pace(centre, agent)
    else:
        _expect_ends(centre, number, contact, line, talk, wrap)
    if centre.linked and reached and not (RARE and contact.begun):
        withdraw_others(centre, number, contact)


@part
def _expect_ends(centre, number, contact, line, talk, wrap):
    """Without pace: when the talk will end, and the contact be finished."""
    talked = centre.now + talk
    freed = talked + wrap
    if not (RARE and contact.begun) or isnan(talked_of(centre)[number]):
        talked_of(centre)[number] = talked  # else the talk was over when it was put down
    freed_of(centre)[number] = freed
    if RARE and line.passes and leads_on(centre, number):
        expect_talk_end(centre, number, talked)
    expect_finish(centre, number, contact, freed)
    if RARE and centre.trunks and wrap > 0:
        hang_up_at(centre, number, talked)


@rule
def _pass_on(centre, number, contact, line, pool):
    """Whether an answered contact will be passed on; the share of its talk."""
    if RARE and line.passes:
        decide_to_pass_on(centre, number, contact, line, pool)
        way = passed_of(centre)[number].way
        if way > 0:
            return passings_of(centre)[way - 1].after
    return 1.0


@part
def _resolve(centre, number, contact, line):
    """Whether an answered contact is resolved, as decided at its first answer."""
    if RARE and contact.begun:
        resolved_of(centre)[number] = work_of(centre)[number].resolved
        return
    by_ai = by_ai_of(centre)[number] if RARE else NOBODY
    if by_ai >= AI_HANDED_OVER or (RARE and line.passes and passed_of(centre)[number].way > 0):
        return
    if joins(centre, number):
        return
    if by_ai >= 0:
        resolved = by_ai == AI_RESOLVED
    else:
        chance = resolves_of(centre)[line_now(centre, contact)]
        resolved = lucky(centre, line.at_again, contact, chance)
    resolved_of(centre)[number] = 1 if resolved else 0


@rule
def _begin_work(centre, number, talk, wrap, usual_wrap, slowness, own):
    work = work_of(centre)[number]
    work.slowness, work.own, work.wrap = slowness, own, usual_wrap
    work.talk, work.work, work.done = talk, talk + wrap, 0.0
    work.speed, work.touched, work.began = 0.0, centre.now, centre.now


@part
def _work_to_do(centre, number, contact, line, p):
    """Talk and wrap-up of a contact, before speed, and how many times so long they are."""
    times = line.times
    if contact.callback:
        times *= channels_of(centre)[line.channel].callback_times
    if RARE and pools_of(centre)[p].ai:
        return meet_ai_agent(centre, number, contact, line, p), 0.0, times
    values = values_of(centre)
    talk = values[place_now(centre, contact, OF_HANDLE, line.at_handle) + contact.place]
    wrap = values[place_now(centre, contact, OF_WRAP, line.at_wrap) + contact.place]
    if RARE:
        talk += channels_of(centre)[line.channel].preview
    return talk, wrap, times * _pass_on(centre, number, contact, line, p)


@rule
def _take_up(centre, number):
    """Somebody goes on with what was put down: talk and wrap-up that are left, before speed."""
    work = work_of(centre)[number]
    ended_of(centre)[number] = work.answered
    put_down_of(centre)[work.row].resumed = centre.now
    return work.rest_talk, work.rest_wrap


@rule
def _take_in_hand(centre, number, contact, agent_number):
    """Put a contact last in the agent's hand."""
    agent = agents_of(centre)[agent_number]
    contact.previous, contact.next = agent.hand_last, NOBODY
    if agent.hand_last < 0:
        agent.hand = number
    else:
        contacts_of(centre)[agent.hand_last].next = number
    agent.hand_last = number
    agent.in_hand += 1


@rule
def _drop(centre, contact, agent_number):
    """Take a contact out of the agent's hand."""
    contacts = contacts_of(centre)
    agent = agents_of(centre)[agent_number]
    if contact.previous < 0:
        agent.hand = contact.next
    else:
        contacts[contact.previous].next = contact.next
    if contact.next < 0:
        agent.hand_last = contact.previous
    else:
        contacts[contact.next].previous = contact.previous
    agent.in_hand -= 1


@rule
def _set_pace(centre, agent_number):
    """The number in hand has changed: so does the speed of each, and when it will be done."""
    agent = agents_of(centre)[agent_number]
    contacts = contacts_of(centre)
    lines = lines_of(centre)
    pace = pace_of(centre)
    freed_at = freed_of(centre)
    number = np.int64(agent.hand)
    while number >= 0:
        contact = contacts[number]
        work = work_of(centre)[number]
        row = agent.pool * centre.channel_count + lines[contact.line].channel
        speed = pace[row * centre.most_pace + agent.in_hand]
        if speed != work.speed and not (
            RARE and lines[contact.line].passes and passed_of(centre)[number].stays
        ):
            _progress(centre, number, work)
            work.speed = speed
            if RARE and lines[contact.line].passes:
                _expect_talk_end(centre, number, work)
            freed = centre.now + on_grid(max(work.work - work.done, 0.0) / speed)
            freed_at[number] = freed
            expect_finish(centre, number, contact, freed)
            if RARE and centre.trunks and isnan(talked_of(centre)[number]):
                talked = centre.now + on_grid(max(work.talk - work.done, 0.0) / speed)
                if talked < freed:
                    hang_up_at(centre, number, talked)
        number = np.int64(contact.next)


@rule
def _expect_talk_end(centre, number, work):
    """Of a contact that will be passed on, in a pool with pace."""
    if leads_on(centre, number):
        rest = on_grid(max(work.talk - work.done, 0.0) / work.speed)
        expect_talk_end(centre, number, work.touched + rest)


@rule
def _progress(centre, number, work):
    """Bring the work done up to now, and note when the talk ended if it did on the way."""
    talked = talked_of(centre)
    done = work.done + (centre.now - work.touched) * work.speed
    if isnan(talked[number]) and done >= work.talk and work.speed > 0:
        rest = on_grid(max(work.talk - work.done, 0.0) / work.speed)
        talked[number] = min(work.touched + rest, centre.now)
    work.done, work.touched = done, centre.now


@part
def finished(centre, number):
    contact = contacts_of(centre)[number]
    line = lines_of(centre)[contact.line]
    agent = np.int64(contact.agent)
    pool = pool_of(centre, agent)
    agents_of(centre)[agent].since = centre.now
    release(centre, agent, line)
    if pool.paced:
        _progress(centre, number, work_of(centre)[number])
        talked = talked_of(centre)
        if isnan(talked[number]):
            talked[number] = centre.now  # all of it was talk, but for rounding
        _drop(centre, contact, agent)
        _set_pace(centre, agent)
    elif RARE and (line.passes or channels_of(centre)[line.channel].divisible):
        _drop(centre, contact, agent)
    contact.state = ENDED
    centre.open -= 1
    if RARE and centre.trunks:
        hang_up(centre, number, line.channel)
    if outcome_of(centre)[number] == ANSWERED:
        maybe_again(centre, number, contact, line)
    elif is_called_again(centre, contact, line):
        call_again(centre, number, contact, line)
    elif not (RARE and channels_of(centre)[line.channel].outbound):
        maybe_retry(centre, number, contact, line)
    _look_for_work(centre, agent)
    if RARE and line.passes and not passed_of(centre)[number].on:  # else when the next leg has come
        let_go(centre, number)


@part
def _make_room(centre, agent, line, p):
    """Have the agent put work down, the latest begun first, until the contact can be taken."""
    unit, capacity = unit_of(centre, p, line.channel), pools_of(centre)[p].capacity
    while RARE and agents_of(centre)[agent].load + unit > capacity:
        _lay_aside(centre, latest_begun(centre, agent, line.channel), agent)


@rule
def put_down(centre, number, agent):
    """The agent ends this piece of work on a contact; the rest of it is for later."""
    contact, work = contacts_of(centre)[number], work_of(centre)[number]
    line, pool = lines_of(centre)[contact.line], pool_of(centre, agent)
    talked = talked_of(centre)
    _drop(centre, contact, agent)
    if pool.paced:
        _progress(centre, number, work)
    else:
        work.done = centre.now - work.touched
    if talked[number] > centre.now:
        talked[number] = nan
    if work.done < work.talk:
        work.rest_talk = on_grid((work.talk - work.done) / work.slowness / work.own)
        work.rest_wrap = work.wrap
    else:
        rest = max(work.work - work.done, 0.0)
        work.rest_talk, work.rest_wrap = 0.0, on_grid(rest / work.slowness / work.own)
    if not contact.begun:
        work.answered = ended_of(centre)[number]
    contact.begun, contact.agent = 1, NOBODY
    work.row = centre.times_put_down
    centre.times_put_down += 1
    row = put_down_of(centre)[work.row]
    row.contact, row.agent = number, agent
    row.began, row.until, row.resumed = work.began, centre.now, nan
    outcome_of(centre)[number], agent_of(centre)[number] = UNFINISHED, NOBODY
    work.resolved = resolved_of(centre)[number]
    resolved_of(centre)[number] = -1
    ended_of(centre)[number] = freed_of(centre)[number] = nan
    free_leaf(trees_of(centre)[FINISHES], finishes_of(centre), np.int64(contact.leaf))
    contact.leaf = NOBODY
    release(centre, agent, line)
    if pool.paced:
        _set_pace(centre, agent)


@rule
def _lay_aside(centre, number, agent_number):
    """Put work down for the agent to go on with."""
    put_down(centre, number, agent_number)
    contacts = contacts_of(centre)
    contact, agent = contacts[number], agents_of(centre)[agent_number]
    contact.state = PUT_DOWN
    contact.next = NOBODY
    if agent.aside < 0:
        agent.aside = number
        return
    last = np.int64(agent.aside)
    while contacts[last].next >= 0:
        last = np.int64(contacts[last].next)
    contacts[last].next = number


@rule
def take_from_aside(centre, number, agent_number):
    """The agent goes on with what they had put down, or somebody else does."""
    contacts, agent = contacts_of(centre), agents_of(centre)[agent_number]
    if agent.aside == number:
        agent.aside = contacts[number].next
        return
    before = np.int64(agent.aside)
    while contacts[before].next != number:
        before = np.int64(contacts[before].next)
    contacts[before].next = contacts[number].next


@part
def _look_for_work(centre, agent):
    """The agent has become free, wholly or in part."""
    on = agents_of(centre)[agent].on
    if on or pool_of(centre, agent).draining:
        take(centre, agent)
    if not on:
        maybe_leave(centre, agent)


@rule
def plan_rest(centre):
    """At the end: what is in hand is done as planned."""
    agents = agents_of(centre)
    talked = talked_of(centre)
    for agent in range(len(agents)):
        number = np.int64(agents[agent].hand)
        while number >= 0:
            if isnan(talked[number]):
                work = work_of(centre)[number]
                rest = on_grid(max(work.talk - work.done, 0.0) / work.speed)
                talked[number] = min(work.touched + rest, freed_of(centre)[number])
            number = np.int64(contacts_of(centre)[number].next)
