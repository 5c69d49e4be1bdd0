"""How long people need for harder and easier matters, and whether they settle them: a copula.

The copula is Gaussian. Each customer has a difficulty u, uniform in [0, 1). With correlation r, the
handle time is the quantile of its distribution at Phi(r Phi^-1(u) + sqrt(1 - r^2) z), z standard
normal of its own. All handle times together have the distribution that the scenario says. So has
the luck of an answer, which settles the matter if it is less than the chance: what is easy first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from sim.scenario.distributions import Distribution, Empirical, Lognormal, Scipy, Variates
from sim.tables import Floats

NORMAL: Variates = ("standard_normal", 0.0)

HALVINGS = 60
"""Steps by which a quantile is sought that has no formula."""


@dataclass(frozen=True)
class Harder:
    """A handle time that depends on the customer's difficulty."""

    of: Distribution
    correlation: float

    def variates(self) -> Variates:
        """Made of normal variates, whatever the family."""
        return NORMAL

    def times(self, own: Floats, difficulty: Floats) -> Floats:
        """Handle times.

        Args:
            own: standard normal variates, one a contact.
            difficulty: of its customer, in [0, 1).
        """
        from scipy.special import ndtr, ndtri

        r = self.correlation
        u = np.clip(difficulty, 1e-12, 1 - 1e-12)
        normal = r * ndtri(u) + sqrt(1 - r * r) * own
        if isinstance(self.of, Lognormal):
            out = np.empty(len(normal))
            self.of.fill(normal, out)
            return out
        return quantile(self.of, np.clip(ndtr(normal), 1e-12, 1 - 1e-12))


def quantile(of: Distribution, p: Floats) -> Floats:
    """The quantiles of a distribution at p, in (0, 1), element by element."""
    from scipy.special import gammaincinv, ndtri

    out = np.empty(len(p))
    kind = of.variates()
    match kind:
        case _ if isinstance(of, Scipy):
            return np.asarray(of.frozen().ppf(p))
        case _ if isinstance(of, Empirical) or kind is None:
            return _sought(of, p)
        case ("random", _):
            of.fill(p, out)
        case ("standard_normal", _):
            of.fill(np.asarray(ndtri(p), dtype=np.float64), out)
        case ("standard_exponential", _):
            of.fill(np.asarray(-np.log1p(-p), dtype=np.float64), out)
        case ("standard_gamma", shape):
            of.fill(np.asarray(gammaincinv(shape, p), dtype=np.float64), out)
        case _:
            return _sought(of, p)
    return out


def _sought(of: Distribution, p: Floats) -> Floats:
    """The least x with P(X > x) <= 1 - p, by halving."""
    if of.survival(np.zeros(1))[0] == 0.0:
        return np.zeros(len(p))
    high = 1.0
    while of.survival(np.array([high]))[0] > 1e-12 and high < 1e9:
        high *= 2
    low, top = np.zeros(len(p)), np.full(len(p), high)
    for _ in range(HALVINGS):
        middle = (low + top) / 2
        above = of.survival(middle) > 1 - p
        low, top = np.where(above, middle, low), np.where(above, top, middle)
    return top
