"""What is uncertain is varied without being asked: against a decision whose value is known.

A centre answers every call. One contract asks 200 a day, the other 2 a call: as much at 100 calls a
day. The volume is uniform between 50 and 150 a day, so that each contract is the cheaper one half
of the time, and knowing the volume saves on average E max(0, 2 (V - 100)) = 2 x 50^2 / 2 / 100 = 25
a day. How long calls take costs nothing in either, and is worth nothing to know.
"""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiment.compare import Comparison, compare
from sim.experiment.joint import ALL, EVERYTHING
from sim.experiment.runner import Runner
from sim.experiment.study import Study
from sim.experiment.unknowns import doubtful, factors_of, features, unknowns
from sim.scenario import ScenarioError
from sim.scenario.uncertain import Prior

CENTRE = """\
name: Two contracts
calendar: {days: 1}
reasons:
  call: {volume: 110 per day, profile: morning, handle: {exponential: 1 min}}
profiles: {morning: {mon-fri 08:00-13:00: 1}}
pools:
  team: {agents: {mon-fri 08:00-13:30: 10}}
run: {replications: 40}
"""
STUDY = """\
study: Which contract?
base: centre.yaml
options:
  fixed: {pools: {team: {contract: {per_week: 1400}}}}
  by the call: {pools: {team: {contract: {per_contact: 2}}}}
decide: cost
years: 3
replications: 100
uncertain:
  reasons.call.volume: 50 to 150 per day
"""
HANDLE = "reasons.call.handle.exponential"
VOLUME = "reasons.call.volume"
PRICE = "pools.team.contract.per_contact"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    said = f"uncertain:\n  {HANDLE}: 30 s to 90 s\n"
    (folder / "centre.yaml").write_text(CENTRE + said)
    (folder / "study.yaml").write_text(STUDY)
    return sim.load_study(folder / "study.yaml")


@pytest.fixture(scope="module")
def result(study: Study) -> Comparison:
    with Runner(jobs=2) as runner:
        return compare(study, runner)


def test_a_study_varies_what_it_and_its_scenarios_call_uncertain(study: Study) -> None:
    assert [one.path for one in unknowns(study)] == [VOLUME, HANDLE]
    assert {one.path: one.values for one in factors_of(study)} == {
        VOLUME: ("50 per day", "150 per day"),
        HANDLE: ("30 s", "90 s"),
    }


def test_the_value_of_knowing_is_the_known_one(result: Comparison) -> None:
    assert result.joint is not None
    volume, handle, whole = result.joint.known
    assert (volume.of, handle.of, (whole.of, whole.kind)) == (VOLUME, HANDLE, (EVERYTHING, ALL))
    assert volume.value == pytest.approx(25, abs=4.9 * volume.error)  # false alarm 1e-6
    assert 0 < volume.error < 6
    assert handle.value == 0
    assert handle.most < 10
    assert whole.value == pytest.approx(volume.value, abs=3)


def test_each_is_best_half_of_the_time(result: Comparison) -> None:
    assert result.joint is not None
    shares = {one.option: one.share for one in result.joint.standings}
    assert shares["fixed"] == pytest.approx(0.5, abs=0.25)  # 4.9 standard errors of 100 draws
    assert sum(shares.values()) == pytest.approx(1)
    low, high = result.joint.spread
    assert low == pytest.approx(-95, abs=15)
    assert high == pytest.approx(95, abs=15)


def test_the_means_of_the_options_differ_by_the_lead(result: Comparison) -> None:
    """One number for one thing: the lead is the difference of the means in the table."""
    joint = result.joint
    assert joint is not None
    chosen, rival = joint.standing(joint.chosen), joint.standing(joint.rival)
    assert rival.mean - chosen.mean == pytest.approx(joint.lead[0])  # cost: less is better


def test_luck_is_told_apart_from_inputs(result: Comparison) -> None:
    """With the volume known at v the lead varies by 2 x the root of v: about 20 at 100.

    The standard error of a standard deviation from n draws is the root of 1 / 2 n of it.
    """
    assert result.joint is not None
    assert result.joint.luck == pytest.approx(20, abs=4.9 * 20 / sqrt(2 * result.joint.draws))
    _, low, high = result.joint.lead
    assert high - low < 40 < np.diff(result.joint.spread)[0]


def test_the_page_says_so_unasked(result: Comparison) -> None:
    said = " ".join(result.summary(100).split())
    assert "Over all 2 uncertain inputs" in said
    assert "call: volume: yes" in said  # and where it flips
    # at another value another option may be the next best
    assert "moves its lead over the best of the others anywhere from" in said
    assert "a year (±" in said
    assert "Over the 3 years of the decision" in said
    assert "Nothing is gained by knowing call: handle" in said or "No gain is seen" in said


def test_a_result_is_read_as_it_was_written(result: Comparison, tmp_path: Path) -> None:
    again = sim.load_result(result.save(tmp_path / "result"))
    assert isinstance(again, Comparison)
    assert again.joint is not None
    assert result.joint is not None
    assert again.joint.known == result.joint.known
    assert again.summary() == result.summary()
    assert json.loads(json.dumps(again.as_json()))["joint"]["draws"] == 100
    copy = sim.load_study(tmp_path / "result" / "scenarios" / "study.yaml")
    assert [one.path for one in unknowns(copy)] == [VOLUME, HANDLE]
    assert copy.years == 3


def test_the_same_customers_whatever_is_drawn(result: Comparison) -> None:
    """Draws are keyed by name: without the other input the volumes are the same."""
    assert result.joint is not None
    options = {name: one.scenario for name, one in result.study.options.items()}
    alone = Study.of(options, decide="cost", uncertain={VOLUME: "50 to 150 per day"})
    drawn = [unknowns(alone)[0].drawn(1, number) for number in range(5)]
    assert drawn == list(result.joint.inputs[0].values[:5])


# --- what is left as it is ----------------------------------------------------------------------


def test_what_an_option_decides_is_not_drawn_there(tmp_path: Path) -> None:
    (tmp_path / "centre.yaml").write_text(
        CENTRE + "uncertain: {pools.team.agents.mon-fri 08:00-13:30: 8 to 12}\n"
    )
    (tmp_path / "study.yaml").write_text(
        "study: More?\nbase: centre.yaml\noptions:\n  as it is: {}\n"
        "  dearer: {pools: {team: {contract: {per_week: 10}}}}\n"
        "  more: {pools: {team: {agents: {mon-fri 08:00-13:30: 11}}}}\n"
    )
    [agents] = unknowns(sim.load_study(tmp_path / "study.yaml"))
    assert agents.options == ("as it is", "dearer")
    assert {agents.drawn(1, number) for number in range(60)} == {"8", "9", "10", "11", "12"}


def test_a_run_keeps_to_its_values() -> None:
    plain = sim.loads(CENTRE)
    said = sim.loads(CENTRE + f"uncertain: {{{HANDLE}: 30 s to 90 s}}\n")
    one, other = (sim.run(scenario, replications=3) for scenario in (said, plain))
    assert repr(one.rows) == repr(other.rows)  # nan among them


def test_joint_draws_of_a_file_stay_together(tmp_path: Path) -> None:
    draws = pd.DataFrame(
        {
            VOLUME: ["60 per day", "100 per day", "140 per day"],
            "reasons.call.handle": [
                f"{{lognormal: {{mean: {one} s, cv: 0.5}}}}" for one in (40, 60, 80)
            ],
        }
    )
    draws.to_parquet(tmp_path / "x.parquet")
    draws.to_csv(tmp_path / "x.csv", index=False)
    for name in ("x.parquet", "x.csv"):
        (tmp_path / "centre.yaml").write_text(CENTRE + f"uncertain: {{file: {name}}}\n")
        scenario = sim.load(tmp_path / "centre.yaml")
        options = {"a": scenario, "b": scenario.with_({"gross_margin": "50 %"})}
        volume, handle = unknowns(Study.of(options))
        assert [volume.drawn(1, k) for k in range(4)] == [*draws[VOLUME], "60 per day"]
        assert handle.drawn(1, 1) == "{lognormal: {mean: 60 s, cv: 0.5}}"
        assert sim.loads(sim.scenario.to_yaml(scenario)) == scenario


def test_numbers_in_values() -> None:
    assert features(["10 %", "20 %"]).tolist() == [[10.0], [20.0]]
    found = features(["{lognormal: {mean: 1 min, cv: 0.5}}", "{lognormal: {mean: 90 s, cv: 0.7}}"])
    assert found.tolist() == [[60.0, 0.5], [90.0, 0.7]]
    assert features(["{exponential: 1 min}", "never"]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_ends_without_a_unit_are_told_as_they_are_written() -> None:
    prior = Prior.read({"uniform": [18, 25]})
    assert list(map(repr, prior.tried)) == ["18", "21.5", "25"]


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("reasons.call.handle: 30 s to 90 s", "would make it a constant"),
        ("reasons.call.volume: 10 per day", "is not a range"),
        ("reasons.call.volume: 5 to 5 per day", "one value only"),
        ("reasons.call.volume: {normal: [1, 2]}", "no distribution of an input has this name"),
        (
            "gross_margin: {low: 10 %, high: 20 %}",
            "is not one distribution; write a range",
        ),
        ("reasons.call.volume: [10 per day]", "at least two values"),
        ("reasons.cal.volume: 50 to 150 per day", "no reason has the name `cal`"),
        ("gross_margin: 90 % to 120 %", "more than the whole"),
        ("gross_margin: {uniform: [0.2, 90 %]}", "not numbers of one kind"),
        ("pools.team.agents.mon-fri 08:00-13:30: 2 to 3.5", "not a whole number"),
        ("gross_margin: {range: 1 % to 2 %, also: x}", "list of paths"),
        ("file: nothing.parquet", "there is no such file"),
        ("x..y: 1 to 2", "is not a path"),
    ],
)
def test_faults(said: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as error:
        sim.loads(CENTRE + f"uncertain:\n  {said}\n")
    assert all(fault.path.startswith("uncertain") and fault.line for fault in error.value.faults)


def test_the_same_of_one_input_in_every_option() -> None:
    one, other = (
        sim.loads(CENTRE + f"uncertain: {{{VOLUME}: {said} per day}}\n")
        for said in ("50 to 150", "60 to 150")
    )
    with pytest.raises(ScenarioError, match="may be something else in `one`"):
        Study.of({"one": one, "other": other})


def test_check_says_which_options_keep_their_value_and_which_value_may_not_be(
    tmp_path: Path,
) -> None:
    """The price of a call, 0 without a contract for it, is uncertain: whose price is meant?"""
    (tmp_path / "centre.yaml").write_text(CENTRE)
    (tmp_path / "study.yaml").write_text(
        STUDY.replace("reasons.call.volume: 50 to 150 per day", f"{PRICE}: 1 to 3")
    )
    study = sim.load_study(tmp_path / "study.yaml")
    kept, outside = doubtful(study)
    assert kept.path == f"options.by the call.{PRICE}"
    assert "stays as it is in this option, 2" in kept.message
    assert "what options say as `fixed` does, 0" in kept.message
    assert "0 is not within what it may be, 1 to 3" in outside.message
    [kept] = doubtful(study.asking(against="by the call"))
    assert "stays as it is in this option, 0" in kept.message
