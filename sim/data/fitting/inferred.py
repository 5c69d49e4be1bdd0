"""Staff that no report has: the head counts with which Erlang A has its waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.data.fitting.arrivals import SLOTS, STEP, Arrivals, groupings
from sim.tables import Floats
from sim.theory.erlang import erlang_a

MOST_AGENTS = 2000
CHANGE = float(2 * np.log(SLOTS))
"""What one more change of a head count must gain in log-likelihood: where, and to what; twice that
of independent half hours, for those of a day share its luck and hand on their queues."""

FACTORS = (1 - np.sqrt(3.0), 1.0, 1 + np.sqrt(3.0)), (1 / 6, 2 / 3, 1 / 6)
"""Days of three kinds that have mean and variance of the day's factor, and their shares."""

LEAST_ERROR = 0.1  # of the logarithm of a wait: Erlang A is no better than that


@dataclass(frozen=True)
class Inferred:
    """heads: [weekday, half hour] agents. lost: wait of all abandoned over that of all answered."""

    heads: Floats
    lost: float


def infer_staff(
    arrivals: Arrivals, handle: float, patience: float, asa: Floats, error: Floats
) -> Inferred:
    """Few head counts with which waits are as reported, days as different as they are.

    Args:
        arrivals: of the queue.
        handle, patience: means in seconds; inf where nobody gives up.
        asa, error: [weekday, half hour] mean wait of the answered, and the standard error of its
            logarithm; nan where nothing was reported.
    """
    cv = arrivals.busyness.value
    least = max(float(np.nanmedian(error)), LEAST_ERROR)  # calm half hours are so by chance

    @cache
    def waits(rate: float, agents: int) -> tuple[float, float, float]:
        return _waits(rate, handle, patience, agents, cv)

    rate = arrivals.mean / STEP
    known = (rate > 0.02 * rate.max()) & np.isfinite(asa)
    days = tuple(np.flatnonzero(known.any(axis=1)).tolist())
    low = max(int(rate[known].min() * handle * 0.5), 1)
    agents = np.arange(low, min(int(rate.max() * handle * 2) + 12, MOST_AGENTS))

    def cost(group: tuple[int, ...]) -> Floats:
        found = np.zeros((SLOTS, len(agents)))
        for day in group:
            for slot in np.flatnonzero(known[day]).tolist():
                said, spread = np.log1p(asa[day, slot]), max(error[day, slot], least)
                model = _series(waits, float(rate[day, slot]), agents)
                found[slot] += 0.5 * ((np.log1p(model) - said) / spread) ** 2
        return found

    plans = [{group: _plan(cost(group)) for group in groups} for groups in groupings(days)]
    best = min(plans, key=lambda plan: sum(price for _, price in plan.values()))
    heads = np.zeros((7, SLOTS))
    answered = lost = 0.0
    for group, (places, _) in best.items():
        for day in group:
            mine = rate[day] > 0.02 * rate.max()
            heads[day, mine] = agents[places][mine]
            for slot in np.flatnonzero(known[day]).tolist():
                one, r = waits(float(rate[day, slot]), int(heads[day, slot])), rate[day, slot]
                answered, lost = answered + r * one[1], lost + r * one[2]
    return Inferred(heads, lost / answered if answered > 0 else 0.0)


def _series(
    waits: Callable[[float, int], tuple[float, ...]], rate: float, agents: np.ndarray
) -> Floats:
    """Waits by number of agents; once they have vanished they are not computed any more."""
    found = np.zeros(len(agents))
    for place, number in enumerate(agents.tolist()):
        found[place] = waits(rate, number)[0]
        if found[place] < 0.01:
            break
    return found


def _waits(
    rate: float, handle: float, patience: float, agents: int, cv: float
) -> tuple[float, float, float]:
    """Mean wait of an answered contact; waits of the answered and of the abandoned over all."""
    came = served = answered = lost = 0.0
    for place, share in zip(*FACTORS, strict=True):
        factor = max(1 + cv * (place - 1), 0.1)
        if not np.isfinite(patience) and agents <= rate * factor * handle:
            return np.inf, np.inf, 0.0
        state = erlang_a(rate * factor, handle, agents, patience)
        weight = share * factor
        good = weight * (1 - state.p_abandon)
        came, served = came + weight, served + good
        answered += good * state.asa
        lost += weight * state.mean_wait - good * state.asa
    return answered / served, answered / came, lost / came


def _plan(cost: Floats) -> tuple[np.ndarray, float]:
    """[half hours] the places of least cost, each change of them with its price, and the cost."""
    cost = np.minimum(cost, 1e12)
    best, back = cost[0], []
    for slot in cost[1:]:
        least = int(np.argmin(best))
        moved = best[least] + CHANGE < best
        back.append(np.where(moved, least, np.arange(len(best))))
        best = np.where(moved, best[least] + CHANGE, best) + slot
    place = int(np.argmin(best))
    found = [place]
    for one in reversed(back):
        place = int(one[place])
        found.append(place)
    return np.array(found[::-1]), float(best.min() + CHANGE)
