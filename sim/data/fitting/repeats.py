"""Contacts that are no new customers: retries after giving up, repeat contacts after an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.data.fitting.likelihood import Interval, maximise, share_by_day
from sim.data.times import seconds_of
from sim.tables import DAY, Floats, Ints

RETRY_WITHIN = 3 * 3600.0
AGAIN_WITHIN = 7 * DAY


@dataclass(frozen=True)
class Repeats:
    """Further contacts of the same customers.

    share: of the contacts that could be followed; the chance repeats of a placebo window (the same
        time a week later) are subtracted. after: mean delay in seconds.
    came: rows of the table that are these contacts, of which `real` are no new customers; the
        others came by chance. elsewhere: share of them in other queues.
    """

    share: Interval
    after: Interval
    came: np.ndarray = field(repr=False)
    real: float
    elsewhere: float


@dataclass(frozen=True)
class Journeys:
    """Contacts as customers have them, with all legs after a transfer, and who comes again.

    first, last: [journeys] rows of the first and the last leg. who: is followed, 0 if not known.
    seconds, left: of arrival and end. following: the journey of the same customer that comes next,
    -1 if none; gap: seconds until then, inf.
    """

    table: pd.DataFrame
    first: Ints
    last: Ints
    who: Ints
    seconds: Floats
    left: Floats
    following: Ints
    gap: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, passed: np.ndarray, *, apart: bool) -> Journeys:
        """All of a table.

        Args:
            table: contacts, in order of time.
            passed: [rows] legs that continue the contact before them in their chain.
            apart: whether a customer of several queues is another one in each.
        """
        order = np.lexsort((table["leg"], table["chain"]))
        edge = np.flatnonzero(~passed[order])
        first, last = order[edge], order[np.append(edge[1:], len(order)) - 1]
        rank = np.argsort(first)
        first, last = first[rank], last[rank]
        customer = table["customer"].to_numpy()[first]
        who = np.unique(np.append(np.uint64(0), customer), return_inverse=True)[1][1:]
        if apart:
            queue = table["queue"].cat.codes.to_numpy()[first]
            who = np.where(who > 0, who * (1 + queue.max()) + queue, 0)
        seconds = seconds_of(table["arrived"])
        work = sum(np.nan_to_num(table[name].to_numpy()[last]) for name in ("wait", "talk"))
        seconds, left = seconds[first], seconds[last] + work
        order = np.lexsort((seconds, who))
        same = (who[order][1:] == who[order][:-1]) & (who[order][1:] > 0)
        following = np.full(len(order), -1)
        following[order[:-1][same]] = order[1:][same]
        gap = np.where(following >= 0, seconds[following] - left, np.inf)
        return cls(table, first, last, who, seconds, left, following, gap)

    def placebo(self, follow: np.ndarray, within: float) -> float:
        """Share of some journeys after which the customer comes in the same window a week later."""
        start, end = self.seconds.min(), self.seconds.max()
        width = end - start + 60 * DAY
        stamp = np.sort(self.who * width + (self.seconds - start))
        shift = 7 * DAY * np.ceil(max(within, DAY) / (7 * DAY))
        usable = follow & (self.left + shift + within < end)
        if not usable.any():
            return 0.0
        begin = self.who[usable] * width + (self.left[usable] - start) + shift
        inside = np.searchsorted(stamp, begin + within) > np.searchsorted(stamp, begin)
        return float(inside.mean())


def fit_repeats(
    journeys: Journeys, reason: str, day: Ints, outcome: str, within: float
) -> Repeats | None:
    """How many come again after an outcome, and how soon; None where no customer is known.

    Args:
        journeys: of all queues.
        reason: of the contacts after which somebody comes again.
        day: [rows of the table] number of the day, from 0.
        outcome: of these contacts.
        within: so soon; later contacts are new ones.
    """
    one, table = journeys, journeys.table
    is_reason = (table["reason"] == reason).to_numpy()
    # who is passed on and gives up then has given up in the other queue, and tries again there
    at = one.last if outcome == "abandoned" else one.first
    mine = is_reason[at] & (one.who > 0)
    if mine.sum() < 20:
        return None
    after = mine & (table["outcome"] == outcome).to_numpy()[one.last]
    follow = after & (one.left + within < one.seconds.max())
    if follow.sum() < 10:
        return None
    soon = (one.gap >= 0) & (one.gap <= within)
    hit, came = follow & soon, one.following[after & soon]
    chance = one.placebo(follow, within)
    day = day[one.first]
    share = share_by_day(hit - chance * follow, follow, day)
    real = max(1 - chance * follow.sum() / max(hit.sum(), 1), 0.0)
    elsewhere = float(np.mean(~is_reason[one.first[came]])) if len(came) else 0.0
    return Repeats(share, _delay(one.gap[hit], day[hit], within), one.first[came], real, elsewhere)


def _delay(delays: Floats, day: Ints, within: float) -> Interval:
    """Mean of an exponential delay that is seen up to `within`: maximum likelihood."""
    if len(delays) < 5:
        return Interval(
            float(delays.mean()) if len(delays) else np.nan, np.nan, np.nan, len(delays)
        )

    def loglik(theta: Floats, values: Floats, _: np.ndarray) -> Floats:
        rate = np.exp(-theta[0])
        return np.log(rate) - rate * values - np.log(-np.expm1(-rate * within))

    seen, start = np.ones(len(delays), int), np.log([delays.mean()])
    fitted = maximise(loglik, start, delays, seen, day)
    return fitted.interval(lambda theta: float(np.exp(theta[0])), len(delays))
