"""Contacts that are passed on, and conferences: section 11 of RULES.md."""

from __future__ import annotations

from abc import abstractmethod

from sim.engine import plain
from sim.engine.reference.floor import Moment
from sim.engine.reference.putting_down import PuttingDown
from sim.engine.reference.things import IN_HAND, Contact, Door, Passing, Pool
from sim.tables import Cause


class PassingOn(PuttingDown):
    """What follows the end of a talk. How a leg comes to its agent is in `centre.py`."""

    @abstractmethod
    def _turn_away(self, contact: Contact) -> None:
        """The door is closed."""

    @abstractmethod
    def _line_up(self, contact: Contact) -> None:
        """Into the queue."""

    @abstractmethod
    def _drain(self, contact: Contact) -> None:
        """Have agents stay for a contact behind the closed door."""

    @abstractmethod
    def _join_pools(self, contact: Contact) -> None:
        """The pools whose time has come join one after the other."""

    @abstractmethod
    def _finished(self, moment: Moment) -> None:
        """A contact may be finished."""

    @abstractmethod
    def _no_more_draining(self, pools: list[Pool]) -> None:
        """A contact behind a closed door will not come to these pools any more."""

    def _expect_talk_end(self, contact: Contact, time: float) -> None:
        contact.talk_ends = time
        self._at(time, plain.TALK_ENDS, contact.number, contact, self._talk_ends)

    def _talk_ends(self, moment: Moment) -> None:
        """Somebody is to join, or the customer goes on to somebody else."""
        contact: Contact = moment.about
        now = self._now
        if not contact.leads_on or contact.talk_ends != now:
            return  # the speed has changed since this was scheduled
        contact.talked = now
        if contact.asking is not None:
            self._ask(contact, contact.asking)
        elif contact.passing is not None:
            self._pass_on(contact, contact.passing)

    def _ask(self, contact: Contact, way: Passing) -> None:
        """Ask somebody to join, who comes now or not at all."""
        contact.asking, contact.stays = None, True
        self._make_on(way.to, contact, Cause.CONFERENCE, self._now).origin = contact
        self._stay_until(contact, self._now + way.hold)

    def _join(self, contact: Contact) -> None:
        """Who is free joins the talk; if nobody is, it goes on without."""
        agent = self._agent_for(contact, contact.line.first_steps)
        if agent is None:
            self._end(contact, plain.BLOCKED)
        else:
            self._answer(contact, agent)
            self._go_on(agent)

    def _pass_on(self, contact: Contact, way: Passing) -> None:
        now, contact.passed_on = self._now, True
        cause = Cause.TRANSFER if contact.by_ai < 0 else Cause.HAND_OVER
        leg = self._make_on(way.to, contact, cause, now)
        leg.origin, leg.passed_by = contact, way.transfer
        self._stay_connected(contact, leg)
        if way.hold > 0:
            contact.stays = True
            self._hang_up(contact)
            self._stay_until(contact, now + way.hold)

    def _stay_until(self, contact: Contact, time: float) -> None:
        """The agent stays with the customer until then; what comes at the end of a talk follows."""
        contact.freed += time - contact.talked
        contact.talked = time
        if contact.leads_on:
            self._expect_talk_end(contact, time)
        self._at(contact.freed, plain.FINISHED, contact.number, contact, self._finished)
        self._hang_up_at(contact, time)

    def _is_held(self, leg: Contact) -> bool:
        """Whether somebody still waits with the customer for the next agent, or who is to join."""
        return leg.origin is not None and leg.origin.talked > self._now

    def _release_first(self, leg: Contact, hand_over: float = 0.0) -> None:
        """Who waits with the customer, if anybody does, need not any longer."""
        if leg.origin is not None and self._is_held(leg):
            self._stay_until(leg.origin, self._now + hand_over)

    def _come_behind_the_door(self, contact: Contact) -> None:
        """A leg whose door is closed by now is served like those who waited when it closed."""
        if not contact.line.channel.drain:
            self._turn_away(contact)
            return
        self._line_up(contact)
        self._drain(contact)
        self._join_pools(contact)

    def _hold_in_hand(self, door: Door) -> None:
        """Agents stay for contacts in hand behind a closed door that may be passed on to them."""
        if any(line.reaches and line.channel.drain for line in door.lines):
            for contact in self.first + self.later:
                if contact.state == IN_HAND and contact.line.door is door:
                    self._hold(contact)

    def _hold(self, contact: Contact) -> None:
        if contact.line.channel.drain and not (contact.held or contact.passed_on):
            contact.held = True
            for pool in contact.line.reaches:
                pool.draining += 1

    def _let_go(self, contact: Contact) -> None:
        if contact.held:
            contact.held = False
            self._no_more_draining(contact.line.reaches)
