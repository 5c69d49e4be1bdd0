"""Numbers with their intervals as lines of plain characters, which show everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan

Bounds = tuple[float, float, float]
"""Low, value, high; nan where there are none."""


def drawn(numbers: Sequence[Bounds], width: int, mark: float | None = None) -> list[str]:
    """`--o--` for each number, all on one scale; nothing where all are the same.

    Args:
        numbers: what to draw.
        width: in characters.
        mark: a place on the scale to mark with `|`, such as zero.
    """
    spans = [
        [one if isfinite(one) else value for one in (low, value, high)]
        for low, value, high in numbers
    ]
    known = [one for span in spans for one in span if isfinite(one)]
    known += [mark] if mark is not None else []
    least, most = (min(known), max(known)) if known else (0.0, 0.0)
    if least == most:
        return [""] * len(numbers)

    def column(value: float) -> int:
        return round((value - least) / (most - least) * (width - 1))

    lines = []
    for low, value, high in spans:
        line = [" "] * width
        if mark is not None:
            line[column(mark)] = "|"
        if not isnan(value):
            for place in range(column(low), column(high) + 1):
                line[place] = "-"
            line[column(value)] = "o"
        lines.append("".join(line).rstrip())
    return lines
