"""`sim size` on the command line: the answer, one object, what is said wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_centre import Sim

MORNING = """
calendar: {start: 2026-01-05, days: 1}
reasons:
  calls: {volume: 120 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}}
profiles: {day: {mon 09:00-12:00: 1}}
pools: {team: {agents: {mon 09:00-12:00: 2}}}
"""
LEVEL = ("--target", "service_level=80%")
FEW = ("-n", "10", "--blocks", "lines", "--jobs", "1")


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "morning.yaml").write_text(MORNING, encoding="utf-8")
    study = "study: What does it take?\nbase: morning.yaml\nstaff: {targets: {asa: 30 s}}\n"
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    (tmp_path / "none.yaml").write_text(study.partition("staff")[0], encoding="utf-8")


def test_a_line_for_each_level(sim: Sim, tmp_path: Path) -> None:
    arguments = ("size", "morning.yaml", *LEVEL, "--levels", "50%,70%")
    done = sim(*arguments, *FEW, rough=True)
    assert done.returncode == 0, done.stderr
    assert "From 50 to 70 % takes" in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    told = [line[0] for line in lines if line[1:2] == ["%"] and line[-1] == "surely"]
    assert told == ["50", "70"]
    [folder] = (tmp_path / "results").glob("morning-size-*")
    assert (folder / "levels.csv").exists()
    said = json.loads(sim(*arguments, *FEW, "--json", rough=True).stdout)
    assert [one["level"] for one in said["levels"]] == [0.5, 0.7]
    for one in said["levels"]:
        [heads] = one["agents"]["team"].values()
        assert one["people"] == heads
        assert one["hours"] == pytest.approx(3.0 * heads)  # with control variates, as rounding goes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("morning.yaml",), "does not say what to reach"),
        (("none.yaml",), "does not say what to reach"),
        (("study.yaml",), "no target is a service level"),
        (("morning.yaml", *LEVEL, "--levels", "80"), "did you mean `80 %`"),
        (("morning.yaml", *LEVEL, "--levels", "101%"), "0 % to 100 %"),
    ],
)
def test_what_is_said_wrong_ends_with_code_2(
    sim: Sim, arguments: tuple[str, ...], message: str
) -> None:
    done = sim("size", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
