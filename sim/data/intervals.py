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
    table, filled = _filled_down(table, chosen)
    when = moments(table, "start", source, chosen)
    cells = Cells(table, chosen, told)
    for name in filled:
        cells.tell("filled-down", column=name)
    told += when.told
    lost: dict[str, int] = {}
    empty = np.isnan(when.local) & ~when.bad
    cells.check(when.bad, source.names()[-1], "a time")
    length = _lengths(cells, when.local, when.length)
    start = when.local - (length if source.label == "end" else 0.0)
    offered = cells.numbers("offered")
    if not cells.has("offered"):
        offered = np.nansum([cells.numbers("answered"), cells.numbers("abandoned")], axis=0)
        cells.tell("offered")
    lost["rows without a time"] = int((empty | when.bad).sum())
    silent = np.isnan(offered) & ~(empty | when.bad)
    lost["rows without a number of contacts offered (unknown, not 0)"] = int(silent.sum())
    kept = ~np.isnan(start) & ~np.isnan(offered)
    queue = names_of(cells.words("queue"), chosen.queue or "contacts")
    if len(table.sheets) > 1:
        twice = kept & table.in_earlier_file()
        shared = kept & _in_several_files(table, start, kept)
        unnamed = "queue" not in chosen.columns and chosen.queue is None
        if unnamed and twice.sum() < shared.sum() / 4:  # half of each pair stands in the first
            if shared.sum() >= SHARED * max(kept.sum(), 1):
                queue = _by_file(table)
                cells.tell("queues-of-files")
        else:
            lost["rows that another file has too"] = int(twice.sum())
            kept &= ~twice
    frame = pd.DataFrame(
        {
            "start": index_of(start),
            "again": when.again,
            "length": length,
            "queue": queue,
            "channel": names_of(cells.words("channel"), chosen.channel or "phone"),
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


def _by_file(table: Merged) -> pd.Categorical:
    """Queues by their files."""
    files = [re.split(r"[\\/]", sheet.file)[-1] for sheet in table.sheets]
    names = [name_of(one.rpartition(".")[0] or one) or f"file {n}" for n, one in enumerate(files)]
    if len(set(names)) < len(names):
        names = [f"{name} {number}" for number, name in enumerate(names, 1)]
    return pd.Categorical.from_codes(table.file, names)


def _filled_down(table: Merged, chosen: Map) -> tuple[Merged, list[str]]:
    """Names and times that stand in the first row of their group alone, as in merged cells."""
    columns, filled = dict(table.columns), []
    for role, least in (("queue", 1 / 2), ("channel", 1 / 2), ("start", 1 / 3)):
        for name in chosen.columns[role].names() if role in chosen.columns else ():
            cells = columns[name.casefold()]
            if cells[0].is_valid and least <= cells.null_count / len(cells) < 1:
                columns[name.casefold()] = pc.fill_null_forward(cells)
                filled.append(name)
    return replace(table, columns=columns), filled


def _sums(cells: Cells, offered: Floats) -> dict[str, Floats]:
    """Counts and total times, from totals or from means; nan where nothing is said."""
    numbers, has = cells.numbers, cells.has
    answered, abandoned, flowed = map(numbers, ("answered", "abandoned", "flowed_out"))
    gone = flowed if has("flowed_out") else 0.0
    if has("abandoned") and not has("answered"):
        answered = offered - (abandoned + gone)
        cells.tell("answered")
    if has("answered") and not has("abandoned"):
        abandoned = offered - answered - gone
        cells.tell("abandoned")

    def total(all_: str, mean: str, number: Floats, unsaid: float = np.nan) -> Floats:
        """A total, or what the mean of so many comes to; `unsaid` where the mean is not said."""
        if has(all_) or not has(mean):
            return cells.spans(all_, number)
        each = np.nan_to_num(cells.spans(mean), nan=unsaid)
        return np.where(number > 0, each * number, 0.0 * number)

    wrap, handle = (
        total("total_wrap", "mean_wrap", answered),
        total("total_handle", "aht", answered),
    )
    if not has("total_handle") and not has("aht"):
        talk = total("total_talk", "mean_talk", answered)
        hold = total("total_hold", "mean_hold", answered)
        with_wrap = wrap if has("total_wrap") or has("mean_wrap") else 0.0
        handle = whole_talk(cells, talk, hold, {}, "interval") + with_wrap
    within = numbers("within")
    if has("service_level") and not has("within"):
        share = numbers("service_level")
        within = share * offered / (100.0 if np.nanmax(share, initial=0.0) > 1.5 else 1.0)
        cells.tell("service-level")
    threshold = cells.spans("threshold")
    if not has("threshold") and cells.map.threshold is not None:
        threshold = np.full(len(offered), cells.map.threshold)
    return {
        "answered": answered,
        "abandoned": abandoned,
        "flowed_out": flowed,
        "within": within,
        "threshold": threshold,
        "handle": handle,
        "wrap": wrap,
        "wait_answered": total("total_wait_answered", "asa", answered, 0.0),
        "wait_abandoned": total("total_wait_abandoned", "mean_wait_abandoned", abandoned, 0.0),
    }


def _staff(cells: Cells, length: Floats) -> Floats:
    """Agents present: their number, or what their time together comes to."""
    found = cells.numbers("staff")
    return found if cells.has("staff") else cells.spans("staffed_time") / length


def _lengths(cells: Cells, start: Floats, labelled: Floats) -> Floats:
    """How long the intervals are: as labels or the map say, to their end, or to the next."""
    rows = len(start)
    if cells.map.length is not None:
        return np.full(rows, cells.map.length)
    if cells.has("end"):
        until = moments(cells.table, "end", cells.map.columns["end"], cells.map)
        span = (until.local - start) % 86400.0
        if (until.local <= start).any():
            number = counted((until.local <= start).sum(), "interval")
            cells.tell("past-midnight", intervals=number)
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
    cells.tell("lengths", minutes=usual / 60)
    return np.full(rows, usual)
