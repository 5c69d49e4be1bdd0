"""Maximum likelihood with intervals that resample days.

Contacts of a day share its luck, so that a day, not a contact, is the unit of what is known. The
covariance of an estimate is the sandwich of the likelihood's curvature and the scores added up by
day (White 1982; clusters are days), its interval Student's with days - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.optimize
import scipy.stats

from sim.tables import Floats, Ints

BINS = 600
STEP = 1e-4
LEAST_DAYS = 3
NEVER = -700.0  # log-likelihood of what cannot be


@dataclass(frozen=True)
class Interval:
    """A value, its 95 % interval, and on how many contacts (or days) it rests.

    moves: [days] what each day moves it by; empty where days do not tell.
    """

    value: float
    low: float
    high: float
    n: int
    moves: Floats = field(default_factory=lambda: np.zeros(0), compare=False, repr=False)

    def scaled(self, factor: float) -> Interval:
        """In another unit."""
        ends = (self.low * factor, self.high * factor)
        return Interval(self.value * factor, *ends, self.n, self.moves * factor)


@dataclass(frozen=True)
class Fitted:
    """Parameters found by maximum likelihood.

    theta: [P] parameters on a scale without bounds.
    influence: [days, P] what each day moves them by, so that the day counted w times gives
        theta + (w - 1) @ influence.
    held_out: log-likelihood of all days, each by the parameters of the others: to first order what
        they lose of it at theta (Stone 1977), which is at least a unit for each parameter.
    """

    theta: Floats
    influence: Floats
    held_out: float = np.nan

    @property
    def cov(self) -> Floats:
        """[P, P] covariance of theta."""
        days = max(len(self.influence), 2)
        return self.influence.T @ self.influence * (days / (days - 1))

    def interval(self, value: Callable[[Floats], float], n: int, *, log: bool = True) -> Interval:
        """The interval of a function of the parameters, by the delta method.

        Args:
            value: of theta.
            n: contacts that it rests on.
            log: whether the interval is symmetric on the logarithmic scale (positive values).
        """
        at = value(self.theta)
        if log and at <= 0:
            return Interval(at, 0.0, np.nan, n)

        def scale(x: Floats) -> float:
            return float(np.log(value(x))) if log else value(x)

        slope = slopes(lambda x: np.array([scale(x)]), self.theta)[:, 0]
        moves = self.influence @ slope
        error = float(np.sqrt(slope @ self.cov @ slope)) * student(_days_that_tell(moves))
        if log:
            with np.errstate(over="ignore"):
                return Interval(at, at * np.exp(-error), at * np.exp(error), n, at * moves)
        return Interval(at, at - error, at + error, n, moves)


def student(days: float) -> float:
    """The 97.5 % quantile of Student's distribution for so many days."""
    return float(scipy.stats.t.ppf(0.975, max(days - 1, 1)))


def _days_that_tell(moves: Floats) -> float:
    """Days by which a variance is known as well as by all of these.

    Where a few days have moved a value and most have not (a rare event), its variance is known
    from these few: so many normal values have a variance as sure as that of moves of their kurtosis
    (Satterthwaite 1946).
    """
    days = len(moves)
    square = float((moves**2).sum())
    if days < LEAST_DAYS or square <= 0:
        return days
    kurtosis = days * float((moves**4).sum()) / square**2
    return float(np.clip(1 + 2 * days / max(kurtosis - 1, 1e-9), 2, days))


def ratio(above: Floats, below: Floats, n: int) -> Interval:
    """A ratio of what days add up to, days resampled; n: contacts that it rests on."""
    found = above.sum() / below.sum()
    influence = ((above - found * below) / below.sum())[:, None]
    fitted = Fitted(np.array([found]), influence)
    return fitted.interval(lambda theta: float(theta[0]), n, log=False)


def share_by_day(hit: Floats, of: np.ndarray, day: Ints) -> Interval:
    """A share with its interval, between 0 and 1.

    Args:
        hit: [contacts] 1 or 0, less what is due to chance. of: [contacts] whether it counts.
        day: [contacts] number of the day, from 0.
    """
    days = int(day.max(initial=-1)) + 1
    above, below = np.bincount(day, hit, minlength=days), np.bincount(day, of, minlength=days)
    if not below.sum() > 0:
        return Interval(0.0, 0.0, 1.0, 0)
    found = ratio(above, below, int(below.sum()))
    ends = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return replace(found, value=max(found.value, 0.0), **ends)


def maximise(
    loglik: Callable[[Floats, Floats, np.ndarray], Floats],
    start: Floats,
    values: Floats,
    event: np.ndarray,
    day: Ints,
) -> Fitted:
    """Fit a distribution to values, not all of which need be known exactly.

    Args:
        loglik: (theta, values, event) -> log-likelihood of each.
        start: of theta.
        values: [contacts], positive.
        event: [contacts] what is known of each value: a small number.
        day: [contacts] number of the day, from 0.
    """
    points, seen, weight, place = binned(values, event)

    def each(theta: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.nan_to_num(loglik(theta, points, seen), nan=NEVER, posinf=NEVER, neginf=NEVER)

    found = scipy.optimize.minimize(
        lambda theta: -float(weight @ each(theta)),
        start,
        method="Nelder-Mead",
        options={"maxiter": 2000, "xatol": 1e-5},
    )
    theta = np.asarray(found.x, np.float64)
    scores = slopes(each, theta)
    days = int(day.max(initial=-1)) + 1
    by_day = np.stack([np.bincount(day, one[place], minlength=days) for one in scores], axis=1)
    curve = -slopes(lambda x: slopes(each, x) @ weight, theta, 1e-3)
    curve = (curve + curve.T) / 2
    inverse = np.linalg.pinv(curve)
    influence = by_day @ inverse
    held_out = -float(found.fun) - max(float((by_day * influence).sum()), len(theta))
    # few events vary between days by chance: never surer than if all contacts were independent
    alone, apart = np.diag(inverse), (influence**2).sum(axis=0) * days / max(days - 1, 1)
    with np.errstate(all="ignore"):
        wider = np.sqrt(np.nan_to_num(alone / apart, nan=1.0, posinf=1.0))
    influence = influence * np.maximum(wider, 1.0)
    return Fitted(theta, influence, held_out)


def binned(values: Floats, event: np.ndarray) -> tuple[Floats, np.ndarray, Floats, Ints]:
    """Values as few points of equal meaning: points, event, how many, place of each value.

    Classes are about 2 % of their values wide; a point is the mean of its class.
    """
    unique = np.unique(values)
    if len(unique) > BINS:
        low, high = np.log(max(unique[0], 1e-3)), np.log(unique[-1] * (1 + 1e-9))
        cell = np.floor((np.log(np.maximum(values, 1e-3)) - low) / (high - low) * BINS)
    else:
        cell = np.searchsorted(unique, values).astype(np.float64)
    kinds, place = np.unique(cell.astype(np.int64) * 3 + event, return_inverse=True)
    weight = np.bincount(place).astype(np.float64)
    points = np.bincount(place, values) / weight
    return points, (kinds % 3).astype(event.dtype), weight, place


def slopes(function: Callable[[Floats], Floats], at: Floats, step: float = STEP) -> Floats:
    """[P, ...] central differences."""
    rows = []
    for i in range(len(at)):
        up, down = at.copy(), at.copy()
        up[i] += step
        down[i] -= step
        rows.append((np.asarray(function(up)) - np.asarray(function(down))) / (2 * step))
    return np.stack(rows)
