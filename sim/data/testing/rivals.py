"""What a planner would use instead: Erlang A, half hour by half hour."""

from __future__ import annotations

import numpy as np

from sim.data.fitting.arrivals import SLOTS, STEP
from sim.data.fitting.found import Found
from sim.data.testing.sums import Sums
from sim.tables import Floats
from sim.theory.erlang import erlang_a


def erlang_week(fit: Found, heads: Floats, threshold: float) -> Sums:
    """The week by Erlang A: each half hour by itself, in steady state, all queues as one.

    Handle time and patience are the means of the fit, weighted by volume; nobody retries.
    """
    rate = sum(queue.arrivals.mean for queue in fit.queues)
    volume = np.array([queue.arrivals.mean.sum() for queue in fit.queues])
    times = [(one.handle, one.wrap, one.patience and one.patience.times) for one in fit.queues]
    means = np.array([[one.mean.value if one else np.nan for one in some] for some in times]).T
    handle = np.nan_to_num(means[0], nan=300.0) + np.nan_to_num(means[1])
    leaving = np.nan_to_num(1 / means[2])
    service = float(volume @ handle / volume.sum())
    theta = float(volume @ leaving / volume.sum())
    patience = 1 / theta if theta > 0 else np.inf
    table = np.zeros((7, 7, SLOTS))
    for day, slot in np.argwhere((rate > 0) & (heads > 0)).tolist():
        table[:, day, slot] = _half_hour(
            rate[day, slot], service, int(heads[day, slot]), patience, threshold
        )
    return Sums(*[*table[:6], heads * STEP])


def _half_hour(
    offered: float, service: float, agents: int, patience: float, threshold: float
) -> tuple[float, ...]:
    try:
        state = erlang_a(offered / STEP, service, agents, patience)
    except ValueError:  # overload and endless patience
        return offered, 0.0, offered, 0.0, 0.0, agents * STEP, 0.0
    answered = offered * (1 - state.p_abandon)
    return (
        offered,
        answered,
        offered * state.p_abandon,
        offered * state.sl_offered(threshold),
        answered * state.asa,
        state.occupancy * agents * STEP,
        0.0,
    )
