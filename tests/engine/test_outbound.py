"""Rules 2, 6 and 8 by hand: lists of customers whom agents call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from centre import Run, caller, centre, monday, run
from scipy.stats import binom

import sim
from sim.tables import Purpose

CERTAIN = 1e-7
"""Chance that a right engine fails one of the statistical tests; there are three."""


def calls(*times: float, pools: dict[str, Any] | None = None, **outbound: Any) -> Run:
    """A list of customers, calls of 100 s to whom are made by one agent."""
    return run(
        centre(
            channels={"list": {"due": "1 d", "outbound": {"reach": 1, **outbound}}},
            reasons={"a": caller(*times, wrap="20 s", retry={"chance": 1, "after": "1 s"})},
            pools=pools or {"team": {"agents": 1}},
        )
    )


def beside_a_phone(agents: int, reasons: dict[str, Any], **said: Any) -> Run:
    """Agents who call the customers of a list and answer the phone."""
    return run(
        centre(
            channels={"phone": {}, "list": {"due": "1 d", "outbound": {"reach": 1}}},
            reasons=reasons,
            pools={"team": {"agents": agents, "answers": ["phone", "list"]}},
            **said,
        )
    )


def test_agents_call_one_after_the_other() -> None:
    # 10 s to look, 100 s of talk, 20 s of wrap-up; the second customer's turn comes at 130.
    result = calls(0, 5, preview="10 s")
    assert result.rows("outcome", "ended", "talked", "freed") == [
        ("answered", 0, 110, 130),
        ("answered", 130, 240, 260),
    ]
    assert result.column("callback") == [1, 1]


def test_who_does_not_pick_up_is_called_so_often_and_does_not_call_himself() -> None:
    # 5 s to look and 20 s of ringing; 60 s later the next of three calls.
    vain = calls(0, reach=0, preview="5 s", ring="20 s", attempts=3, again_after="60 s")
    assert vain.rows("outcome", "cause", "ended", "freed") == [
        ("unreached", "first", 0, 25),
        ("unreached", "call", 85, 110),
        ("unreached", "call", 170, 195),
    ]


def test_somebody_else_picks_up() -> None:
    wrong = calls(0, right_party=0, wrong_party="40 s", attempts=2, again_after="0 s")
    assert wrong.rows("outcome", "ended", "freed") == [("unreached", 0, 40), ("unreached", 40, 80)]


def test_at_some_times_nobody_picks_up() -> None:
    # The first line that covers the moment holds: nobody from 100 on, though the second says all.
    times = {monday(100, 150): 0, monday(100, 300): 1}
    result = calls(0, 100, 120, 150, reach=0, reach_at=times, ring="0 s")
    assert result.column("outcome") == ["unreached", "unreached", "unreached", "answered"]


def test_a_list_lapses() -> None:
    # The agent comes at 500; who is on the list for 400 s is not called any more.
    one = centre(
        channels={"list": {"due": "1 d", "expires": "400 s", "outbound": {"reach": 1}}},
        reasons={"a": caller(0, 101, 102)},
        pools={"team": {"agents": {monday(500, 900): 1}}},
    )
    assert run(one).rows("outcome", "ended") == [
        ("expired", 400),
        ("answered", 500),
        ("expired", 502),
    ]


def test_somebody_stays_free_for_those_who_call() -> None:
    # Of three two make calls; the phone call at 10 finds the third, so the list waits until 100.
    result = beside_a_phone(
        3,
        {
            "a": caller(0, 0, 0, 0, channels={"list": 1}),
            "b": caller(10, channels={"phone": 1}, handle="500 s"),
        },
        routing=[{"channel": "list", "to": [{"pool": "team", "keep_free": 1}]}, {"to": ["team"]}],
    )
    # at 100 one of the two who are free makes a call, the other is kept; so on at 200
    assert result.rows("reason", "ended") == [
        ("a", 0),
        ("a", 0),
        ("a", 100),
        ("a", 200),
        ("b", 10),
    ]


def test_who_is_not_helped_is_called_in_return() -> None:
    # Not resolved on the phone: a follow-up call is due 50 s after the end.
    once = caller(
        0,
        channels={"phone": 1},
        resolved={"phone": 0, "other": 1},
        again={"after": "50 s", "on": "list"},
    )
    result = beside_a_phone(1, {"a": once})
    assert result.rows("channel", "cause", "arrived", "outcome") == [
        ("phone", "first", 0, "answered"),
        ("list", "again", 150, "answered"),
    ]


def test_luck_says_who_picks_up_and_less_so_the_next_time() -> None:
    """Half of the first calls are picked up, a fifth of the second, half of these by others."""
    said = {"reach_again": 0.4, "right_party": 0.5, "wrong_party": "40 s", "ring": "20 s"}
    many = calls(
        *([0.0] * 3000),
        **{"reach": 0.5, "attempts": 2, "again_after": "1 h", **said},
        pools={"team": {"agents": 3000}},
    )
    at = many.draws.at[Purpose.REACH, 0, 0]
    luck = many.draws.values[at : at + 3000]
    first = np.array(many.column("freed")[:3000])
    expected = np.where(luck < 0.25, 120.0, np.where(luck < 0.5, 40.0, 20.0))
    assert first.tolist() == expected.tolist()
    second = np.array(many.column("freed")[3000:]) - np.array(many.column("arrived")[3000:])
    for seconds, chance in ((120, 0.1), (40, 0.1)):
        low, high = binom.ppf([CERTAIN / 2, 1 - CERTAIN / 2], len(second), chance)
        assert low <= (second == seconds).sum() <= high


def test_calls_are_counted_and_paid() -> None:
    """Of 4,000 customers 30 % are reached by one call and 51 % by two."""
    scenario = sim.loads("""
        calendar: {days: 5}
        channels: {list: {due: 5 d, outbound: {reach: 60 %, right_party: 50 %, attempts: 2,
                                               cost_per_contact: 0.25}}}
        reasons: {offer: {volume: 4000 per week, handle: 1 min}}
        pools: {team: {agents: 60}}
        run: {replications: 1}
    """)
    result = sim.run(scenario, jobs=1)
    value = {
        name: result.get(name).value
        for name in (
            "dials",
            "answered",
            "unreached",
            "cost",
            "right_party_rate",
            "callbacks",
            "retries",
        )
    }
    dials, reached = round(value["dials"]), round(value["answered"])
    assert dials == reached + round(value["unreached"])
    assert value["cost"] == pytest.approx(0.25 * dials)
    assert value["right_party_rate"] == pytest.approx(reached / dials)
    assert value["callbacks"] == value["retries"] == 0
    low, high = binom.ppf([CERTAIN / 2, 1 - CERTAIN / 2], dials, 0.3)
    assert low <= reached <= high


def test_a_list_has_hours_of_its_own() -> None:
    # Two are on the list before the hours begin: called at 100 and 200. The third, at 230, would
    # be called when the second is done, at 300; then the hours are over, until 400. So is the
    # fourth, who is put on the list at 350 while the agent is free.
    one = centre(
        channels={
            "list": {
                "due": "1 d",
                "hours": [monday(100, 300), monday(400, 600)],
                "outbound": {"reach": 1},
            }
        },
        reasons={"a": caller(0, 10, 230, 350)},
    )
    assert run(one).rows("outcome", "ended") == [
        ("answered", 100),
        ("answered", 200),
        ("answered", 400),
        ("answered", 500),
    ]


def test_an_event_that_closes_a_list_stops_the_calls() -> None:
    event = {"at": "2026-01-05 00:01:40-00:05:00", "channels": {"list": "closed"}}
    one = centre(
        calendar={"days": 1, "events": {"dialler is down": event}},
        channels={"list": {"due": "1 d", "outbound": {"reach": 1}}},
        reasons={"a": caller(0, 10, 20)},
    )
    # the call of 0 ends at 100, as the event begins; it is over at 300
    assert run(one).column("ended") == [0, 300, 400]


def test_who_goes_as_the_hours_begin_makes_no_call() -> None:
    one = centre(
        channels={"list": {"due": "1 d", "hours": monday(100, 900), "outbound": {"reach": 1}}},
        reasons={"a": caller(0)},
        pools={
            "early": {"agents": {monday(0, 100): 1}},
            "late": {"agents": {monday(100, 900): 1}},
        },
    )
    assert run(one).rows("pool", "ended") == [("late", 100)]


def test_live_contacts_are_taken_while_a_list_rests() -> None:
    # The list stands first by its priority; it rests, so the call is answered.
    one = centre(
        channels={
            "list": {"due": "1 d", "hours": monday(500, 900), "outbound": {"reach": 1}},
            "phone": {"hours": "daily"},
        },
        reasons={
            "a": caller(0, channels={"list": 1}),
            "b": caller(0, 10, channels={"phone": 1}),
        },
        pools={"team": {"agents": 1, "priority": {"list": 5, "other": 0}}},
    )
    assert run(one).rows("reason", "ended") == [("a", 500), ("b", 0), ("b", 100)]


def test_a_customer_expires_so_long_after_being_put_on_the_list_whatever_the_calls() -> None:
    # 30 s of ringing, called again 60 s later: at 0, 90 and 180, when three minutes are over, and
    # no more. The other, since 5, is called at 30 and 120; the next call would be at 210.
    data = centre(
        channels={
            "list": {
                "due": "1 h",
                "expires": "180 s",
                "outbound": {"reach": 0, "attempts": 5, "again_after": "60 s"},
            }
        },
        reasons={"a": caller(0, 5)},
    )
    result = run(data)
    assert result.rows("customer", "ended", "outcome") == [
        (0, 0, "unreached"),
        (1, 30, "unreached"),
        (0, 90, "unreached"),
        (1, 120, "unreached"),
        (0, 180, "unreached"),
    ]
    # Somebody answers the phone from 80 to 200: nobody calls meanwhile, and both are too late.
    data["channels"]["phone"] = {}
    data["reasons"]["a"]["channels"] = {"list": 1}
    data["reasons"]["b"] = caller(80, channels={"phone": 1}, handle="120 s")
    assert run(data).rows("customer", "ended", "outcome")[3:] == [
        (0, 180, "expired"),
        (1, 185, "expired"),
    ]


def test_a_callback_is_patient_from_accepting_on_whatever_the_calls() -> None:
    # One agent with a call until 100. The other customer accepts at 10 and is called at 100 and
    # 190, in vain; 280 would be later than 10 + 250.
    callback = {
        "accept": 1,
        "reach": 0,
        "ring": "30 s",
        "patience": "250 s",
        "attempts": 5,
        "again_after": "60 s",
    }
    phone = {"queue_limit": 9, "callback": callback}
    result = run(centre(channels={"phone": phone}, reasons={"a": caller(0, 10)}))
    assert result.rows("cause", "ended", "outcome") == [
        ("first", 0, "answered"),
        ("first", 100, "unreached"),
        ("call", 190, "unreached"),
    ]
