"""Paired comparisons on cases small enough to compute by hand."""

import numpy as np
import pytest

from sim.stats.intervals import mean_interval, ratio_interval
from sim.stats.pairing import (
    ratio_difference_interval,
    separable_pairs,
    simultaneous_differences,
    win_share,
)

from .comparing import compare_means, compare_ratios

T1 = 12.706204736
T2 = 4.30265273
T2_PAIR = 6.20534882  # two-sided 97.5 %: Bonferroni for two comparisons
T2_TRIPLE = 7.64889  # two-sided 98.33 %: Bonferroni for three


def test_common_luck_cancels() -> None:
    # Differences 1, 2, 3 under luck of hundreds: mean 2, standard error 1 / sqrt(3).
    values = np.array([[101.0, 100.0], [502.0, 500.0], [903.0, 900.0]])
    estimate = mean_interval(values[:, 0] - values[:, 1])
    assert estimate.value == 2.0
    assert estimate.high == pytest.approx(2.0 + T2 / np.sqrt(3))


def test_ratio_difference_of_two() -> None:
    # 1/1 and 4/2 against 1/1 and 1/1. Leave-one-out differences: 2 - 1 and 1 - 1, so the jackknife
    # variance is 1/2 (0.5^2 + 0.5^2) = 0.25 around 5/3 - 1.
    estimate = ratio_difference_interval([1.0, 4.0], [1.0, 2.0], [1.0, 1.0], [1.0, 1.0])
    assert estimate.value == pytest.approx(2 / 3)
    assert estimate.high == pytest.approx(2 / 3 + 0.5 * T1)


def test_ratio_difference_has_the_freedom_of_the_option_seen_least() -> None:
    estimate = ratio_difference_interval(
        [1.0, 0.0, 4.0], [1.0, 0.0, 2.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]
    )
    assert estimate.n == 2


def test_ties_are_no_wins_and_unknown_weeks_no_trials() -> None:
    estimate = win_share([2.0, 1.0, 3.0, np.nan, 0.0], [1.0, 1.0, 2.0, 1.0, 1.0])
    assert estimate.value == 0.5
    assert estimate.n == 4


def test_win_share_keeps_trailing_axes() -> None:
    estimate = win_share(np.ones((4, 2)), np.array([[0.0, 2.0]] * 4))
    assert estimate.value.tolist() == [1.0, 0.0]


def test_two_options_need_no_correction() -> None:
    values = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 3.0]])
    comparison = compare_means(values)
    assert comparison.simultaneous.high[1] == pytest.approx(comparison.difference.high[1])
    assert comparison.difference.high[1] == pytest.approx(2.0 + T2 / np.sqrt(3))


def test_few_replications_fall_back_to_bonferroni() -> None:
    # Both differences have mean 2 and standard error 1 / sqrt(3): 0 lies 3.46 errors away.
    values = np.array([[0.0, 1.0, 3.0], [0.0, 2.0, 1.0], [0.0, 3.0, 2.0]])
    comparison = compare_means(values)
    assert comparison.simultaneous.high[1:] == pytest.approx(2.0 + T2_PAIR / np.sqrt(3))
    assert not comparison.separated.any()


def test_all_pairs_stand_at_a_stricter_level() -> None:
    # Option 1 exceeds the reference by 7 standard errors: more than the 6.2 that two comparisons
    # with a reference ask for, less than the 7.6 of three pairs.
    away = 7.0 / np.sqrt(3)
    values = np.array([[0.0, away - 1, 1.0], [0.0, away, -1.0], [0.0, away + 1, 0.0]])
    assert T2_PAIR < 7.0 < T2_TRIPLE
    comparison = compare_means(values)
    assert comparison.separated.tolist() == [False, True, False]
    assert not comparison.separated_pairs.any()


def test_options_that_move_together_need_less_correction() -> None:
    rng = np.random.default_rng(4)
    luck = rng.standard_normal((400, 1))
    alike = np.hstack([np.zeros((400, 1)), luck + 0.01 * rng.standard_normal((400, 5))])
    apart = np.hstack([np.zeros((400, 1)), rng.standard_normal((400, 5))])
    # Critical values: 1.966 for one comparison, 2.59 for five by Bonferroni.
    for values, at_least, at_most in ((alike, 1.966, 2.05), (apart, 2.54, 2.59)):
        comparison = compare_means(values)
        widths = comparison.simultaneous.half_width / np.maximum(
            mean_interval(values - values[:, [0]]).half_width, 1e-300
        )
        assert at_least <= 1.966 * widths[1] * 1.0001
        assert 1.966 * widths[1] <= at_most


def test_reference_column_is_zero_and_a_constant_difference_certain() -> None:
    luck = np.array([3.0, 1.0, 4.0, 1.0])
    comparison = compare_means(np.column_stack([luck + 5.0, luck, luck + 5.0]), reference=1)
    assert comparison.simultaneous.value.tolist() == [5.0, 0.0, 5.0]
    assert comparison.simultaneous.low.tolist() == [5.0, 0.0, 5.0]
    assert comparison.separated.tolist() == [True, False, True]
    # Options 0 and 2 are the same in every replication.
    assert comparison.separated_pairs.tolist() == [
        [False, True, False],
        [True, False, True],
        [False, True, False],
    ]


def test_one_replication_separates_nothing() -> None:
    comparison = compare_means([[1.0, 9.0]])
    assert comparison.difference.value.tolist() == [0.0, 8.0]
    assert np.isnan(comparison.simultaneous.low).all()
    assert not comparison.separated.any()
    assert not comparison.separated_pairs.any()


def test_an_option_without_contacts_spoils_only_itself() -> None:
    num = np.array([[1.0, 0.0, 5.0], [2.0, 0.0, 9.0], [2.0, 0.0, 9.5]])
    den = np.array([[2.0, 0.0, 2.0], [4.0, 0.0, 4.0], [4.2, 0.0, 4.0]])
    comparison = compare_ratios(num, den)
    assert np.isnan(comparison.simultaneous.value).tolist() == [False, True, False]
    assert comparison.separated.tolist() == [False, False, True]


def test_compare_ratios_is_the_ratio_difference_by_another_way() -> None:
    rng = np.random.default_rng(6)
    den = rng.poisson(50.0, (12, 3)).astype(float)
    num = den * rng.uniform(0.5, 1.0, (12, 3))
    comparison = compare_ratios(num, den, reference=2)
    direct = ratio_difference_interval(num, den, num[:, [2, 2, 2]], den[:, [2, 2, 2]])
    for name in ("value", "low", "high", "n"):
        assert getattr(comparison.difference, name) == pytest.approx(getattr(direct, name))
    points = ratio_interval(num, den).value
    assert comparison.simultaneous.value == pytest.approx(points - points[2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: win_share([1.0, 2.0], [1.0]), "not the same runs"),
        (
            lambda: ratio_difference_interval([1.0], [1.0], [1.0, 1.0], [1.0, 1.0]),
            "not the same runs",
        ),
    ],
)
def test_errors_name_what_is_wrong(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def _samples(*lengths: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(7)
    luck = rng.normal(10.0, 2.0, max(lengths))
    return [
        (luck[:n] + 3.0 * option + rng.normal(0.0, 0.1, n), np.full(n, 2.0))
        for option, n in enumerate(lengths)
    ]


def test_samples_of_one_size_are_compared_as_ratios() -> None:
    samples = _samples(30, 30, 30)
    num, den = (np.stack(column, axis=1) for column in zip(*samples, strict=True))
    expected = compare_ratios(num, den, reference=1)
    found = simultaneous_differences(samples, reference=1)
    assert np.array_equal(found.low, expected.simultaneous.low)
    assert np.array_equal(found.high, expected.simultaneous.high)
    assert np.array_equal(separable_pairs(samples), expected.separated_pairs)


def test_samples_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="same shape"):
        simultaneous_differences(_samples(40, 25, 30))
