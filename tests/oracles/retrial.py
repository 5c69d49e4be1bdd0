"""Customers who come back: M/M/c/c+K+M with an orbit of those who will retry, steady state."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from oracles.chain import Move, Stationary, stationary
from sim.theory.checks import positive, room, share, whole

State = tuple[int, int]
"""Customers present (in service or waiting), customers in orbit (who will retry)."""

_CUT_OFF = 1e-10


@dataclass(frozen=True, kw_only=True)
class Retrial:
    """Long-run behaviour. Times are in the unit of the inputs; an attempt is one contact.

    `p_block`, `p_wait` and `p_abandon` are of all attempts, first ones and retries alike.
    """

    attempts_per_customer: float
    """Mean number of contacts a customer makes until answered or gone for good."""
    p_answered: float
    """Share of the customers who are answered in the end."""
    p_block: float
    """Share of the attempts that find no place."""
    p_wait: float
    """Share of the attempts that join the queue."""
    p_abandon: float
    """Share of the attempts that give up waiting."""
    mean_orbit: float
    """Mean number of customers who are away and will retry."""
    mean_queue: float
    """Mean number waiting at the centre."""
    occupancy: float
    """Mean share of the agents who are busy."""


def retrial(
    arrival_rate: float,
    mean_service: float,
    agents: int,
    mean_delay: float,
    *,
    persistence: float = 1.0,
    mean_patience: float = math.inf,
    waiting_room: float = 0,
) -> Retrial:
    """Blocked customers, and those who give up waiting, retry with probability `persistence`.

    They come back after an exponential delay of mean `mean_delay`, each time alike. The defaults
    are the classical retrial queue: no waiting room, everybody retries until served. Any one unit
    of time. Raises ValueError for an impossible quantity, if the orbit (or the queue) does not
    settle, or for more than 300,000 states.

    Source: Falin & Templeton, Retrial Queues (1997), chapters 1 and 2; the chain is solved
    numerically, orbit and endless room cut where less than 1e-10 of the flow meets the cut.
    """
    positive("arrival_rate", arrival_rate)
    rates = _Rates(
        arrival=arrival_rate,
        service=1.0 / positive("mean_service", mean_service),
        theta=1.0 / positive("mean_patience", mean_patience, infinite=True),
        retry=1.0 / positive("mean_delay", mean_delay),
        persistence=share("persistence", persistence),
        agents=whole("agents", agents, at_least=1),
    )
    endless = room(waiting_room) == math.inf
    nobody_lost = persistence == 1 or (endless and rates.theta == 0)
    if nobody_lost and arrival_rate * mean_service >= agents:
        raise ValueError("unstable: the agents cannot keep up and nobody is ever lost")
    places, orbit = (16, 16) if endless else (int(waiting_room), 16)
    while True:
        solved = stationary((0, 0), partial(_moves, rates, places, orbit))
        full_room = endless and _chance(solved, 0, agents + places) > _CUT_OFF
        full_orbit = _chance(solved, 1, orbit) > _CUT_OFF
        if not (full_room or full_orbit):
            return _measured(rates, solved)
        places, orbit = places * (1 + full_room), orbit * (1 + full_orbit)


@dataclass(frozen=True)
class _Rates:
    arrival: float
    service: float
    theta: float
    retry: float
    persistence: float
    agents: int


def _moves(rates: _Rates, places: int, orbit: int, state: State) -> Iterator[Move[State]]:
    present, away = state
    back = rates.persistence if away < orbit else 0.0  # the cut: who finds no orbit is gone
    for rate, still_away in ((rates.arrival, away), (away * rates.retry, away - 1)):
        if present < rates.agents + places:
            event = "at once" if present < rates.agents else "joined"
            yield Move((present + 1, still_away), rate, event)
        else:
            # one who comes back from a full orbit leaves a place in it
            returns = rates.persistence if still_away < away else back
            yield Move((present, still_away + 1), rate * returns, "blocked")
            yield Move((present, still_away), rate * (1.0 - returns), "blocked")
    yield Move((present - 1, away), min(present, rates.agents) * rates.service, "answered")
    given_up = max(present - rates.agents, 0) * rates.theta
    yield Move((present - 1, away + 1), given_up * back, "abandoned")
    yield Move((present - 1, away), given_up * (1.0 - back), "abandoned")


def _chance(solved: Stationary[State], part: int, value: int) -> float:
    return solved.mean(lambda state: float(state[part] == value))


def _measured(rates: _Rates, solved: Stationary[State]) -> Retrial:
    mean_orbit = solved.mean(lambda state: state[1])
    attempts = rates.arrival + rates.retry * mean_orbit
    return Retrial(
        attempts_per_customer=attempts / rates.arrival,
        p_answered=solved.flow("answered") / rates.arrival,
        p_block=solved.flow("blocked") / attempts,
        p_wait=solved.flow("joined") / attempts,
        p_abandon=solved.flow("abandoned") / attempts,
        mean_orbit=mean_orbit,
        mean_queue=solved.mean(lambda state: max(state[0] - rates.agents, 0)),
        occupancy=solved.flow("answered") / (rates.agents * rates.service),
    )
