"""Erlang B, C and A: one pool of equal agents, exponential service and patience, steady state.

All of them are one birth-and-death process on the number of customers present. Probabilities are
handled as logarithms relative to "all agents busy, nobody waiting", so thousands of agents neither
overflow nor cancel.

Any unit of time will do, as long as rates and means share it.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from sim.theory.checks import positive, room, whole
from sim.theory.steady import SteadyState

Floats = NDArray[np.float64]

_NEGLIGIBLE = math.log(1e-20)
_LEAST_LOG = -1e300
_MOST_STATES = 2**24


def erlang_b(arrival_rate: float, mean_service: float, agents: int) -> SteadyState:
    """M/M/n/n, the loss system: who finds no free agent is blocked.

    Raises ValueError if a quantity is not positive. Source: Erlang (1917); Cooper, Introduction to
    Queueing Theory, 2nd ed. (1981), section 3.3.
    """
    return erlang_a(arrival_rate, mean_service, agents, math.inf, waiting_room=0)


def erlang_c(arrival_rate: float, mean_service: float, agents: int) -> SteadyState:
    """M/M/n, the delay system: everybody waits until answered.

    Raises ValueError if a quantity is not positive or the agents cannot keep up
    (arrival_rate * mean_service >= agents). Source: Erlang (1917); Cooper (1981), section 3.4.
    """
    load = _load(arrival_rate, mean_service, agents)
    rho = load / agents
    if rho >= 1:
        raise ValueError(f"unstable: load of {load:g} on {agents} agents with endless patience")
    p_wait = 1.0 / (1.0 + (1.0 - rho) * math.exp(log_lower_states(load, agents)))
    drain_rate = agents / mean_service - arrival_rate
    mean_queue = p_wait * rho / (1.0 - rho)

    def within(t: float) -> tuple[float, float]:
        return 1.0 - p_wait * math.exp(-drain_rate * t), 0.0

    return SteadyState(
        p_block=0.0,
        p_wait=p_wait,
        p_abandon=0.0,
        asa=p_wait / drain_rate,
        mean_wait=p_wait / drain_rate,
        mean_wait_abandoned=math.nan,
        mean_queue=mean_queue,
        var_queue=mean_queue * (1.0 + rho) / (1.0 - rho) - mean_queue**2,
        occupancy=rho,
        within=within,
    )


def erlang_a(
    arrival_rate: float,
    mean_service: float,
    agents: int,
    mean_patience: float,
    waiting_room: float = math.inf,
) -> SteadyState:
    """M/M/n/n+K+M: exponential patience and room for `waiting_room` (K) waiting customers.

    `mean_patience` may be infinite (nobody gives up) and so may `waiting_room`; with both this is
    Erlang C. Raises ValueError if a quantity is not positive, the room is not a whole number, the
    queue is unstable, or patience is so long under overload that the queue exceeds 16 million.

    Source: Garnett, Mandelbaum & Reiman (2002), Designing a call center with impatient customers,
    M&SOM 4(3), after Palm (1957). With j waiting ahead the wait until answered is a sum of
    exponentials of rates n*mu + i*theta, i = 0..j: exp(-theta * wait) is Beta(n*mu/theta, j+1).
    """
    positive("mean_patience", mean_patience, infinite=True)
    room(waiting_room)
    if mean_patience == math.inf and waiting_room == math.inf:
        return erlang_c(arrival_rate, mean_service, agents)
    load = _load(arrival_rate, mean_service, agents)
    service, theta = agents / mean_service, 1.0 / mean_patience
    log_queue = _log_queue(arrival_rate, service, theta, waiting_room)
    lower = log_lower_states(load, agents)
    total = np.logaddexp(lower, _log_of_sum(log_queue))
    full = waiting_room < math.inf
    p_block = math.exp(log_queue[-1] - total) if full else 0.0
    wait = _Wait(service, theta, lower, log_queue[:-1] if full else log_queue)
    return _assemble(wait, arrival_rate, p_block, np.exp(log_queue - total))


def agents_needed(
    meets: Callable[[SteadyState], bool],
    arrival_rate: float,
    mean_service: float,
    mean_patience: float = math.inf,
    waiting_room: float = math.inf,
) -> int:
    """Smallest number of agents whose `erlang_a` steady state meets the target.

    `meets` judges a steady state, for example `lambda q: q.sl_offered(20) >= 0.8`, and must stay
    true once more agents have made it true. Raises ValueError as `erlang_a` does, or if a million
    agents do not meet the target.
    """

    def enough(agents: int) -> bool:
        return meets(erlang_a(arrival_rate, mean_service, agents, mean_patience, waiting_room))

    endless = math.isinf(mean_patience) and math.isinf(waiting_room)
    low = math.floor(_load(arrival_rate, mean_service, 1)) if endless else 0
    step = 1
    while not enough(low + step):
        low, step = low + step, 2 * step
        if low > 1_000_000:
            raise ValueError("a million agents do not meet the target")
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def log_lower_states(load: float, agents: int) -> float:
    """Log of P(fewer than `agents` present) / P(exactly `agents` present, nobody waiting).

    For M/M/n: sum over k < n of (n! / k!) * load^(k - n). Equals log(1/B - 1), B Erlang's loss.
    """
    if agents == 0:
        return -math.inf
    return _log_of_sum(np.cumsum(np.log(np.arange(agents, 0, -1) / load)))


def _log_of_sum(logs: Floats) -> float:
    """Log of a sum of numbers of which the logs are known."""
    most = float(logs.max())
    return most + math.log(np.exp(logs - most).sum()) if most > -math.inf else most


def _load(arrival_rate: float, mean_service: float, agents: int) -> float:
    whole("agents", agents, at_least=1)
    return positive("arrival_rate", arrival_rate) * positive("mean_service", mean_service)


def _log_queue(arrival: float, service: float, theta: float, places: float) -> Floats:
    """Log P(all busy, j waiting) / P(all busy, none waiting) for j = 0, 1, ..., K or negligible."""
    size = places if places < math.inf else 64
    while True:
        if size > _MOST_STATES:
            raise ValueError(f"the queue has more than {_MOST_STATES} states: patience too long")
        steps = np.log(arrival / (service + theta * np.arange(1, size + 1)))
        logs = np.concatenate(([0.0], np.cumsum(steps)))
        if size == places or (steps[-1] < 0 and logs[-1] < logs.max() + _NEGLIGIBLE):
            return logs
        size *= 2


class _Wait:
    """The wait of the admitted, from log weights of the numbers waiting that they find.

    `service`: calls that end per unit of time while all agents are busy; `lower`: log weight of
    those who find an agent free. The conditional means are of those who do not.
    """

    def __init__(self, service: float, theta: float, lower: float, log_found: Floats) -> None:
        # without a waiting room nobody waits: one state of no weight keeps the sums defined
        log_found = log_found if log_found.size else np.array([-np.inf])
        log_mass = _log_of_sum(log_found)
        self.p_wait = math.exp(log_mass - np.logaddexp(lower, log_mass))
        self.service, self._theta = service, theta
        self._found = np.exp(log_found - max(log_mass, _LEAST_LOG))
        place = np.arange(1, log_found.size + 1)
        rate = service + theta * place
        self._answered = service / rate
        to_front = np.cumsum(1.0 / rate)
        self.p_abandon = self.p_wait * self._mean(theta * place / rate)
        self.wait_answered = self.p_wait * self._mean(self._answered * to_front)
        # theta cancels: both are the wait, and the chance, of giving up, divided by it
        given_up, chance = self._mean(np.cumsum(place / rate) / rate), self._mean(place / rate)
        self.mean_wait_abandoned = given_up / chance if theta * chance > 0 else math.nan

    def within(self, t: float) -> tuple[float, float]:
        """Shares of the admitted answered, and given up, after a wait of at most t."""
        place = np.arange(1, self._found.size + 1)
        at_once = 1.0 - self.p_wait
        if self._theta == 0:
            return at_once + self.p_wait * self._mean(gammainc(place, self.service * t)), 0.0
        gone = -math.expm1(-self._theta * t)
        shape = self.service / self._theta
        in_time = self._answered * betainc(place, shape + 1.0, gone)
        over = 1.0 - (1.0 - gone) * (1.0 - betainc(place, shape, gone))
        given_up = self.p_wait * self._mean(over - in_time)
        return at_once + self.p_wait * self._mean(in_time), max(given_up, 0.0)

    def _mean(self, values: NDArray[np.floating[Any]]) -> float:
        return float(self._found @ values)


def _assemble(wait: _Wait, arrival: float, p_block: float, queue: Floats) -> SteadyState:
    """The measures; `queue`: P(all agents busy, j waiting)."""
    j = np.arange(queue.size)
    mean_queue = float(queue @ j)
    nobody_waits = max(1.0 - float(queue.sum()), 0.0)
    admitted = arrival * (1.0 - p_block)
    return SteadyState(
        p_block=p_block,
        p_wait=wait.p_wait,
        p_abandon=wait.p_abandon,
        asa=wait.wait_answered / (1.0 - wait.p_abandon),
        mean_wait=mean_queue / admitted,
        mean_wait_abandoned=wait.mean_wait_abandoned,
        mean_queue=mean_queue,
        var_queue=float(queue @ (j - mean_queue) ** 2) + nobody_waits * mean_queue**2,
        occupancy=admitted * (1.0 - wait.p_abandon) / wait.service,
        within=wait.within,
    )
