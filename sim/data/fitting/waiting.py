"""Patience of the queues of a pool, and the staff that has their waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS, STEP, fit_busyness
from sim.data.fitting.days import Days
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.families import EXPONENTIAL
from sim.data.fitting.found import DEFERRED, Queue
from sim.data.fitting.inferred import Demand, Inferred, Waits, infer_staff
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.reported import Reported, of_means, spread_out
from sim.data.fitting.result import Fit
from sim.data.remarks import Remarks
from sim.data.times import seconds_of
from sim.experiment.simulation import Simulation
from sim.scenario import loads
from sim.tables import DAY, Outcome

ROUNDS = 10  # after which patience and staff agree with each other
PLAYED, WEEKS = 200_000, 500  # contacts of which a scenario shows its waits, in so many weeks


@dataclass(frozen=True)
class Waiting:
    """Of the queues of a pool.

    patience: of those in which somebody gave up. staff: that has the waits of the report; None if
    there are none. untold: queues of which the report does not say how long who gave up waited, and
    the standard error of the logarithm of what stands in for it.
    """

    patience: dict[str, Patience] = field(default_factory=dict)
    staff: Inferred | None = None
    untold: dict[str, float] = field(default_factory=dict)


def fit_waits(some: Sequence[Reported], days: Days, remarks: Remarks) -> Waiting:
    """Exponential patience of the queues of a pool, and the staff that has the waits of the report.

    P(Ab) = theta E[W], with the wait of answered and abandoned (Mandelbaum and Zeltyn 2007): the
    wait of *all* over the number who gave up. What a report does not say of the wait of those who
    gave up is that of the model, in a few rounds: it depends on staff, and staff on patience.
    """
    waiting = [one for one in some if _has_waits(one)]
    at_once = [one for one in waiting if one.queue.channel not in DEFERRED]
    waiting = at_once or waiting  # mail of a pool waits for its calls, which it does not delay
    for one in some:
        told = "exponential" if one.tells_lost else "exponential-as-long"
        why = "no-waits" if not _has_waits(one) else told if one.gave_up > 0 else "none-lost"
        remarks.assume(f"reasons.{one.queue.name}.patience", why)
    if not waiting:
        return Waiting()
    waits = _waits(pd.concat([one.rows for one in waiting]), days)
    handles = [one.queue.handle for one in waiting if one.queue.handle]
    demand = Demand(
        np.array([one.queue.offered for one in waiting]) / STEP,
        np.array([one.mean.value for one in handles]),
        np.array([one.cv.value for one in handles]),
        np.zeros(len(waiting)),
        _busyness([one.queue for one in waiting], days),
    )
    lost = np.ones(len(waiting))  # wait of who gave up over that of the answered
    found, rounds = None, 1 if all(one.tells_lost for one in waiting) else ROUNDS
    for _ in range(rounds):
        times = [_patience(*each) for each in zip(waiting, lost, strict=True)]
        means = np.array([np.inf if one is None else one.mean.value for one in times])
        found = infer_staff(replace(demand, patience=means), waits)
        before, lost = lost, np.sqrt(lost * found.lost)  # half a step, for head counts jump
        if np.allclose(before, lost, rtol=0.01):
            break
    assert found is not None
    fitted = [_patience(*each) for each in zip(waiting, lost, found.lost_error, strict=True)]
    return Waiting(
        {
            one.queue.name: _of_times(times)
            for one, times in zip(waiting, fitted, strict=True)
            if times is not None
        },
        found,
        {
            one.queue.name: error
            for one, error in zip(waiting, found.lost_error.tolist(), strict=True)
            if one.gave_up > 0 and not one.tells_lost
        },
    )


def as_simulated(fit: Fit, reported: Mapping[str, Reported], untold: Mapping[str, float]) -> Fit:
    """With patience by the wait of who gives up in the scenario itself.

    A formula that has handle times of any spread right in the mean wait is a tenth off in it.

    Args:
        fit: with patience by such a formula.
        reported, untold: of each queue; as of `Waiting`.
    """
    if not untold:
        return fit
    week = sum(queue.arrivals.per_week.value for queue in fit.queues)
    days = 7 * int(np.clip(PLAYED / max(week, 1.0), 1, WEEKS))
    scenario = loads(fit.text, "fitted scenario", overrides={"calendar.days": days})
    _, log, _ = Simulation.of(scenario, 1, "compiled").play(0)
    counted = log.is_made & (log.arrived >= 0) & (log.arrived < days * DAY)
    reasons = list(scenario.reasons)

    def waited(queue: Queue, outcome: Outcome) -> float:
        mine = counted & (log.reason == reasons.index(queue.name)) & (log.outcome == outcome)
        return float((log.ended - log.arrived)[mine].sum())

    def again(queue: Queue) -> Queue:
        answered, lost = (waited(queue, one) for one in (Outcome.ANSWERED, Outcome.ABANDONED))
        if queue.name not in untold or not answered * lost > 0:
            return queue
        times = _patience(reported[queue.name], lost / answered, untold[queue.name])
        return replace(queue, patience=_of_times(times))

    return replace(fit, queues=tuple(map(again, fit.queues)))


def _of_times(times: Times | None) -> Patience:
    empty = np.zeros(0)
    return Patience(times, Interval(0.0, 0.0, 0.0, 0), (empty, empty, empty), False)


def _has_waits(one: Reported) -> bool:
    return one.queue.handle is not None and bool(one.rows["wait_answered"].notna().any())


def _patience(one: Reported, lost: float, doubt: float = 0.0) -> Times | None:
    """Exponential patience of one queue; `lost`: wait of the abandoned over that of the answered,
    where the report does not say it, `doubt`: standard error of its logarithm."""
    gave_up = one.rows["abandoned"].to_numpy()
    answered = np.nan_to_num(one.rows["wait_answered"].to_numpy())
    if not one.gave_up > 0:
        return None
    if one.tells_lost:
        of_lost, doubt = np.nan_to_num(one.rows["wait_abandoned"].to_numpy()), 0.0
    else:
        of_lost, doubt = gave_up * lost * answered.sum() / one.gave_up, doubt * lost / (1 + lost)
    least = 1 / np.sqrt(one.gave_up)  # of who gives up independently of each other
    return of_means(answered + of_lost, gave_up, one.day, EXPONENTIAL, least=least, doubt=doubt)


def _busyness(queues: Sequence[Queue], days: Days) -> float:
    """Coefficient of variation of the factor of days of queues together."""
    if len(queues) == 1:
        return queues[0].arrivals.busyness.value
    total = sum(one.arrivals.factor * one.arrivals.expected for one in queues)
    expected = sum(one.arrivals.expected for one in queues)
    return fit_busyness(np.asarray(total), np.asarray(expected), days.weekday).value


def _waits(rows: pd.DataFrame, days: Days) -> Waits:
    """What a day of each weekday has, and by how much days differ."""
    starts, length = seconds_of(rows["start"]), rows["length"].to_numpy()
    wait, number = (
        spread_out(days, starts, length, np.nan_to_num(rows[name].to_numpy()))
        for name in ("wait_answered", "answered")
    )
    many = np.bincount(days.weekday, minlength=7)
    sums = np.zeros((2, 7, SLOTS))
    for total, of in zip(sums, (number, wait), strict=True):
        np.add.at(total, days.weekday, of)
    mean = sums / np.maximum(many, 1)[:, None]
    off = wait.sum(axis=1) - mean[1].sum(axis=1)[days.weekday]
    freedom = np.maximum(many - 1, 0) @ (mean[1] ** 1.5).sum(axis=1)
    return Waits(mean[0], mean[1], many, float(off @ off / freedom) if freedom > 0 else 1.0)
