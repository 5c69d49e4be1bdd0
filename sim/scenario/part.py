"""The base of every part of a scenario: checked, frozen, and plain-spoken about what is wrong."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, ClassVar, Self, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.scenario.by import By, Names
from sim.scenario.called import CALLED, NEEDED
from sim.scenario.faults import Path, Wrong, meant, nearest_name, shown
from sim.scenario.fields import Json


class Part(BaseModel):
    """A part of a scenario: frozen, and it refuses fields it does not know."""

    # what reads a part is built when a file is read: once for all parts of it
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    # field -> what has to be said beside it, without which it has no meaning
    needs: ClassVar[dict[str, str]] = {}
    # the field that is meant where a value stands in place of the whole part
    alone: ClassVar[str] = ""
    # the field whose entries stand beside the others, without its name
    inline: ClassVar[str] = ""

    # of parts that may differ by channel: words they may begin with, and what a key may be
    words: ClassVar[tuple[str, ...]] = ()
    key_is: ClassVar[str] = "channel or field"

    @classmethod
    def is_value(cls, data: dict[str, Any]) -> bool:
        """Whether a mapping tells of one such part, rather than of one for each channel."""
        return bool(data) and data.keys() <= cls.model_fields.keys()

    @classmethod
    def read(cls, said: Any) -> Self:
        """The part that a file, or a person, says.

        Raises:
            Wrong: with everything that is wrong.
        """
        try:
            return cls.model_validate(said)
        except ValidationError as error:
            wrong = Wrong()
            wrong.faults = faults_of(error)
            raise wrong from None

    @classmethod
    def long_form(cls, data: Any) -> Any:
        """The full form of what the file says; parts with other short forms override this."""
        if not isinstance(data, dict):
            return {cls.alone: data} if cls.alone else data
        if not cls.inline or isinstance(data.get(cls.inline), dict):
            return data
        apart = cls.model_fields.keys() - {cls.inline}
        fields = {key: one for key, one in data.items() if key in apart}
        return {**fields, cls.inline: {k: one for k, one in data.items() if k not in apart}}

    def inconsistencies(self, wrong: Wrong) -> None:
        """Note what does not fit together inside this part; parts override this."""

    def short_form(self, plain: dict[str, Any]) -> Any:
        """The short form of what the file says, if there is one; parts override this."""
        if [*plain] == [self.alone]:
            return plain[self.alone]
        entries = plain.pop(self.inline, {})
        return {**plain, **entries}

    def said(self, *fields: str) -> list[str]:
        """Those of some fields that say something else than their defaults."""
        known = type(self).model_fields
        return [name for name in fields if getattr(self, name) != known[name].default]

    def plain(self) -> dict[str, Any]:
        """In the words of a file, from which it is read again; parts that stand alone say how."""
        raise NotImplementedError

    @classmethod
    def hint(cls, field: str | int) -> str:
        """What to write for a field, or for what people call it; nothing if there is no hint."""
        name = re.sub(r"[ -]", "_", str(field)).casefold()
        hint = CALLED.get((cls.__name__, name))
        return f"; {hint}" if hint else ""

    @classmethod
    def field_names(cls) -> list[str]:
        """The fields a file may write here."""
        return list(cls.model_fields)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Json:
        made: Json = handler(schema)
        full = handler.resolve_ref_schema(made)
        fields = full["properties"]
        if cls.inline:
            full["additionalProperties"] = fields.pop(cls.inline)["additionalProperties"]
        if cls.alone:
            short = {key: one for key, one in fields[cls.alone].items() if key != "title"}
            whole = {**full}
            full.clear()
            full["anyOf"] = [short, whole]
        return made

    @model_validator(mode="wrap")
    @classmethod
    def _read(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if isinstance(data, cls):
            return data
        names: Names = info.context or Names(None, None)
        try:
            part = handler(cls.long_form(data))
        except ValidationError as error:
            raise in_plain_words(error, cls) from None
        wrong = Wrong()
        if not names.lenient:
            part._lacking(wrong)
            part.inconsistencies(wrong)
        wrong.raise_if_any()
        return part

    def _lacking(self, wrong: Wrong) -> None:
        """What is not said, though it has to be: by itself, or beside another field."""
        said = self.model_fields_set
        for field in _to_be_said(type(self)):
            if field not in said:
                wrong.add("is missing" + self.hint(field), field)
        for field, other in self.needs.items():
            if getattr(self, field) and (other not in said or getattr(self, other) == {}):
                wrong.add(f"has no meaning without `{other}`", field)

    @field_validator("*", mode="after")
    @classmethod
    def _complete(cls, value: Any, info: ValidationInfo) -> Any:
        """Channels and reasons that a field does not list have the field's default."""
        default = cls.model_fields[str(info.field_name)].default
        both = isinstance(value, By) and type(default) is type(value)
        return value.or_else(default) if both else value


@cache
def fields_of(cls: type[Part]) -> tuple[tuple[str, Any], ...]:
    """The fields of a part, each with its type and annotations."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((name, hints[name]) for name in cls.model_fields)


@cache
def _to_be_said(cls: type[Part]) -> list[str]:
    """Needed fields that pydantic takes for optional: values by reason have a default for those
    that are not listed.
    """
    fields = cls.model_fields.items()
    by = {name for name, one in fields if isinstance(one.default, By)}
    return [name for name in NEEDED.get(cls.__name__, ()) if name in by]


def faults_of(error: ValidationError) -> list[tuple[Path, str]]:
    """The faults of a whole scenario, which its parts have brought into plain words."""
    inner = error.errors(include_url=False)[0].get("ctx", {}).get("error")
    return inner.faults if isinstance(inner, Wrong) else [((), "is not understood")]


def in_plain_words(error: ValidationError, cls: type[Part]) -> Wrong:
    """All faults of a part, with messages for a planner."""
    wrong = Wrong()
    errors = error.errors(include_url=False)
    unknown = [one["loc"] for one in errors if one["type"] == "extra_forbidden"]
    lacks = any(one["type"] == "missing" for one in errors)
    meant_fields = {_guess(path, cls) for path in unknown} if lacks else set()
    for one in errors:
        path: Path = tuple(step for step in one["loc"] if step != "[key]")
        if one["type"] == "missing" and path[-1] in meant_fields:
            continue  # it is there, under a name that is slightly wrong
        inner = one.get("ctx", {}).get("error")
        if isinstance(inner, Wrong):
            wrong.inside(inner, *path)
        else:
            wrong.add(_message(one["type"], path, one["input"], cls), *path)
    return wrong


def _guess(path: Path, cls: type[Part]) -> str | None:
    return nearest_name(str(path[-1]), cls.field_names())


def _message(kind: str, path: Path, value: object, cls: type[Part]) -> str:
    field = path[-1] if path else ""
    if kind == "missing":
        return "is missing" + cls.hint(field)
    if kind == "extra_forbidden" and field == "<<":
        return "merge keys are not part of YAML 1.2; write the values out, or use `extends`"
    if kind == "extra_forbidden":
        return "unknown field" + (cls.hint(field) or meant(str(field), cls.field_names()))
    return _misread(kind, path, value, cls)


def _misread(kind: str, path: Path, value: object, cls: type[Part]) -> str:
    """Of a value that has not the form of its field, or of the part itself."""
    names = f"{shown(value)} stands where names with values are expected (`name: value`)"
    match kind:
        case "model_type" | "model_attributes_type":
            hints = "".join(map(cls.hint, NEEDED.get(cls.__name__, ())))
            return names + (hints or meant("", cls.field_names()))
        case "dict_type":
            return names + cls.hint(path[0])
        case "list_type":
            message = f"{shown(value)} stands where a list is expected (`[..., ...]`)"
            return message + cls.hint(path[0])
    return f"{shown(value)} is not understood here"
