"""From times of the week to seconds: which days a line applies to, public holidays among them.

What a public holiday means, in one place. The *supply* of a centre (agents, breaks, the hours of a
channel) is what somebody decided: on a holiday only lines that name `holiday` or `daily` apply.
*Demand* and what merely describes the week (profiles, windows, premiums) goes on: a holiday is
like its weekday, unless some line of the mapping names `holiday`; then it is as with supply.

A line that runs past midnight belongs to the day it starts on.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from typing import Protocol

from sim.kept import kept
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.times import DAY, Times, TimesOfWeek
from sim.spans import union

A_YEAR = 2026
"""In which a country is looked for, whatever the calendar says."""


class Days(Protocol):
    """What a calendar says of its days."""

    @property
    def start(self) -> datetime.date:
        """The first counted day."""

    @property
    def days(self) -> int:
        """How many are counted."""

    @property
    def warmup(self) -> int:
        """How many are simulated before."""

    @property
    def cooldown(self) -> int:
        """And after."""

    @property
    def holidays(self) -> str | None:
        """Whose public holidays count: a country, or a part of one."""


def names_holidays(lines: Iterable[TimesOfWeek]) -> bool:
    """Whether a mapping sets public holidays apart: some line of it names `holiday`."""
    return any(times.names_holiday for times in lines)


def intervals(
    times: TimesOfWeek,
    start_date: datetime.date,
    first_day: int,
    n_days: int,
    holidays: frozenset[datetime.date] = frozenset(),
    *,
    holidays_apart: bool,
) -> list[tuple[float, float]]:
    """When the times hold, in seconds from 00:00 of `start_date`: sorted, merged.

    Lines that start on the days `first_day` to `first_day + n_days`, exclusive; negative days are
    warm-up. They are not cut: a line may end after midnight of the last day, and to have what runs
    into a day one asks from the day before.

    Args:
        holidays_apart: on a public holiday only lines that name it apply (always so for supply;
            for demand see `names_holidays`); otherwise a holiday is like its weekday.
    """
    return [*_intervals(times, start_date, first_day, n_days, holidays, holidays_apart)]


@lru_cache(maxsize=4096)  # scenarios of a study mostly ask for the same
def _intervals(
    times: TimesOfWeek,
    start_date: datetime.date,
    first_day: int,
    n_days: int,
    holidays: frozenset[datetime.date],
    holidays_apart: bool,
) -> tuple[tuple[float, float], ...]:
    found = union(
        (float(day * DAY + line.start), float(day * DAY + line.end))
        for line in times
        for day in _range(line, start_date, first_day, first_day + n_days)
        if _applies(line, start_date + datetime.timedelta(days=day), holidays, holidays_apart)
    )
    return tuple(found)


def _range(line: Times, start_date: datetime.date, first_day: int, past_day: int) -> range:
    """The days on which a line can hold: all of them, but for one that names dates."""
    if line.dates is None:
        return range(first_day, past_day)
    first, last = ((date - start_date).days for date in line.dates)
    return range(max(first_day, first), min(past_day, last + 1))


def _applies(
    line: Times, date: datetime.date, holidays: frozenset[datetime.date], holidays_apart: bool
) -> bool:
    if date in holidays and (holidays_apart or not line.days):
        return line.holiday
    return date.weekday() in line.days


def holidays_of(calendar: Days) -> frozenset[datetime.date]:
    """The public holidays in and around the simulated time."""
    days = (-calendar.warmup - 7, calendar.days + calendar.cooldown + 60)
    first, last = (calendar.start + datetime.timedelta(days=day) for day in days)
    return public_holidays(calendar.holidays, range(first.year, last.year + 1))


def has_holidays(code: str) -> bool:
    """Whether a country, or a part of one, has public holidays; Wrong with what it may be."""
    public_holidays(code, [A_YEAR])
    return True


def public_holidays(code: str | None, years: Iterable[int]) -> frozenset[datetime.date]:
    """The public holidays of a country (`FR`) or of a part of it (`DE-BY`)."""
    return frozenset() if code is None else _public_holidays(code, tuple(years))


@lru_cache(maxsize=64)  # asked for again by every scenario of a study
def _public_holidays(code: str, years: tuple[int, ...]) -> frozenset[datetime.date]:
    """Kept: the library, which imports all countries for one, takes longer than a small run."""
    asked = f"{code} {years}"
    name = f"holidays-{sha256(asked.encode()).hexdigest()[:16]}.txt"
    days = kept(name, f"{version('holidays')} {asked}", lambda: _from_library(code, years))
    return frozenset(map(datetime.date.fromisoformat, days.split()))


def _from_library(code: str, years: tuple[int, ...]) -> str:
    import holidays

    country, _, part = code.partition("-")
    # to list all countries takes longer than a small run: only for a message
    with suppress(NotImplementedError, AttributeError):
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
        known_as = found.country, type(found).__name__  # GB is UK too
        if len(country) == 2 and country in known_as and (not part or part in found.subdivisions):
            return "\n".join(day.isoformat() for day in sorted(found))
    supported = holidays.list_supported_countries()
    if country not in supported:
        raise Wrong(f"{shown(code)} is not a country code; write two letters, as in `FR` or `US`")
    known = sorted(f"{country}-{one}" for one in supported[country])
    raise Wrong(f"{shown(code)} is not a part of {country}" + meant(code, known))
