"""Moments of an export as local wall-clock time; clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.maps import Map, Source
from sim.data.merged import Merged
from sim.data.remarks import wrong
from sim.scenario.faults import Fault, ScenarioError
from sim.sheets import Clocks, Dates, label_parts, read_clocks, read_moments
from sim.sheets.sheet import SheetError
from sim.tables import DAY, Floats

MOMENT = 300.0  # seconds from one moment to the next of which each is looked up on the clock


@dataclass(frozen=True)
class Moments:
    """Moments of a role.

    local: [rows] seconds since 1970 on the wall clock, nan where there is none.
    again: [rows] in the second pass of an hour that the clocks repeat.
    length: [rows] seconds to the end of a label (`08:00 - 08:30`), else nan.
    bad: [rows] whether a cell could not be read.
    told: how they were read.
    """

    local: Floats
    again: np.ndarray
    length: Floats
    bad: np.ndarray
    told: tuple[str, ...]


def moments(table: Merged, role: str, source: Source, chosen: Map) -> Moments:
    """The moments of a role.

    Raises:
        ScenarioError: if the order of day and month, or the zone, cannot be told.
    """
    try:
        dates, clocks, length = _parts(table, source, chosen.dates or "")
    except SheetError as error:
        file = table.sheets[0].file
        raise ScenarioError([Fault(file, 0, " ".join(source.names()), error.message)]) from None
    told = [f"{role}: {dates.why}"] if dates.why and dates.why != "as the map says" else []
    local = dates.day * DAY + clocks.second
    again = np.zeros(len(local), bool)
    known = ~np.isnan(clocks.offset) & ~np.isnan(local)
    if known.any() or chosen.times == "UTC":
        local, again, said = _in_zone(table, role, local, clocks.offset, known, chosen)
        told += [said] if said else []
    elif chosen.zone:
        again = _doubled(local, chosen.zone)
    return Moments(local, again, length, dates.bad | clocks.bad, tuple(told))


def _parts(table: Merged, source: Source, order: str) -> tuple[Dates, Clocks, Floats]:
    """Dates, times of the day and, of labels, lengths."""
    unknown = np.full(len(table), np.nan)
    if (names := source.column or source.time) is None:
        assert source.date is not None
        dates, _ = read_moments(first_said(table, (source.date,), source.none), order)
        return dates, Clocks(np.zeros(len(table)), unknown, dates.bad & False), unknown
    cells = first_said(table, names, source.none)
    begin, end = (cells, None) if (parts := label_parts(cells)) is None else parts
    begin = pc.if_else(begin.is_valid(), begin, cells)
    if source.date is None:
        dates, clocks = read_moments(begin, order)
    else:
        dates, _ = read_moments(first_said(table, (source.date,), source.none), order)
        clocks = read_clocks(begin)
    if end is None:
        return dates, clocks, unknown
    length: Floats = (read_clocks(end).second - clocks.second) % DAY
    return dates, clocks, np.where(length == 0, np.nan, length)


def first_said(table: Merged, names: tuple[str, ...], none: tuple[str, ...]) -> pa.Array:
    """Of several columns the first that says something."""
    cells = [said(table.cells(name), none) for name in names]
    return reduce(lambda one, later: pc.if_else(one.is_valid(), one, later), cells)


def said(cells: pa.Array, none: tuple[str, ...]) -> pa.Array:
    """Cells without those that say nothing."""
    if not none:
        return cells
    text = cells if pa.types.is_string(cells.type) else pc.cast(cells, pa.string())
    nothing = pc.is_in(text, value_set=pa.array(list(none)))
    return pc.if_else(nothing, pa.scalar(None, cells.type), cells)


# --- zones ------------------------------------------------------------------------------------


def _in_zone(
    table: Merged, role: str, local: Floats, offset: Floats, known: np.ndarray, chosen: Map
) -> tuple[Floats, np.ndarray, str]:
    """Times that name their zone on the wall clock of the centre."""
    if not known.any():
        offset, known = np.where(np.isnan(local), np.nan, 0.0), ~np.isnan(local)
    if chosen.zone:
        utc = np.where(known, local - offset, np.nan)
        wall, again = to_local(utc, chosen.zone)
        return np.where(known, wall, local), again, f"{role}: brought to {chosen.zone}"
    offsets = np.unique(offset[known])
    if len(offsets) == 1 and offsets[0] == 0:
        raise wrong(role, "utc", file=table.sheets[0].file)
    if len(offsets) > 2 or np.ptp(offsets) > 3600:
        raise wrong(role, "several-zones", file=table.sheets[0].file)
    again = known & (offset == offsets[0]) & (len(offsets) == 2)
    hours = " and ".join(f"{one / 3600:+g} h" for one in offsets)
    return local, again & False, f"{role}: local times, as written with {hours}"


def seconds_of(column: pd.Series) -> Floats:
    """Seconds since 1970 of local times."""
    return column.to_numpy("datetime64[us]").astype(np.int64) / 1e6


def index_of(seconds: Floats) -> pd.DatetimeIndex:
    """Seconds as pandas has them, to the microsecond."""
    whole = np.where(np.isnan(seconds), np.iinfo(np.int64).min, np.round(seconds * 1e6))
    return pd.DatetimeIndex(whole.astype(np.int64).view("datetime64[us]"))


def _ahead(utc: Floats, zone: str) -> Floats:
    """By how many seconds the clocks of a zone are ahead of UTC."""
    there = index_of(utc)
    return (there.tz_localize("UTC").tz_convert(zone).tz_localize(None).asi8 - there.asi8) / 1e6


def _passes(local: Floats, zone: str) -> tuple[Floats, Floats]:
    """UTC of wall-clock seconds, in the first and the last pass of an hour that clocks repeat.

    nan where clocks jump over it.
    """
    first, last = (
        index_of(local).tz_localize(zone, ambiguous=np.full(len(local), one), nonexistent="NaT")
        for one in (True, False)
    )
    return tuple(np.where(one.isna(), np.nan, one.asi8 / 1e6) for one in (first, last))


def to_local(utc: Floats, zone: str) -> tuple[Floats, np.ndarray]:
    """Wall-clock seconds of UTC ones, and whether they are in the second pass of a doubled hour."""
    local = utc + _ahead(utc, zone)
    return local, _passes(local, zone)[0] < utc - 1


def _doubled(local: Floats, zone: str) -> np.ndarray:
    """[rows] in the second pass of a doubled hour, told by the order of the rows.

    Within the hour that the clocks repeat, rows after the first backward step of the clock.
    """
    again = np.zeros(len(local), bool)
    first, last = _passes(local, zone)
    doubled = np.flatnonzero(last > first)
    for day in np.unique(local[doubled] // DAY).tolist():
        inside = doubled[local[doubled] // DAY == day]
        jump = (last - first)[inside[0]]
        back = np.flatnonzero(np.diff(local[inside]) < -jump / 4)
        if len(back) == 1:
            again[inside[back[0] + 1 :]] = True
    return again


def missing_hours(local: Floats, zone: str) -> np.ndarray:
    """[rows] at a time of day that the clocks jumped over."""
    return ~np.isnan(local) & np.isnan(_passes(local, zone)[0])


def exposure(starts: Floats, length: float, zone: str | None) -> Floats:
    """[intervals] how often an interval of the wall clock really passed: 0, 1 or 2.

    The hour that the clocks jump over is no exposure, the doubled one is two.

    Args:
        starts: wall-clock seconds since 1970 of each interval.
        length: of all of them, in seconds.
        zone: of the centre; None where clock changes are not known.
    """
    if zone is None or not len(starts):
        return np.ones(len(starts))
    moments = np.arange(starts.min() - DAY, starts.max() + length + DAY, MOMENT)
    passed = np.sort(moments + _ahead(moments, zone))
    inside = np.searchsorted(passed, starts + length) - np.searchsorted(passed, starts)
    return inside * MOMENT / length
