"""Components of conversations with an AI agent: how many, what stayed with it, what it cost."""

from __future__ import annotations

import numpy as np

from sim.measures.basis import Basis
from sim.measures.facts import Facts
from sim.measures.returns import come_back
from sim.measures.sums import Places, Sums
from sim.tables import ByAi, ContactLog

OF_AI_AGENTS = (
    *("ai_involved", "ai_contained", "ai_resolved", "ai_net"),
    *("ai_cost", "cost_resolutions"),
)
"""Components of conversations with AI agents."""


def add_ai_agents(sums: Sums, basis: Basis, log: ContactLog, facts: Facts, at: Places) -> None:
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
        back = come_back(facts, resolved, log.talked[resolved], retries=True)
        sums.add("ai_net", at.of(resolved[~back]))
    prices, pool = basis.prices, log.pool
    billed = prices.resolution[pool[resolved]]
    sums.add("cost_resolutions", at.of(resolved), billed)
    minutes = (log.freed[rows] - log.ended[rows]) / 60.0
    each = prices.contact[pool[rows]] + prices.minute[pool[rows]] * minutes
    sums.add("ai_cost", at.of(rows), each)
    sums.add("ai_cost", at.of(resolved), billed)
