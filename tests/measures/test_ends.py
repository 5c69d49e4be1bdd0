"""Where contacts ended, hour by hour: it adds up to what the measures say."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.measures.ends import WAITS

SCENARIO = """
calendar: {days: 9, windows: {morning: mon-fri 08:00-12:30, late: daily 20:00-24:00}}
reasons:
  buy:
    volume: 300 per day
    channels: {chat: 50 %, phone: 50 %}
    handle: {exponential: 4 min}
    patience: {exponential: 1 min}
    balk: 10 %
    closed: {lost: 50 %, returns: 50 %}
  ask: {volume: 100 per day, channels: {phone: 50 %, email: 50 %}, handle: 3 min}
channels: {chat: {}, phone: {queue_limit: 2}, email: {due: 1 h}}
pools:
  one: {agents: {mon-sat 08:00-20:00: 2}}
  two: {agents: {daily 10:00-22:00: 1}, answers: {chat: 2, email: 1}}
run: {replications: 4}
"""


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return sim.run(sim.loads(SCENARIO))


@pytest.mark.parametrize("by", ["channel", "reason", "window", "pool"])
@pytest.mark.parametrize(
    "measure", ["contacts", "answered", "abandoned", "blocked", "closed", "unfinished"]
)
def test_contacts_add_up_to_the_measures(result: sim.Result, by: str, measure: str) -> None:
    ends = result.ends.contacts
    mine = ends["ending"] == measure if measure != "contacts" else ends["contacts"] > 0
    for group in result.groups(by):
        if by == "pool" and measure != "answered":
            continue
        here = mine & (ends[by] == group)
        wanted = result.get(measure, by, group).value
        assert ends["contacts"][here].sum() == pytest.approx(wanted), group


def test_hours_of_the_week_add_up_to_the_measures(result: sim.Result) -> None:
    ends = result.ends.contacts
    found = np.bincount(ends["hour"].astype(int), ends["contacts"], 168)
    wanted = [result.get("contacts", "hour", group).value for group in result.groups("hour")]
    assert found[found > 0] == pytest.approx([value for value in wanted if value > 0])


def test_service_level_and_waits_follow_from_them(result: sim.Result) -> None:
    ends = result.ends.contacts
    offered = np.isin(ends["ending"], ["answered", "abandoned"])
    level = ends["in_time"].sum() / ends["contacts"][offered].sum()
    assert level == pytest.approx(result.get("service_level").value)
    answered = ends["ending"] == "answered"
    asa = ends["waited"][answered].sum() / ends["contacts"][answered].sum()
    assert asa == pytest.approx(result.get("asa").value)


def test_waits_are_the_offered_contacts_in_classes(result: sim.Result) -> None:
    waits = result.ends.waits
    for ending in ("answered", "abandoned"):
        found = waits["contacts"][waits["ending"] == ending].sum()
        assert found == pytest.approx(result.get(ending).value)
    at_once = waits["contacts"][(waits["ending"] == "answered") & (waits["upto"] == 0)].sum()
    assert at_once / result.get("offered").value == pytest.approx(result.get("no_wait").value)
    # phone and chat have 20 s, a border of the classes; e-mail has an hour, another one
    soon = (waits["ending"] == "answered") & (
        waits["upto"] <= np.where(waits["channel"] == "email", 3600.0, 20.0)
    )
    level = waits["contacts"][soon].sum() / result.get("offered").value
    assert level == pytest.approx(result.get("service_level").value)


def test_classes_are_in_order_and_reach_everything() -> None:
    assert (np.diff(WAITS) > 0).all()
    assert WAITS[0] == 0
    assert np.isinf(WAITS[-1])


def test_numbers_waiting_are_the_queue_length(result: sim.Result) -> None:
    queue = result.ends.queue
    for channel in result.groups("channel"):
        mine = queue["channel"] == channel
        assert queue["hours"][mine].sum() == pytest.approx(9 * 24)
        mean = (queue["waiting"] * queue["hours"])[mine].sum() / (9 * 24)
        assert mean == pytest.approx(result.get("queue_length", "channel", channel).value)
    for window in result.groups("window"):
        mine = (queue["window"] == window) & (queue["channel"] == "phone")
        assert queue["share"][mine].sum() == pytest.approx(1)


def test_agents_by_hour_and_pool_add_up(result: sim.Result) -> None:
    agents = result.ends.agents
    # late begins at 20:00 and morning ends at 12:30: the parts of 12:00 count half an hour each
    halves = (agents["hour"] % 24 == 12) & (agents["hour"] < 120)
    times = np.where(agents["hour"] < 48, 2, 1) * np.where(halves, 0.5, 1.0)  # nine days
    for pool in result.groups("pool"):
        mine = agents["pool"] == pool
        hours = (agents["agents"] * times)[mine].sum()
        assert hours == pytest.approx(result.get("hours", "pool", pool).value)
        busy = (agents["busy"] * times)[mine].sum()
        assert busy / hours == pytest.approx(result.get("occupancy", "pool", pool).value)
