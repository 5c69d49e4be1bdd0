"""Moments of an export as local wall-clock time; clock changes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.maps import Map, Source
from sim.data.merged import Merged
from sim.scenario.faults import Fault, ScenarioError
from sim.sheets import Clocks, Dates, label_parts, read_clocks, read_moments
from sim.sheets.sheet import SheetError
from sim.tables import DAY, Floats


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
    if source.date is None:
        assert source.column is not None
        cells = first_said(table, source.column, source.none)
        parts = label_parts(cells)
        if parts is None:
            dates, clocks = read_moments(cells, order)
            return dates, clocks, np.full(len(cells), np.nan)
        dates, clocks = read_moments(_or(parts[0], cells), order)
        return dates, clocks, _until(clocks, read_clocks(parts[1]))
    dates, _ = read_moments(first_said(table, (source.date,), source.none), order)
    if source.time is None:
        clocks = Clocks(np.zeros(len(table)), np.full(len(table), np.nan), dates.bad & False)
        return dates, clocks, np.full(len(table), np.nan)
    cells = first_said(table, source.time, source.none)
    parts = label_parts(cells)
    if parts is None:
        return dates, read_clocks(cells), np.full(len(table), np.nan)
    clocks = read_clocks(_or(parts[0], cells))
    return dates, clocks, _until(clocks, read_clocks(parts[1]))


def _or(part: pa.Array, cells: pa.Array) -> pa.Array:
    return pc.if_else(part.is_valid(), part, cells)


def _until(start: Clocks, end: Clocks) -> Floats:
    length: Floats = (end.second - start.second) % DAY
    return np.where(length == 0, np.nan, length)


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
        message = (
            "times are in UTC: say the zone of the centre, `--zone Europe/Berlin` or `zone: "
            "Europe/Berlin` in a map; `UTC` if that is it"
        )
        raise ScenarioError([Fault(table.sheets[0].file, 0, role, message)])
    if len(offsets) > 2 or np.ptp(offsets) > 3600:
        message = "times are in several zones: say that of the centre, `--zone Europe/Berlin`"
        raise ScenarioError([Fault(table.sheets[0].file, 0, role, message)])
    again = known & (offset == offsets[0]) & (len(offsets) == 2)
    hours = " and ".join(f"{one / 3600:+g} h" for one in offsets)
    return local, again & False, f"{role}: local times, as written with {hours}"


@lru_cache(maxsize=64)
def clock_changes(zone: str, first: int, last: int) -> tuple[tuple[float, float], ...]:
    """Clock changes of some years: [wall clock at the change, seconds that it jumps]."""
    found = []
    there = ZoneInfo(zone)
    hour = datetime.timedelta(hours=1)
    utc = datetime.datetime(first, 1, 1, tzinfo=datetime.UTC)
    end = datetime.datetime(last + 1, 1, 1, tzinfo=datetime.UTC)
    before = utc.astimezone(there).utcoffset()
    day = datetime.timedelta(days=1)
    while utc < end:
        after = (utc + day).astimezone(there).utcoffset()
        if after != before:
            at = utc
            while (at + hour).astimezone(there).utcoffset() == before:
                at += hour
            at += hour
            assert before is not None
            assert after is not None
            wall = at.timestamp() + before.total_seconds()
            found.append((wall, (after - before).total_seconds()))
        before, utc = after, utc + day
    return tuple(found)


def _years(local: Floats) -> tuple[int, int]:
    known = local[~np.isnan(local)]
    ends = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    first, last = (1970 + int(one // (365.2425 * DAY)) for one in ends)
    return first - 1, last + 1


def to_local(utc: Floats, zone: str) -> tuple[Floats, np.ndarray]:
    """Wall-clock seconds of UTC seconds, and whether the hour is the second pass of a doubled one.

    Offsets are taken from `ZoneInfo` at each clock change between the first and the last time.
    """
    first, last = _years(utc)
    there = ZoneInfo(zone)
    start = datetime.datetime(first, 1, 1, tzinfo=datetime.UTC)
    begun = start.astimezone(there).utcoffset()
    assert begun is not None
    changes = clock_changes(zone, first, last)
    offset = np.full(len(utc), begun.total_seconds())
    again = np.zeros(len(utc), bool)
    now = begun.total_seconds()
    for wall, jump in changes:
        at = wall - now
        later = utc >= at
        now += jump
        offset[later] = now
        if jump < 0:
            again |= later & (utc < at - jump)
    return utc + offset, again


def _doubled(local: Floats, zone: str) -> np.ndarray:
    """[rows] in the second pass of a doubled hour, told by the order of the rows.

    Within the hour that the clocks repeat, rows after the first backward step of the clock.
    """
    again = np.zeros(len(local), bool)
    for wall, jump in clock_changes(zone, *_years(local)):
        if jump >= 0:
            continue
        inside = np.flatnonzero((local >= wall + jump) & (local < wall))
        steps = np.diff(local[inside])
        back = np.flatnonzero(steps < jump / 4)
        if len(back) == 1:
            again[inside[back[0] + 1 :]] = True
    return again


def missing_hours(local: Floats, zone: str) -> np.ndarray:
    """[rows] at a time of day that the clocks jumped over."""
    found = np.zeros(len(local), bool)
    for wall, jump in clock_changes(zone, *_years(local)):
        if jump > 0:
            found |= (local >= wall) & (local < wall + jump)
    return found


def exposure(starts: Floats, length: float, zone: str | None) -> Floats:
    """[intervals] how often an interval of the wall clock really passed: 0, 1 or 2.

    The hour that the clocks jump over is no exposure, the doubled one is two.

    Args:
        starts: wall-clock seconds since 1970 of each interval.
        length: of all of them, in seconds.
        zone: of the centre; None where clock changes are not known.
    """
    found = np.ones(len(starts))
    if zone is None:
        return found
    for wall, jump in clock_changes(zone, *_years(starts)):
        low, high = (wall, wall + jump) if jump > 0 else (wall + jump, wall)
        overlap = np.clip(np.minimum(starts + length, high) - np.maximum(starts, low), 0, None)
        found += (-1 if jump > 0 else 1) * overlap / length
    return found
