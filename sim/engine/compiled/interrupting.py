"""Rule 6c: who puts work down for a live contact that nobody is free for."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.agents import agent_for, latest_begun, room_for, staying_for
from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import (
    NOBODY,
    RARE,
    channels_of,
    pools_of,
    steps_of,
    work_of,
)


@rule
def who_takes(centre, contact, line, joined):
    """The agent who takes a contact of this line, of the pools that have joined; or nobody."""
    agent = agent_for(centre, contact, line, joined)
    if agent < 0 and contact.draining:
        agent = staying_for(centre, line, joined)
    if RARE and agent < 0 and channels_of(centre)[line.channel].interrupts:
        return who_interrupts(centre, line, line.step, line.step + joined)
    return agent


@rule
def who_interrupts(centre, line, step, past):
    """Of the steps from the first to the last, the first with somebody; the latest begun."""
    steps = steps_of(centre)
    s = step
    while s < past:
        agent = _of_group(centre, line, s)
        if agent >= 0:
            return agent
        s = steps[s].past
    return NOBODY


@rule
def _of_group(centre, line, s):
    """Of the pools of equal rank, the agent with the latest begun work who then has room."""
    steps = steps_of(centre)
    best = NOBODY
    latest = 0.0
    for i in range(s, steps[s].past if steps[s].keep == 0 else s):
        pool = pools_of(centre)[steps[i].pool]
        for number in range(pool.agent, pool.agent_past):
            work = latest_begun(centre, number, line.channel)
            if work < 0 or room_for(centre, number, line.channel) < steps[i].unit:
                continue
            began = work_of(centre)[work].began
            later = best < 0 or began > latest or (began == latest and number < best)
            if later:
                best, latest = np.int64(number), began
    return best
