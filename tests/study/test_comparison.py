"""Options compared: differences that are known, a choice that is right, an end that is reached."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest

import sim
from sim.experiment.compare import Comparison, compare
from sim.experiment.grid import factor_of
from sim.experiment.runner import Runner
from sim.experiment.study import Precision, Size, Study
from sim.measures import Row
from sim.report import report
from sim.report.untried import turns, untried
from sim.report.words import Span, between
from sim.scenario import Scenario
from sim.stats.intervals import mean_interval
from sim.stats.pairing import win_share

SHOP = """\
name: A small shop
calendar: {days: 2, windows: {morning: mon-fri 09:00-12:00}}
reasons:
  purchase:
    volume: 150 per day
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
    sells: {conversion: 13 %}
run: {replications: 20}
"""

HOURS = 2 * 8 * 2
"""Two agents, eight hours a day, two days."""


def shop(changes: Mapping[str, object] | None = None) -> Scenario:
    return sim.loads(SHOP, overrides=changes)


def with_heads(number: int) -> Scenario:
    return shop({"pools.team.agents": {"mon-fri 09:00-17:00": number}})


def slower() -> Scenario:
    """Nearly the same: a few seconds more for each contact."""
    return shop({"reasons.purchase.handle": {"exponential": "310 s"}})


def compared(scenarios: Mapping[str, Scenario], **more: object) -> Comparison:
    with Runner(jobs=1) as runner:
        return compare(Study.of(scenarios, **more), runner)


def test_a_difference_of_pay_alone_is_known_exactly() -> None:
    # One more euro an hour costs exactly the hours on duty, whoever calls.
    dear = shop({"pools.team.contract.per_hour": 21})
    result = compared({"as now": shop(), "dear": dear}, replications=5)
    difference = result.difference("dear", "margin")
    assert difference is not None
    assert difference.value == pytest.approx(-HOURS)
    assert difference.low == pytest.approx(-HOURS)
    assert difference.high == pytest.approx(-HOURS)
    assert result.leader == "as now"
    assert result.rivals == ()
    assert result.outcomes["dear"].chance[0] == 0.0
    by_source = result.difference("dear", "cost", "source", "pool team")
    assert by_source is not None
    assert by_source.value == pytest.approx(HOURS)


def test_two_rosters_are_compared_person_by_person() -> None:
    # Bo works four hours a day less, Cy comes for them: 16 hours and 8 in two days.
    def roster(**people: dict[str, str]) -> Scenario:
        return shop({"pools.team.agents": None, "pools.team.roster": people})

    full, short = {"mon-fri 09:00-17:00": "work"}, {"mon-fri 09:00-13:00": "work"}
    late = {"mon-fri 13:00-17:00": "work"}
    both = {"two": roster(Ana=full, Bo=full), "three": roster(Ana=full, Bo=short, Cy=late)}
    result = compared(both, replications=5)
    hours = {
        name: result.difference("three", "hours", "agent", name) for name in ("Ana", "Bo", "Cy")
    }
    assert {name: one and one.value for name, one in hours.items()} == {"Ana": 0, "Bo": -8, "Cy": 8}
    assert result.difference("three", "aht", "agent", "Cy") is None  # who handles nothing in one
    busier = result.difference("three", "handled", "agent", "Bo")
    assert busier is not None
    assert busier.high < 0


def test_the_same_option_twice_cannot_be_told_apart() -> None:
    result = compared({"one": shop(), "other": shop(), "idle": with_heads(30)})
    assert set(result.verdict.candidates) <= {"one", "other"}
    rival = {"one": "other", "other": "one"}[result.leader]
    assert result.rivals == (rival,)
    difference = result.difference("other", "service_level")
    assert difference is not None
    assert (difference.value, difference.low, difference.high) == (0.0, 0.0, 0.0)


def test_differences_are_paired_and_windows_too() -> None:
    options = {"two": with_heads(2), "three": with_heads(3)}
    result = compared(options, replications=30, control_variates=False)
    two, three = (result.outcomes[name].deciding for name in ("two", "three"))
    # with one option beside the reference, together and alone is the same
    alone = mean_interval(three - two)
    difference = result.difference("three", "margin")
    assert difference is not None
    assert difference.value == pytest.approx(float(alone.value))
    assert difference.low == pytest.approx(float(alone.low))
    chance = win_share(three, two)
    assert result.outcomes["three"].chance == pytest.approx(
        (float(chance.value), float(chance.low), float(chance.high))
    )
    morning = result.difference("three", "margin", "window", "morning")
    other = result.difference("three", "margin", "window", "other")
    assert morning is not None
    assert other is not None
    assert morning.value + other.value == pytest.approx(difference.value)


def test_a_pool_that_the_reference_does_not_have_costs_all_it_costs() -> None:
    helped = shop(
        {
            "pools": {
                "helpers": {"agents": {"mon-fri 09:00-17:00": 1}, "contract": {"per_hour": 9}}
            },
            "routing": [{"to": ["team", "helpers"]}],
        }
    )
    result = compared({"alone": shop(), "helped": helped}, replications=5)
    difference = result.difference("helped", "cost", "source", "pool helpers")
    assert difference is not None
    assert difference.value == pytest.approx(9 * 16)
    # a ratio has no value where there is no pool
    assert result.difference("helped", "occupancy", "pool", "helpers") is None


def test_options_go_on_until_they_are_known_exactly_enough() -> None:
    precision = Precision("margin", Size(0.07, relative=True))
    options = {"two": with_heads(2), "three": with_heads(3)}
    result = compared(options, precision=precision, replications=5000)
    for outcome in result.outcomes.values():
        row = outcome.get("margin")
        assert (row.high - row.low) / 2 <= 0.07 * abs(row.value)
        assert 20 < outcome.replications < 5000


def test_with_control_variates_one_thing_has_one_number_and_is_known_better() -> None:
    options = {"two": with_heads(2), "three": with_heads(3)}
    plain, known = (
        compared(options, replications=30, decide="expected_margin", control_variates=on)
        for on in (False, True)
    )
    for measure in ("expected_margin", "margin", "contacts", "asa", "service_level"):
        two, three = (known.get(measure, of=name).value for name in options)
        difference = known.difference("three", measure)
        assert difference is not None
        assert difference.value == pytest.approx(three - two)
    for found in (plain, known):  # the reasons add up to the answer, whichever margin it is told by
        lead = found.difference("three", "expected_margin")
        assert lead is not None
        assert sum(one.value for one in found.steps) == pytest.approx(lead.value)
    wide, narrow = (one.get("expected_margin", of="two") for one in (plain, known))
    assert narrow.high - narrow.low < 0.8 * (wide.high - wide.low)
    assert narrow.low < wide.high
    assert wide.low < narrow.high
    # the customers that came are a control, so that their mean is known exactly: 150 on each day
    customers = known.get("customers", of="two")
    assert [customers.low, customers.value, customers.high] == pytest.approx([300] * 3)
    # and the luck is taken out of shares of counts too, though it tells little of so small a team's
    wide, narrow = (one.get("service_level", of="three") for one in (plain, known))
    assert narrow.value != wide.value
    assert narrow.high - narrow.low < wide.high - wide.low
    assert wide.low < narrow.value < wide.high


def test_a_limit_ends_a_race_that_is_not_decided() -> None:
    options = {"as now": shop(), "slower": slower()}
    result = compared(
        options,
        indifference=Size(0.001),
        replications=40,
        precision=Precision("margin", Size(0.5, relative=True)),
    )
    assert result.verdict.best is None
    assert len(result.verdict.candidates) > 1
    assert result.verdict.replications == 40


def test_few_replications_where_the_choice_is_plain_many_where_it_is_close() -> None:
    plain = compared({"two": with_heads(2), "thirty": with_heads(30)})
    assert plain.verdict.best == "two"  # thirty cost more than all that is sold
    assert plain.verdict.replications == 30
    close = compared(
        {"as now": shop(), "slower": slower()}, indifference=Size(0.004, relative=True)
    )
    assert close.verdict.replications > 30


def test_the_first_stage_decides_the_same_wherever_it_runs() -> None:
    study = Study.of({"two": with_heads(2), "three": with_heads(3)}, replications=6)
    tables = []
    for jobs in (1, 2):
        with Runner(jobs=jobs) as runner:
            tables.append(compare(study, runner).tables())
    for name, table in tables[0].items():
        assert table.equals(tables[1][name]), name
    assert list(tables[0]) == ["options", "differences", "steps", "chances", "replications"]


def test_less_is_better_where_less_is_better() -> None:
    result = compared({"two": with_heads(2), "four": with_heads(4)}, decide="abandonment")
    assert result.leader == "four"
    assert result.outcomes["four"].chance[0] > 0.9
    assert np.nanmean(result.outcomes["four"].deciding) < np.nanmean(
        result.outcomes["two"].deciding
    )


def test_a_measure_without_a_value_cannot_decide() -> None:
    with pytest.raises(ValueError, match=r"option `two`.*`self_service_resolved`"):
        compared({"two": with_heads(2), "three": with_heads(3)}, decide="self_service_resolved")


def test_one_option_is_no_comparison() -> None:
    with pytest.raises(ValueError, match="at least two options"):
        compared({"two": with_heads(2)})


def test_json_holds_no_number_that_json_does_not_know() -> None:
    result = compared({"two": with_heads(2), "three": with_heads(3)}, replications=2)
    said = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert said["leader"] in ("two", "three")
    assert said["chances"]["two"] == {"value": None, "low": None, "high": None}


def test_from_python_the_answer_comes_first() -> None:
    result = sim.compare({"two": with_heads(2), "three": with_heads(3)}, replications=20, jobs=1)
    text = result.summary()
    assert "“three” is best: margin" in text.splitlines()[2]
    assert "more than “two”" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("against", ["as now", "dear"])
def test_where_even_the_best_is_a_loss_the_difference_leads(against: str) -> None:
    """Ten euros an hour more cost 10 a paid hour, whichever of the two is the reference."""
    options = {
        "as now": shop({"pools.team.contract.per_hour": 200}),
        "alike": shop({"pools.team.contract.per_hour": 200}),
        "dear": shop({"pools.team.contract.per_hour": 210}),
    }
    result = compared(options, replications=5, against=against, decide="margin")
    assert result.outcomes["as now"].get("margin").value < -3000
    told = report(result)
    more = f"{10 * HOURS} EUR more margin than “dear”"
    assert told.answer in (
        f"“as now” is best: {more} in an average run of 2 days.",
        f"“alike” is best: {more} in an average run of 2 days.",
    )
    assert "-" not in told.answer + told.certainty
    assert f"{10 * HOURS}" in told.figures[0].value
    assert told.figures[1].label == "A year"
    assert told.figures[1].value.lstrip("+-") == f"{10 * HOURS * 365.25 / 2:,.0f} EUR"


def test_what_is_exact_but_for_rounding_has_no_interval() -> None:
    """A tenth and two tenths are three tenths, but for the last digit."""
    value = 0.1 + 0.2
    assert value != 0.3
    row = Row("total", "all", "cost", value, 0.3, value, "money")
    assert between(row, "EUR") == ""
    assert Span(7).worth_a_year(row, "EUR").startswith("15.7 EUR a year, if")
    assert between(row._replace(low=0.25), "EUR") == "0.25 to 0.30 EUR"


def test_an_amount_a_year_has_three_digits() -> None:
    """2,905 ±170 a week is 151,577 ±8,870 a year: the thousand is the last digit that is known."""
    row = Row("total", "all", "margin", 2905.0, 2735.0, 3075.0, "money")
    assert (
        Span(7)
        .worth_a_year(row, "EUR")
        .startswith("152,000 EUR a year (143,000 to 160,000 EUR), if all 52 weeks")
    )
    certain = row._replace(low=2905.0, high=2905.0)
    assert Span(7).worth_a_year(certain, "EUR").startswith("151,579 EUR a year, if")


def test_of_options_that_are_the_same_none_may_be_better() -> None:
    told = report(compared({"one": shop(), "same": shop()}, replications=5))
    assert told.answer.startswith("Nothing differs")
    assert not any("as good" in one for one in told.risks)


def test_the_chance_of_a_week_has_the_luck_that_a_week_has() -> None:
    options = {"two": with_heads(2), "three": with_heads(3)}
    by_luck = compared(options, replications=30)
    by_mean = compared(options, replications=30, decide="expected_margin")
    assert by_mean.outcomes["three"].chance == by_luck.outcomes["three"].chance
    # and so have the weeks that are shown beside it
    two, three = (by_mean.outcomes[name].deciding for name in ("two", "three"))
    assert by_mean.outcomes["three"].chance[0] == np.mean(three > two)
    assert list(by_mean.tables()["replications"]) == ["option", "replication", "margin"]
    for name in options:
        assert np.array_equal(by_mean.outcomes[name].deciding, by_luck.outcomes[name].deciding)


def test_by_the_hour_too_a_difference_is_that_of_the_values() -> None:
    result = compared({"two": with_heads(2), "three": with_heads(3)}, replications=30)
    for group in ("mon 09:00", "mon 12:00", "tue 16:00"):
        for measure in ("unanswered", "answer_rate", "margin"):
            two, three = (result.get(measure, "hour", group, of=one) for one in ("two", "three"))
            found = result.difference("three", measure, "hour", group)
            assert found is not None
            assert found.value == pytest.approx(three.value - two.value, rel=1e-9, abs=1e-9)
            assert found.low < found.value < found.high


def test_options_that_are_the_same_are_told_so() -> None:
    result = sim.compare({"one": shop(), "other": shop()}, replications=5, jobs=1)
    text = " ".join(result.summary().split())
    assert "Nothing differs: all options have the same margin" in text
    assert "“one” is best" not in text


def test_the_chance_is_told_with_its_bounds_and_what_decides() -> None:
    result = sim.compare({"two": with_heads(2), "three": with_heads(3)}, replications=5, jobs=1)
    text = " ".join(result.summary().split())
    chance = result.outcomes["three"].chance
    assert f"({100 * chance[1]:.0f} to {100 * chance[2]:.0f} %)" in text
    assert "The margin decides" in text
    assert "All options meet the same customers." in text
    more = shop({"reasons.purchase.volume": "200 per day"})
    other = sim.compare({"two": shop(), "more": more}, replications=5, jobs=1).summary()
    assert "All options meet the same customers." not in " ".join(other.split())


def test_where_inputs_nobody_varied_would_turn_the_answer() -> None:
    """At the gross margin, and the share that buys without help, that it names, options are even.

    The same customers come, and what they would buy with help and cost does not depend on either:
    with the gross margin the two are even to the last cent, with the share they are but for the
    luck of what each would have bought.
    """

    def paid(heads: int, **more: object) -> Scenario:
        pay = {"pools.team.contract.per_hour": 24, **more}
        return shop({"pools.team.agents": {"mon-fri 09:00-17:00": heads}, **pay})

    options = {"two": paid(2), "three": paid(3)}
    said = {"decide": "expected_margin", "replications": 30, "control_variates": False}
    result = compared(options, **said)
    found = {one.of: one for one in turns(result)}
    assert set(found) == {"gross_margin", "unaided"}
    risks = " ".join(report(result).risks)
    assert "was not varied" in risks
    for of, path, assumed in (
        ("gross_margin", "gross_margin", shop().gross_margin),
        ("unaided", "reasons.purchase.buying.unaided", 0.02),
    ):
        assert found[of].option != result.leader
        other = {path: assumed * found[of].times}
        changed = {"two": paid(2, **other), "three": paid(3, **other)}
        even = compared(changed, **said).difference("three", "expected_margin")
        assert even is not None
        lead = result.difference("three", "expected_margin")
        assert lead is not None
        share = 0.1 if of == "unaided" else 1e-9
        assert even.low <= 1e-9
        assert even.high >= -1e-9
        assert abs(even.value) < share * lead.value
    # what the study varies is not told a second time
    vary = (factor_of("gross_margin", ["20 %", "40 %"]),)
    assert untried(compared(options, **{**said, "replications": 2}, vary=vary)) == ["unaided"]
    assert untried(compared(options, decide="service_level", replications=2)) == []


def test_why_one_serves_more_is_told_where_no_money_decides() -> None:
    """Six on duty instead of two, eight hours on two days: 64 hours more."""
    options = {
        name: shop(
            {
                "reasons.purchase.buying": None,
                "pools.team.sells": None,
                "pools.team.agents": {"mon-fri 09:00-17:00": heads},
            }
        )
        for name, heads in (("two", 2), ("six", 6))
    }
    result = compared(options, decide="service_level")
    lost = result.difference("six", "unanswered")
    assert lost is not None
    said = [one.text for one in report(result).because]
    assert said[1].startswith(f"With “six” {-lost.value:,.0f} fewer contacts")
    assert said[1].endswith("go unanswered than with “two”, with 64.0 more hours on duty.")
