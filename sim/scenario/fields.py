"""What a field holds: how it is read, written again, told to editors, which names it refers to.

One `Kind` says all four. It follows from the type of the field and its annotations.
"""

# ruff: noqa: ARG002, ARG005 - kinds are asked alike, and need not all of it

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, NamedTuple, Self, get_args, get_origin

from sim.scenario.faults import Path, Wrong, shown
from sim.scenario.numbers import plain_number

Json = dict[str, Any]
NOTHING: Json = {"type": "null"}
WITHIN = "#/$defs/"


def part_schema(name: str) -> Json:
    """A reference to a part of the JSON Schema."""
    return {"$ref": WITHIN + name}


@dataclass(frozen=True)
class Names:
    """The names of a scenario, known before its parts are read."""

    reasons: tuple[str, ...] | None = None  # none: unknown, because that part is broken
    channels: tuple[str, ...] | None = None
    lenient: bool = False  # parts need not be consistent: they were repaired


class At(NamedTuple):
    """Where a value is read: among which names, in which field; what to write for it."""

    names: Names
    field: str
    hint: Callable[[str], str]

    def misread(self, value: object, expected: str) -> Wrong:
        """Of a value that has not the form of its field."""
        message = f"{shown(value)} stands where {expected}"
        return Wrong(message + self.hint(self.field))


class Refers:
    """Annotation: the name of a reason, a channel, a pool or a profile, which must exist.

    what: which of them.
    also: words that may stand in its place; besides: one more, which messages do not offer.
    refused: kinds of what is named that cannot stand here, each with what to say.
    """

    def __init__(self, what: str, *also: str, besides: str = "", **refused: str) -> None:
        self.what, self.also, self.besides, self.refused = what, also, besides, refused

    def on(self, kind: Kind, _: Any) -> Kind:
        """A kind of name."""
        return replace(kind, references=lambda name, path: iter([(path, name, self)]))


References = Callable[[Any, Path], Iterator[tuple[Path, str, Refers]]]
"""The names in a value that refer to other parts: where each is said, and as what."""

Parts = dict[str, Json]
"""The JSON Schemas of parts, by name."""


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return plain_number(value) if isinstance(value, float) else value


@dataclass(frozen=True)
class Kind:
    """How the values of a type are read, written and told to editors.

    read: what stands in a file -> the value; raises `Wrong`.
    text: the value -> what stands in a file.
    schema: JSON Schema of what stands in a file; those of parts are added.
    references: names in a value that refer to other parts; None if there can be none.
    is_value: whether a mapping says one value, rather than one for each channel.
    words, key_is: that such a mapping may begin with, and what a key may be, for messages.
    """

    read: Callable[..., Any] = lambda said, at: said
    text: Callable[[Any], Any] = _plain
    schema: Callable[[Parts], Json] = lambda _: {}
    references: References | None = None
    is_value: Callable[[dict[str, Any]], bool] = lambda _: False
    words: tuple[str, ...] = ()
    key_is: str = "channel"


@cache
def kind_of(hint: Any) -> Kind:
    """The kind of a type."""
    origin, args = get_origin(hint) or hint, get_args(hint)
    if get_origin(hint) is Annotated:
        kind = kind_of(args[0])
        for mark in args[1:]:
            kind = mark.on(kind, args[0])
        return kind
    if NoneType in args:
        return _or_none(kind_of(args[0]))
    if hasattr(origin, "kind_with"):
        made: Kind = origin.kind_with(*map(kind_of, args))
        return made
    if origin is dict:
        return _mapping(*map(kind_of, args))
    return _listed(kind_of(args[0])) if origin is list else Kind()


def _or_none(kind: Kind) -> Kind:
    return replace(
        kind,
        read=lambda said, at: None if said is None else kind.read(said, at),
        text=lambda value: None if value is None else kind.text(value),
        schema=lambda parts: or_nothing(kind.schema(parts)),
    )


def or_nothing(schema: Json) -> Json:
    """As one list of alternatives: of nested ones editors tell what fits the outer best."""
    return (
        {**schema, "anyOf": [*schema["anyOf"], NOTHING]}
        if "anyOf" in schema
        else {"anyOf": [schema, NOTHING]}
    )


def _mapping(keys: Kind, values: Kind) -> Kind:
    def read(said: Any, at: At) -> dict[Any, Any]:
        if not isinstance(said, dict):
            raise at.misread(said, "names with values are expected (`name: value`)")
        wrong, found = Wrong(), {}
        for key, one in said.items():
            name = wrong.reading(keys.read, key, key, at=at)
            found[name] = wrong.reading(values.read, one, key, at=at)
        wrong.raise_if_any()
        return found

    def references(said: dict[str, Any], path: Path) -> Iterator[tuple[Path, str, Refers]]:
        for key, one in said.items():
            for value, kind in ((key, keys), (one, values)):
                yield from kind.references(value, (*path, key)) if kind.references else ()

    def schema(parts: Parts) -> Json:
        name = keys.schema(parts)
        name = name.get("anyOf", [name])[0]  # of times: what one text may say
        return {
            "type": "object",
            "additionalProperties": values.schema(parts),
            **({"propertyNames": name} if name else {}),
        }

    return Kind(
        read,
        lambda said: {str(key): values.text(one) for key, one in said.items()},
        schema,
        references if keys.references or values.references else None,
    )


def _listed(kind: Kind) -> Kind:
    def read(said: Any, at: At) -> list[Any]:
        if not isinstance(said, list | tuple):
            raise at.misread(said, "a list is expected (`[..., ...]`)")
        wrong = Wrong()
        found = [wrong.reading(kind.read, one, place, at=at) for place, one in enumerate(said)]
        wrong.raise_if_any()
        return found

    def references(said: list[Any], path: Path) -> Iterator[tuple[Path, str, Refers]]:
        for place, one in enumerate(said or ()):
            yield from kind.references(one, (*path, place)) if kind.references else ()

    return Kind(
        read,
        lambda said: [kind.text(one) for one in said],
        lambda parts: {"type": "array", "items": kind.schema(parts)},
        references if kind.references else None,
    )


# --- annotations ------------------------------------------------------------------------------


@dataclass(eq=False)
class Reads:
    """Annotation: how a value is read and written, and what editors are told of it.

    read: what stands in a file -> the value; raises `Wrong`.
    schema: JSON Schema of what stands in a file.
    text: the value -> what stands in a file, if that is something else than the value.
    words, key_is: as of a `Kind`.
    """

    read: Callable[[Any], Any]
    schema: Json
    text: Callable[[Any], Any] | None = None
    words: tuple[str, ...] = ()
    key_is: str = "channel"

    def is_value(self, said: dict[str, Any]) -> bool:
        """Whether a mapping says one value, rather than one for each channel."""
        return False

    def on(self, _: Kind, __: Any) -> Kind:
        """A kind of its own."""
        return Kind(
            lambda said, at: self.read(said),
            self.text or _plain,
            lambda _: self.schema,
            is_value=self.is_value,
            words=self.words,
            key_is=self.key_is,
        )


class OneText:
    """Base of values that a file says in one text, and that are written as `str` gives them.

    Attributes:
        schema: JSON Schema of the text.
    """

    __slots__ = ()
    schema: ClassVar[Json]

    @classmethod
    def read(cls, value: object) -> Self:
        """The value of what stands in a file; raises `Wrong`."""
        raise NotImplementedError

    @classmethod
    def kind_with(cls) -> Kind:
        """Such a text."""
        return Kind(lambda said, at: cls.read(said), str, lambda _: cls.schema)


class Also:
    """Annotation: what else a field may say, brought into its full form before it is read."""

    def __init__(self, full: Callable[[Any], Any], *short: Json) -> None:
        self.full, self.short = full, short

    def on(self, kind: Kind, _: Any) -> Kind:
        """The kind with short forms."""
        return replace(
            kind,
            read=lambda said, at: kind.read(self.full(said), at),
            schema=lambda parts: {"anyOf": [*self.short, kind.schema(parts)]},
        )


class Must:
    """Annotation: what else is asked of a value that has been read, and what to say if it fails."""

    def __init__(self, holds: Callable[[Any], bool], message: str) -> None:
        self.holds, self.message = holds, message

    def on(self, kind: Kind, _: Any) -> Kind:
        """The kind of these values alone."""

        def read(said: Any, at: At) -> Any:
            if not self.holds(value := kind.read(said, at)):
                raise Wrong(self.message)
            return value

        return replace(kind, read=read)


MORE_THAN_0 = Must(bool, "must be more than 0")
