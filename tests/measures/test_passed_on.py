"""Contacts with several talks are counted once; conversations with an AI agent in four ways."""

from __future__ import annotations

import pytest
from tiny_log import HOUR, SHOP, Contact, Tiny, answered, ended

from sim.tables import Cause, Outcome

NINE = 9 * HOUR


def passed_on() -> Tiny:
    """Three calls: answered and passed on, after 100 s in all; passed on and lost; never answered.

    Agent 0 talks 60 s with the first, after 10 s; agent 1 then 120 s, after 30 s. The second is
    answered at once, talks 50 s, and is abandoned 40 s after. The third is abandoned after 90 s.
    """
    leg = {"cause": Cause.TRANSFER, "attempt": 1}
    return Tiny(
        [
            answered(NINE, 10.0, 60.0, 5.0, resolved=-1),
            answered(NINE + HOUR, 0.0, 50.0, resolved=-1),
            ended(Outcome.ABANDONED, NINE + 2 * HOUR, 90.0),
            answered(NINE + 70, 30.0, 120.0, 7.0, agent=1, customer=0, parent=0, **leg),
            ended(Outcome.ABANDONED, NINE + HOUR + 50, 40.0, customer=1, parent=1, **leg),
        ],
        spells=[(a, NINE, 2 * NINE, 2 * NINE) for a in (0, 1)],
    )


def test_a_contact_with_two_talks_counts_once() -> None:
    tiny = passed_on()
    assert (tiny.value("contacts"), tiny.value("answered"), tiny.value("abandoned")) == (3, 2, 1)
    assert tiny.value("contacts_per_customer") == 1
    assert tiny.value("handled") == 3
    assert all(check.passed for check in tiny.checks().values())


def test_the_first_answer_makes_the_service_level_the_last_one_the_resolution() -> None:
    tiny = passed_on()
    # Two of three answered within 20 s; whoever is lost between two talks spoils no service level.
    assert tiny.value("service_level") == pytest.approx(2 / 3)
    assert tiny.value("asa") == (10 + 0) / 2
    assert tiny.value("resolved_first") == 1 / 2
    assert tiny.value("lost_after_transfer") == 1


def test_what_is_passed_on_has_measures_of_its_own() -> None:
    tiny = passed_on()
    assert tiny.value("transfers") == 2
    assert tiny.value("transfer_rate") == pytest.approx(2 / 3)  # of three talks two
    assert tiny.value("passed_in") == tiny.value("passed_in", "pool", "team") == 1
    assert tiny.value("transfer_asa") == 30
    assert tiny.value("transfer_abandonment") == 1 / 2
    assert tiny.value("transfer_service_level") == 0


def test_waits_and_talks_are_added_up_over_the_contact() -> None:
    tiny = passed_on()
    assert tiny.value("aht") == (65 + 50 + 127) / 3  # of a talk
    assert tiny.value("handle_time_in_all") == (65 + 127 + 50) / 2  # of a contact
    assert tiny.value("wait_in_all") == (10 + 30 + 0 + 40) / 2


EXPERTS = (
    "    contract: {per_contact: 2, per_minute: 0.3, per_sale: 5, revenue_share: 10 %, "
    "per_week: 70}\n"
)
ASSISTANT = """\
    ai_agent: {resolves: 50 %, talk: 1 min, hands_over_to: team}
    contract: {per_contact: 0.1, per_minute: 0.2, per_resolution: 0.9, per_week: 70}
"""
ROUTING = "routing: [{channel: chat, to: [experts]}, {to: [team]}]\n"
ASSISTED = SHOP.replace(EXPERTS, ASSISTANT) + ROUTING


def test_the_four_numbers_of_an_ai_agent_and_its_cost() -> None:
    # Five chats of a minute: two resolved, of which one customer calls again on the next day; one
    # told something wrong, back after an hour; one leaves; one is handed over.
    ai = {"agent": 2, "channel": "chat"}
    rows: list[Contact] = [
        *(answered(NINE, 0.0, 60.0, by_ai=0, **ai) for _ in range(2)),
        answered(NINE, 0.0, 60.0, by_ai=1, resolved=0, **ai),
        answered(NINE, 0.0, 60.0, by_ai=2, resolved=0, **ai),
        answered(NINE, 0.0, 60.0, by_ai=3, resolved=-1, **ai),
        answered(NINE + 24 * HOUR, 0.0, 60.0, customer=1, cause=Cause.AGAIN, parent=1, attempt=1),
        answered(NINE + HOUR, 0.0, 60.0, customer=2, cause=Cause.AGAIN, parent=2, attempt=1),
        answered(
            NINE + 60, 0.0, 90.0, agent=1, channel="chat", customer=4, parent=4, attempt=1,
            cause=Cause.HAND_OVER,
        ),
    ]  # fmt: skip
    tiny = Tiny(rows, text=ASSISTED)
    assert tiny.value("ai_involved") == 5
    assert tiny.value("containment") == 4 / 5
    assert tiny.value("ai_resolved") == 3
    assert tiny.value("ai_net") == 1
    # five contacts at 0.1, five minutes at 0.2, three resolutions at 0.9
    assert tiny.value("cost_per_net_resolution") == pytest.approx(0.5 + 1.0 + 2.7)
    assert tiny.value("cost_resolutions", "pool", "experts") == pytest.approx(2.7)


def test_conversations_are_nobodys_hours() -> None:
    spells = [(0, NINE, NINE + HOUR, NINE + HOUR), (2, NINE, 2 * NINE, 2 * NINE)]
    tiny = Tiny([answered(NINE, 0.0, 60.0)], spells, text=ASSISTED)
    assert tiny.value("hours") == 1


def test_the_hold_of_a_warm_transfer_is_talk_of_who_passes_on() -> None:
    # Talk until NINE + 70; on hold for the 30 s until the next agent answers, and 15 s with them.
    leg = {"cause": Cause.TRANSFER, "attempt": 1}
    tiny = Tiny(
        [
            answered(NINE, 10.0, 60.0 + 30.0 + 15.0, 5.0, resolved=-1),
            answered(NINE + HOUR, 0.0, 50.0, resolved=-1),
            answered(NINE + 70, 30.0, 120.0, 7.0, agent=1, customer=0, parent=0, **leg),
            answered(NINE + HOUR + 50, 0.0, 40.0, agent=1, customer=1, parent=1, **leg),
        ]
    )
    assert tiny.value("transfer_hold") == 45 / 2  # the second transfer is cold
    assert tiny.value("transfer_asa") == 30 / 2
    assert tiny.value("handle_time_in_all") == (110 + 127 + 50 + 40) / 2
    legs = "legs go on when a talk has ended that was passed on"
    assert not tiny.checks()[legs].passed  # this scenario knows no warm transfers
    warm = SHOP + (
        "transfers: {down: {by: experts, share: 10 %, to: team, "
        "warm: {hand_over: 15 s, hold: 40 s}}}\n"
    )
    assert Tiny(tiny.contacts, text=warm + ROUTING).checks()[legs].passed
    short = warm.replace("hold: 40 s", "hold: 20 s")
    assert not Tiny(tiny.contacts, text=short + ROUTING).checks()[legs].passed


def conference(waited: float = 0.0) -> Tiny:
    """Two calls; agent 1 joins the first for 30 s, and was to join the second, which is passed on.

    Agent 0 talks 100 s and 30 s more with the first, 50 s with the second; both have 5 s of
    wrap-up. The second one's next talk takes 120 s.
    """
    part = {"cause": Cause.CONFERENCE, "attempt": 1, "resolved": -1}
    return Tiny(
        [
            answered(NINE, 10.0, 130.0, 5.0),
            answered(NINE + HOUR, 0.0, 50.0, 5.0, resolved=-1),
            answered(NINE + 110, waited, 30.0, agent=1, customer=0, parent=0, **part),
            ended(Outcome.BLOCKED, NINE + HOUR + 50, 0.0, customer=1, parent=1, **part),
            answered(
                NINE + HOUR + 50, 0.0, 120.0, agent=1, customer=1, parent=1, attempt=2,
                cause=Cause.TRANSFER,
            ),
        ],
        spells=[(a, NINE, 2 * NINE, 2 * NINE) for a in (0, 1)],
    )  # fmt: skip


def test_a_conference_is_work_and_no_contact() -> None:
    tiny = conference()
    assert (tiny.value("contacts"), tiny.value("answered"), tiny.value("blocked")) == (2, 2, 0)
    assert tiny.value("handled") == 4
    assert tiny.value("conferences") == tiny.value("conferences", "pool", "team") == 1
    assert tiny.value("conferences_missed") == 1
    assert tiny.value("handle_time_in_all") == (130 + 5 + 30 + 50 + 5 + 120) / 2
    assert tiny.value("aht") == (135 + 30 + 55 + 120) / 4
    assert tiny.value("resolved_first") == 1  # the second by its last talk
    assert tiny.value("asa") == (10 + 0) / 2
    assert tiny.value("transfers") == 1
    assert tiny.value("lost_after_transfer") == 0
    assert [law for law, check in tiny.checks().items() if not check.passed] == []


def test_who_joins_a_talk_has_not_waited_for_it() -> None:
    late = "who joins a talk does so at once, or not at all"
    assert conference().checks()[late].passed
    assert not conference(waited=1.0).checks()[late].passed
