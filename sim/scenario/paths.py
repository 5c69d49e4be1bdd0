"""Where a customer's contacts can lead: which channels, which legs, and how many contacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.scenario.by import By
from sim.scenario.distributions import Constant, Distribution
from sim.scenario.model import Reason, Route, Scenario, Step
from sim.scenario.queues import THE_END
from sim.scenario.transfers import Transfer

NO_TIME = Constant(0.0)

MOST_MOVES = 3
"""A customer comes back after a closed door, or is led on by an overdue contact, by self-service
or by a way out of a queue, at most this often (rule 8)."""

MOST_HAND_OVERS = 20
"""An AI agent hands a customer over at most this often, should it meet them again (rule 12)."""


def all_transfers(scenario: Scenario) -> dict[str, Transfer]:
    """The transfers, and what each AI agent hands over, under a name that no file can say."""
    handing_over = {
        f"{name}: hands over": Transfer(
            by=[name], share=By[float].of(1.0), to=ai.hands_over_to, at_most=MOST_HAND_OVERS
        )
        for name, pool in scenario.pools.items()
        if (ai := pool.ai_agent) is not None and ai.hands_over_to is not None
    }
    return {**scenario.transfers, **handing_over}


def by_ai_agent(scenario: Scenario, transfer: str) -> bool:
    """Whether it is not a transfer of the file, but what an AI agent hands over."""
    return transfer not in scenario.transfers


class Leg(NamedTuple):
    """A contact type of contacts that were passed on: it has a route of its own.

    whose: reason of the customers; reason: as which they are handled from then on.
    transfer: what has passed them on.
    """

    whose: str
    reason: str
    channel: str
    transfer: str


class Ways(NamedTuple):
    """Where the contacts of one reason can come.

    channels: on which they can be made, the first or a later one; legs: what they can become.
    """

    channels: set[str]
    legs: tuple[Leg, ...]


# --- ways -------------------------------------------------------------------------------------


def ways_of(scenario: Scenario, whose: str) -> Ways:
    """Follow the contacts of a reason wherever they can come. Names unknown are told elsewhere."""
    reason = scenario.reasons[whose]
    channels: dict[str, None] = {}
    legs: dict[Leg, None] = {}
    ahead: list[str | Leg] = [name for name, share in reason.channels.items() if share > 0]
    while ahead:
        one = ahead.pop(0)
        if one in channels or one in legs:
            continue
        if isinstance(one, Leg):
            legs[one] = None
            at, channel, steps = one.reason, one.channel, leg_steps(scenario, one)
        else:
            channels[one] = None
            at, channel, steps = whose, one, steps_of(scenario, whose, one)
        ahead.extend(_next_channels(scenario, reason, channel))
        ahead.extend(next_legs(scenario, whose, at, channel, [step.pool for step in steps]))
    return Ways(set(channels), tuple(legs))


def legs_of(scenario: Scenario) -> tuple[Leg, ...]:
    """All contact types of contacts that were passed on."""
    if not all_transfers(scenario):
        return ()
    return tuple(leg for whose in scenario.reasons for leg in ways_of(scenario, whose).legs)


def channels_reached(scenario: Scenario, whose: str) -> set[str]:
    """Channels on which a contact for this reason can ever be made."""
    return ways_of(scenario, whose).channels


def next_legs(
    scenario: Scenario, whose: str, reason: str, channel: str, pools: list[str]
) -> Iterator[Leg]:
    """What a contact can become that any of these pools answers, transfer by transfer."""
    known = scenario.pools
    for name, one in all_transfers(scenario).items():
        ai = by_ai_agent(scenario, name)
        mine = [pool for pool in pools if pool in known and ai == bool(known[pool].ai_agent)]
        if one.share.at(reason, channel) > 0 and any(one.passes_on(pool) for pool in mine):
            to = one.to
            leg = Leg(whose, to.reason or reason, to.channel or channel, name)
            if leg.reason in scenario.reasons and leg.channel in scenario.channels:
                yield leg


def _next_channels(scenario: Scenario, reason: Reason, name: str) -> Iterator[str]:
    """Where the customers make their next contact, after one on this channel."""
    if name not in scenario.channels:
        return  # a fault, told elsewhere
    channel, door = scenario.channels[name], reason.closed.at(name)
    yield from door.to
    if door.returns:
        yield name
    if reason.retry is not None and reason.retry.chance.at(name) > 0:
        yield name if reason.retry.on == "same" else reason.retry.on
    if reason.again is not None and reason.resolved.at(name) < 1:
        yield name if reason.again.on == "same" else reason.again.on
    if channel.overdue is not None:
        yield channel.overdue.on
    yield from (one.to for one in channel.exits if one.to != THE_END)
    if channel.otherwise is not None:
        yield channel.otherwise


# --- routes -----------------------------------------------------------------------------------


def route_of(scenario: Scenario, reason: str, channel: str) -> Route | None:
    """The line of `routing` that decides about a contact type."""
    return next((one for one in scenario.routing if one.matches(reason, channel)), None)


def steps_of(scenario: Scenario, reason: str, channel: str) -> list[Step]:
    """The steps of a contact type whose pools answer the channel, as they are written."""
    route, pools = route_of(scenario, reason, channel), scenario.pools
    found: list[Step] = []
    first = True  # of those of equal rank that answers
    for step in [] if route is None else route.to:
        first = first or not step.beside
        if step.pool in pools and channel in pools[step.pool].answers:
            found.append(step.model_copy(update={"beside": not first}))
            first = False
    return found


def leg_steps(scenario: Scenario, leg: Leg) -> list[Step]:
    """The same of one that was passed on: the one pool, or as usual."""
    pool = all_transfers(scenario)[leg.transfer].to.pool
    return steps_of(scenario, leg.reason, leg.channel) if pool is None else [Step(pool=pool)]


# --- how many ---------------------------------------------------------------------------------


def handle_time(reason: Reason, channel: str) -> Distribution:
    """How long a contact takes; nothing where the scenario does not say (self-service only)."""
    return dict(reason.handle.entries).get(channel, dict(reason.handle.entries).get(None, NO_TIME))
