"""Rule 2: whether a door is open, and until when."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from math import inf

from sim.engine.compiled.machine import rule
from sim.engine.compiled.tables import channels_of, closes_of, doors_of, opens_of


@rule
def is_open(centre, number):
    door = doors_of(centre)[number]
    if door.opens <= centre.now:
        opens, closes = opens_of(centre), closes_of(centre)
        while door.next < door.past and opens[door.next] <= centre.now:
            door.closes = closes[door.next]
            door.next += 1
        door.opens = opens[door.next] if door.next < door.past else inf
    return centre.now < door.closes


@rule
def rests(centre, line):
    """Whether it is on a list from which nobody calls now."""
    door = channels_of(centre)[line.channel].rest_door
    return door >= 0 and is_open(centre, door)


@rule
def opens_after(centre, number):
    """The next opening; now, if it is open; infinity if there is none."""
    if is_open(centre, number):
        return centre.now
    return doors_of(centre)[number].opens


@rule
def closes_after(centre, number, opening):
    """When the interval ends that begins with the opening, or that goes on now."""
    door = doors_of(centre)[number]
    if opening <= centre.now:
        return door.closes
    return closes_of(centre)[door.next]
