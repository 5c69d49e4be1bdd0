"""Where nothing can be compiled, the reference engine runs, and a line says so."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from centre import caller, centre, scenario_of

from sim.draws import draw, prepare
from sim.engine import compiled, make_plan, run
from sim.tables import ContactLog

SMALL = centre(reasons={"a": caller(0, 10)}, pools={"team": {"agents": 1}})


@pytest.fixture
def anew() -> Iterator[None]:
    """As if nothing had been compiled in this process."""
    run._prepared.cache_clear()
    run._warn.cache_clear()
    yield
    run._prepared.cache_clear()


def simulated(engine: str) -> ContactLog:
    """A small run."""
    setting = prepare(scenario_of(SMALL))
    return run.simulate(make_plan(setting), draw(setting, 1, 0), engine)[0]


@pytest.mark.usefixtures("anew")
def test_the_other_engine_runs_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: bool) -> None:
        raise TypeError("no such pass\nin this version")

    monkeypatch.setattr(compiled, "prepare", fails)
    with caplog.at_level(logging.WARNING, "sim"):
        logs = [simulated("compiled"), simulated("compiled")]
    assert all(log.identical(simulated("reference")) for log in logs)
    (line,) = caplog.messages
    assert "reference engine runs" in line
    assert "no such pass in this version" in line


FEW = """
reasons: {calls: {volume: 300 per day, profile: all, handle: 4 min, patience: 2 min}}
profiles: {all: {daily 09:00-17:00: 1}}
pools: {team: {agents: 2}}
calendar: {days: 1}
run: {replications: 10}
"""

ANSWERED = """
import sys
import sim
from sim.engine import run
if {ready} is False:
    run._is_ready = lambda rare: False
few = sim.loads(sys.stdin.read())
table = sim.run(few, jobs=1).table
assert run._prepared.cache_info().misses == {loaded}
assert "numba" not in sys.modules, "loaded for nothing"
assert table.equals(sim.run(few, jobs=1, engine="reference").table)
"""


@pytest.mark.parametrize(("ready", "loaded"), [(True, 1), (False, 0)])
def test_a_few_customers_do_not_wait_for_anything(ready: bool, loaded: int) -> None:
    """3,000 customers: by the compiled engine if it is there, or by the other; numba never."""
    run.load()
    done = subprocess.run(
        [sys.executable, "-c", ANSWERED.format(ready=ready, loaded=loaded)],
        input=FEW,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_many_customers_are_worth_compiling_for(monkeypatch: pytest.MonkeyPatch) -> None:
    start = run._Start()
    monkeypatch.setattr(run, "_is_ready", lambda _: False)
    start.expect(82)
    assert start.engine("compiled", 300, rare=False) == "reference"  # 24,600 in all
    assert start.engine("reference", 300, rare=False) == "reference"
    start.expect(84)
    assert start.engine("compiled", 300, rare=False) == "compiled"  # 25,200
    start.expect(1)
    assert start.engine("compiled", 300, rare=False) == "compiled"  # it is there now


SWITCHED_OFF = """
from sim.engine import needs_compiling, simulate
assert not needs_compiling()
simulate.__globals__["_compiled"](False) is None or exit("compiled all the same")
"""


def test_numba_switched_off() -> None:
    """numba's own switch, which makes its functions plain ones."""
    done = subprocess.run(
        [sys.executable, "-c", SWITCHED_OFF],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert "NUMBA_DISABLE_JIT is set" in line
