"""How what stands in a file becomes a value: read, written again, and told to editors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin

from pydantic import AfterValidator
from pydantic_core import core_schema

from sim.scenario.faults import Wrong

Json = dict[str, Any]


@dataclass(eq=False)
class Reads:
    """Annotation: how a value is read and written, and what editors are told of it.

    read: what stands in a file -> the value; raises `Wrong`.
    schema: JSON Schema of what stands in a file.
    text: the value -> what stands in a file, if that is something else than the value.
    """

    read: Callable[[Any], Any]
    schema: Json
    text: Callable[[Any], Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Json:
        return dict(self.schema)


@cache
def marks_of(hint: Any) -> tuple[Any, ...]:
    """The annotations of a type."""
    return getattr(_said(hint), "__metadata__", ())


@cache
def kind_of(hint: Any) -> Any:
    """The type without its annotations and without None."""
    said = _said(hint)
    return kind_of(get_args(said)[0]) if get_origin(said) is Annotated else said


def _said(hint: Any) -> Any:
    """The type without None."""
    inner = get_args(hint)
    return next(one for one in inner if one is not type(None)) if type(None) in inner else hint


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
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Json:
        return dict(cls.schema)


class Also:
    """Annotation: what else a field may say, brought into its full form before it is read."""

    def __init__(self, full: Callable[[Any], Any], *short: Json) -> None:
        self.full, self.short = full, short

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.full, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Json:
        return {"anyOf": [*self.short, handler(schema)]}


def must(holds: Callable[[Any], bool], message: str) -> AfterValidator:
    """Annotation: what else is asked of a value that has been read, and what to say if it fails."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise Wrong(message)
        return value

    return AfterValidator(check)


MORE_THAN_0 = must(bool, "must be more than 0")
