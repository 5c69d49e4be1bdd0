"""A scenario fitted to interval reports: counts, total times, staff; no single contact is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.data.fitting.arrivals import SLOTS, Arrivals, fit_arrivals
from sim.data.fitting.days import Days, seconds_of
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.families import EXPONENTIAL, LOGNORMAL, Family
from sim.data.fitting.fit import Choices, Fit, Queue, _hours, _trend, by_reason, find_days
from sim.data.fitting.likelihood import Fitted, Interval
from sim.data.fitting.staffing import Pools, agents_lines
from sim.tables import Floats
from sim.theory.erlang import erlang_a

if TYPE_CHECKING:
    import pandas as pd

ASSUMED_CV = 1.0  # of handle times, of which a report says the mean alone
MOST_AGENTS = 2000


def fit_intervals(table: pd.DataFrame, choices: Choices, zone: str | None) -> Fit:
    """Fit a scenario to intervals; see `sim.data.fit`."""
    table = by_reason(table)
    table = table.assign(queue=table["queue"].astype(object))
    seconds = seconds_of(table["start"])
    days = find_days(seconds, table["offered"].to_numpy(), zone, choices.holidays)
    notes = [
        "offered contacts contain retries, which are not apart in a report: volume and busyness "
        "are of all attempts"
    ]
    assumed: dict[str, str] = {}
    queues, agents, names = [], [], []
    for name, some in table.groupby("queue", sort=False):
        queue, heads = _fit_queue(str(name), some, days, choices, assumed, notes)
        queues.append(queue)
        names.append(str(name))
        lines = agents_lines(heads, days.weekday) if heads is not None else []
        agents.append(tuple(lines) or (((0, 1, 2, 3, 4, 5, 6), 0, SLOTS, 1),))
    pools = Pools(
        ("agents",) if len(names) == 1 else tuple(f"{name} agents" for name in names),
        tuple((name,) for name in names),
        {},
    )
    if len(names) == 1 and f"pools.{names[0]} agents.agents" in assumed:
        assumed["pools.agents.agents"] = assumed.pop(f"pools.{names[0]} agents.agents")
    threshold = choices.threshold
    if threshold is None and table["threshold"].notna().any():
        threshold = float(table["threshold"].median())
    return Fit(
        "intervals",
        tuple(queues),
        pools,
        tuple(agents),
        days,
        0.0,
        threshold,
        True,
        _hours(queues),
        choices,
        tuple(notes),
        assumed,
    )


def _fit_queue(
    name: str,
    some: pd.DataFrame,
    days: Days,
    choices: Choices,
    assumed: dict[str, str],
    notes: list[str],
) -> tuple[Queue, Floats | None]:
    starts = seconds_of(some["start"])
    offered = some["offered"].to_numpy()
    arrivals = fit_arrivals(
        _spread(days, starts, some["length"].to_numpy(), offered), days.weekday, days.exposure
    )
    if choices.steady:
        arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
    notes += _trend(name, arrivals, days)
    inside, day = days.number(starts)
    some, day = some[inside], day[inside]
    answered, handle = some["answered"].to_numpy(), some["handle"].to_numpy()
    times = None
    if np.nansum(handle) > 0:
        times = _of_means(handle, answered, day, LOGNORMAL)
        assumed[f"reasons.{name}.handle"] = "the spread, of which a report says nothing"
    patience = _patience(name, some, day, assumed)
    staff = some["staff"].to_numpy()
    heads: Floats | None
    if np.isfinite(staff).any():
        heads = _mean_staff(days, starts[inside], some["length"].to_numpy(), staff)
    else:
        heads = _inferred(
            name, some, starts[inside], days, arrivals, times, patience, assumed, notes
        )
    channel = str(some["channel"].iloc[0])
    queue = Queue(name, channel, int(offered.sum()), arrivals, times, None, patience, None, None)
    return queue, heads


def _spread(days: Days, starts: Floats, length: Floats, number: Floats) -> Floats:
    """[days, half hours] what intervals of any length count, an hour's half each."""
    found = np.zeros((len(days.date), SLOTS))
    for minutes in np.unique(length).tolist():
        mine = length == minutes
        parts = max(round(minutes / 1800.0), 1)
        for part in range(parts):
            found += days.counts(starts[mine] + 1800.0 * part, number[mine] / parts)
    return found


def _mean_staff(days: Days, starts: Floats, length: Floats, staff: Floats) -> Floats:
    known = np.isfinite(staff)
    total = _spread(days, starts[known], np.maximum(length[known], 1800.0), staff[known])
    number = _spread(days, starts[known], np.maximum(length[known], 1800.0), np.ones(known.sum()))
    return np.divide(total, number, out=np.zeros_like(total), where=number > 0)


def _of_means(
    total: Floats, number: Floats, day: np.ndarray, family: Family, cv: float = ASSUMED_CV
) -> Times:
    """A family with the mean that totals say: their ratio, days resampled."""
    good = np.isfinite(total) & np.isfinite(number)
    days = int(day.max()) + 1
    above = np.bincount(day[good], total[good], minlength=days)
    below = np.bincount(day[good], number[good], minlength=days)
    mean = above.sum() / below.sum()
    slope = (above - mean * below) / below.sum() / mean
    theta = family.start(mean, cv)
    influence = np.zeros((days, len(theta)))
    influence[:, 0] = slope
    fitted = Fitted(theta, influence, np.nan)
    n = int(below.sum())
    spread = Interval(family.cv(theta), np.nan, np.nan, 0)
    return Times(family, fitted, fitted.interval(family.mean, n), spread, n, {}, np.nan)


def _patience(
    name: str, some: pd.DataFrame, day: np.ndarray, assumed: dict[str, str]
) -> Patience | None:
    """Exponential patience: the wait of *all* over the number who gave up.

    P(Ab) = theta E[W], with the wait of answered and abandoned (Mandelbaum and Zeltyn 2007).
    """
    gave_up = some["abandoned"].to_numpy()
    answered_wait = some["wait_answered"].to_numpy()
    key = f"reasons.{name}.patience"
    if not np.nansum(gave_up) > 0:
        assumed[key] = "nobody gave up"
        return None
    if not np.isfinite(answered_wait).any():
        assumed[key] = "the report has no waits: nobody gives up"
        return None
    lost_wait = some["wait_abandoned"].to_numpy()
    if np.isfinite(lost_wait).any():
        assumed[key] = "exponential"
    else:
        answered = some["answered"].to_numpy()
        waited = np.nansum(answered_wait) / max(np.nansum(answered), 1)
        lost_wait = gave_up * waited
        assumed[key] = "exponential, and that those who give up have waited as long as the answered"
    total = np.nan_to_num(answered_wait) + np.nan_to_num(lost_wait)
    times = _of_means(total, gave_up, day, EXPONENTIAL)
    empty = np.zeros(0)
    return Patience(times, Interval(0.0, 0.0, 0.0, 0), (empty, empty, empty), False)


def _inferred(
    name: str,
    some: pd.DataFrame,
    starts: Floats,
    days: Days,
    arrivals: Arrivals,
    times: Times | None,
    patience: Patience | None,
    assumed: dict[str, str],
    notes: list[str],
) -> Floats | None:
    """Head counts with which Erlang A has the waits of the report, by weekday and half hour."""
    key = f"pools.{name} agents.agents"
    assumed[key] = "inferred from waits and volumes by Erlang A"
    notes.append(
        f"{name}: staff is not in the data; it is what makes the waits agree, no measurement"
    )
    if times is None or not np.isfinite(some["wait_answered"]).any():
        assumed[key] = "staff is not in the data, and waits are not either"
        return None
    length = some["length"].to_numpy()
    offered = _spread(days, starts, length, some["offered"].to_numpy())
    waits = np.nan_to_num(some["wait_answered"].to_numpy()) + np.nan_to_num(
        some["wait_abandoned"].to_numpy()
    )
    waited = _spread(days, starts, length, waits)
    heads = np.zeros((len(days.date), SLOTS))
    handle = times.mean.value
    theta = patience.times.mean.value if patience and patience.times else np.inf
    open_ = arrivals.mean > 0.02 * arrivals.mean.max()
    for group in dict.fromkeys(block[0] for block in arrivals.blocks):
        mine = np.isin(days.weekday, group)
        number, total = offered[mine].mean(axis=0), offered[mine].sum(axis=0)
        wait = waited[mine].sum(axis=0)
        for slot in np.flatnonzero((number > 0.05) & open_[group[0]]).tolist():
            rate, each = number[slot] / 1800.0, wait[slot] / total[slot]
            heads[mine, slot] = _agents(rate, handle, theta, each)
    return heads


def _agents(rate: float, handle: float, patience: float, wait: float) -> int:
    """The number of agents whose mean wait is nearest to the observed one."""
    load = rate * handle
    best, distance = 1, np.inf
    for agents in range(max(int(load * 0.5), 1), min(int(load * 2) + 12, MOST_AGENTS)):
        if not np.isfinite(patience) and agents <= load:
            continue
        found = erlang_a(rate, handle, agents, patience).mean_wait
        gap = abs(np.log((found + 1.0) / (wait + 1.0)))
        if gap < distance:
            best, distance = agents, gap
        if found < wait / 20:
            break
    return best


def staff_of_week(some: pd.DataFrame, name: str, first: int) -> Floats:
    """[7, half hours] agents of one queue that a report has in the week from a date on."""
    mine = some[some["queue"].astype(str) == name]
    days = Days(first + np.arange(7), np.arange(7), np.ones((7, SLOTS)), {})
    return _mean_staff(
        days, seconds_of(mine["start"]), mine["length"].to_numpy(), mine["staff"].to_numpy()
    )
