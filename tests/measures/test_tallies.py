"""Many tallies in little memory: packed or not, whatever the order, the same numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

import sim
from sim.experiment.simulation import Simulation
from sim.measures import Tally, estimate, split_sums, tallies
from sim.measures.ends import mean_ends
from sim.measures.tallies import Tallies

CENTRE = """
calendar: {days: 2, windows: {morning: mon-fri 09:00-12:00}}
reasons:
  calls: {volume: 40 per day, profile: day, handle: {exponential: 4 min}, patience: 2 min}
  sales: {volume: 9 per day, profile: day, handle: 5 min, buying: {basket: {exponential: 80}}}
profiles: {day: {mon-fri 09:00-17:00: 1}}
pools:
  team:
    agents: {mon-fri 09:00-17:00: 2}
    contract: {per_hour: 20.1}
    sells: {conversion: 0.3}
"""
MANY = 29


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return Simulation.of(sim.loads(CENTRE), 1, "compiled")


@pytest.fixture(scope="module")
def loose(simulation: Simulation) -> list[Tally]:
    return [simulation.measure(number, pictures=True)[0] for number in range(MANY)]


@pytest.fixture
def packed(loose: list[Tally], monkeypatch: pytest.MonkeyPatch) -> Iterator[Tallies]:
    """In blocks of 8, handed over in any order, on disk, and read a few slices at a time."""
    monkeypatch.setattr(tallies, "BLOCK", 8)
    monkeypatch.setattr(tallies, "LOOSE_BYTES", 0)
    monkeypatch.setattr(tallies, "IN_MEMORY", 1)
    monkeypatch.setattr(tallies, "AT_ONCE", 3 * MANY)
    found = Tallies()
    order = random.Random(1).sample(range(MANY), MANY)
    for number in [*order, *order[:5]]:
        found.put(number, loose[number])
    found.reach(MANY)
    assert len(found._packed) == MANY // 8
    return found


def test_estimates_are_those_of_all_at_once(
    simulation: Simulation, loose: list[Tally], packed: Tallies
) -> None:
    scenario = simulation.basis.scenario
    one, other = estimate(scenario, loose), estimate(scenario, packed)
    assert [row[:3] for row in one] == [row[:3] for row in other]
    np.testing.assert_allclose(
        [row[3:6] for row in one], [row[3:6] for row in other], rtol=1e-12, atol=0
    )


def test_each_is_what_it_was(loose: list[Tally], packed: Tallies) -> None:
    assert len(packed) == MANY
    for one, other in zip(loose, packed, strict=True):
        np.testing.assert_array_equal(one.sums, other.sums)
        for by, sparse in one.waits.items():
            np.testing.assert_array_equal(sparse.index, other.waits[by].index)
            np.testing.assert_array_equal(sparse.count, other.waits[by].count)
    assert [one.sums.sum() for one in packed[3:11]] == [one.sums.sum() for one in loose[3:11]]


def test_sums_of_a_split_are_what_they_were(
    simulation: Simulation, loose: list[Tally], packed: Tallies
) -> None:
    scenario = simulation.basis.scenario
    one, other = (split_sums(scenario, some, "hour") for some in (loose, packed))
    assert list(one) == list(other)
    for group, sums in one.items():
        np.testing.assert_array_equal(sums, other[group])


def test_ends_are_added_up(simulation: Simulation, loose: list[Tally], packed: Tallies) -> None:
    added = mean_ends(simulation.basis, packed.ends(), MANY)
    each = mean_ends(simulation.basis, [tally.ends for tally in loose if tally.ends])
    for name, column in each.contacts.items():
        assert column.tolist() == added.contacts[name].tolist()
    assert each.waits["contacts"].tolist() == added.waits["contacts"].tolist()
