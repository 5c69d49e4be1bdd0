"""Many replications: from their tallies to values with intervals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.measures.catalogue import CATALOGUE, Estimator, Measure, terms
from sim.measures.components import SPLITS
from sim.measures.groups import measure_of, place_of
from sim.measures.slices import NOBODY, Slices, slices_of
from sim.measures.tallies import Columns, Tallies
from sim.measures.tally import COLUMN, Tally
from sim.measures.waits import KINDS, WaitHistograms
from sim.scenario.model import Scenario
from sim.stats.estimate import Estimate
from sim.stats.histogram import locate
from sim.stats.intervals import mean_interval, ratio_interval
from sim.stats.quantiles import pooled_quantile_interval
from sim.stats.shares import share_interval
from sim.tables import Floats

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
    controls: Floats | None = None,
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
        controls: [replication, control] as of `sim.stats.control.usable`, for totals and ratios
            of sums, shares among them; none if not given.

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
    slices, kept = slices_of(scenario), _kept(tallies)
    here = {by: [one for one in wanted if by in one.splits] for by in SPLITS if by in splits}
    waits = {by: _quantiles(slices, kept, by, some, confidence) for by, some in here.items()}
    every = [one for one in wanted if not here.keys().isdisjoint(one.splits)]
    slices = slices.only(held)
    rows: list[Row] = []
    for some, columns in kept.batches(slices.within([by for by in here if here[by]])):
        shown = _shown(slices, columns, some)
        found = _estimates(columns.only(shown), every, confidence, controls) if shown else {}
        for place, row in enumerate(some[one] for one in shown):
            by, group = slices.labels[row]
            number = row - slices.of(by).start
            for one in here[by]:
                numbers = waits[by].get((one.name, number)) or found[one.name][place]
                rows.append(Row(by, group, one.name, *numbers, one.unit))
    return rows


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """The rows as a data frame with the columns of `Row`."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(Row._fields))


def values(scenario: Scenario, tallies: Sequence[Tally], name: str) -> tuple[Floats, Floats]:
    """[replication] numerator and denominator of one measure, for comparisons.

    name: of a measure, or one of a group's, such as `phone.asa`. Meaning and errors as in
    `sums_at` and `of_sums`.
    """
    return of_sums(sums_at(scenario, tallies, name), name)


def sums_at(scenario: Scenario, tallies: Sequence[Tally], name: str) -> Floats:
    """[replication, component] sums of the group that a name is about, or of the total.

    Raises:
        Wrong: as `place_of`.
        ValueError: without tallies.
    """
    by, group = place_of(scenario, name)
    found = split_sums(scenario, tallies, by)
    return found[group] if group in found else np.zeros((len(tallies), len(COLUMN)))


def split_sums(scenario: Scenario, tallies: Sequence[Tally], by: str) -> dict[str, Floats]:
    """Group -> [replication, component] sums, of the groups of a split in which something happens.

    Raises:
        ValueError: without tallies.
    """
    slices = slices_of(scenario).only(_held(tallies))
    found = {}
    for some, columns in _kept(tallies).batches(slices.within([by])):
        for place in _shown(slices, columns, some):
            found[slices.labels[some[place]][1]] = columns.whole(place)
    return found


def of_sums(sums: Floats, name: str) -> tuple[Floats, Floats]:
    """[replication] numerator and denominator of a measure, from [replication, component].

    The denominator is 1 for totals, so that the measure is sum(numerator) / sum(denominator) over
    replications in every case.

    Raises:
        KeyError: for a name that the catalogue does not know.
        ValueError: for quantiles, which are no ratio of sums.
    """
    one = measure_of(name)
    if one.estimator is Estimator.QUANTILE:
        raise ValueError(f"{name} is a quantile, not a ratio of sums")

    def column(component: str) -> Floats:
        return np.asarray(sums[..., COLUMN[component]])

    numerator = _sum(column, one.numerator) * one.scale
    denominator = _sum(column, one.denominator) if one.denominator else np.ones(numerator.shape)
    return numerator, denominator


def _held(tallies: Sequence[Tally]) -> tuple[str, ...]:
    """The splits that the tallies hold, all of them the same."""
    if not tallies:
        raise ValueError("there is nothing to estimate from: no replication")
    return _kept(tallies).splits


def _kept(tallies: Sequence[Tally]) -> Tallies:
    return tallies if isinstance(tallies, Tallies) else Tallies(tallies)


def _shown(slices: Slices, columns: Columns, rows: Sequence[int]) -> list[int]:
    """The places of those of these slices in which something can happen or did."""
    alive = np.any((columns("time") > 0) | (columns("contacts") > 0), axis=0)
    named = np.array([slices.labels[row][1] != NOBODY for row in rows], dtype=bool)
    places: list[int] = np.flatnonzero(alive & named).tolist()
    return places


def _estimates(
    columns: Columns, measures: list[Measure], confidence: float, controls: Floats | None
) -> dict[str, list[Numbers]]:
    """Measure -> [slice] its numbers, of those among the measures that are no quantiles."""
    ordinary = [one for one in measures if one.estimator is not Estimator.QUANTILE]
    found = {}
    for first in range(0, len(ordinary), TOGETHER):
        some = ordinary[first : first + TOGETHER]
        columns.hold(name for one in some for name in _components(one))
        for one in some:
            found[one.name] = _bounded(one, _estimate(columns, one, confidence, controls))
    return found


TOGETHER = 8
"""Measures whose components are held together when there are very many replications."""


def _components(one: Measure) -> list[str]:
    return [*terms(one.numerator), *(terms(one.denominator) if one.denominator else ())]


def _estimate(
    columns: Column, one: Measure, confidence: float, controls: Floats | None
) -> Estimate:
    """[slice] the estimates of one measure from its components, [replication, slice] each."""
    numerator = _sum(columns, one.numerator) * one.scale
    if one.estimator is Estimator.TOTAL:
        return mean_interval(numerator, confidence, controls)
    denominator = _sum(columns, one.denominator)
    if one.estimator is Estimator.SHARE:
        return share_interval(numerator, denominator, confidence, controls)
    return ratio_interval(numerator, denominator, confidence, controls)


Numbers = tuple[float, float, float]
"""Value, low and high of an estimate."""

Column = Callable[[str], Floats]
"""Component -> its numbers, [replication, ...]."""


def _sum(columns: Column, formula: str) -> Floats:
    """The components of a formula added up, from left to right."""
    total: Floats | float = 0.0
    for name, sign in terms(formula).items():
        total = total + sign * columns(name)
    return np.asarray(total)


def _quantiles(
    slices: Slices, tallies: Tallies, by: str, measures: list[Measure], confidence: float
) -> dict[tuple[str, int], Numbers]:
    """(Measure, group) -> its numbers, of those among the measures that are quantiles of waits."""
    wanted = [one for one in measures if one.estimator is Estimator.QUANTILE]
    if not wanted or not slices.size(by):
        return {}
    waits = WaitHistograms(slices, tallies, by)
    kinds = [[KINDS.index(name) for name in terms(one.numerator)] for one in wanted]
    pooled = [waits.pooled[some].sum(axis=0) for some in kinds]
    places = [
        (some, *locate(all_of_them, np.full(len(all_of_them), one.level)))
        for one, some, all_of_them in zip(wanted, kinds, pooled, strict=True)
    ]
    found = {}
    for place, groups, below, total in waits.below(places):
        one, all_of_them = wanted[place], pooled[place][groups.start : groups.stop]
        interval = pooled_quantile_interval(all_of_them, below, total, one.level, confidence)
        for group, numbers in zip(groups, _bounded(one, interval), strict=True):
            found[one.name, group] = numbers
    return found


def _bounded(one: Measure, found: Estimate) -> list[Numbers]:
    """[slice] value, low, high; no truth is lost where the measure can never be."""
    low, high = found.low, found.high
    if not one.signed:
        low = np.where(low < 0.0, 0.0, low)
    if one.unit == "share":
        high = np.where(high > 1.0, 1.0, high)
    columns = (np.atleast_1d(x).tolist() for x in (found.value, low, high))
    return list(zip(*columns, strict=True))
