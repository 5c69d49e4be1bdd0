"""Who takes whom: sections 3 and 4 of RULES.md, which only look and change nothing."""

from __future__ import annotations

from heapq import heappop
from math import inf

from sim.engine import plain
from sim.engine.reference.floor import Floor
from sim.engine.reference.things import Agent, Channel, Contact, Dish, Line, Pool, Step


class Choosing(Floor):
    """Which agent takes a contact (3), which contact an agent takes (4); nothing happens here."""

    # --- 3. Choosing an agent -------------------------------------------------------------

    def _agent_for(self, contact: Contact, steps: list[Step]) -> Agent | None:
        """The agent who takes a contact, of these steps of its route."""
        channel = contact.line.channel
        if contact.callback and self._rests(contact):
            return None
        for step in steps:
            if step.alone:
                pool, unit = step.pools[0]
                agent = self._best(pool, unit)
            else:
                agent = self._best_of(contact.line, step, contact.place)
            if agent is not None:
                return agent
        staying = self._staying_for(steps) if contact.draining else None
        if staying is None and channel.interrupts:
            return self._who_interrupts(channel, steps)
        return staying

    def _who_interrupts(self, channel: Channel, steps: list[Step]) -> Agent | None:
        """Who puts work down for a live contact that nobody is free for: the latest begun (6c)."""
        for step in steps:
            able = [
                (-agent.hand[works[0]].began, agent.number, agent)
                for pool, unit in (step.pools if not step.keep else ())
                for agent in pool.agents
                if (works := self._interruptible(agent, channel))
                and self._room(agent, channel) >= unit
            ]
            if able:
                return min(able)[2]
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
        return contact.freed > self._now and contact.passing is None

    def _room(self, agent: Agent, channel: Channel) -> int:
        """The agent's free capacity, counting as free what they put down for this channel."""
        works, unit = self._interruptible(agent, channel), agent.pool.unit
        return agent.pool.capacity - agent.load + sum(unit[c.line.channel.number] for c in works)

    def _makes_room(self, agent: Agent, dish: Dish) -> bool:
        """Whether the agent puts down enough for a contact that they have no room for."""
        channel = dish.line.channel
        if not channel.interrupts or dish.step.keep:
            return False
        return dish.unit <= self._room(agent, channel)

    def _rests(self, contact: Contact) -> bool:
        """Whether it stands on a list from which nobody calls now."""
        door = contact.line.channel.rest_door
        return door is not None and door.is_open(self._now)

    def _best_of(self, line: Line, step: Step, place: int) -> Agent | None:
        """The best agent of a step, whose pools are searched as one."""
        if step.keep and step.idle <= step.keep:
            return None
        best = [self._best(pool, unit) for pool, unit in step.pools]
        able = [agent for agent in best if agent is not None]
        if line.random and able:
            luck = self.values[line.at[plain.OF_CHOOSE] + place]
            return able[int(luck * len(able))]
        return min(able, key=_freest, default=None)

    def _best(self, pool: Pool, unit: int) -> Agent | None:
        """The agent on duty with most free capacity, then the longest free, the lowest number.

        The heap holds an entry for each state an agent has been in; entries that are no longer
        true are dropped when they come up.
        """
        free = pool.free
        while free:
            load, since, _, agent = free[0]
            if agent.on and agent.load == load and agent.since == since and not agent.paused:
                return agent if load + unit <= pool.capacity else None
            heappop(free)
        return None

    def _staying_for(self, steps: list[Step]) -> Agent | None:
        """Who takes a draining contact after duty, of these steps of its route."""
        staying = (self._best_staying(step) for step in steps)
        return next((agent for agent in staying if agent is not None), None)

    def _best_staying(self, step: Step) -> Agent | None:
        """As on duty, among the agents off duty who are still there."""
        able = [
            agent
            for pool, unit in step.pools
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
        first: tuple[float, float, int] = (inf, inf, 0)  # less the priority, key, number
        for dish in pool.menu:
            if not dish.queue or (dish.unit > room and not self._makes_room(agent, dish)):
                continue
            priority: float = dish.priorities[0]
            if not pool.grows and -priority > first[0]:
                break
            head = dish.line.head()
            if head is None or head.joined <= dish.nth or (head.callback and self._rests(head)):
                continue
            if agent.on:
                if dish.step.keep and dish.step.idle <= dish.step.keep:
                    continue
            elif not head.draining:
                continue
            if pool.grows:
                priority = dish.priority_of(head, self._now, self.variant)
            if (rank := (-priority, head.key, head.number)) < first:
                best, first = head, rank
        for contact in agent.aside if agent.on else ():
            dish = pool.terms[contact.line]
            priority = dish.priority_of(contact, self._now, self.variant)
            rank = (-priority, contact.key, contact.number)
            if dish.unit <= room and rank < first:
                best, first = contact, rank
        return best


def _freest(agent: Agent) -> tuple[float, float, int]:
    """The least share of the agent in use, then the longest free, then the lowest number."""
    return agent.load / agent.pool.capacity, agent.since, agent.number
