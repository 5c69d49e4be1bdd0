"""Samples side by side: one number a replication and sample, for paired differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.experiment.runner import Sample
from sim.measures import CATALOGUE, of_sums, split_sums
from sim.measures.catalogue import Estimator
from sim.measures.components import TOTAL
from sim.stats import ratio_values
from sim.tables import Floats

COMPARABLE = tuple(
    name for name, measure in CATALOGUE.items() if measure.estimator is not Estimator.QUANTILE
)
"""The measures that are means or ratios, so that differences of replications add up."""


def sums_of(samples: Sequence[Sample]) -> Floats:
    """[replication, sample, component] sums of the total; equally many replications each."""
    return np.stack(
        [split_sums(one.scenario, one.tallies, TOTAL)["all"] for one in samples], axis=1
    )


def each(sums: Floats, name: str) -> Floats:
    """[replication, sample] numbers whose means are a measure.

    For totals these are the totals, for ratios of sums the jackknife's (see `ratio_values`); nan
    where that measure is 0/0, or has a single replication.
    """
    num, den = of_sums(sums, name)
    if CATALOGUE[name].estimator is Estimator.TOTAL:
        return num
    return ratio_values(num, den)
