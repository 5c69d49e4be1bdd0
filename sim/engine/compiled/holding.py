"""Rule 11: who passes a contact on warm stays with the customer until the next agent is there."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.order import expect_finish
from sim.engine.compiled.tables import contacts_of, freed_of, later_of, talked_of, values_of


@rule
def stay_until(centre, number, time):
    """Who passes on warm stays with the customer until then; the wrap-up follows."""
    talked, freed = talked_of(centre), freed_of(centre)
    freed[number] += time - talked[number]
    talked[number] = time
    expect_finish(centre, number, contacts_of(centre)[number], freed[number])


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
