"""Every family of distributions: means, spreads and shapes against scipy.

One sample of 40,000 a distribution, with a fixed seed. Two tests of each: Kolmogorov-Smirnov at
sqrt(n) D <= 2.9, exceeded with chance 2 exp(-2 x 2.9^2) = 1e-7 (any distribution function off by
0.03 is seen for certain), and the mean within five and a half standard errors (4e-8 where the
mean is nearly normal; off by 3 % at cv 1 is seen for certain). With 19 distributions the chance of
a false alarm is below 4e-6 for the whole module, had the seeds not been fixed.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
import scipy.stats
from drawing import bank, drawn

from sim.draws.sample import sample
from sim.draws.streams import Streams
from sim.scenario.distributions import read_distribution
from sim.scenario.numbers import parse_duration
from sim.tables import Purpose

N = 40_000
LOG_CV = {cv: math.sqrt(math.log1p(cv * cv)) for cv in (0.7, 2.0)}

CONTINUOUS: dict[str, tuple[Any, Any]] = {
    "exponential": ({"exponential": "76 s"}, scipy.stats.expon(scale=76)),
    "lognormal": (
        {"lognormal": {"mean": "8 min", "cv": 0.7}},
        scipy.stats.lognorm(LOG_CV[0.7], scale=480 / math.sqrt(1.49)),
    ),
    "lognormal by median": (
        {"lognormal": {"median": "1 min", "cv": 2}},
        scipy.stats.lognorm(LOG_CV[2.0], scale=60),
    ),
    "gamma": ({"gamma": {"mean": "100 s", "cv": 0.5}}, scipy.stats.gamma(4, scale=25)),
    "gamma, long tail": ({"gamma": {"mean": "100 s", "cv": 2}}, scipy.stats.gamma(0.25, scale=400)),
    "erlang": ({"erlang": {"mean": "90 s", "k": 3}}, scipy.stats.gamma(3, scale=30)),
    "weibull": (
        {"weibull": {"scale": "100 s", "shape": 2}},
        scipy.stats.weibull_min(2, scale=100),
    ),
    "weibull, long tail": (
        {"weibull": {"mean": "120 s", "shape": 0.5}},
        scipy.stats.weibull_min(0.5, scale=60),  # mean = scale Gamma(3) = 2 scale
    ),
    "uniform": ({"uniform": ["3 min", "7 min"]}, scipy.stats.uniform(180, 240)),
    "triangular": ({"triangular": ["1 min", "2 min", "5 min"]}, scipy.stats.triang(0.25, 60, 240)),
    "triangular, falling": (
        {"triangular": {"low": "1 min", "mode": "1 min", "high": "5 min"}},
        scipy.stats.triang(0, 60, 240),
    ),
    "pert": (
        # 1 to 5 min, most likely 2: 1 + 4 x 60 / 240 and 1 + 4 x 180 / 240
        {"pert": ["1 min", "2 min", "5 min"]},
        scipy.stats.beta(2, 4, 60, 240),
    ),
    "gamma by sd": ({"gamma": {"mean": "100 s", "sd": "50 s"}}, scipy.stats.gamma(4, scale=25)),
    "lognormal by sd": (
        {"lognormal": {"mean": "100 s", "sd": "70 s"}},
        scipy.stats.lognorm(LOG_CV[0.7], scale=100 / math.sqrt(1.49)),
    ),
    "exponential after a minimum": (
        {"exponential": "76 s", "plus": "20 s"},
        scipy.stats.expon(20, 76),
    ),
    "scipy": (
        {"scipy": {"name": "burr12", "c": 3, "d": 2, "scale": "100 s"}},
        scipy.stats.burr12(3, 2, scale=100),
    ),
}


def sampled(said: Any, n: int = N, seed: int = 5) -> np.ndarray:
    return sample(read_distribution(said, parse_duration), partial(Streams(seed, 0), "test"), n)


def distance(values: np.ndarray, cdf: Any) -> float:
    """Kolmogorov-Smirnov, scaled."""
    ordered = np.sort(values)
    ranks = np.arange(len(ordered) + 1) / len(ordered)
    at = cdf(ordered)
    return math.sqrt(len(ordered)) * max(
        np.abs(at - ranks[1:]).max(), np.abs(at - ranks[:-1]).max()
    )


@pytest.mark.parametrize("family", CONTINUOUS)
def test_shape_and_mean(family: str) -> None:
    said, theory = CONTINUOUS[family]
    values = sampled(said)
    assert distance(values, theory.cdf) < 2.9
    error = theory.std() / math.sqrt(N)
    assert abs(values.mean() - theory.mean()) < 5.5 * error
    assert read_distribution(said, parse_duration).expectation() == pytest.approx(theory.mean())
    assert values.min() >= 0


def test_a_wrong_shape_is_noticed() -> None:
    # The tests above see what they say they see: a cdf that is off by 3 %, a mean by 3 %.
    values = sampled({"exponential": "76 s"})
    assert (
        distance(values, lambda x: np.minimum(scipy.stats.expon(scale=76).cdf(x) + 0.03, 1)) > 2.9
    )
    assert abs(values.mean() - 1.03 * 76) > 5.5 * 76 / math.sqrt(N)
    assert distance(values, scipy.stats.gamma(1.1, scale=76 / 1.1).cdf) > 2.9


def test_cv_is_of_the_value_itself() -> None:
    # Sample cv of n values has relative sd below sqrt(kurtosis / 4 n): for cv 0.7 and 0.5 about
    # 1 %; limit 6 %.
    for said, cv in (
        ({"lognormal": {"mean": "8 min", "cv": 0.7}}, 0.7),
        ({"gamma": {"mean": "8 min", "cv": 0.5}}, 0.5),
        ({"weibull": {"mean": "8 min", "cv": 0.5}}, 0.5),
        ({"erlang": {"mean": "8 min", "k": 4}}, 0.5),
    ):
        values = sampled(said)
        assert values.std() / values.mean() == pytest.approx(cv, rel=0.06)


def test_constant_and_never() -> None:
    assert sampled("76 s", 3).tolist() == [76, 76, 76]
    assert sampled("never", 2).tolist() == [math.inf, math.inf]


def test_empirical_values_are_equally_likely() -> None:
    # Counts of 40,000 over five: sd sqrt(40000 x 0.2 x 0.8) = 80; limit six sd.
    values = sampled({"empirical": [f"{k} s" for k in (1, 2, 3, 5, 8)]})
    found, counts = np.unique(values, return_counts=True)
    assert found.tolist() == [1, 2, 3, 5, 8]
    assert np.abs(counts - N / 5).max() < 480


def test_mixture_has_its_shares_and_parts() -> None:
    said = {"mixture": [[0.3, {"exponential": "8 s"}], [0.7, {"uniform": ["100 s", "200 s"]}]]}
    values = sampled(said)
    expon, uniform = scipy.stats.expon(scale=8), scipy.stats.uniform(100, 100)
    assert distance(values, lambda x: 0.3 * expon.cdf(x) + 0.7 * uniform.cdf(x)) < 2.9
    # Which part, and where in it, have nothing to do with each other: the small ones are a plain
    # exponential sample of about 12,000.
    assert distance(values[values < 99], expon.cdf) < 2.9


def test_mixture_of_two_of_a_family_has_a_stream_a_part() -> None:
    # If both parts read the same numbers the mixture would still look right; but parts within
    # parts would not be independent of the choice: check a mixture of mixtures.
    inner = {"mixture": [[0.5, "1 s"], [0.5, "2 s"]]}
    other = {"mixture": [[0.5, "3 s"], [0.5, "4 s"]]}
    values = sampled({"mixture": [[0.5, inner], [0.5, other]]})
    found, counts = np.unique(values, return_counts=True)
    assert found.tolist() == [1, 2, 3, 4]
    assert np.abs(counts - N / 4).max() < 6 * math.sqrt(N * 0.25 * 0.75)


@pytest.mark.parametrize("family", [*CONTINUOUS, "empirical", "mixture"])
def test_a_longer_sample_begins_with_the_shorter(family: str) -> None:
    said = (
        CONTINUOUS.get(family, ({},))[0]
        or {
            "empirical": {"empirical": ["1 s", "2 s", "3 s"]},
            "mixture": {"mixture": [[0.5, {"gamma": {"mean": "1 s", "cv": 2}}], [0.5, "2 s"]]},
        }[family]
    )
    long = sampled(said, 1000)
    for n in (0, 1, 2, 3, 5, 8, 13, 64, 100, 999):
        assert sampled(said, n).tobytes() == long[:n].tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"exponential": "1 min"}, {"exponential": "3 min"}),
        ({"lognormal": {"mean": "1 min", "cv": 0.5}}, {"lognormal": {"mean": "3 min", "cv": 0.5}}),
        ({"gamma": {"mean": "1 min", "cv": 0.5}}, {"gamma": {"mean": "3 min", "cv": 0.5}}),
        ({"uniform": ["1 min", "2 min"]}, {"uniform": ["3 min", "6 min"]}),
    ],
)
def test_a_slow_customer_is_slow_whatever_the_mean(one: Any, other: Any) -> None:
    np.testing.assert_allclose(3 * sampled(one, 500), sampled(other, 500), rtol=1e-12)


# --- what a customer draws ---------------------------------------------------------------------


def test_purposes_attempts_and_reasons_have_luck_of_their_own() -> None:
    # Uniforms of 5,000 customers: correlations are normal with sd 0.014, limit six sd.
    parts = {
        "volume": "5000 per week",
        "handle": "1 min",
        "patience": "1 min",
        "balk": 0.5,
        "resolved": 0.5,
        "retry": {"chance": 0.5, "after": "1 s", "attempts": 1},
        "closed": {"returns": 0.5},
    }
    draws = drawn(reasons={"a": parts, "b": parts})
    n = int(draws.reason_size.min())
    banks = [
        bank(draws, purpose, reason, attempt=attempt)[:n]
        for purpose in (Purpose.BALK, Purpose.RETRY, Purpose.AGAIN, Purpose.CLOSED)
        for reason in (0, 1)
        for attempt in (0, 1, 3)
    ]
    off = np.corrcoef(banks) - np.eye(len(banks))
    assert np.abs(off).max() < 6 / math.sqrt(n)
    for values in banks:
        assert distance(values, scipy.stats.uniform().cdf) < 2.9


def test_channels_with_the_same_distribution_share_the_luck() -> None:
    # A patient caller is a patient chatter; where the mean differs, in proportion.
    draws = drawn(
        channels={"phone": {}, "chat": {}, "call": {}},
        reasons={
            "a": {
                "volume": "500 per week",
                "handle": "1 min",
                "channels": {"phone": 0.5, "chat": 0.3, "call": 0.2},
                "patience": {"call": {"exponential": "4 min"}, "other": {"exponential": "1 min"}},
            }
        },
    )
    phone, chat, call = (bank(draws, Purpose.PATIENCE, 0, channel) for channel in (0, 1, 2))
    assert phone.tobytes() == chat.tobytes()
    np.testing.assert_allclose(call, 4 * phone, atol=2.0**-18)


def test_the_purchase_window_cuts_the_patience() -> None:
    def patience(**buying: Any) -> np.ndarray:
        parts = {"volume": "500 per week", "handle": "1 min", "patience": {"exponential": "2 min"}}
        draws = drawn(reasons={"a": {**parts, **({"buying": buying} if buying else {})}})
        return bank(draws, Purpose.PATIENCE)

    plain = patience()
    assert patience(window="76 s").tobytes() == np.minimum(plain, 76).tobytes()
    assert patience(window="76 s", lapse="stay").tobytes() == plain.tobytes()
    assert patience(window="patience").tobytes() == plain.tobytes()
    random = patience(window={"exponential": "2 min"})
    assert (random <= plain).all()
    assert 0.3 < (random < plain).mean() < 0.7  # either is the shorter half of the time


def test_every_uniform_is_below_one() -> None:
    draws = drawn(reasons={"a": {"volume": "5000 per week", "handle": "1 min", "balk": 0.5}})
    values = bank(draws, Purpose.BALK)
    assert values.min() >= 0
    assert values.max() < 1


def test_what_is_certain_needs_no_luck() -> None:
    # Nobody balks, all are resolved, none retries, and the closed door loses everybody.
    draws = drawn(reasons={"a": {"volume": "500 per week", "handle": "1 min"}})
    asked = {purpose for purpose in Purpose if draws.at[purpose, 0, 0] >= 0}
    assert asked == {Purpose.PATIENCE, Purpose.HANDLE, Purpose.WRAP}
