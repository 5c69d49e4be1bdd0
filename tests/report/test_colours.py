"""Pictures are read without colour, too."""

from __future__ import annotations

import pytest

from sim.report.charts import PAPER, SKY, VERMILION


def grey(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("other", [VERMILION, PAPER])
def test_neighbours_differ_as_greys(other: str) -> None:
    """Answered beside gave up or met nobody, and beside what is still open."""
    light, dark = sorted((grey(SKY), grey(other)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 1.5
