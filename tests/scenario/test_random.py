"""Whatever is thrown at the language: a scenario that comes back equal, or a `ScenarioError`."""

# ruff: noqa: PT017 - both outcomes are allowed, so that nothing need be raised

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from random_scenarios import scenarios

from sim.scenario import Scenario, ScenarioError, fingerprint, loads, schema, to_yaml
from sim.scenario.source import read_tree

CORPUS = Path(__file__).parents[1] / "scenarios"
TEXTS = [
    file.read_text(encoding="utf-8")
    for file in sorted((CORPUS / "valid").glob("*.yaml"))
    if "parts/" not in file.read_text(encoding="utf-8")
]
PLENTY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(PLENTY, max_examples=20)
THOUSAND = settings(PLENTY, max_examples=1000)
"""Of random scenarios, which take longest: some in every run of the tests, these as a proof."""


@SOME
@given(scenarios())
def test_a_random_scenario_comes_back_from_its_canonical_text(said):
    comes_back(said)


@pytest.mark.proof
@THOUSAND
@given(scenarios())
def test_a_thousand_scenarios_come_back_from_their_canonical_texts(said):
    comes_back(said)


def comes_back(said: dict[str, Any]) -> None:
    try:
        scenario = loads(json.dumps(said))
    except ScenarioError as error:
        # What this generator cannot rule out; anything else would be a fault of the language.
        assert all("is missing for" in fault.message for fault in error.faults), str(error)
        return
    text = to_yaml(scenario)
    again = loads(text)
    assert again == scenario
    assert to_yaml(again) == text
    assert fingerprint(again) == fingerprint(scenario)


@SOME
@given(scenarios())
def test_the_json_schema_accepts_a_random_scenario_and_its_canonical_text(said):
    validator = Draft202012Validator(schema())
    assert [error.message for error in validator.iter_errors(said)] == []
    try:
        text = to_yaml(loads(json.dumps(said)))
    except ScenarioError:
        return
    plain = read_tree(text, "text", []).plain()
    assert [error.message for error in validator.iter_errors(plain)] == []


def outcome(text: str) -> Scenario | list[Any] | None:
    """A scenario, or None after checking that the error can be shown to a planner."""
    try:
        return loads(text)
    except ScenarioError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.message
            shown = str(fault)
            for jargon in (
                "Traceback",
                "validation error",
                "NoneType",
                "dict",
                "<class",
            ):
                assert jargon not in shown or jargon in text, shown
        return None


@PLENTY
@given(st.text(max_size=300))
def test_random_text(text):
    outcome(text)


pieces = st.sampled_from(
    [
        *"{}[],:-?&*!|>'\"%@`# \n\t",
        "  ",
        ": ",
        "- ",
        "\n",
        "reasons",
        "calls",
        "pools",
        "a",
        "1",
        "~",
        "volume: 3 per day",
        "handle: 3 min",
        "team",
        "agents: 3",
        "<<: *a",
        "&a",
        "*a",
        "...",
        "---",
        "null",
        "extends: x",
        "18:00",
        "13 %",
        "!!str ",
        "\x85",
        "\ufeff",
        "\u2028",
        "\\",
        "1e999",
    ]
)


@PLENTY
@given(st.lists(pieces, max_size=40).map("".join))
def test_random_yaml(text):
    outcome(text)


@PLENTY
@given(st.binary(max_size=200))
def test_random_bytes(tmp_path_factory, data):
    from sim.scenario import load

    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(data)
    try:
        load(file)
    except ScenarioError as error:
        assert error.faults


@PLENTY
@given(st.sampled_from(TEXTS), st.data())
def test_valid_files_with_a_random_change_of_text(text, data):
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    new = data.draw(pieces | st.text(max_size=5))
    outcome(text[:start] + new + text[start + length :])


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**30),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["5 min", "13 %", "never", "same", "other", "phone", "mon-fri", "9 per day"]),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(
        st.sampled_from(["phone", "chat", "other", "mean", "exponential", "lost", "a", "mixture"]),
        st.integers(0, 3) | st.sampled_from(["5 min", "50 %"]) | st.lists(st.just("5 s")),
        max_size=3,
    ),
)


def places(said: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        said.items()
        if isinstance(said, dict)
        else enumerate(said)
        if isinstance(said, list)
        else ()
    )
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@settings(PLENTY, max_examples=30)
@given(scenarios(), st.data())
def test_valid_scenarios_with_random_changes_of_values(said, data):
    with_random_changes(said, data)


@pytest.mark.proof
@THOUSAND
@given(scenarios(), st.data())
def test_a_thousand_scenarios_with_random_changes_of_values(said, data):
    with_random_changes(said, data)


def with_random_changes(said: dict[str, Any], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(said)[1:]))
        parent = said
        for step in path[:-1]:
            parent = parent[step]
        if isinstance(parent, dict) and data.draw(st.booleans()):
            parent[data.draw(st.sampled_from(["phone", "after", "x", "other", "agents", "on"]))] = (
                parent.pop(path[-1])
            )
        else:
            parent[path[-1]] = data.draw(odd_values)
    outcome(json.dumps(said))


@PLENTY
@given(
    st.dictionaries(
        st.lists(
            st.sampled_from(
                ["pools", "team", "agents", "routing", "1", "run", "seed", "", "x", "mon-fri"]
            ),
            min_size=1,
            max_size=4,
        ).map(".".join),
        odd_values,
        max_size=3,
    )
)
def test_random_overrides(overrides):
    try:
        loads(TEXTS[0], overrides=overrides)
    except ScenarioError as error:
        assert error.faults
