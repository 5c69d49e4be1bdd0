"""What contacts, sales and hours are worth, as tables: P pools, R reasons, C channels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.draws.draw import Setting
from sim.draws.luck import baskets
from sim.measures.clock import Clock, covered, spans_of
from sim.measures.stated import Stated, make_stated
from sim.scenario.by_time import ByTime, NumberByTime
from sim.scenario.calendar import names_holidays
from sim.scenario.distributions import Distribution
from sim.scenario.model import Contract, Scenario
from sim.scenario.values import AfterWait
from sim.tables import Floats, Ints, Numbers

Curves = list[AfterWait | None]


@dataclass(frozen=True)
class Prices:
    """Money in the scenario's currency; shares between 0 and 1.

    hour: [P, counted segments] of an agent's hour on duty, premium included; base_hour: [P]
        without it.
    overtime: [P] of an hour after the end of duty.
    contact, minute, sale: [P] of an answered contact, of a minute handled, of a sale.
    resolution: [P] of what an AI agent says it has resolved.
    revenue_share: [P]; week: [P] fixed.
    minimum_shift: [P] seconds that a shift is paid at least; minimum_week: [P] of all that the
        contract says.
    channel: [C] of a contact answered or self-served; call: [C] of a call to a customer instead.
    waiting: [C] of a minute that a contact waits.
    conversion, satisfaction: by pool, reason, channel and time.
    conversion_left, satisfaction_left: [P] points of [wait, share of it that is left], if any.
    revenue: mean of all served in time, buyers or not; nan where a buyer's basket decides.
    basket: by pool, reason, channel and time; number of its distribution, -1 for none.
    buying: [R] whether customers have an intention to buy.
    mean_basket: [number] the mean of each distribution; last, for -1, 0.
    unaided: [R] chance to buy without help; unaided_basket: [R] as `basket`; mean_unaided_sale:
        [R] its mean.
    gross_margin: share of revenue.
    """

    hour: Floats
    base_hour: Floats
    overtime: Floats
    contact: Floats
    minute: Floats
    resolution: Floats
    sale: Floats
    revenue_share: Floats
    week: Floats
    minimum_shift: Floats
    minimum_week: Floats
    channel: Floats
    call: Floats
    waiting: Floats
    conversion: Stated
    satisfaction: Stated
    conversion_left: Curves
    satisfaction_left: Curves
    revenue: Stated
    basket: Stated
    buying: np.ndarray
    unaided: Floats
    unaided_basket: Ints
    mean_basket: Floats
    mean_unaided_sale: Floats
    gross_margin: float


def make_prices(setting: Setting, clock: Clock) -> Prices:
    """The tables of a prepared scenario."""
    scenario = setting.scenario
    channels, pools = scenario.channels.values(), scenario.pools.values()
    contracts = [pool.contract for pool in pools]
    intentions = _intentions(scenario)
    conversion = make_stated(setting, [pool.sells.conversion for pool in pools])
    # a pool that says nothing neither wins sales nor loses any
    said, unaided = conversion.usual, intentions["unaided"][:, None]
    conversion = replace(conversion, usual=np.where(np.isnan(said), unaided, said))
    mean_basket = np.array(
        [*(dist.expectation() for dist in baskets(scenario)), 0.0]
    )  # last: of none
    return Prices(
        hour=np.array([_hour(setting, clock, contract) for contract in contracts]),
        base_hour=np.array([c.per_hour for c in contracts]),
        overtime=np.array([c.per_hour * c.overtime for c in contracts]),
        contact=np.array([c.per_contact for c in contracts]),
        minute=np.array([c.per_minute for c in contracts]),
        resolution=np.array([c.per_resolution for c in contracts]),
        sale=np.array([c.per_sale for c in contracts]),
        revenue_share=np.array([c.revenue_share for c in contracts]),
        week=np.array([c.per_week + c.once_a_week for c in contracts]),
        minimum_shift=np.array([c.minimum_shift for c in contracts]),
        # what is paid once fills up no minimum: it stands on both sides
        minimum_week=np.array(
            [c.minimum_per_week and c.minimum_per_week + c.once_a_week for c in contracts]
        ),
        channel=np.array([c.cost_per_contact for c in channels]),
        call=np.array([c.calls.cost_per_contact if c.calls else 0.0 for c in channels]),
        waiting=np.array([c.cost_per_waiting_minute for c in channels]),
        conversion=conversion,
        satisfaction=make_stated(setting, [pool.satisfaction for pool in pools]),
        conversion_left=[pool.sells.after_wait for pool in pools],
        satisfaction_left=[pool.satisfaction_after_wait for pool in pools],
        revenue=make_stated(setting, [pool.sells.revenue_per_contact for pool in pools]),
        basket=_baskets(setting, intentions["unaided_basket"]),
        mean_basket=mean_basket,
        mean_unaided_sale=mean_basket[intentions["unaided_basket"]],
        gross_margin=scenario.gross_margin,
        **intentions,
    )


def _hour(setting: Setting, clock: Clock, contract: Contract) -> Floats:
    """[counted] price of an hour on duty in each segment: the highest premium that covers it."""
    starts = clock.edges[: clock.counted]
    apart = names_holidays(contract.premium)
    highest = np.zeros(clock.counted)
    for times, premium in contract.premium.items():
        inside = covered(starts, spans_of(setting, times, holidays_apart=apart))
        highest[inside] = np.maximum(highest[inside], premium)
    return np.asarray(contract.per_hour * (1.0 + highest))


def left_after(curves: Curves, pool: Numbers, wait: Floats) -> Floats:
    """[contact] share of what the pool says that is left after the wait; all for nobody (-1).

    Straight lines between the points, level before the first and after the last.
    """
    left = np.ones(len(pool))
    for number, points in enumerate(curves):
        if points is not None:
            mine = np.flatnonzero(pool == number)
            waits, shares = zip(*points, strict=True)
            left[mine] = np.interp(wait[mine], waits, shares)
    return left


def _baskets(setting: Setting, own: Ints) -> Stated:
    """The number of what a customer of each pool spends; what it does not say, the reason does."""
    numbers = {dist: number for number, dist in enumerate(baskets(setting.scenario))}

    def number(dist: Distribution) -> float | NumberByTime:
        if isinstance(dist, ByTime):
            lines = tuple((times, float(numbers[one])) for times, one in dist.lines)
            return NumberByTime(lines, float(numbers[dist.usual]))
        return float(numbers[dist])

    by = [pool.sells.basket for pool in setting.scenario.pools.values()]
    stated = make_stated(setting, [None if one is None else one.each(number) for one in by])
    said = np.where(np.isnan(stated.usual), own[:, None], stated.usual)
    return replace(stated, usual=said)


def _intentions(scenario: Scenario) -> dict[str, np.ndarray]:
    numbers = {dist: i for i, dist in enumerate(baskets(scenario))}
    buying = [reason.buying for reason in scenario.reasons.values()]
    own = [-1 if b is None or b.basket is None else numbers[b.basket] for b in buying]

    return {
        "buying": np.array([b is not None for b in buying]),
        "unaided": np.array([0.0 if b is None else b.unaided for b in buying]),
        "unaided_basket": np.array(own, dtype=np.int64),
    }
