"""What a report says of one queue."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS, STEP, Arrivals, fit_arrivals, week_of
from sim.data.fitting.course import note_trend, note_unlike_rates
from sim.data.fitting.days import Days
from sim.data.fitting.durations import Times
from sim.data.fitting.families import LOGNORMAL, Family
from sim.data.fitting.found import Choices, Queue
from sim.data.fitting.likelihood import Fitted, Interval, ratio
from sim.data.fitting.redials import DELAY, came_again, fit_redials
from sim.data.fitting.repeats import Repeats
from sim.data.remarks import Remarks
from sim.data.times import seconds_of
from sim.tables import DAY, Floats

UNTOLD = 0.8  # share of who gave up that may try again for all a report says: it says nothing
ASSUMED_CV = 1.0  # of handle times, where a report says the mean alone
MOST_UNSURE = 3.0  # the upper end of their variance over it, to be better than an assumption
LATER = 3600.0  # seconds after which hardly a talk ends


@dataclass(frozen=True)
class Reported:
    """What a report says of one queue: its rows of the days that count, and what they come to."""

    rows: pd.DataFrame
    day: np.ndarray
    queue: Queue

    @classmethod
    def of(
        cls,
        name: str,
        table: pd.DataFrame,
        days: Days,
        choices: Choices,
        remarks: Remarks,
    ) -> Reported:
        some = table[table["queue"] == name]
        starts, offered = seconds_of(some["start"]), some["offered"].to_numpy()
        length = some["length"].to_numpy()
        counts = spread_out(days, starts, length, offered)
        retry, retries = _retries(name, some, days, counts, remarks)
        fresh = np.maximum(counts - retries, 0.0)
        arrivals = fit_arrivals(fresh, days.weekday, days.exposure)
        if retry is not None:
            arrivals = _less_sure(arrivals, retry, retries, days)
        if choices.steady:
            arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
        note_trend(name, arrivals, days, remarks)
        inside, day = days.number(starts)
        rows, day = some[inside], day[inside]
        answered, handle = rows["answered"].to_numpy(), rows["handle"].to_numpy()
        times = None
        if np.nansum(handle) > 0:
            times, said = _handle_times(handle, answered, day, starts[inside], length[inside])
            remarks.assume(f"reasons.{name}.handle", said)
        channel, total = str(some["channel"].iloc[0]), int(offered.sum())
        week = arrivals.mean * counts.sum() / max(fresh.sum(), 1.0)
        queue = Queue(name, channel, total, arrivals, week, times, None, None, retry, None)
        found = cls(rows, day, queue)
        if found.tells_lost:
            waits = rows[["wait_answered", "wait_abandoned"]].sum(axis=1).to_numpy()
            gave_up = np.nan_to_num(rows["abandoned"].to_numpy())
            start, came = starts[inside], offered[inside]
            note_unlike_rates(name, start, gave_up, waits, remarks, came)
        return found

    @property
    def gave_up(self) -> float:
        return float(np.nansum(self.rows["abandoned"].to_numpy()))

    @property
    def tells_lost(self) -> bool:
        """Whether the wait of who gave up is reported."""
        return bool(self.rows["wait_abandoned"].notna().any())


def _retries(
    name: str, some: pd.DataFrame, days: Days, counts: Floats, remarks: Remarks
) -> tuple[Repeats | None, Floats]:
    """Retries among the offered, if the order of things surely shows them, and [days, half hours]
    how many they were."""
    gave_up, length = np.nan_to_num(some["abandoned"].to_numpy()), some["length"].to_numpy()
    abandoned = spread_out(days, seconds_of(some["start"]), length, gave_up)
    short = bool((length <= STEP).all())
    share = fit_redials(counts, abandoned, days.weekday, days.exposure) if short else None
    if share is None or not share.low > 0 or share.value > 1:  # more than all is no retries
        remarks.note("all-attempts", queue=name, doubt=_doubt(share))
        remarks.assume(f"reasons.{name}.retry", "no-retries")
        return None, np.zeros_like(counts)
    bounds = f"{share.value:.0%} [{share.low:.0%}, {share.high:.0%}]"
    remarks.note("weak-retries", queue=name, share=bounds)
    remarks.assume(f"reasons.{name}.retry", "weak-retries")
    after = Interval(DELAY, np.nan, np.nan, 0)
    retries = share.value * came_again(abandoned)[0]
    return Repeats(share, after, np.zeros(0, np.int64), 1.0, 0.0), retries


def _doubt(share: Interval | None) -> str:
    """What a share that is not used says all the same."""
    told = "how many of who gave up try again cannot be told from this report"
    if share is not None and share.value > 1:
        return f"{told}, for more come after many gave up than these could be"
    if share is None or share.high > UNTOLD:
        return told
    return f"at most {share.high:.0%} of who gave up try again, by what comes after many gave up"


def _less_sure(arrivals: Arrivals, retry: Repeats, retries: Floats, days: Days) -> Arrivals:
    """Arrivals without retries whose share is not known: what it may be, the volume answers for."""
    many = week_of(retries, days.weekday, days.exposure).sum() / retry.share.value
    week = arrivals.per_week
    error = np.hypot((week.high - week.low) / 2, many * (retry.share.high - retry.share.low) / 2)
    moves = week.moves.copy()
    moves[: len(retry.share.moves)] -= many * retry.share.moves
    wide = replace(week, low=max(week.value - error, 0.0), high=week.value + error, moves=moves)
    return replace(arrivals, per_week=wide)


def _handle_times(
    total: Floats, number: Floats, day: np.ndarray, start: Floats, length: Floats
) -> tuple[Times, str]:
    """Handle times of which totals are known, and what of them is assumed.

    The total of n of them varies by n times the variance of one. Talks that end in a later interval
    than they count in make neighbours vary against each other: sums of an hour and more tell. What
    is usual for the time of the day is taken out.
    """
    known = np.isfinite(total) & np.isfinite(number)
    mean = total[known].sum() / number[known].sum()
    off = np.where(known, total - mean * number, 0.0)
    slot = (start % DAY // STEP).astype(int)
    many = np.maximum(np.bincount(slot, known), 2)
    off = np.where(known, off - (np.bincount(slot, off) / many)[slot], 0.0)
    off *= np.sqrt(many / (many - 1))[slot]
    square = off**2
    for step in range(1, round(LATER / float(np.median(length))) + 1):
        next_to = (day[step:] == day[:-step]) & (start[step:] - start[:-step] <= LATER)
        square[step:] += 2 * np.where(next_to, off[step:] * off[:-step], 0.0)
    by_day = np.bincount(day, square / mean**2), np.bincount(day, np.where(known, number, 0.0))
    share = ratio(*by_day, int(by_day[1].sum()))
    if not 0 < share.high < MOST_UNSURE * share.value:
        times = of_means(total, number, day, LOGNORMAL)
        return times, "spread-unknown"
    value, low, high = np.sqrt([share.value, max(share.low, 0.0), share.high]).tolist()
    cv = Interval(value, low, high, share.n)
    times = of_means(total, number, day, LOGNORMAL, cv.value)
    times.fitted.influence[:, 1] = share.moves / share.value / 2
    return replace(times, cv=cv), "spread-of-totals"


def of_means(
    total: Floats,
    number: Floats,
    day: np.ndarray,
    family: Family,
    cv: float = ASSUMED_CV,
    least: float = 0.0,
    doubt: float = 0.0,
) -> Times:
    """A family with the mean that totals say: their ratio, days resampled.

    Standard errors of its logarithm: `least` it has whatever few days say, `doubt` besides.
    """
    good = np.isfinite(total) & np.isfinite(number)
    days = int(day.max()) + 1
    above = np.bincount(day[good], total[good], minlength=days)
    below = np.bincount(day[good], number[good], minlength=days)
    n = int(below.sum())
    mean = ratio(above, below, n)
    slope = mean.moves / mean.value
    spread = float(slope @ slope) * days / max(days - 1, 1)
    wider = max(spread, least**2) + doubt**2
    slope = slope * (np.sqrt(wider / spread) if spread > 0 else 1.0)
    theta = family.start(mean.value, cv)
    influence = np.zeros((days, len(theta)))
    influence[:, 0] = slope
    fitted = Fitted(theta, influence)
    cv_known = Interval(family.cv(theta), np.nan, np.nan, 0)
    return Times(family, fitted, fitted.interval(family.mean, n), cv_known, n, {}, np.nan)


def spread_out(days: Days, starts: Floats, length: Floats, number: Floats) -> Floats:
    """[days, half hours] what intervals of any length count, an hour's half each."""
    found = np.zeros((len(days.date), SLOTS))
    for minutes in np.unique(length).tolist():
        mine = length == minutes
        parts = max(round(minutes / STEP), 1)
        for part in range(parts):
            found += days.counts(starts[mine] + STEP * part, number[mine] / parts)
    return found
