"""The reference engine, watched: what happens to one customer between the lines of the log."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sim.engine.plan import Plan
from sim.engine.reference import Centre
from sim.engine.reference.floor import Moment
from sim.engine.reference.things import IN_HAND, Agent, Contact
from sim.tables import ContactLog, Draws


class Happening(Enum):
    """What the log does not say."""

    WAITS = "waits"  # joins the queue; amount: contacts waiting before it on the channel
    WAITS_FOR_CALL = "waits to be called"
    POOL_JOINS = "pool joins"
    OFFERED = "offered"  # to an agent who may decline
    NOT_TAKEN = "not taken"  # declined, or the agent let it ring
    OVERDUE = "overdue"
    PUT_DOWN = "put down"  # by an agent, to go on with it later
    HANDED_OVER = "handed over"  # at the end of a shift: waits for others
    TAKEN_UP = "taken up"  # by an agent who goes on with it


class Sighting(NamedTuple):
    """One happening: when, to which contact, which pool and agent (-1: none)."""

    time: float
    contact: int
    what: Happening
    pool: int = -1
    agent: int = -1
    amount: int = 0


def watch(plan: Plan, draws: Draws, customer: int) -> tuple[ContactLog, list[Sighting]]:
    """Run one replication and keep an eye on one customer."""
    centre = TracedCentre(plan, draws, customer)
    log, _ = centre.play()
    return log, centre.seen


class TracedCentre(Centre):
    """A centre that notes what happens to one customer; it changes nothing."""

    def __init__(self, plan: Plan, draws: Draws, customer: int) -> None:
        super().__init__(plan, draws)
        self._watched = customer
        self.seen: list[Sighting] = []

    def _note(
        self, contact: Contact, what: Happening, pool: int = -1, agent: int = -1, amount: int = 0
    ) -> None:
        if contact.customer.number == self._watched:
            self.seen.append(Sighting(self._now, contact.number, what, pool, agent, amount))

    def _wait(self, contact: Contact, patience_times: float = 1.0) -> None:
        channel = contact.line.channel
        what = Happening.WAITS_FOR_CALL if contact.callback else Happening.WAITS
        self._note(contact, what, amount=channel.waiting + channel.callbacks)
        super()._wait(contact, patience_times)

    def _answer(self, contact: Contact, agent: Agent) -> None:
        if contact.rest is not None:
            self._note(contact, Happening.TAKEN_UP, agent.pool.shown, agent.number)
        super()._answer(contact, agent)

    def _put_down(self, contact: Contact, agent: Agent) -> None:
        super()._put_down(contact, agent)
        what = Happening.PUT_DOWN if agent.on else Happening.HANDED_OVER
        self._note(contact, what, agent.pool.shown, agent.number)

    def _offer(self, contact: Contact, agent: Agent) -> None:
        self._note(contact, Happening.OFFERED, agent.pool.shown, agent.number)
        super()._offer(contact, agent)

    def _pause(self, agent: Agent) -> None:
        super()._pause(agent)
        self._note(self._ending, Happening.NOT_TAKEN, agent.pool.shown, agent.number)

    def _offer_ends(self, moment: Moment) -> None:
        self._ending: Contact = moment.about
        super()._offer_ends(moment)

    def _pool_joins(self, moment: Moment) -> None:
        contact: Contact = moment.about
        before = contact.joined
        joined_while = contact.state < IN_HAND
        super()._pool_joins(moment)
        if joined_while:
            steps = contact.line.route[before : contact.joined]
            for shown in dict.fromkeys(pool.shown for step in steps for pool, _ in step.pools):
                self._note(contact, Happening.POOL_JOINS, shown)

    def _due(self, moment: Moment) -> None:
        contact: Contact = moment.about
        if contact.state < IN_HAND and contact.rest is None:
            self._note(contact, Happening.OVERDUE)
        super()._due(moment)
