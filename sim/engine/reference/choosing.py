"""Who takes whom: sections 3 and 4 of RULES.md, which only look and change nothing."""

from __future__ import annotations

from heapq import heappop

from sim.engine.plain import OF_CHOOSE
from sim.engine.reference.floor import Floor
from sim.engine.reference.things import Agent, Channel, Contact, Pool, Step


class Choosing(Floor):
    """Which agent takes a contact (3), which contact an agent takes (4); nothing happens here."""

    # --- 3. Choosing an agent -------------------------------------------------------------

    def _agent_for(self, contact: Contact, joined: int) -> Agent | None:
        """The agent who takes a contact, of the first so many steps of its route."""
        step = 0
        while step < joined:
            agent = self._best_of(contact, step)
            if agent is not None:
                return agent
            step = contact.line.past[step]
        staying = self._staying_for(contact, joined) if contact.draining else None
        return staying or self._who_interrupts(contact, 0, joined)

    def _who_interrupts(self, contact: Contact, step: int, past: int) -> Agent | None:
        """Who puts work down for a live contact that nobody is free for: the latest begun (6c)."""
        line = contact.line
        while step < past and line.channel.interrupts:
            able = [
                (-agent.hand[works[0]].began, agent.number, agent)
                for pool, unit, keep, _ in line.route[step : line.past[step]]
                for agent in (pool.agents if not keep else ())
                if (works := self._interruptible(agent, line.channel))
                and self._room(agent, line.channel) >= unit
            ]
            if able:
                return min(able)[2]
            step = line.past[step]
        return None

    def _interruptible(self, agent: Agent, channel: Channel) -> list[Contact]:
        """What the agent has in hand and puts down for this channel, the latest begun first."""
        if not channel.interrupts or not agent.on or agent.paused or agent.pool.offers:
            return []
        return [
            contact
            for contact in reversed(agent.hand)
            if contact.line.channel.number in channel.interrupts and self._has_work_left(contact)
        ]

    def _has_work_left(self, contact: Contact) -> bool:
        """Whether a contact in hand may be put down: neither finished now nor to be passed on."""
        return contact.freed > self.env.now and contact.passing is None

    def _room(self, agent: Agent, channel: Channel) -> int:
        """The agent's free capacity, counting as free what they put down for this channel."""
        works, unit = self._interruptible(agent, channel), agent.pool.unit
        return agent.pool.capacity - agent.load + sum(unit[c.line.channel.number] for c in works)

    def _rests(self, channel: Channel) -> bool:
        """Whether it is a list from which nobody calls now."""
        return channel.rest_door is not None and channel.rest_door.is_open(self.env.now)

    def _best_of(self, contact: Contact, step: int) -> Agent | None:
        """The best agent of a step and those of equal rank, which are searched as one pool."""
        line = contact.line
        if self._rests(line.channel):
            return None
        group = line.route[step : line.past[step]]
        keep = group[0][2]
        if len(group) == 1:
            return self._best(group[0][0], group[0][1], keep)
        if keep and sum(pool.idle for pool, *_ in group) <= keep:
            return None
        best = [self._best(pool, unit, 0) for pool, unit, *_ in group]
        able = [agent for agent in best if agent is not None]
        if line.random and able:
            luck = self.values[line.at[OF_CHOOSE] + contact.place]
            return able[int(luck * len(able))]
        return min(able, key=_freest, default=None)

    def _best(self, pool: Pool, unit: int, keep: int) -> Agent | None:
        """The agent on duty with most free capacity, then the longest free, the lowest number.

        The heap holds an entry for each state an agent has been in; entries that are no longer
        true are dropped when they come up.
        """
        if keep and pool.idle <= keep:
            return None
        free, agents = pool.free, self.agents
        while free:
            load, since, number = free[0]
            agent = agents[number]
            if agent.on and agent.load == load and agent.since == since and not agent.paused:
                return agent if load + unit <= pool.capacity else None
            heappop(free)
        return None

    def _staying_for(self, contact: Contact, joined: int) -> Agent | None:
        """Who takes a draining contact after duty, of the first so many steps of its route."""
        step = 0
        while step < joined:
            past = contact.line.past[step]
            agent = self._best_staying(contact.line.route[step:past])
            if agent is not None:
                return agent
            step = past
        return None

    def _best_staying(self, group: list[Step]) -> Agent | None:
        """As `_best_of`, among the agents off duty who are still there."""
        able = [
            agent
            for pool, unit, *_ in group
            for number in pool.staying
            if (agent := self.agents[number]).load + unit <= pool.capacity and not agent.paused
        ]
        return min(able, key=_freest, default=None)

    # --- 4. Choosing a contact ------------------------------------------------------------

    def _choose(self, agent: Agent) -> Contact | None:
        """The waiting contact of highest priority, then earliest arrival, then lowest number."""
        pool = agent.pool
        room = pool.capacity - agent.load
        best: Contact | None = None
        best_priority = 0.0
        variant = self._variant()
        for dish in pool.menu:
            if best is not None and dish.priorities[0] < best_priority and not pool.grows:
                break
            line, unit, keep = dish.line, dish.unit, dish.keep
            if not line.queue or (unit > room and (keep or unit > self._room(agent, line.channel))):
                continue
            head = dish.line.head()
            if head is None or head.joined <= dish.step or self._rests(line.channel):
                continue
            if agent.on:
                if dish.keep and sum(one.idle for one in dish.peers) <= dish.keep:
                    continue
            elif not head.draining:
                continue
            priority = dish.priority_of(head, self.env.now, variant)
            if (
                best is None
                or priority > best_priority
                or (priority == best_priority and (head.key, head.number) < (best.key, best.number))
            ):
                best, best_priority = head, priority
        for contact in agent.aside if agent.on else ():
            dish = pool.terms[contact.line]
            priority = dish.priority_of(contact, self.env.now, variant)
            first = best is None or (-priority, contact.key, contact.number) < (
                -best_priority,
                best.key,
                best.number,
            )
            if dish.unit <= room and first:
                best, best_priority = contact, priority
        return best


def _freest(agent: Agent) -> tuple[float, float, int]:
    """The least share of the agent in use, then the longest free, then the lowest number."""
    return agent.load / agent.pool.capacity, agent.since, agent.number
