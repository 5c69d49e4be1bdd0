"""A staffing written and read again, and the study file that repeats it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment.runner import Runner
from sim.experiment.staff import StaffResult, staff
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.study import Study
from sim.experiment.study_file import load_study
from sim.experiment.study_text import study_text
from sim.report import report
from sim.scenario import to_yaml

MORNING = """
name: '</script><b>"centre"'
calendar: {start: 2026-01-05, days: 1, windows: {early: mon-fri 09:00-10:00}}
profiles: {day: {mon 09:00-10:00: 1, mon 10:00-11:00: 2.5, mon 11:00-12:00: 0.6}}
reasons:
  calls: {volume: 60 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}, buying: {basket: 40}}
pools:
  مساء الخير: {agents: {mon 09:00-12:00: 3}, contract: {per_hour: 20}, sells: {conversion: 10 %}}
run: {service_level: 20 s, replications: 8}
"""

CASES: dict[str, tuple[dict[str, object], dict[str, Any]]] = {
    "targets": ({"early.service_level": "70 %", "asa": "25 s", "abandonment": "12.5 %"}, {}),
    "shifts": ({"service_level": "60 %"}, {"shifts": {"lengths": ["2 h", "90 min"]}}),
    "lines": ({"phone.service_level": "60 %"}, {"blocks": "lines"}),
}

pytestmark = pytest.mark.usefixtures("rough")


@cache
def case(name: str) -> StaffResult:
    targets, more = CASES[name]
    study = Study.of({"base": sim.loads(MORNING)}, question="How many?", seed=3, confidence=0.9)
    with Runner(jobs=1) as runner:
        return staff(replace(study, staff=StaffGoal.of(targets, **more)), runner)


def written(result: StaffResult, folder: Path) -> Path:
    return result.save(folder)


@pytest.mark.parametrize("name", CASES)
def test_what_was_written_is_read(name: str, tmp_path: Path) -> None:
    result = case(name)
    again = StaffResult.load(written(result, tmp_path / "result"))
    assert again.as_json() == result.as_json()
    assert again.scenarios() == result.scenarios()
    assert (again.goal, again.resolved, again.aim) == (result.goal, result.resolved, result.aim)
    assert report(again).answer == report(result).answer
    for one, other in zip(again.staffings.values(), result.staffings.values(), strict=True):
        assert (one.name, str(one.held)) == (other.name, str(other.held))
        assert np.array_equal(one.heads, other.heads)
        assert np.array_equal(one.loss, other.loss)
    there, here = result.tables(), again.tables()
    assert list(there) == list(here)
    for table in there:
        assert there[table].equals(here[table]), table


def test_the_written_study_gives_the_same_numbers(tmp_path: Path) -> None:
    folder = written(case("lines"), tmp_path / "result")
    study = load_study(folder / "scenarios" / "study.yaml")
    with Runner(jobs=1) as runner:
        assert staff(study, runner).as_json() == case("lines").as_json()


GOALS: list[tuple[dict[str, object], dict[str, Any]]] = [
    *CASES.values(),
    ({}, {"maximise": "margin", "at_most": 4, "at_least": 0}),
    ({"asa": "25.5 s"}, {"blocks": "30 min", "hours": "mon 09:00-11:00", "pools": ["مساء الخير"]}),
]


@pytest.mark.parametrize(("targets", "more"), GOALS)
def test_a_goal_is_written_as_a_file_that_says_the_same(
    targets: dict[str, object], more: dict[str, Any], tmp_path: Path
) -> None:
    goal = StaffGoal.of(targets, **more)
    study = replace(Study.of({"base": sim.loads(MORNING)}, question="How many?"), staff=goal)
    (tmp_path / "base.yaml").write_text(to_yaml(study.reference.scenario), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(study_text(study, {"base": "base.yaml"}), encoding="utf-8")
    assert load_study(tmp_path / "study.yaml") == study
