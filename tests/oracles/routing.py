"""Several classes of customers and pools of agents (V, N, W, X designs), steady state, exact.

A class tries the pools of its route in order; a pool may be held back from it unless more than
`keep_free` of its agents are free. Who finds none waits in the class's own queue. An agent who
becomes free takes the most urgent class that waits and may have the pool, first come first served.
Service and patience are exponential, so the numbers in service and waiting are a Markov chain.

Source: the designs of Garnett & Mandelbaum (2000), An introduction to skills-based routing; the
chain is solved numerically, in full.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from oracles.chain import Move, Stationary, stationary
from sim.theory.checks import positive, whole

State = tuple[tuple[int, ...], ...]
"""The numbers waiting by class, then for each pool the numbers in service by service rate."""


@dataclass(frozen=True)
class Step:
    """A pool on a route, open to the class while more than `keep_free` of its agents are free."""

    pool: int
    keep_free: int = 0


@dataclass(frozen=True, kw_only=True)
class CustomerClass:
    """A class of customers; classes are listed from the most to the least urgent."""

    arrival_rate: float
    route: Sequence[Step]
    waiting_room: int
    """Places to wait; who finds them taken is blocked."""
    mean_patience: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A pool of agents; `mean_service[k]` for class k, for all classes that have it on a route."""

    agents: int
    mean_service: Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class ClassResult:
    """Long-run behaviour of one class. But for `p_block`, shares and means are of the admitted."""

    p_block: float
    """Share of the arrivals that find the class's waiting room full."""
    p_wait: float
    """Share that are not answered at once."""
    p_abandon: float
    """Share that give up waiting."""
    mean_wait: float
    """Mean wait, answered or not, in the unit of the inputs."""
    mean_queue: float
    """Mean number waiting."""
    answered_by: tuple[float, ...]
    """Share answered by each pool."""


@dataclass(frozen=True)
class Network:
    """Result for each class, and each pool's mean share of busy agents."""

    classes: tuple[ClassResult, ...]
    occupancy: tuple[float, ...]


def network(classes: Sequence[CustomerClass], pools: Sequence[Pool]) -> Network:
    """Steady state of `classes` served by `pools`.

    Any one unit of time. Raises ValueError for an impossible quantity, a route to a pool that does
    not exist or has no service time for the class, or more than 300,000 states: two or three
    classes and pools of some ten agents can be solved. A class's `waiting_room` that is hardly ever
    full (see `p_block`) stands for an endless one.
    """
    design = _Design(classes, pools)
    solved = stationary(design.empty(), design.moves)
    return Network(
        tuple(_class_result(k, one, len(pools), solved) for k, one in enumerate(classes)),
        tuple(_busy(p, solved) / pool.agents for p, pool in enumerate(pools)),
    )


class _Design:
    """The moves of the chain. Classes a pool serves equally fast share one count in service."""

    def __init__(self, classes: Sequence[CustomerClass], pools: Sequence[Pool]) -> None:
        _check(classes, pools)
        self._classes, self._pools = classes, pools
        self._speeds = [sorted(set(pool.mean_service.values())) for pool in pools]
        self._held = [{step.pool: step.keep_free for step in one.route} for one in classes]

    def empty(self) -> State:
        """Nobody anywhere."""
        return ((0,) * len(self._classes), *((0,) * len(speeds) for speeds in self._speeds))

    def moves(self, state: State) -> Iterator[Move[State]]:
        """Arrivals, ends of service and giving up."""
        for k, one in enumerate(self._classes):
            yield self._arrival(state, k)
            if math.isfinite(one.mean_patience):
                rate = state[0][k] / one.mean_patience
                yield Move(self._queued(state, k, -1), rate, ("abandoned", k))
        for p, speeds in enumerate(self._speeds):
            for i, mean in enumerate(speeds):
                if state[p + 1][i] > 0:
                    yield self._end(state, p, i, state[p + 1][i] / mean)

    def _arrival(self, state: State, k: int) -> Move[State]:
        one = self._classes[k]
        for step in one.route:
            if self._open(state, k, step.pool):
                return Move(
                    self._taken(state, k, step.pool), one.arrival_rate, ("at once", k, step.pool)
                )
        if state[0][k] < one.waiting_room:
            return Move(self._queued(state, k, 1), one.arrival_rate, ("joined", k))
        return Move(state, one.arrival_rate, ("blocked", k))

    def _end(self, state: State, p: int, i: int, rate: float) -> Move[State]:
        """An agent of pool p ends a service and takes the most urgent who may have the pool."""
        state = _changed(state, p + 1, i, -1)
        for k, waiting in enumerate(state[0]):
            if waiting > 0 and self._open(state, k, p):
                return Move(self._taken(self._queued(state, k, -1), k, p), rate, ("taken", k, p))
        return Move(state, rate, ("freed", p))

    def _open(self, state: State, k: int, p: int) -> bool:
        held = self._held[k].get(p)
        return held is not None and self._pools[p].agents - sum(state[p + 1]) > held

    def _taken(self, state: State, k: int, p: int) -> State:
        speed = self._speeds[p].index(self._pools[p].mean_service[k])
        return _changed(state, p + 1, speed, 1)

    def _queued(self, state: State, k: int, by: int) -> State:
        return _changed(state, 0, k, by)


def _changed(state: State, part: int, place: int, by: int) -> State:
    counts = list(state[part])
    counts[place] += by
    return (*state[:part], tuple(counts), *state[part + 1 :])


def _check(classes: Sequence[CustomerClass], pools: Sequence[Pool]) -> None:
    for p, pool in enumerate(pools):
        whole(f"agents of pool {p}", pool.agents, at_least=1)
        for mean in pool.mean_service.values():
            positive(f"mean_service of pool {p}", mean)
    for k, one in enumerate(classes):
        positive(f"arrival_rate of class {k}", one.arrival_rate)
        positive(f"mean_patience of class {k}", one.mean_patience, infinite=True)
        whole(f"waiting_room of class {k}", one.waiting_room, at_least=0)
        for step in one.route:
            whole(f"keep_free of class {k}", step.keep_free, at_least=0)
            if not 0 <= step.pool < len(pools) or k not in pools[step.pool].mean_service:
                raise ValueError(f"class {k} has no mean_service at pool {step.pool}")


def _class_result(k: int, one: CustomerClass, pools: int, solved: Stationary[State]) -> ClassResult:
    blocked = solved.flow(("blocked", k))
    admitted = one.arrival_rate - blocked
    mean_queue = solved.mean(lambda state: state[0][k])
    return ClassResult(
        p_block=blocked / one.arrival_rate,
        p_wait=solved.flow(("joined", k)) / admitted,
        p_abandon=solved.flow(("abandoned", k)) / admitted,
        mean_wait=mean_queue / admitted,
        mean_queue=mean_queue,
        answered_by=tuple(
            (solved.flow(("at once", k, p)) + solved.flow(("taken", k, p))) / admitted
            for p in range(pools)
        ),
    )


def _busy(p: int, solved: Stationary[State]) -> float:
    return solved.mean(lambda state: sum(state[p + 1]))
