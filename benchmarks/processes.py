"""The leanest models with a process per contact that we could make, to compare our engines with.

A process for each customer, one for the arrivals and one for the roster; who waits yields
`answered | timeout`; talk and wrap-up are timeouts; who becomes free looks for the next customer
and wakes it. Unlike `idiomatic`, it does without SimPy's resources: a queue a contact type, no
event for an answer that comes at once, one event and one timeout at a time for whoever waits. It
plays the same plan and draws as our engines and keeps the same log.

`Textbook` differs in one thing: every customer yields `answered | patience`, also when an agent
is idle.

Both do what the benchmark scenarios use and refuse the rest (`check`). The roster is played in the
order of RULES.md, and no other events of these scenarios fall on the same instant: the log is our
engines' to the last bit, which the benchmark checks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from math import inf, nan
from typing import NamedTuple

import numpy as np
import simpy

from sim.engine import Plan
from sim.tables import Codes, Draws, Floats, Ints, Outcome, Purpose

ANSWERED, ABANDONED = int(Outcome.ANSWERED), int(Outcome.ABANDONED)

Process = Generator[simpy.Event, object, None]


class Log(NamedTuple):
    """One row a contact; columns as in `sim.tables.ContactLog`."""

    outcome: Codes
    arrived: Floats
    ended: Floats
    pool: Ints
    agent: Ints
    talked: Floats
    freed: Floats


@dataclass(slots=True, eq=False)
class Waiting:
    """A customer in a queue."""

    number: int
    joined: int  # steps of the route whose pools may answer
    answered: simpy.Event
    agent: Agent | None = None  # who answers
    gone: bool = False  # answered or given up


@dataclass(slots=True, eq=False)
class Agent:
    """An agent, who has one customer at a time."""

    number: int
    pool: Pool
    on: bool = False
    busy: bool = False


@dataclass(eq=False)
class Pool:
    """Agents of one kind."""

    number: int
    idle: deque[Agent] = field(default_factory=deque)  # on duty, the longest free first
    menu: list[tuple[int, Line, int]] = field(default_factory=list)  # priority, line, step


@dataclass(eq=False)
class Line:
    """A contact type: its route, and who waits."""

    route: list[tuple[Pool, float]]  # pool, joins after
    at_once: int  # steps that join at once
    talk: list[float]  # by customer of the reason, as all times
    wrap: list[float]
    patience: list[float]  # infinite: waits for ever
    queue: deque[Waiting] = field(default_factory=deque)

    def head(self) -> Waiting | None:
        """The first who still waits."""
        queue = self.queue
        while queue and queue[0].gone:
            queue.popleft()
        return queue[0] if queue else None

    def joins(self, waiting: Waiting) -> float:
        """After how long a wait the next pool joins."""
        return self.route[waiting.joined][1] if waiting.joined < len(self.route) else inf


def simulate(plan: Plan, draws: Draws) -> Log:
    """Run one replication until its last contact has ended."""
    check(plan)
    return Centre(plan, draws).run()


def simulate_textbook(plan: Plan, draws: Draws) -> Log:
    """The same on the textbook model."""
    check(plan)
    return Textbook(plan, draws).run()


def check(plan: Plan) -> None:
    """Refuse a scenario that uses what this model leaves out."""
    start, horizon = plan.start, plan.horizon
    left_out = {
        "several contacts at once": (plan.capacity > 1).any(),
        "pace or speed": plan.paced.any() or (plan.slowness != 1).any(),
        "keep_free": plan.route_keep.any(),
        "self-service or offer when_free": (plan.kind == 2).any() or plan.when_free.any(),
        "queue limits or balking": (plan.queue_limit >= 0).any() or plan.balk.any(),
        "ways out or announcements": len(plan.exit_on) > 0 or (plan.announce_over < inf).any(),
        "limited lines": (plan.trunk >= 0).any(),
        "another order": plan.newest.any() or plan.head_start.any() or plan.menu_grows.any(),
        "transfers or AI agents": len(plan.passing) > 0 or plan.ai.any(),
        "work put down": plan.interrupts.any() or plan.hand_over.any(),
        "second chances": plan.tries.any() or plan.agains.any() or plan.overdue_chance.any(),
        "closed doors": (plan.door_open > start).any() or (plan.door_close < horizon).any(),
    }
    found = [name for name, used in left_out.items() if used]
    if found:
        raise ValueError(f"the models to compare with leave out: {', '.join(found)}")


Wait = Generator[simpy.Event, object, Agent | None]


class Centre:
    """The centre and its processes."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.env = simpy.Environment(initial_time=plan.start)
        self.pools = [Pool(p) for p in range(len(plan.capacity))]
        self.agents = [Agent(g, self.pools[p]) for g, p in enumerate(plan.agent_pool.tolist())]
        self.lines = [
            [self._line(plan, draws, r, c) for c in range(len(plan.kind))]
            for r in range(len(plan.tries))
        ]
        for p, pool in enumerate(self.pools):
            rows = plan.menu[plan.menu_first[p] : plan.menu_first[p + 1]]
            pool.menu = [
                (priority, self.lines[line // len(plan.kind)][line % len(plan.kind)], step)
                for line, step, _, priority in rows
            ]
        self.draws = draws
        n = len(draws.arrival)
        self.outcome = [-1] * n
        self.ended = [nan] * n
        self.agent = [-1] * n
        self.talked = [nan] * n
        self.freed = [nan] * n
        self.open = n
        self.all_done = self.env.event()

    def _line(self, plan: Plan, draws: Draws, r: int, c: int) -> Line:
        steps = plan.route_length[r, c]
        pools, after = plan.route_pool[r, c, :steps].tolist(), plan.route_after[r, c, :steps]

        size = int(draws.reason_size[r])

        def values(purpose: Purpose) -> list[float]:
            first = draws.at[purpose, r, c]
            return draws.values[first : first + size].tolist() if first >= 0 else [inf] * size

        return Line(
            route=[(self.pools[p], time) for p, time in zip(pools, after.tolist(), strict=True)],
            at_once=int((after == 0).sum()),
            talk=values(Purpose.HANDLE),
            wrap=values(Purpose.WRAP),
            patience=values(Purpose.PATIENCE),
        )

    def run(self) -> Log:
        """Play the replication."""
        self.env.process(self.duty())
        self.env.process(self.arrivals())
        if self.open:
            self.env.run(until=self.all_done)
        return self._log()

    # --- processes ----------------------------------------------------------------------------

    def arrivals(self) -> Process:
        """Customers come, each at its time."""
        env, draws = self.env, self.draws
        customers = zip(
            draws.arrival.tolist(),
            draws.reason.tolist(),
            draws.row.tolist(),
            draws.channel.tolist(),
            strict=True,
        )
        for number, (arrival, reason, row, channel) in enumerate(customers):
            yield env.timeout(arrival - env.now)
            env.process(self.customer(number, self.lines[reason][channel], row))

    def duty(self) -> Process:
        """Agents come and go; work in hand is finished after the end of duty."""
        env, draws = self.env, self.draws
        numbers = draws.duty_agent.tolist()
        begins = [(time, 0, g) for time, g in zip(draws.duty_on.tolist(), numbers, strict=True)]
        ends = [(time, 1, g) for time, g in zip(draws.duty_off.tolist(), numbers, strict=True)]
        for time, ending, number in sorted(begins + ends):
            if time > env.now:
                yield env.timeout(time - env.now)
            agent = self.agents[number]
            agent.on = not ending
            if agent.on and not agent.busy:
                self.next_customer(agent)
            elif not agent.busy:
                agent.pool.idle.remove(agent)

    def customer(self, number: int, line: Line, row: int) -> Process:
        """A customer is answered, at once or after a wait, or gives up."""
        env = self.env
        agent = self.idle_agent(line, 0, line.at_once)
        if agent is None:
            agent = yield from self.wait(number, line, line.patience[row])
        self.ended[number] = env.now
        if agent is None:
            self.outcome[number] = ABANDONED
        else:
            self.outcome[number] = ANSWERED
            self.agent[number] = agent.number
            yield env.timeout(line.talk[row])
            self.talked[number] = env.now
            yield env.timeout(line.wrap[row])
            self.freed[number] = env.now
            self.release(agent)
        self.open -= 1
        if self.open == 0:
            self.all_done.succeed()

    def wait(self, number: int, line: Line, patience: float) -> Wait:
        """Wait for an agent; further pools join meanwhile. None: patience has ended."""
        env = self.env
        arrived = env.now
        me = Waiting(number, line.at_once, env.event())
        line.queue.append(me)
        while me.agent is None:
            joins = line.joins(me)
            until = min(joins, patience)
            if until < inf:
                yield me.answered | env.timeout(arrived + until - env.now)
            else:
                yield me.answered
            if me.agent is None:
                if patience < joins:
                    break
                self.join_pool(me, line)
        me.gone = True
        return me.agent

    # --- agents and customers find each other -------------------------------------------------

    def idle_agent(self, line: Line, first: int, last: int) -> Agent | None:
        """The longest idle agent of the first pool that has one, among these steps of the route."""
        for pool, _ in line.route[first:last]:
            if pool.idle:
                agent = pool.idle.popleft()
                agent.busy = True
                return agent
        return None

    def join_pool(self, me: Waiting, line: Line) -> None:
        """The next pool of the route joins for a customer who waits."""
        me.joined += 1
        me.agent = self.idle_agent(line, me.joined - 1, me.joined)

    def release(self, agent: Agent) -> None:
        """The agent has finished a contact."""
        agent.busy = False
        if agent.on:
            self.next_customer(agent)

    def next_customer(self, agent: Agent) -> None:
        """The agent has become free: he answers the next customer, if one waits for his pool."""
        waiting = self.longest_waiting(agent.pool)
        if waiting is None:
            agent.pool.idle.append(agent)
        else:
            agent.busy = True
            waiting.agent = agent
            waiting.gone = True
            waiting.answered.succeed()

    def longest_waiting(self, pool: Pool) -> Waiting | None:
        """Of the highest priority that waits, the customer who came first."""
        best: Waiting | None = None
        best_priority = 0
        for priority, line, step in pool.menu:
            if best is not None and priority < best_priority:
                break
            head = line.head()
            if (
                head is not None
                and head.joined > step
                and (best is None or head.number < best.number)
            ):
                best, best_priority = head, priority
        return best

    def _log(self) -> Log:
        agent = np.array(self.agent)
        pool_of = np.array([*(agent.pool.number for agent in self.agents), -1])
        return Log(
            outcome=np.array(self.outcome, dtype=np.int8),
            arrived=self.draws.arrival,
            ended=np.array(self.ended),
            pool=pool_of[agent],
            agent=agent,
            talked=np.array(self.talked),
            freed=np.array(self.freed),
        )


class Textbook(Centre):
    """Every customer asks for an agent and yields `answered | patience`."""

    def idle_agent(self, line: Line, first: int, last: int) -> Agent | None:
        """None on arrival: `wait` asks."""
        return None if first == 0 else super().idle_agent(line, first, last)

    def wait(self, number: int, line: Line, patience: float) -> Wait:
        """Ask for an agent and wait for the answer; further pools join meanwhile."""
        env = self.env
        arrived = env.now
        me = Waiting(number, line.at_once, env.event())
        me.agent = super().idle_agent(line, 0, line.at_once)
        if me.agent is None:
            line.queue.append(me)
        else:
            me.answered.succeed()
        ends = env.timeout(patience) if patience < inf else env.event()
        while True:
            joins = line.joins(me) if me.agent is None else inf
            if joins < inf:
                yield env.any_of([me.answered, ends, env.timeout(arrived + joins - env.now)])
            else:
                yield me.answered | ends
            if me.agent is None and not ends.processed:
                self.join_pool(me, line)
            if me.agent is not None or ends.processed:
                me.gone = True
                return me.agent
