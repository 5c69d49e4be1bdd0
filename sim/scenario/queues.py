"""What happens in a queue: who leaves it at once, its ways out, what those waiting are told."""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from sim.scenario.distribution_fields import DurationDist
from sim.scenario.faults import Wrong
from sim.scenario.fields import Refers
from sim.scenario.part import Part
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import (
    ONE_NAME,
    AfterWait,
    Amount,
    ByQueue,
    Count,
    CountOf,
    Duration,
    Name,
    Ratio,
    Share,
    Speed,
    Whole,
)

BALK_WORDS = ("by_wait", "by_queue")

THE_END = "end"
"""Where a way out of the queue leads that leads nowhere."""


class Balk(Part):
    """Who leaves at once if they would have to wait: a share, or one that grows with the queue."""

    share: Share = 0.0
    by_wait: AfterWait | None = None  # points [expected wait, share]
    by_queue: ByQueue | None = None  # points [contacts waiting, share]

    alone: ClassVar = "share"
    words: ClassVar = BALK_WORDS

    def inconsistencies(self, wrong: Wrong) -> None:
        said = self.said("share", *BALK_WORDS)
        if len(said) > 1:
            wrong.add(f"says what `{said[0]}` says already; remove one of them", said[1])

    def short_form(self, plain: dict[str, Any]) -> Any:
        if self.by_wait is None and self.by_queue is None:
            return plain["share"]
        return {name: one for name, one in plain.items() if name != "share"}

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The share by wait or queue; none if it is always the same."""
        return self.by_wait or self.by_queue or ()


class Exit(Part):
    """A way out of the queue of a live channel: to another channel, or to the end."""

    after: Duration | None = None  # offered when a contact has waited so long; none: on arrival
    when_wait_over: Duration | None = None  # on arrival: if the expected wait is at least so long
    when_waiting: Count | None = None  # on arrival: if at least so many wait
    accept: Share = 1.0  # of the customers take it; the others wait on
    to: Annotated[Name, Refers("channel", THE_END)]

    def inconsistencies(self, wrong: Wrong) -> None:
        when = self.said("when_wait_over", "when_waiting")
        if self.after is not None and when:
            wrong.add("is looked at on arrival, and `after` is later; write two exits", when[0])
        if self.after is None and not when:
            wrong.add("say when: `after: 5 min`, `when_wait_over: 10 min` or `when_waiting: 20`")


class Priority(Part):
    """How urgent contacts are: a number, or one that grows, or changes at once, as they wait."""

    alone: ClassVar = "start"

    start: Whole = 0  # higher is served first
    per_minute: Amount = 0.0  # of waiting
    at_most: Amount | None = None
    after: Duration | None = None  # of waiting, from when on it is `then`
    then: Whole | None = None

    def inconsistencies(self, wrong: Wrong) -> None:
        if self.at_most is not None:
            if not self.per_minute:
                wrong.add("has no meaning without `per_minute`", "at_most")
            elif self.at_most < self.start:
                wrong.add("is less than `start`", "at_most")
        if (self.after is None) != (self.then is None):
            wrong.add("say both, as in `{start: 0, after: 10 min, then: 2}`", self._said_alone)
        elif self.then is not None:
            if self.per_minute:
                wrong.add("grows already; say `per_minute`, or `after` and `then`", "per_minute")
            elif self.then < self.start:
                wrong.add("is less than `start`", "then")

    def short_form(self, plain: dict[str, Any]) -> Any:
        return plain if self.varies else plain["start"]

    @property
    def varies(self) -> bool:
        """Whether it changes as they wait."""
        return self.per_minute > 0 or self.after is not None

    @property
    def _said_alone(self) -> str:
        return "after" if self.then is None else "then"


CAUSES = ("retry", "again", "returned", "overdue", "otherwise", "exit", "transfer", "hand_over")
"""Why a contact was made that is not the customer's first."""

BY_CAUSE = (*CAUSES[:6], "retry", *CAUSES[6:], "transfer")
"""The same as `sim.tables.Cause`, from 1: a further call has the head start of a new try.

The last is no matter: a conference waits in no queue.
"""


class HeadStart(Part):
    """By how much a contact goes before others of its priority: as if it had come sooner."""

    usual: Duration = 0.0  # written alone, without a name
    retry: Duration | None = None
    again: Duration | None = None
    returned: Duration | None = None  # after a closed door
    overdue: Duration | None = None
    otherwise: Duration | None = None  # after self-service
    exit: Duration | None = None  # out of another queue
    transfer: Duration | None = None  # passed on by an agent
    hand_over: Duration | None = None  # by an AI agent

    alone: ClassVar = "usual"
    words: ClassVar = ("usual", *CAUSES)

    def of_causes(self) -> list[float]:
        """By cause, a customer's first contact in front."""
        said = [getattr(self, cause) for cause in BY_CAUSE]
        return [self.usual, *(self.usual if one is None else one for one in said)]


ON_THE_LINE = Refers("channel", deferred="is deferred: nobody is connected while it waits")


class LineGroup(Part):
    """Telephone lines (trunks): so many customers can be connected at a time."""

    count: Annotated[int, CountOf(1, 1_000_000)]
    channels: Annotated[list[Annotated[Name, ON_THE_LINE]], ONE_NAME]

    def inconsistencies(self, wrong: Wrong) -> None:
        if not self.channels:
            wrong.add("is empty" + self.hint("channels"), "channels")


class Announcement(Part):
    """What waiting customers are told changes how long they are ready to wait."""

    when_wait_over: Duration = 0.0  # heard if the expected wait is at least so long
    patience: Speed  # times the usual


class Callback(Part):
    """Calling back, instead of letting wait, the customers of a live channel."""

    when_wait_over: Duration = 0.0  # offered when the expected wait is at least so long
    hours: TimesOfWeek | None = None  # when it is offered; none: always
    accept: Share = 1.0  # of the customers take the offer; the others wait as usual
    patience: DurationDist | None = None  # nobody calls any more after that; none: however late
    reach: Share = 1.0  # of those called back pick up
    ring: Duration = 30.0  # an agent's time lost on one who does not
    attempts: Annotated[int, CountOf(1, 20)] = 1  # calls at most, until the customer picks up
    again_after: Duration = 3600.0  # from one call in vain to the next
    handle: Ratio = 1.0  # times the usual handle time
    cost_per_contact: Amount = 0.0  # of an outbound call, instead of the channel's own


class Outbound(Part):
    """Contacts of a channel are calls to be made: agents call customers when they have time."""

    reach: Share  # chance that somebody picks up
    reach_at: dict[TimesOfWeek, Share] = {}  # instead, at these times: the first that covers
    reach_again: Share = 1.0  # every further call has the chance of the one before times that
    right_party: Share = 1.0  # of those who pick up are whom the call is for
    wrong_party: Duration = 30.0  # an agent's time lost on somebody else
    ring: Duration = 30.0  # on one that nobody picks up
    preview: Duration = 0.0  # an agent's time before each call
    attempts: Annotated[int, CountOf(1, 20)] = 1  # calls at most, until the customer is reached
    again_after: Duration = 3600.0  # from one call in vain to the next
    cost_per_contact: Amount = 0.0  # of each call, in vain or not, instead of the channel's own

    @property
    def chancy(self) -> bool:
        """Whether luck decides if the customer is reached."""
        chances = {self.reach, *self.reach_at.values()}
        factors = (self.reach_again, self.right_party)
        return chances != {0.0} and (chances != {1.0} or factors != (1.0, 1.0))
