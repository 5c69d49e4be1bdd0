"""Retries that a report does not tell apart: seen in what comes after many have given up.

Ding, Koole and van der Mei (2013, On the estimation of the true demand in call centers with redials
and reconnects) find the share of those who try again with which the new customers of like days are
most alike. But many give up *because* many have come, which makes that share far too large. What
tells is the order: whether more come than the day has promised so far, after more than usual have
given up. It tells little: a weak estimate with an honest interval.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.data.fitting.arrivals import SLOTS, STEP, week_of
from sim.data.fitting.likelihood import Interval, student
from sim.tables import Floats, Ints

DELAY = 600.0  # assumed mean seconds until somebody tries again; exponential
DELAYS = (300.0, DELAY, 1200.0, 2400.0)  # with all of which an interval must agree
LAGS = 8  # half hours in which they come
LEAST, LEAST_DAYS = 200, 20  # abandoned, days, of which it is asked
SHARES = np.linspace(-1.0, 2.0, 121)  # among which the share is looked for


def came_again(abandoned: Floats, delay: float = DELAY) -> tuple[Floats, Floats]:
    """[days, half hours] retries if all who gave up tried again: all, and those of earlier ones.

    They give up at any moment of a half hour, and come after an exponential time.
    """
    rate = STEP / delay
    lag = np.arange(LAGS)
    weight = np.exp(-lag * rate) * np.expm1(rate) * -np.expm1(-rate) / rate
    weight[0] = 1 + np.expm1(-rate) / rate
    moved = [np.pad(abandoned, ((0, 0), (k, 0)))[:, :SLOTS] for k in range(LAGS)]
    later = sum((w * one for w, one in zip(weight[1:], moved[1:], strict=True)), 0.0 * abandoned)
    return later + weight[0] * abandoned, later


def _beyond(later: Floats, offered: Floats, weekday: Ints, exposure: Floats) -> Floats:
    """[days, half hours] retries beyond the usual, and beyond what goes with the contacts before.

    Busy hours follow busy hours, whoever gave up: of what staff and long talks do, the rest tells.
    """

    def unusual(what: Floats) -> Floats:
        return what - week_of(what, weekday, exposure)[weekday] * exposure

    came = unusual(offered)
    before = [np.pad(came, ((0, 0), (k, 0)))[:, :SLOTS] for k in (1, 2, 3)]
    so_far = np.cumsum(came, axis=1) - came
    causes = np.stack([one.ravel() for one in (*before, so_far)], axis=1)
    open_ = (offered.sum(axis=0) > 0)[None, :].repeat(len(offered), axis=0).ravel()
    found = np.zeros(offered.size)
    values = unusual(later).ravel()[open_]
    found[open_] = values - causes[open_] @ np.linalg.lstsq(causes[open_], values, rcond=None)[0]
    return found.reshape(offered.shape)


def fit_redials(
    offered: Floats, abandoned: Floats, weekday: Ints, exposure: Floats
) -> Interval | None:
    """Share of those who gave up who try again, None if nothing can be said.

    With the right share, what is offered less the retries is no more than the day so far promises
    when more than usual have given up before: the new customers of a day have a Gamma factor, of
    which earlier half hours tell (its mean given them is that of Bayes).

    Args:
        offered, abandoned, exposure: [days, half hours]. weekday: [days].

    The interval holds those of all `DELAYS`, for a report does not say how long it takes.
    """
    if abandoned.sum() < LEAST or len(weekday) < LEAST_DAYS:
        return None
    some = {one: _share(offered, abandoned, weekday, exposure, one) for one in DELAYS}
    best = some[DELAY]
    if best is None:
        return None
    low, high = ([getattr(one, end) for one in some.values() if one] for end in ("low", "high"))
    return replace(best, low=max(min(low), 0.0), high=min(max(high), 1.0))


def _share(
    offered: Floats, abandoned: Floats, weekday: Ints, exposure: Floats, delay: float
) -> Interval | None:
    """The share if the delay is so long."""
    every, later = came_again(abandoned, delay)
    unusual = _beyond(later, offered, weekday, exposure)

    def moments(share: float) -> Floats:
        """[days] how far the rest goes with what came before; 0 on average if all is right."""
        fresh = offered - share * every
        mean = week_of(fresh, weekday, exposure)[weekday] * exposure
        total, expected = fresh.sum(axis=1), mean.sum(axis=1)
        variance = max(
            float(((total - expected) ** 2 - expected).sum() / (expected**2).sum()), 1e-6
        )
        so_far, promised = (np.cumsum(one, axis=1) - one for one in (fresh, mean))
        factor = (1 / variance + so_far) / (1 / variance + promised)
        return (unusual * (fresh - factor * mean)).sum(axis=1)

    each = np.array([moments(share) for share in SHARES])
    sums = each.sum(axis=1)
    falls = np.flatnonzero((sums[:-1] > 0) & (sums[1:] <= 0))
    days = len(weekday)
    error = np.sqrt((each**2).sum(axis=1) * days / (days - 1))
    # all shares that the moments do not refute, however little they say (Anderson and Rubin 1949)
    kept = SHARES[np.abs(sums) <= student(days) * error]
    if not len(falls) or not len(kept):
        return None
    place = falls[0]
    slope = (sums[place + 1] - sums[place]) / (SHARES[place + 1] - SHARES[place])
    share = float(SHARES[place] - sums[place] / slope)
    moves = -moments(share) / slope
    return Interval(share, float(kept[0]), float(kept[-1]), int(abandoned.sum()), moves)
