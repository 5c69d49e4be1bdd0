"""Scenarios that have a name in common draw that part alike, and are drawn once."""

from __future__ import annotations

import pytest

import sim
from sim.draws import Alike, draw, prepare, shared_luck
from sim.draws.alike import ELSEWHERE, NOT_OF_ARRIVAL, NOT_OF_DUTY, OWN
from sim.scenario import Scenario
from sim.scenario.model import Pool, Reason
from sim.tables import Aside, Draws

CENTRE = """
calendar: {start: 2026-01-05, days: 2, warmup: 1}
busyness: 0.2
day_kinds: {storm: {chance: 20 %, volumes: {buy: 150 %}}}
profiles: {day: {daily 09:00-20:00: 1}, even: {daily: 1}}
reasons:
  buy:
    volume: 200 per day
    profile: day
    busyness: 0.1
    channels: {phone: 60 %, mail: 40 %}
    handle: {exponential: 4 min}
    patience: {exponential: 3 min}
    retry: {chance: 50 %, after: 10 min}
channels:
  phone: {hours: daily 08:00-20:00}
  mail: {due: 4 h}
routing: [{to: [team, volunteers]}]
pools:
  team:
    agents: {daily 09:00-18:00: 4}
    presence: 90 %
    lateness: {exponential: 3 min}
    breaks: [{random: 0.5 per hour, length: 5 min}]
    answers: {phone: 1, mail: 2}
  volunteers:
    members: 20
    sessions: {daily 10:00-22:00: 20 %}
    session: {exponential: 1 h}
    offers: {accept: 50 %, response: {exponential: 20 s}}
"""

AFTER_ARRIVAL = {
    "patience": "2 min",
    "balk": {"by_queue": [[3, "0 %"], [9, "50 %"]]},
    "buying": {"window": "76 s", "unaided": "2 %", "basket": 50},
    "handle": "5 min",
    "difficulty": "30 %",
    "wrap": "1 min",
    "resolved": "80 %",
    "again": {"after": "1 h"},
    "retry": None,
    "closed": {"returns": "50 %"},
    "priority": 3,
    "head_start": "1 min",
}
"""Fields of reasons that no arrival depends on, and other values."""

ON_DUTY = {
    "pools.volunteers.offers": {"accept": "60 %", "response": "10 s"},
    "pools.team.pace": {"mail": [1, 0.6]},
    "pools.team.agent_share": {"mail": "40 %"},
    "pools.team.speed": 2,
    "pools.team.priority": 2,
}
"""What pools say of those who are on duty, and other values."""

ALL_ELSE = {
    "name": "another",
    "currency": "USD",
    "lines": {"trunk": {"channels": ["phone"], "count": 3}},
    "linked": True,
    "routing": [{"reason": "buy", "to": ["volunteers", "team"]}],
    "transfers": {"over": {"by": "team", "to": "volunteers", "share": "10 %"}},
}

CHANGES: dict[str, tuple[object, bool, bool]] = {
    **{f"reasons.buy.{name}": (value, True, True) for name, value in AFTER_ARRIVAL.items()},
    **{path: (value, True, True) for path, value in (ON_DUTY | ALL_ELSE).items()},
    "channels.phone.hours": ("daily 10:00-12:00", True, True),
    "reasons.buy.volume": ("300 per day", False, True),
    "reasons.buy.profile": ("even", False, True),
    "reasons.buy.busyness": (0.5, False, True),
    "reasons.buy.channels": ({"phone": "50 %", "mail": "50 %"}, False, True),
    "pools.team.agents": ({"daily 09:00-18:00": 5}, True, False),
    "pools.team.presence": ("50 %", True, False),
    "pools.team.lateness": ("1 min", True, False),
    "pools.team.breaks": ([], True, False),
    "pools.team.contract": ({"sick_paid": "50 %"}, True, False),
    "pools.volunteers.members": (10, True, False),
    "pools.volunteers.sessions": ({"daily 10:00-12:00": "20 %"}, True, False),
    "pools.volunteers.session": ("1 h", True, False),
    "profiles.day": ({"daily 09:00-12:00": 1}, False, False),
    "busyness": (0.0, False, False),
    "day_kinds.storm.chance": ("50 %", False, False),
    "calendar.days": (3, False, False),
}
"""Path -> another value, and whether customers, and staff, are drawn as before."""


def centre(changes: dict[str, object] | None = None) -> Scenario:
    return sim.loads(CENTRE, overrides=changes)


def alike(scenario: Scenario) -> Alike:
    return Alike.of(scenario.plain())


def drawn(scenario: Scenario) -> Draws:
    return draw(prepare(scenario, alike(scenario)), 1, 0)


def test_what_is_left_out_is_said_by_scenarios_and_tried_here() -> None:
    assert set(NOT_OF_ARRIVAL) == AFTER_ARRIVAL.keys() <= Reason.model_fields.keys()
    assert {path.rpartition(".")[2] for path in ON_DUTY} == set(NOT_OF_DUTY)
    assert set(NOT_OF_DUTY) <= Pool.model_fields.keys()
    assert set(ELSEWHERE) == ALL_ELSE.keys()
    assert {*ELSEWHERE, *OWN} <= Scenario.model_fields.keys()


@pytest.mark.parametrize("path", CHANGES)
def test_what_has_one_name_is_drawn_alike_and_once(path: str) -> None:
    value, customers, staff = CHANGES[path]
    changed = centre({path: value})
    before, after = alike(centre()), alike(changed)
    assert (before.customers == after.customers, before.staff == after.staff) == (customers, staff)
    alone = drawn(changed)
    with shared_luck(True):
        first, found = drawn(centre()), drawn(changed)
    assert found.identical(alone)
    assert isinstance(found.aside, Aside)
    assert found.aside.identical(alone.aside)
    assert (found.arrival is first.arrival) == customers
    assert (found.duty_on is first.duty_on) == staff
