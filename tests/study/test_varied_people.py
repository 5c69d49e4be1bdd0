"""Shifts with breaks, and people to work them: against enumeration and a reader of the roster."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy

import sim
from sim.experiment.runner import Runner
from sim.experiment.staff import staff
from sim.experiment.staffing.crew import Crew, Kind
from sim.experiment.staffing.erlang import Start
from sim.experiment.staffing.goal import People, StaffGoal
from sim.experiment.staffing.roster import ROSTER, roster_of, roster_rows, rostered
from sim.experiment.staffing.shape import Shape, make_shape
from sim.experiment.staffing.solver import cover
from sim.experiment.study import Study
from sim.report.html import to_html
from sim.report.staff import report
from sim.scenario.faults import Wrong
from sim.scenario.times import DAYS
from sim.tables import Ints

TEAM = """
calendar: {start: 2026-01-05, days: 7}
profiles: {week: {mon 08:00-20:00: 3, tue-fri 08:00-20:00: 2, sat 09:00-18:00: 1}}
reasons:
  calls: {volume: 1500 per week, profile: week, handle: {exponential: 5 min},
          patience: {exponential: 4 min}}
pools:
  team: {agents: {mon-fri 08:00-20:00: 6, sat 09:00-18:00: 2}, contract: {per_hour: 20}}
run: {service_level: 20 s, replications: 20}
"""
SHIFTS = {
    "lengths": ["8 h 30 min"],
    "breaks": [{"length": "30 min", "after": "3 h", "within": "2 h"}],
}


def shape_of(text: str, **said: Any) -> tuple[Shape, StaffGoal]:
    one = sim.loads(text)
    goal = StaffGoal.of({"service_level": "80 %"}, **said)
    return make_shape(one, goal, goal.resolved(one).pools), goal


# --- small enough to enumerate ------------------------------------------------------------------

THREE_POOLS = """
calendar: {start: 2026-01-05, days: 2}
reasons: {calls: {volume: 20 per day, handle: 3 min, patience: 2 min}}
pools:
  a: {agents: {mon-tue 08:00-12:00: 1}}
  b: {agents: {mon 08:00-12:00: 1}}
  c: {agents: {tue 08:00-12:00: 1}}
"""
TWO_BREAKS = {
    "lengths": ["4 h"],
    "breaks": [
        {"length": "30 min", "after": "1 h", "within": "1 h 30 min", "every": "1 h"},
        {"length": "15 min", "after": "3 h", "within": "30 min", "every": "15 min"},
    ],
}


DAYS_OF = {"a": (0, 1), "b": (0,), "c": (1,)}


def shifts_of(shape: Shape, pool: str, day: int) -> Ints:
    """[D] 1 for the shifts of a pool on a day."""
    return np.array([int((duty.pool, duty.day) == (pool, day)) for duty in shape.duties])


def fewest_by_hand(shape: Shape, needed: Ints) -> dict[tuple[str, int], int]:
    """The fewest shifts of each pool and day that cover the need: all plans of up to 3 of each."""
    found = {}
    for pool, days in DAYS_OF.items():
        for day in days:
            own = np.flatnonzero(shifts_of(shape, pool, day))
            rows = [n for n, s in enumerate(shape.slots) if (s.pool, s.day) == (pool, day)]
            plans = np.array(list(itertools.product(range(4), repeat=len(own))))
            heads = plans @ shape.covers[np.ix_(rows, own)].T
            found[pool, day] = int(plans[(heads >= needed[rows]).all(axis=1)].sum(axis=1).min())
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("both_days", [True, False])
def test_the_fewest_hours_that_so_many_people_can_work(seed: int, both_days: bool) -> None:
    """Three pools, two days, two kinds of break: for each limit on people, against enumeration.

    All shifts have 3 1/4 paid hours. So the fewest hours are the fewest shifts, by pool and day;
    and the people they take are, of a pool, the larger of its two days, or both if the hours of a
    week allow a person one shift only.
    """
    rng = np.random.default_rng(seed)
    shape, _ = shape_of(THREE_POOLS, shifts=TWO_BREAKS, at_least=0)
    assert len(shape.duties) == 16
    needed = rng.integers(0, 3, len(shape.slots))
    fewest = fewest_by_hand(shape, needed)
    together = max if both_days else sum
    people = sum(together(fewest[pool, day] for day in days) for pool, days in DAYS_OF.items())
    outcomes = []
    for at_most in range(max(people - 2, 1), people + 2):
        crew = Crew(
            People.read({"at_most": at_most, "week": "7 h" if both_days else "4 h"}),
            tuple(duty.kind for duty in shape.duties),
        )
        found = cover(replace(shape, crew=crew), needed, None)
        worked = [
            [int(shifts_of(shape, p, d) @ found) for d in days] for p, days in DAYS_OF.items()
        ]
        assert sum(together(days) for days in worked) <= at_most
        outcomes.append(bool((shape.heads(found) >= needed).all()))
        if outcomes[-1]:
            assert shape.hours @ found == pytest.approx(3.25 * sum(fewest.values()))
    assert outcomes == [at_most >= people for at_most in range(max(people - 2, 1), people + 2)]


@pytest.mark.parametrize(
    ("week", "days_off", "part"), [("40 h", 2, False), ("30 h", 3, False), ("20 h", 0, True)]
)
def test_fewest_people_against_a_search_over_weeks(week: str, days_off: int, part: bool) -> None:
    """Shifts of 8 and 4 h on three days: the fewest weeks that cover them, found by trying all."""
    kinds = tuple(
        Kind("team", day, hours, 8 * 3600, int(8 + hours) * 3600)
        for day in (0, 1, 2)
        for hours in (8.0, 4.0)
    )
    said: dict[str, Any] = {"week": week, "days_off": days_off, "rest": "0 h"}
    if part:
        said["part_time"] = {"share": "50 %", "week": "8 h"}
    crew = Crew(People.read(said), kinds)
    limit = float(week.split(maxsplit=1)[0])
    weeks = [days for days in itertools.product((0.0, 8.0, 4.0), repeat=3) if sum(days) <= limit]
    rng = np.random.default_rng(5)
    for _ in range(4):
        needed = rng.integers(0, 3, len(kinds))

        def enough(own: tuple[tuple[float, ...], ...], needed: Ints = needed) -> bool:
            return all(
                sum(days[day] == hours for days in own) >= n
                for (_, day, hours, *_), n in zip(kinds, needed, strict=True)
            )

        fewest = next(
            n
            for n in range(13)
            if any(map(enough, itertools.combinations_with_replacement(weeks, n)))
            or n == 4  # more take too long; the solver's answer is then not below it
        )
        found = crew.fewest(needed)
        assert found is not None
        assert (found.sum() == fewest) if fewest < 4 else (found.sum() >= 4)


# --- rest between shifts ------------------------------------------------------------------------

ROUND_THE_CLOCK = """
calendar: {start: 2026-01-05, days: 7}
reasons: {calls: {volume: 20 per day, handle: 3 min, patience: 2 min}}
pools: {team: {agents: {daily: 1}}}
"""


def rested(shape: Shape, week: tuple[int | None, ...], rest: float) -> bool:
    """Whether one person can work these shifts (a duty, or None, of each weekday), by the clock.

    At most 40 hours, two days off in a row, and so much rest after each shift, the week after too.
    """
    worked = [shape.duties[duty] for duty in week if duty is not None]
    if sum(duty.end - duty.start for duty in worked) > 40 * 3600:
        return False
    if not any(week[day] is week[(day + 1) % 7] is None for day in range(7)):
        return False
    spans = sorted((d.day * 86400 + d.start, d.day * 86400 + d.end) for d in worked)
    spans.append((spans[0][0] + 7 * 86400, 0))
    return all(later[0] - earlier[1] >= rest for earlier, later in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("lengths", "every", "hours", "rest"),
    [
        (["8 h"], "8 h", "daily", "11 h"),
        (["8 h"], "8 h", "daily", "9 h"),
        (["8 h"], "8 h", "daily", "0 h"),
        (["8 h", "12 h"], "12 h", "mon-thu", "11 h"),
        (["8 h", "6 h"], "5 h", "thu-sat 04:00-24:00", "12 h"),
    ],
)
def test_rest_between_shifts_against_all_weeks_of_a_person(
    lengths: list[str], every: str, hours: str, rest: str
) -> None:
    """The fewest people by a choice among all weeks that one person can work, written out."""
    said = {"shifts": {"lengths": lengths, "every": every}, "people": {"rest": rest}}
    shape, _ = shape_of(ROUND_THE_CLOCK, hours=hours, at_least=0, **said)
    assert shape.crew is not None
    seconds = float(rest.removesuffix(" h")) * 3600
    own = [[None, *(n for n, d in enumerate(shape.duties) if d.day == day)] for day in range(7)]
    weeks = [
        week
        for week in itertools.product(*own)
        if 1 <= sum(duty is not None for duty in week) <= 5 and rested(shape, week, seconds)
    ]
    works = np.array([[float(d in week) for week in weeks] for d in range(len(shape.duties))])
    rng = np.random.default_rng(3)
    for _ in range(3):
        counts = rng.integers(0, 4, len(shape.duties))
        fewest = scipy.optimize.milp(
            np.ones(len(weeks)),
            integrality=np.ones(len(weeks)),
            constraints=scipy.optimize.LinearConstraint(works, counts, np.inf),
        )
        found = shape.crew.fewest(counts)
        assert found is not None
        assert found.sum() == round(fewest.fun)
        roster = roster_of(shape, counts)
        assert len({work.person for work in roster}) <= found.sum()
        taken = [(work.day, work.start, work.end) for work in roster]
        wanted = [
            (duty.day, duty.start, duty.end)
            for duty, n in zip(shape.duties, counts.tolist(), strict=True)
            for _ in range(n)
        ]
        assert sorted(taken) == sorted(wanted)
        for person in {work.person for work in roster}:
            line: list[int | None] = [None] * 7
            for work in roster:
                if work.person == person:
                    assert line[work.day] is None
                    line[work.day] = next(
                        n
                        for n, duty in enumerate(shape.duties)
                        if (duty.day, duty.start, duty.end) == (work.day, work.start, work.end)
                    )
            assert rested(shape, tuple(line), seconds)


def test_the_cap_on_people_counts_their_rest() -> None:
    """One late and one early shift a day, Monday to Thursday, of 8 h with 8 h between them.

    Whoever comes late is not back early: two people without rest can swap shifts as they like, and
    with 11 h each keeps to their own. Late on Monday and early on Tuesday alone: one person of the
    first kind, two of the second.
    """
    for rest, people in (("8 h", 1), ("11 h", 2)):
        said = {"shifts": {"lengths": ["8 h"], "every": "8 h"}, "people": {"rest": rest}}
        shape, _ = shape_of(ROUND_THE_CLOCK, **said)
        assert shape.crew is not None
        hours = {(0, 14 * 3600), (1, 6 * 3600)}
        moved = [replace_start(kind) for kind in shape.crew.kinds]
        counts = np.array([int((kind.day, kind.start) in hours) for kind in moved])
        assert counts.sum() == 2
        found = Crew(shape.crew.people, tuple(moved)).fewest(counts)
        assert found is not None
        assert found.sum() == people


def replace_start(kind: Kind) -> Kind:
    """Shifts that begin at 06:00, 14:00 and 22:00, of those at 00:00, 08:00 and 16:00."""
    return kind._replace(start=kind.start + 6 * 3600, end=kind.end + 6 * 3600)


@pytest.mark.parametrize(
    ("people", "lengths", "message"),
    [
        ({}, ["14 h"], "11 h of rest and a shift of 14 h are more than a day"),
        ({"days_off": 0}, ["8 h"], "whoever is to rest has a day off"),
    ],
)
def test_rest_that_no_week_leaves_room_for_is_told(
    people: dict[str, Any], lengths: list[str], message: str
) -> None:
    with pytest.raises(Wrong, match=message):
        StaffGoal.of({"service_level": "80 %"}, shifts={"lengths": lengths}, people=people)


# --- a roster that people can work --------------------------------------------------------------


def read(text: str) -> dict[str, dict[int, dict[str, list[tuple[int, int]]]]]:
    """Agent -> weekday -> activity -> minutes: a reader of its own."""
    found: Any = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in csv.DictReader(io.StringIO(text)):
        low, high = ((int(t[:2]) * 60 + int(t[3:])) for t in (row["from"], row["to"]))
        found[row["agent"]][DAYS.index(row["weekday"])][row["activity"]].append((low, high))
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("at_most", [22, 26])
def test_twenty_two_people_can_work_the_plan(at_most: int) -> None:
    """As near to what Erlang A asks for as so many different people can come."""
    shape, goal = shape_of(TEAM, shifts=SHIFTS, people={"at_most": at_most})
    start = Start.of(shape, goal, goal.resolved(shape.scenario).targets)
    counts = cover(shape, start.heads(), None)
    roster = roster_of(shape, counts)
    table = io.StringIO()
    writer = csv.DictWriter(table, ROSTER)
    writer.writeheader()
    writer.writerows(roster_rows(roster))
    people = read(table.getvalue())
    assert len(people) <= at_most
    heads = np.zeros((7, 24 * 60), dtype=int)
    for days in people.values():
        minutes = 0
        for day, done in days.items():
            [(low, high)] = done["work"]  # one shift a day
            [(begin, end)] = done["break"]
            assert (high - low, end - begin) == (510, 30)
            assert low + 180 <= begin
            assert end <= low + 300
            minutes += high - low - (end - begin)
            heads[day, low:begin] += 1
            heads[day, end:high] += 1
        assert minutes <= 40 * 60
        off = [day not in days for day in range(7)]
        assert any(off[day] and off[(day + 1) % 7] for day in range(7))
    for slot, n in zip(shape.slots, shape.heads(counts).tolist(), strict=True):
        assert set(heads[slot.day, slot.start // 60 : slot.end // 60]) == {n}
    # what the people cannot work is no plan; 110 shifts of 8 h are 22 people's weeks of 40 h
    assert counts.sum() <= 5 * at_most
    again = sim.loads(sim.scenario.to_yaml(rostered(shape.scenario, roster)))
    assert set(again.pools["team"].roster) == set(people)


def test_page_and_workbook_say_who_works_when(tmp_path: Path) -> None:
    """Read back from the sheet: as many shifts, hours and breaks as the roster has."""
    goal = StaffGoal.of(
        {"service_level": "85 %"}, shifts=SHIFTS, people={}, hours="mon-tue 08:00-20:00"
    )
    study = replace(Study.of({"base": sim.loads(TEAM)}), staff=goal, replications=5)
    with Runner(jobs=1) as runner:
        result = staff(study, runner)
    assert {len(work.breaks) for work in result.roster} == {1}
    result.to_excel(tmp_path / "staff.xlsx")
    sheet = pd.read_excel(
        tmp_path / "staff.xlsx", sheet_name="Who works when", header=None, engine="calamine"
    )
    cells = [str(one) for row in sheet.to_numpy().tolist() for one in row]
    for work in result.roster:
        assert work.person in " ".join(cells)
    times = [one for one in cells if re.fullmatch(r"\d\d:00-\d\d:30|\d\d:30-\d\d:00", one)]
    assert len(times) == 2 * len(result.roster)  # each shift has one break
    page = report(result)
    many = len({work.person for work in result.roster})
    assert page.answer.startswith(f"{many} different people, ")
    assert 'id="table-roster"' in to_html(page)
    # the plan is named at its hours: a column of its own would stand alone where room is narrow
    [curve] = [one for one in page.tables() if one.name == "table-curve"]
    assert all(heading.text for heading in curve.headings)
    assert [one.cells[0].note for one in curve.lines if one.strong] == ["this plan"]


@pytest.mark.parametrize(("length", "rest"), [(8, 11), (14, 10)])
def test_where_nothing_is_said_of_people_the_roster_says_how_long_they_rest(
    length: int, rest: int
) -> None:
    """11 h as the law has it; a shift of 14 h leaves 10 h of a day."""
    goal = StaffGoal.of(
        {"service_level": "60 %"},
        shifts={"lengths": [f"{length} h"], "every": "2 h"},
        hours="mon-tue 06:00-22:00",
    )
    study = replace(Study.of({"base": sim.loads(TEAM)}), staff=goal, replications=4)
    with Runner(jobs=1) as runner:
        result = staff(study, runner)
    [table] = [one for one in report(result).tables() if one.name == "table-roster"]
    assert f"at least {rest} h between two shifts" in table.text
    ended = {one.person: one.end for one in result.roster if one.day == 0}
    begun = {one.person: one.start + 86_400 for one in result.roster if one.day == 1}
    assert all(begun[one] - end >= rest * 3600 for one, end in ended.items() if one in begun)


def test_asked_for_too_few_people_it_says_so_and_how_many_would_do() -> None:
    """One person is there 8 of 12 hours of a day."""
    goal = StaffGoal.of(
        {"service_level": "80 %"},
        shifts={"lengths": ["8 h"]},
        people={"at_most": 1},
        hours="mon-tue 08:00-20:00",
        at_least=0,
    )
    study = replace(Study.of({"base": sim.loads(TEAM)}), staff=goal, replications=5)
    with Runner(jobs=1) as runner:
        result = staff(study, runner)
    assert len({work.person for work in result.roster}) == 1
    enough = result.verdict.people_without_cap
    assert enough is not None
    assert enough > 1
    answer = report(result).answer
    assert "cannot be reached with up to one person: the cap is what stops it" in answer
    assert f"Without it {enough} different people, " in answer


def test_a_plan_for_more_people_than_there_are_is_none() -> None:
    shape, _ = shape_of(TEAM, shifts=SHIFTS, people={"at_most": 5})
    monday = np.array([6 if (d.day, d.start) == (0, 8 * 3600) else 0 for d in shape.duties])
    monday[np.flatnonzero(monday)[1:]] = 0
    assert monday.sum() == 6
    assert not shape.can_work(monday)
    assert shape.can_work(monday - (monday > 0))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"people": {"at_most": 3}}, "say their `lengths`"),
        ({"shifts": {**SHIFTS, "breaks": [{"length": "9 h"}]}}, "does not fit into every shift"),
        ({"shifts": {**SHIFTS, "breaks": [{"length": "0 s"}]}}, "lasts no time"),
    ],
)
def test_what_is_wrong_with_shifts_is_told(said: dict[str, Any], message: str) -> None:
    with pytest.raises(Wrong, match=message):
        StaffGoal.of({"service_level": "80 %"}, **said)
