"""Samples of a distribution: the i-th value depends on the stream and i, never on how many.

A family of distributions is one kind of *standard variate* (`standard`), which each member gives
its own scale and shape (`shape`): a customer who is slow when the mean is 3 minutes is as slow, in
proportion, when it is 5.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from math import log1p, sqrt
from typing import Any

import numpy as np

from sim.draws.streams import Stream
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

Family = tuple[str, float]
"""Which standard variates: the name of numpy's generator method, and its shape (0: none)."""

UNIFORM: Family = ("random", 0.0)


def sample(dist: Distribution, stream: Stream, n: int) -> Floats:
    """The first `n` values of `dist` from `stream`."""
    values = np.empty(n)
    if isinstance(dist, Mixture):
        return _mixture(dist, stream, n)
    if (kind := family(dist)) is not None:
        standard(kind, stream(), values)
    shape(dist, values, values)
    return values


def family(dist: Distribution) -> Family | None:
    """What a distribution is made of; None if of no chance, or of several (mixtures)."""
    match dist:
        case Exponential() | Weibull():
            return ("standard_exponential", 0.0)
        case Lognormal():
            return ("standard_normal", 0.0)
        case Gamma(_, cv):
            return ("standard_gamma", 1.0 / (cv * cv)) if cv > 0 else None
        case Erlang(_, k):
            return ("standard_gamma", float(k))
        case Uniform() | Empirical() | Scipy():
            return UNIFORM
    return None


def standard(kind: Family, generator: np.random.Generator, out: Floats) -> None:
    """Fill `out` with standard variates."""
    name, parameter = kind
    method: Callable[..., Any] = getattr(generator, name)
    if parameter:
        method(parameter, out=out)
    else:
        method(out=out)


def shape(dist: Distribution, variates: Floats, out: Floats) -> None:
    """Make values of `dist` from standard variates of its family; `out` may be the same array."""
    match dist:
        case Constant(value) | Gamma(value, 0):
            out.fill(value)
        case Never():
            out.fill(np.inf)
        case Exponential(mean):
            np.multiply(variates, mean, out=out)
        case Lognormal(mean, cv):
            variance = log1p(cv * cv)
            np.multiply(variates, sqrt(variance), out=out)
            np.subtract(out, variance / 2, out=out)
            np.exp(out, out=out)
            np.multiply(out, mean, out=out)
        case Gamma(mean, cv):
            np.multiply(variates, mean * cv * cv, out=out)
        case Erlang(mean, k):
            np.multiply(variates, mean / k, out=out)
        case Weibull(scale, exponent):
            np.power(variates, 1.0 / exponent, out=out)
            np.multiply(out, scale, out=out)
        case Uniform(low, high):
            np.multiply(variates, high - low, out=out)
            np.add(out, low, out=out)
        case Empirical(values):
            np.take(_listed(dist), (variates * len(values)).astype(np.int64), out=out)
        case Scipy():
            out[:] = _frozen(dist).ppf(variates)
        case _:
            raise TypeError(f"no sampler for {dist!r}")


@cache
def _listed(dist: Empirical) -> Floats:
    return np.array(dist.values, dtype=np.float64)


@cache
def _frozen(dist: Scipy) -> Any:
    return dist.frozen()


def _mixture(dist: Mixture, stream: Stream, n: int) -> Floats:
    borders = np.cumsum([weight for weight, _ in dist.parts])[:-1]
    which = np.searchsorted(borders, stream("part").random(n), side="right")
    values = np.empty(n)
    for i, (_, part) in enumerate(dist.parts):
        chosen = which == i
        values[chosen] = sample(part, partial(stream, "part", i), n)[chosen]
    return values
