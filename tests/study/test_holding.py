"""In how many joint draws a plan holds its targets: against Erlang's formula.

Calls come at a steady rate and wait as long as it takes. With n people 80 % are answered within
20 s up to a rate v of calls an hour. If the rate is uniform from a to b, the plan holds in
(v - a) / (b - a) of all cases.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import sim
from sim.experiment.holding import HIGHER
from sim.experiment.runner import Runner
from sim.experiment.staff import StaffResult, staff
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.study import Study
from sim.report.staff import report
from sim.theory import erlang_c

LOW, HIGH = 80.0, 160.0
STEADY = f"""
calendar: {{start: 2026-01-05, days: 1, warmup: 1}}
reasons:
  calls: {{volume: 100 per hour, handle: {{exponential: 3 min}}, patience: never}}
pools: {{team: {{agents: {{daily 00:00-24:00: 5}}, contract: {{per_hour: 20}}}}}}
run: {{service_level: 20 s, replications: 20}}
uncertain:
  reasons.calls.volume: {LOW:g} to {HIGH:g} per hour
  pools.team.contract.per_hour: 10 to 30
  pools.team.agents: 80 % to 120 %
"""


def rate_held(people: int) -> float:
    """Calls an hour up to which so many people answer 80 % within 20 s, by bisection."""
    low, high = 1.0, people * 20.0 - 1e-6
    for _ in range(60):
        middle = (low + high) / 2
        enough = erlang_c(middle / 3600, 180.0, people).sl_offered(20.0) >= 0.8
        low, high = (middle, high) if enough else (low, middle)
    return low


@pytest.fixture(scope="module")
def result() -> StaffResult:
    study = replace(
        Study.of({"base": sim.loads(STEADY)}),
        staff=StaffGoal.of({"service_level": "80 %"}, blocks="lines", at_most=20),
    )
    with Runner(jobs=1) as runner:
        return staff(study, runner)


def test_a_plan_holds_as_often_as_erlang_says(result: StaffResult) -> None:
    found = result.holding
    assert found is not None
    # head counts are what is decided
    assert [one.path for one in found.inputs] == [
        "reasons.calls.volume",
        "pools.team.contract.per_hour",
    ]
    assert result.plan.counts is not None
    [people] = result.plan.counts.tolist()
    exact = (rate_held(people) - LOW) / (HIGH - LOW)
    assert 0.1 < exact < 0.9
    assert found.draws == 200
    assert found.together.low <= exact <= found.together.high
    assert found.together.value == pytest.approx(exact, abs=0.1)
    assert found.targets == (found.together._replace(of="service_level"),)


def test_what_breaks_a_plan_is_named(result: StaffResult) -> None:
    found = result.holding
    assert found is not None
    first, second = found.breaks
    assert (first.path, first.where) == ("reasons.calls.volume", HIGHER)
    assert first.there < found.together.value < first.elsewhere
    assert abs(second.there - second.elsewhere) < 0.3 < first.elsewhere - first.there
    said = " ".join(result.summary(100).split())
    share = 100 * found.together.value
    assert f"it holds in {share:.0f} % of 200 joint draws" in said
    page = report(result)
    assert f"it holds in {share:.0f} % of 200 joint draws" in page.certainty
    assert "What breaks it most: calls: volume, at its higher values" in page.risks[0]
    assert not any("uncertain" in one.text for one in page.because)


SELLING = """
calendar: {start: 2026-01-05, days: 1}
profiles: {day: {mon 09:00-11:00: 1}}
reasons:
  calls: {volume: 60 per day, profile: day, handle: {exponential: 4 min},
          patience: {exponential: 1 min}, buying: {basket: 60}}
pools: {team: {agents: {mon 09:00-11:00: 2}, contract: {per_hour: 30}, sells: {conversion: 20 %}}}
run: {replications: 40}
uncertain: {reasons.calls.buying.basket: 0 to 40, pools.team.agents: 80 % to 120 %}
"""


def test_a_plan_for_the_margin_says_in_how_many_draws_it_brings_the_most(tmp_path) -> None:
    """It is made for baskets of 60; below some value, people cost more than they sell.

    One in five buys. So the plan is ahead of today's staffing from where a fifth of the basket, for
    each contact answered more, is what the hours cost more: in no more draws of 0 to 40 is it best.
    """
    study = replace(
        Study.of({"base": sim.loads(SELLING)}),
        staff=StaffGoal.of(maximise="margin", blocks="lines", at_most=8),
    )
    with Runner(jobs=1) as runner:
        result = staff(study, runner)
    found = result.joint
    assert result.holding is None
    assert found is not None
    assert [one.path for one in found.inputs] == ["reasons.calls.buying.basket"]
    assert result.plan.counts is not None
    [people] = result.plan.counts.tolist()
    options = [one.option for one in found.standings]
    assert options[:2] == ["this plan", "now"]
    assert {"fewer hours"} <= set(options)
    shares = {one.option: one.share for one in found.standings}
    assert sum(shares.values()) == pytest.approx(1.0)
    assert people > 2
    plan, now = result.plan, result.staffings["present"]
    costs, answers = (plan.get(n).value - now.get(n).value for n in ("cost", "answered"))
    enough = costs / (0.2 * answers)
    assert 10 < enough < 50
    assert shares["this plan"] <= max(1 - enough / 40, 0.0) + 0.1
    assert shares["this plan"] < 0.3 < shares["now"] + shares["fewer hours"]
    said = " ".join(result.summary(100).split())
    assert "in the mean over all that may be true" in said.lower()
    again = sim.load_result(result.save(tmp_path / "result"))
    assert again.summary() == result.summary()


def test_it_is_kept_with_the_result(result: StaffResult, tmp_path) -> None:
    again = sim.load_result(result.save(tmp_path / "result"))
    assert isinstance(again, StaffResult)
    assert again.summary() == result.summary()
    assert json.loads(json.dumps(again.as_json()))["holding"]["draws"] == 200
    assert len(result.tables()["uncertain"]) == 200
