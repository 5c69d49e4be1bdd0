"""A scenario fitted to interval reports: counts, total times, staff; no single contact is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS, STEP
from sim.data.fitting.course import shared_busyness
from sim.data.fitting.days import Days, find_days
from sim.data.fitting.found import Choices, hours_of
from sim.data.fitting.inferred import Doubt
from sim.data.fitting.order import note_unlike_waits
from sim.data.fitting.reasons import by_reason
from sim.data.fitting.reported import Reported, spread_out
from sim.data.fitting.result import Fit
from sim.data.fitting.roster import Attendance, Roster, attendance_of_report
from sim.data.fitting.sharing import SAME, find_sharing
from sim.data.fitting.staffing import AgentsLine, Pools, agents_lines
from sim.data.fitting.waiting import Waiting, as_simulated, fit_waits
from sim.data.remarks import Remarks, wrong
from sim.data.times import seconds_of
from sim.tables import Floats


def fit_intervals(table: pd.DataFrame, choices: Choices, zone: str | None) -> Fit:
    """Fit a scenario to intervals; see `sim.data.fit`."""
    table = by_reason(table)
    table = table.assign(queue=table["queue"].astype(object))
    seconds = seconds_of(table["start"])
    days = find_days(seconds, table["offered"].to_numpy(), zone, choices.holidays)
    remarks = Remarks()
    answers, marks = find_sharing(table, choices.pools, remarks)
    note_unlike_waits(table, answers, remarks)
    pools = Pools(pool_names(answers, choices.pools), answers, {})
    rosters: Sequence[Roster | None] = [None] * len(pools.names)
    if choices.roster is not None:
        if not table["staff"].notna().any():
            raise wrong("roster", "roster-without-staff")
        rosters = choices.roster.by_pool(pools, remarks)
    found = []
    for place, (pool, roster) in enumerate(zip(pools.names, rosters, strict=True)):
        some = [Reported.of(name, table, days, choices, remarks) for name in answers[place]]
        waiting = fit_waits(some, days, remarks)
        found.append(_Pool.of(pool, some, waiting, roster, days, remarks))
        if mark := marks.get(answers[place][0]):
            remarks.assume(f"pools.{pool}.agents", mark)
    queues = [
        replace(queue.queue, patience=one.waiting.patience.get(queue.queue.name))
        for one in found
        for queue in one.some
    ]
    threshold = choices.threshold
    if threshold is None and table["threshold"].notna().any():
        threshold = float(table["threshold"].median())
    fitted = Fit(
        source="intervals",
        queues=tuple(queues),
        pools=pools,
        agents=tuple(one.agents for one in found),
        days=days,
        common=shared_busyness(queues, days, choices),
        threshold=threshold,
        drains=True,
        hours=hours_of(queues),
        choices=choices,
        notes=tuple(remarks.notes),
        assumed=remarks.assumed,
        attendance=tuple(one.attendance for one in found),
        doubts=tuple(one.doubts for one in found),
    )
    reported = {one.queue.name: one for pool in found for one in pool.some}
    untold = {name: error for one in found for name, error in one.waiting.untold.items()}
    return as_simulated(fitted, reported, untold)


@dataclass(frozen=True)
class _Pool:
    """A pool of a report: its queues, their waits, and its staff, as reported or inferred."""

    some: Sequence[Reported]
    waiting: Waiting
    agents: tuple[AgentsLine, ...]
    doubts: tuple[Doubt, ...]
    attendance: Attendance | None

    @classmethod
    def of(
        cls,
        pool: str,
        some: Sequence[Reported],
        waiting: Waiting,
        roster: Roster | None,
        days: Days,
        remarks: Remarks,
    ) -> _Pool:
        heads, attendance = _heads(pool, some, days, remarks), None
        if heads is None:
            staff = waiting.staff
            remarks.note("staff-inferred", queues=", ".join(one.queue.name for one in some))
            mark = "staff-inferred" if staff else "staff-unknown"
            remarks.assume(f"pools.{pool}.agents", mark)
            if staff is None:
                return cls(some, waiting, (((0, 1, 2, 3, 4, 5, 6), 0, SLOTS, 1),), (), None)
            return cls(some, waiting, staff.lines, staff.doubts, None)
        if roster is not None and not roster.lines:
            remarks.note("nobody-rostered", pool=pool)
        elif roster is not None:
            known = _known_staff(days, pd.concat([one.rows for one in some]))
            attendance = attendance_of_report(roster, pool, heads, known, days, remarks)
            attendance.mark(pool, remarks)
            heads = attendance.heads
        return cls(some, waiting, tuple(agents_lines(heads, days.weekday)), (), attendance)


def pool_names(
    pools: Sequence[Sequence[str]], said: Mapping[str, Sequence[str]] | None
) -> tuple[str, ...]:
    """Names of pools: those that a map says come first."""
    if len(pools) == 1 and not said:
        return ("agents",)
    given = tuple(said or ())
    return (*given, *(f"{queues[0]} agents" for queues in pools[len(given) :]))


def _heads(pool: str, some: Sequence[Reported], days: Days, remarks: Remarks) -> Floats | None:
    """[days, half hours] who was there, as reported."""
    rows = pd.concat([one.rows for one in some])
    if not rows["staff"].notna().any():
        return None
    counts = rows.groupby(["start", "again"])["staff"].nunique()
    if (counts > 1).mean() > 1 - SAME:
        remarks.assume(f"pools.{pool}.agents", "staff-largest")
    return _mean_staff(days, rows)


def _known_staff(days: Days, rows: pd.DataFrame) -> np.ndarray:
    """[days, half hours] whether a report says how many were there."""
    known = rows[rows["staff"].notna()]
    starts, length = seconds_of(known["start"]), known["length"].to_numpy()
    return spread_out(days, starts, length, np.ones(len(known))) > 0


def _mean_staff(days: Days, rows: pd.DataFrame) -> Floats:
    """[days, half hours] agents of a pool; each of its queues has them all where it is open."""
    known = rows[rows["staff"].notna()].groupby(["start", "again"])
    whole = known[["staff", "length"]].max().reset_index()
    starts, length = seconds_of(whole["start"]), np.maximum(whole["length"].to_numpy(), STEP)
    total = spread_out(days, starts, length, whole["staff"].to_numpy())
    number = spread_out(days, starts, length, np.ones(len(whole)))
    return np.divide(total, number, out=np.zeros_like(total), where=number > 0)


def staff_of_week(some: pd.DataFrame, names: Sequence[str], first: int) -> Floats:
    """[7, half hours] agents of a pool's queues that a report has in the week from a date on."""
    mine = some[some["queue"].astype(str).isin(names)]
    days = Days(first + np.arange(7), np.arange(7), np.ones((7, SLOTS)), {})
    return _mean_staff(days, mine)
