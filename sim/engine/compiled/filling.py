"""The tables as they are at first, from plan and draws."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.compiled.tables import NOBODY, OFF_DUTY, ON_DUTY, PURPOSES, TABLES, UNFINISHED
from sim.tables import Draws, Purpose

if TYPE_CHECKING:
    from sim.engine.plan import Plan

FURTHER = (Purpose.CHOOSE, Purpose.EXIT_AT_ONCE, Purpose.EXIT)
"""Purposes of contact types besides `PURPOSES`."""

Tables = dict[str, np.ndarray]

BY_CONTACT: dict[str, float | np.int64 | None] = {
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

TREES = ("finishes", "timers")
"""The tournaments, in the order of `trees`."""


def new_table(name: str, rows: int, **columns: Any) -> np.ndarray:
    """A table of so many rows, all zero but for what is said."""
    table = np.zeros(rows, dtype=TABLES[name])
    for column, value in columns.items():
        table[column] = value
    return table


def _names(table: str) -> tuple[str, ...]:
    """The columns of a table."""
    return TABLES[table].names or ()


def plan_tables(plan: Plan, draws: Draws) -> Tables:
    reasons, channels = plan.door.shape
    kinds = len(plan.kind)
    steps, first_step = _steps(plan)
    menu_line = plan.menu[:, 0] * kinds + plan.menu[:, 1]
    menu_pool = np.repeat(np.arange(len(plan.capacity)), np.diff(plan.menu_first))
    at = {f"at_{name}": draws.at[i].ravel() for i, name in enumerate(PURPOSES)}
    at |= {f"at_{purpose.name.lower()}": draws.at[purpose].ravel() for purpose in FURTHER}
    of_line = (
        "balk",
        "balk_by",
        "retry_chance",
        "resolved",
        "mean_work",
        "retry_on",
        "again_on",
        "door",
        "random",
    )
    pools = ("accept", "timeout", "pause", "capacity", "paced")
    state = ("waiting", "callbacks", "exit", "exit_timed")
    channel = [name for name in _names("channels") if name not in state]
    exits = {name: getattr(plan, f"exit_{name}") for name in _names("exits")}
    doors = np.repeat(np.arange(len(plan.door_first) - 1), np.diff(plan.door_first))
    closing = np.flatnonzero(plan.door_close >= plan.start)
    closing = closing[np.lexsort((doors[closing], plan.door_close[closing]))]
    return {
        "channels": new_table(
            "channels",
            kinds,
            exit=plan.exit_first[:-1],
            exit_timed=plan.exit_timed,
            **{name: getattr(plan, name) for name in channel},
        ),
        "exits": new_table("exits", len(plan.exit_on), **exits),
        "points": new_table(
            "points", len(plan.balk_points), x=plan.balk_points[:, 0], y=plan.balk_points[:, 1]
        ),
        "lines": new_table(
            "lines",
            reasons * channels,
            reason=np.repeat(np.arange(reasons), channels),
            channel=np.tile(np.arange(channels), reasons),
            step=first_step,
            steps=plan.route_length.ravel(),
            at_once=_at_once(plan),
            grouped=_grouped(plan),
            exit=np.tile(plan.exit_timed, reasons),
            exits=np.tile(plan.exit_first[1:] - plan.exit_timed, reasons),
            balk_first=plan.balk_first[:-1],
            balk_past=plan.balk_first[1:],
            **at,
            **{name: getattr(plan, name).ravel() for name in of_line},
        ),
        "queues": new_table(
            "queues", reasons * channels, first=NOBODY, last=NOBODY, offered=NOBODY
        ),
        "reasons": new_table(
            "reasons",
            reasons,
            customers=draws.reason_size,
            tries=plan.tries,
            agains=plan.agains,
        ),
        "steps": steps,
        "menu": new_table(
            "menu",
            len(plan.menu),
            line=menu_line,
            step=plan.menu[:, 2],
            keep=plan.menu[:, 3],
            priority=plan.menu[:, 4],
            unit=plan.unit[menu_pool, plan.menu[:, 1]],
        ),
        "pools": new_table(
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
    starts = np.ones(len(step), dtype=np.int64)
    starts[1:] = (step[1:] == 0) | (np.diff(plan.route_group[reason, channel, step]) != 0)
    rank = np.cumsum(starts)
    table = new_table(
        "steps",
        len(step),
        pool=pool,
        after=plan.route_after[reason, channel, step],
        keep=plan.route_keep[reason, channel, step],
        rate=plan.route_rate[reason, channel, step],
        unit=plan.unit[pool, channel],
        first=np.searchsorted(rank, rank),
        past=np.searchsorted(rank, rank, side="right"),
    )
    length = plan.route_length.ravel()
    return table, np.cumsum(length) - length


def _at_once(plan: Plan) -> np.ndarray:
    """How many steps of each line join at once."""
    there = np.arange(plan.route_pool.shape[2]) < plan.route_length[..., None]
    joined: np.ndarray = ((plan.route_after == 0) & there).sum(axis=2).ravel()
    return joined


def _grouped(plan: Plan) -> np.ndarray:
    """Whether some pools of each line's route are of equal rank."""
    there = np.arange(plan.route_pool.shape[2]) < plan.route_length[..., None]
    same = (np.diff(plan.route_group, axis=2) == 0) & there[..., 1:]
    grouped: np.ndarray = same.any(axis=2).ravel()
    return grouped


def draws_tables(draws: Draws) -> Tables:
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
    )
    order = np.lexsort((duty["spell"], duty["agent"], duty["kind"], duty["time"]))
    names = ["arrival", "reason", "row", "channel", "values"]
    names += ["offer_first", "offer_luck", "offer_response"]
    return {"duty": duty[order], "spells": spells, **{name: getattr(draws, name) for name in names}}


def state_tables(plan: Plan, draws: Draws) -> Tables:
    agents = new_table(
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
    )
    return {
        "agents": agents,
        "free": new_table("free", len(agents)),
        "customers": new_table("customers", len(draws.arrival)),
        "came": draws.duty_on.copy(),
        "left": draws.duty_off.copy(),
        "trees": new_table("trees", 2, free=NOBODY),
        **{name: np.zeros(0, dtype=TABLES[name]) for name in (*BY_CONTACT, *TREES)},
    }
