"""Promises measured: coverage of the intervals, probability of correct selection.

Every check draws with a fixed seed and asserts a binomial bound that a procedure keeping its
promise misses with probability `FALSE_ALARM` = 1e-8; with fewer than 100 checks the file raises a
false alarm with less than 1e-6 (over choices of the seed). DETECTABLE in a test's comment is the
true probability from which on a broken procedure is caught with 99.9 %.

How the methods were chosen, coverage of 95 % intervals with 5 / 10 / 30 replications, in 20,000
to 40,000 experiments (standard error below 0.4 points; quantiles 400 to 1,500, below 1.2 points):

                                           jackknife    centre corrected  delta method   Fieller
revenue per contact, busyness cv 0.3       94 / 95 / 95   94 / 95 / 95   94 / 95 / 95   95 / 95 / 95
heavy: sums exp(normal), busyness cv 0.5   85 / 86 / 89   85 / 86 / 89   84 / 85 / 88   88 / 87 / 88
3 contacts a replication                   94 / 94 / 95   95 / 94 / 95   94 / 94 / 95   96 / 95 / 95
exponential denominators                   91 / 92 / 94   90 / 91 / 93   89 / 91 / 93   97 / 96 / 95

                                           jackknife      `share_interval`
service level, bad in busy weeks (cv 0.2)  90 / 91 / 93   94 / 95 / 96
the same, extreme (cv 0.5, level 0.89)     64 / 70 / 80   81 / 88 / 93
3 contacts a replication                   94 / 95 / 95   100 / 99 / 98
0.05 % abandon, 500 contacts               71 / 92 / 94   100 / 100 / 99
0.25 % abandon, in clusters                81 / 86 / 91   100 / 97 / 95

                                           sectioning     Woodruff's (`quantile_interval`)
95 % quantile, busy weeks wait longer      84 / 85 / 84   95 / 95 / 95
90 % quantile, the same                    86 / 89 / 88   97 / 97 / 96
90 % quantile, 8 contacts a replication    95 / 94 / 95   98 / 98 / 97
90 % quantile, alike replications          95 / 95 / 95   100 / 99 / 98
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from sim.stats.estimate import Estimate
from sim.stats.histogram import HISTOGRAM_BINS, histogram_bins
from sim.stats.intervals import mean_interval, ratio_interval
from sim.stats.pairing import ratio_difference_interval
from sim.stats.precision import replications_needed
from sim.stats.selection import Selection
from sim.stats.shares import probability_interval, share_interval

from .comparing import compare_means
from .pooling import quantile_interval

pytestmark = pytest.mark.proof

FALSE_ALARM = 1e-8

Draw = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]]


def covered(estimate: Estimate, truth: float) -> np.ndarray:
    """Which of the experiments (trailing axis) have an interval that contains the truth."""
    return (estimate.low <= truth) & (truth <= estimate.high)


def assert_at_least(hits: np.ndarray, promised: float) -> None:
    """Fewer hits than any procedure with the promised probability would have."""
    assert hits.sum() >= stats.binom.ppf(FALSE_ALARM, hits.size, promised), hits.mean()


def assert_at_most(hits: np.ndarray, promised: float) -> None:
    """The mirror: an interval that covers more than this is needlessly wide."""
    assert hits.sum() <= stats.binom.isf(FALSE_ALARM, hits.size, promised), hits.mean()


def revenue(rng: np.random.Generator, n: int, experiments: int) -> tuple[np.ndarray, np.ndarray]:
    """Poisson contacts, 60 on a gamma busyness with cv 0.3; each brings exp. revenue w.p. 0.3."""
    contacts = rng.poisson(60 * rng.gamma(11.1, 1 / 11.1, (n, experiments)))
    return rng.standard_gamma(rng.binomial(contacts, 0.3)), contacts


def weeks(rng: np.random.Generator, n: int, experiments: int) -> tuple[np.ndarray, np.ndarray]:
    """Service level 90 %, 80 %, 50 % in weeks with 160, 200, 260 contacts: 70 % of all contacts.

    (0.9 x 160 + 0.8 x 200 + 0.5 x 260) / 620 = 434 / 620 = 0.7.
    """
    kind = rng.integers(0, 3, (n, experiments))
    contacts = rng.poisson(np.array([160, 200, 260])[kind])
    return rng.binomial(contacts, np.array([0.9, 0.8, 0.5])[kind]), contacts


def handful(rng: np.random.Generator, n: int, experiments: int) -> tuple[np.ndarray, np.ndarray]:
    """Two contacts a replication on average, many with none; 60 % answered."""
    contacts = rng.poisson(2.0, (n, experiments))
    return rng.binomial(contacts, 0.6), contacts


def rare(rng: np.random.Generator, n: int, experiments: int) -> tuple[np.ndarray, np.ndarray]:
    """One contact in 2,000 gives up, 500 contacts a replication: often none is seen at all."""
    contacts = rng.poisson(500, (n, experiments))
    return rng.binomial(contacts, 0.0005), contacts


@pytest.mark.parametrize("n", [2, 5, 10, 30])
def test_mean_interval_is_exact_for_normal_replications(n: int) -> None:
    # DETECTABLE: 0.936 and 0.963 of 20,000; a normal instead of Student's quantile covers 70, 88,
    # 92, 94 % and is caught up to n = 10.
    x = np.random.default_rng(n).normal(100.0, 15.0, (n, 20_000))
    hits = covered(mean_interval(x), 100.0)
    assert_at_least(hits, 0.95)
    assert_at_most(hits, 0.95)


@pytest.mark.parametrize("n", [5, 10, 30])
def test_ratio_interval_of_revenue_per_contact(n: int) -> None:
    # Promised: 94 to 95.5 %. DETECTABLE: 0.925 and 0.967 of 20,000.
    hits = covered(ratio_interval(*revenue(np.random.default_rng(n), n, 20_000)), 0.3)
    assert_at_least(hits, 0.94)
    assert_at_most(hits, 0.955)


@pytest.mark.parametrize("n", [10, 30])
@pytest.mark.parametrize(("draw", "truth"), [(weeks, 0.7), (handful, 0.6), (rare, 0.0005)])
def test_share_interval_covers(draw: Draw, truth: float, n: int) -> None:
    # DETECTABLE: 0.936 of 20,000; the plain jackknife covers 92 and 94 % of the rare.
    estimate = share_interval(*draw(np.random.default_rng(n), n, 20_000))
    assert_at_least(covered(estimate, truth)[estimate.n >= 2], 0.95)


@pytest.mark.parametrize(
    ("draw", "truth", "promised"),
    [(weeks, 0.7, 0.88), (handful, 0.6, 0.95), (rare, 0.0005, 0.95)],
)
def test_share_interval_of_five_replications(draw: Draw, truth: float, promised: float) -> None:
    # Five weeks contain no bad one with (2/3)^5 = 13 %, and no interval can know of it then: the
    # rest is covered. DETECTABLE: 0.859 and 0.936; the jackknife covers 84, 94 and 71 %.
    estimate = share_interval(*draw(np.random.default_rng(5), 5, 20_000))
    assert_at_least(covered(estimate, truth)[estimate.n >= 2], promised)


@pytest.mark.parametrize("n", [5, 10, 30])
def test_paired_ratio_difference_covers(n: int) -> None:
    # Option and reference share contacts and 0.3 revenue chance; the option sells to one in ten of
    # the rest: + 0.07 a contact, a rare and skewed difference. Promised: 92 to 96 %. DETECTABLE:
    # 0.903 and 0.971 of 20,000.
    rng = np.random.default_rng(n)
    contacts = rng.poisson(60 * rng.gamma(11.1, 1 / 11.1, (n, 20_000)))
    sold = rng.binomial(contacts, 0.3)
    more = rng.binomial(contacts - sold, 0.1)
    reference = rng.standard_gamma(sold)
    option = reference + rng.standard_gamma(more)
    hits = covered(ratio_difference_interval(option, contacts, reference, contacts), 0.07)
    assert_at_least(hits, 0.92)
    assert_at_most(hits, 0.96)


@pytest.mark.parametrize("probability", [0.003, 0.05, 0.5])
def test_probability_interval_covers_at_least(probability: float) -> None:
    # DETECTABLE: 0.943 of 100,000. Wilson's covers 92.5 % of 20 at 0.05.
    hits = np.random.default_rng(1).binomial(20, probability, 100_000)
    assert_at_least(covered(probability_interval(hits, np.full(100_000, 20)), probability), 0.95)


def week_histograms(rng: np.random.Generator, n: int) -> np.ndarray:
    """Weeks of 320 and 480 contacts with exponential waits of mean 15 and 45 s."""
    busy = rng.integers(0, 2, n)
    contacts = rng.poisson(np.where(busy, 480, 320))
    week = np.repeat(np.arange(n), contacts)
    waits = rng.exponential(np.where(busy, 45.0, 15.0)[week])
    places = week * HISTOGRAM_BINS + histogram_bins(waits)
    return np.bincount(places, minlength=n * HISTOGRAM_BINS).reshape(n, HISTOGRAM_BINS)


@pytest.mark.parametrize("n", [5, 10, 30])
def test_quantile_interval_covers(n: int) -> None:
    # The wait x that 90 % do not exceed: 0.4 exp(-x/15) + 0.6 exp(-x/45) = 0.1, so x = 81.43 s.
    # Promised: 93 %. DETECTABLE: 0.846 of 1,000.
    truth = 81.43
    assert 0.4 * np.exp(-truth / 15) + 0.6 * np.exp(-truth / 45) == pytest.approx(0.1, abs=2e-5)
    rng = np.random.default_rng(n)
    hits = [covered(quantile_interval(week_histograms(rng, n), 0.9), truth) for _ in range(1000)]
    assert_at_least(np.array(hits), 0.93)


@pytest.mark.parametrize(("n", "correlation"), [(5, 0.5), (10, 0.9), (30, 0.0)])
def test_simultaneous_intervals_hold_together(n: int, correlation: float) -> None:
    # Seven options with equal means and spreads 1 to 2. Promised: 93 %. DETECTABLE: 0.817 of 600;
    # single intervals hold together in 77 %.
    rng = np.random.default_rng(n)
    together, pairs = [], []
    for _ in range(600):
        luck = np.sqrt(correlation) * rng.standard_normal((n, 1))
        own = np.sqrt(1.0 - correlation) * rng.standard_normal((n, 7))
        comparison = compare_means((luck + own) * np.linspace(1.0, 2.0, 7), reference=3)
        together.append(covered(comparison.simultaneous, 0.0).all())
        pairs.append(not comparison.separated_pairs.any())
    assert_at_least(np.array(together), 0.93)
    assert_at_least(np.array(pairs), 0.92)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_selection_keeps_its_promise_where_it_is_hardest(correlation: float) -> None:
    # The slippage configuration: all options as close to the best as the promise allows. Promised:
    # 90 %. DETECTABLE: 0.835 of 2,000 (measured 0.93 and 0.96). Nor may the promise be bought with
    # replications: h^2 = 9 (0.05^(-2/9) - 1) = 8.5, so the triangle ends on average at row
    # 8.5 x 8 (1 - correlation) = 68 or 27, and most decisions fall well before.
    rng = np.random.default_rng(11)
    means = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    chosen, rows = [], []
    for _ in range(2000):
        luck = np.sqrt(correlation) * rng.standard_normal((400, 1))
        own = np.sqrt(1.0 - correlation) * rng.standard_normal((400, 5))
        selection = Selection(5, 1.0, confidence=0.9, first_stage=10)
        selection.add(means + 2.0 * (luck + own))
        chosen.append(selection.best)
        rows.append(selection.replications)
    assert_at_least(np.array(chosen) == 2, 0.9)
    assert np.mean(rows) < 0.6 * 68 * (1.0 - correlation) + 2


def test_selection_with_a_clear_order_still_finds_the_best() -> None:
    # Means 0, 1, 2, 3 with one indifference between neighbours. DETECTABLE: 0.740 of 400.
    rng = np.random.default_rng(12)
    chosen = []
    for _ in range(400):
        selection = Selection(4, 1.0, confidence=0.9, first_stage=10)
        luck, own = rng.standard_normal((300, 1)), rng.normal(0.0, 1.5, (300, 4))
        selection.add(np.arange(4.0) + luck + own)
        chosen.append(selection.best)
    assert_at_least(np.array(chosen) == 3, 0.9)


def test_replications_needed_reach_the_wanted_precision() -> None:
    # Stein: after the replications asked for, |mean - truth| <= half-width with at least 95 %, from
    # 5 to start with. DETECTABLE: 0.936 of 20,000; with a normal quantile 5 replications promise
    # 88 %.
    rng = np.random.default_rng(13)
    first = rng.standard_normal((5, 20_000))
    more = replications_needed(mean_interval(first), 5, absolute=0.25)
    total = first.sum(axis=0) + np.sqrt(more) * rng.standard_normal(20_000)
    assert_at_least(np.abs(total / (5 + more)) <= 0.25, 0.95)
