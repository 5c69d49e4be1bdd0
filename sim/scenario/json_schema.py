"""The JSON Schema of a scenario file, for editors: names, short forms, patterns of values.

It accepts whatever the loader may accept in a single file (the loader checks more): short forms,
`extends` with parts left to the base, `null` to remove what the base says.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim.scenario.model import Scenario
from sim.scenario.numbers import NUMBER
from sim.scenario.part import Part
from sim.scenario.values import DURATION_SCHEMA, SHARE_SCHEMA

Json = dict[str, Any]
REFERENCE = "x-reference"  # becomes $ref at the end: pydantic follows only those it made itself


class _Generator(GenerateJsonSchema):
    """Leaves out defaults, which are objects of ours, and says plainly what a mapping holds."""

    def default_schema(self, schema: Any) -> Json:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: Any) -> Json:
        made = super().dict_schema(schema)
        for pattern, values in made.pop("patternProperties", {}).items():
            made["additionalProperties"] = values
            made["propertyNames"] = {"pattern": pattern}
        return made


def json_schema() -> Json:
    """The JSON Schema of a scenario file."""
    whole = Scenario.model_json_schema(schema_generator=_Generator)
    parts: Json = whole.setdefault("$defs", {})
    _add_short_forms(whole, parts)
    for part in [*parts.values(), whole]:
        _loosen(part)
    whole["properties"] = {"extends": _names(), **whole["properties"]}
    _add_distributions(parts)
    whole = _with_references(whole)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contact-centre scenario",
        **{key: one for key, one in whole.items() if key != "title"},
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": ["reasons", "pools"]},
    }


def schema_with_changes(whole: type[Part]) -> Json:
    """The JSON Schema of a file of which some fields hold changes of a scenario.

    Such fields have the schema `{"x-reference": "Changes"}`: anything that a scenario file may say,
    or nothing.
    """
    scenario = json_schema()
    made = whole.model_json_schema(schema_generator=_Generator)
    parts = made.pop("$defs", {})
    for part in [*parts.values(), made]:
        for field in part.get("properties", {}).values():
            field.pop("title", None)
    parts["Changes"] = {
        "type": ["object", "null"],
        "properties": scenario["properties"],
        "additionalProperties": False,
    }
    made = _with_references({**made, "$defs": parts})
    made["$defs"] |= scenario["$defs"]
    return {"$schema": scenario["$schema"], **made}


def distribution_schema(duration: bool, word: str | None) -> Json:
    """The schema of a distribution: a reference, plus a word that stands for itself."""
    kind = {REFERENCE: "Durations" if duration else "Amounts"}
    return {"anyOf": [kind, {"const": word}]} if word else kind


def _with_references(value: Any) -> Any:
    if isinstance(value, dict):
        if REFERENCE in value:
            return {"$ref": f"#/$defs/{value[REFERENCE]}"}
        return {key: _with_references(one) for key, one in value.items()}
    return [_with_references(one) for one in value] if isinstance(value, list) else value


# --- short forms ------------------------------------------------------------------------------


def _names() -> Json:
    text = {"type": "string"}
    return {"anyOf": [text, {"type": "array", "items": text}]}


def _or(full: Json, *short: Json) -> Json:
    return {"anyOf": [*short, full]}


def _add_short_forms(whole: Json, parts: Json) -> None:
    text = {"type": "string"}
    pool = parts["Pool"]["properties"]
    pool["agents"] = _or(pool["agents"], {"type": "integer", "minimum": 0})
    pool["answers"] = _or(pool["answers"], _names())
    pool["presence"] = _or(pool["presence"], SHARE_SCHEMA)
    parts["Person"]["properties"]["answers"] = _or(
        parts["Person"]["properties"]["answers"], _names()
    )
    by_hour = parts["Presence"]["properties"]
    by_hour["by_hour"] = _or(by_hour["by_hour"], SHARE_SCHEMA)
    for field in ("reason", "channel"):
        parts["Route"]["properties"][field] = _names()
    parts["Route"]["properties"]["to"] = _or(parts["Route"]["properties"]["to"], text)
    parts["Step"] = _or(parts["Step"], text)
    del parts["ClosedDoor"]["properties"]["to"]
    parts["ClosedDoor"]["additionalProperties"] = SHARE_SCHEMA
    from_file: Json = {"type": "object", "properties": {"file": text}, "required": ["file"]}
    from_file["additionalProperties"] = False
    profiles = whole["properties"]["profiles"]
    profiles["additionalProperties"] = _or(profiles["additionalProperties"], from_file)
    pool["agents"], pool["roster"] = _or(pool["agents"], from_file), _or(pool["roster"], from_file)


def _loosen(part: Json) -> None:
    """Nothing is required, as a base may say it; and null removes what a base says."""
    for one in [part, *part.get("anyOf", [])]:
        one.pop("required", None)
        for name, field in one.get("properties", {}).items():
            field.pop("title", None)
            field.pop("default", None)
            one["properties"][name] = _or(field, {"type": "null"})
            extra = field.get("additionalProperties")
            if isinstance(extra, dict):
                field["additionalProperties"] = _or(extra, {"type": "null"})


# --- distributions ----------------------------------------------------------------------------


def _add_distributions(parts: Json) -> None:
    amount = {"type": "number", "minimum": 0}
    parts["Durations"] = _or(_mapping_of("Durations", DURATION_SCHEMA), DURATION_SCHEMA, NEVER)
    parts["Amounts"] = _or(_mapping_of("Amounts", amount), amount)


NEVER = {"const": "never"}
_COEFFICIENT = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^{NUMBER}\s*%?$"}]
}


def _mapping_of(name: str, scale: Json) -> Json:
    itself = {REFERENCE: name}
    kinds = {
        "constant": scale,
        "exponential": _or(_fields(mean=scale), scale),
        "lognormal": _fields(mean=scale, cv=_COEFFICIENT, median=scale),
        "gamma": _fields(mean=scale, cv=_COEFFICIENT, shape=_COEFFICIENT, scale=scale),
        "weibull": _fields(mean=scale, cv=_COEFFICIENT, shape=_COEFFICIENT, scale=scale),
        "uniform": _or(_fields(low=scale, high=scale), _pair(scale, scale)),
        "erlang": _fields(mean=scale, k={"type": "integer", "minimum": 1}),
        "mixture": {"type": "array", "items": _pair(SHARE_SCHEMA, itself), "minItems": 1},
        "empirical": _or({"type": "array", "items": scale}, {"type": "string"}),
        "scipy": {"type": "object", "required": ["name"]},
    }
    return {
        "type": "object",
        "properties": kinds,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _fields(**fields: Json) -> Json:
    return {"type": "object", "properties": fields, "additionalProperties": False}


def _pair(first: Json, second: Json) -> Json:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}
