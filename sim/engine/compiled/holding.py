"""Rule 11: agents who stay with a customer, for the next agent or for who joins them."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.order import expect, expect_finish
from sim.engine.compiled.tables import (
    TALK_ENDS,
    contacts_of,
    freed_of,
    later_of,
    passed_of,
    talked_of,
    values_of,
)
from sim.engine.compiled.trunks import hang_up_at


@rule
def leads_on(centre, number):
    """Whether at the end of its talk somebody joins, or it is passed on."""
    passed = passed_of(centre)[number]
    return passed.asks != 0 or (passed.way != 0 and not passed.on)


@rule
def expect_talk_end(centre, number, time):
    passed_of(centre)[number].talk_ends = time
    expect(centre, time, TALK_ENDS, number)


@rule
def stay_until(centre, number, time):
    """The agent stays with the customer until then; what comes at the end of a talk follows."""
    talked, freed = talked_of(centre), freed_of(centre)
    freed[number] += time - talked[number]
    talked[number] = time
    if leads_on(centre, number):
        expect_talk_end(centre, number, time)
    expect_finish(centre, number, contacts_of(centre)[number], freed[number])
    if centre.trunks:
        hang_up_at(centre, number, time)


@rule
def release_first(centre, leg, line, hand_over):
    """Who waits with the customer, if anybody does, need not any longer; whether there was one."""
    if line.at_hand_over < 0:
        return False
    first = np.int64(later_of(centre)[leg - centre.customer_count].parent)
    if not talked_of(centre)[first] > centre.now:
        return False
    stay_until(centre, first, centre.now + hand_over)
    return True


@rule
def time_to_hand_over(centre, leg, contact, line):
    """What those who answer need, with the agent who has waited, before their own talk."""
    if line.at_hand_over < 0:
        return 0.0
    needed = values_of(centre)[line.at_hand_over + contact.place]
    return needed if release_first(centre, leg, line, needed) else 0.0
