"""Self-scheduled members: who is away logs in by chance and stays for a random session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS
from sim.draws.sample import sample
from sim.draws.streams import Stream
from sim.scenario.calendar import intervals
from sim.scenario.model import Pool, Scenario
from sim.tables import DAY, Floats, Ints, on_grid


@dataclass(frozen=True)
class LogInRate:
    """The cumulative rate at which a member who is away logs in, and when sessions must end."""

    edges: Floats
    cumulative: Floats
    block_end: Floats  # of the block that each step lies in


def log_in_rate(scenario: Scenario, pool: Pool, holidays: frozenset[date]) -> LogInRate | None:
    """The rate over the whole run; None for a pool of scheduled agents."""
    if pool.members is None:
        return None
    calendar = scenario.calendar
    first = -calendar.warmup
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    begin, end = first * DAY, (first + days) * DAY
    spans = [
        (max(low, begin), min(high, end), -np.log1p(-chance) / 3600.0)
        for times, chance in pool.sessions.items()
        for low, high in intervals(
            times, calendar.start, first - 1, days + 1, holidays, holidays_apart=True
        )
        if high > begin and low < end
    ]
    edges = np.unique([begin, end, *(t for low, high, _ in spans for t in (low, high))])
    rate = np.zeros(len(edges) - 1)
    covered = np.zeros(len(edges) - 1, dtype=bool)
    for low, high, per_second in spans:
        i, j = np.searchsorted(edges, [low, high])
        rate[i:j] += per_second
        covered[i:j] = True
    block_end = edges[1:].copy()
    for i in range(len(block_end) - 2, -1, -1):
        if covered[i] and covered[i + 1]:
            block_end[i] = block_end[i + 1]
    cumulative = np.concatenate([[0.0], np.cumsum(rate * np.diff(edges))])
    return LogInRate(edges, cumulative, block_end)


def log_ins(rate: LogInRate | None, pool: Pool, stream: Stream) -> tuple[Ints, Floats, Floats]:
    """Sessions [member, from, to] of one replication, in rounds: each member's first, second, ...

    The n-th session of a member depends on nothing but its own luck and where the one before
    ended: more members change nobody else's sessions.
    """
    assert rate is not None
    assert pool.members is not None
    assert pool.session is not None
    member = np.arange(pool.members)
    away = np.full(pool.members, rate.cumulative[0])  # cumulative rate when last gone away
    spells: list[tuple[Ints, Floats, Floats]] = [(member[:0], away[:0], away[:0])]
    number = 0
    while len(member):
        patience = stream("login", number).standard_exponential(pool.members)[member]
        length = sample(
            pool.session, lambda *part, n=number: stream("session", n, *part), pool.members
        )
        comes = away + patience
        here = comes < rate.cumulative[-1]
        member, comes = member[here], comes[here]
        on = on_grid(np.interp(comes, rate.cumulative, rate.edges))
        step = np.searchsorted(rate.edges, on, side="right") - 1
        off = np.minimum(
            on_grid(on + length[member]), rate.block_end[np.minimum(step, len(rate.block_end) - 1)]
        )
        away = np.interp(off, rate.edges, rate.cumulative)
        stays = off > on
        spells.append((member[stays], on[stays], off[stays]))
        number += 1
    columns = tuple(np.concatenate(column) for column in zip(*spells, strict=True))
    return columns[0], columns[1], columns[2]
