"""Contacts that are passed on while the customer stays on the line."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from sim.scenario.by import ByReason
from sim.scenario.by_time import NumberByTime
from sim.scenario.distribution_fields import DurationDist
from sim.scenario.faults import Wrong, shown
from sim.scenario.fields import Must, Reads, Refers
from sim.scenario.numbers import SHARE_SCHEMA, parse_share, share_text
from sim.scenario.part import Part
from sim.scenario.values import (
    ONE_NAME,
    CountOf,
    Duration,
    Name,
    PoolName,
    ReasonName,
    TimedShare,
)

OF_THE_TALK = "of the talk"


def _share_of_talk(value: object) -> float:
    """`40 % of the talk`; the share alone says the same."""
    if isinstance(value, str) and value.strip().endswith(OF_THE_TALK):
        return parse_share(value.strip().removesuffix(OF_THE_TALK).strip())
    try:
        return parse_share(value)
    except Wrong:
        message = f"{shown(value)} is not a share of the talk; write `40 % {OF_THE_TALK}`"
        raise Wrong(message) from None


def _talk_share_text(share: float) -> str | float:
    """As a file says it."""
    text = share_text(share)
    return f"{text} {OF_THE_TALK}" if isinstance(text, str) else text


TALK_SHARE_SCHEMA = {
    "description": "After so much of the talk: `40 % of the talk`.",
    "anyOf": [
        {"type": "string", "pattern": rf"^\s*\S+\s*%\s+{OF_THE_TALK}\s*$"},
        *SHARE_SCHEMA["anyOf"],
    ],
}
TalkShare = Annotated[float, Reads(_share_of_talk, TALK_SHARE_SCHEMA, _talk_share_text)]


ANSWERED = Refers("channel", unlimited="is an unlimited channel, where nobody answers")


class Destination(Part):
    """Where a contact is passed on to; what is not said stays as it is."""

    alone: ClassVar = "pool"

    pool: PoolName | None = None  # none: those on the route of the reason and channel
    reason: ReasonName | None = None  # is handled as one of this reason from then on
    channel: Annotated[Name, ANSWERED] | None = None

    def inconsistencies(self, wrong: Wrong) -> None:
        if not self.said("pool", "reason", "channel"):
            wrong.add("say where to: a pool, or `{reason: ...}` or `{channel: ...}`")


SOME_TIME = Must(bool, "must be more than 0; without `warm` nobody waits with the customer")


class Warm(Part):
    """The agent who passes on stays with the customer until the next one has been told."""

    hand_over: DurationDist  # both agents, once the next one has answered; its talk comes after
    # The first agent waits at most so long; then the transfer is cold.
    hold: Annotated[Duration, SOME_TIME] = 180.0

    @classmethod
    def long_form(cls, data: Any) -> Any:
        return {} if data is True or isinstance(data, str) else data  # tells what is missing


NOT_OF_CONFERENCES = ("after", "at_most", "handle", "patience", "warm")
"""Fields that say how a customer goes on with somebody else."""


class Transfer(Part):
    """Some talks are cut short, and the customer waits for somebody else: alone, or with the agent.

    Shares of several transfers of the same talks add up: each talk is passed on by one of them. So
    do those of conferences, for themselves: the customer may be passed on when one is over.
    """

    by: Annotated[list[PoolName], ONE_NAME] | None = (
        None  # pools that pass on; none: any but the one that it goes to
    )
    # Of their talks.
    share: ByReason[TimedShare] = ByReason[float | NumberByTime].of(0.0)
    to: Destination
    after: TalkShare = 1.0  # so much of the talk has passed by then
    at_most: Annotated[int, CountOf(1, 20)] = 1  # times that it happens to one contact
    handle: DurationDist | None = None  # of the talk that follows; none: the reason's
    patience: DurationDist | None = None  # of the wait that follows; none: the reason's, afresh
    warm: Warm | None = None  # none: cold, the customer waits alone
    # So long somebody of the pool joins the talk, instead of taking the customer over.
    conference: DurationDist | None = None

    def inconsistencies(self, wrong: Wrong) -> None:
        if self.by == []:
            wrong.add("is empty; leave it out to mean any", "by")
        if self.conference is not None:
            for field in self.said(*NOT_OF_CONFERENCES):
                message = "has no meaning for a conference: the customer is not passed on"
                wrong.add(message, field)
            if self.to.pool is None or self.to.reason or self.to.channel:
                wrong.add("name the pool that somebody joins from, as in `to: accounting`", "to")

    def passes_on(self, pool: str) -> bool:
        """Whether agents of this pool pass contacts on by it."""
        return pool != self.to.pool if self.by is None else pool in self.by
