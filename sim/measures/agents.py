"""Components that count time: duty, overtime, work in hand, waiting, and what hours cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.measures.basis import Basis
from sim.measures.moments import spells_of_waiting
from sim.measures.sums import Sums
from sim.tables import DAY, TICKS_PER_SECOND, Aside, ContactLog, DutyLog, Floats, Ints, Numbers

HOUR_SECONDS = 3600.0
WEEK_SECONDS = 7 * DAY


def add_waiting(sums: Sums, basis: Basis, log: ContactLog) -> None:
    """Add the time that contacts spent waiting, and what it costs."""
    priced = basis.prices.waiting.any() and sums.wants("cost_waiting")
    if not priced and not sums.wants("waiting"):
        return
    channels, reasons, pools = basis.shape
    rows, since, ended = spells_of_waiting(basis, log)
    group = log.channel[rows] * reasons + log.reason[rows]
    waiting = basis.clock.spent(since, ended, group, channels * reasons)
    cells = np.zeros((channels * reasons, pools))
    cells[:, -1] = waiting.sum(axis=1)
    sums.put_kinds("waiting", cells)
    sums.put_segments("waiting", waiting.sum(axis=0))
    if priced:
        a_second = basis.prices.waiting / 60.0
        price = np.repeat(a_second, reasons)[:, None]
        sums.put_segments("cost_waiting", (waiting * price).sum(axis=0))
        pool = np.where(log.pool[rows] < 0, pools - 1, log.pool[rows])  # who answers in the end
        cells = basis.clock.spent(since, ended, group * pools + pool, channels * reasons * pools)
        sums.put_kinds("cost_waiting", cells.sum(axis=1).reshape(-1, pools) * price)


def duty_time(basis: Basis, duty: DutyLog) -> Floats:
    """[pool, counted segment] seconds that agents were there.

    A break that begins late takes as much from what is behind it as was worked before.
    """
    there = presence(duty)
    pool = basis.agent_pool[duty.agent]
    return basis.clock.spent(there.start, there.end, pool, len(basis.capacity))


def add_duty(sums: Sums, basis: Basis, duty: DutyLog, aside: Aside) -> None:
    """Add the time that passed, and that agents were there, with what it costs.

    Args:
        aside: what else of their rostered time is paid, or lost to contacts.
    """
    sums.put_everywhere("time", basis.clock.end)
    sums.put_segments("time", basis.clock.lengths)
    if sums.wants("duty", "rostered"):
        there = duty_time(basis, duty)
        rostered = there + _aside(basis, aside, aside.counts.astype(np.float64))
        sums.put_agents(_of_people(basis, duty=there, rostered=rostered))
    if sums.wants("absent"):
        absent = _aside(basis, aside, np.where(aside.absent, aside.counts, 0.0))
        sums.put_agents(_of_people(basis, absent=absent))
    if sums.wants("overtime", "cost_overtime"):
        over, pool = overtime_of(duty, presence(duty)), basis.agent_pool[duty.agent]
        overtime = basis.clock.spent(over.start, over.end, pool, len(basis.capacity))
        cost = overtime * basis.prices.overtime[:, None] / HOUR_SECONDS
        sums.put_agents(_of_people(basis, overtime=overtime) | {"cost_overtime": cost})
    _add_pay(sums, basis, duty, aside)


def _add_pay(sums: Sums, basis: Basis, duty: DutyLog, aside: Aside) -> None:
    """Add the time that is paid by the hour, and what it and the week cost."""
    prices, clock = basis.prices, basis.clock
    if sums.wants("paid", "cost_hours"):
        pool = basis.agent_pool[duty.agent]
        paid = clock.spent(duty.on, duty.off, pool, len(basis.capacity))
        paid = paid + _aside(basis, aside, aside.paid)
        cost = paid * prices.hour / HOUR_SECONDS
        sums.put_agents(_of_people(basis, paid=paid) | {"cost_hours": cost})
    fixed = np.outer(prices.week / WEEK_SECONDS, clock.lengths)
    sums.put_agents({"cost_fixed": fixed})


def _of_people(basis: Basis, **seconds: Floats) -> dict[str, Floats]:
    """Time of people, by component: the hours of an AI agent are nobody's."""
    if basis.people.all():
        return seconds
    return {name: np.where(basis.people[:, None], of, 0.0) for name, of in seconds.items()}


def _aside(basis: Basis, aside: Aside, weight: Floats) -> Floats:
    """[pool, counted segment] seconds of rostered time that was not on duty, times a weight."""
    if len(weight) == 0:
        return np.zeros((len(basis.capacity), basis.clock.counted))
    some = np.flatnonzero(weight)
    pool = basis.agent_pool[aside.agent[some]]
    return basis.clock.spent(
        aside.on[some], aside.off[some], pool, len(basis.capacity), weight[some]
    )


def busy_time(basis: Basis, log: ContactLog, duty: DutyLog) -> Floats:
    """[pool, counted segment] seconds on duty with contacts in hand, each by the part it takes."""
    contact, agent, began, until = log.pieces()
    return _busy_with(basis, log, duty, contact, Spells(agent, began, until))


def ringing_time(basis: Basis, log: ContactLog, duty: DutyLog) -> Floats:
    """The same with contacts on offer, which take as much of the agent as in hand."""
    some = log.rings
    rang = Spells(some.agent, some.began, some.until)
    return _busy_with(basis, log, duty, some.contact, rang)


def _busy_with(
    basis: Basis, log: ContactLog, duty: DutyLog, contact: Numbers, spells: Spells
) -> Floats:
    unit = basis.unit[basis.skill[spells.agent], log.channel[contact]].astype(np.float64)
    return np.asarray(_on_duty(basis, spells, duty, unit) / basis.capacity[:, None])


def busy_spells(log: ContactLog) -> tuple[Numbers, Spells]:
    """Which contact was in hand or on offer: agent, from, to."""
    contact, agent, began, until = log.pieces()
    rings = log.rings
    if len(rings.contact) == 0:
        return contact, Spells(agent, began, until)
    return np.concatenate([contact, rings.contact]), Spells(
        np.concatenate([agent, rings.agent]),
        np.concatenate([began, rings.began]),
        np.concatenate([until, rings.until]),
    )


def add_busy(sums: Sums, basis: Basis, busy: Floats, log: ContactLog, duty: DutyLog) -> None:
    """Add the time with contacts in hand or on offer.

    Args:
        busy: `busy_time` and `ringing_time` of all contacts.
    """
    busy_any, sharing = busy, basis.sharing
    if sharing.any():
        _, work = busy_spells(log)
        work = work.at(np.flatnonzero(sharing[basis.agent_pool[work.agent]]))
        busy_any = np.where(sharing[:, None], _on_duty(basis, merge(work), duty), busy)
    # where nobody shares, any contact is a whole agent
    sums.put_agents(_of_people(basis, busy=busy, busy_any=busy_any))


# --- spells of agents -------------------------------------------------------------------------


@dataclass(frozen=True)
class Spells:
    """Intervals [start, end] of agents, seconds. One entry a spell."""

    agent: Numbers
    start: Floats
    end: Floats

    def at(self, which: np.ndarray) -> Spells:
        """Some of the spells."""
        return Spells(self.agent[which], self.start[which], self.end[which])


def presence(duty: DutyLog) -> Spells:
    """When agents were there for contacts; empty spells of those who did not come.

    Who finishes a contact while a break should have begun, and is back later for it, is on duty.
    """
    end = np.maximum(duty.came, duty.off)
    late = np.maximum(duty.left - end, 0.0)
    return Spells(duty.agent, duty.came, end + np.minimum(late, _back_later(duty)))


def overtime_of(duty: DutyLog, there: Spells) -> Spells:
    """When agents finished contacts after all that they were there for."""
    return Spells(duty.agent, there.end, np.maximum(there.end, duty.left))


def _back_later(duty: DutyLog) -> Floats:
    """[spell] how much of what follows, up to a spell that the agent came to, breaks took away."""
    found = np.zeros(len(duty.agent))
    same = duty.agent[1:] == duty.agent[:-1]
    taken = np.minimum(duty.came, duty.off) - duty.on
    found[:-1] = np.where(same, taken[1:], 0.0)
    for missed in np.flatnonzero((duty.came == duty.left)[1:] & same)[::-1].tolist():
        found[missed] += found[missed + 1]  # two breaks became one
    return found


def _on_duty(basis: Basis, work: Spells, duty: DutyLog, weight: Floats | None = None) -> Floats:
    """[pool, counted segment] seconds of the work that fall within duty, times its weight."""
    which, start, end = within(work, presence(duty))
    pool = basis.agent_pool[work.agent[which]]
    weight = None if weight is None else weight[which]
    return basis.clock.spent(start, end, pool, len(basis.capacity), weight)


def within(work: Spells, duty: Spells) -> tuple[Ints, Floats, Floats]:
    """The pieces of the work that fall within the agent's duty: which work, start, end.

    Duty spells are in the order of agents, then time, and do not overlap.
    """
    if len(work.agent) == 0 or len(duty.agent) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
    pieces = []
    spell, rows, rest = latest_begun(work, duty), np.arange(len(work.agent)), work
    while len(rows):
        start = np.maximum(rest.start, duty.start[spell])
        end = np.minimum(rest.end, duty.end[spell])
        mine = (spell >= 0) & (duty.agent[spell] == rest.agent)
        kept = mine & (end > start)
        pieces.append((rows[kept], start[kept], end[kept]))
        # what reaches into the agent's next spell goes on there
        beyond = ~mine | (rest.end > duty.end[spell])
        more = np.flatnonzero(beyond & (spell + 1 < len(duty.agent)))
        spell, rows, rest = spell[more] + 1, rows[more], rest.at(more)
        more = np.flatnonzero((duty.agent[spell] == rest.agent) & (duty.start[spell] < rest.end))
        spell, rows, rest = spell[more], rows[more], rest.at(more)
    which, starts, ends = zip(*pieces, strict=True)
    return np.concatenate(which), np.concatenate(starts), np.concatenate(ends)


def latest_begun(work: Spells, duty: Spells) -> Ints:
    """[work] the last duty spell, by agent and time, that began when the work did or before.

    -1 for none; where the agent had none so early it is another agent's.
    """
    if len(work.agent) == 0 or len(duty.agent) == 0:
        return np.full(len(work.agent), -1)
    # Looked up by agent and part of the time, then put right: sooner than a binary search.
    agents = int(max(duty.agent.max(), work.agent.max())) + 1
    first, last = float(duty.start.min()), float(duty.start.max())
    parts = max(len(work.agent) // agents, 2)
    length = (last - first + 1.0) / (parts - 1)
    begin = np.ceil((duty.start - first) / length).astype(np.int64) + 1  # none begun in part 0
    begun = np.cumsum(np.bincount(duty.agent * (parts + 1) + begin, minlength=agents * (parts + 1)))
    part = np.clip(np.floor((work.start - first) / length) + 1, 0, parts).astype(np.int64)
    spell = begun[work.agent * (parts + 1) + part] - 1
    rows = np.arange(len(spell))
    while len(rows):
        following = np.minimum(spell[rows] + 1, len(duty.agent) - 1)
        later = np.flatnonzero(
            (following > spell[rows])
            & (duty.agent[following] == work.agent[rows])
            & (duty.start[following] <= work.start[rows])
        )
        rows = rows[later]
        spell[rows] += 1
    return np.asarray(spell)


def merge(work: Spells) -> Spells:
    """The union of each agent's spells: spells that overlap or touch become one."""
    if len(work.agent) == 0:
        return work
    scale = _Scale.of(work)
    key = scale.key(work.agent, work.start)
    order = np.argsort(key)
    reach = np.maximum.accumulate(scale.key(work.agent, work.end)[order])
    begins = np.flatnonzero(np.append(True, key[order[1:]] > reach[:-1]))
    ends = np.maximum.reduceat(work.end[order], begins)
    return Spells(work.agent[order[begins]], work.start[order[begins]], ends)


@dataclass(frozen=True)
class _Scale:
    """Agent and time as one whole number, in ticks: sorts by agent, then time."""

    origin: float
    span: int

    @classmethod
    def of(cls, *spells: Spells) -> _Scale:
        low = min((float(s.start.min()) for s in spells if len(s.start)), default=0.0)
        high = max((float(s.end.max()) for s in spells if len(s.end)), default=0.0)
        return cls(low, int((high - low) * TICKS_PER_SECOND) + 1)

    def key(self, agent: Numbers, time: Floats) -> Ints:
        ticks = ((time - self.origin) * TICKS_PER_SECOND).astype(np.int64)
        return np.asarray(agent.astype(np.int64) * self.span + ticks)
