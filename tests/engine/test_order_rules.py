"""Rules 4 and 5 by hand: head starts, the age of a backlog, priorities that grow, newest first."""

from __future__ import annotations

from typing import Any

import pytest
from centre import Run, caller, centre, run
from scenes import BACKLOG

from sim.scenario import ScenarioError
from sim.scenario.queues import BY_CAUSE, HeadStart
from sim.tables import Cause


def order(result: Run) -> list[int]:
    """The numbers of the contacts in the order in which they were answered."""
    answered = [row for row in result.contacts if row["outcome"] == "answered"]
    return [int(row["customer"]) for row in sorted(answered, key=lambda row: row["ended"])]


def test_a_head_start_goes_before_others_of_the_same_priority() -> None:
    # Busy to 100; a came at 10 and 20, b at 45 and 55. As if b had come 30 s sooner: at 15 and 25.
    result = run(
        centre(
            reasons={
                "a": caller(0, 10, 20),
                "b": caller(45, 55, head_start="30 s"),
            }
        )
    )
    assert order(result) == [0, 1, 3, 2, 4]


def test_a_head_start_is_no_priority() -> None:
    result = run(
        centre(
            reasons={
                "a": caller(0, 10, priority=1),
                "b": caller(20, head_start="1 h"),
            }
        )
    )
    assert order(result) == [0, 1, 2]


def test_a_head_start_by_channel_and_cause() -> None:
    # Who tries again (at 70) goes before the call of 40: 70 - 60 = 10. By chat, nothing.
    again = {"chance": 1, "after": "50 s", "attempts": 1}
    parts: dict[str, Any] = {
        "patience": {"phone": "10 s", "chat": "10 s"},
        "retry": again,
        "head_start": {"phone": {"retry": "60 s"}},
    }
    calls = {"long": caller(0, handle="75 s"), "b": caller(40)}
    for channel, first in (("phone", 3), ("chat", 2)):
        only = {channel: 1}
        reasons = {name: {**one, "channels": only} for name, one in calls.items()}
        reasons["a"] = caller(10, channels=only, **parts)
        result = run(
            centre(
                channels={"phone": {}, "chat": {}},
                reasons=reasons,
                pools={"team": {"agents": 1, "answers": ["phone", "chat"]}},
            )
        )
        ended = {row["customer"]: row["ended"] for row in result.contacts if row["agent"] >= 0}
        tried_again = next(k for k, row in enumerate(result.contacts) if row["cause"] == "retry")
        customer = result.contacts[tried_again]["customer"]
        assert (ended.get(customer, 999) == 75) == (first == 3)


def test_the_age_of_a_backlog_moves_its_place_and_its_due_time() -> None:
    # Three letters wait at 100, two hours old; due after an hour, so reminders are made at once.
    # They go before the letter of 50. Their waits count from 100.
    result = run(BACKLOG)
    assert result.rows("arrived", "ended")[1:5] == [
        (50, 500),
        (100, 200),
        (100, 300),
        (100, 400),
    ]
    assert result.rows("cause", "arrived")[5:] == [("overdue", 100)] * 3


def test_a_backlog_of_unlike_ages_is_worked_off_oldest_first() -> None:
    backlog = {"waiting": {"mail": 50}, "age": {"uniform": ["0 h", "60 h"]}}
    result = run(
        centre(
            calendar={
                "days": 1,
                "start": "2026-01-05",
                "events": {"backlog": {"at": "2026-01-05 00:00", "reasons": {"a": backlog}}},
            },
            channels={"mail": {"due": "80 h"}},
            reasons={"a": {"volume": "0 per day", "handle": "100 s"}},
        )
    )
    ages = result.draws.age
    assert len(set(ages.tolist())) == 50
    assert ages.max() <= 60 * 3600
    # The first is answered as it comes; of those who wait the oldest is next.
    waited = [k for k in order(result) if k != 0]
    assert waited == sorted(range(1, 50), key=lambda k: -ages[k])


def test_a_priority_that_grows() -> None:
    # At 100, a has waited for 90 s and grows by 1 a minute: 1.5. At 1 and 2 for b: 1 comes after.
    for b, expected in ((1, [0, 1, 2]), (2, [0, 2, 1])):
        result = run(
            centre(
                reasons={
                    "a": caller(0, 10, priority={"per_minute": 1}),
                    "b": caller(50, priority=b),
                }
            )
        )
        assert order(result) == expected


def test_a_priority_that_jumps() -> None:
    # At 100, a has waited for 90 s: 2 if that is the time or it is over, still 0 after 91 s.
    for after, expected in ((90, [0, 1, 2]), (91, [0, 2, 1])):
        result = run(
            centre(
                reasons={
                    "a": caller(0, 10, priority={"after": f"{after} s", "then": 2}),
                    "b": caller(50, priority=1),
                }
            )
        )
        assert order(result) == expected


def test_a_priority_grows_up_to_its_most() -> None:
    result = run(
        centre(
            reasons={
                "a": caller(0, 10, priority={"per_minute": 10, "at_most": 2}),
                "b": caller(50, priority=3),
                "c": caller(5, priority=2),
            }
        )
    )
    # b with 3, then c and a, both with 2: who came first.
    assert order(result) == [0, 3, 1, 2]


def test_a_jump_would_be_between_two_lines_that_cross() -> None:
    # a begins at 5 and does not grow; b overtakes it after 5 minutes of waiting.
    for length, expected in ((200, [0, 2, 1]), (400, [0, 1, 2])):
        result = run(
            centre(
                reasons={
                    "b": caller(0, 10, handle=f"{length} s", priority={"per_minute": 1}),
                    "a": caller(20, priority=5),
                }
            )
        )
        assert order(result) == expected


def test_every_cause_may_have_a_head_start() -> None:
    assert len(BY_CAUSE) == len(Cause) - 1
    some = (Cause.RETRY, Cause.EXIT, Cause.CALL, Cause.TRANSFER, Cause.HAND_OVER)
    found = [BY_CAUSE[cause - 1] for cause in some]
    assert found == ["retry", "exit", "retry", "transfer", "hand_over"]
    assert len(HeadStart().of_causes()) == len(Cause)


def test_newest_first() -> None:
    result = run(
        centre(
            channels={"phone": {"order": "newest_first"}},
            reasons={"a": caller(0, 10, 20, 30)},
        )
    )
    assert order(result) == [0, 3, 2, 1]


def test_newest_first_beside_oldest_first_is_refused() -> None:
    data = centre(
        channels={"phone": {"order": "newest_first"}, "chat": {}},
        reasons={
            "a": caller(0, channels={"phone": 1}),
            "b": caller(0, channels={"chat": 1}),
        },
        pools={"team": {"agents": 1, "answers": ["phone", "chat"]}},
    )
    with pytest.raises(ScenarioError, match="serves others of the same priority oldest first"):
        run(data)
    data["reasons"]["b"]["priority"] = 1
    run(data)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ({"priority": {"at_most": 3}}, "has no meaning without `per_minute`"),
        ({"priority": {"start": 5, "per_minute": 1, "at_most": 3}}, "is less than `start`"),
        ({"priority": {"per_minute": -1}}, "per_minute"),
        ({"head_start": {"retri": "1 min"}}, "did you mean `retry`"),
    ],
)
def test_faults_of_order_are_told(reason: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        run(centre(reasons={"a": caller(0, **reason)}))


def test_a_priority_that_grows_where_the_newest_is_first_is_refused() -> None:
    channels = {"phone": {"order": "newest_first"}}
    with pytest.raises(ScenarioError, match="serves the newest first"):
        run(centre(channels=channels, reasons={"a": caller(0, priority={"per_minute": 1})}))


@pytest.mark.parametrize(
    ("channel", "reason"),
    [({"order": "newest_first"}, {}), ({}, {"head_start": "1 min"})],
)
def test_nobody_overtakes_where_pools_join_later(
    channel: dict[str, Any], reason: dict[str, Any]
) -> None:
    # Else an agent would look at the first in the queue, for whom the pool has not joined, and
    # leave the one behind it waiting, for whom it has.
    later = [{"to": ["team", {"pool": "more", "after": "1 min"}]}]
    pools = {"team": {"agents": 1}, "more": {"agents": 1}}
    data = centre(
        channels={"phone": channel}, reasons={"a": caller(0, **reason)}, pools=pools, routing=later
    )
    with pytest.raises(ScenarioError, match="where pools join after a wait"):
        run(data)
