"""Rule 11, contacts that are passed on: each turn on a centre worked out by hand."""

from __future__ import annotations

from typing import Any

from centre import caller, centre, monday, run

from sim.tables import Purpose

LEG = ("cause", "parent", "pool", "arrived", "ended", "talked", "freed", "outcome")


def two_lines(*arrivals: float, **more: Any) -> dict[str, Any]:
    """Who calls is passed on by the first line to the second after a fifth of 100 s."""
    passing = {"by": "first", "share": 1, "to": "second", "after": "20 % of the talk"}
    parts: dict[str, Any] = {
        "reasons": {"help": caller(*arrivals)},
        "pools": {"first": {"agents": 1}, "second": {"agents": 1}},
        "routing": [{"to": ["first"]}],
        "transfers": {"up": passing},
    }
    for name, said in more.items():
        parts[name] = {**parts.get(name, {}), **said} if isinstance(said, dict) else said
    return centre(**parts)


def transfer(**more: Any) -> dict[str, Any]:
    """The transfer of `two_lines`, but for what is said."""
    passing = {"by": "first", "share": 1, "to": "second", "after": 0.2}
    return {"up": {**passing, **more}}


def test_the_talk_is_cut_short_the_wrap_up_is_not_and_the_leg_arrives_between() -> None:
    # Answered at 10: a fifth of 100 s is over at 30, where the wrap-up of 7 s begins and the leg
    # arrives. The second line is free and talks for 100 s. Its wrap-up follows.
    result = run(two_lines(10, reasons={"help": caller(10, wrap="7 s")}))
    assert result.rows(*LEG) == [
        ("first", -1, "first", 10, 10, 30, 37, "answered"),
        ("transfer", 0, "second", 30, 30, 130, 137, "answered"),
    ]
    assert result.column("resolved") == [-1, 1]  # the matter is the last one's to resolve
    assert result.column("attempt") == [0, 1]


def test_of_several_who_wait_for_the_second_line_the_first_passed_on_comes_first() -> None:
    # One second-liner, talks of 100 s. First talks: 0-20 and 20-40, so legs arrive at 20 and 40.
    result = run(two_lines(0, 1))
    assert [row[3:5] for row in result.rows(*LEG) if row[0] == "transfer"] == [(20, 20), (40, 120)]


def test_the_share_is_by_reason_and_channel() -> None:
    reasons = {"help": caller(0), "other matter": caller(500)}
    result = run(two_lines(reasons=reasons, transfers=transfer(share={"help": 1})))
    assert result.rows("reason", "cause") == [
        ("help", "first"),
        ("other matter", "first"),
        ("help", "transfer"),
    ]


def test_a_talk_is_passed_on_by_one_transfer_at_most_chosen_by_one_value() -> None:
    # 30 % go up, 30 % aside; values .1, .4 and .7 choose the first, the second and none.
    passing = {
        "up": {"by": "first", "share": 0.3, "to": "second"},
        "aside": {"by": "first", "share": 0.3, "to": "third"},
    }
    data = two_lines(0, 1000, 2000, transfers=passing, pools={"third": {"agents": 1}})
    draws = run(data).draws
    values = draws.values.copy()
    at = draws.at[Purpose.TRANSFER, 0, 0]
    values[at : at + 3] = [0.1, 0.4, 0.7]
    result = run(data, values=values)
    assert result.column("pool") == ["first", "first", "first", "second", "third"]


def test_own_handle_time_and_patience_of_the_leg() -> None:
    # The second line is busy with the first leg from 20 to 50; the second one arrives at 40 and has
    # a patience of 5 s.
    result = run(two_lines(0, 1, transfers=transfer(handle="30 s", patience="5 s")))
    assert [(row[3], row[4], row[7]) for row in result.rows(*LEG)[2:]] == [
        (20, 20, "answered"),
        (40, 45, "abandoned"),
    ]


def test_at_most_so_often_then_the_talk_has_its_full_length() -> None:
    # Both lines pass on to each other: up, down, and up no more.
    passing = transfer() | {"down": {"by": "second", "share": 1, "to": "first", "after": 0.5}}
    result = run(two_lines(0, transfers=passing))
    assert result.rows("pool", "ended", "talked") == [
        ("first", 0, 20),
        ("second", 20, 70),
        ("first", 70, 170),
    ]
    twice = run(two_lines(0, transfers=passing | transfer(at_most=2)))
    assert twice.rows("pool", "ended", "talked")[2:] == [
        ("first", 70, 90),
        ("second", 90, 190),
    ]


def test_luck_has_no_end_however_often_it_is_passed_on() -> None:
    # 20 times there, 20 times back: 41 talks of a customer, each with values of its own.
    passing = transfer(at_most=20, after=0.5) | {
        "down": {"by": "second", "share": 1, "to": "first", "after": 0.5, "at_most": 20}
    }
    reasons = {"help": caller(0, handle={"uniform": ["10 s", "20 s"]})}
    result = run(two_lines(reasons=reasons, transfers=passing))
    assert len(result.contacts) == 41
    talks = {row["talked"] - row["ended"] for row in result.contacts}
    assert len(talks) == 41  # no value comes twice


def test_as_another_reason_with_its_handle_time_and_its_route() -> None:
    reasons = {"help": caller(0), "billing": caller(3000, handle="40 s", priority=3)}
    routing = [{"reason": "help", "to": ["first"]}, {"reason": "billing", "to": ["second"]}]
    passing = transfer(to={"reason": "billing"})
    result = run(two_lines(reasons=reasons, routing=routing, transfers=passing))
    assert result.rows("customer", "reason", "pool", "ended", "talked") == [
        (0, "help", "first", 0, 20),
        (1, "billing", "second", 3000, 3040),
        (0, "billing", "second", 20, 60),
    ]


def test_to_another_channel_a_backlog_perhaps() -> None:
    # Nobody works at the back office before 2:00; the call has become a letter.
    pools = {
        "first": {"agents": 1, "answers": "phone"},
        "back office": {"agents": {monday(7200, 9000): 1}, "answers": "letter"},
    }
    data = centre(
        reasons={"help": caller(10, channels={"phone": 1})},
        channels={"phone": {}, "letter": {"due": "1 d", "hours": monday(7200, 9000)}},
        pools=pools,
        transfers={"in writing": {"share": 1, "to": {"channel": "letter"}, "after": 0.2}},
    )
    assert run(data).rows("channel", "arrived", "ended", "outcome") == [
        ("phone", 10, 10, "answered"),
        ("letter", 30, 7200, "answered"),
    ]


def test_an_agent_with_pace_passes_on_when_the_talk_has_really_ended() -> None:
    # Two chats in hand go at half speed. Chat 0 begins at 0 with 50 s of talk before it is passed
    # on: 20 s alone, then from 20 on at half speed: 30 s more take 60 s, until 80. Chat 1 begins
    # at 20 and is passed on too: at 80 it has done 30 s, alone the other 20 s take until 100.
    data = two_lines(
        0,
        20,
        transfers=transfer(after=0.5),
        pools={"first": {"answers": {"phone": 2}, "agents": 1}},
    )
    data["pools"]["first"]["pace"] = {"phone": [1, 0.5]}
    result = run(data)
    assert result.rows("cause", "arrived", "talked")[:3] == [
        ("first", 0, 80),
        ("first", 20, 100),
        ("transfer", 80, 180),
    ]
    assert result.column("arrived")[3] == 100


def test_the_end_of_the_talk_comes_before_the_agent_is_free() -> None:
    # At 20 the talk ends without wrap-up: the customer waits for a second-liner who is on duty from
    # 20 on, and the first-liner takes the next caller, of the same instant.
    data = two_lines(0, 20, pools={"second": {"agents": {monday(20, 900): 1}}})
    data["channels"] = {"phone": {"hours": monday(0, 900)}}
    result = run(data)
    assert result.rows(*LEG)[2][4] == 20
    assert result.rows(*LEG)[1][4] == 20


# --- closed doors -----------------------------------------------------------------------------


def behind_doors(at_close: str, **more: Any) -> dict[str, Any]:
    """Two channels of lines that both end at 1000; a call comes at 950 and is passed on at 1050."""
    return centre(
        reasons={"help": caller(950, handle="100 s", channels={"one": 1}, **more)},
        channels={"one": {"at_close": at_close}, "two": {"at_close": at_close}},
        pools={
            "first": {"agents": {monday(0, 1000): 1}, "answers": "one"},
            "second": {"agents": {monday(0, 1000): 1}, "answers": "two"},
        },
        transfers={"up": {"share": {"one": 1}, "to": {"channel": "two"}}},
    )


def test_after_closing_who_may_still_be_passed_on_keeps_the_second_line_there() -> None:
    # Both doors close at 1000 and drain. The call in hand may be passed on: the second line stays,
    # answers at 1050, and all go home when it is done.
    result = run(behind_doors("drain"))
    assert result.rows("pool", "ended", "freed", "outcome") == [
        ("first", 950, 1050, "answered"),
        ("second", 1050, 1150, "answered"),
    ]
    assert {agent: left for agent, (_, _, left) in result.first_spells().items()} == {
        0: 1050,
        1: 1150,
    }


def test_nobody_stays_for_a_talk_that_leads_nowhere_any_longer_than_it_lasts() -> None:
    # The luck says that this one is not passed on; nobody can know before it is done.
    data = behind_doors("drain")
    data["transfers"]["up"]["share"] = {"one": 0.5}
    draws = run(data).draws
    values = draws.values.copy()
    values[draws.at[Purpose.TRANSFER, 0, 0]] = 0.9
    result = run(data, values=values)
    assert result.rows("pool", "freed") == [("first", 1050)]
    assert {agent: left for agent, (_, _, left) in result.first_spells().items()} == {
        0: 1050,
        1: 1050,
    }


def test_at_a_closed_door_that_does_not_drain_the_leg_is_turned_away() -> None:
    result = run(behind_doors("dismiss"))
    assert result.rows("cause", "ended", "outcome") == [
        ("first", 950, "answered"),
        ("transfer", 1050, "closed"),
    ]
    assert result.first_spells()[1][2] == 1000


def test_a_customer_turned_away_comes_back_as_who_they_are() -> None:
    # On the channel that they were passed on to, by the customer's own `closed`.
    data = behind_doors("dismiss", closed={"two": {"one": 1}, "other": {"lost": 1}})
    rows = run(data).rows("cause", "parent", "channel", "arrived", "outcome")
    assert rows[2] == ("closed", 1, "one", 1050, "closed")


def test_an_abandoned_leg_may_be_tried_again_from_the_front() -> None:
    retry = {"chance": 1, "after": "60 s", "attempts": 1}
    reasons = {"help": caller(0, 1, retry=retry)}
    result = run(two_lines(reasons=reasons, transfers=transfer(patience="5 s")))
    # Leg 3 waits from 40 to 45; the customer calls the first line again at 105.
    assert result.rows("cause", "parent", "arrived", "pool")[3:5] == [
        ("transfer", 1, 40, None),
        ("retry", 3, 105, "first"),
    ]


def test_in_a_linked_centre_the_answer_withdraws_the_other_contacts_once() -> None:
    result = run(two_lines(0, linked=True))
    assert result.column("outcome") == ["answered", "answered"]


def test_a_callback_is_passed_on_when_the_customer_was_reached() -> None:
    data = two_lines(0, 5)
    data["channels"] = {"phone": {"callback": {"accept": 1, "reach": 1}}}
    result = run(data)
    assert result.rows("callback", "pool", "ended")[1] == (1, "first", 20)
    assert [row["cause"] for row in result.contacts].count("transfer") == 2


def test_a_leg_does_not_balk() -> None:
    # The customer is in the centre already; a full queue blocks a leg all the same. Of 20 legs half
    # would balk if they could: their luck is as it comes, that of the first contacts set.
    data = two_lines(reasons={"help": caller(*range(0, 4000, 200), balk=0.5)})
    draws = run(data).draws
    values = draws.values.copy()
    at = draws.at[Purpose.BALK, 0, 0]
    values[at : at + 20] = 0.9
    result = run(data, values=values)
    assert result.column("outcome") == ["answered"] * 40
    data["channels"] = {"phone": {"queue_limit": 0}}
    data["reasons"]["help"] |= {"arrivals": {"replay": [0, 20]}, "balk": 0}
    blocked = run(data)
    assert blocked.rows("cause", "outcome")[3] == ("transfer", "blocked")
