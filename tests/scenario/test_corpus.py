"""The corpus: every valid file loads, every faulty one gives exactly the messages beside it."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from sim.scenario import ScenarioError, fingerprint, load, loads, schema, template, to_yaml
from sim.scenario.source import read_tree

CORPUS = Path(__file__).parents[1] / "scenarios"
VALID = sorted((CORPUS / "valid").glob("*.yaml"))
INVALID = sorted((CORPUS / "invalid").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def plain(text: str):
    return read_tree(text, "text", []).plain()


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_a_valid_file_comes_back_from_its_canonical_text(file):
    scenario = load(file)
    text = to_yaml(scenario)
    again = loads(text)
    assert again == scenario
    assert to_yaml(again) == text
    assert fingerprint(again) == fingerprint(scenario)


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_the_json_schema_accepts_a_valid_file_and_its_canonical_text(file, validator):
    for text in (file.read_text(encoding="utf-8"), to_yaml(load(file))):
        assert [error.message for error in validator.iter_errors(plain(text))] == []


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_a_faulty_file_gives_exactly_its_messages(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    with pytest.raises(ScenarioError) as caught:
        load(file.name)
    expected = file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert str(caught.value).splitlines() == expected


def test_most_faulty_files_have_one_fault():
    lines = [len(file.with_suffix(".txt").read_text().splitlines()) for file in INVALID]
    assert sum(count == 1 for count in lines) >= 150
    assert max(lines) >= 20


def test_every_message_names_its_place():
    for file in INVALID:
        for line in file.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
            name, _, rest = line.partition(":")
            assert name == file.name or name.startswith("parts/"), line
            assert rest.strip(), line


@pytest.mark.parametrize(
    "text",
    [
        "reasons: {}\npools: {}\nreason: {}",
        "reasons: {calls: {volum: 3 per day}}\npools: {}",
        "reasons: {}\npools: {team: {agents: 3, quota: 12}}",
        "reasons: {}\npools: {}\nrouting: [{to: [{pool: a, aftre: 3 s}]}]",
        "reasons: {}\npools: {}\ncalendar: {begin: 2026-01-05}",
        "reasons: {a: {handle: {exponential: {maen: 3 min}}}}\npools: {}",
        "pools: {}",
    ],
)
def test_the_json_schema_refuses_unknown_fields_and_missing_parts(text, validator):
    assert list(validator.iter_errors(plain(text)))


def test_editors_find_all_forms_of_a_field_in_one_list() -> None:
    """Of a value that fits none, yaml-language-server tells what the nearest form of the list says.

    Behind a nested list, or where `null` comes first, it says of `presence: 850 %` that null was
    expected; so tried with the server itself.
    """
    parts = schema()["$defs"]
    for part in parts.values():
        for field in part.get("properties", {}).values():
            forms = field.get("anyOf", [{"type": "null"}])
            assert [form for form in forms if form == {"type": "null"}] == forms[-1:]
            assert not any("anyOf" in form for form in forms)
            others = {form.get("$ref", "").rpartition("/")[2] for form in forms}
            assert not any("anyOf" in parts[one] for one in others - {"", "Durations", "Amounts"})
    share = parts["Pool"]["properties"]["presence"]["anyOf"][0]
    assert share["errorMessage"] == "a share is `0 %` to `100 %`, or 0 to 1"


def _all_of(schema):
    """A JSON Schema and all within it."""
    if isinstance(schema, dict):
        yield schema
    for one in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(one, dict | list):
            yield from _all_of(one)


SAID = """
reasons: {{a: {{volume: {volume}, patience: {patience}, handle: 5 min}}}}
channels: {{phone: {{hours: {hours}}}}}
pools: {{team: {{agents: {agents}, presence: {presence}}}}}
"""
GOOD = {"volume": "9 per week", "patience": "{exponential: 3 min}", "hours": "mon 09:00-18:00"}
GOOD |= {"agents": "{mon 09:00-18:00: 3}", "presence": "90 %"}


@pytest.mark.parametrize(
    ("field", "said", "told"),
    [
        ("volume", "1800", "`9000 per week`"),
        ("volume", "1800 per month", "`9000 per week`"),
        ("patience", "{exponential: 3}", "needs a unit"),
        ("patience", "{exponential: {mean: 3}}", "needs a unit"),
        ("patience", "{mon 09:00-10:00: 3, other: 3 min}", "needs a unit"),
        ("patience", "3", "needs a unit"),
        ("patience", "3 minutes", "needs a number and a unit"),
        ("hours", "mo 9-18", "`mon-fri 09:00-18:00`"),
        ("hours", "[9-18]", "`mon-fri 09:00-18:00`"),
        ("agents", "{mo 9-18: 3}", "`mon-fri 09:00-18:00`"),
        ("presence", "850 %", "`0 %` to `100 %`"),
    ],
)
def test_editors_tell_what_is_allowed(field, said, told, validator):
    """In the words of a schema that the value does not fit, as the language server tells them."""
    assert not list(validator.iter_errors(plain(SAID.format(**GOOD))))
    ahead = [*validator.iter_errors(plain(SAID.format(**GOOD | {field: said})))]
    messages = []
    while ahead:
        error = ahead.pop()
        ahead += error.context
        messages.append(error.schema.get("errorMessage", ""))
    assert any(told in message for message in messages)


def test_what_editors_tell_survives_other_forms():
    """yaml-language-server puts its own words together where several forms have one type, or one
    constant, and none fits: `Value must be 0.`; so tried with the server itself.
    """
    for one in _all_of(schema()):
        if "errorMessage" in one:
            assert "const" not in one
            assert not isinstance(one.get("type"), str)


def test_names_fit_the_pattern_of_editors():
    """The `w` of JavaScript is ASCII, and names are not."""
    names = [*load(CORPUS / "valid" / "names.yaml").pools]
    assert not all(name.isascii() for name in names)
    pattern = schema()["properties"]["pools"]["anyOf"][0]["propertyNames"]["pattern"]
    assert all(re.search(pattern, name, re.ASCII) for name in names)


def test_the_template_is_valid_and_small(validator):
    scenario = loads(template())
    assert scenario.reasons.keys() == {"advice", "order_status"}
    assert len(template().splitlines()) <= 35
    assert not list(validator.iter_errors(plain(template())))
