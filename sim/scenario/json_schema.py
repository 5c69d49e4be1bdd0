"""The JSON Schema of a scenario file, for editors: names, short forms, patterns of values.

It accepts whatever the loader may accept in a single file (the loader checks more): short forms,
`extends` with parts left to the base, `null` to remove what the base says.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim.scenario.distribution_fields import REFERENCE, distribution_schemas
from sim.scenario.fields import Json
from sim.scenario.model import Scenario
from sim.scenario.part import Part
from sim.scenario.values import NAMES_SCHEMA


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
    for part in [*parts.values(), whole]:
        _loosen(part)
    whole["properties"] = {"extends": NAMES_SCHEMA, **whole["properties"]}
    parts |= distribution_schemas()
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


def _with_references(value: Any) -> Any:
    if isinstance(value, dict):
        if REFERENCE in value:
            return {"$ref": f"#/$defs/{value[REFERENCE]}"}
        return {key: _with_references(one) for key, one in value.items()}
    return [_with_references(one) for one in value] if isinstance(value, list) else value


def _loosen(part: Json) -> None:
    """Nothing is required, as a base may say it; and null removes what a base says."""
    for one in [part, *part.get("anyOf", [])]:
        one.pop("required", None)
        for name, field in one.get("properties", {}).items():
            field.pop("title", None)
            field.pop("default", None)
            one["properties"][name] = _or_nothing(field)
            extra = field.get("additionalProperties")
            if isinstance(extra, dict):
                field["additionalProperties"] = _or_nothing(extra)


def _or_nothing(field: Json) -> Json:
    """As one list of alternatives: of nested ones editors tell what fits the outer best."""
    nothing: Json = {"type": "null"}
    if "anyOf" not in field:
        return {"anyOf": [nothing, field]}
    return {**field, "anyOf": [*field["anyOf"], nothing]}
