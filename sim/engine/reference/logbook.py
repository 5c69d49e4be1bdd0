"""The reference engine's contacts as columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine import plain
from sim.engine.plan import Plan
from sim.engine.reference.things import Contact
from sim.tables import ContactLog, Draws, PutDown, Rings


def contact_log(
    plan: Plan,
    draws: Draws,
    contacts: list[Contact],
    put_down: list[list[float]],
    rings: list[list[float]],
) -> ContactLog:
    """One row a contact, in order of number.

    Args:
        plan, draws: what was played.
        contacts: all of them, customers' first contacts first.
        put_down: rows of `PutDown`.
        rings: rows of `Rings`.
    """

    def column(values: Sequence[float], dtype: type) -> np.ndarray:
        return np.array(values, dtype=dtype)

    def behind(customers: np.ndarray, values: Sequence[float]) -> np.ndarray:
        return np.append(customers, column(values, customers.dtype.type))

    none = np.zeros(len(draws.arrival), dtype=np.int64)
    later = contacts[len(none) :]
    agent = column([c.agent for c in contacts], np.int64)
    return ContactLog(
        customer=behind(np.arange(len(none)), [c.customer.number for c in later]),
        attempt=behind(none, [c.attempt for c in later]),
        reason=behind(draws.reason, [c.line.reason for c in later]),
        channel=behind(draws.channel, [c.line.channel.number for c in later]),
        cause=behind(none + plain.FIRST, [c.cause for c in later]),
        parent=behind(none - 1, [c.parent for c in later]),
        arrived=behind(draws.arrival, [c.arrived for c in later]),
        outcome=column([c.outcome for c in contacts], np.int8),
        ended=column([c.ended for c in contacts], np.float64),
        pool=np.append(plan.shown[plan.agent_pool], -1)[agent],  # agent -1, nobody: pool -1
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
