"""Rule 6b: offers begin and stop; and contacts that nobody answers leave their queue (10)."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.agents import list_free, maybe_leave, occupy, pool_of, release, unit_of
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.order import expect
from sim.engine.compiled.tables import (
    NOBODY,
    OFFER_ENDS,
    OFFERED,
    PAUSE_ENDS,
    agents_of,
    contacts_of,
    lines_of,
    offer_first_of,
    offer_response_of,
    offered_of,
    offers_of,
    pools_of,
    queues_of,
    rings_of,
)
from sim.engine.compiled.waiting import choose, end_contact, expect_nothing, leave_queue, unlink


@rule
def take_offers(centre, agent):
    """The same in a pool with offers."""
    while not agents_of(centre)[agent].paused:
        number = choose(centre, agent)
        if number < 0:
            break
        offer(centre, number, contacts_of(centre)[number], agent)
    list_free(centre, agent)


@rule
def look_for_offers(centre, agent):
    """The same in a pool with offers."""
    on = agents_of(centre)[agent].on
    if on or pool_of(centre, agent).draining:
        take_offers(centre, agent)
    if not on:
        maybe_leave(centre, agent)


@rule
def offer(centre, number, contact, agent_number):
    """Ring at an agent who may accept, decline, or let it ring; the customer waits on."""
    line = lines_of(centre)[contact.line]
    agent = agents_of(centre)[agent_number]
    unlink(centre, number, contact)
    contacts, queue = contacts_of(centre), queues_of(centre)[contact.line]
    contact.previous, contact.next = NOBODY, queue.offered
    if queue.offered >= 0:
        contacts[queue.offered].previous = number
    queue.offered = number
    contact.state = OFFERED
    contact.agent = agent_number
    offers_of(centre)[number] += 1
    occupy(centre, agent_number, unit_of(centre, agent.pool, line.channel))
    offer_first = offer_first_of(centre)
    first = offer_first[agent_number]
    offered = offered_of(centre)[number]
    row = offer_first[agent_number + 1] - first
    offered.answer_at = agent.offers // row * centre.block + first + agent.offers % row
    agent.offers += 1
    centre.most_asked = max(centre.most_asked, np.int64(agent.offers))
    response = offer_response_of(centre)[offered.answer_at]
    timeout = pools_of(centre)[agent.pool].timeout
    offered.began = centre.now
    offered.ends = centre.now + min(response, timeout)
    expect(centre, offered.ends, OFFER_ENDS, number)


@rule
def stop_offer(centre, number, contact):
    """The offer is over; the agent's share is free."""
    agent = np.int64(contact.agent)
    contact.agent = NOBODY
    _note_ring(centre, number, agent)
    unlink(centre, number, contact)
    release(centre, agent, lines_of(centre)[contact.line])
    list_free(centre, agent)
    return agent


@part
def _note_ring(centre, number, agent):
    """The offer took a while of the agent's time."""
    began = offered_of(centre)[number].began
    if centre.now > began:
        row = rings_of(centre)[centre.times_rung]
        centre.times_rung += 1
        row.contact, row.agent, row.began, row.until = number, agent, began, centre.now


@rule
def pause(centre, number):
    """Offer them nothing for a while."""
    agent = agents_of(centre)[number]
    pool = pools_of(centre)[agent.pool]
    if agent.on and agent.load == 0 and not agent.paused:
        pool.idle -= 1
    agent.paused = 1
    list_free(centre, number)
    agent.resumes = centre.now + pool.pause
    expect(centre, agent.resumes, PAUSE_ENDS, number)


@rule
def stop_waiting(centre, number, contact, outcome):
    """A contact leaves the queue unanswered; returns the agent it was on offer to, or nobody."""
    agent = NOBODY
    expect_nothing(centre, contact)
    if contact.state == OFFERED:
        agent = stop_offer(centre, number, contact)
    else:
        unlink(centre, number, contact)
    end_contact(centre, number, contact, outcome)
    leave_queue(centre, contact)
    return agent
