"""The model in machine code (numba). Section headings and rule numbers are those of RULES.md.

All state lies in the tables of `_TABLES`, numpy arrays that Python makes; the machine code finds
them by the addresses in one record, the *centre*, which is all that its functions hand to each
other. They are plain functions of records and numbers and allocate nothing: when a table may become
too small, `_play` returns, Python makes it longer, and `_play` goes on where it stopped.

What is known beforehand (customers, duty, doors) is read from sorted arrays. What becomes known
on the way stands in two *tournaments*: `finishes` (kind 0, few and often) and `timers` (all other
kinds). A tournament is a binary tree whose leaves are events and whose every node is the lesser of
the two below it, so the next event stands at the root. To change a leaf, its matches are played
again up to the root: as many steps as a heap may take at worst, but steps that no processor has to
guess, and so twice as fast. A contact has its leaf as long as it needs one and takes its event away
when it comes to nothing, so what comes up is true, but for the rare kinds (`_expect`).

numba keeps the machine code of `_play` on disk and makes it anew when this file changes, but does
not look at others: everything it uses must stay in this file.
"""

# The rules take records, of which mypy knows nothing.
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import operator
from collections.abc import Callable
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import AnnotateTypes, NativeLowering
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    register_model,
    type_callable,
)
from numba.np.numpy_support import from_dtype

from sim.tables import ContactLog, Draws, DutyLog

if TYPE_CHECKING:
    from sim.engine.plan import Plan

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
) = (np.int64(code) for code in range(10))
(
    BY_RETRY,
    BY_AGAIN,
    BY_CLOSED,
    BY_OVERDUE,
    BY_OTHERWISE,
) = (np.int64(code) for code in range(1, 6))
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
TICKS_PER_SECOND = 2.0**20

# what a contact is doing
COMING, WAITING, OFFERED, IN_HAND, ENDED = range(5)

NOBODY = np.int64(-1)


# --- the tables -------------------------------------------------------------------------------


def _record(**fields: str) -> np.dtype[Any]:
    """A record type from `type="names of fields"`."""
    return np.dtype(
        [(name, kind) for kind, names in fields.items() for name in names.split()], align=True
    )


_TABLES: dict[str, np.dtype[Any]] = {
    # the plan
    "channels": _record(
        f8="due overdue_chance callback_over callback_chance reach ring",
        # waiting: contacts waiting or on offer; callbacks: customers to be called back
        i8="kind when_free drain queue_limit overdue_on otherwise waiting callbacks",
    ),
    "lines": _record(  # contact types: reason * channels + channel
        f8="balk retry_chance resolved mean_work",
        i8="reason channel door retry_on again_on step steps at_once "
        + " ".join(f"at_{purpose}" for purpose in PURPOSES),
    ),
    "queues": _record(i4="first last offered"),  # by contact type
    "reasons": _record(i8="customers tries agains"),
    "steps": _record(f8="after", i8="pool keep unit"),
    "menu": _record(i8="priority line step keep unit"),
    "pools": _record(
        f8="accept timeout pause",
        # free: how many agents are listed as free, from first_free to last_free
        i8="capacity paced offers agent agent_past menu menu_past idle on_duty draining",
        i4="free first_free last_free",
    ),
    "doors": _record(f8="opens closes", i8="past next"),  # opens next, closes last
    "opens": np.dtype("f8"),
    "closes": np.dtype("f8"),
    "closings": _record(f8="time", i8="door"),
    "closed": np.dtype("f8"),
    "units": np.dtype("i8"),
    "slowness": np.dtype("f8"),
    "pace": np.dtype("f8"),
    # the draws
    "arrival": np.dtype("f8"),
    "reason": np.dtype("i8"),
    "row": np.dtype("i8"),
    "channel": np.dtype("i8"),
    "values": np.dtype("f8"),
    "offer_first": np.dtype("i8"),
    "offer_luck": np.dtype("f8"),
    "offer_response": np.dtype("f8"),
    "duty": _record(f8="time", i8="kind agent spell"),
    # the state
    "agents": _record(
        f8="since resumes",
        # before, after, place: among the free; hand, hand_last: contacts in hand, with pace
        i4="pool load spell offers before after place hand hand_last in_hand",
        i1="on paused staying",
    ),
    "free": np.dtype("i8"),  # heaps of the pools whose agents hold several contacts
    "customers": _record(i4="attempts tries agains moves last"),
    "contacts": _record(
        f8="arrived gives_up",
        # next, previous: in the queue, among those on offer, or in hand; sibling: the customer's;
        # leaf: of its next event, among the timers while it waits, then among the finishes
        i4="place customer line agent next previous sibling leaf joined",
        i1="state callback draining withdrawn",
    ),
    "offered": _record(f8="ends", i8="answer_at"),  # of contacts in centres with offers
    "work": _record(f8="talk work done speed touched"),  # of contacts in pools with pace
    "trees": _record(i8="root made used free"),
    "finishes": _record(f8="time", i8="code"),
    "timers": _record(f8="time", i8="code"),
    "scratch": np.dtype("i8"),
    # the logs
    "later": _record(f8="arrived", i8="customer attempt channel parent cause"),
    "outcome": np.dtype("i1"),
    "ended": np.dtype("f8"),
    "agent": np.dtype("i8"),
    "talked": np.dtype("f8"),
    "freed": np.dtype("f8"),
    "resolved": np.dtype("i1"),
    "callback": np.dtype("i1"),
    "offers": np.dtype("i8"),
    "left": np.dtype("f8"),
}
"""The tables by name: what a row is."""

_CENTRE = np.dtype(
    [
        ("now", "f8"),
        ("horizon", "f8"),
        *((name, "i8") for name in ("linked", "most_moves", "customer_count", "channel_count")),
        ("most_pace", "i8"),
        *((name, "i8") for name in ("open", "made", "waiting", "next_customer")),
        *((name, "i8") for name in ("next_duty", "next_closing", "next_kind", "hole")),
        ("next_time", "f8"),
        *((name, "i8") for name in ("most_contacts", "most_offers", "room_offers")),
        *((f"{name}_{what}", "i8") for name in _TABLES for what in ("address", "length")),
    ]
)
"""One row: the clock, counters, and where the tables are."""


# numba makes each function ready to be called by itself, and optimizes anew all that it uses. The
# rules are used by `_play` alone: they are put in one library, which is optimized once, with it.


@register_pass(mutates_CFG=False, analysis_only=False)
class _IntoOne(LoweringPass):
    """Before machine code is made: say where it goes."""

    _name = "into_one_library"
    shared: Any = None

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        if _IntoOne.shared is None:
            _IntoOne.shared = state.targetctx.codegen().create_library("rules")
            _IntoOne.shared.enable_object_caching()
        state.library = _IntoOne.shared
        return True


@register_pass(mutates_CFG=False, analysis_only=False)
class _AsPart(_IntoOne):
    """The same for what is not called from Python."""

    _name = "as_part_of_one_library"

    def run_pass(self, state: Any) -> bool:
        state.flags.no_compile = True
        return super().run_pass(state)


@register_pass(mutates_CFG=False, analysis_only=False)
class _ForOthers(LoweringPass):
    """Afterwards: let other rules find it."""

    _name = "for_other_rules"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        key = object().__reduce__  # anything built in: it stands for what Python would call
        state["cr"] = state["cr"]._replace(cfunc=key)
        state.targetctx.insert_user_function(key, state["cr"].fndesc)
        return True


class _Whole(CompilerBase):
    """Compiles `_play` and with it all rules that were compiled for it."""

    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_IntoOne, AnnotateTypes)
        passes.finalize()
        return [passes]


class _Part(CompilerBase):
    """Compiles a rule."""

    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.add_pass_after(_AsPart, AnnotateTypes)
        passes.add_pass_after(_ForOthers, NativeLowering)
        passes.finalize()
        return [passes]


_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": _Part,
}


def _rule(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile, as a part of what `_play` keeps on disk."""
    compiled: Callable[..., Any] = njit(**_OPTIONS)(function)
    return compiled


def _part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile as a part of the one rule that calls it."""
    compiled: Callable[..., Any] = njit(inline="always", **_OPTIONS)(function)
    return compiled


class _Table(types.Type):
    """To numba: rows of one type at an address.

    Its own arrays would do, but for one thing: they count a negative index from the end, and ask
    at each access whether it is one. Not to ask makes the engine a third faster.
    """

    def __init__(self, row: Any) -> None:
        self.row = row
        super().__init__(name=f"Table({row.name})")


@register_model(_Table)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, table: Any) -> None:
        members = [("rows", types.CPointer(table.row)), ("length", types.intp)]
        super().__init__(manager, table, members)


def _find_table(_: Any, centre: Any, literal: Any) -> Any:
    """The table of this name."""
    name = literal.literal_value
    table = _Table(from_dtype(_TABLES[name]))

    def field(context: Any, builder: Any, record: Any, what: str) -> Any:
        offset = centre.offset(f"{name}_{what}")
        value = cgutils.get_record_member(
            builder, record, offset, context.get_data_type(types.int64)
        )
        loaded = builder.load(value)
        # tables stay where they are while machine code runs: no need to look again after a store
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    def codegen(context: Any, builder: Any, _: Any, args: Any) -> Any:
        found = cgutils.create_struct_proxy(table)(context, builder)
        found.rows = builder.inttoptr(field(context, builder, args[0], "address"), found.rows.type)
        found.length = field(context, builder, args[0], "length")
        return found._getvalue()

    return table(centre, literal), codegen


_table: Any = intrinsic(prefer_literal=True)(_find_table)


@type_callable(len)
def _type_length(_: Any) -> Any:
    return lambda table: types.intp if isinstance(table, _Table) else None


@lower_builtin(len, _Table)
def _length(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0]).length


@type_callable(operator.getitem)
def _type_row(_: Any) -> Any:
    return lambda table, _: table.row if isinstance(table, _Table) else None


@type_callable(operator.setitem)
def _type_set_row(_: Any) -> Any:
    return lambda table, _, __: types.none if isinstance(table, _Table) else None


@lower_builtin(operator.getitem, _Table, types.Integer)
def _row(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """A record is known by where it is, a number by what it is."""
    row = signature.args[0].row
    place = _place(context, builder, signature, args)
    return place if isinstance(row, types.Record) else context.unpack_value(builder, row, place)


@lower_builtin(operator.setitem, _Table, types.Integer, types.Any)
def _set_row(context: Any, builder: Any, signature: Any, args: Any) -> None:
    row = signature.args[0].row
    value = context.cast(builder, args[2], signature.args[2], row)
    context.pack_value(builder, row, value, _place(context, builder, signature, args))


def _place(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Where a row stands; asks whether there is one only if numba is told to check bounds."""
    table = cgutils.create_struct_proxy(signature.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], signature.args[1], types.intp)
    if context.enable_boundscheck:
        with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", index, table.length)):
            context.call_conv.return_user_exc(builder, IndexError, ("no such row",))
    return builder.gep(table.rows, [index], inbounds=True)


# --- 1. The order of simultaneous events ------------------------------------------------------

(
    FINISHED,
    OFFER_ENDS,
    PAUSE_ENDS,
    ON_DUTY,
    DOOR_CLOSES,
    OFF_DUTY,
    ARRIVES,
    POOL_JOINS,
    DUE,
    PATIENCE_ENDS,
    THE_END,
) = (np.int64(kind) for kind in range(11))

# An event in a tournament is a time and a code: kind, number and leaf, each in its bits. Leaves
# differ only where kind and number do, or where a contact rings again in the same instant.
NUMBER = 26
KIND = 59
FINISHES, TIMERS = range(2)


@_rule
def _go_on(centre):
    """Handle events until all is over (False) or a table may become too short (True)."""
    _find_known(centre)
    while centre.open > 0:
        if _is_cramped(centre):
            return True
        if not _next_event(centre):
            _stop(centre)
            break
    _plan_rest(centre)
    return False


@_part
def _stop(centre):
    """The horizon: agents who should have gone home long ago are counted until here."""
    agents = _table(centre, "agents")
    for agent in range(len(agents)):
        if agents[agent].staying:
            _table(centre, "left")[agents[agent].spell] = centre.horizon


@_part
def _is_cramped(centre):
    """Whether the next event might make more than there is room for."""
    most = centre.waiting + 16
    timers = _table(centre, "trees")[TIMERS].used + most * centre.most_offers + centre.room_offers
    return timers > centre.timers_length >> 1 or (
        centre.made + most > centre.contacts_length
        and centre.contacts_length < centre.most_contacts
    )


@_part
def _next_event(centre):
    """Handle the least by (time, kind, number), unless the run ends before; kinds 0 to 9."""
    trees = _table(centre, "trees")
    finish = _table(centre, "finishes")[trees[FINISHES].root]
    timer = _table(centre, "timers")[trees[TIMERS].root]
    time, kind = centre.next_time, centre.next_kind
    sudden = False
    # customers come before later contacts: their numbers are smaller
    if timer.time < time or (timer.time == time and timer.code >> KIND < kind):
        time, sudden = timer.time, True
    if finish.time <= time:
        if not finish.time <= centre.horizon:
            return False
        centre.now = finish.time
        _finish(centre, finish.code)
        return True
    if not time <= centre.horizon:
        return False
    centre.now = time
    if sudden:
        _sudden(centre, timer.code)
    else:
        _foreseen(centre, kind)
    return True


@_rule
def _find_known(centre):
    """Note time and kind of the next event that was known beforehand."""
    time, kind = inf, THE_END
    if centre.next_customer < centre.customer_count:
        time, kind = _table(centre, "arrival")[centre.next_customer], ARRIVES
    if centre.next_duty < centre.duty_length:
        duty = _table(centre, "duty")[centre.next_duty]
        if duty.time < time or (duty.time == time and duty.kind < kind):
            time, kind = duty.time, duty.kind
    if centre.next_closing < centre.closings_length:
        closing = _table(centre, "closings")[centre.next_closing]
        if closing.time < time or (closing.time == time and kind > DOOR_CLOSES):
            time, kind = closing.time, DOOR_CLOSES
    centre.next_time, centre.next_kind = time, kind


@_part
def _foreseen(centre, kind):
    """An event that was known beforehand."""
    if kind == ARRIVES:
        centre.next_customer += 1
        _find_known(centre)
        _customer_arrives(centre, centre.next_customer - 1)
    elif kind == DOOR_CLOSES:
        centre.next_closing += 1
        _find_known(centre)
        _door_closes(centre, _table(centre, "closings")[centre.next_closing - 1].door)
    else:
        duty = _table(centre, "duty")[centre.next_duty]
        centre.next_duty += 1
        _find_known(centre)
        if kind == ON_DUTY:
            _on_duty(centre, duty)
        else:
            _off_duty(centre, duty)


@_part
def _sudden(centre, code):
    """An event that became known on the way."""
    kind = code >> KIND
    number = (code >> NUMBER) & ((1 << KIND - NUMBER) - 1)
    if kind == POOL_JOINS:  # these two leave their leaf to the contact
        _pool_joins(centre, number)
        return
    if kind == PATIENCE_ENDS:
        _patience_ends(centre, number)
        return
    _free_leaf(_table(centre, "trees")[TIMERS], _table(centre, "timers"), code)
    if kind == PAUSE_ENDS:
        _pause_ends(centre, number)
        return
    state = _table(centre, "contacts")[number].state
    if kind == ARRIVES:
        _contact_arrives(centre, number)
    elif state != WAITING and state != OFFERED:  # noqa: PLR1714 (faster)
        return
    elif kind == OFFER_ENDS:
        _offer_ends(centre, number)
    else:
        _due(centre, number)


@_part
def _finish(centre, code):
    """A contact is finished; most often its leaf goes to the next one in the agent's hand."""
    centre.hole = code & ((1 << NUMBER) - 1)
    _finished(centre, code >> NUMBER)
    if centre.hole >= 0:
        _free_leaf(_table(centre, "trees")[FINISHES], _table(centre, "finishes"), centre.hole)
        centre.hole = NOBODY


@_rule
def _expect_finish(centre, number, contact, time):
    """Enter when a contact in hand will be finished, or that it will be at another time."""
    tree, nodes = _table(centre, "trees")[FINISHES], _table(centre, "finishes")
    if contact.leaf < 0:
        contact.leaf = centre.hole if centre.hole >= 0 else _new_leaf(tree, nodes)
        centre.hole = NOBODY
    leaf = np.int64(contact.leaf)
    _set_leaf(tree, nodes, leaf, time, number << NUMBER | leaf)


@_rule
def _expect(centre, time, kind, number):
    """Enter an event of a rare kind. When it comes up, look whether it is still true."""
    tree, nodes = _table(centre, "trees")[TIMERS], _table(centre, "timers")
    leaf = _new_leaf(tree, nodes)
    _set_leaf(tree, nodes, leaf, time, kind << KIND | number << NUMBER | leaf)


@_rule
def _new_leaf(tree, nodes):
    """A leaf without an event. The tree is no higher than the leaves in use need."""
    half = len(nodes) >> 1
    tree.used += 1
    leaf = tree.free
    if leaf >= 0:
        tree.free = nodes[half + leaf].code
        return leaf
    leaf = tree.made
    tree.made += 1
    if leaf * tree.root >= half:
        tree.root >>= 1
    return leaf


@_rule
def _free_leaf(tree, nodes, code):
    """Take an event out; a free leaf knows the next one."""
    leaf = code & ((1 << NUMBER) - 1)
    _set_leaf(tree, nodes, leaf, inf, tree.free)
    tree.free = leaf
    tree.used -= 1


@_rule
def _set_leaf(tree, nodes, leaf, time, code):
    """Put an event at a leaf and play its matches again.

    Time and code are chosen apart: the processor then needs no jump for either.
    """
    i = (len(nodes) >> 1) + leaf
    root = tree.root
    nodes[i].time, nodes[i].code = time, code
    while i != root:
        other = nodes[i ^ 1]
        rival, rival_code = other.time, other.code
        wins = (rival < time) | ((rival == time) & (rival_code < code))
        code = rival_code if wins else code
        time = rival if rival < time else time
        i >>= 1
        nodes[i].time, nodes[i].code = time, code


# --- 2. Arrival: open or closed ---------------------------------------------------------------


@_part
def _customer_arrives(centre, number):
    reason = _table(centre, "reason")[number]
    contact = _table(centre, "contacts")[number]
    contact.arrived = centre.now
    contact.place = _table(centre, "row")[number]
    contact.customer = number
    contact.line = reason * centre.channel_count + _table(centre, "channel")[number]
    _prepare_contact(contact)
    _enter(centre, number, contact)


@_rule
def _prepare_contact(contact):
    """What is the same for every contact that is coming."""
    contact.agent = contact.sibling = contact.leaf = NOBODY
    contact.state = COMING
    contact.callback = contact.draining = contact.withdrawn = 0


@_part
def _contact_arrives(centre, number):
    contact = _table(centre, "contacts")[number]
    if contact.withdrawn:
        _end(centre, number, contact, WITHDRAWN)
    else:
        _enter(centre, number, contact)


@_rule
def _enter(centre, number, contact):
    line = _table(centre, "lines")[contact.line]
    channel = _table(centre, "channels")[line.channel]
    if channel.kind == SELF_SERVICE:
        _self_serve(centre, number, contact, line)
        return
    if line.door >= 0 and not _is_open(centre, line.door):
        _turn_away(centre, number, contact, line)
        return
    agent = _agent_for(centre, line, line.at_once)
    if agent >= 0:
        if _pool_of(centre, agent).offers:
            _wait(centre, number, contact, line)
            _offer(centre, number, contact, agent)
        else:
            _answer(centre, number, contact, agent)
    elif channel.when_free and _agent_for(centre, line, line.steps) < 0:
        _turn_away(centre, number, contact, line)
    elif _wants_callback(centre, contact, line, channel):
        contact.callback = 1
        _table(centre, "callback")[number] = 1
        _wait(centre, number, contact, line)
    elif channel.queue_limit >= 0 and channel.waiting >= channel.queue_limit:
        _end(centre, number, contact, BLOCKED)
        _maybe_retry(centre, number, contact, line)
    elif _luck(centre, line.at_balk, contact, line.balk):
        _end(centre, number, contact, BALKED)
        _maybe_retry(centre, number, contact, line)
    else:
        _wait(centre, number, contact, line)


@_rule
def _turn_away(centre, number, contact, line):
    """The door is closed: lost, back at the next opening, or on to another channel."""
    _end(centre, number, contact, CLOSED)
    _send_away(centre, number, contact, line)


@_rule
def _send_away(centre, number, contact, line):
    closed = _table(centre, "closed")
    choices = 2 + centre.channel_count
    first = contact.line * choices
    customer = _table(centre, "customers")[contact.customer]
    if closed[first] >= 1 or customer.moves >= centre.most_moves:
        return
    values = _table(centre, "values")
    luck = values[line.at_closed + contact.place]
    choice = 0  # 0 lost, 1 returns, 2 + channel
    while choice < choices and closed[first + choice] <= luck:
        choice += 1
    if choice in (0, choices):
        return
    if choice >= 2:
        customer.moves += 1
        _make(centre, number, contact, BY_CLOSED, choice - 2, centre.now)
        return
    opening = centre.now if line.door < 0 else _opens_after(centre, line.door)
    if opening < inf:
        customer.moves += 1
        delay = values[line.at_closed_after + contact.place]
        _make(centre, number, contact, BY_CLOSED, line.channel, opening + delay)


@_rule
def _is_open(centre, number):
    door = _table(centre, "doors")[number]
    if door.opens <= centre.now:
        opens, closes = _table(centre, "opens"), _table(centre, "closes")
        while door.next < door.past and opens[door.next] <= centre.now:
            door.closes = closes[door.next]
            door.next += 1
        door.opens = opens[door.next] if door.next < door.past else inf
    return centre.now < door.closes


@_rule
def _opens_after(centre, number):
    """The next opening; now, if it is open; infinity if there is none."""
    if _is_open(centre, number):
        return centre.now
    return _table(centre, "doors")[number].opens


@_rule
def _door_closes(centre, door):
    """Contacts that still wait are dismissed, or agents stay for them; a backlog stays."""
    contacts = _table(centre, "contacts")
    lines = _table(centre, "lines")
    channels = _table(centre, "channels")
    agents = _table(centre, "agents")
    pools = _table(centre, "pools")
    scratch = _table(centre, "scratch")
    count = _behind(centre, door)
    freed = 0
    for i in range(count):
        number = scratch[i]
        contact = contacts[number]
        line = lines[contact.line]
        if channels[line.channel].drain:
            if not contact.draining:
                contact.draining = 1
                for s in range(line.step, line.step + line.steps):
                    pools[_table(centre, "steps")[s].pool].draining += 1
        elif not contact.callback:
            agent = _stop_waiting(centre, number, contact, CLOSED)
            if agent >= 0:
                scratch[freed] = agent
                freed += 1
            _send_away(centre, number, contact, line)
    for i in range(freed):
        _look_for_offers(centre, scratch[i])
    for p in range(len(pools)):
        if pools[p].draining:
            for agent in range(pools[p].agent, pools[p].agent_past):
                if agents[agent].staying:
                    _take(centre, agent)


@_rule
def _behind(centre, door):
    """Who waits on a live channel behind this door, into `scratch` by number; how many."""
    contacts = _table(centre, "contacts")
    lines = _table(centre, "lines")
    queues = _table(centre, "queues")
    channels = _table(centre, "channels")
    scratch = _table(centre, "scratch")
    count = np.int64(0)
    for x in range(len(lines)):
        if lines[x].door != door or channels[lines[x].channel].kind != LIVE:
            continue
        for first in (queues[x].first, queues[x].offered):
            number = first
            while number >= 0:
                scratch[count] = number
                count += 1
                number = contacts[number].next
    _sort(scratch, count)
    return count


@_rule
def _sort(numbers, count):
    """Sort the first so many in place: a heap with the greatest at the top."""
    for i in range(1, count):
        if numbers[i] < numbers[i - 1]:
            break
    else:
        return
    for start in range(count // 2 - 1, -1, -1):
        _sink(numbers, start, count)
    for end in range(count - 1, 0, -1):
        numbers[0], numbers[end] = numbers[end], numbers[0]
        _sink(numbers, np.int64(0), end)


@_rule
def _sink(numbers, start, end):
    """Let a number sink in a heap that ends before `end`."""
    i, number = start, numbers[start]
    while 2 * i + 1 < end:
        below = 2 * i + 1
        if below + 1 < end and numbers[below + 1] > numbers[below]:
            below += 1
        if numbers[below] <= number:
            break
        numbers[i] = numbers[below]
        i = below
    numbers[i] = number


# --- 3. Choosing an agent ---------------------------------------------------------------------


@_rule
def _agent_for(centre, line, joined):
    """The agent who takes a contact of this line, of the pools that have joined; or nobody."""
    steps = _table(centre, "steps")
    for s in range(line.step, line.step + joined):
        agent = _best(centre, steps[s])
        if agent >= 0:
            return agent
    return NOBODY


@_rule
def _best(centre, step):
    """The agent on duty with most free capacity, then the longest free, the lowest number."""
    pool = _table(centre, "pools")[step.pool]
    agent = pool.first_free
    if agent < 0 or (step.keep and pool.idle <= step.keep):
        return NOBODY
    if _table(centre, "agents")[agent].load + step.unit > pool.capacity:
        return NOBODY
    return np.int64(agent)


@_rule
def _best_staying(centre, step):
    """As `_best`, among the agents off duty who are still there."""
    agents = _table(centre, "agents")
    pool = _table(centre, "pools")[step.pool]
    best: Any = NOBODY
    for agent in range(pool.agent, pool.agent_past):
        one = agents[agent]
        able = one.staying and one.load + step.unit <= pool.capacity and not one.paused
        if able and (best < 0 or _is_freer(agents, agent, best)):
            best = agent
    return best


@_rule
def _is_freer(agents, a, b):
    """Whether agent a comes before agent b: more free capacity, longer free, lower number."""
    one, other = agents[a], agents[b]
    if one.load != other.load:
        return one.load < other.load
    if one.since != other.since:
        return one.since < other.since
    return a < b


@_rule
def _list_free(centre, number):
    """The agent's state has changed: bring him to his place among the free of his pool, or out.

    Who holds one contact at a time becomes free last of all: a list is enough. Else a heap.
    """
    agents = _table(centre, "agents")
    agent = agents[number]
    pool = _table(centre, "pools")[agent.pool]
    able = agent.on and not agent.paused and agent.load < pool.capacity
    if pool.capacity > 1:
        _move_free(centre, number, agent, pool, able)
    elif able and agent.place < 0:
        _add_free(agents, number, agent, pool)
    elif not able and agent.place >= 0:
        _drop_free(agents, agent, pool)


@_part
def _add_free(agents, number, agent, pool):
    """To the end of the list, but before agents with higher numbers, free since the same moment."""
    before, after = np.int64(pool.last_free), NOBODY
    while before >= 0 and _is_freer(agents, number, before):
        before, after = np.int64(agents[before].before), before
    agent.place, agent.before, agent.after = 0, before, after
    if before < 0:
        pool.first_free = number
    else:
        agents[before].after = number
    if after < 0:
        pool.last_free = number
    else:
        agents[after].before = number


@_part
def _drop_free(agents, agent, pool):
    agent.place = NOBODY
    if agent.before < 0:
        pool.first_free = agent.after
    else:
        agents[agent.before].after = agent.after
    if agent.after < 0:
        pool.last_free = agent.before
    else:
        agents[agent.after].before = agent.before


@_rule
def _move_free(centre, number, agent, pool, able):
    """To another place in the pool's heap, or out of it."""
    agents = _table(centre, "agents")
    free = _table(centre, "free")
    base = pool.agent
    i = np.int64(agent.place)
    moved = number
    if able:
        if i < 0:
            i = np.int64(pool.free)
            pool.free += 1
    elif i < 0:
        return
    else:  # the last one takes the place
        agent.place = NOBODY
        pool.free -= 1
        if i == pool.free:
            pool.first_free = free[base] if i > 0 else NOBODY
            return
        moved = free[base + pool.free]
    start = i
    while i > 0:
        above = (i - 1) >> 1
        other = free[base + above]
        if not _is_freer(agents, moved, other):
            break
        free[base + i] = other
        agents[other].place = i
        i = above
    if i == start:
        i = _sink_free(agents, free, pool, moved, i)
    free[base + i] = moved
    agents[moved].place = i
    pool.first_free = free[base]


@_rule
def _sink_free(agents, free, pool, moved, i):
    """Make way for an agent who sinks in the pool's heap; returns his place."""
    base = pool.agent
    below = 2 * i + 1
    while below < pool.free:
        if below + 1 < pool.free and _is_freer(agents, free[base + below + 1], free[base + below]):
            below += 1
        other = free[base + below]
        if not _is_freer(agents, other, moved):
            break
        free[base + i] = other
        agents[other].place = i
        i = below
        below = 2 * i + 1
    return i


@_rule
def _pool_of(centre, agent):
    return _table(centre, "pools")[_table(centre, "agents")[agent].pool]


# --- 4. Choosing a contact --------------------------------------------------------------------


@_rule
def _take(centre, agent):
    """The agent has become able to take contacts: he takes all that he can."""
    if _pool_of(centre, agent).offers:
        _take_offers(centre, agent)
        return
    number = _choose(centre, agent)
    while number >= 0:
        _give(centre, number, _table(centre, "contacts")[number], agent)
        number = _choose(centre, agent)
    _list_free(centre, agent)


@_rule
def _take_offers(centre, agent):
    """The same in a pool with offers."""
    while not _table(centre, "agents")[agent].paused:
        number = _choose(centre, agent)
        if number < 0:
            break
        _offer(centre, number, _table(centre, "contacts")[number], agent)
    _list_free(centre, agent)


@_rule
def _give(centre, number, contact, agent):
    """A waiting contact and an agent who can take it have found each other."""
    if _pool_of(centre, agent).offers:
        _offer(centre, number, contact, agent)
    else:
        _unlink(centre, number, contact)
        _answer(centre, number, contact, agent)
        _leave_queue(centre, contact)


@_rule
def _choose(centre, number):
    """The waiting contact of highest priority, then earliest arrival, then lowest number."""
    agent = _table(centre, "agents")[number]
    if centre.waiting == 0:
        return NOBODY
    pool = _table(centre, "pools")[agent.pool]
    contacts = _table(centre, "contacts")
    queues = _table(centre, "queues")
    menu = _table(centre, "menu")
    room = pool.capacity - agent.load
    best = NOBODY
    best_priority = np.int64(0)
    for m in range(pool.menu, pool.menu_past):
        row = menu[m]
        if best >= 0 and row.priority < best_priority:
            break
        first = np.int64(queues[row.line].first)
        if first < 0 or row.unit > room:
            continue
        head = contacts[first]
        if head.joined <= row.step:
            continue
        if agent.on:
            if row.keep and pool.idle <= row.keep:
                continue
        elif not head.draining:
            continue
        if best < 0 or _came_before(contacts, first, best):
            best, best_priority = first, row.priority
    return best


@_rule
def _came_before(contacts, a, b):
    if contacts[a].arrived != contacts[b].arrived:
        return contacts[a].arrived < contacts[b].arrived
    return a < b


# --- 5. Waiting, and pools that join later ----------------------------------------------------


@_rule
def _wait(centre, number, contact, line):
    channel = _table(centre, "channels")[line.channel]
    contact.state = WAITING
    contact.joined = line.at_once
    _line_up(centre, number, contact)
    centre.waiting += 1
    contact.gives_up = inf
    if contact.callback:
        channel.callbacks += 1
    else:
        channel.waiting += 1
        if line.at_patience >= 0:
            patience = _table(centre, "values")[line.at_patience + contact.place]
            contact.gives_up = contact.arrived + patience
    _expect_next(centre, number, contact, line)
    if channel.due < inf and _luck(centre, line.at_overdue, contact, channel.overdue_chance):
        _expect(centre, contact.arrived + channel.due, DUE, number)


@_rule
def _expect_next(centre, number, contact, line):
    """Enter what comes next if nobody answers: a pool joins, or patience ends."""
    time, kind = contact.gives_up, PATIENCE_ENDS
    if contact.joined < line.steps:
        joins = contact.arrived + _table(centre, "steps")[line.step + contact.joined].after
        if joins <= time:
            time, kind = joins, POOL_JOINS
    if time == inf:
        _expect_nothing(centre, contact)
        return
    tree, nodes = _table(centre, "trees")[TIMERS], _table(centre, "timers")
    if contact.leaf < 0:
        contact.leaf = _new_leaf(tree, nodes)
    leaf = np.int64(contact.leaf)
    _set_leaf(tree, nodes, leaf, time, kind << KIND | number << NUMBER | leaf)


@_rule
def _expect_nothing(centre, contact):
    """The contact waits no more, or for ever."""
    if contact.leaf >= 0:
        leaf = np.int64(contact.leaf)
        _free_leaf(_table(centre, "trees")[TIMERS], _table(centre, "timers"), leaf)
        contact.leaf = NOBODY


@_rule
def _line_up(centre, number, contact):
    """Into the queue, which is in order of arrival: at its end, or back to the old place."""
    contacts = _table(centre, "contacts")
    queue = _table(centre, "queues")[contact.line]
    last = np.int64(queue.last)
    if last < 0 or not _came_before(contacts, number, last):
        contact.previous, contact.next = last, NOBODY
        queue.last = number
        if last < 0:
            queue.first = number
        else:
            contacts[last].next = number
        return
    after = np.int64(queue.first)  # it comes before this one
    while not _came_before(contacts, number, after):
        after = np.int64(contacts[after].next)
    before = contacts[after].previous
    contact.previous, contact.next = before, after
    contacts[after].previous = number
    if before < 0:
        queue.first = number
    else:
        contacts[before].next = number


@_rule
def _unlink(centre, number, contact):
    """Out of the queue, or from among the contacts on offer."""
    contacts = _table(centre, "contacts")
    queue = _table(centre, "queues")[contact.line]
    before, after = contact.previous, contact.next
    if before >= 0:
        contacts[before].next = after
    elif queue.first == number:
        queue.first = after
    else:
        queue.offered = after
    if after >= 0:
        contacts[after].previous = before
    elif queue.last == number:
        queue.last = before


@_rule
def _pool_joins(centre, number):
    contact = _table(centre, "contacts")[number]
    line = _table(centre, "lines")[contact.line]
    steps = _table(centre, "steps")
    while contact.state < IN_HAND and contact.joined < line.steps:
        step = steps[line.step + contact.joined]
        if contact.arrived + step.after > centre.now:
            break
        contact.joined += 1
        if contact.state == OFFERED:
            continue
        agent = _best(centre, step)
        if agent < 0 and contact.draining:
            agent = _best_staying(centre, step)
        if agent >= 0:
            _give(centre, number, contact, agent)
    if contact.state < IN_HAND:
        _expect_next(centre, number, contact, line)


@_rule
def _leave_queue(centre, contact):
    """The contact waits no more."""
    line = _table(centre, "lines")[contact.line]
    channel = _table(centre, "channels")[line.channel]
    centre.waiting -= 1
    if contact.callback:
        channel.callbacks -= 1
    else:
        channel.waiting -= 1
    if contact.draining:
        contact.draining = 0
        for s in range(line.step, line.step + line.steps):
            p = _table(centre, "steps")[s].pool
            pool = _table(centre, "pools")[p]
            pool.draining -= 1
            if pool.draining == 0:
                _dismiss_staying(centre, pool)


# --- 6. In hand: answer, speed, wrap-up -------------------------------------------------------


@_rule
def _answer(centre, number, contact, agent):
    line = _table(centre, "lines")[contact.line]
    p = _table(centre, "agents")[agent].pool
    pool = _table(centre, "pools")[p]
    _expect_nothing(centre, contact)
    contact.state = IN_HAND
    contact.agent = agent
    talk = wrap = 0.0
    reached = True
    if contact.callback:
        channel = _table(centre, "channels")[line.channel]
        reached = _luck(centre, line.at_reach, contact, channel.reach)
        talk = channel.ring
    if reached:
        values = _table(centre, "values")
        talk = values[line.at_handle + contact.place]
        wrap = values[line.at_wrap + contact.place]
        resolved = _luck(centre, line.at_again, contact, line.resolved)
        _table(centre, "resolved")[number] = 1 if resolved else 0
    _table(centre, "outcome")[number] = ANSWERED if reached else UNREACHED
    _table(centre, "ended")[number] = centre.now
    _table(centre, "agent")[number] = agent
    _occupy(centre, agent, _unit(centre, p, line.channel))
    slowness = _table(centre, "slowness")[p * len(_table(centre, "lines")) + contact.line]
    if slowness != 1.0:
        talk, wrap = _on_grid(talk * slowness), _on_grid(wrap * slowness)
    if pool.paced:
        work = _table(centre, "work")[number]
        work.talk, work.work, work.done = talk, talk + wrap, 0.0
        work.speed, work.touched = 0.0, centre.now
        _take_in_hand(centre, number, contact, agent)
        _set_pace(centre, agent)
    else:
        talked = centre.now + talk
        freed = talked + wrap
        _table(centre, "talked")[number] = talked
        _table(centre, "freed")[number] = freed
        _expect_finish(centre, number, contact, freed)
    if centre.linked and reached:
        _withdraw_others(centre, number, contact)


@_rule
def _unit(centre, pool, channel):
    """The shares that a contact of the channel takes of an agent of the pool."""
    return _table(centre, "units")[pool * centre.channel_count + channel]


@_rule
def _occupy(centre, number, unit):
    """Take shares of an agent."""
    agent = _table(centre, "agents")[number]
    if agent.on and not agent.paused and agent.load == 0:
        _table(centre, "pools")[agent.pool].idle -= 1
    agent.load += unit
    _list_free(centre, number)


@_rule
def _release(centre, number, line):
    """Give an agent's shares back; whoever does so has him listed."""
    agent = _table(centre, "agents")[number]
    agent.load -= _unit(centre, agent.pool, line.channel)
    if agent.on and not agent.paused and agent.load == 0:
        _table(centre, "pools")[agent.pool].idle += 1


@_rule
def _take_in_hand(centre, number, contact, agent_number):
    """Put a contact last in the agent's hand."""
    agent = _table(centre, "agents")[agent_number]
    contact.previous, contact.next = agent.hand_last, NOBODY
    if agent.hand_last < 0:
        agent.hand = number
    else:
        _table(centre, "contacts")[agent.hand_last].next = number
    agent.hand_last = number
    agent.in_hand += 1


@_rule
def _drop(centre, contact, agent_number):
    """Take a contact out of the agent's hand."""
    contacts = _table(centre, "contacts")
    agent = _table(centre, "agents")[agent_number]
    if contact.previous < 0:
        agent.hand = contact.next
    else:
        contacts[contact.previous].next = contact.next
    if contact.next < 0:
        agent.hand_last = contact.previous
    else:
        contacts[contact.next].previous = contact.previous
    agent.in_hand -= 1


@_rule
def _set_pace(centre, agent_number):
    """The number in hand has changed: so does the speed of each, and when it will be done."""
    agent = _table(centre, "agents")[agent_number]
    contacts = _table(centre, "contacts")
    lines = _table(centre, "lines")
    pace = _table(centre, "pace")
    freed_at = _table(centre, "freed")
    number = np.int64(agent.hand)
    while number >= 0:
        contact = contacts[number]
        work = _table(centre, "work")[number]
        row = agent.pool * centre.channel_count + lines[contact.line].channel
        speed = pace[row * centre.most_pace + agent.in_hand]
        if speed != work.speed:
            _progress(centre, number, work)
            work.speed = speed
            freed = centre.now + _on_grid(max(work.work - work.done, 0.0) / speed)
            freed_at[number] = freed
            _expect_finish(centre, number, contact, freed)
        number = np.int64(contact.next)


@_rule
def _progress(centre, number, work):
    """Bring the work done up to now, and note when the talk ended if it did on the way."""
    talked = _table(centre, "talked")
    done = work.done + (centre.now - work.touched) * work.speed
    if isnan(talked[number]) and done >= work.talk and work.speed > 0:
        rest = _on_grid(max(work.talk - work.done, 0.0) / work.speed)
        talked[number] = min(work.touched + rest, centre.now)
    work.done, work.touched = done, centre.now


@_rule
def _finished(centre, number):
    contact = _table(centre, "contacts")[number]
    line = _table(centre, "lines")[contact.line]
    agent = np.int64(contact.agent)
    pool = _pool_of(centre, agent)
    _table(centre, "agents")[agent].since = centre.now
    _release(centre, agent, line)
    if pool.paced:
        _progress(centre, number, _table(centre, "work")[number])
        talked = _table(centre, "talked")
        if isnan(talked[number]):
            talked[number] = centre.now  # all of it was talk, but for rounding
        _drop(centre, contact, agent)
        _set_pace(centre, agent)
    contact.state = ENDED
    centre.open -= 1
    if _table(centre, "outcome")[number] == ANSWERED:
        _maybe_again(centre, number, contact, line)
    else:
        _maybe_retry(centre, number, contact, line)
    _look_for_work(centre, agent)


@_rule
def _look_for_work(centre, agent):
    """The agent has become free, wholly or in part."""
    on = _table(centre, "agents")[agent].on
    if on or _pool_of(centre, agent).draining:
        _take(centre, agent)
    if not on:
        _maybe_leave(centre, agent)


@_rule
def _look_for_offers(centre, agent):
    """The same in a pool with offers."""
    on = _table(centre, "agents")[agent].on
    if on or _pool_of(centre, agent).draining:
        _take_offers(centre, agent)
    if not on:
        _maybe_leave(centre, agent)


@_rule
def _plan_rest(centre):
    """At the end: what is in hand is done as planned."""
    agents = _table(centre, "agents")
    talked = _table(centre, "talked")
    for agent in range(len(agents)):
        number = np.int64(agents[agent].hand)
        while number >= 0:
            if isnan(talked[number]):
                work = _table(centre, "work")[number]
                rest = _on_grid(max(work.talk - work.done, 0.0) / work.speed)
                talked[number] = min(work.touched + rest, _table(centre, "freed")[number])
            number = np.int64(_table(centre, "contacts")[number].next)


@_rule
def _on_grid(seconds):
    return np.floor(seconds * TICKS_PER_SECOND + 0.5) / TICKS_PER_SECOND


# --- 6b. Offers: an agent who may decline -----------------------------------------------------


@_rule
def _offer(centre, number, contact, agent_number):
    """Ring at an agent who may accept, decline, or let it ring; the customer waits on."""
    line = _table(centre, "lines")[contact.line]
    agent = _table(centre, "agents")[agent_number]
    _unlink(centre, number, contact)
    contacts, queue = _table(centre, "contacts"), _table(centre, "queues")[contact.line]
    contact.previous, contact.next = NOBODY, queue.offered
    if queue.offered >= 0:
        contacts[queue.offered].previous = number
    queue.offered = number
    contact.state = OFFERED
    contact.agent = agent_number
    _table(centre, "offers")[number] += 1
    _occupy(centre, agent_number, _unit(centre, agent.pool, line.channel))
    offer_first = _table(centre, "offer_first")
    first = offer_first[agent_number]
    offered = _table(centre, "offered")[number]
    offered.answer_at = first + agent.offers % (offer_first[agent_number + 1] - first)
    agent.offers += 1
    response = _table(centre, "offer_response")[offered.answer_at]
    timeout = _table(centre, "pools")[agent.pool].timeout
    offered.ends = centre.now + min(response, timeout)
    _expect(centre, offered.ends, OFFER_ENDS, number)


@_rule
def _offer_ends(centre, number):
    contact = _table(centre, "contacts")[number]
    offered = _table(centre, "offered")[number]
    if contact.state != OFFERED or offered.ends != centre.now:
        return
    line = _table(centre, "lines")[contact.line]
    at = offered.answer_at
    agent = _stop_offer(centre, number, contact)
    pool = _pool_of(centre, agent)
    in_time = _table(centre, "offer_response")[at] <= pool.timeout
    if in_time and _table(centre, "offer_luck")[at] < pool.accept:
        _answer(centre, number, contact, agent)
        _leave_queue(centre, contact)
        return
    contact.state = WAITING
    _line_up(centre, number, contact)
    _pause(centre, agent)
    other = _agent_for(centre, line, np.int64(contact.joined))
    if other >= 0:
        _give(centre, number, contact, other)
    if not _table(centre, "agents")[agent].on:
        _maybe_leave(centre, agent)


@_rule
def _stop_offer(centre, number, contact):
    """The offer is over; the agent's share is free."""
    agent = np.int64(contact.agent)
    contact.agent = NOBODY
    _unlink(centre, number, contact)
    _release(centre, agent, _table(centre, "lines")[contact.line])
    _list_free(centre, agent)
    return agent


@_rule
def _pause(centre, number):
    """Offer him nothing for a while."""
    agent = _table(centre, "agents")[number]
    pool = _table(centre, "pools")[agent.pool]
    if agent.on and agent.load == 0 and not agent.paused:
        pool.idle -= 1
    agent.paused = 1
    _list_free(centre, number)
    agent.resumes = centre.now + pool.pause
    _expect(centre, agent.resumes, PAUSE_ENDS, number)


@_rule
def _pause_ends(centre, number):
    agent = _table(centre, "agents")[number]
    if not agent.paused or agent.resumes != centre.now:
        return  # another offer not taken has made it longer
    agent.paused = 0
    agent.since = centre.now
    if agent.on and agent.load == 0:
        _table(centre, "pools")[agent.pool].idle += 1
    if agent.on or agent.staying:
        _look_for_offers(centre, number)


# --- 7. Giving up -----------------------------------------------------------------------------


@_rule
def _patience_ends(centre, number):
    contact = _table(centre, "contacts")[number]
    line = _table(centre, "lines")[contact.line]
    if _table(centre, "channels")[line.channel].kind == LIVE:
        agent = _stop_waiting(centre, number, contact, ABANDONED)
        _maybe_retry(centre, number, contact, line)
    else:
        agent = _stop_waiting(centre, number, contact, EXPIRED)
    if agent >= 0:
        _look_for_offers(centre, agent)


@_rule
def _wants_callback(centre, contact, line, channel):
    """Whether the customer who would have to wait is offered a callback and takes it."""
    over = channel.callback_over
    if over == inf or _expected_wait(centre, line, channel) < over:
        return False
    return _luck(centre, line.at_callback, contact, channel.callback_chance)


@_rule
def _expected_wait(centre, line, channel):
    """Those ahead and himself, times the mean work, over the places of agents on duty."""
    places = 0
    for s in range(line.step, line.step + line.at_once):
        step = _table(centre, "steps")[s]
        pool = _table(centre, "pools")[step.pool]
        places += pool.on_duty * (pool.capacity // step.unit)
    if places == 0:
        return inf
    return (channel.waiting + channel.callbacks + 1) * line.mean_work / places


# --- 8. Second chances ------------------------------------------------------------------------


@_rule
def _maybe_retry(centre, number, contact, line):
    most = _table(centre, "reasons")[line.reason].tries
    if most == 0:
        return
    customer = _table(centre, "customers")[contact.customer]
    if customer.tries >= most:
        return
    if _luck(centre, line.at_retry, contact, line.retry_chance):
        customer.tries += 1
        delay = _table(centre, "values")[line.at_retry_after + contact.place]
        _make(centre, number, contact, BY_RETRY, line.retry_on, centre.now + delay)


@_rule
def _maybe_again(centre, number, contact, line):
    most = _table(centre, "reasons")[line.reason].agains
    if most == 0 or _table(centre, "resolved")[number] != 0:
        return
    customer = _table(centre, "customers")[contact.customer]
    if customer.agains < most:
        customer.agains += 1
        delay = _table(centre, "values")[line.at_again_after + contact.place]
        _make(centre, number, contact, BY_AGAIN, line.again_on, centre.now + delay)


@_rule
def _self_serve(centre, number, contact, line):
    _end(centre, number, contact, SELF_SERVED)
    resolved = _luck(centre, line.at_again, contact, line.resolved)
    _table(centre, "resolved")[number] = 1 if resolved else 0
    onward = _table(centre, "channels")[line.channel].otherwise
    customer = _table(centre, "customers")[contact.customer]
    if not resolved and onward >= 0 and customer.moves < centre.most_moves:
        customer.moves += 1
        spent = _table(centre, "values")[line.at_handle + contact.place]
        _make(centre, number, contact, BY_OTHERWISE, onward, centre.now + spent)


@_rule
def _due(centre, number):
    contact = _table(centre, "contacts")[number]
    customer = _table(centre, "customers")[contact.customer]
    if customer.moves < centre.most_moves:
        customer.moves += 1
        channel = _table(centre, "channels")[_table(centre, "lines")[contact.line].channel]
        _make(centre, number, contact, BY_OVERDUE, channel.overdue_on, centre.now)


@_rule
def _make(centre, parent_number, parent, cause, channel, time):
    """The customer will make another contact."""
    customer = _table(centre, "customers")[parent.customer]
    reason = _table(centre, "lines")[parent.line].reason
    row = _table(centre, "row")[parent.customer]
    number = centre.made
    centre.made += 1
    centre.open += 1
    customer.attempts += 1
    contacts = _table(centre, "contacts")
    contact = contacts[number]
    contact.arrived = time
    contact.place = customer.attempts * _table(centre, "reasons")[reason].customers + row
    contact.customer = parent.customer
    contact.line = reason * centre.channel_count + channel
    _prepare_contact(contact)
    later = _table(centre, "later")[number - centre.customer_count]
    later.arrived, later.customer, later.attempt = time, parent.customer, customer.attempts
    later.channel, later.parent, later.cause = channel, parent_number, cause
    if centre.linked:
        last = np.int64(customer.last if customer.attempts > 1 else parent.customer)
        contacts[last].sibling = number
        customer.last = number
    _expect(centre, time, ARRIVES, number)


@_rule
def _withdraw_others(centre, answered, contact):
    """In a linked centre an answer settles every contact that the customer has open."""
    contacts = _table(centre, "contacts")
    number = np.int64(contact.customer)  # the first one
    while number >= 0:
        other = contacts[number]
        if number != answered:
            if other.state == WAITING or other.state == OFFERED:  # noqa: PLR1714
                agent = _stop_waiting(centre, number, other, WITHDRAWN)
                if agent >= 0:
                    _look_for_offers(centre, agent)
            elif other.state == COMING:
                other.withdrawn = 1
        number = np.int64(other.sibling)


# --- 9. Coming on and going off duty ----------------------------------------------------------


@_rule
def _on_duty(centre, duty):
    agent = _table(centre, "agents")[duty.agent]
    pool = _table(centre, "pools")[agent.pool]
    if agent.staying:  # still there from the last spell
        agent.staying = 0
        _table(centre, "left")[agent.spell] = centre.now
    agent.on, agent.spell, agent.since = 1, duty.spell, centre.now
    pool.on_duty += 1
    if agent.load == 0 and not agent.paused:
        pool.idle += 1
    _take(centre, duty.agent)


@_rule
def _off_duty(centre, duty):
    agent = _table(centre, "agents")[duty.agent]
    pool = _table(centre, "pools")[agent.pool]
    agent.on = 0
    pool.on_duty -= 1
    if agent.load == 0 and not agent.paused:
        pool.idle -= 1
    _list_free(centre, duty.agent)
    agent.staying = 1
    if pool.draining:
        _take(centre, duty.agent)
    _maybe_leave(centre, duty.agent)


@_rule
def _maybe_leave(centre, number):
    """An agent off duty leaves when nothing is in hand and there is nobody to stay for."""
    agent = _table(centre, "agents")[number]
    if agent.load == 0 and not _table(centre, "pools")[agent.pool].draining:
        agent.staying = 0
        _table(centre, "left")[agent.spell] = centre.now


@_rule
def _dismiss_staying(centre, pool):
    agents = _table(centre, "agents")
    for agent in range(pool.agent, pool.agent_past):
        if agents[agent].staying:
            _maybe_leave(centre, agent)


# --- 10. Every contact ends exactly one way ---------------------------------------------------


@_rule
def _stop_waiting(centre, number, contact, outcome):
    """A contact leaves the queue unanswered; returns the agent it was on offer to, or nobody."""
    agent = NOBODY
    _expect_nothing(centre, contact)
    if contact.state == OFFERED:
        agent = _stop_offer(centre, number, contact)
    else:
        _unlink(centre, number, contact)
    _end(centre, number, contact, outcome)
    _leave_queue(centre, contact)
    return agent


@_rule
def _end(centre, number, contact, outcome):
    """End a contact that nobody answers."""
    contact.state = ENDED
    _table(centre, "outcome")[number] = outcome
    _table(centre, "ended")[number] = centre.now
    centre.open -= 1


@_rule
def _luck(centre, at, contact, chance):
    """Whether something of this chance happens to the contact."""
    if chance <= 0.0 or chance >= 1.0:
        return chance >= 1.0
    return _table(centre, "values")[at + contact.place] < chance


# --- from Python ------------------------------------------------------------------------------


def _compiled_to_keep() -> Any:
    """The machine code of all rules, from disk if it is there."""

    def play(centre):
        """Handle events until all is over (False) or a table may become too short (True)."""
        return _go_on(centre[0])

    try:
        return njit(nogil=True, cache=True, pipeline_class=_Whole)(play)
    except RuntimeError:  # there is no folder where numba may write: compile in every process
        return njit(nogil=True, pipeline_class=_Whole)(play)


_play = _compiled_to_keep()


def needs_compiling() -> bool:
    """Whether the next call compiles first, which takes some seconds."""
    if _play.signatures:
        return False
    try:
        return not _play._cache._cache_file._load_index()
    except (AttributeError, OSError):  # no cache, or another version of numba
        return True


def simulate(plan: Plan, draws: Draws) -> tuple[ContactLog, DutyLog]:
    """Run one replication to the end of its last contact, or to the plan's horizon.

    Args:
        plan: the scenario's tables.
        draws: all randomness of the replication.
    """
    most_contacts = _most_contacts(plan, draws)
    tables = _plan_tables(plan, draws) | _draws_tables(draws) | _state_tables(plan, draws)
    centre = _centre(plan, draws, tables)
    centre["most_contacts"] = most_contacts
    _resize(centre, tables, most_contacts)
    while _play(centre):
        _resize(centre, tables, most_contacts)
    return _contact_log(plan, draws, tables, int(centre["made"][0])), DutyLog(
        agent=draws.duty_agent,
        on=draws.duty_on,
        off=draws.duty_off,
        came=draws.duty_on,
        left=tables["left"],
    )


Tables = dict[str, np.ndarray]


def _new(name: str, rows: int, **columns: Any) -> np.ndarray:
    """A table of so many rows, all zero but for what is said."""
    table = np.zeros(rows, dtype=_TABLES[name])
    for column, value in columns.items():
        table[column] = value
    return table


def _names(table: str) -> tuple[str, ...]:
    """The columns of a table."""
    return _TABLES[table].names or ()


def _plan_tables(plan: Plan, draws: Draws) -> Tables:
    reasons, channels = plan.door.shape
    kinds = len(plan.kind)
    steps, first_step = _steps(plan)
    menu_line = plan.menu[:, 0] * kinds + plan.menu[:, 1]
    menu_pool = np.repeat(np.arange(len(plan.capacity)), np.diff(plan.menu_first))
    at = {f"at_{name}": draws.at[i].ravel() for i, name in enumerate(PURPOSES)}
    of_line = ("balk", "retry_chance", "resolved", "mean_work", "retry_on", "again_on", "door")
    pools = ("accept", "timeout", "pause", "capacity", "paced")
    channel = [name for name in _names("channels") if name not in ("waiting", "callbacks")]
    doors = np.repeat(np.arange(len(plan.door_first) - 1), np.diff(plan.door_first))
    closing = np.flatnonzero(plan.door_close >= plan.start)
    closing = closing[np.lexsort((doors[closing], plan.door_close[closing]))]
    return {
        "channels": _new("channels", kinds, **{name: getattr(plan, name) for name in channel}),
        "lines": _new(
            "lines",
            reasons * channels,
            reason=np.repeat(np.arange(reasons), channels),
            channel=np.tile(np.arange(channels), reasons),
            step=first_step,
            steps=plan.route_length.ravel(),
            at_once=_at_once(plan),
            **at,
            **{name: getattr(plan, name).ravel() for name in of_line},
        ),
        "queues": _new("queues", reasons * channels, first=NOBODY, last=NOBODY, offered=NOBODY),
        "reasons": _new(
            "reasons",
            reasons,
            customers=draws.reason_size,
            tries=plan.tries,
            agains=plan.agains,
        ),
        "steps": steps,
        "menu": _new(
            "menu",
            len(plan.menu),
            line=menu_line,
            step=plan.menu[:, 2],
            keep=plan.menu[:, 3],
            priority=plan.menu[:, 4],
            unit=plan.unit[menu_pool, plan.menu[:, 1]],
        ),
        "pools": _new(
            "pools",
            len(plan.capacity),
            offers=plan.accept <= 1,
            agent=plan.first_agent[:-1],
            agent_past=plan.first_agent[1:],
            menu=plan.menu_first[:-1],
            menu_past=plan.menu_first[1:],
            first_free=NOBODY,
            last_free=NOBODY,
            **{name: getattr(plan, name) for name in pools},
        ),
        "doors": _new(
            "doors",
            len(plan.door_first) - 1,
            opens=-inf,
            closes=-inf,
            next=plan.door_first[:-1],
            past=plan.door_first[1:],
        ),
        "opens": plan.door_open,
        "closes": plan.door_close,
        "closings": _new(
            "closings", len(closing), time=plan.door_close[closing], door=doors[closing]
        ),
        "closed": plan.closed.ravel(),
        "units": plan.unit.ravel(),
        "slowness": plan.slowness.ravel(),
        "pace": plan.pace.ravel(),
    }


def _steps(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """The steps of all routes, line by line, and where each line's begin."""
    reason, channel, step = np.nonzero(
        np.arange(plan.route_pool.shape[2]) < plan.route_length[..., None]
    )
    pool = plan.route_pool[reason, channel, step]
    table = _new(
        "steps",
        len(step),
        pool=pool,
        after=plan.route_after[reason, channel, step],
        keep=plan.route_keep[reason, channel, step],
        unit=plan.unit[pool, channel],
    )
    length = plan.route_length.ravel()
    return table, np.cumsum(length) - length


def _at_once(plan: Plan) -> np.ndarray:
    """How many steps of each line join at once."""
    there = np.arange(plan.route_pool.shape[2]) < plan.route_length[..., None]
    joined: np.ndarray = ((plan.route_after == 0) & there).sum(axis=2).ravel()
    return joined


def _draws_tables(draws: Draws) -> Tables:
    count = len(draws.duty_agent)
    duty = _new(
        "duty",
        2 * count,
        time=np.concatenate([draws.duty_on, draws.duty_off]),
        kind=np.repeat([ON_DUTY, OFF_DUTY], count),
        agent=np.tile(draws.duty_agent, 2),
        spell=np.tile(np.arange(count), 2),
    )
    order = np.lexsort((duty["spell"], duty["agent"], duty["kind"], duty["time"]))
    names = ["arrival", "reason", "row", "channel", "values"]
    names += ["offer_first", "offer_luck", "offer_response"]
    return {"duty": duty[order], **{name: getattr(draws, name) for name in names}}


def _state_tables(plan: Plan, draws: Draws) -> Tables:
    agents = _new(
        "agents",
        len(plan.agent_pool),
        since=-inf,
        resumes=nan,
        pool=plan.agent_pool,
        spell=NOBODY,
        before=NOBODY,
        after=NOBODY,
        place=NOBODY,
        hand=NOBODY,
        hand_last=NOBODY,
    )
    return {
        "agents": agents,
        "free": _new("free", len(agents)),
        "customers": _new("customers", len(draws.arrival)),
        "left": draws.duty_off.copy(),
        "trees": _new("trees", 2, free=NOBODY),
        **{name: np.zeros(0, dtype=_TABLES[name]) for name in (*_BY_CONTACT, *_TREES)},
    }


_BY_CONTACT: dict[str, float | np.int64 | None] = {
    "contacts": None,
    "offered": None,
    "work": None,
    "scratch": None,
    "later": None,
    "outcome": UNFINISHED,
    "ended": nan,
    "agent": NOBODY,
    "talked": nan,
    "freed": nan,
    "resolved": -1,
    "callback": 0,
    "offers": 0,
}
"""Tables with a row a contact, and what stands in them at first; None: nothing that is read."""

_ONLY_FOR = {"offered": "offers", "work": "paced"}
"""Tables that are empty unless a pool has this."""

_TREES = ("finishes", "timers")
"""The tournaments, in the order of `trees`."""

_SPARE = 1000
"""Rows by which tables that grow are longer than they have to be."""


def _most_contacts(plan: Plan, draws: Draws) -> int:
    """The most contacts that there can be."""
    closed_end = plan.closed[..., 0].min(axis=1) < 1
    overdue = (plan.overdue_on >= 0).any() or (plan.otherwise >= 0).any()
    moves = np.where(closed_end | overdue, plan.most_moves, 0)
    return int((draws.reason_size * (1 + plan.tries + plan.agains + moves)).sum())


def _centre(plan: Plan, draws: Draws, tables: Tables) -> np.ndarray:
    centre = np.zeros(1, dtype=_CENTRE)
    hands = plan.capacity // np.where(plan.unit > 0, plan.unit, plan.capacity[:, None]).min(axis=1)
    agents = np.diff(plan.first_agent)
    offers = plan.accept <= 1
    for name, value in {
        "now": plan.start,
        "horizon": plan.horizon,
        "linked": plan.linked,
        "most_moves": plan.most_moves,
        "customer_count": len(draws.arrival),
        "channel_count": len(plan.kind),
        "most_pace": plan.pace.shape[2],
        "open": len(draws.arrival),
        "made": len(draws.arrival),
        "most_offers": 4 + int((hands * offers).max(initial=0)),
        "room_offers": 64 + int((hands * agents * offers).sum()),
        "hole": NOBODY,
    }.items():
        centre[name] = value
    for name in tables:
        _settle(centre, tables, name)
    _grow_tree(centre, tables, "finishes", int((hands * agents).sum()))
    return centre


def _settle(centre: np.ndarray, tables: Tables, name: str) -> None:
    """Note where a table is."""
    table = np.ascontiguousarray(tables[name], dtype=_TABLES[name])
    tables[name] = table
    centre[f"{name}_address"] = table.ctypes.data
    centre[f"{name}_length"] = len(table)


def _resize(centre: np.ndarray, tables: Tables, most_contacts: int) -> None:
    """Make the tables that grow long enough for what may come next."""
    row = centre[0]
    waiting = int(row["waiting"]) + 16
    count, made = int(row["customer_count"]), int(row["made"])
    contacts = len(tables["contacts"])
    if contacts < min(made + waiting, most_contacts) or contacts == 0:
        rows = min(made + made // 4 + 2 * waiting + _SPARE, most_contacts)
        for name, fill in _BY_CONTACT.items():
            length = rows - count if name == "later" else rows
            if name in ("offered", "work") and not (tables["pools"][_ONLY_FOR[name]]).any():
                length = 0
            tables[name] = _grown(tables[name], length, fill)
            _settle(centre, tables, name)
    room = waiting * int(row["most_offers"]) + int(row["room_offers"])
    _grow_tree(centre, tables, "timers", int(tables["trees"]["used"][1]) + room)


def _grow_tree(centre: np.ndarray, tables: Tables, name: str, leaves: int) -> None:
    """Make a tournament so wide that it has this many leaves."""
    tree, known = tables["trees"][_TREES.index(name)], tables[name]
    half = len(known) >> 1
    if half >= leaves > 0:
        return
    wide = 1 << max(leaves - 1, 1).bit_length()
    nodes = np.zeros(2 * wide, dtype=known.dtype)
    nodes["time"] = inf
    tree["root"] = int(tree["root"]) * wide // half if half else wide
    while half > 0:  # the same matches on the left of a wider field
        nodes[wide : wide + half] = known[half : 2 * half]
        half, wide = half >> 1, wide >> 1
    tables[name] = nodes
    _settle(centre, tables, name)


def _grown(table: np.ndarray, rows: int, fill: float | np.int64 | None) -> np.ndarray:
    """A longer copy of a table."""
    longer = np.empty(rows, dtype=table.dtype)
    longer[: len(table)] = table
    if fill is not None:
        longer[len(table) :] = fill
    return longer


def _contact_log(plan: Plan, draws: Draws, tables: Tables, made: int) -> ContactLog:
    count = len(draws.arrival)
    later = tables["later"][: made - count]

    def joined(first: np.ndarray, name: str) -> np.ndarray:
        """Of the first contacts, then of the later ones; as it is if there are none."""
        return np.concatenate([first, later[name]], dtype=first.dtype) if len(later) else first

    def column(name: str) -> np.ndarray:
        return tables[name][:made]

    agent = column("agent")
    customer = joined(np.arange(count), "customer")
    return ContactLog(
        customer=customer,
        attempt=joined(np.zeros(count, dtype=np.int64), "attempt"),
        reason=draws.reason[customer] if len(later) else draws.reason,
        channel=joined(draws.channel, "channel"),
        cause=joined(np.zeros(count, dtype=np.int8), "cause"),
        parent=joined(np.full(count, NOBODY), "parent"),
        arrived=joined(draws.arrival, "arrived"),
        outcome=column("outcome"),
        ended=column("ended"),
        pool=np.append(plan.agent_pool, NOBODY)[agent],
        agent=agent,
        talked=column("talked"),
        freed=column("freed"),
        resolved=column("resolved"),
        callback=column("callback"),
        offers=column("offers"),
    )
