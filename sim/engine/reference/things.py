"""Who and what there is in the reference engine's centre: customers, contacts, agents, queues."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from dataclasses import dataclass, field
from math import floor, inf, nan
from typing import NamedTuple

import numpy as np

from sim.engine.plan import Plan
from sim.tables import TICKS_PER_SECOND, Cause, Outcome

# what a contact is doing
COMING, WAITING, OFFERED, IN_HAND, PUT_DOWN, ENDED = range(6)

# plain numbers, as in `plain.py`
UNFINISHED = int(Outcome.UNFINISHED)
CONFERENCE = int(Cause.CONFERENCE)  # somebody is to join another talk


@dataclass(slots=True, eq=False)
class Customer:
    """A customer and how often each kind of second chance was used."""

    number: int
    reason: int
    row: int
    attempts: int = 0  # contacts made, less one
    tries: int = 0
    agains: int = 0
    moves: int = 0


@dataclass(slots=True, eq=False)
class Contact:
    """One contact: a row of the log, and its state on the way."""

    number: int
    customer: Customer
    line: Line
    cause: int
    parent: int
    attempt: int
    place: int  # in its banks of the draws
    arrived: float
    key: float = nan  # its place in the queue, when it waits
    state: int = COMING
    outcome: int = UNFINISHED
    ended: float = nan
    agent: int = -1  # who has answered
    talked: float = nan
    freed: float = nan
    resolved: int = -1
    joined: int = 0  # steps of the route whose pools may take it
    gives_up: float = inf  # when patience ends
    connected: bool = False  # holds a line
    hangs_up: float = nan  # when the line is expected to be free
    exits: int = 0  # ways out of the queue, after a wait, that have been offered
    draining: bool = False  # its door has closed behind it; agents stay for it
    withdrawn: bool = False  # answered elsewhere before it came
    callback: int = 0  # the customer waits to be called back: which call; 0: does not
    offers: int = 0
    offer: Offer | None = None  # the present one
    asking: Passing | None = None  # who is to join its talk when that has come to its end
    passing: Passing | None = None  # how it will be passed on then
    talk_ends: float = nan  # when that is
    passed_on: bool = False
    stays: bool = False  # its agent waits with the customer for the next one, or did
    origin: Contact | None = None  # of a leg: what was passed on
    passed_by: int = -1  # of a leg: the transfer
    by_ai: int = -1  # what has become of it, if an AI agent answered
    held: bool = False  # in hand behind its closed door: agents stay who may get it yet
    rest: Rest | None = None  # of work that has begun

    @property
    def leads_on(self) -> bool:
        """Whether at the end of its talk somebody joins, or it is passed on."""
        return self.asking is not None or (self.passing is not None and not self.passed_on)


@dataclass(slots=True, eq=False)
class Offer:
    """A contact on offer: to whom, until when, and whether they accept."""

    agent: Agent
    began: float
    ends: float
    accepted: bool


@dataclass(slots=True, eq=False)
class Work:
    """What a contact in hand in a pool with pace asks for, and how far it is: rule 6."""

    talk: float
    total: float  # talk and wrap-up
    touched: float  # when it was last brought up to date
    slowness: float  # work takes so many times as long in this pool
    own: float  # and so many times as long with this agent
    wrap: float  # before speed
    began: float
    done: float = 0.0
    speed: float = 0.0

    def rest(self) -> tuple[float, float]:
        """Talk and wrap-up that are left, before speed."""
        if self.done < self.talk:
            return self._before_speed(self.talk - self.done), self.wrap
        return 0.0, self._before_speed(max(self.total - self.done, 0.0))

    def _before_speed(self, seconds: float) -> float:
        return on_grid(seconds / self.slowness / self.own)

    def talk_ends(self) -> float:
        """When the talk ends at the present speed."""
        return self.touched + on_grid(max(self.talk - self.done, 0.0) / self.speed)


@dataclass(slots=True, eq=False)
class Rest:
    """What is left of a contact that was put down, before speed: rule 6c."""

    talk: float
    wrap: float
    answered: float  # when work on it first began
    row: int  # of the latest time among all that was put down
    resolved: int  # whether it will be, as decided then


class Passing(NamedTuple):
    """A way in which contacts of a line that a pool answers are passed on (rule 11)."""

    chance: list[float]  # by variant, with the ways before it
    transfer: int
    to: Line
    after: float  # share of the talk
    hold: float  # that the agent then waits with the customer at most; 0: cold
    most: int  # times that it happens to one contact


class Line:
    """A contact type: its queue, its route, its door, its chances.

    It is a reason on a channel, or a leg: `whose` is then the customers' reason, and `reason` the
    one as which they are handled.
    """

    def __init__(
        self,
        plan: Plan,
        whose: int,
        reason: int,
        channel: Channel,
        at: list[int],
        timed: list[list[int]],
    ) -> None:
        c = channel.number
        self.whose = whose
        self.reason = reason
        self.channel = channel
        self.queue: deque[Contact] = deque()
        self.route: list[Step] = []
        self.first_steps: list[Step] = []  # those that join at once
        self.places: list[tuple[Pool, float]] = []  # of an agent on duty, in those steps
        self.head_start: list[float] = plan.head_start[reason, c].tolist()  # by cause
        self.random = bool(plan.random[reason, c])
        self.door: Door | None = None
        self.balk = float(plan.balk[reason, c])
        self.balk_by = int(plan.balk_by[reason, c])
        self.balks = self.balk > 0 or self.balk_by > 0
        here = plan.balk_first[reason * len(plan.kind) + c :][:2]
        self.balk_points: list[list[float]] = plan.balk_points[here[0] : here[1]].tolist()
        self.retry_chance = float(plan.retry_chance[whose, c])
        self.retry_on = int(plan.retry_on[whose, c])
        self.resolved: list[float] = plan.resolved[:, reason, c].tolist()  # by variant
        self.again_on = int(plan.again_on[whose, c])
        self.closed: list[float] = plan.closed[whose, c].tolist()
        self.by_profile = bool(plan.by_profile[whose, c])
        self.mean_work = float(plan.mean_work[reason, c])
        self.times = 1.0  # its talk takes so many times as long
        self.parts = channel.callback_times != 1.0  # whether that or another factor may be not 1
        self.at = at  # one a purpose: where its values begin, now
        self.timed = timed  # by variant: the same of those that depend on the time, the first ones
        # By number of the pool that answers, and whether they are conferences.
        self.passings: dict[tuple[int, bool], list[Passing]] = {}
        self.reaches: list[Pool] = []  # to which its contacts may be passed on

    def head(self) -> Contact | None:
        """The first waiting contact. Those on offer keep their place, others are dropped."""
        queue = self.queue
        while queue and queue[0].state > OFFERED:
            queue.popleft()
        for contact in queue:
            if contact.state == WAITING:
                return contact
        return None

    def line_up(self, contact: Contact) -> None:
        """Into the queue, at the place that its key says."""
        if not self.queue or self.queue[-1].key < contact.key:  # as a rule: who comes is last
            self.queue.append(contact)
        else:
            insort(self.queue, contact, key=_place)


def _place(contact: Contact) -> tuple[float, int]:
    """A contact's place in its queue."""
    return contact.key, contact.number


@dataclass(slots=True, eq=False)
class Step:
    """A step of a route: its pools, which are of equal rank, join together."""

    pools: list[tuple[Pool, int]]  # with the shares that a contact takes there
    keep: int  # agents to be kept free
    after: float
    alone: bool  # one pool, of which nobody is kept free

    @property
    def idle(self) -> int:
        """Agents on duty, not paused, with nothing in hand."""
        agents = [agent for pool, _ in self.pools for agent in pool.agents if agent.load == 0]
        return len([agent for agent in agents if agent.on and not agent.paused])


class Channel:
    """A channel and how many contacts wait on it."""

    def __init__(self, plan: Plan, number: int, trunk: Trunk | None) -> None:
        self.number = number
        self.trunk = trunk
        self.kind = int(plan.kind[number])
        self.queue_limit = inf if plan.queue_limit[number] < 0 else int(plan.queue_limit[number])
        self.when_free = bool(plan.when_free[number])
        self.newest = bool(plan.newest[number])
        self.drain = bool(plan.drain[number])
        self.hand_over = bool(plan.hand_over[number])
        self.interrupts = frozenset(np.flatnonzero(plan.interrupts[number]).tolist())
        # its contacts may be put down
        self.divisible = self.hand_over or bool(plan.interrupts[:, number].any())
        self.due = float(plan.due[number])
        self.overdue_chance = float(plan.overdue_chance[number])
        self.overdue_on = int(plan.overdue_on[number])
        self.otherwise = int(plan.otherwise[number])
        self.callback_over = float(plan.callback_over[number])
        self.callback_chance = float(plan.callback_chance[number])
        self.reach = float(plan.reach[number])
        self.outbound = bool(plan.outbound[number])
        self.right_party = float(plan.right_party[number])
        self.wrong_party = float(plan.wrong_party[number])
        self.preview = float(plan.preview[number])
        self.reach_again = float(plan.reach_again[number])
        self.reach_at: list[tuple[Door, float]] = []  # the first that is open, instead of reach
        self.ring = float(plan.ring[number])
        self.callback_door: Door | None = None  # while it is open: offered; none: always
        self.rest_door: Door | None = None  # while it is open nobody calls from the list
        self.callback_times = float(plan.callback_times[number])
        self.calls = int(plan.calls[number])
        self.call_again = float(plan.call_again[number])
        self.announce_over = float(plan.announce_over[number])
        self.announces = self.announce_over < inf
        self.announce_patience = float(plan.announce_patience[number])
        first, past = plan.exit_first[number : number + 2].tolist()
        timed = int(plan.exit_timed[number])
        self.exits_at_once = [Exit(plan, e) for e in range(first, timed)]
        self.exits = [Exit(plan, e) for e in range(timed, past)]
        self.waiting = 0  # in the queue or on offer, callbacks not counted
        self.callbacks = 0  # customers who wait to be called back


@dataclass(slots=True, eq=False)
class Trunk:
    """A group of lines, and how many are in use."""

    lines: int
    connected: int = 0


class Exit:
    """A way out of a queue."""

    def __init__(self, plan: Plan, e: int) -> None:
        self.after = float(plan.exit_after[e])
        self.over = float(plan.exit_over[e])
        self.waiting = int(plan.exit_waiting[e])
        self.chance = float(plan.exit_chance[e])
        self.on = int(plan.exit_on[e])  # channel; -1: the end


class Door:
    """Opening hours: open from each opening (included) to its closing (not included)."""

    def __init__(
        self, number: int, opens: list[float], closes: list[float], sudden: list[int]
    ) -> None:
        self.number = number
        self.opens = opens
        self.closes = closes
        self.sudden = sudden  # of each closing: whether an event has closed it
        self.lines: list[Line] = []  # that this door opens and closes

    def is_open(self, now: float) -> bool:
        """Whether it is open at this moment."""
        i = bisect_right(self.opens, now)
        return i > 0 and now < self.closes[i - 1]

    def opens_after(self, now: float) -> tuple[float, float]:
        """The next opening and its closing; from now on, if it is open; infinity: none."""
        i = bisect_right(self.opens, now)
        if self.is_open(now):
            return now, self.closes[i - 1]
        return (self.opens[i], self.closes[i]) if i < len(self.opens) else (inf, inf)


class Profile:
    """A reason's profile, as what of it lies before some times; empty: evenly."""

    def __init__(self, times: list[float], before: list[float]) -> None:
        self.times = times
        self.before = before

    def point(self, begin: float, end: float, share: float) -> float:
        """The time in [begin, end) before which that share of what lies there lies."""
        found = begin + share * (end - begin)
        first, past = self._until(begin), self._until(end)
        if past > first:
            found = self._reached(first + share * (past - first))
        return min(max(on_grid(found), begin), end - 1 / TICKS_PER_SECOND)

    def _until(self, time: float) -> float:
        """What lies before a time."""
        times, before = self.times, self.before
        i = bisect_right(times, time) - 1
        if i < 0 or i + 1 >= len(times):
            return 0.0 if i < 0 else before[i]
        return before[i] + (before[i + 1] - before[i]) * (
            (time - times[i]) / (times[i + 1] - times[i])
        )

    def _reached(self, much: float) -> float:
        """The last time before which no more than that lies."""
        times, before = self.times, self.before
        i = bisect_right(before, much) - 1
        if i + 1 >= len(times):
            return times[i]
        return times[i] + (times[i + 1] - times[i]) * (
            (much - before[i]) / (before[i + 1] - before[i])
        )


@dataclass(slots=True, eq=False)
class Spell:
    """A spell of duty of an agent."""

    agent: int
    last: float  # no new contact from then on
    off: float
    rest: float  # seconds of the breaks before it
    slowness: float
    ends: int  # whether the shift ends with it
    came: float  # when the agent really came and left
    left: float


@dataclass(slots=True, eq=False)
class Agent:
    """An agent: on duty or not, and the shares and contacts in hand."""

    number: int
    pool: Pool
    on: bool = False
    paused: bool = False  # for a while after an offer not taken
    resumes: float = nan
    offers: int = 0  # made to this agent so far
    load: int = 0
    since: float = -inf  # last came on duty or finished a contact
    hand: dict[Contact, Work] = field(default_factory=dict)  # with pace, or what may be put down
    spell: int = -1  # of duty, the latest begun
    over: bool = True  # that spell has ended: may leave
    slowness: float = 1.0  # in that spell
    aside: list[Contact] = field(default_factory=list)  # put down, for this agent to go on with


@dataclass(slots=True, eq=False)
class Dish:
    """A row of a pool's menu: a contact type that its agents may take."""

    line: Line
    queue: deque[Contact]  # the line's
    nth: int
    step: Step  # of the line's route: the nth
    unit: int  # shares
    priorities: list[int]  # by variant
    grows: float  # with a second of waiting
    most: float  # and does not exceed
    jump: float  # from so long a wait on
    then: int  # the priority is this

    def priority_of(self, contact: Contact, now: float, variant: int) -> float:
        """The priority of a contact that waits."""
        if now - contact.key >= self.jump:
            return self.then
        priority = self.priorities[variant]
        if self.grows == 0.0:
            return priority
        return min(priority + self.grows * (now - contact.key), self.most)


class Pool:
    """A pool: what its agents may take, and which of them are free."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.number = number
        self.shown = int(plan.shown[number])
        self.agents: list[Agent] = []
        self.capacity = int(plan.capacity[number])
        self.unit: list[int] = plan.unit[number].tolist()
        # by variant, reason, channel
        self.slowness: list[list[list[float]]] = plan.slowness[:, number].tolist()
        self.paced = bool(plan.paced[number])
        self.pace: list[list[float]] = plan.pace[number].tolist()
        # what it may take, highest priority first
        self.menu: list[Dish] = []
        self.terms: dict[Line, Dish] = {}  # the same by contact type
        self.grows = False  # whether some of these priorities grow, or depend on the time
        self.free: list[tuple[int, float, int, Agent]] = []  # heap by load, since, number
        self.on_duty = 0
        self.accept = float(plan.accept[number])  # chance of taking an offer; above 1: no offers
        self.offers = self.accept <= 1
        self.timeout = float(plan.timeout[number])
        self.pause = float(plan.pause[number])
        self.ai = bool(plan.ai[number])
        self.ai_resolves: list[list[list[float]]] = plan.ai_resolves[:, number].tolist()
        self.ai_asks: list[list[list[float]]] = plan.ai_asks[:, number].tolist()
        self.ai_asked_after = float(plan.ai_asked_after[number])
        self.ai_wrong = float(plan.ai_wrong[number])
        self.ai_leaves = float(plan.ai_leaves[number])
        self.draining = 0  # contacts behind a closed door that may come to this pool
        self.staying: set[int] = set()  # agents off duty who are still there
        self.slows = bool((plan.slowness[:, number] != 1.0).any())

    def slowness_of(self, line: Line, variant: int) -> float:
        """Work takes so many times as long."""
        return self.slowness[variant][line.reason][line.channel.number]


def on_grid(seconds: float) -> float:
    """Rounded to the nearest point of the grid, halves up."""
    return floor(seconds * TICKS_PER_SECOND + 0.5) / TICKS_PER_SECOND
