"""The reference engine's contacts as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.things import Contact
from sim.tables import ContactLog


def contact_log(contacts: list[Contact]) -> ContactLog:
    """One row a contact, in order of number."""

    def column(values: Sequence[float], dtype: type) -> np.ndarray:
        return np.array(values, dtype=dtype)

    agents = [c.agent for c in contacts]
    return ContactLog(
        customer=column([c.customer.number for c in contacts], np.int64),
        attempt=column([c.attempt for c in contacts], np.int64),
        reason=column([c.line.reason for c in contacts], np.int64),
        channel=column([c.line.channel.number for c in contacts], np.int64),
        cause=column([c.cause for c in contacts], np.int8),
        parent=column([c.parent for c in contacts], np.int64),
        arrived=column([c.arrived for c in contacts], np.float64),
        outcome=column([c.outcome for c in contacts], np.int8),
        ended=column([c.ended for c in contacts], np.float64),
        pool=column([-1 if a is None else a.pool.number for a in agents], np.int64),
        agent=column([-1 if a is None else a.number for a in agents], np.int64),
        talked=column([c.talked for c in contacts], np.float64),
        freed=column([c.freed for c in contacts], np.float64),
        resolved=column([c.resolved for c in contacts], np.int8),
        callback=column([c.callback for c in contacts], np.int8),
        offers=column([c.offers for c in contacts], np.int64),
    )
