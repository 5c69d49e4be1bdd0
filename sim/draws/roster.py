"""Who is scheduled when: head counts, shifts and rosters become duty pieces of numbered agents.

The same for every replication; chance (presence, lateness, random breaks) comes later. With head
counts, those who have just finished another block of the pool go on into the next, so that a count
that rises from 4 to 6 sends nobody home; where it drops, those leave who have been there longest.
A person of a shift or a roster has a beginning and an end of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, staff_changes, with_changes
from sim.draws.pieces import NONE, Pieces, together
from sim.scenario.calendar import intervals
from sim.scenario.levers import Lever
from sim.scenario.model import Pool, Scenario
from sim.scenario.people import ACTIVITIES, Break, Person, Shift
from sim.scenario.skills import in_order
from sim.scenario.times import TimesOfWeek
from sim.tables import DAY, Floats, Ints, on_grid

BREAK = ACTIVITIES.index("break")
PAID_BREAK = len(ACTIVITIES)
"""As an activity: a break of the language that is paid; else the numbers are of `ACTIVITIES`."""


@dataclass(frozen=True)
class Roster:
    """Scheduled duty of all pools: one entry a piece, by agent, then time.

    Agents are numbered through all pools in the scenario's order. A piece may continue another
    one of the same agent.

    first_agent: one entry a pool, then the number of all agents.
    duty: when they are to be there for contacts.
    aside: when they are rostered for something else; activity: [aside] what.
    person: [agent] who it is, where the pool says it person by person; else None.
    part: [agent] the share of days on which they are rostered at all: 1 but for part of a person.
    """

    first_agent: Ints
    duty: Pieces
    aside: Pieces
    activity: Ints
    person: tuple[Worker | None, ...]
    part: Floats
    holidays: frozenset[date]


@dataclass(frozen=True)
class Worker:
    """One person of a shift or a roster: `number` of those with this name, from 0."""

    name: str
    number: int
    skill: Shift | Person


@dataclass(frozen=True)
class _Span:
    """The simulated time and 14 days after it."""

    start: date
    first: int
    days: int
    holidays: frozenset[date]

    def on_day(self, times: TimesOfWeek | None, day: int) -> list[tuple[float, float]]:
        """When the times hold that begin on a day."""
        if times is None:
            return []
        return intervals(times, self.start, day, 1, self.holidays, holidays_apart=True)

    def each(self, times: TimesOfWeek) -> Iterator[tuple[int, float, float]]:
        """Day, beginning and end of all that the times say, from the day before the first on."""
        for day in range(self.first - 1, self.first + self.days):
            for low, high in self.on_day(times, day):
                yield day, low, high


@dataclass(frozen=True)
class _Team:
    """The people of one pool, numbered from 0."""

    size: int
    duty: Pieces
    aside: Pieces
    activity: Ints
    person: tuple[Worker | None, ...]  # empty for head counts and members
    part: tuple[float, ...] = ()  # of the first ones; the others are whole

    @classmethod
    def nameless(cls, size: int, duty: Pieces) -> _Team:
        """People of whom nothing is known but when they are on duty."""
        return cls(size, duty, NONE, NONE.agent, ())


def roster(scenario: Scenario, holidays: frozenset[date]) -> Roster:
    """The scheduled duty over the whole run and `FOLLOW_UP_DAYS` after it."""
    calendar = scenario.calendar
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS
    span = _Span(calendar.start, -calendar.warmup, days, holidays)
    teams = [
        _changed(_team(pool, span), staff_changes(scenario, name, holidays))
        for name, pool in scenario.pools.items()
    ]
    first_agent = np.cumsum([0, *(team.size for team in teams)], dtype=np.int64)
    moved = list(zip(teams, first_agent, strict=False))
    return Roster(
        first_agent=first_agent,
        duty=together(*(_numbered(team.duty, first) for team, first in moved)).in_order(),
        aside=together(*(_numbered(team.aside, first) for team, first in moved)),
        activity=np.concatenate([team.activity for team in teams]),
        person=tuple(one for team in teams for one in team.person or (None,) * team.size),
        part=np.concatenate(
            [[*team.part, *(1.0,) * (team.size - len(team.part))] for team in teams]
        ),
        holidays=holidays,
    )


def _numbered(pieces: Pieces, first: int) -> Pieces:
    return Pieces(pieces.agent + first, pieces.on, pieces.off, pieces.day, pieces.rest)


def _team(pool: Pool, span: _Span) -> _Team:
    if pool.members is not None:
        return _Team.nameless(pool.members, NONE)
    if pool.shifts:
        team = _of_shifts(pool, span)
    elif pool.roster:
        team = _of_roster(pool, span)
    else:
        return _of_heads(tuple(pool.agents.items()), tuple(pool.breaks), span)
    return _cut(_with_breaks(team, _at_times(pool, team), span), span)


def _changed(team: _Team, changes: list[tuple[float, float, Lever]]) -> _Team:
    """With more or fewer people in some spans; those who come besides have no name."""
    if not changes:
        return team
    duty, size = with_changes(team.duty, team.size, changes)
    person = (*team.person, *(None,) * (size - team.size)) if team.person else ()
    return replace(team, size=size, duty=duty, person=person)


def _cut(team: _Team, span: _Span) -> _Team:
    """Without what lies outside the run."""
    begin, end = span.first * DAY, (span.first + span.days) * DAY

    def inside(pieces: Pieces) -> tuple[Pieces, np.ndarray]:
        on, off = np.maximum(pieces.on, begin), np.minimum(pieces.off, end)
        kept = off > on
        return Pieces(pieces.agent, on, off, pieces.day, pieces.rest).at(kept), kept

    duty, _ = inside(team.duty)
    aside, kept = inside(team.aside)
    return replace(team, duty=duty, aside=aside, activity=team.activity[kept])


# --- head counts ------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _of_heads(
    lines: tuple[tuple[TimesOfWeek, float], ...], breaks: tuple[Break, ...], span: _Span
) -> _Team:
    """Head counts; scenarios that differ in other things than these ask for the same."""
    everybody = [(one, None) for one in breaks if one.between is not None]
    return _cut(_with_breaks(_of_parts(dict(lines), span), everybody, span), span)


def _of_parts(lines: Mapping[TimesOfWeek, float], span: _Span) -> _Team:
    """Those who are there on part of the days first, then the whole people."""
    found, shares = [NONE], list[float]()
    for part in sorted({part for count in lines.values() if (part := _part(count))}):
        pieces = _whole({times: 1 for times, n in lines.items() if _part(n) == part}, span)
        found.append(_numbered(pieces, len(shares)))
        shares += [part] * _people(pieces)
    whole = _whole({times: int(n) for times, n in lines.items()}, span)
    found.append(_numbered(whole, len(shares)))
    size = len(shares) + _people(whole)
    return _Team(size, together(*found), NONE, NONE.agent, (), tuple(shares))


def _part(count: float) -> float:
    return round(count % 1, 6)


def _people(pieces: Pieces) -> int:
    return int(pieces.agent.max(initial=-1)) + 1


def _whole(lines: Mapping[TimesOfWeek, int], span: _Span) -> Pieces:
    """Whole people: who has just finished another line goes on into the next."""
    blocks = sorted(
        (low, line, high, count, day)
        for line, (times, count) in enumerate(lines.items())
        for day, low, high in span.each(times)
    )
    free_at = np.full(0, -np.inf)  # when each agent's last piece ends
    since = np.full(0, -np.inf)  # and since when they have been there, without a gap
    pieces = [NONE]
    for low, _, high, count, day in blocks:
        new = np.full(max(count - int((free_at <= low).sum()), 0), -np.inf)
        free_at, since = np.concatenate([free_at, new]), np.concatenate([since, new])
        free = np.flatnonzero(free_at <= low)
        going_on = free[free_at[free] == low]
        going_on = going_on[np.lexsort((going_on, -since[going_on]))]  # the latest come first
        fresh = free[free_at[free] < low]
        chosen = np.sort(np.concatenate([going_on, fresh])[:count])
        since[chosen] = np.where(free_at[chosen] == low, since[chosen], low)
        free_at[chosen] = high
        pieces.append(_row(chosen, low, high, day))
    return together(*pieces)


def _row(agents: Ints, on: float, off: float, day: int) -> Pieces:
    n = len(agents)
    return Pieces.of(agents, np.full(n, on), np.full(n, off), np.full(n, day))


# --- shifts -----------------------------------------------------------------------------------


def _of_shifts(pool: Pool, span: _Span) -> _Team:
    duty, aside = [NONE], [(NONE, BREAK)]
    person: list[Worker] = []
    for name, shift in pool.shifts.items():
        agents = np.arange(len(person), len(person) + shift.count)
        person += [Worker(name, number, shift) for number in range(shift.count)]
        pauses = [one for one in [*shift.breaks, *pool.breaks] if one.of_shift]
        for day, low, high in span.each(shift.at):
            duty.append(_row(agents, low, high, day))
            aside += _breaks_of_shift(pauses, agents, low, high, day)
    return _Team(len(person), *_apart(together(*duty), aside), tuple(person))


def _breaks_of_shift(
    pauses: list[Break], agents: Ints, low: float, high: float, day: int
) -> Iterator[tuple[Pieces, int]]:
    """The breaks of the people of one shift; one that would meet an earlier one comes after it."""
    n = len(agents)
    taken: list[tuple[Floats, Floats]] = []
    for pause in pauses:
        first, last = pause.starts(high - low)
        length = float(on_grid(pause.length))
        starts = on_grid(np.linspace(low + first, low + last, n)) if n else np.zeros(0)
        for begin, end in sorted(taken, key=lambda one: float(one[0].min(initial=0.0))):
            starts = np.where((starts < end) & (starts + length > begin), end, starts)
        ends = np.minimum(starts + length, high)
        taken.append((starts, ends))
        rest = np.full(n, length if pause.late == "whole" else 0.0)
        pieces = Pieces(agents, starts, ends, np.full(n, day), rest)
        yield pieces.at(ends > starts), PAID_BREAK if pause.paid else BREAK


def _apart(duty: Pieces, aside: list[tuple[Pieces, int]]) -> tuple[Pieces, Pieces, Ints]:
    """Duty without what people do aside, and that, with the activity of each piece."""
    pieces = together(*(one for one, _ in aside))
    activity = np.concatenate([np.full(len(one), what) for one, what in aside])
    return duty.without(pieces), pieces, activity


# --- rosters ----------------------------------------------------------------------------------


def _of_roster(pool: Pool, span: _Span) -> _Team:
    """People in the order of what they answer, as the engines number them."""
    nobody = Person()
    names = in_order("", pool)
    person = tuple(Worker(name, 0, pool.people.get(name, nobody)) for name in names)
    found: list[list[Pieces]] = [[NONE] for _ in ACTIVITIES]
    for number, name in enumerate(names):
        agent = np.array([number])
        for times, activity in pool.roster[name].items():
            found[ACTIVITIES.index(activity)] += [
                _row(agent, low, high, day) for day, low, high in span.each(times)
            ]
    said = [_union(together(*pieces)) for pieces in found]
    duty = said[0]
    aside: list[Pieces] = []
    numbers: list[np.ndarray] = []
    for what in range(1, len(ACTIVITIES)):
        holes = said[what]
        if what == BREAK:
            holes = Pieces(holes.agent, holes.on, holes.off, holes.day, holes.off - holes.on)
        duty = duty.without(holes)
        for later in said[what + 1 :]:
            holes = holes.without(later)
        if ACTIVITIES[what] != "off":
            aside.append(holes)
            numbers.append(np.full(len(holes), what))
    return _Team(len(names), duty, together(*aside), np.concatenate(numbers), person)


def _union(pieces: Pieces) -> Pieces:
    """Pieces that overlap made one, each with the day of the first."""
    pieces = pieces.in_order()
    if len(pieces) == 0:
        return pieces
    agent, reach, begins = -1, 0.0, []
    ends = []
    for k, (who, on, off) in enumerate(
        zip(pieces.agent.tolist(), pieces.on.tolist(), pieces.off.tolist(), strict=True)
    ):
        if who != agent or on > reach:
            begins.append(k)
            ends.append(off)
            agent, reach = who, off
        else:
            reach = ends[-1] = max(reach, off)
    kept = pieces.at(np.array(begins))
    return Pieces(kept.agent, kept.on, np.array(ends), kept.day, kept.rest)


# --- breaks at times of the week --------------------------------------------------------------


def _with_breaks(team: _Team, breaks: Iterable[tuple[Break, Ints | None]], span: _Span) -> _Team:
    duty, aside, activity = team.duty, [team.aside], [team.activity]
    for pause, who in breaks:
        mine = duty if who is None else duty.at(np.isin(duty.agent, who))
        holes = together(
            *(
                _in_window(mine, low, high, pause, day)
                for day in range(span.first, span.first + span.days)
                for low, high in span.on_day(pause.between, day)  # one break in each window
            )
        )
        duty = duty.without(holes)
        aside.append(holes)
        activity.append(np.full(len(holes), PAID_BREAK if pause.paid else BREAK))
    return replace(team, duty=duty, aside=together(*aside), activity=np.concatenate(activity))


def _at_times(pool: Pool, team: _Team) -> Iterator[tuple[Break, Ints | None]]:
    """The breaks at times of the week, and whose they are; None: everybody's."""
    yield from ((one, None) for one in pool.breaks if one.between is not None)
    for shift in pool.shifts.values():
        who = [k for k, worker in enumerate(team.person) if worker and worker.skill is shift]
        for one in shift.breaks:
            if one.between is not None:
                yield one, np.array(who, dtype=np.int64)


def _in_window(duty: Pieces, low: float, high: float, pause: Break, day: int) -> Pieces:
    """The breaks in [low, high] of everybody whose shift contains it.

    Their starts are spread evenly, the lowest agent number first.
    """
    inside = (duty.on < high) & (duty.off > low)
    covered = np.zeros(int(duty.agent.max(initial=-1)) + 1)
    overlap = np.minimum(duty.off, high) - np.maximum(duty.on, low)
    np.add.at(covered, duty.agent[inside], overlap[inside])
    takers = np.flatnonzero(covered >= high - low)
    length = float(on_grid(pause.length))
    starts = on_grid(np.linspace(low, high - length, len(takers))) if len(takers) else np.zeros(0)
    rest = np.full(len(takers), length if pause.late == "whole" else 0.0)
    return Pieces(takers, starts, starts + length, np.full(len(takers), day), rest)


# --- speed ------------------------------------------------------------------------------------


def slowness(plan: Roster, duty: Pieces, start: date) -> Floats:
    """[piece] how many times as long a person takes as others of the pool, that day."""
    slow = np.ones(len(duty))
    for agent, worker in enumerate(plan.person):
        if worker is None or (worker.skill.speed == 1 and worker.skill.ramp is None):
            continue
        low, high = np.searchsorted(duty.agent, [agent, agent + 1])
        for k in range(low, high):
            slow[k] = 1.0 / _speed(worker.skill, start, int(duty.day[k]))
    return slow


def _speed(skill: Shift | Person, start: date, day: int) -> float:
    if skill.ramp is None:
        return skill.speed
    today = start + timedelta(days=day)
    week = (today - (skill.since or start)).days // 7 + 1
    weeks, shares = zip(*skill.ramp, strict=True)
    return float(skill.speed * np.interp(week, weeks, shares))
