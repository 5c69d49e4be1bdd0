"""What must hold for any data: order, unit and origin of the replications do not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.stats.estimate import Estimate
from sim.stats.histogram import HISTOGRAM_BINS, histogram_bins
from sim.stats.intervals import mean_interval, ratio_interval, ratio_values
from sim.stats.precision import replications_needed
from sim.stats.shares import share_interval

from .comparing import compare_means
from .pooling import quantile_interval

numbers = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
samples = st.integers(2, 8).flatmap(lambda n: arrays(np.float64, (n, 3), elements=numbers))
trials = st.integers(2, 8).flatmap(lambda n: arrays(np.int64, n, elements=st.integers(0, 40)))


def assert_same(one: Estimate, other: Estimate) -> None:
    for name in ("value", "low", "high", "n"):
        expected = pytest.approx(getattr(other, name), rel=1e-6, abs=1e-6, nan_ok=True)
        assert getattr(one, name) == expected


def moved(estimate: Estimate, scale: float, shift: float) -> Estimate:
    """What the estimate must become when every value x becomes scale x + shift."""
    ends = [scale * estimate.low + shift, scale * estimate.high + shift]
    return Estimate(
        value=scale * estimate.value + shift,
        low=np.minimum(*ends),
        high=np.maximum(*ends),
        n=estimate.n,
    )


@given(samples, st.sampled_from([-2.0, 0.5, 60.0]), st.sampled_from([-7.0, 0.0, 1000.0]))
def test_mean_interval_follows_unit_and_origin(x, scale, shift) -> None:
    assert_same(mean_interval(scale * x + shift), moved(mean_interval(x), scale, shift))


@given(samples, st.sampled_from([-2.0, 60.0]), st.sampled_from([-7.0, 0.0]))
def test_ratio_interval_follows_unit_and_origin(x, scale, shift) -> None:
    # (scale num + shift den) / den = scale num / den + shift.
    den = np.abs(x[:, ::-1]) + 1.0
    there = ratio_interval(scale * x + shift * den, den)
    assert_same(there, moved(ratio_interval(x, den), scale, shift))


@given(samples, st.floats(0.5, 100.0))
def test_ratio_over_a_constant_is_the_mean(x, constant) -> None:
    assert_same(ratio_interval(x, np.full(x.shape, constant)), mean_interval(x / constant))


@given(samples)
def test_ratio_values_carry_the_whole_interval(x) -> None:
    den = np.abs(x[:, ::-1]) + 1.0
    assert_same(mean_interval(ratio_values(x, den)), ratio_interval(x, den))


@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_replications_does_not_matter(x, random) -> None:
    order = random.sample(range(len(x)), len(x))
    den = np.abs(x[:, ::-1])
    assert_same(mean_interval(x[order]), mean_interval(x))
    assert_same(ratio_interval(x[order], den[order]), ratio_interval(x, den))
    assert_same(compare_means(x[order]).simultaneous, compare_means(x).simultaneous)


@given(trials, st.data())
def test_a_share_and_its_complement_mirror_each_other(den, data) -> None:
    num = np.array([data.draw(st.integers(0, int(d))) for d in den])
    share, rest = share_interval(num, den), share_interval(den - num, den)
    mirrored = Estimate(1.0 - rest.value, 1.0 - rest.high, 1.0 - rest.low, rest.n)
    assert_same(share, mirrored)
    if share.n >= 2:
        assert 0.0 <= share.low <= share.value <= share.high <= 1.0
        assert share.low < share.high


@given(st.lists(st.lists(st.floats(0.0, 1e4), max_size=12), min_size=2, max_size=5))
def test_quantile_bounds_surround_the_point_and_rise_with_the_level(waits) -> None:
    tally = np.array([np.bincount(histogram_bins(w), minlength=HISTOGRAM_BINS) for w in waits])
    middle, upper = quantile_interval(tally, 0.5), quantile_interval(tally, 0.8)
    if middle.n >= 2:
        assert middle.low <= middle.value <= middle.high
        assert middle.value <= upper.value


@given(samples)
def test_simultaneous_bounds_contain_the_single_ones(x) -> None:
    comparison = compare_means(x)
    assert (comparison.simultaneous.low <= comparison.difference.low).all()
    assert (comparison.simultaneous.high >= comparison.difference.high).all()


@given(samples, st.floats(0.01, 10.0), st.floats(1.0, 5.0))
def test_replications_needed_never_falls_with_the_ambition(x, target, factor) -> None:
    estimate = mean_interval(x)
    easy = replications_needed(estimate, len(x), absolute=target * factor)
    hard = replications_needed(estimate, len(x), absolute=target)
    noisy = replications_needed(mean_interval(factor * x), len(x), absolute=target)
    assert (easy <= hard).all()
    assert (hard <= noisy).all()
    assert ((hard == 0) == (estimate.half_width <= target)).all()
