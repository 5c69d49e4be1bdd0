"""The days that count: which are whole and usual, and how often each half hour passed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.fitting.arrivals import SLOTS, STEP, WEEKDAYS
from sim.data.remarks import wrong
from sim.data.times import exposure
from sim.scenario.calendar import public_holidays
from sim.tables import DAY, Floats, Ints

LEAST = 5  # days that are fitted
FEW, MUCH = 0.3, 2.5  # of the usual number of the weekday: a gap, an event


@dataclass(frozen=True)
class Days:
    """The days that are fitted.

    date: [days] since 1970; weekday: [days] 0 for Monday; exposure: [days, half hours].
    left_out: reason -> dates.
    """

    date: Ints
    weekday: Ints
    exposure: Floats
    left_out: dict[str, tuple[str, ...]]

    def number(self, seconds: Floats) -> tuple[np.ndarray, Ints]:
        """[contacts] whether a moment lies in one of the days, and the number of its day."""
        date = np.floor(seconds / DAY).astype(np.int64)
        place = np.clip(np.searchsorted(self.date, date), 0, len(self.date) - 1)
        return self.date[place] == date, place

    def counts(self, seconds: Floats, weight: Floats) -> Floats:
        """[days, half hours] contacts, each with its weight."""
        inside, place = self.number(seconds)
        slot = ((seconds % DAY) // STEP).astype(np.int64)
        cells = np.bincount(
            place[inside] * SLOTS + slot[inside], weight[inside], minlength=len(self.date) * SLOTS
        )
        return cells.reshape(-1, SLOTS)

    @property
    def weeks(self) -> float:
        """How many weeks of days there are."""
        return len(self.date) / 7


def presence(begin: Floats, end: Floats, dates: Ints) -> Floats:
    """[dates, half hours] seconds of some spans that lie in each; dates are in order."""
    first, last = int(dates[0]), int(dates[-1])
    edges = STEP * np.arange(first * SLOTS, (last + 1) * SLOTS + 1)
    total = np.zeros(len(edges))
    for times, sign in ((begin, 1.0), (end, -1.0)):
        # seconds before each edge: the sum of (edge - time)+
        ordered = np.sort(times)
        number = np.searchsorted(ordered, edges)
        summed = np.concatenate([[0.0], np.cumsum(ordered - first * DAY)])
        total += sign * (number * (edges - first * DAY) - summed[number])
    return np.diff(total).reshape(-1, SLOTS)[dates - first]


def usual_days(
    per_day: Floats, first: int, zone: str | None, holidays: frozenset[int], last_end: Floats
) -> Days:
    """The days between the first and the last that are whole and usual.

    Args:
        per_day: [days] contacts of every date from the first on, 0 where there are none.
        first: the first date, days since 1970.
        zone: of the centre; None where clock changes are not known.
        holidays: dates that are public holidays.
        last_end: [days] second of the day of the last contact.
    """
    date = first + np.arange(len(per_day))
    weekday = (date + 3) % 7  # 1970-01-01 was a Thursday
    usual = pd.Series(per_day).groupby(weekday).transform("median").to_numpy()
    others = last_end[:-1][weekday[:-1] == weekday[-1]]
    breaks_off = np.arange(len(date)) == len(date) - 1
    breaks_off &= len(others) > 0 and last_end[-1] < np.median(others) - 7200
    reasons = {
        "public holidays": np.isin(date, [*holidays]),
        "days with few or no contacts": (usual > 20) & (per_day < FEW * usual),
        "days with far more contacts than usual": (usual > 20) & (per_day > MUCH * usual),
        "a last day that breaks off": breaks_off,
    }
    kept, left = np.ones(len(date), bool), {}
    for what, some in reasons.items():
        if (gone := some & kept).any():
            left[what] = tuple(map(iso, date[gone]))
        kept &= ~some
    date, weekday = date[kept], weekday[kept]
    starts = (date[:, None] * DAY + STEP * np.arange(SLOTS)).ravel()
    passed = exposure(starts, STEP, zone).reshape(-1, SLOTS)
    return Days(date, weekday, passed, left)


def iso(date: int) -> str:
    """A date as text."""
    return str(np.datetime64(int(date), "D"))


def holiday_dates(code: str | None, first: int, last: int) -> frozenset[int]:
    """Public holidays as days since 1970."""
    if code is None:
        return frozenset()
    years = range(1970 + int(first / 365.25) - 1, 1970 + int(last / 365.25) + 2)
    return frozenset((one.toordinal() - 719163) for one in public_holidays(code, years))


def find_days(seconds: Floats, number: Floats, zone: str | None, holidays: str | None) -> Days:
    """The usual days of an export; raises ScenarioError if there are fewer than `LEAST`."""
    date = np.floor(seconds / DAY).astype(np.int64)
    first, last = int(date.min()), int(date.max())
    size = last - first + 1
    per_day = np.bincount(date - first, number, minlength=size)
    ends = np.zeros(size)
    np.maximum.at(ends, date - first, np.where(number > 0, seconds % DAY, 0.0))
    days = usual_days(per_day, first, zone, holiday_dates(holidays, first, last), ends)
    if len(days.date) < LEAST:
        raise wrong("", "few-days", days=counted(len(days.date), "day"), least=LEAST)
    return days


def days_text(days: tuple[int, ...]) -> str:
    """Weekdays as the language writes them: `mon-fri`, `mon,wed`."""
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return ",".join(WEEKDAYS[one] for one in days)


def span_text(low: int, high: int) -> str:
    """Half hours as the language writes them: `08:00-08:30`."""
    return "-".join(f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in (low, high))
