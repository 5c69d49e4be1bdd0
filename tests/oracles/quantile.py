"""Quantiles of the wait in steady state."""

from scipy.optimize import brentq

from sim.theory import SteadyState


def wait_quantile(queue: SteadyState, p: float) -> float:
    """Smallest wait not exceeded by a share `p`, 0 <= p < 1, of the answered."""
    if queue.sl_answered(0.0) >= p:
        return 0.0
    high = queue.asa
    while queue.sl_answered(high) < p:
        high *= 2.0
    return float(brentq(lambda t: queue.sl_answered(t) - p, 0.0, high, rtol=1e-13))
