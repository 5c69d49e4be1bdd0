"""M(t)/M/n(t)+M over one day, from empty to drained: exact expected numbers.

Rates and staff are constant within each period. When staff falls, free agents leave first and the
agents too many finish their call (see `transient`). At the close no one arrives any more and the
last period's staff stays until all are served. A random busyness of the day, Gamma with mean 1,
multiplies all arrival rates.

Nothing is sampled: the sum of waits is the integral of the mean queue, and the waits of those who
arrive at t follow one tagged customer through the staffing after t. The busyness is integrated by
generalised Gauss-Laguerre quadrature (Golub & Welsch 1969). An endless waiting room is cut where
less than 1e-9 of the day's arrivals meet the cut.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

from oracles.transient import (
    UNLIKELY,
    Chain,
    Space,
    chances_at_end,
    chances_before_change,
    change_staff,
)
from sim.theory.checks import not_negative, positive, room, share, whole

Floats = NDArray[np.float64]

_BUSYNESS_POINTS = 32
_CUT_OFF = 1e-9  # largest share of the arrivals that may meet the end of an endless room
_MOST_WAITING = 2**15
_GAUSS_POINTS, _GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True)
class Period:
    """A part of the day: `length`, `arrival_rate` (per unit of time) and `agents` on duty."""

    length: float
    arrival_rate: float
    agents: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """Expected numbers of one day. Times are in the unit of the inputs."""

    arrivals: float
    blocked: float
    """Arrivals who found the waiting room full."""
    abandoned: float
    """Who gave up, those who balked among them."""
    answered_within: float
    """Answered after a wait of at most the threshold, also when that ends after the close."""
    abandoned_within: float
    """Given up after a wait of at most the threshold, those who balked among them."""
    total_wait: float
    """Sum of all waits, of the answered and the abandoned."""
    busy_time: float
    """Agents' time in service within the scheduled duty, up to the close."""
    duty_time: float
    """Agents' scheduled time, up to the close."""

    @property
    def answered(self) -> float:
        """S: all who were answered in the end."""
        return self.arrivals - self.blocked - self.abandoned

    @property
    def mean_wait(self) -> float:
        """Mean wait of all who were not blocked."""
        return self.total_wait / (self.arrivals - self.blocked)

    @property
    def occupancy(self) -> float:
        """Share of the scheduled time that is busy."""
        return self.busy_time / self.duty_time

    @property
    def sl_answered(self) -> float:
        """S_t / S."""
        return self.answered_within / self.answered

    @property
    def sl_offered(self) -> float:
        """S_t / (S + L)."""
        return self.answered_within / (self.answered + self.abandoned)

    @property
    def sl_exclude_short(self) -> float:
        """S_t / (A - L_t), A = S + L."""
        return self.answered_within / (self.answered + self.abandoned - self.abandoned_within)


def day(
    periods: Sequence[Period],
    mean_service: float,
    *,
    within: float,
    mean_patience: float = math.inf,
    balk: float = 0.0,
    waiting_room: float = math.inf,
    busyness_cv: float = 0.0,
) -> Day:
    """Expected numbers of a day that starts empty, runs through `periods` and drains.

    `within` is the threshold of the waits. `mean_patience` (exponential) may be infinite. Of those
    who would have to wait and find room, a share `balk` leaves at once. `busyness_cv` is the
    coefficient of variation of the day's busyness, 0 for none. Any one unit of time. Raises
    ValueError for an impossible quantity, and if the queue exceeds 32,768.

    Errors are about 1e-9, with busyness 1e-6 for a coefficient up to 0.3 and 1e-4 at 1. The cost
    grows with (agents / mean_service + arrival rate) * length, times some 20 with busyness, and
    with `within` around each change of staff.
    """
    centre = _Centre(
        periods=_checked(periods),
        rate=1.0 / positive("mean_service", mean_service),
        theta=1.0 / positive("mean_patience", mean_patience, infinite=True),
        balk=share("balk", balk),
        within=not_negative("within", within),
    )
    busyness, weights = _busyness(not_negative("busyness_cv", busyness_cv))
    places = room(waiting_room)
    most = int(places) if places < math.inf else 64
    while True:
        totals = _Run(centre, busyness, most).totals
        expected = {name: float(total @ weights) for name, total in totals.items()}
        if most == places:
            break
        if expected["blocked"] <= _CUT_OFF * expected["arrivals"]:
            expected["blocked"] = 0.0
            break
        if most >= _MOST_WAITING:
            raise ValueError(f"more than {_MOST_WAITING} customers may be waiting")
        most *= 2
    return Day(**expected, duty_time=sum(p.length * p.agents for p in periods))


@dataclass(frozen=True)
class _Centre:
    periods: Sequence[Period]
    rate: float
    theta: float
    balk: float
    within: float


def _checked(periods: Sequence[Period]) -> Sequence[Period]:
    if not periods:
        raise ValueError("periods must not be empty")
    for period in periods:
        positive("length", period.length)
        not_negative("arrival_rate", period.arrival_rate)
        whole("agents", period.agents, at_least=0)
    whole("agents of the last period, who drain the queue,", periods[-1].agents, at_least=1)
    if not any(period.arrival_rate > 0 for period in periods):
        raise ValueError("arrival_rate must be above 0 in some period")
    return periods


def _busyness(cv: float) -> tuple[Floats, Floats]:
    """Values and probabilities that integrate over Gamma(1/cv^2, mean 1); one value for cv 0."""
    if cv == 0:
        return np.ones(1), np.ones(1)
    shape = cv**-2
    k = np.arange(1, _BUSYNESS_POINTS)
    diagonal = 2.0 * np.arange(_BUSYNESS_POINTS) + shape
    values, vectors = eigh_tridiagonal(diagonal, np.sqrt(k * (k + shape - 1.0)))
    weights = vectors[0] ** 2
    likely = weights > UNLIKELY
    return values[likely] / shape, weights[likely]


class _Run:
    """One pass through the day for all values of the busyness at once; fills `totals`."""

    def __init__(self, centre: _Centre, busyness: Floats, most: int) -> None:
        self._centre, self._periods, self._busyness = centre, centre.periods, busyness
        periods = centre.periods
        self._ends = np.cumsum([period.length for period in periods]).tolist()
        names = "arrivals blocked abandoned answered_within abandoned_within total_wait busy_time"
        self.totals = {name: np.zeros(busyness.size) for name in names.split()}
        space = Space(periods[0].agents, periods[0].agents, most)
        state = np.zeros((space.size, busyness.size))
        state[0] = 1.0
        for i, period in enumerate(periods):
            space, state = change_staff(space, state, period.agents)
            state = self._run_period(i, self._chain(space), state)
        self._add_waits(state * self._chain(space).wait_to_come()[:, None])

    def _chain(self, space: Space) -> Chain:
        return Chain(space, self._centre.rate, self._centre.theta, self._centre.balk)

    def _run_period(self, i: int, chain: Chain, state: Floats) -> Floats:
        """Add up the numbers of period i; return the state at its end."""
        arrivals = self._periods[i].arrival_rate * self._busyness
        now = self._ends[i] - self._periods[i].length
        for until, weight in self._stops(i):
            state, spent = chain.forward(state, arrivals, until - now)
            self._add(chain, arrivals, spent)
            if weight is None:
                self._add_thresholds(chain, arrivals, spent, self._chances(i, chain, now))
            elif weight > 0:
                chances = self._chances(i, chain, until)
                self._add_thresholds(chain, arrivals, state * weight, chances)
            now = until
        return state

    def _stops(self, i: int) -> Iterator[tuple[float, float | None]]:
        """Times within period i, each with its weight in the integral over arrival instants.

        No weight: those who arrive up to then meet no change of staff within the threshold.
        """
        changes = self._changes(i)
        end = self._ends[i]
        low = end - self._periods[i].length
        first = changes[0] - self._centre.within if changes else math.inf
        if first > low:
            yield min(first, end), None
        cuts = {low, end, *(change - self._centre.within for change in changes)}
        kinks = sorted(cut for cut in cuts if max(low, first) <= cut <= end)
        for a, b in pairwise(kinks):
            yield from self._gauss(a, b)

    def _changes(self, i: int) -> list[float]:
        """When staff changes after the start of period i."""
        rest = zip(self._ends[i:], pairwise(self._periods[i:]), strict=False)
        return [time for time, (one, next_one) in rest if one.agents != next_one.agents]

    def _gauss(self, low: float, high: float) -> Iterator[tuple[float, float]]:
        """Gauss points between low and high, in parts of a few events each; ends with `high`."""
        events = (
            self._centre.rate * max(period.agents for period in self._periods) + self._centre.theta
        )
        edges = np.linspace(low, high, math.ceil((high - low) * events / 4.0) + 1).tolist()
        for a, b in pairwise(edges):
            half = (b - a) / 2.0
            for point, weight in zip(_GAUSS_POINTS, _GAUSS_WEIGHTS, strict=True):
                yield float(a + half + half * point), float(half * weight)
        yield high, 0.0

    def _chances(self, i: int, chain: Chain, now: float) -> Floats:
        """Chances of one who arrives `now`: answered, or given up, within the threshold."""
        stages = []  # chain and time spent in it, from now to the threshold
        until = now + self._centre.within
        while i + 1 < len(self._periods) and self._ends[i] < until:
            stages.append((chain, self._ends[i] - now))
            now, i = self._ends[i], i + 1
            agents, space = self._periods[i].agents, chain.space
            chain = self._chain(Space(agents, max(space.top, agents), space.most))
        value = chain.backward(chances_at_end(chain.space), until - now)
        after = chain.space
        for earlier, time in reversed(stages):
            value = earlier.backward(chances_before_change(earlier.space, after, value), time)
            after = earlier.space
        return value

    def _add(self, chain: Chain, arrivals: Floats, spent: Floats) -> None:
        """Add what `spent`, the time in each state, brings about."""
        self.totals["arrivals"] += arrivals * spent.sum(axis=0)
        self.totals["blocked"] += arrivals * (chain.full @ spent)
        self.totals["abandoned"] += arrivals * (chain.balks @ spent)
        self.totals["abandoned_within"] += arrivals * (chain.balks @ spent)
        self.totals["busy_time"] += chain.busy @ spent
        self._add_waits(chain.waiting[:, None] * spent)

    def _add_waits(self, waits: Floats) -> None:
        self.totals["total_wait"] += waits.sum(axis=0)
        self.totals["abandoned"] += self._centre.theta * waits.sum(axis=0)

    def _add_thresholds(
        self, chain: Chain, arrivals: Floats, seen: Floats, chances: Floats
    ) -> None:
        """Add who is answered, or gives up, in time, of the arrivals who find the state `seen`."""
        joined = chain.joins[:, None] * seen
        self.totals["answered_within"] += arrivals * (chances[:, 0] @ joined)
        self.totals["abandoned_within"] += arrivals * (chances[:, 1] @ joined)
