"""Contacts that are no new customers: retries after giving up, repeat contacts after an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.data.fitting.likelihood import Fitted, Interval
from sim.tables import DAY, Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

RETRY_WITHIN = 3 * 3600.0
AGAIN_WITHIN = 7 * DAY


@dataclass(frozen=True)
class Repeats:
    """Further contacts of the same customers in one queue.

    share: of the contacts that could be followed; the chance repeats of a placebo window (the same
        time a week later) are subtracted. after: mean delay in seconds.
    fresh: [contacts] weight as a new customer: 1, 0, or between where repeats are partly chance.
    """

    share: Interval
    after: Interval
    fresh: Floats


def fit_repeats(
    table: pd.DataFrame, day: Ints, seconds: Floats, outcome: str, within: float
) -> Repeats | None:
    """How many come again after an outcome, and how soon; None where no customer is known.

    Args:
        table: contacts of one queue, first legs, in order of time.
        day: [contacts] number of the day, from 0.
        seconds: [contacts] of arrival, since 1970.
        outcome: of the contacts after which somebody comes again.
        within: so soon; later contacts are new ones.
    """
    customer = table["customer"].to_numpy()
    known = customer != 0
    if known.sum() < 20:
        return None
    left = seconds + np.nan_to_num(table["wait"].to_numpy())
    left += np.nan_to_num(table["talk"].to_numpy())
    order = np.lexsort((seconds, customer))
    same = (customer[order][1:] == customer[order][:-1]) & known[order][1:]
    gap = np.full(len(order), np.inf)
    gap[order[:-1]] = np.where(same, seconds[order][1:] - left[order][:-1], np.inf)
    after = (table["outcome"] == outcome).to_numpy() & known
    follow = after & (left + within < seconds.max())
    if follow.sum() < 10:
        return None
    hit = follow & (gap >= 0) & (gap <= within)
    chance = _placebo(customer, seconds, left, follow, within)
    share = _share(hit.astype(float) - chance, follow, day)
    delays = gap[hit]
    real = max(1 - chance.sum() / max(hit.sum(), 1), 0.0)
    weight = np.ones(len(customer))
    came = after & (gap >= 0) & (gap <= within)
    place = np.empty(len(order), int)
    place[order] = np.arange(len(order))
    weight[order[place[np.flatnonzero(came)] + 1]] = 1 - real
    return Repeats(share, _delay(delays, day[hit], within), weight)


def _placebo(
    customer: np.ndarray, seconds: Floats, left: Floats, follow: np.ndarray, within: float
) -> Floats:
    """[contacts] share of chance: whether the customer came in the same window, a week later."""
    key = _ranks(customer)
    width = seconds.max() - seconds.min() + 60 * DAY
    stamp = np.sort(key * width + (seconds - seconds.min()))
    found = np.zeros(len(customer))
    shift = 7 * DAY * np.ceil(max(within, DAY) / (7 * DAY))
    begin = key * width + (left - seconds.min()) + shift
    inside = np.searchsorted(stamp, begin + within) > np.searchsorted(stamp, begin)
    usable = follow & (left + shift + within < seconds.max())
    if not usable.any():
        return found
    found[follow] = (inside & usable).sum() / usable.sum()
    return found


def _ranks(customer: np.ndarray) -> Floats:
    return np.unique(customer, return_inverse=True)[1].astype(np.float64)


def _share(hit: Floats, of: np.ndarray, day: Ints) -> Interval:
    days = int(day.max()) + 1
    above, below = np.bincount(day, hit, minlength=days), np.bincount(day, of, minlength=days)
    share = above.sum() / below.sum()
    fitted = Fitted(np.array([share]), ((above - share * below) / below.sum())[:, None], 0.0)
    found = fitted.interval(lambda theta: float(theta[0]), int(below.sum()), log=False)
    ends = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return replace(found, value=max(found.value, 0.0), **ends)


def _delay(delays: Floats, day: Ints, within: float) -> Interval:
    """Mean of an exponential delay that is seen up to `within`: maximum likelihood."""
    if len(delays) < 5:
        return Interval(
            float(delays.mean()) if len(delays) else np.nan, np.nan, np.nan, len(delays)
        )
    mean = float(delays.mean())
    rate = 1 / mean
    for _ in range(50):  # mean of the truncated exponential = observed mean
        rate = 1 / (mean + within / np.expm1(min(rate * within, 700.0)))
    days = int(day.max()) + 1
    above = np.bincount(day, delays - mean, minlength=days)
    slope = (
        1
        / (rate**2)
        / max(1 / rate**2 - within**2 / (4 * np.sinh(min(rate * within / 2, 300.0)) ** 2), 1e-9)
    )
    fitted = Fitted(np.array([1 / rate]), (above / len(delays) * slope)[:, None], 0.0)
    return fitted.interval(lambda theta: float(theta[0]), len(delays))
