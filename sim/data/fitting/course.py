"""The course of the days: what queues share of a day's factor, and volume that grows or falls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.stats

from sim.data.fitting.arrivals import Arrivals, common_busyness
from sim.data.fitting.days import Days
from sim.data.fitting.found import Choices, Queue
from sim.data.remarks import Remarks
from sim.tables import DAY, Floats

LEAST_GONE, SURE, UNLIKE = 30, 4.0, 0.2
"""Of rates at which customers give up: how many must, standard errors and logarithms apart."""

LITTLE = 0.02  # coefficient of variation of what queues share that is worth a line


def shared_busyness(queues: Sequence[Queue], days: Days, choices: Choices) -> float:
    """Coefficient of variation of the factor of days that queues have in common."""
    if len(queues) < 2 or choices.steady:
        return 0.0
    some = [one.arrivals for one in queues]
    totals = [one.factor * one.mean[days.weekday].sum(axis=1) for one in some]
    expected = [(one.mean[days.weekday] * days.exposure).sum(axis=1) for one in some]
    common = float(np.sqrt(common_busyness(np.array(totals), np.array(expected), days.weekday)))
    return common if common > LITTLE else 0.0


def note_trend(name: str, arrivals: Arrivals, days: Days, remarks: Remarks) -> None:
    """Volume that grows or falls: the scenario has the mean of the period."""
    some = (arrivals.expected > 20) & (arrivals.factor > 0)
    if some.sum() < 10:
        return
    found = scipy.stats.linregress(days.date[some] / 7, np.log(arrivals.factor[some]))
    if found.pvalue <= 1e-3 and abs(found.slope) >= 0.01:
        grows, share = "grows" if found.slope > 0 else "falls", abs(np.expm1(found.slope))
        remarks.note("trend", queue=name, grows=grows, share=share)


def note_unlike_rates(
    name: str,
    seconds: Floats,
    gave_up: Floats,
    wait: Floats,
    remarks: Remarks,
    number: float | Floats = 1.0,
) -> None:
    """Customers who give up at another rate in hours of the day with longer waits.

    Args:
        name: of the queue.
        seconds, gave_up, wait: of contacts, or of intervals with the sums over their contacts.
        remarks: are added to.
        number: contacts of each.
    """
    hour = (seconds % DAY // 3600).astype(int)
    events, total, many = (np.bincount(hour, one) for one in (gave_up, wait, number + 0 * wait))
    mean = np.divide(total, many, out=np.zeros(len(total)), where=many > 0)
    if not (mean > 0).any():
        return
    high = mean > np.median(mean[mean > 0])
    n, m = events[high].sum(), events[~high].sum()
    with np.errstate(all="ignore"):
        a, b = n / total[high].sum(), m / total[~high].sum()
        gap = abs(np.log(a / b))
    if min(n, m) > LEAST_GONE and gap > max(SURE * np.sqrt(1 / n + 1 / m), UNLIKE):
        remarks.note("unlike-rates", queue=name, busy=3600 * a, calm=3600 * b)
