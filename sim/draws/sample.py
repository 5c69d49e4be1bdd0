"""Samples of a distribution: the i-th value depends on the stream and i, never on how many."""

from __future__ import annotations

from collections.abc import Callable
from math import log1p, sqrt

import numpy as np

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

Stream = Callable[..., np.random.Generator]
"""Gives the generator of a purpose; extra arguments name a part of it."""


def sample(dist: Distribution, stream: Stream, n: int) -> Floats:  # noqa: PLR0911 (one a family)
    """The first `n` values of `dist` from `stream`.

    Distributions of one family share their standard variates: a customer who is slow when the
    mean is 3 minutes is as slow, in proportion, when it is 5.
    """
    match dist:
        case Constant(value):
            return np.full(n, float(value))
        case Never():
            return np.full(n, np.inf)
        case Exponential(mean):
            return stream().standard_exponential(n) * mean
        case Lognormal(mean, cv):
            return _lognormal(stream(), mean, cv, n)
        case Gamma(mean, cv):
            shape = 1.0 / (cv * cv) if cv > 0 else np.inf
            return _gamma(stream(), mean, shape, n)
        case Erlang(mean, k):
            return _gamma(stream(), mean, float(k), n)
        case Weibull(scale, shape):
            return np.power(stream().standard_exponential(n), 1.0 / shape) * scale
        case Uniform(low, high):
            return low + stream().random(n) * (high - low)
        case Empirical(values):
            return np.asarray(values)[(stream().random(n) * len(values)).astype(np.int64)]
        case Mixture(parts):
            return _mixture(parts, stream, n)
        case Scipy():
            return np.asarray(dist.frozen().ppf(stream().random(n)), dtype=np.float64)
    raise TypeError(f"no sampler for {dist!r}")


def _lognormal(generator: np.random.Generator, mean: float, cv: float, n: int) -> Floats:
    variance = log1p(cv * cv)
    values: Floats = np.exp(generator.standard_normal(n) * sqrt(variance) - variance / 2) * mean
    return values


def _gamma(generator: np.random.Generator, mean: float, shape: float, n: int) -> Floats:
    if np.isinf(shape):
        return np.full(n, mean)
    return generator.standard_gamma(shape, n) * (mean / shape)


def _mixture(parts: tuple[tuple[float, Distribution], ...], stream: Stream, n: int) -> Floats:
    borders = np.cumsum([weight for weight, _ in parts])[:-1]
    which = np.searchsorted(borders, stream("part").random(n), side="right")
    values = np.empty(n)
    for i, (_, part) in enumerate(parts):
        chosen = which == i
        values[chosen] = sample(part, lambda *more, i=i: stream("part", i, *more), n)[chosen]
    return values
