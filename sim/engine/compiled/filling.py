"""The tables as they are at first, from plan and draws."""

from __future__ import annotations

from functools import lru_cache
from math import inf, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engine.compiled.tables import (
    ELSEWHERE,
    NOBODY,
    OFF_DUTY,
    ON_DUTY,
    PLACES,
    PURPOSES,
    TABLES,
    UNFINISHED,
)
from sim.tables import Draws, Purpose

if TYPE_CHECKING:
    from sim.engine.plan import Plan

FURTHER = (
    *(Purpose.CHOOSE, Purpose.EXIT_AT_ONCE, Purpose.EXIT, Purpose.TRANSFER),
    *(Purpose.DIFFICULTY, Purpose.AI_AGENT, Purpose.AI_TALK, Purpose.CALLBACK_PATIENCE),
    *(Purpose.HAND_OVER, Purpose.CONFERENCE),
)
"""Purposes of contact types besides `PURPOSES`."""

AT = {f"at_{name}": number for number, name in enumerate(PURPOSES)}
AT |= {f"at_{purpose.name.lower()}": int(purpose) for purpose in FURTHER}
"""Column of `lines` -> the purpose whose luck it finds."""

AI_AGENT = ("ai", "ai_asked_after", "ai_wrong", "ai_leaves")

Tables = dict[str, np.ndarray]

BY_CONTACT: dict[str, float | np.int64 | None] = {
    "contacts": None,
    "offered": None,
    "work": None,
    "passed": 0,
    "held": 0,
    "key": nan,
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
    "by_ai": -1,
}
"""Tables with a row a contact, and what stands in them at first; None: nothing that is read."""

TREES = ("finishes", "timers")
"""The tournaments, in the order of `trees`."""


_APART = 64
"""Bytes that are fetched into a processor's cache together: tables begin at such places."""


class Block(NamedTuple):
    """Tables in one piece of memory, which is copied at once.

    memory: the bytes.
    tables: for each its place in the memory, and its rows.
    places: of their addresses in the centre, each followed by that of the length.
    """

    memory: np.ndarray
    tables: dict[str, tuple[int, int]]
    places: np.ndarray

    @classmethod
    def of(cls, tables: Tables) -> Block:
        """Put tables into one piece of memory."""
        found, size = {}, 0
        for name, table in tables.items():
            found[name] = (size, len(table))
            size += -(-len(table) * TABLES[name].itemsize // _APART) * _APART
        places = np.array([PLACES[name] for name in tables])
        block = cls(np.zeros(size, dtype=np.uint8), found, places)
        for name, table in block.open().items():
            table[:] = tables[name]
        return block

    def copy(self) -> Block:
        """A copy to play with."""
        return self._replace(memory=self.memory.copy())

    def open(self) -> Tables:
        """The tables themselves."""
        return {
            name: np.ndarray(rows, TABLES[name], self.memory, place)
            for name, (place, rows) in self.tables.items()
        }


def new_table(name: str, rows: int, **columns: Any) -> np.ndarray:
    """A table of so many rows, all zero but for what is said."""
    table = np.zeros(rows, dtype=TABLES[name])
    for column, value in columns.items():
        table[column] = value
    return table


def _names(table: str) -> tuple[str, ...]:
    """The columns of a table."""
    return TABLES[table].names or ()


@lru_cache(maxsize=512)
def plan_tables(plan: Plan) -> Block:
    """What is the same in all replications; a run plays with a copy."""
    reasons, kinds = len(plan.tries), len(plan.kind)
    lines = _lines(plan)
    steps, lines["step"] = _steps(plan, lines)
    menu_pool = np.repeat(np.arange(len(plan.capacity)), np.diff(plan.menu_first))
    of_channel = {
        "divisible": (plan.hand_over > 0) | plan.interrupts.any(axis=0),
        "interrupts": plan.interrupts.any(axis=1),
    }
    variants = plan.priorities.shape[1]
    changes = (plan.menu_grows > 0) | (plan.menu_jump < inf) | (plan.menu_timed >= 0)
    pools = ("accept", "timeout", "pause", "capacity", "paced", *AI_AGENT)
    state = ("waiting", "callbacks", "exit", "exit_timed", "reach_at", "reach_past")
    channel = [name for name in _names("channels") if name not in (*state, *of_channel)]
    exits = {name: getattr(plan, f"exit_{name}") for name in _names("exits")}
    doors = np.repeat(np.arange(len(plan.door_first) - 1), np.diff(plan.door_first))
    closing = np.flatnonzero(plan.door_close >= plan.start)
    closing = closing[np.lexsort((doors[closing], plan.door_close[closing]))]
    tables = {
        "channels": new_table(
            "channels",
            kinds,
            exit=plan.exit_first[:-1],
            exit_timed=plan.exit_timed,
            reach_at=plan.reach_first[:-1],
            reach_past=plan.reach_first[1:],
            **{name: getattr(plan, name) for name in channel},
            **of_channel,
        ),
        "interrupts": plan.interrupts.ravel(),
        "head_starts": _head_starts(plan).ravel(),
        "trunks": new_table("trunks", len(plan.trunk_lines), lines=plan.trunk_lines),
        "exits": new_table("exits", len(plan.exit_on), **exits),
        "reach_at": new_table(
            "reach_at", len(plan.reach_door), door=plan.reach_door, chance=plan.reach_then
        ),
        "points": new_table(
            "points", len(plan.balk_points), x=plan.balk_points[:, 0], y=plan.balk_points[:, 1]
        ),
        "lines": lines,
        "queues": new_table("queues", len(lines), first=NOBODY, last=NOBODY, offered=NOBODY),
        "reasons": new_table(
            "reasons",
            reasons,
            tries=plan.tries,
            agains=plan.agains,
            drawn=1,
            profile=plan.profile_first[:-1],
            profile_past=plan.profile_first[1:],
        ),
        "profile_time": plan.profile_time,
        "profile_before": plan.profile_before,
        "steps": steps,
        "menu": new_table(
            "menu",
            len(plan.menu),
            line=plan.menu[:, 0],
            step=plan.menu[:, 1],
            keep=plan.menu[:, 2],
            grows=plan.menu_grows,
            most=plan.menu_most,
            jump=plan.menu_jump,
            then=plan.menu_then,
            priority=plan.menu[:, 3],
            timed=np.where(plan.menu_timed < 0, NOBODY, plan.menu_timed * variants),
            unit=plan.unit[menu_pool, lines["channel"][plan.menu[:, 0]]],
        ),
        "priorities": plan.priorities.ravel(),
        "pools": new_table(
            "pools",
            len(plan.capacity),
            offers=plan.accept <= 1,
            grows=[
                changes[low:high].any()
                for low, high in zip(plan.menu_first[:-1], plan.menu_first[1:], strict=True)
            ],
            agent=plan.first_agent[:-1],
            agent_past=plan.first_agent[1:],
            menu=plan.menu_first[:-1],
            menu_past=plan.menu_first[1:],
            first_free=NOBODY,
            last_free=NOBODY,
            **{name: getattr(plan, name) for name in pools},
        ),
        "doors": new_table(
            "doors",
            len(plan.door_first) - 1,
            opens=-inf,
            closes=-inf,
            next=plan.door_first[:-1],
            past=plan.door_first[1:],
        ),
        "opens": plan.door_open,
        "closes": plan.door_close,
        "closings": new_table(
            "closings",
            len(closing),
            time=plan.door_close[closing],
            door=doors[closing],
            sudden=plan.door_sudden[closing],
        ),
        "periods": new_table(
            "periods",
            len(plan.period_begins),
            begins=plan.period_begins,
            variant=plan.period_variant,
        ),
        "closed": plan.closed[lines["whose"], lines["channel"]].ravel(),
        "units": plan.unit.ravel(),
        "slowness": plan.slowness[:, :, lines["reason"], lines["channel"]].ravel(),
        "resolves": plan.resolved[:, lines["reason"], lines["channel"]].ravel(),
        "pace": plan.pace.ravel(),
        "ai_resolves": plan.ai_resolves[:, :, lines["reason"], lines["channel"]].ravel(),
        "ai_asks": plan.ai_asks[:, :, lines["reason"], lines["channel"]].ravel(),
        **_passings(plan, lines),
        "agents": _agents(plan),
        "free": new_table("free", len(plan.agent_pool)),
        "trees": new_table("trees", 2, free=NOBODY),
    }
    return Block.of(tables)


def _head_starts(plan: Plan) -> np.ndarray:
    """By contact type and cause, legs behind the others."""
    of_legs = plan.head_start[plan.leg[:, 1], plan.leg[:, 2]]
    return np.concatenate([plan.head_start.reshape(-1, plan.head_start.shape[2]), of_legs])


def _lines(plan: Plan) -> np.ndarray:
    """The contact types, legs behind them; all but where their steps and their luck are."""
    reasons, channels = plan.door.shape
    whose = np.append(np.repeat(np.arange(reasons), channels), plan.leg[:, 0])
    reason = np.append(np.repeat(np.arange(reasons), channels), plan.leg[:, 1])
    channel = np.append(np.tile(np.arange(channels), reasons), plan.leg[:, 2])
    passes = np.zeros(len(whose), dtype=np.int64)
    passes[plan.passing[:, 0]] = 1
    only = np.append(np.full(reasons * channels, NOBODY), plan.leg[:, 3]) >= 0  # one pool
    of_customer = ("retry_chance", "retry_on", "again_on", "by_profile")
    of_reason = ("balk", "balk_by")
    kind = reason * channels + channel
    of_route = {
        "steps": np.where(only, 1, plan.route_length[reason, channel]),
        "at_once": np.where(only, 1, _at_once(plan)[reason, channel]),
        "grouped": np.where(only, 0, plan.grouped[reason, channel]),
        "random": np.where(only, 0, plan.random[reason, channel]),
    }
    return new_table(
        "lines",
        len(whose),
        whose=whose,
        reason=reason,
        channel=channel,
        passes=passes,
        door=np.append(plan.door, plan.leg_door),
        times=np.append(np.ones(plan.door.size), plan.leg_times),
        mean_work=np.append(plan.mean_work, plan.leg_work),
        exit=plan.exit_timed[channel],
        exits=(plan.exit_first[1:] - plan.exit_timed)[channel],
        balk_first=plan.balk_first[kind],
        balk_past=plan.balk_first[kind + 1],
        **of_route,
        **{name: getattr(plan, name)[whose, channel] for name in of_customer},
        **{name: getattr(plan, name)[reason, channel] for name in of_reason},
    )


def _passings(plan: Plan, lines: np.ndarray) -> Tables:
    """How contacts are passed on, and where they may come so."""
    pools, types = len(plan.capacity), plan.door.size
    place = plan.passing[:, 0] * pools + plan.passing[:, 1]
    order = np.argsort(place, kind="stable")
    rows = plan.passing[order]
    on_route = np.zeros((len(lines), pools), dtype=bool)
    menu_pool = np.repeat(np.arange(pools), np.diff(plan.menu_first))
    on_route[plan.menu[:, 0], menu_pool] = True
    return {
        "passings": new_table(
            "passings",
            len(rows),
            after=plan.passing_after[order],
            hold=plan.passing_hold[order],
            transfer=rows[:, 2],
            to=types + rows[:, 3],
            most=rows[:, 4],
            joins=rows[:, 5],
        ),
        "passing_chance": plan.passing_chance[:, order].ravel(),
        "first_passing": np.searchsorted(place[order], np.arange(len(lines) * pools + 1)),
        "reaches": np.where(on_route, plan.reaches, ELSEWHERE * plan.reaches).ravel(),
    }


def _steps(plan: Plan, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The steps of all routes, line by line, and where each line's begin."""
    line, step = np.nonzero(np.arange(lines["steps"].max(initial=0)) < lines["steps"][:, None])
    reason, channel = lines["reason"][line], lines["channel"][line]
    only = np.append(np.full(plan.door.size, NOBODY), plan.leg[:, 3])[line]
    leg_rate = np.append(np.zeros(plan.door.size), plan.leg_rate)[line]
    one = only >= 0
    pool = np.where(one, only, plan.route_pool[reason, channel, step])
    starts = np.ones(len(step), dtype=np.int64)
    group = plan.route_group[reason, channel, step]
    starts[1:] = (step[1:] == 0) | (np.diff(group) != 0)
    rank = np.cumsum(starts)
    table = new_table(
        "steps",
        len(step),
        pool=pool,
        after=np.where(one, 0.0, plan.route_after[reason, channel, step]),
        keep=np.where(one, 0, plan.route_keep[reason, channel, step]),
        rate=np.where(one, leg_rate, plan.route_rate[reason, channel, step]),
        unit=plan.unit[pool, channel],
        first=np.searchsorted(rank, rank),
        past=np.searchsorted(rank, rank, side="right"),
    )
    return table, np.cumsum(lines["steps"]) - lines["steps"]


def _at_once(plan: Plan) -> np.ndarray:
    """[reason, channel] how many steps join at once."""
    there = np.arange(plan.route_pool.shape[2]) < plan.route_length[..., None]
    joined: np.ndarray = ((plan.route_after == 0) & there).sum(axis=2)
    return joined


def tables_of(plan: Plan, draws: Draws) -> tuple[Block, Tables]:
    """All tables of a run, and the block in which the plan's are."""
    block = plan_tables(plan).copy()
    tables = block.open()
    at = np.concatenate([draws.at.reshape(len(draws.at), -1), draws.at_legs], axis=1)
    for name, number in AT.items():
        tables["lines"][name] = at[number]
    return block, tables | _draws_tables(draws) | _state_tables(draws)


def _draws_tables(draws: Draws) -> Tables:
    count = len(draws.duty_agent)
    apart = np.flatnonzero(draws.duty_last < draws.duty_off)  # last contact, and the end
    spell = np.concatenate([np.arange(count), np.arange(count), apart])
    duty = new_table(
        "duty",
        len(spell),
        time=np.concatenate([draws.duty_on, draws.duty_off, draws.duty_last[apart]]),
        kind=np.where(np.arange(len(spell)) < count, ON_DUTY, OFF_DUTY),
        agent=draws.duty_agent[spell],
        spell=spell,
    )
    spells = new_table(
        "spells",
        count,
        last=draws.duty_last,
        off=draws.duty_off,
        rest=draws.duty_break,
        agent=draws.duty_agent,
        slowness=draws.duty_slowness,
        ends=draws.duty_ends,
    )
    order = np.lexsort((duty["spell"], duty["agent"], duty["kind"], duty["time"]))
    names = ["arrival", "reason", "row", "channel", "age", "values"]
    names += ["offer_first", "offer_luck", "offer_response"]
    timed = np.ascontiguousarray(draws.at_times.transpose(0, 2, 1)).ravel()
    known = {name: getattr(draws, name) for name in names}
    return {"duty": duty[order], "spells": spells, "timed": timed, **known}


def _agents(plan: Plan) -> np.ndarray:
    return new_table(
        "agents",
        len(plan.agent_pool),
        since=-inf,
        resumes=nan,
        slowness=1.0,
        over=1,
        pool=plan.agent_pool,
        spell=NOBODY,
        before=NOBODY,
        after=NOBODY,
        place=NOBODY,
        hand=NOBODY,
        hand_last=NOBODY,
        aside=NOBODY,
    )


def _state_tables(draws: Draws) -> Tables:
    return {
        "customers": new_table("customers", len(draws.arrival)),
        "came": draws.duty_on.copy(),
        "left": draws.duty_off.copy(),
        "put_down": new_table("put_down", 0),
        "rings": new_table("rings", 0),
        **{name: np.zeros(0, dtype=TABLES[name]) for name in (*BY_CONTACT, *TREES)},
    }
