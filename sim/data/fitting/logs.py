"""A scenario fitted to a log: every contact is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.fitting.arrivals import SLOTS, fit_arrivals, week_of
from sim.data.fitting.course import note_trend, note_unlike_rates, shared_busyness
from sim.data.fitting.days import Days, find_days
from sim.data.fitting.durations import Times, fit_patience, fit_times
from sim.data.fitting.found import DEFERRED, Choices, Queue, hours_of, opened_hours
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.order import fit_priorities
from sim.data.fitting.reasons import by_reason
from sim.data.fitting.repeats import AGAIN_WITHIN, RETRY_WITHIN, Journeys, Repeats, fit_repeats
from sim.data.fitting.result import Fit
from sim.data.fitting.roster import Attendance, fit_attendance
from sim.data.fitting.staffing import Pools, agents_lines, at_least_one, find_pools, find_spells
from sim.data.fitting.transfers import fit_transfers, passed_on
from sim.data.remarks import Remarks, wrong
from sim.data.times import seconds_of
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
    remarks = Remarks()
    transfers = fit_transfers(table, days)
    passed, part = passed_on(table, transfers)
    again, fresh = _fit_repeats(table, passed, days, remarks)
    ranks = fit_priorities(table, pools, remarks)
    table = table.assign(whole=table["talk"] / part, passed=passed, fresh=fresh)
    queues = []
    for name, rows in table.groupby("reason", sort=False).indices.items():
        some = table.iloc[np.sort(rows)]
        queue = _fit_queue(str(name), some, days, choices, again[str(name)], remarks)
        if queue is None:
            remarks.note("too-few", queue=name, contacts=counted(len(some), "contact"))
        else:
            queues.append(replace(queue, rank=ranks.get(queue.name)))
    if not queues:
        raise wrong("", "no-queue")
    pools = _only_fitted(pools, {queue.name for queue in queues})
    spells = find_spells(table, pools)
    attendance: tuple[Attendance | None, ...] = (None,) * len(pools.names)
    if choices.roster is not None:
        attendance = fit_attendance(choices.roster, table, pools, spells, days, remarks)
    agents = []
    for place, pool in enumerate(pools.names):
        opened = opened_hours(queues, pools.answers[place])[days.weekday]
        heads = at_least_one(spells.heads(place, days.date), opened, days.date, table, pools, place)
        lines = agents_lines(heads * opened, days.weekday)
        rostered = attendance[place]
        if rostered is not None:
            lines = agents_lines(rostered.heads, days.weekday)
            rostered.mark(pool, remarks)
        if not lines:
            remarks.note("staff-unnamed", pool=pool)
            remarks.assume(f"pools.{pool}.agents", "staff-unnamed")
            lines = [(tuple(range(7)), 0, SLOTS, 1)]
        agents.append(tuple(lines))
    if others := int(((table["leg"] > 0) & ~passed).sum()):
        remarks.note("other-legs", legs=counted(others, "leg"))
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
        tuple(remarks.notes),
        remarks.assumed,
        tuple(one for one in transfers if {one.by, one.to} <= {queue.name for queue in queues}),
        attendance,
    )


def _fit_repeats(
    table: pd.DataFrame, passed: np.ndarray, days: Days, remarks: Remarks
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
                    remarks.note("elsewhere", queue=name, share=one.elsewhere)
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
    remarks: Remarks,
) -> Queue | None:
    seconds = seconds_of(some["arrived"])
    inside, day = days.number(seconds)
    if inside.sum() < 30:
        return None
    channel = str(some["channel"].iloc[0])
    retry, again = repeats
    if retry is None and (some["customer"] == 0).all():
        remarks.assume(f"reasons.{name}.retry", "no-retries")
    counts = days.counts(seconds, some["fresh"].to_numpy())
    arrivals = fit_arrivals(counts, days.weekday, days.exposure)
    others = days.counts(seconds, some["passed"].to_numpy(float))
    offered = arrivals.mean + week_of(others, days.weekday, days.exposure)
    if choices.steady:
        arrivals = replace(arrivals, busyness=Interval(0.0, 0.0, 0.0, len(days.date)))
    if arrivals.left_over_p < 1e-3 and arrivals.left_over > 1.1:
        remarks.note("clusters", queue=name, times=arrivals.left_over)
    note_trend(name, arrivals, days, remarks)
    answered = inside & (some["outcome"] == "answered").to_numpy()
    talk, wrap = some["talk"].to_numpy(), some["wrap"].to_numpy()
    handle = _times(some["whole"].to_numpy(), answered, day)
    if handle is not None and handle.family.name == "empirical":
        remarks.note("no-family", queue=name)
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
        _note_silent(name, channel, silent[answered], talk[answered], remarks)
        if patience is None:
            few = gave_up[inside].sum() < LEAST_GONE
            remarks.assume(f"reasons.{name}.patience", "hardly-lost" if few else "no-waits-of-lost")
        else:
            if patience.longest_censored and len(patience.curve[0]):
                remarks.note("longest-answered", queue=name, seconds=patience.curve[0][-1])
            gone = gave_up[known].astype(float)
            note_unlike_rates(name, seconds[known], gone, wait[known], remarks)
    if handle is not None:
        waited = some["wait"].to_numpy()[answered]
        _note_drift(name, talk[answered], seconds[answered], waited, remarks)
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


def _note_silent(
    name: str, channel: str, silent: np.ndarray, talk: Floats, remarks: Remarks
) -> None:
    """Customers of a chat who had left unnoticed; where nobody tells them, who they may be."""
    short = float((talk < UNNOTICED).mean()) if len(talk) else 0.0
    if silent.any():
        remarks.note("left-unnoticed", queue=name, customers=counted(silent.sum(), "customer"))
    elif "chat" in channel and short >= SHORT:
        remarks.note("short-chats", queue=name, share=short, seconds=UNNOTICED)


def _note_drift(name: str, talk: Floats, seconds: Floats, wait: Floats, remarks: Remarks) -> None:
    """Handle times that grow with load, or differ by hour: the model has one distribution."""
    good = (talk > 0) & ~np.isnan(talk)
    if good.sum() < 200:
        return
    logs = pd.Series(np.log(talk[good]))
    by_wait = logs.groupby(np.nan_to_num(wait[good]) > 0).agg(["mean", "var", "size"])
    if len(by_wait) == 2 and by_wait["size"].min() > 100:
        gap = by_wait["mean"][True] - by_wait["mean"][False]
        if abs(gap) > max(4 * np.sqrt((by_wait["var"] / by_wait["size"]).sum()), 0.05):
            longer, share = "longer" if gap > 0 else "shorter", abs(np.expm1(gap))
            remarks.note("drift-by-wait", queue=name, share=share, longer=longer)
    by_hour = logs.groupby(seconds[good] % DAY // 3600).transform("mean")
    if logs.var() > 0 and (between := by_hour.var() / logs.var()) > 0.01:
        remarks.note("drift-by-hour", queue=name, share=between)


def _drains(table: pd.DataFrame) -> bool:
    """Whether those who still wait at closing time are served: nobody was dismissed then."""
    closing = (table["outcome"] == "closed").to_numpy()
    dismissed = closing & (np.nan_to_num(table["wait"].to_numpy()) > 0)
    return not dismissed.any()
