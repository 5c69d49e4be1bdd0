"""How many more replications: arithmetic, direction, and what cannot be said."""

import numpy as np
import pytest

from sim.stats.estimate import Estimate
from sim.stats.intervals import mean_interval
from sim.stats.precision import replications_needed


def estimate(value: float, half: float) -> Estimate:
    return Estimate(
        value=np.array(value),
        low=np.array(value - half),
        high=np.array(value + half),
        n=np.array(30),
    )


def test_half_the_width_takes_four_times_the_replications() -> None:
    # 30 x (2 / 1)^2 = 120 in all, 90 to go.
    assert replications_needed(estimate(10.0, 2.0), 30, absolute=1.0) == 90


def test_relative_target_and_its_floor() -> None:
    # 10 % of 10 is 1: 90 more. A floor of 2 is met already; 10 % of 0 never.
    assert replications_needed(estimate(-10.0, 2.0), 30, absolute=1.0) == 90
    assert replications_needed(estimate(10.0, 2.0), 30, absolute=2.0) == 0
    assert replications_needed(estimate(0.0, 0.0), 30, absolute=1e-300) == 0


def test_a_target_missed_by_a_hair_takes_at_least_one() -> None:
    assert replications_needed(estimate(0.0, 1.0 + 1e-14), 30, absolute=1.0) == 1
    assert replications_needed(estimate(0.0, 1.0), 30, absolute=1.0) == 0


def test_the_wider_side_counts() -> None:
    lopsided = Estimate(
        value=np.array([5.0]), low=np.array([4.9]), high=np.array([7.0]), n=np.array([30])
    )
    assert replications_needed(lopsided, 30, absolute=1.0).tolist() == [90.0]


def test_what_has_no_bounds_says_nothing() -> None:
    assert np.isnan(replications_needed(mean_interval([3.0]), 1, absolute=1.0))
    assert np.isnan(replications_needed(estimate(3.0, np.inf), 30, absolute=1.0))


@pytest.mark.parametrize(
    ("replications", "wanted"),
    [(0, 1.0), (5, 0.0), (5, -1.0), (5, np.nan)],
)
def test_impossible_wishes_are_refused(replications, wanted) -> None:
    with pytest.raises(ValueError, match="say nothing"):
        replications_needed(estimate(1.0, 1.0), replications, absolute=wanted)
