"""The model in SimPy, written to be read. Section headings and rule numbers are those of RULES.md.

Every change happens in the callback of one event. Events are ordered by (time, kind, number),
with kind and number packed into SimPy's `priority`; nothing depends on the order of scheduling,
and nothing is scheduled that has no cause of its own (no zero-delay hops).
"""

from __future__ import annotations

from bisect import bisect_right
from math import inf, isnan

import numpy as np

from sim.engine import plain
from sim.engine.plan import Plan
from sim.engine.reference.duty import Duty
from sim.engine.reference.floor import Moment
from sim.engine.reference.logbook import contact_log
from sim.engine.reference.outlook import (
    exit_on_arrival,
    may_leave_by,
    patience_announced,
    takes_exit,
)
from sim.engine.reference.things import (
    CONFERENCE,
    ENDED,
    IN_HAND,
    OFFERED,
    PUT_DOWN,
    WAITING,
    Agent,
    Contact,
    Door,
    Exit,
    Line,
    Offer,
    Pool,
    Work,
    on_grid,
)
from sim.garbage import UNCOLLECTED
from sim.tables import Cause, ContactLog, Draws, DutyLog


def simulate(plan: Plan, draws: Draws) -> tuple[ContactLog, DutyLog]:
    """Run one replication to the end of its last contact, or to the plan's horizon.

    Args:
        plan: the scenario's tables.
        draws: all randomness of the replication.
    """
    with UNCOLLECTED:  # every contact lives to the end
        return Centre(plan, draws).play()


# --- the centre -------------------------------------------------------------------------------


class Centre(Duty):
    """The contact centre: the rules that change its state."""

    def play(self) -> tuple[ContactLog, DutyLog]:
        """Play the replication."""
        self._expect_customer()
        self._expect_duty(0)
        self._expect_period(0)
        for door in self.doors:
            self._expect_closing(door, 0)
        self._at(self.plan.horizon, plain.THE_END, 0, None, self._stop)
        step = self.step
        while self.open:
            step()
        contacts = self._all_contacts()
        log = contact_log(self.plan, self.draws, contacts, self.put_down, self.rings)
        # free them now, the centre is a web of references
        self.first, self.later = [], []
        self.open_of.clear()
        duty = DutyLog(
            agent=self.draws.duty_agent,
            on=self.draws.duty_on,
            off=self.draws.duty_off,
            came=np.array([spell.came for spell in self.spells], dtype=np.float64),
            left=np.array([spell.left for spell in self.spells], dtype=np.float64),
        )
        return log, duty

    def _stop(self, _: Moment) -> None:
        """The horizon: agents who should have gone home long ago are counted until here."""
        self.open = 0
        for pool in self.pools:
            for number in pool.staying:
                agent = self.agents[number]
                self._give_up(agent, self.plan.horizon)
                spell = self.spells[agent.spell]
                spell.left = max(self.plan.horizon, spell.off)

    # --- 2. Arrival: open or closed -----------------------------------------------------------

    def _expect_customer(self) -> None:
        contact = next(self.coming, None)
        if contact is not None:
            self.first.append(contact)
            self._at(
                contact.arrived, plain.ARRIVES, contact.number, contact, self._customer_arrives
            )

    def _customer_arrives(self, moment: Moment) -> None:
        contact: Contact = moment.about
        self._expect_customer()
        if self.plan.linked:
            self.open_of[contact.customer].append(contact)
        self._enter(contact)

    def _contact_arrives(self, moment: Moment) -> None:
        contact: Contact = moment.about
        if contact.withdrawn:
            self._end(contact, plain.WITHDRAWN)
        elif contact.cause == CONFERENCE:
            self._join(contact)
        else:
            self._enter(contact)
        if contact.origin is not None and contact.origin.passed_on:
            self._let_go(contact.origin)

    def _enter(self, contact: Contact) -> None:
        line = contact.line
        channel = line.channel
        if contact.callback or channel.outbound:  # nobody comes: a customer is to be called
            contact.callback = max(contact.callback, 1)
            self._limit_calls(contact)
            self._meet_agents(contact)
            return
        if channel.trunk is not None and not contact.connected:
            if channel.trunk.connected >= channel.trunk.lines:
                self._end(contact, plain.NO_LINE)
                self._maybe_retry(contact)
                return
            self._connect(contact)
        if channel.kind == plain.SELF_SERVICE:
            self._self_serve(contact)
            return
        if line.door is not None and not line.door.is_open(self._now):
            if contact.origin is None:
                self._turn_away(contact)
                return
            if channel.kind == plain.LIVE:
                self._come_behind_the_door(contact)
                return
        self._meet_agents(contact)

    def _meet_agents(self, contact: Contact) -> None:
        """The door is open: an agent, the queue, or the way out of it."""
        line = contact.line
        channel = line.channel
        agent = self._agent_for(contact, line.first_steps)
        if agent is not None:
            if agent.pool.offers:
                self._wait(contact)
                self._offer(contact, agent)
            else:
                self._answer(contact, agent)
                if agent.aside:
                    self._go_on(agent)
        elif contact.callback:
            self._wait(contact)
        elif channel.when_free and self._agent_for(contact, line.route) is None:
            self._turn_away(contact)
        elif channel.callback_over < inf and self._wants_callback(contact):
            contact.callback = 1
            self._hang_up(contact)
            self._release_first(contact)
            self._wait(contact)
        elif (way_out := exit_on_arrival(contact, self.values, self.most_moves)) is not None:
            self._end(contact, plain.FLOWED_OUT)
            self._flow_out(contact, way_out)
        elif channel.waiting >= channel.queue_limit:
            self._end(contact, plain.BLOCKED)
            self._maybe_retry(contact)
        elif line.balks and self._balks(contact):
            self._end(contact, plain.BALKED)
            self._maybe_retry(contact)
        else:
            self._wait(contact, patience_announced(line) if channel.announces else 1.0)

    def _turn_away(self, contact: Contact) -> None:
        """The door is closed: lost, back at the next opening, or on to another channel."""
        self._end(contact, plain.CLOSED)
        self._send_away(contact)

    def _send_away(self, contact: Contact) -> None:
        line = contact.line
        if line.closed[0] >= 1 or contact.customer.moves >= self.most_moves:
            return
        luck = self.values[line.at[plain.OF_CLOSED] + contact.place]
        choice = bisect_right(line.closed, luck)  # 0 lost, 1 returns, 2 + channel
        if choice == 0 or choice == len(line.closed):
            return
        now = self._now
        if choice >= 2:
            contact.customer.moves += 1
            self._make(contact, Cause.CLOSED, choice - 2, now)
            return
        opening, closing = (now, inf) if line.door is None else line.door.opens_after(now)
        if opening < inf:
            contact.customer.moves += 1
            value = self.values[line.at[plain.OF_CLOSED_AFTER] + contact.place]
            time = opening if line.by_profile else opening + value
            if line.by_profile and line.door is not None:
                time = self.profiles[line.whose].point(opening, closing, value)
            self._make(contact, Cause.CLOSED, line.channel.number, time)

    def _expect_closing(self, door: Door, i: int) -> None:
        while i < len(door.closes) and door.closes[i] < self._now:
            i += 1
        if i < len(door.closes):
            self._at(door.closes[i], plain.DOOR_CLOSES, door.number, (door, i), self._door_closes)

    def _door_closes(self, moment: Moment) -> None:
        """Contacts that still wait are dismissed, or agents stay for them; a backlog stays."""
        door: Door = moment.about[0]
        i: int = moment.about[1]
        self._expect_closing(door, i + 1)
        waiting = [
            contact
            for line in door.lines
            if line.channel.kind == plain.LIVE
            for contact in line.queue
            if contact.state in (WAITING, OFFERED)
        ]
        self._hold_in_hand(door)
        freed: list[Agent | None] = []
        for contact in sorted(waiting, key=lambda contact: contact.number):
            if contact.line.channel.drain and not door.sudden[i]:
                self._drain(contact)
            elif not contact.callback:
                freed.append(self._stop_waiting(contact, plain.CLOSED))
                self._send_away(contact)
        for agent in freed:
            self._look_for_work(agent)
        for pool in self.pools:
            for number in sorted(pool.staying) if pool.draining else ():
                self._take(self.agents[number])
        if any(channel.rest_door is door for channel in self.channels):
            self._begin_to_call()

    def _begin_to_call(self) -> None:
        """The hours of a list begin: who is free, and is not about to go, makes calls."""
        for agent in self.agents:
            if agent.on and self.spells[agent.spell].last > self._now:
                self._take(agent)

    def _drain(self, contact: Contact) -> None:
        """Have agents stay for a contact behind the closed door."""
        if not contact.draining:
            contact.draining = True
            for pool in _may_get(contact.line):
                pool.draining += 1

    # --- 4. Choosing a contact ----------------------------------------------------------------

    def _take(self, agent: Agent) -> None:
        """The agent has become able to take contacts: they take all that they can."""
        while not agent.paused and (contact := self._choose(agent)) is not None:
            self._give(contact, agent)
        self._list_free(agent)

    def _give(self, contact: Contact, agent: Agent) -> None:
        """A waiting contact and an agent who can take it have found each other."""
        if contact.state == PUT_DOWN:
            agent.aside.remove(contact)
            self._answer(contact, agent)
        elif agent.pool.offers:
            self._offer(contact, agent)
        else:
            self._answer(contact, agent)
            self._leave_queue(contact)

    # --- 5. Waiting, and pools that join later ------------------------------------------------

    def _wait(self, contact: Contact, patience_times: float = 1.0) -> None:
        contact.joined = len(contact.line.first_steps)
        self._line_up(contact, patience_times)
        self._expect_next(contact)

    def _line_up(self, contact: Contact, patience_times: float = 1.0) -> None:
        line = contact.line
        channel = line.channel
        contact.state = WAITING
        contact.key = self._key(contact)
        line.line_up(contact)
        if contact.callback:
            channel.callbacks += 1
            self._limit_calls(contact)
        else:
            channel.waiting += 1
            if line.at[plain.OF_PATIENCE] >= 0:
                patience = self.values[line.at[plain.OF_PATIENCE] + contact.place]
                if patience_times != 1.0 and patience < inf:
                    patience = on_grid(patience * patience_times)
                contact.gives_up = contact.arrived + patience
        if channel.due < inf and self._luck(contact, plain.OF_OVERDUE, channel.overdue_chance):
            due = max(contact.arrived + channel.due - self._age(contact), contact.arrived)
            self._at(due, plain.DUE, contact.number, contact, self._due)

    def _limit_calls(self, contact: Contact) -> None:
        """Until when the customer is called: a further call goes by the first."""
        at = contact.line.at[plain.OF_CALLBACK_PATIENCE]
        if contact.callback == 1 and at >= 0:
            contact.gives_up = contact.arrived + self.values[at + contact.place]

    def _expect_next(self, contact: Contact) -> None:
        """Schedule what comes next if nobody answers: a pool joins, a way out of the queue opens,
        or patience ends.
        """
        route, exits = contact.line.route, contact.line.channel.exits
        joins = (
            contact.arrived + route[contact.joined].after if contact.joined < len(route) else inf
        )
        leaves = inf
        if exits and contact.exits < len(exits) and not contact.callback:
            leaves = contact.arrived + exits[contact.exits].after
        number = contact.number
        if joins <= leaves and joins <= contact.gives_up:
            if joins < inf:
                self._at(joins, plain.POOL_JOINS, number, contact, self._pool_joins)
        elif leaves <= contact.gives_up:
            self._at(leaves, plain.EXIT_OPENS, number, contact, self._exit_opens)
        else:
            self._at(contact.gives_up, plain.PATIENCE_ENDS, number, contact, self._patience_ends)

    def _pool_joins(self, moment: Moment) -> None:
        self._join_pools(moment.about)

    def _join_pools(self, contact: Contact) -> None:
        """The pools whose time has come join one after the other, then the next is expected."""
        route, now = contact.line.route, self._now
        while contact.state < IN_HAND and contact.joined < len(route):
            step = route[contact.joined]
            if contact.arrived + step.after > now:
                break
            contact.joined += 1
            if contact.state == OFFERED:
                continue
            agent = self._agent_for(contact, [step])
            if agent is not None:
                self._give(contact, agent)
                self._go_on(agent)
        if contact.state < IN_HAND:
            self._expect_next(contact)

    def _leave_queue(self, contact: Contact) -> None:
        """The contact waits no more: its place in the queue will be passed over."""
        if contact.callback:
            contact.line.channel.callbacks -= 1
        else:
            contact.line.channel.waiting -= 1
        if contact.draining:
            contact.draining = False
            self._no_more_draining(_may_get(contact.line))

    def _no_more_draining(self, pools: list[Pool]) -> None:
        """A contact behind a closed door will not come to these pools any more."""
        for pool in pools:
            pool.draining -= 1
            if pool.draining == 0:
                self._dismiss_staying(pool)

    # --- 6. In hand: answer, speed, wrap-up ---------------------------------------------------

    def _answer(self, contact: Contact, agent: Agent) -> None:
        line, pool, rest = contact.line, agent.pool, contact.rest
        unit = pool.unit[line.channel.number]
        if agent.load + unit > pool.capacity:
            self._make_room(contact, agent)
        contact.state, contact.agent = IN_HAND, agent.number
        reached = not contact.callback or self._is_reached(contact)
        contact.outcome = plain.ANSWERED if reached else plain.UNREACHED
        if rest is not None:
            self._take_up(contact, rest)
        else:
            contact.ended = self._now
            if reached:
                if pool.ai:
                    self._meet_ai_agent(contact, pool)
                elif line.passings:
                    contact.passing = self._passing(contact, pool)
                    contact.asking = self._asking(contact, pool)
                contact.resolved = self._is_resolved(contact)
        if contact.draining:
            self._hold(contact)
        agent.load += unit
        if agent.load < pool.capacity:
            self._list_free(agent)
        if contact.callback:
            self._connect(contact)
        self._begin_work(contact, agent)
        if self.plan.linked and reached and rest is None:
            self._withdraw_others(contact)

    def _begin_work(self, contact: Contact, agent: Agent) -> None:
        line, pool, now, rest = contact.line, agent.pool, self._now, contact.rest
        if rest is None and not contact.callback and not pool.ai:
            talk = self.values[line.at[plain.OF_HANDLE] + contact.place]
            wrap = self.values[line.at[plain.OF_WRAP] + contact.place]
        else:
            talk, wrap = self._other_work(contact, pool)
        before_speed = wrap
        if line.parts or pool.slows or agent.slowness != 1.0:
            talk, wrap = self._at_speed(contact, agent, talk, wrap)
        if contact.origin is not None and self._is_held(contact):
            hand_over = self.values[line.at[plain.OF_HAND_OVER] + contact.place]
            self._release_first(contact, hand_over)
            talk += hand_over
        if pool.paced or line.channel.divisible:
            slowness = pool.slowness_of(line, self.variant), agent.slowness
            agent.hand[contact] = Work(talk, talk + wrap, now, *slowness, before_speed, now)
            if pool.paced:
                self._set_pace(agent)
                return
        if rest is None or isnan(contact.talked):  # else it was over when it was put down
            contact.talked = now + talk
        contact.freed = now + talk + wrap
        if line.passings and contact.leads_on:
            self._expect_talk_end(contact, contact.talked)
        self._at(contact.freed, plain.FINISHED, contact.number, contact, self._finished)
        if contact.connected and wrap > 0:
            self._hang_up_at(contact, contact.talked)

    def _set_pace(self, agent: Agent) -> None:
        """The number in hand has changed: so does the speed of each, and when it will be done."""
        in_hand = len(agent.hand)
        now = self._now
        for contact, work in agent.hand.items():
            speed = agent.pool.pace[contact.line.channel.number][in_hand]
            if speed == work.speed or contact.stays:
                continue
            self._progress(contact, work)
            work.speed = speed
            if contact.line.passings and contact.leads_on:
                self._expect_talk_end(contact, work.talk_ends())
            freed = now + on_grid(max(work.total - work.done, 0.0) / speed)
            if freed != contact.freed:
                contact.freed = freed
                self._at(freed, plain.FINISHED, contact.number, contact, self._finished)
            if contact.connected and isnan(contact.talked) and work.talk_ends() < freed:
                self._hang_up_at(contact, work.talk_ends())

    def _progress(self, contact: Contact, work: Work) -> None:
        """Bring the work done up to now, and note when the talk ended if it did on the way."""
        now = self._now
        done = work.done + (now - work.touched) * work.speed
        if isnan(contact.talked) and done >= work.talk and work.speed > 0:
            contact.talked = min(work.talk_ends(), now)
        work.done, work.touched = done, now

    def _finished(self, moment: Moment) -> None:
        contact: Contact = moment.about
        now = self._now
        if contact.state != IN_HAND or contact.freed != now:
            return  # its speed has changed since this was scheduled
        agent = self.agents[contact.agent]
        pool = agent.pool
        agent.since = now
        agent.load -= pool.unit[contact.line.channel.number]
        if pool.paced:
            self._progress(contact, agent.hand.pop(contact))
            if isnan(contact.talked):
                contact.talked = now  # all of it was talk, but for rounding
            self._set_pace(agent)
        elif agent.hand:
            agent.hand.pop(contact, None)
        contact.state = ENDED
        self.open -= 1
        if contact.connected:
            self._hang_up(contact)
        if contact.outcome == plain.ANSWERED:
            if contact.resolved == 0:
                self._maybe_again(contact)
        elif self._is_called_again(contact):
            self._call_again(contact)
        elif not contact.line.channel.outbound:
            self._maybe_retry(contact)
        if agent.on:
            self._take(agent)
        else:
            self._look_for_work(agent)
        if contact.held and not contact.passed_on:  # else when the next leg has come
            self._let_go(contact)

    def _look_for_work(self, agent: Agent | None) -> None:
        """An agent, if there is one, has become free, wholly or in part."""
        if agent is None:
            return
        if agent.on or agent.pool.draining:
            self._take(agent)
        if not agent.on:
            self._maybe_leave(agent)

    # --- 6b. Offers: an agent who may decline -------------------------------------------------

    def _offer(self, contact: Contact, agent: Agent) -> None:
        """Ring at an agent who may accept, decline, or let it ring; the customer waits on."""
        pool = agent.pool
        contact.state = OFFERED
        contact.offers += 1
        agent.load += pool.unit[contact.line.channel.number]
        self._list_free(agent)
        luck, response = self._next_answer(agent)
        ends = self._now + min(response, pool.timeout)
        accepted = response <= pool.timeout and luck < pool.accept
        contact.offer = Offer(agent, self._now, ends, accepted)
        self._at(ends, plain.OFFER_ENDS, contact.number, contact, self._offer_ends)

    def _offer_ends(self, moment: Moment) -> None:
        contact: Contact = moment.about
        offer = contact.offer
        if offer is None or offer.ends != self._now:
            return
        agent = self._stop_offer(contact, offer)
        if offer.accepted:
            self._answer(contact, agent)
            self._leave_queue(contact)
            return
        contact.state = WAITING
        self._pause(agent)
        other = self._agent_for(contact, contact.line.route[: contact.joined])
        if other is not None:
            self._give(contact, other)
            self._go_on(other)
        if not agent.on:
            self._maybe_leave(agent)

    def _stop_offer(self, contact: Contact, offer: Offer) -> Agent:
        """The offer is over; the agent's share is free."""
        contact.offer = None
        if self._now > offer.began:
            self.rings.append([contact.number, offer.agent.number, offer.began, self._now])
        offer.agent.load -= offer.agent.pool.unit[contact.line.channel.number]
        return offer.agent

    def _pause(self, agent: Agent) -> None:
        """Offer them nothing for a while."""
        agent.paused = True
        agent.resumes = self._now + agent.pool.pause
        self._at(agent.resumes, plain.PAUSE_ENDS, agent.number, agent, self._pause_ends)

    def _pause_ends(self, moment: Moment) -> None:
        agent: Agent = moment.about
        if not agent.paused or agent.resumes != self._now:
            return  # another offer not taken has made it longer
        agent.paused = False
        agent.since = self._now
        if agent.on or agent.number in agent.pool.staying:
            self._look_for_work(agent)

    # --- 7. Giving up -------------------------------------------------------------------------

    def _patience_ends(self, moment: Moment) -> None:
        contact: Contact = moment.about
        if contact.state >= IN_HAND or contact.gives_up != self._now:
            return
        if contact.line.channel.kind == plain.LIVE and not contact.callback:
            freed = self._stop_waiting(contact, plain.ABANDONED)
            self._maybe_retry(contact)
        else:
            freed = self._stop_waiting(contact, plain.EXPIRED)
        self._look_for_work(freed)

    # --- 7b. Ways out of the queue --------------------------------------------------------------

    def _exit_opens(self, moment: Moment) -> None:
        contact: Contact = moment.about
        if contact.state >= IN_HAND:
            return
        nth = contact.exits
        contact.exits += 1
        one = contact.line.channel.exits[nth]
        if takes_exit(contact, nth, self.values) and may_leave_by(contact, one, self.most_moves):
            freed = self._stop_waiting(contact, plain.FLOWED_OUT)
            self._flow_out(contact, one)
            self._look_for_work(freed)
        else:
            self._expect_next(contact)

    def _flow_out(self, contact: Contact, one: Exit) -> None:
        """What a customer does who has left the queue: another channel, or perhaps a new try."""
        if one.on < 0:
            self._maybe_retry(contact)
        else:
            contact.customer.moves += 1
            self._stay_connected(contact, self._make(contact, Cause.EXIT, one.on, self._now))

    # --- 10. Every contact ends exactly one way -----------------------------------------------

    def _end(self, contact: Contact, outcome: int) -> None:
        """End a contact that nobody answers."""
        contact.state = ENDED
        contact.outcome = outcome
        contact.ended = self._now
        self.open -= 1
        if contact.connected:
            self._hang_up(contact)
        self._release_first(contact)

    def _stop_waiting(self, contact: Contact, outcome: int) -> Agent | None:
        """A contact leaves the queue unanswered; returns the agent it was on offer to."""
        agent = None if contact.offer is None else self._stop_offer(contact, contact.offer)
        self._end(contact, outcome)
        self._leave_queue(contact)
        return agent


def _may_get(line: Line) -> list[Pool]:
    """The pools to which contacts of a line may come: on its route, or passed on."""
    route = [pool for step in line.route for pool, _ in step.pools]
    return route + [pool for pool in line.reaches if pool not in route]
