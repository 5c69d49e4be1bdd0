"""What a reader sees of a sweep and of a staffing, and does with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from opened import Opened, opened
from playwright.sync_api import Browser
from shown_shop import SHOP
from studied import SCRIPT, curve, plan, two_values

from sim.report.numbers import interval, number, signed


@pytest.fixture
def prices(browser: Browser, pages: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, pages["curve"]) as page:
        yield page


@pytest.fixture
def pairs(browser: Browser, pages: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, pages["two-values"]) as page:
        yield page


@pytest.fixture
def staffing(browser: Browser, pages: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, pages["plan"]) as page:
        yield page


def first_screen(it: Opened) -> dict[str, str]:
    """What the three numbers say; all of them are seen without scrolling."""
    box = it.page.locator(".figures").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 768
    return {
        one.locator("dt").inner_text(): one.locator("strong").inner_text().replace("\u00a0", " ")
        for one in it.page.locator(".figures > div").all()
    }


# --- a curve ------------------------------------------------------------------------------------


def test_a_curve_tells_best_value_and_break_even(prices: Opened) -> None:
    result = curve(SHOP)
    assert result.best == 0
    (turn,) = result.break_even
    row = result.points[0].get("margin")
    shown = first_screen(prices)
    assert shown["Best value tried"] == "10"
    assert shown["Margin"] == number(row.value, "money", "EUR")
    assert float(shown["Break-even"].replace(",", "")) == pytest.approx(turn.value, abs=0.5)


def test_a_curve_shows_the_numbers_of_the_result(prices: Opened) -> None:
    points = curve(SHOP).points
    for name in ("margin", "cost"):
        prices.tab(prices.page.locator("#curve .tabs label", has_text=name.capitalize()).first)
        rows = [point.get(name) for point in points]
        assert [line[:3] for line in prices.numbers(f"curve-{name}")] == [
            [
                point.texts[0],
                number(row.value, "money", "EUR"),
                interval(row.low, row.high, "money", "EUR"),
            ]
            for point, row in zip(points, rows, strict=True)
        ]


def test_steps_are_those_of_the_result(prices: Opened) -> None:
    steps = [one for one in curve(SHOP).steps if one.measure == "margin"]
    shown = [line[:2] for line in prices.numbers("step-margin")]
    assert [text for _, text in shown] == [signed(one.per_unit, "money") for one in steps]
    assert [line for line, _ in shown] == [f"{one.start} → {one.end}" for one in steps]
    assert all(line[3] == "costs" for line in prices.numbers("step-margin"))


def test_a_value_is_picked_everywhere(prices: Opened) -> None:
    prices.pick("first", "40")
    assert prices.column("points", 0) == ["40"]
    assert prices.page.locator(".picked").inner_text() == "Shown: per_hour: 40"
    prices.pick("first", "40")
    assert len(prices.column("points", 0)) == 6


# --- two values ---------------------------------------------------------------------------------


def test_a_map_shows_every_pair_and_the_best(pairs: Opened) -> None:
    result = two_values()
    lines = pairs.numbers("map-margin")
    assert [line[:3] for line in lines] == [
        [*point.texts, number(point.get("margin").value, "money", "EUR")] for point in result.points
    ]
    standings = [line[4] for line in lines]
    rivals = {n for n, standing in enumerate(standings) if standing == "may be as good"}
    led = {result.best} if len(result.plausible) < len(result.points) else set()
    assert {n for n, standing in enumerate(standings) if standing == "best"} == led
    assert rivals == set(result.plausible) - led


def test_both_values_narrow_the_table(pairs: Opened) -> None:
    pairs.pick("first", "80 %")
    pairs.pick("second", "never")
    assert pairs.column("points", 1) == ["never"]


# --- a staffing ---------------------------------------------------------------------------------


def test_a_plan_tells_its_target_hours_and_cost(staffing: Opened) -> None:
    result = plan()
    shown = first_screen(staffing)
    assert shown["Hours on duty"] == number(result.plan.get("hours").value, "h")
    gap = result.difference("present", "cost")
    assert gap is not None
    assert shown["Cost against now"] == f"{signed(gap.value, 'money')} EUR"
    assert staffing.page.locator("h1").inner_text().startswith(SCRIPT)
    assert staffing.page.locator("h1 script, h1 b, svg script, td b").count() == 0


def test_people_on_the_map_are_those_of_the_plan(staffing: Opened) -> None:
    result = plan()
    wanted: dict[tuple[str, str], float] = {}
    for pool in (None, *result.resolved.pools):
        if pool is not None:
            staffing.pick("pool", pool)
        shown = {(line[0], line[1]): float(line[2]) for line in staffing.numbers("plan-heads")}
        wanted = {
            (day, clock): sum(
                heads
                for slot, heads in zip(result.shape.slots, result.plan.heads, strict=True)
                if pool in (None, slot.pool) and slot.start <= start(clock) < slot.end
            )
            for day, clock in shown
        }
        assert shown == wanted
        assert wanted


def start(clock: str) -> int:
    hours, minutes = clock.split("-", maxsplit=1)[0].split(":")
    return 3600 * int(hours) + 60 * int(minutes)


def test_targets_are_those_of_the_result(staffing: Opened) -> None:
    result = plan()
    lines = {line[0]: line[1:] for line in staffing.numbers("target-0")}
    held = result.plan.held[0]
    assert lines["This plan"] == [
        number(held.value, "share"),
        interval(held.low, held.high, "share"),
    ]
    days = staffing.numbers("good-days")
    assert days[0][2] == number(held.days, "share")
