"""Memory grows with the contacts, and by little for each.

Allocations are counted by tracemalloc, which numpy tells of every array.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from sim.draws import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate
from sim.experiment.simulation import Simulation
from sim.measures import estimate, make_basis, measure
from sim.measures.tallies import Tallies
from sim.scenario import loads

CENTRE = """
reasons:
  calls:
    volume: {volume} per week
    profile: day
    handle: {{lognormal: {{mean: 5 min, cv: 0.8}}}}
    wrap: {{exponential: 30 s}}
    patience: {{exponential: 3 min}}
profiles: {{day: {{daily 06:00-22:00: 1}}}}
pools: {{team: {{agents: {{daily: {agents}}}}}}}
"""
FEW, MANY = 20_000, 60_000
IN_THE_TABLES = 3 * 8 + 3 * 4 + 8  # patience, handle, wrap; reason, row, channel; arrival
IN_THE_LOG = 4 * 8 + 8 * 4 + 5  # times; whole numbers; codes


def peak(work: Callable[[], object]) -> float:
    """The most bytes that were in use while it worked, above those in use before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def replication(volume: int) -> dict[str, float]:
    """The peak of each step of one replication, and the sizes of its tables."""
    setting = prepare(loads(CENTRE.format(volume=volume, agents=volume // 600)))
    plan, basis = make_plan(setting), make_basis(setting)
    draws = draw(setting, 1, 0)
    log, duty = simulate(plan, draws)
    luck = customer_luck(setting, 1, 0, draws.reason_size)
    return {
        "contacts": len(log),
        "draws": sum(getattr(column, "nbytes", 0) for column in vars(draws).values()),
        "log": sum(
            column.nbytes for column in vars(log).values() if isinstance(column, np.ndarray)
        ),
        "drawing": peak(lambda: draw(setting, 1, 0)),
        "measuring": peak(lambda: measure(basis, draws, luck, log, duty)),
    }


def test_bytes_for_each_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    # The tables as they are designed. Drawing needs beside them the arrivals of each reason and
    # their order: as much again at most. Measuring in parts of 5,000 customers needs for three
    # times the contacts no more than before; as a whole it takes 150 bytes a contact.
    monkeypatch.setattr("sim.measures.parts.CUSTOMERS", 5_000)
    few, many = replication(FEW), replication(MANY)
    each = {name: (many[name] - few[name]) / (many["contacts"] - few["contacts"]) for name in few}
    assert each["draws"] == pytest.approx(IN_THE_TABLES, rel=0.01)
    assert each["log"] == pytest.approx(IN_THE_LOG, rel=0.01)
    assert each["drawing"] < 2.2 * IN_THE_TABLES
    assert each["measuring"] < 20


def test_bytes_for_each_replication(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some number of them an estimate holds a few components of one slice at a time.

    A formula of float64 with what its interval is made of takes some 20 numbers a replication; all
    components of a slice and all quantiles at once took 600 bytes.
    """
    monkeypatch.setattr("sim.measures.tallies.AT_ONCE", 1_000)
    scenario = loads(CENTRE.format(volume=70, agents=1))
    simulation = Simulation.of(scenario, 1, "compiled")
    some = [simulation.measure(number)[0] for number in range(8)]

    def estimated(replications: int) -> float:
        tallies = Tallies(some[number % len(some)] for number in range(replications))
        return peak(lambda: estimate(scenario, tallies, splits=("total", "channel")))

    estimated(1_000)  # what is imported and kept for good
    few, many = estimated(5_000), estimated(20_000)
    assert (many - few) / 15_000 < 250
