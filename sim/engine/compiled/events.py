"""Rule 1: the next event, and what comes of the kinds that have no file of their own."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

import numpy as np

from sim.engine.compiled.agents import (
    give_up_missed,
    list_free,
    maybe_leave,
    pool_of,
)
from sim.engine.compiled.arrival import contact_arrives, customer_arrives, door_closes
from sim.engine.compiled.chances import falls_due, maybe_retry
from sim.engine.compiled.hand import answer, finished, give, go_on_with, plan_rest, take
from sim.engine.compiled.handing import hand_over, pool_joins
from sim.engine.compiled.interrupting import who_takes
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.offers import look_for_offers, pause, stop_offer, stop_waiting
from sim.engine.compiled.order import FINISHES, KIND, NUMBER, TIMERS, free_leaf
from sim.engine.compiled.outlook import exit_opens
from sim.engine.compiled.passing import talk_ends
from sim.engine.compiled.tables import (
    ABANDONED,
    ARRIVES,
    DOOR_CLOSES,
    EXIT_OPENS,
    EXPIRED,
    LINE_FREED,
    LIVE,
    NOBODY,
    OFFER_ENDS,
    OFFERED,
    ON_DUTY,
    PATIENCE_ENDS,
    PAUSE_ENDS,
    POOL_JOINS,
    RARE,
    TALK_ENDS,
    THE_END,
    WAITING,
    agents_of,
    arrival_of,
    came_of,
    channels_of,
    closings_of,
    contacts_of,
    duty_of,
    finishes_of,
    left_of,
    lines_of,
    offer_luck_of,
    offer_response_of,
    offered_of,
    pools_of,
    spells_of,
    timers_of,
    trees_of,
)
from sim.engine.compiled.trunks import line_freed
from sim.engine.compiled.waiting import leave_queue, line_up


@rule
def go_on(centre):
    """Handle events until all is over (False) or a table may become too short (True)."""
    _find_known(centre)
    while centre.open > 0:
        if _is_cramped(centre):
            return True
        if not _next_event(centre):
            _stop(centre)
            break
    plan_rest(centre)
    return False


@part
def _stop(centre):
    """The horizon: agents who should have gone home long ago are counted until here."""
    agents = agents_of(centre)
    for agent in range(len(agents)):
        one = agents[agent]
        if one.staying:
            give_up_missed(centre, agent, centre.horizon)
            left_of(centre)[one.spell] = max(centre.horizon, spells_of(centre)[one.spell].off)


@part
def _is_cramped(centre):
    """Whether the next event might make more than there is room for."""
    most = centre.waiting + 16
    timers = trees_of(centre)[TIMERS].used + most * centre.most_offers + centre.room_offers
    return (
        timers > centre.timers_length >> 1
        or centre.most_asked > centre.room_asked
        or centre.wants_values
        or centre.times_rung + centre.room_rings > centre.rings_length
        or (RARE and centre.times_put_down + centre.room_put_down > centre.put_down_length)
        or centre.made + most > centre.contacts_length
    )


@part
def _next_event(centre):
    """Handle the least by (time, kind, number), unless the run ends before; kinds 0 to 11."""
    trees = trees_of(centre)
    finish = finishes_of(centre)[trees[FINISHES].root]
    timer = timers_of(centre)[trees[TIMERS].root]
    time, kind = centre.next_time, centre.next_kind
    sudden = False
    if timer.time < time or (timer.time == time and _is_before(centre, timer.code, kind)):
        time, kind, sudden = timer.time, timer.code >> KIND, True
    if finish.time < time or (finish.time == time and kind > TALK_ENDS):
        if not finish.time <= centre.horizon:
            return False
        centre.now = finish.time
        finish_comes(centre, finish.code)
        return True
    if not time <= centre.horizon:
        return False
    centre.now = time
    if sudden:
        _sudden(centre, timer.code)
    else:
        _foreseen(centre, kind)
    return True


@part
def _is_before(centre, code, kind):
    """Whether what is sudden comes before what was known, of this kind, at the same instant.

    Customers come before later contacts: their numbers are smaller.
    """
    if code >> KIND != kind or kind != ON_DUTY:
        return code >> KIND < kind
    return number_in(code) < duty_of(centre)[centre.next_duty].agent


@part
def number_in(code):
    """The number of a contact or an agent in an event's code."""
    return (code >> NUMBER) & ((1 << KIND - NUMBER) - 1)


@rule
def _find_known(centre):
    """Note time and kind of the next event that was known beforehand."""
    time, kind = inf, THE_END
    if centre.next_customer < centre.customer_count:
        time, kind = arrival_of(centre)[centre.next_customer], ARRIVES
    if centre.next_duty < centre.duty_length:
        duty = duty_of(centre)[centre.next_duty]
        if duty.time < time or (duty.time == time and duty.kind < kind):
            time, kind = duty.time, duty.kind
    if centre.next_closing < centre.closings_length:
        closing = closings_of(centre)[centre.next_closing]
        if closing.time < time or (closing.time == time and kind > DOOR_CLOSES):
            time, kind = closing.time, DOOR_CLOSES
    centre.next_time, centre.next_kind = time, kind


@part
def _foreseen(centre, kind):
    """An event that was known beforehand."""
    if kind == ARRIVES:
        centre.next_customer += 1
        _find_known(centre)
        customer_arrives(centre, centre.next_customer - 1)
    elif kind == DOOR_CLOSES:
        centre.next_closing += 1
        _find_known(centre)
        door_closes(centre, closings_of(centre)[centre.next_closing - 1])
    else:
        duty = duty_of(centre)[centre.next_duty]
        centre.next_duty += 1
        _find_known(centre)
        if kind == ON_DUTY:
            _on_duty(centre, duty)
        else:
            _off_duty(centre, duty)


@part
def _sudden(centre, code):
    """An event that became known on the way."""
    kind = code >> KIND
    number = number_in(code)
    if kind == POOL_JOINS:  # these three leave their leaf to the contact
        pool_joins(centre, number)
        return
    if kind == PATIENCE_ENDS:
        _patience_ends(centre, number)
        return
    if RARE and kind == EXIT_OPENS:
        exit_opens(centre, number)
        return
    free_leaf(trees_of(centre)[TIMERS], timers_of(centre), code)
    if kind == PAUSE_ENDS:
        _pause_ends(centre, number)
    elif kind == ON_DUTY:
        _come(centre, number, np.int64(agents_of(centre)[number].back))
    elif RARE and kind == LINE_FREED:
        line_freed(centre, number, lines_of(centre)[contacts_of(centre)[number].line].channel)
    else:
        _of_contact(centre, kind, number)


@part
def _of_contact(centre, kind, number):
    """The same of a contact."""
    state = contacts_of(centre)[number].state
    if kind == ARRIVES:
        contact_arrives(centre, number)
    elif RARE and kind == TALK_ENDS:
        talk_ends(centre, number)
    elif state != WAITING and state != OFFERED:  # noqa: PLR1714 (faster)
        return
    elif kind == OFFER_ENDS:
        _offer_ends(centre, number)
    else:
        falls_due(centre, number)


@part
def finish_comes(centre, code):
    """A contact is finished; most often its leaf goes to the next one in the agent's hand."""
    centre.hole = code & ((1 << NUMBER) - 1)
    finished(centre, code >> NUMBER)
    if centre.hole >= 0:
        free_leaf(trees_of(centre)[FINISHES], finishes_of(centre), centre.hole)
        centre.hole = NOBODY


@rule
def _offer_ends(centre, number):
    contact = contacts_of(centre)[number]
    offered = offered_of(centre)[number]
    if contact.state != OFFERED or offered.ends != centre.now:
        return
    line = lines_of(centre)[contact.line]
    at = offered.answer_at
    agent = stop_offer(centre, number, contact)
    pool = pool_of(centre, agent)
    in_time = offer_response_of(centre)[at] <= pool.timeout
    if in_time and offer_luck_of(centre)[at] < pool.accept:
        answer(centre, number, contact, agent)
        leave_queue(centre, contact)
        return
    contact.state = WAITING
    line_up(centre, number, contact)
    pause(centre, agent)
    other = who_takes(centre, contact, line, np.int64(contact.joined))
    if other >= 0:
        give(centre, number, contact, other)
        go_on_with(centre, other)
    if not agents_of(centre)[agent].on:
        maybe_leave(centre, agent)


@rule
def _pause_ends(centre, number):
    agent = agents_of(centre)[number]
    if not agent.paused or agent.resumes != centre.now:
        return  # another offer not taken has made it longer
    agent.paused = 0
    agent.since = centre.now
    if agent.on and agent.load == 0:
        pools_of(centre)[agent.pool].idle += 1
    if agent.on or agent.staying:
        look_for_offers(centre, number)


@rule
def _patience_ends(centre, number):
    contact = contacts_of(centre)[number]
    line = lines_of(centre)[contact.line]
    if channels_of(centre)[line.channel].kind == LIVE and not contact.callback:
        agent = stop_waiting(centre, number, contact, ABANDONED)
        maybe_retry(centre, number, contact, line)
    else:
        agent = stop_waiting(centre, number, contact, EXPIRED)
    if agent >= 0:
        look_for_offers(centre, agent)


@rule
def _on_duty(centre, duty):
    agent = agents_of(centre)[duty.agent]
    spell = duty.spell
    if agent.staying:  # still there from the last spell
        if spells_of(centre)[spell].rest > 0:
            return  # the break first
        agent.staying = 0
        give_up_missed(centre, duty.agent, centre.now)
        left_of(centre)[agent.spell] = centre.now
    if came_of(centre)[spell] == centre.now:  # else on a break that began late
        _come(centre, duty.agent, spell)


@rule
def _come(centre, number, spell):
    """The agent comes on duty for this spell."""
    agent = agents_of(centre)[number]
    pool = pools_of(centre)[agent.pool]
    agent.spell, agent.over, agent.since = spell, 0, centre.now
    agent.slowness = spells_of(centre)[spell].slowness
    if centre.now >= spells_of(centre)[spell].last:  # too late for a contact
        _stay(centre, number)
        return
    agent.on = 1
    pool.on_duty += 1
    if agent.load == 0 and not agent.paused:
        pool.idle += 1
    take(centre, number)


@rule
def _stay(centre, number):
    """There, but for no new contact unless it drains."""
    agent = agents_of(centre)[number]
    agent.staying = 1
    if pools_of(centre)[agent.pool].draining:
        take(centre, number)


@rule
def _off_duty(centre, duty):
    """No new contact from now on; who is on duty for another spell, or away, stays so."""
    agent = agents_of(centre)[duty.agent]
    if agent.spell != duty.spell:
        return
    pool = pools_of(centre)[agent.pool]
    looks = agent.on != 0
    if agent.on:
        agent.on = 0
        pool.on_duty -= 1
        if agent.load == 0 and not agent.paused:
            pool.idle -= 1
        list_free(centre, duty.agent)
        agent.staying = 1
    agent.over = 1 if centre.now >= spells_of(centre)[duty.spell].off else 0
    if RARE and agent.over and hand_over(centre, duty.agent, duty.spell):
        looks = True
    if looks and pool.draining:
        take(centre, duty.agent)
    maybe_leave(centre, duty.agent)
