"""The benchmark's baseline: the same centre as SimPy's documentation teaches to write it.

A process for each customer, SimPy's own resources, `request | timeout` for whoever waits ("Bank
Renege"). A pool is a `PriorityResource`; an agent off duty holds a place of it, requested before
all customers, so work in hand is finished first. Who may go to several pools requests a place at
each as it joins, takes the first that he gets and cancels the others.

It plays the plan and the draws of our engines. Agents have no names here: at the end of a shift the
first of the pool to be free leaves, not one in particular. So its log is not our engines' row by
row, but its averages are the same within a little, which the benchmark checks.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import count
from math import inf, nan
from typing import Any

import numpy as np
import simpy
from simpy.resources.resource import PriorityRequest

from benchmarks.processes import ABANDONED, ANSWERED, Log, check
from sim.engine import Plan
from sim.tables import Draws, Purpose

Process = Generator[simpy.Event, Any, None]
Waiting = Generator[simpy.Event, Any, PriorityRequest | None]

OFF_DUTY = (-inf, 0.0)  # before all customers


@dataclass(eq=False)
class Line:
    """A contact type."""

    route: list[tuple[simpy.PriorityResource, float, int]]  # pool, joins after, rank there
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
        self.pools = [simpy.PriorityResource(self.env, capacity=max(n, 1)) for n in staff]
        self.pool_of_agent = [self.pools[p] for p in plan.agent_pool.tolist()]
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
            rank = next(-row[4] for row in menu if row[:3] == [r, c, s])  # SimPy: lowest first
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
        spells: list[list[tuple[float, float]]] = [[] for _ in self.pool_of_agent]
        duty = zip(draws.duty_on, draws.duty_off, draws.duty_agent, strict=True)
        for on, off, agent in sorted((float(on), float(off), int(g)) for on, off, g in duty):
            spells[agent].append((on, off))
        for pool, times in zip(self.pool_of_agent, spells, strict=True):
            self.env.process(self.agent(pool, times))
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

    def agent(self, pool: simpy.PriorityResource, spells: list[tuple[float, float]]) -> Process:
        """An agent comes and goes: off duty, a place of the pool is taken."""
        env = self.env
        away = pool.request(priority=OFF_DUTY)  # type: ignore[arg-type] # all that can be sorted
        yield away
        for on, off in spells:
            if on > env.now:
                yield env.timeout(on - env.now)
            pool.release(away)
            if off > env.now:
                yield env.timeout(off - env.now)
            away = pool.request(priority=OFF_DUTY)  # type: ignore[arg-type]
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
            self.outcome[number] = ANSWERED
            yield env.timeout(line.talk[row])
            self.talked[number] = env.now
            if line.wrap[row] > 0:
                yield env.timeout(line.wrap[row])
            self.freed[number] = env.now
            place.resource.release(place)
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
