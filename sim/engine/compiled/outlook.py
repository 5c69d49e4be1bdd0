"""Rule 2b: what a queue looks like to who would have to wait in it, and its ways out."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

from sim.engine.compiled.chances import make, maybe_retry
from sim.engine.compiled.machine import rule
from sim.engine.compiled.offers import look_for_offers, stop_waiting
from sim.engine.compiled.tables import (
    BY_EXIT,
    FLOWED_OUT,
    NOBODY,
    contacts_of,
    customers_of,
    exits_of,
    lines_of,
    points_of,
    pools_of,
    steps_of,
    values_of,
)
from sim.engine.compiled.trunks import stay_connected
from sim.engine.compiled.waiting import expect_next


@rule
def expected_wait(centre, line, channel):
    """Those ahead and the customer, times the mean work, over the places of agents on duty."""
    places = 0.0
    for s in range(line.step, line.step + line.at_once):
        step = steps_of(centre)[s]
        places += pools_of(centre)[step.pool].on_duty * step.rate
    if places == 0:
        return inf
    return (channel.waiting + channel.callbacks + 1) * line.mean_work / places


@rule
def balk_chance(centre, line, channel):
    """The chance that a customer does not wait at all: straight lines between points."""
    if line.balk_by == 0:
        return line.balk
    x = 1.0 * channel.waiting
    if line.balk_by == 1:
        x = expected_wait(centre, line, channel)
    points = points_of(centre)
    if x <= points[line.balk_first].x:
        return points[line.balk_first].y
    for i in range(line.balk_first + 1, line.balk_past):
        low, high = points[i - 1], points[i]
        if x <= high.x:
            return low.y + (high.y - low.y) * ((x - low.x) / (high.x - low.x))
    return points[line.balk_past - 1].y


@rule
def patience_announced(centre, line, channel):
    """How many times as long as usual customers are ready to wait who hear how it stands."""
    over = channel.announce_over
    if over == inf or expected_wait(centre, line, channel) < over:
        return 1.0
    return channel.announce_patience


@rule
def exit_on_arrival(centre, contact, line, channel):
    """The way out that a customer takes who would have to wait: the first that holds, with luck."""
    exits = exits_of(centre)
    luck = -1.0
    for e in range(channel.exit, channel.exit_timed):
        one = exits[e]
        if channel.waiting < one.waiting or expected_wait(centre, line, channel) < one.over:
            continue
        if 0.0 < one.chance < 1.0:
            if luck < 0.0:
                luck = values_of(centre)[line.at_exit_at_once + contact.place]
            if luck >= one.chance:
                luck = (luck - one.chance) / (1.0 - one.chance)
                continue
        elif one.chance <= 0.0:
            continue
        if _may_leave_by(centre, contact, one):
            return e
    return NOBODY


@rule
def exit_opens(centre, number):
    """A way out of the queue is offered to who has waited so long."""
    contact = contacts_of(centre)[number]
    line = lines_of(centre)[contact.line]
    e = line.exit + contact.exits
    contact.exits += 1
    if _takes_exit(centre, contact, line, e) and _may_leave_by(
        centre, contact, exits_of(centre)[e]
    ):
        agent = stop_waiting(centre, number, contact, FLOWED_OUT)
        flow_out(centre, number, contact, line, e)
        if agent >= 0:
            look_for_offers(centre, agent)
    else:
        expect_next(centre, number, contact, line)


@rule
def _takes_exit(centre, contact, line, e):
    """Whether the customer takes this way out; those before it have been declined."""
    exits = exits_of(centre)
    chance = exits[e].chance
    if chance <= 0.0 or chance >= 1.0:
        return chance >= 1.0
    luck = values_of(centre)[line.at_exit + contact.place]
    for i in range(line.exit, e):
        before = exits[i].chance
        if 0.0 < before < 1.0:
            luck = (luck - before) / (1.0 - before)
    return luck < chance


@rule
def _may_leave_by(centre, contact, one):
    """Whether the customer may go where a way out leads."""
    return one.on < 0 or customers_of(centre)[contact.customer].moves < centre.most_moves


@rule
def flow_out(centre, number, contact, line, e):
    """What a customer does who has left the queue: another channel, or perhaps a new try."""
    on = exits_of(centre)[e].on
    if on < 0:
        maybe_retry(centre, number, contact, line)
    else:
        customers_of(centre)[contact.customer].moves += 1
        next_one = make(centre, number, contact, BY_EXIT, on, centre.now)
        if centre.trunks:
            stay_connected(centre, line.channel, next_one, on)
