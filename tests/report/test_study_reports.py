"""Reports of sweeps and staffings: what they say is what the results say, also read from disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from rough import rough_staffing

import sim
from sim.report import report as report_of
from sim.report.blocks import Dataset, Line, Report
from sim.report.html import to_html
from sim.report.numbers import number, signed

CENTRE = """
name: A small centre
calendar: {start: 2026-01-05, days: 1}
profiles: {day: {mon 09:00-10:00: 1, mon 10:00-11:00: 2.5}}
reasons:
  calls: {volume: 50 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}, buying: {basket: 40}}
pools:
  team: {agents: {mon 09:00-11:00: 3}, contract: {per_hour: 20}, sells: {conversion: 10 %}}
run: {service_level: 20 s, replications: 6}
"""
PRICE = "pools.team.contract.per_hour"


ALIKE = """
name: Quiet
calendar: {days: 1}
profiles: {all: {daily 09:00-17:00: 1}}
reasons:
  calls: {volume: 300 per day, profile: all, handle: {exponential: 3 min},
          patience: {exponential: 2 min}}
pools: {team: {agents: {daily 09:00-17:00: 3}}}
"""


@pytest.fixture(scope="module")
def prices() -> sim.SweepResult:
    return sim.sweep(sim.loads(CENTRE), {PRICE: [5, 20, 60]}, jobs=1)


@pytest.fixture(scope="module")
def plan() -> sim.StaffResult:
    with rough_staffing():
        return sim.staff(sim.loads(CENTRE), {"service_level": "60 %"}, at_most=4, jobs=1)


def lines(report: Report, name: str) -> tuple[Line, ...]:
    (found,) = (table for table in report.tables() if table.name == name)
    return found.lines


def data(report: Report, name: str) -> Dataset:
    (found,) = (chart for chart in report.charts() if chart.name == name)
    return found.picture.data["data"]


def test_of_two_inputs_that_which_does_nothing_is_said_to() -> None:
    # what is counted as answered in time changes nobody's sales or wages
    idle = {"run.service_level": ["10 s", "20 s", "30 s"]}
    found = sim.sweep(sim.loads(CENTRE), {PRICE: [5, 20], **idle}, jobs=1)
    assert {found.points[n].texts[0] for n in found.plausible} == {"5"}
    report = report_of(found)
    assert report.answer.startswith("Best margin at per_hour 5: ")
    assert "certainty it is the best" in report.certainty
    assert report.certainty.endswith(
        "service level does nothing to the margin: it is the same at every value."
    )
    assert report.recommended == "per_hour 5"
    assert report.figures[0].value == "5"
    assert data(report, "map-margin")["standing"][:3] == ["best"] * 3


def test_a_sweep_says_what_its_result_says(prices: sim.SweepResult) -> None:
    report = report_of(prices)
    assert report.answer.startswith("Best margin at 5: ")
    assert report.certainty.startswith("With 95 % certainty it is the best of the values tried")
    assert report.recommended == "per_hour: 5"
    table = lines(report, "points")
    assert [line.cells[1].sort for line in table] == [
        point.get("margin").value for point in prices.points
    ]
    assert [line.cells[0].note for line in table] == ["best", *["surely not so good"] * 2]
    drawn = data(report, "curve-margin")
    assert list(drawn["value"]) == [point.get("margin").value for point in prices.points]
    assert list(drawn["low"]) == [point.get("margin").low for point in prices.points]


def test_steps_of_a_cost_lose_and_of_nothing_are_left_out(prices: sim.SweepResult) -> None:
    report = report_of(prices)
    assert set(data(report, "step-cost")["kind"]) == {"costs"}
    assert [one for one in report.charts() if "service-level" in one.name] == []


def test_a_sweep_that_tells_no_values_apart_names_no_best_one() -> None:
    """A second more of patience, in three days: it matters, but nobody can see which way."""
    seconds = {"reasons.calls.patience.exponential": ["120 s", "121 s", "122 s"]}
    found = sim.sweep(sim.loads(ALIKE), seconds, decide="asa", replications=3, jobs=1)
    assert "asa" in found.moved
    assert found.plausible == (0, 1, 2)
    said = " ".join(found.summary().split())
    assert "do not tell the values apart: any of them may be the lowest" in said
    assert said.count("* maybe") == 3
    assert found.report().figures[0].value == "not told apart"
    assert set(data(found.report(), "curve-asa")["standing"]) == {"may be as good"}


@pytest.mark.parametrize(
    ("values", "standings"),
    [
        ({PRICE: [20, 60]}, {"best", "may be as good", "surely not so good"}),
        ({"pools.team.lateness": ["0 s", "1 s"]}, {"may be as good"}),
    ],
)
def test_a_map_frames_the_best_pair_only_where_there_is_one(
    values: dict[str, list[object]], standings: set[str]
) -> None:
    """Three times the wage is surely worse; a second's lateness, in three days, tells nothing."""
    pairs = {"reasons.calls.patience.exponential": ["120 s", "240 s"], **values}
    found = sim.sweep(sim.loads(CENTRE), pairs, decide="margin", replications=3, jobs=1)
    (chart,) = (one for one in found.report().charts() if one.name == "map-margin")
    assert set(chart.picture.data["data"]["standing"]) == standings
    framed = {one for one in ("best", "may be as good") if f"== '{one}'" in str(chart.picture.spec)}
    assert framed == standings - {"surely not so good"}
    assert ("Thick frame" in chart.text) == ("best" in standings)


def test_a_sweep_of_what_does_not_matter_recommends_nothing() -> None:
    same = sim.sweep(sim.loads(CENTRE), {"reasons.calls.priority": [1, 2]}, jobs=1)
    report = report_of(same)
    assert report.answer.startswith("Nothing changes")
    assert report.recommended == ""
    assert to_html(report)


def test_where_more_is_always_better_the_knee_is_recommended_or_nothing() -> None:
    heads = {"pools.team.agents.mon 09:00-11:00": [1, 2, 8, 14]}
    result = sim.sweep(sim.loads(CENTRE), heads, decide="service_level", jobs=1)
    assert len(result.points) - 1 in result.plausible
    assert result.knee is not None
    enough = f"mon 09:00-11:00: {result.axes[0].texts[result.knee.at]}, beyond which more"
    assert result.knee.at == 2
    assert report_of(result).recommended.startswith(enough)
    half = sim.sweep(
        sim.loads(CENTRE),
        {"pools.team.presence": ["20 %", "60 %", "100 %"]},
        decide="service_level",
        jobs=1,
    )
    assert half.knee is not None
    assert half.knee.at == 2
    assert report_of(half).recommended == ""


def test_what_nobody_chooses_is_not_recommended() -> None:
    found = sim.sweep(
        sim.loads(CENTRE),
        {"reasons.calls.volume": ["10 per day", "400 per day", "900 per day"]},
        decide="service_level",
        jobs=1,
    )
    assert found.best is not None
    assert len(found.plausible) < 3
    report = report_of(found)
    assert report.recommended == ""
    assert report.figures[0].label == "Highest at"
    assert report.answer.startswith("Highest service level at")
    assert "best" not in report.answer + report.certainty


def test_one_replication_promises_nothing() -> None:
    once = sim.sweep(sim.loads(CENTRE), {PRICE: [5, 20]}, replications=1, jobs=1)
    report = report_of(once)
    assert report.recommended == ""
    assert all(figure.interval == "" for figure in report.figures)
    assert to_html(report)


def test_a_staffing_says_what_its_result_says(plan: sim.StaffResult) -> None:
    report = report_of(plan)
    held = plan.plan.held[0]
    assert report.figures[0].value == number(held.value, "share")
    assert report.figures[1].value == number(plan.plan.get("hours").value, "h")
    heads = [cell.sort for line in lines(report, "table-plan-0") for cell in line.cells[1:]]
    assert heads == plan.plan.heads.tolist()
    drawn = data(report, "plan-heads")
    assert list(drawn["plan"]) == plan.plan.heads.tolist()
    assert list(drawn["present"]) == [3.0, 3.0]
    gap = plan.difference("present", "cost")
    assert gap is not None
    now = next(line for line in lines(report, "table-staffings") if line.cells[0].text == "Now")
    assert signed(gap.value, "money") in [cell.note.strip("()") for cell in now.cells]


def test_by_hour_of_the_week_it_adds_up_to_the_whole(plan: sim.StaffResult) -> None:
    hours = data(report_of(plan), "unanswered-plan")
    for prefix, name in (("plan", plan.chosen), ("now", "present")):
        total = sum(value for value in hours[f"{prefix}_unanswered"] if isinstance(value, float))
        assert total == pytest.approx(plan.staffings[name].get("unanswered").value)


def test_the_lines_to_paste_give_the_plan(plan: sim.StaffResult, tmp_path: Path) -> None:
    nobody = CENTRE.replace("agents: {mon 09:00-11:00: 3}, ", "")
    (tmp_path / "base.yaml").write_text(nobody, encoding="utf-8")
    pasted = f"extends: base.yaml\n{report_of(plan).origin.sources[0].text}"
    (tmp_path / "plan.yaml").write_text(pasted, encoding="utf-8")
    again = sim.load(tmp_path / "plan.yaml")
    assert again.pools["team"].agents == plan.plan.scenario.pools["team"].agents


def test_reports_from_folders_are_the_same(
    prices: sim.SweepResult, plan: sim.StaffResult, tmp_path: Path
) -> None:
    prices.save(tmp_path / "sweep")
    plan.save(tmp_path / "staff")
    assert to_html(sim.load_result(tmp_path / "sweep").report()) == to_html(report_of(prices))
    assert to_html(sim.load_result(tmp_path / "staff").report()) == to_html(report_of(plan))
