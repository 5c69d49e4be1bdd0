"""Breaks and shifts of persons on the engines: cases worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.draws import draw, prepare
from sim.engine import ENGINES, make_plan, simulate
from sim.experiment.simulation import Simulation
from sim.measures.tally import COLUMN
from sim.scenario import Scenario, loads
from sim.tables import ContactLog, DutyLog

MINUTE = 60.0


def played(text: str, where: Path, engine: str) -> tuple[ContactLog, DutyLog]:
    setting = prepare(loads(text, str(where / "scenario.yaml")))
    return simulate(make_plan(setting), draw(setting, 1, 0), engine)


def totals(scenario: Scenario) -> dict[str, float]:
    tally, _ = Simulation.of(scenario, 1, "compiled").measure(0)
    return dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))


STAGGERED = """
calendar: {days: 1}
reasons: {call: {arrivals: {replay: calls.csv}, handle: 20 min}}
pools:
  desk:
    agents: {mon 08:00-16:00: 4}
    breaks: [{between: mon 09:30-10:30, length: 15 min}, {between: mon 11:30-13:30, length: 30 min}]
    contract: {per_hour: 24, overtime: 100 %}
"""


def test_overtime_at_the_end_of_the_day_is_paid_also_after_a_late_break(tmp_path: Path) -> None:
    # One agent, break 12:00 to 12:30, calls of 20 minutes at 11:50 and 15:50: away from 12:10 to
    # 12:40, and at work until 16:10, of which 10 minutes are overtime at 24 an hour.
    (tmp_path / "calls.csv").write_text("time\n2026-01-05 11:50:00\n2026-01-05 15:50:00\n")
    text = STAGGERED.replace("16:00: 4", "16:00: 1")
    begin, end = text.index("breaks:"), text.index("contract:")
    pause = "breaks: [{between: mon 12:00-12:30, length: 30 min}]\n    "
    found = totals(loads(text[:begin] + pause + text[end:], str(tmp_path / "scenario.yaml")))
    assert found["overtime"] == 10 * MINUTE
    assert found["cost_overtime"] == 4
    assert found["duty"] == 450 * MINUTE  # 8:00 to 12:10 and 12:40 to 16:00


@pytest.mark.parametrize("engine", ENGINES)
def test_a_slow_new_hire_takes_longer(engine: str, tmp_path: Path) -> None:
    # 10 minutes at 50 % of the speed of week 1, and at 75 % in week 2: 20 min and 13 min 20 s.
    (tmp_path / "calls.csv").write_text("time\n2026-01-05 09:00:00\n2026-01-12 09:00:00\n")
    text = """
calendar: {days: 14}
reasons: {call: {arrivals: {replay: calls.csv}, handle: 10 min}}
pools: {desk: {shifts: {new: {count: 1, at: mon 08:00-16:00, ramp: [[1, 50 %], [3, 100 %]]}}}}
"""
    log, _ = played(text, tmp_path, engine)
    assert (log.freed - log.ended).tolist() == pytest.approx([1200, 800], abs=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_head_counts_of_single_dates(engine: str, tmp_path: Path) -> None:
    # 5 x 8 h, 4 x 8 h, and 2 x 3 h on ten weekdays: 72 + 60 hours.
    text = """
calendar: {start: 2026-11-23, days: 14}
reasons: {call: {volume: 300 per day, handle: {exponential: 4 min}}}
pools:
  desk: {agents: {2026-11-23 09:00-17:00: 5, 2026-11-24 09:00-17:00: 4, mon-fri 17:00-20:00: 2}}
"""
    _, duty = played(text, tmp_path, engine)
    counted = duty.on < 14 * 24 * 60 * MINUTE
    assert (duty.off - duty.on)[counted].sum() == 132 * 60 * MINUTE


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_down_dismisses_those_who_wait_and_lets_talks_go_on(
    engine: str, tmp_path: Path
) -> None:
    # Calls at 13:50, 13:55 and 14:30, one agent, 20 minutes each; the line is down from 14 to 16:
    # the first is answered and talks until 14:10, the others find the door closed, one of them
    # when it closes.
    rows = "".join(f"2026-01-05 {clock}\n" for clock in ("13:50:00", "13:55:00", "14:30:00"))
    (tmp_path / "calls.csv").write_text("time\n" + rows)
    text = """
calendar:
  days: 1
  events: {down: {at: 2026-01-05 14:00-16:00, channels: {phone: closed}}}
reasons: {call: {arrivals: {replay: calls.csv}, handle: 20 min}}
pools: {desk: {agents: 1}}
"""
    log, _ = played(text, tmp_path, engine)
    assert log.outcome.tolist() == [0, 4, 4]
    assert (log.ended / 3600).tolist() == pytest.approx([13 + 5 / 6, 14, 14.5])
    assert log.freed[0] == pytest.approx(14 * 3600 + 600)
