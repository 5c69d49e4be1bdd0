"""Values that depend on the time: where those begin that hold now."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import OF_TIMES, RARE, lines_of, periods_of, timed_of


@rule
def place_now(centre, contact, purpose, usual):
    """Where the values of a purpose begin; `usual`, where nothing depends on the time."""
    if not RARE or len(timed_of(centre)) == 0:
        return usual
    periods = periods_of(centre)
    while centre.next_period < len(periods) and periods[centre.next_period].begins <= centre.now:
        centre.next_period += 1
    variant = 0
    if centre.next_period > 0:
        variant = periods[centre.next_period - 1].variant
    row = variant * len(lines_of(centre)) + contact.line
    return timed_of(centre)[row * OF_TIMES + purpose]
