"""Who was there: head counts by weekday and half hour, from what agents did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.data.counting import linked
from sim.data.fitting.arrivals import SLOTS, STEP, runs
from sim.data.fitting.days import presence
from sim.data.times import seconds_of
from sim.tables import DAY, Floats

BREAK = 75 * 60.0  # without any activity for so long, an agent was not there
QUIET = 7.0  # median gaps of who has little to do that are no break (one in 128 is as long)
LONGEST = 4 * 3600.0  # of what is no break
MUCH = 0.1  # share of a queue's contacts that makes an agent one of its pool
SHORT = (
    5.0  # seconds in which somebody waits although an agent is free: the time it takes to answer
)
LONG = 300.0  # seconds of a wait that shows that nobody was there
FEW = 0.05  # share of an agent's contacts that a queue must have to belong to their pool


AgentsLine = tuple[tuple[int, ...], int, int, int]
"""A head count as the scenario says it: weekdays, from and to (half hours), agents."""


@dataclass(frozen=True)
class Spells:
    """When agents were there: [spells] pool, from, to (seconds since 1970), agent, first contact.

    gap: [pools, half hours] mean seconds from one contact to the next, of those who are there.
    """

    pool: np.ndarray
    on: Floats
    off: Floats
    agent: np.ndarray
    first: Floats
    gap: Floats

    def heads(self, pool: int, dates: np.ndarray) -> Floats:
        """[days, half hours] agents present, on average over the half hour."""
        mine = self.pool == pool
        return presence(self.on[mine], self.off[mine], dates) / STEP


@dataclass(frozen=True)
class Pools:
    """Agents who answer the same queues.

    names, answers: of each pool the queues that its agents answer. of_agent: agent -> pool.
    """

    names: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    of_agent: dict[str, int]


def find_pools(table: pd.DataFrame) -> Pools:
    """Pools of agents: queues that share agents are answered by one pool."""
    some = table[(table["outcome"] == "answered") & (table["agent"] != "")]
    work = some.groupby(["agent", "queue"], observed=True).size().unstack(fill_value=0)
    queues = [str(one) for one in table["queue"].cat.categories if (table["queue"] == one).any()]
    if len(work) == 0:
        return Pools(("agents",), (tuple(queues),), {})
    # who does much of a queue's work belongs to its pool, and so do the queues they often answer
    often = (work.div(work.sum(axis=1), axis=0) >= FEW) | (work >= MUCH * work.sum())
    main = work.idxmax(axis=1).astype(str)
    pairs = [(main.iloc[agent], str(often.columns[one])) for agent, one in np.argwhere(often)]
    answers = connected(queues, pairs)
    place = {queue: pool for pool, some in enumerate(answers) for queue in some}
    of_agent = {str(agent): place[queue] for agent, queue in main.items()}
    names = ("agents",) if len(answers) == 1 else tuple(f"{some[0]} agents" for some in answers)
    return Pools(names, answers, of_agent)


def connected(
    names: Sequence[str], pairs: Iterable[tuple[str, str]]
) -> tuple[tuple[str, ...], ...]:
    """Names in groups: those of a pair are in one."""
    places = np.array([[names.index(one) for one in pair] for pair in pairs], int).reshape(-1, 2)
    groups = pd.Series(names).groupby(linked(len(names), *places.T), sort=False)
    return tuple(tuple(some) for _, some in groups)


def find_spells(table: pd.DataFrame, pools: Pools) -> Spells:
    """When each agent was there: from first to last activity, apart where nothing was done long.

    An agent was there some time before the first and after the last contact: each end is moved
    outwards by half the usual gap between contacts of that agent and day, at most a quarter of an
    hour. Who takes no contact while somebody waits is not there: wrap-up that the log does not
    have, other work, a break.
    """
    some = table[(table["outcome"] == "answered") & (table["agent"] != "")]
    if len(some) == 0:
        empty = np.zeros(0)
        gap = np.zeros((len(pools.names), SLOTS))
        return Spells(np.zeros(0, int), empty, empty, np.zeros(0, object), empty, gap)
    wait, talk, wrap = (np.nan_to_num(some[name].to_numpy()) for name in ("wait", "talk", "wrap"))
    begin = seconds_of(some["arrived"]) + wait
    end = begin + talk + wrap
    agent = some["agent"].cat.codes.to_numpy()
    order = np.lexsort((begin, agent))
    agent, begin, end = agent[order], begin[order], end[order]
    names = some["agent"].cat.categories
    pool = np.array([pools.of_agent.get(str(one), 0) for one in names])[agent]
    gap = begin[1:] - end[:-1]
    change = agent[1:] != agent[:-1]
    away = ~change & _while_others_wait(table, pools, pool[1:], end[:-1], begin[1:])
    new = np.append(True, change | away | (gap > _breaks(gap, change, agent[1:])))
    number = np.cumsum(new) - 1
    inner = ~new[1:]
    idle = np.bincount(number[1:][inner], np.maximum(gap[inner], 0), minlength=number[-1] + 1)
    gaps = np.bincount(number[1:][inner], minlength=number[-1] + 1)
    usual = np.minimum(np.divide(idle, gaps, out=np.zeros(len(idle)), where=gaps > 0), 900.0)
    last = np.maximum.reduceat(end, np.flatnonzero(new))
    before = np.append(False, away)[new]
    after = np.append(before[1:], False)
    who = np.asarray(names.astype(str), object)[agent[new]]
    cell = pool[1:][inner] * SLOTS + (end[:-1][inner] % DAY // STEP).astype(int)
    size = len(pools.names) * SLOTS
    waited = np.bincount(cell, np.maximum(gap[inner], 0), minlength=size)
    number = np.bincount(cell, minlength=size)
    mean = np.divide(waited, number, out=np.zeros(size), where=number > 0).reshape(-1, SLOTS)
    on, off = begin[new] - usual * ~before, last + usual * ~after
    for place, queues in enumerate(pools.answers):
        mine = pool[new] == place
        if mine.any():
            on[mine], off[mine] = _to_the_edges(
                *(on[mine], off[mine], agent[new][mine], begin[new][mine], last[mine]),
                table[table["queue"].isin(queues)],
            )
    return Spells(pool[new], on, off, who, begin[new], mean)


def _to_the_edges(
    on: Floats, off: Floats, agent: np.ndarray, first: Floats, last: Floats, table: pd.DataFrame
) -> tuple[Floats, Floats]:
    """Spells of a pool, with who had no contact yet as it opened, or none any more as it closed.

    All are free then and wait longer for their turn than later. Who has one of the first contacts
    of a day, as many as there are agents, was there from the opening on, unless somebody waited.

    Args:
        on, off, agent: [spells], in the order of agents and times.
        first, last: [spells] begin of the first contact, end of the last one.
        table: contacts of the pool.
    """
    date, wait = first // DAY, np.nan_to_num(table["wait"].to_numpy())
    arrived, answered = seconds_of(table["arrived"]), (table["outcome"] == "answered").to_numpy()
    begins = np.sort((arrived + wait)[answered])
    opened = begins[np.searchsorted(begins, date * DAY)] // STEP * STEP
    closed = -(-begins[np.searchsorted(begins, (date + 1) * DAY) - 1] // STEP) * STEP
    days = np.unique(np.stack([date, agent]), axis=1)[0]
    number = np.searchsorted(days, date, side="right") - np.searchsorted(days, date)
    waiting = _covered(arrived[wait > 0], (arrived + wait)[wait > 0])

    def free(low: Floats, high: Floats) -> np.ndarray:
        others = np.searchsorted(begins, high) - np.searchsorted(begins, low)
        return (others < number) & (high - low < STEP) & (waiting(high) - waiting(low) <= SHORT)

    new = np.append(True, (agent[1:] != agent[:-1]) | (date[1:] != date[:-1]))
    on = np.where(new & free(opened, first), np.minimum(on, opened), on)
    final = np.append(new[1:], True)
    return on, np.where(final & free(last, closed), np.maximum(off, closed), off)


def _breaks(gap: Floats, change: np.ndarray, agent: np.ndarray) -> Floats:
    """[gaps] how long one must be for its agent to have been away: longer where little comes."""
    inner = ~change & (gap < LONGEST)
    order = np.lexsort((gap, agent))[inner[np.lexsort((gap, agent))]]
    usual = np.zeros(int(agent.max(initial=0)) + 1)
    edge = np.searchsorted(agent[order], np.arange(len(usual) + 1))
    some = edge[1:] > edge[:-1]
    usual[some] = gap[order][(edge[:-1] + edge[1:])[some] // 2]
    return np.clip(QUIET * usual, BREAK, LONGEST)[agent]


def _while_others_wait(
    table: pd.DataFrame, pools: Pools, pool: np.ndarray, low: Floats, high: Floats
) -> np.ndarray:
    """[gaps] whether customers of the pool waited for most of the time between two contacts."""
    arrived = seconds_of(table["arrived"])
    wait = np.nan_to_num(table["wait"].to_numpy())
    found = np.zeros(len(low), bool)
    for place, queues in enumerate(pools.answers):
        waited = (wait > 0) & table["queue"].isin(queues).to_numpy()
        mine = pool == place
        if waited.any() and mine.any():
            waiting = _covered(arrived[waited], arrived[waited] + wait[waited])
            busy = waiting(high[mine]) - waiting(low[mine])
            found[mine] = (busy > SHORT) & (busy > (high[mine] - low[mine]) / 2)
    return found


def _covered(low: Floats, high: Floats) -> Callable[[Floats], Floats]:
    """Moment -> seconds before it that lie in any of some spans."""
    if not len(low):
        return np.zeros_like
    order = np.argsort(low)
    low, reach = low[order], np.maximum.accumulate(high[order])
    first = np.append(True, low[1:] > reach[:-1])
    begins, ends = low[first], reach[np.append(np.flatnonzero(first)[1:] - 1, len(low) - 1)]
    total = np.concatenate([[0.0], np.cumsum(ends - begins)])

    def seconds(moment: Floats) -> Floats:
        place = np.searchsorted(begins, moment, side="right")
        last = np.maximum(place - 1, 0)
        past = np.minimum(moment, ends[last]) - ends[last]
        return total[place] + np.where(place > 0, past, 0.0)

    return seconds


def at_least_one(
    heads: Floats,
    opened: np.ndarray,
    dates: np.ndarray,
    table: pd.DataFrame,
    pools: Pools,
    place: int,
) -> Floats:
    """[days, half hours] head counts, one where a pool is open and nobody had to wait for long.

    Who has little to do leaves no trace for hours: a queue without anybody would wait till morning.
    Days on which nobody of the pool was there at all stay so.
    """
    mine = table["queue"].isin(pools.answers[place]).to_numpy()
    arrived = seconds_of(table["arrived"])[mine]
    wait = np.nan_to_num(table["wait"].to_numpy()[mine])
    long = arrived[wait > LONG]
    waited = np.zeros(heads.shape, bool)
    day = np.searchsorted(dates, long // DAY).clip(max=len(dates) - 1)
    inside = dates[day] == long // DAY
    waited[day[inside], (long[inside] % DAY // STEP).astype(int)] = True
    alone = opened & ~waited & heads.any(axis=1, keepdims=True)
    return np.where(alone, np.maximum(heads, 1.0), heads)


def heads_of(lines: Sequence[AgentsLine]) -> Floats:
    """[7, half hours] head counts of lines as `agents_lines` makes them."""
    heads = np.zeros((7, SLOTS))
    for days, low, high, number in lines:
        heads[list(days), low:high] += number
    return heads


def agents_lines(heads: Floats, weekday: np.ndarray) -> list[AgentsLine]:
    """Head counts as lines, weekdays with the same plan together.

    Args:
        heads: [days, half hours]; weekday: [days].
    """
    plans: dict[tuple[int, ...], list[int]] = {}
    for one in range(7):
        mine = heads[weekday == one]
        if len(mine) == 0:
            continue
        plan = tuple(np.round(np.median(mine, axis=0)).astype(int).tolist())
        if any(plan):
            plans.setdefault(plan, []).append(one)
    return [
        (tuple(days), low, high, plan[low])
        for plan, days in plans.items()
        for low, high in runs(np.array(plan))
    ]
