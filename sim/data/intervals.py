"""The canonical table of intervals."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from sim.data.cells import Cells
from sim.data.counting import counted
from sim.data.hold import whole_talk
from sim.data.maps import Map
from sim.data.merged import Merged
from sim.data.tables import INTERVALS, typed
from sim.data.times import index_of, moments
from sim.data.words import name_of, names_of
from sim.tables import Floats

SHARED = 0.1  # of the intervals that stand in several files, for these to be queues
LENGTHS = (300.0, 600.0, 900.0, 1800.0, 3600.0, 86400.0)


def build(
    table: Merged, chosen: Map, secret: bytes | None
) -> tuple[pd.DataFrame, list[str], dict[str, int]]:
    """The table, how it was read, and what was left out.

    Raises:
        ScenarioError: for what cannot be read.
    """
    del secret  # a report names no customers
    told: list[str] = []
    source = chosen.columns["start"]
    table = _filled_down(table, chosen, told)
    when = moments(table, "start", source, chosen)
    told += when.told
    cells = Cells(table, chosen, told)
    lost: dict[str, int] = {}
    empty = np.isnan(when.local) & ~when.bad
    cells.check(when.bad, source.names()[-1], "a time")
    length = _lengths(cells, when.local, when.length, told)
    start = when.local - (length if source.label == "end" else 0.0)
    offered = cells.numbers("offered")
    if offered is None:
        offered = np.nansum([cells.numbers("answered"), cells.numbers("abandoned")], axis=0)
        told.append("offered: what was answered and abandoned")
    lost["rows without a time"] = int((empty | when.bad).sum())
    silent = np.isnan(offered) & ~(empty | when.bad)
    lost["rows without a number of contacts offered (unknown, not 0)"] = int(silent.sum())
    kept = ~np.isnan(start) & ~np.isnan(offered)
    queue = names_of(cells.words("queue"), chosen.queue or "contacts", len(table))
    if len(table.sheets) > 1:
        twice = kept & table.in_earlier_file()
        shared = kept & _in_several_files(table, start, kept)
        unnamed = "queue" not in chosen.columns and chosen.queue is None
        if unnamed and twice.sum() < shared.sum() / 4:  # half of each pair stands in the first
            queue = _by_file(table, shared.sum() / max(kept.sum(), 1), queue, told)
        else:
            lost["rows that another file has too"] = int(twice.sum())
            kept &= ~twice
    frame = pd.DataFrame(
        {
            "start": index_of(start),
            "again": when.again,
            "length": length,
            "queue": queue,
            "channel": names_of(cells.words("channel"), chosen.channel or "phone", len(table)),
            "offered": offered,
            **_sums(cells, offered),
            "staff": _staff(cells, length),
        }
    )[kept]
    frame = frame.sort_values(["start", "again", "queue"], kind="stable", ignore_index=True)
    return typed(frame, INTERVALS), told, lost


def _in_several_files(table: Merged, start: Floats, kept: np.ndarray) -> np.ndarray:
    """[rows] whether their interval stands in another file too."""
    rows = pd.DataFrame({"file": table.file, "start": start})[kept]
    files = rows.groupby("start")["file"].nunique()
    return np.isin(start, files.index[files > 1].to_numpy())


def _by_file(
    table: Merged, shared: float, queue: pd.Categorical, told: list[str]
) -> pd.Categorical:
    """Queues by their files, where several files without a queue have the same intervals."""
    if shared < SHARED:
        return queue
    files = [re.split(r"[\\/]", sheet.file)[-1] for sheet in table.sheets]
    names = [name_of(one.rpartition(".")[0] or one) or f"file {n}" for n, one in enumerate(files)]
    if len(set(names)) < len(names):
        names = [f"{name} {number}" for number, name in enumerate(names, 1)]
    told.append(
        "queues are called as their files, which have the same intervals and no column of queues"
    )
    return pd.Categorical.from_codes(table.file, names)


def _filled_down(table: Merged, chosen: Map, told: list[str]) -> Merged:
    """Names and times that stand in the first row of their group alone, as in merged cells."""
    columns = dict(table.columns)
    for role, least in (("queue", 1 / 2), ("channel", 1 / 2), ("start", 1 / 3)):
        for name in chosen.columns[role].names() if role in chosen.columns else ():
            cells = columns[name.casefold()]
            if cells[0].is_valid and least <= cells.null_count / len(cells) < 1:
                columns[name.casefold()] = pc.fill_null_forward(cells)
                told.append(f"{name}: empty cells mean what stands above them")
    return replace(table, columns=columns)


def _sums(cells: Cells, offered: Floats) -> dict[str, Floats]:
    """Counts and total times, from totals or from means."""
    answered, abandoned = cells.numbers("answered"), cells.numbers("abandoned")
    flowed = cells.numbers("flowed_out")
    if answered is None:
        gone = (0 if abandoned is None else abandoned) + (0 if flowed is None else flowed)
        answered = offered - gone if abandoned is not None else np.full(len(offered), np.nan)
        if abandoned is not None:
            cells.told.append("answered: what is offered and not abandoned")
    if abandoned is None and cells.source("answered") is not None:
        abandoned = offered - answered - (0 if flowed is None else flowed)
        cells.told.append("abandoned: what is offered and not answered")
    zero = np.zeros(len(offered))
    wrap = _total(cells, "total_wrap", "mean_wrap", answered)
    handle = _total(cells, "total_handle", "aht", answered)
    talk = _total(cells, "total_talk", "mean_talk", answered)
    if handle is None and talk is not None:
        hold = _total(cells, "total_hold", "mean_hold", answered)
        talk = talk if hold is None else whole_talk(cells, talk, hold, {}, "interval")
        handle = talk + (zero if wrap is None else wrap)
    sums: dict[str, Floats | None] = {
        "answered": answered,
        "abandoned": abandoned,
        "flowed_out": flowed,
        "within": _within(cells, offered),
        "threshold": _threshold(cells, len(offered)),
        "handle": handle,
        "wrap": wrap,
        "wait_answered": _total(cells, "total_wait_answered", "asa", answered, 0.0),
        "wait_abandoned": _total(
            cells, "total_wait_abandoned", "mean_wait_abandoned", abandoned, 0.0
        ),
    }
    return {name: one for name, one in sums.items() if one is not None}


def _staff(cells: Cells, length: Floats) -> Floats:
    """Agents present: their number, or what their time together comes to; nan if not said."""
    found, time = cells.numbers("staff"), cells.spans("staffed_time")
    if found is None:
        found = np.full(len(length), np.nan) if time is None else time / length
    return found


def _total(
    cells: Cells, total: str, mean: str, number: Floats | None, unsaid: float = np.nan
) -> Floats | None:
    """A total, or what the mean of so many comes to; `unsaid` where the mean is not said."""
    found = cells.spans(total, number)
    if found is None and number is not None and (each := cells.spans(mean)) is not None:
        found = np.where(number > 0, np.nan_to_num(each, nan=unsaid) * number, 0.0)
    return found


def _within(cells: Cells, offered: Floats) -> Floats | None:
    found = cells.numbers("within")
    share = cells.numbers("service_level") if found is None else None
    if share is None:
        return found
    if np.nanmax(share, initial=0.0) > 1.5:
        share = share / 100.0
    cells.told.append("service level: taken as a share of the offered")
    return share * offered


def _threshold(cells: Cells, rows: int) -> Floats | None:
    found = cells.spans("threshold")
    if found is None and cells.map.threshold is not None:
        return np.full(rows, cells.map.threshold)
    return found


def _lengths(cells: Cells, start: Floats, labelled: Floats, told: list[str]) -> Floats:
    """How long the intervals are: as labels or the map say, to their end, or to the next."""
    rows = len(start)
    if cells.map.length is not None:
        return np.full(rows, cells.map.length)
    end = cells.source("end")
    if end is not None:
        until = moments(cells.table, "end", end, cells.map)
        span = (until.local - start) % 86400.0
        if (until.local <= start).any():
            number = counted((until.local <= start).sum(), "interval")
            told.append(f"at or past midnight, on the next day: the end of {number}")
        labelled = np.where(span > 0, span, labelled)
    if np.isfinite(labelled).any():
        usual = float(np.nanmedian(labelled))
        return np.where(np.isnan(labelled), usual, labelled)
    steps = np.diff(np.unique(start[~np.isnan(start)]))
    if not len(steps):
        raise cells.wrong(
            "", "how long an interval is cannot be seen; say `length: 30 min` in a map"
        )
    values, often = np.unique(steps, return_counts=True)
    usual = float(values[np.argmax(often)])
    if usual not in LENGTHS:
        raise cells.wrong(
            "",
            f"intervals begin {usual:g} s after each other; say how long they are, "
            "`length: 30 min`, in a map",
        )
    told.append(f"intervals of {usual / 60:g} min, from begin to begin")
    return np.full(rows, usual)
