"""A back-test in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.data.testing.backtest import Backtest

POINTS = {"abandonment", "service level", "occupancy"}
UNITS = {"ASA": "s", "offered": "contacts", "answered": "contacts"}


def verdict(found: Backtest) -> str:
    """The result in one sentence, or two where something is surely off."""
    one = found.get("offered")
    share, low, high = one.inside[0.8]
    said = (
        f"Of {one.n:,} half hours {100 * share:.0f} % lay inside the 80 % band of offered contacts "
        f"({100 * low:.0f} to {100 * high:.0f} %)"
    )
    try:
        level = found.get("service level")
        share, low, high = level.inside[0.8]
        said += f", and {100 * share:.0f} % inside that of the service level"
        said += f" ({100 * low:.0f} to {100 * high:.0f} %)"
    except KeyError:
        pass
    return f"{said}; {_off(found)}."


def _off(found: Backtest) -> str:
    """What is surely wrong most."""
    for measure, (when, by, _) in found.worst.items():
        return f"{measure} is {_size(measure, by)} {when}"
    for measure in ("service level", "abandonment", "offered"):
        for one in found.scores:
            if one.measure == measure and one.level == "day":
                value, low, high = one.bias
                if low > 0 or high < 0:
                    return f"{measure} is {_size(measure, value)} on average by day"
    return "no measure is surely too high or too low"


def _size(measure: str, by: float) -> str:
    word = "too high" if by > 0 else "too low"
    return f"{amount(measure, abs(by))} {word}"


def amount(measure: str, value: float) -> str:
    """A value of a measure with its unit; shares in points."""
    if measure in POINTS:
        return f"{100 * value:.1f} points"
    return f"{value:.3g} {UNITS[measure]}"
