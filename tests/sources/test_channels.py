"""Statements on channels: what they cost, save and carry (B, D, E), and what they are worth (A)."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import pytest
from statements import agrees, by_channel, certain, run

import sim

# --- cost (D) ---------------------------------------------------------------------------------

PRINTED_COSTS = {
    "phone": 5.84,
    "click_to_call": 6.34,
    "chat": 5.00,
    "email_short": 2.50,
    "email_long": 5.00,
    "social_short": 1.00,
    "social_long": 3.00,
    "self_service": 0.10,
}


def test_cost_of_a_contact_on_each_channel() -> None:
    result = run("channel-costs")
    cost, *ways = (
        by_channel(result, name)
        for name in ("cost_channels", "answered", "callbacks_reached", "self_served")
    )
    for channel, printed in PRINTED_COSTS.items():
        handled = sum(way[channel].value for way in ways)
        assert handled > 100
        assert cost[channel].value / handled == pytest.approx(printed), channel


def test_a_call_back_that_reaches_nobody_is_paid_too() -> None:
    """6.34 a call; 80 % pick up: 6.34 / 80 % = 7.93 for each customer spoken to, if all are called
    back: here no agent is ever free when they ask.
    """
    result = run(
        "channel-costs",
        channels__click_to_call__callback__reach="80 %",
        run__replications=10,
    )
    row = by_channel(result, "cost_channels")["click_to_call"]
    spoken = sum(
        by_channel(result, name)["click_to_call"].value
        for name in ("answered", "callbacks_reached")
    )
    assert 7.5 < row.value / spoken < 8.2


# --- self-service (D) -------------------------------------------------------------------------

SCALE = 100  # the files hold a hundredth of the printed calls


def test_every_subscriber_calls() -> None:
    result = run("self-service-none")
    assert certain(result.get("cost_per_contact")) == pytest.approx(5.84)
    assert agrees(result.get("cost"), 5_840_000 / SCALE, 0.02 * 58_400)


def test_a_fifth_served_by_themselves_save_1_148_000() -> None:
    """Per contact, as the number of calls is a matter of chance and the price of a call is not."""
    result = run("self-service")
    assert agrees(result.get("cost_per_contact"), 4.692, 0.04)
    assert agrees(result.get("cost"), 4_692_000 / SCALE, 0.02 * 46_920)
    assert not agrees(result.get("cost"), 5_840_000 / SCALE, 0.02 * 58_400)
    saved = run("self-service-none").get("cost").value - result.get("cost").value
    # Both meet the same customers, so what is left of chance is who serves himself: 5.74 x a
    # binomial with sd 40, over 25 runs 8 x 5.74 = 46; six of them are 276.
    assert saved == pytest.approx(1_148_000 / SCALE, abs=300)


def test_a_deflected_call_sells_nothing() -> None:
    """3 % x 60 = 1.80 are lost with each deflected call: 20 % of the sales."""
    before, after = run("self-service-none"), run("self-service")
    assert agrees(before.get("revenue_per_contact"), 1.80, 0.5)
    assert certain(after.get("revenue", "channel", "self_service")) == 0
    lost = before.get("revenue").value - after.get("revenue").value
    saved = before.get("cost").value - after.get("cost").value
    assert 0.15 < lost / before.get("revenue").value < 0.25
    assert after.get("margin").value - before.get("margin").value == pytest.approx(saved - lost)


def test_self_service_that_does_not_help_saves_less() -> None:
    """70 % helped: of 2,000 that try, 600 call all the same: 2,000 x (70 % x 5.84 - 0.10)."""
    partly = run(
        "self-service",
        channels__self_service__resolved="70 %",
        channels__self_service__otherwise="phone",
    )
    saved = run("self-service-none").get("cost").value - partly.get("cost").value
    assert saved == pytest.approx(2000 * (0.7 * 5.84 - 0.10), abs=400)


# --- the e-mail and the call (D) --------------------------------------------------------------


@pytest.mark.parametrize(("email", "printed"), [(2.50, 8.34), (5.00, 10.84)])
def test_the_email_never_linked_to_the_call_costs_twice(email: float, printed: float) -> None:
    result = run("email-call", channels__email__cost_per_contact=email, run__replications=2)
    assert certain(result.get("contacts")) == certain(result.get("answered")) == 2
    assert certain(result.get("duplicates")) == 1
    assert certain(result.get("duplicates", "channel", "email")) == 1  # the later one
    assert certain(result.get("cost")) == pytest.approx(printed)
    # Called at once on Tuesday at 10:00; the e-mail was answered 30 hours after it was written.
    assert certain(result.get("asa", "channel", "phone")) == 0
    assert certain(result.get("asa", "channel", "email")) == 30 * 3600


def test_the_linked_email_is_withdrawn() -> None:
    result = run("email-call-linked", run__replications=2)
    assert certain(result.get("answered")) == 1
    assert certain(result.get("withdrawn", "channel", "email")) == 1
    assert certain(result.get("duplicates")) == 0
    assert certain(result.get("cost")) == pytest.approx(5.84)


def test_the_story_of_the_unlinked_email() -> None:
    story = sim.trace(run("email-call").scenario, 0)
    for moment in ("10:00:00", "16:00:00"):
        assert moment in story


def test_a_week_of_duplicates() -> None:
    """Every duplicate has been paid on both channels; linked there is none and it costs less."""
    apart, linked = run("email-week"), run("email-week-linked")
    assert apart.get("duplicates").low > 0
    assert certain(apart.get("withdrawn")) == 0
    assert certain(linked.get("duplicates")) == 0
    assert linked.get("withdrawn").low > 0
    saved = apart.get("cost").value - linked.get("cost").value
    assert saved > 3.75 * linked.get("withdrawn").value
    assert linked.get("contacts").value < apart.get("contacts").value


# --- shares (B, E) ----------------------------------------------------------------------------


def shares(result: sim.Result, channel: str) -> tuple[float, float]:
    """The channel's share of all contacts, four standard errors to either side.

    Every customer chooses for himself; the few second contacts add nothing that matters here.
    """
    total = result.get("contacts").value
    share = by_channel(result, "contacts")[channel].value / total
    error = 4 * (share * (1 - share) / (total * result.replications)) ** 0.5
    return share - error, share + error


def test_telephone_and_email_in_2010() -> None:
    result = run("channel-shares-2010")
    for channel, printed in {"phone": 0.72, "email": 0.28}.items():
        low, high = shares(result, channel)
        assert low < printed < high < low + 0.1, channel


def test_shares_of_contacts_in_2016() -> None:
    result = run("channel-shares")
    assert shares(result, "phone")[0] + shares(result, "email")[0] > 0.5
    low, high = shares(result, "chat")
    assert low < 0.20 < high < low + 0.05
    assert shares(result, "click_to_call")[1] < 0.10
    assert shares(result, "social")[1] < 0.25


def test_more_calls_are_counted_than_customers_want() -> None:
    """The telephone is the first choice of 26 %; more than 26 % of contacts are calls."""
    assert shares(run("channel-shares"), "phone")[0] > 0.26


# --- e-mails beside calls (B, E) ----------------------------------------------------------------


def test_a_backlog_of_65_percent_more_emails_grows_every_day() -> None:
    """990 / 7 come a day, nine hours of five minutes each are answered: 33.4 stay behind."""
    result = run("email-growth")
    days = result.groups("day")
    rows = [result.get("queue_length", "day", day) for day in (days[3], days[13])]
    growth = (rows[1].value - rows[0].value) / 10
    error = sum(row.high - row.low for row in rows) / 2 / 10
    assert error < 10
    assert abs(growth - (990 / 7 - 9 * 12)) < error


def test_the_emails_of_the_year_before_were_answered_in_time() -> None:
    before = run("email-growth", reasons__question__volume="600 per week")
    assert before.get("service_level").value > 0.95
    assert run("email-growth").get("service_level").value < 0.4


def test_one_team_for_calls_and_emails_serves_callers_better() -> None:
    """And the e-mails are still answered on their day."""
    blended, separated = run("blended"), run("separated")
    for result in (blended, separated):
        assert result.get("sl_offered", "channel", "email").value > 0.99
    rows = [by_channel(result, "abandonment")["phone"] for result in (blended, separated)]
    assert rows[0].high < 0.5 * rows[1].low
    hours = [result.get("hours").value for result in (blended, separated)]
    assert hours[0] == pytest.approx(hours[1])


# --- value (A) --------------------------------------------------------------------------------

LIVE = ("face_to_face", "chat", "click_to_call", "phone")
DEFERRED = ("letter", "email", "social")


def above(result: sim.Result, better: str, worse: str) -> bool:
    rows = by_channel(result, "conversion")
    return rows[better].value - rows[worse].value > max(
        rows[better].value - rows[better].low, rows[worse].high - rows[worse].value
    )


def test_seven_channels_ranked_by_value() -> None:
    result = run("channel-value")
    order = ["face_to_face", "chat", "phone", "letter", "email", "social"]
    for better, worse in pairwise(order):
        assert above(result, better, worse), (better, worse)
    assert above(result, "chat", "click_to_call")
    assert above(result, "click_to_call", "letter")
    # 3 and 4: told apart by nothing but their names
    assert not above(result, "click_to_call", "phone")
    assert not above(result, "phone", "click_to_call")


def test_what_is_left_of_the_order_with_the_same_conversion() -> None:
    result = run("channel-value-equal")
    for live in LIVE:
        for deferred in DEFERRED:
            assert above(result, live, deferred), (live, deferred)
    for call in ("click_to_call", "phone"):
        assert above(result, "chat", call)
    assert above(result, "social", "letter")  # the other way round than A


def test_value_of_deferred_channels_by_hand() -> None:
    """30 % take up to two days: after 24 hours half of them are left, after 12 hours 3/4; the
    others are gone (an hour is 47 windows of 76 seconds).
    """
    rows = by_channel(run("channel-value"), "conversion")
    assert agrees(rows["letter"], 0.25 * 0.30 * (1 - 24 / 48), 0.01)
    assert agrees(rows["email"], 0.10 * 0.30 * (1 - 12 / 48), 0.01)
    assert agrees(rows["social"], 0.05 * (0.30 * (1 - 1 / 48) + 0.70 * exp(-3600 / 76)), 0.01)
