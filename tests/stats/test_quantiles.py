"""Histograms and quantiles, exact where a hand can follow."""

import numpy as np
import pytest

from sim.stats.histogram import HISTOGRAM_BINS, histogram_bins, histogram_edges

from .pooling import quantile_interval


def counts(*replications: list[float]) -> np.ndarray:
    """One histogram row per replication."""
    return np.array(
        [np.bincount(histogram_bins(x), minlength=HISTOGRAM_BINS) for x in replications]
    )


def test_zero_has_its_own_bin_and_tiny_values_the_next() -> None:
    assert histogram_bins([0.0, -0.0, 1e-300, 0.015, 2.0**-6]).tolist() == [0, 0, 1, 1, 2]


def test_bins_hold_what_their_edges_say_and_are_narrow() -> None:
    rng = np.random.default_rng(1)
    values = 2.0 ** rng.uniform(-6, 26, 20_000)
    values = values[values.astype(np.float32) < 2.0**26].astype(np.float32).astype(float)
    edges, bins = histogram_edges(), histogram_bins(values)
    assert edges.shape == (HISTOGRAM_BINS + 1,)
    assert ((edges[bins] <= values) & (values < edges[bins + 1])).all()
    # 128 bins between a power of two and the next: at most 1/128 of the value.
    assert ((edges[3:] - edges[2:-1]) / edges[2:-1]).max() == 1 / 128


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, 2.0**26, 2.0**26 - 1e-3])
def test_what_no_bin_can_hold_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="from 0 to below 67108864"):
        histogram_bins([1.0, value])


def test_quantile_inside_a_bin_is_interpolated() -> None:
    # 10 values of 20 s fall in [20, 20.125): the 30 % quantile lies 3/10 into it.
    row = counts([20.0] * 10)
    assert quantile_interval(row, 0.3).value == pytest.approx(20.0 + 0.3 * 0.125)


def test_zero_is_an_atom() -> None:
    # 7 of 100 do not wait: the 7 % quantile is 0 (0.07 x 100 is 7.000000000000001 in floats).
    row = counts([0.0] * 7 + [50.0] * 93)
    assert quantile_interval(row, 0.07).value == 0.0
    assert quantile_interval(row, 0.08).value == pytest.approx(50.0, rel=1 / 128)


def test_quantiles_of_known_values_within_a_bin() -> None:
    values = np.random.default_rng(2).exponential(100.0, 5_001)
    row = counts(values.tolist())
    for q in (0.05, 0.5, 0.9, 0.99):
        exact = np.quantile(values, q, method="inverted_cdf")
        assert quantile_interval(row, q).value == pytest.approx(exact, rel=1 / 128)


def test_quantile_of_nothing_is_nan() -> None:
    empty = np.zeros((3, 2, HISTOGRAM_BINS), dtype=int)
    estimate = quantile_interval(empty, 0.5)
    assert estimate.value.shape == (2,)
    assert np.isnan([estimate.value, estimate.low, estimate.high]).all()


def test_quantile_pools_contacts_not_replications() -> None:
    # 90 contacts wait 10 s, 10 wait 1000 s: the median contact waits 10 s, though the mean of the
    # two replications' medians is 505.
    assert quantile_interval(counts([10.0] * 90, [1000.0] * 10), 0.5).value == pytest.approx(
        10.0, rel=1 / 128
    )


def test_everybody_answered_at_once_leaves_room_only_for_high_quantiles() -> None:
    # 0 s for all of 3 x 100: the share that waits is at most 5.75 % (test_shares.py), so the 90 %
    # quantile is surely 0 and the 99 % quantile may be anything.
    tally = counts([0.0] * 100, [0.0] * 100, [0.0] * 100)
    sure, unsure = quantile_interval(tally, 0.90), quantile_interval(tally, 0.99)
    assert (sure.low, sure.value, sure.high) == (0.0, 0.0, 0.0)
    assert (unsure.low, unsure.value, unsure.high) == (0.0, 0.0, np.inf)


def test_quantile_interval_of_one_replication_has_no_bounds() -> None:
    estimate = quantile_interval(counts([1.0, 2.0, 3.0]), 0.5)
    assert np.isnan([estimate.low, estimate.high]).all()
    assert estimate.n == 1


def test_quantile_interval_treats_cells_apart() -> None:
    rng = np.random.default_rng(3)
    cells = [counts(*(rng.exponential(mean, 50) for _ in range(6))) for mean in (5.0, 500.0)]
    together = quantile_interval(np.stack(cells, axis=1), 0.8)
    for j, cell in enumerate(cells):
        alone = quantile_interval(cell, 0.8)
        assert (together.value[j], together.low[j], together.high[j]) == (
            alone.value,
            alone.low,
            alone.high,
        )
        assert alone.low < alone.value < alone.high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantile_interval(np.zeros((1, 10)), 0.5), r"not \[\.\.\., 4098\]"),
        (lambda: quantile_interval(np.zeros((1, HISTOGRAM_BINS)), 1.0), "q must lie strictly"),
        (lambda: quantile_interval(np.zeros(HISTOGRAM_BINS), 0.5), "first axis"),
        (lambda: quantile_interval(np.zeros((0, HISTOGRAM_BINS)), 0.5), "at least one replication"),
    ],
)
def test_errors_name_what_is_wrong(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()
