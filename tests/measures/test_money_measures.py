"""Who bought, what it brought and what it cost.

In `SHOP` a customer buys unaided with 10 % a basket of 100, with the team's help 40 % one of 200,
with the expert's 50 % at 120 / 50 % = 240 a sale. Team: 24 an hour. Expert: 2 a contact, 0.30 a
minute, 5 a sale, 10 % of the revenue, 70 a week (10 a day).
"""

from __future__ import annotations

from math import isnan

import pytest
from tiny_log import HOUR, SHOP, Contact, Tiny, answered, ended

from sim.tables import Cause, Outcome

NINE = 9 * HOUR


@pytest.fixture(scope="module")
def sales() -> Tiny:
    """Six customers who want to buy and one who tracks a parcel.

    0: team, luck 0.05: buys for 200, would have bought for 100.
    1: team, luck 0.39: buys for 200, would not have bought.
    2: team, luck 0.40: does not buy, the conversion is 0.40.
    3: expert, luck 0.45: buys for 240.
    4: abandoned, luck 0.09: buys unaided for 100.
    5: abandoned, luck 0.30: does not buy.
    6: tracks a parcel, answered by the team.
    """
    chat = {"channel": "chat", "agent": 2}
    return Tiny(
        [
            answered(NINE, 0.0, 300.0),
            answered(NINE, 0.0, 300.0, agent=1),
            answered(NINE + 600, 0.0, 300.0),
            answered(19 * HOUR, 0.0, 540.0, 60.0, **chat),
            ended(Outcome.ABANDONED, NINE, 60.0),
            ended(Outcome.ABANDONED, NINE, 60.0),
            answered(NINE + 600, 0.0, 300.0, agent=1, reason="tracking"),
        ],
        spells=[(0, NINE, NINE + HOUR, NINE + HOUR), (1, NINE, NINE + HOUR, NINE + HOUR)],
        buy=[0.05, 0.39, 0.40, 0.45, 0.09, 0.30, 0.0],
        satisfied=[0.89, 0.90, 0.1, 0.1, 0.1, 0.1, 0.95],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sales", 4),
        ("conversion", 4 / 6),
        ("conversion_answered", 3 / 4),
        ("revenue", 200 + 200 + 240 + 100),
        # Luck below 0.10: customers 0 and 4.
        ("unaided_revenue", 200),
        ("incremental_revenue", 740 - 200),
        # 640 from answered customers, who made four contacts; the parcel is not one of them.
        ("revenue_per_contact", 640 / 4),
        # The team states 90 %: customers 0 and 2 are satisfied, 1 (0.90) and 6 (0.95) are not.
        ("satisfaction", 2 / 4),
        ("cost_hours", 2 * 24),
        ("cost_contacts", 2),
        # Ten minutes, wrap-up included.
        ("cost_minutes", 3),
        # 5 for the sale and a tenth of 240.
        ("cost_sales", 29),
        ("cost_fixed", 10),
        ("cost_channels", 0),
        ("cost_overtime", 0),
        ("cost", 48 + 2 + 3 + 29 + 10),
        ("margin", 540 - 92),
        # Three with the team 40 % x 200, one with the expert 50 % x 240, each less 10 % x 100.
        ("expected_margin", 3 * 70 + 110 - 92),
        ("cost_per_contact", 92 / 5),
    ],
)
def test_a_day_of_sales(sales: Tiny, name: str, expected: float) -> None:
    assert sales.value(name) == pytest.approx(expected, rel=1e-12)


def test_pools_have_the_customers_they_decided(sales: Tiny) -> None:
    assert sales.value("revenue", "pool", "team") == 400
    assert sales.value("revenue", "pool", "experts") == 240
    assert sales.value("conversion", "pool", "team") == 2 / 3
    assert sales.value("revenue_per_contact", "pool", "experts") == 240
    assert sales.value("incremental_revenue", "pool", "team") == 300
    # 2 + 3 + 29 + 10.
    assert sales.value("cost", "pool", "experts") == pytest.approx(44)
    assert sales.value("margin", "pool", "experts") == pytest.approx(240 - 44)
    assert sales.value("expected_margin", "pool", "experts") == pytest.approx(110 - 44)
    assert isnan(sales.value("satisfaction", "pool", "experts"))


def test_money_by_channel_and_window(sales: Tiny) -> None:
    assert sales.value("revenue", "channel", "chat") == 240
    assert sales.value("revenue", "channel", "phone") == 500
    assert sales.value("revenue", "window", "evening") == 240
    assert sales.value("cost_sales", "window", "evening") == pytest.approx(29)
    assert sales.value("cost", "hour", "mon 09:00") == pytest.approx(48 + 10 / 24)
    assert isnan(sales.value("conversion", "reason", "tracking"))


def test_the_gross_margin_counts_in_margin_only(sales: Tiny) -> None:
    # 40 % of 540 less the same cost.
    tiny = Tiny(sales.contacts, sales.spells, sales.buy, text="gross_margin: 40 %\n" + SHOP)
    assert tiny.value("margin") == pytest.approx(0.4 * 540 - 92)
    assert tiny.value("expected_margin") == pytest.approx(0.4 * 320 - 92)
    assert tiny.value("incremental_revenue") == pytest.approx(540)


def test_channels_cost_for_what_is_answered_or_self_served() -> None:
    # Two e-mails of which one is answered, 0.50; two self-served, 0.10 each; a call costs nothing.
    tiny = Tiny(
        [
            answered(NINE, HOUR, 60.0, channel="email", reason="tracking"),
            ended(Outcome.UNFINISHED, NINE, float("nan"), channel="email", reason="tracking"),
            ended(Outcome.SELF_SERVED, NINE, channel="robot", reason="tracking"),
            ended(Outcome.SELF_SERVED, NINE, channel="robot", reason="tracking"),
            answered(NINE, 0.0, 60.0, reason="tracking"),
        ]
    )
    assert tiny.value("cost_channels") == pytest.approx(0.5 + 0.2)
    assert tiny.value("cost_channels", "channel", "robot") == pytest.approx(0.2)
    assert tiny.value("cost_channels", "pool", "team") == pytest.approx(0.5)
    # (0.7 + the experts' 10 a day) / (two answered + two self-served).
    assert tiny.value("cost_per_contact") == pytest.approx(10.7 / 4)


def test_calls_back_cost_their_own_and_in_vain_too() -> None:
    # The telephone costs 1, a call back 3 instead: one answered at once, one reached after 600 s,
    # one not reached, 30 s of ringing. The agent is busy for 60 + 60 + 30 s of an hour.
    text = SHOP.replace(
        "phone: {live: true}",
        "phone: {live: true, cost_per_contact: 1, callback: {cost_per_contact: 3}}",
    )
    ring = Contact(Outcome.UNREACHED, NINE + 60, 600.0, 30.0, 0.0, agent=0, callback=1)
    tiny = Tiny(
        [answered(NINE, 0.0, 60.0), answered(NINE, 600.0, 60.0, callback=1), ring],
        [(0, NINE, NINE + HOUR, NINE + HOUR)],
        text=text,
    )
    assert tiny.value("cost_channels") == pytest.approx(1 + 3 + 3)
    assert tiny.value("callbacks_unreached") == 1
    assert (tiny.value("offered"), tiny.value("callbacks_reached")) == (1, 1)
    assert tiny.value("aht") == 60
    assert tiny.value("occupancy") == pytest.approx(150 / 3600)
    assert all(check.passed for check in tiny.checks().values())


def test_an_answer_after_the_window_wins_no_sale() -> None:
    # Both wait 70 s. The first one's window is 76 s: luck 0.3 buys for 200. The second one's was
    # 60 s: the same luck does not buy, and pays nobody a commission.
    tiny = Tiny(
        [answered(NINE, 70.0, 60.0, window=76.0), answered(NINE, 70.0, 60.0, agent=1, window=60.0)],
        buy=[0.3, 0.3],
    )
    assert tiny.value("sales") == 1
    assert tiny.value("revenue") == 200
    assert tiny.value("conversion") == 1 / 2
    assert tiny.value("conversion_answered") == 1
    assert tiny.value("answered") == 2


def test_an_answer_at_the_last_moment_of_the_window_is_in_time() -> None:
    tiny = Tiny([answered(NINE, 76.0, 60.0, window=76.0)], buy=[0.3])
    assert tiny.value("sales") == 1


def test_the_first_contact_answered_in_time_decides() -> None:
    # Abandoned at 9, the retry at 10 by chat is answered by the expert, another contact at 11 by
    # the team: the expert decides. The customer counts at nine, the sale's cost at ten.
    tiny = Tiny(
        [
            ended(Outcome.ABANDONED, NINE, 30.0),
            answered(
                10 * HOUR, 0.0, 60.0, agent=2, channel="chat", resolved=0,
                customer=0, cause=Cause.RETRY, parent=0, attempt=1,
            ),
            answered(11 * HOUR, 0.0, 60.0, customer=0, cause=Cause.AGAIN, parent=1, attempt=2),
        ],
        buy=[0.45],
    )  # fmt: skip
    assert tiny.value("revenue") == 240
    assert tiny.value("customers", "channel", "chat") == 1
    assert tiny.value("customers", "channel", "phone") == 0
    assert tiny.value("revenue", "pool", "experts") == 240
    assert tiny.value("revenue", "hour", "mon 09:00") == 240
    assert tiny.value("cost_sales", "hour", "mon 10:00") == pytest.approx(29)
    # Two answered contacts of one buying customer.
    assert tiny.value("revenue_per_contact") == 120


def test_the_earliest_answer_decides_not_the_first_contact() -> None:
    # The e-mail of 9 is answered at 12, the call of 10 at once: the team's 40 % by the call.
    tiny = Tiny(
        [
            answered(NINE, 3 * HOUR, 60.0, channel="email"),
            answered(10 * HOUR, 0.0, 60.0, customer=0, cause=Cause.OVERDUE, parent=0, attempt=1),
        ],
        buy=[0.39],
    )
    assert tiny.value("revenue", "channel", "phone") == 200
    assert tiny.value("revenue", "channel", "email") == 0


def test_satisfaction_is_asked_after_the_first_answer_even_a_late_one() -> None:
    tiny = Tiny([answered(NINE, 70.0, 60.0, window=60.0)], buy=[0.05], satisfied=[0.5])
    assert tiny.value("satisfaction") == 1
    # Unaided: answered too late.
    assert tiny.value("revenue") == 100


def test_more_help_never_loses_a_sale() -> None:
    # Whoever would buy unaided buys with help too, since the pool's conversion is the higher.
    luck = [i / 20 for i in range(20)]
    calls = [answered(NINE + 60 * i, 0.0, 60.0) for i in range(20)]
    helped = Tiny(calls, buy=luck)
    alone = Tiny([ended(Outcome.ABANDONED, c.arrived) for c in calls], buy=luck)
    # Luck 0, 0.05, ... below 0.40: eight buy; below 0.10: two.
    assert (helped.value("sales"), alone.value("sales")) == (8, 2)
    assert helped.value("unaided_revenue") == alone.value("revenue") == 200
    assert alone.value("incremental_revenue") == 0


def test_what_a_wait_leaves_of_a_conversion() -> None:
    # 40 % up to 30 s, half of it at 120 s, nothing from 600 s on. After 75 s, halfway between the
    # first two points, three quarters are left: 30 %; after 120 s 20 %; after 240 s, a quarter of
    # the way from 120 to 600, 37.5 %: 15 %; after 700 s nothing of the pool's is left, but who
    # would buy unaided (10 %) still buys, from the team: 200.
    text = SHOP.replace(
        "conversion: 40 %,",
        "conversion: 40 %, after_wait: [[30 s, 100 %], [2 min, 50 %], [10 min, 0 %]],",
    )
    cases = [
        (0.0, 0.39, True), (30.0, 0.39, True), (31.0, 0.399, False), (75.0, 0.299, True),
        (75.0, 0.301, False), (120.0, 0.199, True), (120.0, 0.201, False), (240.0, 0.149, True),
        (240.0, 0.151, False), (700.0, 0.099, True), (700.0, 0.1, False),
    ]  # fmt: skip
    for wait, luck, buys in cases:
        tiny = Tiny([answered(NINE, wait, 60.0)], buy=[luck], text=text)
        assert tiny.value("sales") == buys, (wait, luck)
        assert tiny.value("revenue") == (200 if buys else 0)


def test_a_wait_takes_away_what_help_adds_and_no_more() -> None:
    # A pool that converts 5 % where 10 % buy unaided does so however long the wait was.
    text = SHOP.replace("conversion: 40 %,", "conversion: 5 %, after_wait: [[0, 100 %], [1 s, 0]],")
    for wait in (0.0, 1.0, 100.0):
        luck = [0.04, 0.06]
        calls = [answered(NINE, wait, 60.0), answered(NINE, wait, 60.0, agent=1)]
        assert Tiny(calls, buy=luck, text=text).value("sales") == 1


def test_the_wait_that_counts_is_that_of_the_contact_that_decided() -> None:
    # Gave up after 100 s, answered at once when trying again: the whole 40 %. The expert has no
    # curve: 50 % after any wait.
    text = SHOP.replace(
        "conversion: 40 %,", "conversion: 40 %, after_wait: [[30 s, 100 %], [60 s, 0 %]],"
    )
    again = {"customer": 0, "cause": Cause.RETRY, "parent": 0, "attempt": 1}
    tiny = Tiny(
        [
            ended(Outcome.ABANDONED, NINE, 100.0),
            answered(NINE, 500.0, 60.0, agent=2, channel="chat"),
            answered(NINE + 600, 0.0, 60.0, **again),
        ],
        buy=[0.39, 0.49],
        text=text,
    )
    assert tiny.value("conversion_answered", "pool", "team") == 1
    assert tiny.value("conversion_answered", "pool", "experts") == 1


def test_what_a_wait_leaves_of_satisfaction() -> None:
    # 90 % at once, half of it after 60 s and later: 45 %; nothing holds it up.
    text = SHOP.replace(
        "satisfaction: 90 %",
        "satisfaction: 90 %\n    satisfaction_after_wait: [[0, 100 %], [60 s, 50 %]]",
    )
    calls = [answered(NINE, wait, 60.0) for wait in (0.0, 30.0, 30.0, 60.0, 900.0, 900.0)]
    # After 30 s 67.5 % are left.
    tiny = Tiny(calls, satisfied=[0.89, 0.67, 0.68, 0.44, 0.44, 0.46], text=text)
    assert tiny.value("satisfaction") == 4 / 6


def test_baskets_by_reason_and_channel() -> None:
    # The team's buyers spend 300 on the chat and 250 on the telephone; experts say nothing of
    # their baskets, so that what the reason says counts, 100.
    text = SHOP.replace(
        "sells: {conversion: 40 %, basket: 200}",
        "sells: {conversion: 40 %, basket: {advice: {chat: {constant: 300}, other: 250}}}",
    ).replace("revenue_per_contact: 120", "basket: {tracking: 7}")
    calls = [
        answered(NINE, 0.0, 60.0, channel="chat"),
        answered(NINE, 0.0, 60.0),
        answered(NINE, 0.0, 60.0, agent=2, channel="chat"),
    ]
    tiny = Tiny(calls, buy=[0.3, 0.3, 0.3], text=text)
    assert tiny.value("revenue", "channel", "chat") == 300 + 100
    assert tiny.value("revenue", "channel", "phone") == 250
    # 40 % x 300 + 40 % x 250 + 50 % x 100, less 10 % x 100 each; no hours
    margin = 0.4 * 550 + 50 - 30
    assert tiny.value("expected_margin") == pytest.approx(margin - tiny.value("cost"))
