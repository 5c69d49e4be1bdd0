"""Time cut into segments: each lies in one hour, day, window, premium and interval of the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.draws.draw import Setting
from sim.draws.happening import FOLLOW_UP_DAYS
from sim.scenario.calendar import intervals, names_holidays
from sim.scenario.times import TimesOfWeek
from sim.tables import DAY, Floats, Ints, Numbers

HOUR_SECONDS = 3600.0
HOURS_OF_WEEK = 168


@dataclass(frozen=True)
class Clock:
    """Segments from the first counted day to the end of the run. K segments.

    end: of the counted days, seconds. The first `counted` segments lie before it.
    edges: [K + 1] seconds; all whole hours are among them.
    window: [K] number of the window; the number of windows for "other".
    day: [K] number of the counted day; the number of counted days for later.
    hour: [K] hour of the week, 0 is Monday 00:00.
    interval: [K] number of the interval of the day, as long as the scenario says; 0 if it does not.
    """

    end: float
    counted: int
    edges: Floats
    window: Ints
    day: Ints
    hour: Ints
    interval: Ints

    @cached_property
    def _of_hour(self) -> tuple[Ints, int]:
        """The first segment of each hour of the run, and the most segments that an hour has."""
        hour = (self.edges[:-1] / HOUR_SECONDS).astype(np.int64)
        number = np.bincount(hour)
        return np.cumsum(number) - number, int(number.max())

    @cached_property
    def lengths(self) -> Floats:
        """[counted] seconds of each segment within the counted days."""
        return np.asarray(np.diff(self.edges[: self.counted + 1]))

    def segment(self, times: Floats) -> Ints:
        """The segment of each time; times before the first or after the last count there."""
        first, most = self._of_hour
        # division is exact enough: times lie on a grid much wider than its error
        hour = (times / HOUR_SECONDS).astype(np.int64)
        np.maximum(hour, 0, out=hour)
        np.minimum(hour, len(first) - 1, out=hour)
        if most == 1:
            return hour
        found = first[hour]
        for _ in range(most - 1):
            found += times >= self.edges[found + 1]
        return np.minimum(found, len(self.edges) - 2, out=found)

    def spent(
        self, start: Floats, end: Floats, group: Numbers, groups: int, weight: Floats | None = None
    ) -> Floats:
        """[group, counted] seconds of the intervals [start, end] in each segment.

        An interval counts with its weight, in its group, cut to the counted days. In segment k
        every interval begun so far and not ended counts whole, then those that start or end
        inside it are put right. Exact for times on the grid and whole weights.
        """
        times = np.minimum(np.maximum(np.concatenate([start, end]), 0.0), self.end)
        sign = np.repeat([1.0, -1.0], len(start))
        if weight is not None:
            sign *= np.concatenate([weight, weight])
        segment = self.segment(times)
        shape = (groups, self.counted + 1)
        cell = np.concatenate([group, group]) * shape[1] + segment
        size = groups * shape[1]
        begun = np.bincount(cell, sign, size).reshape(shape)[:, :-1]
        behind = np.bincount(cell, sign * (times - self.edges[segment]), size).reshape(shape)
        return np.asarray(np.cumsum(begun, axis=1) * self.lengths - behind[:, :-1])


def make_clock(setting: Setting) -> Clock:
    """The segments of a prepared scenario."""
    calendar = setting.scenario.calendar
    days = calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    windows = list(calendar.windows.values())
    premiums = [t for p in setting.scenario.pools.values() for t in p.contract.premium]
    apart = names_holidays(windows)
    spans = [spans_of(setting, times, holidays_apart=apart) for times in windows]
    borders = [span for times in premiums for span in spans_of(setting, times)]
    borders += [span for found in spans for span in found]
    interval = setting.scenario.run.interval
    step = HOUR_SECONDS if interval is None else interval
    cuts = [np.arange(0.0, days * DAY + 1, step), np.ravel(borders)]
    edges = np.unique(np.clip(np.concatenate(cuts), 0.0, days * DAY))
    starts = edges[:-1]
    window = np.full(len(starts), len(windows))
    for number in reversed(range(len(windows))):
        window[covered(starts, spans[number])] = number
    first_hour = 24 * calendar.start.weekday()
    return Clock(
        end=calendar.days * DAY,
        counted=int(np.searchsorted(edges, calendar.days * DAY)),
        edges=edges,
        window=window,
        day=np.minimum(starts // DAY, calendar.days).astype(np.int64),
        hour=(starts // HOUR_SECONDS + first_hour).astype(np.int64) % HOURS_OF_WEEK,
        interval=(starts % DAY // (interval or DAY)).astype(np.int64),
    )


def spans_of(
    setting: Setting, times: TimesOfWeek, *, holidays_apart: bool = False
) -> list[tuple[float, float]]:
    """When the times hold in the whole run, lines that began the day before it among them."""
    calendar = setting.scenario.calendar
    days = 1 + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    return intervals(
        times, calendar.start, -1, days, setting.holidays, holidays_apart=holidays_apart
    )


def covered(starts: Floats, spans: Iterable[tuple[float, float]]) -> np.ndarray:
    """[segment] whether the segment, given by its start, lies in one of the spans."""
    inside = np.zeros(len(starts), dtype=bool)
    for low, high in spans:
        inside[np.searchsorted(starts, low) : np.searchsorted(starts, high)] = True
    return inside
