"""Values as people write them, as numbers of one unit: `10 %`, `90 s`, `120 per week`, `5`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sim.scenario.faults import Wrong
from sim.scenario.numbers import NUMBER, UNITS, parse_coefficient, parse_duration
from sim.scenario.source import read_value

_VOLUME = re.compile(rf"({NUMBER})\s*(per [a-z]+)")
_SPAN_UNIT = re.compile(r"[^\W\d_]+")


def numbers_of(texts: tuple[str, ...]) -> tuple[tuple[float, ...] | None, str]:
    """Values as numbers of one unit; None if they are not all numbers of one kind.

    Durations are counted in the smallest unit that any of them is written in.
    """
    return numbers_of_plain(tuple(read_value(text, "", []).plain() for text in texts))


def numbers_of_plain(plain: tuple[Any, ...]) -> tuple[tuple[float, ...] | None, str]:
    """The same of values that have been read as YAML."""
    if all(_is_number(value) for value in plain):
        return tuple(float(value) for value in plain), ""
    if any(isinstance(value, str) and value.endswith("%") for value in plain):
        return _all(plain, lambda value: round(100.0 * parse_coefficient(value), 10)), "%"
    found = [_VOLUME.fullmatch(value) if isinstance(value, str) else None for value in plain]
    if all(found):
        units = {one[2] for one in found if one}
        amounts = tuple(float(one[1]) for one in found if one)
        return (amounts, units.pop()) if len(units) == 1 else (None, "")
    seconds = _all(plain, parse_duration)
    if seconds is None:
        return None, ""
    said = {unit for value in plain for unit in _SPAN_UNIT.findall(str(value))}
    unit = min((unit for unit in said if unit in UNITS), key=UNITS.__getitem__, default="s")
    return tuple(one / UNITS[unit] for one in seconds), unit


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _all(values: tuple[Any, ...], read: Callable[[Any], float]) -> tuple[float, ...] | None:
    try:
        return tuple(float(read(value)) for value in values)
    except Wrong:
        return None
