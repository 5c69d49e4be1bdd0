"""The reference engine's contacts as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.reference.things import Contact
from sim.tables import ContactLog, Ints, PutDown, Rings


def contact_log(
    contacts: list[Contact],
    agent_pool: Ints,
    put_down: list[list[float]],
    rings: list[list[float]],
) -> ContactLog:
    """One row a contact, in order of number.

    Args:
        contacts: all of them.
        agent_pool: the pool of each agent.
        put_down: rows of `PutDown`.
        rings: rows of `Rings`.
    """

    def column(values: Sequence[float], dtype: type) -> np.ndarray:
        return np.array(values, dtype=dtype)

    agent = column([c.agent for c in contacts], np.int64)
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
        pool=np.append(agent_pool, -1)[agent],  # agent -1, nobody: pool -1
        agent=agent,
        talked=column([c.talked for c in contacts], np.float64),
        freed=column([c.freed for c in contacts], np.float64),
        resolved=column([c.resolved for c in contacts], np.int8),
        callback=column([c.callback > 0 for c in contacts], np.int8),
        offers=column([c.offers for c in contacts], np.int64),
        put_down=PutDown(*np.array(put_down, dtype=np.float64).reshape(-1, 5).T),
        rings=Rings(*np.array(rings, dtype=np.float64).reshape(-1, 4).T),
        by_ai=column([c.by_ai for c in contacts], np.int8),
    )
