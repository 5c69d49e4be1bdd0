"""Shifts, rosters and breaks of their own: spells worked out by hand; who comes, and when."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawing import drawn, setting_of

from sim.draws import draw, prepare
from sim.scenario import loads
from sim.tables import Draws

HOUR = 3600.0


def pool(**said: Any) -> dict[str, Any]:
    return {"pools": {"team": said}, "channels": {"phone": {"hours": "daily"}}}


def spells(draws: Draws, days: int = 1) -> list[tuple[int, float, float]]:
    """Agent, on and off in hours; 2026-01-05 is a Monday."""
    rows = zip(draws.duty_agent, draws.duty_on / HOUR, draws.duty_off / HOUR, strict=True)
    return [(int(agent), on, off) for agent, on, off in rows if on < 24 * days]


def hours(draws: Draws, days: int = 7) -> float:
    return sum(off - on for _, on, off in spells(draws, days))


# --- head counts ------------------------------------------------------------------------------


def test_those_who_have_been_there_longest_leave() -> None:
    # 4 come at 8, 2 more at 10; at 12 four are wanted: the two of 10 o'clock stay, and of the four
    # who came at 8 the lowest numbers.
    draws = drawn(**pool(agents={"mon 08:00-10:00": 4, "mon 10:00-12:00": 6, "mon 12:00-14:00": 4}))
    assert spells(draws) == [
        (0, 8, 14),
        (1, 8, 14),
        (2, 8, 12),
        (3, 8, 12),
        (4, 10, 14),
        (5, 10, 14),
    ]


# --- shifts -----------------------------------------------------------------------------------


def test_people_of_a_shift_leave_when_another_begins() -> None:
    shifts = {
        "early": {"count": 2, "at": "mon 07:00-15:00"},
        "late": {"count": 1, "at": "mon 15:00-23:00"},
    }
    assert spells(drawn(**pool(shifts=shifts))) == [(0, 7, 15), (1, 7, 15), (2, 15, 23)]


def test_shifts_back_to_back_have_no_break_that_none_of_them_covers() -> None:
    # 5 days, 4 + 4 people, 8 h each, a break 13-17 that no shift covers: 5 x 8 x 8 h = 320 h.
    shifts = {
        "early": {"count": 4, "at": "mon-fri 07:00-15:00"},
        "late": {"count": 4, "at": "mon-fri 15:00-23:00"},
    }
    pauses = [{"between": "mon-fri 13:00-17:00", "length": "1 h"}]
    assert hours(drawn(**pool(shifts=shifts, breaks=pauses)), 5) == 320


def test_breaks_of_a_shift_are_spread_evenly() -> None:
    # 08:00 + 3 h = 11:00 to 13:00 - 30 min = 12:30, three people: 11:00, 11:45, 12:30.
    shift = {
        "count": 3,
        "at": "mon 08:00-16:30",
        "breaks": [{"length": "30 min", "after": "3 h", "within": "2 h"}],
    }
    begun = [
        (off, on) for (_, _, off), (_, on, _) in _pairs(drawn(**pool(shifts={"early": shift})))
    ]
    assert begun == [(11.0, 11.5), (11.75, 12.25), (12.5, 13.0)]


def _pairs(draws: Draws) -> list[tuple[tuple[int, float, float], tuple[int, float, float]]]:
    found = spells(draws)
    return [(a, b) for a, b in pairwise(found) if a[0] == b[0]]


def test_breaks_are_in_the_middle_half_and_do_not_meet() -> None:
    # 8 h from 08:00: 10:00 to 14:00. One person: both would begin at 10:00, so the second comes
    # right after the first. A break that meets another is one gap of 45 min.
    shift = {
        "count": 1,
        "at": "mon 08:00-16:00",
        "breaks": [{"length": "30 min"}, {"length": "15 min"}],
    }
    draws = drawn(**pool(shifts={"s": shift}))
    assert spells(draws) == [(0, 8, 10), (0, 10.75, 16)]


def test_a_shift_has_its_own_breaks_at_times_of_the_week() -> None:
    pause = {"between": "mon 12:00-13:00", "length": "1 h"}
    shifts = {
        "a": {"count": 1, "at": "mon 08:00-16:00", "breaks": [pause]},
        "b": {"count": 1, "at": "mon 08:00-16:00"},
    }
    assert spells(drawn(**pool(shifts=shifts))) == [(0, 8, 12), (0, 13, 16), (1, 8, 16)]


def test_speed_and_ramp_by_week_of_employment() -> None:
    # Two weeks from 5 January, employed since 29 December: weeks 2 and 3 of a ramp from 60 % in
    # week 1 to 100 % in week 5: 70 % and 80 %, times a speed of 2: slowness 1/1.4 and 1/1.6.
    ramp = {
        "count": 1,
        "at": "mon 08:00-16:00",
        "speed": 2,
        "ramp": [[1, 0.6], [5, 1]],
        "since": "2025-12-29",
    }
    slow = drawn(calendar={"days": 14}, **pool(shifts={"new": ramp})).duty_slowness
    assert slow[:2] == pytest.approx([1 / 1.4, 1 / 1.6])
    assert slow[-1] == 0.5  # 26 January is in week 5


def test_no_new_contact_before_the_end_of_a_shift_but_before_a_break() -> None:
    shift = {"count": 1, "at": "mon 08:00-16:00", "breaks": [{"length": "1 h"}]}
    draws = drawn(**pool(shifts={"s": shift}, last_contact="10 min"))
    assert spells(draws) == [(0, 8, 10), (0, 11, 16)]
    assert (draws.duty_last[:2] / HOUR).tolist() == [10, 16 - 1 / 6]


# --- rosters ----------------------------------------------------------------------------------


def test_a_roster_of_two() -> None:
    # Ana works 8-16 with a break at 12 and a meeting 15-17, of which an hour is working time;
    # Bo works two lines that overlap, and has Tuesday off.
    roster = {
        "Ana": {
            "mon 08:00-16:00": "work",
            "mon 12:00-12:30": "break",
            "2026-01-05 15:00-17:00": "meeting",
        },
        "Bo": {"mon-tue 08:00-12:00": "work", "mon 10:00-14:00": "work", "2026-01-06": "off"},
    }
    setting = setting_of(calendar={"days": 2}, **pool(roster=roster))
    draws = draw(setting, 1, 0)
    assert spells(draws, 2) == [(0, 8, 12), (0, 12.5, 15), (1, 8, 14)]
    aside = setting.roster.aside
    week = aside.on < 2 * 24 * HOUR
    found = sorted(
        zip(
            aside.on[week] / HOUR,
            aside.off[week] / HOUR,
            setting.roster.activity[week],
            strict=True,
        )
    )
    assert found == [(12, 12.5, 3), (15, 17, 1)]  # break, meeting


def test_a_break_at_the_middle_of_the_night_belongs_to_the_day_of_the_shift() -> None:
    shift = {"count": 1, "at": "mon 22:00-06:00", "breaks": [{"length": "30 min"}]}
    setting = setting_of(calendar={"days": 2}, **pool(shifts={"night": shift}))
    assert spells(draw(setting, 1, 0), 2) == [(0, 22, 24), (0, 24.5, 30)]
    assert setting.roster.duty.day[:2].tolist() == [0, 0]


# --- who comes --------------------------------------------------------------------------------


def absent(together: float, replications: int = 150) -> np.ndarray:
    """[replication x day] of 10 people, how many do not come."""
    setting = setting_of(
        calendar={"days": 7},
        **pool(
            shifts={"s": {"count": 10, "at": "daily 08:00-16:00"}},
            presence={"mean": 0.9, "together": together},
        ),
    )
    found = []
    for replication in range(replications):
        draws = draw(setting, 1, replication)
        day = (draws.duty_on // (24 * HOUR)).astype(int)
        found += (10 - np.bincount(day[day < 7], minlength=7)).tolist()
    return np.array(found)


def test_absence_is_beta_binomial_by_day() -> None:
    # Of n people with chance q the variance is n q (1 - q) (1 + (n - 1) rho). 1,050 days:
    # without correlation 0.9, with rho = 0.2 it is 0.9 x 2.8 = 2.52. The standard error of a
    # variance is near var x sqrt((kurtosis - 1) / n): 0.045 and, with kurtosis about 7, 0.19;
    # five of them are a false alarm in less than one of a million.
    for rho, variance, error in ((0.0, 0.9, 0.05), (0.2, 2.52, 0.2)):
        found = absent(rho)
        assert found.mean() == pytest.approx(1.0, abs=5 * np.sqrt(variance / 1050))
        assert found.var() == pytest.approx(variance, abs=5 * error)


def test_a_higher_chance_takes_nobody_away() -> None:
    def spells_at(mean: float) -> set[tuple[int, float, float]]:
        return set(spells(drawn(**pool(agents={"daily 08:00-16:00": 10}, presence=mean)), 7))

    assert spells_at(0.5) < spells_at(0.7) < spells_at(1)


def test_the_late_come_late_once_a_day() -> None:
    # Everybody 15 minutes late: the first piece of the day is shorter, the one after the break
    # is not. A lateness of 9 hours leaves nothing of an 8-hour day.
    shift = {"count": 2, "at": "mon 08:00-16:00", "breaks": [{"length": "1 h"}]}
    draws = drawn(**pool(shifts={"s": shift}, lateness="15 min"))
    assert spells(draws) == [(0, 8.25, 10), (0, 11, 16), (1, 8.25, 13), (1, 14, 16)]
    assert spells(drawn(**pool(shifts={"s": shift}, lateness="9 h"))) == []


def test_meetings_take_whole_hours_of_some() -> None:
    # 100 people, 8 hours, 70 % free from 10 to 12: 5.6 to 6 + 2 x 0.7 = 7.4 h each on average.
    # Binomial of 200 person-hours: sd 6.5 h of 740; five of them.
    said = {"mon 10:00-12:00": 0.7}
    draws = drawn(**pool(agents={"mon 08:00-16:00": 100}, presence={"by_hour": said}))
    assert hours(draws, 1) == pytest.approx(740, abs=33)
    assert all(on in (8, 11, 12) and off in (10, 11, 16) for _, on, off in spells(draws))


def test_breaks_at_random_moments() -> None:
    # 8 a day of 3 minutes, always there, 7 days x 40 people: 2,240 expected, sd 47; five of them.
    pauses = [{"random": "8 per day", "length": "3 min"}]
    draws = drawn(**pool(agents=40, breaks=pauses))
    gaps = (draws.duty_on[1:] - draws.duty_off[:-1])[draws.duty_agent[1:] == draws.duty_agent[:-1]]
    week = draws.duty_on[1:][draws.duty_agent[1:] == draws.duty_agent[:-1]] < 7 * 24 * HOUR
    assert gaps[week].sum() / 180 == pytest.approx(2240, abs=236)
    assert set(np.unique(gaps) % 180) == {0}  # one after the other, never shorter


def test_random_breaks_per_hour_of_duty() -> None:
    # 2 an hour for 4 hours of duty in two pieces, 200 people: 1,600, sd 40.
    shifts = {
        "s": {
            "count": 200,
            "at": "mon 08:00-12:30",
            "breaks": [{"length": "30 min"}, {"random": "2 per hour", "length": "1 min"}],
        }
    }
    assert (200 * 4 - hours(drawn(**pool(shifts=shifts)), 1)) * 60 == pytest.approx(1600, abs=220)


def test_more_people_change_nobodys_luck() -> None:
    def of(count: int) -> list[tuple[int, float, float]]:
        said = {
            "presence": {"mean": 0.8, "together": 0.1, "by_hour": 0.9},
            "lateness": {"exponential": "10 min"},
            "breaks": [{"random": "4 per day", "length": "5 min"}],
        }
        return spells(drawn(**pool(agents={"daily 08:00-16:00": count}, **said)), 7)

    assert [spell for spell in of(9) if spell[0] < 4] == of(4)


# --- files ------------------------------------------------------------------------------------


def test_a_roster_and_head_counts_from_files(tmp_path: Any) -> None:
    (tmp_path / "roster.csv").write_text(
        "agent,date,from,to,activity\n"
        "Ana,2026-01-05,08:00,16:00,work\nAna,2026-01-05,12:00,13:00,break\nBo,2026-01-06,09:00,10:00,work\n"
    )
    (tmp_path / "heads.csv").write_text("date,from,to,agents\n2026-01-06,09:00,17:00,2\n")
    text = (
        "reasons: {a: {volume: 700 per week, handle: 5 min}}\n"
        "pools: {named: {roster: {file: roster.csv}}, heads: {agents: {file: heads.csv}}}\n"
    )
    draws = draw(prepare(loads(text, str(tmp_path / "scenario.yaml"))), 1, 0)
    assert spells(draws, 7) == [(0, 8, 12), (0, 13, 16), (1, 33, 34), (2, 33, 41), (3, 33, 41)]


def test_a_roster_in_the_words_of_an_export(tmp_path: Any) -> None:
    (tmp_path / "roster.csv").write_text(
        "Employee;Date;From;To;Activity\nAna;05.01.2026;08:00;16:00;Shift\n"
        "Ana;05.01.2026;12:00;13:00;Lunch\nBo;13.01.2026;;;Vacation\n"
    )
    text = (
        "reasons: {a: {volume: 700 per week, handle: 5 min}}\n"
        "pools: {named: {roster: {file: roster.csv}}}\n"
    )
    one = loads(text, str(tmp_path / "scenario.yaml"))
    assert spells(draw(prepare(one), 1, 0), 2) == [(0, 8, 12), (0, 13, 16)]
    assert {name: set(lines.values()) for name, lines in one.pools["named"].roster.items()} == {
        "Ana": {"work", "break"},
        "Bo": {"off"},
    }
