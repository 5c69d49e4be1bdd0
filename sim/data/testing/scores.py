"""How often the truth lay inside the band, how wide the band was, and how far off its middle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy.stats

from sim.data.fitting.arrivals import STEP
from sim.data.fitting.likelihood import ratio, student
from sim.data.testing.sums import MEASURES, Sums
from sim.stats.shares import exact_share_interval
from sim.tables import DAY, Floats

LEVELS = ("half hour", "day", "week")
BANDS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Points:
    """What is compared of one measure at one level.

    actual: [points]; simulated: [points, replications]; place: [points] where the actual value lies
    among the simulated ones, 0 to 1 (the probability integral transform, randomised where values
    are equal); day, slot: [points] number of the day in the test, half hour of the day or -1;
    weekday: [points].
    """

    actual: Floats
    simulated: Floats
    place: Floats
    day: np.ndarray
    slot: np.ndarray
    weekday: np.ndarray


@dataclass(frozen=True)
class Score:
    """One measure at one level.

    n: points. inside: band -> (share of actual values inside, low, high); limits resample days.
    bias: mean of simulated less actual, with low and high. error: mean absolute error of the
    simulated mean. width: of the 80 % band, on average. pit: share of places in ten classes.
    """

    measure: str
    level: str
    n: int
    inside: dict[float, tuple[float, float, float]]
    bias: tuple[float, float, float]
    error: float
    width: float
    pit: tuple[float, ...]


@dataclass(frozen=True)
class Band:
    """Actual values of a measure beside what was simulated, at one level.

    when: [points] seconds since 1970 of the beginning. actual: [points].
    quantiles: [points, 7] of the simulated values, at `BOUNDS`.
    """

    measure: str
    level: str
    when: Floats
    actual: Floats
    quantiles: Floats


BOUNDS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
"""Ends of the 95, 80 and 50 % bands, and the middle."""


Weeks = list[tuple[Sums, list[Sums], np.ndarray]]
"""Of each week: what happened, what was simulated, which days count."""


def points_of(weeks: Weeks, measure: str, level: str) -> Points:
    """The points of weeks."""
    generator = np.random.default_rng(1)
    actual, simulated, day, slot, weekday = [], [], [], [], []
    for week, (real, runs, counts) in enumerate(weeks):
        if level == "week" and not counts.all():
            continue
        truth = real.by(level).measure(measure)
        some = np.stack([run.by(level).measure(measure) for run in runs], axis=-1)
        size = {"half hour": 48, "day": 1, "week": 0}[level]
        days = np.repeat(np.arange(7), size) if size else np.zeros(1, int)
        truth, some = truth.ravel(), some.reshape(-1, some.shape[-1])
        opened = np.nanmax(np.nan_to_num(some), axis=1) > 0
        if measure in ("abandonment", "ASA", "service level"):
            opened = np.isfinite(some).mean(axis=1) > 0.5
        kept = np.isfinite(truth) & opened & (counts[days] | (size == 0))
        if measure in ("offered", "answered"):
            kept &= (truth > 0) | opened
        actual.append(truth[kept])
        simulated.append(some[kept])
        day.append((days + 7 * week)[kept])
        weekday.append(days[kept])
        slot.append((np.arange(len(days)) % max(size, 1) if size > 1 else -1 + 0 * days)[kept])
    x, y = np.concatenate(actual), np.concatenate(simulated)
    below = (y < x[:, None]).sum(axis=1)
    equal = (np.abs(y - x[:, None]) < 1e-12).sum(axis=1)
    known = np.isfinite(y).sum(axis=1)
    place = (below + generator.random(len(x)) * (equal + 1)) / (known + 1)
    return Points(x, y, place, *(np.concatenate(one) for one in (day, slot, weekday)))


def score(points: Points, measure: str, level: str) -> Score:
    """The score of one measure at one level."""
    inside = {}
    for band in BANDS:
        hit = np.abs(points.place - 0.5) <= band / 2
        _, place = np.unique(points.day, return_inverse=True)
        share = exact_share_interval(np.bincount(place, hit), np.bincount(place))
        inside[band] = (float(share.value), float(share.low), float(share.high))
    middle = np.nanmean(points.simulated, axis=1)
    low, value, high = _by_day(middle - points.actual, points.day)
    ends = np.nanquantile(points.simulated, [0.1, 0.9], axis=1)
    counts, _ = np.histogram(points.place, bins=10, range=(0, 1))
    return Score(
        measure,
        level,
        len(points.actual),
        inside,
        (value, low, high),
        float(np.abs(middle - points.actual).mean()),
        float((ends[1] - ends[0]).mean()),
        tuple((counts / max(counts.sum(), 1)).tolist()),
    )


def score_of(scores: Iterable[Score], measure: str, level: str = "half hour") -> Score:
    """The one of a measure at a level; KeyError if there is none."""
    for one in scores:
        if (one.measure, one.level) == (measure, level):
            return one
    raise KeyError(f"no score of {measure} by {level}")


def scores(weeks: Weeks, measures: tuple[str, ...] = MEASURES) -> list[Score]:
    """All scores; those without a point are left out."""
    return [
        score(points, measure, level) for measure, level, points in _all_points(weeks, measures)
    ]


def _all_points(weeks: Weeks, measures: tuple[str, ...]) -> Iterator[tuple[str, str, Points]]:
    """By measure and level, where there are any; weeks are judged where one is whole."""
    whole = any(counts.all() for _, _, counts in weeks)
    for measure, level in product(measures, LEVELS if whole else LEVELS[:-1]):
        points = points_of(weeks, measure, level)
        if len(points.actual):
            yield measure, level, points


def bands_of(weeks: Weeks, first: list[int], measures: tuple[str, ...]) -> Iterator[Band]:
    """Actual values beside their bands.

    Args:
        weeks: as `points_of`; first: the date of each, days since 1970.
        measures: which.
    """
    for measure, level, points in _all_points(weeks, measures):
        start = np.array(first)[points.day // 7] + points.day % 7
        when = start * DAY + STEP * np.maximum(points.slot, 0)
        found = np.nanquantile(points.simulated, BOUNDS, axis=1).T
        yield Band(measure, level, when, points.actual, found)


def worst_hours(points: Points) -> tuple[str, float, float] | None:
    """Where the simulated mean is surely off most: (when, by how much, its standard error).

    Of the weekdays' parts (before 10, 10 to 12, 12 to 14, 14 to 17, later) the one with the largest
    difference in standard errors of days, if it is larger than Student's quantile that chance
    exceeds once in a hundred tests of all parts.
    """
    middle = np.nanmean(points.simulated, axis=1)
    part = np.searchsorted([20, 24, 28, 34], points.slot, side="right")
    names = ("before 10", "from 10 to 12", "from 12 to 14", "from 14 to 17", "after 17")
    days = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    best: tuple[float, str, float, float] | None = None
    for weekday in range(7):
        for one, name in enumerate(names):
            mine = (points.weekday == weekday) & (part == one)
            number = len(np.unique(points.day[mine]))
            if number < 4:
                continue
            low, value, high = _by_day(middle[mine] - points.actual[mine], points.day[mine])
            error = (high - low) / 2 / student(number)
            limit = float(scipy.stats.t.ppf(1 - 0.01 / (2 * 35), number - 1))
            if error > 0 and abs(value) > max(limit, best[0] if best else 0.0) * error:
                best = abs(value) / error, f"on {days[weekday]} {name}", value, error
    return best[1:] if best else None


def _by_day(values: Floats, day: np.ndarray) -> tuple[float, float, float]:
    """Low, mean, high: the mean with an interval that resamples days."""
    _, place = np.unique(day, return_inverse=True)
    above, below = np.bincount(place, values), np.bincount(place).astype(float)
    found = ratio(above, below, len(values))
    return found.low, found.value, found.high
