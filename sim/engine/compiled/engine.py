"""One replication, from Python: tables are made, machine code plays, logs are read."""

from __future__ import annotations

import threading
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from math import inf, nan

import numpy as np

from sim.engine.compiled.filling import (
    BY_CONTACT,
    TREES,
    Block,
    Tables,
    plan_tables,
    tables_of,
)
from sim.engine.compiled.kept import Machine, ObjectCode, is_kept, machine_code
from sim.engine.compiled.tables import CENTRE, NOBODY, PLACES, TABLES, UNFINISHED
from sim.engine.plan import Plan, is_rare
from sim.tables import ContactLog, Draws, DutyLog, PutDown, Rings

_SPARE = 1000
"""Rows by which tables that grow are longer than they have to be."""

_machine_code: dict[bool, Machine] = {}
"""With the rare rules and without them: handles events until all is over (False) or a table may
become too short (True)."""

_preparing = threading.Lock()


def is_ready(*, rare: bool) -> bool:
    """Whether nothing need be compiled; `rare` as of `Plan.rare`."""
    return rare in _machine_code or is_kept(_name_of(rare))


def needs_compiling(*, rare: bool) -> bool:
    """Whether the next run compiles first, which takes some seconds; `rare` as of `Plan.rare`.

    Raises:
        Exception: if nothing can be compiled here.
    """
    if is_ready(rare=rare):
        return False
    import_module("sim.engine.compiled.making")
    return True


def prepare(*, rare: bool) -> Machine:
    """The machine code: compiled, or loaded if it was, once in a process.

    Raises:
        Exception: whatever numba says if it cannot compile here.
    """
    with _preparing:
        if rare not in _machine_code:
            _machine_code[rare] = machine_code(_name_of(rare), lambda: _made(rare))
    return _machine_code[rare]


def _made(rare: bool) -> ObjectCode:
    from sim.engine.compiled.events import go_on
    from sim.engine.compiled.making import made

    return made(go_on, RARE=rare)


def _name_of(rare: bool) -> str:
    return "all" if rare else "usual"


def simulate(plan: Plan, draws: Draws) -> tuple[ContactLog, DutyLog]:
    """Run one replication to the end of its last contact, or to the plan's horizon.

    Args:
        plan: the scenario's tables.
        draws: all randomness of the replication.
    """
    block, tables = tables_of(plan, draws)
    centre = _centre(plan, draws, block, tables)
    _resize(centre, tables, plan)
    play = prepare(rare=is_rare(plan, draws))
    while play(centre):
        if centre["wants_values"][0]:  # most often that is all
            _ask_for_values(centre, tables, draws)
            continue
        _resize(centre, tables, plan)
        _ask_for_answers(centre, tables, plan, draws)
    put_down = tables["put_down"][: int(centre["times_put_down"][0])]
    rings = tables["rings"][: int(centre["times_rung"][0])]
    return _contact_log(plan, draws, tables, int(centre["made"][0]), put_down, rings), DutyLog(
        agent=draws.duty_agent,
        on=draws.duty_on,
        off=draws.duty_off,
        came=tables["came"],
        left=tables["left"],
    )


@lru_cache(maxsize=512)
def _planned_centre(plan: Plan) -> np.ndarray:
    """The centre as far as the plan says."""
    centre = np.zeros(1, dtype=CENTRE)
    hands = plan.capacity // np.where(plan.unit > 0, plan.unit, plan.capacity[:, None]).min(axis=1)
    agents = np.diff(plan.first_agent)
    offers = plan.accept <= 1
    passes = len(plan.leg) > 0
    talks = 1 + int((hands * plan.paced).max(initial=0)) if passes else 0  # ends to be entered
    put_down = int(hands.max(initial=0)) if plan.puts_down else 0
    # in one event all agents may take all they can, and each changes when lines are free
    lines = int((hands * hands * agents).sum()) if len(plan.trunk_lines) else 0
    for name, value in {
        "now": plan.start,
        "horizon": plan.horizon,
        "linked": plan.linked,
        "most_moves": plan.most_moves,
        "channel_count": len(plan.kind),
        "trunks": len(plan.trunk_lines),
        "ordered": plan.head_start.any() or plan.newest.any(),
        "causes": plan.head_start.shape[2],
        "most_pace": plan.pace.shape[2],
        "passes": passes,
        "most_offers": 4 + talks + int((hands * offers).max(initial=0)),
        "room_offers": 64 + int((hands * agents * offers).sum()) + put_down + lines,
        "room_put_down": put_down,
        "room_rings": _rings_at_once(plan, int((hands * agents * offers).sum())),
        "room_finishes": int((hands * agents).sum()),
        "hole": NOBODY,
    }.items():
        centre[name] = value
    block, numbers = plan_tables(plan), centre.view(np.int64)
    numbers[block.places], numbers[block.places + 1] = zip(*block.tables.values(), strict=True)
    return centre


def _rings_at_once(plan: Plan, on_offer: int) -> int:
    """How many offers may end in one event: all, and one more for each contact withdrawn."""
    more = int((plan.tries + plan.agains).max()) + plan.most_moves
    return on_offer + more if on_offer else 0


def _centre(plan: Plan, draws: Draws, block: Block, tables: Tables) -> np.ndarray:
    centre = _planned_centre(plan).copy()
    count = len(draws.arrival)
    centre["customer_count"] = centre["open"] = centre["made"] = count
    centre["ordered"] |= len(draws.age) > 0
    centre["in_attempt"] = len(draws.values)
    centre["room_offers"] += len(plan.agent_pool) if draws.duty_break.any() else 0
    centre["block"] = len(draws.offer_luck)
    centre["room_asked"] = _room_asked(plan, draws, 1)
    centre.view(np.int64)[block.places] += block.memory.ctypes.data
    for name, table in tables.items():
        if name not in block.tables and len(table) > 0:
            _settle(centre, tables, name)
    _grow_tree(centre, tables, "finishes", int(centre["room_finishes"][0]))
    return centre


def _room_asked(plan: Plan, draws: Draws, blocks: int) -> int:
    """How many offers an agent may have had before another block of answers is needed.

    In one event an agent can be offered contacts until the hands are full, and one more for each
    contact of a customer that is withdrawn.
    """
    row = int(np.diff(draws.offer_first).max(initial=0))
    if row == 0:
        return 0
    most = 1 + int(plan.capacity.max()) + int((plan.tries + plan.agains).max()) + plan.most_moves
    return blocks * row - most


def _ask_for_answers(centre: np.ndarray, tables: Tables, plan: Plan, draws: Draws) -> None:
    """Have the answers to offers that may come up next."""
    while centre["most_asked"][0] > centre["room_asked"][0]:
        blocks = len(tables["offer_luck"]) // int(centre["block"][0])
        luck, response = draws.more.answers_to_offers(blocks)
        for name, more in (("offer_luck", luck), ("offer_response", response)):
            tables[name] = np.concatenate([tables[name], more])
            _settle(centre, tables, name)
        centre["room_asked"] = _room_asked(plan, draws, blocks + 1)


def _ask_for_values(centre: np.ndarray, tables: Tables, draws: Draws) -> None:
    """Have the luck of later attempts, of the reasons whose customers have come to them."""
    all_reasons, reasons = len(draws.values), tables["reasons"]
    drawn, come_to = reasons["drawn"], reasons["attempts"]
    attempts = 1 + int(come_to.max())
    if len(tables["values"]) < attempts * all_reasons:
        room = (attempts + attempts // 2 + 1) * all_reasons  # what is never written costs nothing
        tables["values"] = _grown(tables["values"], room, None)
        _settle(centre, tables, "values")
    for number in np.flatnonzero(drawn <= come_to).tolist():
        low, high = draws.begins[number : number + 2].tolist()
        for attempt in range(int(drawn[number]), int(come_to[number]) + 1):
            place = slice(attempt * all_reasons + low, attempt * all_reasons + high)
            tables["values"][place] = draws.more.contact_values(number, attempt)
        drawn[number] = come_to[number] + 1
    centre["wants_values"] = 0


def _settle(centre: np.ndarray, tables: Tables, name: str) -> None:
    """Note where a table is."""
    table = tables[name]
    if table.dtype != TABLES[name] or not table.flags.c_contiguous:
        table = tables[name] = np.ascontiguousarray(table, dtype=TABLES[name])
    place, numbers = PLACES[name], centre.view(np.int64)
    numbers[place], numbers[place + 1] = table.ctypes.data, len(table)


def _resize(centre: np.ndarray, tables: Tables, plan: Plan) -> None:
    """Make the tables that grow long enough for what may come next."""
    row = centre[0]
    waiting = int(row["waiting"]) + 16
    count, made = int(row["customer_count"]), int(row["made"])
    contacts = len(tables["contacts"])
    if contacts < made + waiting:
        rows = made + made // 2 + 2 * waiting + _SPARE
        empty = _empty(plan, bool(row["ordered"]))
        for name, fill in BY_CONTACT.items():
            if name not in empty:
                length = rows - count if name == "later" else rows
                tables[name] = _grown(tables[name], length, fill)
                _settle(centre, tables, name)
    for name, used, room in (
        ("put_down", int(row["times_put_down"]), int(row["room_put_down"])),
        ("rings", int(row["times_rung"]), int(row["room_rings"])),
    ):
        if used + room > len(tables[name]):
            tables[name] = _grown(tables[name], 2 * used + room + _SPARE, None)
            _settle(centre, tables, name)
    used = int(tables["trees"]["used"][TREES.index("timers")])
    room = (waiting + count // 64) * int(row["most_offers"]) + int(row["room_offers"])
    _grow_tree(centre, tables, "timers", used + room)


@lru_cache(maxsize=1024)
def _empty(plan: Plan, ordered: bool) -> frozenset[str]:
    """Tables with a row a contact that nothing in this plan asks for."""
    wanted = {
        "offered": (plan.accept <= 1).any(),
        "work": plan.paced.any() or plan.puts_down,
        "passed": len(plan.passing) > 0,
        "held": len(plan.trunk_lines) > 0,
        "key": ordered,
    }
    return frozenset(name for name, some in wanted.items() if not some)


def _grow_tree(centre: np.ndarray, tables: Tables, name: str, leaves: int) -> None:
    """Make a tournament so wide that it has this many leaves."""
    tree, known = tables["trees"][TREES.index(name)], tables[name]
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


def _contact_log(
    plan: Plan,
    draws: Draws,
    tables: Tables,
    made: int,
    put_down: np.ndarray,
    rings: np.ndarray,
) -> ContactLog:
    count = len(draws.arrival)
    later = tables["later"][: made - count]

    def joined(first: np.ndarray, name: str) -> np.ndarray:
        """Of the first contacts, then of the later ones; as it is if there are none."""
        return np.concatenate([first, later[name]], dtype=first.dtype) if len(later) else first

    def column(name: str) -> np.ndarray:
        return tables[name][:made]

    agent = column("agent")
    if len(put_down):  # the talk may be over and the wrap-up unfinished
        column("talked")[column("outcome") == UNFINISHED] = nan
    customer = joined(np.arange(count), "customer")
    return ContactLog(
        customer=customer,
        attempt=joined(np.zeros(count, dtype=np.int64), "attempt"),
        reason=joined(draws.reason, "reason"),
        channel=joined(draws.channel, "channel"),
        cause=joined(np.zeros(count, dtype=np.int8), "cause"),
        parent=joined(np.full(count, NOBODY), "parent"),
        arrived=joined(draws.arrival, "arrived"),
        outcome=column("outcome"),
        ended=column("ended"),
        pool=np.append(plan.shown[plan.agent_pool], NOBODY)[agent],
        agent=agent,
        talked=column("talked"),
        freed=column("freed"),
        resolved=column("resolved"),
        callback=column("callback"),
        offers=column("offers"),
        put_down=PutDown(*(put_down[f.name] for f in fields(PutDown))),
        rings=Rings(*(rings[f.name] for f in fields(Rings))),
        by_ai=column("by_ai"),
    )
