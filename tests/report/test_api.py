"""The Python API: load, run, look, trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

import sim
from sim.report.html import to_html

SCENARIO = """
name: Chat by day and by volunteers at night
calendar: {windows: {day: daily 08:00-20:00}}
reasons:
  purchase:
    volume: 150 per day
    channels: {chat: 80 %, email: 20 %}
    patience: {exponential: 3 min}
    handle: {exponential: 5 min}
    buying: {unaided: 2 %, basket: 100}
channels:
  chat: {}
  email: {due: 4 h, overdue: {chance: 50 %, on: chat}}
pools:
  team:
    agents: {daily 08:00-20:00: 1}
    answers: {chat: 2, email: 1}
    contract: {per_hour: 20}
    sells: {conversion: 10 %}
  volunteers:
    members: 6
    sessions: {daily 18:00-24:00: 30 %}
    session: 1 h
    offers: {accept: 50 %, response: 10 s, timeout: 15 s, pause: 1 min}
    answers: {chat: 1}
run: {replications: 5}
"""


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.loads(SCENARIO)


@pytest.fixture(scope="module")
def result(scenario: sim.Scenario) -> sim.Result:
    return sim.run(scenario)


def test_the_result_knows_where_it_comes_from(result: sim.Result) -> None:
    told = result.provenance()
    assert told["seed"] == 1
    assert told["replications"] == 5
    assert told["version"] == sim.__version__
    assert len(told["fingerprint"]) == 64


def test_a_result_is_shown_in_a_line(result: sim.Result) -> None:
    line = repr(result)
    assert line.startswith("<Result: Of ")
    assert "need an agent" in line
    assert len(line) < 250


@pytest.mark.parametrize("name", ["unanswered-by-hour", "compared-answer-rate", "week", "waits"])
def test_a_chart_is_one_that_altair_knows(result: sim.Result, name: str) -> None:
    spec = result.plot(name).to_dict()  # which validates
    assert any(spec["datasets"].values())


def test_a_chart_that_is_not_there_is_refused_by_name(result: sim.Result) -> None:
    with pytest.raises(ValueError, match=r"there is no chart 'odd'; there is unanswered-by-hour, "):
        result.plot("odd")


def test_rows_table_and_get_say_the_same(result: sim.Result) -> None:
    row = result.get("answered", by="pool", group="volunteers")
    assert row.value > 0
    table = result.table.set_index(["by", "group", "measure"])
    assert table.loc[("pool", "volunteers", "answered"), "value"] == row.value
    assert result.groups("pool") == ["team", "volunteers"]
    with pytest.raises(KeyError, match="no 'nobody'; there is team, volunteers"):
        result.get("answered", by="pool", group="nobody")
    with pytest.raises(KeyError, match="did you mean 'service_level'"):
        result.get("service_levl")
    with pytest.raises(TypeError, match="load it first"):
        sim.run("mine.yaml")


def test_the_summary_fits_80_columns_and_says_how_sure_it_is(result: sim.Result) -> None:
    text = result.summary()
    assert max(map(len, text.splitlines())) <= 80
    for words in ("By pool", "volunteers", "By channel", "email", "95 % interval", "±"):
        assert words in text
    alone = sim.run(result.scenario, replications=1).summary()
    assert "One replication only" in alone
    assert "±" not in alone


def test_the_seed_and_only_the_seed_decides(scenario: sim.Scenario, result: sim.Result) -> None:
    again = sim.run(scenario, jobs=2)
    assert again.table.equals(result.table)
    assert not sim.run(scenario, seed=2).table.equals(result.table)


@pytest.mark.parametrize(
    "wrong", [{"replications": 0}, {"seed": -1}, {"jobs": 0}, {"engine": "steam"}]
)
def test_wrong_numbers_are_refused_by_name(
    scenario: sim.Scenario, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sim.run(scenario, **wrong)


def test_stories_tell_offers_joins_and_overdue_mails(scenario: sim.Scenario) -> None:
    missing = {
        "is offered to volunteers agent",
        "does not take it",
        "waits, ",
        "abandons after",
        "is overdue, and the customer will not wait longer",
        "makes contact, the answer being overdue by chat",
        "is answered by team agent 1",
    }
    for customer in range(400):
        told = sim.trace(scenario, customer)
        missing = {words for words in missing if words not in told}
        if not missing:
            break
    assert missing == set()
    with pytest.raises(ValueError, match="customers 0 to"):
        sim.trace(scenario, 10**9)


def test_unknown_names_of_the_package_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        sim.runn  # noqa: B018


def test_a_pool_that_says_nothing_of_selling_neither_wins_sales_nor_loses_any(
    scenario: sim.Scenario,
) -> None:
    # The team converts 10 % against 2 % unaided; without its word on it help adds nothing, and
    # it takes nothing away: every customer buys, or not, as if nobody had answered.
    silent = sim.run(sim.loads(SCENARIO.replace("sells: {conversion: 10 %}", "presence: 100 %")))
    assert silent.get("revenue").value == silent.get("unaided_revenue").value > 0
    assert silent.get("incremental_revenue").value == 0
    assert sim.run(scenario).get("incremental_revenue").value > 0


def test_no_interval_of_what_cannot_be_negative_reaches_below_zero(result: sim.Result) -> None:
    signed = {"margin", "expected_margin", "margin_per_hour", "incremental_revenue"}
    assert all(not row.low < 0 for row in result.rows if row.measure not in signed)
    assert any(row.low < 0 for row in result.rows if row.measure in signed)
    assert all(not row.high > 1 for row in result.rows if row.unit == "share")


def test_a_result_without_measures_that_came_later_is_reported(result: sim.Result) -> None:
    rows = tuple(row for row in result.rows if row.measure != "repeated")
    assert len(rows) < len(result.rows)
    earlier = to_html(replace(result, rows=rows).report())
    assert "Repeated contacts" in to_html(result.report())
    assert "Repeated contacts" not in earlier
