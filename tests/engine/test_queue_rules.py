"""Rules 2b and 8 by hand: balking by the queue, ways out of it, announcements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from centre import Run, caller, centre, monday, run

from sim.scenario import ScenarioError
from sim.tables import Purpose


def exits(*ways: dict[str, Any], **reason: Any) -> Run:
    """One agent, busy from 0 to 600; more callers of 100 s; a voicemail box that one agent empties
    from 1000 on.
    """
    return run(
        centre(
            channels={"phone": {"exits": list(ways)}, "voicemail": {"due": "1 d"}},
            reasons={
                "long": caller(0, handle="600 s", channels={"phone": 1}),
                "a": caller(10, 20, 30, channels={"phone": 1}, **reason),
            },
            pools={
                "team": {"agents": 1, "answers": ["phone"]},
                "post": {"agents": {monday(1000, 2000): 1}, "answers": ["voicemail"]},
            },
        )
    )


def test_to_voicemail_after_a_wait() -> None:
    # The three wait 300 s each, to 310, 320, 330; the box is worked off from 1000, 100 s each.
    result = exits({"after": "5 min", "to": "voicemail"})
    flowed = [("phone", "flowed_out", 300.0 + at, "first", -1) for at in (10, 20, 30)]
    left = [("voicemail", "answered", 1000.0 + 100 * k, "exit", 1 + k) for k in range(3)]
    columns = ("channel", "outcome", "ended", "cause", "parent")
    assert result.rows(*columns)[1:] == [*flowed, *left]
    assert result.column("arrived")[4:] == [310, 320, 330]


def test_patience_may_end_before_and_the_exit_comes_first_of_both() -> None:
    outcomes = exits({"after": "5 min", "to": "voicemail"}, patience="299 s").column("outcome")
    assert outcomes[1:] == ["abandoned"] * 3
    outcomes = exits({"after": "5 min", "to": "voicemail"}, patience="300 s").column("outcome")
    assert outcomes[1:4] == ["flowed_out"] * 3


def test_who_is_answered_in_the_instant_of_the_exit_does_not_take_it() -> None:
    # The agent is free at 600: the caller of 300, whose exit opens then, is answered.
    result = run(
        centre(
            channels={"phone": {"exits": [{"after": "5 min", "to": "end"}]}},
            reasons={"a": caller(0, 300, handle="600 s")},
        )
    )
    assert result.rows("outcome", "ended") == [("answered", 0), ("answered", 600)]


def test_to_the_end_and_a_new_try() -> None:
    # Away at 70, 80, 90; back after 1000 s, when the agent is free.
    again = {"chance": 1, "after": "1000 s"}
    result = exits({"after": "1 min", "to": "end"}, retry=again)
    assert result.column("outcome")[1:4] == ["flowed_out"] * 3
    assert result.rows("cause", "arrived")[4:7] == [("retry", t) for t in (1070, 1080, 1090)]


def test_on_arrival_when_so_many_wait() -> None:
    # One waits (10); for those at 20 and 30 one is waiting already.
    result = exits({"when_waiting": 1, "to": "voicemail"})
    assert result.rows("outcome", "ended")[1:4] == [
        ("answered", 600),
        ("flowed_out", 20),
        ("flowed_out", 30),
    ]


def test_on_arrival_when_the_wait_is_expected_to_be_long() -> None:
    # (waiting + 1) x 100 s for one agent: 100 s, 200 s, then 200 s again, for the second has gone.
    result = exits({"when_wait_over": "200 s", "to": "end"})
    assert result.column("outcome")[1:4] == ["answered", "flowed_out", "flowed_out"]
    result = exits({"when_wait_over": "201 s", "to": "end"})
    assert result.column("outcome")[1:4] == ["answered", "answered", "flowed_out"]


def test_an_exit_comes_before_a_full_queue_and_after_a_callback() -> None:
    phone = {"queue_limit": 0, "exits": [{"when_waiting": 0, "to": "end"}]}
    reasons = {"a": caller(0, 10)}
    result = run(centre(channels={"phone": phone}, reasons=reasons))
    assert result.column("outcome") == ["answered", "flowed_out"]
    called = run(centre(channels={"phone": {**phone, "callback": {}}}, reasons=reasons))
    assert called.rows("outcome", "callback") == [("answered", 0), ("answered", 1)]


def test_nobody_to_be_called_back_takes_an_exit() -> None:
    phone = {"callback": {}, "exits": [{"after": "10 s", "to": "end"}]}
    result = run(centre(channels={"phone": phone}, reasons={"a": caller(0, 10)}))
    assert result.rows("outcome", "ended") == [("answered", 0), ("answered", 100)]


def test_after_three_moves_no_other_channel() -> None:
    # Phone and chat lead to each other after a minute: three times, then the customer waits on.
    result = run(
        centre(
            channels={
                "phone": {"exits": [{"after": "1 min", "to": "chat"}]},
                "chat": {"exits": [{"after": "1 min", "to": "phone"}]},
            },
            reasons={
                "long": caller(0, handle="1000 s", channels={"phone": 1}),
                "a": caller(1, channels={"phone": 1}),
            },
            pools={"team": {"agents": 1, "answers": ["phone", "chat"]}},
        )
    )
    assert result.rows("channel", "outcome", "arrived", "ended")[1:] == [
        ("phone", "flowed_out", 1, 61),
        ("chat", "flowed_out", 61, 121),
        ("phone", "flowed_out", 121, 181),
        ("chat", "answered", 181, 1000),
    ]


def test_each_exit_is_offered_to_those_who_declined_the_ones_before() -> None:
    # 3,000 wait for ever. 30 % go after a minute; of the others 50 % after two: 35 % of all. The
    # same uniform decides: below 0.3; else (u - 0.3) / 0.7 below 0.5, which is u < 0.65.
    ways = [
        {"after": "2 min", "to": "end", "accept": 0.5},
        {"after": "1 min", "to": "end", "accept": 0.3},
    ]
    result = run(
        centre(
            channels={"phone": {"exits": ways}},
            reasons={"a": caller(0, *[1.0] * 3000, handle="20 d")},
        )
    )
    at = result.draws.at[Purpose.EXIT, 0, 0]
    luck = result.draws.values[at + 1 : at + 3001]
    ended = np.array(result.column("ended")[1:])
    assert (ended == 61).tolist() == (luck < 0.3).tolist()
    assert (ended == 121).tolist() == ((luck >= 0.3) & (luck < 0.65)).tolist()
    assert abs((ended == 121).sum() - 1050) < 5 * np.sqrt(3000 * 0.35 * 0.65)


def test_an_exit_frees_the_agent_at_whose_desk_it_rings() -> None:
    # The call of 0 rings at the member until its exit at 60; the call of 30 is then offered.
    result = run(
        centre(
            channels={"phone": {"exits": [{"after": "1 min", "to": "end"}]}},
            reasons={"a": caller(3600, 3630)},
            pools={
                "team": {
                    "members": 1,
                    "sessions": {"daily": 0.999999},
                    "session": "20 h",
                    "offers": {"response": "80 s"},
                }
            },
        ),
        duty_agent=np.array([0]),
        duty_on=np.array([0.0]),
        duty_off=np.array([80000.0]),
        duty_last=np.array([80000.0]),
        duty_ends=np.ones(1),
        duty_break=np.zeros(1),
        duty_slowness=np.ones(1),
    )
    assert result.rows("outcome", "ended") == [("flowed_out", 3660), ("flowed_out", 3690)]
    assert result.column("offers") == [1, 1]


@pytest.mark.parametrize(("waiting", "left"), [(0, 0), (1, 25), (2, 50), (3, 50)])
def test_balks_by_the_number_waiting(waiting: int, left: int) -> None:
    # Nobody with an empty queue, 50 % with two waiting: 25 % with one. 400 come at once to one
    # agent; the first `waiting` of them may not balk, the next is looked at.
    points = {"by_queue": [[0, 0], [2, 0.5]]}
    data = centre(
        reasons={
            "calm": caller(0, *range(1, 1 + waiting), handle="5 h"),
            "a": caller(100, handle="5 h", balk=points),
        }
    )
    lucks = [run(data, seed=seed) for seed in range(60)]
    for one in lucks:
        at = one.draws.at[Purpose.BALK, 1, 0]
        balked = one.contacts[waiting + 1]["outcome"] == "balked"
        assert balked == (one.draws.values[at] < left / 100)


def test_balks_by_the_expected_wait() -> None:
    # Work of 100 s and one agent: 100 s expected with nobody waiting, which is half way from 50 s
    # to 150 s: 45 %.
    points = {"by_wait": [["50 s", 0.3], ["150 s", 0.6]]}
    data = centre(reasons={"a": caller(0, 10, balk=points)})
    for seed in range(40):
        one = run(data, seed=seed)
        at = one.draws.at[Purpose.BALK, 0, 0]
        assert (one.contacts[1]["outcome"] == "balked") == (one.draws.values[at + 1] < 0.45)


def test_what_is_expected_counts_pace_and_speed() -> None:
    # Two chats at once at 75 % each, twice as fast: 3 places. Four wait after two in hand: the
    # sixth expects (3 + 1) x 300 / 3 = 400 s.
    def ends(over: str) -> list[str]:
        return run(
            centre(
                channels={"chat": {"exits": [{"when_wait_over": over, "to": "end"}]}},
                reasons={"a": caller(0, 1, 2, 3, 4, 5, handle="300 s")},
                pools={
                    "team": {
                        "agents": 1,
                        "answers": {"chat": 2},
                        "pace": {"chat": [1, 0.75]},
                        "speed": 2,
                    }
                },
            )
        ).column("outcome")

    assert ends("400 s") == [*["answered"] * 5, "flowed_out"]
    assert ends("401 s") == ["answered"] * 6


def test_an_announcement_changes_patience() -> None:
    # The first who waits expects 100 s and hears nothing; the second 200 s.
    told = {"when_wait_over": "150 s", "patience": 0.5}
    result = run(
        centre(
            channels={"phone": {"announcement": told}},
            reasons={"a": caller(0, 10, 20, patience="40 s")},
        )
    )
    assert result.rows("outcome", "ended")[1:] == [("abandoned", 50), ("abandoned", 40)]


def test_an_announcement_to_the_endlessly_patient() -> None:
    told = {"patience": 0.5}
    result = run(centre(channels={"phone": {"announcement": told}}, reasons={"a": caller(0, 1)}))
    assert result.column("outcome") == ["answered", "answered"]


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ({"exits": [{"to": "end"}]}, "say when: `after: 5 min`"),
        ({"exits": [{"to": "phone", "after": "1 min"}]}, "leads back into this queue"),
        ({"exits": [{"to": "mali", "after": "1 min"}]}, "no channel has the name `mali`"),
        ({"exits": [{"after": "1 min"}]}, "say where it leads"),
        (
            {"exits": [{"to": "end", "after": "1 min", "when_waiting": 3}]},
            "is looked at on arrival",
        ),
        ({"announcement": {}}, "say what becomes of it"),
        ({"due": "1 h", "exits": [{"to": "end", "after": "1 min"}]}, "only for live channels"),
    ],
)
def test_faults_are_told(channel: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(centre(channels={"phone": channel, "mail": {"due": "1 d"}}, reasons={"a": caller(0)}))


@pytest.mark.parametrize(
    ("balk", "message"),
    [
        ({"share": 0.1, "by_queue": [[1, 0.2]]}, "says what `share` says already"),
        ({"by_queue": [[3, 0.2], [2, 0.1]]}, "must grow"),
        ({"by_wait": []}, "is empty"),
    ],
)
def test_faults_of_balking_are_told(balk: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(centre(reasons={"a": caller(0, balk=balk)}))


# --- 2c. Lines --------------------------------------------------------------------------------


def on_lines(count: int, channels: dict[str, Any] | None = None, **parts: Any) -> Run:
    """One agent, calls of 100 s; so many lines shared by all channels."""
    channels = channels or {"phone": {}}
    group = {"count": count, "channels": list(channels)}
    return run(centre(channels=channels, lines={"main": group}, **parts))


def test_a_line_is_held_while_waiting_and_talking() -> None:
    # Two lines: one talks, one waits; at 20 none is left. At 100 the first talk ends, and who calls
    # then has a line: a line is freed before a contact arrives.
    result = on_lines(2, reasons={"a": caller(0, 10, 20, 99, 100)})
    assert result.column("outcome") == ["answered", "answered", "no_line", "no_line", "answered"]
    assert result.rows("ended")[2:4] == [(20,), (99,)]


def test_a_line_is_free_when_the_talk_ends_not_the_wrap_up() -> None:
    result = on_lines(1, reasons={"a": caller(0, 99, 100, wrap="50 s")})
    assert result.rows("outcome", "ended") == [
        ("answered", 0),
        ("no_line", 99),
        ("answered", 150),
    ]


def test_whoever_leaves_frees_the_line() -> None:
    # Abandoned at 30: at 40 there is a line for the next.
    result = on_lines(2, reasons={"a": caller(0, 10, 25, 40, patience="20 s")})
    assert result.column("outcome") == ["answered", "abandoned", "no_line", "abandoned"]


def test_a_menu_holds_a_line_and_keeps_it_on_the_way_to_an_agent() -> None:
    # One line. The first is in the menu from 0 to 30, then talks from 30 to 130: no line at 10, 29,
    # 30, 129; at 130 there is.
    channels = {"menu": {"unlimited": True, "resolved": 0, "otherwise": "phone"}, "phone": {}}
    result = on_lines(
        1,
        channels,
        reasons={
            "a": caller(
                *(0, 10, 29, 30, 129, 130),
                channels={"menu": 1},
                handle={"menu": "30 s", "phone": "100 s"},
            )
        },
        pools={"team": {"agents": 1, "answers": ["phone"]}},
    )
    outcomes = result.column("outcome")[:6]
    assert outcomes == ["self_served", *["no_line"] * 4, "self_served"]
    assert result.rows("channel", "arrived", "outcome")[6:] == [
        ("phone", 30, "answered"),
        ("phone", 160, "answered"),
    ]


def test_who_is_helped_in_the_menu_frees_the_line_after_it() -> None:
    result = run(
        centre(
            channels={"menu": {"unlimited": True}, "phone": {}},
            lines={"main": {"count": 1, "channels": "menu"}},
            reasons={
                "a": caller(0, 29, 30, channels={"menu": 1}, handle={"menu": "30 s"}),
            },
            pools={"team": {"agents": 1, "answers": ["phone"]}},
        )
    )
    assert result.column("outcome") == ["self_served", "no_line", "self_served"]


def test_who_waits_to_be_called_back_holds_none_and_the_call_is_not_refused() -> None:
    # Two lines. The second, at 10, accepts a callback and hangs up: at 20 there is a line for the
    # third, who would be called back too. At 100 the second is called: one line of two. The first
    # caller of 110 has the other, and hangs up for a callback.
    result = on_lines(
        2, {"phone": {"callback": {}}}, reasons={"a": caller(0, 10, 20, 110, handle="100 s")}
    )
    assert result.rows("outcome", "callback", "ended") == [
        ("answered", 0, 0),
        ("answered", 1, 100),
        ("answered", 1, 200),
        ("answered", 1, 300),
    ]
    # With one line, nobody can call while one talks, called back or not.
    result = on_lines(1, {"phone": {"callback": {}}}, reasons={"a": caller(0, 10)})
    assert result.column("outcome") == ["answered", "no_line"]


def test_a_busy_signal_is_tried_again() -> None:
    again = {"chance": 1, "after": "95 s", "attempts": 1}
    result = on_lines(1, reasons={"a": caller(0, 10, retry=again)})
    assert result.rows("outcome", "arrived", "cause") == [
        ("answered", 0, "first"),
        ("no_line", 10, "first"),
        ("answered", 105, "retry"),
    ]


def test_an_exit_keeps_the_line_if_the_other_channel_shares_it() -> None:
    # Two lines. The second goes from phone to chat at 40 and keeps its line: at 50 there is none.
    channels = {"phone": {"exits": [{"after": "30 s", "to": "chat"}]}, "chat": {}}
    data = {
        "reasons": {"a": caller(0, 10, 50, channels={"phone": 1})},
        "pools": {"team": {"agents": 1, "answers": ["phone", "chat"]}},
    }
    result = on_lines(2, channels, **data)
    assert result.column("outcome") == ["answered", "flowed_out", "no_line", "answered"]
    alone = run(
        centre(channels=channels, lines={"main": {"count": 2, "channels": "phone"}}, **data)
    )
    assert alone.column("outcome")[:3] == ["answered", "flowed_out", "flowed_out"]


def test_with_pace_the_talk_ends_when_it_does() -> None:
    # Talk of 100 s, wrap-up of 100 s, two chats at half the pace each. The first talks alone from 0
    # to 50 and at half the pace from 50 on: its talk ends at 150, the second's at 250.
    result = on_lines(
        2,
        {"chat": {}},
        reasons={"a": caller(0, 50, 149, 150, 249, handle="100 s", wrap="100 s")},
        pools={"team": {"agents": 1, "answers": {"chat": 2}, "pace": {"chat": [1, 0.5]}}},
    )
    assert result.column("outcome") == [
        *("answered", "answered", "no_line", "answered", "no_line"),
    ]
    assert result.rows("talked")[:2] == [(150,), (250,)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ({"a": {"count": 0, "channels": "phone"}}, "count"),
        ({"a": {"count": 1, "channels": "phon"}}, "no channel has the name `phon`"),
        ({"a": {"count": 1, "channels": "mail"}}, "is deferred"),
        (
            {"a": {"count": 1, "channels": "phone"}, "b": {"count": 1, "channels": "phone"}},
            "has the lines `a` already",
        ),
        ({"a": {"channels": "phone"}}, "say how many there are"),
        ({"a": {"count": 1, "channels": []}}, "is empty"),
    ],
)
def test_faults_of_lines_are_told(lines: dict[str, Any], message: str) -> None:
    channels = {"phone": {}, "mail": {"due": "1 d"}}
    with pytest.raises(ScenarioError, match=message):
        run(centre(channels=channels, lines=lines, reasons={"a": caller(0, channels={"phone": 1})}))


def test_a_leg_keeps_the_line() -> None:
    # One line. The first line talks for 100 s and passes everybody on; the second for 100 s. At 150
    # the customer still holds the line, at 200 it is free.
    result = on_lines(
        1,
        reasons={"a": caller(0, 100, 150, 200, handle="100 s", wrap="20 s")},
        transfers={"up": {"by": ["team"], "share": 1, "to": {"pool": "second"}}},
        pools={"team": {"agents": 1}, "second": {"agents": 1}},
        routing=[{"to": ["team"]}],
    )
    assert result.column("outcome")[:4] == ["answered", "no_line", "no_line", "answered"]
