"""Agents come and go: section 9 of RULES.md."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engine import plain
from sim.engine.reference.floor import Moment
from sim.engine.reference.passing import PassingOn
from sim.engine.reference.things import Agent, Pool


class Duty(PassingOn):
    """Coming on and going off duty. What agents do meanwhile is in `centre.py`."""

    def _expect_duty(self, i: int) -> None:
        if i < len(self.duty):
            time, kind, number, _ = self.duty[i]
            handler = self._on_duty if kind == plain.ON_DUTY else self._off_duty
            self._at(time, kind, number, i, handler)

    def _on_duty(self, moment: Moment) -> None:
        i: int = moment.about
        self._expect_duty(i + 1)
        now, _, number, spell = self.duty[i]
        agent = self.agents[number]
        if number in agent.pool.staying:  # still there from the last spell
            if self.spells[spell].rest > 0:
                return  # the break first
            agent.pool.staying.remove(number)
            self._give_up(agent, now)
            self.spells[agent.spell].left = now
        if self.spells[spell].came == now:  # else on a break that began late
            self._come(agent, spell)

    def _come(self, agent: Agent, spell: int) -> None:
        """The agent comes on duty for this spell."""
        pool = agent.pool
        agent.spell, agent.over, agent.since = spell, False, self._now
        agent.slowness = self.spells[spell].slowness
        if self._now >= self.spells[spell].last:  # too late for a contact
            self._stay(agent)
            return
        agent.on = True
        pool.on_duty += 1
        self._take(agent)

    def _stay(self, agent: Agent) -> None:
        """There, but for no new contact unless it drains."""
        agent.pool.staying.add(agent.number)
        if agent.pool.draining:
            self._take(agent)

    def _take_breaks(self, agent: Agent) -> None:
        """Who has left is back after a whole break, however late it began: in which spell, when."""
        rested = self._now
        for i in self._after_breaks(agent):
            spell = self.spells[i]
            back = rested + spell.rest
            if back <= spell.came:  # as planned
                return
            if back < spell.last:
                spell.came = back
                self._at(back, plain.ON_DUTY, agent.number, (agent, i), self._back_on_duty)
                return
            spell.came = spell.left = max(spell.off, self._now)  # not at all
            rested = back

    def _give_up(self, agent: Agent, now: float) -> None:
        """Spells that the agent has missed, at work in the one before them until now."""
        for i in self._after_breaks(agent):
            spell = self.spells[i]
            if spell.came >= now:
                return
            spell.came = spell.left = max(spell.off, now)

    def _after_breaks(self, agent: Agent) -> Iterator[int]:
        """The spells that follow the agent's present one with nothing but breaks between them."""
        for spell in range(agent.spell + 1, len(self.spells)):
            if self.spells[spell].agent != agent.number or self.spells[spell].rest == 0:
                return
            yield spell

    def _back_on_duty(self, moment: Moment) -> None:
        agent: Agent = moment.about[0]
        self._come(agent, moment.about[1])

    def _off_duty(self, moment: Moment) -> None:
        """No new contact from now on; who is on duty for another spell, or away, stays so."""
        i: int = moment.about
        self._expect_duty(i + 1)
        agent, spell = self.agents[self.duty[i][2]], self.duty[i][3]
        if agent.spell != spell:
            return
        pool = agent.pool
        looks = agent.on
        if agent.on:
            agent.on = False
            pool.on_duty -= 1
            pool.staying.add(agent.number)
        agent.over = self._now >= self.spells[spell].off
        if agent.over:
            looks |= self._hand_over(agent, spell)
        if looks and pool.draining:
            self._take(agent)
        self._maybe_leave(agent)

    def _maybe_leave(self, agent: Agent) -> None:
        """An agent off duty leaves when nothing is in hand and there is nobody to stay for."""
        if agent.over and agent.load == 0 and not agent.pool.draining:
            agent.pool.staying.discard(agent.number)
            self.spells[agent.spell].left = self._now
            self._take_breaks(agent)

    def _dismiss_staying(self, pool: Pool) -> None:
        for number in sorted(pool.staying):
            self._maybe_leave(self.agents[number])
