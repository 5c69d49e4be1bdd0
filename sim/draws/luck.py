"""The luck of customers that changes nobody's waiting: buying, basket, satisfaction.

The engines do not know it; `sim.measures` reads it after the run. Whoever answers a customer, and
whenever, the same uniform decides, so that two options of a study are told apart by what they do
and not by luck.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from sim.draws.draw import Setting
from sim.draws.sample import sample
from sim.draws.shared import once
from sim.draws.streams import Streams
from sim.scenario.by_time import each_of
from sim.scenario.distributions import Distribution
from sim.scenario.model import Pool, Scenario
from sim.tables import Floats, Ints


class CustomerLuck(NamedTuple):
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
    sold, dists = set(_sold(scenario)), baskets(scenario)
    buying = [reason.buying for reason in scenario.reasons.values()]
    drawn = _Drawn(
        reasons=tuple(scenario.reasons),
        sizes=tuple(reason_size.tolist()),
        buys=tuple(one is not None for one in buying),
        baskets=tuple(
            tuple(dist if one and (dist in sold or dist == one.basket) else None for dist in dists)
            for one in buying
        ),
        satisfied=any(pool.satisfaction is not None for pool in scenario.pools.values()),
    )
    return once((base.name, drawn), lambda: _of_customers(base, drawn))


class _Drawn(NamedTuple):
    """What is drawn: all that the luck of customers depends on, besides seed and replication.

    reasons, sizes: their names, and customers of each; buys: whether they may buy.
    baskets: for each reason, what customers would spend by each distribution, if it can apply.
    satisfied: whether some pool states a satisfaction.
    """

    reasons: tuple[str, ...]
    sizes: tuple[int, ...]
    buys: tuple[bool, ...]
    baskets: tuple[tuple[Distribution | None, ...], ...]
    satisfied: bool


def _of_customers(base: Streams, drawn: _Drawn) -> CustomerLuck:
    first = np.cumsum([0, *drawn.sizes], dtype=np.int64)
    n = int(first[-1])
    kinds = len(drawn.baskets[0])
    buy, satisfied = np.full(n, np.nan), np.full(n, np.nan)
    basket = np.full((kinds, n), np.nan)
    begins = first[:-1].tolist()
    for name, low, size, buys, spends in zip(
        drawn.reasons, begins, drawn.sizes, drawn.buys, drawn.baskets, strict=True
    ):
        mine = slice(low, low + size)
        if drawn.satisfied:
            satisfied[mine] = base("satisfied", name).random(size)
        if not buys:
            continue
        buy[mine] = base("buy", name).random(size)
        for kind, dist in enumerate(spends):
            if dist is not None:
                basket[kind, mine] = sample(dist, partial(base, "basket", name), size)
    for array in (first, buy, satisfied, basket):
        array.setflags(write=False)
    return CustomerLuck(first, buy, satisfied, basket)
