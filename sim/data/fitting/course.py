"""The course of the days: what queues share of a day's factor, and volume that grows or falls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.stats

from sim.data.fitting.arrivals import Arrivals, common_busyness
from sim.data.fitting.days import Days
from sim.data.fitting.found import Choices, Queue

LITTLE = 0.02  # coefficient of variation of what queues share that is worth a line


def shared_busyness(queues: Sequence[Queue], days: Days, choices: Choices) -> float:
    """Coefficient of variation of the factor of days that queues have in common."""
    if len(queues) < 2 or choices.steady:
        return 0.0
    some = [one.arrivals for one in queues]
    totals = [one.factor * one.mean[days.weekday].sum(axis=1) for one in some]
    expected = [(one.mean[days.weekday] * days.exposure).sum(axis=1) for one in some]
    common = float(np.sqrt(common_busyness(np.array(totals), np.array(expected))))
    return common if common > LITTLE else 0.0


def trend(name: str, arrivals: Arrivals, days: Days) -> list[str]:
    """Volume that grows or falls: the scenario has the mean of the period."""
    some = (arrivals.expected > 20) & (arrivals.factor > 0)
    if some.sum() < 10:
        return []
    found = scipy.stats.linregress(days.date[some] / 7, np.log(arrivals.factor[some]))
    if found.pvalue > 1e-3 or abs(found.slope) < 0.01:
        return []
    word = "grows" if found.slope > 0 else "falls"
    return [
        f"{name}: volume {word} by {abs(np.expm1(found.slope)):.0%} a week; the scenario has the "
        "mean of the period: fit the last weeks alone, or say the volume that is expected"
    ]
