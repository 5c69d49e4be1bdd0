"""Where in its next opening hours a customer comes back: as the reason's profile goes (2)."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.numbers import on_grid
from sim.engine.compiled.tables import (
    TICKS_PER_SECOND,
    profile_before_of,
    profile_time_of,
    reasons_of,
)


@rule
def point_of_profile(centre, reason, begin, end, share):
    """The time in [begin, end) before which that share of the profile there lies."""
    found = begin + share * (end - begin)
    first, past = _until(centre, reason, begin), _until(centre, reason, end)
    if past > first:
        found = _reached(centre, reason, first + share * (past - first))
    return min(max(on_grid(found), begin), end - 1 / TICKS_PER_SECOND)


@rule
def _until(centre, reason, time):
    """What of the profile lies before a time."""
    of = reasons_of(centre)[reason]
    times, before = profile_time_of(centre), profile_before_of(centre)
    i = _last_not_above(times, of.profile, of.profile_past, time)
    if i < of.profile:
        return 0.0
    if i + 1 >= of.profile_past:
        return before[i]
    return before[i] + (before[i + 1] - before[i]) * ((time - times[i]) / (times[i + 1] - times[i]))


@rule
def _reached(centre, reason, much):
    """The last time before which no more than that lies."""
    of = reasons_of(centre)[reason]
    times, before = profile_time_of(centre), profile_before_of(centre)
    i = _last_not_above(before, of.profile, of.profile_past, much)
    if i + 1 >= of.profile_past:
        return times[i]
    return times[i] + (times[i + 1] - times[i]) * ((much - before[i]) / (before[i + 1] - before[i]))


@rule
def _last_not_above(numbers, first, past, value):
    """The last place from `first` on where a number is not above the value; `first` - 1: none."""
    low, high = np.int64(first), np.int64(past)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low - 1
