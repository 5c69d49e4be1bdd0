"""Staff that no report has: the head counts with which a queue in steady state has its waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from sim.data.fitting.arrivals import SLOTS, groupings, opened
from sim.data.fitting.staffing import AgentsLine, agents_lines, heads_of
from sim.tables import Floats
from sim.theory.erlang import log_lower_states

MOST_AGENTS = 2000
NORMAL = 1.96  # standard errors from the middle to the end of a 95 % interval
CHANGE = float(2 * np.log(SLOTS))
"""What one more change of a head count must gain in log-likelihood: where, and to what; twice that
of independent half hours, for those of a day share its luck and hand on their queues."""

FACTORS = (1 - np.sqrt(3.0), 1.0, 1 + np.sqrt(3.0)), (1 / 6, 2 / 3, 1 / 6)
"""Days of three kinds that have mean and variance of the day's factor, and their shares."""

LEAST_ERROR = 0.1  # of the logarithm of a wait: a queue in steady state is no better than that
NO_WAIT = 0.01  # seconds on average, below which more agents change nothing
FAR = 1e9  # standard errors of a wait where there should be none
POINTS, VANISHED = 2001, 30.0  # of a density that ends where it is exp(-30) of its highest


@dataclass(frozen=True)
class Demand:
    """What comes to the queues that share agents.

    rates: [queues, weekday, half hour] contacts a second. handles, cvs: [queues] mean seconds of
    talk and wrap-up, and their coefficient of variation. patience: [queues] mean seconds, inf where
    nobody gives up. busyness: coefficient of variation of the day's factor of all of them.
    """

    rates: Floats
    handles: Floats
    cvs: Floats
    patience: Floats
    busyness: float

    @cached_property
    def rate(self) -> Floats:
        """[weekday, half hour] contacts a second of all queues."""
        return np.asarray(self.rates.sum(axis=0))

    @cached_property
    def handle(self) -> Floats:
        """[weekday, half hour] mean handle time of all."""
        return self._mean(self.handles)

    @cached_property
    def square(self) -> Floats:
        """[weekday, half hour] squared coefficient of variation of the handle times of all."""
        return self._mean(self.handles**2 * (1 + self.cvs**2)) / self.handle**2 - 1

    def _mean(self, values: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(np.tensordot(values, self.rates, 1) / self.rate)


@dataclass(frozen=True)
class Waits:
    """What a report says of a day: [weekday, half hour] contacts answered, and seconds they waited.

    days: [weekday] of which it is the mean. spread: days differ in their total wait by the variance
    of a compound Poisson sum, spread times the sum of (mean of a half hour)^1.5 (Tweedie).
    """

    number: Floats
    total: Floats
    days: Floats
    spread: float


@dataclass(frozen=True)
class Doubt:
    """How far a head count is known.

    agents: possible ones. errors: by how many standard errors the wait is above that with so many.
    """

    agents: Floats
    errors: Floats

    def around(self, number: int) -> tuple[int, int]:
        """The ends of a 95 % interval of a head count."""
        return min(self.at(-NORMAL), number), max(self.at(NORMAL), number)

    def at(self, errors: float) -> int:
        """The head count with which the wait would be above the expected by so many errors."""
        return round(float(np.interp(errors, self.errors, self.agents)))


@dataclass(frozen=True)
class Inferred:
    """lines: agents, as `agents_lines` gives them. doubts: of each line. lost: [queues] wait of all
    abandoned, over that of all answered; lost_error: standard error of its logarithm."""

    lines: tuple[AgentsLine, ...]
    doubts: tuple[Doubt, ...]
    lost: Floats
    lost_error: Floats


def infer_staff(demand: Demand, waits: Waits) -> Inferred:
    """Few head counts with which waits are as reported, days as different as they are."""
    rate, model = demand.rate, _Model(demand)
    there = np.array([opened(day) for day in waits.number])
    known = there & (rate > 0.02 * rate.max()) & (waits.number > 0)
    days = tuple(np.flatnonzero(known.any(axis=1)).tolist())
    load = (rate * np.nan_to_num(demand.handle))[known]
    low = max(int(load.min() * 0.5), 1)
    agents = np.arange(low, min(int(load.max() * 2) + 12, MOST_AGENTS))

    def expected(day: int, slot: int) -> Floats:
        """Total waits by number of agents; once they vanish they are not computed any more."""
        found = np.zeros(len(agents))
        for place, number in enumerate(agents.tolist()):
            found[place] = model.asa(day, slot, number)
            if found[place] < NO_WAIT:
                break
        return found * waits.number[day, slot]

    def errors(days: Sequence[int], slots: Sequence[int]) -> Floats:
        """By how many standard errors the wait is above the expected one, by number of agents."""
        cells = [(day, slot) for day in days for slot in slots if known[day, slot]]
        weight = np.array([waits.days[day] for day, _ in cells])
        means = np.array([expected(*cell) for cell in cells]).reshape(len(cells), len(agents))
        said = weight @ np.array([waits.total[cell] for cell in cells])
        with np.errstate(all="ignore"):
            mean = weight @ means
            square = waits.spread * (weight @ means**1.5) / mean**2 + LEAST_ERROR**2
            found = 2 * (np.sqrt(said / mean) - 1) / np.sqrt(square)
        found = np.where(np.isinf(mean), -2 / LEAST_ERROR, found)
        return np.where(mean > 0, found, FAR if said > 0 else 0.0)

    def cost(group: tuple[int, ...]) -> Floats:
        found = np.zeros((SLOTS, len(agents)))
        for day in group:
            for slot in np.flatnonzero(known[day]).tolist():
                found[slot] += errors([day], [slot]) ** 2 / 2
        return found

    plans = [{group: _plan(cost(group)) for group in groups} for groups in groupings(days)]
    best = min(plans, key=lambda plan: sum(price for _, price in plan.values()))
    heads = np.zeros((7, SLOTS))
    for group, (places, _) in best.items():
        for day in group:
            heads[day] = np.where(there[day], agents[places], 0)
    lines = tuple(agents_lines(heads, np.arange(7)))
    doubts = []
    for days, low, high, _ in lines:
        found = errors(days, range(low, high))
        doubts.append(Doubt(agents, np.where(found == 0, FAR, found)))  # no more once none waits
    return Inferred(lines, tuple(doubts), *_lost(model, known, lines, doubts))


class _Model:
    """Waits of queues in steady state, over days of all kinds."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.ended = cache(self._ended)

    def asa(self, day: int, slot: int, agents: int) -> float:
        """Mean wait of the answered of all queues."""
        rates = self.demand.rates[:, day, slot]
        answered, waited, _ = self.of(day, slot, agents) @ rates
        return float(waited / answered) if answered > 0 else np.inf

    def of(self, day: int, slot: int, agents: int) -> Floats:
        """As `waits_of_queues`."""
        demand = self.demand
        rates = tuple(demand.rates[:, day, slot].tolist())
        return self.ended(
            rates, float(demand.handle[day, slot]), float(demand.square[day, slot]), agents
        )

    def _ended(self, rates: tuple[float, ...], handle: float, square: float, agents: int) -> Floats:
        busyness, found = self.demand.busyness, np.zeros((3, len(rates)))
        for place, share in zip(*FACTORS, strict=True):
            factor = max(1 + busyness * (place - 1), 0.1)
            here = factor * np.array(rates)
            waits = waits_of_queues(here, handle, agents, self.demand.patience, square)
            found += share * factor * waits
        return found


def _lost(
    model: _Model, known: np.ndarray, lines: Sequence[AgentsLine], doubts: Sequence[Doubt]
) -> tuple[Floats, Floats]:
    """`Inferred.lost` and its error: of as many agents, and of those at both ends of the doubt."""

    def ratio(errors: float) -> Floats:
        pairs = zip(lines, doubts, strict=True)
        heads = heads_of([(*line[:3], doubt.at(errors)) for line, doubt in pairs])
        total = np.zeros((3, len(model.demand.rates)))
        for day, slot in np.argwhere(known & (heads > 0)).tolist():
            rates = model.demand.rates[:, day, slot]
            total += rates * model.of(day, slot, int(heads[day, slot]))
        return np.divide(total[2], total[1], out=np.zeros(len(total[0])), where=total[1] > 0)

    with np.errstate(all="ignore"):
        error = np.abs(np.log(ratio(-NORMAL) / ratio(NORMAL))) / 2 / NORMAL
    return ratio(0.0), np.nan_to_num(error, nan=0.0, posinf=0.0)


def waits_of_queues(
    rates: Floats, handle: float, agents: int, patience: Floats, square: float = 1.0
) -> Floats:
    """[answered, wait that ends so, wait that ends in giving up] x [queues], of a contact.

    M/M/n+G with first come first served: all meet one offered wait V, whose density is as
    exp(-n mu x) exp(lambda H(x)), H the integral of the share who still wait (Baccelli and
    Hebuterne 1981). Patience is exponential in each queue, so that the share of all is a mixture.

    Handle times that vary otherwise make the queue vary otherwise, as in the diffusion of Allen and
    Cunneen (1978), the less the sooner people give up: by 2 % in simulations.

    Args:
        rates: [queues] contacts a second. handle: mean seconds of all. patience: [queues] seconds,
            or inf. square: squared coefficient of variation of the handle times.
    """
    rate, leaving, service = float(rates.sum()), 1 / patience, agents / handle
    if rate <= 0:
        return np.zeros((3, len(rates)))
    if service <= rates[leaving == 0].sum():
        return np.outer([1.0, np.inf, 0.0], np.ones(len(rates)))
    gone = handle * float(leaving @ rates) / rate
    sharp = 2 / (2 + (square - 1) / (1 + gone))

    def log_density(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            stay = np.where(
                leaving[:, None] > 0, -np.expm1(-leaving[:, None] * x) * patience[:, None], x
            )
        return np.asarray(sharp * (rates @ stay - service * x))

    end, highest = 1 / service, 0.0
    while (last := float(log_density(np.array([end]))[0])) > highest - VANISHED:
        highest, end = max(highest, last), 2 * end
    x = np.linspace(0.0, end, POINTS)
    log = log_density(x)
    weight = sharp * np.exp(log - log.max()) * (x[1] - x[0])
    weight[[0, -1]] /= 2
    busy = np.log(rate) + np.log(weight.sum()) + log.max()
    none = np.logaddexp(log_lower_states(rate * handle, agents - 1), 0.0)
    weight *= np.exp(busy - np.logaddexp(busy, none)) / weight.sum()
    alive = np.exp(-leaving[:, None] * x)
    with np.errstate(all="ignore"):
        waited = np.where(leaving[:, None] > 0, (1 - alive) * patience[:, None], x) @ weight
    answered = 1 - (1 - alive) @ weight
    served = (alive * x) @ weight
    return np.stack([answered, served, np.maximum(waited - served, 0.0)])


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
