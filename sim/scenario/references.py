"""Names that one part of a scenario says of another, which must exist: found by their types.

A field of names says so itself, as in `on: Annotated[Name, Refers("channel", "same")]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from sim.scenario.by import By
from sim.scenario.faults import Path
from sim.scenario.fields import kind_of, marks_of
from sim.scenario.part import Part, fields_of
from sim.scenario.values import Refers


def references(part: Part, path: Path = ()) -> Iterator[tuple[Path, str, Refers]]:
    """Every such name in a part that stands at a path: where it is said, and as what."""
    for field, hint in _naming(type(part)):
        inside = path if field == part.inline else (*path, field)
        yield from _names_in(getattr(part, field), hint, inside)


@cache
def _naming(part: type[Part]) -> list[tuple[str, Any]]:
    """The fields of a part that may hold such names."""
    return [(field, hint) for field, hint in fields_of(part) if _within(hint) is not None]


def _names_in(value: Any, hint: Any, path: Path) -> Iterator[tuple[Path, str, Refers]]:
    within = _within(hint)
    if not value or within is None:
        return
    mark, inner = within
    if isinstance(value, Part):
        yield from references(value, path)
    elif mark is not None:
        yield path, value, mark
    elif isinstance(value, By):
        for *where, one in value.entries:
            said = (key for key in where if key is not None)
            yield from _names_in(one, inner[0], (*path, *said))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _names_in(key, inner[0], (*path, key))
            yield from _names_in(one, inner[1], (*path, key))
    else:
        for place, one in enumerate(value):
            yield from _names_in(one, inner[0], (*path, place))


@cache
def _within(hint: Any) -> tuple[Refers | None, tuple[Any, ...]] | None:
    """Whether a type is that of such names, and the types within; None if it can hold none."""
    kind = kind_of(hint)
    inner = get_args(kind)
    mark = next((mark for mark in marks_of(hint) if isinstance(mark, Refers)), None)
    is_part = isinstance(kind, type) and issubclass(kind, Part)
    holds = bool(_naming(kind)) if is_part else any(_within(one) is not None for one in inner)
    return (mark, inner) if mark is not None or holds else None
