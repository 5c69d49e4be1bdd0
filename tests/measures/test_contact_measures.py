"""Counts, service levels and waits of logs written by hand."""

from __future__ import annotations

from math import isnan, nan

import pytest
from tiny_log import HOUR, SHOP, Tiny, answered, ended

from sim.tables import Cause, Outcome

NINE = 9 * HOUR


@pytest.fixture(scope="module")
def morning() -> Tiny:
    """Ten telephone calls from 09:00 on; the threshold is 20 s.

    Five answered after 0, 0, 10, 20 and 40 s; three abandoned after 5, 20 and 60 s; one that
    would not wait; one that met a full queue.
    """
    waits = [0.0, 0.0, 10.0, 20.0, 40.0]
    calls = [answered(NINE + i, wait, talk=100.0, wrap=20.0) for i, wait in enumerate(waits)]
    calls += [ended(Outcome.ABANDONED, NINE + 5 + i, wait) for i, wait in enumerate([5.0, 20, 60])]
    calls += [ended(Outcome.BALKED, NINE + 9), ended(Outcome.BLOCKED, NINE + 10)]
    return Tiny(calls)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("contacts", 10),
        ("customers", 10),
        ("answered", 5),
        # Three gave up and one would not wait.
        ("abandoned", 4),
        ("balked", 1),
        ("blocked", 1),
        ("offered", 5 + 4),
        # S_t: 0, 0, 10 and exactly 20 s are within 20 s. L_t: 5, exactly 20, and the balked one.
        ("service_level", 4 / 9),
        ("sl_offered", 4 / 9),
        ("sl_answered", 4 / 5),
        ("sl_exclude_short", 4 / (9 - 3)),
        ("sl_credit_short", (4 + 3) / 9),
        ("abandonment", 4 / 9),
        ("abandoned_within", 3 / 4),
        ("blocking", 1 / (9 + 1)),
        ("closed_share", 0),
        ("no_wait", 2 / 9),
        ("asa", (0 + 0 + 10 + 20 + 40) / 5),
        ("wait", (70 + 5 + 20 + 60 + 0) / 9),
        ("time_to_abandon", (5 + 20 + 60 + 0) / 4),
        # 70 + 85 seconds of waiting in a day of 86,400.
        ("queue_length", 155 / 86400),
        ("talk", 100),
        ("wrap", 20),
        ("aht", 120),
        ("contacts_per_customer", 1),
        ("resolved_first", 1),
    ],
)
def test_a_morning_of_calls(morning: Tiny, name: str, expected: float) -> None:
    assert morning.value(name) == pytest.approx(expected, rel=1e-12)


def test_quantiles_are_those_of_the_waits(morning: Tiny) -> None:
    # Bins are less than 0.8 % wide. Answered: 0, 0, 10, 20, 40: half of them wait 10 s at most.
    assert morning.value("asa_p50") == pytest.approx(10, rel=0.008)
    # Nine offered: 0, 0, 0, 5, 10, 20, 20, 40, 60: the eighth is the 80 % quantile.
    assert morning.value("wait_p80") == pytest.approx(40, rel=0.008)
    # Abandoned: 0 (balked), 5, 20, 60: all are reached at the largest.
    assert morning.value("time_to_abandon_p99") == pytest.approx(60, rel=0.008)
    assert morning.value("wait_p90", "channel", "phone") == morning.value("wait_p90")
    assert morning.value("asa_p50", "pool", "team") == morning.value("asa_p50")


def test_nothing_counted_is_nan_and_not_zero() -> None:
    quiet = Tiny([ended(Outcome.BLOCKED, NINE)])
    for name in ("service_level", "asa", "asa_p90", "aht", "occupancy", "cost_per_contact"):
        assert isnan(quiet.value(name))
    assert quiet.value("answered") == 0


def test_each_outcome_counts_in_its_own_measure() -> None:
    names = {
        Outcome.CLOSED: "closed",
        Outcome.EXPIRED: "expired",
        Outcome.WITHDRAWN: "withdrawn",
        Outcome.SELF_SERVED: "self_served",
        Outcome.UNFINISHED: "unfinished",
        Outcome.FLOWED_OUT: "flowed_out",
        Outcome.NO_LINE: "no_line",
    }
    for outcome, name in names.items():
        waited = nan if outcome == Outcome.UNFINISHED else 0.0
        tiny = Tiny([ended(outcome, NINE, waited, reason="tracking")])
        assert {other: tiny.value(other) for other in names.values()} == {
            other: float(other == name) for other in names.values()
        }
        # None of them is in a service level.
        assert tiny.value("offered") == 0


def test_thresholds_are_by_channel_and_email_has_its_due_time() -> None:
    # 30 s is too long by telephone (20 s), in time by chat (40 s); e-mail has 24 h.
    tiny = Tiny(
        [
            answered(NINE, 30.0, 60.0),
            answered(NINE, 30.0, 60.0, channel="chat"),
            answered(NINE, 23 * HOUR, 60.0, channel="email", reason="tracking"),
            answered(NINE, 25 * HOUR, 60.0, channel="email", reason="tracking"),
        ]
    )
    levels = {name: tiny.value("service_level", "channel", name) for name in ("phone", "chat")}
    assert levels == {"phone": 0.0, "chat": 1.0}
    assert tiny.value("service_level", "channel", "email") == 0.5
    assert tiny.value("service_level") == 2 / 4


def test_the_door_closed_and_what_it_displaced() -> None:
    # Three calls find the door closed: one is lost, one comes back and is answered, one comes
    # back and finds it closed again. Displaced: the second and the third.
    shut = [ended(Outcome.CLOSED, HOUR + i) for i in range(3)]
    back = {"cause": Cause.CLOSED, "attempt": 1}
    tiny = Tiny(
        [
            *shut,
            answered(NINE, 0.0, 60.0, customer=1, parent=1, **back),
            ended(Outcome.CLOSED, NINE + 1, customer=2, parent=2, **back),
        ]
    )
    assert tiny.value("closed") == 4
    assert tiny.value("displaced") == 2
    assert tiny.value("closed_share") == 4 / 5
    # They are displaced where they met the door: at one in the morning, not at nine.
    assert tiny.value("displaced", "hour", "mon 01:00") == 2
    assert tiny.value("contacts_per_customer") == 5 / 3


def test_a_forgotten_email_is_a_duplicate() -> None:
    # The e-mail is overdue after 24 h; the call it leads to is abandoned, tried again and
    # answered at 24 h 10 min; the e-mail is answered at 30 h all the same: the later answer is
    # the duplicate.
    email = answered(0.0, 30 * HOUR, 60.0, channel="email", reason="tracking")
    call = ended(
        Outcome.ABANDONED, 24 * HOUR, 60.0, customer=0, reason="tracking",
        cause=Cause.OVERDUE, parent=0, attempt=1,
    )  # fmt: skip
    retry = answered(
        24 * HOUR + 600, 0.0, 60.0, customer=0, reason="tracking",
        cause=Cause.RETRY, parent=1, attempt=2, resolved=0,
    )  # fmt: skip
    # The call did not resolve it: the call of the day after is a new matter and no duplicate.
    again = answered(
        48 * HOUR, 0.0, 60.0, customer=0, reason="tracking",
        cause=Cause.AGAIN, parent=2, attempt=3,
    )  # fmt: skip
    tiny = Tiny([email, call, retry, again])
    assert tiny.value("duplicates") == 1
    assert tiny.value("duplicates", "channel", "email") == 1
    assert tiny.value("duplicates", "channel", "phone") == 0
    assert Tiny([email]).value("duplicates") == 0


def test_a_second_matter_answered_is_no_duplicate() -> None:
    # Not resolved, called again, answered again: two matters, no duplicate; not resolved first.
    tiny = Tiny(
        [
            answered(NINE, 0.0, 60.0, resolved=0),
            answered(NINE + 900, 0.0, 60.0, customer=0, cause=Cause.AGAIN, parent=0, attempt=1),
        ]
    )
    assert tiny.value("duplicates") == 0
    assert tiny.value("resolved_first") == 0
    assert tiny.value("contacts_per_customer") == 2


def test_resolved_first_is_of_those_answered_at_first() -> None:
    # Of four customers three were answered at their first contact, two of them for good.
    tiny = Tiny(
        [
            answered(NINE, 0.0, 60.0),
            answered(NINE, 0.0, 60.0, agent=1),
            answered(NINE, 0.0, 60.0, agent=2, channel="chat", resolved=0),
            ended(Outcome.ABANDONED, NINE, 10.0),
        ]
    )
    assert tiny.value("resolved_first") == 2 / 3
    assert tiny.value("resolved_first", "pool", "experts") == 0


def test_windows_days_and_hours_go_by_arrival() -> None:
    tiny = Tiny(
        [
            answered(8.5 * HOUR, 0.0, 60.0),  # outside all windows
            answered(9 * HOUR, 0.0, 60.0),  # office, from its first second
            ended(Outcome.ABANDONED, 18 * HOUR - 1, 30.0),  # office, though it waits into evening
            answered(18 * HOUR, 0.0, 60.0),  # evening
        ]
    )
    assert tiny.value("contacts", "window", "other") == 1
    assert tiny.value("contacts", "window", "office") == 2
    assert tiny.value("contacts", "window", "evening") == 1
    assert tiny.value("abandonment", "window", "office") == 0.5
    assert tiny.value("contacts", "day", "2026-11-23") == 4
    assert tiny.value("contacts", "hour", "mon 08:00") == 1
    assert tiny.value("contacts", "hour", "mon 17:00") == 1
    # It waits 1 s in the office and 29 s in the evening of five hours.
    assert tiny.value("queue_length", "window", "evening") == pytest.approx(29 / (5 * HOUR))
    assert tiny.value("queue_length", "hour", "mon 17:00") == pytest.approx(1 / HOUR)


def test_of_windows_that_overlap_the_first_one_counts() -> None:
    text = SHOP.replace("evening: daily 18:00-23:00", "all_day: daily")
    tiny = Tiny([answered(NINE, 0.0, 60.0), answered(20 * HOUR, 0.0, 60.0)], text=text)
    assert tiny.value("contacts", "window", "office") == 1
    assert tiny.value("contacts", "window", "all_day") == 1


def test_only_customers_of_the_counted_days_count_and_are_followed_to_their_end() -> None:
    # One counted day. A customer of the warm-up calls again within it: not counted. A customer of
    # the day calls again on the next: counted, under "later". A customer of the cool-down: not.
    text = SHOP.replace("days: 1", "days: 1, warmup: 1, cooldown: 1")
    again = {"cause": Cause.AGAIN, "attempt": 1}
    tiny = Tiny(
        [
            answered(-HOUR, 0.0, 60.0, resolved=0),
            answered(NINE, 0.0, 60.0, resolved=0),
            answered(30 * HOUR, 60.0, 60.0),
            answered(NINE + 1, 5.0, 60.0, customer=0, parent=0, **again),
            answered(33 * HOUR, 7.0, 60.0, customer=1, parent=1, **again),
        ],
        satisfied=[0.95, 0.5, 0.95],
        text=text,
    )
    assert tiny.value("customers") == 1
    assert tiny.value("contacts") == 2
    assert tiny.value("asa") == (0 + 7) / 2
    assert tiny.value("contacts", "day", "2026-11-23") == 1
    assert tiny.value("contacts", "day", "later") == 1
    assert tiny.value("contacts", "hour", "tue 09:00") == 1
    assert tiny.value("contacts", "window", "office") == 2
    # Of the waits too, and of those who are asked whether they are satisfied: one.
    assert tiny.value("asa_p99") == pytest.approx(7, rel=0.008)
    assert tiny.value("wait_p50", "window", "office") == 0
    assert tiny.value("satisfaction") == 1
    # Customers by the day of their first contact.
    assert tiny.value("contacts_per_customer", "day", "2026-11-23") == 2


def test_groups_without_time_or_contacts_are_left_out(morning: Tiny) -> None:
    with pytest.raises(KeyError):
        morning.value("contacts", "day", "later")
    with pytest.raises(KeyError):
        morning.value("contacts", "hour", "tue 09:00")
    with pytest.raises(KeyError):
        morning.value("answered", "pool", "")
    assert morning.value("contacts", "channel", "chat") == 0


# --- short abandons ---------------------------------------------------------------------------


def test_short_abandons_are_counted_apart() -> None:
    # By telephone S_20 = 2 answered within 20 s, one answered later, abandoned after 3, 4, 5 and
    # 30 s, of which the first two are short (under 5 s), and one who left at once, short too; on
    # the chat 1 s is not short. Service level 2 / (8 - 3), abandonment 2 / (8 - 3).
    calls = [answered(9 * HOUR, wait, 60.0) for wait in (0.0, 10.0, 50.0)]
    calls += [ended(Outcome.ABANDONED, 9 * HOUR, wait) for wait in (3.0, 4.0, 5.0, 30.0)]
    calls += [ended(Outcome.BALKED, 9 * HOUR)]
    calls += [ended(Outcome.ABANDONED, 9 * HOUR, 1.0, channel="chat")]
    text = SHOP.replace("run: {", "run: {short_abandon: {phone: 5 s, other: 0 s}, ")
    tiny = Tiny(calls, text=text)
    assert tiny.value("short_abandoned", "channel", "phone") == 3
    assert tiny.value("short_abandoned", "channel", "chat") == 0
    assert tiny.value("abandoned", "channel", "phone") == 2
    assert tiny.value("contacts", "channel", "phone") == 8
    assert tiny.value("offered", "channel", "phone") == 5
    assert tiny.value("service_level", "channel", "phone") == pytest.approx(2 / 5)
    assert tiny.value("abandonment", "channel", "phone") == pytest.approx(2 / 5)
    assert tiny.value("time_to_abandon", "channel", "phone") == pytest.approx(35 / 2)
    assert tiny.value("abandonment", "channel", "chat") == 1
    checks = tiny.checks()
    assert checks["outcomes add up to contacts"].passed
    assert checks["groups add up to the total: channel"].passed
    plain = Tiny(calls)
    assert plain.value("short_abandoned") == 0
    assert plain.value("service_level", "channel", "phone") == pytest.approx(2 / 8)
