"""Calls back, offers, other contacts, self-service; and cost by source."""

from __future__ import annotations

from math import isnan

import pytest
from tiny_log import HOUR, SHOP, Contact, Tiny, answered, ended

from sim.measures.components import COST_PARTS
from sim.tables import Cause, Outcome

NINE = 9 * HOUR
OFFERING = SHOP.replace(
    "answers: {chat: 2}\n", "answers: {chat: 2}\n    offers: {accept: 75 %}\n", 1
)


def call(outcome: Outcome, arrived: float, waited: float, **more: object) -> Contact:
    """A call to a customer who has chosen to be called back."""
    talk = 60.0 if outcome == Outcome.ANSWERED else 30.0
    return Contact(outcome, arrived, waited, talk, 0.0, 1, callback=1, **more)  # type: ignore[arg-type]


def test_callbacks_leave_the_queue_and_are_reached_or_not() -> None:
    # Six call. Four chose to be called back and left the queue: one is reached after 600 s; one
    # at the second call, the first one after 300 s being in vain; one is not called in time; one
    # is called in vain after 100 s and calls again. One is still to be called, one waits 50 s.
    again = {"customer": 1, "cause": Cause.CALL, "parent": 1, "attempt": 1}
    retry = {"customer": 5, "cause": Cause.RETRY, "parent": 5, "attempt": 1}
    tiny = Tiny(
        [
            call(Outcome.ANSWERED, NINE, 600.0, resolved=1),
            call(Outcome.UNREACHED, NINE, 300.0),
            ended(Outcome.UNFINISHED, NINE, float("nan"), callback=1),
            answered(NINE + 2 * HOUR, 50.0, 60.0),
            ended(Outcome.EXPIRED, NINE, 900.0, callback=1),
            call(Outcome.UNREACHED, NINE, 100.0),
            call(Outcome.ANSWERED, NINE + HOUR, 40.0, resolved=0, **again),
            answered(NINE + HOUR, 20.0, 60.0, **retry),
        ],
        spells=[(agent, NINE, 2 * NINE, 2 * NINE) for agent in (0, 1)],
    )
    value = {
        "contacts": 7,
        "flowed_out": 4,
        "unfinished": 1,
        "answered": 2,
        "offered": 2,
        "expired": 0,
        "unreached": 0,
        "unanswered": 0,
        "retries": 1,
        "handled": 4,
        "callbacks": 5,
        "callbacks_reached": 2,
        "callbacks_unreached": 1,
        "callbacks_expired": 1,
        "callback_rate": 2 / 4,
        "callback_wait": (600 + 300 + 100) / 3,
        "flow_out_rate": 4 / 6,
        "service_level": 1 / 2,
        "abandonment": 0,
        "asa": (50 + 20) / 2,
        "wait": (50 + 20) / 2,
        "queue_length": (50 + 20) / (24 * HOUR),
        "customers_answered": 4 / 6,
        "contacts_per_customer": 7 / 6,
        "contacts_until_answered": (1 + 1 + 1 + 2) / 4,
        "resolved_first": 2 / 3,
    }
    assert {name: tiny.value(name) for name in value} == pytest.approx(value)
    assert tiny.value("callback_wait", "pool", "team") == value["callback_wait"]
    assert tiny.value("callbacks_reached", "pool", "team") == 2
    assert tiny.value("callbacks", "channel", "phone") == 5
    assert isnan(tiny.value("callback_wait", "channel", "chat"))
    assert all(check.passed for check in tiny.checks().values())


@pytest.mark.parametrize(("window", "missed"), [(3700.0, 0), (3600.0, 1)])
def test_a_purchase_window_counts_from_the_call_to_the_callback(window: float, missed: int) -> None:
    # Called in vain after 100 s, reached 3,640 s after they called.
    again = {"customer": 0, "cause": Cause.CALL, "parent": 0, "attempt": 1}
    tiny = Tiny(
        [
            call(Outcome.UNREACHED, NINE, 100.0, window=window),
            call(Outcome.ANSWERED, NINE + HOUR, 40.0, resolved=1, window=1.0, **again),
        ]
    )
    assert tiny.value("missed_buyers") == missed


def test_offers_and_how_many_led_to_nothing() -> None:
    # Taken at the third offer; declined once and given up; taken at the first: five offers, two
    # taken. The call that the team answers is no offer.
    tiny = Tiny(
        [
            answered(NINE, 60.0, 60.0, agent=2, channel="chat", offers=3),
            ended(Outcome.ABANDONED, NINE, 30.0, channel="chat", offers=1),
            answered(NINE + HOUR, 5.0, 60.0, agent=2, channel="chat", offers=1),
            answered(NINE, 0.0, 60.0),
        ],
        spells=[(0, NINE, 2 * NINE, 2 * NINE), (2, NINE, 2 * NINE, 2 * NINE)],
        text=OFFERING,
    )
    assert tiny.value("offers") == 5
    assert tiny.value("offers_declined") == pytest.approx(3 / 5)
    assert tiny.value("offers", "hour", "mon 10:00") == 1
    assert all(check.passed for check in tiny.checks().values())


def test_without_offers_no_share_is_declined() -> None:
    tiny = Tiny([answered(NINE, 0.0, 60.0)])
    assert tiny.value("offers") == 0
    assert isnan(tiny.value("offers_declined"))


def test_a_contact_declined_by_experts_may_be_taken_by_others() -> None:
    # Two experts decline, an agent of the team answers: two offers, none taken.
    tiny = Tiny([answered(NINE, 9.0, 60.0, channel="chat", offers=2)], text=OFFERING)
    assert (tiny.value("offers"), tiny.value("offers_declined")) == (2, 1)


def test_contacts_by_cause() -> None:
    # One customer gives up, tries again at ten in vain, then reaches somebody who does not
    # resolve it, and calls once more; an e-mail unanswered leads to a call.
    tiny = Tiny(
        [
            ended(Outcome.ABANDONED, NINE, 30.0),
            answered(NINE, 30 * HOUR, 60.0, channel="email"),
            ended(Outcome.ABANDONED, NINE + HOUR, 30.0, customer=0, cause=Cause.RETRY, parent=0,
                  attempt=1),
            answered(NINE + 2 * HOUR, 0.0, 60.0, customer=0, cause=Cause.RETRY, parent=2, attempt=2,
                     resolved=0),
            answered(NINE + 3 * HOUR, 0.0, 60.0, customer=0, cause=Cause.AGAIN, parent=3,
                     attempt=3),
            answered(NINE + 24 * HOUR, 0.0, 60.0, customer=1, cause=Cause.OVERDUE, parent=1,
                     attempt=1),
        ]
    )  # fmt: skip
    assert tiny.value("retries") == 2
    assert tiny.value("again") == 1
    assert tiny.value("overdue") == 1
    assert tiny.value("overdue", "channel", "phone") == 1
    assert tiny.value("retries", "hour", "mon 10:00") == 1
    # Both the e-mail and the call were answered, the e-mail six hours later.
    assert tiny.value("duplicates") == 1


def test_self_service_and_whom_it_deflects() -> None:
    # 0: resolved. 1: not, goes on to the telephone and is answered. 2: not, and gives up there.
    # 3: abandoned, then helps himself: met no agent. 4: answered, and resolves the next matter
    # himself: he has met one.
    robot = {"channel": "robot", "reason": "tracking"}
    more = {"reason": "tracking", "attempt": 1}
    tiny = Tiny(
        [
            ended(Outcome.SELF_SERVED, NINE, resolved=1, **robot),
            ended(Outcome.SELF_SERVED, NINE, resolved=0, **robot),
            ended(Outcome.SELF_SERVED, NINE, resolved=0, **robot),
            ended(Outcome.ABANDONED, NINE, 30.0, reason="tracking"),
            answered(NINE, 0.0, 60.0, reason="tracking", resolved=0),
            answered(NINE, 0.0, 60.0, customer=1, cause=Cause.OTHERWISE, parent=1, **more),
            ended(Outcome.ABANDONED, NINE, 9.0, customer=2, cause=Cause.OTHERWISE, parent=2,
                  **more),
            ended(Outcome.SELF_SERVED, NINE + HOUR, resolved=1, customer=3, cause=Cause.RETRY,
                  parent=3, attempt=1, **robot),
            ended(Outcome.SELF_SERVED, NINE + HOUR, resolved=1, customer=4, cause=Cause.AGAIN,
                  parent=4, attempt=1, **robot),
        ]
    )  # fmt: skip
    assert tiny.value("self_served") == 5
    assert tiny.value("self_service_resolved") == 3 / 5
    assert tiny.value("deflected") == 2
    assert tiny.value("deflected", "reason", "tracking") == 2


# --- cost by source ---------------------------------------------------------------------------


def test_cost_by_source() -> None:
    # The team: an hour at 24. The experts: 10 a day, 2 for the chat and 0.30 for its minute. Two
    # e-mails answered by the team at 0.50, a self-served contact at 0.10. By pool the e-mails
    # count at the team, by source at their channel; the telephone and chats cost nothing.
    tiny = Tiny(
        [
            answered(NINE, 0.0, 60.0, agent=2, channel="chat", reason="tracking"),
            answered(NINE, HOUR, 60.0, channel="email", reason="tracking"),
            answered(NINE, HOUR, 60.0, agent=1, channel="email", reason="tracking"),
            ended(Outcome.SELF_SERVED, NINE, channel="robot", reason="tracking", resolved=1),
        ],
        [(0, NINE, NINE + HOUR, NINE + HOUR)],
    )
    source = {
        "pool team": 24.0,
        "pool experts": 12.3,
        "channel email": 1.0,
        "channel robot": 0.1,
    }
    for group, expected in source.items():
        assert tiny.value("cost", "source", group) == pytest.approx(expected), group
    assert tiny.value("cost") == pytest.approx(sum(source.values()))
    assert tiny.value("cost_channels", "source", "pool team") == 0
    assert tiny.value("cost", "pool", "team") == pytest.approx(25)
    for part in COST_PARTS:
        parts = [tiny.value(part, "source", group) for group in source]
        assert sum(parts) == pytest.approx(tiny.value(part), rel=1e-12), part


def test_channels_without_a_cost_are_no_source() -> None:
    tiny = Tiny([answered(NINE, 0.0, 60.0)])
    groups = [group for by, group in tiny.basis.slices.labels if by == "source"]
    assert groups == ["pool team", "pool experts", "channel email", "channel robot"]
    called = SHOP.replace(
        "chat: {live: true}", "chat: {live: true, callback: {cost_per_contact: 1}}"
    )
    groups = [group for by, group in Tiny([], text=called).basis.slices.labels if by == "source"]
    assert groups[2:] == ["channel chat", "channel email", "channel robot"]


def test_only_cost_has_a_source() -> None:
    tiny = Tiny([answered(NINE, 0.0, 60.0)])
    with pytest.raises(KeyError):
        tiny.value("answered", "source", "pool team")


def test_first_contact_resolution_as_an_operator_sees_it() -> None:
    # Five are answered at their first contact. One is back after two days, one after eight; one,
    # not resolved, stays away; one is passed on, gives up and tries again, which is no new matter;
    # one is back at once, on another channel.
    leg = {"cause": Cause.TRANSFER, "attempt": 1}
    tiny = Tiny(
        [
            answered(NINE, 0.0, 60.0, resolved=0),
            answered(NINE, 0.0, 60.0, agent=1, resolved=0),
            answered(NINE + 100, 0.0, 60.0, resolved=0),
            answered(NINE + 200, 0.0, 60.0, resolved=-1),
            answered(NINE + 300, 0.0, 60.0, resolved=0),
            ended(Outcome.ABANDONED, NINE + 260, 9.0, customer=3, parent=3, **leg),
            answered(NINE + 360, 0.0, 60.0, customer=4, cause=Cause.AGAIN, parent=4, attempt=1),
            answered(NINE + 600, 0.0, 60.0, customer=3, cause=Cause.RETRY, parent=5, attempt=2),
            answered(
                NINE + 48 * HOUR, 0.0, 60.0, customer=0, cause=Cause.AGAIN, parent=0, attempt=1
            ),
            answered(
                NINE + 192 * HOUR, 0.0, 60.0, customer=1, cause=Cause.AGAIN, parent=1, attempt=1
            ),
        ]
    )
    assert tiny.value("resolved_first") == 0
    assert tiny.value("settled_first") == 3 / 5
