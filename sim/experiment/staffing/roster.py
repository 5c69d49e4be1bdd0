"""A plan of shifts as people's weeks: who works which shift, with its breaks, on which day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.experiment.staffing.crew import WEEKDAYS, Crew
from sim.experiment.staffing.shape import Duty, Shape
from sim.scenario import Scenario
from sim.scenario.times import DAY, DAYS, Times, TimesOfWeek
from sim.tables import Ints


@dataclass(frozen=True)
class Work:
    """One shift of one person; seconds of the weekday on which it begins.

    breaks: begin and end of each.
    """

    person: str
    pool: str
    day: int
    start: int
    end: int
    breaks: tuple[tuple[int, int], ...]


def roster_of(shape: Shape, counts: Ints) -> tuple[Work, ...]:
    """Who works the shifts of a plan; empty if it has none or the people cannot work them.

    The same week is worked again and again. Of the people who could have a shift those get it who
    have the fewest so far; early shifts go to those who came early the day before.
    """
    crew = shape.crew
    weeks = None if crew is None else crew.fewest(counts)
    if crew is None or weeks is None:
        return ()
    found: list[Work] = []
    patterns = [p for p, n in zip(crew.patterns, weeks.tolist(), strict=True) for _ in range(n)]
    for pool in dict.fromkeys(one.pool for one in patterns):
        own = [one for one in patterns if one.pool == pool]
        width = len(str(len(own)))
        names = [f"{pool} {number:0{width}d}" for number in range(1, len(own) + 1)]
        shifts = [0] * len(own)
        came = [0] * len(own)
        for day in range(WEEKDAYS):
            for hours in sorted({one.hours[day] for one in own} - {0.0}):
                duties = _duties(shape, crew, counts, (pool, day, hours))
                able = [i for i, one in enumerate(own) if one.hours[day] == hours]
                fewest = sorted(able, key=shifts.__getitem__)[: len(duties)]
                chosen = sorted(fewest, key=came.__getitem__)
                for person, duty in zip(chosen, duties, strict=True):
                    shifts[person] += 1
                    came[person] = duty.start
                    found.append(Work(names[person], pool, day, duty.start, duty.end, duty.breaks))
    return tuple(sorted(found, key=lambda one: (one.person, one.day)))


def _duties(shape: Shape, crew: Crew, counts: Ints, kind: tuple[str, int, float]) -> Sequence[Duty]:
    """The shifts of a kind, one by one, the earliest first."""
    own = [
        duty
        for duty, has, n in zip(shape.duties, crew.kinds, counts.tolist(), strict=True)
        if has == kind
        for _ in range(n)
    ]
    return sorted(own, key=lambda duty: (duty.start, duty.breaks))


def rostered(scenario: Scenario, roster: Iterable[Work]) -> Scenario:
    """The scenario with a pool's people by name, in place of its head counts."""
    lines: dict[str, dict[str, dict[TimesOfWeek, str]]] = {}
    for work in roster:
        own = lines.setdefault(work.pool, {}).setdefault(work.person, {})
        own[_times(work.day, work.start, work.end)] = "work"
        for start, end in work.breaks:
            own[_times(work.day, start, end)] = "break"
    pools = dict(scenario.pools)
    for name, people in lines.items():
        pools[name] = pools[name].model_copy(
            update={"roster": people, "agents": {}, "shifts": {}, "people": {}, "breaks": []}
        )
    return scenario.model_copy(update={"pools": pools})


def _times(day: int, start: int, end: int) -> TimesOfWeek:
    past, begin = divmod(start, DAY)
    line = Times(frozenset([(day + past) % WEEKDAYS]), False, begin, end - past * DAY)
    return TimesOfWeek([line])


ROSTER = ["agent", "pool", "weekday", "from", "to", "activity"]
"""Columns of a roster, as a scenario's `roster: {file: ...}` reads them."""


def roster_rows(roster: Iterable[Work]) -> list[dict[str, str]]:
    """As rosters are exported: one line for each piece of a shift, work or break."""
    rows = []
    for work in roster:
        pieces = [(work.start, work.end, "work"), *((*pause, "break") for pause in work.breaks)]
        for start, end, activity in pieces:
            rows.append(
                {
                    "agent": work.person,
                    "pool": work.pool,
                    "weekday": DAYS[(work.day + start // DAY) % WEEKDAYS],
                    "from": clock(start),
                    "to": clock(end),
                    "activity": activity,
                }
            )
    return rows


def clock(seconds: int) -> str:
    """`08:30`; `24:00` for the end of a day."""
    past = seconds % DAY if seconds > DAY else seconds
    return f"{past // 3600:02d}:{past // 60 % 60:02d}"
