"""Components of conversations with an AI agent: how many, what stayed with it, what it cost."""

from __future__ import annotations

import numpy as np

from sim.measures.basis import Basis
from sim.measures.sums import Places, Sums
from sim.tables import DAY, ByAi, ContactLog, Ints

NET_DAYS = 7
"""A resolution that is followed by a contact of the customer within so many days was none."""


OF_AI_AGENTS = (
    *("ai_involved", "ai_contained", "ai_resolved", "ai_net"),
    *("ai_cost", "cost_resolutions"),
)
"""Components of conversations with AI agents."""


def add_ai_agents(sums: Sums, basis: Basis, log: ContactLog, at: Places) -> None:
    """Add what became of conversations, at the contacts that the AI agent answered."""
    if not sums.wants(*OF_AI_AGENTS):
        return
    rows = np.flatnonzero(log.by_ai >= 0)
    code = log.by_ai[rows]
    resolved = rows[(code == ByAi.RESOLVED) | (code == ByAi.WRONG)]
    sums.add("ai_involved", at.of(rows))
    sums.add("ai_contained", at.of(rows[code < ByAi.HANDED_OVER]))
    sums.add("ai_resolved", at.of(resolved))
    if sums.wants("ai_net"):
        sums.add("ai_net", at.of(resolved[~_comes_back(log, resolved)]))
    prices, pool = basis.prices, log.pool
    billed = prices.resolution[pool[resolved]]
    sums.add("cost_resolutions", at.of(resolved), billed)
    minutes = (log.freed[rows] - log.ended[rows]) / 60.0
    each = prices.contact[pool[rows]] + prices.minute[pool[rows]] * minutes
    sums.add("ai_cost", at.of(rows), each)
    sums.add("ai_cost", at.of(resolved), billed)


def _comes_back(log: ContactLog, rows: Ints) -> np.ndarray:
    """Whether the customer of each row makes a contact within `NET_DAYS` after its end."""
    order = np.lexsort((log.arrived, log.customer))
    order = order[log.is_made[order]]
    customer, arrived = log.customer[order].astype(np.int64), log.arrived[order]
    # one number that orders by customer, then time; times are whole ticks below a century
    span = 2.0 * (float(np.abs(arrived).max(initial=1.0)) + NET_DAYS * DAY + 1.0)
    key = customer * span + arrived
    begin = log.customer[rows] * span + log.talked[rows]
    found = np.searchsorted(key, begin, side="right")
    until = np.searchsorted(key, begin + NET_DAYS * DAY, side="right")
    return np.asarray(until > found)
