"""M/M/n+G: one pool, exponential service, patience of any distribution, steady state, exact.

An arriving customer would wait V until an agent is free, the *offered* wait, and leaves when it
reaches the patience R. With Gbar(x) = P(R > x) and H its integral from 0 to x, customers who find j
waiting and an offered wait of about x appear in proportion to

    exp(-n * mu * x) * (lambda * H(x))^j / j!,

whatever the waiting room K; those with j < K are admitted. Sums over j are Poisson distribution
functions, integrals over x are one-dimensional with a log-concave integrand.

Sources: Baccelli & Hebuterne (1981), On queues with impatient customers; Zeltyn & Mandelbaum
(2005), Call centers with impatient customers, QUESTA 51 (the integrals J, J1, J_H); Brandt &
Brandt (1999), On the M(n)/M(n)/s queue with impatient calls, Performance Evaluation 35 (finite
room and the number waiting).
"""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.special import gammaincc, gammaln, xlogy

from sim.theory.checks import positive, room, share, whole
from sim.theory.erlang import erlang_b, log_lower_states
from sim.theory.quadrature import Cumulative, Floats, Function, panels
from sim.theory.steady import SteadyState

_NEGLIGIBLE = -50.0  # a density below exp(-50) of its peak is left out
_FRACTIONS = 200  # of the continued fraction; 36 standard deviations out, far fewer do


class HasSurvival(Protocol):
    """A distribution as scipy freezes it, for example `scipy.stats.lognorm(s=1)`."""

    def sf(self, x: Floats, /) -> Floats:
        """P(R > x), element by element."""
        ...


Patience = Function | HasSurvival
"""P(R > x) as a function of an array of x >= 0, or a frozen scipy distribution.

A value below 1 at x = 0 is an atom: customers who do not wait at all (they balk).
"""


def mixture(parts: Sequence[tuple[float, Patience]]) -> Function:
    """Survival function of a patience drawn from `parts`, pairs of weight and patience.

    Weights may sum to less than one: the rest balk. Raises ValueError if a weight is not a share or
    the sum is above one.
    """
    weights = [share("weight", weight) for weight, _ in parts]
    if sum(weights) > 1 + 1e-12:
        raise ValueError(f"weights must not sum to more than 1, got {sum(weights)}")
    functions = [_survival(patience) for _, patience in parts]

    def survival(x: Floats) -> Floats:
        total = np.zeros_like(x)
        for weight, function in zip(weights, functions, strict=True):
            total += weight * function(x)
        return total

    return survival


def erlang_g(
    arrival_rate: float,
    mean_service: float,
    agents: int,
    patience: Patience,
    waiting_room: float = math.inf,
) -> SteadyState:
    """M/M/n/n+K+G: patience of any distribution, room for `waiting_room` (K) waiting customers.

    Any one unit of time. A customer who finds the room full is blocked, whatever the patience; one
    with patience 0 who finds all agents busy gives up with a wait of 0. Raises ValueError if a
    quantity is not positive, `patience` is no survival function, or the queue is unstable.

    Source: see the module; exact, also for a finite room.
    """
    whole("agents", agents, at_least=1)
    positive("arrival_rate", arrival_rate)
    service = agents / positive("mean_service", mean_service)
    if room(waiting_room) == 0:
        return erlang_b(arrival_rate, mean_service, agents)
    busy = _Busy(arrival_rate, service, _survival(patience), waiting_room)
    lower = np.logaddexp(log_lower_states(arrival_rate * mean_service, agents - 1), 0.0)
    return _assemble(busy, float(lower), arrival_rate, service)


class _Busy:
    """What arriving customers meet when all agents are busy, as densities of the offered wait.

    Densities are relative to P(n - 1 present) * lambda * exp(`log_scale`), which makes them about
    one at their peak.
    """

    def __init__(self, arrival: float, service: float, gbar: Function, places: float) -> None:
        self._arrival, self._service, self._places = arrival, service, places
        self.gbar = gbar
        self.h = self._integrated_survival()
        peak = self._peak()
        self.log_scale = self._log_density(np.array([peak]), places).item()
        around = np.union1d(_crowded(peak, self.h.edges[-1]), self.h.edges)
        # panels fine enough for all integrals: the jumps of gbar and the peak are where it bends
        self.answered = Cumulative(lambda x: gbar(x) * self.admitted(x), around)
        self.offered = Cumulative(self.admitted, self.answered.edges)

    def admitted(self, x: Floats) -> Floats:
        """Density of the customers who find fewer than K waiting."""
        return np.exp(self._log_density(x, self._places - 1) - self.log_scale)

    def blocked(self, x: Floats) -> Floats:
        """Density of the customers who find K waiting."""
        if self._places == math.inf:
            return np.zeros_like(x)
        log_term = xlogy(self._places, self._arrival * self.h(x)) - gammaln(self._places + 1)
        density: Floats = np.exp(log_term - self._service * x - self.log_scale)
        return density

    def pairs(self, x: Floats) -> Floats:
        """Density times E[j (j - 1)] of the number j waiting, the room full included."""
        if self._places == 1:
            return np.zeros_like(x)
        y = self._arrival * self.h(x)
        return y**2 * np.exp(self._log_density(x, self._places - 2) - self.log_scale)

    def integral(self, f: Function) -> float:
        """Integral of f, which has no bends but those of the densities."""
        return float(panels(f, self.offered.edges).sum())

    def _log_density(self, x: Floats, most: float) -> Floats:
        """Log of exp(-n*mu*x) times the sum over j <= most of (lambda*H)^j / j!."""
        return _log_exponential_sum(most, self._arrival * self.h(x)) - self._service * x

    def _integrated_survival(self) -> Cumulative:
        """H, from 0 to where the density has vanished."""
        end = 1.0 / self._service
        highest = 0.0
        for _ in range(60):
            self.h = Cumulative(self.gbar, _crowded(0.0, end))
            last = self._log_density(np.array([end]), self._places).item()
            if last < highest + _NEGLIGIBLE:
                return self.h
            highest, end = max(highest, last), 2.0 * end
        raise ValueError("unstable: too few agents for the customers who never give up")

    def _peak(self) -> float:
        """Where the density, whose logarithm is concave, is highest: by zooming in."""
        low, high = 0.0, float(self.h.edges[-1])
        for _ in range(12):
            x = np.linspace(low, high, 65)
            i = int(np.argmax(self._log_density(x, self._places)))
            low, high = float(x[max(i - 1, 0)]), float(x[min(i + 1, 64)])
        return (low + high) / 2.0


def _assemble(busy: _Busy, lower: float, arrival: float, service: float) -> SteadyState:
    """The measures; `lower`: log of P(fewer than n present) / P(n - 1 present)."""
    mass = busy.offered.total
    admitted, blocked, pairs = (
        math.log(arrival) + busy.log_scale + (math.log(part) if part > 0 else -math.inf)
        for part in (mass, busy.integral(busy.blocked), busy.integral(busy.pairs))
    )
    total = np.logaddexp(lower, np.logaddexp(admitted, blocked))
    p_block = math.exp(blocked - total)
    p_wait = math.exp(admitted - np.logaddexp(lower, admitted))
    given_up = busy.integral(lambda x: (1.0 - busy.gbar(x)) * busy.admitted(x))
    waited = busy.integral(lambda x: busy.h(x) * busy.admitted(x))
    waited_answered = busy.integral(lambda x: x * busy.gbar(x) * busy.admitted(x))
    p_abandon = p_wait * given_up / mass
    mean_wait = p_wait * waited / mass
    mean_queue = arrival * (1.0 - p_block) * mean_wait

    def within(t: float) -> tuple[float, float]:
        at = np.array([min(t, float(busy.h.edges[-1]))])
        answered = busy.answered(at).item() / mass
        over = 1.0 - busy.gbar(at).item() * (1.0 - busy.offered(at).item() / mass)
        return 1.0 - p_wait + p_wait * answered, p_wait * max(over - answered, 0.0)

    return SteadyState(
        p_block=p_block,
        p_wait=p_wait,
        p_abandon=p_abandon,
        asa=p_wait * waited_answered / mass / (1.0 - p_abandon),
        mean_wait=mean_wait,
        mean_wait_abandoned=(waited - waited_answered) / given_up if given_up > 0 else math.nan,
        mean_queue=mean_queue,
        var_queue=math.exp(pairs - total) + mean_queue - mean_queue**2,
        occupancy=arrival * (1.0 - p_block) * (1.0 - p_abandon) / service,
        within=within,
    )


def _survival(patience: Patience) -> Function:
    """The survival function, checked wherever it is evaluated."""
    raw = patience if callable(patience) else patience.sf

    def survival(x: Floats) -> Floats:
        values = np.asarray(raw(x), dtype=float)
        if values.shape != x.shape or not ((values >= 0) & (values <= 1)).all():
            raise ValueError("patience must give P(R > x) in [0, 1] for each x of an array")
        return values

    return survival


def _crowded(centre: float, end: float) -> Floats:
    """Edges from 0 to `end` that halve their distance towards `centre`."""
    steps = end * 0.5 ** np.arange(1, 50)
    edges = np.concatenate(([0.0, centre, end], centre + steps, centre - steps))
    return np.unique(edges[(edges >= 0.0) & (edges <= end)])


def _log_exponential_sum(most: float, y: Floats) -> Floats:
    """Log of the sum over j <= most of y^j / j!."""
    if most == math.inf:
        return y
    tail = np.asarray(gammaincc(most + 1, y))
    far = tail < 1e-280
    logs: Floats = y + np.log(tail, where=~far, out=np.zeros_like(y))
    logs[far] += _log_far_tail(most, y[far])
    return logs


def _log_far_tail(most: float, y: Floats) -> Floats:
    """Log of P(Poisson(y) <= most) for y far above `most`, by a continued fraction.

    Source: Press et al., Numerical Recipes, 3rd ed. (2007), equation 6.2.7.
    """
    a = most + 1.0
    fraction = np.zeros_like(y)
    for i in range(_FRACTIONS, 0, -1):
        fraction = i * (a - i) / (y + 2.0 * i + 1.0 - a + fraction)
    far_tail: Floats = a * np.log(y) - y - gammaln(a) - np.log(y + 1.0 - a + fraction)
    return far_tail
