"""Scenarios for the tests of the draws, and ways to look a customer's luck up by name."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sim.draws import Setting, draw, prepare
from sim.scenario import Scenario, loads
from sim.tables import Draws, Purpose

DAY = 86400


def scenario_of(**parts: Any) -> Scenario:
    """A week with one reason `a` and one agent, but for what is said."""
    data = {
        "reasons": {"a": {"volume": "700 per week", "handle": {"exponential": "5 min"}}},
        "pools": {"team": {"agents": 1}},
        **parts,
    }
    return loads(json.dumps(data), "test")


def drawn(seed: int = 1, replication: int = 0, **parts: Any) -> Draws:
    """One replication of it."""
    return draw(prepare(scenario_of(**parts)), seed, replication)


def setting_of(**parts: Any) -> Setting:
    """It, prepared."""
    return prepare(scenario_of(**parts))


def arrivals(draws: Draws, reason: int = 0) -> np.ndarray:
    """Arrival times of one reason."""
    return draws.arrival[draws.reason == reason]


def bank(draws: Draws, purpose: Purpose, reason: int = 0, channel: int = 0, attempt: int = 0):
    """The values of one purpose: one a customer of the reason."""
    at, size = int(draws.at[purpose, reason, channel]), int(draws.reason_size[reason])
    assert at >= 0, f"{purpose.name} is not drawn"
    if attempt == 0:
        return draws.values[at : at + size]
    return draws.more.contact_values(reason, attempt)[at - draws.begins[reason] :][:size]


def told(draws: Draws, scenario: Scenario, setting: Setting) -> dict[tuple[Any, ...], bytes]:
    """All that is drawn, by names instead of numbers."""
    found: dict[tuple[Any, ...], bytes] = {}
    channels = list(scenario.channels)
    for r, name in enumerate(scenario.reasons):
        mine = draws.reason == r
        found[name, "arrival"] = draws.arrival[mine].tobytes()
        found[name, "row"] = draws.row[mine].tobytes()
        found[name, "channel"] = "|".join(channels[c] for c in draws.channel[mine]).encode()
        for c, channel in enumerate(channels):
            for purpose in Purpose:
                if draws.at[purpose, r, c] >= 0:
                    key = (name, channel, purpose.name)
                    found[key] = bank(draws, purpose, r, c).tobytes()
    first = setting.roster.first_agent
    for p, name in enumerate(scenario.pools):
        mine = (draws.duty_agent >= first[p]) & (draws.duty_agent < first[p + 1])
        spells = (draws.duty_agent[mine] - first[p], draws.duty_on[mine], draws.duty_off[mine])
        found["pool", name] = b"".join(column.tobytes() for column in spells)
    return found
