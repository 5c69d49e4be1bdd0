"""Retries that a report does not tell apart, by what comes after many have given up.

Logs of another generator (`other_generator.py`) with another number of agents on each day, so that
on some days many give up. Its truth is known; intervals are widened to 5 standard errors.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import other_generator
import pandas as pd
import pytest
from known_centre import half_hours
from other_generator import AFTER, VOLUME, other_log

import sim
from sim.data import Choices
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.redials import came_again, fit_redials
from sim.data.fitting.reported import _doubt
from sim.data.fitting.reports import fit_intervals
from sim.data.tables import INTERVALS, typed

TOLD = "how many of who gave up try again cannot be told from this report"


@cache
def reports(seed: int, chance: float) -> pd.DataFrame:
    """Eight weeks with 3, 4, 5 or 7 agents, at random by day."""
    before = other_generator.RETRY
    other_generator.RETRY = chance
    try:
        logs = [other_log(10 * seed + agents, agents=agents) for agents in (3, 4, 5, 7)]
    finally:
        other_generator.RETRY = before
    kind = np.random.default_rng(seed).integers(0, 4, 60)
    days = [(one["arrived"] - logs[0]["arrived"].min().normalize()).dt.days for one in logs]
    parts = [
        one[kind[day] == place] for place, (one, day) in enumerate(zip(logs, days, strict=True))
    ]
    return half_hours(pd.concat(parts).sort_values("arrived", ignore_index=True))


def test_where_the_order_shows_retries_they_are_taken_out_and_marked_as_weak() -> None:
    found = fit_intervals(reports(3, 0.6), Choices(), None)
    queue = found.queues[0]
    assert queue.retry is not None
    share, week = queue.retry.share, queue.arrivals.per_week
    wide = 1.25 * (share.high - share.low)
    assert abs(share.value - 0.6) < wide
    # offered contains them, a tenth and more
    offered = reports(3, 0.6)["offered"].sum() / 8
    assert offered > 1.07 * VOLUME
    assert abs(week.value - VOLUME) < 1.25 * (week.high - week.low)
    assert week.value < 0.98 * offered
    assert any("a weak estimate" in one for one in found.notes)
    assert "assumed: a weak estimate from totals" in found.text
    retry = found.scenario.reasons["sales"].retry
    assert retry.after.expectation() == AFTER  # which is assumed
    inputs = found.inputs(100)
    chance = inputs["reasons.sales.retry.chance"].str.rstrip(" %").astype(float)
    volume = inputs["reasons.sales.volume"].str.split().str[0].astype(float)
    assert np.corrcoef(chance, volume)[0, 1] < -0.3  # more retries, fewer customers
    assert sim.loads(found.text, overrides=inputs.iloc[5].to_dict()).uncertain is not None


def test_where_nothing_shows_them_there_are_none_and_the_doubt_is_said() -> None:
    found = fit_intervals(reports(2, 0.0), Choices(), None)
    assert found.queues[0].retry is None
    assert "retry: assumed none" in found.text
    note = next(one for one in found.notes if "try again" in one)
    assert note.startswith("sales: at most ")
    assert note.endswith(
        "by what comes after many gave up: volume and busyness are of all attempts"
    )


def test_where_the_interval_says_nothing_it_cannot_be_told() -> None:
    few = reports(2, 0.0).assign(abandoned=0.0)
    assert _doubt(Interval(0.2, 0.0, 0.9, 500)) == TOLD
    assert _doubt(Interval(0.2, 0.0, 0.5, 500)).startswith("at most 50% of who gave up")
    found = fit_intervals(few, Choices(), None)
    assert f"sales: {TOLD}: volume and busyness are of all attempts" in found.notes


def test_more_than_all_of_them_are_no_retries() -> None:
    # of ten who gave up so many come in the next half hour as of 14 who all try again would
    generator = np.random.default_rng(1)
    gave_up = np.zeros((40, 48))
    gave_up[:, 18:34] = generator.poisson(10, (40, 16))
    offered = 0.0 * gave_up
    offered[:, 18:36] = 100 + 0.45 * np.roll(gave_up, 1, axis=1)[:, 18:36]
    start = pd.Timestamp("2026-02-02") + pd.to_timedelta(
        np.add.outer(86400 * np.arange(40), 1800 * np.arange(48)).ravel(), unit="s"
    )
    columns = {"offered": offered.ravel(), "abandoned": gave_up.ravel()}
    table = pd.DataFrame(
        {"start": start, "length": 1800.0, "queue": "a", "channel": "b", **columns}
    )
    found = fit_intervals(typed(table[table["offered"] > 0], INTERVALS), Choices(), None)
    assert found.queues[0].retry is None
    note = next(one for one in found.notes if "try again" in one)
    assert f"{TOLD}, for more come after many gave up than these could be" in note


def test_retries_by_hand() -> None:
    # 100 gave up in one half hour: exponential after 10 min from a uniform moment, so that
    # 1 - (1 - exp(-3)) / 3 of them come in the same half hour, all in the end
    abandoned = np.zeros((1, 48))
    abandoned[0, 20] = 100
    every, later = came_again(abandoned)
    assert every[0, 20] == pytest.approx(100 * (1 - (1 - np.exp(-3)) / 3))
    assert every.sum() == pytest.approx(100, rel=1e-6)
    assert later[0, 20] == 0
    assert later[0, 21] == pytest.approx(100 * (1 - np.exp(-3)) ** 2 / 3)


def test_of_few_nothing_is_said() -> None:
    day = np.arange(30) % 5
    few = np.full((30, 48), 0.1)
    assert fit_redials(10 * few, few, day, np.ones((30, 48))) is None


@pytest.mark.proof
@pytest.mark.parametrize("chance", [0.0, 0.3, 0.6])
def test_the_interval_of_the_share_covers_it(chance: float) -> None:
    # 60 reports: a true 95 % interval covers less than 49 of 60 with a chance of 6e-5
    hits = 0
    for seed in range(60):
        table = reports.__wrapped__(seed, chance)
        offered, gave_up = (
            table.pivot_table(
                values=name,
                index=table["start"].dt.normalize(),
                columns=table["start"].dt.hour * 2 + table["start"].dt.minute // 30,
                aggfunc="sum",
            )
            .reindex(columns=range(48))
            .fillna(0.0)
            for name in ("offered", "abandoned")
        )
        day = offered.index.day_of_week.to_numpy()
        found = fit_redials(offered.to_numpy(), gave_up.to_numpy(), day, np.ones(offered.shape))
        hits += found is None or found.low <= 0.98 * chance <= found.high
    assert hits >= 49
