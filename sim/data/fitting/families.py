"""Families of times, as they are fitted; what they are, the scenario language says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special

from sim.scenario.distributions import (
    IN_UNITS,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Weibull,
)
from sim.scenario.numbers import plain_number
from sim.scenario.write import flow_text
from sim.tables import Floats

LONGER, SEEN, SHORTER = 0, 1, 2
"""What is known of a time: it was longer than so, it was seen, or it was over before, unseen."""

Said = Callable[[float], str]


@dataclass(frozen=True)
class Family:
    """One family.

    of: theta -> distribution. density: (theta, values) -> logarithm. start: (mean, cv) -> theta.
    cv: of theta.
    """

    name: str
    of: Callable[[Floats], Distribution]
    density: Callable[[Floats, Floats], Floats]
    start: Callable[[float, float], Floats]
    cv: Callable[[Floats], float]

    def mean(self, theta: Floats) -> float:
        """Of theta."""
        try:
            return float(self.of(theta).expectation())
        except OverflowError:
            return np.inf

    def survival(self, theta: Floats, values: Floats) -> Floats:
        """Share beyond each value."""
        return self.of(theta).survival(np.asarray(values))

    def loglik(self, theta: Floats, values: Floats, event: np.ndarray) -> Floats:
        """Log-likelihood of times, of each of which is known what `event` says."""
        found = self.density(theta, values)
        if (event != SEEN).any():
            longer = self.survival(theta, values)
            unseen = np.log(np.maximum(np.where(event == SHORTER, 1 - longer, longer), 1e-300))
            found = np.where(event == SEEN, found, unseen)
        return found

    def text(self, theta: Floats, said: Said) -> str:
        """As the scenario language writes it, times by `said`."""
        return flow_text(_written(self.of(theta), said))


def _written(one: Distribution, said: Said) -> dict[str, Any]:
    """In the words of a file, rounded."""
    if isinstance(one, Exponential):
        return {one.name: said(one.mean)}
    if isinstance(one, Empirical):
        return {one.name: [said(value) for value in one.values]}
    if isinstance(one, Mixture):
        (share, short), (_, long) = one.parts
        percent = float(f"{100 * share:.3g}")
        parts = [[f"{percent:.3g} %", short], [f"{100 - percent:.6g} %", long]]
        return {one.name: [[share, _written(part, said)] for share, part in parts]}
    fields = vars(one).items()
    short = {name: plain_number(float(f"{value:.3g}")) for name, value in fields}
    return {one.name: {name: said(v) if name in IN_UNITS else short[name] for name, v in fields}}


def _exponential(theta: Floats, x: Floats) -> Floats:
    return -x * np.exp(-theta[0]) - theta[0]


def _gamma(theta: Floats, x: Floats) -> Floats:
    mean, cv = np.exp(np.clip(theta, -30, 30))
    shape, scale = 1 / cv**2, mean * cv**2
    scaled = (shape - 1) * np.log(x) - x / scale - shape * np.log(scale)
    return np.asarray(scaled - scipy.special.gammaln(shape))


def _lognormal(theta: Floats, x: Floats) -> Floats:
    mu, sigma = _mu_sigma(theta)
    z = (np.log(x) - mu) / sigma
    return -0.5 * z * z - np.log(x * sigma) - 0.5 * np.log(2 * np.pi)


def _weibull(theta: Floats, x: Floats) -> Floats:
    log_scale, log_shape = np.clip(theta, -30, 30)
    logs = np.log(x) - log_scale
    power = np.exp(np.exp(log_shape) * logs)
    return log_shape - log_scale + (np.exp(log_shape) - 1) * logs - power


def _mu_sigma(theta: Floats) -> tuple[float, float]:
    log_mean, log_cv = np.clip(theta, -30, 30)
    square = np.log1p(np.exp(2 * log_cv))
    return float(log_mean - square / 2), float(np.sqrt(square))


def _weibull_cv(theta: Floats) -> float:
    k = np.exp(-theta[1])
    ratio = scipy.special.gamma(1 + 2 * k) / scipy.special.gamma(1 + k) ** 2
    return float(np.sqrt(max(ratio - 1, 0)))


def _second(theta: Floats) -> float:
    return float(np.exp(theta[1]))


def _start2(mean: float, cv: float) -> Floats:
    return np.log(np.array([mean, min(max(cv, 0.05), 5.0)]))


def _exp(theta: Floats) -> list[float]:
    return np.exp(np.clip(theta, -30, 30)).tolist()


EXPONENTIAL = Family(
    "exponential",
    lambda theta: Exponential(*_exp(theta)),
    _exponential,
    lambda mean, _: np.log(np.array([mean])),
    lambda _: 1.0,
)
GAMMA = Family("gamma", lambda theta: Gamma(*_exp(theta)), _gamma, _start2, _second)
LOGNORMAL = Family("lognormal", lambda theta: Lognormal(*_exp(theta)), _lognormal, _start2, _second)
WEIBULL = Family(
    "weibull",
    lambda theta: Weibull(*_exp(theta)),
    _weibull,
    lambda mean, cv: np.log(np.array([mean, 1.0 / min(max(cv, 0.3), 3.0)])),
    _weibull_cv,
)


def mixture(name: str, long: Family, share: float, short: float) -> Family:
    """Exponential times beside another family: share, mean of these, and what the others have.

    Args:
        name: of the family.
        long: the other family.
        share, short: to begin with: how many, and their mean over that of all.
    """

    def of(theta: Floats) -> Mixture:
        part = float(scipy.special.expit(theta[0]))
        return Mixture(((part, EXPONENTIAL.of(theta[1:2])), (1 - part, long.of(theta[2:]))))

    def density(theta: Floats, x: Floats) -> Floats:
        return np.logaddexp(
            scipy.special.log_expit(theta[0]) + _exponential(theta[1:2], x),
            scipy.special.log_expit(-theta[0]) + long.density(theta[2:], x),
        )

    def cv(theta: Floats) -> float:
        (part, low), (rest, high) = ((one, it.expectation()) for one, it in of(theta).parts)
        second = part * 2 * low**2 + rest * high**2 * (1 + long.cv(theta[2:]) ** 2)
        return float(np.sqrt(second / (part * low + rest * high) ** 2 - 1))

    first = float(scipy.special.logit(share))
    return Family(
        name,
        of,
        density,
        lambda all_, spread: np.array([first, np.log(all_ * short), *long.start(all_, spread)]),
        cv,
    )


MIXTURE = mixture("mixture with a short spike", LOGNORMAL, 0.08, 0.05)
TWO_KINDS = mixture("mixture of the hasty and the patient", EXPONENTIAL, 0.25, 0.25)


def empirical(points: Floats) -> Family:
    """The data's own quantiles, each as likely as the others; theta is the logarithm of a scale."""
    ordered = np.sort(points)
    return Family(
        "empirical",
        lambda theta: Empirical(tuple((ordered * np.exp(theta[0])).tolist())),
        lambda _, x: np.full(len(x), np.nan),
        lambda _, __: np.zeros(1),
        lambda _: float(ordered.std() / ordered.mean()),
    )


HANDLE = (EXPONENTIAL, GAMMA, LOGNORMAL, WEIBULL, MIXTURE)
PATIENCE = (EXPONENTIAL, WEIBULL, LOGNORMAL, GAMMA, TWO_KINDS)
