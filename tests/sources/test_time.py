"""Statements on time (A, B): 76 seconds, two days, three minutes; a chat in the purchase path."""

from __future__ import annotations

from math import exp

import pytest
from statements import agrees, by_channel, certain, run

WAITS = (0, 30, 60, 76, 120)


@pytest.mark.parametrize("wait", WAITS)
def test_sales_that_survive_a_wait_if_76_seconds_are_a_mean(wait: int) -> None:
    left = exp(-wait / 76)
    result = run("window-mean")
    row = by_channel(result, "conversion")[f"wait_{wait}s"]
    assert agrees(row, 0.13 * left, 0.016)
    gone = by_channel(result, "abandonment")[f"wait_{wait}s"]
    assert agrees(gone, 1 - left, 0.025)


@pytest.mark.parametrize("wait", WAITS)
def test_sales_that_survive_a_wait_if_76_seconds_are_a_limit(wait: int) -> None:
    """Who is answered at the 76th second is still there: the pool joins before patience ends."""
    result = run("window-limit")
    row = by_channel(result, "conversion")[f"wait_{wait}s"]
    assert agrees(row, 0.13 if wait <= 76 else 0.0, 0.016)
    gone = by_channel(result, "abandonment")[f"wait_{wait}s"]
    assert gone.value == (0 if wait <= 76 else 1)


def test_the_busy_line_loses_less_under_a_limit() -> None:
    """Few waits are longer than 76 s, but many are long enough to lose those in a hurry."""
    mean, limit = (
        by_channel(run(name), "abandonment")["busy_line"]
        for name in ("window-mean", "window-limit")
    )
    assert limit.high < mean.low


def test_an_answer_two_days_later_is_as_good_as_never() -> None:
    rows = by_channel(run("two-days-later"), "conversion")
    for hours in (1, 8, 24, 48):
        left = 1 - hours / 48
        assert agrees(rows[f"after_{hours}h"], 0.13 * left + 0.02 * (1 - left), 0.016), hours
    assert agrees(rows["after_10d"], 0.02, 0.016)
    incremental = by_channel(run("two-days-later"), "incremental_revenue")
    assert certain(incremental["after_48h"]) == certain(incremental["after_10d"]) == 0


@pytest.mark.parametrize(
    ("name", "minutes", "settled"), [("three-minutes", 3, 0.6), ("five-minutes", 5, 0.9)]
)
def test_calls_talk_and_cost_of_a_problem(name: str, minutes: int, settled: float) -> None:
    result = run(name)
    assert agrees(result.get("contacts_per_customer"), 1 / settled, 0.05)
    assert agrees(result.get("resolved_first"), settled, 0.03)
    assert certain(result.get("talk")) == pytest.approx(60 * minutes)
    assert certain(result.get("cost_per_contact")) == pytest.approx(5.84)


def test_three_minutes_save_talk_and_cost_more_calls() -> None:
    three, five = run("three-minutes"), run("five-minutes")
    calls = [result.get("contacts_per_customer").value for result in (three, five)]
    assert calls[0] > 1.4 * calls[1]
    assert 3 * calls[0] < 5 * calls[1]


def test_chat_in_the_purchase_path_adds_15_to_20_points() -> None:
    """The same customers with the same luck: the difference is what the chat did."""
    without, chat = run("chat-without").get("conversion"), run("chat").get("conversion")
    assert agrees(without, 0.03, 0.01)
    low, high = chat.low - without.high, chat.high - without.low
    assert 0.15 < low < high < 0.20 + 0.015
    assert 0.15 < chat.value - without.value < 0.20


def test_an_in_house_chat_adds_ten_points_at_most() -> None:
    chat = run("chat", pools__experts__sells__conversion="13 %").get("conversion")
    assert chat.high - 0.03 < 0.15
    assert agrees(chat, 0.13, 0.02)
