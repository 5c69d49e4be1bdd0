"""Values that may differ by channel, or by reason and channel.

In the file: one value for all, or a mapping whose keys are channels (`ByReason`: channels, or
reasons, or reasons that map to channels), with `other` for those not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, get_args

from pydantic_core import core_schema

from sim.scenario.faults import Wrong, meant
from sim.scenario.times import says_times

T = TypeVar("T")

OTHER = "other"
NOT_BY_TIME = (
    "this does not depend on the time of the week. What does: handle, wrap, patience and resolved "
    "of a reason; speed, priority, satisfaction and sells of a pool; shares of transfers and of AI "
    "agents. Customers who do otherwise at these times can be a reason of their own"
)
REST = ""  # the key of `other` in the inner mapping; no name is empty


@dataclass(frozen=True)
class Names:
    """The names of a scenario, known before its parts are read (the context of validation)."""

    reasons: tuple[str, ...] | None  # none: unknown, because that part of the file is broken
    channels: tuple[str, ...] | None
    lenient: bool = False  # parts need not be consistent: they were repaired


class _Entries:
    """Immutable entries, equal when they say the same in whatever order.

    Not a dataclass: pydantic would read the fields of a generic dataclass by itself.
    """

    __slots__ = ("_said", "entries")
    entries: tuple[Any, ...]
    _said: dict[Any, Any]  # where -> value

    def __init__(self, entries: tuple[Any, ...]) -> None:
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "_said", {entry[:-1]: entry[-1] for entry in entries})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Entries) or type(other) is not type(self):
            return NotImplemented
        return self._said == other._said

    def __hash__(self) -> int:
        return hash(frozenset(self._said.items()))

    def each(self, change: Callable[[Any], Any]) -> Any:
        """The same with every value changed."""
        return type(self)(tuple((*where, change(one)) for *where, one in self.entries))

    def leaves(self) -> tuple[Any, ...]:
        """Every value that is said."""
        return tuple(entry[-1] for entry in self.entries)

    def or_else(self, rest: Self) -> Self:
        """Completed by the values of `rest` for what is not listed."""
        more = tuple(one for one in rest.entries if one[:-1] not in self._said)
        return type(self)(self.entries + more)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.entries!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.entries,)


class ByChannel(_Entries, Generic[T]):
    """A value for each channel."""

    __slots__ = ()
    entries: tuple[tuple[str | None, T], ...]  # None: all other channels

    def __init__(self, entries: tuple[tuple[str | None, T], ...]) -> None:
        super().__init__(entries)

    @classmethod
    def of(cls, value: T) -> ByChannel[T]:
        """The same value for every channel."""
        return cls(((None, value),))

    def at(self, channel: str | None) -> T:
        """The value for a channel; KeyError where the scenario gives none."""
        found: dict[Any, T] = self._said
        return found[channel,] if (channel,) in found else found[None,]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        item = get_args(source)[0]
        inner = core_schema.dict_schema(core_schema.str_schema(), handler.generate_schema(item))
        return _schema(cls, _by_channel(item), inner, _make_by_channel)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        item = handler(schema)["additionalProperties"]
        return {"anyOf": [item, _mapping(item)]}


class ByReason(_Entries, Generic[T]):
    """A value for each reason and channel."""

    __slots__ = ()
    entries: tuple[tuple[str | None, str | None, T], ...]  # reason, channel, value; None: others

    def __init__(self, entries: tuple[tuple[str | None, str | None, T], ...]) -> None:
        super().__init__(entries)

    @classmethod
    def of(cls, value: T) -> ByReason[T]:
        """The same value for all."""
        return cls(((None, None, value),))

    def at(self, reason: str | None, channel: str | None) -> T:
        """The value for a reason and channel; KeyError where the scenario gives none."""
        found: dict[Any, T] = self._said
        for key in ((reason, channel), (reason, None), (None, channel)):
            if key in found:
                return found[key]
        return found[None, None]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        kind = get_args(source)[0]
        item = handler.generate_schema(kind)
        text = core_schema.str_schema()
        inner = core_schema.dict_schema(text, core_schema.dict_schema(text, item))
        return _schema(cls, _by_reason(kind), inner, _make_by)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        item = handler(schema)["additionalProperties"]["additionalProperties"]
        return {"anyOf": [item, _mapping({"anyOf": [item, _mapping(item)]})]}


# --- how a file says it -----------------------------------------------------------------------


def _by_channel(item: Any) -> Callable[[Any, Any], Any]:
    is_value, words, what = _value_test(item)

    def shape(value: Any, info: Any) -> Any:
        if not isinstance(value, dict) or is_value(value):
            return {REST: value}
        names = info.context.channels if info.context else None
        _check(value, names, what, words)
        return {REST if key == OTHER else key: one for key, one in value.items()}

    return shape


def _by_reason(item: Any) -> Callable[[Any, Any], Any]:
    """The nested form: reason -> channel -> value, `REST` for others."""
    is_value, words, _ = _value_test(item)

    def one_value(value: dict[str, Any], names: Names) -> bool:
        """A reason may be called like times of the week (`holiday`): names go before times."""
        return is_value(value) and not (not words and _some_in(value, names.reasons))

    def channels(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or is_value(value):
            return {REST: value}
        return {_key(key): one for key, one in value.items()}

    def nested(value: dict[str, Any], names: Names) -> bool:
        parts = [one for one in value.values() if isinstance(one, dict) and not is_value(one)]
        return bool(parts) or _some_in(value, names.reasons)

    def shape(value: Any, info: Any) -> Any:
        names: Names = info.context or Names(None, None)
        if not isinstance(value, dict) or one_value(value, names):
            return {REST: {REST: value}}
        _check_clear(value, names, is_value)
        if nested(value, names):
            _check_reasons(value, names, is_value)
            return {_key(reason): channels(one) for reason, one in value.items()}
        _check_flat(value, names)
        return {REST: channels(value)}

    return shape


def _key(key: str) -> str:
    return REST if key == OTHER else key


def _some_in(value: dict[str, Any], names: tuple[str, ...] | None) -> bool:
    return names is not None and any(key in names for key in value)


def _check_clear(
    value: dict[str, Any], names: Names, is_value: Callable[[dict[str, Any]], bool]
) -> None:
    """What is said by channel in turn is said of a reason."""
    wrong = Wrong()
    for key, one in value.items():
        by_channel = isinstance(one, dict) and not is_value(one)
        both = key in (names.reasons or ()) and key in (names.channels or ())
        if both and not by_channel:
            wrong.add("is the name of a reason and of a channel; rename one of them", key)
    wrong.raise_if_any()


def _check_reasons(
    value: dict[str, Any], names: Names, is_value: Callable[[dict[str, Any]], bool]
) -> None:
    wrong = Wrong()
    _note_unknown(wrong, value, names.reasons, "reason", timed=is_value(value))
    for reason, one in value.items():
        if isinstance(one, dict) and not is_value(one):
            _note_unknown(wrong, one, names.channels, "channel", reason)
    wrong.raise_if_any()


def _check_flat(value: dict[str, Any], names: Names) -> None:
    known = None
    if names.channels is not None and names.reasons is not None:
        known = (*names.channels, *names.reasons)
    _check(value, known, "channel or reason")


def _check(
    value: dict[str, Any], names: tuple[str, ...] | None, what: str, words: tuple[str, ...] = ()
) -> None:
    wrong = Wrong()
    _note_unknown(wrong, value, names, what, words=words)
    wrong.raise_if_any()


def _note_unknown(
    wrong: Wrong,
    value: dict[str, Any],
    names: tuple[str, ...] | None,
    what: str,
    *path: str,
    words: tuple[str, ...] = (),
    timed: bool = False,
) -> None:
    if not value:
        wrong.add(f"is empty; write one value, or one for each {what}", *path)
    for key in value:
        if names is None or key in names or key == OTHER:
            continue
        if not says_times(key):
            message = f"no {what} has this name" + meant(key, [*names, OTHER, *words])
        elif timed:
            message = f"where values differ by {what} too, say the times within each"
        else:
            message = NOT_BY_TIME
        wrong.add(message, *path, key)


# --- pydantic ---------------------------------------------------------------------------------


def _schema(cls: type, shape: Any, inner: Any, make: Any) -> core_schema.CoreSchema:
    """Values of the class pass; anything else is brought into shape, read and made into one."""
    read = core_schema.with_info_before_validator_function(
        shape, core_schema.no_info_after_validator_function(make, inner)
    )

    def choose(value: Any, handler: Any) -> Any:
        return value if isinstance(value, cls) else handler(value)

    return core_schema.no_info_wrap_validator_function(choose, read)


def _mapping(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": item, "minProperties": 1}


def _value_test(item: Any) -> tuple[Callable[[dict[str, Any]], bool], tuple[str, ...], str]:
    """How to tell a mapping that is one value from one that gives a value to each channel.

    Also the words that such a value may begin with, and what a key may be, for messages.
    """
    for kind in (item, *get_args(item)):  # a value, or perhaps none
        for mark in (kind, *getattr(kind, "__metadata__", ())):
            if hasattr(mark, "is_value"):
                return mark.is_value, tuple(mark.words), mark.key_is
    return lambda _: False, (), "channel"


def _make_by_channel(values: Mapping[str, Any]) -> ByChannel[Any]:
    return ByChannel(tuple((channel or None, value) for channel, value in values.items()))


def _make_by(values: Mapping[str, Mapping[str, Any]]) -> ByReason[Any]:
    return ByReason(
        tuple(
            (reason or None, channel or None, value)
            for reason, inner in values.items()
            for channel, value in inner.items()
        )
    )
