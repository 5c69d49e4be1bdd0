"""Components that count customers: which contact decided, who bought, what it brought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.draws.luck import CustomerLuck
from sim.measures.basis import Basis
from sim.measures.components import CHANNEL, POOL, REASON
from sim.measures.contacts import self_resolved
from sim.measures.facts import Facts
from sim.measures.prices import Prices, left_after
from sim.measures.sums import Places, Sums
from sim.tables import ContactLog, Draws, Floats, Ints, Numbers, Outcome

OF_SALES = (
    *("sales", "sales_answered", "revenue", "unaided_revenue", "added_profit", "expected_profit"),
    "won_revenue",
)
"""Components that follow from who buys; what sales cost does too, where they do."""

OF_ANSWERS = (
    *("deflected", "contacts_made", "customers_answered", "contacts_until_answered"),
    *("asked", "satisfied"),
)
"""Components that follow from the first answer, in time or not."""

OF_CUSTOMERS = (
    *("customers", "intending", "intending_answered", "cost_sales"),
    *OF_ANSWERS,
    *OF_SALES,
)
"""All that is added up here."""


@dataclass(frozen=True)
class Sales:
    """What became of each customer. One entry a customer, but for the first two.

    won: the customers who bought and had been helped: answered within their window.
    deciding: of these the row of the first such answer (of a contact that was passed on the last
        leg, where it was answered).
    bought: whether the customer bought.
    revenue, unaided: money spent, and money that would have been spent without any help.
    expected: the mean of revenue - unaided, given who answered and when.
    """

    won: Ints
    deciding: Ints
    bought: np.ndarray
    revenue: Floats
    unaided: Floats
    expected: Floats


def add_customers(
    sums: Sums,
    basis: Basis,
    log: ContactLog,
    facts: Facts,
    draws: Draws,
    luck: CustomerLuck,
    contacts_at: Places,
) -> None:
    """Add every component of customers, and those of contacts that follow from sales."""
    if not sums.wants(*OF_CUSTOMERS):
        return
    n = len(draws.arrival)
    helping = earliest(log, facts.who, _served(log, facts, facts.in_time), n)
    in_time = _last_legs(facts, helping)
    decided = np.where(in_time >= 0, in_time, np.arange(n))
    groups = {CHANNEL: log.channel[decided], REASON: draws.reason, POOL: log.pool[decided]}
    at = sums.places(groups, lambda: facts.segment[:n], facts.counts_once)
    sums.add("customers", at)
    if sums.wants(*OF_ANSWERS):
        answering = helping
        if facts.in_time is not facts.served:
            answering = earliest(log, facts.who, _served(log, facts, facts.served), n)
        answer = _last_legs(facts, answering)
        sums.add("deflected", at.of(np.flatnonzero(_deflected(log, facts.who, answer))))
        _add_numbers(sums, log, facts, answering, at)
        _add_satisfaction(sums, basis, log, facts, draws, luck, answer)
    prices = basis.prices
    if not prices.buying.any():
        return
    intends = prices.buying[draws.reason]
    sums.add("intending", at.of(np.flatnonzero(intends)))
    sums.add("intending_answered", at.of(np.flatnonzero(intends & (in_time >= 0))))
    sales_cost = prices.sale.any() or prices.revenue_share.any()
    if sums.wants(*OF_SALES) or (sales_cost and sums.wants("cost_sales")):
        sales = _sell(prices, log, facts, draws, luck, in_time)
        _add_sales(sums, prices, sales, at)
        _add_deciding(sums, prices, log, sales, contacts_at)


def _add_numbers(sums: Sums, log: ContactLog, facts: Facts, answering: Ints, at: Places) -> None:
    """How many contacts customers make, in all and until they are answered."""
    n = len(answering)  # a customer's first contact has their number
    later = np.arange(n, len(log))
    later = np.concatenate([facts.again, later[log.is_made[later]]])
    customer = facts.who[later]
    if sums.wants("contacts_made"):
        sums.add("contacts_made", at, 1.0 + np.bincount(customer, minlength=n).astype(np.float64))
    if sums.wants("customers_answered", "contacts_until_answered"):
        reached = np.flatnonzero(answering >= 0)
        until = log.arrived[later] <= log.arrived[answering[customer]]
        number = 1.0 + np.bincount(customer[until], minlength=n).astype(np.float64)
        sums.add("customers_answered", at.of(reached))
        sums.add("contacts_until_answered", at.of(reached), number[reached])


def _served(log: ContactLog, facts: Facts, rows: Ints) -> Ints:
    """Those of the contacts whose customer, passed on or not, was answered to the end."""
    if len(facts.parts) == 0:
        return rows
    return np.asarray(rows[log.outcome[facts.ending[rows]] == Outcome.ANSWERED])


def _last_legs(facts: Facts, rows: Ints) -> Ints:
    """The last leg of each contact; -1 stays -1."""
    return rows if len(facts.parts) == 0 else np.where(rows >= 0, facts.ending[rows], -1)


def earliest(log: ContactLog, who: Numbers, rows: Ints, n: int) -> Ints:
    """[customer] the customer's row whose waiting ended first; -1 for none.

    Args:
        log: the log.
        who: [row] whose it is.
        rows: those to choose from, in order.
        n: customers.
    """
    found = np.full(n, -1, dtype=np.int64)
    first = who[rows] == rows  # a customer's first contact has their number
    found[rows[first]] = rows[first]
    later = rows[~first]
    before = found[who[later]]
    later = later[(before < 0) | (log.ended[later] < log.ended[before])]
    later = later[np.argsort(log.ended[later], kind="stable")][::-1]
    found[who[later]] = later  # of several the last one stays: the earliest
    return found


def _deflected(log: ContactLog, who: Numbers, answer: Ints) -> np.ndarray:
    """[customer] whether self-service resolved a contact and no agent answered any."""
    resolved = np.zeros(len(answer), dtype=bool)
    resolved[who[self_resolved(log)]] = True
    return np.asarray(resolved & (answer < 0))


# --- buying -----------------------------------------------------------------------------------


def _sell(
    prices: Prices,
    log: ContactLog,
    facts: Facts,
    draws: Draws,
    luck: CustomerLuck,
    in_time: Ints,
) -> Sales:
    """Let every customer buy or not: the same uniform with help and without."""
    place = luck.first[draws.reason] + draws.row
    buy, alone = luck.buy[place], prices.unaided[draws.reason]
    bought = buy < alone  # never of a reason without an intention: nan
    unaided = np.zeros(len(in_time))
    would = np.flatnonzero(bought)
    unaided[would] = _basket(luck, prices.unaided_basket[draws.reason[would]], place[would])
    # those with an intention whom somebody helped
    helped = np.flatnonzero((in_time >= 0) & prices.buying[draws.reason])
    answer, alone = in_time[helped], alone[helped]
    at = (log.pool[answer], draws.reason[helped], log.channel[answer])
    stated = prices.conversion.at(*at, log.ended[answer])
    sale = _sale(prices, stated, at, log.ended[answer])
    left = left_after(prices.conversion_left, log.pool[answer], facts.wait_in_all[answer])
    chance = _conversion(stated, left, alone)
    number = prices.basket.at(*at, log.ended[answer]).astype(np.int64)
    won = np.flatnonzero(buy[helped] < chance)
    basket = _basket(luck, number[won], place[helped[won]])
    revenue = unaided.copy()
    revenue[helped] = 0.0
    revenue[helped[won]] = np.where(np.isnan(sale[won]), basket, sale[won])
    bought[helped] = False
    bought[helped[won]] = True
    expected = np.zeros(len(in_time))
    mean = chance * np.where(np.isnan(sale), prices.mean_basket[number], sale)
    expected[helped] = mean - alone * prices.mean_unaided_sale[draws.reason[helped]]
    return Sales(helped[won], answer[won], bought, revenue, unaided, expected)


def _conversion(stated: Floats, left: Floats, alone: Floats) -> Floats:
    """The chance that counts after a wait that leaves a share of the stated conversion.

    A wait takes away what help adds and no more: an answer, however late, never does worse than
    none, unless the pool does so without any wait.
    """
    return np.maximum(stated * left, np.minimum(stated, alone))


def _sale(
    prices: Prices, conversion: Floats, at: tuple[Numbers, Numbers, Numbers], moment: Floats
) -> Floats:
    """What each sale brings by the pool's revenue per contact; nan where a basket decides."""
    mean = prices.revenue.at(*at, moment)
    return np.asarray(mean / np.where(conversion > 0.0, conversion, 1.0))


def _basket(luck: CustomerLuck, number: Ints, place: Ints) -> Floats:
    """What each customer spends, by the number of the distribution; 0 where there is none."""
    if len(luck.basket) == 0:
        return np.zeros(len(place))
    return np.where(number >= 0, luck.basket[number, place], 0.0)


def _add_sales(sums: Sums, prices: Prices, sales: Sales, at: Places) -> None:
    bought = np.flatnonzero(sales.bought)
    sums.add("sales", at.of(bought))
    sums.add("sales_answered", at.of(sales.won))
    sums.add("revenue", at.of(bought), sales.revenue[bought])
    sums.add("unaided_revenue", at, sales.unaided)
    added = (sales.revenue - sales.unaided) * prices.gross_margin
    sums.add("added_profit", at, added)
    sums.add("expected_profit", at, sales.expected * prices.gross_margin)


def _add_deciding(
    sums: Sums, prices: Prices, log: ContactLog, sales: Sales, contacts_at: Places
) -> None:
    """What a sale brings and costs where it was won: at the contact that decided."""
    pool, revenue = log.pool[sales.deciding], sales.revenue[sales.won]
    cost = prices.sale[pool] + prices.revenue_share[pool] * revenue
    at = contacts_at.of(sales.deciding)
    sums.add("won_revenue", at, revenue)
    sums.add("cost_sales", at, cost)


# --- satisfaction -----------------------------------------------------------------------------


def _add_satisfaction(
    sums: Sums,
    basis: Basis,
    log: ContactLog,
    facts: Facts,
    draws: Draws,
    luck: CustomerLuck,
    answer: Ints,
) -> None:
    """By the customer's first answer, in time or not, if its pool states a satisfaction."""
    stated = basis.prices.satisfaction
    if not sums.wants("asked", "satisfied") or np.isnan(stated.usual).all():
        return
    customers = np.flatnonzero((answer >= 0) & facts.counts_once)
    rows = answer[customers]
    reason = draws.reason[customers]
    share = stated.at(log.pool[rows], reason, log.channel[rows], log.ended[rows])
    left = left_after(basis.prices.satisfaction_left, log.pool[rows], facts.wait_in_all[rows])
    place = luck.first[draws.reason[customers]] + draws.row[customers]
    groups = {CHANNEL: log.channel[rows], REASON: reason, POOL: log.pool[rows]}
    at = sums.places(groups, lambda: facts.segment[customers])
    sums.add("asked", at.of(np.flatnonzero(~np.isnan(share))))
    sums.add("satisfied", at.of(np.flatnonzero(luck.satisfied[place] < share * left)))
