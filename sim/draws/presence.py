"""Who of the people rostered is there in one replication: absence, lateness, meetings, breaks.

One uniform a person and day decides who comes; the chance may move, the uniform does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, presence_of
from sim.draws.pieces import NONE, Pieces, together
from sim.draws.roster import Roster
from sim.draws.sample import sample
from sim.draws.streams import Stream
from sim.scenario.calendar import holidays_of, intervals
from sim.scenario.distributions import Constant
from sim.scenario.model import Pool, Scenario
from sim.scenario.people import Break
from sim.tables import DAY, SHIFT_GAP, Floats, Ints, on_grid

HOUR = 3600.0


@dataclass(frozen=True)
class Attendance:
    """Who comes in one replication, and when they are away all the same.

    here: [piece of the plan's duty] whether the person comes that day.
    came: the pieces of those who do.
    holes: when they are not there; unpaid: [hole] whether it is an unpaid break.
    """

    here: np.ndarray
    came: Pieces
    holes: Pieces
    unpaid: np.ndarray

    @classmethod
    def drawn(cls, scenario: Scenario, plan: Roster, base: Stream) -> Attendance:
        """That of one replication."""
        here = comes(scenario, plan, plan.duty, base)
        came = plan.duty.at(here)
        return cls(here, came, *_away(scenario, plan, came, base))

    @property
    def there(self) -> Pieces:
        """The duty pieces, by agent, then time."""
        return self.came.without(self.holes) if len(self.holes) else self.came


def rostered(scenario: Scenario, plan: Roster, base: Stream) -> Roster:
    """The roster of one replication: without those who make up part of a person on other days.

    One uniform for each of them and each day.
    """
    if (plan.part == 1).all():
        return plan
    duty, aside = (_on_their_days(scenario, plan, one, base) for one in (plan.duty, plan.aside))
    activity = plan.activity[aside]
    return replace(plan, duty=plan.duty.at(duty), aside=plan.aside.at(aside), activity=activity)


def _on_their_days(scenario: Scenario, plan: Roster, pieces: Pieces, base: Stream) -> np.ndarray:
    """[piece] whether the person is rostered that day."""
    here = np.ones(len(pieces), dtype=bool)
    for p, name in enumerate(scenario.pools):
        part = plan.part[plan.first_agent[p] : plan.first_agent[p + 1]]
        if (part == 1).all():
            continue
        for day, mine, who in _by_day(plan, pieces, p):
            here[mine] = base("part of a person", name, day).random(len(part))[who] < part[who]
    return here


def last_contacts(scenario: Scenario, plan: Roster, duty: Pieces) -> Floats:
    """[piece] from when on the person takes no new contact: near the end of the day's last one."""
    early = on_grid([pool.last_contact for pool in scenario.pools.values()])
    if not early.any():
        return duty.off
    pool = np.searchsorted(plan.first_agent, duty.agent, side="right") - 1
    last = np.ones(len(duty), dtype=bool)
    last[:-1] = (duty.agent[1:] != duty.agent[:-1]) | (duty.day[1:] != duty.day[:-1])
    return np.asarray(np.where(last, np.maximum(duty.off - early[pool], duty.on), duty.off))


def ends_of_shifts(scenario: Scenario, plan: Roster, duty: Pieces) -> np.ndarray:
    """[piece] whether a shift ends with it: the person is away for long, and the run goes on."""
    calendar = scenario.calendar
    horizon = (calendar.days + calendar.cooldown + FOLLOW_UP_DAYS) * DAY
    members = np.array([pool.members is not None for pool in scenario.pools.values()])
    pool = np.searchsorted(plan.first_agent, duty.agent, side="right") - 1
    away = np.full(len(duty), np.inf)
    same = duty.agent[1:] == duty.agent[:-1]
    away[:-1] = np.where(same, duty.on[1:] - duty.off[:-1], np.inf)
    return np.asarray(((away >= SHIFT_GAP) | members[pool]) & (duty.off < horizon))


def comes(scenario: Scenario, plan: Roster, pieces: Pieces, base: Stream) -> np.ndarray:
    """[piece] whether the person comes at all that day."""
    here = np.ones(len(pieces), dtype=bool)
    for p, (name, pool) in enumerate(scenario.pools.items()):
        if pool.presence.mean == 1 and not _event_changes(scenario, name):
            continue
        for day, mine, who in _by_day(plan, pieces, p):
            luck = base("presence", name, day).random(_size(plan, p))
            mean = presence_of(scenario, name, day, plan.holidays)
            here[mine] = luck[who] < _chance(pool, base, name, day, mean)
    return here


def _away(
    scenario: Scenario, plan: Roster, duty: Pieces, base: Stream
) -> tuple[Pieces, np.ndarray]:
    """When people who came are not there all the same, and [piece] whether it is an unpaid break.

    Args:
        duty: of those who came.
    """
    found, unpaid = [NONE], [np.zeros(0, dtype=bool)]
    for p, (name, pool) in enumerate(scenario.pools.items()):
        named = partial(_named, base, name)
        holes = []
        if pool.lateness != Constant(0.0):
            holes.append((_late(pool, plan, duty, p, named), False))
        if pool.presence.by_hour:
            holes.append((_in_office(scenario, plan, p, named), False))
        for number, (pause, who) in enumerate(_random_breaks(pool, plan, p)):
            stream = partial(named, "break", number)
            holes.append((_at_random(pause, plan, duty, p, who, stream), not pause.paid))
        for pieces, free in holes:
            found.append(pieces)
            unpaid.append(np.full(len(pieces), free))
    return together(*found), np.concatenate(unpaid)


def _named(base: Stream, pool: str, what: str, *part: str | int) -> np.random.Generator:
    return base(what, pool, *part)


def _size(plan: Roster, pool: int) -> int:
    return int(plan.first_agent[pool + 1] - plan.first_agent[pool])


def _by_day(plan: Roster, pieces: Pieces, pool: int) -> list[tuple[int, Ints, Ints]]:
    """Each day, the pool's pieces of it, and whose they are, numbered within the pool."""
    first, past = plan.first_agent[pool : pool + 2]
    mine = np.flatnonzero((pieces.agent >= first) & (pieces.agent < past))
    if len(mine) == 0:
        return []
    mine = mine[np.argsort(pieces.day[mine], kind="stable")]
    days, begins = np.unique(pieces.day[mine], return_index=True)
    return [
        (int(day), rows, pieces.agent[rows] - first)
        for day, rows in zip(days, np.split(mine, begins[1:]), strict=True)
    ]


def _event_changes(scenario: Scenario, pool: str) -> bool:
    events = scenario.calendar.events.values()
    return any(pool in one.pools and one.pools[pool].presence is not None for one in events)


def _chance(pool: Pool, base: Stream, name: str, day: int, mean: float) -> float:
    """The chance to come on a day; a Beta variate where people are absent together."""
    together_by = pool.presence.together
    if together_by == 0 or mean in (0, 1):
        return mean
    from scipy.special import betaincinv

    rest = 1.0 / together_by - 1.0  # Beta(a, b) has correlation 1 / (a + b + 1) between two
    luck = base("presence together", name, day).random()
    return float(betaincinv(mean * rest, (1.0 - mean) * rest, luck))


# --- lateness, meetings -----------------------------------------------------------------------


def _late(pool: Pool, plan: Roster, duty: Pieces, number: int, named: Stream) -> Pieces:
    """From the beginning of each person's day until they come."""
    found = [NONE]
    first = plan.first_agent[number]
    for day, rows, who in _by_day(plan, duty, number):
        late = on_grid(sample(pool.lateness, partial(named, "late", day), _size(plan, number)))
        begin = np.full(len(late), np.inf)
        np.minimum.at(begin, who, duty.on[rows])
        some = np.flatnonzero(np.isfinite(begin) & (late > 0))
        end = begin[some] + np.minimum(late[some], DAY)
        found.append(Pieces.of(some + first, begin[some], end, np.full(len(some), day)))
    return together(*found)


def _in_office(scenario: Scenario, plan: Roster, number: int, named: Stream) -> Pieces:
    """Hours in which people are there and not free for contacts: one uniform a person and hour."""
    pool = list(scenario.pools.values())[number]
    first, size = plan.first_agent[number], _size(plan, number)
    found = [NONE]
    for hour, share in _hours(scenario, pool):
        begin, end = hour * HOUR, (hour + 1) * HOUR
        out = np.flatnonzero(named("in office", hour).random(size) >= share) + first
        n = len(out)
        day = np.full(n, hour // 24)
        found.append(Pieces.of(out, np.full(n, begin), np.full(n, end), day))
    return together(*found)


def _hours(scenario: Scenario, pool: Pool) -> list[tuple[int, float]]:
    """Hours of the run in which not everybody is free, and the share that is."""
    calendar = scenario.calendar
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    shares: dict[int, float] = {}
    for times, share in pool.presence.by_hour.items():
        for low, high in intervals(
            times,
            calendar.start,
            -calendar.warmup - 1,
            days + 1,
            holidays_of(calendar),
            holidays_apart=False,
        ):
            for hour in range(int(low // HOUR), int(-(-high // HOUR))):
                shares[hour] = shares.get(hour, 1.0) * share
    return [(hour, share) for hour, share in sorted(shares.items()) if share < 1]


# --- random breaks ----------------------------------------------------------------------------


def _random_breaks(pool: Pool, plan: Roster, number: int) -> list[tuple[Break, np.ndarray]]:
    """Breaks at random moments, and [person of the pool] whether they take them."""
    size = _size(plan, number)
    found = [(one, np.ones(size, dtype=bool)) for one in pool.breaks if one.random is not None]
    first = int(plan.first_agent[number])
    for shift in pool.shifts.values():
        mine = np.array([w is not None and w.skill is shift for w in plan.person[first:]][:size])
        found += [(one, mine) for one in shift.breaks if one.random is not None]
    return found


def _at_random(
    pause: Break, plan: Roster, duty: Pieces, number: int, who: np.ndarray, stream: Stream
) -> Pieces:
    """Breaks at the points of a Poisson process over each person's duty of the day.

    The k-th gap of a person stays the same whatever the number of breaks and people.
    """
    assert pause.random is not None
    first, size = plan.first_agent[number], _size(plan, number)
    length = float(on_grid(pause.length))
    found, last = [NONE], np.full(size, -np.inf)
    for day, rows, mine in _by_day(plan, duty, number):
        on, off, agent = duty.on[rows], duty.off[rows], mine
        done = np.zeros(size)
        np.add.at(done, agent, off - on)
        expected = pause.random.amount * (done / HOUR if pause.random.per == "hour" else done > 0)
        expected = np.where(who, expected, 0.0)
        point, k = np.zeros(size), 0
        before = _before(agent, off - on)
        while True:
            point = point + stream(day, k).standard_exponential(size)
            some = np.flatnonzero(point < expected)
            if len(some) == 0:
                break
            along = point[some] / expected[some] * done[some]
            piece = _piece(agent, before, some, along)
            starts = on_grid(on[piece] + (along - before[piece]))
            starts = np.maximum(starts, last[some])  # one after the other
            starts = _after_others(starts, length, on, off, agent, piece)
            last[some] = starts + length
            found.append(
                Pieces(
                    some + first,
                    starts,
                    last[some].copy(),
                    np.full(len(some), day),
                    np.full(len(some), length if pause.late == "whole" else 0.0),
                )
            )
            k += 1
    return together(*found)


def _before(agent: Ints, length: Floats) -> Floats:
    """[piece] how long its agent has been on duty in the pieces before; they are in order."""
    total = np.cumsum(length) - length
    begins = np.append(True, agent[1:] != agent[:-1])
    return np.asarray(total - np.maximum.accumulate(np.where(begins, total, -np.inf)))


def _piece(agent: Ints, before: Floats, who: Ints, along: Floats) -> Ints:
    """The piece in which each of some agents has been on duty for so long; they are in order."""
    span = float(before.max(initial=0.0) + along.max(initial=0.0)) + 1.0
    return np.asarray(np.searchsorted(agent * span + before, who * span + along, side="right") - 1)


def _after_others(
    starts: Floats, length: float, on: Floats, off: Floats, agent: Ints, piece: Ints
) -> Floats:
    """A break that would meet another one, at a time that is planned, comes right after it."""
    following = np.minimum(piece + 1, len(on) - 1)
    goes_on = (following > piece) & (agent[following] == agent[piece])
    meets = goes_on & (starts + length > off[piece])
    return np.asarray(np.where(meets, np.maximum(starts, on[following]), starts))
