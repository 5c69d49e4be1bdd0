"""What an export holds, and what is odd about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.maps import Source
from sim.data.reading import Data
from sim.data.remarks import odd
from sim.data.tables import OUTCOMES
from sim.experiment.reported import Reported
from sim.tables import Floats

LONG_HANDLE = 4 * 3600.0
CHANGES = ("03-08", "03-31"), ("10-04", "11-07")  # days among which clocks change, in some zone
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
    strange = [
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
        *(rows, period, data.told, columns, tuple(strange), lacks, queues),
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


def _gaps(per_day: pd.Series) -> Iterator[str]:
    """Days without contacts, or with far fewer or more than their weekday usually has."""
    usual = per_day.groupby(per_day.index.day_of_week).transform("median")
    empty = per_day == 0
    for name, some in {
        "days-empty": empty & (usual > 0),
        "days-few": ~empty & (per_day < SHORT_DAY * usual) & (usual > 20),
        "days-many": (per_day > 2 * usual) & (usual > 20),
    }.items():
        if some.any():
            days = per_day.index[some]
            dates = ", ".join(f"{day:%a %Y-%m-%d}" for day in days[:6])
            dates += f" and {len(days) - 6} more" if len(days) > 6 else ""
            yield odd(name, days=counted(len(days), "day"), dates=dates, share=SHORT_DAY)


def _last_day(when: pd.Series, per_day: pd.Series) -> Iterator[str]:
    """A last day that breaks off: it ends hours before its weekday usually does."""
    ends = when.groupby(when.dt.normalize()).max()
    last = ends.iloc[-1]
    others = (ends - ends.index)[:-1][ends.index[:-1].day_of_week == last.day_of_week]
    early = others.median() - pd.Timedelta(hours=2)
    if len(others) and last - last.normalize() < early and per_day.iloc[-1] > 0:
        yield odd("breaks-off", day=last, time=last)


def _clock(data: Data) -> Iterator[str]:
    """Clock changes within the period, if nobody said in which zone."""
    if data.map.zone is not None or data.zone is not None:
        if doubled := int(data.table["again"].sum()):
            yield odd("doubled-hour", rows=counted(doubled, "row"))
        return
    first, last = (f"{one:%Y-%m-%d}" for one in (data.when.min(), data.when.max()))
    years = range(int(first[:4]), int(last[:4]) + 1)
    if any(
        first <= f"{y}-{end}" and last >= f"{y}-{begin}" for y in years for begin, end in CHANGES
    ):
        yield odd("zone")


def _odd_contacts(table: pd.DataFrame) -> Iterator[str]:
    handle = table["talk"].fillna(0) + table["wrap"].fillna(0)
    answered = table["outcome"] == OUTCOMES[0]
    if not answered.any():
        yield odd("none-answered")
    if table["wait"].isna().all():
        yield odd("no-waits")
    elif answered.any() and table["talk"].isna().all():
        yield odd("no-talks")
    unsaid = {"talk-unsaid": table["talk"].isna(), "agent-unsaid": table["agent"] == ""}
    columns = [one for one in table.columns if one not in ("contact", "chain")]
    for name, mask in {
        "long-handle": answered & (handle > LONG_HANDLE),
        "no-talk": answered & (table["talk"] == 0),
        **{name: answered & one & ~one[answered].all() for name, one in unsaid.items()},
        "long-wait": table["wait"] > 4 * 3600,
        "left-at-once": ~answered & (table["wait"] == 0),
        "alike": table.duplicated(columns) & (table["customer"] != 0),
    }.items():
        if mask.any():
            yield odd(name, contacts=counted(mask.sum(), "contact"))
    if legs := int((table["leg"] > 0).sum()):
        yield odd("legs", rows=counted(legs, "row"))


def _odd_intervals(table: pd.DataFrame) -> Iterator[str]:
    parts = table["answered"] + table["abandoned"] + table["flowed_out"].fillna(0)
    more = (table["offered"] - parts).groupby(table["start"].dt.normalize()).sum(min_count=1)
    more = more[more.abs() > 0.5]
    if len(more):
        yield odd("differs", days=counted(len(more), "day"), by=more.sum())
    twice = table.duplicated(["start", "again", "queue", "channel"]).sum()
    if twice:
        yield odd("twice", intervals=counted(twice, "interval"))
    alone = (table["offered"] > 0) & (table["staff"].fillna(0) == 0)
    if table["staff"].notna().any() and alone.any():
        yield odd("no-staff", intervals=counted(alone.sum(), "interval"))


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
