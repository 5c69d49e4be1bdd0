"""From a scenario back to a file: the canonical text, which says everything and reads the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from sim.scenario.by import OTHER, ByChannel, ByReason
from sim.scenario.by_time import NumberByTime
from sim.scenario.distribution_fields import distribution_plain
from sim.scenario.distributions import KINDS, Distribution
from sim.scenario.events import When, when_text
from sim.scenario.levers import Lever
from sim.scenario.model import Arrivals, ClosedDoor, Scenario
from sim.scenario.numbers import duration_text, number_text, plain_number, share_text
from sim.scenario.part import Part
from sim.scenario.source import resolve_plain
from sim.scenario.times import TimesOfWeek
from sim.scenario.transfers import TalkShare, talk_share_text
from sim.scenario.values import (
    AfterWait,
    AmountDist,
    ByQueue,
    Confidence,
    Date,
    Duration,
    Ramp,
    Ratio,
    Share,
    Speed,
    TimedAmountDist,
    TimedShare,
    TimedSpeed,
    Volume,
)

AMOUNTS = [kind for one in (AmountDist, TimedAmountDist) for kind in (one, one | None)]
SHORT = 88  # characters of a mapping that stands on one line


def to_yaml(scenario: Scenario) -> str:
    """The scenario as a file that says everything and loads to an equal scenario."""
    return "".join(_block(to_plain(scenario), 0))


def fingerprint(scenario: Scenario) -> str:
    """A hash of everything the scenario says (SHA-256 of its canonical JSON)."""
    text = json.dumps(to_plain(scenario), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def to_plain(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain values, in the words of the file."""
    plain: dict[str, Any] = _part(scenario)
    return plain


# --- values -----------------------------------------------------------------------------------


@cache
def _hints(kind: type[Part]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _part(part: Part) -> Any:
    hints = _hints(type(part))
    plain = {name: _value(getattr(part, name), hints[name]) for name in type(part).model_fields}
    if isinstance(part, Arrivals):
        plain = {
            name: rows if name in ("channel", "customer") else _numbers(rows)
            for name, rows in part
            if rows is not None
        }
    if isinstance(part, ClosedDoor):
        plain |= plain.pop("to")
        if part.loses_the_rest:  # it stays so whatever `uncertain` makes of the others
            del plain["lost"]
    return part.short_form({name: one for name, one in plain.items() if one not in (None, [], {})})


def _value(value: Any, hint: Any) -> Any:  # noqa: PLR0911 - one line for each
    """A value in the words of the file; the type of its field tells seconds from shares."""
    kind = _kind(hint)
    if isinstance(value, Part):
        return _part(value)
    if isinstance(value, TimesOfWeek):
        return str(value)
    if isinstance(value, Lever):
        return str(value)
    if isinstance(value, NumberByTime):
        said = {str(times): _single(one, hint) for times, one in value.lines}
        return {**said, OTHER: _single(value.usual, hint)}
    if hint == When:
        return when_text(value)
    if isinstance(value, Volume):
        return f"{number_text(value.amount)} per {value.per}"
    if isinstance(value, ByChannel):
        return _by_channel(value, get_args(kind)[0])
    if isinstance(value, ByReason):
        return _by(value, get_args(kind)[0])
    if isinstance(value, Distribution):
        return distribution_plain(value, amount=hint in AMOUNTS)
    if isinstance(value, dict):
        return {str(key): _value(one, get_args(kind)[1]) for key, one in value.items()}
    if value is not None and (text := _of_curve(hint)) is not None:
        return [[text(x), share_text(y)] for x, y in value]
    if isinstance(value, list | tuple):
        item = get_args(kind)[0] if get_origin(kind) is list else Any
        return [_value(one, item) for one in value]
    return _single(value, hint)


@cache
def _of_curve(hint: Any) -> Callable[[float], Any] | None:
    """How the first number of a point is written, if the field is a curve of shares."""
    curves = ((AfterWait, duration_text), (Ramp, plain_number), (ByQueue, plain_number))
    return next((text for kind, text in curves if hint in (kind, kind | None)), None)


@cache
def _kind(hint: Any) -> Any:
    """The type without its annotations and without None."""
    if get_origin(hint) is Annotated:
        return _kind(get_args(hint)[0])
    others = [one for one in get_args(hint) if one is not type(None)]
    return _kind(others[0]) if type(None) in get_args(hint) else hint


def _single(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    if (text := _words(hint)) is not None:
        return text(value)
    return plain_number(value) if isinstance(value, float) else value


@cache
def _words(hint: Any) -> Callable[[Any], Any] | None:
    """How a single value of the type is written, if as something else than a number."""
    kinds: dict[Any, Callable[[Any], Any]] = {
        Duration: duration_text,
        Share: share_text,
        TimedShare: share_text,
        TalkShare: talk_share_text,
        Confidence: share_text,
        Ratio: share_text,
        Speed: share_text,
        TimedSpeed: share_text,
        Date: str,
    }
    return next((text for kind, text in kinds.items() if hint in (kind, kind | None)), None)


def _by_channel(by: ByChannel[Any], hint: Any) -> Any:
    said = {channel: _value(one, hint) for channel, one in by.entries}
    return _one_or_mapping(said)


def _by(by: ByReason[Any], hint: Any) -> Any:
    nested: dict[str | None, dict[str | None, Any]] = {}
    for reason, channel, one in by.entries:
        nested.setdefault(reason, {})[channel] = _value(one, hint)
    return _one_or_mapping({reason: _one_or_mapping(one) for reason, one in nested.items()})


def _one_or_mapping(said: dict[str | None, Any]) -> Any:
    """One value, or a mapping with `other` last; None where nothing is said."""
    if set(said) <= {None}:
        return said.get(None)
    rest = said.pop(None, None)
    plain = {name: one for name, one in said.items() if one is not None}
    return {**plain, OTHER: rest} if rest is not None else plain


def _numbers(rows: Iterable[float | tuple[float, ...]]) -> str:
    """Numbers, or rows of numbers, as one text (see `sim.scenario.files`)."""
    rows = list(rows)
    if rows and isinstance(rows[0], tuple):
        return ", ".join(_numbers(row) for row in rows if isinstance(row, tuple))
    return " ".join(repr(plain_number(one)) for one in rows if not isinstance(one, tuple))


# --- YAML -------------------------------------------------------------------------------------

_NUMBERS = re.compile(r"[0-9 .,e+-]*")
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 %._()/-]|:(?=[A-Za-z0-9]))*")


def _block(value: dict[str, Any], depth: int) -> Iterable[str]:
    indent = "  " * depth
    for key, one in value.items():
        name = _text(key)
        flow = flow_text(one)
        if isinstance(one, dict) and one and (depth == 0 or len(flow) > SHORT or _nested(one)):
            yield f"{indent}{name}:\n"
            yield from _block(one, depth + 1)
        elif isinstance(one, list) and len(flow) > SHORT:
            yield f"{indent}{name}:\n"
            yield from (f"{indent}  - {flow_text(item)}\n" for item in one)
        else:
            yield f"{indent}{name}: {flow}\n"


def _nested(value: dict[str, Any]) -> bool:
    """Whether a mapping holds parts of its own, so that it is better read line by line."""
    return any(
        isinstance(one, dict) and len(one) > 1 and key not in KINDS for key, one in value.items()
    )


def flow_text(value: Any) -> str:
    """A plain value on one line."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_text(key)}: {flow_text(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text == text.strip() and resolve_plain(text) == text:
        return text
    if _NUMBERS.fullmatch(text):  # long records: nothing in them needs care
        return f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"
