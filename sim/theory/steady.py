"""What a queue in steady state tells its user: one result type for all single-pool formulas."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sim.theory.checks import not_negative


@dataclass(frozen=True, kw_only=True)
class SteadyState:
    """Long-run behaviour of one pool and one queue. Times are in the unit of the inputs.

    Customers who find the waiting room full are *blocked* and never *admitted*. All
    probabilities and means but `p_block` are of the admitted.
    """

    p_block: float
    """Share of the arrivals that are blocked."""
    p_wait: float
    """Share that find no free agent (customers who balk among them)."""
    p_abandon: float
    """Share that give up before an agent answers."""
    asa: float
    """Average speed of answer: mean wait of the answered, those who did not wait included."""
    mean_wait: float
    """Mean wait of all the admitted, answered or not."""
    mean_wait_abandoned: float
    """Mean wait of those who gave up; nan if nobody ever does."""
    mean_queue: float
    """Mean number waiting, over time."""
    var_queue: float
    """Variance of the number waiting, over time."""
    occupancy: float
    """Mean share of the agents who are busy."""
    within: Callable[[float], tuple[float, float]] = field(repr=False, compare=False)
    """`within(t)`: shares answered and given up after a wait of at most t."""

    @property
    def p_nowait(self) -> float:
        """Share that are answered at once."""
        return 1.0 - self.p_wait

    def sl_answered(self, t: float) -> float:
        """S_t / S: share of the answered whose wait was at most `t`."""
        return self._within(t)[0] / (1.0 - self.p_abandon)

    def sl_offered(self, t: float) -> float:
        """S_t / (S + L): share of the answered and abandoned that were answered within `t`."""
        return self._within(t)[0]

    def sl_exclude_short(self, t: float) -> float:
        """S_t / (A - L_t): as `sl_offered`, not counting those who gave up within `t`."""
        answered, abandoned = self._within(t)
        return answered / (1.0 - abandoned)

    def sl_credit_short(self, t: float) -> float:
        """(S_t + L_t) / A: share whose wait, however it ended, was at most `t`."""
        return sum(self._within(t))

    def abandoned_within(self, t: float) -> float:
        """L_t / L: share of the abandoned whose wait was at most `t`; nan if nobody abandons."""
        return self._within(t)[1] / self.p_abandon if self.p_abandon > 0 else math.nan

    def _within(self, t: float) -> tuple[float, float]:
        return self.within(not_negative("t", t))
