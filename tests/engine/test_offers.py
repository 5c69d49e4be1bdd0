"""RULES.md 6b and the callbacks of rule 2: agents who may decline, customers who are called back.

Times as in test_rules.py. Responses and chances are constant, so that each offer is foreseen.
"""

from __future__ import annotations

from typing import Any

import pytest
from centre import DAY, Run, caller, centre, monday, run
from scenes import DECLINED_AFTER_DUTY

from sim.engine import ENGINES


def asked(pools: dict[str, Any], *, response: str = "0 s", **scenario: Any) -> Run:
    """One agent, or those of `pools`, each offered his contacts; accepts all after `response`."""
    offers = {"accept": 1, "response": response, "timeout": "20 s", "pause": "600 s"}
    with_offers = {
        name: {"agents": 1, **pool, "offers": {**offers, **pool.get("offers", {})}}
        for name, pool in pools.items()
    }
    return run(centre(pools=with_offers, **scenario))


def ends(result: Run) -> list[tuple[str, float, int]]:
    return result.rows("outcome", "ended", "offers")


# --- 6b. offers -------------------------------------------------------------------------------


def test_answered_when_the_offer_is_accepted() -> None:
    # Offered at 10, accepted 8 s later; the next customer's offer begins when he is done, at 118.
    result = asked({"team": {}}, response="8 s", reasons={"a": caller(10, 20)})
    assert ends(result) == [("answered", 18, 1), ("answered", 126, 1)]
    assert result.column("freed") == [118, 226]


def test_an_offer_that_times_out_goes_to_the_next_agent() -> None:
    # Agent 0 would answer after 30 s, but the offer ends after 20; then agent 1, likewise, until
    # 50. Both are paused for 600 s: agent 0 from 30 to 630, when he is offered it again.
    result = asked(
        {"team": {"agents": 2}}, response="30 s", reasons={"a": caller(10, patience="700 s")}
    )
    # 10-30 agent 0; 30-50 agent 1; 630-650 agent 0; 650-670 agent 1; gone at 710.
    assert ends(result) == [("abandoned", 710, 4)]


def test_what_rings_is_in_the_log() -> None:
    # As above: four times 20 s. The same with a customer who abandons at 35, while it rings at the
    # second agent. An offer that is taken at once takes no time.
    rings = asked(
        {"team": {"agents": 2}}, response="30 s", reasons={"a": caller(10, patience="700 s")}
    ).log.rings
    assert list(zip(rings.agent, rings.began, rings.until, strict=True)) == [
        (0, 10, 30),
        (1, 30, 50),
        (0, 630, 650),
        (1, 650, 670),
    ]
    rings = asked(
        {"team": {"agents": 2}}, response="30 s", reasons={"a": caller(10, patience="25 s")}
    ).log.rings
    assert rings.agent.tolist() == [0, 1]
    assert rings.until.tolist() == [30, 35]
    assert len(asked({"team": {}}, reasons={"a": caller(10)}).log.rings.agent) == 0  # at once


def test_a_response_at_the_timeout_is_in_time() -> None:
    result = asked({"team": {}}, response="20 s", reasons={"a": caller(10)})
    assert ends(result) == [("answered", 30, 1)]


def test_declined_and_taken_by_the_next_pool_that_has_joined() -> None:
    # `shy` declines at once; `more`, which joins at 15, takes it then, for nobody else can.
    result = asked(
        {"shy": {"offers": {"accept": 0}}, "more": {}},
        reasons={"a": caller(10)},
        routing=[{"to": ["shy", {"pool": "more", "after": "5 s"}]}],
    )
    assert ends(result) == [("answered", 15, 2)]
    assert result.column("pool") == ["more"]


def test_pools_that_join_during_an_offer_have_joined_when_it_ends() -> None:
    # On offer to `shy` from 10 to 18; `more` joins at 15, and is asked at 18.
    result = asked(
        {"shy": {"offers": {"accept": 0, "response": "8 s"}}, "more": {}},
        reasons={"a": caller(10)},
        routing=[{"to": ["shy", {"pool": "more", "after": "5 s"}]}],
    )
    assert ends(result) == [("answered", 18, 2)]


def test_paused_he_is_offered_nothing() -> None:
    # Declines (times out) at 30; the call of 100 goes to nobody until 630, when the first one in
    # the queue, still there, is offered again: the old place comes first.
    result = asked(
        {"team": {"offers": {"response": "30 s"}}},
        reasons={"a": caller(10, patience="620 s"), "b": caller(100, patience="540 s")},
    )
    # 630: on offer to the end of the pause before the patience of a (630) ends; b gives up at 640.
    assert ends(result) == [("abandoned", 630, 2), ("abandoned", 640, 1)]


def test_gives_up_while_on_offer_and_frees_the_agent() -> None:
    # The patience of the first ends at 15, during the offer (10-18): no pause for the agent, who
    # is offered the second at once, at 15, and accepts at 23.
    result = asked(
        {"team": {}},
        response="8 s",
        reasons={"a": caller(10, patience="5 s"), "b": caller(12)},
    )
    assert ends(result) == [("abandoned", 15, 1), ("answered", 23, 1)]


def test_accepts_at_the_very_end_of_patience() -> None:
    # An offer ends before patience ends.
    result = asked({"team": {}}, response="8 s", reasons={"a": caller(10, patience="8 s")})
    assert ends(result) == [("answered", 18, 1)]


def test_who_is_on_offer_takes_a_place_in_the_queue() -> None:
    result = asked(
        {"team": {}},
        response="8 s",
        channels={"phone": {"queue_limit": 1}},
        reasons={"a": caller(10, 12)},
    )
    assert ends(result) == [("answered", 18, 1), ("blocked", 12, 0)]


def test_on_offer_at_the_horizon_is_unfinished() -> None:
    offers = {"response": "20 d", "timeout": "20 d"}
    result = asked({"team": {"offers": offers}}, reasons={"a": caller(10)})
    assert result.rows("outcome", "pool", "agent", "offers") == [("unfinished", None, -1, 1)]


def test_a_pause_ends_for_nobody_who_has_gone_home() -> None:
    # Declines at 100, leaves at 150; his pause ends at 700, while another call still waits.
    result = asked(
        {
            "team": {"agents": {monday(0, 150): 1}, "offers": {"accept": 0}},
            "none": {"agents": {"sun": 1}},
        },
        channels={"phone": {"hours": "daily"}},
        reasons={"a": caller(100, patience="10 s"), "b": caller(200, patience="2000 s")},
        routing=[{"reason": "a", "to": ["team"]}, {"to": ["none"]}],
    )
    assert result.first_spells()[0] == (0, 150, 150)


def test_who_has_gone_home_is_offered_no_draining_contact() -> None:
    # As above, and a call that drains from 200 on: nobody is there for it.
    result = asked(
        {"team": {"agents": {monday(0, 150): 1}, "offers": {"accept": 0}}},
        channels={"phone": {"hours": monday(0, 200), "at_close": "drain"}},
        reasons={"a": caller(100, patience="10 s"), "b": caller(180, patience="2000 s")},
    )
    assert ends(result) == [("abandoned", 110, 1), ("abandoned", 2180, 0)]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_one_declines_after_duty_is_offered_to_another_who_stays(engine: str) -> None:
    # Asked at 110, `team` accepts at 118 and is done at 218; there is nobody to stay for any more
    # at 118, when `shy` leaves.
    result = run(DECLINED_AFTER_DUTY, engine=engine)
    assert result.rows("outcome", "ended", "freed", "pool", "offers") == [
        ("answered", 118, 218, "team", 2)
    ]
    assert result.first_spells() == {0: (0, 100, 118), 1: (0, 100, 218)}


def test_finished_before_an_offer_ends() -> None:
    # `team` is done at 100 and takes the call of 60, for that of 50 is still on offer to `shy`,
    # who declines at 100: it has to wait until 200.
    result = run(
        centre(
            reasons={"a": caller(0, 50, 60)},
            pools={
                "team": {"agents": 1},
                "shy": {"agents": 1, "offers": {"accept": 0, "response": "50 s", "pause": "1 h"}},
            },
            routing=[{"to": ["team", "shy"]}],
        )
    )
    assert ends(result) == [("answered", 0, 0), ("answered", 200, 1), ("answered", 100, 0)]


def test_a_pause_ends_before_others_come_on_duty() -> None:
    # `shy` declines at 0, is paused until 100, asked again, declines; `team` comes at 100.
    result = run(
        centre(
            channels={"phone": {"hours": "daily"}},
            reasons={"a": caller(0)},
            pools={
                "team": {"agents": {monday(100, 900): 1}},
                "shy": {"agents": 1, "offers": {"accept": 0, "response": "0 s", "pause": "100 s"}},
            },
            routing=[{"to": ["team", "shy"]}],
        )
    )
    assert result.rows("ended", "pool", "offers") == [(100, "team", 2)]


# --- callbacks --------------------------------------------------------------------------------


def called_back(callback: dict[str, Any], **more: Any) -> Run:
    """One agent with work of 100 s until 100; calls at 10 and 20."""
    return run(
        centre(channels={"phone": {"callback": callback}}, reasons={"a": caller(0, 10, 20, **more)})
    )


def test_called_back_without_giving_up() -> None:
    # Patience 5 s, but who waits for a callback has none: 100 and 200.
    result = called_back({}, patience="5 s")
    assert result.rows("outcome", "ended", "callback") == [
        ("answered", 0, 0),
        ("answered", 100, 1),
        ("answered", 200, 1),
    ]


def test_offered_only_when_the_expected_wait_is_long() -> None:
    # Expected wait: those who wait and himself, times 100 s, over one place: 100 s at 10 (less
    # than 150), so he waits and gives up at 15; at 20 again nobody waits. With 100 s as limit
    # (at least so long) all are called back.
    result = called_back({"when_wait_over": "150 s"}, patience="5 s")
    assert result.column("outcome") == ["answered", "abandoned", "abandoned"]
    result = called_back({"when_wait_over": "150 s"})
    assert result.column("callback") == [0, 0, 1]
    result = called_back({"when_wait_over": "100 s"})
    assert result.column("callback") == [0, 1, 1]


def test_the_unreached_cost_the_ring() -> None:
    # Nobody picks up: 30 s each, from 100 and 130; no second chance but a retry.
    retry = {"chance": 1, "after": "1000 s", "attempts": 1}
    result = called_back({"reach": 0, "ring": "30 s"}, retry=retry, wrap="10 s")
    assert result.rows("cause", "outcome", "arrived", "ended", "freed", "resolved") == [
        ("first", "answered", 0, 0, 110, 1),
        ("first", "unreached", 10, 110, 140, -1),
        ("first", "unreached", 20, 140, 170, -1),
        ("retry", "answered", 1140, 1140, 1250, 1),
        ("retry", "unreached", 1170, 1250, 1280, -1),
    ]


def test_called_again_until_they_pick_up_or_the_attempts_are_used_up() -> None:
    # Nobody picks up. Two calls each, 30 s: at 100 and 130, then 200 s after the first has ended,
    # at 330 and 360. Only then the customers' own retry, which is not one of these.
    retry = {"chance": 1, "after": "1000 s", "attempts": 1}
    said = {"reach": 0, "ring": "30 s", "attempts": 2, "again_after": "200 s"}
    said["hours"] = monday(0, 300)
    result = called_back(said, retry=retry)
    assert result.rows("cause", "outcome", "arrived", "ended", "callback") == [
        ("first", "answered", 0, 0, 0),
        ("first", "unreached", 10, 100, 1),
        ("first", "unreached", 20, 130, 1),
        ("call", "unreached", 330, 330, 1),
        ("call", "unreached", 360, 360, 1),
        # at 1360 nobody is there to wait for, at 1390 it is too late for a callback
        ("retry", "answered", 1360, 1360, 0),
        ("retry", "answered", 1390, 1460, 0),
    ]


def test_who_waits_for_a_callback_too_long_is_not_called_any_more() -> None:
    # The second one's time is up at 20 + 150, before the first, called at 100, is done at 200.
    result = called_back({"patience": "150 s"}, patience="5 s", retry={"chance": 1, "after": "1 s"})
    assert result.rows("outcome", "ended", "callback") == [
        ("answered", 0, 0),
        ("answered", 100, 1),
        ("expired", 170, 1),
    ]


def test_who_is_called_back_takes_less_time_or_more() -> None:
    # 80 s instead of 100 from the call at 100 on; the wrap-up is as usual.
    result = called_back({"handle": "80 %"}, wrap="10 s")
    assert result.rows("ended", "talked", "freed") == [
        (0, 100, 110),
        (110, 190, 200),
        (200, 280, 290),
    ]


def test_callbacks_do_not_count_for_the_limit_nor_leave_at_closing() -> None:
    # Limit 0, and the door closes at 50: who is called back goes on waiting.
    result = run(
        centre(
            channels={"phone": {"queue_limit": 0, "hours": monday(0, 50), "callback": {}}},
            reasons={"a": caller(0, 10, 20)},
        )
    )
    assert result.rows("outcome", "ended") == [
        ("answered", 0),
        ("answered", 100),
        ("answered", 200),
    ]
    assert result.first_spells()[0] == (0, 15 * DAY, 15 * DAY)


def test_callbacks_behind_a_draining_door_are_drained() -> None:
    # Busy until 100, off duty at 50 as the door closes: he stays for the callback and for the
    # caller behind it who did not want one, and goes at 300.
    result = run(
        centre(
            channels={
                "phone": {
                    "hours": monday(0, 50),
                    "at_close": "drain",
                    "callback": {"when_wait_over": "100 s"},
                },
                "call": {"hours": monday(0, 50), "at_close": "drain"},
            },
            reasons={
                "a": caller(0, 10, channels={"phone": 1}),
                "b": caller(20, channels={"call": 1}),
            },
            pools={"team": {"agents": {monday(0, 50): 1}}},
        )
    )
    assert result.rows("outcome", "ended", "callback") == [
        ("answered", 0, 0),
        ("answered", 100, 1),
        ("answered", 200, 0),
    ]
    assert result.first_spells()[0] == (0, 50, 300)


def test_callbacks_wait_for_another_day_where_nobody_drains() -> None:
    # The door closes at 50 and the agent, off duty then, leaves at 100. Next Monday he calls.
    result = run(
        centre(
            channels={"phone": {"callback": {}}},
            reasons={"a": caller(0, 10)},
            pools={"team": {"agents": {monday(0, 50): 1}}},
        )
    )
    assert result.rows("outcome", "ended") == [("answered", 0), ("answered", 7 * DAY)]
    assert result.first_spells()[0] == (0, 50, 100)
