"""The value of knowing an input, against cases with a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.stats.knowing import Knowing

DRAWS = 400


def test_a_linear_lead_with_a_normal_input() -> None:
    # Option 1 leads by 3 x - 1 with x standard normal. Known x, it is taken where that is
    # positive: E max(0, N(-1, 3^2)) = 3 (phi(m) - m (1 - Phi(m))) with m = 1/3; unknown, 0 is best.
    generator = np.random.default_rng(1)
    x, noise = generator.standard_normal(DRAWS), generator.standard_normal(DRAWS)
    found = Knowing(np.stack([0 * x, 3 * x - 1 + 2 * noise], axis=1), 0).worth([x])
    right = 3 * (norm.pdf(1 / 3) - (1 - norm.cdf(1 / 3)) / 3)
    assert found.value == pytest.approx(right, abs=4.9 * found.error)  # false alarm 1e-6
    assert found.error < 0.12 * right


def test_a_linear_lead_with_a_uniform_input() -> None:
    # Option 0 leads by 10 (x - 0.3), x uniform on 0..1, mean lead 2. Option 1 is better below 0.3,
    # by 10 (0.3 - x): knowing x gains 10 x 0.3^2 / 2 = 0.45.
    generator = np.random.default_rng(2)
    x, noise = generator.random(DRAWS), generator.standard_normal(DRAWS)
    benefits = np.stack([10 * (x - 0.3) + noise, 0 * x], axis=1)
    found = Knowing(benefits, 0).worth([x])
    assert found.value == pytest.approx(0.45, abs=4.9 * found.error)
    assert found.error < 0.15
    share, low, high = Knowing(benefits, 0).best([x])
    assert low[0] < 0.7 < high[0]
    assert share.sum() == pytest.approx(1.0)
    assert high[0] - low[0] < 0.15


def test_what_is_never_best_is_not_surely_never_best() -> None:
    # Option 0 leads in each of 60 draws, by far. Of a share of draws p nothing is seen in 60 with
    # a chance of (1 - p)^60, which is 2.5 % at 1 - 0.025^(1/60): that is how often option 1 may
    # still be the best.
    x = np.random.default_rng(7).random(60)
    share, low, high = Knowing(np.stack([10 + x, 0 * x], axis=1), 0).best([x])
    assert (share.tolist(), low[1], high[0]) == ([1.0, 0.0], 0.0, 1.0)
    assert high[1] == pytest.approx(1 - 0.025 ** (1 / 60))
    assert low[0] == pytest.approx(0.025 ** (1 / 60))
    whole, holds = Knowing(np.stack([10 + x, 0 * x], axis=1), 1).worst([x])
    assert (whole.value, whole.high, holds.all()) == (1.0, 1.0, True)
    assert whole.low == pytest.approx(0.025 ** (1 / 60))


def test_two_inputs_that_interact() -> None:
    # The lead is 32 (x - 1/2)(y - 1/2): of either alone the mean is 0 whatever it is; together
    # E max(0, lead) = 32 E|x - 1/2| E|y - 1/2| / 2 = 32 / 4 / 4 / 2 = 1.
    generator = np.random.default_rng(3)
    x, y, noise = generator.random(DRAWS), generator.random(DRAWS), generator.random(DRAWS)
    lead = 32 * (x - 0.5) * (y - 0.5) + noise - 0.5
    knowing = Knowing(np.stack([lead, 0 * x], axis=1), 0)
    assert knowing.worth([x]).value < 0.1
    assert knowing.worth([y]).value < 0.1
    both = knowing.worth([x, y])
    assert both.value == pytest.approx(1.0, abs=4.9 * both.error)
    assert both.error < 0.1


def test_an_input_that_is_worth_nothing() -> None:
    # z moves both options alike; x decides. Nothing is found of z, and little is possible.
    generator = np.random.default_rng(4)
    x, z, noise = generator.random(DRAWS), generator.random(DRAWS), generator.standard_normal(DRAWS)
    knowing = Knowing(np.stack([5 * z + x - 0.4 + 0.1 * noise, 5 * z], axis=1), 0)
    nothing, something = knowing.worth([z]), knowing.worth([x])
    assert nothing.value == 0.0
    assert nothing.most < something.value / 2
    assert something.value == pytest.approx(0.4**2 / 2, abs=4.9 * something.error)


def test_what_surely_leads_is_worth_nothing_to_know() -> None:
    # The lead is 1 + x with x in 0..1: never negative, so that no value of x changes the choice.
    generator = np.random.default_rng(5)
    x = generator.random(DRAWS)
    lead = 1 + x + 0.5 * generator.standard_normal(DRAWS)
    found = Knowing(np.stack([lead, 0 * x], axis=1), 0).worth([x])
    assert found.value == 0.0
    assert found.most == pytest.approx(0.0, abs=1e-9)


def test_controls_take_luck_away_and_change_no_mean() -> None:
    generator = np.random.default_rng(6)
    x, luck = generator.random(DRAWS), 5 * generator.standard_normal(DRAWS)
    luck -= luck.mean()
    benefits = np.stack([x - 0.3 + luck, 0 * x], axis=1)
    plain = Knowing(benefits, 0).worth([x])
    found = Knowing(benefits, 0, np.stack([luck, 0 * luck], axis=1)).worth([x])
    assert found.value == pytest.approx(0.3**2 / 2, abs=0.01)
    assert found.most < plain.most / 3


def test_luck_of_all_options_alike_is_taken_away_and_counts_as_noise() -> None:
    # Who came moves the options unlike; with the input known, leads differ by that luck alone.
    generator = np.random.default_rng(7)
    x, came = generator.random(DRAWS), generator.standard_normal((DRAWS, 2))
    lead = x - 0.3 + came @ [4.0, -3.0] + 0.1 * generator.standard_normal(DRAWS)
    benefits = np.stack([lead, 0 * x], axis=1)
    plain, found = Knowing(benefits, 1), Knowing(benefits, 1, luck=came)
    assert found.worth([x]).value == pytest.approx(0.3**2 / 2, abs=0.01)
    assert found.worth([x]).most < plain.worth([x]).most / 3
    # 5 = sqrt(4^2 + 3^2); the standard error of an estimated deviation is 5 / sqrt(2 n)
    assert found.noise([x])[0] == pytest.approx(5.0, abs=4.9 * 5.0 / np.sqrt(2 * DRAWS))


def test_too_few_draws_tell_nothing() -> None:
    with pytest.raises(ValueError, match="30 or more"):
        Knowing(np.zeros((10, 2)), 0)
