"""What a reader sees of a comparison, and does with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from compared import ARABIC, ENDLESS, SCRIPT
from opened import PHONE, Opened, opened
from playwright.sync_api import Browser

import sim
from sim.report.numbers import number, signed


def number_of(text: str) -> float:
    return float(text.strip("()").replace(",", "").rstrip(" %"))


@pytest.fixture
def result(comparisons: dict[str, sim.Comparison]) -> sim.Comparison:
    return comparisons["options"]


def test_the_first_screen_tells_what_to_choose(options: Opened, result: sim.Comparison) -> None:
    page, leader = options.page, result.leader
    assert page.locator("h1").inner_text() == "Who should answer in the evening?"
    answer = page.locator(".answer").inner_text().replace("\u00a0", " ")
    row = result.outcomes[leader].get("margin")
    assert f"“{leader}” " in answer
    assert number(row.value, "money", "EUR") in answer
    assert page.locator(".recommended strong").inner_text() == leader
    figures = [
        text.replace("\u00a0", " ") for text in page.locator(".figures strong").all_inner_texts()
    ]
    difference = result.difference(leader, "margin")
    assert difference is not None
    assert figures == [
        number(row.value, "money", "EUR"),
        f"{signed(difference.value, 'money')} EUR",
        f"{100 * result.outcomes[leader].chance[0]:.0f} %",
    ]
    box = page.locator(".figures").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 768


def test_every_reason_leads_to_a_picture(options: Opened) -> None:
    links = options.page.locator(".because a.see")
    assert links.count() >= 4
    for link in links.all():
        name = (link.get_attribute("href") or "")[1:]
        link.click()
        options.page.locator(f'[id="{name}"]').wait_for(state="visible")


def test_differences_are_those_of_the_result(options: Opened, result: sim.Comparison) -> None:
    shown = {line[0]: line[1] for line in options.numbers("difference-margin")}
    assert set(shown) == {"open later", "helpers"}
    for option, text in shown.items():
        difference = result.difference(option, "margin")
        assert difference is not None
        assert text.strip("()") == signed(difference.value, "money")
        assert text.startswith("(") == (difference.low <= 0 <= difference.high)


def test_the_bridge_adds_up_to_the_difference(options: Opened, result: sim.Comparison) -> None:
    for option in ("open later", "helpers"):
        name = options.tab(options.page.locator("#bridge .tabs label", has_text=option))
        lines = options.numbers(name)
        start, *steps, end = [number_of(text) for _, text in lines]
        assert start + sum(steps) == pytest.approx(end, abs=len(steps))
        assert end == pytest.approx(result.outcomes[option].get("margin").value, abs=0.51)
        assert (lines[0][0], lines[-1][0]) == ("closed", option)


def test_a_click_on_an_option_shows_it_everywhere(options: Opened, result: sim.Comparison) -> None:
    leader = result.leader
    other = next(name for name in ("open later", "helpers") if name != leader)
    options.tab(options.page.locator('.tabs label:has(input[value="hours-margin"])'))
    first = options.numbers("hours-margin")
    figure = options.figure("difference-margin")
    figure.locator(f'path[aria-label*="option: {other}"]').first.click()
    assert options.button("option", other).get_attribute("aria-pressed") == "true"
    # the map and the bridge are of this option now, the tables show its lines only
    shown = options.numbers("hours-margin")
    assert shown != first
    wanted = {
        (one.group[:3], int(one.group[4:6])): one.value
        for one in result.differences
        if (one.option, one.by, one.measure) == (other, "hour", "margin")
    }
    assert shown
    for day, hour, text in shown:
        assert number_of(text) == pytest.approx(wanted[day.lower(), int(hour)], abs=0.51)
    assert options.page.locator("#bridge .tabs label", has_text=other).locator("input").is_checked()
    assert set(options.column("table-options", 0)) == {other}
    faded = figure.locator(f'path[aria-label*="option: {leader}"]').first
    assert float(faded.get_attribute("opacity") or 1) < 0.5
    options.button("option", other).press("Enter")  # again, by keyboard: all of them
    assert set(options.column("table-options", 0)) == {"closed", "open later", "helpers"}
    assert options.numbers("hours-margin") == first


def test_a_window_fades_the_others(options: Opened) -> None:
    options.pick("window", "evening")
    figure = options.figure("window-margin")
    figure.locator('path[aria-label*="window: office"]').first.wait_for()

    def faded(window: str) -> bool:
        cell = figure.locator(f'path[aria-label*="window: {window}"]').first
        return float(cell.get_attribute("opacity") or 1) < 0.5

    assert faded("office")
    assert not faded("evening")
    assert set(options.column("table-window", 1)) == {"evening"}


def test_what_is_uncertain_is_told(options: Opened, result: sim.Comparison) -> None:
    assert result.vary is not None
    (factor,) = result.vary.factors
    assert factor.factor.path == "reasons.purchase.buying.unaided"
    assert options.numbers("tornado")[0][0] == "purchase: unaided"
    assert factor.factor.path in options.page.locator("#table-one-at-a-time").inner_text()
    lines = options.page.locator("#table-one-at-a-time tbody tr").count()
    assert lines == len(factor.trials)


def test_the_report_alone_is_enough_to_repeat_it(
    options: Opened, result: sim.Comparison, tmp_path: Path
) -> None:
    sources = options.page.locator("details.source")
    texts = sources.locator("pre").all_text_contents()
    files = [
        text.rsplit(": ", 1)[-1] if place == 0 else text.split(": ")[1]
        for place, text in enumerate(sources.locator("summary").all_text_contents())
    ]
    for file, text in zip(files, texts, strict=True):
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert options.page.locator("pre.command").inner_text().startswith("sim compare study.yaml")
    again = sim.compare(sim.load_study(tmp_path / "study.yaml"), jobs=1)
    assert again.as_json()["differences"] == result.as_json()["differences"]


@pytest.mark.parametrize("size", [None, PHONE])
def test_names_of_options_are_text(
    browser: Browser, pages: dict[str, Path], size: dict[str, int] | None
) -> None:
    with opened(browser, pages["options-hostile"], size) as it:
        it.see_all()
        assert it.page.title().startswith("</script>")
        buttons = it.page.locator('.filters [data-field="option"] button')
        assert set(buttons.all_inner_texts()[1:]) == {"constructor", SCRIPT, ARABIC, ENDLESS}
        assert it.page.locator("main script, svg script, h1 b").count() == 0
        named = {line[0].rstrip("\u200b") for line in it.numbers("weeks-paired")}
        assert named <= {SCRIPT, ARABIC, ENDLESS}
        it.pick("option", SCRIPT)
        assert it.column("table-options", 0) == [SCRIPT]
        width = it.page.evaluate("document.documentElement.scrollWidth")
        assert width <= (size or {"width": 1366})["width"]
        assert it.complaints == []
