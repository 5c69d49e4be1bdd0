"""Intervals, ratios, pairing, selection; knows no contacts.

The first axis of every array is the replication; every interval function returns an `Estimate`.
"""

from typing import TYPE_CHECKING

from sim.later import imported_later

if TYPE_CHECKING:
    from sim.stats.best import plausible_best as plausible_best
    from sim.stats.crossing import Crossing as Crossing
    from sim.stats.crossing import crossings as crossings
    from sim.stats.estimate import Estimate as Estimate
    from sim.stats.histogram import HISTOGRAM_BINS as HISTOGRAM_BINS
    from sim.stats.histogram import histogram_bins as histogram_bins
    from sim.stats.histogram import histogram_edges as histogram_edges
    from sim.stats.intervals import mean_interval as mean_interval
    from sim.stats.intervals import ratio_interval as ratio_interval
    from sim.stats.intervals import ratio_values as ratio_values
    from sim.stats.knowing import Knowing as Knowing
    from sim.stats.knowing import Worth as Worth
    from sim.stats.pairing import ratio_difference_interval as ratio_difference_interval
    from sim.stats.pairing import separable_pairs as separable_pairs
    from sim.stats.pairing import simultaneous_differences as simultaneous_differences
    from sim.stats.pairing import simultaneous_intervals as simultaneous_intervals
    from sim.stats.pairing import win_share as win_share
    from sim.stats.precision import replications_needed as replications_needed
    from sim.stats.selection import Selection as Selection
    from sim.stats.shares import probability_interval as probability_interval
    from sim.stats.shares import share_interval as share_interval

__getattr__, __dir__ = imported_later(__name__)
