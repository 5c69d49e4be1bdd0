"""Values that may differ by channel, or by reason and channel.

In the file: one value for all, or a mapping whose keys are channels (`ByReason`: channels, or
reasons, or reasons that map to channels), with `other` for those not listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args

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
REST = ""  # the key of `other` while values are read; no name is empty


@dataclass(frozen=True)
class Names:
    """The names of a scenario, known before its parts are read (the context of validation)."""

    reasons: tuple[str, ...] | None  # none: unknown, because that part of the file is broken
    channels: tuple[str, ...] | None
    lenient: bool = False  # parts need not be consistent: they were repaired


class By(Generic[T]):
    """Immutable entries of where and what, equal when they say the same in whatever order.

    Not a dataclass: pydantic would read the fields of a generic dataclass by itself.

    Attributes:
        keys: how many say where; each may be None, which is all others.
        entries: of the keys and the value.
    """

    __slots__ = ("_said", "entries")
    keys: ClassVar[int]
    entries: tuple[tuple[Any, ...], ...]
    _said: dict[tuple[str | None, ...], T]  # where -> value

    def __init__(self, entries: tuple[tuple[Any, ...], ...]) -> None:
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "_said", {entry[:-1]: entry[-1] for entry in entries})

    @classmethod
    def of(cls, value: T) -> Self:
        """The same value for all."""
        return cls(((*(None,) * cls.keys, value),))

    def at(self, *where: str | None) -> T:
        """The value for a channel, or for a reason and channel, of which the reason comes first.

        Raises:
            KeyError: where the scenario gives none.
        """
        for key in product(*((one, None) for one in where)):
            if key in self._said:
                return self._said[key]
        raise KeyError(where)

    def says(self, *where: str | None) -> bool:
        """Whether the scenario gives one."""
        return any(key in self._said for key in product(*((one, None) for one in where)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, By) or type(other) is not type(self):
            return NotImplemented
        return self._said == other._said

    def __hash__(self) -> int:
        return hash(frozenset(self._said.items()))

    def each(self, change: Callable[[Any], Any]) -> Any:
        """The same with every value changed."""
        return type(self)(tuple((*where, change(one)) for *where, one in self.entries))

    def leaves(self) -> tuple[T, ...]:
        """Every value that is said."""
        return tuple(self._said.values())

    def or_else(self, rest: Self) -> Self:
        """Completed by the values of `rest` for what is not listed."""
        more = tuple(one for one in rest.entries if one[:-1] not in self._said)
        return type(self)(self.entries + more)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.entries!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.entries,)

    # --- pydantic -----------------------------------------------------------------------------

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        [item] = get_args(source)
        nested = handler.generate_schema(item)
        for _ in range(cls.keys):
            nested = core_schema.dict_schema(core_schema.str_schema(), nested)
        shape = _Shape(item)
        read = core_schema.with_info_before_validator_function(
            shape.by_channel if cls.keys == 1 else shape.by_reason,
            core_schema.no_info_after_validator_function(
                lambda said: cls(_entries(said, cls.keys)), nested
            ),
        )

        def choose(value: Any, handler: Any) -> Any:
            return value if isinstance(value, cls) else handler(value)

        return core_schema.no_info_wrap_validator_function(choose, read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        item: dict[str, Any] = handler(schema)
        for _ in range(cls.keys):
            item = item["additionalProperties"]
        made = item
        for _ in range(cls.keys):
            mapping = {"type": "object", "additionalProperties": made, "minProperties": 1}
            made = {"anyOf": [item, mapping]}
        return made


class ByChannel(By[T]):
    """A value for each channel."""

    __slots__ = ()
    keys = 1


class ByReason(By[T]):
    """A value for each reason and channel."""

    __slots__ = ()
    keys = 2


def _entries(said: Any, keys: int) -> tuple[tuple[Any, ...], ...]:
    """Nested mappings as entries."""
    if keys == 0:
        return ((said,),)
    return tuple(
        (key or None, *rest) for key, inner in said.items() for rest in _entries(inner, keys - 1)
    )


# --- how a file says it -----------------------------------------------------------------------


class _Shape:
    """Brings what a file says into nested mappings, `REST` for what is not listed.

    Attributes:
        is_value: whether a mapping is one value, rather than one that gives a value to each.
        words: that such a value may begin with; what: a key may be, for messages.
    """

    def __init__(self, item: Any) -> None:
        kinds = (item, *get_args(item))  # a value, or perhaps none
        marks = (mark for one in kinds for mark in (one, *getattr(one, "__metadata__", ())))
        mark = next((mark for mark in marks if hasattr(mark, "is_value")), None)
        self.is_value: Callable[[dict[str, Any]], bool] = getattr(mark, "is_value", lambda _: False)
        self.words: tuple[str, ...] = tuple(getattr(mark, "words", ()))
        self.what: str = getattr(mark, "key_is", "channel")

    def by_channel(self, value: Any, info: Any) -> Any:
        """Channel -> value."""
        if not self._differs(value):
            return {REST: value}
        wrong = Wrong()
        names = info.context.channels if info.context else None
        _note_unknown(wrong, value, names, self.what, words=self.words)
        wrong.raise_if_any()
        return _keyed(value)

    def by_reason(self, value: Any, info: Any) -> Any:
        """Reason -> channel -> value."""
        names: Names = info.context or Names(None, None)
        reasons, channels = names.reasons, names.channels
        names_reason = isinstance(value, dict) and not value.keys().isdisjoint(reasons or ())
        # a reason may be called like times of the week (`holiday`): names go before times
        if not self._differs(value) and (self.words or not names_reason):
            return {REST: {REST: value}}
        wrong = Wrong()
        parted = {reason: one for reason, one in value.items() if self._differs(one)}
        for key in value:
            if key in (reasons or ()) and key in (channels or ()) and key not in parted:
                wrong.add("is the name of a reason and of a channel; rename one of them", key)
        wrong.raise_if_any()
        if not parted and not names_reason:
            known = None if reasons is None or channels is None else (*channels, *reasons)
            _note_unknown(wrong, value, known, "channel or reason")
            wrong.raise_if_any()
            return {REST: _keyed(value)}
        _note_unknown(wrong, value, reasons, "reason", timed=self.is_value(value))
        for reason, one in parted.items():
            _note_unknown(wrong, one, channels, "channel", reason)
        wrong.raise_if_any()
        return _keyed(
            {key: _keyed(one) if key in parted else {REST: one} for key, one in value.items()}
        )

    def _differs(self, value: Any) -> bool:
        return isinstance(value, dict) and not self.is_value(value)


def _keyed(value: dict[str, Any]) -> dict[str, Any]:
    return {REST if key == OTHER else key: one for key, one in value.items()}


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
