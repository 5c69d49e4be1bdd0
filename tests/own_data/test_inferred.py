"""Staff that no report has: by the waits of a queue, known to an interval."""

from __future__ import annotations

import heapq
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from known_centre import half_hours
from other_generator import TALK, WRAP, other_log

import sim
from sim.data import Choices, Fit
from sim.data.fitting.inferred import waits_of_queues
from sim.data.fitting.reports import fit_intervals
from sim.report.fit import report as page

AGENTS, CV = 6, 0.2


@cache
def reported(seed: int = 2, *, lost: bool = True) -> Fit:
    """Of a report without staff, of a centre whose handle times are nearly alike."""
    table = half_hours(other_log(seed, agents=AGENTS, cv=CV))
    return fit_intervals(table if lost else table.assign(wait_abandoned=np.nan), Choices(), None)


def test_one_agent_is_as_pollaczek_and_khinchine_have_it() -> None:
    # rho = 0.75 and E[W] = rho h (1 + cv^2) / (2 (1 - rho))
    answered, waited, lost = waits_of_queues(np.array([0.005]), 150.0, 1, np.array([np.inf]), 0.25)
    assert answered == pytest.approx(1)
    assert waited == pytest.approx(0.75 * 150 * 1.25 / 2 / 0.25, rel=1e-3)
    assert lost == 0


@pytest.mark.parametrize("cv", [0.3, 0.7])
def test_waits_of_handle_times_that_vary_little(cv: float) -> None:
    # played by hand: 150,000 contacts, a standard error of about 2 %. Erlang A is a fifth too high
    # at 0.3
    chance, sigma = np.random.default_rng(4), np.sqrt(np.log(1 + cv**2))
    size, handle, patience = 150_000, 300.0, 1200.0
    times = np.cumsum(chance.exponential(handle / 4.5, size))
    leaves = chance.exponential(patience, size)
    work = chance.lognormal(np.log(handle) - sigma**2 / 2, sigma, size)
    free, waited, answered = [0.0] * 5, 0.0, 0
    for time, last, each in zip(times.tolist(), leaves.tolist(), work.tolist(), strict=True):
        wait = max(0.0, free[0] - time)
        if wait <= last:
            heapq.heapreplace(free, time + wait + each)
            waited, answered = waited + wait, answered + 1
    share, served, _ = waits_of_queues(
        np.array([4.5 / handle]), handle, 5, np.array([patience]), cv**2
    )
    assert served[0] / share[0] == pytest.approx(waited / answered, rel=0.06)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_staff_is_right_where_handle_times_are_alike(seed: int) -> None:
    found = reported(seed)
    (heads,), (doubts,) = found.agents, found.doubts
    assert {number for _, _, _, number in heads} == {AGENTS}
    for line, doubt in zip(heads, doubts, strict=True):
        low, high = doubt.around(line[3])
        assert low <= AGENTS <= high <= AGENTS + 2


def test_the_spread_of_handle_times_is_in_the_totals() -> None:
    cv = found = reported().queues[0].handle.cv
    truth = np.hypot(TALK * CV, WRAP / 2) / (TALK + WRAP)
    assert cv.low <= truth <= cv.high < 0.4
    assert found.n > 10_000
    assert "as wide as totals" in reported().assumed["reasons.sales.handle"]


def test_the_interval_of_staff_is_said_and_drawn(tmp_path: Path) -> None:
    found = reported()
    (line, *_), (doubt, *_) = found.agents[0], found.doubts[0]
    low, high = doubt.around(line[3])
    assert f": {line[3]}  # [{low}, {high}]" in found.text
    drawn = found.inputs(200)
    (path,) = [name for name in drawn if name.startswith("pools.agents.agents.mon-fri 08:00")]
    number = drawn[path].astype(int)
    assert number.median() == line[3]
    assert low <= number.quantile(0.02) <= number.quantile(0.98) <= high
    (table, *_) = (one for section in page(found).sections for one in section.blocks)
    texts = [cell.text for row in table.lines for cell in row.cells]
    place = next(i for i, text in enumerate(texts) if text.startswith("agents, mon-fri"))
    assert texts[place + 1 : place + 3] == [f"{line[3]}", f"{low} to {high}"]
    found.write(tmp_path / "found.yaml")
    assert path in sim.load(tmp_path / "found.yaml").uncertain.draws


def test_patience_where_a_report_has_no_wait_of_who_gives_up() -> None:
    # the scenario itself tells how long they wait: within a few per cent of what they did wait
    both = [reported(lost=lost).queues[0].patience.times.mean for lost in (True, False)]
    assert both[1].value == pytest.approx(both[0].value, rel=0.04)
    for one in both:  # to 5 standard errors
        assert abs(one.value - 180) < 2.5 * (one.high - one.low) / 2
    assert both[1].high - both[1].low >= 0.9 * (both[0].high - both[0].low)
