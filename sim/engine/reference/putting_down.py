"""Work that is put down, for others or for later: section 6c of RULES.md."""

from __future__ import annotations

from abc import abstractmethod
from math import inf, nan

from sim.engine import plain
from sim.engine.reference.chances import Chances
from sim.engine.reference.floor import Moment
from sim.engine.reference.things import PUT_DOWN, WAITING, Agent, Contact, Rest, Work


class PuttingDown(Chances):
    """Interruptions, and hand-over at the end of a shift. How work goes on is in `centre.py`."""

    @abstractmethod
    def _answer(self, contact: Contact, agent: Agent) -> None:
        """An agent takes a contact in hand."""

    @abstractmethod
    def _give(self, contact: Contact, agent: Agent) -> None:
        """A waiting contact and an agent who can take it have found each other."""

    @abstractmethod
    def _take(self, agent: Agent) -> None:
        """The agent has become able to take contacts."""

    @abstractmethod
    def _pool_joins(self, moment: Moment) -> None:
        """A pool joins that may take a waiting contact."""

    @abstractmethod
    def _progress(self, contact: Contact, work: Work) -> None:
        """Bring the work done up to now."""

    @abstractmethod
    def _set_pace(self, agent: Agent) -> None:
        """The number in hand has changed."""

    def _put_down(self, contact: Contact, agent: Agent) -> None:
        """The agent ends this piece of work on a contact; the rest of it is for later."""
        now, work = self._now, agent.hand.pop(contact)
        if agent.pool.paced:
            self._progress(contact, work)
        else:
            work.done = now - work.touched
        if contact.talked > now:
            contact.talked = nan
        answered = contact.ended if contact.rest is None else contact.rest.answered
        contact.key = self._key(contact)  # it may never have waited
        contact.rest = Rest(*work.rest(), answered, len(self.put_down), contact.resolved)
        self.put_down.append([contact.number, agent.number, work.began, now, nan])
        contact.outcome, contact.agent, contact.resolved = plain.UNFINISHED, -1, -1
        contact.ended = contact.freed = nan
        agent.load -= agent.pool.unit[contact.line.channel.number]
        if agent.pool.paced:
            self._set_pace(agent)

    def _take_up(self, contact: Contact, rest: Rest) -> None:
        """Somebody goes on with what was put down."""
        contact.ended = rest.answered
        if contact.outcome == plain.ANSWERED:
            contact.resolved = rest.resolved
        self.put_down[rest.row][4] = self._now

    def _make_room(self, contact: Contact, agent: Agent) -> None:
        """Put work down, the latest begun first, until a live contact can be taken."""
        channel, pool = contact.line.channel, agent.pool
        unit = pool.unit[channel.number]
        while agent.load + unit > pool.capacity:
            one = self._interruptible(agent, channel)[0]
            self._put_down(one, agent)
            one.state = PUT_DOWN
            agent.aside.append(one)

    def _go_on(self, agent: Agent) -> None:
        """Who has put work down may have room left for some of it, or for another contact."""
        if agent.aside:
            self._take(agent)

    def _hand_over(self, agent: Agent, spell: int) -> bool:
        """At the end of a shift: what others go on with waits again; whether there was any."""
        goes_home = self.spells[spell].ends == 1
        handed = [
            contact
            for contact in agent.hand
            if goes_home and contact.line.channel.hand_over and self._has_work_left(contact)
        ]
        for contact in handed:
            self._put_down(contact, agent)
        last = spell + 1 == len(self.spells) or self.spells[spell + 1].agent != agent.number
        for contact in list(agent.aside):
            if last or (goes_home and contact.line.channel.hand_over):
                agent.aside.remove(contact)
                handed.append(contact)
        for contact in handed:
            self._wait_again(contact)
        return len(handed) > 0

    def _wait_again(self, contact: Contact) -> None:
        """In its old place, for ever; who is free looks at it when all have come and gone."""
        line = contact.line
        contact.state, contact.gives_up = WAITING, inf
        contact.joined = max(contact.joined, len(line.first_steps))
        if contact not in line.queue:  # it may have been passed over so far
            line.line_up(contact)
        line.channel.waiting += 1
        self._at(self._now, plain.POOL_JOINS, contact.number, contact, self._offer_again)

    def _offer_again(self, moment: Moment) -> None:
        """The agent for work that was handed over, of the pools that have joined."""
        contact: Contact = moment.about
        if contact.state == WAITING:
            agent = self._agent_for(contact, contact.line.route[: contact.joined])
            if agent is not None:
                self._give(contact, agent)
        self._pool_joins(moment)
