"""The tables that cross a border inside the product: columns, types, units, meaning, invariants.

`Draws` goes into an engine, `ContactLog` and `DutyLog` come out. All arrays are read-only. Times
are seconds from 00:00 of the first counted day (warm-up days are negative) and multiples of
`GRID`, so that sums and differences of times are exact in binary floating point.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Numbers = NDArray[np.integer[Any]]
"""Whole numbers of any width; in the tables below they take 32 bits."""
Codes = NDArray[np.int8]

TICKS_PER_SECOND = 2.0**20
"""Times are whole numbers of ticks: about a millionth of a second, exact up to a century."""

DAY = 86400.0

SHIFT_GAP = 7200.0
"""An agent who is away so long has ended their shift; a shorter time away is a break."""


def on_grid(seconds: Any) -> Any:
    """The nearest whole number of ticks, in seconds; infinity stays infinity."""
    return np.floor(np.asarray(seconds) * TICKS_PER_SECOND + 0.5) / TICKS_PER_SECOND


def put_on_grid(seconds: Floats) -> None:
    """Move the times of an array to the grid, where they stand."""
    np.multiply(seconds, TICKS_PER_SECOND, out=seconds)
    np.add(seconds, 0.5, out=seconds)
    np.floor(seconds, out=seconds)
    np.multiply(seconds, 1.0 / TICKS_PER_SECOND, out=seconds)


class Outcome(IntEnum):
    """How a contact ended: exactly one of these (rule 10)."""

    ANSWERED = 0
    ABANDONED = 1  # patience ended
    BALKED = 2  # would not wait at all; counted among the abandoned
    BLOCKED = 3  # the queue was at its limit
    CLOSED = 4  # the door was closed, no agent was free to offer it to, or dismissed at closing
    EXPIRED = 5  # deferred: dropped unanswered
    WITHDRAWN = 6  # the customer was answered elsewhere, in a linked centre
    SELF_SERVED = 7  # handled by self-service, resolved or not
    UNREACHED = 8  # called, and the customer did not pick up
    UNFINISHED = 9  # still open at the end of the run
    FLOWED_OUT = 10  # left the queue by one of its exits: neither answered nor abandoned
    NO_LINE = 11  # all lines were in use: a busy signal


class Cause(IntEnum):
    """Why a contact was made."""

    FIRST = 0
    RETRY = 1  # after giving up
    AGAIN = 2  # the last contact did not resolve the matter
    CLOSED = 3  # came back, or switched channel, after a closed door
    OVERDUE = 4  # a deferred contact was not answered by its due time
    OTHERWISE = 5  # self-service did not resolve it
    EXIT = 6  # led to another channel by a way out of the queue
    CALL = 7  # nobody picked up: the customer is to be called once more
    TRANSFER = 8  # a leg: an agent has passed the parent on, the customer has stayed
    HAND_OVER = 9  # a leg: an AI agent has
    CONFERENCE = 10  # no contact: somebody else is to join the parent's talk


class ByAi(IntEnum):
    """What has become of a conversation with an AI agent."""

    NO = -1  # there was none
    RESOLVED = 0
    WRONG = 1  # resolved in its own eyes
    LEFT = 2  # the customer has gone without a word
    HANDED_OVER = 3
    ASKED = 4  # handed over because the customer asked for a person


class Purpose(IntEnum):
    """What a value of `Draws.values` is for. One random stream each, keyed by its name."""

    PATIENCE = 0  # seconds
    HANDLE = 1  # seconds
    WRAP = 2  # seconds
    BALK = 3  # uniform in [0, 1), as all purposes that decide a chance
    RETRY = 4
    RETRY_AFTER = 5  # seconds
    AGAIN = 6
    AGAIN_AFTER = 7  # seconds
    CLOSED = 8
    CLOSED_AFTER = 9  # seconds after the opening; or uniform: where in the opening hours
    OVERDUE = 10
    CALLBACK = 11
    REACH = 12
    WINDOW = 13  # seconds; the purchase window where it is not the patience itself
    CHOOSE = 14  # uniform: which pool of equal rank
    EXIT_AT_ONCE = 15  # uniform: which way out of the queue is taken on arrival
    EXIT = 16  # uniform: which of those that are offered after a wait
    TRANSFER = 17  # uniform: whether, and by what, it is passed on
    DIFFICULTY = 18  # uniform, one a customer: an AI agent helps if it is less than its share
    AI_AGENT = 19  # uniform: what becomes of a conversation with an AI agent
    AI_TALK = 20  # seconds
    CALLBACK_PATIENCE = 21  # seconds
    HAND_OVER = 22  # seconds: of a warm transfer or a conference, both agents
    CONFERENCE = 23  # uniform: whether there is a conference, and with whom


TIMED = (Purpose.PATIENCE, Purpose.HANDLE, Purpose.WRAP)
"""What may depend on the time of the week: on when the customer joins, or is answered."""

_TYPES = {"Floats": np.float64, "Ints": np.int64, "Numbers": np.int32, "Codes": np.int8}
"""Annotation of a column -> its type."""


@dataclass(frozen=True)
class _Table:
    """Columns of equal meaning to every reader: read-only arrays, compared byte by byte.

    Whoever makes a table may give wider whole numbers: they become what the annotation says.
    What is no column (its annotation is none of those) is neither changed nor compared.
    """

    def __post_init__(self) -> None:
        for name, kind in self._columns():
            column: np.ndarray = np.asarray(getattr(self, name), kind)
            column.setflags(write=False)
            object.__setattr__(self, name, column)

    @property
    def nbytes(self) -> int:
        """Of all columns."""
        return sum(getattr(self, name).nbytes for name, _ in self._columns())

    def identical(self, other: _Table) -> bool:
        """True if every column of `other` has the same bytes (nan equals nan)."""
        return all(
            getattr(self, name).tobytes() == getattr(other, name).tobytes()
            for name, _ in self._columns()
        )

    @classmethod
    @cache
    def _columns(cls) -> list[tuple[str, type]]:
        kinds = ((field.name, _TYPES.get(str(field.type))) for field in fields(cls))
        return [(name, kind) for name, kind in kinds if kind is not None]


class MoreLuck(Protocol):
    """Sequences of luck are infinite by name; the draws hold the first block of each.

    An engine that needs a later one asks for it. A block is a function of seed, replication, the
    sequence's name and the block's number alone: it matters neither when nor by whom it is asked
    for.
    """

    def answers_to_offers(self, block: int) -> tuple[Floats, Floats]:
        """`Draws.offer_luck` and `Draws.offer_response` of this block (0: those in the draws)."""

    def contact_values(self, reason: int, attempt: int) -> Floats:
        """The values of a reason's customers for this attempt (0: those in the draws)."""


@dataclass(frozen=True)
class Aside(_Table):
    """Rostered time that is not on duty: one row a piece, in no order.

    Pieces of one agent do not overlap each other or their duty. No engine reads them.
    """

    agent: Numbers
    on: Floats
    off: Floats
    paid: Floats  # share of the hourly pay
    counts: Codes  # 1 if it counts as rostered time; 0: an unpaid break
    absent: Codes  # 1 if the agent did not come that day


NOTHING_ASIDE = Aside(*np.zeros((6, 0)))


@dataclass(frozen=True)
class Draws(_Table):
    """All randomness of one replication that an engine needs.

    Customers are numbered by arrival time (then by reason, then by their number within the
    reason). A contact is the customer's `attempt`-th (from 0). Its values stand at
    `at[purpose, reason, channel] + row[customer]`: for the first attempt in `values`, of which
    `begins[reason] : begins[reason + 1]` are the reason's; for a later one in a table like that,
    whose part for the reason is `more.contact_values(reason, attempt)`. Those of a leg
    (`sim.scenario.paths.Leg`, numbered as by `legs_of`) begin at `at_legs[purpose, leg]` instead;
    reason is always the customer's. `at` is -1 where the scenario can never ask. Where values
    depend on the time, those of each variant begin at `at_times`.
    """

    # one entry a customer
    arrival: Floats  # time, not decreasing
    reason: Numbers
    row: Numbers  # number of the customer within the reason
    channel: Numbers  # of the first contact
    age: Floats  # seconds that it had been waiting when it came; empty if none had
    same: Numbers  # first one who is the same, by a record; empty if none is recorded twice
    # one entry a reason
    reason_size: Ints  # customers
    # per contact
    values: Floats
    begins: Ints  # [reasons + 1] where those of each reason begin
    at: Ints  # [purpose, reason, channel]
    at_legs: Ints  # [purpose, leg]
    at_times: Ints  # [variant, purpose of `TIMED`, contact type], legs behind: in its place, if any
    # one row an agent who is offered contacts (rows of others are empty): their answers in order,
    # the first block of an infinite sequence
    offer_first: Ints  # [agents + 1] where each agent's row begins
    offer_luck: Floats  # uniform: accepts if less than the pool's chance
    offer_response: Floats  # seconds until they answer the offer
    # one entry a duty spell, by agent then time; spells of an agent do not overlap
    duty_agent: Numbers
    duty_on: Floats
    duty_off: Floats  # later than duty_on
    duty_last: Floats  # no new contact from then on: duty_off, or earlier (rule 9)
    duty_break: Floats  # seconds of the breaks before this spell, whole also when late; or 0
    duty_slowness: Floats  # the agent's work takes so many times as long in this spell
    duty_ends: Codes  # 1 if the shift ends with this spell, 0 if a break begins
    more: MoreLuck
    aside: Aside = NOTHING_ASIDE


@dataclass(frozen=True)
class PutDown(_Table):
    """One row each time that a contact in hand was put down, its work not done (rule 6c).

    In the order in which that happened. The last piece of a contact's work began with its last
    `resumed` and ended as the log of contacts says.
    """

    contact: Numbers
    agent: Numbers  # who has put it down
    began: Floats  # when this piece of work began
    until: Floats  # when it was put down
    resumed: Floats  # when somebody took it up again; nan: never

    def between(self, log: ContactLog, end: Floats) -> Floats:
        """[contact] seconds between pieces of its work before `end`; one 0 if there are none."""
        if len(self.contact) == 0:
            return np.zeros(1)
        seconds = np.zeros(len(log))
        before = np.flatnonzero(self.resumed <= end[self.contact])
        np.add.at(seconds, self.contact[before], (self.resumed - self.until)[before])
        return seconds


NEVER_PUT_DOWN = PutDown(*np.zeros((5, 0)))


@dataclass(frozen=True)
class Rings(_Table):
    """One row each time that a contact was on offer to an agent for a while (rule 6b).

    In the order in which that ended; what is on offer at the end of the run is left out.
    """

    contact: Numbers
    agent: Numbers
    began: Floats
    until: Floats  # the agent took or declined it, let it ring, or the contact was gone


NEVER_RANG = Rings(*np.zeros((4, 0)))


@dataclass(frozen=True)
class ContactLog(_Table):
    """One row a contact, or a *leg* of one, in the order in which they were made.

    The first rows are the customers' first contacts, in customer order. A row of the cause TRANSFER
    or HAND_OVER continues its parent: it arrives when the parent's talk ends. One of the cause
    CONFERENCE is the part of an agent who joins the parent's talk: BLOCKED if nobody was free.
    Invariants: arrived <= ended <= talked <= freed where present; `pool`, `agent`, `talked`,
    `freed` are present (not -1, not nan) if and only if the outcome is ANSWERED or UNREACHED. A
    contact that is still in hand at the end of the run is ANSWERED with its planned times. Where
    work was put down, `ended` is when it first began and `agent` who has finished it; what was not
    taken up again is UNFINISHED.
    """

    customer: Numbers
    attempt: Numbers  # 0 for the customer's first contact
    reason: Numbers
    channel: Numbers
    cause: Codes
    parent: Numbers  # the contact that led to this one; -1 for a first contact
    arrived: Floats  # time of joining
    outcome: Codes
    ended: Floats  # when waiting ended: answered, gave up, turned away; nan if unfinished
    pool: Numbers
    agent: Numbers
    talked: Floats  # when the talk (or writing) ended
    freed: Floats  # when the wrap-up ended and the agent's share was free again
    resolved: Codes  # answered or self-served: 1 resolved, 0 not; else, or passed on, -1
    callback: Codes  # 1 if the customer waits to be called
    offers: Numbers  # how often it was offered to an agent who may decline
    by_ai: Codes  # what has become of it, if an AI agent answered (ByAi); -1: none did

    @property
    def is_leg(self) -> NDArray[np.bool_]:
        """Whether a row continues its parent, which an agent or an AI agent has passed on."""
        return np.asarray((self.cause >= Cause.TRANSFER) & ~self.is_conference)

    @property
    def is_conference(self) -> NDArray[np.bool_]:
        """Whether a row is the part of somebody who was to join its parent's talk."""
        return np.asarray(self.cause == Cause.CONFERENCE)

    @property
    def is_made(self) -> NDArray[np.bool_]:
        """Whether the customer made it: no leg, and no further call to them."""
        return np.asarray(self.cause < Cause.CALL)

    put_down: PutDown = NEVER_PUT_DOWN
    rings: Rings = NEVER_RANG

    def __len__(self) -> int:
        return len(self.customer)

    def identical(self, other: _Table) -> bool:
        """Also what was put down, and what rang."""
        return (
            isinstance(other, ContactLog)
            and self.put_down.identical(other.put_down)
            and self.rings.identical(other.rings)
            and super().identical(other)
        )

    def talk(self) -> Floats:
        """[contact] seconds of talk or writing; nan without an agent."""
        return self.talked - self.ended - self.put_down.between(self, self.talked)

    def work(self) -> Floats:
        """[contact] seconds of talk and wrap-up; nan without an agent."""
        return self.freed - self.ended - self.put_down.between(self, self.freed)

    def pieces(self) -> tuple[Numbers, Numbers, Floats, Floats]:
        """What was in hand: contact, agent, from, to. One row a contact unless it was put down."""
        contact = np.flatnonzero(self.agent >= 0)
        agent, began, until = self.agent[contact], self.ended[contact], self.freed[contact]
        some = self.put_down
        if len(some.contact) == 0:
            return contact, agent, began, until
        latest = self.ended.copy()
        again = np.flatnonzero(~np.isnan(some.resumed))
        latest[some.contact[again]] = some.resumed[again]  # in order: the last one stays
        return (
            np.concatenate([contact, some.contact]),
            np.concatenate([agent, some.agent]),
            np.concatenate([latest[contact], some.began]),
            np.concatenate([until, some.until]),
        )


@dataclass(frozen=True)
class DutyLog(_Table):
    """One row a duty spell: when the agent was scheduled, really came and really left.

    Invariants: on <= came, off <= left, came <= left; left is never after the next `came`. An
    agent whose break ended only after the spell did not come at all: came = left.
    """

    agent: Numbers
    on: Floats
    off: Floats
    came: Floats  # later than `on` after a break that began late
    left: Floats  # later than `off` when work in hand was finished in overtime
