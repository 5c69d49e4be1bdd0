"""Many replications: from their tallies to values with intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.measures.catalogue import CATALOGUE, Estimator, Measure, terms
from sim.measures.components import SPLITS, TOTAL
from sim.measures.slices import ALL, NOBODY, Slices, slices_of
from sim.measures.tally import COLUMN, Tally
from sim.measures.waits import KINDS, dense_waits
from sim.scenario.model import Scenario
from sim.stats import Estimate, mean_interval, quantile_interval, ratio_interval, share_interval
from sim.tables import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd


class Row(NamedTuple):
    """One estimate.

    by, group: the slice; `total` has the group `all`.
    measure: name in the catalogue.
    value, low, high: the point and the bounds of its interval; nan where undefined (0/0) or
        where there are no bounds (fewer than two replications).
    unit: as in the catalogue; money is in the scenario's currency.
    """

    by: str
    group: str
    measure: str
    value: float
    low: float
    high: float
    unit: str


def estimate(
    scenario: Scenario,
    tallies: Sequence[Tally],
    confidence: float = 0.95,
    *,
    measures: Iterable[str] | None = None,
    splits: Collection[str] | None = None,
) -> list[Row]:
    """Estimate measures over replications: ordered by split, group, then as in the catalogue.

    Groups in which nothing can happen or did (no time of the counted days and no contact in any
    replication) are left out, and so are measures without a meaning in a split.

    Args:
        scenario: the one that was measured.
        tallies: one a replication, in any number.
        confidence: of every interval, in (0, 1).
        measures: names of the measures wanted; all if not given.
        splits: the splits wanted; all that the tallies hold if not given.

    Raises:
        KeyError: for a name that the catalogue does not know.
        ValueError: without tallies, or if they do not hold a split that is wanted.
    """
    held = _held(tallies)
    splits = held if splits is None else splits
    if unknown := set(splits) - set(SPLITS):
        raise KeyError(f"no split {', '.join(sorted(unknown))}")
    if missing := set(splits) - set(held):
        raise ValueError(f"these tallies hold no {', '.join(sorted(missing))}")
    wanted = (
        list(CATALOGUE.values()) if measures is None else [CATALOGUE[name] for name in measures]
    )
    slices = slices_of(scenario)
    rows: list[Row] = []
    for by in SPLITS:
        if by not in splits:
            continue
        sums = _sums_of(slices.only(held), tallies, by)
        shown = _shown(slices, sums, by)
        here = [one for one in wanted if by in one.splits]
        if len(shown) and here:
            rows += _split(slices, tallies, sums, by, shown, here, confidence)
    return rows


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """The rows as a data frame with the columns of `Row`."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(Row._fields))


def values(scenario: Scenario, tallies: Sequence[Tally], name: str) -> tuple[Floats, Floats]:
    """[replication] numerator and denominator of one measure in the total, for comparisons.

    Errors and meaning as in `of_sums`.
    """
    return of_sums(split_sums(scenario, tallies, TOTAL)[ALL], name)


def split_sums(scenario: Scenario, tallies: Sequence[Tally], by: str) -> dict[str, Floats]:
    """Group -> [replication, component] sums, of the groups of a split in which something happens.

    Raises:
        ValueError: without tallies.
    """
    held = slices_of(scenario).only(_held(tallies))
    sums = _sums_of(held, tallies, by)
    labels = held.labels[held.of(by)]
    return {labels[group][1]: sums[:, group] for group in _shown(held, sums, by).tolist()}


def of_sums(sums: Floats, name: str) -> tuple[Floats, Floats]:
    """[replication] numerator and denominator of a measure, from [replication, component].

    The denominator is 1 for totals, so that the measure is sum(numerator) / sum(denominator) over
    replications in every case.

    Raises:
        KeyError: for a name that the catalogue does not know.
        ValueError: for quantiles, which are no ratio of sums.
    """
    one = CATALOGUE[name]
    if one.estimator is Estimator.QUANTILE:
        raise ValueError(f"{name} is a quantile, not a ratio of sums")
    numerator = _sum(sums, one.numerator) * one.scale
    denominator = _sum(sums, one.denominator) if one.denominator else np.ones(numerator.shape)
    return numerator, denominator


def _held(tallies: Sequence[Tally]) -> tuple[str, ...]:
    """The splits that the tallies hold, all of them the same."""
    if not tallies:
        raise ValueError("there is nothing to estimate from: no replication")
    if len({tally.splits for tally in tallies}) > 1:
        raise ValueError("these tallies do not all hold the same splits")
    return tallies[0].splits


def _sums_of(held: Slices, tallies: Sequence[Tally], by: str) -> Floats:
    """[replication, group, component] of one split; `held` are the slices of the tallies."""
    return np.stack([tally.sums[held.of(by)] for tally in tallies])


def _shown(slices: Slices, sums: Floats, by: str) -> Ints:
    """The groups of a split in which something can happen or did."""
    alive = (sums[:, :, [COLUMN["time"], COLUMN["contacts"]]] > 0).any(axis=(0, 2))
    named = [name != NOBODY for _, name in slices.labels[slices.of(by)]]
    return np.flatnonzero(alive & np.array(named, dtype=bool))


def _split(
    slices: Slices,
    tallies: Sequence[Tally],
    sums: Floats,
    by: str,
    shown: Ints,
    measures: list[Measure],
    confidence: float,
) -> list[Row]:
    sums = sums[:, shown]
    found = {
        one.name: _bounded(one, _estimate(sums, one, confidence))
        for one in measures
        if one.estimator is not Estimator.QUANTILE
    }
    quantiles = [one for one in measures if one.estimator is Estimator.QUANTILE]
    rows = []
    for place, group in enumerate(shown.tolist()):
        name = slices.labels[slices.of(by)][group][1]
        waits = dense_waits(slices, tallies, by, group) if quantiles else None
        for one in measures:
            if waits is not None and one.estimator is Estimator.QUANTILE:
                numbers = _bounded(one, _quantile(waits, one, confidence))[0]
            else:
                numbers = found[one.name][place]
            rows.append(Row(by, name, one.name, *numbers, one.unit))
    return rows


def _estimate(sums: Floats, one: Measure, confidence: float) -> Estimate:
    """[slice] the estimates of one measure from sums [replication, slice, component]."""
    numerator = _sum(sums, one.numerator) * one.scale
    if one.estimator is Estimator.TOTAL:
        return mean_interval(numerator, confidence)
    denominator = _sum(sums, one.denominator)
    interval = share_interval if one.estimator is Estimator.SHARE else ratio_interval
    return interval(numerator, denominator, confidence)


def _sum(sums: Floats, formula: str) -> Floats:
    """The components of a formula added up, from left to right."""
    parts = terms(formula)
    total = np.zeros(sums.shape[:-1])
    for name, sign in parts.items():
        total = total + sign * sums[..., COLUMN[name]]
    return total


def _quantile(waits: Ints, one: Measure, confidence: float) -> Estimate:
    kinds = [KINDS.index(name) for name in terms(one.numerator)]
    return quantile_interval(waits[kinds].sum(axis=0), one.level, confidence)


def _bounded(one: Measure, found: Estimate) -> list[tuple[float, float, float]]:
    """[slice] value, low, high; no truth is lost where the measure can never be."""
    low, high = found.low, found.high
    if not one.signed:
        low = np.where(low < 0.0, 0.0, low)
    if one.unit == "share":
        high = np.where(high > 1.0, 1.0, high)
    columns = (np.atleast_1d(x).tolist() for x in (found.value, low, high))
    return list(zip(*columns, strict=True))
