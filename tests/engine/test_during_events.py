"""What events change while the run goes on: closed channels, longer talks. Worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from centre import DAY, caller, centre, monday, run

from sim.scenario import ScenarioError


def on_monday(reasons: dict[str, Any], channel: dict[str, Any], **events: Any) -> dict[str, Any]:
    return centre(
        calendar={"start": "2026-01-05", "days": 1, "events": events},
        channels={"phone": channel},
        reasons=reasons,
    )


def at(start: int, end: int) -> str:
    return monday(start, end).replace("mon", "2026-01-05")


@pytest.mark.parametrize(("at_close", "outcome"), [("drain", "answered"), ("dismiss", "closed")])
def test_a_line_that_goes_down_dismisses_who_waits(at_close: str, outcome: str) -> None:
    # From 50 to 200 the line is down: the talk from 0 goes on until 100, the caller who waits since
    # 10 is dismissed, whatever the channel does at its usual close at 1000. There the second of two
    # is served if it drains.
    down = {"at": at(50, 200), "channels": {"phone": "closed"}}
    channel = {"hours": monday(0, 1000), "at_close": at_close}
    result = run(on_monday({"a": caller(0, 10, 60, 950, 960)}, channel, down=down))
    assert result.rows("outcome", "ended", "freed")[0] == ("answered", 0, 100)
    assert result.column("outcome")[1:4] == ["closed", "closed", "answered"]
    assert result.column("ended")[1:3] == [50, 60]
    assert result.column("outcome")[4] == outcome


def test_talks_that_begin_meanwhile_take_longer() -> None:
    # Half as long again from 100 to 200, twice from 150 to 300: both together from 150 to 200. The
    # wrap-up of 10 s is as long as ever.
    slow = {"at": at(100, 200), "reasons": {"a": {"handle": 1.5}}}
    other = {"at": at(150, 300), "reasons": {"a": {"handle": 2}}}
    calls = caller(0, 100, 150, 200, 300, handle="20 s", wrap="10 s")
    data = on_monday({"a": calls}, {}, slow=slow, other=other)
    data["pools"]["team"]["agents"] = 9
    result = run(data)
    assert result.log.talk().tolist() == [20, 30, 60, 40, 20]
    assert (result.log.work() - result.log.talk()).tolist() == [10] * 5


def test_it_is_the_answer_that_counts() -> None:
    # Who comes before the event and is answered in it has the longer talk.
    slow = {"at": at(60, DAY - 1), "reasons": {"other": {"handle": 2}}}
    result = run(on_monday({"a": caller(0, 10, handle="70 s")}, {}, slow=slow))
    assert result.log.talk().tolist() == [70, 140]


@pytest.mark.parametrize("field", ["handle", "volume"])
def test_a_moment_does_not_last(field: str) -> None:
    slow = {"at": "2026-01-05 10:00", "reasons": {"a": {field: 2}}}
    with pytest.raises(ScenarioError, match="needs a time that lasts"):
        run(on_monday({"a": caller(0)}, {}, slow=slow))
