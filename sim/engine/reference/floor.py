"""A contact centre as SimPy plays it: its objects, its clock, its lines, the luck of its contacts.

What agents and contacts choose is in `choosing.py`, what happens to them in `centre.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import heappush
from itertools import groupby, pairwise
from math import inf, isnan, nan
from operator import itemgetter
from typing import Any

import numpy as np
import simpy

from sim.engine import plain
from sim.engine.plan import Plan
from sim.engine.reference.things import (
    Agent,
    Channel,
    Contact,
    Customer,
    Dish,
    Door,
    Line,
    Passing,
    Pool,
    Profile,
    Spell,
    Step,
    Trunk,
)
from sim.tables import TIMED, Draws

PERIOD_BEGINS = -1 << 48
"""Before all other kinds of events of an instant: what depends on the time is as it is then."""


class Moment(simpy.Event):
    """SimPy's event, certain to happen, with whom it is about and its one callback."""

    _ok = True

    def __init__(self, about: Any, handler: Callable[[Moment], None]) -> None:
        self.callbacks = [handler]
        self.about = about


AS_KNOWN = {"_now", "_queue", "_eid"} <= vars(simpy.Environment()).keys()
"""Whether SimPy has its clock, its heap and its count of events where the versions have that
`pyproject.toml` asks for; else what it offers to all is used, and takes a tenth longer."""


class Floor(simpy.Environment):
    """A centre before anything happens, and what does not depend on how contacts are shared out.

    It is SimPy's environment: it has the clock and what is scheduled.
    """

    # without these it would have a dictionary of so many names that Python is slow to call methods
    __slots__ = (
        "agains",
        "agents",
        "ages",
        "answers",
        "begins",
        "channels",
        "coming",
        "customers",
        "doors",
        "drawn",
        "draws",
        "duty",
        "every_line",
        "first",
        "later",
        "legs",
        "lines",
        "most_moves",
        "offer_first",
        "open",
        "open_of",
        "period_begins",
        "period_variant",
        "plan",
        "pools",
        "profiles",
        "put_down",
        "rings",
        "spells",
        "tries",
        "values",
        "variant",
    )

    def __init__(self, plan: Plan, draws: Draws) -> None:
        super().__init__(initial_time=plan.start)
        self.plan = plan
        self.most_moves = plan.most_moves
        self.tries = plan.tries.tolist()
        self.agains = plan.agains.tolist()
        self.draws = draws
        self.values: list[float] = draws.values.tolist()
        self.begins: list[int] = draws.begins.tolist()  # of each reason's values
        self.drawn = [1] * len(plan.tries)  # attempts whose values are there, by reason
        self.profiles = [
            Profile(plan.profile_time[low:high].tolist(), plan.profile_before[low:high].tolist())
            for low, high in pairwise(plan.profile_first.tolist())
        ]
        self.period_begins = plan.period_begins.tolist()
        self.period_variant = plan.period_variant.tolist()
        self.variant = 0  # that holds now of what depends on the time
        self._build(plan, draws)
        self.ages: list[float] = draws.age.tolist()
        self.customers = len(draws.arrival)
        self.coming = self._first_contacts(draws)
        self.spells = _spells(draws)
        self.duty = _duty_events(self.spells)
        self.offer_first = draws.offer_first.tolist()
        self.answers = [(draws.offer_luck, draws.offer_response)]  # by block
        self.first: list[Contact] = []  # contacts in order of number: first ones, then the others
        self.later: list[Contact] = []
        self.open_of: defaultdict[Customer, list[Contact]] = defaultdict(list)  # if linked
        self.open = self.customers  # contacts coming, waiting or in hand
        self.put_down: list[list[float]] = []  # rows of the log
        self.rings: list[list[float]] = []

    def _build(self, plan: Plan, draws: Draws) -> None:
        """Make the objects of the tables and tie them together."""
        trunks = [Trunk(lines) for lines in plan.trunk_lines.tolist()]
        of = [trunks[t] if t >= 0 else None for t in plan.trunk.tolist()]
        self.channels = [Channel(plan, c, trunk) for c, trunk in enumerate(of)]
        self.pools = [Pool(plan, p) for p in range(len(plan.capacity))]
        self.agents = [Agent(g, self.pools[p]) for g, p in enumerate(plan.agent_pool.tolist())]
        for agent in self.agents:
            agent.pool.agents.append(agent)
        count = len(self.channels)
        kinds = [(r, r, c) for r in range(len(plan.tries)) for c in range(count)]
        usual = len(kinds)
        kinds += [(whose, r, c) for whose, r, c, _ in plan.leg.tolist()]
        at = draws.at.reshape(len(draws.at), -1).T.tolist() + draws.at_legs.T.tolist()
        timed = draws.at_times.transpose(2, 0, 1).tolist()
        self.every_line = [
            Line(plan, whose, r, self.channels[c], *banks)
            for (whose, r, c), *banks in zip(kinds, at, timed, strict=True)
        ]
        self.lines = [self.every_line[first : first + count] for first in range(0, usual, count)]
        self.legs = self.every_line[usual:]
        borders = zip(plan.door_first[:-1], plan.door_first[1:], strict=True)
        self.doors = [
            Door(
                d,
                plan.door_open[low:high].tolist(),
                plan.door_close[low:high].tolist(),
                plan.door_sudden[low:high].tolist(),
            )
            for d, (low, high) in enumerate(borders)
        ]
        special = zip(plan.callback_door.tolist(), plan.rest_door.tolist(), strict=True)
        for channel, (door, rests) in zip(self.channels, special, strict=True):
            channel.callback_door = self.doors[door] if door >= 0 else None
            channel.rest_door = self.doors[rests] if rests >= 0 else None
            which = slice(*plan.reach_first[channel.number : channel.number + 2].tolist())
            doors = [self.doors[one] for one in plan.reach_door[which].tolist()]
            channel.reach_at = [*zip(doors, plan.reach_then[which].tolist(), strict=True)]
        for line, door in zip(self.every_line, plan.door.ravel().tolist(), strict=False):
            self._tie(plan, line, door)
        columns = (plan.leg_door, plan.leg[:, 3], plan.leg_rate, plan.leg_work, plan.leg_times)
        for line, (door, only, rate, work, times) in zip(self.legs, _rows(*columns), strict=True):
            self._tie(plan, line, door, only, rate)
            line.mean_work, line.times, line.parts = work, times, True
        self._tie_legs(plan)
        change = (plan.menu_grows, plan.menu_most, plan.menu_jump, plan.menu_then)
        menu = list(_rows(plan.menu[:, 0], plan.menu[:, 3], plan.menu_timed, *change))
        for pool, (first, past) in zip(self.pools, pairwise(plan.menu_first.tolist()), strict=True):
            for number, priority, timed, *changes in menu[first:past]:
                line = self.every_line[number]
                unit = pool.unit[line.channel.number]
                nth = next(n for n, step in enumerate(line.route) if (pool, unit) in step.pools)
                usually = [priority] * plan.priorities.shape[1]
                priorities = plan.priorities[timed].tolist() if timed >= 0 else usually
                dish = Dish(line, line.queue, nth, line.route[nth], unit, priorities, *changes)
                pool.menu.append(dish)
                pool.terms[line] = dish
                pool.grows |= dish.grows > 0 or dish.jump < inf or timed >= 0

    def _tie(self, plan: Plan, line: Line, door: int, only: int = -1, rate: float = 0.0) -> None:
        """Give a line its route, of this one pool or as usual, and its door."""
        r, c = line.reason, line.channel.number
        rows: Iterable[tuple[int, int, int, float, float]]
        if only >= 0:
            rows = [(0, only, 0, 0.0, rate)]
        else:
            columns = (plan.route_group, plan.route_pool, plan.route_keep, plan.route_after)
            there = (r, c, slice(plan.route_length[r, c]))
            rows = _rows(*(column[there] for column in (*columns, plan.route_rate)))
        for _, of_equal_rank in groupby(rows, itemgetter(0)):
            _, numbers, keeps, afters, rates = zip(*of_equal_rank, strict=True)
            pools = [self.pools[p] for p in numbers]
            alone = len(pools) == 1 and not keeps[0]
            step = Step([(p, p.unit[c]) for p in pools], keeps[0], afters[0], alone)
            line.route.append(step)
            if step.after == 0:
                line.first_steps.append(step)
                line.places += zip(pools, rates, strict=True)
        if door >= 0:
            line.door = self.doors[door]
            line.door.lines.append(line)

    def _tie_legs(self, plan: Plan) -> None:
        """Say how contacts of each line are passed on, and to which pools they may come so."""
        rows = _rows(plan.passing_chance.T, plan.passing_after, plan.passing_hold)
        for (number, p, transfer, leg, most, joins), (chance, after, hold) in zip(
            plan.passing.tolist(), rows, strict=True
        ):
            way = Passing(chance, transfer, self.legs[leg], after, hold, most)
            line = self.every_line[number]
            line.passings.setdefault((p, joins == 1), []).append(way)
            line.parts = True
        for line, reached in zip(self.every_line, plan.reaches.tolist(), strict=True):
            line.reaches = [self.pools[p] for p, there in enumerate(reached) if there]

    def _at(
        self,
        time: float,
        kind: int,
        number: int,
        about: Any,
        handler: Callable[[Moment], None],
    ) -> None:
        """Schedule an event. Times are on the grid, so now + (time - now) is exactly time."""
        key: Any = kind | number  # SimPy says EventPriority, an int
        moment = Moment(about, handler)
        if AS_KNOWN:
            heappush(self._queue, (time, key, next(self._eid), moment))
        else:
            self.schedule(moment, key, time - self.now)

    if not AS_KNOWN:
        _now = simpy.Environment.now

    # --- what depends on the time ---------------------------------------------------------

    def _expect_period(self, i: int) -> None:
        if i < len(self.period_begins):
            self._at(self.period_begins[i], PERIOD_BEGINS, i, i, self._period_begins)

    def _period_begins(self, moment: Moment) -> None:
        """Another variant holds from this very moment on."""
        i: int = moment.about
        self._expect_period(i + 1)
        self.variant = self.period_variant[i]
        for line in self.every_line:
            if line.timed:
                line.at[: len(TIMED)] = line.timed[self.variant]

    # --- contacts and their luck ----------------------------------------------------------

    def _first_contacts(self, draws: Draws) -> Iterator[Contact]:
        """Those of customers, one after the other."""
        rows = _rows(draws.arrival, draws.reason, draws.row, draws.channel)
        for number, (arrived, reason, row, channel) in enumerate(rows):
            customer, line = Customer(number, reason, row), self.lines[reason][channel]
            yield Contact(number, customer, line, plain.FIRST, -1, 0, row, arrived)

    def _contact(self, number: int) -> Contact:
        later = number - self.customers
        return self.first[number] if later < 0 else self.later[later]

    def _all_contacts(self) -> list[Contact]:
        """Contacts by number, at the end of the run.

        Customers who have not come are unfinished; what is in hand is done as planned.
        """
        for agent in self.agents:
            for contact, work in agent.hand.items():
                if isnan(contact.talked):
                    contact.talked = min(work.talk_ends(), contact.freed)
        for row in self.put_down:
            contact = self._contact(int(row[0]))
            if contact.outcome == plain.UNFINISHED:
                contact.talked = nan  # even if only the wrap-up was left
        return [*self.first, *self.coming, *self.later]

    def _place(self, customer: Customer) -> int:
        """Of the customer's latest contact in its banks; later attempts stand behind earlier."""
        reason, all_reasons = customer.reason, self.begins[-1]
        while self.drawn[reason] <= customer.attempts:
            attempt = self.drawn[reason]
            self.values += [nan] * ((attempt + 1) * all_reasons - len(self.values))
            low, high = self.begins[reason : reason + 2]
            more = self.draws.more.contact_values(reason, attempt)
            self.values[attempt * all_reasons + low : attempt * all_reasons + high] = more.tolist()
            self.drawn[reason] += 1
        return customer.attempts * all_reasons + customer.row

    def _luck(self, contact: Contact, purpose: int, chance: float) -> bool:
        """Whether something of this chance happens to the contact."""
        if chance <= 0.0 or chance >= 1.0:
            return chance >= 1.0
        return self.values[contact.line.at[purpose] + contact.place] < chance

    # --- shares of agents -----------------------------------------------------------------

    def _list_free(self, agent: Agent) -> None:
        """Enter the agent's new state where `_best` looks."""
        if agent.on and not agent.paused and agent.load < agent.pool.capacity:
            heappush(agent.pool.free, (agent.load, agent.since, agent.number, agent))

    # --- 7c. Lines ------------------------------------------------------------------------

    def _connect(self, contact: Contact) -> None:
        """The customer holds a line from now on."""
        trunk = contact.line.channel.trunk
        if trunk is not None and not contact.connected:
            contact.connected = True
            trunk.connected += 1

    def _hang_up(self, contact: Contact) -> None:
        """Free the line that the customer holds."""
        trunk = contact.line.channel.trunk
        if trunk is not None and contact.connected:
            contact.connected = False
            trunk.connected -= 1

    def _hang_up_at(self, contact: Contact, time: float) -> None:
        if contact.connected:
            contact.hangs_up = time
            self._at(time, plain.LINE_FREED, contact.number, contact, self._line_freed)

    def _line_freed(self, moment: Moment) -> None:
        contact: Contact = moment.about
        if contact.hangs_up == self._now:  # else the talk has become slower or quicker
            self._hang_up(contact)

    def _stay_connected(self, before: Contact, after: Contact) -> bool:
        """Whether the line is kept on the way to another channel, which shares it."""
        trunk = before.line.channel.trunk
        if trunk is None or after.line.channel.trunk is not trunk:
            return False
        self._connect(after)
        return True


def _spells(draws: Draws) -> list[Spell]:
    when = (draws.duty_agent, draws.duty_last, draws.duty_off, draws.duty_break)
    how = (draws.duty_slowness, draws.duty_ends, draws.duty_on, draws.duty_off)
    return [Spell(*row) for row in _rows(*when, *how)]


def _duty_events(spells: list[Spell]) -> list[tuple[float, int, int, int]]:
    """When agents come and go: time, kind, agent, spell, in order. Who takes no new contact for a
    while before the end of the spell is looked at then and at the end.
    """
    comes = [(spell.came, plain.ON_DUTY, spell.agent, i) for i, spell in enumerate(spells)]
    goes = [
        (time, plain.OFF_DUTY, spell.agent, i)
        for i, spell in enumerate(spells)
        for time in {spell.last, spell.off}
    ]
    return sorted(comes + goes)


def _rows(*columns: np.ndarray) -> Iterator[tuple[Any, ...]]:
    """Rows of plain numbers: reading one is several times faster than from arrays."""
    return zip(*(column.tolist() for column in columns), strict=True)
