"""The benchmark's baseline: the same centre as SimPy's documentation teaches to write it.

A process for each customer, SimPy's own resources, `request | timeout` for whoever waits ("Bank
Renege"). A pool is a `PriorityResource`; an agent off duty holds a place of it. Who may go to
several pools requests a place at each as it joins, takes the first that he gets and cancels the
others. A place has no name, so the pool knows who stands free, the longest free first: whoever gets
a place gets that agent, and at the end of his shift it is he who leaves, not the first to be free.

It plays the plan and the draws of our engines. Its log is not our engines' row by row, since SimPy
handles events of the same instant in the order in which they were scheduled, but its averages are
the same within a little, which the benchmark checks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from itertools import count
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np
import simpy
from simpy.resources.resource import PriorityRequest

from benchmarks.processes import ABANDONED, ANSWERED, Log, check
from sim.engine import Plan
from sim.tables import Draws, Purpose

Process = Generator[simpy.Event, Any, None]
Waiting = Generator[simpy.Event, Any, PriorityRequest | None]


class Pool(simpy.PriorityResource):
    """Places, and the agents who stand free: as many as there are free places."""

    def __init__(self, env: simpy.Environment, staff: int) -> None:
        super().__init__(env, capacity=max(staff, 1))
        self.free: deque[Agent] = deque()


@dataclass(eq=False)
class Agent:
    """Somebody of a pool."""

    pool: Pool
    busy: bool = False
    done: simpy.Event | None = None  # he wants to go home when his contact is finished


@dataclass(eq=False)
class Line:
    """A contact type."""

    route: list[tuple[Pool, float, int]]  # pool, joins after, rank there
    talk: list[float]  # by customer of the reason, as all times
    wrap: list[float]
    patience: list[float]  # infinite: waits for ever


def simulate(plan: Plan, draws: Draws) -> Log:
    """Run one replication until its last contact has ended."""
    check(plan)
    return Centre(plan, draws).run()


class Centre:
    """The centre and its processes."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.env = simpy.Environment(initial_time=plan.start)
        self.draws = draws
        staff = np.bincount(plan.agent_pool, minlength=len(plan.capacity)).tolist()
        self.pools = [Pool(self.env, n) for n in staff]
        self.agents = [Agent(self.pools[p]) for p in plan.agent_pool.tolist()]
        self.lines = [
            [self._line(plan, draws, r, c) for c in range(len(plan.kind))]
            for r in range(len(plan.tries))
        ]
        n = len(draws.arrival)
        self.outcome = [-1] * n
        self.ended, self.talked, self.freed = [nan] * n, [nan] * n, [nan] * n
        self.open = n
        self.all_done = self.env.event()

    def _line(self, plan: Plan, draws: Draws, r: int, c: int) -> Line:
        size = int(draws.reason_size[r])

        def values(purpose: Purpose, otherwise: float) -> list[float]:
            at = draws.at[purpose, r, c]
            return draws.values[at : at + size].tolist() if at >= 0 else [otherwise] * size

        route = []
        for s in range(plan.route_length[r, c]):
            p = int(plan.route_pool[r, c, s])
            menu = plan.menu[plan.menu_first[p] : plan.menu_first[p + 1]].tolist()
            line = [r * len(plan.kind) + c, s]
            rank = next(-row[3] for row in menu if row[:2] == line)  # SimPy: lowest first
            route.append((self.pools[p], float(plan.route_after[r, c, s]), rank))
        return Line(
            route,
            talk=values(Purpose.HANDLE, 0),
            wrap=values(Purpose.WRAP, 0),
            patience=values(Purpose.PATIENCE, inf),
        )

    def run(self) -> Log:
        """Play the replication."""
        draws = self.draws
        spells: list[list[tuple[float, float]]] = [[] for _ in self.agents]
        duty = zip(draws.duty_on, draws.duty_off, draws.duty_agent, strict=True)
        for on, off, agent in sorted((float(on), float(off), int(g)) for on, off, g in duty):
            spells[agent].append((on, off))
        for one, times in zip(self.agents, spells, strict=True):
            self.env.process(self.agent(one, times))
        self.env.process(self.arrivals())
        if self.open:
            self.env.run(until=self.all_done)
        nobody = np.full(len(self.outcome), -1)
        return Log(
            outcome=np.array(self.outcome, dtype=np.int8),
            arrived=draws.arrival,
            ended=np.array(self.ended),
            pool=nobody,
            agent=nobody,
            talked=np.array(self.talked),
            freed=np.array(self.freed),
        )

    # --- processes ----------------------------------------------------------------------------

    def arrivals(self) -> Process:
        """Customers come, each at its time."""
        env, draws = self.env, self.draws
        columns = (draws.arrival, draws.reason, draws.row, draws.channel)
        customers = zip(count(), *(column.tolist() for column in columns), strict=False)
        for number, arrival, reason, row, channel in customers:
            yield env.timeout(arrival - env.now)
            env.process(self.customer(number, self.lines[reason][channel], row))

    def agent(self, agent: Agent, spells: list[tuple[float, float]]) -> Process:
        """An agent comes and goes: off duty, he holds a place of the pool."""
        env, pool = self.env, agent.pool
        away = pool.request()
        yield away
        for on, off in spells:
            if on > env.now:
                yield env.timeout(on - env.now)
            pool.free.append(agent)
            pool.release(away)
            if off > env.now:
                yield env.timeout(off - env.now)
            if agent.busy:
                agent.done = env.event()
                away = yield agent.done
            else:
                pool.free.remove(agent)
                away = pool.request()
                yield away

    def customer(self, number: int, line: Line, row: int) -> Process:
        """A customer waits for an agent, is served or gives up."""
        env = self.env
        if len(line.route) == 1:
            seek = self.one_pool(line, line.patience[row])
        else:
            seek = self.several_pools(line, line.patience[row])
        place = yield from seek
        self.ended[number] = env.now
        if place is None:
            self.outcome[number] = ABANDONED
        else:
            agent = place.resource.free.popleft()
            agent.busy = True
            self.outcome[number] = ANSWERED
            yield env.timeout(line.talk[row])
            self.talked[number] = env.now
            if line.wrap[row] > 0:
                yield env.timeout(line.wrap[row])
            self.freed[number] = env.now
            agent.busy = False
            if agent.done is not None:
                agent.done.succeed(place)
                agent.done = None
            else:
                agent.pool.free.append(agent)
                agent.pool.release(place)
        self.open -= 1
        if self.open == 0:
            self.all_done.succeed()

    def one_pool(self, line: Line, patience: float) -> Waiting:
        """Request a place, wait for it or the end of patience."""
        (pool, _, rank) = line.route[0]
        request = pool.request(priority=(rank, self.env.now))  # type: ignore[arg-type]
        if patience < inf:
            yield request | self.env.timeout(patience)
        else:
            yield request
        if request.triggered:
            return request
        request.cancel()
        return None

    def several_pools(self, line: Line, patience: float) -> Waiting:
        """Request a place at each pool when it joins; take the first, cancel the others."""
        env = self.env
        arrived = env.now
        gone = [env.timeout(patience)] if patience < inf else []
        requests: list[PriorityRequest] = []
        taken = None
        for pool, after, rank in line.route:
            if after > env.now - arrived:
                joins = env.timeout(arrived + after - env.now)
                yield env.any_of([*requests, *gone, joins])
                taken = next((one for one in requests if one.triggered), None)
                if taken is not None or not joins.processed:
                    break
            request = pool.request(priority=(rank, arrived))  # type: ignore[arg-type]
            requests.append(request)
            if request.triggered:
                taken = request
                break
        else:
            yield env.any_of([*requests, *gone])
            taken = next((one for one in requests if one.triggered), None)
        for other in requests:
            if other.triggered and other is not taken:  # two pools became free at one instant
                other.resource.release(other)
            elif other is not taken:
                other.cancel()
        return taken


class SimpleQueue(NamedTuple):
    """One queue before one pool that is always there."""

    agents: int
    patience: list[float]  # by customer, as work
    work: list[float]


def simple_queue(plan: Plan, draws: Draws) -> SimpleQueue:
    """A plan for libraries that know nothing else.

    Raises:
        ValueError: if the plan is anything else.
    """
    check(plan)
    agents = len(plan.agent_pool)
    always = (draws.duty_on <= plan.start).all() and (draws.duty_off >= plan.horizon).all()
    if plan.door.size > 1 or len(plan.capacity) > 1 or len(draws.duty_agent) > agents or not always:
        raise ValueError("not a single queue before a single pool that is always there")
    count = len(draws.arrival)

    def values(purpose: Purpose) -> np.ndarray:
        at = draws.at[purpose, 0, 0]
        return draws.values[at : at + count]

    work = values(Purpose.HANDLE) + values(Purpose.WRAP)
    return SimpleQueue(agents, values(Purpose.PATIENCE).tolist(), work.tolist())
