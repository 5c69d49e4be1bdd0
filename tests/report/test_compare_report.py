"""The report of a comparison: the same numbers, in every case that a comparison can end in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import sim
from sim.experiment.compare import Comparison
from sim.experiment.sizes import Size
from sim.experiment.study import Study
from sim.report import report as report_of
from sim.report.blocks import Dataset, Report, Table
from sim.report.compare_pictures import bridge_floor
from sim.report.html import to_html
from sim.report.numbers import number, signed

SHOP = """\
calendar: {days: 2, windows: {morning: mon-fri 09:00-12:00}}
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


def shop(changes: Mapping[str, object] | None = None) -> sim.Scenario:
    return sim.loads(SHOP, overrides=changes)


def heads(number: int) -> sim.Scenario:
    return shop({"pools.team.agents": {"mon-fri 09:00-17:00": number}})


@pytest.fixture(scope="module")
def result() -> Comparison:
    study = Study.of({"two": heads(2), "three": heads(3), "thirty": heads(30)})
    return sim.compare(study, replications=8, jobs=1)


@pytest.fixture(scope="module")
def report(result: Comparison) -> Report:
    return report_of(result)


def test_what_options_define_differently_is_a_risk(tmp_path: Path) -> None:
    options = {"now": shop(), "patient": shop({"run.service_level": "30 s"})}
    result = sim.compare(options, replications=2, jobs=1)
    risk = (
        "“patient” defines run.service_level.phone otherwise: 30 s, but 20 s in `now`: service "
        "levels are not of the same kind."
    )
    assert risk in report_of(result).risks
    assert risk in report_of(Comparison.load(result.save(tmp_path / "result"))).risks
    same = sim.compare({"now": shop(), "again": shop()}, replications=2, jobs=1)
    assert not any("defines" in one for one in report_of(same).risks)


def table(report: Report, name: str) -> Table:
    (found,) = [one for one in report.tables() if one.name == name]
    return found


def data(report: Report, name: str) -> Dataset:
    (found,) = [one for one in report.charts() if one.name == name]
    return found.picture.data["data"]


def test_the_report_of_a_folder_is_that_of_the_result(result: Comparison, tmp_path: Path) -> None:
    result.save(tmp_path / "result")
    assert to_html(Comparison.load(tmp_path / "result").report()) == to_html(report_of(result))


def test_tables_say_the_numbers_of_the_result(result: Comparison, report: Report) -> None:
    options, totals = table(report, "table-options"), table(report, "table-totals")
    assert options.lines[0].cells[0].text == result.leader
    for shown in (options, totals):
        measures = [heading.measure for heading in shown.headings]
        for line in shown.lines:
            name = line.cells[0].text
            for measure, cell in zip(measures, line.cells, strict=True):
                if measure and cell.sort is not None:
                    assert cell.sort == result.outcomes[name].get(measure).value
                found = result.difference(name, measure, "total", "all") if measure else None
                if found is not None and cell.note:
                    assert cell.note.strip("()") == signed(found.value, found.unit)
    for line in options.lines:
        found = result.difference(line.cells[0].text, "margin")
        if found is not None:
            assert line.cells[3].text.strip("()") == signed(found.value, "money")
            assert line.cells[3].sort == found.value


def test_pictures_draw_the_numbers_of_the_result(result: Comparison, report: Report) -> None:
    margins = data(report, "difference-margin")
    for option, value, low, high in zip(
        *(margins[name] for name in ("option", "value", "low", "high")), strict=True
    ):
        found = result.difference(str(option), "margin")
        assert found is not None
        assert (value, low, high) == (found.value, found.low, found.high)
    # shares differ in points
    levels = data(report, "difference-service-level")
    for option, value in zip(levels["option"], levels["value"], strict=True):
        found = result.difference(str(option), "service_level")
        assert found is not None
        assert value == pytest.approx(100 * found.value)
    windows = data(report, "window-margin")
    for option, window, value, sure in zip(
        *(windows[name] for name in ("option", "window", "value", "sure")), strict=True
    ):
        found = result.difference(str(option), "margin", "window", str(window))
        assert found is not None
        assert value == found.value
        assert sure == (found.low > 0 or found.high < 0)


def test_the_spread_has_every_replication_once(result: Comparison, report: Report) -> None:
    for name, options in (("weeks-paired", 2), ("weeks-each", 3)):
        drawn = data(report, name)
        assert len(set(drawn["option"])) == len(set(drawn["row"])) == options
        for option in dict.fromkeys(drawn["option"]):
            found = [v for o, v in zip(drawn["option"], drawn["value"], strict=True) if o == option]
            less = result.outcomes[result.study.against].deciding if options == 2 else 0.0
            assert found == (result.outcomes[str(option)].deciding - less).tolist()


@pytest.mark.parametrize(
    ("places", "floor"),
    [
        ([23_530, 99_000, 72_426], 0.0),  # steps are large beside the totals
        ([23_024, 22_600, 24_030], 21_000.0),  # they are not: the axis begins nearer
        ([-500, 200], 0.0),  # totals below 0 begin at 0 too
        ([0.0, 0.0], 0.0),
        ([7.0, 7.0], 0.0),
    ],
)
def test_where_the_totals_of_a_bridge_begin(places: list[float], floor: float) -> None:
    assert bridge_floor(places) == floor


def test_every_picture_can_be_drawn(report: Report) -> None:
    for chart in report.charts():
        names = {one["name"] for one in chart.picture.vega["data"]}
        assert names & chart.picture.data.keys(), chart.name


def test_the_reference_may_be_the_best() -> None:
    said = report_of(sim.compare({"two": heads(2), "thirty": heads(30)}, replications=8, jobs=1))
    assert said.recommended == "two"
    labels = [figure.label for figure in said.figures]
    assert labels == ["Margin", "The next best", "Win rate"]
    assert said.figures[1].value.startswith("-")
    assert said.figures[2].value == "0 %"
    assert "“thirty”" in said.figures[1].meaning


def test_what_is_not_decided_is_not_recommended_as_if_it_were() -> None:
    nearly = shop({"reasons.purchase.handle": {"exponential": "301 s"}})
    found = sim.compare({"as now": shop(), "slower": nearly}, replications=6, jobs=1)
    said = report_of(found)
    if found.verdict.best is None:
        assert said.recommended == " or ".join(found.verdict.candidates)
        assert "looks best" in said.answer
    assert "it is one of" in said.certainty or "do not tell it apart" in said.certainty
    standings = data(said, "trade-off-answer-rate")["standing"]
    assert sorted(map(str, standings)) == ["best", "may be as good"]


def test_a_service_without_sales_is_compared_by_its_service() -> None:
    plain = {"reasons.purchase.buying": None, "pools.team.sells": None}
    options = {
        "two": shop(plain),
        "four": shop({**plain, "pools.team.agents": {"mon-fri 09:00-17:00": 4}}),
    }
    found = sim.compare(options, replications=6, jobs=1)
    said = report_of(found)
    assert found.study.decide == "service_level"
    assert not [section for section in said.parts if section.name == "why-money"]
    assert "trade-off-cost" in [chart.name for chart in said.charts()]
    row = found.outcomes["four"].get("service_level")
    assert said.figures[0].value == number(row.value, "share")
    assert said.figures[1].value.endswith("points")
    for chart in said.charts():
        assert chart.picture.vega


def test_one_replication_gives_a_report_without_intervals() -> None:
    said = report_of(sim.compare({"two": heads(2), "three": heads(3)}, replications=1, jobs=1))
    assert said.figures[0].interval == ""
    page = to_html(said).split('<script type="application/json"')[0]
    assert not re.search(r"\bnan\b", page)


def test_nothing_is_reported_of_other_results(tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text('{"kind": "prophecy"}')
    with pytest.raises(ValueError, match=r"another version of sim .`sim prophecy`"):
        Comparison.load(tmp_path)


def test_nothing_is_best_within_the_indifference_zone_and_the_page_says_why() -> None:
    # An agent more in the evening, when nobody comes, for hardly any money.
    late = {"pools.team.agents": {"mon-fri 09:00-17:00": 2, "mon-fri 20:00-21:00": 1}}
    windows = {"calendar.windows": {"evening": "mon-fri 19:00-22:00"}}
    cheap = {"pools.team.contract.per_hour": "0.01"}
    options = {"day": shop(windows | cheap), "evening too": shop(windows | cheap | late)}
    study = Study.of(options, decide="margin")
    told = report_of(sim.compare(study, jobs=1))
    assert told.answer.startswith("No option is best: in margin none is ahead by more than")
    assert "because nobody comes in the hours in which they differ (“evening”)" in told.answer
    assert "by something else" in told.certainty
    assert told.recommended == ""


def test_what_is_as_good_as_the_best_is_named() -> None:
    dear = {"pools.team.contract.per_hour": "20.001"}
    study = Study.of({"two": heads(2), "a cent more": shop(dear), "thirty": heads(30)})
    told = report_of(sim.compare(study, jobs=1))
    assert "is best" in told.answer
    assert "“a cent more” is as good" in told.certainty


def test_what_is_told_apart_from_all_others_is_not_said_to_be_undecided() -> None:
    """The selection may need longer than intervals do: with 95 % both say what is best."""
    study = Study.of({"two": heads(2), "thirty": heads(30)}, indifference=Size(0.0001))
    found = sim.compare(study, replications=3, jobs=1)
    assert found.verdict.best is None
    assert not found.rivals
    said = report_of(found)
    assert said.recommended == "two"
    assert said.answer.startswith("“two” is best:")
    assert "With 95 % certainty it is ahead of every other option" in said.certainty
    assert "not decide" not in said.certainty
    (chart,) = (one for one in said.charts() if one.name == "trade-off-answer-rate")
    assert chart.text.startswith("The diamond is the option that is best. Nothing else")
