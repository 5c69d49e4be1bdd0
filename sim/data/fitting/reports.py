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
from sim.data.fitting.inferred import Inferred, infer_staff
from sim.data.fitting.likelihood import Fitted, Interval
from sim.data.fitting.staffing import Pools, agents_lines
from sim.tables import Floats

if TYPE_CHECKING:
    import pandas as pd

ASSUMED_CV = 1.0  # of handle times, of which a report says the mean alone
ROUNDS = 4  # after which patience and staff agree with each other


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
    counts = _spread(days, starts, some["length"].to_numpy(), offered)
    arrivals = fit_arrivals(counts, days.weekday, days.exposure)
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
    patience, found = _waiting(name, some, day, days, arrivals, times, assumed)
    staff = some["staff"].to_numpy()
    heads: Floats | None = None
    if np.isfinite(staff).any():
        heads = _mean_staff(days, starts[inside], some["length"].to_numpy(), staff)
    else:
        notes.append(
            f"{name}: staff is not in the data; it is what makes the waits agree, no measurement"
        )
        said = "inferred from waits and volumes by Erlang A"
        none = "staff is not in the data, and waits are not either"
        assumed[f"pools.{name} agents.agents"] = none if found is None else said
        heads = None if found is None else found.heads[days.weekday]
    channel = str(some["channel"].iloc[0])
    week = arrivals.mean
    queue = Queue(
        name, channel, int(offered.sum()), arrivals, week, times, None, patience, None, None
    )
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


def _waiting(
    name: str,
    some: pd.DataFrame,
    day: np.ndarray,
    days: Days,
    arrivals: Arrivals,
    times: Times | None,
    assumed: dict[str, str],
) -> tuple[Patience | None, Inferred | None]:
    """Exponential patience, and the staff with which Erlang A has the waits of the report.

    P(Ab) = theta E[W], with the wait of answered and abandoned (Mandelbaum and Zeltyn 2007): the
    wait of *all* over the number who gave up. What a report does not say of the wait of those who
    gave up is that of Erlang A, in a few rounds: it depends on staff, and staff on patience.
    """
    gave_up, answered = some["abandoned"].to_numpy(), some["wait_answered"].to_numpy()
    lost = some["wait_abandoned"].to_numpy()
    key = f"reasons.{name}.patience"
    if not np.isfinite(answered).any() or times is None:
        assumed[key] = "the report has no waits: nobody gives up"
        return None, None
    asa, error = _asa(some, days)
    if not np.nansum(gave_up) > 0:
        assumed[key] = "nobody gave up"
        return None, infer_staff(arrivals, times.mean.value, np.inf, asa, error)
    told = bool(np.isfinite(lost).any())
    assumed[key] = "exponential" + ("" if told else ", and a wait as in Erlang A of who gives up")
    fitted = None
    for _ in range(1 if told else ROUNDS):
        total = np.nansum(gave_up) * np.nansum(answered) / max(np.nansum(some["answered"]), 1.0)
        if fitted is not None:
            total = fitted.lost * np.nansum(answered)
        of_lost = np.nan_to_num(lost) if told else gave_up * total / np.nansum(gave_up)
        found = _of_means(np.nan_to_num(answered) + of_lost, gave_up, day, EXPONENTIAL)
        fitted = infer_staff(arrivals, times.mean.value, found.mean.value, asa, error)
    empty = np.zeros(0)
    return Patience(found, Interval(0.0, 0.0, 0.0, 0), (empty, empty, empty), False), fitted


def _asa(some: pd.DataFrame, days: Days) -> tuple[Floats, Floats]:
    """[weekday, half hour] mean wait of the answered, and the standard error of its logarithm."""
    starts, length = seconds_of(some["start"]), some["length"].to_numpy()
    wait = _spread(days, starts, length, np.nan_to_num(some["wait_answered"].to_numpy()))
    number = _spread(days, starts, length, np.nan_to_num(some["answered"].to_numpy()))
    asa, error = np.full((7, SLOTS), np.nan), np.full((7, SLOTS), np.nan)
    for one in np.unique(days.weekday).tolist():
        mine = days.weekday == one
        total, of = wait[mine].sum(axis=0), number[mine].sum(axis=0)
        with np.errstate(all="ignore"):
            asa[one] = total / of
            off = ((wait[mine] - asa[one] * number[mine]) ** 2).sum(axis=0)
            error[one] = np.sqrt(off * mine.sum() / max(mine.sum() - 1, 1)) / of / (1 + asa[one])
    return asa, error


def staff_of_week(some: pd.DataFrame, name: str, first: int) -> Floats:
    """[7, half hours] agents of one queue that a report has in the week from a date on."""
    mine = some[some["queue"].astype(str) == name]
    days = Days(first + np.arange(7), np.arange(7), np.ones((7, SLOTS)), {})
    return _mean_staff(
        days, seconds_of(mine["start"]), mine["length"].to_numpy(), mine["staff"].to_numpy()
    )
