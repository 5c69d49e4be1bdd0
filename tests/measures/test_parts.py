"""A log in parts adds up to what it does as a whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.draws import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate
from sim.measures import make_basis, measure
from sim.measures.parts import parts
from sim.scenario import load
from sim.tables import ContactLog

SHOP = Path(__file__).parents[2] / "scenarios/shop/base.yaml"


@pytest.mark.parametrize("most", [1_000, 2_999])
def test_parts_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    # Counts and times are the same to the bit; money is rounded in another order.
    setting = prepare(load(SHOP))
    plan, basis, draws = make_plan(setting), make_basis(setting), draw(setting, 1, 0)
    luck = customer_luck(setting, 1, 0, draws.reason_size)
    log, duty = simulate(plan, draws)
    whole = measure(basis, draws, luck, log, duty, pictures=True)
    monkeypatch.setattr("sim.measures.parts.CUSTOMERS", most)
    assert len(list(parts(log, draws))) > 2
    cut = measure(basis, draws, luck, log, duty, pictures=True)
    np.testing.assert_allclose(cut.sums, whole.sums, rtol=1e-12)
    exact = whole.sums * 2.0**20 % 1 == 0
    assert exact.mean() > 0.8
    assert (cut.sums[exact] == whole.sums[exact]).mean() > 0.999
    for by, waits in whole.waits.items():
        assert np.array_equal(cut.waits[by].index, waits.index)
        assert np.array_equal(cut.waits[by].count, waits.count)
    assert whole.ends is not None
    for name, column in vars(whole.ends).items():
        assert np.array_equal(getattr(cut.ends, name), column), name


def test_every_contact_is_in_one_part_beside_its_customer_and_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting = prepare(load(SHOP))
    draws = draw(setting, 1, 0)
    log, _ = simulate(make_plan(setting), draws)
    monkeypatch.setattr("sim.measures.parts.CUSTOMERS", 3_000)
    found: list[tuple[float, ...]] = []
    for some, theirs in parts(log, draws):
        assert some.arrived[: len(theirs.arrival)].tolist() == theirs.arrival.tolist()
        assert some.reason.tolist() == theirs.reason[some.customer].tolist()
        found += told(some)
    assert sorted(found) == sorted(told(log))


def told(log: ContactLog) -> list[tuple[float, ...]]:
    """Each contact with the arrivals of its customer and of the contact that led to it."""
    arrived = log.arrived
    parent = np.where(log.parent >= 0, arrived[log.parent], -np.inf)
    columns = [arrived, arrived[log.customer], parent, log.attempt, log.channel, log.outcome]
    return list(zip(*(column.tolist() for column in columns), strict=True))
