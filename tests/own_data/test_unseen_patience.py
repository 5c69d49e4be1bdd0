"""Patience that is not seen: of who left a chat unnoticed, and beyond the longest waits."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_centre import centre, half_hours, log_of

from sim.data import Choices, fit, read_data
from sim.data.fitting.durations import fit_patience
from sim.data.fitting.reports import fit_intervals
from sim.data.maps import Source
from sim.data.tables import INTERVALS, typed


@pytest.mark.parametrize("told", [True, False])
def test_who_left_unnoticed_had_less_patience_than_their_wait(told: bool) -> None:
    # 6,000 chats are offered a wait; half of those who leave before are seen to leave, of the
    # others an agent finds out. Taken for answered, patience comes out far too long: of 100 s
    # the rate of leaving is seen half the time, and exposure is longer
    chance = np.random.default_rng(5)
    offered, patience = chance.exponential(120, 6000), chance.exponential(100, 6000)
    left = patience < offered
    noticed = left & (chance.random(6000) < 0.5)
    wait = np.where(noticed, patience, offered)
    silent = left & ~noticed if told else None
    found = fit_patience(wait, noticed, np.arange(6000) % 40, False, silent)
    assert found is not None
    assert found.times is not None
    mean = found.times.mean
    if told:
        assert found.times.family.name == "exponential"
        assert abs(mean.value - 100) < 2.5 * (mean.high - mean.low) / 2  # 5 standard errors
        assert mean.n == left.sum()
    else:
        assert mean.low > 150


def test_chats_of_a_few_seconds_are_reported_and_a_column_tells_them(tmp_path: Path) -> None:
    lines = ["start,media,status,wait (s),talk (s),gone"]
    for i in range(600):
        moment = datetime.datetime(2026, 2, 2, 9 + i % 8, i % 60) + datetime.timedelta(i // 20)
        status, talk = ("abandoned", "") if i % 5 == 0 else ("answered", 200 + i % 90)
        if i % 7 == 0 and talk:
            talk = 4
        lines.append(f"{moment},chat,{status},{20 + i % 50},{talk},{'yes' if talk == 4 else 'no'}")
    (tmp_path / "log.csv").write_text("\n".join(lines))
    data = read_data(tmp_path / "log.csv")
    assert any("took under 10 s: customers who may have left" in one for one in fit(data).notes)
    columns = {**data.map.columns, "silent": Source(column=("gone",))}
    told = read_data(tmp_path / "log.csv", data.map.model_copy(update={"columns": columns}))
    assert told.contacts is not None
    assert told.contacts["silent"].sum() == (told.contacts["talk"] == 4).sum() > 60
    assert any("had left unnoticed when an agent answered" in one for one in fit(told).notes)


def test_whole_seconds_make_nobody_balk() -> None:
    # 300,000 wait, of patience 150 s on average: 1 in 300 gives up within half a second, written 0
    chance = np.random.default_rng(3)
    patience, offered = chance.exponential(150, 300_000), chance.exponential(40, 300_000)
    wait, day = np.round(np.minimum(patience, offered)), np.arange(300_000) % 120
    found = fit_patience(wait, patience < offered, day)
    assert found is not None
    assert found.balk.value == 0
    some = chance.random(300_000) < 0.02  # with some who do not wait at all
    found = fit_patience(np.where(some, 0.0, wait), some | (patience < offered), day)
    assert found is not None
    assert found.balk.value == pytest.approx(0.02, abs=0.001)


def test_patience_that_few_wait_to_see_is_as_unsure_as_its_family() -> None:
    # gamma of cv 0.7, of which waits show the beginning alone: a Weibull does as well there, and
    # has another mean. Of 40 samples the interval of 95 % holds the truth in 34 or more, which
    # a true one fails three times in a thousand; without the doubt about the family it was 26
    chance, hits = np.random.default_rng(11), 0
    for _ in range(40):
        patience, offered = chance.gamma(2, 90, 1500), chance.exponential(30, 1500)
        wait, gave_up = np.minimum(patience, offered), patience < offered
        found = fit_patience(wait, gave_up, np.arange(1500) % 40)
        assert found is not None
        assert found.times is not None
        hits += found.times.mean.low <= 180 <= found.times.mean.high
    assert hits >= 34


def test_patience_of_the_hasty_and_the_patient_is_a_mixture() -> None:
    # a third wait a minute on average, the others 400 s: 286.7 s in all. As a lognormal the mean
    # would be near 800 s, and its interval far off
    chance = np.random.default_rng(12)
    patience = np.where(chance.random(9000) < 1 / 3, 60.0, 400.0) * chance.exponential(1, 9000)
    offered = chance.exponential(100, 9000)
    found = fit_patience(np.minimum(patience, offered), patience < offered, np.arange(9000) % 40)
    assert found is not None
    times = found.times
    assert times is not None
    assert times.family.name == "mixture of the hasty and the patient"
    assert abs(times.mean.value - 286.7) < 2.5 * (times.mean.high - times.mean.low) / 2
    assert times.mean.high < 2 * times.mean.low
    text = times.text(lambda seconds: f"{seconds:.0f} s")
    assert text.startswith("{mixture: [[")
    assert text.count("exponential") == 2
    few = offered / 10  # of whom nobody waits to see the patient ones: some family, not one of 1e9
    found = fit_patience(np.minimum(patience, few), patience < few, np.arange(9000) % 40)
    assert found is not None
    assert found.times is not None
    assert found.times.mean.high < 1e5


def test_a_log_without_the_wait_of_who_gave_up_does_not_say_that_nobody_did(tmp_path: Path) -> None:
    lines = ["start,status,wait (s),talk (s)"]
    for i in range(900):
        moment = datetime.datetime(2026, 2, 2, 9 + i % 8, i % 60) + datetime.timedelta(i // 30)
        gone = i % 9 == 0
        lines.append(f"{moment},{'abandoned,,' if gone else f'answered,{20 + i % 50},200'}")
    (tmp_path / "log.csv").write_text("\n".join(lines))
    assumed = fit(read_data(tmp_path / "log.csv")).assumed["reasons.contacts.patience"]
    assert assumed == "the data do not say how long who gave up waited: nobody does"


def test_a_report_says_that_patience_is_not_exponential() -> None:
    # patience is uniform up to 200 s: who waits long gives up at a higher rate, and waits are long
    # from 12 to 16
    chance, rows = np.random.default_rng(2), []
    for day in (one for one in range(56) if one % 7 < 5):
        for slot in range(16, 36):
            offered = chance.exponential(90.0 if 24 <= slot < 32 else 15.0, 30)
            patience = chance.uniform(0, 200, 30)
            wait, gone = np.minimum(offered, patience), patience < offered
            rows.append((day, slot, gone.sum(), wait[gone].sum(), wait[~gone].sum()))
    names = ["day", "slot", "abandoned", "wait_abandoned", "wait_answered"]
    frame = pd.DataFrame(rows, columns=names).assign(offered=30.0, length=1800.0, staff=9.0)
    start = pd.Timestamp("2026-02-02") + pd.to_timedelta(frame["day"], unit="D")
    frame["start"] = start + pd.to_timedelta(1800 * frame["slot"], unit="s")
    frame["answered"] = 30 - frame["abandoned"]
    frame = frame.assign(handle=200 * frame["answered"], queue="a", channel="phone", again=False)
    found = fit_intervals(typed(frame, INTERVALS), Choices(), None)
    said = [one for one in found.notes if one.startswith("a: customers give up at another rate")]
    assert len(said) == 1
    same = frame.assign(wait_abandoned=0.0, wait_answered=150.0 * frame["abandoned"])
    notes = fit_intervals(typed(same, INTERVALS), Choices(), None).notes
    assert not any("another rate" in one for one in notes)


@pytest.mark.parametrize(
    ("patience", "shape"),
    [("{weibull: {scale: 203 s, shape: 2}}", 2.0), ("{lognormal: {mean: 3 min, cv: 1}}", None)],
)
def test_a_report_that_tells_how_long_who_gave_up_had_waited_tells_the_shape(
    patience: str, shape: float | None
) -> None:
    # Both have a mean of 180 s. With exponential patience that has the total wait over abandoned it
    # would be 395 s and 254 s, for nobody gives up at once. How the lognormal one goes on beyond
    # the waits no report tells; the interval has room for it
    scenario = centre(reasons__sales__patience=patience, reasons__sales__retry=None)
    table = half_hours(log_of(scenario, seed=8))
    found = fit_intervals(table, Choices(), None)
    times = found.queues[0].patience.times
    assert times.family.name == "weibull"
    assert times.mean.low < 180 < times.mean.high
    assert "Weibull, by how long who gave up had waited" in found.text
    if shape is not None:
        assert np.exp(times.fitted.theta[1]) == pytest.approx(shape, rel=0.15)
        assert times.mean.value == pytest.approx(180, rel=0.1)
    alone = fit_intervals(table.assign(wait_abandoned=np.nan), Choices(), None)
    assert alone.queues[0].patience.times.family.name == "exponential"
    assert "totals do not tell" in alone.text
