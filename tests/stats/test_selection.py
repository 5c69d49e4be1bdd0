"""Ranking and selection, step by step (its promise is measured in test_coverage.py)."""

import numpy as np
import pytest

from sim.stats.selection import Selection


def noisy_rows(n: int, means: tuple[float, ...], seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(means, 2.0, (n, len(means)))


def test_first_limits_by_hand() -> None:
    # Two options, first stage 2, 95 %: eta = ((2 x 0.05)^-2 - 1) / 2 = 49.5, h^2 = 99. Differences
    # -1 and 1 have variance 2, so N = 99 x 2 / 1.01^2 = 194.1: decided at row 195.
    selection = Selection(2, 1.01, first_stage=2)
    selection.add([[0.0, 1.0]])
    assert selection.replications_at_most is None
    selection.add([[2.0, 1.0]])
    assert selection.replications_at_most == 195
    assert not selection.finished
    assert selection.best is None


def test_a_lag_beyond_the_triangle_ends_it() -> None:
    # As above, then at row 3 the triangle is 1.01 / 2 (194.1 - 3) = 96.5 wide: a lag of 96 is not
    # enough, one of 97 is.
    for lag, finished in ((96.0, False), (97.0, True)):
        selection = Selection(2, 1.01, first_stage=2)
        selection.add([[0.0, 1.0], [2.0, 1.0], [0.0, lag]])
        assert selection.finished is finished
    assert selection.best == 1
    assert selection.survivors.tolist() == [1]
    assert selection.replications == selection.replications_at_most == 3


def test_equal_options_end_in_a_tie_for_the_first() -> None:
    selection = Selection(3, 1.0, first_stage=2)
    selection.add([[1.0, 4.0, 4.0], [2.0, 5.0, 5.0], [7.0, 7.0, 7.0]])
    # No difference varies: decided at the second row, the lagging option dropped.
    assert selection.finished
    assert selection.replications == 2
    assert selection.survivors.tolist() == [1, 2]
    assert selection.best == 1


def test_the_choice_falls_at_the_latest_when_it_said() -> None:
    selection = Selection(2, 1.0, first_stage=5)
    rows = noisy_rows(5, (0.0, 0.0))
    selection.add(rows)
    latest = selection.replications_at_most
    assert latest is not None
    # Rows with sums that stay tied keep both in play to the end.
    balance = -rows.sum(axis=0) / (latest - 5)
    selection.add(np.tile(balance, (latest - 5 - 1, 1)))
    assert not selection.finished
    selection.add(balance[None])
    assert selection.finished
    assert selection.replications == latest


def test_batches_do_not_matter() -> None:
    rows = noisy_rows(400, (0.0, 0.5, 1.5, 0.2))
    whole, single = Selection(4, 0.5), Selection(4, 0.5)
    whole.add(rows)
    for row in rows:
        single.add(row[None])
    assert whole.finished
    assert whole.replications < 400
    for name in ("best", "replications", "finished"):
        assert getattr(whole, name) == getattr(single, name)
    assert whole.survivors.tolist() == single.survivors.tolist()


def test_dropped_options_need_not_be_simulated() -> None:
    rows = noisy_rows(2000, (0.0, 0.3, -50.0))
    full, sparse = Selection(3, 0.3), Selection(3, 0.3)
    full.add(rows)
    for row in rows:
        gone = np.setdiff1d(np.arange(3), sparse.survivors)
        sparse.add(np.where(np.isin(np.arange(3), gone), np.nan, row)[None])
    assert full.finished
    assert sparse.finished
    assert (full.best, full.replications) == (sparse.best, sparse.replications)


def test_common_random_numbers_save_replications() -> None:
    # Correlation 0.9 shrinks the variance of every difference tenfold, and the rows with it.
    rng = np.random.default_rng(9)
    means = np.array([0.0, 0.0, 0.0, 0.2])
    needed = {0.0: 0, 0.9: 0}
    for _ in range(10):
        own, luck = rng.standard_normal((1000, 4)), rng.standard_normal((1000, 1))
        for rho in needed:
            selection = Selection(4, 0.2)
            selection.add(means + np.sqrt(rho) * luck + np.sqrt(1.0 - rho) * own)
            assert selection.finished
            needed[rho] += selection.replications
    assert needed[0.9] < needed[0.0] / 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"options": 1, "indifference": 1.0}, "at least two options"),
        ({"options": 3, "indifference": 0.0}, "indifference must be positive"),
        ({"options": 3, "indifference": np.inf}, "indifference must be positive"),
        ({"options": 3, "indifference": 1.0, "confidence": 1.0}, "confidence must lie"),
        ({"options": 4, "indifference": 1.0, "confidence": 0.25}, "guessing among 4"),
        ({"options": 3, "indifference": 1.0, "first_stage": 1}, "at least two replications"),
    ],
)
def test_impossible_wishes_are_refused(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        Selection(**arguments)


def test_a_missing_value_is_refused_by_name() -> None:
    selection = Selection(3, 1.0)
    with pytest.raises(ValueError, match="option 2 has no finite value in replication 1"):
        selection.add([[1.0, 2.0, 3.0], [1.0, 2.0, np.nan]])
    with pytest.raises(ValueError, match=r"expected \(n, 3\)"):
        selection.add([[1.0, 2.0]])
