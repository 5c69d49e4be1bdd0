"""What may be decided: duties, each a head count for some times, and the slots they cover.

A *duty* is a line of `agents` with a head count to be found: one block, one shift, or a line of
the pool as it is. A *slot* is a piece of one weekday in which the head count does not change. What
a duty covers is a matrix, so that blocks, shifts and lines are one problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

import numpy as np

from sim.experiment.staffing.crew import Crew, Kind
from sim.experiment.staffing.goal import LINES, REST, People, Shifts, StaffGoal
from sim.scenario import Scenario
from sim.scenario.faults import Wrong
from sim.scenario.model import Pool
from sim.scenario.numbers import plain_number
from sim.scenario.times import DAY, DAYS, Times, TimesOfWeek
from sim.spans import union
from sim.tables import Floats, Ints

WEEK = 7 * DAY
Piece = tuple[int, int, int, float]  # weekday, start and end in seconds of that day, heads
Lines = dict[TimesOfWeek, float]
"""Head counts as a pool's `agents` has them."""


@dataclass(frozen=True)
class Slot:
    """A piece of a weekday, in seconds of that day."""

    pool: str
    day: int
    start: int
    end: int

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.end - self.start) / 3600


@dataclass(frozen=True)
class Duty:
    """Times for which one head count is decided.

    day, start, end, breaks: of a shift: its weekday, and seconds of that day.
    """

    pool: str
    times: TimesOfWeek
    day: int = 0
    start: int = 0
    end: int = 0
    breaks: tuple[tuple[int, int], ...] = ()

    @property
    def kind(self) -> Kind:
        """What of a shift matters to who can work it."""
        away = sum(end - start for start, end in self.breaks)
        hours = (self.end - self.start - away) / 3600
        return Kind(self.pool, self.day, hours, self.start, self.end)


@dataclass(frozen=True)
class Shape:
    """What may be decided in a scenario. D duties, S slots.

    covers: [S, D] 1 where the duty covers the slot.
    present: [S] heads there are now, on average over the slot.
    fixed: the lines of each pool that stay as they are.
    single: whether every duty is exactly one slot.
    crew: who can work the duties, if these are shifts.
    """

    scenario: Scenario
    duties: tuple[Duty, ...]
    slots: tuple[Slot, ...]
    covers: Floats
    present: Floats
    fixed: dict[str, Lines]
    crew: Crew | None = None

    def can_work(self, counts: Ints) -> bool:
        """Whether there are people who can work these counts [D] of the duties."""
        return self.crew is None or self.crew.can_work(counts)

    @property
    def single(self) -> bool:
        """Whether every duty is one slot of its own."""
        return self.covers.shape[0] == self.covers.shape[1] and bool(
            (self.covers == np.eye(len(self.slots))).all()
        )

    @property
    def hours(self) -> Floats:
        """[D] paid hours a week of one head."""
        return np.asarray(np.array([slot.hours for slot in self.slots]) @ self.covers)

    def heads(self, counts: Ints) -> Ints:
        """[S] heads in each slot, from the count of each duty."""
        return np.asarray(np.rint(self.covers @ counts), dtype=np.int64)

    def most_at_once(self, heads: Ints | Floats) -> int | float:
        """The most people at any one time, of all pools; heads: [slot]."""
        most = max(
            sum(
                float(heads[place])
                for place, slot in enumerate(self.slots)
                if slot.day == day and slot.start <= at < slot.end
            )
            for day, at in {(slot.day, slot.start) for slot in self.slots}
        )
        return plain_number(round(most, 2))

    def staffed(self, counts: Ints) -> Scenario:
        """The scenario with these counts [D] of the duties."""
        if self.single:  # neighbouring blocks of one head count are one line
            return self.with_heads(counts)
        lines = {pool: dict(kept) for pool, kept in self.fixed.items()}
        for duty, count in zip(self.duties, counts.tolist(), strict=True):
            if count:
                _add(lines[duty.pool], {duty.times: count})
        return _with(self.scenario, {pool: _merged(found) for pool, found in lines.items()})

    def with_heads(self, heads: Ints | Floats) -> Scenario:
        """The scenario with these heads [S] in the slots, whatever duties would make of them."""
        pieces: dict[str, list[Piece]] = {pool: [] for pool in self.fixed}
        for slot, count in zip(self.slots, heads.tolist(), strict=True):
            if count:
                pieces[slot.pool].append((slot.day, slot.start, slot.end, count))
        lines = {pool: dict(kept) for pool, kept in self.fixed.items()}
        for pool, some in pieces.items():
            _add(lines[pool], lines_of(some))
        return _with(self.scenario, lines)


def make_shape(scenario: Scenario, goal: StaffGoal, pools: Iterable[str]) -> Shape:
    """The duties and slots of some pools.

    Weekdays that are not counted, public holidays and what lies outside the goal's hours stay as
    they are.

    Raises:
        Wrong: if there is nothing to decide, or shifts do not fit.
    """
    calendar = scenario.calendar
    counted = {(calendar.start.weekday() + day) % 7 for day in range(min(calendar.days, 7))}
    slots: list[Slot] = []
    duties: list[Duty] = []
    fixed: dict[str, Lines] = {}
    for name in pools:
        pool = scenario.pools[name]
        spans = _spans([goal.hours] if goal.hours is not None else pool.present())
        possible = _duties(name, pool, goal, spans)
        times = [duty.times for duty in possible]
        own = [
            slot for slot in _slots(name, spans, _cuts(goal, times, spans)) if slot.day in counted
        ]
        found = [duty for duty in possible if any(_covers(duty.times, slot) for slot in own)]
        _check_covered(own, [duty.times for duty in found])
        slots += own
        duties += found
        if goal.blocks == LINES:
            decided = {duty.times for duty in found}
            fixed[name] = {line: n for line, n in pool.present().items() if line not in decided}
        else:
            fixed[name] = _left(pool, own)
    if not slots:
        raise Wrong("no time of the counted days is left to decide", ("hours",))
    covers = np.array(
        [[float(d.pool == s.pool and _covers(d.times, s)) for d in duties] for s in slots]
    )
    present = np.array([_present(scenario.pools[slot.pool], slot) for slot in slots])
    crew = None
    if goal.shifts is not None:
        rest = min(REST, DAY - max(goal.shifts.lengths))
        people = goal.people or People().model_copy(update={"rest": rest})
        crew = Crew(people, tuple(duty.kind for duty in duties))
    return Shape(scenario, tuple(duties), tuple(slots), covers, present, fixed, crew)


def _add(lines: Lines, more: Mapping[TimesOfWeek, float]) -> None:
    for times, count in more.items():
        lines[times] = lines.get(times, 0) + count


# --- times of the week as seconds -------------------------------------------------------------


@lru_cache(maxsize=4096)
def _moments(times: TimesOfWeek) -> tuple[tuple[int, int], ...]:
    """When the times hold in the week, in seconds from Monday 00:00; may pass its end."""
    return tuple(
        (day * DAY + line.start, day * DAY + line.end)
        for line in times
        for day in sorted(line.days)
    )


def _spans(lines: Iterable[TimesOfWeek]) -> list[tuple[int, int]]:
    """The union of times in the week; what passes its end goes on at its beginning."""
    spans: list[tuple[int, int]] = []
    for low, high in (moment for times in lines for moment in _moments(times)):
        spans.append((low, min(high, WEEK)))
        if high > WEEK:
            spans.append((0, high - WEEK))
    return union(spans)


def _covers(times: TimesOfWeek, slot: Slot) -> bool:
    middle = slot.day * DAY + (slot.start + slot.end) / 2
    return any(low <= middle + turn < high for low, high in _moments(times) for turn in (0, WEEK))


def _check_covered(slots: list[Slot], duties: list[TimesOfWeek]) -> None:
    for slot in slots:
        if not any(_covers(times, slot) for times in duties):
            start = f"{DAYS[slot.day]} {slot.start // 3600:02d}:{slot.start // 60 % 60:02d}"
            said = f"no shift covers {start}: none of these fits into the hours there"
            raise Wrong(f"{said}; allow shorter ones", ("shifts", "lengths"))


# --- duties and slots -------------------------------------------------------------------------


def _duties(name: str, pool: Pool, goal: StaffGoal, spans: list[tuple[int, int]]) -> list[Duty]:
    if goal.blocks == LINES:
        return [Duty(name, times) for times in pool.present()]
    if goal.shifts is not None:
        return _shifts(name, goal.shifts, spans)
    return [
        Duty(name, _line(day, start, end))
        for low, high in spans
        for day, start, end in _cut(low, high, _steps(low, high, goal.block))
    ]


def _shifts(name: str, said: Shifts, spans: list[tuple[int, int]]) -> list[Duty]:
    """Shifts within the spans that start every so often, or end with them; each way to break."""
    found: dict[TimesOfWeek, Duty] = {}
    for low, high in spans:
        for length in map(int, said.lengths):
            starts = {*range(low, high - length + 1, int(said.every))}
            if high - length >= low:
                starts.add(high - length)
            for at in sorted(starts):
                day, start = at // DAY, at % DAY
                # a shift of 24 hours that does not start at midnight is no line of the language
                if length == DAY and start:
                    continue
                for breaks in _breaks(said, start, length):
                    times = _worked(day, start, start + length, breaks)
                    found[times] = Duty(name, times, day % 7, start, start + length, breaks)
    return list(found.values())


def _breaks(said: Shifts, start: int, length: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """The ways to take all breaks of a shift, one after the other."""
    for begins in product(*(pause.starts(length) for pause in said.breaks)):
        breaks = [
            (start + begin, start + begin + int(pause.length))
            for begin, pause in zip(begins, said.breaks, strict=True)
        ]
        if all(one[1] < other[0] for one, other in pairwise(breaks)):
            yield tuple(breaks)


def _worked(day: int, start: int, end: int, breaks: tuple[tuple[int, int], ...]) -> TimesOfWeek:
    """The times of a shift without its breaks."""
    edges = [start, *(edge for pause in breaks for edge in pause), end]
    pieces = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]
    return TimesOfWeek([line for low, high in pieces for line in _line_from(day, low, high)])


def _line_from(day: int, low: int, high: int) -> TimesOfWeek:
    return _line(day + low // DAY, low % DAY, low % DAY + high - low)


def _line(day: int, start: int, end: int) -> TimesOfWeek:
    return TimesOfWeek([Times(frozenset([day % 7]), False, start, end)])


def _steps(low: int, high: int, length: int) -> list[int]:
    return [*range(low, high, length), high]


def _cuts(goal: StaffGoal, duties: list[TimesOfWeek], spans: list[tuple[int, int]]) -> list[int]:
    """Where slots may begin and end: at the blocks (or every hour) and wherever a duty does."""
    steps = {step for low, high in spans for step in _steps(low, high, goal.block)}
    edges = {edge % WEEK for times in duties for moment in _moments(times) for edge in moment}
    if goal.shifts is None and goal.blocks != LINES:
        edges = set()
    return sorted(steps | edges)


def _slots(pool: str, spans: list[tuple[int, int]], cuts: list[int]) -> list[Slot]:
    return [
        Slot(pool, *piece)
        for low, high in spans
        for piece in _cut(low, high, [low, *(cut for cut in cuts if low < cut < high), high])
    ]


def _cut(low: int, high: int, edges: list[int]) -> list[tuple[int, int, int]]:
    """The pieces between edges, cut at midnights too: weekday, start, end."""
    midnights = range(low - low % DAY, high, DAY)
    steps = sorted({*edges, *(midnight for midnight in midnights if low < midnight < high)})
    return [(a // DAY, a % DAY, a % DAY + b - a) for a, b in pairwise(steps)]


def _present(pool: Pool, slot: Slot) -> float:
    """Heads now, on average over the slot."""
    low = slot.day * DAY + slot.start
    high = low + slot.end - slot.start
    seconds = sum(
        count * max(0, min(high + turn, end) - max(low + turn, start))
        for times, count in pool.present().items()
        for start, end in _moments(times)
        for turn in (0, WEEK)
    )
    return seconds / (high - low)


# --- lines ------------------------------------------------------------------------------------


def _left(pool: Pool, slots: list[Slot]) -> Lines:
    """What stays of a pool's lines: holidays, and what lies outside the slots."""
    kept: Lines = {}
    moments = [
        (low + turn, high + turn, count)
        for times, count in pool.present().items()
        for low, high in _moments(times)
        for turn in (0, -WEEK)
    ]
    for times, count in pool.present().items():
        for line in times:
            if line.holiday:
                _add(kept, {TimesOfWeek([Times(frozenset(), True, line.start, line.end)]): count})
    decided = [(s.day * DAY + s.start, s.day * DAY + s.end) for s in slots]
    edges = {edge for low, high, _ in moments for edge in (low, high)}
    edges |= {edge for span in decided for edge in span} | {day * DAY for day in range(8)}
    pieces: list[Piece] = []
    for low, high in pairwise(sorted(edge for edge in edges if 0 <= edge <= WEEK)):
        heads = sum(count for start, end, count in moments if start <= low and high <= end)
        if heads and not any(start <= low and high <= end for start, end in decided):
            pieces.append((low // DAY, low % DAY, low % DAY + high - low, heads))
    _add(kept, lines_of(pieces))
    return kept


def lines_of(pieces: Iterable[Piece]) -> Lines:
    """Pieces that do not overlap as few readable lines: `mon-thu 09:00-12:00: 8`."""
    merged: list[Piece] = []
    for piece in sorted(pieces):
        last = merged[-1] if merged else piece
        goes_on = (last[0], last[2], last[3]) == (piece[0], piece[1], piece[3])
        merged.append((*merged.pop()[:2], *piece[2:]) if goes_on else piece)
    days: dict[tuple[int, int, float], set[int]] = {}
    for day, start, end, count in merged:
        days.setdefault((start, end, count), set()).add(day)
    lines: Lines = {}
    for (start, end, count), some in sorted(days.items(), key=lambda one: (min(one[1]), one[0])):
        _add(lines, {TimesOfWeek([Times(frozenset(some), False, start, end)]): count})
    return lines


def _merged(lines: Mapping[TimesOfWeek, float]) -> Lines:
    """Lines of the same hours and head count on several days as one."""
    single: dict[tuple[int, int, float], set[int]] = {}
    others: Lines = {}
    for times, count in lines.items():
        if len(times) == 1 and len(times[0].days) == 1 and not times[0].holiday:
            line = times[0]
            single.setdefault((line.start, line.end, count), set()).update(line.days)
        else:
            others[times] = count
    found = dict(others)
    for (start, end, count), days in single.items():
        _add(found, {TimesOfWeek([Times(frozenset(days), False, start, end)]): count})
    return found


def _with(scenario: Scenario, lines: Mapping[str, Lines]) -> Scenario:
    """The scenario with other head counts; a pool without any keeps a line that says so."""
    pools = dict(scenario.pools)
    for name, said in lines.items():
        agents = said or {next(iter(scenario.pools[name].present())): 0}
        pools[name] = pools[name].model_copy(
            update={"agents": agents, "shifts": {}, "roster": {}, "people": {}}
        )
    return scenario.model_copy(update={"pools": pools})
