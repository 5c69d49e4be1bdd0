"""Numbers as a planner reads them: a few digits, with their unit and their uncertainty."""

from __future__ import annotations

from math import floor, isclose, isfinite, isnan, log10

NOTHING = "–"


def number(value: float, unit: str, currency: str = "") -> str:
    """One value with its unit: `81.3 %`, `1 min 23 s`, `12,345 EUR`."""
    if isnan(value):
        return NOTHING
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "s":
        return duration(value)
    if unit == "h":
        return f"{_digits(value)} h"
    if unit == "money":
        return f"{_digits(value)} {currency}".rstrip()
    return _digits(value)


def exact(low: float, high: float) -> bool:
    """Whether there is nothing between two bounds but rounding."""
    return isclose(low, high, rel_tol=2e-9)


def rough(value: float, *beside: float) -> float:
    """A value to three digits, those of the largest that stands beside it: more mean nothing."""
    largest = max(filter(isfinite, map(abs, (value, *beside))), default=0.0)
    digits = 2 - floor(log10(largest)) if largest else 0
    return round(value, digits) if isfinite(value) else value


def half_width(low: float, high: float, unit: str) -> str:
    """Half the width of an interval, `±0.4`, in the unit of the value; empty if there is none."""
    half = (high - low) / 2
    if not isfinite(half):
        return ""
    half = 0.0 if exact(low, high) else half
    if unit == "share":
        return f"±{100 * half:.1f}"
    if unit == "s":
        return f"±{brief_duration(half)}"
    return f"±{_digits(half)}"


def signed(value: float, unit: str) -> str:
    """A difference with its sign, `+12.3`; of shares in points."""
    if isnan(value):
        return NOTHING
    sign = "-" if value < 0 else "+"
    if unit == "share":
        points = 100 * abs(value)
        return f"{sign}{points:.{2 if 0 < points < 0.05 else 1}f}"
    if unit == "s":
        return f"{sign}{brief_duration(abs(value))}"
    return f"{sign}{number(abs(value), unit)}"


def interval(low: float, high: float, unit: str, currency: str = "") -> str:
    """An interval: `80.9 to 81.7 %`."""
    if isnan(low) or isnan(high):
        return NOTHING
    if not isfinite(high):
        return f"over {number(low, unit, currency)}"
    if unit == "share":
        return f"{100 * low:.1f} to {100 * high:.1f} %"
    return f"{number(low, unit)} to {number(high, unit, currency)}"


def duration(seconds: float) -> str:
    """Seconds as people say them: `8.4 s`, `1 min 23 s`, `2 h 05 min`, `1 d 4 h`."""
    if not isfinite(seconds):
        return "never"
    if abs(seconds) < 59.95:
        return f"{_seconds(seconds)} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    if minutes < 2 * 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"


def brief_duration(seconds: float) -> str:
    """Seconds in one unit, for narrow columns: `8.4 s`, `5.2 min`, `26.4 h`, `3.1 d`."""
    if not isfinite(seconds):
        return "never"
    for size, unit, upto in [(1.0, "s", 60.0), (60.0, "min", 3600.0), (3600.0, "h", 172_800.0)]:
        if abs(seconds) < upto - 0.05 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 86400.0:.1f} d"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if abs(value) < 99.95 else f"{value:.0f}"


def _digits(value: float) -> str:
    """About three digits, with separators of thousands; whole numbers from 100 on."""
    if value == 0:
        return "0"
    if not isfinite(value):
        return "∞" if value > 0 else "-∞"
    magnitude = int(log10(abs(value))) if abs(value) >= 1 else 0
    decimals = max(0, 2 - magnitude)
    return f"{value:,.{decimals}f}"
