"""Two queues of a report: whether one pool of agents answers both.

The reports are made by a few lines of numpy that share no rule with the product: first come first
served, with patience, the offered wait is what is left until the first of the agents is free.
"""

from __future__ import annotations

import heapq
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.data import Choices, Fit, fit, read_data
from sim.data.fitting.inferred import waits_of_queues
from sim.data.fitting.reports import fit_intervals
from sim.data.tables import INTERVALS, typed
from sim.report.fit import report as page
from sim.scenario import ScenarioError
from sim.theory.patience import erlang_g, mixture

PER_HALF_HOUR = {"sales": (20, 14), "service": (10, 7)}  # of 08-12 and 12-18
HANDLE = {"sales": 240.0, "service": 360.0}
PATIENCE = {"sales": 180.0, "service": 90.0}
CV, BUSYNESS = 0.8, 0.1


@cache
def half_hours(seed: int, *, agents: tuple[int, ...] = (6,), weeks: int = 8) -> pd.DataFrame:
    """A report without staff and without the wait of who gave up.

    agents: of the pool that answers both, or of the pool of each.
    """
    chance, rows = np.random.default_rng(seed), []
    for day in (one for one in range(7 * weeks) if one % 7 < 5):
        factor, calls = chance.gamma(1 / BUSYNESS**2, BUSYNESS**2), []
        for name, (morning, afternoon) in PER_HALF_HOUR.items():
            number = chance.poisson(np.repeat([0, morning, afternoon, 0], [16, 8, 12, 12]) * factor)
            times = np.repeat(1800.0 * np.arange(48), number) + 1800 * chance.random(number.sum())
            calls += [(time, name) for time in times.tolist()]
        free = [[0.0] * number for number in agents]
        for time, name in sorted(calls):
            mine = free[list(HANDLE).index(name) % len(free)]
            wait, patience = max(mine[0] - time, 0.0), chance.exponential(PATIENCE[name])
            talk = chance.gamma(1 / CV**2, HANDLE[name] * CV**2)
            if patience >= wait:
                heapq.heapreplace(mine, time + wait + talk)
            rows.append((day * 86400.0 + time, name, min(wait, patience), patience >= wait, talk))
    frame = pd.DataFrame(rows, columns=["came", "queue", "wait", "answered", "talk"])
    ended = frame["came"] + frame["wait"]
    sums = {
        "offered": (frame["came"], 1.0),
        "answered": (ended, 1.0 * frame["answered"]),
        "abandoned": (ended, 1.0 * ~frame["answered"]),
        "wait_answered": (ended, frame["wait"] * frame["answered"]),
        "handle": (ended + frame["talk"], frame["talk"] * frame["answered"]),
    }
    columns = {
        name: (0.0 * frame["came"] + value).groupby([(when // 1800).rename("slot"), frame["queue"]])
        for name, (when, value) in sums.items()
    }
    found = pd.DataFrame({name: one.sum() for name, one in columns.items()}).fillna(0.0)
    found = found.reset_index()
    start = pd.Timestamp("2026-02-02") + pd.to_timedelta(1800 * found["slot"], unit="s")
    found = found.assign(start=start, length=1800.0, channel="phone", again=False)
    return typed(found, INTERVALS)


def patience(found: Fit) -> dict[str, float]:
    """How many half widths each patience is from the truth."""
    said = {}
    for queue in found.queues:
        one = queue.patience.times.mean
        wide = one.high - one.value if PATIENCE[queue.name] > one.value else one.value - one.low
        said[queue.name] = abs(one.value - PATIENCE[queue.name]) / wide
    return said


def test_queues_whose_waits_rise_and_fall_together_have_one_pool() -> None:
    found = fit_intervals(half_hours(1), Choices(), None)
    assert found.pools.names == ("agents",)
    assert found.pools.answers == (("sales", "service"),)
    assert set(found.heads(0)[:5, 16:36].ravel()) == {6}
    # 2.5 half widths are 5 standard errors
    assert max(patience(found).values()) < 2.5
    # and its days vary together
    assert found.common == pytest.approx(BUSYNESS, abs=0.04)
    note = "sales, service share their agents: their waits rise and fall together (correlation 0."
    assert any(one.startswith(note) for one in found.notes)
    mark = (
        "inferred from waits and volumes, in steady state; that its agents answer all of its queues"
    )
    assert found.assumed["pools.agents.agents"] == mark
    assert f"agents:  # assumed: {mark}" in found.text
    assert f"# Note: {note}" in found.text
    assert any(one.startswith(note) for one in page(found).risks)


def test_as_two_pools_patience_would_be_too_long() -> None:
    apart = Choices(pools={"a": ["sales"], "b": ["service"]})
    found = fit_intervals(half_hours(1), apart, None)
    assert found.pools.names == ("a", "b")
    service = next(one for one in found.queues if one.name == "service").patience.times.mean
    assert service.low > PATIENCE["service"]  # a fifth too long, for all the doubt about the staff
    assert service.value > 1.15 * PATIENCE["service"]


def test_queues_with_agents_of_their_own_keep_them() -> None:
    found = fit_intervals(half_hours(1, agents=(4, 3)), Choices(), None)
    assert found.pools.answers == (("sales",), ("service",))
    assert max(patience(found).values()) < 2.5
    note = "sales, service have agents of their own: their waits do not rise and fall together"
    assert any(one.startswith(note) for one in found.notes)


def test_what_cannot_be_seen_is_said_and_asked_for() -> None:
    table = half_hours(1).assign(wait_answered=np.nan)
    found = fit_intervals(table, Choices(), None)
    note = (
        "whether sales, service share agents cannot be seen, for the report has no waits: each has "
        "its own; if they share them, head counts and patience are wrong: say "
        "`pools: {NAME: [sales, service]}` in a map"
    )
    assert note in found.notes
    assert note in page(found).risks
    assert f"# Note: {note}" in found.text
    assert "that no other agents answer it" in found.assumed["pools.sales agents.agents"]


def test_the_same_staff_for_two_queues_is_one_staff() -> None:
    shared = half_hours(1).assign(staff=6.0)
    found = fit_intervals(shared, Choices(), None)
    assert found.pools.names == ("agents",)
    assert set(found.heads(0)[:5, 16:36].ravel()) == {6}
    # head counts of each queue, and the same ones whose work would be too much for one staff
    each = shared.assign(staff=np.where(shared["queue"] == "sales", 4.0, 3.0))
    for table in (each, half_hours(1, agents=(4, 3)).assign(staff=3.0)):
        found = fit_intervals(table, Choices(), None)
        assert found.pools.names == ("sales agents", "service agents")


def test_a_map_says_who_shares_agents(tmp_path: Path) -> None:
    table = half_hours(1, weeks=4)
    report, chosen = tmp_path / "report.csv", tmp_path / "map.yaml"
    names = {"start": "Interval", "queue": "Queue", "offered": "Offered", "answered": "Answered"}
    said = table[list(names)].rename(columns=names)
    said["Queue"] = said["Queue"].cat.rename_categories({"service": "1.5 Service"})
    said.to_csv(report, index=False)
    columns = "columns: {start: Interval, queue: Queue, offered: Offered, answered: Answered}"
    text = f"map: x\nrows: intervals\npools: {{team: [sales, QUEUE]}}\n{columns}\n"
    chosen.write_text(text.replace("QUEUE", "1.5 Service"))
    found = fit(read_data(report, chosen))
    assert found.pools.names == ("team",)
    assert found.pools.answers == (("sales", "1 5 Service"),)
    chosen.write_text(text.replace("QUEUE", "Servise"))
    with pytest.raises(ScenarioError, match=r"pools: no queue `Servise`; .* sales, 1 5 Service"):
        fit(read_data(report, chosen))


def test_waits_of_two_queues_with_one_line_add_up_to_those_of_their_mixture() -> None:
    rates, patience = np.array([0.012, 0.006]), np.array([180.0, 90.0])
    share, answered, lost = waits_of_queues(rates, 280.0, 4, patience)
    parts = [
        (2 / 3, lambda x: np.exp(-x / 180)),
        (1 / 3, lambda x: np.exp(-x / 90)),
    ]
    exact = erlang_g(0.018, 280.0, 4, mixture(parts))
    shares = rates / rates.sum()
    assert shares @ share == pytest.approx(1 - exact.p_abandon, rel=1e-3)
    assert shares @ answered == pytest.approx((1 - exact.p_abandon) * exact.asa, rel=1e-3)
    assert shares @ (answered + lost) == pytest.approx(exact.mean_wait, rel=1e-3)
    # P(Ab) = theta E[W] of each queue
    assert shares @ ((answered + lost) / patience) == pytest.approx(exact.p_abandon, rel=1e-3)
