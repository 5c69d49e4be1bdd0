"""Where a difference in margin comes from: the steps from one option to another.

What help adds to sales is buyers reached x conversion x value of a sale, less what they would have
bought unaided; margin is that times the gross margin, less cost. The steps change one factor after
the other, in this order, each at the new values of those before and the old ones of those after.
They add up to the difference exactly; how much of it a single factor gets depends on the order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from sim.experiment.runner import Sample
from sim.measures import of_sums, split_sums
from sim.measures.components import SOURCE, TOTAL
from sim.measures.tally import COLUMN
from sim.stats.control import controlled
from sim.tables import Floats

COST = "cost"


class Step(NamedTuple):
    """A part of the difference in margin between an option and the reference.

    step: what changes, one factor after the other:

    - reached: more or fewer customers ready to buy are answered in time
    - conversion: those who are answered in time buy more or less often
    - basket: their sales are worth more or less
    - unaided: of those answered in time, more or fewer would have bought anyway
    - gross_margin: another share of revenue counts as margin
    - luck: what the luck of single sales took, which the expected margin leaves out
    - cost: a source costs more or less: a pool by its contract, a channel by the contact

    source: of a step of cost, a group of the split by source.
    value: money, the mean over replications.
    """

    option: str
    step: str
    source: str
    value: float


def bridges(
    samples: Mapping[str, Sample],
    against: str,
    controls: Floats | None = None,
    *,
    expected: bool = False,
) -> Iterator[Step]:
    """The steps from the reference to every other option; those of a value of 0 too.

    controls: as of `estimate`.
    expected: whether to the expected margin: a step more leads there.
    """
    for option in samples:
        if option != against:
            yield from _bridge(option, samples[option], samples[against], controls, expected)


def _bridge(
    option: str, here: Sample, there: Sample, controls: Floats | None, expected: bool
) -> Iterator[Step]:
    new, old = _Sales.of(here, controls), _Sales.of(there, controls)
    # where nobody is reached there is no conversion: it is as on the other side
    old_conversion, new_conversion = _either(old.conversion, new.conversion)
    old_basket, new_basket = _either(old.basket, new.basket)
    moves = {
        "reached": (new.reached - old.reached) * old_conversion * old_basket,
        "conversion": new.reached * (new_conversion - old_conversion) * old_basket,
        "basket": new.reached * new_conversion * (new_basket - old_basket),
        "unaided": old.unaided - new.unaided,
    }
    for name, value in moves.items():
        yield Step(option, name, "", value * old.gross_margin)
    yield Step(option, "gross_margin", "", new.added * (new.gross_margin - old.gross_margin))
    if expected:
        yield Step(option, "luck", "", new.missed_luck - old.missed_luck)
    costs = _costs(here, controls), _costs(there, controls)
    for source in dict.fromkeys([*costs[1], *costs[0]]):
        yield Step(option, COST, source, costs[1].get(source, 0.0) - costs[0].get(source, 0.0))


class _Sales(NamedTuple):
    """What sales are made of, on average over replications."""

    reached: float  # customers ready to buy, answered in time
    sales: float  # to these
    won: float  # their revenue
    unaided: float  # of which would have come anyway
    gross_margin: float
    missed_luck: float  # expected margin less what it was

    @classmethod
    def of(cls, sample: Sample, controls: Floats | None) -> _Sales:
        sums = split_sums(sample.scenario, sample.tallies, TOTAL)["all"]

        def mean(name: str) -> float:
            return _mean(sums[:, COLUMN[name]], controls)

        won, unreached = mean("won_revenue"), mean("revenue") - mean("won_revenue")
        return cls(
            mean("intending_answered"),
            mean("sales_answered"),
            won,
            mean("unaided_revenue") - unreached,
            sample.scenario.gross_margin,
            mean("expected_profit") - mean("added_profit"),
        )

    @property
    def conversion(self) -> float:
        return self.sales / self.reached if self.reached else np.nan

    @property
    def basket(self) -> float:
        return self.won / self.sales if self.sales else np.nan

    @property
    def added(self) -> float:
        return self.won - self.unaided


def _either(old: float, new: float) -> tuple[float, float]:
    """Both; where one is undefined the other stands for it, where both are, nothing."""
    known = [one for one in (old, new) if not np.isnan(one)]
    return (old, new) if len(known) == 2 else ((*known, 0.0)[0],) * 2


def _costs(sample: Sample, controls: Floats | None) -> dict[str, float]:
    """Source -> its cost, on average over replications."""
    found = split_sums(sample.scenario, sample.tallies, SOURCE)
    return {group: _mean(of_sums(sums, COST)[0], controls) for group, sums in found.items()}


def _mean(each: Floats, controls: Floats | None) -> float:
    return float(controlled(each, controls, jackknife=False)[0].mean())
