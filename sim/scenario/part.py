"""The base of every part of a scenario: checked, frozen, and plain-spoken about what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc, get_annotations
from typing import Any, ClassVar, NamedTuple, Self, dataclass_transform, get_type_hints

from sim.scenario.by import By
from sim.scenario.called import CALLED, NEEDED
from sim.scenario.faults import Path, Wrong, meant, nearest_name, shown
from sim.scenario.fields import At, Json, Kind, Names, Parts, Refers, kind_of, part_schema

NO_DEFAULT: Any = object()


class Field(NamedTuple):
    """A field of a part: what holds where it is not said."""

    default: Any

    def is_required(self) -> bool:
        """Whether it has to be said."""
        return self.default is NO_DEFAULT


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Part:
    """A part of a scenario: frozen, and it refuses fields it does not know.

    Its fields are the annotations of its class, as of a dataclass; each is read by the kind of its
    type.
    """

    model_fields: ClassVar[dict[str, Field]] = {}
    _kinds: ClassVar[dict[str, Kind]]
    model_fields_set: frozenset[str]

    # field -> what has to be said beside it, without which it has no meaning
    needs: ClassVar[dict[str, str]] = {}
    # the field that is meant where a value stands in place of the whole part
    alone: ClassVar[str] = ""
    # the field whose entries stand beside the others, without its name
    inline: ClassVar[str] = ""

    # of parts that may differ by channel: words they may begin with, and what a key may be
    words: ClassVar[tuple[str, ...]] = ()
    key_is: ClassVar[str] = "channel or field"

    def __init_subclass__(cls) -> None:
        own = [name for name, said in get_annotations(cls).items() if "ClassVar" not in str(said)]
        mine = {name: Field(cls.__dict__.get(name, NO_DEFAULT)) for name in own}
        cls.model_fields = cls.model_fields | mine

    def __init__(self, **said: Any) -> None:
        self._fill(said, Names())

    @classmethod
    def read(cls, said: Any, names: Names = Names()) -> Self:  # noqa: B008 - it is frozen
        """The part that a file, or a person, says.

        Raises:
            Wrong: with everything that is wrong.
        """
        if isinstance(said, cls):
            return said
        part = cls.__new__(cls)
        part._fill(cls.long_form(said), names)
        return part

    def _fill(self, said: Any, names: Names) -> None:
        """Take the fields from their full form; Wrong with all that is wrong."""
        if not isinstance(said, dict):
            hints = "".join(map(self.hint, NEEDED.get(type(self).__name__, ())))
            expected = "stands where names with values are expected (`name: value`)"
            raise Wrong(f"{shown(said)} {expected}{hints or meant('', self.field_names())}")
        wrong = Wrong()
        unknown = [key for key in said if key not in self.model_fields]
        for key in unknown:
            wrong.add(self._unknown(key), key)
        for name, kind in self.kinds().items():
            default = self.model_fields[name].default
            value = default
            if name in said:
                value = wrong.reading(kind.read, said[name], name, at=At(names, name, self.hint))
            elif default is NO_DEFAULT and not any(self._guess(key) == name for key in unknown):
                wrong.add("is missing" + self.hint(name), name)
            if isinstance(value, By) and type(value) is type(default):
                value = value.or_else(default)  # for channels and reasons that are not listed
            self.__dict__[name] = value
        wrong.raise_if_any()
        self.__dict__["model_fields_set"] = frozenset(said)
        if not names.lenient:
            self._lacking(wrong)
            self.inconsistencies(wrong)
        wrong.raise_if_any()

    def _lacking(self, wrong: Wrong) -> None:
        """What is not said, though it has to be: by itself, or beside another field."""
        said = self.model_fields_set
        for field in NEEDED.get(type(self).__name__, ()):
            # values by reason have a default for those that are not listed
            if field not in said and isinstance(self.__dict__.get(field), By):
                wrong.add("is missing" + self.hint(field), field)
        for field, other in self.needs.items():
            if getattr(self, field) and (other not in said or getattr(self, other) == {}):
                wrong.add(f"has no meaning without `{other}`", field)

    @classmethod
    def _guess(cls, key: str) -> str | None:
        return nearest_name(key, cls.field_names())

    @classmethod
    def _unknown(cls, key: str) -> str:
        if key == "<<":
            return "merge keys are not part of YAML 1.2; write the values out, or use `extends`"
        return "unknown field" + (cls.hint(key) or meant(key, cls.field_names()))

    # --- forms --------------------------------------------------------------------------------

    @classmethod
    def is_value(cls, data: dict[str, Any]) -> bool:
        """Whether a mapping tells of one such part, rather than of one for each channel."""
        return bool(data) and data.keys() <= cls.model_fields.keys()

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

    def short_form(self, plain: dict[str, Any]) -> Any:
        """The short form of what the file says, if there is one; parts override this."""
        if [*plain] == [self.alone]:
            return plain[self.alone]
        entries = plain.pop(self.inline, {})
        return {**plain, **entries}

    def inconsistencies(self, wrong: Wrong) -> None:
        """Note what does not fit together inside this part; parts override this."""

    def said(self, *fields: str) -> list[str]:
        """Those of some fields that say something else than their defaults."""
        return [one for one in fields if getattr(self, one) != self.model_fields[one].default]

    def plain(self) -> Any:
        """In the words of a file, from which it is read again."""
        kinds = self.kinds().items()
        plain = {name: kind.text(getattr(self, name)) for name, kind in kinds}
        said = {name: one for name, one in plain.items() if one not in (None, [], {})}
        return self.short_form(said)

    def references(self, path: Path = ()) -> Iterator[tuple[Path, str, Refers]]:
        """Every name that refers to another part, where it is said from a path on, and as what."""
        for field, kind in self.kinds().items():
            if kind.references and (value := getattr(self, field)):
                yield from kind.references(value, path if field == self.inline else (*path, field))

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
    def kinds(cls) -> dict[str, Kind]:
        """The kinds of its fields."""
        if "_kinds" not in cls.__dict__:
            hints = get_type_hints(cls, include_extras=True)
            cls._kinds = {name: kind_of(hints[name]) for name in cls.model_fields}
        return cls._kinds

    @classmethod
    def kind_with(cls) -> Kind:
        """Such a part as the value of a field."""

        def schema(parts: Parts) -> Json:
            if cls.__name__ not in parts:
                parts[cls.__name__] = cls.json_schema(parts)
            return part_schema(cls.__name__)

        holds = any(kind.references for kind in cls.kinds().values())
        return Kind(
            lambda said, at: cls.read(said, at.names),
            lambda part: part.plain(),
            schema,
            cls.references if holds else None,
            cls.is_value,
            cls.words,
            cls.key_is,
        )

    @classmethod
    def json_schema(cls, parts: Parts) -> Json:
        """The JSON Schema of such a part; those of parts within are added."""
        fields = {name: kind.schema(parts) for name, kind in cls.kinds().items()}
        entries = fields.pop(cls.inline)["additionalProperties"] if cls.inline else False
        required = [name for name, field in cls.model_fields.items() if field.is_required()]
        full = {
            "title": cls.__name__,
            "description": cleandoc(cls.__doc__ or ""),
            "type": "object",
            "properties": fields,
            "additionalProperties": entries,
            **({"required": required} if required else {}),
        }
        return {"anyOf": [fields[cls.alone], full]} if cls.alone else full

    # --- a value ------------------------------------------------------------------------------

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same with other values of some fields, which are taken as they are."""
        part = self.__new__(type(self))
        changes = update or {}
        kept = {name: self.__dict__[name] for name in self.model_fields}
        part.__dict__.update(kept | {**changes})
        part.__dict__["model_fields_set"] = self.model_fields_set | changes.keys()
        return part

    def __setattr__(self, name: str, value: object) -> None:
        raise ValueError(f"{type(self).__name__} is frozen: `{name}` stays as it is")

    def _values(self) -> tuple[Any, ...]:
        return tuple(self.__dict__[name] for name in self.model_fields)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Part) or type(self) is not type(other):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        said = zip(self.model_fields, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={one!r}' for name, one in said)})"
