"""Intervals, ratios, quantiles, pairing, selection; knows no contacts.

The first axis of every array is the replication; every interval function returns an `Estimate`.
"""

from sim.stats.best import plausible_best
from sim.stats.crossing import Crossing, crossings
from sim.stats.estimate import Estimate
from sim.stats.histogram import (
    HISTOGRAM_BINS,
    histogram_bins,
    histogram_edges,
)
from sim.stats.intervals import mean_interval, ratio_interval, ratio_values
from sim.stats.knowing import Knowing, Worth
from sim.stats.pairing import (
    ratio_difference_interval,
    separable_pairs,
    simultaneous_differences,
    simultaneous_intervals,
    win_share,
)
from sim.stats.precision import replications_needed
from sim.stats.quantiles import quantile_interval
from sim.stats.selection import Selection
from sim.stats.shares import probability_interval, share_interval

__all__ = [
    "HISTOGRAM_BINS",
    "Crossing",
    "Estimate",
    "Knowing",
    "Selection",
    "Worth",
    "crossings",
    "histogram_bins",
    "histogram_edges",
    "mean_interval",
    "plausible_best",
    "probability_interval",
    "quantile_interval",
    "ratio_difference_interval",
    "ratio_interval",
    "ratio_values",
    "replications_needed",
    "separable_pairs",
    "share_interval",
    "simultaneous_differences",
    "simultaneous_intervals",
    "win_share",
]
