"""Numbers as a planner reads them."""

from __future__ import annotations

from math import inf, nan

import pytest

from sim.report.numbers import NOTHING, brief_duration, duration, half_width, interval, number


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8134, "share", "81.3 %"),
        (0.0, "share", "0.0 %"),
        (12.34, "contacts", "12.3"),
        (1234.4, "contacts", "1,234"),
        (0, "contacts", "0"),
        (99.96, "contacts", "100.0"),
        (1.284, "contacts", "1.28"),
        (83.2, "s", "1 min 23 s"),
        (8.44, "s", "8.4 s"),
        (538.7, "h", "539 h"),
        (12345.6, "money", "12,346 EUR"),
        (-39.504, "money", "-39.5 EUR"),
        (nan, "share", NOTHING),
    ],
)
def test_number(value: float, unit: str, text: str) -> None:
    assert number(value, unit, "EUR") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (3599.6, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (2 * 86400 + 4 * 3600, "2 d 4 h"),
        (inf, "never"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(8.4, "8.4 s"), (59.99, "1.0 min"), (312, "5.2 min"), (95_040, "26.4 h"), (267_840, "3.1 d")],
)
def test_brief_duration(seconds: float, text: str) -> None:
    assert brief_duration(seconds) == text


def test_interval_and_half_width() -> None:
    assert interval(0.809, 0.817, "share") == "80.9 to 81.7 %"
    assert interval(1.0, 2.0, "money", "EUR") == "1.00 to 2.00 EUR"
    assert interval(nan, nan, "share") == NOTHING
    assert interval(3.0, inf, "s") == "over 3.0 s"
    assert half_width(0.809, 0.817, "share") == "±0.4"
    assert half_width(10, 14, "contacts") == "±2.00"
    assert half_width(nan, nan, "contacts") == ""
    assert half_width(3, inf, "s") == ""
