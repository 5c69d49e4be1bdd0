"""Rule 2: arrivals and doors; and whether a customer asks to be called back."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

import numpy as np

from sim.engine.compiled.agents import pool_of
from sim.engine.compiled.chances import make, maybe_retry, prepare_contact, self_serve
from sim.engine.compiled.doors import closes_after, is_open, opens_after
from sim.engine.compiled.hand import answer, go_on_with, join_pools, take
from sim.engine.compiled.holding import release_first
from sim.engine.compiled.interrupting import who_takes
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.offers import look_for_offers, offer, stop_waiting
from sim.engine.compiled.outlook import (
    balk_chance,
    exit_on_arrival,
    expected_wait,
    flow_out,
    patience_announced,
)
from sim.engine.compiled.passing import hold_in_hand, is_leg, joins, let_go
from sim.engine.compiled.profiles import point_of_profile
from sim.engine.compiled.tables import (
    BALKED,
    BLOCKED,
    BY_CLOSED,
    CLOSED,
    ELSEWHERE,
    FLOWED_OUT,
    LIVE,
    NO_LINE,
    NOBODY,
    RARE,
    SELF_SERVICE,
    WITHDRAWN,
    agents_of,
    callback_of,
    channel_of,
    channels_of,
    closed_of,
    contacts_of,
    customers_of,
    later_of,
    lines_of,
    pools_of,
    queues_of,
    reaches_of,
    reason_of,
    row_of,
    scratch_of,
    spells_of,
    steps_of,
    values_of,
)
from sim.engine.compiled.trunks import hang_up, has_line
from sim.engine.compiled.waiting import (
    begin_waiting,
    end_contact,
    lucky,
    set_key,
    until_when_called,
    wait,
)


@part
def customer_arrives(centre, number):
    reason = reason_of(centre)[number]
    contact = contacts_of(centre)[number]
    contact.arrived = centre.now
    contact.place = row_of(centre)[number]
    contact.customer = number
    contact.line = reason * centre.channel_count + channel_of(centre)[number]
    prepare_contact(contact)
    _enter(centre, number, contact)


@part
def contact_arrives(centre, number):
    contact = contacts_of(centre)[number]
    if contact.withdrawn:
        end_contact(centre, number, contact, WITHDRAWN)
    else:
        _enter(centre, number, contact)
    if is_leg(centre, number):
        let_go(centre, np.int64(later_of(centre)[number - centre.customer_count].parent))


@part
def _join(centre, number, contact, line):
    """Who is free joins the talk; if nobody is, it goes on without."""
    agent = who_takes(centre, contact, line, line.at_once)
    if agent < 0:
        end_contact(centre, number, contact, BLOCKED)
    else:
        answer(centre, number, contact, agent)
        go_on_with(centre, agent)


@rule
def _enter(centre, number, contact):
    line = lines_of(centre)[contact.line]
    channel = channels_of(centre)[line.channel]
    if joins(centre, number):
        _join(centre, number, contact, line)
        return
    if RARE and centre.ordered:
        set_key(centre, number, contact, channel)
    if RARE and channel.outbound:
        contact.callback = max(contact.callback, 1)
    if contact.callback:  # nobody comes: a customer is to be called
        callback_of(centre)[number] = 1
        until_when_called(centre, contact, line)
        _meet_agents(centre, number, contact, line, channel)
        return
    if RARE and channel.trunk >= 0 and not has_line(centre, number, channel):
        end_contact(centre, number, contact, NO_LINE)
        maybe_retry(centre, number, contact, line)
        return
    if channel.kind == SELF_SERVICE:
        self_serve(centre, number, contact, line)
        return
    if line.door >= 0 and not is_open(centre, line.door):
        if not is_leg(centre, number):
            _turn_away(centre, number, contact, line)
            return
        if channel.kind == LIVE:
            _come_behind_the_door(centre, number, contact, line, channel)
            return
    _meet_agents(centre, number, contact, line, channel)


@part
def _meet_agents(centre, number, contact, line, channel):
    """The door is open: an agent, the queue, or the way out of it."""
    agent = who_takes(centre, contact, line, line.at_once)
    if agent >= 0:
        if pool_of(centre, agent).offers:
            wait(centre, number, contact, line, 1.0)
            offer(centre, number, contact, agent)
        else:
            answer(centre, number, contact, agent)
            go_on_with(centre, agent)
    elif contact.callback:
        wait(centre, number, contact, line, 1.0)
    elif channel.when_free and who_takes(centre, contact, line, line.steps) < 0:
        _turn_away(centre, number, contact, line)
    elif _wants_callback(centre, contact, line, channel):
        contact.callback = 1
        callback_of(centre)[number] = 1
        if RARE and centre.trunks:
            hang_up(centre, number, line.channel)
        if RARE:
            release_first(centre, number, line, 0.0)
        wait(centre, number, contact, line, 1.0)
    else:
        way_out = NOBODY
        if RARE and channel.exit < channel.exit_timed:
            way_out = exit_on_arrival(centre, contact, line, channel)
        if way_out >= 0:
            end_contact(centre, number, contact, FLOWED_OUT)
            flow_out(centre, number, contact, line, way_out)
        else:
            _queue(centre, number, contact, line, channel)


@part
def _queue(centre, number, contact, line, channel):
    """Wait, if there is room and the customer likes to."""
    if channel.queue_limit >= 0 and channel.waiting >= channel.queue_limit:
        end_contact(centre, number, contact, BLOCKED)
        maybe_retry(centre, number, contact, line)
    elif not is_leg(centre, number) and lucky(
        centre, line.at_balk, contact, balk_chance(centre, line, channel)
    ):
        end_contact(centre, number, contact, BALKED)
        maybe_retry(centre, number, contact, line)
    else:
        wait(centre, number, contact, line, patience_announced(centre, line, channel))


@rule
def _come_behind_the_door(centre, number, contact, line, channel):
    """A leg whose door is closed by now is served like those who waited when it closed."""
    if not channel.drain:
        _turn_away(centre, number, contact, line)
        return
    contact.joined = 0
    begin_waiting(centre, number, contact, line, 1.0)
    _drain(centre, contact, line)
    join_pools(centre, number, contact)


@rule
def _turn_away(centre, number, contact, line):
    """The door is closed: lost, back at the next opening, or on to another channel."""
    end_contact(centre, number, contact, CLOSED)
    _send_away(centre, number, contact, line)


@rule
def _send_away(centre, number, contact, line):
    closed = closed_of(centre)
    choices = 2 + centre.channel_count
    first = contact.line * choices
    customer = customers_of(centre)[contact.customer]
    if closed[first] >= 1 or customer.moves >= centre.most_moves:
        return
    values = values_of(centre)
    luck = values[line.at_closed + contact.place]
    choice = 0  # 0 lost, 1 returns, 2 + channel
    while choice < choices and closed[first + choice] <= luck:
        choice += 1
    if choice in (0, choices):
        return
    if choice >= 2:
        customer.moves += 1
        make(centre, number, contact, BY_CLOSED, choice - 2, centre.now)
        return
    opening = centre.now if line.door < 0 else opens_after(centre, line.door)
    if opening < inf:
        customer.moves += 1
        value = values[line.at_closed_after + contact.place]
        time = opening
        if not line.by_profile:
            time = opening + value
        elif line.door >= 0:
            closing = closes_after(centre, line.door, opening)
            time = point_of_profile(centre, line.whose, opening, closing, value)
        make(centre, number, contact, BY_CLOSED, line.channel, time)


@rule
def door_closes(centre, closing):
    """Contacts that still wait are dismissed, or agents stay for them; a backlog stays."""
    contacts = contacts_of(centre)
    lines = lines_of(centre)
    channels = channels_of(centre)
    agents = agents_of(centre)
    pools = pools_of(centre)
    scratch = scratch_of(centre)
    count = _behind(centre, closing.door)
    if RARE and centre.passes:
        hold_in_hand(centre, closing.door)
    freed = 0
    for i in range(count):
        number = scratch[i]
        contact = contacts[number]
        line = lines[contact.line]
        if channels[line.channel].drain and not closing.sudden:
            if not contact.draining:
                _drain(centre, contact, line)
        elif not contact.callback:
            agent = stop_waiting(centre, number, contact, CLOSED)
            if agent >= 0:
                scratch[freed] = agent
                freed += 1
            _send_away(centre, number, contact, line)
    for i in range(freed):
        look_for_offers(centre, scratch[i])
    for p in range(len(pools)):
        if pools[p].draining:
            for agent in range(pools[p].agent, pools[p].agent_past):
                if agents[agent].staying:
                    take(centre, agent)
    if RARE and _ends_a_rest(centre, closing.door):
        _begin_to_call(centre)


@rule
def _ends_a_rest(centre, door):
    """Whether the hours of a list begin as this door closes."""
    channels = channels_of(centre)
    found = False
    for c in range(len(channels)):
        found = found or channels[c].rest_door == door
    return found


@rule
def _begin_to_call(centre):
    """The hours of a list begin: who is free, and is not about to go, makes calls."""
    agents = agents_of(centre)
    for number in range(len(agents)):
        agent = agents[number]
        if agent.on and spells_of(centre)[agent.spell].last > centre.now:
            take(centre, number)


@rule
def _drain(centre, contact, line):
    """Have agents stay for a contact behind the closed door, those who may get it later too."""
    pools = pools_of(centre)
    contact.draining = 1
    for s in range(line.step, line.step + line.steps):
        pools[steps_of(centre)[s].pool].draining += 1
    if RARE and line.passes:
        reaches = reaches_of(centre)
        for p in range(len(pools)):
            if reaches[contact.line * len(pools) + p] == ELSEWHERE:
                pools[p].draining += 1


@rule
def _behind(centre, door):
    """Who waits on a live channel behind this door, into `scratch` by number; how many."""
    contacts = contacts_of(centre)
    lines = lines_of(centre)
    queues = queues_of(centre)
    channels = channels_of(centre)
    scratch = scratch_of(centre)
    count = np.int64(0)
    for x in range(len(lines)):
        if lines[x].door != door or channels[lines[x].channel].kind != LIVE:
            continue
        for first in (queues[x].first, queues[x].offered):
            number = first
            while number >= 0:
                scratch[count] = number
                count += 1
                number = contacts[number].next
    _sort(scratch, count)
    return count


@rule
def _sort(numbers, count):
    """Sort the first so many in place: a heap with the greatest at the top."""
    for i in range(1, count):
        if numbers[i] < numbers[i - 1]:
            break
    else:
        return
    for start in range(count // 2 - 1, -1, -1):
        _sink(numbers, start, count)
    for end in range(count - 1, 0, -1):
        numbers[0], numbers[end] = numbers[end], numbers[0]
        _sink(numbers, np.int64(0), end)


@rule
def _sink(numbers, start, end):
    """Let a number sink in a heap that ends before `end`."""
    i, number = start, numbers[start]
    while 2 * i + 1 < end:
        below = 2 * i + 1
        if below + 1 < end and numbers[below + 1] > numbers[below]:
            below += 1
        if numbers[below] <= number:
            break
        numbers[i] = numbers[below]
        i = below
    numbers[i] = number


@rule
def _wants_callback(centre, contact, line, channel):
    """Whether the customer who would have to wait is offered a callback and takes it."""
    over = channel.callback_over
    if over == inf or expected_wait(centre, line, channel) < over:
        return False
    if channel.callback_door >= 0 and not is_open(centre, channel.callback_door):
        return False
    return lucky(centre, line.at_callback, contact, channel.callback_chance)
