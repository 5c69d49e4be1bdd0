"""Who found the door closed comes back in the next opening hours as the reason's profile goes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import draw, prepare
from sim.engine import make_plan, simulate
from sim.scenario import loads
from sim.tables import Cause, Purpose

HOUR = 3600.0
TICK = 2.0**-20

SHOP = """
calendar: {start: 2026-01-05, days: 1}
profiles:
  busy: {mon 08:00-09:00: 8, mon 10:00-12:00: 1, mon 12:00-14:00: 3}
  early: {mon 08:00-09:00: 1}
reasons: {a: {volume: 400 per day, profile: busy, handle: 1 s, closed: {returns: 100 %}}}
channels: {phone: {hours: mon 10:00-14:00}}
pools: {team: {agents: 50}}
"""


def returns(text: str, engine: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of those who come back: when they first came, their luck, when they come again; hours."""
    setting = prepare(loads(text))
    draws = draw(setting, 1, 0)
    log, _ = simulate(make_plan(setting), draws, engine)
    back = np.flatnonzero(log.cause == Cause.CLOSED)
    luck = draws.values[draws.at[Purpose.CLOSED_AFTER, 0, 0] + draws.row[log.customer[back]]]
    return log.arrived[log.parent[back]] / HOUR, luck, log.arrived[back] / HOUR


ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])


@ENGINES
def test_as_the_profile_goes(engine: str) -> None:
    # Two hours of weight 1, then two of weight 3: 8 in all between 10 and 14. With luck u the hour
    # before which 8 u lies: 10 + 8 u up to 12, from then on 12 + (8 u - 2) / 3.
    came, luck, back = returns(SHOP, engine)
    assert len(came) > 150
    assert came.max() < 9
    before_noon = 10 + 8 * luck
    expected = np.where(before_noon < 12, before_noon, 12 + (8 * luck - 2) / 3)
    assert np.abs(back - expected).max() * HOUR <= TICK
    assert (luck < 0.25).sum() > 20 < (luck > 0.25).sum()


@ENGINES
def test_evenly_where_the_profile_is_zero(engine: str) -> None:
    _, luck, back = returns(SHOP.replace("profile: busy", "profile: early"), engine)
    assert len(luck) > 300
    assert np.abs(back - (10 + 4 * luck)).max() * HOUR <= TICK


@ENGINES
def test_in_the_rest_of_the_hours_where_it_is_open(engine: str) -> None:
    # One agent talks for 4 hours from 10:00 on; the channel is not offered meanwhile. Who comes
    # at 11 or at 13:30 comes back evenly until 14:00: there is no profile.
    text = SHOP.replace("volume: 400 per day, profile: busy", "arrivals: {replay: calls.csv}")
    text = text.replace("handle: 1 s", "handle: 4 h").replace("agents: 50", "agents: 1")
    text = text.replace("{replay: calls.csv}", '{replay: "36000 39600 48600"}')
    text = text.replace("hours: mon", "offer: when_free, hours: mon")
    came, luck, back = returns(text, engine)
    assert came[:2].tolist() == [11, 13.5]
    assert np.abs(back - (came + luck * (14 - came)))[:2].max() * HOUR <= TICK


@ENGINES
def test_a_delay_that_is_said_counts_from_the_opening(engine: str) -> None:
    text = SHOP.replace("returns: 100 %", "returns: 100 %, after: 90 s")
    _, _, back = returns(text, engine)
    assert back.min() == back.max() == 10.025
