"""Further contacts of a customer: section 8 of RULES.md."""

from __future__ import annotations

from abc import abstractmethod

from sim.engine import plain
from sim.engine.reference.deciding import Deciding
from sim.engine.reference.floor import Moment
from sim.engine.reference.things import COMING, OFFERED, WAITING, Agent, Contact, Line
from sim.tables import ByAi, Cause


class Chances(Deciding):
    """Second chances: what customers do after a contact. Where they come to is in `centre.py`."""

    @abstractmethod
    def _contact_arrives(self, moment: Moment) -> None:
        """A contact that was made arrives."""

    @abstractmethod
    def _end(self, contact: Contact, outcome: int) -> None:
        """End a contact that nobody answers."""

    @abstractmethod
    def _stop_waiting(self, contact: Contact, outcome: int) -> Agent | None:
        """A contact leaves the queue unanswered; returns the agent it was on offer to."""

    @abstractmethod
    def _look_for_work(self, agent: Agent | None) -> None:
        """An agent, if there is one, has become free, wholly or in part."""

    def _maybe_retry(self, contact: Contact) -> None:
        line, customer = contact.line, contact.customer
        if customer.tries >= self.tries[line.whose]:
            return
        if self._luck(contact, plain.OF_RETRY, line.retry_chance):
            customer.tries += 1
            delay = self.values[line.at[plain.OF_RETRY_AFTER] + contact.place]
            self._make(contact, Cause.RETRY, line.retry_on, self._now + delay)

    def _is_called_again(self, contact: Contact) -> bool:
        """Whether a customer who was not reached is called once more, before it is too late."""
        channel = contact.line.channel
        in_time = self._now + channel.call_again <= contact.gives_up
        return contact.callback < channel.calls and in_time

    def _call_again(self, contact: Contact) -> None:
        """Nobody picked up: the customer will be called once more."""
        channel = contact.line.channel
        one = self._make(contact, Cause.CALL, channel.number, self._now + channel.call_again)
        one.callback, one.gives_up = contact.callback + 1, contact.gives_up

    def _maybe_again(self, contact: Contact) -> None:
        line, customer = contact.line, contact.customer
        left = contact.by_ai == ByAi.LEFT
        if contact.resolved == 0 and not left and customer.agains < self.agains[line.whose]:
            customer.agains += 1
            delay = self.values[line.at[plain.OF_AGAIN_AFTER] + contact.place]
            self._make(contact, Cause.AGAIN, line.again_on, self._now + delay)

    def _self_serve(self, contact: Contact) -> None:
        line, customer = contact.line, contact.customer
        self._end(contact, plain.SELF_SERVED)
        contact.resolved = int(self._luck(contact, plain.OF_AGAIN, line.resolved[0]))
        onward = line.channel.otherwise
        spent = self.values[line.at[plain.OF_HANDLE] + contact.place]
        kept = False
        if contact.resolved == 0 and onward >= 0 and customer.moves < self.most_moves:
            customer.moves += 1
            next_one = self._make(contact, Cause.OTHERWISE, onward, self._now + spent)
            kept = self._stay_connected(contact, next_one)
        if not kept:
            self._connect(contact)
            self._hang_up_at(contact, self._now + spent)

    def _due(self, moment: Moment) -> None:
        contact: Contact = moment.about
        customer = contact.customer
        waits = contact.state in (WAITING, OFFERED) and contact.rest is None
        if waits and customer.moves < self.most_moves:
            customer.moves += 1
            self._make(contact, Cause.OVERDUE, contact.line.channel.overdue_on, self._now)

    def _make(self, parent: Contact, cause: Cause, channel: int, time: float) -> Contact:
        """The customer will make another contact."""
        return self._make_on(self.lines[parent.customer.reason][channel], parent, cause, time)

    def _make_on(self, line: Line, parent: Contact, cause: Cause, time: float) -> Contact:
        customer = parent.customer
        customer.attempts += 1
        number = self.customers + len(self.later)
        attempt, place = customer.attempts, self._place(customer)
        contact = Contact(number, customer, line, cause, parent.number, attempt, place, time)
        self.later.append(contact)
        self.open += 1
        if self.plan.linked:
            self.open_of[customer].append(contact)
        self._at(time, plain.ARRIVES, number, contact, self._contact_arrives)
        return contact

    def _withdraw_others(self, answered: Contact) -> None:
        """In a linked centre an answer settles every contact that the customer has open."""
        for contact in self.open_of.pop(answered.customer):
            if contact is answered:
                continue
            if contact.state in (WAITING, OFFERED):
                self._look_for_work(self._stop_waiting(contact, plain.WITHDRAWN))
            elif contact.state == COMING:
                contact.withdrawn = True
