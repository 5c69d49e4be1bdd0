"""The benchmark on tiny cases: the sides that are compared simulate the same centre."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import bench, cases


@pytest.fixture(scope="module")
def small() -> cases.Case:
    """The week with a tenth of its contacts."""
    return cases.week(2_000)


def test_the_sides_agree_on_a_small_week(small: cases.Case) -> None:
    result = bench.race(small, bench.SIDES, rounds=1, collecting=True)  # it checks them
    assert list(result.speed) == [side.name for side in bench.SIDES]
    assert all(len(speeds) == 1 and speeds[0] > 0 for speeds in result.speed.values())
    ours = result.facts[bench.SIDES[0].name]
    # Both ways of the customers, else the sides agree about nothing.
    assert ours.answered > 1_500
    assert ours.abandoned > 20


def test_a_side_that_differs_is_refused(small: cases.Case) -> None:
    draws = small.draws(0)
    ours, *others = bench.SIDES
    exact = next(side for side in others if side.exact)
    idiomatic = next(side for side in others if side.name == bench.BASELINE)
    log = ours.play(small.plan, draws)
    spoilt = replace(log, ended=log.ended + 5.0)  # everybody waits 5 s longer
    for side in (idiomatic, exact):
        bench.check(side, log, log)
        with pytest.raises(SystemExit, match="simulates something else"):
            bench.check(side, spoilt, log)


def test_the_target_is_told_plainly() -> None:
    facts = dict.fromkeys(("ours", "slow", bench.BASELINE), bench.Facts(1, 0, 0.0))
    speed = {"ours": [60.0, 90.0], "slow": [50.0, 80.0], bench.BASELINE: [20.0, 20.0]}
    ours, slow = bench.verdicts(bench.Race("case", speed, facts), {"ours": 3.0, "slow": 3.0})
    # 60/20 and 90/20 are 3 and 4.5; 50/20 and 80/20 are 2.5 and 4, in the median 3.25.
    assert ours.endswith("reached in every round (3.75 (3.00 to 4.50))")
    assert slow.endswith("reached in the median, not in every round (3.25 (2.50 to 4.00))")
