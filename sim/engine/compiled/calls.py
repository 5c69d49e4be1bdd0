"""Rule 6: customers who are called, and whether they are reached."""

# Rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from sim.engine.compiled.doors import is_open
from sim.engine.compiled.machine import part, rule
from sim.engine.compiled.tables import RARE, channels_of, reach_at_of
from sim.engine.compiled.waiting import lucky


@part
def is_reached(centre, contact, line):
    channel = channels_of(centre)[line.channel]
    chance = channel.reach
    if RARE and channel.outbound:
        chance = _pick_up_chance(centre, contact, channel) * channel.right_party
    return lucky(centre, line.at_reach, contact, chance)


@part
def work_in_vain(centre, contact, line):
    """An agent's time on a call that does not reach the customer, but perhaps somebody else."""
    channel = channels_of(centre)[line.channel]
    if RARE and channel.outbound:
        chance = _pick_up_chance(centre, contact, channel)
        other = lucky(centre, line.at_reach, contact, chance)
        return channel.preview + (channel.wrong_party if other else channel.ring)
    return channel.ring


@rule
def _pick_up_chance(centre, contact, channel):
    """That somebody answers when the customer is called, now."""
    chance = channel.reach
    for at in range(channel.reach_at, channel.reach_past):
        if is_open(centre, reach_at_of(centre)[at].door):
            chance = reach_at_of(centre)[at].chance
            break
    for _ in range(contact.callback - 1):
        chance *= channel.reach_again
    return chance
