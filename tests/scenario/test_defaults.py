"""What a file need not say."""

from __future__ import annotations

import datetime

import pytest

from sim.scenario import Scenario, ScenarioError, loads
from sim.scenario.by import ByChannel, ByReason
from sim.scenario.distributions import Constant, Never
from sim.scenario.model import ClosedDoor, Route, Step
from sim.scenario.times import TimesOfWeek
from sim.scenario.values import Volume

SHORTEST = """
reasons: {calls: {volume: 1000 per day, handle: 3 min}}
pools: {team: {agents: {mon-fri 09:00-18:00: 12}}}
"""


@pytest.fixture(scope="module")
def shortest() -> Scenario:
    return loads(SHORTEST)


def test_the_calendar_is_a_week_from_a_monday(shortest):
    calendar = shortest.calendar
    assert calendar.start == datetime.date(2026, 1, 5)
    assert calendar.start.weekday() == 0
    assert (calendar.days, calendar.warmup, calendar.cooldown) == (7, 0, 0)
    assert calendar.holidays is None
    assert calendar.windows == {}


def test_one_live_channel_named_phone(shortest):
    assert list(shortest.channels) == ["phone"]
    channel = shortest.channels["phone"]
    assert channel.live
    assert not channel.unlimited
    assert channel.queue_limit is None
    assert (channel.offer, channel.at_close) == ("always", "dismiss")
    assert shortest.reasons["calls"].channels == {"phone": 1.0}


def test_a_reason(shortest):
    reason = shortest.reasons["calls"]
    assert reason.volume == Volume(1000, "day")
    assert reason.profile.entries == ()
    assert reason.busyness == 0
    assert reason.patience.at("phone") == Never()
    assert reason.balk.at("phone").share == 0
    assert reason.handle.at("phone") == Constant(180)
    assert reason.wrap.at("phone") == Constant(0)
    assert reason.resolved.at("phone") == 1
    assert reason.closed.at("phone") == ClosedDoor(lost=1.0)
    assert reason.closed.at("phone").after is None
    assert (reason.buying, reason.again, reason.retry) == (None, None, None)
    assert reason.priority.start == reason.priority.per_minute == 0


def test_a_pool(shortest):
    pool = shortest.pools["team"]
    assert pool.agents == {TimesOfWeek.read("mon-fri 09:00-18:00"): 12}
    assert pool.presence.mean == 1
    assert pool.answers == {"phone": 1}
    assert (pool.breaks, pool.pace) == ([], {})
    assert pool.speed.at("calls", "phone") == 1
    assert pool.priority.at("calls", "phone") is None
    assert pool.satisfaction is None
    assert pool.sells.conversion is None


def test_routing_and_run(shortest):
    assert shortest.routing == [Route(to=[Step(pool="team")])]
    run = shortest.run
    assert (run.replications, run.seed, run.confidence) == (50, 1, 0.95)
    assert run.service_level.at(None, "phone") == 20
    assert (shortest.currency, shortest.gross_margin, shortest.linked) == ("EUR", 1, False)


def several() -> Scenario:
    return loads(
        """
reasons:
  calls:
    volume: 10 per day
    channels: {phone: 50 %, email: 50 %}
    handle: {phone: 3 min, email: 5 min}
channels:
  phone: {}
  email: {due: 24 h}
  bot: {unlimited: true}
pools: {a: {agents: 1}, b: {agents: 2, answers: [phone]}}
run: {service_level: {phone: 40 s}}
"""
    )


def test_a_pool_answers_every_channel_that_needs_an_agent():
    pools = several().pools
    assert pools["a"].answers == {"phone": 1, "email": 1}
    assert pools["b"].answers == {"phone": 1}
    assert [step.pool for step in several().routing[0].to] == ["a", "b"]


def test_the_service_level_of_a_deferred_channel_is_its_due_time():
    level = several().run.service_level
    assert (level.at(None, "phone"), level.at(None, "email")) == (40, 86_400)


def test_a_channel_is_live_unless_it_has_a_due_time_or_is_unlimited():
    assert {name: one.live for name, one in several().channels.items()} == {
        "phone": True,
        "email": False,
        "bot": False,
    }


def test_nobody_handles_what_stays_in_self_service():
    assert several().reasons["calls"].handle.at("bot") == Constant(0)


def test_agents_as_a_bare_number_are_always_there():
    assert several().pools["a"].agents == {TimesOfWeek.read("daily"): 1}


def door(text: str) -> ClosedDoor:
    scenario = loads(SHORTEST.replace("handle: 3 min", f"handle: 3 min, closed: {text}"))
    return scenario.reasons["calls"].closed.at("phone")


def test_closed_door():
    assert door("{lost: 100 %}") == ClosedDoor(lost=1.0)
    assert door("{returns: 30 %}").lost == pytest.approx(0.7)
    assert door("{returns: 100 %, after: 1 h}").after == Constant(3600)
    assert door("{phone: 20 %}").to == {"phone": 0.2}
    assert door("{phone: {returns: 10 %}, other: {returns: 20 %}}").returns == 0.1
    assert door("{phone: {returns: 10 %}}").returns == 0.1


def test_values_by_channel():
    by = ByChannel((("chat", 1), (None, 2)))
    assert (by.at("chat"), by.at("phone"), by.leaves()) == (1, 2, (1, 2))
    with pytest.raises(KeyError):
        ByChannel((("chat", 1),)).at("phone")
    with pytest.raises(AttributeError):
        by.entries = ()
    assert by == ByChannel(((None, 2), ("chat", 1)))
    assert hash(by) == hash(ByChannel(((None, 2), ("chat", 1))))
    assert by != ByReason(())


def test_values_by_reason_and_channel():
    by = ByReason((("sales", "chat", 1), ("sales", None, 2), (None, "chat", 3), (None, None, 4)))
    assert by.at("sales", "chat") == 1
    assert by.at("sales", "phone") == 2
    assert by.at("help", "chat") == 3
    assert by.at("help", "phone") == 4
    assert ByReason.of(5).at("help", "phone") == 5


def test_a_scenario_cannot_be_changed(shortest):
    with pytest.raises(ValueError, match="frozen"):
        shortest.name = "other"


def test_files_are_relative_to_the_name_of_a_text(tmp_path):
    (tmp_path / "base.yaml").write_text(SHORTEST)
    scenario = loads("extends: base.yaml\nname: over", str(tmp_path / "text.yaml"))
    assert scenario.name == "over"
    with pytest.raises(ScenarioError, match="no such file"):
        loads("extends: nowhere.yaml")


def test_on_a_special_day_reasons_not_listed_are_as_usual():
    scenario = loads(
        """
calendar: {special_days: {2026-01-06: {sales: 150 %}, 2026-01-07: 2, 2026-01-08: {other: 3}}}
reasons:
  sales: {volume: 10 per day, handle: 3 min}
  help: {volume: 10 per day, handle: 3 min}
pools: {team: {agents: 1}}
"""
    )
    factors = [
        (by.at("sales", None), by.at("help", None))
        for by in scenario.calendar.special_days.values()
    ]
    assert factors == [(1.5, 1), (2, 2), (3, 3)]


def test_the_simulated_days_of_a_calendar():
    scenario = loads(SHORTEST + "calendar: {start: 2026-01-05, days: 2, warmup: 3, cooldown: 1}")
    # Three days before Monday the 5th; two counted days, the 5th and the 6th, and one more.
    assert scenario.calendar.simulated() == (datetime.date(2026, 1, 2), datetime.date(2026, 1, 7))
