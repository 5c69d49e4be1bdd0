"""Values that depend on the time: which of them hold now, and where they stand."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import (
    OF_TIMES,
    RARE,
    lines_of,
    periods_of,
    pools_of,
    timed_of,
)


@rule
def variant_now(centre):
    """Which variant holds of what depends on the time: 0, the usual one, where nothing does."""
    if not RARE or len(timed_of(centre)) == 0:
        return np.int64(0)
    periods = periods_of(centre)
    while centre.next_period < len(periods) and periods[centre.next_period].begins <= centre.now:
        centre.next_period += 1
    if centre.next_period == 0:
        return np.int64(0)
    return np.int64(periods[centre.next_period - 1].variant)


@rule
def place_now(centre, contact, purpose, usual):
    """Where the values of a purpose begin; `usual`, where nothing depends on the time."""
    if not RARE or len(timed_of(centre)) == 0:
        return usual
    return timed_of(centre)[line_now(centre, contact) * OF_TIMES + purpose]


@rule
def line_now(centre, contact):
    """The row of a contact's line among those of all variants."""
    return variant_now(centre) * len(lines_of(centre)) + contact.line


@rule
def line_and_pool_now(centre, contact, p):
    """The row of a contact's line in a pool among those of all variants."""
    pool = variant_now(centre) * len(pools_of(centre)) + p
    return pool * len(lines_of(centre)) + contact.line
