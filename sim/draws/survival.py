"""How much of a distribution lies above a value."""

from __future__ import annotations

from math import log1p, sqrt

import numpy as np
from scipy.special import gammaincc, ndtr

from sim.scenario.distributions import (
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Never,
    Scipy,
    Uniform,
    Weibull,
)
from sim.tables import Floats


def survival(dist: Distribution, x: Floats) -> Floats:  # noqa: PLR0911 (one a family)
    """P(X > x), element by element, for x >= 0."""
    match dist:
        case Constant(value):
            return np.where(x < value, 1.0, 0.0)
        case Never():
            return np.ones_like(x)
        case Exponential(mean):
            return np.exp(-x / mean)
        case Lognormal(mean, cv):
            return _lognormal(mean, cv, x)
        case Gamma(mean, cv):
            return _gamma(mean, 1.0 / (cv * cv) if cv > 0 else np.inf, x)
        case Erlang(mean, k):
            return _gamma(mean, float(k), x)
        case Weibull(scale, shape):
            return np.exp(-np.power(x / scale, shape))
        case Uniform(low, high):
            return np.clip((high - x) / (high - low), 0.0, 1.0) if high > low else _above(low, x)
        case Empirical(values):
            ordered = np.sort(np.asarray(values))
            return 1.0 - np.searchsorted(ordered, x, side="right") / len(ordered)
        case Mixture(parts):
            total = sum(share * survival(part, x) for share, part in parts)
            return np.asarray(total, dtype=np.float64)
        case Scipy():
            return np.asarray(dist.frozen().sf(x), dtype=np.float64)
    raise TypeError(f"no survival function for {dist!r}")


def _above(value: float, x: Floats) -> Floats:
    return np.where(x < value, 1.0, 0.0)


def _lognormal(mean: float, cv: float, x: Floats) -> Floats:
    variance = log1p(cv * cv)
    if variance == 0:
        return _above(mean, x)
    with np.errstate(divide="ignore"):
        standard = (np.log(x / mean) + variance / 2) / sqrt(variance)
    return np.asarray(1.0 - ndtr(standard))


def _gamma(mean: float, shape: float, x: Floats) -> Floats:
    return _above(mean, x) if np.isinf(shape) else np.asarray(gammaincc(shape, x * shape / mean))
