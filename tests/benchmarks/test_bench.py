"""The benchmark on tiny cases: the sides that are compared simulate the same centre."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench, cases, commands, scaling, with_cimba, with_ciw
from benchmarks.facts import Facts


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


def test_other_libraries_agree_on_a_small_queue() -> None:
    """The same customers are answered, after the same waits: nothing simultaneous happens there."""
    queue = cases.erlang_a(agents=5)
    draws = queue.draws(0)
    ours = Facts.of(bench.SIDES[0].play(queue.plan, draws))
    assert ours.abandoned > 100
    for side in bench.libraries():
        theirs = bench.facts(side.play(queue.plan, draws))
        assert (theirs.answered, theirs.abandoned) == (ours.answered, ours.abandoned), side.name
        assert theirs.mean_wait == pytest.approx(ours.mean_wait, rel=1e-9), side.name


def test_other_libraries_refuse_what_they_cannot_express(small: cases.Case) -> None:
    for library in (with_ciw, with_cimba):
        with pytest.raises(ValueError, match="single queue"):
            library.simulate(small.plan, small.draws(0))


def test_a_side_that_differs_is_refused(small: cases.Case) -> None:
    draws = small.draws(0)
    ours, *others = bench.SIDES
    exact = next(side for side in others if side.exact)
    idiomatic = next(side for side in others if side.name == bench.BASELINE)
    log = ours.play(small.plan, draws)
    spoilt = replace(log, ended=log.ended + 1.0)  # everybody waits 1 s longer
    for side in (idiomatic, exact):
        bench.check(side, log, log)
        with pytest.raises(SystemExit, match="simulates something else"):
            bench.check(side, spoilt, log)


def test_the_study_by_hand_is_of_the_same_centre(
    small: cases.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything, same, theirs = bench.end_to_end(small, replications=3, rounds=1)
    assert everything[0] > 0
    assert same[0] > 0
    assert theirs[0] > 0
    busier = cases.week(6_000)  # three times the customers
    monkeypatch.setattr(bench.by_hand, "run", lambda _, *rest: by_hand(busier, *rest))
    with pytest.raises(SystemExit, match="by hand, contacts"):
        bench.end_to_end(small, replications=3, rounds=1)


by_hand = bench.by_hand.run


def test_the_target_is_told_plainly() -> None:
    facts = dict.fromkeys(("ours", "slow", bench.BASELINE), Facts(1, 0, 0.0))
    speed = {"ours": [60.0, 90.0], "slow": [50.0, 80.0], bench.BASELINE: [20.0, 20.0]}
    ours, slow = bench.verdicts(bench.Race("case", speed, facts), {"ours": 3.0, "slow": 3.0})
    # 60/20 and 90/20 are 3 and 4.5; 50/20 and 80/20 are 2.5 and 4, in the median 3.25.
    assert ours.endswith("reached in every round (3.75 (3.00 to 4.50))")
    assert slow.endswith("reached in the median, not in every round (3.25 (2.50 to 4.00))")


def test_what_is_measured_against_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "PLOT", tmp_path / "scaling.svg")
    monkeypatch.setattr(scaling, "CONTACTS", 1)  # one replication
    points = [scaling.measure_point("agents", 10), scaling.measure_point("pools", 5)]
    agents, pools = points
    # 10 agents at a load of one each: 4,800 contacts a day, for as many days as make 200,000.
    assert agents.contacts == pytest.approx(200_000, rel=0.05)
    assert pools.contacts == pytest.approx(200_000, rel=0.05)
    assert 10 < agents.most_waiting < 100
    lines = scaling.report(points)
    assert sum(line.startswith("| 10 |") for line in lines) == 1
    assert "<svg" in (tmp_path / "scaling.svg").read_text(encoding="utf-8")


def test_a_command_is_timed_in_an_empty_folder(tmp_path: Path) -> None:
    here = commands.Version(commands.HERE, tmp_path)
    assert here.seconds(commands.Command("check", ("check", commands.SHOP)), commands.HERE) > 0
    with pytest.raises(subprocess.CalledProcessError):
        here.seconds(commands.Command("none", ("check", "no/such.yaml")), commands.HERE)
