"""Arrivals: the week's shape, its volume, and how much days differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy.stats

from sim.data.fitting.likelihood import Interval
from sim.tables import Floats, Ints

STEP = 1800.0
SLOTS = 48  # half hours of a day
NIGHT = 4  # half hours without customers between two parts of a day
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Arrivals:
    """Fresh customers of one queue.

    per_week: volume of an ordinary week, and what each day moves it by. mean: [weekday, half hour]
        expected customers.
    busyness: coefficient of variation of the day's Gamma factor.
    blocks: (weekdays, from, to, per hour) lines of the profile; half hours as numbers of slots.
    left_over: dispersion of half hours within their day, 1 where nothing is left to explain;
    left_over_p: chance of one so large.
    factor: [days] number over expected.
    raw, error: [weekday, half hour] mean number as counted, and its standard error.
    expected: [days] customers by the week's shape alone.
    """

    per_week: Interval
    mean: Floats
    busyness: Interval
    blocks: tuple[tuple[tuple[int, ...], int, int, float], ...]
    left_over: float
    left_over_p: float
    factor: Floats
    raw: Floats
    error: Floats
    expected: Floats


def fit_arrivals(counts: Floats, weekday: Ints, exposure: Floats) -> Arrivals:
    """The week of one queue.

    Args:
        counts: [days, half hours] fresh customers.
        weekday: [days] 0 for Monday.
        exposure: [days, half hours] how often the half hour passed (0, 1, 2 at clock changes).
    """
    mean = week_of(counts, weekday, exposure)
    blocks, smooth = _profile(counts, weekday, mean)
    expected = (mean[weekday] * exposure).sum(axis=1)
    total = counts.sum(axis=1)
    number = np.bincount(weekday, minlength=7)
    influence = (total - expected) / np.maximum(number[weekday], 1)
    per_week = float(mean.sum())
    busy = fit_busyness(total, expected, weekday)
    left, p = _left_over(counts, smooth[weekday] * exposure, total)
    return Arrivals(
        replace(_volume(per_week, total, expected, weekday), moves=influence),
        smooth,
        busy,
        blocks,
        left,
        p,
        np.divide(total, expected, out=np.ones(len(total)), where=expected > 0),
        mean,
        _errors(mean, busy.value, weekday),
        expected,
    )


def week_of(counts: Floats, weekday: Ints, exposure: Floats) -> Floats:
    """[weekday, half hour] mean of counts by day and half hour; arguments of `fit_arrivals`."""
    mine = np.arange(7)[:, None] == weekday
    with np.errstate(all="ignore"):
        return np.nan_to_num(mine @ counts / (mine @ exposure))


def opened(mean: Floats) -> np.ndarray:
    """[half hours] from the first to the last with customers, without a few who came at night."""
    slots = np.flatnonzero(mean > 0.02 * mean.max())
    blocks = np.split(slots, np.flatnonzero(np.diff(slots) > NIGHT) + 1)
    kept = [one for one in blocks if mean[one].sum() >= 0.01 * mean.sum()]
    found = np.zeros(SLOTS, bool)
    if len(slots):
        found[kept[0][0] : kept[-1][-1] + 1] = True
    return found


def _errors(mean: Floats, cv: float, weekday: Ints) -> Floats:
    """Standard error of each half hour's mean: chance, and the factor that a day shares."""
    number = np.maximum(np.bincount(weekday, minlength=7), 1)[:, None]
    return np.sqrt((mean + (cv * mean) ** 2) / number)


def _volume(per_week: float, total: Floats, expected: Floats, weekday: Ints) -> Interval:
    """The volume of a week with Student's interval: days vary around the mean of their weekday."""
    some = expected > 0
    kinds, number = np.unique(weekday[some], return_counts=True)
    freedom = int(some.sum()) - len(kinds)
    if freedom < 1:
        return Interval(per_week, np.nan, np.nan, int(total.sum()))
    # variance of a day = mean + (cv mean)^2: one cv for all weekdays, by moments
    square = float(((total[some] - expected[some]) ** 2).sum()) * some.sum() / freedom
    extra = max(square - expected[some].sum(), 0.0) / float((expected[some] ** 2).sum())
    means = np.array([expected[some & (weekday == one)].mean() for one in kinds])
    variance = float(((means + extra * means**2) / number).sum())
    error = np.sqrt(variance) * float(scipy.stats.t.ppf(0.975, freedom))
    return Interval(per_week, max(per_week - error, 0.0), per_week + error, int(total.sum()))


def fit_busyness(total: Floats, expected: Floats, weekday: Ints) -> Interval:
    """Coefficient of variation of the day's Gamma factor, with a profile likelihood interval.

    A day's number is negative binomial; the likelihood of the deviations loses one degree of
    freedom for each weekday whose mean is fitted (Cox and Reid 1987).
    """
    some = expected > 0
    n, mu, kind = total[some], expected[some], weekday[some]
    if len(n) < 5:
        return Interval(0.0, 0.0, np.nan, len(n))
    logs = np.linspace(np.log(1e-4), np.log(2.0), 400)
    values = np.array([_negative_binomial(np.exp(log), n, mu, kind) for log in logs])
    poisson = _negative_binomial(1e-5, n, mu, kind)
    best = int(np.argmax(values))
    # as Student's quantile is to the normal one, for few days
    student = float(scipy.stats.t.ppf(0.975, max(len(n) - len(np.unique(kind)), 1)))
    inside = values >= max(values[best], poisson) - student**2 / 2
    if poisson >= values[best] - 1e-3:
        high = float(np.exp(logs[inside][-1])) if inside.any() else 0.0
        return Interval(0.0, 0.0, high, len(n))
    low = 0.0 if inside[0] else float(np.exp(logs[inside][0]))
    return Interval(float(np.exp(logs[best])), low, float(np.exp(logs[inside][-1])), len(n))


def _negative_binomial(cv: float, n: Floats, mu: Floats, kind: Ints) -> float:
    shape = 1 / cv**2
    p = shape / (shape + mu)
    found = float(scipy.stats.nbinom.logpmf(np.round(n), shape, p).sum())
    information = np.bincount(kind, mu / (1 + mu * cv**2))
    return found - 0.5 * float(np.log(information[information > 0]).sum())


def _left_over(counts: Floats, expected: Floats, total: Floats) -> tuple[float, float]:
    """What half hours vary beyond chance around the shape of their day, given the day's number."""
    share = expected / np.maximum(expected.sum(axis=1, keepdims=True), 1e-300)
    fit = share * total[:, None]
    used = fit > 1.0
    square = float((((counts - fit) ** 2 / np.maximum(fit, 1e-300))[used]).sum())
    freedom = max(int(used.sum()) - len(total) - int((expected.sum(axis=0) > 0).sum()), 1)
    return square / freedom, float(scipy.stats.chi2.sf(square, freedom))


# --- profile ----------------------------------------------------------------------------------


def _profile(
    counts: Floats, weekday: Ints, mean: Floats
) -> tuple[tuple[tuple[tuple[int, ...], int, int, float], ...], Floats]:
    """Few lines where the data allow: weekdays of one shape together, like half hours together.

    Which weekdays share their shape is decided by the likelihood of weeks left out.
    """
    open_days = tuple(one for one in range(7) if mean[one].sum() > 0)
    some = groupings(open_days)
    scores = [_score(counts, weekday, groups) for groups in some]
    groups = some[int(np.argmax(scores))]
    blocks: list[tuple[tuple[int, ...], int, int, float]] = []
    smooth = np.zeros((7, SLOTS))
    total = counts.sum(axis=1)
    for group in groups:
        days = np.isin(weekday, group)
        number = counts[days].sum(axis=0)
        segments = _segments(number)
        for alike in _alike(group, total, weekday):
            volume = mean[list(alike)].sum(axis=1).mean()
            for low, high in segments:
                share = number[low:high].sum() / max(number.sum(), 1e-300) / (high - low)
                smooth[list(alike), low:high] = share * volume
            day = smooth[alike[0]]
            blocks += [(alike, low, high, float(day[low] * 2)) for low, high in runs(day)]
    return tuple(blocks), smooth


def groupings(days: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    """Usual ways in which weekdays are alike: all, none, working days and the others."""
    work = tuple(one for one in days if one < 5)
    rest = [(one,) for one in days if one >= 5]
    found = [[days] if days else [], [(one,) for one in days]]
    if work and rest:
        found.append([work, *rest])
        if len(rest) == 2:
            found.append([work, (5, 6)])
        if 0 in work and len(work) > 1:
            found.append([(0,), work[1:], *rest])
    return found


def _score(counts: Floats, weekday: Ints, groups: list[tuple[int, ...]]) -> float:
    """Log-likelihood of the shape of days left out, every third week in turn."""
    week = np.arange(len(weekday)) // 7 % 3
    total = 0.0
    for left in range(3):
        out = week == left
        for group in groups:
            mine = np.isin(weekday, group)
            number = counts[mine & ~out].sum(axis=0) + 0.1
            total += float((counts[mine & out] @ np.log(number / number.sum())).sum())
    return total


def _segments(number: Floats) -> list[tuple[int, int]]:
    """Half hours with one rate, by the Bayesian information criterion.

    Dynamic programming over all partitions (Jackson et al. 2005); closed half hours stay apart.
    """
    cumulative = np.concatenate([[0.0], np.cumsum(number)])
    penalty = 0.5 * np.log(max(number.sum(), 2.0)) + 0.5
    best = np.full(SLOTS + 1, -np.inf)
    best[0] = 0.0
    back = np.zeros(SLOTS + 1, int)
    floor = number.max() * 0.01
    closed = number <= floor
    for high in range(1, SLOTS + 1):
        for low in range(high):
            if closed[low:high].any() and not closed[low:high].all():
                continue
            count = cumulative[high] - cumulative[low]
            gain = count * np.log(count / (high - low)) if count > 0 else 0.0
            if best[low] + gain - penalty > best[high]:
                best[high], back[high] = best[low] + gain - penalty, low
    found, high = [], SLOTS
    while high > 0:
        found.append((int(back[high]), high))
        high = int(back[high])
    return [(low, high) for low, high in reversed(found) if number[low:high].max() > floor]


def _alike(group: tuple[int, ...], total: Floats, weekday: Ints) -> list[tuple[int, ...]]:
    """Weekdays of one shape: all together, unless their volumes surely differ (F test, 1 %)."""
    days = [total[(weekday == one) & (total > 0)] for one in group]
    if len(group) == 1 or min(map(len, days)) < 2:
        return [(one,) for one in group]
    with np.errstate(all="ignore"):
        chance = float(scipy.stats.f_oneway(*(np.log(one) for one in days)).pvalue)
    return [(one,) for one in group] if chance < 0.01 else [group]


def runs(day: Floats) -> list[tuple[int, int]]:
    """Stretches of the day of one positive number."""
    edges = [0, *(np.flatnonzero(np.abs(np.diff(day)) > 1e-9) + 1).tolist(), SLOTS]
    return [(low, high) for low, high in pairwise(edges) if day[low] > 0]


def common_busyness(totals: Floats, expected: Floats, weekday: Ints) -> float:
    """Squared coefficient of variation of the factor that all queues of a day share, by moments.

    Args:
        totals, expected: [queue, days]; a degree of freedom goes for each weekday's mean.
        weekday: [days].
    """
    queues = len(totals)
    found, weight = 0.0, 0.0
    for one in range(queues):
        for other in range(one):
            some = (expected[one] > 0) & (expected[other] > 0)
            a, b = expected[one][some], expected[other][some]
            both = (totals[one][some] - a) * (totals[other][some] - b)
            freedom = max(int(some.sum()) - len(np.unique(weekday[some])), 1)
            found += float(both.sum()) * some.sum() / freedom
            weight += float((a * b).sum())
    return max(found / weight, 0.0) if weight > 0 else 0.0
