"""How much of a measure: as people write it, and as a number in the measure's unit."""

from __future__ import annotations

from dataclasses import dataclass

from sim.measures.catalogue import Measure
from sim.scenario.faults import Wrong, shown
from sim.scenario.numbers import parse_amount, parse_coefficient, parse_duration


@dataclass(frozen=True)
class Size:
    """How much of a measure: in the measure's own unit (`Measure.unit`), or relative to a value."""

    amount: float
    relative: bool = False

    def of(self, value: float) -> float:
        """The size in the measure's unit, for a measure that has this value."""
        return self.amount * abs(value) if self.relative else self.amount


ONE_PERCENT = Size(0.01, relative=True)


@dataclass(frozen=True)
class Precision:
    """Enough replications have been run when half the interval of a measure is at most so wide."""

    measure: str
    half_width: Size


# --- as people write it -----------------------------------------------------------------------


@dataclass(frozen=True)
class SizeText:
    """A size as written, before it is known of which measure: `1 %`, `2 s`, `0.5 points`, 500."""

    text: str
    amount: float
    unit: str  # %, s, points, or nothing

    @classmethod
    def read(cls, value: object) -> SizeText:
        """Read it."""
        try:
            found = cls(str(value), *_amount_and_unit(value))
        except Wrong:
            raise Wrong(
                f"{shown(value)} is not a size; write `1 %` of the value, or what fits the "
                "measure: 500, `2 s`, `0.5 points`"
            ) from None
        if not found.amount > 0:
            raise Wrong(f"{shown(value)} is too small; allowed: more than 0")
        return found

    def of(self, measure: Measure) -> Size:
        """The size for a measure; Wrong where the unit is another."""
        if self.unit == "%":
            return Size(self.amount, relative=True)
        if self.unit != UNITS.get(measure.unit, ""):
            raise Wrong(
                f"`{self.text}` does not fit `{measure.name}`; write `1 %` of its value, or "
                + EXAMPLES.get(measure.unit, "a plain number")
            )
        hours = measure.unit == "h"
        return Size(self.amount / 3600 if hours else self.amount)


def _amount_and_unit(value: object) -> tuple[float, str]:
    if not isinstance(value, str):
        return parse_amount(value), ""
    if value.endswith("%"):
        return parse_coefficient(value), "%"
    for word in ("points", "point"):
        if value.endswith(word):
            return parse_coefficient(f"{value.removesuffix(word).rstrip()} %"), "points"
    return parse_duration(value), "s"


UNITS = {"share": "points", "s": "s", "h": "s"}
EXAMPLES = {
    "share": "percentage points: `0.5 points`",
    "s": "a time: `2 s`",
    "h": "a time: `10 h`",
    "money": "a plain number: an amount of money",
}
SIZE_SCHEMA = {
    "description": "A size: `1 %` of the value, `0.5 points` of a share, `2 s`, a plain number.",
    "anyOf": [{"type": "string", "minLength": 1}, {"type": "number", "exclusiveMinimum": 0}],
}
