"""Joint draws of all fitted inputs, days resampled."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.data.fitting.durations import Times
from sim.data.fitting.found import Found, Queue
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.text import (
    by_text,
    duration,
    head_counts,
    own_busyness,
    share_text,
    volume_text,
)
from sim.data.fitting.transfers import whole
from sim.tables import Floats

NORMAL = 1.96  # standard errors from the middle to the end of a 95 % interval


def joint_inputs(fit: Found, sets: int, seed: int) -> pd.DataFrame:
    """[sets] values by dotted path, as texts of the scenario language.

    Each set counts every day as often as a bootstrap sample of the days of its weekday drew it
    (a multinomial), and moves all inputs by what these days say: the same days for all of them. The
    factor of days is drawn from its own interval on the logarithmic scale, the same way for all
    queues, head counts that are inferred from theirs.
    """
    generator = np.random.default_rng([seed, len(fit.days.date)])
    extra = _weights(fit.days.weekday, sets, generator) - 1.0
    columns: dict[str, list[str]] = {}
    busy = generator.standard_normal(sets)
    if fit.common:
        known = min((one.arrivals.busyness for one in fit.queues), key=_unsure)
        columns["busyness"] = _busier(fit.common, known, busy)
    for queue in fit.queues:
        columns |= _of_queue(fit, queue, extra, busy)
    for pool, attendance in zip(fit.pools.names, fit.attendance, strict=False):
        if attendance is not None and attendance.mean.value < 1:
            part = "" if attendance.is_mean_alone else ".mean"
            columns[f"pools.{pool}.presence{part}"] = _shares(attendance.mean, extra)
    for place, pool in enumerate(fit.pools.names):
        errors = generator.standard_normal(sets)  # the same for all head counts of a pool
        for times, _, doubt in head_counts(fit, place):
            if doubt is not None:
                columns[f"pools.{pool}.agents.{times}"] = [str(doubt.at(one)) for one in errors]
    shares = {one.name: np.clip(_moved(one.share, extra), 0.0, 1.0) for one in fit.transfers}
    for one, drawn in zip(fit.transfers, whole(shares, fit.transfers).values(), strict=True):
        columns[f"transfers.{one.name}.share"] = [by_text(one, share) for share in drawn.tolist()]
    return pd.DataFrame(columns)


def _of_queue(fit: Found, queue: Queue, extra: Floats, busy: Floats) -> dict[str, list[str]]:
    """Columns of one reason."""
    columns: dict[str, list[str]] = {}
    key = f"reasons.{queue.name}"
    arrivals = queue.arrivals
    volumes = arrivals.per_week.value + extra @ arrivals.influence
    columns[f"{key}.volume"] = [volume_text(one) for one in volumes]
    own = own_busyness(fit, arrivals.busyness.value)
    if own > 0 or arrivals.busyness.value == 0 < arrivals.busyness.high:
        columns[f"{key}.busyness"] = _busier(own, arrivals.busyness, busy)
    for field, times in (
        ("handle", queue.handle),
        ("wrap", queue.wrap),
        ("patience", queue.patience.times if queue.patience else None),
    ):
        if times is not None:
            columns[f"{key}.{field}"] = _texts(times, extra)
    if queue.retry is not None:
        columns[f"{key}.retry.chance"] = _shares(queue.retry.share, extra)
        if queue.retry.after.n:
            columns[f"{key}.retry.after"] = _delays(queue.retry.after, extra)
    if queue.again is not None:
        columns[f"{key}.resolved"] = _shares(queue.again.share, extra, others=True)
        columns[f"{key}.again.after"] = _delays(queue.again.after, extra)
    if queue.patience is not None and queue.patience.balk.value > 0:
        columns[f"{key}.balk"] = _shares(queue.patience.balk, extra)
    return columns


def _busier(value: float, known: Interval, errors: Floats) -> list[str]:
    """A coefficient of variation, as unsure as one that is known; of 0, up to its upper end."""
    if known.value == 0:
        return [share_text(known.high * abs(one) / NORMAL) for one in errors]
    return [share_text(value * np.exp(_unsure(known) * one)) for one in errors]


def _unsure(known: Interval) -> float:
    """Standard error of a logarithm."""
    if known.value == 0:
        return np.inf
    return float(np.log(known.high / max(known.low, known.value / 10)) / 2 / NORMAL)


def _weights(weekday: np.ndarray, sets: int, generator: np.random.Generator) -> Floats:
    """[sets, days] how often each day is drawn: so many of each weekday as there are."""
    found = np.zeros((sets, len(weekday)))
    for one in np.unique(weekday):
        mine = np.flatnonzero(weekday == one)
        size = len(mine)
        drawn = generator.multinomial(size, np.full(size, 1 / size), sets)
        # n days resampled vary by (n - 1) / n of what they should
        scale = np.sqrt(size / max(size - 1, 1))
        found[:, mine] = 1 + (drawn - 1) * scale
    return found


def _texts(times: Times, extra: Floats) -> list[str]:
    days = len(times.fitted.influence)
    moved = times.fitted.theta + extra[:, :days] @ times.fitted.influence
    return [times.text(duration, theta) for theta in moved]


def _shares(share: Interval, extra: Floats, *, others: bool = False) -> list[str]:
    drawn = np.clip(_moved(share, extra), 0.0, 1.0)
    return [share_text(1 - one if others else one) for one in drawn]


def _delays(after: Interval, extra: Floats) -> list[str]:
    """Exponential delays; one day cannot make them vanish."""
    drawn = np.maximum(_moved(after, extra), after.value / 10)
    return [f"{{exponential: {duration(one)}}}" for one in drawn]


def _moved(one: Interval, extra: Floats) -> Floats:
    """[sets] a value, by what the days of each set say."""
    return one.value + extra[:, : len(one.moves)] @ one.moves
