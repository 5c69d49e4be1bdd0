"""The witness: goes through the events of a run in their order, with nothing but lists and loops.

At every event it asks whether the log says what RULES.md says. Between two instants it looks at the
whole centre: nobody over capacity, nobody idle who could take a waiting contact. It knows nothing
of the engines.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf, isnan, nan

import numpy as np
from centre import Run
from meaning import TICK, Centre, Line, demand, to_grid, values

from sim.draws import prepare
from sim.scenario.ai_agent import AiAgent
from sim.scenario.by_time import usual
from sim.scenario.queues import Exit, LineGroup, Outbound
from sim.scenario.transfers import Transfer
from sim.tables import ByAi, Cause, Outcome, Purpose

MOST_MOVES = 3

(SHUT, OFF, TALKED, FINISHED, OFFER_ENDS, PAUSE_ENDS, ON, ARRIVES) = range(8)
(JOINS, LEAVES, DUE, PATIENCE, END) = range(8, 13)
COMING, WAITING, OFFERED, IN_HAND, ENDED = "coming", "waiting", "on offer", "in hand", "ended"
PUT_DOWN = "put down"


@dataclass
class Contact:
    """What the witness knows of a contact."""

    number: int
    customer: int
    attempt: int
    line: Line
    cause: Cause
    parent: int
    arrived: float
    state: str = COMING
    joined: int = 0
    draining: bool = False
    withdrawn: bool = False
    callback: int = 0  # which call; 0: nobody is to call
    called_until: float = inf
    patience_times: float = 1.0
    kept_line: bool = False  # from the contact before
    menu_until: float = -inf
    offers: int = 0
    accepts: bool = False
    reached: bool = True
    agent: Agent | None = None
    talk: float = 0.0
    wrap: float = 0.0
    freed: float = nan
    talked: float = nan
    done: float = 0.0
    touched: float = nan
    speed: float | None = None
    began: float = nan  # the present piece of work
    slow: tuple[float, float] = (1.0, 1.0)
    rest: tuple[float, float] | None = None  # before speed, of work that was put down
    answered: float = nan  # when it was first taken in hand
    before_speed: float = nan  # the wrap-up
    row: list[float] = field(default_factory=list)  # of what was put down, the latest
    asking: tuple[str, Line] | None = None  # by which conference somebody will be asked, as what
    passing: tuple[str, Line] | None = None  # by which transfer it will be passed on, to what
    passed_on: bool = False
    talk_ends: float = nan  # if it is passed on then
    by_ai: ByAi = ByAi.NO
    stays: bool = False  # who passed it on stays with the customer, or did
    held: bool = False  # agents stay for what it may become
    origin: Contact | None = None  # what it was before it was passed on


@dataclass
class Agent:
    """What the witness knows of an agent."""

    number: int
    pool: int
    on: bool = False
    there: bool = False
    since: float = -inf
    spell: int = -1
    paused: bool = False
    resumes: float = nan
    offers: int = 0
    slowness: float = 1.0
    over: bool = True  # the spell has ended
    rested: float = -inf  # when the break before the next spell may have begun
    missed: list[int] = field(default_factory=list)  # spells that wait for him to leave
    hand: list[Contact] = field(default_factory=list)
    ringing: list[Contact] = field(default_factory=list)  # on offer to him
    aside: list[Contact] = field(default_factory=list)  # put down, for him to go on with

    @property
    def idle(self) -> bool:
        return self.on and not self.paused and not self.hand and not self.ringing


class Witness:
    """Follows a run event by event and compares every decision with the log."""

    def __init__(self, run: Run, centre: Centre) -> None:
        self.run, self.centre, self.log, self.draws = run, centre, run.log, run.draws
        self.values: dict[tuple[int, int], np.ndarray] = {}  # by reason and attempt
        self.clock = float(centre.start)
        self.waited = self.held = 0.0
        self.seen: dict[str, int] = defaultdict(int)  # what happened how often
        self.events: list[tuple[float, int, int, object]] = []
        self.contacts: list[Contact] = []
        self.queue: list[Contact] = []  # all who wait, in the order in which they joined
        self.used = {kind: defaultdict(int) for kind in ("tries", "agains", "moves")}
        self.agents: dict[int, Agent] = {}
        self.put_down: list[list[float]] = []
        self.rings: list[tuple[float, ...]] = []
        self.divided = set(run.log.put_down.contact.tolist())
        self.left = [nan] * len(run.duty.agent)
        self.came = [nan] * len(run.duty.agent)
        self.ended = 0

    def watch(self) -> None:
        """Go through the run."""
        self._expect_all()
        open_ = bool(self.contacts)
        while open_:
            before = self.clock
            time, kind, _, about = heapq.heappop(self.events)
            if time > before:
                self._between(time)
            self.clock = time
            if kind == END:
                break
            self._happen(kind, about)
            open_ = self.ended < len(self.contacts)
        self._afterwards()

    def _expect_all(self) -> None:
        draws = self.draws
        for k, time in enumerate(draws.arrival.tolist()):
            line = self.centre.lines[int(draws.reason[k]), int(draws.channel[k])]
            self.contacts.append(Contact(k, k, 0, line, Cause.FIRST, -1, time))
            self._expect(time, ARRIVES, k, self.contacts[k])
        pools = np.searchsorted(self._first_agent(), draws.duty_agent, side="right") - 1
        for i, (g, p) in enumerate(zip(draws.duty_agent.tolist(), pools.tolist(), strict=True)):
            self.agents.setdefault(g, Agent(g, p))
            self._expect(float(draws.duty_on[i]), ON, g, i)
            for time in {float(draws.duty_last[i]), float(draws.duty_off[i])}:
                self._expect(time, OFF, g, i)
        for d, spans in enumerate(self.centre.doors):
            for _, high in spans:
                if high >= self.centre.start:
                    self._expect(high, SHUT, d, d)
        self._expect(float(self.centre.horizon), END, 0, None)

    def _first_agent(self) -> list[int]:
        return prepare(self.run.scenario).roster.first_agent[:-1].tolist()

    def _expect(self, time: float, kind: int, number: int, about: object) -> None:
        heapq.heappush(self.events, (time, kind, number, _Last(about)))

    def _happen(self, kind: int, about: object) -> None:
        about = about.it  # type: ignore[attr-defined]
        {
            TALKED: self._talk_ends,
            FINISHED: self._finished,
            OFFER_ENDS: self._offer_ends,
            PAUSE_ENDS: self._pause_ends,
            ON: self._comes_on,
            SHUT: self._door_closes,
            OFF: self._goes_off,
            ARRIVES: self._arrives,
            JOINS: self._pool_joins,
            LEAVES: self._exit_opens,
            DUE: self._due,
            PATIENCE: self._patience_ends,
        }[kind](about)

    # --- between two instants: the state of the centre ----------------------------------------

    def _between(self, until: float) -> None:
        length = until - self.clock
        aside = sum(len(agent.aside) for agent in self.agents.values())
        self.waited += length * (len(self.queue) + aside)
        self.held += length * sum(len(agent.hand) for agent in self.agents.values())
        for agent in self.agents.values():
            room = self._room(agent)
            demand(room >= 0, f"agent {agent.number} has more in hand than he can at {self.clock}")
            busy = agent.hand or agent.ringing
            demand(agent.on or agent.there or not busy, f"agent {agent.number} away at work")
            for contact in agent.aside if agent.on and not agent.paused else ():
                unit = self.centre.unit(agent.pool, contact.line.channel)
                demand(room < unit, f"agent {agent.number} could go on with {contact.number}")
        for contact in self.queue:
            if contact.state == OFFERED:
                continue
            for group in contact.line.groups(contact.joined):
                able = self._able_of(group, contact)
                demand(
                    not able,
                    f"contact {contact.number} waits after {self.clock}, "
                    f"agents {[agent.number for agent in able]} could take it (rule 5)",
                )
                staying = self._staying(group, contact)
                demand(
                    not (staying and self._is_first(contact)),
                    f"contact {contact.number} drains after {self.clock}, "
                    f"agents {[agent.number for agent in staying]} stay and could take it (rule 4)",
                )
                demand(
                    self._interrupted(group, contact) is None,
                    f"contact {contact.number} waits after {self.clock}: it interrupts (6c)",
                )

    def _room(self, agent: Agent) -> int:
        both = agent.hand + agent.ringing
        taken = sum(self.centre.unit(agent.pool, one.line.channel) for one in both)
        return self.centre.capacity[agent.pool] - taken

    def _able(self, pool: int, contact: Contact, keep: int) -> list[Agent]:
        mine = [agent for agent in self.agents.values() if agent.pool == pool and agent.on]
        if keep and sum(agent.idle for agent in mine) <= keep:
            return []
        unit = self.centre.unit(pool, contact.line.channel)
        return [agent for agent in mine if not agent.paused and self._room(agent) >= unit]

    def _able_of(self, group: list[tuple[int, float, int]], contact: Contact) -> list[Agent]:
        """The same of pools of equal rank, which are searched as one."""
        if self.centre.rests(contact.line.channel, self.clock):
            self.seen["rests"] += 1
            return []
        pools, keep = [pool for pool, *_ in group], group[0][2]
        idle = sum(one.idle for one in self.agents.values() if one.pool in pools and one.on)
        if keep and idle <= keep:
            return []
        return [agent for pool in pools for agent in self._able(pool, contact, 0)]

    def _best_of(self, able: list[Agent], contact: Contact, *, chance: bool = True) -> Agent | None:
        """The agent of several pools with the least share in use, or of a pool by luck."""
        pools = list(dict.fromkeys(agent.pool for agent in able))
        self.seen["equal_rank"] += len(pools) > 1
        if contact.line.random and chance and len(pools) > 0:
            luck = self._value(contact, Purpose.CHOOSE) if len(contact.line.steps) > 1 else 0
            self.seen["chosen_at_random"] += len(pools) > 1
            mine = pools[int(luck * len(pools))]
            return self._best([agent for agent in able if agent.pool == mine])
        return min(
            able,
            key=lambda agent: (
                Fraction(self.centre.capacity[agent.pool] - self._room(agent))
                / self.centre.capacity[agent.pool],
                agent.since,
                agent.number,
            ),
            default=None,
        )

    def _best_staying(self, group: list[tuple[int, float, int]], contact: Contact) -> Agent | None:
        return self._best_of(self._staying(group, contact), contact, chance=False)

    def _staying(self, group: list[tuple[int, float, int]], contact: Contact) -> list[Agent]:
        """Who is still there after duty and could take a contact behind a closed door."""
        pools = [pool for pool, *_ in group] if contact.draining else []
        return [
            agent
            for agent in self.agents.values()
            if agent.pool in pools
            and agent.there
            and not agent.on
            and not agent.paused
            and self._room(agent) >= self.centre.unit(agent.pool, contact.line.channel)
        ]

    def _best(self, agents: list[Agent]) -> Agent | None:
        """Most free capacity, then longest free, then lowest number (rule 3)."""
        return min(
            agents, key=lambda agent: (-self._room(agent), agent.since, agent.number), default=None
        )

    # --- what happens -------------------------------------------------------------------------

    def _arrives(self, contact: Contact) -> None:
        line, channel = contact.line, self.centre.channels[contact.line.channel]
        if contact.withdrawn:
            self._ends(contact, Outcome.WITHDRAWN)
        elif contact.cause == Cause.CONFERENCE:
            self._joins(contact)
            return
        elif contact.callback or channel.outbound is not None:
            self.seen["called_again"] += contact.callback > 1
            self.seen["outbound"] += channel.outbound is not None
            contact.callback = max(contact.callback, 1)
            self._limits_calls(contact)
            self._comes_in(contact)
        elif not self._has_line(contact):
            self._gives_up(contact, Outcome.NO_LINE)
        elif channel.unlimited:
            self._self_service(contact)
        elif self.centre.is_open(line, self.clock):
            self._comes_in(contact)
        elif contact.origin is not None and not channel.live:
            self.seen["backlog_of_legs"] += 1
            self._comes_in(contact)
        elif contact.origin is not None and channel.at_close == "drain":
            self.seen["leg_behind_the_door"] += 1
            self._waits(contact)
            contact.joined, contact.draining = 0, True
            self._pool_joins(contact)
        else:
            self.seen["leg_turned_away"] += contact.origin is not None
            self._turned_away(contact)
        if contact.origin is not None:
            self._lets_go(contact.origin)

    def _joins(self, contact: Contact) -> None:
        """Who is free joins a talk; the customer, the line and the door are the talk's own."""
        agent = self._agent_on_arrival(contact)
        self.seen["joined" if agent else "nobody_to_join"] += 1
        if agent:
            self._gives(agent, contact)
            self._goes_on(agent)
        else:
            self._ends(contact, Outcome.BLOCKED)

    def _comes_in(self, contact: Contact) -> None:
        line, channel = contact.line, self.centre.channels[contact.line.channel]
        if agent := self._agent_on_arrival(contact):
            if self.centre.pools[agent.pool].offers:
                self._waits(contact)
            self._gives(agent, contact)
            self._goes_on(agent)
        elif contact.callback:
            self._waits(contact)
        elif channel.offer == "when_free" and not self._anybody_for(contact):
            self._turned_away(contact)
        elif self._wants_callback(contact):
            self.seen["callback"] += 1
            contact.callback = 1
            self._limits_calls(contact)
            self._leaves_alone(contact)
            self._waits(contact)
        elif way := self._exit_on_arrival(contact):
            self.seen["exit_on_arrival"] += 1
            self._ends(contact, Outcome.FLOWED_OUT)
            self._flows_out(contact, way)
        elif channel.queue_limit is not None and channel.queue_limit <= sum(
            one.line.channel == line.channel and not one.callback for one in self.queue
        ):
            self._gives_up(contact, Outcome.BLOCKED)
        elif channel.live and contact.origin is None and self._balks(contact):
            self._gives_up(contact, Outcome.BALKED)
        else:
            told = channel.announcement
            if told is not None and self._expected_wait(contact) >= told.when_wait_over:
                self.seen["announced"] += 1
                contact.patience_times = told.patience
            self._waits(contact)

    def _has_line(self, contact: Contact) -> bool:
        """Whether a line is free, or the customer has one already, or needs none."""
        group = self._lines_of(self._name(contact))
        if group is None or contact.kept_line:
            return True
        self.seen["lines"] += 1
        return sum(self._holds(one, group) for one in self.contacts) < group.count

    def _lines_of(self, channel: str) -> LineGroup | None:
        groups = self.run.scenario.lines.values()
        return next((group for group in groups if channel in group.channels), None)

    def _holds(self, contact: Contact, group: LineGroup) -> bool:
        """Whether a customer is connected now, for those who arrive later in this instant."""
        if self._name(contact) not in group.channels:
            return False
        if contact.state == COMING:
            return contact.kept_line
        if contact.state in (WAITING, OFFERED):
            return not contact.callback
        if contact.menu_until > self.clock:
            return True
        if contact.passed_on or contact.cause == Cause.CONFERENCE:
            return False
        self.seen["line_of_a_callback"] += contact.callback and contact.state == IN_HAND
        joined = contact.state == IN_HAND and contact.stays  # or it is seen in this very moment
        self.seen["line_of_a_conference"] += joined
        talked = contact.talked if joined else self.log.talked[contact.number]
        return bool(talked > self.clock)

    def _keeps_line(self, before: Contact, after: Contact) -> bool:
        group = self._lines_of(self._name(before))
        after.kept_line = group is not None and self._name(after) in group.channels
        self.seen["kept_line"] += after.kept_line
        return after.kept_line

    def _balks(self, contact: Contact) -> bool:
        balk = self._reason(contact).balk.at(self._name(contact))
        chance = balk.share
        if balk.points:
            x = self._expected_wait(contact) if balk.by_wait else self._waiting(contact)
            xs, ys = zip(*balk.points, strict=True)
            chance = ys[-1] if x >= xs[-1] else float(np.interp(x, xs, ys))
            self.seen["balk_by_wait" if balk.by_wait else "balk_by_queue"] += 1
        return self._luck(contact, Purpose.BALK, chance)

    def _waiting(self, contact: Contact) -> int:
        """Contacts waiting on the channel, callbacks not counted."""
        channel = contact.line.channel
        return sum(one.line.channel == channel and not one.callback for one in self.queue)

    def _exit_on_arrival(self, contact: Contact) -> Exit | None:
        luck = None
        for way in self.centre.channels[contact.line.channel].exits:
            if way.after:
                continue
            if (way.when_waiting or 0) > self._waiting(contact):
                continue
            if (way.when_wait_over or 0) > self._expected_wait(contact):
                continue
            if 0 < way.accept < 1:
                luck = self._value(contact, Purpose.EXIT_AT_ONCE) if luck is None else luck
                if luck >= way.accept:
                    luck = (luck - way.accept) / (1 - way.accept)
                    continue
            if way.accept and (way.to == "end" or self._may_move(contact)):
                return way
        return None

    def _exit_opens(self, about: tuple[Contact, int]) -> None:
        contact, nth = about
        if contact.state not in (WAITING, OFFERED):
            return
        ways = self._later_exits(contact)
        way = ways[nth]
        taken = way.accept >= 1
        if 0 < way.accept < 1:
            luck = self._value(contact, Purpose.EXIT)
            for before in ways[:nth]:
                if 0 < before.accept < 1:
                    luck = (luck - before.accept) / (1 - before.accept)
            taken = luck < way.accept
        if taken and (way.to == "end" or self._may_move(contact)):
            self.seen["exit_after_a_wait"] += 1
            self.seen["second_exit"] += nth > 0
            agent = self._stops_waiting(contact, Outcome.FLOWED_OUT)
            self._flows_out(contact, way)
            self._looks_for_work(agent)

    def _later_exits(self, contact: Contact) -> list[Exit]:
        """The ways out after a wait, in the order in which they open."""
        ways = [way for way in self.centre.channels[contact.line.channel].exits if way.after]
        return sorted(ways, key=lambda way: way.after or 0)

    def _flows_out(self, contact: Contact, way: Exit) -> None:
        if way.to == "end":
            self._maybe_retry(contact)
        else:
            on = self.centre.channel_number(way.to)
            self._keeps_line(contact, self._moves(contact, Cause.EXIT, on, self.clock))

    def _expected_wait(self, contact: Contact) -> float:
        line = contact.line
        places = 0.0
        for pool, after, _ in line.steps:
            if after == 0:
                there = sum(one.on for one in self.agents.values() if one.pool == pool)
                limit = self.centre.pools[pool].answers[self._name(contact)]
                pace = self.centre.speed(pool, line.channel, limit)
                names = self.centre.reason_names[line.reason], self._name(contact)
                speed = usual(self.centre.pools[pool].speed.at(*names))
                places += there * (limit * pace * speed)
        ahead = sum(one.line.channel == line.channel for one in self.queue)
        reason = self._reason(contact)
        talk, wrap = (part.at(self._name(contact)) for part in (reason.handle, reason.wrap))
        told = 0.0
        if line.leg >= 0:
            transfer = self._transfer(contact)
            talk = transfer.handle or talk
            told = 0.0 if transfer.warm is None else transfer.warm.hand_over.expectation()
        work = talk.expectation() * self.centre.takes_times(line) + wrap.expectation() + told
        return (ahead + 1) * work / places if places else inf

    def _wants_callback(self, contact: Contact) -> bool:
        callback = self.centre.channels[contact.line.channel].callback
        if callback is None:
            return False
        if callback.hours is not None and not self.centre.covers([*callback.hours], self.clock):
            self.seen["no_callback_at_this_hour"] += 1
            return False
        return self._expected_wait(contact) >= callback.when_wait_over and self._luck(
            contact, Purpose.CALLBACK, callback.accept
        )

    def _agent_on_arrival(self, contact: Contact) -> Agent | None:
        at_once = sum(after == 0 for _, after, _ in contact.line.steps)
        return self._anybody_of(contact, at_once)

    def _anybody_of(self, contact: Contact, joined: int) -> Agent | None:
        for group in contact.line.groups(joined):
            agent = self._best_of(self._able_of(group, contact), contact)
            if agent is not None:
                return agent
        for group in contact.line.groups(joined):
            agent = self._best_staying(group, contact)
            if agent is not None:
                self.seen["declined_and_taken_by_a_staying_agent"] += 1
                return agent
        for group in contact.line.groups(joined):
            agent = self._interrupted(group, contact)
            if agent is not None:
                return agent
        return None

    # --- work that is put down (rule 6c) ------------------------------------------------------

    def _gives_way(self, agent: Agent, contact: Contact) -> list[Contact]:
        names = self.centre.channels[contact.line.channel].interrupts
        if not agent.on or agent.paused or self.centre.pools[agent.pool].offers:
            return []
        return [
            one
            for one in agent.hand
            if self._name(one) in names and one.freed > self.clock and one.passing is None
        ]

    def _interrupted(self, group: list[tuple[int, float, int]], contact: Contact) -> Agent | None:
        """Who has begun last what gives way to the contact, and then has room for it."""
        if self.centre.rests(contact.line.channel, self.clock):
            return None
        pools = [pool for pool, _, keep in group if not keep]
        found = [
            (-max(one.began for one in self._gives_way(agent, contact)), agent.number, agent)
            for agent in self.agents.values()
            if agent.pool in pools
            and self._gives_way(agent, contact)
            and self._room_for(agent, contact) >= self.centre.unit(agent.pool, contact.line.channel)
        ]
        return min(found)[-1] if found else None

    def _room_for(self, agent: Agent, contact: Contact) -> int:
        mine = self._gives_way(agent, contact)
        return self._room(agent) + sum(
            self.centre.unit(agent.pool, one.line.channel) for one in mine
        )

    def _puts_down(self, agent: Agent, contact: Contact) -> None:
        if self.centre.is_paced(agent.pool):
            self._advance(contact)
        else:
            contact.done = self.clock - contact.began
            if contact.talked > self.clock:
                contact.talked = nan
        agent.hand.remove(contact)
        slowness, own = contact.slow
        if contact.done < contact.talk:
            talk = to_grid((contact.talk - contact.done) / slowness / own)
            contact.rest = talk, contact.before_speed
        else:
            rest = max(contact.talk + contact.wrap - contact.done, 0.0)
            contact.rest = 0.0, to_grid(rest / slowness / own)
        row = [contact.number, agent.number, contact.began, self.clock, nan]
        self.put_down.append(row)
        contact.row, contact.agent, contact.freed, contact.speed = row, None, nan, None
        if self.centre.is_paced(agent.pool):
            self._speeds(agent)

    def _makes_room(self, agent: Agent, contact: Contact) -> None:
        while self._room(agent) < self.centre.unit(agent.pool, contact.line.channel):
            one = self._gives_way(agent, contact)[-1]
            self.seen["interrupted"] += 1
            self._puts_down(agent, one)
            one.state = PUT_DOWN
            agent.aside.append(one)

    def _goes_on(self, agent: Agent) -> None:
        if agent.aside:
            self._chooses(agent)

    def _hands_over(self, agent: Agent, spell: int) -> None:
        home = self.draws.duty_ends[spell] == 1
        agents = self.draws.duty_agent
        last = spell + 1 == len(agents) or agents[spell + 1] != agent.number
        over = [one for one in agent.hand if home and self._is_handed_over(one)]
        for contact in over:
            self.seen["handed_over"] += 1
            self._puts_down(agent, contact)
        for contact in list(agent.aside):
            if last or (home and self._is_handed_over(contact)):
                self.seen["aside_handed_over"] += 1
                agent.aside.remove(contact)
                over.append(contact)
        for contact in over:
            contact.state, contact.called_until = WAITING, inf
            first = sum(after == 0 for _, after, _ in contact.line.steps)
            contact.joined = max(contact.joined, first)
            self.queue.append(contact)
            self.queue.sort(key=lambda one: (one.arrived, one.number))
            self._expect(self.clock, JOINS, contact.number, (contact,))

    def _is_handed_over(self, contact: Contact) -> bool:
        said = self.centre.channels[contact.line.channel].hand_over
        return said and not contact.freed <= self.clock and contact.passing is None

    def _looked_at_again(self, contact: Contact) -> None:
        if contact.state != WAITING:
            return
        agent = self._anybody_of(contact, contact.joined)
        if agent is not None:
            self._gives(agent, contact)
            return
        for after in sorted({after for _, after, _ in contact.line.steps}):
            if contact.arrived + after > self.clock:
                self._expect(contact.arrived + after, JOINS, contact.number, contact)
        self._pool_joins(contact)

    def _anybody_for(self, contact: Contact) -> bool:
        """Whether a pool of the route, joined or not, has an agent who could take it now."""
        return self._anybody_of(contact, len(contact.line.steps)) is not None

    def _waits(self, contact: Contact) -> None:
        contact.state = WAITING
        self.queue.append(contact)
        contact.joined = sum(after == 0 for _, after, _ in contact.line.steps)
        for after in sorted({after for _, after, _ in contact.line.steps if after > 0}):
            self._expect(contact.arrived + after, JOINS, contact.number, contact)
        channel = self.centre.channels[contact.line.channel]
        drawn = self.centre.begins(self.draws, Purpose.PATIENCE, contact.line, self.clock) >= 0
        if contact.callback and contact.called_until < inf:
            self._expect(contact.called_until, PATIENCE, contact.number, contact)
        if drawn and not contact.callback:
            limit = self._value(contact, Purpose.PATIENCE)
            if contact.patience_times != 1:
                limit = to_grid(limit * contact.patience_times)
            if limit < inf:
                self._expect(contact.arrived + limit, PATIENCE, contact.number, contact)
        for nth, way in enumerate(self._later_exits(contact)):
            if not contact.callback:
                opens = contact.arrived + to_grid(way.after or 0)
                self._expect(opens, LEAVES, contact.number, (contact, nth))
        if channel.overdue is not None and channel.due is not None:
            k = contact.number
            age = float(self.draws.age[k]) if k < len(self.draws.age) else 0.0
            due = max(contact.arrived + to_grid(channel.due) - age, contact.arrived)
            self._expect(due, DUE, contact.number, contact)

    def _limits_calls(self, contact: Contact) -> None:
        """For how long somebody will call; a further call goes by the first."""
        channel = self.centre.channels[contact.line.channel]
        said = channel.callback.patience if channel.callback else None
        said = channel.expires if channel.outbound else said
        if contact.callback == 1 and said is not None:
            limit = self._value(contact, Purpose.CALLBACK_PATIENCE)
            contact.called_until = contact.arrived + limit

    def _pool_joins(self, contact: Contact | tuple[Contact]) -> None:
        if isinstance(contact, tuple):
            self._looked_at_again(*contact)
            return
        steps = contact.line.steps
        while (
            contact.state in (WAITING, OFFERED)
            and contact.joined < len(steps)
            and contact.arrived + steps[contact.joined][1] <= self.clock
        ):
            group = next(
                one for one in contact.line.groups(len(steps)) if steps[contact.joined] in one
            )
            contact.joined += len(group)
            if contact.state == OFFERED:
                continue
            agent = self._best_of(self._able_of(group, contact), contact)
            if agent is None and contact.draining:
                agent = self._best_staying(group, contact)
                self.seen["taken_by_a_staying_agent"] += agent is not None
            if agent is None:
                agent = self._interrupted(group, contact)
                self.seen["interrupted_at_joining"] += agent is not None
            if agent is not None:
                self.seen["taken_at_joining"] += 1
                self._gives(agent, contact)
                self._goes_on(agent)

    def _chooses(self, agent: Agent) -> None:
        """He takes contacts as long as he can (rule 4)."""
        while not agent.paused and (contact := self._best_contact(agent)) is not None:
            self.seen["taken_off_duty"] += not agent.on
            self._gives(agent, contact)

    def _gives(self, agent: Agent, contact: Contact) -> None:
        if contact.state == PUT_DOWN:
            self.seen["resumed"] += 1
            agent.aside.remove(contact)
            self._answers(agent, contact)
        elif self.centre.pools[agent.pool].offers:
            self._offered(agent, contact)
        else:
            self._answers(agent, contact)

    def _best_contact(self, agent: Agent) -> Contact | None:
        heads: dict[tuple[int, int, int], Contact] = {}
        for contact in (one for one in self.queue if one.state == WAITING):
            line = (contact.line.reason, contact.line.channel, contact.line.leg)
            if line not in heads or self._place(contact) < self._place(heads[line]):
                heads[line] = contact
        able = []
        for contact in heads.values():
            if self.centre.rests(contact.line.channel, self.clock):
                continue
            steps = contact.line.steps[: contact.joined]
            step = next((step for step in steps if step[0] == agent.pool), None)
            if step is None:
                continue
            unit = self.centre.unit(agent.pool, contact.line.channel)
            if self._room(agent) < unit and (step[2] or self._room_for(agent, contact) < unit):
                continue
            group = next(one for one in contact.line.groups(contact.joined) if step in one)
            pools = [pool for pool, *_ in group]
            free = sum(one.idle for one in self.agents.values() if one.pool in pools)
            if (free <= step[2] and step[2]) if agent.on else not contact.draining:
                continue
            key, number = self._place(contact)
            priority = self.centre.grown(agent.pool, contact.line, self.clock, key)
            self.seen["own_place"] += abs(key) != contact.arrived
            self.seen["newest_first"] += key < 0
            line = contact.line
            usual = self.centre.priority(agent.pool, line.reason, line.channel, self.clock)
            jumps = self._reason(contact).priority.after is not None
            self.seen["jumped" if jumps else "grown"] += priority != usual
            able.append((-priority, key, number, contact))
        for contact in agent.aside if agent.on else ():
            if self._room(agent) >= self.centre.unit(agent.pool, contact.line.channel):
                key, number = self._place(contact)
                priority = self.centre.grown(agent.pool, contact.line, self.clock, key)
                able.append((-priority, key, number, contact))
        return min(able)[-1] if able else None

    def _is_first(self, contact: Contact) -> bool:
        """Whether nobody waits before it in its queue."""
        return contact is min(
            (one for one in self.queue if one.line is contact.line and one.state == WAITING),
            key=self._place,
        )

    def _place(self, contact: Contact) -> tuple[float, int]:
        """A contact's place in its queue."""
        line, k = contact.line, contact.number
        cause = int(contact.cause)
        key = self.centre.key(self.draws, line.reason, line.channel, cause, contact.arrived, k)
        return key, k

    def _answers(self, agent: Agent, contact: Contact) -> None:
        self.seen["answered"] += 1
        if contact.draining:
            self._holds_on(contact)
        self._leaves_queue(contact)
        self._makes_room(agent, contact)
        contact.state, contact.agent = IN_HAND, agent
        k = contact.number
        times, part = self._work_to_do(contact)
        first = contact.rest is None
        if first:
            contact.answered = self.clock
        if k not in self.divided:  # else when it is finished
            self.seen["unreached"] += not contact.reached
            self._is_in_hand(contact)
        line = contact.line
        slowness = self.centre.slowness(agent.pool, line.reason, line.channel, self.clock)
        if first and contact.reached:
            part *= self.centre.takes_times(line)
            ai = self.centre.pools[agent.pool].ai_agent
            if ai is not None:
                times = self._meets(ai, agent, contact)
            else:
                contact.passing = self._is_passed_on(agent, contact)
                contact.asking = self._asks(agent, contact)
                part *= self._transfer(contact).after if contact.passing else 1.0
        if contact.rest is not None:
            times = contact.rest
            contact.row[4] = self.clock
        contact.before_speed, contact.slow = times[1], (slowness, agent.slowness)
        contact.began, contact.done = self.clock, 0.0
        if (slowness, agent.slowness, part) != (1, 1, 1):
            talk, wrap = times
            times = (
                to_grid(talk * slowness * agent.slowness * part),
                to_grid(wrap * slowness * agent.slowness),
            )
        contact.talk, contact.wrap = times[0] + self._hands_over_to(contact), times[1]
        agent.hand.append(contact)
        if self.centre.is_paced(agent.pool):
            contact.touched = self.clock
            self._speeds(agent)
        else:
            if isnan(contact.talked):
                contact.talked = self.clock + contact.talk
            contact.freed = self.clock + contact.talk + contact.wrap
            self._expects_talk_end(contact, contact.talked)
            self._expect(contact.freed, FINISHED, k, (contact, contact.freed))
        if self.run.scenario.linked and contact.reached and first:
            self._withdraws_others(contact)
        self._release()

    def _withdraws_others(self, contact: Contact) -> None:
        for other in self.contacts:
            if other.customer != contact.customer or other is contact:
                continue
            if other.state in (WAITING, OFFERED) and other.rest is None:
                self._looks_for_work(self._stops_waiting(other, Outcome.WITHDRAWN))
            elif other.state == COMING:
                other.withdrawn = True

    def _work_to_do(self, contact: Contact) -> tuple[tuple[float, float], float]:
        """Talk and wrap-up, how many times so long the talk is; who is called may be reached."""
        channel = self.centre.channels[contact.line.channel]
        times = self._value(contact, Purpose.HANDLE), self._value(contact, Purpose.WRAP)
        out, back = channel.outbound, channel.callback
        if out is not None:
            chance, before = self._picks_up(out, contact.callback), to_grid(out.preview)
            other = self._luck(contact, Purpose.REACH, chance)
            contact.reached = self._luck(contact, Purpose.REACH, chance * out.right_party)
            if contact.reached:
                return (before + times[0], times[1]), 1.0
            self.seen["wrong_party"] += other
            return (before + to_grid(out.wrong_party if other else out.ring), 0.0), 1.0
        if contact.callback and back is not None:
            contact.reached = self._luck(contact, Purpose.REACH, back.reach)
            return (times, back.handle) if contact.reached else ((to_grid(back.ring), 0.0), 1.0)
        return times, 1.0

    def _picks_up(self, outbound: Outbound, call: int) -> float:
        """The chance that somebody answers the n-th call, now."""
        chance = outbound.reach
        for times, then in outbound.reach_at.items():
            if self.centre.covers([*times], self.clock):
                self.seen["other_chance_to_reach"] += 1
                chance = then
                break
        for _ in range(call - 1):
            chance = chance * outbound.reach_again
        return chance

    def _is_in_hand(self, contact: Contact) -> None:
        k, agent = contact.number, contact.agent
        assert agent is not None
        outcome = Outcome.ANSWERED if contact.reached else Outcome.UNREACHED
        self._says(k, outcome, contact.answered)
        self._equal(k, "agent", self.log.agent[k], agent.number)
        self._equal(k, "pool", self.log.pool[k], agent.pool)

    def _speeds(self, agent: Agent) -> None:
        """The number in hand has changed (rule 6)."""
        for contact in agent.hand:
            speed = self.centre.speed(agent.pool, contact.line.channel, len(agent.hand))
            if speed == contact.speed or contact.stays:
                continue
            self._advance(contact)
            contact.speed = speed
            rest = max(contact.talk - contact.done, 0.0)
            self._expects_talk_end(contact, self.clock + to_grid(rest / speed))
            rest = max(contact.talk + contact.wrap - contact.done, 0.0)
            contact.freed = self.clock + to_grid(rest / speed)
            self._expect(contact.freed, FINISHED, contact.number, (contact, contact.freed))
            self.seen["change_of_pace"] += len(agent.hand) > 1

    def _advance(self, contact: Contact) -> None:
        if contact.speed is not None:
            done = contact.done + (self.clock - contact.touched) * contact.speed
            if isnan(contact.talked) and done >= contact.talk:
                rest = max(contact.talk - contact.done, 0.0)
                contact.talked = min(contact.touched + to_grid(rest / contact.speed), self.clock)
            contact.done = done
        contact.touched = self.clock

    def _finished(self, about: tuple[Contact, float]) -> None:
        contact, when = about
        if contact.state != IN_HAND or contact.freed != when:
            return  # it has been put off, or brought forward
        agent = contact.agent
        assert agent is not None
        contact.state = ENDED
        self.ended += 1
        agent.since = self.clock
        agent.hand.remove(contact)
        if self.centre.is_paced(agent.pool):
            self._advance(contact)
            if isnan(contact.talked):
                contact.talked = self.clock
            self._speeds(agent)
        k = contact.number
        self._is_in_hand(contact)
        self._equal(k, "freed", self.log.freed[k], self.clock)
        self._equal(k, "talked", self.log.talked[k], contact.talked)
        if contact.reached and not contact.passing and contact.cause != Cause.CONFERENCE:
            self._maybe_again(contact)
        else:
            self._equal(k, "resolved", self.log.resolved[k], -1)
            if not contact.reached and not self._is_called_again(contact):
                self._maybe_retry(contact)
        self._chooses(agent)
        self._maybe_leaves(agent)
        if not contact.passed_on:
            self._lets_go(contact)

    # --- passed on (rule 11) ------------------------------------------------------------------

    def _is_passed_on(self, agent: Agent, contact: Contact) -> tuple[str, Line] | None:
        """By which transfer, and to which leg; decided at the answer."""
        ways = self.centre.ways(contact.line, agent.pool)
        found = self._chosen(contact, ways, Purpose.TRANSFER)
        return found and self._once_more(contact, *found)

    def _asks(self, agent: Agent, contact: Contact) -> tuple[str, Line] | None:
        """By which conference, and as what; decided at the answer."""
        ways = self.centre.ways(contact.line, agent.pool, conferences=True)
        found = self._chosen(contact, ways, Purpose.CONFERENCE)
        return found and self._once_more(contact, *found)

    def _chosen(
        self, contact: Contact, ways: list[tuple[str, Line | None]], purpose: Purpose
    ) -> tuple[str, Line | None] | None:
        names = self.centre.reason_names[contact.line.reason], self._name(contact)
        before = 0.0
        for name, leg in ways:
            before += self.centre.at(self.centre.transfers[name].share.at(*names), self.clock)
            if self._value(contact, purpose) < before:
                return name, leg
        return None

    def _once_more(self, contact: Contact, name: str, leg: Line | None) -> tuple[str, Line] | None:
        """What a transfer leads to, unless it has led to this contact too often."""
        assert leg is not None, f"a leg by {name} was not foreseen"
        times, most = self._passed_by(contact).count(name), self.centre.transfers[name].at_most
        self.seen["not_once_more"] += times >= most
        return (name, leg) if times < most else None

    def _passed_by(self, contact: Contact) -> list[str]:
        """What has passed it on, from leg to leg."""
        before = contact.origin
        if contact.cause == Cause.CONFERENCE:
            return []
        return [] if before is None else [contact.line.passed_by, *self._passed_by(before)]

    def _transfer(self, contact: Contact) -> Transfer:
        """That will pass it on; else the one that did."""
        name = contact.passing[0] if contact.passing else contact.line.passed_by
        return self.centre.transfers[name]

    def _expects_talk_end(self, contact: Contact, time: float) -> None:
        if contact.asking or (contact.passing and not contact.passed_on):
            contact.talk_ends = time
            self._expect(time, TALKED, contact.number, (contact, time))

    def _talk_ends(self, about: tuple[Contact, float]) -> None:
        contact, when = about
        if contact.passed_on or contact.talk_ends != when:
            return  # it has been put off, or brought forward
        if contact.asking:
            self._asks_now(contact, contact.asking[1])
            return
        if contact.passing is None:
            return
        contact.talked, contact.passed_on = self.clock, True
        line = contact.passing[1]
        cause = Cause.TRANSFER if contact.by_ai == ByAi.NO else Cause.HAND_OVER
        leg = self._makes(contact, cause, line.channel, self.clock, line)
        leg.origin = contact
        self.seen["passed_on"] += 1
        self.seen["passed_on_again"] += contact.origin is not None
        self.seen["as_another_reason"] += line.reason != contact.line.reason
        self.seen["on_another_channel"] += line.channel != contact.line.channel
        self.seen["leg_keeps_line"] += self._keeps_line(contact, leg)
        warm = self._transfer(contact).warm
        if warm is not None:
            self.seen["stays"] += 1
            self._stays_until(contact, self.clock + to_grid(warm.hold))

    def _asks_now(self, contact: Contact, line: Line) -> None:
        """The talk has come to its end, and somebody is to join it: it goes on till they come."""
        contact.talked, contact.asking = self.clock, None
        part = self._makes(contact, Cause.CONFERENCE, line.channel, self.clock, line)
        part.origin = contact
        self._stays_until(contact, self.clock + TICK)

    def _stays_until(self, contact: Contact, time: float) -> None:
        """The agent stays with the customer; what comes at the end of a talk follows."""
        contact.stays = True
        contact.freed += time - contact.talked
        contact.talked = time
        self._expects_talk_end(contact, time)
        self._expect(contact.freed, FINISHED, contact.number, (contact, contact.freed))

    def _is_alone(self, leg: Contact) -> bool:
        """Whether nobody stays with the customer who was passed on, or not any more."""
        return leg.origin is None or not leg.origin.stays or leg.origin.talked <= self.clock

    def _leaves_alone(self, leg: Contact) -> None:
        """Who stayed with a customer need not any longer."""
        if leg.origin is not None and not self._is_alone(leg):
            self.seen["stays_no_longer"] += 1
            self._stays_until(leg.origin, self.clock)

    def _hands_over_to(self, contact: Contact) -> float:
        """How long whoever passed it on and whoever answers it now talk about it."""
        if contact.origin is None or self._is_alone(contact):
            self.seen["hold_is_over"] += contact.origin is not None and contact.origin.stays
            return 0.0
        self.seen["told"] += 1
        time = self._value(contact, Purpose.HAND_OVER)
        self._stays_until(contact.origin, self.clock + time)
        return time

    # --- AI agents (rule 12) ------------------------------------------------------------------

    def _meets(self, ai: AiAgent, agent: Agent, contact: Contact) -> tuple[float, float]:
        """What becomes of a conversation, and how long it takes."""
        line = contact.line
        names = self.centre.reason_names[line.reason], self._name(contact)
        asks, resolves = (
            self.centre.at(said.at(*names), self.clock)
            for said in (ai.asks_for_person, ai.resolves)
        )
        luck = self._value(contact, Purpose.AI_AGENT)
        if luck < asks:
            contact.by_ai = ByAi.ASKED
        elif self._value(contact, Purpose.DIFFICULTY, attempt=0) < resolves:
            contact.by_ai = ByAi.RESOLVED
        elif (luck - asks) / (1 - asks) < ai.wrong:
            contact.by_ai = ByAi.WRONG
        elif (luck - asks) / (1 - asks) < ai.wrong + ai.leaves:
            contact.by_ai = ByAi.LEFT
        else:
            contact.by_ai = ByAi.HANDED_OVER
        self.seen[f"ai_{contact.by_ai.name.lower()}"] += 1
        talk = self._value(contact, Purpose.AI_TALK)
        if contact.by_ai == ByAi.ASKED:
            talk = to_grid(ai.asked_after)
        if contact.by_ai in (ByAi.ASKED, ByAi.HANDED_OVER):
            [way] = self.centre.ways(line, agent.pool)
            contact.passing = self._once_more(contact, *way)
            if contact.passing is None:
                contact.by_ai = ByAi.LEFT
        return talk, 0.0

    def _holds_on(self, contact: Contact) -> None:
        """Agents stay for what a contact behind a closed door may become."""
        drains = self.centre.channels[contact.line.channel].at_close == "drain"
        if drains and not contact.passed_on:
            self.seen["held"] += not contact.held and bool(contact.line.reaches)
            contact.held = True

    def _lets_go(self, contact: Contact) -> None:
        if contact.held:
            contact.held = False
            self._release()

    # --- offers (rule 6b) ---------------------------------------------------------------------

    def _offered(self, agent: Agent, contact: Contact) -> None:
        self.seen["offered"] += 1
        offers = self.centre.pools[agent.pool].offers
        assert offers is not None
        contact.state, contact.agent = OFFERED, agent
        contact.began = self.clock
        agent.ringing.append(contact)
        first, past = self.draws.offer_first[agent.number : agent.number + 2].tolist()
        block, entry = divmod(agent.offers, past - first)
        luck, responses = (
            self.draws.more.answers_to_offers(block)
            if block
            else (
                self.draws.offer_luck,
                self.draws.offer_response,
            )
        )
        self.seen["later_block"] += block > 0
        response = float(responses[first + entry])
        timeout = to_grid(offers.timeout)
        contact.accepts = response <= timeout and luck[first + entry] < offers.accept
        contact.offers += 1
        agent.offers += 1
        until = self.clock + min(response, timeout)
        self._expect(until, OFFER_ENDS, contact.number, (contact, contact.offers))

    def _offer_ends(self, about: tuple[Contact, int]) -> None:
        contact, number = about
        if contact.state != OFFERED or contact.offers != number:
            return
        agent = contact.agent
        assert agent is not None
        self._rings_no_more(agent, contact)
        if contact.accepts:
            self._answers(agent, contact)
            return
        self.seen["declined"] += 1
        contact.state = WAITING
        offers = self.centre.pools[agent.pool].offers
        assert offers is not None
        agent.paused, agent.resumes = True, self.clock + to_grid(offers.pause)
        self._expect(agent.resumes, PAUSE_ENDS, agent.number, (agent, agent.resumes))
        other = self._anybody_of(contact, contact.joined)
        if other is not None:
            self._gives(other, contact)
            self._goes_on(other)
        self._maybe_leaves(agent)

    def _rings_no_more(self, agent: Agent, contact: Contact) -> None:
        agent.ringing.remove(contact)
        if contact.began < self.clock:
            self.rings.append((contact.number, agent.number, contact.began, self.clock))

    def _pause_ends(self, about: tuple[Agent, float]) -> None:
        agent, when = about
        if not agent.paused or agent.resumes != when:
            return
        agent.paused, agent.since = False, self.clock
        if agent.there:
            self._chooses(agent)
            self._maybe_leaves(agent)

    def _stops_waiting(self, contact: Contact, outcome: Outcome) -> Agent | None:
        """It leaves the queue unanswered; the agent it was on offer to is free again."""
        agent = contact.agent if contact.state == OFFERED else None
        self._ends(contact, outcome)
        self._leaves_queue(contact)
        if agent is not None:
            self.seen["offer_broken_off"] += 1
            self._rings_no_more(agent, contact)
        self._release()
        return agent

    def _looks_for_work(self, agent: Agent | None) -> None:
        if agent is not None and agent.there:
            self._chooses(agent)
            self._maybe_leaves(agent)

    def _comes_on(self, about: int | tuple[int, float]) -> None:
        """A spell begins: at once, or when the break before it is over, or never."""
        spell, back = about if isinstance(about, tuple) else (about, None)
        agent = self.agents[int(self.draws.duty_agent[spell])]
        pause = float(self.draws.duty_break[spell])
        if back is None and pause:
            agent.missed.append(spell)
            if not agent.there:
                self._after_the_break(agent)
            return
        if agent.there:
            self.seen["overtime_into_the_next_spell"] += 1
            self.left[agent.spell] = self.clock
            for one in agent.missed:
                self.came[one] = self.left[one] = self.clock
            agent.missed = []
        agent.over = False
        agent.there, agent.on = True, self.clock < self.draws.duty_last[spell]
        agent.spell, agent.since = spell, self.clock
        agent.slowness = float(self.draws.duty_slowness[spell])
        self.seen["slow_spell"] += agent.slowness != 1
        self._chooses(agent)

    def _after_the_break(self, agent: Agent) -> None:
        for spell in agent.missed:
            back = agent.rested + float(self.draws.duty_break[spell])
            if back <= self.clock:
                self._comes_on((spell, back))
            elif back >= self.draws.duty_last[spell]:
                self.seen["break_longer_than_the_rest"] += 1
                left = -inf if agent.spell < 0 else self.left[agent.spell]
                self.came[spell] = self.left[spell] = max(float(self.draws.duty_off[spell]), left)
                agent.rested = back
            else:
                self.seen["back_late"] += 1
                self.came[spell] = back
                self._expect(back, ON, agent.number, (spell, back))
        agent.missed = []

    def _goes_off(self, spell: int) -> None:
        agent = self.agents[int(self.draws.duty_agent[spell])]
        if agent.spell != spell:
            return
        if agent.on:
            agent.on = False
            self.seen["last_contact"] += self.clock < self.draws.duty_off[spell]
        agent.over = self.clock >= self.draws.duty_off[spell]
        if agent.over:
            self._hands_over(agent, spell)
        self._chooses(agent)
        self._maybe_leaves(agent)
        self.seen["overtime"] += agent.there and bool(agent.hand)
        self.seen["staying_idle"] += agent.there and not agent.hand

    def _maybe_leaves(self, agent: Agent) -> None:
        if agent.on or not agent.there or agent.hand or agent.ringing:
            return
        if not agent.over:
            return
        drain = any(
            contact.draining and agent.pool in [pool for pool, *_ in contact.line.steps]
            for contact in self.queue
        )
        may_come = bool(self.centre.legs) and any(
            agent.pool in contact.line.reaches
            for contact in self.contacts
            if contact.held or contact.draining
        )
        if not drain and not may_come:
            agent.there = False
            self.left[agent.spell] = agent.rested = self.clock
            self._after_the_break(agent)

    def _release(self) -> None:
        for agent in self.agents.values():
            self._maybe_leaves(agent)

    def _door_closes(self, door: int) -> None:
        waiting = [
            contact
            for contact in self.queue
            if contact.line.door == door and self.centre.channels[contact.line.channel].live
        ]
        for contact in self.contacts:
            if contact.state == IN_HAND and contact.line.door == door:
                self._holds_on(contact)
        freed = []
        sudden = self.clock in self.centre.sudden[door]
        self.seen["closed_by_an_event"] += sudden and bool(waiting)
        for contact in sorted(waiting, key=lambda contact: contact.number):
            if self.centre.channels[contact.line.channel].at_close == "drain" and not sudden:
                contact.draining = True
                self.seen["draining"] += 1
            elif not contact.callback:
                self.seen["dismissed"] += 1
                freed.append(self._stops_waiting(contact, Outcome.CLOSED))
                self._sent_away(contact)
        for agent in freed:
            self._looks_for_work(agent)
        for agent in sorted(self.agents.values(), key=lambda agent: agent.number):
            if agent.there and not agent.on:
                self._chooses(agent)
        if door in self.centre.rest_door:
            self._begins_to_call()

    def _begins_to_call(self) -> None:
        """The hours of a list begin: who is on duty, and does not take the last contact now."""
        for agent in sorted(self.agents.values(), key=lambda agent: agent.number):
            if agent.on and self.draws.duty_last[agent.spell] > self.clock:
                before = len(agent.hand)
                self._chooses(agent)
                self.seen["calls_as_the_hours_begin"] += len(agent.hand) > before

    def _patience_ends(self, contact: Contact) -> None:
        if contact.state in (WAITING, OFFERED) and contact.rest is None:
            live = self.centre.channels[contact.line.channel].live and not contact.callback
            self.seen["callback_expired"] += contact.callback > 0
            agent = self._stops_waiting(contact, Outcome.ABANDONED if live else Outcome.EXPIRED)
            self._looks_for_work(agent)
            if live:
                self._maybe_retry(contact)

    def _leaves_queue(self, contact: Contact) -> None:
        contact.draining = False
        if contact in self.queue:
            self.queue.remove(contact)

    # --- second chances -----------------------------------------------------------------------

    def _gives_up(self, contact: Contact, outcome: Outcome) -> None:
        self._ends(contact, outcome)
        self._maybe_retry(contact)

    def _maybe_retry(self, contact: Contact) -> None:
        retry = self._own(contact).retry
        if self.centre.channels[contact.line.channel].outbound is not None:
            return  # nobody got in touch
        if retry is None or self.used["tries"][contact.customer] >= retry.attempts:
            return
        if self._luck(contact, Purpose.RETRY, retry.chance.at(self._name(contact))):
            self.used["tries"][contact.customer] += 1
            time = self.clock + self._value(contact, Purpose.RETRY_AFTER)
            self._makes(contact, Cause.RETRY, self._on(retry.on, contact), time)

    def _is_called_again(self, contact: Contact) -> bool:
        channel = self.centre.channels[contact.line.channel]
        calls = channel.outbound or channel.callback
        if calls is None or contact.callback >= calls.attempts:
            return False
        time = self.clock + to_grid(calls.again_after)
        if time > contact.called_until:
            self.seen["too_late_to_call"] += 1
            return False
        one = self._makes(contact, Cause.CALL, contact.line.channel, time)
        one.callback, one.called_until = contact.callback + 1, contact.called_until
        return True

    def _maybe_again(self, contact: Contact) -> None:
        reason = self._reason(contact)
        resolved = contact.by_ai == ByAi.RESOLVED
        if contact.by_ai == ByAi.NO:
            chance = self.centre.at(reason.resolved.at(self._name(contact)), contact.answered)
            resolved = self._luck(contact, Purpose.AGAIN, chance)
        k = contact.number
        self._equal(k, "resolved", self.log.resolved[k], int(resolved))
        again = self._own(contact).again if contact.by_ai != ByAi.LEFT else None
        if not resolved and again and self.used["agains"][contact.customer] < again.attempts:
            self.used["agains"][contact.customer] += 1
            time = self.clock + self._value(contact, Purpose.AGAIN_AFTER)
            self._makes(contact, Cause.AGAIN, self._on(again.on, contact), time)

    def _self_service(self, contact: Contact) -> None:
        channel = self.centre.channels[contact.line.channel]
        self._ends(contact, Outcome.SELF_SERVED)
        resolved = self._luck(contact, Purpose.AGAIN, channel.resolved)
        k = contact.number
        self._equal(k, "resolved", self.log.resolved[k], int(resolved))
        if not resolved and channel.otherwise is not None and self._may_move(contact):
            time = self.clock + self._value(contact, Purpose.HANDLE)
            on = self.centre.channel_number(channel.otherwise)
            if self._keeps_line(contact, self._moves(contact, Cause.OTHERWISE, on, time)):
                return
        contact.menu_until = self.clock + self._value(contact, Purpose.HANDLE)

    def _turned_away(self, contact: Contact) -> None:
        self._ends(contact, Outcome.CLOSED)
        self._sent_away(contact)

    def _sent_away(self, contact: Contact) -> None:
        door = self._own(contact).closed.at(self._name(contact))
        if door.lost >= 1 or not self._may_move(contact):
            return
        shares = [0.0] * len(self.centre.channels)
        for name, share in door.to.items():
            shares[self.centre.channel_number(name)] += share
        luck = self._value(contact, Purpose.CLOSED)
        choice = int((np.cumsum([door.lost, door.returns, *shares]) <= luck).sum())
        if choice == 1:
            opening = self.centre.next_opening(contact.line, self.clock)
            if opening < inf:
                if door.after is None:
                    time = self._by_profile(contact)
                else:
                    time = opening + self._value(contact, Purpose.CLOSED_AFTER)
                self._moves(contact, Cause.CLOSED, contact.line.channel, time)
        elif 2 <= choice < 2 + len(shares):
            self._moves(contact, Cause.CLOSED, choice - 2, self.clock)

    def _by_profile(self, contact: Contact) -> float:
        """When they come again; what the log says if it is that, but for the last digits."""
        luck = self._value(contact, Purpose.CLOSED_AFTER)
        time = self.centre.comes_back(contact.line, self.clock, luck)
        said = float(self.log.arrived[len(self.contacts)])
        self.seen["by_profile"] += 1
        return said if abs(said - time) <= 2 * TICK else to_grid(time)

    def _due(self, contact: Contact) -> None:
        overdue = self.centre.channels[contact.line.channel].overdue
        if (
            contact.state in (WAITING, OFFERED)
            and contact.rest is None
            and self._luck(contact, Purpose.OVERDUE, overdue.chance)
            and self._may_move(contact)
        ):
            self._moves(contact, Cause.OVERDUE, self.centre.channel_number(overdue.on), self.clock)

    def _may_move(self, contact: Contact) -> bool:
        return self.used["moves"][contact.customer] < MOST_MOVES

    def _moves(self, contact: Contact, cause: Cause, channel: int, time: float) -> Contact:
        self.used["moves"][contact.customer] += 1
        return self._makes(contact, cause, channel, time)

    def _makes(
        self, parent: Contact, cause: Cause, channel: int, time: float, leg: Line | None = None
    ) -> Contact:
        k = len(self.contacts)
        demand(k < len(self.log), f"contact {parent.number} leads to one more ({cause.name})")
        attempt = 1 + sum(
            one.customer == parent.customer for one in self.contacts[parent.customer + 1 :]
        )
        line = leg or self.centre.lines[parent.line.whose, channel]
        contact = Contact(k, parent.customer, attempt, line, cause, parent.number, time)
        self.contacts.append(contact)
        for name, value in (
            ("parent", parent.number),
            ("cause", int(cause)),
            ("customer", parent.customer),
            ("attempt", attempt),
            ("reason", line.reason),
            ("channel", channel),
            ("arrived", time),
        ):
            self._equal(k, name, getattr(self.log, name)[k], value)
        self._expect(time, ARRIVES, k, contact)
        return contact

    # --- comparing ----------------------------------------------------------------------------

    def _ends(self, contact: Contact, outcome: Outcome) -> None:
        contact.state = ENDED
        self._leaves_alone(contact)
        self.ended += 1
        self.seen[outcome.name.lower()] += 1
        self._says(contact.number, outcome, self.clock)

    def _says(self, k: int, outcome: Outcome, ended: float) -> None:
        said = Outcome(self.log.outcome[k]).name
        demand(
            said == outcome.name and self.log.ended[k] == ended,
            f"contact {k} is {outcome.name} at {ended}; the log says {said} at {self.log.ended[k]}",
        )

    def _equal(self, k: int, what: str, said: float, expected: float) -> None:
        demand(said == expected, f"contact {k}: {what} is {expected!r}, the log says {said!r}")

    def _afterwards(self) -> None:
        """At the end nothing is left over: what is open is unfinished or in hand."""
        demand(len(self.contacts) == len(self.log), "no more contacts than were made")
        said = [getattr(self.log.put_down, name).tolist() for name in vars(self.log.put_down)]
        seen = np.array(self.put_down).reshape(-1, 5)
        demand(np.array_equal(np.array(said).T.reshape(-1, 5), seen, equal_nan=True), "put down")
        rang = zip(*(column.tolist() for column in vars(self.log.rings).values()), strict=True)
        demand(list(rang) == self.rings, "what rang, at whom, and how long")
        for contact in self.contacts:
            k = contact.number
            self._equal(k, "offers", self.log.offers[k], contact.offers)
            self._equal(k, "by_ai", self.log.by_ai[k], contact.by_ai)
            self._equal(k, "callback", self.log.callback[k], int(contact.callback > 0))
            if contact.state in (COMING, WAITING, OFFERED, PUT_DOWN):
                self.seen["unfinished"] += 1
                demand(self.log.outcome[k] == Outcome.UNFINISHED, f"contact {k} is unfinished")
            elif contact.state == IN_HAND:
                self._is_in_hand(contact)
                self._equal(k, "freed", self.log.freed[k], contact.freed)
        for one in self.agents.values():
            if one.spell >= 0 and not one.there:
                self._rests_after_the_end(one)
        for i, (agent, _, off, left) in enumerate(self.run.spells()):
            said = self.left[i]
            if isnan(said):  # not over when the run ended: the scheduled end, or the horizon
                mine = self.agents[agent]
                stays = mine.there and not mine.on and mine.spell == i
                said = self.centre.horizon if stays and mine.over else off
                if stays:
                    for one in mine.missed:
                        late = max(float(self.draws.duty_off[one]), said)
                        self.came[one] = self.left[one] = late
            demand(left == said, f"agent {agent} leaves at {said}; the log says {left}")
            on, came = float(self.run.duty.on[i]), float(self.run.duty.came[i])
            expected = on if isnan(self.came[i]) else self.came[i]
            demand(came == expected, f"agent {agent} comes at {expected}; the log says {came}")

    def _rests_after_the_end(self, agent: Agent) -> None:
        """A break that was begun late is whole also where nobody calls any more."""
        rested = agent.rested
        for spell in range(agent.spell + 1, len(self.came)):
            pause = float(self.draws.duty_break[spell])
            if self.draws.duty_agent[spell] != agent.number or not pause:
                return
            if not isnan(self.came[spell]):
                if self.came[spell] == self.left[spell]:
                    continue  # missed already: `rested` says so
                return
            back = rested + pause
            if back <= self.draws.duty_on[spell]:
                return
            if back < self.draws.duty_last[spell]:
                self.came[spell] = back
                return
            left = max(float(self.draws.duty_off[spell]), self.left[agent.spell])
            self.came[spell] = self.left[spell] = left
            rested = back

    # --- looking up ---------------------------------------------------------------------------

    def _reason(self, contact: Contact):
        """As one of which it is handled."""
        return self.centre.reasons[contact.line.reason]

    def _own(self, contact: Contact):
        """That of its customer."""
        return self.centre.reasons[contact.line.whose]

    def _name(self, contact: Contact) -> str:
        return self.centre.channel_names[contact.line.channel]

    def _on(self, name: str, contact: Contact) -> int:
        return contact.line.channel if name == "same" else self.centre.channel_number(name)

    def _value(self, contact: Contact, purpose: Purpose, attempt: int | None = None) -> float:
        """Of this attempt, or of the contact's own."""
        draws, line = self.draws, contact.line
        at = self.centre.begins(draws, purpose, line, self.clock)
        usual = draws.at[purpose, line.reason, line.channel]
        self.seen["by_time"] += line.leg < 0 and at != int(usual)
        assert at >= 0, f"{purpose.name} was never drawn"
        key = (line.whose, contact.attempt if attempt is None else attempt)
        if key not in self.values:
            self.values[key] = values(draws, *key)
        place = at - draws.begins[line.whose] + draws.row[contact.customer]
        return float(self.values[key][place])

    def _luck(self, contact: Contact, purpose: Purpose, chance: float) -> bool:
        if chance <= 0 or chance >= 1:
            return chance >= 1
        return self._value(contact, purpose) < chance


class _Last:
    """Something that never decides the order of events."""

    def __init__(self, it: object) -> None:
        self.it = it

    def __lt__(self, other: object) -> bool:
        return False
