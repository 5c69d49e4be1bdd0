"""Where a customer's contacts can lead: which channels, which legs, and how many contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from sim.scenario.by import ByReason
from sim.scenario.by_time import NumberByTime, each_of
from sim.scenario.distributions import Constant, Distribution
from sim.scenario.model import Reason, Route, Scenario, Step
from sim.scenario.queues import THE_END
from sim.scenario.transfers import Transfer

NO_TIME = Constant(0.0)
CERTAIN = ByReason[float | NumberByTime].of(1.0)

MOST_MOVES = 3
"""A customer comes back after a closed door, or is led on by an overdue contact, by self-service
or by a way out of a queue, at most this often (rule 8)."""

MOST_HAND_OVERS = 20
"""An AI agent hands a customer over at most this often, should it meet them again (rule 12)."""


Finds = TypeVar("Finds", bound=Callable[..., Any])

_LAST: list[Any] = [None, {}]  # the scenario that was asked about last, and what was found


def _remembered(find: Finds) -> Finds:
    """What was found of the scenario that was asked about last, which never changes, is kept.

    Every check asks for the same ways again; nobody may change what is found.
    """

    @wraps(find)
    def found(scenario: Scenario, *args: Any) -> Any:
        if _LAST[0] is not scenario:
            _LAST[:] = [scenario, {}]
        known, key = _LAST[1], (find, args)
        if key not in known:
            known[key] = find(scenario, *args)
        return known[key]

    return cast("Finds", found)


@_remembered
def all_transfers(scenario: Scenario) -> dict[str, Transfer]:
    """The transfers, and what each AI agent hands over, under a name that no file can say."""
    handing_over = {
        f"{name}: hands over": Transfer(
            by=[name], share=CERTAIN, to=ai.hands_over_to, at_most=MOST_HAND_OVERS
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

    So has the part of an agent who joins a conference, which leads nowhere.

    whose: reason of the customers; reason: as which they are handled from then on.
    transfer: what has passed them on.
    """

    whose: str
    reason: str
    channel: str
    transfer: str


def is_conference(scenario: Scenario, leg: Leg) -> bool:
    """Whether it is the part of an agent who joins a talk; the customer is not passed on."""
    return all_transfers(scenario)[leg.transfer].conference is not None


class Ways(NamedTuple):
    """Where the contacts of one reason can come.

    channels: on which they can be made, the first or a later one; legs: what they can become.
    """

    channels: set[str]
    legs: tuple[Leg, ...]


# --- ways -------------------------------------------------------------------------------------


@_remembered
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
            if is_conference(scenario, one):
                continue
            at, channel, steps = one.reason, one.channel, leg_steps(scenario, one)
        else:
            channels[one] = None
            at, channel, steps = whose, one, steps_of(scenario, whose, one)
        ahead.extend(_next_channels(scenario, reason, channel))
        ahead.extend(next_legs(scenario, whose, at, channel, [step.pool for step in steps]))
    return Ways(set(channels), tuple(legs))


@_remembered
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
    transfers = all_transfers(scenario)
    mine = set().union(*(_passing(scenario, pool) for pool in pools)) if transfers else set()
    for name in transfers if mine else ():
        one = transfers[name]
        if name in mine and max(each_of(one.share.at(reason, channel))) > 0:
            to = one.to
            leg = Leg(whose, to.reason or reason, to.channel or channel, name)
            if leg.reason in scenario.reasons and leg.channel in scenario.channels:
                yield leg


@_remembered
def _passing(scenario: Scenario, pool: str) -> frozenset[str]:
    """The transfers of what a pool answers."""
    if pool not in scenario.pools:
        return frozenset()
    ai = bool(scenario.pools[pool].ai_agent)
    every = all_transfers(scenario).items()
    return frozenset(n for n, t in every if by_ai_agent(scenario, n) == ai and t.passes_on(pool))


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
    if reason.again is not None and min(each_of(reason.resolved.at(name))) < 1:
        yield name if reason.again.on == "same" else reason.again.on
    if channel.overdue is not None:
        yield channel.overdue.on
    if channel.calls is not None and channel.calls.attempts > 1:
        yield name
    yield from (one.to for one in channel.exits if one.to != THE_END)
    if channel.otherwise is not None:
        yield channel.otherwise


# --- routes -----------------------------------------------------------------------------------


def route_of(scenario: Scenario, reason: str, channel: str) -> Route | None:
    """The line of `routing` that decides about a contact type."""
    at = _deciding(scenario).get((reason, channel))
    return None if at is None else scenario.routing[at]


@_remembered
def _deciding(scenario: Scenario) -> dict[tuple[str, str], int]:
    """The line of `routing` that decides, for each reason and channel that has one."""
    found: dict[tuple[str, str], int] = {}
    for place, route in enumerate(scenario.routing):
        for reason in scenario.reasons if route.reason is None else route.reason:
            for channel in scenario.channels if route.channel is None else route.channel:
                found.setdefault((reason, channel), place)
        if route.reason is None and route.channel is None:
            break
    return found


def steps_of(scenario: Scenario, reason: str, channel: str) -> list[Step]:
    """The steps of a contact type whose pools answer the channel, as they are written."""
    at = _deciding(scenario).get((reason, channel))
    return [] if at is None else [*_steps_at(scenario, at, channel)]


@_remembered
def _steps_at(scenario: Scenario, place: int, channel: str) -> tuple[Step, ...]:
    pools = scenario.pools
    found: list[Step] = []
    first = True  # of those of equal rank that answers
    for step in scenario.routing[place].to:
        first = first or not step.beside
        if step.pool in pools and channel in pools[step.pool].answers:
            same = step.beside == (not first)
            found.append(step if same else step.model_copy(update={"beside": not first}))
            first = False
    return tuple(found)


def leg_steps(scenario: Scenario, leg: Leg) -> list[Step]:
    """The same of one that was passed on: the one pool, or as usual."""
    pool = all_transfers(scenario)[leg.transfer].to.pool
    return steps_of(scenario, leg.reason, leg.channel) if pool is None else [Step(pool=pool)]


# --- how many ---------------------------------------------------------------------------------


def handle_time(reason: Reason, channel: str) -> Distribution:
    """How long a contact takes; nothing where the scenario does not say (self-service only)."""
    return reason.handle.at(channel) if reason.handle.says(channel) else NO_TIME
