"""Whatever reaches a study from Python is checked, whichever study it is, before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import sim
from sim.experiment.grid import factor_of
from sim.scenario.faults import Wrong

CENTRE = """
reasons: {help: {volume: 20 per day, handle: 4 min, patience: 2 min}}
pools: {team: {agents: {mon-fri 09:00-17:00: 1}}}
calendar: {days: 1}
run: {replications: 2}
"""


@pytest.fixture
def centre() -> sim.Scenario:
    return sim.loads(CENTRE)


def _studies(centre: sim.Scenario) -> dict[str, Callable[..., Any]]:
    return {
        "run": lambda **said: sim.run(centre, **said),
        "compare": lambda **said: sim.compare({"a": centre, "b": centre}, **said),
        "sweep": lambda **said: sim.sweep(
            centre, {"pools.team.presence": ["80 %", "90 %"]}, **said
        ),
        "staff": lambda **said: sim.staff(centre, {"service_level": "10 %"}, **said),
        "size": lambda **said: sim.size(centre, {"service_level": "10 %"}, **said),
    }


@pytest.mark.parametrize("study", ["run", "compare", "sweep", "staff", "size"])
@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ({"jobs": 0}, ValueError, "jobs: 0 is out of range; allowed: 1 or more"),
        ({"jobs": -3}, ValueError, "jobs: -3 is out of range"),
        ({"jobs": 1.5}, TypeError, "jobs: `1.5` is not a whole number"),
        ({"jobs": True}, TypeError, "jobs: `true` is not a whole number"),
        (
            {"replications": 0},
            ValueError,
            "replications: 0 is out of range; allowed: 1 to 1,000,000",
        ),
        ({"replications": "5"}, TypeError, "replications: `5` is not a whole number"),
        ({"replications": 10**7}, ValueError, "replications: 10,000,000 is out of range"),
        ({"engine": "compild"}, ValueError, "engine: there is no `compild`; did you mean"),
        ({"engine": 7}, ValueError, "engine: there is no `7`"),
    ],
)
def test_numbers_are_checked_for_every_study(
    centre: sim.Scenario,
    study: str,
    said: dict[str, Any],
    kind: type[Exception],
    message: str,
) -> None:
    with pytest.raises(kind) as refused:
        _studies(centre)[study](**said)
    assert message in str(refused.value)


@pytest.mark.parametrize("other", ["x.yaml", ["x.yaml", "y.yaml"], 5, None])
@pytest.mark.parametrize("call", [sim.run, sim.compare, sim.sweep, sim.staff, sim.size])
def test_what_was_not_loaded_is_told_how(call: Callable[..., Any], other: object) -> None:
    with pytest.raises(TypeError, match=r"load it first"):
        call(other)


def test_an_option_that_is_a_file_name_is_told_how(centre: sim.Scenario) -> None:
    with pytest.raises(TypeError, match=r"options: `b`: `b.yaml` is no scenario; load it first"):
        sim.compare({"a": centre, "b": "b.yaml"})  # type: ignore[dict-item]


def test_a_text_is_one_name_not_a_list_of_letters(centre: sim.Scenario) -> None:
    # "team" as a list would be the pools t, e, a and m
    found = sim.staff(centre, {"service_level": "10 %"}, pools="team", at_most=2)
    assert found.resolved.pools == ("team",)
    with pytest.raises(TypeError, match=r"paths: `a.yaml` is not a list"):
        sim.Study.of_files("a.yaml")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: sim.sweep(c, ["pools.team.presence"]), "values: a list is not a mapping"),
        (lambda c: sim.sweep(c, {"pools.team.presence": 5}), "`5` is not a list"),
        (lambda c: sim.staff(c, "service_level"), "targets: `service_level` is not a mapping"),
        (lambda c: sim.size(c, {"asa": "9 s"}, levels=80), "levels: `80` is not a list"),
        (lambda c: sim.staff(c, {"asa": "9 s"}, shifts="8 h"), "shifts: `8 h` is not a mapping"),
        (lambda c: sim.Study.of({"a": c}, confidence="95 %"), "confidence: `95 %` is not a number"),
        (lambda c: sim.trace(c, "0"), "customer: `0` is not a whole number"),
    ],
)
def test_other_kinds_of_value_are_refused(
    centre: sim.Scenario, call: Callable[[Any], Any], message: str
) -> None:
    with pytest.raises(TypeError) as refused:
        call(centre)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"confidence": 1.0}, "confidence: 1.0 is not between"),
        ({"seed": -1}, "seed: -1 is out of range"),
    ],
)
def test_a_study_of_scenarios_is_checked(
    centre: sim.Scenario, said: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sim.Study.of({"a": centre, "b": centre}, **said)


@pytest.mark.parametrize(
    "values",
    [
        *("0..1e99999999 step 1", "0..4e-99999 step 1e-99999", "1e400..2e400 step 1e399"),
        *("0..1 step 1e-400", "0..1e15 step 1e-9", "0..1000000000 step 1"),
        "1e-999999999999999999999..1 step 1",
    ],
)
def test_ranges_without_end_are_refused_at_once(values: str) -> None:
    with pytest.raises(Wrong, match="allowed: "):
        factor_of("calendar.days", values)
