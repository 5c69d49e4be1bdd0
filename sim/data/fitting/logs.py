"""A scenario fitted to a log: every contact is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.fitting.arrivals import SLOTS, fit_arrivals, week_of
from sim.data.fitting.course import shared_busyness, trend, unlike_rates
from sim.data.fitting.days import Days, find_days
from sim.data.fitting.durations import Patience, Times, fit_patience, fit_times
from sim.data.fitting.found import DEFERRED, Choices, Queue, hours_of, opened_hours
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.order import fit_priorities
from sim.data.fitting.reasons import by_reason
from sim.data.fitting.repeats import AGAIN_WITHIN, RETRY_WITHIN, Journeys, Repeats, fit_repeats
from sim.data.fitting.result import Fit
from sim.data.fitting.roster import Attendance, attendance_marks, fit_attendance
from sim.data.fitting.staffing import Pools, agents_lines, at_least_one, find_pools, find_spells
from sim.data.fitting.transfers import fit_transfers, passed_on
from sim.data.times import seconds_of
from sim.scenario import Fault, ScenarioError
from sim.tables import DAY, Floats

LEAST_REPEATS, LEAST_GONE = 20, 5
UNNOTICED, SHORT = 10.0, 0.03  # seconds of a chat with nobody; share of them worth a note
ELSEWHERE = 0.05  # share of the retries in other queues that is worth a note
SEEN = 0.004  # share of retries or repeat contacts that is worth a line


def fit_contacts(table: pd.DataFrame, choices: Choices, zone: str | None) -> Fit:
    """Fit a scenario to contacts; see `fit`."""
    table = by_reason(table)
    seconds = seconds_of(table["arrived"])
    first_leg = (table["leg"] == 0).to_numpy()
    days = find_days(seconds, first_leg.astype(float), zone, choices.holidays)
    pools = find_pools(table)
    notes: list[str] = []
    assumed: dict[str, str] = {}
    transfers = fit_transfers(table, days)
    passed, part = passed_on(table, transfers)
    again, fresh = _fit_repeats(table, passed, days, notes)
    ranks = fit_priorities(table, pools, notes)
    table = table.assign(whole=table["talk"] / part, passed=passed, fresh=fresh)
    queues = []
    for name, rows in table.groupby("reason", sort=False).indices.items():
        some = table.iloc[np.sort(rows)]
        queue = _fit_queue(str(name), some, days, choices, again[str(name)], notes, assumed)
        if queue is None:
            notes.append(
                f"{name}: left out, with {counted(len(some), 'contact')} too few to be fitted"
            )
            continue
        queues.append(replace(queue, rank=ranks.get(queue.name)))
    if not queues:
        raise ScenarioError([Fault("", 0, "", "no queue has enough contacts to be fitted")])
    pools = _only_fitted(pools, {queue.name for queue in queues})
    spells = find_spells(table, pools)
    attendance: tuple[Attendance | None, ...] = (None,) * len(pools.names)
    if choices.roster is not None:
        attendance = fit_attendance(choices.roster, table, pools, spells, days, notes)
    agents = []
    for place, pool in enumerate(pools.names):
        opened = opened_hours(queues, pools.answers[place])[days.weekday]
        heads = at_least_one(spells.heads(place, days.date), opened, days.date, table, pools, place)
        lines = agents_lines(heads * opened, days.weekday)
        rostered = attendance[place]
        if rostered is not None:
            lines = agents_lines(rostered.heads, days.weekday)
            assumed |= attendance_marks(pool, rostered)
        if not lines:
            notes.append(f"{pool}: no agent is named; staff must be said")
            assumed[f"pools.{pool}.agents"] = "no agent is named in the data"
            lines = [(tuple(range(7)), 0, SLOTS, 1)]
        agents.append(tuple(lines))
    notes += _other_legs(table, passed)
    return Fit(
        "contacts",
        tuple(queues),
        pools,
        tuple(agents),
        days,
        shared_busyness(queues, days, choices),
        choices.threshold,
        _drains(table),
        hours_of(queues),
        choices,
        tuple(notes),
        assumed,
        tuple(one for one in transfers if {one.by, one.to} <= {queue.name for queue in queues}),
        attendance,
    )


def _other_legs(table: pd.DataFrame, passed: np.ndarray) -> list[str]:
    """Legs that no transfer of the scenario makes."""
    others = int(((table["leg"] > 0) & ~passed).sum())
    what = "after an overflow, or of rare transfers: arrivals of the queue that they went to"
    return [f"{counted(others, 'leg')} {what}"] if others else []


def _fit_repeats(
    table: pd.DataFrame, passed: np.ndarray, days: Days, notes: list[str]
) -> tuple[dict[str, tuple[Repeats | None, Repeats | None]], Floats]:
    """Retries and repeat contacts of each queue, and [rows] the weights of contacts as new ones.

    Who gave up tries again wherever they get through; who calls another queue after an answer has
    another matter.
    """
    day = days.number(seconds_of(table["arrived"]))[1]
    fresh = np.where(passed, 0.0, 1.0)
    found: dict[str, list[Repeats | None]] = {str(name): [] for name in table["reason"].unique()}
    for outcome, within, apart in (
        ("abandoned", RETRY_WITHIN, False),
        ("answered", AGAIN_WITHIN, True),
    ):
        journeys = Journeys.of(table, passed, apart=apart)
        for name, said in found.items():
            one = fit_repeats(journeys, name, day, outcome, within)
            if one is not None and one.share.low > SEEN and one.after.n >= LEAST_REPEATS:
                fresh[one.came] *= 1 - one.real
                if one.elsewhere > ELSEWHERE:
                    notes.append(
                        f"{name}: {one.elsewhere:.0%} of the retries come to another queue; in the "
                        f"scenario they come back to {name}"
                    )
                said.append(one)
            else:
                said.append(None)
    return {name: (said[0], said[1]) for name, said in found.items()}, fresh


def _only_fitted(pools: Pools, names: set[str]) -> Pools:
    kept = [i for i, some in enumerate(pools.answers) if set(some) & names]
    place = {old: new for new, old in enumerate(kept)}
    return Pools(
        tuple(pools.names[i] for i in kept),
        tuple(tuple(q for q in pools.answers[i] if q in names) for i in kept),
        {agent: place[pool] for agent, pool in pools.of_agent.items() if pool in place},
    )


def _fit_queue(
    name: str,
    some: pd.DataFrame,
    days: Days,
    choices: Choices,
    repeats: tuple[Repeats | None, Repeats | None],
    notes: list[str],
    assumed: dict[str, str],
) -> Queue | None:
    seconds = seconds_of(some["arrived"])
    inside, day = days.number(seconds)
    if inside.sum() < 30:
        return None
    channel = str(some["channel"].iloc[0])
    retry, again = repeats
    if retry is None and (some["customer"] == 0).all():
        assumed[f"reasons.{name}.retry"] = "customers are not known: no retries"
    counts = days.counts(seconds, some["fresh"].to_numpy())
    arrivals = fit_arrivals(counts, days.weekday, days.exposure)
    others = days.counts(seconds, some["passed"].to_numpy(float))
    offered = arrivals.mean + week_of(others, days.weekday, days.exposure)
    if choices.steady:
        arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
    if arrivals.left_over_p < 1e-3 and arrivals.left_over > 1.1:
        notes.append(
            f"{name}: half hours vary {arrivals.left_over:.2f} times as much as chance within "
            "their day: arrivals cluster, which the model does not show"
        )
    notes += trend(name, arrivals, days)
    answered = inside & (some["outcome"] == "answered").to_numpy()
    talk, wrap = some["talk"].to_numpy(), some["wrap"].to_numpy()
    handle = _times(some["whole"].to_numpy(), answered, day)
    if handle is not None and handle.family.name == "empirical":
        notes.append(
            f"{name}: no family fits the handle times well; the scenario has them as they are, a "
            "hundredth of them each"
        )
    wrapped = _times(wrap, answered & (np.nan_to_num(wrap) > 0), day)
    patience = None
    if channel not in DEFERRED:
        wait = some["wait"].to_numpy()
        known = inside & ~np.isnan(wait)
        gave_up = (some["outcome"] == "abandoned").to_numpy()
        silent = some["silent"].to_numpy()
        patience = fit_patience(
            wait[known], gave_up[known], day[known], choices.exponential, silent[known]
        )
        notes += _silent(name, channel, silent[answered], talk[answered])
        if patience is None:
            why = "the data do not say how long who gave up waited"
            if gave_up[inside].sum() < LEAST_GONE:
                why = "hardly anybody gave up"
            assumed[f"reasons.{name}.patience"] = f"{why}: nobody does"
        else:
            notes += _patience_notes(name, wait[known], gave_up[known], patience, some[known])
    if handle is not None:
        notes += _drift(name, talk[answered], seconds[answered], some["wait"].to_numpy()[answered])
    hold = some["hold"].to_numpy()
    held = answered & ~np.isnan(hold) & ~np.isnan(talk)
    return Queue(
        *(name, channel, int(inside.sum()), arrivals, offered, handle, wrapped, patience),
        *(retry, again),
        hold=float(hold[held].sum() / talk[held].sum()) if talk[held].sum() > 0 else np.nan,
    )


def _times(values: Floats, mask: np.ndarray, day: np.ndarray) -> Times | None:
    mask = mask & ~np.isnan(values) & (values >= 0)
    return fit_times(values[mask], day[mask]) if mask.any() else None


def _silent(name: str, channel: str, silent: np.ndarray, talk: Floats) -> list[str]:
    """Customers of a chat who had left unnoticed; where nobody tells them, who they may be."""
    if silent.any():
        many = counted(silent.sum(), "customer")
        said = "their patience was shorter than their wait; in the scenario they leave the queue"
        return [f"{name}: {many} had left unnoticed when an agent answered: {said}"]
    short = float((talk < UNNOTICED).mean()) if len(talk) else 0.0
    if "chat" not in channel or short < SHORT:
        return []
    return [
        f"{name}: {short:.0%} of the answered chats took under {UNNOTICED:.0f} s: customers who "
        "may have left unnoticed; they count as answered, and patience may be too long: if a "
        "column tells them, say `silent` in a map"
    ]


def _patience_notes(
    name: str, wait: Floats, gave_up: np.ndarray, patience: Patience, some: pd.DataFrame
) -> list[str]:
    """Where the model of patience does not hold."""
    found = []
    if patience.longest_censored and len(patience.curve[0]):
        longest = patience.curve[0][-1]
        found.append(
            f"{name}: the longest waits were answered: patience beyond {longest:.0f} s is the "
            "family's word, not the data's"
        )
    return found + unlike_rates(name, seconds_of(some["arrived"]), gave_up.astype(float), wait)


def _drift(name: str, talk: Floats, seconds: Floats, wait: Floats) -> list[str]:
    """Handle times that grow with load, or differ by hour: the model has one distribution."""
    good = (talk > 0) & ~np.isnan(talk)
    talk, seconds, wait = talk[good], seconds[good], wait[good]
    if len(talk) < 200:
        return []
    logs = np.log(talk)
    found = []
    waited = np.nan_to_num(wait) > 0
    if 100 < waited.sum() < len(talk) - 100:
        gap = logs[waited].mean() - logs[~waited].mean()
        error = np.sqrt(logs[waited].var() / waited.sum() + logs[~waited].var() / (~waited).sum())
        if abs(gap) > max(4 * error, 0.05):
            word = "longer" if gap > 0 else "shorter"
            found.append(
                f"{name}: handle times are {abs(np.expm1(gap)):.0%} {word} when customers had to "
                "wait; the model has them the same"
            )
    hour = (seconds % DAY // 3600).astype(int)
    total = logs.var() * len(logs)
    between = sum(
        (hour == one).sum() * (logs[hour == one].mean() - logs.mean()) ** 2
        for one in np.unique(hour)
    )
    if total > 0 and between / total > 0.01:
        found.append(
            f"{name}: {between / total:.1%} of the variance of handle times lies between hours of "
            "the day, which the scenario has the same"
        )
    return found


def _drains(table: pd.DataFrame) -> bool:
    """Whether those who still wait at closing time are served: nobody was dismissed then."""
    closing = (table["outcome"] == "closed").to_numpy()
    dismissed = closing & (np.nan_to_num(table["wait"].to_numpy()) > 0)
    return not dismissed.any()
