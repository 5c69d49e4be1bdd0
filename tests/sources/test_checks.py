"""Every shipped scenario keeps every law, and a law that is broken is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.experiment.simulation import Simulation
from sim.experiment.study_file import load_study
from sim.measures import Check
from sim.report import report
from sim.report.html import to_html
from sim.scenario.reading import is_study

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").rglob("*.yaml"))


def scenarios(file: Path) -> dict[str, sim.Scenario]:
    """Those of a file: one, or those of a study's options; none of a layer for others to extend."""
    if is_study(file):
        return {name: option.scenario for name, option in load_study(file).options.items()}
    try:
        return {file.stem: sim.load(file)}
    except sim.ScenarioError:
        return {}


LONG = ("ai-agent", "january")
"""Half a minute; these are looked at by `make proof` alone."""


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=file.stem, marks=pytest.mark.proof if file.stem in LONG else [])
        for file in SHIPPED
    ],
)
def test_every_shipped_scenario_keeps_every_law(file: Path) -> None:
    for name, scenario in scenarios(file).items():
        broken = [
            check for check in Simulation.of(scenario, 1, "compiled").check(0) if not check.passed
        ]
        assert not broken, name


def test_a_broken_law_is_told_on_the_terminal_on_the_page_and_in_json() -> None:
    result = sim.run(sim.load(SHIPPED[0].parent.parent / "shop" / "base.yaml"), replications=2)
    detail = "1 break it, the first is contact 7"
    broken = replace(result, checks=(Check("agents answer on duty", False, detail),))
    for text in (broken.summary(), to_html(report(broken))):
        assert "agents answer on duty (1 break it, the first is contact 7)" in " ".join(
            text.split()
        )
    assert broken.as_json()["checks"] == [["agents answer on duty", False, detail]]
    assert "failed" not in result.summary()
