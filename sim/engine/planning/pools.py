"""Pools as tables: how many contacts an agent takes, how fast; what AI agents do."""

from __future__ import annotations

from math import inf, lcm

import numpy as np

from sim.engine.planning import Table
from sim.scenario.by_time import usual
from sim.scenario.model import Scenario
from sim.tables import on_grid


def pool_tables(variants: list[Scenario]) -> Table:
    """How many contacts an agent takes at once, how fast, and offers."""
    scenario = variants[0]
    pools, channels = scenario.pools.values(), list(scenario.channels)
    capacity = np.array([lcm(*pool.answers.values()) for pool in pools])
    unit = np.array(
        [
            [capacity[p] // pool.answers[name] if name in pool.answers else 0 for name in channels]
            for p, pool in enumerate(pools)
        ]
    )
    most = max((max(pool.answers.values()) for pool in pools), default=1)
    pace = np.array([[[1.0, *pool.paces(name, most)] for name in channels] for pool in pools])
    return {
        "capacity": capacity,
        "unit": unit,
        "slowness": np.array([_slowness(one) for one in variants]),
        "accept": np.array([2.0 if p.offers is None else p.offers.accept for p in pools]),
        "timeout": on_grid([inf if p.offers is None else p.offers.timeout for p in pools]),
        "pause": on_grid([inf if p.offers is None else p.offers.pause for p in pools]),
        "paced": (pace != 1.0).any(axis=(1, 2)).astype(np.int64),
        "pace": pace,
    }


def _slowness(scenario: Scenario) -> list[list[list[float]]]:
    """[pool, reason, channel] of one variant."""
    return [
        [
            [1.0 / usual(pool.speed.at(reason, name)) for name in scenario.channels]
            for reason in scenario.reasons
        ]
        for pool in scenario.pools.values()
    ]


def ai_tables(variants: list[Scenario]) -> Table:
    """What AI agents do."""
    agents = [pool.ai_agent for pool in variants[0].pools.values()]

    def by(field: str) -> np.ndarray:
        return np.array([_shares_of_ai(one, field) for one in variants])

    return {
        "ai": np.array([int(ai is not None) for ai in agents]),
        "ai_resolves": by("resolves"),
        "ai_asks": by("asks_for_person"),
        "ai_asked_after": on_grid([0.0 if ai is None else ai.asked_after for ai in agents]),
        "ai_wrong": np.array([0.0 if ai is None else ai.wrong for ai in agents]),
        "ai_leaves": np.array([0.0 if ai is None else ai.leaves for ai in agents]),
    }


def _shares_of_ai(scenario: Scenario, field: str) -> list[list[list[float]]]:
    """[pool, reason, channel] of one variant."""
    return [
        [
            [0.0 if ai is None else getattr(ai, field).at(r, c) for c in scenario.channels]
            for r in scenario.reasons
        ]
        for ai in (pool.ai_agent for pool in scenario.pools.values())
    ]
