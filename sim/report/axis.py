"""Places on the axis of a sweep, in words."""

from __future__ import annotations

from itertools import pairwise
from math import floor, isfinite, log10

from sim.experiment.grid import Axis
from sim.experiment.sweep import Step
from sim.report import words
from sim.report.words import Amount, Bounded
from sim.stats.crossing import Crossing

AT = ("first", "second")
"""The columns, and the filters, of the values of the axes."""

STANDINGS = ("best", "may be as good", "surely not so good")
"""How a point stands in the deciding measure."""


def last_part(axis: Axis) -> str:
    """The axis in a word: the end of its path."""
    return axis.path.rsplit(".", 1)[-1]


def on_axis(axis: Axis, value: float) -> str:
    """A place on the axis, to a tenth of its smallest step."""
    smallest = min(b - a for a, b in pairwise(axis.numbers or (0.0, 1.0)))
    decimals = max(0, 1 - floor(log10(smallest)))
    said = f"{value:,.{decimals}f}"
    return f"{said} {axis.unit}".rstrip()


def stretch(axis: Axis, one: Crossing) -> str:
    """Where a crossing may lie."""
    return words.stretch(one, on_axis(axis, one.low), on_axis(axis, one.high))


def sure(axis: Axis, one: Crossing) -> str:
    """The bounds of a crossing, in parentheses."""
    return f" ({stretch(axis, one)})" if isfinite(one.low) else ""


def brings(axis: Axis) -> str:
    """The heading of what steps bring."""
    if not by_unit(axis):
        return "Step brings"
    return f"Each {axis.per} brings" if axis.per else "Each brings"


def by_unit(axis: Axis) -> bool:
    """Whether one unit is worth telling of: not more than a step, nor a single customer a week."""
    if axis.unit.startswith("per "):
        return False
    return axis.numbers is not None and min(b - a for a, b in pairwise(axis.numbers)) >= 1


def brought(axis: Axis, step: Step) -> Bounded:
    """What a step brings, per unit where that is no guess."""
    if by_unit(axis):
        return Amount(step.per_unit, step.per_unit_low, step.per_unit_high, step.unit)
    return step
