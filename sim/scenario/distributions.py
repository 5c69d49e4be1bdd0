"""The distributions a scenario can name, as data. Sampling lives in `sim.draws`.

Durations are seconds, amounts plain numbers; `cv` is the standard deviation over the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Constant:
    """Always the same value."""

    value: float


@dataclass(frozen=True)
class Exponential:
    """Exponential."""

    mean: float


@dataclass(frozen=True)
class Lognormal:
    """Lognormal, by the mean and cv of the value itself (not of its logarithm)."""

    mean: float
    cv: float


@dataclass(frozen=True)
class Gamma:
    """Gamma; its shape is 1 / cv²."""

    mean: float
    cv: float


@dataclass(frozen=True)
class Weibull:
    """Weibull: P(X > x) = exp(-(x / scale)^shape)."""

    scale: float
    shape: float


@dataclass(frozen=True)
class Uniform:
    """Evenly between two values."""

    low: float
    high: float


@dataclass(frozen=True)
class Erlang:
    """The sum of k equal exponential stages."""

    mean: float
    k: int


@dataclass(frozen=True)
class Mixture:
    """One of several distributions, each with its share; shares add up to one."""

    parts: tuple[tuple[float, Distribution], ...]


@dataclass(frozen=True)
class Empirical:
    """One of the given values, each as likely as the others."""

    values: tuple[float, ...]


@dataclass(frozen=True)
class Scipy:
    """A continuous distribution of scipy.stats, with its parameters by name, sorted."""

    name: str
    parameters: tuple[tuple[str, float], ...]

    def frozen(self) -> Any:
        """The distribution as scipy's own object."""
        import scipy.stats

        return getattr(scipy.stats, self.name)(**dict(self.parameters))


@dataclass(frozen=True)
class Never:
    """It never happens: an infinite time."""


Distribution: TypeAlias = (
    Constant
    | Exponential
    | Lognormal
    | Gamma
    | Weibull
    | Uniform
    | Erlang
    | Mixture
    | Empirical
    | Scipy
    | Never
)

CLASSES = (
    *(Constant, Exponential, Lognormal, Gamma, Weibull, Uniform, Erlang),
    *(Mixture, Empirical, Scipy, Never),
)


def mean_of(dist: Distribution) -> float:  # noqa: PLR0911 - one line for each
    """The mean; infinite for `never` and where the distribution has none."""
    match dist:
        case Constant(value):
            return value
        case Exponential(mean) | Lognormal(mean, _) | Gamma(mean, _) | Erlang(mean, _):
            return mean
        case Weibull(scale, shape):
            return scale * math.gamma(1 + 1 / shape)
        case Uniform(low, high):
            return (low + high) / 2
        case Mixture(parts):
            return math.fsum(share * mean_of(part) for share, part in parts if share > 0)
        case Empirical(values):
            return math.fsum(values) / len(values)
        case Scipy():
            return float(dist.frozen().mean())
        case Never():
            return math.inf
