"""Rule 11, conferences: somebody joins an agent's talk. Centres worked out by hand.

Talks of 100 s, with a wrap-up of 7 s; at the end of each somebody of the second pool is to join for
30 s.
"""

from __future__ import annotations

from typing import Any

import pytest
from centre import caller, centre, monday, run, scenario_of
from strategies import some_with_conferences

import sim
from sim.report.trace import story
from sim.scenario import ScenarioError
from sim.tables import Purpose

PART = ("cause", "parent", "pool", "arrived", "ended", "talked", "freed", "outcome")
ASK = {"by": "first", "share": 1, "to": "second", "conference": "30 s"}


def joined(*arrivals: float, **more: Any) -> dict[str, Any]:
    """Two agents whose calls one other joins, but for what is said."""
    parts: dict[str, Any] = {
        "reasons": {"help": caller(*arrivals, wrap="7 s")},
        "pools": {"first": {"agents": 2}, "second": {"agents": 1}},
        "routing": [{"to": ["first"]}],
        "transfers": {"ask": ASK},
    }
    for name, said in more.items():
        parts[name] = {**parts.get(name, {}), **said} if isinstance(said, dict) else said
    return centre(**parts)


def test_both_talk_then_the_first_wraps_up_and_whoever_finds_nobody_goes_on_alone() -> None:
    # 10-110 and 15-115. At 110 the second pool's agent joins until 140. At 115 nobody is free.
    result = run(joined(10, 15))
    assert result.rows(*PART)[:3] == [
        ("first", -1, "first", 10, 10, 140, 147, "answered"),
        ("first", -1, "first", 15, 15, 115, 122, "answered"),
        ("conference", 0, "second", 110, 110, 140, 140, "answered"),
    ]
    assert result.rows("cause", "parent", "pool", "ended", "outcome")[3:] == [
        ("conference", 1, None, 115, "blocked")
    ]
    assert result.column("resolved") == [1, 1, -1, -1]


def test_then_the_customer_is_passed_on() -> None:
    # As before, and everybody is passed on after half of the talk: 60, where somebody joins until
    # 90, and 65, where nobody does. The second pool talks from 90 on to who came at 65 first.
    up = {"by": "first", "share": 1, "to": "second", "after": "50 % of the talk"}
    result = run(joined(10, 15, transfers={"up": up}))
    assert result.rows(*PART)[0] == ("first", -1, "first", 10, 10, 90, 97, "answered")
    assert result.rows(*PART)[1] == ("first", -1, "first", 15, 15, 65, 72, "answered")
    assert result.rows(*PART)[4:] == [
        ("transfer", 1, "second", 65, 90, 190, 197, "answered"),
        ("transfer", 0, "second", 90, 197, 297, 304, "answered"),
    ]
    assert result.column("resolved") == [-1, -1, -1, -1, 1, 1]


def test_then_the_agent_hands_over_warm() -> None:
    # 10-110, with somebody until 140. Then the third line is free and is told until 155.
    up = {"by": "first", "share": 1, "to": "third", "warm": {"hand_over": "15 s"}}
    result = run(joined(10, pools={"third": {"agents": 1}}, transfers={"up": up}))
    assert result.rows(*PART) == [
        ("first", -1, "first", 10, 10, 155, 162, "answered"),
        ("conference", 0, "second", 110, 110, 140, 140, "answered"),
        ("transfer", 0, "third", 140, 140, 255, 262, "answered"),
    ]


def test_the_luck_of_conferences_is_not_that_of_transfers() -> None:
    # A quarter each: whoever has luck .1 and .9, or .9 and .1, has the one or the other.
    up = {"by": "first", "share": 0.25, "to": "second"}
    data = joined(0, 1000, transfers={"ask": {**ASK, "share": 0.25}, "up": up})
    draws = run(data).draws
    values = draws.values.copy()
    for purpose, luck in ((Purpose.CONFERENCE, [0.1, 0.9]), (Purpose.TRANSFER, [0.9, 0.1])):
        at = draws.at[purpose, 0, 0]
        values[at : at + 2] = luck
    causes = run(data, values=values).rows("cause", "parent")
    assert causes == [("first", -1), ("first", -1), ("conference", 0), ("transfer", 1)]


def test_of_several_conferences_each_talk_has_one() -> None:
    # 30 % ask the second, 70 % the third pool: luck .2, .3 and .99.
    asks = {"ask": {**ASK, "share": 0.3}, "other": {**ASK, "share": 0.7, "to": "third"}}
    data = joined(0, 1000, 2000, pools={"third": {"agents": 1}}, transfers=asks)
    draws = run(data).draws
    values, at = draws.values.copy(), draws.at[Purpose.CONFERENCE, 0, 0]
    values[at : at + 3] = [0.2, 0.3, 0.99]
    assert run(data, values=values).column("pool")[3:] == ["second", "third", "third"]


def test_only_who_is_on_duty_is_asked_whatever_the_doors() -> None:
    # The line is open until 600; the second pool is there until 105, the talk ends at 110.
    there = {"first": {"agents": {monday(0, 600): 1}}, "second": {"agents": {monday(0, 105): 1}}}
    result = run(joined(10, pools=there, channels={"phone": {"hours": monday(0, 600)}}))
    assert result.rows("cause", "outcome")[1] == ("conference", "blocked")
    # The line is closed since 50 and drains: whoever is in hand is joined as ever.
    there["second"] = {"agents": {monday(0, 600): 1}}
    phone = {"hours": monday(0, 50), "at_close": "drain"}
    result = run(joined(10, pools=there, channels={"phone": phone}))
    assert result.rows(*PART)[1] == ("conference", 0, "second", 110, 110, 140, 140, "answered")


def test_a_customer_has_one_line_until_the_conference_is_over() -> None:
    # One line. The talk is over at 110, the conference at 140: at 139 it is in use, at 140 free.
    for second, outcome in ((110, "no_line"), (139, "no_line"), (140, "answered")):
        data = joined(10, second, lines={"trunk": {"channels": ["phone"], "count": 1}})
        assert run(data).column("outcome")[1] == outcome
    # Nobody is there to join: at 110 the line is free, though the wrap-up goes on.
    nobody = {"second": {"agents": {monday(0, 60): 1}}}
    data = joined(10, 111, pools=nobody, lines={"trunk": {"channels": ["phone"], "count": 1}})
    assert run(data).column("outcome")[1] == "answered"


def test_where_the_agent_has_other_chats_the_wrap_up_keeps_its_speed() -> None:
    # Two chats at a time, at half speed each. Chat 0 is alone until 50: 50 s of 100; the other
    # 50 s take until 150. Somebody joins until 180. Its wrap-up of 7 s at half speed takes 14 s.
    pools = {"first": {"agents": 1, "answers": {"phone": 2}, "pace": {"phone": [1, 0.5]}}}
    result = run(joined(0, 50, pools=pools))
    assert result.rows("ended", "talked", "freed")[0] == (0, 180, 194)


def test_whose_talk_is_joined_keeps_agents_busy_and_counts_once() -> None:
    # 100 s + 30 s + 7 s and 30 s of one contact: 137 s busy in the first, 30 s in the second pool.
    scenario = scenario_of(joined(10))
    result = sim.run(scenario, replications=1)
    assert result.get("contacts").value == result.get("answered").value == 1
    assert result.get("handled").value == 2
    assert result.get("resolved_first").value == 1
    assert result.get("conferences", "pool", "second").value == 1
    assert result.get("occupancy", "pool", "first").value == pytest.approx(137 / 2 / 86400)
    assert result.get("occupancy", "pool", "second").value == pytest.approx(30 / 86400)
    assert result.get("handle_time_in_all").value == 167
    result = sim.run(scenario_of(joined(10, 15)), replications=1)
    assert result.get("conferences_missed").value == 1
    assert all(check.passed for check in result.checks)


def test_what_a_log_shows_keeps_the_laws_of_measuring() -> None:
    for k in range(12):
        result = sim.run(scenario_of(some_with_conferences(k)), replications=1)
        assert [check for check in result.checks if not check.passed] == [], k


def test_the_story_tells_who_joins() -> None:
    text = "\n".join(event for event in told(joined(10, 15)))
    assert "second agent 1 joins the talk" in text
    assert "second agent 1 leaves the talk after 30.0 s" in text
    assert "somebody was to join the talk, and nobody is free" in text


def told(data: dict[str, Any]) -> list[str]:
    """The stories of the first two customers."""
    result = run(data)
    roster = sim.draws.prepare(result.scenario).roster
    return [
        event.text for k in (0, 1) for event in story(result.scenario, result.log, (), roster, k)
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"after": 0.5}, "transfers.ask.after: has no meaning for a conference"),
        ({"handle": "1 min"}, "transfers.ask.handle: has no meaning for a conference"),
        ({"warm": {"hand_over": "1 min"}}, "transfers.ask.warm: has no meaning for a conference"),
        ({"to": {"reason": "help"}}, "transfers.ask.to: name the pool"),
        ({"to": "shy"}, "`shy` is offered contacts and may decline"),
        ({"by": "many", "to": "many"}, "`many` has several at once"),
        ({"to": "bot"}, "`bot` is an AI agent; name people"),
    ],
)
def test_what_makes_no_conference_is_told(changed: dict[str, Any], message: str) -> None:
    robot = {"resolves": 1, "talk": "1 min", "hands_over_to": "first"}
    data = joined(
        10,
        channels={"phone": {}, "chat": {}},
        reasons={"help": caller(10, channels={"phone": 1})},
        pools={
            "first": {"agents": 1, "answers": {"phone": 1}},
            "second": {"agents": 1, "answers": {"phone": 1}},
            "shy": {"agents": 1, "answers": {"phone": 1}, "offers": {"accept": 0.5}},
            "many": {"agents": 1, "answers": {"phone": 2}},
            "bot": {"agents": 1, "answers": {"phone": 1}, "ai_agent": robot},
        },
        routing=[{"to": ["first", "second", "shy", "many", "bot"]}],
        transfers={"ask": {**ASK, **changed}},
    )
    with pytest.raises(ScenarioError, match=message.replace("`", ".")) as raised:
        scenario_of(data)
    assert "ask" in str(raised.value)
