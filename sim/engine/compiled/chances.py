"""Rule 8: second chances."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.offers import look_for_offers, stop_waiting
from sim.engine.compiled.order import expect
from sim.engine.compiled.periods import place_now
from sim.engine.compiled.tables import (
    AI_LEFT,
    ARRIVES,
    BY_AGAIN,
    BY_CALL,
    BY_OTHERWISE,
    BY_OVERDUE,
    BY_RETRY,
    COMING,
    NOBODY,
    OF_HANDLE,
    OFFERED,
    RARE,
    SELF_SERVED,
    WAITING,
    WITHDRAWN,
    by_ai_of,
    callback_of,
    channels_of,
    contacts_of,
    customers_of,
    later_of,
    lines_of,
    reasons_of,
    resolved_of,
    resolves_of,
    row_of,
    values_of,
)
from sim.engine.compiled.trunks import connect, hang_up_at, stay_connected
from sim.engine.compiled.waiting import end_contact, lucky


@rule
def prepare_contact(contact):
    """What is the same for every contact that is coming."""
    contact.agent = contact.sibling = contact.leaf = NOBODY
    contact.state = COMING
    contact.exits = 0
    contact.callback = contact.draining = contact.withdrawn = 0
    contact.joined = contact.begun = contact.again = 0


@rule
def maybe_retry(centre, number, contact, line):
    most = reasons_of(centre)[line.whose].tries
    if most == 0:
        return
    customer = customers_of(centre)[contact.customer]
    if customer.tries >= most:
        return
    if lucky(centre, line.at_retry, contact, line.retry_chance):
        customer.tries += 1
        delay = values_of(centre)[line.at_retry_after + contact.place]
        make(centre, number, contact, BY_RETRY, line.retry_on, centre.now + delay)


@rule
def is_called_again(centre, contact, line):
    """Whether a customer who was not reached is called once more, before it is too late."""
    if contact.callback < channels_of(centre)[line.channel].calls:
        time = centre.now + channels_of(centre)[line.channel].call_again
        return time <= contact.gives_up
    return False


@rule
def call_again(centre, number, contact, line):
    """Nobody picked up: the customer will be called once more."""
    time = centre.now + channels_of(centre)[line.channel].call_again
    one = make(centre, number, contact, BY_CALL, line.channel, time)
    contacts_of(centre)[one].callback = contact.callback + 1
    contacts_of(centre)[one].gives_up = contact.gives_up
    callback_of(centre)[one] = 1  # even if it is withdrawn before it is made


@rule
def maybe_again(centre, number, contact, line):
    most = reasons_of(centre)[line.whose].agains
    if most == 0 or resolved_of(centre)[number] != 0:
        return
    if RARE and by_ai_of(centre)[number] == AI_LEFT:
        return
    customer = customers_of(centre)[contact.customer]
    if customer.agains < most:
        customer.agains += 1
        delay = values_of(centre)[line.at_again_after + contact.place]
        make(centre, number, contact, BY_AGAIN, line.again_on, centre.now + delay)


@rule
def self_serve(centre, number, contact, line):
    end_contact(centre, number, contact, SELF_SERVED)
    chance = resolves_of(centre)[contact.line]
    resolved = lucky(centre, line.at_again, contact, chance)
    resolved_of(centre)[number] = 1 if resolved else 0
    onward = channels_of(centre)[line.channel].otherwise
    customer = customers_of(centre)[contact.customer]
    at = place_now(centre, contact, OF_HANDLE, line.at_handle)
    spent = values_of(centre)[at + contact.place]
    kept = False
    if not resolved and onward >= 0 and customer.moves < centre.most_moves:
        customer.moves += 1
        next_one = make(centre, number, contact, BY_OTHERWISE, onward, centre.now + spent)
        if RARE and centre.trunks:
            kept = stay_connected(centre, line.channel, next_one, onward)
    if RARE and centre.trunks and not kept:
        connect(centre, number, line.channel)
        hang_up_at(centre, number, centre.now + spent)


@rule
def falls_due(centre, number):
    contact = contacts_of(centre)[number]
    customer = customers_of(centre)[contact.customer]
    if customer.moves < centre.most_moves and not contact.begun:
        customer.moves += 1
        channel = channels_of(centre)[lines_of(centre)[contact.line].channel]
        make(centre, number, contact, BY_OVERDUE, channel.overdue_on, centre.now)


@rule
def make(centre, parent_number, parent, cause, channel, time):
    """The customer will make another contact."""
    line = lines_of(centre)[parent.line].whose * centre.channel_count + channel
    return make_on(centre, parent_number, parent, cause, line, time)


@rule
def make_on(centre, parent_number, parent, cause, line, time):
    """The same on any line, a leg perhaps; returns the new contact's number."""
    customer = customers_of(centre)[parent.customer]
    reason = reasons_of(centre)[lines_of(centre)[line].whose]
    row = row_of(centre)[parent.customer]
    number = centre.made
    centre.made += 1
    centre.open += 1
    customer.attempts += 1
    contacts = contacts_of(centre)
    contact = contacts[number]
    contact.arrived = time
    contact.place = customer.attempts * centre.in_attempt + row
    if customer.attempts > reason.attempts:  # the first of the reason who comes to it
        reason.attempts = customer.attempts
        centre.wants_values = 1
    contact.customer = parent.customer
    contact.line = line
    prepare_contact(contact)
    later = later_of(centre)[number - centre.customer_count]
    later.arrived, later.customer, later.attempt = time, parent.customer, customer.attempts
    later.parent, later.cause = parent_number, cause
    later.reason, later.channel = lines_of(centre)[line].reason, lines_of(centre)[line].channel
    if centre.linked:
        last = np.int64(customer.last if customer.attempts > 1 else parent.customer)
        contacts[last].sibling = number
        customer.last = number
    expect(centre, time, ARRIVES, number)
    return number


@rule
def withdraw_others(centre, answered, contact):
    """In a linked centre an answer settles every contact that the customer has open."""
    contacts = contacts_of(centre)
    number = np.int64(contact.customer)  # the first one
    while number >= 0:
        other = contacts[number]
        if number != answered:
            waits = other.state == WAITING or other.state == OFFERED  # noqa: PLR1714
            if waits and not other.begun:
                agent = stop_waiting(centre, number, other, WITHDRAWN)
                if agent >= 0:
                    look_for_offers(centre, agent)
            elif other.state == COMING:
                other.withdrawn = 1
        number = np.int64(other.sibling)
