"""Samples side by side: one number a replication and sample, for paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.experiment.runner import Sample
from sim.experiment.study import Study
from sim.measures import measure_of, of_sums, sums_at, values
from sim.stats.best import plausible_best
from sim.stats.control import controlled
from sim.stats.crossing import Crossing, crossings
from sim.stats.estimate import Bounds
from sim.stats.intervals import mean_and_error, ratio_values, student_interval
from sim.stats.pairing import simultaneous_intervals
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
    return num if measure_of(name).is_total else ratio_values(num, den)


@dataclass(frozen=True)
class SideBySide:
    """One measure of several samples, which met the same customers.

    values: [replication, sample] numbers whose means it is, the luck taken out that is known; nan
        where it is undefined.
    controls: how many control variates that took.
    """

    values: Floats
    confidence: float
    controls: int = 0

    @classmethod
    def of(cls, study: Study, name: str, sums: Floats, known: Floats | None) -> SideBySide:
        """A measure of sums as of `sums_of`; known as of `Luck.known`."""
        # samples that are the same stay so to the last digit, whatever regression rounds
        plain, place = np.unique(each(sums, name), axis=1, return_inverse=True)
        values, controls = controlled(plain, known, jackknife=not measure_of(name).is_total)
        return cls(values[:, place.ravel()], study.confidence, controls)

    @cached_property
    def means(self) -> Floats:
        """[sample]"""
        return np.asarray(self.values.mean(axis=0))

    @property
    def moves(self) -> bool:
        """Whether any sample differs from the first; two undefined ones do not."""
        first = np.broadcast_to(self.values[:, :1], self.values.shape)
        return not np.array_equal(self.values, first, equal_nan=True)

    def times(self, sign: int) -> SideBySide:
        """Turned so that more is better."""
        return replace(self, values=sign * self.values)

    def moved(self, by: Floats) -> SideBySide:
        """With something added to each."""
        return replace(self, values=self.values + by)

    @cached_property
    def plausible(self) -> tuple[int, ...]:
        """Those that may be the highest: no other is surely higher."""
        stays = plausible_best(self.values, self.confidence, self.controls)
        return tuple(np.flatnonzero(stays).tolist())

    @property
    def best(self) -> int | None:
        """The highest; None if all are undefined."""
        return self.best_but(None)

    def best_but(self, left_out: int | None) -> int | None:
        """The highest of the others."""
        means = np.where(np.isnan(self.means), -np.inf, self.means)
        means[[] if left_out is None else left_out] = -np.inf
        return int(means.argmax()) if np.isfinite(means).any() else None

    def lead(self, one: int, other: int) -> Bounds:
        """Of one over another."""
        mean, error = mean_and_error(self.values[:, one] - self.values[:, other])
        used = np.asarray(len(self.values) - self.controls)
        return student_interval(mean, error, used, self.confidence).bounds

    def together(self, differences: Floats) -> Floats:
        """[3, column] means with bounds that hold together; nan for those that are undefined."""
        known = ~np.isnan(differences).any(axis=0)
        found = np.full((3, differences.shape[1]), np.nan)
        if known.any():
            used = np.full(int(known.sum()), len(differences) - self.controls, np.int64)
            bounds = simultaneous_intervals(differences[:, known], used, self.confidence)
            found[:, known] = bounds.value, bounds.low, bounds.high
        return found

    def crossings(self, places: Sequence[float]) -> tuple[Crossing, ...]:
        """Where they pass through zero, at these places on a line."""
        return tuple(crossings(places, self.values, self.confidence, self.controls))
