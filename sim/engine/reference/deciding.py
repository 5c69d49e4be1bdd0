"""What luck decides about contacts and offers. It is noted at the contact; nothing happens yet."""

from __future__ import annotations

from math import inf

from sim.engine import plain
from sim.engine.reference.choosing import Choosing
from sim.engine.reference.outlook import balk_chance, expected_wait
from sim.engine.reference.things import CONFERENCE, Agent, Contact, Passing, Pool, on_grid
from sim.tables import ByAi


class Deciding(Choosing):
    """Whether a contact is resolved, reached, passed on, called back; how much work it is."""

    def _age(self, contact: Contact) -> float:
        """For how long the contact had been waiting when it came."""
        return self.ages[contact.number] if self.ages and contact.attempt == 0 else 0.0

    def _key(self, contact: Contact) -> float:
        """A contact's place in its queue."""
        line = contact.line
        age = self._age(contact) if self.ages else 0.0
        key = contact.arrived - line.head_start[contact.cause] - age
        return -key if line.channel.newest else key

    def _balks(self, contact: Contact) -> bool:
        """Whether the customer who would have to wait does not."""
        chance = balk_chance(contact.line)
        return contact.origin is None and self._luck(contact, plain.OF_BALK, chance)

    def _wants_callback(self, contact: Contact) -> bool:
        """Whether the customer who would have to wait is offered a callback and takes it."""
        line = contact.line
        channel = line.channel
        if channel.callback_over == inf or expected_wait(line) < channel.callback_over:
            return False
        door = channel.callback_door
        if door is not None and not door.is_open(self._now):
            return False
        return self._luck(contact, plain.OF_CALLBACK, channel.callback_chance)

    def _is_resolved(self, contact: Contact) -> int:
        """Whether a contact is resolved by those who answer it; -1: neither, it goes on."""
        if contact.passing is not None or contact.cause == CONFERENCE:
            return -1
        if contact.by_ai >= 0:
            return int(contact.by_ai == ByAi.RESOLVED)
        chance = contact.line.resolved[self.variant]
        return int(chance >= 1.0 or self._luck(contact, plain.OF_AGAIN, chance))

    def _other_work(self, contact: Contact, pool: Pool) -> tuple[float, float]:
        """Talk and wrap-up of calls and AI agents, before speed; of what was put down, the rest."""
        if contact.rest is not None:
            return contact.rest.talk, contact.rest.wrap
        if contact.outcome == plain.UNREACHED:
            return self._work_in_vain(contact), 0.0
        if contact.by_ai == ByAi.ASKED:
            return pool.ai_asked_after, 0.0
        at, place = contact.line.at, contact.place
        if pool.ai:
            return self.values[at[plain.OF_AI_TALK] + place], 0.0
        talk = contact.line.channel.preview + self.values[at[plain.OF_HANDLE] + place]
        return talk, self.values[at[plain.OF_WRAP] + place]

    def _at_speed(
        self, contact: Contact, agent: Agent, talk: float, wrap: float
    ) -> tuple[float, float]:
        """How long talk and wrap-up take this agent."""
        line, own, part = contact.line, agent.slowness, 1.0
        slowness = agent.pool.slowness_of(line, self.variant)
        if contact.rest is None and contact.outcome == plain.ANSWERED:  # a rest is what was left
            part = line.times
            if contact.callback:
                part *= line.channel.callback_times
            if contact.passing is not None:
                part *= contact.passing.after
        if slowness == own == part == 1.0:
            return talk, wrap
        return on_grid(talk * slowness * own * part), on_grid(wrap * slowness * own)

    def _pick_up_chance(self, contact: Contact) -> float:
        """That somebody answers when the customer is called, now."""
        channel = contact.line.channel
        then = (some for door, some in channel.reach_at if door.is_open(self._now))
        chance = next(then, channel.reach)
        for _ in range(contact.callback - 1):
            chance *= channel.reach_again
        return chance

    def _is_reached(self, contact: Contact) -> bool:
        chance = self._pick_up_chance(contact) * contact.line.channel.right_party
        return self._luck(contact, plain.OF_REACH, chance)

    def _work_in_vain(self, contact: Contact) -> float:
        """An agent's time on a call that does not reach the customer, but perhaps somebody else."""
        channel = contact.line.channel
        other = self._luck(contact, plain.OF_REACH, self._pick_up_chance(contact))
        return channel.preview + (channel.wrong_party if other else channel.ring)

    def _next_answer(self, agent: Agent) -> tuple[float, float]:
        """The agent's luck and response at their next offer."""
        first, past = self.offer_first[agent.number : agent.number + 2]
        block, place = divmod(agent.offers, past - first)
        agent.offers += 1
        while block >= len(self.answers):
            self.answers.append(self.draws.more.answers_to_offers(len(self.answers)))
        lucks, responses = self.answers[block]
        return lucks.item(first + place), responses.item(first + place)

    def _passing(self, contact: Contact, pool: Pool) -> Passing | None:
        """How a contact will be passed on by those who answer it: decided at the answer."""
        way = self._chosen(
            contact, plain.OF_TRANSFER, contact.line.passings.get((pool.number, False))
        )
        return way if way is not None and _may_happen(contact, way) else None

    def _asking(self, contact: Contact, pool: Pool) -> Passing | None:
        """Whom those who answer a contact will ask to join them: decided at the answer."""
        ways = contact.line.passings.get((pool.number, True))
        return self._chosen(contact, plain.OF_CONFERENCE, ways)

    def _chosen(self, contact: Contact, purpose: int, ways: list[Passing] | None) -> Passing | None:
        if ways is None:
            return None
        luck = self.values[contact.line.at[purpose] + contact.place]
        return next((one for one in ways if luck < one.chance[self.variant]), None)

    def _meet_ai_agent(self, contact: Contact, pool: Pool) -> None:
        """What becomes of a conversation: it helps those whose matter is easy enough."""
        line, customer = contact.line, contact.customer
        c = line.channel.number
        ways = line.passings.get((pool.number, False))
        luck = self.values[line.at[plain.OF_AI_AGENT] + contact.place]
        asks = pool.ai_asks[self.variant][line.reason][c]
        resolves = pool.ai_resolves[self.variant][line.reason][c]
        if luck < asks:
            contact.by_ai = int(ByAi.ASKED)
        elif self.values[line.at[plain.OF_DIFFICULTY] + customer.row] < resolves:
            contact.by_ai = int(ByAi.RESOLVED)
        else:
            luck = (luck - asks) / (1.0 - asks)
            contact.by_ai = int(ByAi.HANDED_OVER)
            if luck < pool.ai_wrong:
                contact.by_ai = int(ByAi.WRONG)
            elif luck < pool.ai_wrong + pool.ai_leaves:
                contact.by_ai = int(ByAi.LEFT)
        if contact.by_ai in (ByAi.ASKED, ByAi.HANDED_OVER):
            if ways and _may_happen(contact, ways[0]):
                contact.passing = ways[0]
            else:
                contact.by_ai = int(ByAi.LEFT)


def _may_happen(contact: Contact, way: Passing) -> bool:
    """Whether this has led to the contact, from leg to leg, less often than it may."""
    times, leg = 0, contact
    while leg.origin is not None:
        times += leg.passed_by == way.transfer
        leg = leg.origin
    return times < way.most
