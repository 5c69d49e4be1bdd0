"""Patience of the queues of a pool, and the staff that has their waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS, STEP, fit_busyness
from sim.data.fitting.days import Days
from sim.data.fitting.durations import Patience, Times, less_sure
from sim.data.fitting.families import EXPONENTIAL, WEIBULL
from sim.data.fitting.found import DEFERRED, Queue
from sim.data.fitting.inferred import Demand, Inferred, Waits, infer_staff
from sim.data.fitting.likelihood import Fitted, Interval, slopes
from sim.data.fitting.reported import Reported, of_means, spread_out
from sim.data.fitting.result import Fit
from sim.data.fitting.said import duration
from sim.data.remarks import Remarks, told
from sim.data.times import seconds_of
from sim.experiment.simulation import Simulation
from sim.scenario import loads
from sim.tables import DAY, Floats, Outcome

ROUNDS = 10  # after which patience and staff agree with each other
PLAYED, WEEKS = 200_000, 500  # contacts of which a scenario shows its waits, in so many weeks
SURE, LITTLE = 4.0, 0.1
"""Standard errors, and logarithms, by which waits differ from those of exponential patience."""

NEWTON = 5  # steps in which a shape is found
LIKELY = np.log([[0.5, 0.25], [1e6, 8.0]])  # scales in seconds, and shapes


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
    """With patience by the waits of the scenario itself, of answered and of abandoned.

    A formula that has handle times of any spread right in the mean wait is a tenth off in that of
    who gives up. Where a report tells that, it tells whether patience is exponential, too.

    Args:
        fit: with patience by such a formula.
        reported, untold: of each queue; as of `Waiting`.
    """
    if not any(queue.patience for queue in fit.queues):
        return fit
    waits, queues, assumed = _played(fit), [], dict(fit.assumed)
    for queue in fit.queues:
        one, (lost, answered) = reported[queue.name], waits(queue.name)[:2]
        times = queue.patience.times if queue.patience else None
        if queue.name in untold and answered * lost > 0:
            times = _patience(one, lost / answered, untold[queue.name])
        elif times and one.tells_lost and not fit.choices.exponential:
            times = _shaped(fit, queue.name, one, times.mean.value) or times
            if times.family is WEIBULL:
                assumed[f"reasons.{queue.name}.patience"] = told("assumed", "weibull")
        queues.append(replace(queue, patience=_of_times(times)) if times else queue)
    return replace(fit, queues=tuple(queues), assumed=assumed)


def _played(fit: Fit, said: Mapping[str, object] | None = None) -> Callable[[str], Floats]:
    """Queue -> total wait of abandoned and of answered, and their numbers, in the scenario."""
    week = sum(queue.arrivals.per_week.value for queue in fit.queues)
    days = 7 * int(np.clip(PLAYED / max(week, 1.0), 1, WEEKS))
    overrides = {"calendar.days": days, **(said or {})}
    scenario = loads(fit.text, "fitted scenario", overrides=overrides)
    _, log, _ = Simulation.of(scenario, 1, "compiled").play(0)
    counted = log.is_made & (log.arrived >= 0) & (log.arrived < days * DAY)
    reasons, wait = list(scenario.reasons), log.ended - log.arrived

    def of(name: str) -> Floats:
        mine = counted & (log.reason == reasons.index(name))
        some = [wait[mine & (log.outcome == one)] for one in (Outcome.ABANDONED, Outcome.ANSWERED)]
        return np.array([*(one.sum() for one in some), *map(len, some)], float)

    return of


def _shaped(fit: Fit, name: str, one: Reported, mean: float) -> Times | None:
    """Weibull patience, with which who gives up has waited as long as they did, so often.

    Where the hasty give up, they have waited less than with exponential patience, over the wait of
    the answered: by that the shape is told, as the scale by total wait over abandoned. None where
    it is not surely another one.

    Args:
        fit: with exponential patience of this mean in seconds.
        name, one: of the queue.
        mean: see there.
    """
    columns = ("wait_abandoned", "wait_answered", "abandoned", "answered")
    sums = np.array([np.bincount(one.day, np.nan_to_num(one.rows[column])) for column in columns])
    days, gone = len(sums[0]), one.gave_up
    if not sums.any(axis=1).all():
        return None

    def logs(sums: Floats) -> Floats:
        """Of total wait over abandoned, and of the mean wait of these over that of the answered."""
        lost, answered, abandoned, served = np.maximum(sums, 1e-9)
        return np.log([(lost + answered) / abandoned, lost / abandoned * served / answered])

    def seen(theta: Floats) -> Floats:
        said = {f"reasons.{name}.patience": WEIBULL.text(theta, duration)}
        return logs(_played(fit, said)(name))

    lost, answered, abandoned, served = (by_day / by_day.sum() for by_day in sums)
    both = (sums[0] + sums[1]) / sums[:2].sum()
    moves = np.stack([both - abandoned, lost - abandoned - answered + served], axis=1)
    error = np.maximum(np.sqrt((moves**2).sum(axis=0) * days / max(days - 1, 1)), 1 / gone**0.5)
    wanted, theta = logs(sums.sum(axis=1)), np.array([np.log(mean), 0.0])
    if abs(wanted - seen(theta))[1] < max(SURE * error[1], LITTLE):
        return None
    for _ in range(NEWTON):
        back = np.linalg.pinv(slopes(seen, theta, 0.1))
        theta = theta + np.clip((wanted - seen(theta)) @ back, -0.5, 0.5)
        theta = np.clip(theta, *LIKELY)
    if np.abs(wanted - seen(theta)).max() > LITTLE:
        return None
    fitted = Fitted(theta, moves * error / np.sqrt((moves**2).sum(axis=0)) @ back)
    fitted = less_sure(fitted, WEIBULL, [mean])
    known, cv = (fitted.interval(of, int(gone)) for of in (WEIBULL.mean, WEIBULL.cv))
    return Times(WEIBULL, fitted, known, cv, int(gone), {}, np.nan)


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
