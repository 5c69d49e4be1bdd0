"""Hours are paid as they were rostered: an independent reader adds a roster up minute by minute."""

from __future__ import annotations

import csv
import datetime
import random
from collections import defaultdict
from pathlib import Path

import pytest

from sim.experiment.simulation import Simulation
from sim.measures.slices import slices_of
from sim.measures.tally import COLUMN
from sim.scenario import Scenario, loads

HEAD = "reasons: {a: {volume: 40 per day, handle: 5 min}}\nchannels: {phone: {hours: daily}}\n"


def sums(scenario: Scenario) -> dict[str, float]:
    """The totals of one replication."""
    return slices(scenario)["total", "all"]


def slices(scenario: Scenario) -> dict[tuple[str, str], dict[str, float]]:
    """(split, group) -> the sums of one replication."""
    tally, _ = Simulation.of(scenario, 1, "compiled").measure(0)
    rows = zip(slices_of(scenario).labels, tally.sums.tolist(), strict=True)
    return {label: dict(zip(COLUMN, row, strict=True)) for label, row in rows}


def team(said: str, days: int = 1) -> dict[str, float]:
    return sums(loads(f"calendar: {{days: {days}}}\n{HEAD}pools: {{team: {said}}}\n"))


def test_paid_breaks_are_paid_and_others_are_not() -> None:
    # 2 people, 8 h, with 30 min unpaid and 15 min paid: on duty 7.25 h, rostered and paid 7.5 h,
    # at 20 an hour 300.
    found = team(
        "{shifts: {s: {count: 2, at: mon 08:00-16:00, breaks: [{length: 30 min},"
        " {length: 15 min, paid: true, after: 1 h}]}}, contract: {per_hour: 20}}"
    )
    assert found["duty"] == 2 * 7.25 * 3600
    assert found["rostered"] == found["paid"] == 2 * 7.5 * 3600
    assert found["cost_hours"] == 300
    assert found["absent"] == 0


@pytest.mark.parametrize(("sick_paid", "cost"), [("100 %", 1600), ("70 %", 1120), ("0 %", 0)])
def test_sick_people_are_paid(sick_paid: str, cost: float) -> None:
    # Nobody of 10 comes; 8 h at 20 an hour, of which the share is paid.
    found = team(
        "{agents: {mon 08:00-16:00: 10}, presence: 0 %,"
        f" contract: {{per_hour: 20, sick_paid: {sick_paid}}}}}"
    )
    assert found["duty"] == 0
    assert found["absent"] == found["rostered"] == 80 * 3600
    assert found["cost_hours"] == pytest.approx(cost)


def test_the_absent_keep_their_unpaid_breaks() -> None:
    found = team(
        "{shifts: {s: {count: 1, at: mon 08:00-16:00, breaks: [{length: 1 h}]}}, presence: 0 %,"
        " contract: {per_hour: 20}}"
    )
    assert found["rostered"] == found["absent"] == 7 * 3600
    assert found["cost_hours"] == 140


def test_meetings_lateness_and_random_breaks() -> None:
    # Hours in meetings, late minutes and paid random breaks are paid: 10 people x 8 h. Random
    # breaks that are not paid are left out of what is rostered; what is on duty is the same.
    said = (
        "{{agents: {{mon 08:00-16:00: 10}}, presence: {{by_hour: 70 %}}, lateness: 12 min,"
        " breaks: [{{random: 3 per day, length: 5 min, paid: {}}}], contract: {{per_hour: 20}}}}"
    )
    paid, unpaid = team(said.format("true")), team(said.format("false"))
    assert paid["paid"] == paid["rostered"] == pytest.approx(80 * 3600)
    assert paid["cost_hours"] == pytest.approx(1600)
    assert unpaid["duty"] == paid["duty"] < 0.75 * 80 * 3600
    lost = paid["paid"] - unpaid["paid"]
    assert 0 < lost <= 30 * 2 * 300  # at most twice as many as expected
    assert lost % 1 == pytest.approx(0, abs=1e-6) or lost > 0


# --- a roster of 40 people --------------------------------------------------------------------

PEOPLE = [f"Agent {number:02d}" for number in range(40)]
START = datetime.date(2026, 11, 2)
RATE, SATURDAY, EVENING, NIGHT = 2140, 25, 20, 40  # cents an hour; percent


def rows() -> list[tuple[str, str, str, str, str]]:
    """Four weeks: early, late and night shifts, breaks, meetings, training, days off, part time."""
    chance = random.Random(7)
    found = []
    for name in PEOPLE:
        for day in range(28):
            date = START + datetime.timedelta(days=day)
            if chance.random() < 0.3:
                continue
            begin = chance.choice([6 * 60, 8 * 60, 13 * 60, 15 * 60 + 30, 22 * 60])
            length = chance.choice([240, 360, 480, 510])
            found.append((name, date, begin, length, "work"))
            if length > 240:
                pause = begin + chance.randrange(120, 240, 15)
                found.append((name, date, pause, chance.choice([15, 30, 45]), "break"))
            if chance.random() < 0.2:
                meeting = begin + chance.randrange(0, length - 60, 5)
                activity = chance.choice(["meeting", "training"])
                found.append((name, date, meeting, 60, activity))
            if chance.random() < 0.05:
                found.append((name, date, 0, 0, "off"))
    return [_row(*one) for one in found]


def _row(
    name: str, date: datetime.date, begin: int, length: int, activity: str
) -> tuple[str, str, str, str, str]:
    date += datetime.timedelta(days=begin // 1440)
    begin %= 1440
    end = (begin + length) % 1440
    clock = ["", ""] if length == 0 else [f"{t // 60:02d}:{t % 60:02d}" for t in (begin, end)]
    return (name, str(date), *clock, activity)  # type: ignore[return-value]


def by_hand(table: list[tuple[str, str, str, str, str]]) -> tuple[int, int, int]:
    """Minutes of work and paid minutes, and 1/60 of 1/100 cents, minute by minute."""
    order = ["work", "meeting", "training", "break", "off"]
    minutes: dict[tuple[str, int], int] = defaultdict(lambda: -1)
    for name, date, begin, end, activity in table:
        midnight = (datetime.date.fromisoformat(date) - START).days * 1440
        low, high = 0, 1440
        if begin:
            low, high = (int(t[:2]) * 60 + int(t[3:]) for t in (begin, end))
            high += 1440 if high <= low else 0
        for minute in range(midnight + low, midnight + high):
            key = (name, minute)
            minutes[key] = max(minutes[key], order.index(activity))
    work = paid = money = 0
    for (_, minute), activity in minutes.items():
        if not 0 <= minute < 28 * 1440:
            continue
        percent = {0: 100, 1: 100, 2: 50, 3: 0, 4: 0}[activity]
        day, clock = divmod(minute, 1440)
        premium = 0
        if day % 7 == 5:
            premium = SATURDAY
        if clock >= 20 * 60:
            premium = max(premium, EVENING)
        if clock >= 23 * 60 or clock < 6 * 60:
            premium = max(premium, NIGHT)
        work += activity == 0
        paid += percent
        money += RATE * percent * (100 + premium)
    return work, paid, money


def test_a_roster_of_forty_over_four_weeks_to_the_cent(tmp_path: Path) -> None:
    table = rows()
    with (tmp_path / "roster.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("agent", "date", "from", "to", "activity"), *table])
    text = (
        f"calendar: {{start: {START}, days: 28}}\n{HEAD}"
        "pools: {team: {roster: {file: roster.csv}, contract: {per_hour: 21.40,"
        " paid: {training: 50 %}, premium: {sat: 25 %, daily 20:00-24:00: 20 %,"
        " daily 23:00-06:00: 40 %}}}}\n"
    )
    work, paid, money = by_hand(table)
    assert work > 100_000  # minutes: 40 people, four weeks
    for volume in ("0 per week", None):
        overrides = {} if volume is None else {"reasons.a.volume": volume}
        all_of = slices(loads(text, str(tmp_path / "scenario.yaml"), overrides=overrides))
        found = all_of["total", "all"]
        # a call that runs into a break is given back after it: less duty, the same pay
        assert found["duty"] == work * 60 if volume else found["duty"] <= work * 60
        assert found["paid"] == pytest.approx(paid * 0.6)
        assert round(found["cost_hours"], 2) == round(money / 60 / 1_000_000, 2)
        for name in PEOPLE:
            theirs, mine = all_of["agent", name], by_hand([row for row in table if row[0] == name])
            assert theirs["duty"] == mine[0] * 60 if volume else theirs["duty"] <= mine[0] * 60
            assert theirs["paid"] == pytest.approx(mine[1] * 0.6)
            # half a cent may fall either way
            assert theirs["cost_hours"] == pytest.approx(mine[2] / 60 / 1_000_000, abs=1e-6)
