"""From a scenario back to a file: the canonical text, which says everything and reads the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from sim.scenario.distributions import KINDS
from sim.scenario.model import Scenario
from sim.scenario.source import resolve_plain

SHORT = 88  # characters of a mapping that stands on one line
LONG_KEY = 1_000  # signs of a key; of one much longer YAML wants to know before that it is one


def to_yaml(scenario: Scenario) -> str:
    """The scenario as a file that says everything and loads to an equal scenario."""
    return file_text(scenario.plain())


def fingerprint(scenario: Scenario) -> str:
    """A hash of everything the scenario says (SHA-256 of its canonical JSON)."""
    text = json.dumps(scenario.plain(), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
