"""The survival function says of every family what its samples say."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws.sample import sample
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
    Pert,
    Plus,
    Scipy,
    Triangular,
    Uniform,
    Weibull,
    scaled,
)

N = 40_000

FAMILIES = [
    Constant(30.0),
    Never(),
    Exponential(76.0),
    Lognormal(60.0, 0.8),
    Lognormal(60.0, 0.0),
    Gamma(50.0, 0.5),
    Gamma(50.0, 0.0),
    Erlang(40.0, 3),
    Weibull(60.0, 0.7),
    Uniform(10.0, 90.0),
    Uniform(20.0, 20.0),
    Empirical((5.0, 20.0, 20.0, 70.0)),
    Mixture(((0.3, Exponential(8.0)), (0.7, Uniform(0.0, 200.0)))),
    Triangular(10.0, 30.0, 90.0),
    Triangular(20.0, 20.0, 60.0),
    Pert(10.0, 30.0, 90.0),
    Pert(20.0, 20.0, 20.0),
    Plus(20.0, Exponential(30.0)),
    Plus(20.0, Mixture(((0.5, Constant(0.0)), (0.5, Exponential(10.0))))),
    Scipy("burr12", (("c", 2.0), ("d", 1.5), ("scale", 60.0))),
]
FAMILIES += [scaled(dist, 1.5) for dist in FAMILIES]


@pytest.mark.parametrize("dist", FAMILIES, ids=str)
def test_it_is_the_share_of_samples_above(dist: Distribution) -> None:
    """At 8 values each, 40 of them: a bound of 5.5 standard errors errs once in 75,000."""

    def stream(*more: object) -> np.random.Generator:
        return np.random.default_rng([7, *map(ord, "".join(map(str, more)))])

    values = sample(dist, stream, N)
    x = np.array([0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 100.0, 300.0])
    found = (values[:, None] > x).mean(axis=0)
    told = dist.survival(x)
    error = 5.5 * np.sqrt(told * (1 - told) / N) + 1e-12
    assert (np.abs(found - told) <= error).all()


@pytest.mark.parametrize("dist", FAMILIES, ids=str)
def test_times_half_as_long_again_are_those_times(dist: Distribution) -> None:
    x = np.array([0.0, 5.0, 20.0, 60.0, 300.0])
    longer = scaled(dist, 1.5)
    assert longer.survival(1.5 * x) == pytest.approx(dist.survival(x), abs=1e-9)
    assert longer.expectation() == pytest.approx(1.5 * dist.expectation())
