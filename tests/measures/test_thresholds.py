"""Service levels by reason: each contact against the threshold of its own reason."""

from __future__ import annotations

import pytest

import sim

CENTRE = """
calendar: {days: 1}
reasons:
  a: {volume: 30 per hour, handle: {exponential: 4 min}, channels: {phone: 1}}
  b: {volume: 30 per hour, handle: {exponential: 4 min}, channels: {phone: 50 %, chat: 50 %}}
channels: {phone: {}, chat: {}}
pools: {desk: {agents: 5}}
run: {replications: 2, service_level: THRESHOLDS}
"""


def levels(said: str) -> dict[str, float]:
    """Service level by reason, channel, and of all; the contacts are always the same."""
    result = sim.run(sim.loads(CENTRE.replace("THRESHOLDS", said)))
    groups = [("reason", "a"), ("reason", "b"), ("channel", "phone"), ("channel", "chat")]
    found = {name: result.get("service_level", by, name).value for by, name in groups}
    offered = {name: result.get("offered", by, name).value for by, name in groups}
    total = result.get("service_level").value
    weights = offered["a"] + offered["b"]
    assert total == pytest.approx(
        (found["a"] * offered["a"] + found["b"] * offered["b"]) / weights, rel=1e-12
    )
    return found


def test_each_reason_has_its_own() -> None:
    short, long = levels("20 s"), levels("2 min")
    both = levels("{a: 20 s, b: 2 min}")
    assert short["b"] < long["b"]
    assert (both["a"], both["b"]) == (short["a"], long["b"])
    assert both["chat"] == long["chat"]
    assert short["phone"] < both["phone"] < long["phone"]


def test_by_reason_and_channel() -> None:
    short, long = levels("20 s"), levels("2 min")
    found = levels("{b: {chat: 2 min}, other: 20 s}")
    assert (found["a"], found["phone"]) == (short["a"], short["phone"])
    assert found["chat"] == long["chat"]


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(
        sim.ScenarioError, match=r"run.service_level.c: .*allowed: phone, chat, a, b"
    ):
        levels("{c: 20 s}")
