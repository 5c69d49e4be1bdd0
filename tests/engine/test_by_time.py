"""Handle time, wrap-up and patience that depend on when. Worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from centre import DAY, caller, centre, monday, run, scenario_of

from sim.draws import draw, prepare
from sim.scenario import ScenarioError, loads, to_yaml
from sim.tables import Purpose

MORNING = monday(0, 100)


def test_handle_time_and_wrap_up_are_those_of_the_answer() -> None:
    # One agent. The call at 0 takes 60 + 10; that of 50 begins at 70, before 100: 60 + 10 as well;
    # that of 90 begins at 140 and takes 30 + 5, and so does one at the border itself.
    calls = caller(
        0,
        50,
        90,
        1000,
        handle={MORNING: "60 s", "other": "30 s"},
        wrap={MORNING: "10 s", "other": "5 s"},
    )
    result = run(centre(reasons={"a": calls}))
    assert result.column("ended") == [0, 70, 140, 1000]
    assert result.log.talk().tolist() == [60, 60, 30, 30]
    assert (result.log.work() - result.log.talk()).tolist() == [10, 10, 5, 5]
    border = caller(100, handle={MORNING: "60 s", "other": "30 s"})
    assert run(centre(reasons={"a": border})).log.talk().tolist() == [30]


def test_patience_is_that_of_joining() -> None:
    # The agent is busy until 500. Who joins at 10 waits for 20 s, who joins at 99 too, though that
    # ends in another time; who joins at 100 waits for 200 s.
    calls = caller(
        0, 10, 99, 100, handle="500 s", patience={"phone": {MORNING: "20 s", "other": "200 s"}}
    )
    result = run(centre(reasons={"a": calls}))
    assert result.rows("outcome", "ended")[1:] == [
        ("abandoned", 30),
        ("abandoned", 119),
        ("abandoned", 300),
    ]


def test_the_first_line_that_covers_the_moment_decides() -> None:
    lines = {monday(50, 100): "10 s", monday(0, 200): "20 s", "other": "40 s"}
    data = centre(reasons={"a": caller(0, 50, 100, 200, handle=lines)})
    data["pools"]["team"]["agents"] = 4
    assert run(data).log.talk().tolist() == [20, 10, 20, 40]


def test_events_multiply_what_holds_then() -> None:
    calendar = {
        "days": 1,
        "start": "2026-01-05",
        "events": {"slow": {"at": "2026-01-05", "reasons": {"a": {"handle": 3}}}},
    }
    calls = caller(0, 100, handle={MORNING: "10 s", "other": "20 s"})
    data = centre(calendar=calendar, reasons={"a": calls})
    assert run(data).log.talk().tolist() == [30, 60]


def test_a_holiday_goes_by_its_own_line_where_there_is_one() -> None:
    # 6 January 2026 is a holiday in DE-BY, a Tuesday.
    calendar = {"start": "2026-01-06", "days": 1, "holidays": "DE-BY"}
    tuesday = {"tue": "10 s", "other": "20 s"}
    apart = {"tue": "10 s", "holiday": "15 s", "other": "20 s"}
    for handle, talk in ((tuesday, 10), (apart, 15)):
        data = centre(calendar=calendar, reasons={"a": caller(0, handle=handle)})
        assert run(data).log.talk().tolist() == [talk]


def test_luck_is_shared() -> None:
    # Two exponential distributions: each contact takes four times as long in the afternoon as it
    # would have taken in the morning; to the point of the grid, 2^-20 s.
    lines = {"daily 00:00-12:00": {"exponential": "1 min"}, "other": {"exponential": "4 min"}}
    reason = {"volume": "500 per day", "handle": lines}
    scenario = scenario_of(centre(reasons={"a": reason}))
    drawn = draw(prepare(scenario), 1, 0)
    n, handle = len(drawn.arrival), drawn.at_times[:, 1, 0]
    usual, morning = (drawn.values[place : place + n] for place in handle)
    assert n > 400
    assert drawn.at[Purpose.HANDLE, 0, 0] == handle[0]
    assert np.abs(usual - 4 * morning).max() <= 4 * 2.0**-20


def test_a_leg_goes_by_its_reason() -> None:
    # Passed on after half of the talk of 60 s: the second talk begins at 30, as of `b`, in the
    # first half minute 100 s, later 50 s.
    data = centre(
        reasons={
            "a": caller(0, handle={monday(0, 10): "60 s", "other": "90 s"}),
            "b": caller(DAY - 1, handle={monday(0, 30): "100 s", "other": "50 s"}),
        },
        transfers={"on": {"by": "team", "share": {"a": 1}, "to": {"reason": "b"}, "after": 0.5}},
    )
    data["pools"]["team"]["agents"] = 2
    assert run(data).log.talk().tolist() == [30, 50, 50]


def test_it_is_written_as_it_was_said() -> None:
    said = {"mon-fri 08:00-12:00": {"exponential": "4 min"}, "other": "5 min"}
    scenario = scenario_of(centre(reasons={"a": caller(0, handle=said)}))
    text = to_yaml(scenario)
    assert "handle: {mon-fri 08:00-12:00: {exponential: 4 min}, other: 5 min}" in text
    assert loads(text) == scenario


@pytest.mark.parametrize(
    ("handle", "message"),
    [
        ({"mon 08:00-12:00": "4 min"}, "say what holds at all other times, as in `other: 5 min`"),
        ({"mon 08:00-12:00": "4 min", "other": "x"}, "other: `x` is not a duration"),
        ({"mon 8-12:00": "4 min", "other": "5 min"}, "mon 8-12:00"),
        (
            {"mon 08:00-12:00": "4 min", "phone": "3 min", "other": "5 min"},
            "`phone` is no time of the week; where values differ by channel too, say the times",
        ),
    ],
)
def test_what_is_not_clear_is_refused(handle: dict[str, str], message: str) -> None:
    with pytest.raises(ScenarioError) as told:
        scenario_of(centre(reasons={"a": caller(0, handle=handle)}))
    assert message in str(told.value)


def test_a_channel_is_not_called_like_a_time() -> None:
    data = centre(channels={"daily": {}}, reasons={"a": caller(0)})
    with pytest.raises(ScenarioError, match="reads as times of the week"):
        scenario_of(data)


# --- numbers ----------------------------------------------------------------------------------


def test_the_speed_is_that_of_the_answer() -> None:
    # One agent, half as fast in the first 100 s. The call at 0 takes 2 (40 + 10) = 100 s, so that
    # of 10 begins at the border, and takes 40 + 10; that of 500 too.
    calls = caller(0, 10, 500, handle="40 s", wrap="10 s")
    data = centre(reasons={"a": calls})
    data["pools"]["team"]["speed"] = {MORNING: 0.5, "other": 1}
    result = run(data)
    assert result.column("ended") == [0, 100, 500]
    assert result.log.work().tolist() == [100, 50, 50]
    assert result.log.talk().tolist() == [80, 40, 40]


def test_work_that_was_put_down_goes_on_at_the_speed_of_then() -> None:
    # A mail of 100 s is begun at 0, at half speed: 200 s. A call puts it down at 40, when 20 of the
    # 100 are done. The call takes 120 s, so that the rest of 80 s is begun at 160, at usual speed.
    channels = {"phone": {"interrupts": "mail"}, "mail": {"due": "1 h"}}
    reasons = {
        "b": caller(0, channels={"mail": 1}),
        "a": caller(40, channels={"phone": 1}, handle="60 s"),
    }
    data = centre(channels=channels, reasons=reasons)
    data["pools"]["team"]["speed"] = {MORNING: 0.5, "other": 1}
    assert run(data).rows("reason", "freed") == [("b", 160 + 80), ("a", 160)]


def test_the_priority_is_that_of_choosing() -> None:
    # All wait from the start on: `a` comes first until 100, then `b`; who is chosen at 100 itself
    # is of `b`. Each talk takes 50 s, the first begins at 0.
    data = centre(
        reasons={"a": caller(0, 1, 2, 3, handle="50 s"), "b": caller(1, 2, handle="50 s")}
    )
    data["pools"]["team"]["priority"] = {"a": {MORNING: 2, "other": 0}, "b": 1}
    answered = sorted(run(data).rows("ended", "reason"))
    assert answered == [(0, "a"), (50, "a"), (100, "b"), (150, "b"), (200, "a"), (250, "a")]


def test_priorities_of_an_hour_need_not_be_the_highest_of_all() -> None:
    # Usually `a` (3) before `b` (2); in the morning `a` has 1. A menu in the usual order, of which
    # the first entry is taken, would give `a` at 50.
    data = centre(reasons={"a": caller(0, 1, handle="50 s"), "b": caller(2, handle="50 s")})
    data["pools"]["team"]["priority"] = {"a": {MORNING: 1, "other": 3}, "b": 2}
    assert sorted(run(data).rows("ended", "reason")) == [(0, "a"), (50, "b"), (100, "a")]


def test_whether_it_is_resolved_is_decided_at_the_first_answer() -> None:
    # Nothing is resolved in the first 100 s, then everything. The call at 99 is answered at 100.
    calls = caller(0, 99, handle="100 s", resolved={MORNING: 0, "other": 1}, again={"after": "1 h"})
    result = run(centre(reasons={"a": calls}))
    assert result.rows("cause", "resolved") == [("first", 0), ("first", 1), ("again", 1)]
    # A mail, begun at 50 and put down at 60 for a call, is taken up at 160: not resolved.
    channels = {"phone": {"interrupts": "mail"}, "mail": {"due": "1 h"}}
    mail = caller(50, channels={"mail": 1}, resolved={MORNING: 0, "other": 1})
    reasons = {"b": mail | {"again": {"after": "1 h"}}, "a": caller(60, channels={"phone": 1})}
    result = run(centre(channels=channels, reasons=reasons))
    assert result.rows("reason", "cause", "resolved") == [
        ("b", "first", 0),
        ("a", "first", 1),
        ("b", "again", 1),
    ]


def test_who_is_passed_on_is_decided_by_the_share_of_the_answer() -> None:
    # All in the first 100 s to the second line, then all to the third.
    data = centre(
        reasons={"a": caller(0, 90, 300)},
        transfers={
            "one": {"by": "team", "share": {MORNING: 1, "other": 0}, "to": "second"},
            "other": {"by": "team", "share": {"a": {MORNING: 0, "other": 1}}, "to": "third"},
        },
        routing=[{"to": ["team"]}],
    )
    data["pools"] |= {"second": {"agents": 1}, "third": {"agents": 1}}
    legs = [row for row in run(data).rows("arrived", "cause", "pool") if row[1] == "transfer"]
    assert legs == [
        (100, "transfer", "second"),
        (200, "transfer", "third"),
        (400, "transfer", "third"),
    ]


def test_an_ai_agent_helps_as_it_does_at_the_answer() -> None:
    # It helps nobody in the first 100 s and hands all over; then everybody, but those who ask for
    # a person from 300 on.
    data = centre(
        reasons={"a": caller(0, 150, 350)},
        pools={
            "bot": {
                "agents": 5,
                "ai_agent": {
                    "resolves": {MORNING: 0, "other": 1},
                    "asks_for_person": {"a": {monday(300, 900): 1, "other": 0}},
                    "asked_after": "5 s",
                    "talk": "30 s",
                    "hands_over_to": "team",
                },
            },
            "team": {"agents": 1},
        },
        routing=[{"to": ["bot"]}],
    )
    assert run(data).rows("arrived", "pool", "resolved") == [
        (0, "bot", -1),
        (150, "bot", 1),
        (350, "bot", -1),
        (30, "team", 1),
        (355, "team", 1),
    ]


def test_shares_of_one_time_may_not_be_more_than_all() -> None:
    def shares(one: dict[str, float], other: dict[str, float]) -> dict[str, object]:
        data = centre(
            reasons={"a": caller(0)},
            transfers={
                "one": {"by": "team", "share": one, "to": "second"},
                "other": {"by": "team", "share": other, "to": "second"},
            },
            routing=[{"to": ["team"]}],
        )
        data["pools"]["second"] = {"agents": 1}
        return data

    night = "daily 00:00-00:01"
    scenario_of(shares({MORNING: 0.8, "other": 0.1}, {"daily 12:00-13:00": 0.8, "other": 0.2}))
    with pytest.raises(ScenarioError, match="would pass on 120 % of `a` by phone: one, other"):
        scenario_of(shares({MORNING: 0.8, "other": 0.1}, {night: 0.4, "other": 0}))


def test_numbers_are_written_as_they_were_said() -> None:
    data = centre(reasons={"a": caller(0, resolved={MORNING: 0.5, "other": 0.9})})
    data["pools"]["team"] |= {
        "speed": {MORNING: 0.5, "other": 1},
        "priority": {"a": {MORNING: 2, "other": 0}},
        "sells": {"conversion": 0.5, "basket": {MORNING: {"exponential": 80}, "other": 70}},
    }
    data["reasons"]["a"]["buying"] = {"basket": 50}
    scenario = scenario_of(data)
    text = to_yaml(scenario)
    assert "speed: {mon 00:00-00:01:40: 50 %, other: 100 %}" in text
    assert "resolved: {mon 00:00-00:01:40: 50 %, other: 90 %}" in text
    assert "a: {mon 00:00-00:01:40: 2, other: 0}" in text
    assert "basket: {mon 00:00-00:01:40: {exponential: 80}, other: 70}" in text
    assert loads(text) == scenario


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("balk", {MORNING: 0.5, "other": 0}),
        ("retry", {"chance": {MORNING: 0.5, "other": 0}, "after": "1 h"}),
        ("closed", {MORNING: {"returns": 1}, "other": {"lost": 1}}),
        ("head_start", {MORNING: "1 min", "other": "0 s"}),
    ],
)
def test_what_does_not_depend_on_the_time_says_what_does(where: str, value: object) -> None:
    with pytest.raises(ScenarioError, match="can be a reason of their own"):
        scenario_of(centre(reasons={"a": caller(0, **{where: value})}))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("speed", {MORNING: 0, "other": 1}, "must be more than 0: with speed 0"),
        ("speed", {MORNING: 0.5}, "say what holds at all other times, as in `other: 100 %`"),
        ("priority", {MORNING: 1.5, "other": 1}, "1.5` is not a whole number"),
        ("priority", {MORNING: 1, "a": 2, "other": 1}, "say the times within each"),
    ],
)
def test_numbers_that_are_not_clear_are_refused(field: str, value: object, message: str) -> None:
    data = centre(reasons={"a": caller(0)})
    data["pools"]["team"][field] = value
    with pytest.raises(ScenarioError) as told:
        scenario_of(data)
    assert message in str(told.value)
