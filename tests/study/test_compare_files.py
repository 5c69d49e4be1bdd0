"""A comparison written and read again, the study file that repeats it, the steps of its margin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import sim
from sim.experiment.compare import Comparison, compare
from sim.experiment.files import scenario_files
from sim.experiment.runner import Runner
from sim.experiment.study import Factor, Precision, Size, Study
from sim.experiment.study_file import load_study
from sim.experiment.study_text import study_text
from sim.scenario import Scenario, to_yaml

SHOP = """\
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

ODD = ('</script><b>"quoted"', "مساء الخير", "a: {b}", "no", "x" * 60)
"""Names that are hard to write."""


def shop(changes: Mapping[str, object] | None = None) -> Scenario:
    return sim.loads(SHOP, overrides=changes)


def options(names: tuple[str, ...]) -> dict[str, Scenario]:
    return {name: shop({"pools.team.presence": 1 - 0.1 * n}) for n, name in enumerate(names)}


def run(study: Study) -> Comparison:
    with Runner(jobs=1) as runner:
        return compare(study, runner)


def written(result: Comparison, folder: Path) -> Path:
    return result.save(folder)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    idle = shop({"pools.team.agents": {"mon-fri 09:00-17:00": 30}})
    asked = {
        "precision": Precision("margin", Size(0.1, relative=True)),
        "replications": 40,
        "vary": (Factor("pools.team.presence", ("50 %", "0.7")),),
    }
    result = run(Study.of({**options(ODD[:2]), ODD[2]: idle}, question="Why?", **asked))
    again = Comparison.load(written(result, tmp_path / "result"))
    assert again.study == result.study
    assert again.provenance() == result.provenance()
    assert again.as_json() == result.as_json()
    assert again.as_json()["vary"] is not None
    assert again.scenarios() == result.scenarios()
    assert (again.verdict, again.apart) == (result.verdict, result.apart)
    assert (again.leader, again.rivals) == (result.leader, result.rivals)
    there, here = result.tables(), again.tables()
    assert list(there) == list(here)
    for name in there:
        assert there[name].equals(here[name]), name


@pytest.mark.parametrize(
    ("decide", "size"),
    [
        ("margin", Size(0.01, relative=True)),
        ("margin", Size(1 / 3, relative=True)),
        ("margin", Size(1234.5)),
        ("service_level", Size(0.005)),
        ("service_level", Size(1 / 7)),
        ("asa", Size(2.5)),
    ],
)
def test_a_study_is_written_as_a_file_that_says_the_same(
    decide: str, size: Size, tmp_path: Path
) -> None:
    study = Study.of(
        options(ODD),
        question='Who: "we" or <them>?',
        against=ODD[1],
        decide=decide,
        precision=Precision(decide, size),
        indifference=size,
        replications=77,
        confidence=0.9,
        seed=5,
        vary=(Factor("reasons.purchase.patience", ("2 min", "{exponential: 30 s}")),),
    )
    files = scenario_files(study.options)
    for name, option in study.options.items():
        (tmp_path / files[name]).write_text(to_yaml(option.scenario), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(study_text(study, files), encoding="utf-8")
    assert load_study(tmp_path / "study.yaml") == study


def test_the_written_study_gives_the_same_numbers(tmp_path: Path) -> None:
    result = run(Study.of(options(("one", "other")), replications=4))
    again = run(load_study(written(result, tmp_path / "result") / "scenarios" / "study.yaml"))
    assert again.as_json() == result.as_json()


# --- the steps of the margin --------------------------------------------------------------------


def steps(result: Comparison, option: str) -> dict[str, float]:
    return {
        f"{one.step} {one.source}".strip(): one.value
        for one in result.steps
        if one.option == option
    }


def test_steps_add_up_to_the_difference_also_over_different_replications() -> None:
    helped = shop(
        {
            "pools": {
                "team": {"sells": {"conversion": 0.3, "basket": 80}},
                "helpers": {"agents": {"mon-fri 09:00-17:00": 1}, "contract": {"per_contact": 1}},
            },
            "gross_margin": 0.4,
        }
    )
    dear = shop({"pools.team.contract.per_hour": 21})
    precision = Precision("margin", Size(0.05, relative=True))
    result = run(
        Study.of(
            {"as now": shop(), "helped": helped, "dear": dear}, precision=precision, replications=60
        )
    )
    for option in ("helped", "dear"):
        difference = result.difference(option, "margin")
        assert difference is not None
        assert sum(steps(result, option).values()) == pytest.approx(difference.value, rel=1e-9)
    assert steps(result, "dear") == pytest.approx(
        # nothing but the euro an hour: two agents, eight hours, two days
        dict.fromkeys(("reached", "conversion", "basket", "unaided", "gross_margin"), 0.0)
        | {"cost pool team": -32.0}
    )
    changed = steps(result, "helped")
    assert changed["gross_margin"] < 0  # 40 % of revenue counts instead of 50 %
    assert changed["basket"] < 0 < changed["conversion"]
    assert changed["cost pool helpers"] < 0


def test_a_reference_that_reaches_nobody_gives_all_to_reaching() -> None:
    nobody = shop({"pools.team.agents": {"mon-fri 09:00-17:00": 0}})
    result = run(Study.of({"nobody": nobody, "team": shop()}, replications=5))
    found = steps(result, "team")
    difference = result.difference("team", "margin")
    assert difference is not None
    assert found["reached"] > 0
    assert found["conversion"] == found["basket"] == 0.0
    assert sum(found.values()) == pytest.approx(difference.value)


def test_hours_add_up_to_the_whole() -> None:
    result = run(Study.of(options(("one", "other")), replications=5))
    for measure in ("unanswered", "missed_buyers", "margin", "hours"):
        whole = result.difference("other", measure)
        assert whole is not None
        by_hour = [d.value for d in result.differences if (d.by, d.measure) == ("hour", measure)]
        assert sum(by_hour) == pytest.approx(whole.value)
