"""A measure of one plan, told by how the plan differs from one that has been run more often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import nan

import numpy as np

from sim.experiment.runner import Sample
from sim.experiment.staffing.goal import Target
from sim.measures import CATALOGUE
from sim.measures.estimate import of_sums, split_sums
from sim.stats.control import controlled, usable
from sim.stats.distributions import student_quantile
from sim.stats.estimate import Bounds
from sim.stats.intervals import mean_and_error, ratio_values, student_interval
from sim.tables import Floats


@dataclass(frozen=True)
class Known:
    """The plan that has been run more often.

    controls: of its replications, as of `estimate`. confidence: of intervals.
    """

    sample: Sample
    controls: Floats | None
    confidence: float

    def beside(self, about: Target, other: Sample) -> Bounds:
        """What another plan comes to, of which there are fewer replications, in one measure."""
        here, ratio = each(self.sample, about), not CATALOGUE[about.measure].is_total
        mine, _ = controlled(here, self.controls, jackknife=ratio)
        found = beside(mine, self._gaps(about, self.sample, other)[0], self.confidence)
        if CATALOGUE[about.measure].unit != "share":
            return found
        return Bounds(*(min(max(one, 0.0), 1.0) for one in found))

    def gain(self, about: Target, before: Sample, after: Sample) -> Bounds:
        """How much more a plan comes to than another: the difference of what `beside` tells."""
        gaps, controls = self._gaps(about, before, after)
        used = np.asarray(len(gaps) - controls)
        return student_interval(*mean_and_error(gaps), used, self.confidence).bounds

    def _gaps(self, about: Target, before: Sample, after: Sample) -> tuple[Floats, int]:
        """[replication] what one has more than the other, and the number of controls."""
        many = min(len(before), len(after))
        few = None if self.controls is None else usable(self.controls, many)
        gaps = each(after, about, many) - each(before, about, many)
        return controlled(gaps, few, jackknife=not CATALOGUE[about.measure].is_total)


def beside(mine: Floats, gaps: Floats, confidence: float) -> Bounds:
    """A mean that is told by how it differs from one that is known from more replications.

    Args:
        mine: [N] of what is known; gaps: [n] what the other has more in the first of these.
        confidence: of the interval.

    The mean of the differences is added to that of all N. The error is that of both together: the
    first n replications are in both.
    """
    n, many = len(gaps), len(mine)
    value = float(mine.mean() + gaps.mean())
    if n < 2:
        return Bounds(value, nan, nan)
    common = float(np.cov(gaps, mine[:n])[0, 1])
    square = float(gaps.var(ddof=1)) / n + (float(mine.var(ddof=1)) + 2.0 * common) / many
    half = float(student_quantile(confidence, n - 1)) * math.sqrt(max(square, 0.0))
    return Bounds(value, value - half, value + half)


def each(sample: Sample, about: Target, many: int | None = None) -> Floats:
    """[replication] numbers whose mean is a measure, of the first so many."""
    sums = split_sums(sample.scenario, sample.tallies, about.by)[about.group][:many]
    return ratio_values(*of_sums(sums, about.measure))
