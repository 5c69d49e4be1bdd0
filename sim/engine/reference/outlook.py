"""Rule 2b: what a queue looks like to who would have to wait in it, and what they make of it.

Nothing here changes the state of the centre.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf, isnan, nan

from sim.engine.reference.things import Contact, Exit, Line
from sim.tables import Purpose

OF_EXIT_AT_ONCE, OF_EXIT = int(Purpose.EXIT_AT_ONCE), int(Purpose.EXIT)


def expected_wait(line: Line) -> float:
    """Those ahead and the customer, times the mean work, over the places of agents on duty."""
    channel = line.channel
    places = 0.0
    for pool, rate in line.places:
        places += pool.on_duty * rate
    if places == 0:
        return inf
    return (channel.waiting + channel.callbacks + 1) * line.mean_work / places


def balk_chance(line: Line) -> float:
    """The chance that a customer does not wait at all."""
    if line.balk_by == 0:
        return line.balk
    x = expected_wait(line) if line.balk_by == 1 else line.channel.waiting
    points = line.balk_points
    if x <= points[0][0]:
        return points[0][1]
    for (low, before), (high, after) in pairwise(points):
        if x <= high:
            return before + (after - before) * ((x - low) / (high - low))
    return points[-1][1]


def patience_announced(line: Line) -> float:
    """How many times as long as usual customers are ready to wait who hear how it stands."""
    channel = line.channel
    return 1.0 if expected_wait(line) < channel.announce_over else channel.announce_patience


def exit_on_arrival(contact: Contact, values: list[float], most_moves: int) -> Exit | None:
    """The way out that a customer takes who would have to wait: the first that holds, with luck."""
    line = contact.line
    luck = nan
    for one in line.channel.exits_at_once:
        if line.channel.waiting < one.waiting or expected_wait(line) < one.over:
            continue
        if 0.0 < one.chance < 1.0:
            if isnan(luck):
                luck = values[line.at[OF_EXIT_AT_ONCE] + contact.place]
            if luck >= one.chance:
                luck = (luck - one.chance) / (1.0 - one.chance)
                continue
        elif one.chance <= 0.0:
            continue
        if may_leave_by(contact, one, most_moves):
            return one
    return None


def takes_exit(contact: Contact, nth: int, values: list[float]) -> bool:
    """Whether the customer takes the nth way out after a wait; those before have been declined."""
    exits = contact.line.channel.exits
    chance = exits[nth].chance
    if chance <= 0.0 or chance >= 1.0:
        return chance >= 1.0
    luck = values[contact.line.at[OF_EXIT] + contact.place]
    for one in exits[:nth]:
        if 0.0 < one.chance < 1.0:
            luck = (luck - one.chance) / (1.0 - one.chance)
    return luck < chance


def may_leave_by(contact: Contact, one: Exit, most_moves: int) -> bool:
    """Whether the customer may go where a way out leads."""
    return one.on < 0 or contact.customer.moves < most_moves
