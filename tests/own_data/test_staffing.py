"""Who was there, worked out by hand; opening hours, and volume that drifts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_centre import centre, log_of

from sim.data import Choices
from sim.data.fitting.arrivals import opened
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.staffing import _covered, at_least_one, find_pools, find_spells
from sim.data.tables import CONTACTS, typed

MONDAY = np.datetime64("2026-01-05").astype(int)


def calls(rows: list[tuple[str, float, float, str]]) -> pd.DataFrame:
    """Answered calls: arrival, seconds waited, seconds of talk, agent."""
    frame = pd.DataFrame(rows, columns=["arrived", "wait", "talk", "agent"])
    frame["arrived"] = pd.to_datetime("2026-01-05 " + frame["arrived"])
    frame = frame.assign(outcome="answered", queue="sales", channel="phone", again=False)
    return typed(frame, CONTACTS)


def heads(table: pd.DataFrame) -> np.ndarray:
    return find_spells(table, find_pools(table)).heads(0, np.array([MONDAY]))[0]


def test_an_agent_is_there_from_first_to_last_contact_and_half_a_gap_more() -> None:
    # 09:00-09:10, 09:20-09:30, 09:40-09:50: gaps of 10 min, so from 08:50 to 10:00
    table = calls([("09:00", 0, 600, "Ana"), ("09:20", 0, 600, "Ana"), ("09:40", 0, 600, "Ana")])
    assert heads(table)[17:20] * 1800 == pytest.approx([600, 1800, 1800])
    assert heads(table).sum() * 1800 == pytest.approx(4200)


def test_who_takes_no_call_while_somebody_waits_is_not_there() -> None:
    # Bo waits from 09:10 to 09:20 while Ana, free since 09:10, takes nobody: away for 10 min
    table = calls([("09:00", 0, 600, "Ana"), ("09:10", 600, 600, "Ana")])
    assert heads(table).sum() * 1800 == pytest.approx(600 + 600)
    # nobody waits in the same gap: she was there all along
    idle = calls([("09:00", 0, 600, "Ana"), ("09:20", 0, 600, "Ana")])
    assert heads(idle).sum() * 1800 == pytest.approx(1800 + 2 * 600)


def test_who_has_little_to_do_is_not_away_for_it() -> None:
    # a talk of 10 min every hour: gaps of 50 min are usual, and the 110 min in which one talk did
    # not come are no break; so many of a busy agent are
    rows = [(f"{hour:02d}:00", 0.0, 600.0, "Ana") for hour in (8, 9, 10, 12, 13, 14)]
    present = heads(calls(rows))
    assert np.all(present[16:28] == 1)
    busy = [(f"{8 + i // 6:02d}:{10 * (i % 6):02d}", 0.0, 540.0, "Bo") for i in range(42)]
    lunch = [one for one in busy if not "11:00" <= one[0] < "12:50"]
    assert np.all(heads(calls(lunch))[23:25] == 0)


def test_who_waits_for_a_first_call_was_there_at_the_opening() -> None:
    # three of 8:00 get the first three calls, in turn; the fourth agent begins after six more
    rows = [(f"08:{2 * i:02d}", 0.0, 240.0, "ABC"[i % 3]) for i in range(15)]
    rows += [("08:17", 0.0, 240.0, "D"), ("08:25", 0.0, 240.0, "D")]
    present = heads(calls(sorted(rows)))
    assert present[16] == pytest.approx(3 + (13 + 4) / 30)  # D: gap of 4 min before, then to 8:30
    # while somebody waits from 8:02 to 8:03, whoever is not talking is not there: B and C came then
    waits = [("08:00", 0.0, 240.0, "A"), ("08:02", 60.0, 240.0, "B"), ("08:04", 0.0, 240.0, "C")]
    assert heads(calls(waits))[16] * 30 < 3 * 30 - 3


def test_an_open_queue_has_somebody_unless_customers_waited_long() -> None:
    # one talk at 9:00, one at 11:00 after 20 min of waiting: nobody was there then, else one is
    table = calls([("09:00", 0, 600, "Ana"), ("10:40", 1200, 600, "Ana")])
    pools, opened = find_pools(table), np.zeros((1, 48), bool)
    opened[0, 16:24] = True
    found = at_least_one(np.full((1, 48), 0.2), opened, np.array([MONDAY]), table, pools, 0)
    assert found[0, 15:25].tolist() == [0.2, 1, 1, 1, 1, 1, 0.2, 1, 1, 0.2]
    empty = at_least_one(np.zeros((1, 48)), opened, np.array([MONDAY]), table, pools, 0)
    assert not empty.any()


def test_seconds_covered_by_hand() -> None:
    # [10, 20], [15, 30] and [50, 60] cover 10-30 and 50-60
    seconds = _covered(np.array([50.0, 10.0, 15.0]), np.array([60.0, 20.0, 30.0]))
    moments = np.array([0.0, 12.0, 30.0, 40.0, 55.0, 99.0])
    assert seconds(moments).tolist() == [0, 2, 20, 20, 25, 30]


def test_staff_of_a_known_centre_is_as_it_was_under_heavy_load() -> None:
    # agents of the simulation take whoever waits: nobody is thought away
    busy = centre(pools__team__agents="{mon-fri 08:00-18:00: 4, sat 09:00-13:00: 1}")
    found = fit_contacts(log_of(busy).head(8000), Choices(), None).heads(0)
    assert np.all(found[:5, 24:36] == 4)  # 6 until noon: the lines of the centre add up
    assert np.all(np.abs(found[:5, 16:24] - 6) <= 1)
    assert np.all(found[5, 18:26] == 1)


def test_a_few_calls_at_night_do_not_open_the_centre() -> None:
    day = np.zeros(48)
    day[14:36] = 30.0
    day[1] = 2.0  # 00:30
    assert np.flatnonzero(opened(day)).tolist() == list(range(14, 36))
    assert opened(np.full(48, 3.0)).all()
    day[1] = 20.0
    assert np.flatnonzero(opened(day))[0] == 1


def test_volume_that_falls_is_said() -> None:
    log = log_of(centre())
    week = ((log["arrived"] - log["arrived"].min()).dt.days // 7).to_numpy()
    kept = np.random.default_rng(1).random(len(log)) < 0.92**week
    notes = fit_contacts(log[kept].reset_index(drop=True), Choices(), None).notes
    assert any("volume falls by" in note for note in notes)
    assert not any("volume" in note for note in fit_contacts(log, Choices(), None).notes)
