"""Intervals of shares, which lie between 0 and 1 and may sit at the border."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.distributions import clopper_pearson, normal_quantile, student_quantile
from sim.stats.estimate import Estimate, FloatArray, IntArray
from sim.stats.intervals import (
    observed,
    ratio_controlled,
    ratio_deviations,
    ratio_error,
    ratio_input,
    ratio_of_sums,
)

MOST_STRETCH = 2.0
"""A correction for skewness from few replications is uncertain too: it at most doubles a side."""


def share_interval(
    num: ArrayLike, den: ArrayLike, confidence: float = 0.95, controls: FloatArray | None = None
) -> Estimate:
    """Interval of a share of counts, such as a service level or an abandonment rate, within [0, 1].

    num, den: [replication, ...] counts within each replication, 0 <= num <= den: how many of `den`
        contacts did it. The point is sum(num) / sum(den).
    controls: as of `sim.stats.control.controlled`. They work on `ratio_values`, and are used where
        every replication has contacts and the point that they give lies between 0 and 1.

    The interval is the union of two, each of which holds where the other fails:

    - Korn and Graubard's: the exact binomial interval with the effective number of contacts, the
      number of independent ones that would vary as much as the replications did. Never more than
      were counted, so when all replications agree (no abandonment at all, every service level 1,
      every one 0.9) the interval still says what sum(den) contacts can say: the rule of three,
      wider for few replications.
    - Hall's: the jackknife's with Student's quantile, corrected for skewness: a service level is
      often high with rare bad weeks, and the plain interval then misses too often on the low side.
      No side becomes more than twice as wide by it.

    With controls both rest on what these leave of the replications' variation.

    When all counts are 0 the bound rests on contacts that fail independently. What happens to
    whole replications at once (one bad week in fifty) is not seen in ten good weeks; for the
    chance of such a week ask `probability_interval(0, 10)`.

    Fewer than two replications with contacts give no bounds (nan); no contacts at all a value of
    nan.
    Sources: Korn & Graubard, Survey Methodology 24 (1998) 193; Hall, JRSS B 54 (1992) 221.
    Raises ValueError for different shapes or num outside 0 .. den.
    """
    num, den = _counts(num, den)
    value, deviations, used = ratio_of_sums(num, den), ratio_deviations(num, den), observed(den)
    freedom = used - 1
    if controls is not None and controls.shape[1]:
        values, k = ratio_controlled(num, den, controls)
        mean = values.mean(axis=0)
        here = (used == len(num)) & (mean > 0.0) & (mean < 1.0)
        value = np.where(here, mean, value)
        deviations = np.where(here, (values - mean) / (len(num) - 1), deviations)
        freedom = np.where(here, freedom - k, freedom)
    exact = _exact_bounds(value, deviations, freedom, den.sum(axis=0), confidence)
    hall = _hall_bounds(value, deviations, freedom, confidence)
    return Estimate(
        value=value,
        low=np.maximum(np.minimum(exact[0], hall[0]), 0.0),
        high=np.minimum(np.maximum(exact[1], hall[1]), 1.0),
        n=used,
    )


def exact_share_interval(num: ArrayLike, den: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Korn and Graubard's part of `share_interval`; arguments and errors as there."""
    num, den = _counts(num, den)
    value, deviations, used = ratio_of_sums(num, den), ratio_deviations(num, den), observed(den)
    low, high = _exact_bounds(value, deviations, used - 1, den.sum(axis=0), confidence)
    return Estimate(value=value, low=low, high=high, n=used)


def _counts(num: ArrayLike, den: ArrayLike) -> tuple[FloatArray, FloatArray]:
    num, den = ratio_input(num, den)
    if ((num < 0.0) | (num > den)).any():
        raise ValueError("a share needs 0 <= num <= den in every replication")
    return num, den


def _exact_bounds(
    value: FloatArray,
    deviations: FloatArray,
    freedom: IntArray,
    counted: FloatArray,
    confidence: float,
) -> tuple[FloatArray, FloatArray]:
    """Korn and Graubard's: Clopper and Pearson's for the contacts counted, or for fewer where the
    replications vary more than independent contacts would, times (normal quantile / Student's)^2.
    """
    student = student_quantile(confidence, freedom)
    if np.isnan(student).all():
        return student, student
    shrink = (normal_quantile(confidence) / student) ** 2
    trials = _effective_trials(value, counted, ratio_error(deviations)) * shrink
    return clopper_pearson(value * trials, trials, confidence)


def probability_interval(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Interval of a probability from independent trials, such as the chance of a good week.

    successes, n: counts of one shape, 0 <= successes <= n; n = 0 gives nan.
    Clopper and Pearson's exact interval: it covers at least `confidence` whatever the probability.
    Wilson's is shorter but falls to 84 % for rare events (Brown, Cai & DasGupta 2001), and a
    planner who asks for the chance of a rare bad week is exactly there.

    Source: Clopper & Pearson, Biometrika 26 (1934) 404.
    Raises ValueError for successes outside 0 .. n.
    """
    hits, trials = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    if ((hits < 0.0) | (hits > trials)).any():
        raise ValueError("successes must lie between 0 and n")
    low, high = clopper_pearson(hits, trials, confidence)
    value = hits / np.where(trials > 0.0, trials, np.nan)
    used: IntArray = trials.astype(np.int64)
    return Estimate(value=np.asarray(value), low=low, high=high, n=used)


def _effective_trials(value: FloatArray, counted: FloatArray, error: FloatArray) -> FloatArray:
    """The independent contacts with a share of this standard error, at most those counted."""
    varies = error > 0.0
    effective = value * (1.0 - value) / np.where(varies, error, 1.0) ** 2
    return np.asarray(np.minimum(np.where(varies, effective, counted), counted))


def _hall_bounds(
    value: FloatArray, deviations: FloatArray, freedom: IntArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Hall's (1992) bounds: a cubic T of the studentised error w removes its skewness.

    T(w) = w + a w^2 / 3 + a^2 w^3 / 27 + a / 6, with a the skewness of the estimate, inverts in
    closed form: w = 3 / a (cbrt(1 + a (T - a / 6)) - 1).
    """
    student = student_quantile(confidence, freedom)
    squares = (deviations**2).sum(axis=0)
    skewness = (deviations**3).sum(axis=0) / np.where(squares > 0.0, squares, 1.0) ** 1.5
    error = ratio_error(deviations)
    return (
        value - error * _untransformed(student, skewness),
        value - error * _untransformed(-student, skewness),
    )


def _untransformed(target: FloatArray, skewness: FloatArray) -> FloatArray:
    """w with T(w) = target, at most `MOST_STRETCH` times as far; a tiny skewness is none."""
    skewed = np.abs(skewness) > 1e-6
    a = np.where(skewed, skewness, 1.0)
    cubic = 3.0 / a * (np.cbrt(1.0 + a * (target - a / 6.0)) - 1.0)
    reach = MOST_STRETCH * np.abs(target)
    return np.asarray(np.clip(np.where(skewed, cubic, target), -reach, reach))
