"""Who is scheduled when: head counts per block become duty pieces of numbered agents.

The same for every replication; chance (presence) comes later. A block's agents who have just
finished another block of the pool go on into the next, so that a head count that rises from 4
to 6 sends nobody home.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.scenario.calendar import intervals
from sim.scenario.model import Pool, Scenario
from sim.tables import DAY, Floats, Ints, on_grid

FOLLOW_UP_DAYS = 14
"""Staff patterns go on so long after the last arrivals, to finish what is open."""


@dataclass(frozen=True)
class Roster:
    """Scheduled duty of all pools: one entry a piece, by agent, then time.

    Agents are numbered through all pools in the scenario's order; `day` is the day on which the
    piece's block began, the day for which presence is drawn. A piece may continue another one of
    the same agent.
    """

    first_agent: Ints  # one entry a pool, then the number of all agents
    agent: Ints
    on: Floats
    off: Floats
    day: Ints


def roster(scenario: Scenario, holidays: frozenset[date]) -> Roster:
    """The scheduled duty over the whole run and `FOLLOW_UP_DAYS` after it."""
    calendar = scenario.calendar
    first = -calendar.warmup
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    pools = [
        _pool_pieces(pool, calendar.start, first, days, holidays)
        for pool in scenario.pools.values()
    ]
    sizes = [
        pool.members or (int(pieces[:, 0].max()) + 1 if len(pieces) else 0)
        for pool, pieces in zip(scenario.pools.values(), pools, strict=True)
    ]
    first_agent = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    for piece, offset in zip(pools, first_agent, strict=False):
        piece[:, 0] += offset
    table = np.concatenate(pools)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return Roster(
        first_agent=first_agent,
        agent=table[:, 0].astype(np.int64),
        on=table[:, 1].copy(),
        off=table[:, 2].copy(),
        day=table[:, 3].astype(np.int64),
    )


def _pool_pieces(
    pool: Pool, start: date, first: int, days: int, holidays: frozenset[date]
) -> Floats:
    """Pieces [agent, on, off, day] of one pool, agents numbered from 0."""
    begin, end = first * DAY, (first + days) * DAY
    blocks = sorted(
        (low, line, high, count, day)
        for line, (times, count) in enumerate(pool.agents.items())
        for day in range(first - 1, first + days)
        for low, high in intervals(times, start, day, 1, holidays, holidays_apart=True)
    )
    free_at = np.full(0, -np.inf)  # when each agent's last piece ends
    pieces: list[Floats] = []
    for low, _, high, count, day in blocks:
        missing = count - int((free_at <= low).sum())
        free_at = np.concatenate([free_at, np.full(max(missing, 0), -np.inf)])
        free = np.flatnonzero(free_at <= low)
        going_on = free_at[free] == low
        chosen = np.sort(np.concatenate([free[going_on], free[~going_on]])[:count])
        free_at[chosen] = high
        low, high = max(low, begin), min(high, end)  # noqa: PLW2901
        if high > low:
            pieces.append(np.column_stack([chosen, *(np.full(count, x) for x in (low, high, day))]))
    table = np.concatenate(pieces) if pieces else np.empty((0, 4))
    for pause in pool.breaks:
        for day in range(first, first + days):  # day by day: one break in each window
            for low, high in intervals(pause.between, start, day, 1, holidays, holidays_apart=True):
                table = _with_break(table, low, high, float(on_grid(pause.length)))
    return table


def _with_break(table: Floats, low: float, high: float, length: float) -> Floats:
    """The pieces with a break in [low, high] cut out of every shift that contains it.

    The starts of the breaks are spread evenly, the lowest agent number first.
    """
    inside = (table[:, 1] < high) & (table[:, 2] > low)
    covered = np.zeros(int(table[:, 0].max(initial=-1)) + 1)
    overlap = np.minimum(table[:, 2], high) - np.maximum(table[:, 1], low)
    np.add.at(covered, table[inside, 0].astype(np.int64), overlap[inside])
    takers = np.flatnonzero(covered >= high - low)
    if len(takers) == 0:
        return table
    starts = on_grid(np.linspace(low, high - length, len(takers)))
    begin = np.full(len(covered), np.inf)
    begin[takers] = starts
    cut = begin[table[:, 0].astype(np.int64)]
    before, after = table.copy(), table.copy()
    before[:, 2] = np.minimum(before[:, 2], np.maximum(cut, before[:, 1]))
    after[:, 1] = np.maximum(after[:, 1], np.minimum(cut + length, after[:, 2]))
    kept = np.concatenate([before, after])
    return kept[kept[:, 2] > kept[:, 1]]
