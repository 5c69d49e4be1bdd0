"""What a scenario says, as checked data: one class for each part of the file.

Every field here is a field of the scenario language; `sim schema` prints this module as a JSON
Schema. Durations are seconds, shares lie between 0 and 1, money is in the scenario's currency.
What must hold within a part is checked here; what concerns several parts (names in routing,
channels that somebody answers) in `sim.scenario.check`, so that all faults of a file are reported
together. Defaults that depend on other parts are filled in by `sim.scenario.resolve`.
"""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from sim.scenario.ai_agent import AiAgent
from sim.scenario.by import ByChannel, ByReason
from sim.scenario.by_time import NumberByTime
from sim.scenario.calendar import has_holidays
from sim.scenario.called import CALLED
from sim.scenario.distribution_fields import (
    AmountDist,
    DurationDist,
    TimedAmountDist,
    TimedDist,
    WindowDist,
)
from sim.scenario.distributions import CLOSE, Constant, Distribution, Never
from sim.scenario.events import Event
from sim.scenario.faults import Wrong, shown
from sim.scenario.fields import MORE_THAN_0, Also, Must, Refers
from sim.scenario.numbers import parse_share
from sim.scenario.part import Part
from sim.scenario.people import Aside, Break, Lines, Person, PersonName, Presence, Shift
from sim.scenario.queues import (
    Announcement,
    Balk,
    Callback,
    Exit,
    HeadStart,
    LineGroup,
    Outbound,
    Priority,
)
from sim.scenario.times import TimesOfWeek
from sim.scenario.transfers import Transfer
from sim.scenario.uncertain import Uncertain
from sim.scenario.values import (
    FROM_FILE,
    ONE_NAME,
    AfterWait,
    Amount,
    AtOnce,
    ChannelName,
    Coefficient,
    Confidence,
    Count,
    Counted,
    CountOf,
    Date,
    Duration,
    Flag,
    Heads,
    Moments,
    Name,
    OneOf,
    PoolName,
    Ratio,
    ReasonName,
    Recorded,
    RecordedNames,
    SameChannel,
    Share,
    Speed,
    Text,
    Threshold,
    TimedAmount,
    TimedShare,
    TimedSpeed,
    TimedWhole,
    Volume,
    always,
)
from sim.theory.turns import shared_pace


def _rest(shares: list[Any]) -> float:
    """What is left of one, for `lost`; faults in the shares themselves are found elsewhere."""
    try:
        rest = 1 - math.fsum(parse_share(share) for share in shares)
    except Wrong:
        return 0.0
    return min(max(round(rest, 12), 0.0), 1.0)


def _check_sum(wrong: Wrong, shares: Any, *path: str, hint: str = "") -> None:
    total = math.fsum(shares)
    if abs(total - 1) > CLOSE:
        wrong.add(f"the shares add up to {100 * total:.6g} %, not 100 %{hint}", *path)


# --- when -------------------------------------------------------------------------------------


NOT_REPLAYED = Refers("reason", replayed="replayed times come as they are, on all kinds of day")


class DayKind(Part):
    """A kind of day that comes by chance: volumes as multiples of the usual, by reason."""

    inline: ClassVar = "volumes"

    chance: Share
    volumes: dict[Annotated[Name, NOT_REPLAYED], Ratio] = {}  # reason -> factor


class Calendar(Part):
    """The simulated time: warm-up days, counted days, cool-down days, and windows of the week."""

    start: Date = datetime.date(2026, 1, 5)  # first counted day; this one is a Monday
    days: Annotated[int, CountOf(1, 3660)] = 7
    warmup: Annotated[int, CountOf(0, 366)] = 0  # simulated before, not counted
    cooldown: Annotated[int, CountOf(0, 366)] = 0  # customers go on arriving after, not counted
    # country or country-part of the `holidays` library: FR, DE-BY
    holidays: Annotated[Text, Must(has_holidays, "")] | None = None
    # Campaigns: volume as a multiple of the usual, by reason; reasons not listed are as usual.
    special_days: dict[Date, ByReason[Ratio]] = {}
    events: dict[Name, Event] = {}  # what happens on a date
    windows: dict[Name, TimesOfWeek] = {}  # the first that covers a moment; else "other"

    def inconsistencies(self, wrong: Wrong) -> None:
        if "other" in self.windows:
            wrong.add("`other` is the rest of the week; use another name", "windows", "other")
        first, last = self.simulated()
        outside = f"is not within the calendar, {first} to {last}"
        for day in self.special_days:
            if not first <= day <= last:
                wrong.add(outside, "special_days", str(day))
        for name, event in self.events.items():
            if not self._within(event, first, last):
                wrong.add(outside, "events", name, "at")

    def _within(self, event: Event, first: datetime.date, last: datetime.date) -> bool:
        """Whether an event happens in the simulated time."""
        if isinstance(event.at, datetime.datetime):
            return first <= event.at.date() <= last
        dates = [line.dates or (first, last) for line in event.at]
        return any(begin <= last and end >= first for begin, end in dates)

    def simulated(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day, those that are not counted among them."""
        one = datetime.timedelta(days=1)
        return self.start - self.warmup * one, self.start + (self.days + self.cooldown - 1) * one


# --- who calls --------------------------------------------------------------------------------


class Arrivals(Part):
    """Arrivals from a record instead of a volume: counts per interval, or exact times.

    The file (CSV) is read when the scenario is loaded; the resolved scenario holds its content:
    `counts` a list of [from, to, expected number] and `replay` a list of times, both in seconds
    from 00:00 of the first counted day. What else a record says of its contacts holds for the first
    contact of each customer. Where it says who they were, it says who came again, and when.
    """

    counts: Counted | None = None
    replay: Moments | None = None
    handle: Recorded | None = None  # of the replayed contacts, before speed; -1: drawn as usual
    wrap: Recorded | None = None
    patience: Recorded | None = None
    channel: RecordedNames | None = None  # of the first contact; empty: drawn as usual
    customer: RecordedNames | None = None  # who it was; empty: nobody who is recorded twice

    def inconsistencies(self, wrong: Wrong) -> None:
        if len(self.said("counts", "replay")) != 1:
            wrong.add("write either `counts` or `replay`, the name of a CSV file")
        sizes = {name: len(column) for name, column in self.recorded().items()}
        names = {"channel": self.channel, "customer": self.customer}
        sizes |= {name: len(column) for name, column in names.items() if column is not None}
        for name, size in sizes.items():
            if size != len(self.replay or ()):
                wrong.add("says another number of contacts than `replay`", name)

    def recorded(self) -> dict[str, list[float]]:
        """What is known of the replayed contacts."""
        found = {"handle": self.handle, "wrap": self.wrap, "patience": self.patience}
        return {name: seconds for name, seconds in found.items() if seconds is not None}


class Buying(Part):
    """What a customer with an intention to buy does."""

    unaided: Share = 0.0  # buys without having been served
    window: WindowDist = "patience"  # the intention ends, from joining; `patience`: with it
    lapse: Annotated[Literal["leave", "stay"], OneOf()] = "leave"  # when it ends
    basket: AmountDist | None = None


class Again(Part):
    """A new contact about the same matter, because the last one did not resolve it."""

    after: DurationDist
    on: SameChannel = "same"
    attempts: Annotated[int, CountOf(1, 100)] = 3  # new contacts at most


class Retry(Part):
    """A new try after giving up (abandoned, balked, blocked)."""

    chance: ByChannel[Share] = ByChannel[float].of(0.0)  # of channels not listed
    after: DurationDist
    on: SameChannel = "same"
    attempts: Annotated[int, CountOf(1, 100)] = 3  # new tries at most


DOOR_WORDS = ("lost", "returns", "after")


class ClosedDoor(Part):
    """What a customer does who finds the channel closed: shares that add up to one."""

    lost: Share  # default: the rest
    returns: Share = 0.0  # at the next opening
    after: DurationDist | None = None  # delay after it opens; none: as the profile goes
    to: dict[Annotated[Name, Refers("channel", *DOOR_WORDS)], Share] = {}  # where they try then

    inline: ClassVar = "to"
    words: ClassVar = DOOR_WORDS

    @classmethod
    def is_value(cls, data: dict[str, Any]) -> bool:
        """Whether a mapping tells of one closed door, rather than one for each channel."""
        return not any(isinstance(one, dict) for key, one in data.items() if key != "after")

    @classmethod
    def long_form(cls, data: Any) -> Any:
        said = super().long_form(data)
        if said is not data and "lost" not in said:
            said["lost"] = _rest([said.get("returns", 0), *said["to"].values()])
        return said

    def short_form(self, plain: dict[str, Any]) -> Any:
        said = super().short_form(plain)
        if self.loses_the_rest:  # it stays so whatever `uncertain` makes of the others
            del said["lost"]
        return said

    @property
    def loses_the_rest(self) -> bool:
        """Whether `lost` is what the other shares leave, and so need not be said."""
        return self.lost == _rest([self.returns, *self.to.values()])

    def inconsistencies(self, wrong: Wrong) -> None:
        onward = [self.returns, *self.to.values()]
        hint = "; without `lost`, that would be the rest" if math.fsum(onward) <= 1 else ""
        _check_sum(wrong, [self.lost, *onward], hint=hint)


class Reason(Part):
    """Why customers make contact, how many they are and how they behave."""

    volume: Volume | None = None
    arrivals: Arrivals | None = None
    # None: evenly over the week.
    profile: ByChannel[Annotated[Name, Refers("profile")]] = ByChannel[str](())
    busyness: Coefficient = 0.0  # coefficient of variation of a day's Gamma factor
    channels: dict[ChannelName, Share] = {}  # first choice; omitted: the scenario's only channel
    # On a deferred channel nobody leaves; there it only ends the intention to buy.
    patience: ByChannel[TimedDist] = ByChannel[Distribution].of(Never())
    balk: ByChannel[Balk] = ByChannel[Balk].of(Balk())
    buying: Buying | None = None
    handle: ByChannel[TimedDist] = ByChannel[Distribution](())  # talk or writing time
    # How much longer people need for what is hard: correlation of a customer's difficulty, which
    # decides whom an AI agent can help, with the rank of the handle time.
    difficulty: Share = 0.0
    wrap: ByChannel[TimedDist] = ByChannel[Distribution].of(Constant(0.0))  # customer gone
    resolved: ByChannel[TimedShare] = ByChannel[float | NumberByTime].of(1.0)
    again: Again | None = None
    retry: Retry | None = None
    closed: ByChannel[ClosedDoor] = ByChannel[ClosedDoor].of(ClosedDoor(lost=1.0))
    priority: Priority = Priority()
    head_start: ByChannel[HeadStart] = ByChannel[HeadStart].of(HeadStart())

    def inconsistencies(self, wrong: Wrong) -> None:
        if self.volume is None and self.arrivals is None:
            wrong.add("does not say how many customers" + self.hint("volume"))
        if self.arrivals is not None:
            for field in self.said("volume", "profile"):
                wrong.add("says what `arrivals` says already; remove one of them", field)
            if self.replayed and self.busyness:
                wrong.add("replayed times come as they are; remove it", "busyness")
            if self.arrivals.customer is not None:
                for field in self.said("retry", "again"):
                    wrong.add("the record says which customers came again; remove it", field)
            self._check_channels(wrong, self.arrivals.channel or [])
        if self.channels:
            _check_sum(wrong, self.channels.values(), "channels")

    @property
    def replayed(self) -> bool:
        """Whether its times are those of a record."""
        return self.arrivals is not None and self.arrivals.replay is not None

    def _check_channels(self, wrong: Wrong, recorded: list[str]) -> None:
        """What is recorded has a share, so that the ways of its contacts are known."""
        usual = [name for name, share in self.channels.items() if share > 0]
        for name in sorted({*recorded} - {"", *usual}):
            listed = ", ".join(usual)
            wrong.add(
                f"{shown(name)} is none of this reason's `channels`: {listed}",
                "arrivals",
                "channel",
            )


# --- how --------------------------------------------------------------------------------------


class Overdue(Part):
    """What the customer does when a deferred contact is not answered by its due time."""

    chance: Share
    on: ChannelName


PUT_DOWN = "`{name}` is {kind}; only work on deferred channels can be put down"
NOT_A_CALL = "agents call on `{name}`; a call is not put down"
DEFERRED = Refers("channel", live=PUT_DOWN, unlimited=PUT_DOWN, outbound=NOT_A_CALL)


class Channel(Part):
    """A way of making contact: live (waits and gives up), deferred (backlog, due), unlimited."""

    live: Flag  # default: no `due`, not `unlimited`
    hours: TimesOfWeek | None = None  # none: live ones while a pool on the route is scheduled
    queue_limit: Annotated[int, CountOf(0, 10_000_000)] | None = None  # waiting; 0: a loss system
    offer: Annotated[Literal["always", "when_free"], OneOf()] = "always"
    order: Annotated[Literal["oldest_first", "newest_first"], OneOf()] = "oldest_first"
    at_close: Annotated[Literal["dismiss", "drain"], OneOf()] = "dismiss"
    # Live: deferred channels, work on which is put down for it.
    interrupts: Annotated[list[Annotated[Name, DEFERRED]], ONE_NAME] = []
    hand_over: Flag = False  # deferred: who goes home leaves what is not done to others
    due: Duration | None = None  # deferred: answer within
    overdue: Overdue | None = None
    expires: DurationDist | None = None  # deferred: dropped when not answered within
    callback: Callback | None = None  # live
    outbound: Outbound | None = None  # deferred: agents call, nobody gets in touch
    exits: list[Exit] = []  # live: ways out of the queue
    announcement: Announcement | None = None  # live
    unlimited: Flag = False  # self-service: no queue, no agent
    resolved: Share = 1.0  # self-service: the rest go on to `otherwise`
    otherwise: ChannelName | None = None
    cost_per_contact: Amount = 0.0
    cost_per_waiting_minute: Amount = 0.0

    @classmethod
    def long_form(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        usual = "due" not in data and "outbound" not in data and data.get("unlimited") is not True
        return {"live": usual, **data}

    def inconsistencies(self, wrong: Wrong) -> None:
        kind = self.kind
        if self.unlimited and self.live:
            wrong.add("nobody waits on an unlimited channel; write `live: false`", "live")
        if kind == "deferred" and self.due is None:
            wrong.add("a channel that is not live needs a due time, as in `due: 24 h`", "due")
        for field in self.said(*FIELDS_OF_KINDS):
            if kind not in (kinds := FIELDS_OF_KINDS[field]):
                wrong.add(f"has no meaning here: only for {' and '.join(kinds)} channels", field)
        if self.unlimited and self.resolved < 1 and self.otherwise is None:
            wrong.add("say where the customers go whom it does not help", "otherwise")
        if self.outbound is not None:
            self._only_calls(wrong)

    @property
    def kind(self) -> str:
        """Live, deferred or unlimited."""
        return "unlimited" if self.unlimited else "live" if self.live else "deferred"

    @property
    def calls(self) -> Callback | Outbound | None:
        """How its customers are called, if they are."""
        return self.callback if self.outbound is None else self.outbound

    def _only_calls(self, wrong: Wrong) -> None:
        if self.queue_limit is not None:
            wrong.add("nobody is turned away from a list; remove it", "queue_limit")
        if self.hand_over:
            wrong.add("a call is not put down; remove it", "hand_over")


FIELDS_OF_KINDS = {
    **dict.fromkeys(("hours", "queue_limit", "order"), ("live", "deferred")),
    **dict.fromkeys(("offer", "at_close", "interrupts"), ("live",)),
    **dict.fromkeys(("callback", "exits", "announcement"), ("live",)),
    **dict.fromkeys(("hand_over", "due", "overdue", "expires", "outbound"), ("deferred",)),
    **dict.fromkeys(("resolved", "otherwise"), ("unlimited",)),
}


# --- who answers ------------------------------------------------------------------------------


class Once(Part):
    """What is paid once, as for setting up, and the time over which it is spread."""

    amount: Amount
    over: Annotated[Duration, MORE_THAN_0]


class Contract(Part):
    """What a pool costs: the sum of its parts.

    Hours are paid as they were rostered: those on duty, paid breaks and other activities, and
    `sick_paid` of the hours of those who did not come.

    A shift is an agent's time on duty; breaks of less than two hours do not end it, and do not
    count. What it lacks of `minimum_shift` is paid at `per_hour` without premium; overtime is
    paid apart. What all that is said here comes to in the counted days, at least
    `minimum_per_week` x days / 7 is paid.
    """

    needs: ClassVar = {"minimum_shift": "per_hour"}

    per_hour: Amount = 0.0  # of a rostered hour
    sick_paid: Share = 1.0  # of per_hour, for rostered hours of those who are absent
    paid: dict[Aside, Share] = {}  # of per_hour, by activity of the roster
    premium: dict[TimesOfWeek, Ratio] = {}  # added to per_hour then; the highest that covers
    overtime: Ratio = 0.0  # of per_hour, for finishing work after the end of duty
    per_contact: Amount = 0.0
    per_minute: Amount = 0.0  # talk and wrap-up
    per_resolution: Amount = 0.0  # of an AI agent: of what it says it has resolved
    per_sale: Amount = 0.0
    revenue_share: Share = 0.0
    per_week: Amount = 0.0  # fixed
    once: Once | None = None  # for setting up, spread evenly over a time
    minimum_shift: Duration = 0.0  # each shift is paid as at least so long
    minimum_per_week: Amount = 0.0  # commitment: what the others, but `once`, lack is paid too

    @property
    def once_a_week(self) -> float:
        """What a week has of what is paid once."""
        return 0.0 if self.once is None else self.once.amount * 7 * 86_400 / self.once.over


class Sells(Part):
    """How well a pool sells: by channel, reason, or reason and channel where that differs.

    `after_wait` says what a wait leaves of the conversion: straight lines between the points,
    level before the first and after the last; the wait is that of the contact that decides, from
    joining until it is answered or called back. What is left may be below the unaided rate: the
    wait then takes away all that help adds, but no more (what counts is the unaided rate, or the
    pool's own conversion where that is lower without any wait).
    """

    needs: ClassVar = {"after_wait": "conversion", "revenue_per_contact": "conversion"}

    conversion: ByReason[TimedShare] | None = None  # none: they buy as if nobody had helped
    basket: ByReason[TimedAmountDist] | None = None  # else the reason's
    revenue_per_contact: ByReason[TimedAmount] | None = None  # instead: mean over all served
    after_wait: AfterWait | None = None  # share of the conversion that is left after a wait


A_SECOND = Must(
    lambda pause: pause >= 1, "must be at least 1 s: who declined would be asked again at once"
)


class Offers(Part):
    """How the members of a pool take the contacts that are offered to them."""

    accept: Share = 1.0
    response: DurationDist = Constant(0.0)  # time until a member says yes or no
    # An offer not answered by then goes to another.
    timeout: Annotated[Duration, MORE_THAN_0] = 3600.0
    pause: Annotated[Duration, A_SECOND] = 60.0  # none to one who declined or let it time out


Paces = Annotated[list[Speed], Must(bool, "is empty; write a speed for 1, 2, ... contacts in hand")]


class Pool(Part):
    """A group of people with one contract: scheduled, or members who come as they like."""

    needs: ClassVar = {
        "people": "roster",
        "sessions": "members",
        "session": "members",
        "satisfaction_after_wait": "satisfaction",
    }

    # Overlapping lines add up; a bare number: always there; 13.2: one more on a fifth of days.
    agents: Annotated[
        dict[TimesOfWeek, Heads], Also(always, {"type": "integer", "minimum": 0}), FROM_FILE
    ] = {}
    shifts: dict[Name, Shift] = {}  # instead of agents
    # Instead of agents: person -> times -> activity.
    roster: Annotated[dict[PersonName, Lines], FROM_FILE] = {}
    people: dict[PersonName, Person] = {}  # of the roster, where they differ
    members: Count | None = None  # self-scheduled, instead of agents
    sessions: dict[TimesOfWeek, Share] = {}  # chance that a member away logs in within an hour
    session: DurationDist | None = None  # how long they stay, at most to the end of the hours
    offers: Offers | None = None  # contacts are offered; none: agents take what comes
    presence: Presence = Presence()  # who of those scheduled is really there
    lateness: DurationDist = Constant(0.0)  # how much later than scheduled a day's work begins
    breaks: list[Break] = []
    last_contact: Duration = 0.0  # no new contact so long before the end of a shift
    # Channel -> how many at once; a list: one each; omitted: every channel that needs an agent.
    answers: AtOnce = {}
    pace: dict[ChannelName, Paces] = {}  # channel -> speed of each contact with 1, 2, ... in hand
    agent_share: dict[ChannelName, Share] = {}  # instead: the part of a contact that is theirs
    speed: ByReason[TimedSpeed] = ByReason[float | NumberByTime].of(1.0)  # 2: half the time
    # None: the reason's.
    priority: ByReason[TimedWhole | None] = ByReason[int | NumberByTime | None].of(None)
    ai_agent: AiAgent | None = None  # the pool's agents are its conversations, so many at once
    contract: Contract = Contract()
    sells: Sells = Sells()
    satisfaction: ByReason[TimedShare] | None = None
    satisfaction_after_wait: AfterWait | None = None  # share of it that is left after a wait

    def inconsistencies(self, wrong: Wrong) -> None:
        self._check_supply(wrong)
        for channel in self.agent_share:
            if channel in self.pace:
                wrong.add("`pace` says it too; leave out one of them", "agent_share", channel)

    def present(self) -> dict[TimesOfWeek, float]:
        """When the pool is scheduled, whoever is really there: more than 0 somewhere."""
        if self.members is not None:
            return {**self.sessions}
        found: dict[TimesOfWeek, float] = {**self.agents}
        for shift in self.shifts.values():
            found[shift.at] = found.get(shift.at, 0) + shift.count
        for lines in self.roster.values():
            for times, activity in lines.items():
                if activity == "work":
                    found[times] = found.get(times, 0) + 1
        return found

    def paces(self, channel: str, most: int) -> list[float]:
        """Speed of each contact with 1, 2, ..., `most` in hand; the last entry goes on."""
        share = self.agent_share.get(channel)
        if share is not None:
            return shared_pace(share, most)
        given = self.pace.get(channel, [1.0])
        return [given[min(held, len(given)) - 1] for held in range(1, most + 1)]

    def scheduled(self) -> int:
        """How many people there are at most, roughly: for limits of size."""
        counts = [
            *map(math.ceil, self.agents.values()),
            *(one.count for one in self.shifts.values()),
        ]
        return sum(counts) + len(self.roster) + (self.members or 0)

    def _check_supply(self, wrong: Wrong) -> None:
        ways = self.said(*SUPPLY)
        if len(ways) > 1:
            wrong.add(f"a pool has `{ways[0]}` or `{ways[1]}`, not both", ways[0])
        if self.members is None:
            self._check_scheduled(wrong, ways)
        else:
            self._check_members(wrong)

    def _check_scheduled(self, wrong: Wrong, ways: list[str]) -> None:
        if not ways:
            wrong.add(CALLED["Pool", "agents"], "agents")
        if not self.shifts:
            for place, one in enumerate(self.breaks):
                if one.of_shift:
                    message = "only people with `shifts` have a break at a point of their shift; "
                    hint = "write `between: mon-fri 12:00-14:00`"
                    wrong.add(message + hint, "breaks", place, *one.said("after", "within")[:1])

    def _check_members(self, wrong: Wrong) -> None:
        for field in self.said("breaks", "presence", "lateness", "last_contact"):
            wrong.add("members come and go as they like; remove it", field)
        if not self.sessions:
            wrong.add("say when members log in, as in `sat-sun 09:00-23:00: 4 %`", "sessions")
        if any(chance >= 1 for chance in self.sessions.values()):
            wrong.add("a chance of 100 % an hour means no time away; allowed: less", "sessions")
        if self.session is None:
            wrong.add("say how long members stay, as in `session: 50 min`", "session")


class Step(Part):
    """One pool on a route: joins `after` a wait, holds back unless more are free.

    Pools of equal rank stand side by side in a list of their own (`to: [[north, south], rest]`) and
    are searched as one: their steps but the first are `beside` the one before.
    """

    alone: ClassVar = "pool"
    pool: PoolName
    after: Duration = 0.0
    keep_free: Annotated[int, CountOf(0, 100_000)] = 0
    beside: Flag = False  # of equal rank with the step before


def _side_by_side(said: Any) -> list[Any]:
    """The steps of pools that are written in a list of their own; else the one step."""
    if not isinstance(said, list):
        return [said]
    steps = [{"pool": one} if isinstance(one, str) else one for one in said]
    return [
        {**one, "beside": i > 0} if isinstance(one, dict) else one for i, one in enumerate(steps)
    ]


def _in_order(said: Any) -> Any:
    """The steps of a route, from the name of its only pool too."""
    listed = [said] if isinstance(said, str) else said
    if not isinstance(listed, list):
        return said
    return [step for one in listed for step in _side_by_side(one)]


class Route(Part):
    """Which pools may take a contact, in order. The first route that matches decides."""

    reason: Annotated[list[ReasonName], ONE_NAME] | None = None  # none: any
    channel: Annotated[list[ChannelName], ONE_NAME] | None = None
    to: Annotated[list[Step], Also(_in_order, {"type": "string"})]
    # Among pools of equal rank: the agent free for longest, or of any pool that has one able.
    choose: Annotated[Literal["longest_free", "random"], OneOf()] = "longest_free"

    def matches(self, reason: str, channel: str) -> bool:
        """Whether this line is about a contact type."""
        return (self.reason is None or reason in self.reason) and (
            self.channel is None or channel in self.channel
        )

    def inconsistencies(self, wrong: Wrong) -> None:
        for field in ("reason", "channel"):
            if getattr(self, field) == []:
                wrong.add("is empty; leave it out to mean any", field)
        if not self.to:
            wrong.add("is empty" + self.hint("to"), "to")
        elif self.to[0].beside:
            wrong.add("has no step before it", "to", 0, "beside")
        for place, (one, other) in enumerate(pairwise(self.to), 1):
            if other.beside and (one.after, one.keep_free) != (other.after, other.keep_free):
                message = "pools of equal rank are searched as one: give all the same `after`"
                wrong.add(message + " and `keep_free`", "to", place)
        if self.choose == "random" and not any(step.beside for step in self.to):
            hint = "as in `to: [[north, south]]`"
            wrong.add(
                "chooses among pools of equal rank: write them side by side, " + hint, "choose"
            )


SUPPLY = ("agents", "shifts", "roster", "members")
"""The ways to say who is there: one of them."""


# --- the whole --------------------------------------------------------------------------------


PART_OF_HOUR = Must(
    lambda interval: interval in (900.0, 1800.0, 3600.0), "is not 15 min, 30 min or 60 min"
)


class Run(Part):
    """How a scenario is run and reported."""

    replications: Annotated[int, CountOf(1, 1_000_000)] = 50
    seed: Annotated[int, CountOf(0, 2**63 - 1)] = 1
    confidence: Confidence = 0.95
    # Answered within; default 20 s for live channels, `due` for deferred ones.
    service_level: ByReason[Threshold] = ByReason[float](())
    # Abandoned sooner than that counts apart: in no service level, not among the abandoned.
    short_abandon: ByChannel[Duration] = ByChannel[float].of(0.0)
    interval: Annotated[Duration, PART_OF_HOUR] | None = None  # results by intervals of the day

    def thresholds(self, channel: str, reasons: Iterable[str]) -> list[float]:
        """Within how many seconds contacts are to be answered on a channel, the shortest first."""
        return sorted({self.service_level.at(reason, channel) for reason in reasons})


class Scenario(Part):
    """A whole scenario. Resolved: every default filled in, every file read."""

    name: Text = ""
    calendar: Calendar = Calendar()
    currency: Text = "EUR"
    gross_margin: Share = 1.0
    busyness: Coefficient = 0.0  # of a day's factor that all reasons share
    day_kinds: dict[Name, DayKind] = {}  # some days are unlike others, by chance
    # Weight per hour; overlaps add up.
    profiles: dict[Name, Annotated[dict[TimesOfWeek, Amount], FROM_FILE]] = {}
    reasons: dict[Name, Reason]
    channels: dict[Name, Channel] = {}  # omitted: live ones, those that pools answer
    lines: dict[Name, LineGroup] = {}  # how many customers can be connected at a time
    linked: Flag = False
    pools: dict[Name, Pool]
    routing: list[Route] = []  # omitted: every pool that answers, all of equal rank
    transfers: dict[Name, Transfer] = {}  # talks after which the customer waits for somebody else
    uncertain: Uncertain = Uncertain()  # what is not known well, and what it may be
    run: Run = Run()

    def inconsistencies(self, wrong: Wrong) -> None:
        for field in ("reasons", "pools"):
            if not getattr(self, field):
                wrong.add("is empty" + self.hint(field), field)
        if math.fsum(kind.chance for kind in self.day_kinds.values()) > 1 + CLOSE:
            wrong.add("the chances add up to more than 100 %", "day_kinds")
        for name, profile in self.profiles.items():
            for times in profile:
                if times.dated:
                    message = "a profile is the shape of any week, so it names no dates"
                    wrong.add(message, "profiles", name, str(times))
            if not any(profile.values()):
                wrong.add("has no weight above 0", "profiles", name)
