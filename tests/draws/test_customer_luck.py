"""The luck of customers: named streams, one basket stream for all pools."""

from __future__ import annotations

import numpy as np

from sim.draws.draw import prepare
from sim.draws.luck import baskets, customer_luck
from sim.scenario import loads

SHOP = """
reasons:
  advice: {volume: 1 per day, handle: 1 min, buying: {basket: {lognormal: {mean: 100, cv: 0.5}}}}
  tracking: {volume: 1 per day, handle: 1 min}
channels: {phone: {live: true}}
pools:
  team: {agents: {daily: 1}, satisfaction: 90 %, sells: {conversion: 10 %}}
  experts:
    agents: {daily: 1}
    sells: {conversion: 20 %, basket: {lognormal: {mean: 300, cv: 0.5}}}
"""
SIZE = np.array([500, 300])


def test_shapes_ranges_and_where_there_is_nothing_to_decide() -> None:
    setting = prepare(loads(SHOP))
    luck = customer_luck(setting, 1, 0, SIZE)
    assert luck.first.tolist() == [0, 500, 800]
    assert len(baskets(setting.scenario)) == 2
    assert luck.basket.shape == (2, 800)
    assert ((luck.buy[:500] >= 0) & (luck.buy[:500] < 1)).all()
    assert np.isnan(luck.buy[500:]).all()
    assert np.isnan(luck.basket[:, 500:]).all()
    assert ((luck.satisfied >= 0) & (luck.satisfied < 1)).all()
    assert not luck.buy.flags.writeable


def test_a_large_basket_is_large_in_every_pool() -> None:
    # Same cv, means 100 and 300: three times as much for everybody.
    luck = customer_luck(prepare(loads(SHOP)), 1, 0, SIZE)
    assert np.allclose(luck.basket[1, :500], 3 * luck.basket[0, :500])


def test_luck_depends_on_seed_and_replication_and_on_nothing_else() -> None:
    setting = prepare(loads(SHOP))
    luck = customer_luck(setting, 1, 0, SIZE)
    assert np.array_equal(luck.buy, customer_luck(setting, 1, 0, SIZE).buy, equal_nan=True)
    for other in (customer_luck(setting, 2, 0, SIZE), customer_luck(setting, 1, 1, SIZE)):
        assert not np.array_equal(luck.buy[:500], other.buy[:500])
    # More customers: the first ones stay as they are.
    more = customer_luck(setting, 1, 0, np.array([700, 300]))
    assert np.array_equal(more.buy[:500], luck.buy[:500])
    assert np.array_equal(more.basket[:, :500], luck.basket[:, :500])


def test_a_new_reason_and_a_new_pool_change_nobody_elses_luck() -> None:
    text = SHOP.replace("reasons:", "reasons:\n  billing: {volume: 1 per day, handle: 1 min}")
    text += "  shop: {agents: {daily: 1}, sells: {conversion: 5 %, basket: 50}}\n"
    luck = customer_luck(prepare(loads(SHOP)), 1, 0, SIZE)
    more = customer_luck(prepare(loads(text)), 1, 0, np.array([200, 500, 300]))
    assert np.array_equal(more.buy[200:700], luck.buy[:500])
    assert np.array_equal(more.satisfied[200:], luck.satisfied)
    assert np.array_equal(more.basket[:2, 200:700], luck.basket[:, :500])


def test_nobody_states_a_satisfaction_nobody_sells() -> None:
    text = "reasons: {a: {volume: 1 per day, handle: 1 min}}\npools: {team: {agents: 1}}\n"
    luck = customer_luck(prepare(loads(text)), 1, 0, np.array([3]))
    assert np.isnan(luck.satisfied).all()
    assert luck.basket.shape == (0, 3)
