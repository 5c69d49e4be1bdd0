"""`sim size`: against Erlang C, what it promises of its levels, what is said wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment import size as sizing
from sim.experiment.runner import Runner
from sim.experiment.size import Level, SizeResult, levels_of
from sim.experiment.staff import Settled, settle
from sim.experiment.staffing.verify import CAPPED, HOLDS, OPEN
from sim.experiment.study import Study
from sim.report import report
from sim.report.html import to_html
from sim.scenario.faults import Wrong
from sim.theory import agents_needed, erlang_c

RATE, SERVICE = 80 / 3600, 360.0

ROUND_THE_CLOCK = """
calendar: {days: 1, warmup: 1}
reasons: {calls: {volume: 80 per hour, handle: {exponential: 6 min}, patience: never}}
pools: {team: {agents: {daily: 11}, contract: {per_hour: 20}}}
run: {service_level: 20 s, replications: 40}
"""

MORNING = """
calendar: {start: 2026-01-05, days: 1}
profiles: {day: {mon 09:00-10:00: 1, mon 10:00-11:00: 2.5, mon 11:00-12:00: 0.6}}
reasons:
  calls: {volume: 90 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}}
pools: {team: {agents: {mon 09:00-12:00: 3}}}
run: {service_level: 20 s, replications: 20}
"""

LEVELS = (0.72, 0.76, 0.85, 0.92, 0.955)

pytestmark = pytest.mark.usefixtures("rough")


def sized(text: str, levels: str, **options: Any) -> SizeResult:
    targets = {"service_level": "80 %"}
    return sim.size(sim.loads(text), targets, levels=levels, jobs=1, **options)


@cache
def constant() -> SizeResult:
    """Five levels of M/M/n, of which four can be reached with 13 people."""
    levels = ", ".join(f"{100 * one:g} %" for one in LEVELS)
    return sized(ROUND_THE_CLOCK, levels, blocks="lines", at_most=13)


def test_each_level_takes_the_agents_of_erlang_c() -> None:
    """M/M/n round the clock: no level lies nearer than 2 points to what n or n - 1 people reach."""
    for level, wanted in zip(constant().levels[:4], LEVELS, strict=False):
        needed = agents_needed(lambda q, at=wanted: q.sl_offered(20) >= at, RATE, SERVICE)
        at, below = (erlang_c(RATE, SERVICE, n).sl_offered(20) for n in (needed, needed - 1))
        assert min(at - wanted, wanted - below) > 0.02
        assert level.wanted == wanted
        assert level.holds
        assert constant().people(level.staffed) == needed
        assert level.staffed.get("hours").value == 24 * needed
        reached = constant().reached(level.staffed)
        assert abs(reached.value - at) < reached.high - reached.low  # 1e-4, as to chance
        assert reached.low > wanted


def test_one_plan_has_one_number() -> None:
    """11 people serve 72 and 76 %, and are the staffing of today."""
    found = constant()
    at_72, at_76, now = found.levels[0].staffed, found.levels[1].staffed, found.now
    assert found.people(at_72) == found.people(at_76) == found.people(now) == 11
    assert found.reached(at_72) == found.reached(at_76) == found.reached(now)


def test_what_the_cap_stops_is_said_so() -> None:
    """95.5 % takes 14 people."""
    assert erlang_c(RATE, SERVICE, 13).sl_offered(20) < 0.945
    found = constant()
    assert [one.verdict.outcome for one in found.levels] == [*[HOLDS] * 4, CAPPED]
    assert found.answer == "92 %"
    # 11 people for 72 %, 13 for 92 %
    assert report(found).answer == (
        "From 72 to 92 % takes 48.0 h more a day, 18 %: 312 h instead of 264 h; 95.5 % cannot be "
        "reached with up to 13 people."
    )
    [table] = report(found).tables()
    assert [line.cells[-1].text for line in table.lines] == [*["surely"] * 4, "no: the cap", ""]


def test_the_steps_that_are_told_are_the_cheapest_and_the_dearest() -> None:
    """Hours a point: 0 to 76 %; 24 / 9 to 85 %; 24 / 7 to 92 %."""
    said = [one.text for one in report(constant()).because]
    assert said[0].startswith("The dearest step: from 85 to 92 % takes 24.0 h more a day")
    assert said[1] == "The cheapest step: from 72 to 76 % takes no more: the same 264 h a day."


def test_a_plan_is_what_sim_staff_finds() -> None:
    """The same goal, customers and search: the same plan, judged alike."""
    found = sized(MORNING, "70 %, 80 %", at_most=5)
    for level in found.levels:
        assert level.plan_of == level.wanted
        target = {"service_level": level.name}
        plan = sim.staff(sim.loads(MORNING), target, at_most=5, jobs=1)
        assert plan.verdict == level.verdict
        assert np.array_equal(plan.plan.heads, level.staffed.heads)
        assert plan.plan.held == level.staffed.held


def test_a_higher_level_never_costs_less() -> None:
    found = sized(MORNING, "50 %..90 % step 10 %")
    assert [one.wanted for one in found.levels] == [0.5, 0.6, 0.7, 0.8, 0.9]
    hours = [one.staffed.get("hours").value for one in found.held]
    assert len(hours) == 5
    assert hours == sorted(hours)
    assert hours[0] < hours[-1]


def dear(settled: Settled, again: Settled) -> Settled:
    """What a search came to that found a far larger plan, which holds."""
    assert settled.verdict.outcome == again.verdict.outcome == HOLDS
    return again


def unsure(settled: Settled, _again: Settled) -> Settled:
    """What a search came to of which nobody knows whether it holds."""
    return replace(settled, verdict=replace(settled.verdict, outcome=OPEN))


@pytest.mark.parametrize("came_to", [dear, unsure])
def test_a_plan_for_a_higher_level_serves_a_lower_one(
    monkeypatch: pytest.MonkeyPatch, came_to: Any
) -> None:
    """The search for 76 % does badly: what is found for 85 % is cheaper, or surely holds."""

    def badly(study: Study, runner: Runner, searcher: Runner, told: Any) -> Settled:
        assert study.staff is not None
        settled = settle(study, runner, searcher, told)
        if study.staff.entries[0][2] != 0.76:
            return settled
        high = replace(study, staff=sizing.goal_at(study.staff, 0.95))
        return came_to(settled, settle(high, runner, searcher, told))  # type: ignore[no-any-return]

    monkeypatch.setattr(sizing, "settle", badly)
    lower, higher = sized(ROUND_THE_CLOCK, "76 %, 85 %", blocks="lines", replications=20).levels
    assert (lower.wanted, lower.plan_of) == (0.76, 0.85)
    assert lower.holds
    assert lower.staffed is higher.staffed
    assert isinstance(lower, Level)


def test_a_report_from_a_folder_is_the_same(tmp_path: Path) -> None:
    page = to_html(report(constant()))
    again = sim.load_result(constant().save(tmp_path / "size"))
    assert to_html(again.report()) == page
    [curve] = report(constant()).charts()
    assert curve.picture.data["data"]["hours"] == [264.0, 288.0, 312.0]  # 11, 12 and 13 people
    assert curve.picture.data["data"]["wanted"] == ["72 % and 76 %", "85 %", "92 %"]


def test_the_command_that_is_told_asks_the_same(tmp_path: Path) -> None:
    """Its study file has the goal, its options the levels."""
    found = sized(MORNING, "60 %, 72.5 %", replications=8, at_most=4)
    origin = report(found).origin
    assert origin.command == ("sim size study.yaml --engine compiled --levels 60%,72.5%")
    for source in origin.sources:
        (tmp_path / source.name).write_text(source.text, encoding="utf-8")
    again = sim.size(sim.load_study(tmp_path / "study.yaml"), levels=["60%,72.5%"], jobs=1)
    assert again.as_json()["levels"] == found.as_json()["levels"]


def test_levels_as_they_are_given() -> None:
    assert levels_of(["90%,70 %", 0.8]) == (0.7, 0.8, 0.9)
    assert levels_of(["70%..95% step 5%"]) == pytest.approx(sizing.USUAL)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["80"], "levels: `80` is more than the whole; did you mean `80 %`?"),
        ([80], "levels: `80` is more than the whole; did you mean `80 %`?"),
        (["70%,120%"], "levels: `120%` is more than the whole; allowed: 0 % to 100 %"),
        (["eighty"], "levels: `eighty` is not a share"),
        (["70%..90%"], "levels: `70%..90%` is not a share"),
        (["80%,0.8"], "levels: 80 % is there twice"),
        ([], "levels: 0 are asked for; allowed: 1 to 20"),
        (["1%..30% step 1%"], "levels: 30 are asked for; allowed: 1 to 20"),
    ],
)
def test_levels_that_are_none_are_refused(said: list[object], message: str) -> None:
    with pytest.raises(Wrong) as refused:
        levels_of(said)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "does not say what to reach; give a target"),
        ({"targets": {"asa": "30 s"}}, "no target is a service level; give one"),
        ({"targets": {"service_level": "80 %"}, "pools": ["tem"]}, "did you mean `team`?"),
    ],
)
def test_a_goal_without_a_service_level_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(Wrong) as refused:
        sim.size(sim.loads(MORNING), **options)
    assert message in str(refused.value)


def test_the_margin_is_no_matter_of_levels() -> None:
    goal = sim.Study.of({"base": sim.loads(MORNING)})
    goal = replace(goal, staff=sizing.StaffGoal.of({"service_level": "80 %"}, maximise="margin"))
    with pytest.raises(Wrong, match="remove `maximise`"):
        sim.size(goal)


def test_the_level_of_a_group_is_gone_over_beside_other_targets() -> None:
    """Of the study's targets the first service level changes, the others stay."""
    found = sim.size(
        sim.loads(MORNING),
        {"abandonment": "30 %", "phone.service_level": "99 %"},
        levels=["60 %"],
        jobs=1,
    )
    [level] = found.levels
    assert [(one.target.name, one.target.value) for one in level.staffed.held] == [
        ("abandonment", 0.3),
        ("phone.service_level", 0.6),
    ]
    assert found.reached(level.staffed) is level.staffed.held[1]
    said = report(found)
    assert said.answer.startswith("60 % phone: service level takes ")
    assert "each plan is to reach: abandonment" in said.notes
