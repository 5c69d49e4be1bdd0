"""Samples side by side: one number a replication and sample, for paired differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.experiment.runner import Sample
from sim.measures import measure_of, of_sums, sums_at, values
from sim.measures.catalogue import Estimator
from sim.stats.intervals import ratio_values
from sim.tables import Floats


def sums_of(samples: Sequence[Sample], name: str = "", replications: int | None = None) -> Floats:
    """[replication, sample, component] sums of what a measure's name is about (else the total).

    Of the first replications; where no number is given all samples have equally many.
    """
    some = slice(replications)
    return np.stack([sums_at(one.scenario, one.tallies, name)[some] for one in samples], axis=1)


def weeks(sample: Sample, name: str) -> Floats:
    """[replication] a measure in each, with all its luck; nan where it is 0/0."""
    num, den = values(sample.scenario, sample.tallies, name)
    return np.asarray(num / np.where(den > 0.0, den, np.nan))


def each(sums: Floats, name: str) -> Floats:
    """[replication, sample] numbers whose means are a measure.

    For totals these are the totals, for ratios of sums the jackknife's (see `ratio_values`); nan
    where that measure is 0/0, or has a single replication.
    """
    num, den = of_sums(sums, name)
    if measure_of(name).estimator is Estimator.TOTAL:
        return num
    return ratio_values(num, den)
