"""The luck of customers that changes nobody's waiting: buying, basket, satisfaction.

The engines do not know it; `sim.measures` reads it after the run. Whoever answers a customer, and
whenever, the same uniform decides, so that two options of a study are told apart by what they do
and not by luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.draws.draw import Setting
from sim.draws.sample import sample
from sim.draws.streams import Streams
from sim.scenario.by_time import each_of
from sim.scenario.distributions import Distribution
from sim.scenario.model import Pool, Scenario
from sim.tables import Floats, Ints


@dataclass(frozen=True)
class CustomerLuck:
    """One entry a customer, ordered by reason and row: customer i stands at
    `first[draws.reason[i]] + draws.row[i]`. All arrays are read-only.

    first: [reason + 1] where the customers of each reason begin.
    buy: uniform in [0, 1); the customer buys if it is less than the conversion. nan for reasons
        without an intention to buy.
    satisfied: uniform in [0, 1); satisfied if it is less than the pool's satisfaction. nan if no
        pool states one.
    basket: [basket distribution, customer] what the customer would spend, in money, by the
        numbers of `baskets`. nan where a distribution cannot apply to the reason.
    """

    first: Ints
    buy: Floats
    satisfied: Floats
    basket: Floats


def baskets(scenario: Scenario) -> tuple[Distribution, ...]:
    """The distinct basket distributions in use, reasons' first: the rows of `basket`.

    Of a basket that depends on when, each that there may be.
    """
    reasons = [reason.buying.basket for reason in scenario.reasons.values() if reason.buying]
    return tuple(dict.fromkeys([*(dist for dist in reasons if dist is not None), *_sold(scenario)]))


def _sold(scenario: Scenario) -> list[Distribution]:
    """The baskets that pools say."""
    said = [pool.sells.basket for pool in scenario.pools.values()]
    leaves = [dist for by in said if by is not None for dist in by.leaves()]
    return [one for dist in leaves for one in each_of(dist)]


def basket_said(pool: Pool, reason: str, channel: str) -> Distribution | None:
    """What a pool says that customers spend; none: the reason decides."""
    if pool.sells.basket is None:
        return None
    try:
        return pool.sells.basket.at(reason, channel)
    except KeyError:
        return None


def customer_luck(setting: Setting, seed: int, replication: int, reason_size: Ints) -> CustomerLuck:
    """Draw the luck of one replication's customers.

    Streams are named ("buy", reason), ("satisfied", reason), ("basket", reason). All basket
    distributions of a reason read the same stream: a customer with a large basket in one pool has
    a large one in every pool.

    Args:
        reason_size: customers of each reason, as in `Draws.reason_size`.
    """
    scenario = setting.scenario
    base = Streams(seed, replication)
    dists, sold = baskets(scenario), set(_sold(scenario))
    states = any(pool.satisfaction is not None for pool in scenario.pools.values())
    first = np.concatenate([[0], np.cumsum(reason_size, dtype=np.int64)])
    n = int(first[-1])
    buy, satisfied, basket = (
        np.full(n, np.nan),
        np.full(n, np.nan),
        np.full((len(dists), n), np.nan),
    )
    for (name, reason), low, high in zip(
        scenario.reasons.items(), first[:-1], first[1:], strict=True
    ):
        if states:
            satisfied[low:high] = base("satisfied", name).random(high - low)
        if reason.buying is None:
            continue
        buy[low:high] = base("buy", name).random(high - low)
        for b, dist in enumerate(dists):
            if dist in sold or dist == reason.buying.basket:
                basket[b, low:high] = sample(dist, partial(base, "basket", name), int(high - low))
    return CustomerLuck(*(_frozen(array) for array in (first, buy, satisfied, basket)))


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.setflags(write=False)
    return array
