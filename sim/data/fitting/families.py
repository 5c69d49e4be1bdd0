"""Families of times, as they are fitted and as the scenario language writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.special
from scipy.special import gammaincc

from sim.tables import Floats

Loglik = Callable[[Floats, Floats, np.ndarray], Floats]


@dataclass(frozen=True)
class Family:
    """One family.

    loglik: (theta, values, seen) -> log density where seen, log survival where only exceeded.
    start: (mean, cv) -> theta. mean, cv: of theta. text: (theta, duration) -> YAML.
    survival: (theta, values) -> share beyond.
    """

    name: str
    loglik: Loglik
    start: Callable[[float, float], Floats]
    mean: Callable[[Floats], float]
    cv: Callable[[Floats], float]
    survival: Callable[[Floats, Floats], Floats]
    text: Callable[[Floats, Callable[[float], str]], str]


def _exponential_loglik(theta: Floats, x: Floats, seen: np.ndarray) -> Floats:
    return -x * np.exp(-theta[0]) - np.where(seen, theta[0], 0.0)


def _gamma_loglik(theta: Floats, x: Floats, seen: np.ndarray) -> Floats:
    mean, cv = np.exp(np.clip(theta, -30, 30))
    shape, scale = 1 / cv**2, mean * cv**2
    density = (shape - 1) * np.log(x) - x / scale - shape * np.log(scale)
    density -= scipy.special.gammaln(shape)
    return density if seen.all() else np.where(seen, density, _log(gammaincc(shape, x / scale)))


def _lognormal_loglik(theta: Floats, x: Floats, seen: np.ndarray) -> Floats:
    mu, sigma = _mu_sigma(theta)
    z = (np.log(x) - mu) / sigma
    density = -0.5 * z * z - np.log(x * sigma) - 0.5 * np.log(2 * np.pi)
    return density if seen.all() else np.where(seen, density, scipy.special.log_ndtr(-z))


def _weibull_loglik(theta: Floats, x: Floats, seen: np.ndarray) -> Floats:
    log_scale, log_shape = np.clip(theta, -30, 30)
    logs = np.log(x) - log_scale
    power = np.exp(np.exp(log_shape) * logs)
    return np.where(seen, log_shape - log_scale + (np.exp(log_shape) - 1) * logs, 0.0) - power


def _log(x: Floats) -> Floats:
    return np.log(np.maximum(x, 1e-300))


def _mu_sigma(theta: Floats) -> tuple[float, float]:
    log_mean, log_cv = np.clip(theta, -30, 30)
    square = np.log1p(np.exp(2 * log_cv))
    return float(log_mean - square / 2), float(np.sqrt(square))


def _exponential(theta: Floats, x: Floats) -> Floats:
    return np.exp(-x * np.exp(-theta[0]))


def _gamma(theta: Floats, x: Floats) -> Floats:
    mean, cv = np.exp(np.clip(theta, -30, 30))
    return gammaincc(1 / cv**2, x / (mean * cv**2))


def _lognormal(theta: Floats, x: Floats) -> Floats:
    mu, sigma = _mu_sigma(theta)
    return scipy.special.ndtr((mu - np.log(x)) / sigma)


def _weibull(theta: Floats, x: Floats) -> Floats:
    return np.exp(-((x * np.exp(-theta[0])) ** np.exp(theta[1])))


def _weibull_mean(theta: Floats) -> float:
    return float(np.exp(theta[0]) * scipy.special.gamma(1 + np.exp(-theta[1])))


def _weibull_cv(theta: Floats) -> float:
    k = np.exp(-theta[1])
    ratio = scipy.special.gamma(1 + 2 * k) / scipy.special.gamma(1 + k) ** 2
    return float(np.sqrt(max(ratio - 1, 0)))


def _mean_cv_text(name: str) -> Callable[[Floats, Callable[[float], str]], str]:
    def found(theta: Floats, said: Callable[[float], str]) -> str:
        return f"{{{name}: {{mean: {said(np.exp(theta[0]))}, cv: {np.exp(theta[1]):.3g}}}}}"

    return found


def _first(theta: Floats) -> float:
    return float(np.exp(theta[0]))


def _second(theta: Floats) -> float:
    return float(np.exp(theta[1]))


def _start2(mean: float, cv: float) -> Floats:
    return np.log(np.array([mean, min(max(cv, 0.05), 5.0)]))


EXPONENTIAL = Family(
    "exponential",
    _exponential_loglik,
    lambda mean, _: np.log(np.array([mean])),
    _first,
    lambda _: 1.0,
    _exponential,
    lambda theta, said: f"{{exponential: {said(np.exp(theta[0]))}}}",
)
GAMMA = Family("gamma", _gamma_loglik, _start2, _first, _second, _gamma, _mean_cv_text("gamma"))
LOGNORMAL = Family(
    "lognormal", _lognormal_loglik, _start2, _first, _second, _lognormal, _mean_cv_text("lognormal")
)
WEIBULL = Family(
    "weibull",
    _weibull_loglik,
    lambda mean, cv: np.log(np.array([mean, 1.0 / min(max(cv, 0.3), 3.0)])),
    _weibull_mean,
    _weibull_cv,
    _weibull,
    lambda theta, said: (
        f"{{weibull: {{scale: {said(np.exp(theta[0]))}, shape: {np.exp(theta[1]):.3g}}}}}"
    ),
)


def mixture(name: str, long: Family, share: float, short: float) -> Family:
    """Exponential times beside another family: share, mean of these, and what the others have.

    Args:
        name: of the family.
        long: the other family.
        share, short: to begin with: how many, and their mean over that of all.
    """

    def parts(theta: Floats) -> tuple[float, float, Floats]:
        return float(scipy.special.expit(theta[0])), float(np.exp(theta[1])), theta[2:]

    def loglik(theta: Floats, x: Floats, seen: np.ndarray) -> Floats:
        return np.logaddexp(
            scipy.special.log_expit(theta[0]) + _exponential_loglik(theta[1:2], x, seen),
            scipy.special.log_expit(-theta[0]) + long.loglik(theta[2:], x, seen),
        )

    def survival(theta: Floats, x: Floats) -> Floats:
        part = parts(theta)[0]
        return part * _exponential(theta[1:2], x) + (1 - part) * long.survival(theta[2:], x)

    def mean(theta: Floats) -> float:
        part, low, rest = parts(theta)
        return part * low + (1 - part) * long.mean(rest)

    def cv(theta: Floats) -> float:
        part, low, rest = parts(theta)
        second = part * 2 * low**2 + (1 - part) * long.mean(rest) ** 2 * (1 + long.cv(rest) ** 2)
        return float(np.sqrt(second / mean(theta) ** 2 - 1))

    def text(theta: Floats, said: Callable[[float], str]) -> str:
        part, low, rest = parts(theta)
        percent = float(f"{100 * part:.3g}")
        return (
            f"{{mixture: [[{percent:.3g} %, {{exponential: {said(low)}}}], "
            f"[{100 - percent:.6g} %, {long.text(rest, said)}]]}}"
        )

    first = float(scipy.special.logit(share))
    return Family(
        name,
        loglik,
        lambda all_, spread: np.array([first, np.log(all_ * short), *long.start(all_, spread)]),
        mean,
        cv,
        survival,
        text,
    )


MIXTURE = mixture("mixture with a short spike", LOGNORMAL, 0.08, 0.05)
TWO_KINDS = mixture("mixture of the hasty and the patient", EXPONENTIAL, 0.25, 0.25)


def empirical(points: Floats) -> Family:
    """The data's own quantiles, each as likely as the others; theta is the logarithm of a scale."""
    ordered = np.sort(points)

    def survival(theta: Floats, x: Floats) -> Floats:
        passed = np.searchsorted(ordered, np.asarray(x) * np.exp(-theta[0]), side="right")
        return np.asarray(1 - passed / len(ordered), np.float64)

    def text(theta: Floats, said: Callable[[float], str]) -> str:
        return f"{{empirical: [{', '.join(said(one) for one in ordered * np.exp(theta[0]))}]}}"

    return Family(
        "empirical",
        lambda _, x, __: np.full(len(x), np.nan),
        lambda _, __: np.zeros(1),
        lambda theta: float(ordered.mean() * np.exp(theta[0])),
        lambda _: float(ordered.std() / ordered.mean()),
        survival,
        text,
    )


HANDLE = (EXPONENTIAL, GAMMA, LOGNORMAL, WEIBULL, MIXTURE)
PATIENCE = (EXPONENTIAL, WEIBULL, LOGNORMAL, GAMMA, TWO_KINDS)
