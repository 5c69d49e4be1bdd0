"""Rule 11, warm transfers: who passes on stays with the customer. Centres worked out by hand.

Talks of 100 s, of which the first line's are passed on after 20 s; 15 s to hand over, at most 60 s
on hold.
"""

from __future__ import annotations

from typing import Any

from centre import caller, monday, run, scenario_of
from test_transfers import LEG, behind_doors, transfer, two_lines

import sim

WARM = {"hand_over": "15 s", "hold": "60 s"}


def warm(*arrivals: float, passing: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """`two_lines` with a warm transfer."""
    return two_lines(*arrivals, transfers=transfer(**{"warm": WARM, **(passing or {})}), **more)


def test_both_hand_over_then_the_second_talks_and_the_first_wraps_up() -> None:
    # Answered at 10; 20 s of talk are over at 30, and the second line is free. Both are busy until
    # 45: then the first one's wrap-up of 7 s begins, and the second one's talk of 100 s.
    result = run(warm(10, reasons={"help": caller(10, wrap="7 s")}))
    assert result.rows(*LEG) == [
        ("first", -1, "first", 10, 10, 45, 52, "answered"),
        ("transfer", 0, "second", 30, 30, 145, 152, "answered"),
    ]
    assert result.column("resolved") == [-1, 1]


def test_the_first_waits_with_the_customer_until_the_second_is_free_or_the_hold_is_over() -> None:
    # The second line is busy from 20 to 135 (15 + 100). The next call is answered as the first is
    # free, at 35, is passed on at 55, and held until 115: then the customer waits alone until 135,
    # when nobody hands over. The third is answered at 115, passed on at 135, held until 195, and
    # answered at 235.
    result = run(warm(0, 1, 2))
    assert result.rows(*LEG) == [
        ("first", -1, "first", 0, 0, 35, 35, "answered"),
        ("first", -1, "first", 1, 35, 115, 115, "answered"),
        ("first", -1, "first", 2, 115, 195, 195, "answered"),
        ("transfer", 0, "second", 20, 20, 135, 135, "answered"),
        ("transfer", 1, "second", 55, 135, 235, 235, "answered"),
        ("transfer", 2, "second", 135, 235, 335, 335, "answered"),
    ]


def test_within_the_hold_both_hand_over_after_a_wait() -> None:
    # As before, but for a hold of 100 s: the second leg, since 55, is answered at 135 with the
    # first agent there: both until 150, then 100 s.
    result = run(warm(0, 1, passing={"warm": {**WARM, "hold": "100 s"}}))
    assert result.rows(*LEG)[1] == ("first", -1, "first", 1, 35, 150, 150, "answered")
    assert result.rows(*LEG)[3] == ("transfer", 1, "second", 55, 135, 250, 250, "answered")


def test_who_answers_at_the_very_end_of_the_hold_is_too_late() -> None:
    # The hold of the second leg ends at 55 + 80 = 135, as the second line becomes free.
    result = run(warm(0, 1, passing={"warm": {**WARM, "hold": "80 s"}}))
    assert result.rows(*LEG)[1] == ("first", -1, "first", 1, 35, 135, 135, "answered")
    assert result.rows(*LEG)[3] == ("transfer", 1, "second", 55, 135, 235, 235, "answered")


def test_whoever_abandons_frees_the_agent() -> None:
    # Patience of 30 s from 55 on: at 85 the customer has gone, and the wrap-up of 7 s begins. (The
    # first call is wrapped up at 42 here, so all is 7 s later: 62, 92, 99.)
    result = run(
        warm(0, 1, passing={"patience": "30 s"}, reasons={"help": caller(0, 1, wrap="7 s")})
    )
    assert result.rows(*LEG)[1] == ("first", -1, "first", 1, 42, 92, 99, "answered")
    assert result.rows(*LEG)[3][3:5] == (62, 92)


def test_patience_and_place_do_not_begin_anew_when_the_hold_is_over() -> None:
    # Patience of 70 s from 55 on: until 115 with the agent, then 10 s alone.
    result = run(warm(0, 1, passing={"patience": "70 s"}))
    assert result.rows("arrived", "ended", "outcome")[3] == (55, 125, "abandoned")
    assert result.rows("talked", "freed")[1] == (115, 115)


def test_a_full_queue_ends_the_hold_at_once() -> None:
    data = warm(0, 1)
    data["channels"] = {"phone": {"queue_limit": 0}}
    data["reasons"]["help"]["arrivals"] = {"replay": [0, 40]}
    result = run(data)
    assert result.rows(*LEG)[1] == ("first", -1, "first", 40, 40, 60, 60, "answered")
    assert result.rows("cause", "outcome")[3] == ("transfer", "blocked")


def test_at_the_end_of_the_shift_the_agent_stays_until_the_hold_is_over() -> None:
    # The first line's shift ends at 50. Its agent has a customer on hold from 55 until 115.
    data = warm(0, 1, pools={"first": {"agents": {monday(0, 50): 1}}})
    data["channels"] = {"phone": {"hours": monday(0, 900)}}
    result = run(data)
    assert result.rows("talked", "freed")[1] == (115, 115)
    assert result.first_spells()[0][2] == 115


def test_one_line_a_customer_while_two_agents_are_with_them() -> None:
    # Three lines. At 60 customer 1 is held, customer 0 is with the second line, customer 2 waits:
    # three lines are in use, and the fourth customer gets a busy signal. At 61 all the same.
    data = warm(0, 1, 2, 60)
    data["lines"] = {"trunks": {"channels": ["phone"], "count": 3}}
    assert run(data).column("outcome")[:4] == ["answered", "answered", "answered", "no_line"]
    data["lines"]["trunks"]["count"] = 4
    assert run(data).column("outcome")[:4] == ["answered"] * 4


def test_a_callback_ends_the_hold() -> None:
    # Leg 1 would wait and is to be called back: at 55 the customer hangs up, the agent is free.
    data = warm(0, 1)
    data["channels"] = {"phone": {"callback": {"when_wait_over": "1 s", "accept": 1}}}
    data["reasons"]["help"]["arrivals"] = {"replay": [0, 40]}
    result = run(data)
    assert result.rows("callback", "ended", "talked")[1] == (0, 40, 60)
    assert result.rows("callback", "ended", "talked")[3] == (1, 135, 235)


def test_where_the_agent_goes_on_with_other_chats_the_wrap_up_keeps_its_speed() -> None:
    # Two chats at a time, at half speed each. Chat 0 is alone until 15: 15 s of its 20 s; the other
    # 5 s take until 25. The second line is busy with nothing: both hand over until 40. Wrap-up of
    # 7 s at half speed: 54, whatever chat 1 does. Chat 1, from 15 on, has 20 s to go at half speed
    # until 55 (54: 19.5 s done, alone from there, .5 s): 54.5.
    pools = {"first": {"agents": 1, "answers": {"phone": 2}, "pace": {"phone": [1, 0.5]}}}
    result = run(warm(0, 15, pools=pools, reasons={"help": caller(0, 15, wrap="7 s")}))
    assert result.rows("ended", "talked", "freed")[0] == (0, 40, 54)
    assert result.rows("arrived", "ended")[3] == (54.5, 147)


def test_a_transfer_of_a_transfer_is_held_again() -> None:
    # 0-20 first, held with both 20-35, second talks 35-85 (half of 100 s), then holds for a third
    # line: at once, both until 100; the third talks until 200.
    passing = {
        **transfer(warm=WARM),
        "on": {"by": "second", "share": 1, "to": "third", "after": 0.5, "warm": WARM},
    }
    result = run(two_lines(0, pools={"third": {"agents": 1}}, transfers=passing))
    assert result.rows("pool", "arrived", "ended", "talked") == [
        ("first", 0, 0, 35),
        ("second", 20, 20, 100),
        ("third", 85, 85, 200),
    ]


def test_turned_away_at_a_closed_door_the_customer_holds_nobody() -> None:
    # The second line's door closed at 1000; the talk ends at 1050.
    data = behind_doors("dismiss")
    data["transfers"]["up"]["warm"] = WARM
    result = run(data)
    assert result.column("talked")[0] == 1050
    assert result.column("outcome") == ["answered", "closed"]


def test_the_story_says_who_stays_and_why_they_leave() -> None:
    scenario = scenario_of(warm(0, 1, 2))
    told, alone = (sim.trace(scenario, customer) for customer in (0, 1))
    assert "first agent 1 stays with the customer" in told
    assert "first agent 1 leaves the customer after 15.0 s: has handed over" in told
    assert "after 1 min 00 s: nobody has answered, the customer waits alone" in alone
