"""A roster beside a log: who came, how late, and what of the time was free for contacts.

The log is made by a few lines of numpy that share no rule with the product. Intervals are widened
to 5 standard errors: a false alarm of 6e-7 each.
"""

from __future__ import annotations

import heapq
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.data import Choices, Fit, read_roster
from sim.data.fitting.days import Days
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.reports import fit_intervals
from sim.data.fitting.roster import Roster, _together, fit_attendance
from sim.data.fitting.staffing import Pools, Spells
from sim.data.remarks import Remarks
from sim.data.tables import CONTACTS, INTERVALS, typed
from sim.report.fit import report as page
from sim.scenario import ScenarioError
from sim.scenario.times import TimesOfWeek

PRESENCE, LATE = 0.85, 300.0
SHIFTS = {f"Agent {chr(65 + one)}": (8, 9, 10)[one % 3] for one in range(12)}  # for 8 h from then
LUNCH = 4.0  # hours after the begin, for half an hour
RATE, TALK = 62.0, 220.0  # contacts each half hour, seconds


def near(found: Interval, truth: float) -> bool:
    wide = found.high - found.value if truth > found.value else found.value - found.low
    return abs(found.value - truth) <= 2.5 * wide


@cache
def log(seed: int = 1, weeks: int = 8) -> pd.DataFrame:
    """Eight weeks of a centre that opens from 8 to 18; first come first served, patience 3 min."""
    chance, rows = np.random.default_rng(seed), []
    for day in (one for one in range(7 * weeks) if one % 7 < 5):
        free: list[tuple[float, str]] = []
        for name, hour in SHIFTS.items():
            if chance.random() < PRESENCE:
                heapq.heappush(free, (3600.0 * hour + chance.exponential(LATE), name))
        times = 8 * 3600 + np.cumsum(chance.exponential(1800 / RATE, 4 * int(RATE) * 6))
        for time in times[times < 18 * 3600].tolist():
            patience, wait, agent, talk = chance.exponential(180), np.inf, "", 0.0
            while free:  # who is free first; for lunch or home once it is time
                since, agent = heapq.heappop(free)
                begin, hour = max(since, time), 3600 * SHIFTS[agent]
                lunch = hour + 3600 * LUNCH
                if begin < hour + 8 * 3600 and not lunch <= begin < lunch + 1800:
                    wait = begin - time
                    break
                if begin < lunch + 1800:
                    heapq.heappush(free, (lunch + 1800, agent))
            if wait <= patience:
                talk = chance.exponential(TALK)
                heapq.heappush(free, (time + wait + talk, agent))
            elif agent:
                heapq.heappush(free, (since, agent))
            answered = wait <= patience
            rows.append((day, time, min(wait, patience), answered, talk, agent * answered))
    found = pd.DataFrame(rows, columns=["day", "time", "wait", "answered", "talk", "agent"])
    seconds = 86400 * found["day"] + found["time"]
    found["arrived"] = pd.Timestamp("2026-02-02") + pd.to_timedelta(seconds, unit="s")
    found["outcome"] = np.where(found["answered"], "answered", "abandoned")
    found["talk"] = found["talk"].where(found["answered"])
    found = found.assign(queue="sales", channel="phone", again=False, chain=np.arange(len(found)))
    return typed(found, CONTACTS)


def written(folder: Path) -> Path:
    """The roster as an export of a planning tool."""
    lines = ["employee,weekday,from,to,activity"]
    for name, hour in SHIFTS.items():
        for day in ("mon", "tue", "wed", "thu", "fri"):
            lines.append(f"{name.upper()},{day},{hour:02d}:00,{hour + 8:02d}:00,shift")
            lunch = f"{hour + int(LUNCH):02d}"
            lines.append(f"{name.upper()},{day},{lunch}:00,{lunch}:30,lunch")
    (folder / "roster.csv").write_text("\n".join(lines))
    return folder / "roster.csv"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    roster = read_roster(written(tmp_path_factory.mktemp("roster")))
    return fit_contacts(log(), Choices(roster=roster), None)


def test_presence_and_lateness_come_back_and_agents_are_those_rostered(fitted: Fit) -> None:
    found = fitted.attendance[0]
    assert near(found.mean, PRESENCE)
    assert found.mean.n == 12 * 40
    assert near(found.late, LATE)
    assert found.together == 0
    # nobody is away but late: the log has them there for nearly all of the time
    assert found.free.value > 0.97
    pool = fitted.scenario.pools["agents"]
    assert pool.presence.mean == pytest.approx(PRESENCE, abs=0.04)
    assert pool.lateness.expectation() == pytest.approx(LATE, rel=0.25)
    rostered = [4, 8, 12, 12, 10, 10, 10, 12, 8, 4]  # from 8 to 17, less four at lunch for 30 min
    heads = fitted.heads(0)[0, 16:36].reshape(10, 2)
    assert heads.mean(axis=1).tolist() == rostered
    assert set(found.by_hour) == set(range(8, 18))
    planned, there = np.array(list(found.by_hour.values())).T
    assert planned.tolist() == [40 * one for one in rostered]
    # of the rostered hours: who does not come, and five minutes of 7.5 hours late
    assert 1 - there.sum() / planned.sum() == pytest.approx(1 - PRESENCE * (1 - 5 / 450), abs=0.03)


def test_the_scenario_and_the_page_say_it(fitted: Fit) -> None:
    assert "presence: 8" in fitted.text
    assert "of 480 rostered shifts" in fitted.text
    assert "lateness: {exponential: " in fitted.text
    assert "assumed: exponential" in fitted.text
    assert sim.loads(fitted.text) == fitted.scenario
    inputs = fitted.inputs(50)
    shares = inputs["pools.agents.presence"].str.rstrip(" %").astype(float)
    assert shares.mean() == pytest.approx(100 * PRESENCE, abs=4)
    row = inputs.iloc[3].to_dict()
    assert sim.loads(fitted.text, overrides=row).pools["agents"].presence.mean < 1
    sections = {one.name: one for one in page(fitted).sections}
    assert "shrinkage" in [getattr(one, "name", "") for one in sections["staff"].blocks]


def test_days_on_which_people_stay_away_together() -> None:
    # on every other of 60 days all 10 come, else 6: a mean of 80 %, variance of the number 4, of
    # independent people 1.6; excess over pairs: (4 * 60 / 59 - 1.6) / (90 * 0.16) = 0.171
    day = np.repeat(np.arange(60), 10)
    came = (np.arange(600) % 10 < 6) | (day % 2 == 0)
    assert _together(came, day, 0.8) == pytest.approx((4 * 60 / 59 - 1.6) / (90 * 0.16))
    generator = np.random.default_rng(1)
    assert _together(generator.random(600) < 0.8, day, 0.8) == 0


def test_who_came_by_hand() -> None:
    # two days, two people from 9 to 17: Ana 9:10-17 and not at all; Bo 9-12 and 13-17, and 9-17
    monday = np.datetime64("2026-02-02").astype(int)
    days = Days(monday + np.arange(2), np.arange(2), np.ones((2, 48)), {})
    rows = [("Ana", 0, 9 + 1 / 6, 17), ("Bo", 0, 9, 12), ("Bo", 0, 13, 17), ("Bo", 1, 9, 17)]
    names = np.array([row[0] for row in rows], object)
    on, off = (
        np.array([86400.0 * (monday + row[1]) + 3600 * row[at] for row in rows]) for at in (2, 3)
    )
    spells = Spells(np.zeros(4, int), on, off, names, on, np.zeros((1, 48)))
    table = typed(
        pd.DataFrame({"arrived": pd.to_datetime(on, unit="s"), "agent": names, "queue": "a"}),
        CONTACTS,
    )
    lines = [(TimesOfWeek.read("daily 09:00-17:00"), "work")]
    pools = Pools(("agents",), (("a",),), {"Ana": 0, "Bo": 0})
    roster = Roster({"ana": lines, "Bo": lines})
    found = fit_attendance(roster, table, pools, spells, days, Remarks())[0]
    assert found.mean.value == 3 / 4
    # of those who came 7:50 + 8 + 8 hours lay between first and last contact, one was missed
    assert found.free.value == pytest.approx(1 - 1 / (23 + 5 / 6))
    assert found.by_hour[12] == pytest.approx((4, 2))
    assert found.by_hour[9] == pytest.approx((4, 3 - 1 / 6))
    assert found.late is None  # of three shifts nothing is said


def test_names_that_do_not_match_are_refused_and_strangers_told(tmp_path: Path) -> None:
    lines = ["agent,weekday,from,to,activity", "Zoe,mon,09:00,17:00,work"]
    (tmp_path / "other.csv").write_text("\n".join(lines))
    with pytest.raises(ScenarioError, match=r"^roster: the agents of the log \(Agent A, Agent B"):
        fit_contacts(log(), Choices(roster=read_roster(tmp_path / "other.csv")), None)
    roster = written(tmp_path)
    text = roster.read_text().replace("AGENT L", "Zoe")
    roster.write_text(text)
    notes = fit_contacts(log(), Choices(roster=read_roster(roster)), None).notes
    assert "1 person of the roster alone, never in the log: left out" in notes
    assert any(one.startswith("1 agent of the log alone, not rostered, with ") for one in notes)


@cache
def staffed(lunch: float) -> pd.DataFrame:
    """A report of eight weeks by half hour whose staff is a share of the twelve that are rostered.

    Each comes on 85 of 100 days; from 12 to 13 a share of those who came is in a meeting.
    """
    chance = np.random.default_rng(3)
    rows = []
    for day in (one for one in range(56) if one % 7 < 5):
        came = {name: chance.random() < PRESENCE for name in SHIFTS}
        for slot in range(16, 36):
            there = sum(
                came[name] and 2 * hour <= slot < 2 * hour + 16 for name, hour in SHIFTS.items()
            )
            staff = there * (1 - lunch) if slot in (24, 25) else there
            rows.append((day, slot, staff, chance.poisson(RATE)))
    frame = pd.DataFrame(rows, columns=["day", "slot", "staff", "offered"])
    start = pd.Timestamp("2026-02-02") + pd.to_timedelta(frame["day"], unit="D")
    frame["start"] = start + pd.to_timedelta(1800 * frame["slot"], unit="s")
    frame["answered"], frame["abandoned"] = frame["offered"], 0.0
    frame["wait_answered"], frame["handle"] = frame["offered"] * 5.0, frame["offered"] * TALK
    frame = frame.assign(length=1800.0, queue="sales", channel="phone", again=False)
    return typed(frame, INTERVALS)


def plain_roster(folder: Path) -> Roster:
    """Everybody of the twelve, on working days for eight hours without a break."""
    lines = ["agent,weekday,from,to,activity"]
    for name, hour in SHIFTS.items():
        days = ("mon", "tue", "wed", "thu", "fri")
        lines += [f"{name},{day},{hour:02d}:00,{hour + 8:02d}:00,work" for day in days]
    (folder / "plain.csv").write_text("\n".join(lines))
    return read_roster(folder / "plain.csv")


@pytest.mark.parametrize("lunch", [0.0, 0.2])
def test_a_roster_beside_a_report(tmp_path: Path, lunch: float) -> None:
    found = fit_intervals(staffed(lunch), Choices(roster=plain_roster(tmp_path)), None)
    (one,) = found.attendance
    assert one is not None
    # 480 shifts at 85 %: a standard error of 1.6 points, three times of which is allowed
    assert one.mean.value == pytest.approx(PRESENCE, abs=0.05)
    assert one.mean.low < PRESENCE < one.mean.high
    assert one.heads[0, 16:36].tolist() == [4, 4, 8, 8, *[12] * 12, 8, 8, 4, 4]
    if lunch:
        assert one.differs[12] * one.mean.value == pytest.approx(0.8 * PRESENCE, abs=0.05)
        assert "daily 12:00-13:00: " in found.text
    else:
        assert not one.differs
    planned, there = one.by_hour[12]
    assert planned == 40 * 12
    assert there == pytest.approx(planned * PRESENCE * (1 - lunch), abs=0.05 * planned)
    team = found.scenario.pools["agents"]
    assert team.presence.mean == pytest.approx(one.mean.value, abs=0.001)
    assert "pools.agents.presence" + ".mean" * bool(lunch) in found.inputs(10)
    blocks = [block for section in page(found).sections for block in section.blocks]
    assert "shrinkage" in {getattr(block, "name", "") for block in blocks}


def test_a_roster_beside_a_report_that_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    chosen = Choices(roster=plain_roster(tmp_path))
    with pytest.raises(ScenarioError, match="or a report of how many were there"):
        fit_intervals(staffed(0.0).assign(staff=np.nan), chosen, None)
    with pytest.raises(ScenarioError, match="add a column `team` to it, with the names of queues"):
        fit_intervals(two_queues(), chosen, None)
    (tmp_path / "two.csv").write_text("agent,times,activity,team\nA,mon,work,x\nA,tue,work,y\n")
    with pytest.raises(ScenarioError, match=r"two.csv:3: `A` is in the team `x` too; say one"):
        read_roster(tmp_path / "two.csv")


def two_queues() -> pd.DataFrame:
    """The report of sales, and service with one agent of its own, who is there on 4 of 5 days."""
    other = staffed(0.0).assign(queue="service", offered=4.0, answered=4.0, handle=4 * TALK)
    other["staff"] = (other["start"].dt.day_of_week < 4).astype(float)
    return pd.concat([staffed(0.0), other.assign(channel="phone")], ignore_index=True)


@pytest.mark.parametrize("service", ["service", "SERVICE agents"])
def test_a_roster_says_who_is_in_which_pool(tmp_path: Path, service: str) -> None:
    plain_roster(tmp_path)
    first, *lines = (tmp_path / "plain.csv").read_text().splitlines()
    lines = [f"{first},team", *(f"{line},Sales" for line in lines)]
    lines += [
        f"Zoe,{day},08:00,18:00,work,{service}" for day in ("mon", "tue", "wed", "thu", "fri")
    ]
    (tmp_path / "teams.csv").write_text("\n".join([*lines, "Max,mon,08:00,18:00,work,kitchen"]))
    chosen = Choices(roster=read_roster(tmp_path / "teams.csv"))
    found = fit_intervals(two_queues(), chosen, None)
    assert found.pools.names == ("sales agents", "service agents")
    sales, other = found.attendance
    assert sales is not None
    assert other is not None
    alone = fit_intervals(staffed(0.0), Choices(roster=plain_roster(tmp_path)), None).attendance[0]
    assert alone is not None
    assert sales.mean.value == alone.mean.value
    assert other.mean.value == pytest.approx(0.8)
    assert other.heads[0, 16:36].tolist() == [1] * 20
    said = "1 person of the roster left out, for no queue is called like their team: kitchen"
    assert said in found.notes
    assert found.scenario.pools["service agents"].presence.mean == pytest.approx(0.8)


def test_the_command_takes_a_roster(tmp_path: Path) -> None:
    export = log().rename(columns={"arrived": "Start", "agent": "Agent", "queue": "Queue"})
    export[["Start", "Agent", "Queue", "outcome", "wait", "talk"]].to_csv(
        tmp_path / "log.csv", index=False
    )
    said = ["fit", str(tmp_path / "log.csv"), "--roster", str(written(tmp_path))]
    ended = CliRunner().invoke(app, [*said, "-o", str(tmp_path / "found.yaml")])
    assert ended.exit_code == 0, ended.output
    assert "presence" in ended.output
    assert sim.load(tmp_path / "found.yaml").pools["agents"].presence.mean < 0.9
    (tmp_path / "roster.csv").write_text("agent,weekday,from,to,activity\nA,mon,9:00,8,holidays\n")
    ended = CliRunner().invoke(app, said)
    assert ended.exit_code == 2
    assert "roster.csv:2: `holidays` is not an activity" in ended.output
