"""From a scenario back to a file: the canonical text, which says everything and reads the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, get_args, get_origin

from sim.scenario.by import OTHER, By
from sim.scenario.distributions import KINDS
from sim.scenario.fields import OneText, kind_of, marks_of
from sim.scenario.model import Scenario
from sim.scenario.numbers import plain_number
from sim.scenario.part import Part, fields_of
from sim.scenario.source import resolve_plain

SHORT = 88  # characters of a mapping that stands on one line
LONG_KEY = 1_000  # signs of a key; of one much longer YAML wants to know before that it is one


def to_yaml(scenario: Scenario) -> str:
    """The scenario as a file that says everything and loads to an equal scenario."""
    return file_text(to_plain(scenario))


def fingerprint(scenario: Scenario) -> str:
    """A hash of everything the scenario says (SHA-256 of its canonical JSON)."""
    text = json.dumps(to_plain(scenario), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


# --- values -----------------------------------------------------------------------------------


Writer = Callable[[Any], Any]
"""A value in the words of the file."""


@cache
def _writers(kind: type[Part]) -> tuple[tuple[str, Writer], ...]:
    """How the fields of a part are written."""
    return tuple((name, _writer(hint)) for name, hint in fields_of(kind))


def to_plain(part: Part) -> Any:
    """A scenario, or a part of one, as plain values, in the words of the file."""
    plain = {name: write(getattr(part, name)) for name, write in _writers(type(part))}
    return part.short_form({name: one for name, one in plain.items() if one not in (None, [], {})})


@cache
def _writer(hint: Any) -> Writer:
    """How values of a type are written; the type tells seconds from shares."""
    texts = (getattr(mark, "text", None) for mark in marks_of(hint))
    text, kind = next(filter(None, texts), None), kind_of(hint)
    inner = get_args(kind)

    def write(value: Any) -> Any:  # noqa: PLR0911 - one line for each
        if value is None:
            return None
        if isinstance(value, Part):
            return to_plain(value)
        if text is not None:
            return text(value)
        if isinstance(value, OneText):
            return str(value)
        if isinstance(value, By):
            return _by(value.entries, _writer(inner[0]))
        if isinstance(value, dict):
            one_of = _writer(inner[1])
            return {str(key): one_of(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            one_of = _writer(inner[0] if get_origin(kind) is list else Any)
            return [one_of(one) for one in value]
        return plain_number(value) if isinstance(value, float) else value

    return write


def _by(entries: Iterable[tuple[Any, ...]], write: Writer) -> Any:
    """One value, or a mapping with `other` last, perhaps of such; None where nothing is said."""
    parted: dict[str | None, list[tuple[Any, ...]]] = {}
    for key, *rest in entries:
        if not rest:
            return write(key)
        parted.setdefault(key, []).append(tuple(rest))
    said = {key: _by(some, write) for key, some in parted.items()}
    if set(said) <= {None}:
        return said.get(None)
    rest = said.pop(None, None)
    plain = {name: one for name, one in said.items() if one is not None}
    return {**plain, OTHER: rest} if rest is not None else plain


# --- YAML -------------------------------------------------------------------------------------

_NUMBERS = re.compile(r"[0-9 .,e+-]*")
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 %._()/-]|:(?=[A-Za-z0-9]))*")


def file_text(plain: dict[str, Any]) -> str:
    """Plain values as a file."""
    return "".join(_block(plain, 0))


def _block(value: dict[str, Any], depth: int) -> Iterable[str]:
    indent = "  " * depth
    for key, one in value.items():
        name = _key(key, "\n" + indent)
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
        entries = (f"{_key(key, ' ')}: {flow_text(one)}" for key, one in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value) if isinstance(value, str) else repr(value)


def _key(text: str, after: str) -> str:
    """A key up to its colon; a long one with what stands between them."""
    key = _text(text)
    return key if len(key) <= LONG_KEY else f"? {key}{after}"


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
