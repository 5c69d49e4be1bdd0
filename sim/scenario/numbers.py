"""Numbers with a meaning, as people write them: durations, shares, amounts."""

from __future__ import annotations

import math
import re
from typing import Any

from sim.scenario.faults import Wrong, meant, shown

NUMBER = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
ALSO = {"sec": "s"}  # accepted, not advertised
LARGEST = 1e12  # an amount: a run of weeks still adds up to the cent
LARGEST_RATIO = 1e6
SHAPES = 1e-3, 1e3  # of coefficients of variation, shapes of distributions, speeds
LONGEST = 100 * 366 * 86_400.0  # a century: what is longer is a slip of the pen

_SIGNED = re.compile(rf"[+-]?{NUMBER}")
_CHANGED = re.compile(rf"({NUMBER}\s*[^\W\d_]+)\s+(\w+)")
LONGER = ("more", "longer", "extra")
SHORTER = ("less", "fewer", "shorter", "lower")
_CLOCK = re.compile(r"(\d+):(\d\d)")
_CURRENCY = r"(?:[A-Z]{3}|[€$£¥])?"
_OF_MONEY = re.compile(rf"{_CURRENCY}\s*({NUMBER})\s*{_CURRENCY}", re.ASCII)
_SPAN = re.compile(rf"({NUMBER})\s*([^\W\d_]+)\s*")


def parse_number(value: object) -> float:
    """A finite number >= 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        bare = _OF_MONEY.fullmatch(value.strip()) if isinstance(value, str) else None
        raise Wrong(f"{shown(value)} is not a number" + (f"; write {bare[1]}" if bare else ""))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Wrong(f"{shown(value)} is not a finite number")
    if number < 0:
        raise Wrong(f"{shown(value)} is negative; allowed: 0 or more")
    return number + 0.0  # no negative zero


def within(value: object, number: float, low: float, high: float, allowed: str = "") -> float:
    """The number that a value says, if it lies within limits."""
    if not low <= number <= high:
        allowed = allowed or f"{low:,g} to {high:,.0f}"
        raise Wrong(f"{shown(value)} is out of range; allowed: {allowed}")
    return number


def parse_amount(value: object) -> float:
    """A plain number >= 0: money, a count of things."""
    return within(value, parse_number(value), 0, LARGEST, f"up to {LARGEST:,.0f}")


def whole_number(value: object) -> int:
    """A whole number of either sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{shown(value)} is not a whole number")
    if isinstance(value, int):
        return value  # however large: the limits are the field's
    if not math.isfinite(value) or value != int(value):
        raise Wrong(f"{shown(value)} is not a whole number")
    return int(value)


def parse_share(value: object) -> float:
    """A share between 0 and 1: `13 %` or 0.13."""
    share = parse_fraction(value)
    if share > 1:
        percent = isinstance(value, int | float) and value <= 100
        guess = f"; did you mean `{value} %`?" if percent else ";"
        raise Wrong(f"{shown(value)} is more than the whole{guess} allowed: 0 % to 100 %")
    return share


def parse_coefficient(value: object) -> float:
    """A ratio >= 0 that may exceed one: `150 %` or 1.5."""
    return within(value, parse_fraction(value), 0, LARGEST_RATIO, f"up to {LARGEST_RATIO:,.0f}")


def parse_shape(value: object) -> float:
    """A ratio that gives a shape or a speed: neither so small nor so large that nothing is left."""
    return within(value, parse_fraction(value), *SHAPES)


def parse_fraction(value: object) -> float:
    """A number >= 0, or so many per cent, within no other limits."""
    if not isinstance(value, str):
        return parse_number(value)
    text = value.strip()
    digits = text.removesuffix("%").strip()
    if not _SIGNED.fullmatch(digits):
        raise Wrong(f"{shown(value)} is not a share; write `13 %` or 0.13")
    if digits.startswith("-") and float(digits) < 0:
        raise Wrong(f"{shown(value)} is negative; allowed: 0 or more")
    if digits.startswith("+") and text.endswith("%"):
        one, more = number_text(float(digits)), number_text(100 + float(digits))
        raise Wrong(f"{shown(value)} may mean `{one} %` or `{more} %`; write which")
    if not text.endswith("%"):
        return parse_number(float(digits))
    # By way of the exponent, so that 12.3 % is the very same number as 0.123.
    plain = "e" not in digits.lower()
    return parse_number(float(f"{digits}e-2") if plain else float(digits) / 100)


def parse_duration(value: object) -> float:
    """Seconds: `76 s`, `5 min`, `24 h`, `2 d`, `500 ms`, `1 h 30 min`; 0 needs no unit."""
    if isinstance(value, str):
        return _within(_sum_of_spans(value), value)
    if value == 0 and not isinstance(value, bool):
        return 0.0
    number = parse_number(value)
    raise Wrong(
        f"{shown(value)} lacks a unit; write `{number:g} s`, `{number:g} min` or `{number:g} h`"
    )


def _sum_of_spans(text: str) -> float:
    rest, seconds = text.strip(), 0.0
    if rest == "0":
        return 0.0
    if rest.startswith("-") and _SPAN.match(rest[1:]):
        raise Wrong(f"{shown(text)} is negative; allowed: 0 s or more")
    if re.fullmatch(NUMBER, rest):
        raise Wrong(f"{shown(text)} lacks a unit; write `{rest} s`, `{rest} min` or `{rest} h`")
    place = 0
    while place < len(rest):
        found = _SPAN.match(rest, place)
        if found is None:
            raise Wrong(f"{shown(text)} is not a duration; {_instead(text)}")
        seconds += float(found[1]) * _unit(found[2], text)
        place = found.end()
    if not text.strip():
        raise Wrong("a duration is missing; write a number and a unit, as in `5 min`")
    return seconds


def _instead(text: str) -> str:
    """What to write in place of a text that is no duration."""
    if clock := _CLOCK.fullmatch(text.strip()):
        return f"write `{clock[1]} min {clock[2]} s`, or `{clock[1]} h {clock[2]} min`"
    changed = _CHANGED.fullmatch(text.strip())
    if changed is None or changed[2] not in LONGER + SHORTER:
        return "write a number and a unit, as in `5 min`"
    said = f"`{changed[1]} more`" if changed[2] in LONGER else "a percentage, as `90 %`,"
    where = "in an option, with --set, in a file that extends another"
    return f"{said} changes one that is there: {where}"


def _unit(unit: str, text: str) -> float:
    unit = ALSO.get(unit, unit)
    if unit not in UNITS:
        raise Wrong(f"{shown(text)} has an unknown unit `{unit}`" + meant(unit, UNITS))
    return UNITS[unit]


def _within(seconds: float, text: str) -> float:
    if not seconds <= LONGEST:
        raise Wrong(f"{shown(text)} is longer than a hundred years")
    return seconds


# --- as they are written ---------------------------------------------------------------------


def plain_number(value: float) -> int | float:
    whole = float(value).is_integer() and abs(value) < 1e15
    return int(value) if whole else float(value)


def number_text(value: float) -> str:
    return repr(plain_number(value))


def duration_text(seconds: float) -> str:
    """`90 s`, `5 min`, `24 h`: the largest unit that gives a whole number."""
    if seconds < 0:
        return f"-{duration_text(-seconds)}"
    for unit in ("d", "h", "min"):
        if seconds and seconds % UNITS[unit] == 0 and seconds < 1e15:
            return f"{int(seconds / UNITS[unit])} {unit}"
    return f"{number_text(seconds)} s"


def share_text(share: float) -> str | float:
    """`13 %`, where that is exactly the same number."""
    text = f"{number_text(round(100 * share, 10))} %"
    exact = parse_coefficient(text) == share
    return text if exact else plain_number(share)


# --- for editors ------------------------------------------------------------------------------

_SPAN_PATTERN = r"\d+(\.\d+)?([eE][+-]?\d+)?\s*(ms|s|sec|min|h|d)"
_SPANS = rf"\s*{_SPAN_PATTERN}(\s*{_SPAN_PATTERN})*\s*"


def text_schema(pattern: str, message: str) -> dict[str, Any]:
    """The schema of a text, and what editors say of a value that does not fit.

    The messages are the language server's own, beyond the norm. It keeps them where other forms do
    not fit either, unless there is one `type`, or a `const`: hence a list of one.
    """
    said = {"errorMessage": message, "patternErrorMessage": message}
    return {"type": ["string"], "pattern": pattern, **said}


def duration_schema(*words: str) -> dict[str, Any]:
    """The schema of a duration, or one of a few words in its place."""
    # not alternatives: editors would tell which types there are, not that a unit is missing
    return {
        "description": "A duration with its unit: `76 s`, `5 min`, `1 h 30 min`.",
        "if": {"type": "string"},
        "then": text_schema(
            f"^({'|'.join([_SPANS, *words])})$",
            "a duration needs a number and a unit: `90 s`, `5 min`, `1 h 30 min`",
        ),
        "else": {
            "enum": [0],
            "errorMessage": "a duration needs a unit: `90 s`, `5 min`, `1 h 30 min`",
        },
    }


DURATION_SCHEMA = duration_schema()
_PERCENT = {"type": "string", "pattern": rf"^\s*{NUMBER}\s*%?\s*$"}
_TO_100 = r"0*(100(\.0*)?|\d{1,2}(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)"
SHARE_SCHEMA = {
    "description": "A share: `13 %` or 0.13.",
    "anyOf": [
        text_schema(rf"^\s*({_TO_100}\s*%|{NUMBER})\s*$", "a share is `0 %` to `100 %`, or 0 to 1"),
        {"type": "number", "minimum": 0, "maximum": 1},
    ],
}
RATIO_SCHEMA = {
    "description": "A ratio, 0 or more: `150 %` or 1.5.",
    "anyOf": [_PERCENT, {"type": "number", "minimum": 0}],
}


def counted(number: float, one: str, several: str = "") -> str:
    """`1 day`, `1,240 days`; `several` where it is not the word with an s."""
    return f"{number:,.0f} {one if number == 1 else several or f'{one}s'}"
