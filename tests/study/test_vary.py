"""Uncertain inputs: a decision that is known to flip, where, and how noise is told from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan

import pytest

import sim
from sim.experiment.compare import compare
from sim.experiment.grid import factor_of
from sim.experiment.runner import Runner
from sim.experiment.study import Factor, Precision, Size, Study
from sim.experiment.vary import AS_IT_IS, Vary, own_value, vary
from sim.report import report
from sim.report.sensitivity import VaryFindings
from sim.scenario import Scenario

FALSE_ALARM = 1e-8
"""Of each interval that is compared with what is known; about twenty in this file."""

CENTRE = """\
name: Two contracts
calendar: {days: 1}
reasons:
  call: {volume: 80 per day, profile: morning, handle: 1 min}
profiles: {morning: {mon-fri 08:00-13:00: 1}}
pools:
  team: {agents: {mon-fri 08:00-13:30: 10}, contract: {per_week: 0}}
run: {replications: 40}
"""
FIXED = {"pools.team.contract.per_week": 1400}
"""200 a day, whoever calls."""

PER_CALL = {"pools.team.contract.per_contact": 2}
"""2 a call, and all are answered: as much at 100 calls a day."""


def centre(changes: Mapping[str, object] | None = None) -> Scenario:
    return sim.loads(CENTRE, overrides=changes)


def study(values: Mapping[str, str | Sequence[object]], **more: object) -> Study:
    options = {"fixed": centre(FIXED), "by the call": centre(PER_CALL)}
    factors = tuple(factor_of(path, said) for path, said in values.items())
    said = {"decide": "cost", "confidence": 1 - FALSE_ALARM, "vary": factors}
    return Study.of(options, **(said | more))


def vary_answer(found: Vary, asked: Study | None = None) -> list[str]:
    return VaryFindings(asked or study(VOLUME), False, found).sentences()


def varied(values: Mapping[str, str | Sequence[object]], **more: object) -> Vary:
    with Runner(jobs=1) as runner:
        return vary(study(values, **more), runner)


VOLUME = {"reasons.call.volume": ["50 per day", "150 per day"]}


@pytest.fixture(scope="module")
def volume() -> Vary:
    return varied(VOLUME)


def test_the_decision_flips_where_it_must(volume) -> None:
    # by the call: 160 as things are, 40 below the fixed price; 100 below at 50 calls, 100 above
    # at 150. The lead is a straight line that is zero at 100 calls, between 80 and 150.
    assert volume.chosen == "by the call"
    [factor] = volume.factors
    assert factor.depends == "yes"
    leads = [(trial.text, trial.lead) for trial in factor.trials]
    for (_, lead), known in zip(leads, [100, 40, -100], strict=True):
        assert lead.low <= known <= lead.high
        assert lead.high - lead.low < 80
    assert [text for text, _ in leads] == ["50 per day", "80 per day", "150 per day"]
    [flip] = factor.flips
    assert flip.rival == "fixed"
    assert flip.at.low <= 100 <= flip.at.high
    assert flip.at.high - flip.at.low < 25
    assert not flip.at.rising
    said = " ".join(vary_answer(volume))
    assert "yes, “by the call” is not the best at 150 per day (“fixed” is better)" in said
    assert "“fixed” overtakes “by the call”" in said


def test_noise_and_uncertainty_are_told_apart(volume) -> None:
    # Uncertainty: 100 to -100, whatever the number of replications. Noise: calls are Poisson, the
    # lead varies by 2 sqrt(80) in a replication; half its interval shrinks with the root.
    [factor] = volume.factors
    least, most = factor.moved
    assert least == pytest.approx(-100, abs=20)
    assert most == pytest.approx(100, abs=20)
    more = varied(VOLUME, replications=120)
    assert more.noise < 0.7 * volume.noise
    assert more.factors[0].moved == pytest.approx(factor.moved, abs=25)


def test_means_are_those_of_the_measure_and_the_best_costs_least(volume) -> None:
    base = next(trial for trial in volume.factors[0].trials if trial.base)
    assert base.means["fixed"] == pytest.approx(200)
    assert base.means["by the call"] == pytest.approx(160, abs=15)
    assert (base.best, base.plausible, base.rival) == ("by the call", ("by the call",), "fixed")
    # the reference is the rival: the same difference
    assert base.ahead == base.lead
    assert base.lead == volume.base.lead


def test_what_matters_not_is_told() -> None:
    found = varied({"reasons.call.handle": ["30 s", "90 s"], **VOLUME})
    assert [one.factor.path for one in found.factors] == [
        "reasons.call.volume",  # what moves the lead most comes first
        "reasons.call.handle",
    ]
    assert [one.depends for one in found.factors] == ["yes", "no"]
    assert found.factors[1].flips == ()
    assert any("stays the best" in line for line in vary_answer(found))


def test_a_flip_that_may_be_anywhere_is_not_told(volume: Vary) -> None:
    (factor,) = volume.factors
    (flip,) = factor.flips
    (told,) = [one for one in vary_answer(volume) if "overtakes" in one]
    nowhere = replace(flip, at=replace(flip.at, below=True, above=True))
    unsure = replace(volume, factors=(replace(factor, flips=(nowhere,)),))
    assert not any("overtakes" in one for one in vary_answer(unsure))
    assert told[: told.index(" B")] in vary_answer(unsure)[0]


def test_what_the_data_do_not_tell_is_told() -> None:
    # at 100 calls a day both cost the same
    [factor] = varied({"reasons.call.volume": ["100 per day", "50 per day"]}).factors
    assert factor.depends == "unclear"
    even = factor.trials[-1]
    assert set(even.plausible) == {"fixed", "by the call"}


def test_risks_begin_with_what_may_turn_the_answer() -> None:
    # 1,400 a week or 2 a call, the same at 100 calls a day: at 150 the other one is better.
    with Runner(jobs=1) as runner:
        found = compare(study(VOLUME), runner)
    first, *others = report(found).risks
    assert first.startswith("call: volume: yes, “by the call” is not the best at 150 per day")
    assert "Beyond" in first
    assert "“fixed” overtakes “by the call”" in first
    assert not any("call: volume: yes" in one for one in others)


def test_the_option_in_question_may_be_given() -> None:
    with Runner(jobs=1) as runner:
        found = vary(study(VOLUME), runner, "fixed")
    assert found.chosen == "fixed"
    assert found.factors[0].depends == "yes"
    assert found.base.lead.value < 0
    # it is the reference itself: there is nothing to be ahead of
    assert isnan(found.base.ahead.value)
    [flip] = found.factors[0].flips
    assert flip.at.rising
    assert any("Below" in line and "“by the call” overtakes" in line for line in vary_answer(found))


def test_an_option_without_the_input_stays_as_it_is() -> None:
    options = {
        "alone": centre(FIXED),
        "helped": sim.loads(
            CENTRE + "routing: [{to: [team, helper]}]\n",
            overrides={
                **FIXED,
                "pools": {
                    "helper": {
                        "agents": {"mon-fri 08:00-13:00": 1},
                        "contract": {"per_hour": 1},
                    }
                },
            },
        ),
    }
    factor = factor_of("pools.helper.contract.per_hour", [0, 3])
    found = Study.of(options, decide="cost", vary=(factor,))
    with Runner(jobs=1) as runner:
        result = vary(found, runner)
    [factor_found] = result.factors
    assert [trial.means["alone"] for trial in factor_found.trials] == pytest.approx([200] * 3)
    helped = [trial.means["helped"] for trial in factor_found.trials]
    assert helped == pytest.approx([200, 205, 215])
    assert [trial.text for trial in factor_found.trials] == ["0", "1", "3"]
    assert own_value(found, Factor("pools.helper.contract.per_hour", ())) == "1"


def test_where_the_options_disagree_their_own_values_stand_apart() -> None:
    [factor] = varied({"pools.team.contract.per_contact": [1, 3]}).factors
    assert [trial.text for trial in factor.trials] == ["1", "3", AS_IT_IS]
    assert [trial.base for trial in factor.trials] == [False, False, True]
    assert factor.trials[-1].number is None


def test_the_same_value_written_otherwise_is_no_second_one() -> None:
    [factor] = varied({"reasons.call.handle": ["60 s", "90 s"]}).factors
    assert [(trial.text, trial.base) for trial in factor.trials] == [
        ("60 s", True),
        ("90 s", False),
    ]


def test_words_are_tried_without_a_place_to_flip() -> None:
    shapes = [{"lognormal": {"mean": "1 min", "cv": 1}}, {"exponential": "1 min"}]
    [factor] = varied({"reasons.call.handle": shapes}).factors
    assert factor.unit == ""
    assert factor.flips == ()
    assert len(factor.trials) == 3


def test_replications_are_those_asked_for() -> None:
    assert varied(VOLUME, replications=7).replications == 7
    loose = Precision("cost", Size(0.1, relative=True))
    assert varied(VOLUME, replications=500, precision=loose).replications == 40


def test_two_options_are_needed() -> None:
    one = Study.of({"fixed": centre()}, decide="cost", vary=(factor_of("gross_margin", [0.5]),))
    with Runner(jobs=1) as runner, pytest.raises(ValueError, match="two options"):
        vary(one, runner)


def test_a_comparison_says_whether_its_answer_depends_on_it() -> None:
    asked = study(VOLUME, replications=30, confidence=0.95)
    with Runner(jobs=1) as runner:
        found = compare(asked, runner)
    assert found.vary is not None
    assert found.vary.chosen == found.leader
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert [row["depends"] for row in told["vary"]["vary_tornado"]] == ["yes"]
    tables = found.tables()
    assert len(tables["vary"]) == 3 * 2
    assert len(tables["vary_leads"]) == 3
    assert tables["vary_flips"]["rival"].tolist() == ["fixed"]
    text = found.summary()
    assert "Sensitivity to uncertain inputs" in text
    assert max(map(len, text.splitlines())) <= 80


def test_in_a_comparison_the_luck_that_is_known_is_taken_out() -> None:
    # Calls are Poisson and all of them are answered at 2 each: with as many calls as expected the
    # lead is 40 to the last cent, whoever called. At 150 a day it is -100; there other callers
    # come besides, of whom the controls know nothing.
    with Runner(jobs=1) as runner:
        found = compare(study(VOLUME), runner).vary
        plain = compare(study(VOLUME, control_variates=False), runner).vary
    assert found is not None
    assert plain is not None
    assert found.replications == 30
    assert plain.replications == 40  # as the scenario says
    assert found.base.lead == pytest.approx((40, 40, 40))
    trials = {trial.text: trial for trial in found.factors[0].trials}
    assert trials["80 per day"].lead == found.base.lead  # one number for one thing
    least, most = trials["150 per day"].lead[1:]
    assert least <= -100 <= most
    assert most - least < found_width(plain, "150 per day")


def found_width(result: Vary, text: str) -> float:
    lead = next(one.lead for one in result.factors[0].trials if one.text == text)
    return lead.high - lead.low
