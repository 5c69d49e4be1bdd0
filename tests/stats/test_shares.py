"""Shares: honest at the borders, exact where a table says so."""

import numpy as np
import pytest

from sim.stats.shares import probability_interval, share_interval


def test_probability_from_the_table() -> None:
    # Clopper and Pearson's chart: 0 of 10 up to 1 - 0.025^(1/10) = 0.3085; 10 of 10 its mirror;
    # 5 of 10 from 0.1871 to 0.8129.
    estimate = probability_interval([0, 10, 5], [10, 10, 10])
    assert estimate.value == pytest.approx([0.0, 1.0, 0.5])
    assert estimate.low == pytest.approx([0.0, 0.6915, 0.1871], abs=5e-5)
    assert estimate.high == pytest.approx([0.3085, 1.0, 0.8129], abs=5e-5)
    assert estimate.n.tolist() == [10, 10, 10]


def test_probability_of_nothing_is_nan() -> None:
    estimate = probability_interval(0, 0)
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()


def test_never_seen_is_not_impossible() -> None:
    # 0 of 3 x 100: fewer trials for 2 degrees of freedom, 300 (1.95996 / 4.30265)^2 = 62.25, and
    # the rule of three in its exact form: 1 - 0.025^(1 / 62.25) = 0.0575.
    never = share_interval([0, 0, 0], [100, 100, 100])
    assert (never.value, never.low) == (0.0, 0.0)
    assert never.high == pytest.approx(1.0 - 0.025 ** (1.0 / 62.25), rel=1e-3)
    always = share_interval([100, 100, 100], [100, 100, 100])
    assert always.high == 1.0
    assert always.low == pytest.approx(1.0 - never.high)


@pytest.mark.parametrize("num", [[90, 90, 90], [90, 91, 90]])
def test_agreeing_replications_are_not_certain_either(num: list[int]) -> None:
    # 90 of 100 three times: hardly any spread, yet 300 contacts cannot tell 0.90 from 0.88.
    estimate = share_interval(num, [100, 100, 100])
    assert estimate.low < 0.88
    assert estimate.high > 0.92


def test_one_replication_has_no_bounds_and_no_contacts_no_value() -> None:
    one = share_interval([[3, 0], [0, 0]], [[4, 0], [0, 0]])
    assert one.value[0] == 0.75
    assert np.isnan(one.value[1])
    assert np.isnan([one.low, one.high]).all()
    assert one.n.tolist() == [1, 0]


def test_a_bad_week_pulls_the_low_bound_further_than_the_high_one() -> None:
    # Nine weeks at 95 %, one at 40 %: the mean 89.5 % can be much lower, hardly higher.
    estimate = share_interval([950] * 9 + [400], [1000] * 10)
    assert estimate.value - estimate.low > 2.0 * (estimate.high - estimate.value)


def test_hall_bounds_of_two_replications() -> None:
    # 200 of 1000 and 600 of 1000: no skewness with two replications, so Hall's is the Student
    # interval 0.4 -+ 12.7 x 0.2, cut at 0 and 1.
    estimate = share_interval([200, 600], [1000, 1000])
    assert (estimate.low, estimate.high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_interval([3, 1], [2, 2]), "0 <= num <= den"),
        (lambda: share_interval([-1, 1], [2, 2]), "0 <= num <= den"),
        (lambda: probability_interval(3, 2), "between 0 and n"),
    ],
)
def test_errors_name_what_is_wrong(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()
