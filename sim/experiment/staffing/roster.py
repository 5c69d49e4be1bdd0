"""A plan of shifts as people's weeks: who works which shift, with its breaks, on which day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sim.experiment.staffing.crew import WEEKDAYS, Turn
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

    @property
    def hours(self) -> float:
        """Its length without breaks."""
        return (self.end - self.start - sum(end - start for start, end in self.breaks)) / 3600


def roster_of(shape: Shape, counts: Ints) -> tuple[Work, ...]:
    """Who works the shifts of a plan; empty if it has none or the people cannot work them.

    The same week is worked again and again. Of the people who could have a shift those get it who
    have the fewest so far; early shifts go to those who came early the day before, so that all have
    their rest.
    """
    crew = shape.crew
    weeks = None if crew is None else crew.weeks(counts)
    if crew is None or weeks is None:
        return ()
    left: dict[Turn, list[Duty]] = {}
    for duty, turn, n in zip(shape.duties, crew.turn_of, counts.tolist(), strict=True):
        left.setdefault(turn, []).extend([duty] * n)
    for duties in left.values():
        duties.sort(key=lambda duty: (duty.start, duty.breaks))
    found: list[Work] = []
    for pool in dict.fromkeys(one.pool for one in crew.patterns):
        own = [place for place, one in enumerate(crew.patterns) if one.pool == pool]
        everybody = int(weeks.people[own].sum())
        width = len(str(everybody))
        names = (f"{pool} {number:0{width}d}" for number in range(1, everybody + 1))
        for place in own:
            people = list(islice(names, int(weeks.people[place])))
            duties = [
                duty
                for turn, n in weeks.turns[place].items()
                for duty in [left[turn].pop(0) for _ in range(min(n, len(left[turn])))]
            ]
            off = crew.patterns[place].hours.index(0.0) if 0.0 in crew.patterns[place].hours else 0
            found += _worked(people, duties, off, crew.people.rest)
    return tuple(sorted(found, key=lambda one: (one.person, one.day)))


def _worked(people: list[str], duties: list[Duty], off: int, rest: float) -> list[Work]:
    """The shifts of people with one pattern, day by day from a day off on."""
    found: list[Work] = []
    shifts = dict.fromkeys(people, 0)
    ended = dict.fromkeys(people, 0)  # the day before, in seconds of that day
    for day in ((off + later) % WEEKDAYS for later in range(WEEKDAYS)):
        own = sorted(
            (duty for duty in duties if duty.day == day), key=lambda one: (one.start, one.breaks)
        )
        early = sorted(people, key=ended.__getitem__)
        fewest = {*sorted(early, key=shifts.__getitem__)[: len(own)]}
        chosen = [person for person in early if person in fewest]
        if any(duty.start + DAY - ended[one] < rest for one, duty in zip(chosen, own, strict=True)):
            chosen = early[: len(own)]  # who ended late stays at home
        ended = dict.fromkeys(people, 0)
        for person, duty in zip(chosen, own, strict=True):
            shifts[person] += 1
            ended[person] = duty.end
            found.append(Work(person, duty.pool, day, duty.start, duty.end, duty.breaks))
    return found


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
