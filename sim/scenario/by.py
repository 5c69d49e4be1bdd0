"""Values that may differ by channel, or by reason and channel.

In the file: one value for all, or a mapping whose keys are channels (`ByReason`: channels, or
reasons, or reasons that map to channels), with `other` for those not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, ClassVar, Generic, Self, TypeVar

from sim.scenario.faults import Path, Wrong, meant
from sim.scenario.fields import At, Json, Kind, Names, Parts, Refers
from sim.scenario.times import says_times

T = TypeVar("T")

OTHER = "other"
NOT_BY_TIME = (
    "this does not depend on the time of the week. What does: handle, wrap, patience and resolved "
    "of a reason; speed, priority, satisfaction and sells of a pool; shares of transfers and of AI "
    "agents. Customers who do otherwise at these times can be a reason of their own"
)


class By(Generic[T]):
    """Immutable entries of where and what, equal when they say the same in whatever order.

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

    @classmethod
    def kind_with(cls, item: Kind) -> Kind:
        """Such values of a kind."""
        parted = _by_channel if cls.keys == 1 else _by_reason

        def read(said: Any, at: At) -> Any:
            if isinstance(said, cls):
                return said
            wrong, entries = Wrong(), []
            for where, one in parted(said, item, at.names):
                path = ("" if key == OTHER else key for key in where if key is not None)
                value = wrong.reading(item.read, one, *path, at=at)
                entries.append((*(None if key == OTHER else key for key in where), value))
            wrong.raise_if_any()
            return cls(tuple(entries))

        def schema(parts: Parts) -> Json:
            made = one = item.schema(parts)
            for _ in range(cls.keys):
                mapping = {"type": "object", "additionalProperties": made, "minProperties": 1}
                made = {"anyOf": [one, mapping]}
            return made

        def references(said: By[Any], path: Path) -> Iterator[tuple[Path, str, Refers]]:
            for *where, one in said.entries:
                at = (*path, *(key for key in where if key is not None))
                yield from item.references(one, at) if item.references and one else ()

        return Kind(
            read,
            lambda said: _written(said.entries, item.text),
            schema,
            references if item.references else None,
        )


class ByChannel(By[T]):
    """A value for each channel."""

    __slots__ = ()
    keys = 1


class ByReason(By[T]):
    """A value for each reason and channel."""

    __slots__ = ()
    keys = 2


def _written(entries: Iterable[tuple[Any, ...]], write: Callable[[Any], Any]) -> Any:
    """One value, or a mapping with `other` last, perhaps of such; None where nothing is said."""
    parted: dict[str | None, list[tuple[Any, ...]]] = {}
    for key, *rest in entries:
        if not rest:
            return write(key)
        parted.setdefault(key, []).append(tuple(rest))
    said = {key: _written(some, write) for key, some in parted.items()}
    if set(said) <= {None}:
        return said.get(None)
    rest = said.pop(None, None)
    plain = {name: one for name, one in said.items() if one is not None}
    return {**plain, OTHER: rest} if rest is not None else plain


# --- how a file says it -----------------------------------------------------------------------


Said = list[tuple[tuple[str | None, ...], Any]]
"""Where, and what a file says of it; None: it says it of all, without a key."""


def _by_channel(value: Any, item: Kind, names: Names) -> Said:
    """The value of each channel."""
    if not _differs(value, item):
        return [((None,), value)]
    wrong = Wrong()
    _note_unknown(wrong, value, names.channels, item.key_is, words=item.words)
    wrong.raise_if_any()
    return [((key,), one) for key, one in value.items()]


def _by_reason(value: Any, item: Kind, names: Names) -> Said:
    """The value of each reason and channel."""
    reasons, channels = names.reasons, names.channels
    names_reason = isinstance(value, dict) and not value.keys().isdisjoint(reasons or ())
    # a reason may be called like times of the week (`holiday`): names go before times
    if not _differs(value, item) and (item.words or not names_reason):
        return [((None, None), value)]
    wrong = Wrong()
    parted = {reason: one for reason, one in value.items() if _differs(one, item)}
    for key in value:
        if key in (reasons or ()) and key in (channels or ()) and key not in parted:
            wrong.add("is the name of a reason and of a channel; rename one of them", key)
    wrong.raise_if_any()
    if not parted and not names_reason:
        known = None if reasons is None or channels is None else (*channels, *reasons)
        _note_unknown(wrong, value, known, "channel or reason")
        wrong.raise_if_any()
        return [((None, key), one) for key, one in value.items()]
    _note_unknown(wrong, value, reasons, "reason", timed=item.is_value(value))
    for reason, one in parted.items():
        _note_unknown(wrong, one, channels, "channel", reason)
    wrong.raise_if_any()
    return [
        ((reason, channel), one)
        for reason, said in value.items()
        for channel, one in (said if reason in parted else {None: said}).items()
    ]


def _differs(value: Any, item: Kind) -> bool:
    return isinstance(value, dict) and not item.is_value(value)


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
