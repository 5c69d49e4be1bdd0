"""Distributions: every form a file may use, and the mean it has."""

from __future__ import annotations

import math

import pytest

from sim.scenario.distributions import (
    Constant,
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
    read_distribution,
)
from sim.scenario.faults import Wrong
from sim.scenario.numbers import parse_amount, parse_duration


@pytest.mark.parametrize(
    ("said", "dist"),
    [
        ("76 s", Constant(76)),
        ({"constant": "76 s"}, Constant(76)),
        ({"exponential": "76 s"}, Exponential(76)),
        ({"exponential": {"mean": "76 s"}}, Exponential(76)),
        ({"lognormal": {"mean": "8 min", "cv": 0.7}}, Lognormal(480, 0.7)),
        # The mean of a lognormal is its median times sqrt(1 + cv²) = sqrt(2) for cv = 1.
        ({"lognormal": {"median": "60 s", "cv": 1}}, Lognormal(60 * math.sqrt(2), 1)),
        ({"gamma": {"mean": "60 s", "cv": "50 %"}}, Gamma(60, 0.5)),
        # cv = 1 / sqrt(shape)
        ({"gamma": {"mean": "60 s", "shape": 4}}, Gamma(60, 0.5)),
        ({"gamma": {"shape": 4, "scale": "15 s"}}, Gamma(60, 0.5)),
        ({"weibull": {"scale": "60 s", "shape": 2}}, Weibull(60, 2)),
        # Shape 1 is the exponential, whose mean is its scale and whose cv is 1.
        ({"weibull": {"mean": "60 s", "shape": 1}}, Weibull(60, 1)),
        ({"uniform": ["3 min", "7 min"]}, Uniform(180, 420)),
        ({"uniform": {"low": "3 min", "high": "7 min"}}, Uniform(180, 420)),
        ({"erlang": {"mean": "60 s", "k": 2}}, Erlang(60, 2)),
        (
            {"mixture": [["30 %", {"exponential": "8 s"}], [0.7, "never"]]},
            Mixture(((0.3, Exponential(8)), (0.7, Never()))),
        ),
        ({"empirical": ["1 s", "2 s"]}, Empirical((1, 2))),
        ("never", Never()),
    ],
)
def test_forms(said, dist):
    assert read_distribution(said, parse_duration) == dist


def test_a_weibull_by_cv_has_that_cv():
    dist = read_distribution({"weibull": {"mean": "60 s", "cv": 0.5}}, parse_duration)
    assert isinstance(dist, Weibull)
    first, second = (math.gamma(1 + k / dist.shape) for k in (1, 2))
    assert dist.scale * first == pytest.approx(60)
    assert math.sqrt(second / first**2 - 1) == pytest.approx(0.5)


def test_amounts_are_plain_numbers():
    assert read_distribution({"exponential": 738}, parse_amount) == Exponential(738)
    with pytest.raises(Wrong):
        read_distribution({"exponential": "738 s"}, parse_amount)


def test_scipy_is_checked():
    said = {"scipy": {"name": "burr12", "c": 2, "d": 1, "scale": "100 s"}}
    dist = read_distribution(said, parse_duration)
    assert dist == Scipy("burr12", (("c", 2.0), ("d", 1.0), ("scale", 100.0)))
    # The log-logistic with shape 2: mean scale · (π/2) / sin(π/2) = 50 π.
    assert dist.expectation() == pytest.approx(50 * math.pi)


@pytest.mark.parametrize(
    ("dist", "mean"),
    [
        (Constant(5), 5),
        (Exponential(5), 5),
        (Lognormal(5, 2), 5),
        (Gamma(5, 2), 5),
        (Erlang(5, 3), 5),
        (Uniform(2, 8), 5),
        (Weibull(5, 1), 5),
        (Empirical((1, 2, 6)), 3),
        (Mixture(((0.25, Constant(2)), (0.75, Exponential(6)))), 5),
        (Never(), math.inf),
        (Mixture(((1.0, Constant(2)), (0.0, Never()))), 2),
    ],
)
def test_means(dist, mean):
    assert dist.expectation() == pytest.approx(mean)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"normal": "5 s"},
        {"exponential": 0},
        {"exponential": None},
        {"exponential": {"mean": "5 s", "cv": 1}},
        {"lognormal": {"mean": "5 s", "cv": 0}},
        {"gamma": {"mean": "5 s"}},
        {"weibull": {"mean": "5 s", "shape": 0.01}},
        {"weibull": {"mean": "5 s", "cv": 1000}},
        {"uniform": ["5 s"]},
        {"uniform": "5 s"},
        {"erlang": {"mean": "5 s", "k": 0}},
        {"mixture": []},
        {"mixture": [["50 %", "5 s"]]},
        {"mixture": {"a": 1}},
        {"empirical": []},
        {"empirical": [5]},
        {"scipy": "norm"},
        {"scipy": {"name": "poisson", "mu": 3}},
        {"scipy": {"name": "__doc__"}},
        {"scipy": {"name": "expon", "scale": -1}},
        {"scipy": {"name": "expon", "loc": "x"}},
        [],
        True,
        None,
        5,
    ],
)
def test_forms_refused(said):
    with pytest.raises(Wrong):
        read_distribution(said, parse_duration)


def test_both_faults_of_a_distribution_are_told():
    with pytest.raises(Wrong) as caught:
        read_distribution({"lognormal": {"mean": 5, "cv": -1}}, parse_duration)
    assert [path for path, _ in caught.value.faults] == [("lognormal", "mean"), ("lognormal", "cv")]
