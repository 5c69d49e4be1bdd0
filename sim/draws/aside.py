"""Rostered time that is not on duty: what is paid of it, and what is lost to contacts.

Breaks, meetings, people who did not come: no engine needs them, but hours are paid, and shrinkage
is counted, as they were rostered.
"""

from __future__ import annotations

import numpy as np

from sim.draws.pieces import Pieces
from sim.draws.presence import Attendance, comes
from sim.draws.roster import BREAK, PAID_BREAK, Roster
from sim.draws.streams import Stream
from sim.scenario.model import Pool, Scenario
from sim.scenario.people import ACTIVITIES
from sim.tables import NOTHING_ASIDE, Aside, Floats


def time_aside(
    scenario: Scenario, plan: Roster, attendance: Attendance, duty: Pieces, base: Stream
) -> Aside:
    """All rostered time that is not among the duty pieces drawn.

    Args:
        attendance: of the replication.
        duty: of it, by agent, then time.
    """
    here, holes = attendance.here, attendance.holes
    parts = []
    if len(plan.aside):
        came_aside = comes(scenario, plan, plan.aside, base)
        parts.append(_of(scenario, plan, plan.aside, plan.activity, ~came_aside))
    if not here.all():
        gone = plan.duty.at(~here)
        work = np.full(len(gone), ACTIVITIES.index("work"))
        parts.append(_of(scenario, plan, gone, work, np.ones(len(gone), dtype=bool)))
    if len(holes):
        free = holes.at(attendance.unpaid)
        lost = attendance.came.without(duty)
        for pieces, what in ((lost.without(free), PAID_BREAK), (_inside(lost, free), BREAK)):
            activity = np.full(len(pieces), what)
            parts.append(_of(scenario, plan, pieces, activity, np.zeros(len(pieces), dtype=bool)))
    return _together(parts) if parts else NOTHING_ASIDE


def _inside(pieces: Pieces, holes: Pieces) -> Pieces:
    """The pieces as far as they lie in holes."""
    return pieces.without(pieces.without(holes))


def _of(
    scenario: Scenario, plan: Roster, pieces: Pieces, activity: np.ndarray, absent: np.ndarray
) -> Aside:
    pools = list(scenario.pools.values())
    shares = np.array([_shares(pool) for pool in pools]).reshape(len(pools), -1)
    sick = np.array([pool.contract.sick_paid for pool in pools])
    pool = np.searchsorted(plan.first_agent, pieces.agent, side="right") - 1
    paid = shares[pool, activity] * np.where(absent, sick[pool], 1.0)
    return Aside(pieces.agent, pieces.on, pieces.off, paid, activity != BREAK, absent)


def _shares(pool: Pool) -> list[float]:
    """What is paid of each activity, paid breaks last."""
    usual = {"break": 0.0, "off": 0.0}
    return [*(pool.contract.paid.get(one, usual.get(one, 1.0)) for one in ACTIVITIES), 1.0]


def _together(parts: list[Aside]) -> Aside:
    def column(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    return Aside(*(column(name) for name in ("agent", "on", "off", "paid", "counts", "absent")))  # type: ignore[arg-type]
