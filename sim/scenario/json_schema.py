"""The JSON Schema of a scenario file, for editors: names, short forms, patterns of values.

It accepts whatever the loader may accept in a single file (the loader checks more): short forms,
`extends` with parts left to the base, `null` to remove what the base says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.distribution_fields import distribution_schemas
from sim.scenario.fields import NOTHING, WITHIN, Json, or_nothing
from sim.scenario.model import Scenario
from sim.scenario.part import Part
from sim.scenario.values import NAMES_SCHEMA


def json_schema() -> Json:
    """The JSON Schema of a scenario file."""
    parts: Json = {}
    whole = Scenario.json_schema(parts) | {"$defs": parts}
    for part in [*parts.values(), whole]:
        _loosen(part)
    whole["properties"] = {"extends": NAMES_SCHEMA, **whole["properties"]}
    for part in [*parts.values(), whole]:
        _flatten(part, parts)
    parts |= distribution_schemas()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contact-centre scenario",
        **{key: one for key, one in whole.items() if key != "title"},
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": ["reasons", "pools"]},
    }


def schema_with_changes(whole: type[Part]) -> Json:
    """The JSON Schema of a file of which some fields hold changes of a scenario.

    Such fields refer to `Changes`: anything that a scenario file may say, or nothing.
    """
    scenario = json_schema()
    parts: Json = {}
    made = whole.json_schema(parts)
    parts["Changes"] = {
        "type": ["object", "null"],
        "properties": scenario["properties"],
        "additionalProperties": False,
    }
    return {"$schema": scenario["$schema"], **made, "$defs": parts | scenario["$defs"]}


def _loosen(part: Json) -> None:
    """Nothing is required, as a base may say it; and null removes what a base says."""
    for one in [part, *part.get("anyOf", [])]:
        one.pop("required", None)
        for name, field in one.get("properties", {}).items():
            one["properties"][name] = or_nothing(field)
            extra = field.get("additionalProperties")
            if isinstance(extra, dict):
                field["additionalProperties"] = or_nothing(extra)


def _flatten(part: Json, parts: Mapping[str, Json]) -> None:
    """All forms of a field in one list: of nested ones editors tell what fits the outer best."""
    for one in [part, *part.get("anyOf", [])]:
        for field in one.get("properties", {}).values():
            forms = [inner for form in field["anyOf"] for inner in _forms(form, parts)]
            # which one is said to be expected where none is near is the first of them
            field["anyOf"] = [form for form in forms if form != NOTHING] + [NOTHING]


def _forms(form: Json, parts: Mapping[str, Json]) -> Iterator[Json]:
    """The forms that are alternatives within one, which may be another part."""
    there = parts.get(form.get("$ref", "").removeprefix(WITHIN), form)
    if "anyOf" not in there:
        yield form
    for inner in there.get("anyOf", ()):
        yield from _forms(inner, parts)
