"""Costs that follow from other costs: minimums of contracts, and the same money by source."""

from __future__ import annotations

import numpy as np

from sim.measures.agents import HOUR_SECONDS, WEEK_SECONDS
from sim.measures.basis import Basis
from sim.measures.components import CHANNEL, CHANNEL_PARTS, CONTRACT_PARTS, POOL, SOURCE
from sim.measures.slices import paid_channels
from sim.measures.sums import Sums
from sim.measures.tally import COLUMN
from sim.tables import SHIFT_GAP, DutyLog, Floats

CONTRACT_COLUMNS = [COLUMN[name] for name in CONTRACT_PARTS]
CHANNEL_COLUMNS = [COLUMN[name] for name in CHANNEL_PARTS]


def add_minimums(sums: Sums, basis: Basis, duty: DutyLog) -> None:
    """Fill up short shifts, then what each contract comes to; all its other parts are there."""
    prices = basis.prices
    if not sums.wants("cost_minimum"):
        return
    if not (prices.minimum_shift.any() or prices.minimum_week.any()):
        return
    shifts = _short_shifts(basis, duty)
    pools = len(basis.capacity)
    paid = sums.of(POOL)[:pools, CONTRACT_COLUMNS].sum(axis=1) + shifts.sum(axis=1)
    least = basis.prices.minimum_week * (basis.clock.end / WEEK_SECONDS)
    missing = np.maximum(least - paid, 0.0)
    commitment = np.outer(missing / basis.clock.end, basis.clock.lengths)
    sums.put_agents({"cost_minimum": shifts + commitment})


def _short_shifts(basis: Basis, duty: DutyLog) -> Floats:
    """[pool, counted segment] money for what shifts lack of the minimum.

    It is spread over the shift's time on duty, as if each of its hours cost more, so that the
    part of a shift that lies outside the counted days counts no more than its hours do.
    """
    prices, pools = basis.prices, len(basis.capacity)
    pool = basis.agent_pool[duty.agent]
    least = prices.minimum_shift[pool]
    if not least.any():
        return np.zeros((pools, basis.clock.counted))
    length = _shift_length(duty)
    lacking = np.zeros(len(length))
    np.divide(np.maximum(least - length, 0.0), length, out=lacking, where=length > 0.0)
    seconds = basis.clock.spent(duty.on, duty.off, pool, pools, lacking)
    there = basis.clock.spent(duty.on, duty.off, pool, pools) > 0.0
    # Weights that are no whole numbers leave rounding errors where nobody is there.
    seconds = np.where(there, np.maximum(seconds, 0.0), 0.0)
    return np.asarray(seconds * prices.base_hour[:, None] / HOUR_SECONDS)


def _shift_length(duty: DutyLog) -> Floats:
    """[duty spell] seconds on duty in the shift that the spell is part of, breaks left out."""
    begins = np.ones(len(duty.agent), dtype=bool)
    away = duty.on[1:] - duty.off[:-1]
    begins[1:] = (duty.agent[1:] != duty.agent[:-1]) | (away >= SHIFT_GAP)
    shift = np.cumsum(begins) - 1
    length = np.bincount(shift, duty.off - duty.on)
    return np.asarray(length[shift])


def add_sources(sums: Sums, basis: Basis) -> None:
    """The same cost by source: contracts at their pools, the channels' own at the channels."""
    pools, channels = len(basis.capacity), list(basis.scenario.channels)
    paid = [channels.index(name) for name in paid_channels(basis.scenario)]
    source = sums.of(SOURCE)
    source[:pools, CONTRACT_COLUMNS] = sums.of(POOL)[:pools, CONTRACT_COLUMNS]
    for column in CHANNEL_COLUMNS:
        source[pools:, column] = sums.of(CHANNEL)[paid, column]
