"""The log that `sim run --log` writes, read as an export of a centre; a known scenario comes back.

Intervals are widened to 5 standard errors, as in `test_fit.py`: a false alarm of 6e-7 each.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_centre import CENTRE
from played import contacts_of
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.data import fit, read_data
from sim.experiment.simulation import Simulation
from sim.scenario import ScenarioError
from sim.tables import Outcome

PASSED_ON = """
  repairs: {volume: 300 per week, profile: week, handle: {exponential: 6 min}}
pools:
  team: {agents: {mon-fri 08:00-18:00: 9, sat 09:00-13:00: 4}}
transfers:
  to repairs: {share: {sales: 20 %}, to: {reason: repairs}, at_most: 1}
"""
SCENARIO = CENTRE.replace("days: 56", "days: 14").split("\npools:")[0] + PASSED_ON


def test_who_is_called_back_has_left_the_queue(tmp_path: Path) -> None:
    text = SCENARIO.replace("days: 14", "days: 7").replace("08:00-18:00: 9", "08:00-18:00: 4")
    phone = "channels: {phone: {callback: {when_wait_over: 20 s, accept: 60 %, reach: 50 %}}}"
    scenario = sim.loads(f"{text}{phone}\n")
    _, log, _ = Simulation.of(scenario, 1, "compiled").play(0)
    here = (log.callback == 1) & (log.is_made | log.is_leg) & (log.arrived < 7 * 86400)
    assert here.sum() > 50
    found = contacts_of(scenario, log)
    # who accepts a callback has not been answered, whoever reaches them later, and waits no more
    assert (found["outcome"] == "flowed out").sum() == here.sum()
    gone = found[found["outcome"] == "flowed out"]
    assert set(gone["wait"]) == {0.0}
    assert set(gone["agent"].astype(str)) == {""}
    calls = (log.outcome == Outcome.ANSWERED) & (log.callback == 0) & (log.arrived < 7 * 86400)
    assert (found["outcome"] == "answered").sum() == calls.sum()
    (tmp_path / "centre.yaml").write_text(f"{text}{phone}\n")
    asked = ["run", str(tmp_path / "centre.yaml"), "-n", "1", "--log", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    read = read_data(next(tmp_path.glob("centre-*")) / "contacts.parquet").contacts
    assert read is not None
    assert read["outcome"].tolist() == found["outcome"].tolist()
    assert read["wait"].to_numpy() == pytest.approx(found["wait"].to_numpy(), abs=1e-5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs of two weeks, as the command writes them."""
    place = tmp_path_factory.mktemp("log")
    (place / "centre.yaml").write_text(SCENARIO)
    asked = ["run", str(place / "centre.yaml"), "-n", "4", "--log", "--out", str(place / "results")]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 0, ended.output
    return next((place / "results").glob("centre-*"))


def test_a_scenario_comes_back_from_its_own_log(folder: Path) -> None:
    data = read_data(folder / "contacts.parquet")
    assert "a log of `sim run --log` from 2026-01-05 on, 13 days" in data.told
    assert any(one.startswith("4 replications one after the other, 14 days") for one in data.told)
    found = {queue.name: queue for queue in fit(data).queues}
    sales = found["sales"]
    truths = [
        (sales.arrivals.per_week, 2400),
        (sales.arrivals.busyness, 0.12),
        (sales.handle.mean, 240),
        (sales.wrap.mean, 40),
        (sales.patience.times.mean, 180),
        (sales.retry.share, 0.4),
        (sales.retry.after, 600),
        (found["repairs"].arrivals.per_week, 300),
        (found["repairs"].handle.mean, 360),
        (fit(data).transfers[0].share, 0.2),
    ]
    for one, truth in truths:
        wide = 2.5 * (one.high - one.value if truth > one.value else one.value - one.low)
        assert abs(one.value - truth) <= wide, (one, truth)


def test_it_is_the_log_that_was_played(folder: Path) -> None:
    # row by row what the engine logged, two weeks apart; texts of a CSV as the Parquet file
    read = read_data(folder / "contacts.parquet").contacts
    scenario = sim.loads(SCENARIO)
    for replication in range(4):
        _, log, _ = Simulation.of(scenario, 1, "compiled").play(replication)
        played = contacts_of(scenario, log)
        since = pd.Timestamp("2026-01-05") + pd.Timedelta(days=14 * replication)
        mine = read[(read["arrived"] >= since) & (read["arrived"] < since + pd.Timedelta(days=13))]
        played = played[played["arrived"] < pd.Timestamp("2026-01-05") + pd.Timedelta(days=13)]
        assert len(mine) == len(played) > 4000
        moved = mine["arrived"] - pd.Timedelta(days=14 * replication)
        assert (moved.to_numpy() == played["arrived"].to_numpy()).all()
        for name in ("wait", "talk", "wrap"):
            assert np.allclose(mine[name], played[name], equal_nan=True, atol=1e-5)
        for name in ("queue", "channel", "outcome"):
            assert (mine[name].astype(str).to_numpy() == played[name].astype(str).to_numpy()).all()
        assert (mine["leg"].to_numpy() == played["leg"].to_numpy()).all()
        assert mine["customer"].nunique() == played["customer"].nunique()
        assert mine["agent"].nunique() == played["agent"].nunique()


def test_the_first_day_is_asked_for_where_nobody_says_it(folder: Path, tmp_path: Path) -> None:
    log, chosen = tmp_path / "log.csv", tmp_path / "map.yaml"
    pd.read_parquet(folder / "contacts.parquet").to_csv(log, index=False)
    with pytest.raises(ScenarioError) as refused:
        read_data(log)
    assert str(refused.value) == (
        f"{log}: arrived: a log of `sim run --log` counts seconds from the first day of its "
        "calendar, and no `scenario.yaml` beside it says which: say `start: 2026-01-05` in a map, "
        "which `sim data --map FILE` writes"
    )
    assert CliRunner().invoke(app, ["data", str(log), "--map", str(chosen)]).exit_code == 2
    chosen.write_text(chosen.read_text().replace("start: 2026-01-05", "start: 2026-01-12"))
    assert read_data(log, chosen).contacts["arrived"].min().date().isoformat() == "2026-01-12"
    shutil.copy(folder / "scenario.yaml", tmp_path)
    assert read_data(log).contacts["arrived"].min().date().isoformat() == "2026-01-05"


def test_who_joins_a_talk_is_no_contact_of_the_centre(tmp_path: Path) -> None:
    """The talk is as long as the customer was on the line: with the conference."""
    text = """
calendar: {days: 2}
reasons: {calls: {volume: 200 per day, profile: d, handle: {exponential: 4 min}}}
profiles: {d: {daily 09:00-17:00: 1}}
pools: {desk: {agents: {daily 09:00-17:00: 3}}, expert: {agents: {daily 09:00-17:00: 1}}}
routing: [{to: [desk]}]
transfers: {ask: {by: desk, share: 50 %, to: expert, conference: 2 min}}
"""
    (tmp_path / "c.yaml").write_text(text)
    asked = ["run", str(tmp_path / "c.yaml"), "-n", "1", "--log", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    (log,) = tmp_path.glob("*/contacts.parquet")
    rows = pd.read_parquet(log)
    joined = rows[rows["cause"] == "conference"]
    assert len(joined) > 100
    data = read_data(log)
    assert len(data.contacts) == len(rows) - len(joined)
    assert (data.contacts["leg"] == 0).all()
    scenario = sim.loads(text)
    _, played, _ = Simulation.of(scenario, 1, "compiled").play(0)
    assert len(contacts_of(scenario, played)) == len(data.contacts)


def test_a_damaged_log_of_our_own_is_refused(folder: Path, tmp_path: Path) -> None:
    log = pd.read_parquet(folder / "contacts.parquet").head(3).astype(object)
    log.loc[1, "ended"] = "soon"
    log.to_csv(tmp_path / "contacts.csv", index=False)
    shutil.copy(folder / "scenario.yaml", tmp_path)
    with pytest.raises(ScenarioError, match=r"csv:3: ended: `soon` is not a number"):
        read_data(tmp_path / "contacts.csv")
