"""What an export holds, and what is odd about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.maps import Source
from sim.data.reading import Data
from sim.data.tables import OUTCOMES
from sim.experiment.reported import Reported
from sim.tables import Floats

LONG_HANDLE = 4 * 3600.0
SHORT_DAY = 0.3  # of the usual day of the week: rather a gap in the record than a quiet day


@dataclass(frozen=True, repr=False)
class Look(Reported):
    """An export looked at.

    rows: what was read. read: how, and by which evidence. odd: what needs a thought before it is
    fitted. lacks: queue -> what it does not say. queues: one row a queue, with its numbers.
    columns: role -> column and evidence. per_day: contacts by date. per_week: [168] contacts in an
    average hour of the week, from Monday 00:00. files: of the export.
    """

    kind: ClassVar[str] = "data"

    rows: str
    period: str
    read: tuple[str, ...]
    columns: dict[str, tuple[str, str]]
    odd: tuple[str, ...]
    lacks: dict[str, tuple[str, ...]]
    queues: pd.DataFrame
    per_day: pd.Series
    per_week: Floats
    files: tuple[str, ...]


def look(data: Data) -> Look:
    """What an export holds: rows, period, queues, gaps, and what does not add up."""
    table, when, kind = data.table, data.when, data.map.rows
    left = sum(data.left_out.values())
    rows = f"{counted(data.rows, 'row')} read, {counted(len(table), kind[:-1])}"
    if left:
        why = "; ".join(f"{what}: {number:,}" for what, number in data.left_out.items())
        rows += f", {left:,} left out ({why})"
    days = when.dt.normalize()
    first, last = days.min(), days.max()
    count = int((last - first).days) + 1
    period = (
        f"{first:%a} {first:%Y-%m-%d} to {last:%a} {last:%Y-%m-%d}: {counted(count, 'day')}, "
        f"{days.nunique()} of them with {kind}"
    )
    per_day = _per_day(data)
    odd = [
        *data.callbacks,
        *_gaps(per_day),
        *_last_day(when, per_day),
        *_clock(data),
        *(_odd_contacts(table) if data.is_log else _odd_intervals(table)),
    ]
    queues, lacks = _queues(table, _of_contacts if data.is_log else _of_intervals)
    columns = {
        role: (_said(source), data.evidence.get(role, "as the map says"))
        for role, source in data.map.columns.items()
    }
    return Look(
        *(rows, period, data.told, columns, tuple(odd), lacks, queues),
        per_day,
        _per_week(data, count),
        data.files,
    )


def _said(source: Source) -> str:
    """Where a role stands, in words."""
    if source.date is None:
        return " or ".join(source.column or ())
    return f"date {source.date}" + (f", time {' or '.join(source.time)}" if source.time else "")


def _per_day(data: Data) -> pd.Series:
    """Contacts by day, 0 for days without any."""
    number = data.offered.groupby(data.when.dt.normalize()).sum()
    return number.reindex(pd.date_range(number.index.min(), number.index.max()), fill_value=0)


def _per_week(data: Data, days: int) -> Floats:
    """[168] contacts in an average hour of the week."""
    when = data.when
    hour = (when.dt.day_of_week * 24 + when.dt.hour).to_numpy()
    number = np.bincount(hour, data.offered.to_numpy(float), minlength=168)
    dates = (when.min().day_of_week + np.arange(days)) % 7
    return number / np.maximum(np.bincount(dates, minlength=7), 1)[np.arange(168) // 24]


def _gaps(per_day: pd.Series) -> list[str]:
    """Days without contacts, or with far fewer than their day of the week usually has."""
    weekday = per_day.index.day_of_week
    usual = per_day.groupby(weekday).transform("median")
    empty = per_day[(per_day == 0) & (usual > 0)]
    few = per_day[(per_day > 0) & (per_day < SHORT_DAY * usual) & (usual > 20)]
    much = per_day[(per_day > 2 * usual) & (usual > 20)]
    found = []
    for some, what in (
        (empty, "without any contact, though their weekday usually has some"),
        (few, f"with less than {SHORT_DAY:.0%} of what their weekday usually has"),
        (much, "with more than twice what their weekday usually has"),
    ):
        if len(some):
            dates = ", ".join(f"{day:%a %Y-%m-%d}" for day in some.index[:6])
            more = f" and {len(some) - 6} more" if len(some) > 6 else ""
            found.append(f"{counted(len(some), 'day')} {what}: {dates}{more}")
    return found


def _last_day(when: pd.Series, per_day: pd.Series) -> list[str]:
    """A last day that breaks off: it ends hours before its weekday usually does."""
    day = when.dt.normalize()
    ends = (when - day).dt.total_seconds().groupby(day).max()
    others = ends[:-1][ends.index[:-1].day_of_week == ends.index[-1].day_of_week]
    if len(others) and ends.iloc[-1] < others.median() - 2 * 3600 and per_day.iloc[-1] > 0:
        hour, minute = divmod(int(ends.iloc[-1] // 60), 60)
        return [f"the last day, {ends.index[-1]:%Y-%m-%d}, breaks off at {hour:02d}:{minute:02d}"]
    return []


def _clock(data: Data) -> list[str]:
    """Clock changes within the period, if nobody said in which zone."""
    if data.map.zone is not None or data.zone is not None:
        doubled = int(data.table["again"].sum())
        said = f"{counted(doubled, 'row')} in the second pass of a doubled hour"
        return [said] if doubled else []
    first, last = data.when.min(), data.when.max()
    spring = [(3, 8), (3, 31)], [(10, 4), (11, 7)]
    for year in range(first.year, last.year + 1):
        for (m1, d1), (m2, d2) in spring:
            begin, end = (f"{year}-{m:02d}-{d:02d}" for m, d in ((m1, d1), (m2, d2)))
            if str(first) <= end and str(last) >= begin:
                return ["clocks may have changed in this period: say `zone` to be sure"]
    return []


def _odd_contacts(table: pd.DataFrame) -> list[str]:
    found = []
    handle = table["talk"].fillna(0) + table["wrap"].fillna(0)
    answered = table["outcome"] == OUTCOMES[0]
    if not answered.any():
        found.append("not one contact was answered")
    if table["wait"].isna().all():
        found.append("nothing says how long contacts waited: neither patience nor service level")
    elif answered.any() and table["talk"].isna().all():
        found.append("nothing says how long talks were: handle times will be an assumption")
    silent = answered & table["talk"].isna()
    checks = (
        (answered & (handle > LONG_HANDLE), "handled for more than 4 hours"),
        (answered & (table["talk"] == 0), "answered with a talk of 0 s"),
        (silent, "answered without a word of how long the talk was"),
        (answered & (table["agent"] == ""), "answered without a word of by whom"),
        (table["wait"] > 4 * 3600, "with a wait of more than 4 hours"),
        (~answered & (table["wait"] == 0), "that left at once, with a wait of 0 s"),
    )
    for mask, what in checks:
        all_so = what.startswith("answered without") and mask.sum() == answered.sum()
        if mask.any() and not all_so:
            found.append(f"{counted(mask.sum(), 'contact')} {what}")
    twice = table.duplicated([c for c in table.columns if c not in ("contact", "chain")]) & (
        table["customer"] != 0
    )
    if twice.any():
        found.append(
            f"{counted(twice.sum(), 'contact')} alike to another in everything but the identifier"
        )
    legs = int((table["leg"] > 0).sum())
    if legs:
        found.append(f"{counted(legs, 'row')} of legs after a transfer: work, but no new customers")
    return found


def _odd_intervals(table: pd.DataFrame) -> list[str]:
    found = []
    parts = table["answered"] + table["abandoned"] + table["flowed_out"].fillna(0)
    by_day = (
        (table["offered"] - parts).groupby(table["start"].dt.normalize()).sum(min_count=1).dropna()
    )
    differ = by_day[np.abs(by_day) > 0.5]
    if len(differ):
        found.append(
            f"on {counted(len(differ), 'day')} offered differs from answered + abandoned + flowed "
            f"out, by {differ.sum():+,.0f} in all (overflow, or contacts in progress at midnight)"
        )
    keys = ["start", "again", "queue", "channel"]
    if table.duplicated(keys).any():
        found.append(f"standing there twice: {counted(table.duplicated(keys).sum(), 'interval')}")
    if table["staff"].notna().any():
        alone = (table["offered"] > 0) & (table["staff"].fillna(0) == 0)
        if alone.any():
            found.append(f"{counted(alone.sum(), 'interval')} with contacts and no staff")
    return found


Told = tuple[dict[str, float], dict[str, "pd.Series"]]
"""Numbers of a queue, and by name the columns that it may lack."""


def _queues(
    table: pd.DataFrame, told: Callable[[pd.DataFrame], Told]
) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """A row each queue, and what each does not say."""
    rows, lacks = [], {}
    for queue, some in table.groupby("queue", observed=True):
        numbers, columns = told(some)
        rows.append({"queue": queue, **numbers})
        if none := tuple(what for what, column in columns.items() if column.isna().all()):
            lacks[str(queue)] = none
    return pd.DataFrame(rows), lacks


def _of_contacts(some: pd.DataFrame) -> Told:
    answered = some["outcome"] == OUTCOMES[0]
    numbers = {
        "contacts": len(some),
        "answered": answered.mean(),
        "abandoned": (some["outcome"] == OUTCOMES[1]).mean(),
        "ASA": some["wait"][answered].mean(),
        "AHT": (some["talk"] + some["wrap"].fillna(0))[answered].mean(),
    }
    return numbers, {
        "wait": some["wait"],
        "talk": some["talk"][answered],
        "wrap-up": some["wrap"][answered],
        "who answered": some["agent"][answered].astype(object).replace("", np.nan),
        "customers": some["customer"].where(some["customer"] != 0),
    }


def _of_intervals(some: pd.DataFrame) -> Told:
    counts = ["offered", "answered", "abandoned", "within", "handle", "wait_answered"]
    total = some[counts].sum(min_count=1)
    numbers = {
        "offered": total["offered"],
        "answered": total["answered"] / total["offered"],
        "abandoned": total["abandoned"] / total["offered"],
        "service level": total["within"] / total["offered"],
        "ASA": total["wait_answered"] / total["answered"],
        "AHT": total["handle"] / total["answered"],
    }
    return numbers, {
        "contacts answered": some["answered"],
        "handle time": some["handle"],
        "wait of the answered": some["wait_answered"],
        "wait of the abandoned": some["wait_abandoned"],
        "service level": some["within"],
        "staff": some["staff"],
    }
