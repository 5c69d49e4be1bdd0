"""How a shipped scenario is compared with the figure that its source prints.

A printed figure agrees if it lies in the run's own 99.99 % interval: with a new seed a true one is
refused once in 10,000 comparisons. An interval that is wider than the test says proves nothing, and
fails too. Seeds are fixed, so a failure means that something has changed.
"""

from __future__ import annotations

from functools import cache
from math import isfinite
from pathlib import Path

import sim
from sim.measures import Row

SOURCES = Path(__file__).parents[2] / "scenarios" / "sources"
CONFIDENCE = 0.9999
ROUNDING = 1e-9


@cache
def run(name: str, **overrides: object) -> sim.Result:
    """The result of a file of `scenarios/sources`; `__` in the name of an override is a dot."""
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    changes["run.confidence"] = CONFIDENCE
    return sim.run(sim.load(SOURCES / f"{name}.yaml", overrides=changes), jobs=1)


def agrees(row: Row, printed: float, within: float) -> bool:
    """Whether the printed figure lies in the interval, which is narrower than +- `within`."""
    assert isfinite(row.value), f"{row.measure} of {row.group} is undefined"
    assert max(row.high - row.value, row.value - row.low) <= within, f"no power: {row}"
    slack = ROUNDING * max(1.0, abs(printed))
    return row.low - slack <= printed <= row.high + slack


def certain(row: Row) -> float:
    """The value of what no chance touches: every replication gives the same."""
    assert row.high - row.low <= ROUNDING * max(1.0, abs(row.value)), f"varies: {row}"
    return row.value


def by_channel(result: sim.Result, measure: str) -> dict[str, Row]:
    return {group: result.get(measure, "channel", group) for group in result.groups("channel")}
