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
