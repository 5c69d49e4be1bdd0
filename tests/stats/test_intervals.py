"""Means and ratios of sums on cases small enough to compute by hand."""

import subprocess
import sys

import numpy as np
import pytest

from sim.stats.intervals import mean_interval, ratio_interval, ratio_values

T1 = 12.706204736  # two-sided 95 % quantile of Student's t, from any table: 1 degree of freedom
T2 = 4.30265273  # and 2 degrees


def test_mean_of_three() -> None:
    # 1, 2, 6: mean 3, squares (4 + 1 + 9) / 2 = 7, standard error sqrt(7 / 3).
    estimate = mean_interval([1.0, 2.0, 6.0])
    assert estimate.value == 3.0
    assert estimate.high - 3.0 == pytest.approx(T2 * np.sqrt(7 / 3))
    assert estimate.low == pytest.approx(6.0 - estimate.high)
    assert estimate.n == 3
    assert estimate.half_width == pytest.approx(T2 * np.sqrt(7 / 3))


def test_mean_keeps_trailing_axes_and_nan_stays_in_its_cell() -> None:
    estimate = mean_interval([[[1.0, np.nan]], [[3.0, 5.0]]])
    assert estimate.value.shape == estimate.low.shape == estimate.n.shape == (1, 2)
    # 1 and 3: mean 2, standard error 1.
    assert estimate.low[0, 0] == pytest.approx(2.0 - T1)
    assert np.isnan([estimate.value[0, 1], estimate.low[0, 1], estimate.high[0, 1]]).all()


def test_one_replication_has_a_value_and_no_bounds() -> None:
    for estimate in (mean_interval([5.0]), ratio_interval([10.0], [2.0])):
        assert estimate.value == 5.0
        assert np.isnan(estimate.low)
        assert np.isnan(estimate.high)
        assert estimate.n == 1


def test_equal_replications_have_width_zero() -> None:
    for estimate in (mean_interval([5.0] * 4), ratio_interval([10.0] * 4, [2.0] * 4)):
        assert estimate.low == estimate.value == estimate.high == 5.0


def test_ratio_of_two() -> None:
    # 1/1 and 4/2: sums 5/3. Without the first 4/2 = 2, without the second 1/1 = 1: jackknife
    # variance (2 - 1) / 2 x (0.5^2 + 0.5^2) = 0.25, standard error 0.5.
    estimate = ratio_interval([1.0, 4.0], [1.0, 2.0])
    assert estimate.value == pytest.approx(5 / 3)
    assert estimate.low == pytest.approx(5 / 3 - 0.5 * T1)
    assert estimate.high == pytest.approx(5 / 3 + 0.5 * T1)


def test_ratio_values_of_two() -> None:
    # The same case: pseudo-values 2 x 5/3 - 2 = 4/3 and 2 x 5/3 - 1 = 7/3 have mean 11/6; moved to
    # the mean 5/3 they are 7/6 and 13/6.
    assert ratio_values([1.0, 4.0], [1.0, 2.0]) == pytest.approx([7 / 6, 13 / 6])


def test_replications_with_nothing_to_count_move_nothing_and_lend_no_confidence() -> None:
    # (0, 0) leaves the ratio 5/3. All three leave-one-out ratios: 2, 1, 5/3; mean 14/9; squares
    # (4/9)^2 + (5/9)^2 + (1/9)^2 = 42/81; variance 2/3 of it. Two saw contacts: 1 degree.
    estimate = ratio_interval([1.0, 0.0, 4.0], [1.0, 0.0, 2.0])
    assert estimate.value == pytest.approx(5 / 3)
    assert estimate.high == pytest.approx(5 / 3 + T1 * np.sqrt(28 / 81))
    assert estimate.n == 2


def test_ratio_without_any_denominator_is_nan() -> None:
    estimate = ratio_interval([0.0, 3.0], [0.0, 0.0])
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()
    assert estimate.n == 0


def test_ratio_with_one_denominator_has_a_value_and_no_bounds() -> None:
    estimate = ratio_interval([0.0, 3.0, 0.0], [0.0, 2.0, 0.0])
    assert estimate.value == 1.5
    assert np.isnan([estimate.low, estimate.high]).all()
    assert estimate.n == 1


def test_cost_without_contact_counts() -> None:
    # Cost 6 in a replication without contacts is cost all the same: (6 + 2 + 4) / (0 + 1 + 2) = 4.
    assert ratio_interval([6.0, 2.0, 4.0], [0.0, 1.0, 2.0]).value == 4.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_interval([]), "values: the first axis must hold at least one replication"),
        (lambda: mean_interval(3.0), "values: the first axis must hold at least one replication"),
        (lambda: mean_interval([1.0, 2.0], 1.0), "confidence must lie strictly between 0 and 1"),
        (lambda: ratio_interval([1.0], [1.0, 2.0]), r"num has shape \(1,\), den has \(2,\)"),
        (lambda: ratio_interval([1.0, 1.0], [1.0, -2.0]), "den must not be negative"),
    ],
)
def test_errors_name_what_is_wrong(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_import_leaves_scipy_alone() -> None:
    code = "import sys, sim.stats; print(sum(m.startswith('scipy') for m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"
