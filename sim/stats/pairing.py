"""Options compared on the same replications: the same customers, the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.distributions import student_quantile
from sim.stats.estimate import BoolArray, Estimate, FloatArray, IntArray, replicated
from sim.stats.intervals import (
    mean_and_error,
    observed,
    ratio_controlled,
    ratio_deviations,
    ratio_error,
    ratio_input,
    ratio_of_sums,
    ratio_values,
    student_interval,
)
from sim.stats.shares import probability_interval

_DRAWS_PER_BLOCK = 4096
_BLOCKS = 8
_SEED = 2001
_DOUBTFUL = 5
"""Replications that say nothing reliable about correlation."""


def ratio_difference_interval(
    num: ArrayLike,
    den: ArrayLike,
    reference_num: ArrayLike,
    reference_den: ArrayLike,
    confidence: float = 0.95,
    controls: FloatArray | None = None,
) -> Estimate:
    """Paired jackknife interval of sum(num) / sum(den) - sum(reference_num) / sum(reference_den).

    All [replication, ...], replication r of both options with the same customers; each
    replication is left out of both ratios at once. Degrees of freedom: those of the option
    observed in fewer replications. Controls work where every replication of both has a
    denominator. Source and errors as in `ratio_interval`; ValueError for different shapes.
    """
    num, den = ratio_input(num, den)
    reference_num, reference_den = ratio_input(reference_num, reference_den)
    _same_shape(num, reference_num)
    moves = ratio_deviations(num, den) - ratio_deviations(reference_num, reference_den)
    value = ratio_of_sums(num, den) - ratio_of_sums(reference_num, reference_den)
    error = ratio_error(moves)
    used = np.minimum(observed(den), observed(reference_den))
    freedom = used
    if controls is not None and controls.shape[1]:
        two = (num, den), (reference_num, reference_den)
        (first, k), (second, _) = (ratio_controlled(*one, controls) for one in two)
        mean, controlled_error = mean_and_error(first - second)
        everywhere = used == len(num)
        value, error = np.where(everywhere, (mean, controlled_error), (value, error))
        freedom = np.where(everywhere, used - k, used)
    return replace(student_interval(value, error, freedom, confidence), n=used)


def win_share(option: ArrayLike, reference: ArrayLike, confidence: float = 0.95) -> Estimate:
    """The chance that the option beats the reference in one replication, such as in a given week.

    option, reference: [replication, ...] of a quantity of which more is better (turn the sign
    where less is). A tie is no win. Replications where either is nan are left out, cell by cell.
    The interval is `probability_interval`'s. Raises ValueError for different shapes.
    """
    a, b = _same_shape(option, reference)
    known = ~(np.isnan(a) | np.isnan(b))
    return probability_interval((a > b).sum(axis=0), known.sum(axis=0), confidence)


Sums = tuple[FloatArray, FloatArray]
"""Numerators and denominators of one option, [replication] both."""


def simultaneous_differences(
    samples: Sequence[Sums],
    reference: int = 0,
    confidence: float = 0.95,
    controls: FloatArray | None = None,
) -> Estimate:
    """[option] differences of ratios of sums to the reference, with bounds that hold together.

    samples: of each option, all with equally many replications.
    controls: as of `sim.stats.control.controlled`.

    They hold together as `simultaneous_intervals` says.
    Raises ValueError as `ratio_difference_interval` does.
    """
    values, used = _side_by_side(samples, controls)
    freedom = np.minimum(used, used[reference])
    return simultaneous_intervals(values - values[:, [reference]], freedom, confidence)


def separable_pairs(
    samples: Sequence[Sums], confidence: float = 0.95, controls: FloatArray | None = None
) -> BoolArray:
    """[k, k] which two options differ, at one level for all pairs together.

    Arguments and errors as in `simultaneous_differences`.
    """
    values, used = _side_by_side(samples, controls)
    k = values.shape[1]
    first, second = np.triu_indices(k, 1)
    between = simultaneous_intervals(
        values[:, first] - values[:, second], np.minimum(used[first], used[second]), confidence
    )
    differ = np.zeros((k, k), dtype=np.bool_)
    differ[first, second] = (between.low > 0.0) | (between.high < 0.0)
    return np.asarray(differ | differ.T)


def _side_by_side(
    samples: Sequence[Sums], controls: FloatArray | None
) -> tuple[FloatArray, IntArray]:
    """[replication, option] values as in `ratio_values`, and how many replications speak.

    With controls one less for each of them: that many degrees of freedom are gone.
    """
    num, den = (np.stack(column, axis=1) for column in zip(*samples, strict=True))
    used = observed(den)
    if controls is None or (used < len(num)).any():
        return ratio_values(num, den), used
    values, k = ratio_controlled(num, den, controls)
    return values, used - k


def _same_shape(option: ArrayLike, reference: ArrayLike) -> tuple[FloatArray, FloatArray]:
    a, b = replicated(option, "option"), replicated(reference, "reference")
    if a.shape != b.shape:
        raise ValueError(f"option has shape {a.shape}, reference has {b.shape}: not the same runs")
    return a, b


def simultaneous_intervals(values: FloatArray, used: IntArray, confidence: float) -> Estimate:
    """[column] intervals of the columns' means that hold all together with that confidence.

    values: [replication, column], such as differences; used: [column] replications that speak.

    They are max-t, that is of the quantile of the largest |t| under the correlation the columns
    have, by a fixed set of 32,768 draws; never above Bonferroni's, and well below it where options
    move together. Few replications tell little about correlation, so of n replications a part 5/n
    of the way to Bonferroni's is gone (with 5 or fewer it is Bonferroni's): the plain max-t of 7
    options at 5 replications covered about 91 %, of all their pairs 79 %, this one 95 % (500
    experiments). Columns that do not vary have an interval of width 0.
    Sources: Hothorn, Bretz & Westfall, Biometrical Journal 50 (2008) 346; Edwards & Berry (1987).
    """
    mean, error = mean_and_error(values)
    varies = (error > 0.0) & (used > 1)
    critical = np.asarray(student_quantile(confidence, used - 1))
    if varies.sum() > 1:  # one alone is Student's
        freedom = int(used[varies].min()) - 1
        scaled = (values - mean)[:, varies] / error[varies]
        critical = np.maximum(critical, _max_t(scaled, freedom, confidence))
    half = np.where(error > 0.0, critical, np.where(used > 1, 0.0, np.nan)) * error
    return Estimate(value=mean, low=mean - half, high=mean + half, n=used)


def _max_t(deviations: FloatArray, freedom: int, confidence: float) -> float:
    """Quantile of max |t| over correlated columns, between Student's and Bonferroni's.

    Normal vectors with exactly that correlation are deviations' right singular vectors, scaled
    and mixed by independent normals: works too with more options than replications.
    """
    n, columns = int(deviations.shape[0]), int(deviations.shape[1])
    _, scale, right = np.linalg.svd(deviations, full_matrices=False)
    rank = scale > 1e-10 * scale[0]
    mixing = scale[rank, None] * right[rank]
    mixing /= np.sqrt((mixing**2).sum(axis=0))
    normal, root = _normals(len(mixing)), _roots(freedom)
    largest = [np.abs(mixing.T @ block).max(axis=0) for block in normal]
    drawn = float(np.quantile(np.concatenate(largest) / root, confidence))
    single = float(student_quantile(confidence, freedom))
    bonferroni = float(student_quantile(1.0 - (1.0 - confidence) / columns, freedom))
    doubt = min(_DOUBTFUL / n, 1.0)
    critical = min(max(drawn, single), bonferroni)
    return critical + doubt * (bonferroni - critical)


@lru_cache(maxsize=32)
def _normals(rank: int) -> FloatArray:
    """[block, rank, draw] standard normals, the same for every comparison."""
    drawn = np.random.default_rng(_SEED).standard_normal((_BLOCKS, _DRAWS_PER_BLOCK, rank))
    return np.ascontiguousarray(drawn.transpose(0, 2, 1))


@lru_cache(maxsize=256)
def _roots(freedom: int) -> FloatArray:
    """[draw] roots of mean squares with so many degrees of freedom."""
    rng = np.random.default_rng((_SEED, freedom))
    return np.sqrt(rng.chisquare(freedom, _BLOCKS * _DRAWS_PER_BLOCK) / freedom)
