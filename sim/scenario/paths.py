"""Where a customer's contacts can lead: which channels, and how many contacts."""

from __future__ import annotations

from sim.scenario.distributions import Constant, Distribution
from sim.scenario.model import Reason, Scenario
from sim.scenario.queues import THE_END

NO_TIME = Constant(0.0)

MOST_MOVES = 3
"""A customer comes back after a closed door, or is led on by an overdue contact, by self-service
or by a way out of a queue, at most this often (rule 8)."""


def channels_reached(scenario: Scenario, reason: Reason) -> set[str]:
    """Channels on which a contact for this reason can ever be made."""
    reached: set[str] = set()
    ahead = [name for name, share in reason.channels.items() if share > 0]
    while ahead:
        channel = ahead.pop()
        if channel not in reached:
            reached.add(channel)
            ahead.extend(_next_channels(scenario, reason, channel))
    return reached


def _next_channels(scenario: Scenario, reason: Reason, name: str) -> list[str]:
    if name not in scenario.channels:
        return []  # a fault, told elsewhere
    channel = scenario.channels[name]
    onward = list(reason.closed.at(name).to)
    if reason.retry is not None and reason.retry.chance.at(name) > 0:
        onward.append(reason.retry.on)
    if reason.again is not None and reason.resolved.at(name) < 1:
        onward.append(reason.again.on)
    if channel.overdue is not None:
        onward.append(channel.overdue.on)
    onward += [one.to for one in channel.exits if one.to != THE_END]
    if channel.otherwise is not None:
        onward.append(channel.otherwise)
    return [target for target in onward if target != "same"]


def moves_possible(scenario: Scenario, reason: Reason) -> bool:
    """True if a closed door, an overdue contact, self-service or a way out of the queue can lead to
    another contact.
    """
    for name in channels_reached(scenario, reason):
        channel, closed = scenario.channels[name], reason.closed.at(name)
        if closed.lost < 1 or channel.overdue is not None or channel.otherwise is not None:
            return True
        if any(one.to != THE_END for one in channel.exits):
            return True
    return False


def most_contacts(scenario: Scenario, reason: Reason) -> int:
    """The most contacts that one customer with this reason can make."""
    return (
        1
        + (reason.retry.attempts if reason.retry is not None else 0)
        + (reason.again.attempts if reason.again is not None else 0)
        + (MOST_MOVES if moves_possible(scenario, reason) else 0)
    )


def handle_time(reason: Reason, channel: str) -> Distribution:
    """How long a contact takes; nothing where the scenario does not say (self-service only)."""
    return dict(reason.handle.entries).get(channel, dict(reason.handle.entries).get(None, NO_TIME))
