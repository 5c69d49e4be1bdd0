"""What happens on a date, kinds of day, and changes in one line: worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawing import DAY, arrivals, drawn, scenario_of, setting_of

from sim.draws import draw, prepare
from sim.draws.arrivals import arrival_rate
from sim.engine import make_plan
from sim.scenario import Scenario, ScenarioError, load, loads, to_yaml

HOUR = 3600.0
CALENDAR = {"start": "2026-11-23", "days": 7}  # a Monday


def with_events(**events: Any) -> dict[str, Any]:
    return {"calendar": {**CALENDAR, "events": events}}


def expected(scenario: Scenario, low: float, high: float) -> float:
    """Customers expected between two hours of the run."""
    rate = arrival_rate(scenario, "a", frozenset())
    begin, end = (
        np.interp(t * HOUR, rate.edges, np.append(0, np.cumsum(rate.expected))) for t in (low, high)
    )
    return float(end - begin)


def test_a_factor_counts_while_the_event_lasts() -> None:
    # 700 a week are 100 a day: Tuesday 14 to 16 h are 100 x 2 / 24 times 150 % times 2.
    said = with_events(
        one={"at": "2026-11-24 14:00-16:00", "reasons": {"a": {"volume": "150 %"}}},
        two={"at": "2026-11-24 to 2026-11-25", "reasons": {"other": {"volume": 2}}},
    )
    scenario = scenario_of(**said)
    assert expected(scenario, 0, 24) == pytest.approx(100)
    assert expected(scenario, 38, 40) == pytest.approx(100 * 2 / 24 * 3)
    assert expected(scenario, 24, 72) == pytest.approx(400 + 100 * 2 / 24)
    assert expected(scenario, 72, 168) == pytest.approx(400)


def test_customers_of_a_newsletter_come_besides() -> None:
    # 400 after 40 minutes on average, exponential, from Thursday at ten: 400 x (1 - e^-1.5) = 311
    # within the first hour; Poisson sd 17.6. Nobody else comes at another time.
    event = {
        "at": "2026-11-26 10:00",
        "reasons": {"a": {"extra": 400, "after": {"exponential": "40 min"}}},
    }
    usual = drawn(calendar=CALENDAR)
    draws = drawn(**with_events(newsletter=event))
    more = arrivals(draws)[draws.row[draws.reason == 0] >= usual.reason_size[0]]
    assert len(more) == pytest.approx(400, abs=100)
    assert more.min() > (3 * 24 + 10) * HOUR
    assert int((more < (3 * 24 + 11) * HOUR).sum()) == pytest.approx(311, abs=88)
    known = draws.row[draws.reason == 0] < usual.reason_size[0]
    assert arrivals(draws)[known].tolist() == arrivals(usual).tolist()


def test_more_of_a_newsletter_leaves_the_first_ones() -> None:
    def of(number: int) -> np.ndarray:
        said = {"extra": number, "after": "0 s"}
        return drawn(
            **with_events(n={"at": "2026-11-26 10:00", "reasons": {"a": said}})
        ).reason_size

    usual = drawn(calendar=CALENDAR).reason_size[0]
    few, many = (int(of(number)[0] - usual) for number in (50, 500))
    assert few == pytest.approx(50, abs=36)
    assert many == pytest.approx(500, abs=112)


def test_a_newsletter_may_be_swept_down_to_nobody() -> None:
    # `after` stays; only without any `extra` it has no meaning.
    said = {"extra": 0, "after": {"exponential": "40 min"}}
    events = with_events(mail={"at": "2026-11-26 10:00", "reasons": {"a": said}})
    assert drawn(**events).arrival.tolist() == drawn(calendar=CALENDAR).arrival.tolist()


def test_evenly_while_it_lasts_without_after() -> None:
    event = {"at": "2026-11-24 14:00-16:00", "reasons": {"a": {"extra": 300}}}
    draws = drawn(**with_events(n=event))
    more = np.sort(draws.arrival[draws.row >= drawn(calendar=CALENDAR).reason_size[0]])
    assert 38 * HOUR <= more[0] < more[-1] < 40 * HOUR
    assert more.mean() == pytest.approx(39 * HOUR, abs=5 * 2 * HOUR / np.sqrt(12 * len(more)))


def test_a_backlog_waits_when_it_begins() -> None:
    # 80 e-mails of Monday 08:00 beside the usual customers, exactly, whose luck stays as it is.
    channels = {"phone": {}, "email": {"due": "24 h"}}
    reasons = {
        "a": {"volume": "700 per week", "handle": "5 min", "channels": {"phone": 0.5, "email": 0.5}}
    }
    left = {"waiting": {"email": 80}, "age": {"uniform": ["1 h", "3 h"]}}
    event = {"at": "2026-11-23 08:00", "reasons": {"a": left}}
    draws = drawn(reasons=reasons, channels=channels, **with_events(backlog=event))
    usual = drawn(reasons=reasons, channels=channels, calendar=CALENDAR)
    more = draws.row >= usual.reason_size[0]
    assert (draws.arrival[more] == 8 * HOUR).all()
    assert (draws.channel[more] == 1).all()
    assert more.sum() == 80
    assert ((draws.age[more] >= HOUR) & (draws.age[more] <= 3 * HOUR)).all()
    assert not draws.age[~more].any()
    assert draws.arrival[~more].tolist() == usual.arrival.tolist()
    assert draws.channel[~more].tolist() == usual.channel.tolist()


def team(**said: Any) -> dict[str, Any]:
    return {"pools": {"team": said}, "channels": {"phone": {"hours": "daily"}}}


def spells(draws: Any, days: int = 7) -> list[tuple[int, float, float]]:
    rows = zip(draws.duty_agent, draws.duty_on / HOUR, draws.duty_off / HOUR, strict=True)
    return [(int(agent), on, off) for agent, on, off in rows if on < 24 * days]


def test_who_is_sick_anyway_stays_so() -> None:
    wave = {"at": "2026-11-24 to 2026-11-25", "pools": {"team": {"presence": "40 %"}}}
    people = team(agents={"daily 08:00-16:00": 50}, presence="80 %")
    usual = {one[:2] for one in spells(drawn(calendar=CALENDAR, **people))}
    sick = {one[:2] for one in spells(drawn(**with_events(wave=wave), **people))}
    days = {
        day: (
            sum(24 * day <= on < 24 * day + 24 for _, on in usual),
            sum(24 * day <= on < 24 * day + 24 for _, on in sick),
        )
        for day in range(7)
    }
    assert sick < usual
    assert all((many == few) == (day not in (1, 2)) for day, (many, few) in days.items())
    assert days[1][1] + days[2][1] == pytest.approx(40, abs=25)


def test_fewer_and_more_people_for_a_time() -> None:
    # Three from 8 to 16. On Tuesday one fewer from 10 to 12: the last of them is away. On Wednesday
    # two more from 15 to 18, but nobody is scheduled after 16. On Thursday half of
    # three, to the nearest: two, so one is away all day.
    said = with_events(
        a={"at": "2026-11-24 10:00-12:00", "pools": {"team": {"agents": "1 fewer"}}},
        b={"at": "2026-11-25 15:00-18:00", "pools": {"team": {"agents": "2 more"}}},
        c={"at": "2026-11-26", "pools": {"team": {"agents": "50 %"}}},
    )
    found = spells(drawn(**said, **team(agents={"daily 08:00-16:00": 3})))
    of_day = {
        day: sorted(
            (who, on - 24 * day, off - 24 * day)
            for who, on, off in found
            if 24 * day <= on < 24 * (day + 1)
        )
        for day in range(4)
    }
    assert of_day[0] == [(0, 8, 16), (1, 8, 16), (2, 8, 16)]
    assert of_day[1] == [(0, 8, 16), (1, 8, 16), (2, 8, 10), (2, 12, 16)]
    assert of_day[2] == [(0, 8, 16), (1, 8, 16), (2, 8, 16), (3, 15, 16), (4, 15, 16)]
    assert of_day[3] == [(0, 8, 16), (1, 8, 16)]


def test_a_line_that_is_down_is_a_closed_door() -> None:
    # Phone open 8 to 18, down on Tuesday from 14 to 16: two openings that day. E-mail has no hours
    # and is closed then too: a door that is open before and after.
    channels = {"phone": {"hours": "daily 08:00-18:00"}, "email": {"due": "24 h"}}
    reasons = {
        "a": {"volume": "700 per week", "handle": "5 min", "channels": {"phone": 0.5, "email": 0.5}}
    }
    event = {"at": "2026-11-24 14:00-16:00", "channels": {"phone": "closed", "email": "closed"}}
    plan = make_plan(setting_of(reasons=reasons, channels=channels, **with_events(down=event)))

    def tuesday(channel: int) -> list[tuple[float, float]]:
        d = plan.door[0, channel]
        span = slice(plan.door_first[d], plan.door_first[d + 1])
        pairs = zip(plan.door_open[span] / HOUR, plan.door_close[span] / HOUR, strict=True)
        return [(low, high) for low, high in pairs if low < 48 and high > 24]

    assert tuesday(0) == [(32, 38), (40, 42)]
    assert tuesday(1)[0][1] == 38
    assert tuesday(1)[1][0] == 40


# --- kinds of day -----------------------------------------------------------------------------


def test_kinds_of_day_move_all_reasons_together() -> None:
    # Half the days 200 % of one and 50 % of the other, a quarter the other way round, 600 days
    # of 100 + 100: means 137.5 and 87.5; never both alike but on ordinary days.
    handle = {"volume": "100 per day", "handle": "1 s"}
    kinds = {"one": {"chance": 0.5, "a": 2, "b": 0.5}, "two": {"chance": 0.25, "a": 0.5, "b": 1}}
    draws = draw(
        prepare(
            scenario_of(calendar={"days": 600}, reasons={"a": handle, "b": handle}, day_kinds=kinds)
        ),
        1,
        0,
    )
    a, b = (np.bincount((arrivals(draws, r) // DAY).astype(int), minlength=600) for r in (0, 1))
    heavy = (a > 150) & (b < 80)
    light = (a < 75) & (b > 65)
    usual = (a > 60) & (a < 150) & (b > 60)
    assert heavy.sum() == pytest.approx(300, abs=65)
    assert light.sum() == pytest.approx(150, abs=60)
    assert (heavy | light | usual).all()
    assert a.mean() == pytest.approx(137.5, abs=15)


def test_kinds_that_say_nothing_change_nothing() -> None:
    kinds = {"heavy": {"chance": 0.5}}
    assert drawn(day_kinds=kinds).arrival.tolist() == drawn().arrival.tolist()


# --- changes in one line ----------------------------------------------------------------------

BASE = """
reasons:
  a:
    volume: 9000 per week
    handle: {phone: {lognormal: {mean: 8 min, cv: 0.7}}, chat: 10 min}
    wrap: {exponential: 30 s, plus: 5 s}
    patience: {mixture: [[30 %, {exponential: 8 s}], [70 %, 2 min]]}
    channels: {phone: 80 %, chat: 20 %}
  c:
    volume: 0 per week
    handle: {lognormal: {mean: 2 min, cv: 0.7}}
    channels: {phone: 80 %, chat: 20 %}
  b:
    volume: 0 per week
    handle: 1 min
    wrap: {triangular: {low: 1 min, mode: 2 min, high: 4 min}}
    channels: {phone: 80 %, chat: 20 %}
channels: {phone: {}, chat: {}}
pools:
  team: {agents: {mon-fri 09:00-18:00: 12, sat 10:00-16:00: 3}}
  other: {shifts: {early: {count: 4, at: mon-fri 09:00-18:00}}}
"""


@pytest.mark.parametrize(
    ("path", "change", "written"),
    [
        ("reasons.a.volume", "115 %", "volume: 10350 per week"),
        ("reasons.a.handle", "110 %", "phone: {lognormal: {mean: 528 s, cv: 0.7}}, chat: 11 min"),
        ("reasons.a.handle", "20 s more", "cv: 0.7}, plus: 20 s}"),
        ("reasons.a.handle.chat", "20 s more", "chat: 620 s"),
        ("reasons.c.handle.lognormal", "150 %", "handle: {lognormal: {mean: 3 min, cv: 0.7}}"),
        ("reasons.a.handle.phone", "1 min more", "cv: 0.7}, plus: 1 min}"),
        ("reasons.a.patience", "20 s more", "[70 %, 2 min]], plus: 20 s}"),
        ("reasons.a.wrap", "20 s more", "wrap: {exponential: 30 s, plus: 25 s}"),
        ("reasons.a.wrap", "200 %", "wrap: {exponential: 1 min, plus: 10 s}"),
        ("reasons.b.wrap", "50 %", "wrap: {triangular: [30 s, 1 min, 2 min]}"),
        ("reasons.a.handle.chat", "150 %", "{mean: 8 min, cv: 0.7}}, chat: 15 min}"),
        ("reasons.a.patience", "50 %", "[[30 %, {exponential: 4 s}], [70 %, 1 min]]"),
        ("pools.team.agents", "1 fewer", "agents: {mon-fri 09:00-18:00: 11, sat 10:00-16:00: 2}"),
        ("pools.team.agents.sat 10:00-16:00", "5 fewer", "sat 10:00-16:00: 0"),
        ("pools.team.agents", "150 %", "agents: {mon-fri 09:00-18:00: 18, sat 10:00-16:00: 5}"),
        ("pools.other.shifts.early.count", "2 more", "count: 6"),
    ],
)
def test_a_change_in_one_line(path: str, change: str, written: str) -> None:
    assert written in to_yaml(loads(BASE, overrides={path: change}))


def test_kinds_of_day_stand_beside_the_calendar() -> None:
    with pytest.raises(ScenarioError, match="stands beside"):
        loads(BASE, overrides={"calendar": {"day_kinds": {"busy": {"chance": "10 %"}}}})


def test_a_share_is_replaced_and_not_changed() -> None:
    assert loads(BASE, overrides={"pools.team.presence": "90 %"}).pools["team"].presence.mean == 0.9


def test_a_change_needs_something_to_change() -> None:
    with pytest.raises(ScenarioError, match="is not a volume"):
        loads(BASE.replace("9000 per week", "115 %"))
    with pytest.raises(ScenarioError, match="number of people"):
        loads(BASE, overrides={"reasons.a.volume": "2 more"})
    with pytest.raises(ScenarioError, match="or `20 s more`"):
        loads(BASE, overrides={"reasons.a.handle": "2 more"})
    with pytest.raises(ScenarioError):
        loads(BASE, overrides={"reasons.a.volume": "20 s more"})
    with pytest.raises(ScenarioError, match="changes a time: say it of"):
        loads(BASE, overrides={"reasons.c.handle.lognormal": "20 s more"})


def test_a_file_changes_what_it_extends(tmp_path: Any) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "more.yaml").write_text(
        "extends: base.yaml\nreasons: {a: {volume: 200 %}}\npools: {team: {agents: 2 more}}\n"
    )
    scenario = load(tmp_path / "more.yaml")
    assert scenario.reasons["a"].volume.amount == 18000
    assert list(scenario.pools["team"].agents.values()) == [14, 5]
