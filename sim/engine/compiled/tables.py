"""Codes, and the tables: what a row is, and how a rule gets at them (`agents_of(centre)`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.compiled.machine import Find

# codes; a test compares them with those of sim.tables and sim.engine.plan
LIVE, DEFERRED, SELF_SERVICE = range(3)
(
    ANSWERED,
    ABANDONED,
    BALKED,
    BLOCKED,
    CLOSED,
    EXPIRED,
    WITHDRAWN,
    SELF_SERVED,
    UNREACHED,
    UNFINISHED,
    FLOWED_OUT,
    NO_LINE,
) = (np.int64(code) for code in range(12))
(
    BY_RETRY,
    BY_AGAIN,
    BY_CLOSED,
    BY_OVERDUE,
    BY_OTHERWISE,
    BY_EXIT,
    BY_CALL,
    BY_TRANSFER,
    BY_HAND_OVER,
    BY_CONFERENCE,
) = (np.int64(code) for code in range(1, 11))
AI_RESOLVED, AI_WRONG, AI_LEFT, AI_HANDED_OVER, AI_ASKED = (np.int64(code) for code in range(5))
PURPOSES = (
    "patience",
    "handle",
    "wrap",
    "balk",
    "retry",
    "retry_after",
    "again",
    "again_after",
    "closed",
    "closed_after",
    "overdue",
    "callback",
    "reach",
)
# those that may depend on the time, and how many they are
OF_PATIENCE, OF_HANDLE, OF_WRAP, OF_TIMES = range(4)
TICKS_PER_SECOND = 2.0**20

# what a contact is doing
COMING, WAITING, OFFERED, IN_HAND, PUT_DOWN, ENDED = range(6)

NOBODY = np.int64(-1)

ELSEWHERE = 2
"""In `reaches`: to that pool only by passing on; 1: it is on the line's route too."""

# the kinds of events (rule 1)
(
    DOOR_CLOSES,
    OFF_DUTY,
    TALK_ENDS,
    FINISHED,
    OFFER_ENDS,
    PAUSE_ENDS,
    ON_DUTY,
    LINE_FREED,
    ARRIVES,
    POOL_JOINS,
    EXIT_OPENS,
    DUE,
    PATIENCE_ENDS,
    THE_END,
) = (np.int64(kind) for kind in range(14))

RARE = True
"""Whether the rules that most scenarios do without are in the machine code (`Plan.rare`)."""

TABLES: dict[str, np.dtype[Any]] = {}
"""The tables by name: what a row is."""


def _table(name: str, **fields: str) -> Any:
    """A table of records, of fields by type; returned is what finds it in a centre."""
    row = [(field, kind) for kind, names in fields.items() for field in names.split()]
    TABLES[name] = np.dtype(row, align=True)
    return Find(name, TABLES[name])


def _column(name: str, kind: str) -> Any:
    """A table of numbers."""
    TABLES[name] = np.dtype(kind)
    return Find(name, TABLES[name])


# the plan
channels_of = _table(
    "channels",
    f8="due overdue_chance callback_over callback_chance reach ring callback_times call_again "
    "announce_over announce_patience right_party wrong_party preview reach_again",
    # waiting: contacts waiting or on offer; callbacks: customers to be called back;
    # exit, exit_timed: ways out on arrival; divisible: work on its contacts may be put down;
    # interrupts: it makes others put work down; trunk: the group of lines that customers hold;
    # outbound: its contacts are calls to be made; reach_at: other chances to reach the customer
    i8="kind when_free drain queue_limit overdue_on otherwise waiting callbacks exit exit_timed "
    "hand_over divisible interrupts trunk newest callback_door rest_door calls outbound reach_at "
    "reach_past",
)
head_starts_of = _column("head_starts", "f8")  # contact type * causes + cause
trunks_of = _table("trunks", i8="lines connected")
reach_at_of = _table("reach_at", f8="chance", i8="door")
exits_of = _table("exits", f8="after over chance", i8="waiting on")
lines_of = _table(
    "lines",  # contact types: reason * channels + channel
    f8="balk retry_chance mean_work times",
    # and legs behind them; whose: reason of the customers; passes: some contacts are passed on
    # grouped: some pools of its route are of equal rank; random: luck chooses among them
    # exit, exits: ways out after a wait
    i8="reason channel door retry_on again_on step steps at_once grouped random at_choose "
    "at_exit_at_once at_exit exit exits balk_by balk_first balk_past by_profile "
    "whose passes at_transfer at_difficulty at_ai_agent at_ai_talk at_callback_patience "
    "at_hand_over at_conference " + " ".join(f"at_{purpose}" for purpose in PURPOSES),
)
points_of = _table("points", f8="x y")
queues_of = _table("queues", i4="first last offered")  # by contact type
# attempts: the latest whose values are needed; drawn: how many have theirs
reasons_of = _table("reasons", i8="tries agains attempts drawn profile profile_past")
profile_time_of = _column("profile_time", "f8")  # cumulative profiles of the reasons
profile_before_of = _column("profile_before", "f8")
steps_of = _table("steps", f8="after rate", i8="pool keep unit first past")  # of equal rank
# timed: where its priorities by variant begin, if it depends on the time
menu_of = _table("menu", f8="grows most jump", i8="priority then line step keep unit timed")
priorities_of = _column("priorities", "i8")
pools_of = _table(
    "pools",
    f8="accept timeout pause ai_asked_after ai_wrong ai_leaves",
    # free: how many agents are listed as free, from first_free to last_free
    i8="capacity paced offers ai grows agent agent_past menu menu_past idle on_duty draining",
    i4="free first_free last_free",
)
doors_of = _table("doors", f8="opens closes", i8="past next")  # opens next, closes last
opens_of = _column("opens", "f8")
closes_of = _column("closes", "f8")
closings_of = _table("closings", f8="time", i8="door sudden")  # sudden: by an event
periods_of = _table("periods", f8="begins", i8="variant")
closed_of = _column("closed", "f8")
interrupts_of = _column("interrupts", "i8")  # by channel, then by the channel put down for it
units_of = _column("units", "i8")
slowness_of = _column("slowness", "f8")  # [(variant * pools + pool) * lines + line]
resolves_of = _column("resolves", "f8")  # [variant * lines + line]
pace_of = _column("pace", "f8")
# those of line l and pool p from first_passing[l * pools + p] on; to: a line; joins: a conference
passings_of = _table("passings", f8="after hold", i8="transfer to most joins")
passing_chance_of = _column("passing_chance", "f8")  # [variant * passings + passing]
first_passing_of = _column("first_passing", "i8")
ai_resolves_of = _column("ai_resolves", "f8")  # as `slowness`
ai_asks_of = _column("ai_asks", "f8")
reaches_of = _column("reaches", "i1")  # [line * pools + pool] may come there by passing on
# the draws
# where values begin in a variant: [(variant * lines + line) * purposes of `TIMED` + purpose]
timed_of = _column("timed", "i8")
arrival_of = _column("arrival", "f8")
reason_of = _column("reason", "i4")
row_of = _column("row", "i4")
channel_of = _column("channel", "i4")
age_of = _column("age", "f8")
values_of = _column("values", "f8")
offer_first_of = _column("offer_first", "i8")
offer_luck_of = _column("offer_luck", "f8")
offer_response_of = _column("offer_response", "f8")
duty_of = _table("duty", f8="time", i8="kind agent spell")
# rest: the break before; ends: whether the shift ends with it
spells_of = _table("spells", f8="last off rest slowness", i8="agent ends")
# the state
agents_of = _table(
    "agents",
    # back: the spell that begins after a break that began late
    f8="since resumes slowness",
    # before, after, place: among the free; hand, hand_last: contacts in hand, with pace or that may
    # be put down; aside: those put down, for this agent to go on with
    i4="pool load spell offers before after place hand hand_last in_hand back aside",
    i1="on paused staying over",
)
free_of = _column("free", "i8")  # heaps of the pools whose agents hold several contacts
customers_of = _table("customers", i4="attempts tries agains moves last")
contacts_of = _table(
    "contacts",
    f8="arrived gives_up",
    i8="place",
    # next, previous: in the queue, among those on offer, or in hand; sibling: the customer's;
    # leaf: of its next event, among the timers while it waits, then among the finishes;
    # exits: ways out of the queue after a wait that have been offered; callback: which call
    i4="customer line agent next previous sibling leaf joined",
    # begun: work on it was put down; again: somebody is to look at it again
    i1="state callback draining withdrawn exits begun again",
)
offered_of = _table(
    "offered", f8="began ends", i8="answer_at"
)  # of contacts in centres with offers
key_of = _column("key", "f8")  # places in the queue, in centres with an order of their own
held_of = _table("held", f8="until", i1="on")  # lines of contacts, in centres with lines
work_of = _table(
    "work",  # of contacts in pools with pace, or that may be put down
    f8="talk work done speed touched slowness own wrap began rest_talk rest_wrap answered",
    i8="row resolved",  # of the latest entry in `put_down`; as decided at the first answer
)
# of contacts in centres that pass contacts on; way, by: 1 + row of passings, transfer; 0: none;
# asks: 1 + row of passings by which somebody is to join; stays: with the customer, or did
passed_of = _table("passed", f8="talk_ends", i4="way by asks", i1="on held stays")
trees_of = _table("trees", i8="root made used free")
finishes_of = _table("finishes", f8="time", i8="code")
timers_of = _table("timers", f8="time", i8="code")
scratch_of = _column("scratch", "i8")
# the logs
later_of = _table("later", f8="arrived", i8="customer attempt reason channel parent cause")
outcome_of = _column("outcome", "i1")
ended_of = _column("ended", "f8")
agent_of = _column("agent", "i8")
talked_of = _column("talked", "f8")
freed_of = _column("freed", "f8")
resolved_of = _column("resolved", "i1")
callback_of = _column("callback", "i1")
offers_of = _column("offers", "i8")
put_down_of = _table("put_down", f8="began until resumed", i8="contact agent")
rings_of = _table("rings", f8="began until", i8="contact agent")
by_ai_of = _column("by_ai", "i1")
came_of = _column("came", "f8")
left_of = _column("left", "f8")

CENTRE = np.dtype(
    [
        ("now", "f8"),
        ("horizon", "f8"),
        *((name, "i8") for name in ("linked", "most_moves", "customer_count", "channel_count")),
        ("most_pace", "i8"),
        # values of an attempt of all customers; whether more of them are needed
        *((name, "i8") for name in ("passes", "in_attempt", "wants_values")),
        ("trunks", "i8"),
        ("ordered", "i8"),
        ("causes", "i8"),
        *((name, "i8") for name in ("open", "made", "waiting", "next_customer")),
        *((name, "i8") for name in ("next_duty", "next_closing", "next_kind", "hole")),
        ("next_time", "f8"),
        ("next_period", "i8"),
        *((name, "i8") for name in ("most_offers", "room_offers")),
        # answers to offers: in a block, most that an agent has given, how many before more are made
        *((name, "i8") for name in ("block", "most_asked", "room_asked")),
        *((name, "i8") for name in ("times_put_down", "room_put_down", "room_finishes")),
        *((name, "i8") for name in ("times_rung", "room_rings")),
        *((f"{name}_{what}", "i8") for name in TABLES for what in ("address", "length")),
    ]
)
"""One row: the clock, counters, and where the tables are."""

PLACES = {name: (CENTRE.names or ()).index(f"{name}_address") for name in TABLES}
"""Which field of the centre has a table's address; the next one has its length."""
