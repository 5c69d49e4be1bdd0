"""Staff that no report has: the head counts with which Erlang A has its waits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.data.fitting.arrivals import SLOTS, groupings
from sim.tables import Floats
from sim.theory.erlang import erlang_a, log_lower_states

MOST_AGENTS = 2000
NORMAL = 1.96  # standard errors from the middle to the end of a 95 % interval
CHANGE = float(2 * np.log(SLOTS))
"""What one more change of a head count must gain in log-likelihood: where, and to what; twice that
of independent half hours, for those of a day share its luck and hand on their queues."""

FACTORS = (1 - np.sqrt(3.0), 1.0, 1 + np.sqrt(3.0)), (1 / 6, 2 / 3, 1 / 6)
"""Days of three kinds that have mean and variance of the day's factor, and their shares."""

LEAST_ERROR = 0.1  # of the logarithm of a wait: Erlang A is no better than that
POINTS, VANISHED = 2001, 30.0  # of a density that ends where it is exp(-30) of its highest


@dataclass(frozen=True)
class Inferred:
    """heads: [weekday, half hour] agents. lost: [queues] wait of all abandoned, over that of all
    answered."""

    heads: Floats
    lost: Floats


def infer_staff(
    rates: Floats, handles: Floats, patience: Floats, cv: float, asa: Floats, error: Floats
) -> Inferred:
    """Few head counts with which waits are as reported, days as different as they are.

    Args:
        rates: [queues, weekday, half hour] contacts a second of the queues that share the agents.
        handles, patience: [queues] means in seconds; patience inf where nobody gives up.
        cv: coefficient of variation of the day's factor of all of them.
        asa, error: [weekday, half hour] mean wait of the answered, and the standard error of its
            logarithm; nan where nothing was reported.
    """
    least = max(float(np.nanmedian(error)), LEAST_ERROR)  # calm half hours are so by chance
    rate = rates.sum(axis=0)
    with np.errstate(all="ignore"):
        handle = np.tensordot(handles, rates, 1) / rate
        leaving = np.tensordot(1 / patience, rates, 1) / rate

    @cache
    def waits(rate: float, handle: float, leaving: float, agents: int) -> float:
        return _asa(rate, handle, 1 / leaving if leaving > 0 else np.inf, agents, cv)

    def series(day: int, slot: int) -> Floats:
        """Waits by number of agents; once they have vanished they are not computed any more."""
        found = np.zeros(len(agents))
        one = float(rate[day, slot]), float(handle[day, slot]), float(leaving[day, slot])
        for place, number in enumerate(agents.tolist()):
            found[place] = waits(*one, number)
            if found[place] < 0.01:
                break
        return found

    known = (rate > 0.02 * rate.max()) & np.isfinite(asa)
    days = tuple(np.flatnonzero(known.any(axis=1)).tolist())
    load = (rate * np.nan_to_num(handle))[known]
    low = max(int(load.min() * 0.5), 1)
    agents = np.arange(low, min(int(load.max() * 2) + 12, MOST_AGENTS))

    def cost(group: tuple[int, ...]) -> Floats:
        found = np.zeros((SLOTS, len(agents)))
        for day in group:
            for slot in np.flatnonzero(known[day]).tolist():
                said, spread = np.log1p(asa[day, slot]), max(error[day, slot], least)
                found[slot] += 0.5 * ((np.log1p(series(day, slot)) - said) / spread) ** 2
        return found

    plans = [{group: _plan(cost(group)) for group in groups} for groups in groupings(days)]
    best = min(plans, key=lambda plan: sum(price for _, price in plan.values()))
    heads = np.zeros((7, SLOTS))
    for group, (places, _) in best.items():
        for day in group:
            mine = rate[day] > 0.02 * rate.max()
            heads[day, mine] = agents[places][mine]
    return Inferred(heads, _lost(rates, handle, patience, cv, heads, known))


def _lost(
    rates: Floats, handle: Floats, patience: Floats, cv: float, heads: Floats, known: np.ndarray
) -> Floats:
    """[queues] wait of all abandoned over that of all answered, by these head counts."""
    total = np.zeros((2, len(rates)))
    seen: dict[tuple[float, ...], Floats] = {}
    for day, slot in np.argwhere(known).tolist():
        here = rates[:, day, slot]
        key = (*here.tolist(), heads[day, slot])
        if key not in seen:
            seen[key] = sum(
                share
                * factor
                * waits_of_queues(
                    here * factor, float(handle[day, slot]), int(heads[day, slot]), patience
                )
                for factor, share in _factors(cv)
            )
        total += here * seen[key]
    return np.divide(total[1], total[0], out=np.zeros(len(rates)), where=total[0] > 0)


def doubt_of_lost(
    rates: Floats, handles: Floats, patience: Floats, cv: float, heads: Floats, asa: Floats
) -> Floats:
    """[queues] standard error of the logarithm of `Inferred.lost`.

    Head counts are known to an agent: one fewer and one more everywhere are taken for the ends of a
    95 % interval. Arguments as of `infer_staff`; heads: as inferred.
    """
    with np.errstate(all="ignore"):
        handle = np.tensordot(handles, rates, 1) / rates.sum(axis=0)
        known = np.isfinite(asa) & (heads > 0)
        some = [
            _lost(rates, handle, patience, cv, np.maximum(heads + more, 1), known)
            for more in (-1, 1)
        ]
        found = np.abs(np.log(some[0] / some[1])) / 2 / NORMAL
    return np.nan_to_num(found, nan=0.0, posinf=0.0)


def _factors(cv: float) -> list[tuple[float, float]]:
    return [(max(1 + cv * (place - 1), 0.1), share) for place, share in zip(*FACTORS, strict=True)]


def waits_of_queues(rates: Floats, handle: float, agents: int, patience: Floats) -> Floats:
    """[answered or given up, queues] mean wait that ends so, of a contact of each queue.

    M/M/n+G with first come first served: all meet one offered wait V, whose density is as
    exp(-n mu x) x exp(lambda H(x)), H the integral of the share who still wait (Baccelli and
    Hebuterne 1981). Patience is exponential in each queue, so that the share of all is a mixture.

    Args:
        rates: [queues] contacts a second. handle: mean seconds of all. patience: [queues] seconds.
    """
    rate, leaving, service = float(rates.sum()), 1 / patience, agents / handle
    if rate <= 0 or (service <= rates[leaving == 0].sum()):
        return np.zeros((2, len(rates)))

    def log_density(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            stay = np.where(
                leaving[:, None] > 0,
                -np.expm1(-leaving[:, None] * x) * patience[:, None],
                x,
            )
        return rates @ stay - service * x

    end, highest = 1 / service, 0.0
    while (last := float(log_density(np.array([end]))[0])) > highest - VANISHED:
        highest, end = max(highest, last), 2 * end
    x = np.linspace(0.0, end, POINTS)
    log = log_density(x)
    weight = np.exp(log - log.max()) * (x[1] - x[0])
    weight[[0, -1]] /= 2
    busy = np.log(rate) + np.log(weight.sum()) + log.max()
    none = np.logaddexp(log_lower_states(rate * handle, agents - 1), 0.0)
    weight *= np.exp(busy - np.logaddexp(busy, none)) / weight.sum()
    alive = np.exp(-leaving[:, None] * x)
    with np.errstate(all="ignore"):
        waited = np.where(leaving[:, None] > 0, (1 - alive) * patience[:, None], x) @ weight
    answered = (alive * x) @ weight
    return np.stack([answered, np.maximum(waited - answered, 0.0)])


def _asa(rate: float, handle: float, patience: float, agents: int, cv: float) -> float:
    """Mean wait of the answered over days of all kinds."""
    served = answered = 0.0
    for factor, share in _factors(cv):
        if not np.isfinite(patience) and agents <= rate * factor * handle:
            return np.inf
        state = erlang_a(rate * factor, handle, agents, patience)
        good = share * factor * (1 - state.p_abandon)
        served, answered = served + good, answered + good * state.asa
    return answered / served


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
