"""A sweep written and read again, and the study file that repeats it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment.grid import factor_of
from sim.experiment.runner import Runner
from sim.experiment.study import Precision, Size, Study
from sim.experiment.study_file import load_study
from sim.experiment.sweep import SweepResult, sweep

SHOP = """\
name: '</script><b>"shop"'
calendar: {days: 2, windows: {morning: mon-fri 09:00-12:00}}
gross_margin: 50 %
reasons:
  purchase:
    volume: 100 per day
    profile: day
    handle: {exponential: 5 min}
    patience: {exponential: 76 s}
    buying: {unaided: 2 %, basket: 100}
profiles:
  day: {mon-fri 09:00-17:00: 1}
pools:
  team:
    agents: {mon-fri 09:00-17:00: 2}
    contract: {per_hour: 20}
    sells: {conversion: 20 %}
run: {replications: 6}
"""

PRESENCE, PATIENCE = "pools.team.presence", "reasons.purchase.patience"
PRICE = "pools.team.contract.per_hour"


def swept(values: dict[str, Any], **more: Any) -> SweepResult:
    study = Study.of({"مساء: {b}": sim.loads(SHOP), "other": sim.loads(SHOP)}, **more)
    factors = tuple(factor_of(path, said) for path, said in values.items())
    with Runner(jobs=1) as runner:
        return sweep(replace(study, sweep=factors), runner)


def written(result: SweepResult, folder: Path) -> Path:
    return result.save(folder)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "crossings": ({PRICE: "5..125 step 30"}, {"question": "Why?"}),
    "texts": ({PATIENCE: [{"exponential": "1 min"}, "never"]}, {"decide": "abandonment"}),
    "grid": ({PRESENCE: ["50 %", "1"], PATIENCE: ["90 s", "2 min"]}, {"replications": 3}),
    "precision": (
        {PRESENCE: ["50 %", "100 %"]},
        {
            "decide": "service_level",
            "precision": Precision("service_level", Size(0.05)),
            "replications": 30,
            "confidence": 0.9,
            "seed": 5,
        },
    ),
    "one": ({PRESENCE: ["50 %", "100 %"]}, {"replications": 1}),
}


@cache
def case(name: str) -> SweepResult:
    values, more = CASES[name]
    return swept(values, **more)


@pytest.mark.parametrize("name", CASES)
def test_what_was_written_is_read(name: str, tmp_path: Path) -> None:
    result = case(name)
    again = SweepResult.load(written(result, tmp_path / "result"))
    assert again.as_json() == result.as_json()
    assert again.provenance() == result.provenance()
    assert again.scenarios() == result.scenarios()
    assert (again.axes, again.knee, again.moved) == (result.axes, result.knee, result.moved)
    assert str(again.break_even + again.no_gain) == str(result.break_even + result.no_gain)
    there, here = result.tables(), again.tables()
    assert list(there) == list(here)
    for table in there:
        assert there[table].equals(here[table]), table


def test_there_is_something_to_be_read() -> None:
    crossing = case("crossings")
    assert crossing.break_even
    assert crossing.knee is not None
    assert len(case("grid").points) == 4


@pytest.mark.parametrize("name", CASES)
def test_the_written_study_gives_the_same_numbers(name: str, tmp_path: Path) -> None:
    folder = written(case(name), tmp_path / "result")
    study = load_study(folder / "scenarios" / "study.yaml")
    with Runner(jobs=1) as runner:
        again = sweep(study, runner)
    assert again.as_json() == case(name).as_json()
