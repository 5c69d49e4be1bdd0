"""Ends of shifts and breaks on the engines: cases worked out by hand, and by a small program."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.draws import draw, prepare
from sim.engine import ENGINES, make_plan, simulate
from sim.experiment.simulation import Simulation
from sim.measures.agents import overtime_of, presence
from sim.measures.tally import COLUMN
from sim.scenario import Scenario, loads
from sim.tables import ContactLog, Draws, DutyLog, Outcome

MINUTE, HOUR = 60.0, 3600.0


def scenario(text: str, calls: str, where: Path) -> Scenario:
    """Of Monday 5 January 2026, with calls at these times of the day."""
    rows = "".join(f"2026-01-05 {clock}\n" for clock in calls.split())
    (where / "calls.csv").write_text("time\n" + rows)
    head = "calendar: {start: 2026-01-05, days: 1}\n"
    return loads(head + text, str(where / "scenario.yaml"))


def played(scenario: Scenario, engine: str) -> tuple[ContactLog, DutyLog, Draws]:
    setting = prepare(scenario)
    draws = draw(setting, 1, 0)
    return *simulate(make_plan(setting), draws, engine), draws


def clocks(seconds: np.ndarray) -> list[str]:
    return [f"{int(t) // 3600:02d}:{int(t) // 60 % 60:02d}" for t in seconds]


def breaks_taken(duty: DutyLog) -> dict[int, float]:
    """Minutes that each agent was away on the first day, from the first spell to the last."""
    away: defaultdict[int, float] = defaultdict(float)
    there = np.flatnonzero((duty.on < 24 * HOUR) & (duty.came < duty.left))
    for one, other in pairwise(there):
        if duty.agent[one] == duty.agent[other]:
            away[int(duty.agent[one])] += float(duty.came[other] - duty.left[one]) / MINUTE
    return dict(away)


@pytest.mark.parametrize("engine", ENGINES)
def test_who_finishes_as_the_shift_ends_takes_no_other_contact(engine: str, tmp_path: Path) -> None:
    # Three wait from 8:00, five minutes each; one person, 8:05 to 8:10 and from 8:15. The first
    # is done at 8:10, when the shift ends too; the others follow from 8:15 and 8:20.
    text = """
reasons: {job: {arrivals: {replay: calls.csv}, handle: 5 min}}
channels: {phone: {hours: daily 08:00-18:00}}
pools: {crew: {agents: {mon 08:05-08:10: 1, mon 08:15-09:00: 1}, answers: phone}}
"""
    log, duty, _ = played(scenario(text, "08:00:00 08:00:00 08:00:00", tmp_path), engine)
    assert clocks(log.ended) == ["08:05", "08:15", "08:20"]
    assert clocks(log.freed) == ["08:10", "08:20", "08:25"]
    assert clocks(duty.left[:2]) == ["08:10", "09:00"]


@pytest.mark.parametrize("engine", ENGINES)
def test_who_finishes_as_the_break_begins_takes_no_other_contact(
    engine: str, tmp_path: Path
) -> None:
    # Two call at 9:00, 30 minutes each; the break is from 9:30 to 10:00: the second one waits for
    # an hour, 30 minutes on average, and nobody works in the break.
    text = """
reasons: {calls: {arrivals: {replay: calls.csv}, handle: 30 min, patience: 2 h}}
pools:
  desk: {agents: {mon 09:00-11:00: 1}, breaks: [{between: mon 09:30-10:00, length: 30 min}]}
"""
    said = scenario(text, "09:00:00 09:00:00", tmp_path)
    log, duty, _ = played(said, engine)
    assert clocks(log.ended) == ["09:00", "10:00"]
    assert float((log.ended - log.arrived).mean()) == 30 * MINUTE
    assert breaks_taken(duty) == {0: 30}


STAGGERED = """
reasons: {call: {arrivals: {replay: calls.csv}, handle: 20 min}}
pools:
  desk:
    agents: {mon 08:00-16:00: 4}
    breaks: [{between: mon 09:30-10:30, length: 15 min}, {between: mon 11:30-13:30, length: 30 min}]
    contract: {per_hour: 24, overtime: 100 %}
"""
LATE = "09:29:00 09:31:00 09:31:30 09:31:40"


@pytest.mark.parametrize("engine", ENGINES)
def test_staggered_breaks_are_whole_also_when_late(engine: str, tmp_path: Path) -> None:
    # Breaks from 9:30, 9:45, 10:00 and 10:15. Calls of 20 minutes keep the first two until 9:49
    # and 9:51: they are back at 10:04 and 10:06, though nobody calls any more. The others go as
    # planned. 15 and 30 minutes each.
    _, duty, _ = played(scenario(STAGGERED, LATE, tmp_path), engine)
    day = duty.on < 24 * HOUR
    came = [clocks(duty.came[day & (duty.agent == agent)])[1] for agent in range(4)]
    assert came == ["10:04", "10:06", "10:15", "10:30"]
    assert breaks_taken(duty) == dict.fromkeys(range(4), 45)


def test_a_late_break_is_no_overtime(tmp_path: Path) -> None:
    # 7:15 h each, break or no break late: 29 hours on duty and paid, 696 at 24 an hour. In them
    # four calls of 20 minutes, though 19 and 6 of these are of the planned breaks.
    tally, _ = Simulation.of(scenario(STAGGERED, LATE, tmp_path), 1, "compiled").measure(0)
    found = dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))
    assert found["overtime"] == found["cost_overtime"] == 0
    assert found["cost_hours"] == 696
    assert found["duty"] == found["rostered"] == 29 * HOUR
    assert found["busy"] == found["busy_any"] == 4 * 20 * MINUTE


def test_who_comes_back_from_no_break_works_overtime_for_the_rest(tmp_path: Path) -> None:
    # The break from 9:30 to 9:45 waits until 15:50, and would end at 16:05: the shift is over. Of
    # 8:00 to 15:50 the 7:45 h of the shift without the break are duty, and 5 minutes are overtime.
    text = """
reasons: {call: {arrivals: {replay: calls.csv}, handle: 381 min}}
pools: {desk: {agents: {mon 08:00-16:00: 1}, breaks: [{between: mon 09:30-09:45, length: 15 min}]}}
"""
    tally, _ = Simulation.of(scenario(text, "09:29:00", tmp_path), 1, "compiled").measure(0)
    found = dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))
    assert found["duty"] == found["paid"] == 465 * MINUTE
    assert found["overtime"] == 5 * MINUTE
    assert found["busy"] == (381 - 5) * MINUTE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("second", "call", "back", "minutes"),
    [
        # the first break is from 10:00 to 10:15; a call of 20 minutes ends at ...
        ("10:15-10:30", "09:30:00", "10:30", 30),  # 9:50: two that meet are one of 30 minutes
        ("10:15-10:30", "09:45:00", "10:35", 30),  # 10:05: and are so also when late
        ("10:20-10:35", "09:50:00", "10:40", 30),  # 10:10: 10:25 is in the other one, which follows
        ("10:25-10:40", "09:45:00", "10:20", 30),  # 10:05: back in between, the next one is later
        ("10:25-10:40", "10:16:00", "10:51", 30),  # 10:36: the first as planned, then 15 minutes
        ("10:25-10:40", "09:58:00", "10:48", 30),  # 10:18: until 10:33, and until 10:48
        ("10:15-10:30", "09:58:00", "10:48", 30),  # 10:18: nothing was planned between the two
        ("10:25-10:55", "09:52:00", "10:57", 45),  # 10:12: until 10:27, and until 10:57
    ],
)
def test_a_break_reached_late_inside_another_one(
    engine: str, second: str, call: str, back: str, minutes: float, tmp_path: Path
) -> None:
    length = 30 if second.endswith("55") else 15
    text = f"""
reasons: {{call: {{arrivals: {{replay: calls.csv}}, handle: 20 min, patience: never}}}}
pools:
  desk:
    agents: {{mon 08:00-16:00: 1}}
    breaks: [{{between: mon 10:00-10:15, length: 15 min}},
             {{between: mon {second}, length: {length} min}}]
"""
    log, duty, _ = played(scenario(text, f"{call} 10:17:00", tmp_path), engine)
    assert clocks(log.ended)[1] == back  # who calls at 10:17 is answered first then
    assert breaks_taken(duty) == {0: minutes}
    # on duty for the rest of the eight hours, also while a break waits, and never in overtime
    there = presence(duty)
    assert (there.end - there.start)[duty.on < 24 * HOUR].sum() == 8 * HOUR - minutes * MINUTE
    assert (overtime_of(duty, there).end == there.end).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("call", "came"), [("09:00:00", "15:55"), ("15:36:00", "16:00")])
def test_back_from_the_break_after_the_last_contact(
    engine: str, call: str, came: str, tmp_path: Path
) -> None:
    # From 15:50 on they take no new contact; the break is from 15:40 to 15:55. Who goes at 15:40 is
    # back for the last five minutes, as planned, though for no call. Whom one of five minutes
    # keeps until 15:41 would be back at 15:56: they do not come any more.
    text = """
reasons: {call: {arrivals: {replay: calls.csv}, handle: 5 min}}
pools:
  desk:
    agents: {mon 08:00-16:00: 1}
    breaks: [{between: mon 15:40-15:55, length: 15 min}]
    last_contact: 10 min
"""
    log, duty, _ = played(scenario(text, f"{call} 15:56:00", tmp_path), engine)
    assert clocks(duty.came[:2]) == ["08:00", came]
    assert clocks(duty.left[1:2]) == ["16:00"]
    assert log.outcome.tolist() == [Outcome.ANSWERED, Outcome.CLOSED]


RANDOM = """
calendar: {days: 28, warmup: 2}
reasons:
  call:
    volume: 100.7 per day
    channels: {front: 100 %}
    handle: {front: {lognormal: {mean: 7.2 min, cv: 0.375}}, expert: {exponential: 10.2 min}}
    patience: {front: never, expert: {exponential: 60 min}}
    resolved: {front: 0 %, expert: 100 %}
    again: {after: 0 s, on: expert, attempts: 1}
channels: {front: {}, expert: {}}
pools:
  desk: {agents: 1, answers: front}
  expert: {agents: 1, answers: expert, breaks: [{random: 24 per day, length: 3 min}]}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_an_expert_with_breaks_at_random_moments(engine: str) -> None:
    # One who answers in order of arrival and takes each break that is due as soon as no call is
    # in hand, for its whole length: when each caller who stays is answered follows line by line.
    # Who gave up was not to be answered before. With 24 a day some meet.
    log, _, draws = played(loads(RANDOM, "random.yaml"), engine)
    mine = np.flatnonzero(draws.duty_agent == 1)
    due = [
        (float(draws.duty_off[a]), float(draws.duty_on[b] - draws.duty_off[a]))
        for a, b in pairwise(mine)
    ]
    assert {length % 180 for _, length in due} == {0}
    assert max(length for _, length in due) > 180
    # Poisson, 24 a day for 44 days: 1,056, sd 32.5; five of them
    assert sum(length for _, length in due) / 180 == pytest.approx(1056, abs=163)
    free, past = -2 * 24 * HOUR, 0
    late = answered = gave_up = 0
    asked = np.flatnonzero(log.channel == 1)
    for i in asked[np.lexsort((asked, log.arrived[asked]))]:
        ready, k = free, past
        while k < len(due) and due[k][0] <= max(ready, log.arrived[i]):
            ready, k = max(ready, due[k][0]) + due[k][1], k + 1
        begin = max(ready, log.arrived[i])
        if log.outcome[i] == Outcome.ANSWERED:
            assert log.ended[i] == begin
            late += sum(at < free for at, _ in due[past:k])
            free, past, answered = log.freed[i], k, answered + 1
        else:
            assert log.ended[i] <= begin
            gave_up += 1
    assert late > 300
    assert answered > 2000
    assert gave_up > 200


MET = """
calendar: {start: 2026-01-05, days: 5}
reasons: {call: {volume: 1 per day, handle: 1 s}}
pools:
  team:
    shifts: {day: {count: 20, at: mon-fri 08:00-16:00, breaks: [{length: 60 min}]}}
    breaks: [{random: 12 per day, length: 10 min}]
"""


def test_breaks_of_two_kinds_that_meet_are_both_whole_in_the_plan_too() -> None:
    # Where hardly anybody calls, people are away just as planned: what a break at a random moment
    # would share with lunch comes after lunch, in the hours that are paid as in those worked.
    _, duty, draws = played(loads(MET, "met.yaml"), "reference")
    late = duty.came - duty.on
    assert late.max() <= 1  # a call of a second
    lunches = (draws.duty_break >= HOUR) & (duty.on < 5 * 24 * HOUR)
    met = draws.duty_break[lunches] > HOUR  # a random break right before or after lunch
    assert met.sum() > 10
    began = duty.off[np.flatnonzero(lunches) - 1]
    assert (duty.on[lunches] - began == draws.duty_break[lunches]).all()
