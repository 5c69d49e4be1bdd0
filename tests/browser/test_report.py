"""What a reader sees and does: numbers, filters, sorting, definitions."""

from __future__ import annotations

import pytest
from opened import Opened

import sim
from sim.measures import CATALOGUE
from sim.report.numbers import brief_duration, number


def number_of(text: str) -> float:
    return float(text.replace(",", "").rstrip(" %"))


def test_the_first_screen_tells_the_answer_and_three_numbers(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    result, page = results["shop"], shop.page
    assert page.locator("h1").inner_text() == "A shop that closes at six"
    answer = page.locator(".answer").inner_text().replace("\u00a0", " ")
    rate = result.get("answer_rate")
    assert number(rate.value, "share") in answer
    assert number(abs(result.get("margin").value), "money", "EUR") in answer
    shown = {
        box.locator("dt").inner_text(): box.locator("strong").inner_text().replace("\u00a0", " ")
        for box in page.locator(".figures > div").all()
    }
    names = ("answer_rate", "margin", "missed_buyers")
    assert shown == {
        CATALOGUE[name].label: number(result.get(name).value, CATALOGUE[name].unit, "EUR")
        for name in names
    }
    # all of it is seen without scrolling
    box = page.locator(".figures").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 768


def test_every_reason_leads_to_a_picture_that_is_then_seen(shop: Opened) -> None:
    links = shop.page.locator(".because a.see")
    assert links.count() >= 4
    for link in links.all():
        link.click()
        name = (link.get_attribute("href") or "")[1:]
        target = shop.page.locator(f'[id="{name}"]')
        target.wait_for(state="visible")


def test_the_map_shows_the_numbers_of_the_result(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    lines = shop.numbers("unanswered-by-hour")
    shown = {f"{day.lower()} {int(hour):02d}:00": value for day, hour, value in lines}
    assert len(shown) > 60
    for hour, value in shown.items():
        wanted = results["shop"].get("unanswered", "hour", hour).value
        assert number_of(value) == pytest.approx(wanted, abs=0.0501), hour


def test_another_measure_is_chosen_by_mouse_and_keyboard(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    shop.tab(shop.page.locator(".tabs label", has_text="Margin per agent hour").first)
    lines = shop.numbers("margin-by-hour")
    shown = {f"{day.lower()} {int(hour):02d}:00": value for day, hour, value in lines}
    for hour, value in shown.items():
        wanted = results["shop"].get("margin_per_hour", "hour", hour).value
        assert number_of(value) == pytest.approx(wanted, abs=0.501), hour
    assert not shop.page.locator('figure[id="unanswered-by-hour"]').is_visible()
    shop.page.locator('.tabs input[value="margin-by-hour"]').press("ArrowLeft")
    assert shop.figure("answered-by-hour").is_visible()


def test_the_table_of_the_week_says_what_became_of_contacts_hour_by_hour(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    lines = shop.numbers("week")
    assert lines[0][:2] == ["Mon", "8"]  # the first hour in which anybody comes
    assert {line[2] for line in lines} == {"answered", "unanswered"}
    contacts = results["shop"].get("contacts").value
    assert sum(number_of(line[3]) for line in lines) == pytest.approx(contacts, rel=0.01)


def test_the_pointer_is_told_the_numbers(shop: Opened, results: dict[str, sim.Result]) -> None:
    figure = shop.figure("ends")
    figure.locator('text[aria-label*="channel: phone; end: team"]').hover()
    tip = shop.page.locator("#tooltip")
    tip.wait_for(state="visible")
    told = dict(
        zip(tip.locator("dt").all_inner_texts(), tip.locator("dd").all_inner_texts(), strict=True)
    )
    assert (told["channel"], told["ends"]) == ("phone", "team")
    ends = results["shop"].ends.contacts
    wanted = ends["contacts"][(ends["channel"] == "phone") & (ends["pool"] == "team")].sum()
    assert number_of(told["contacts"]) == pytest.approx(wanted, abs=0.501)


def test_a_click_on_a_channel_narrows_everything_to_it(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    result = results["shop"]
    before = shop.numbers("ends")
    assert {line[0] for line in before} == {"phone", "chat", "email"}
    shop.figure("ends").locator('text[aria-label*="channel: chat; end: writers"]').click()
    assert shop.button("channel", "chat").get_attribute("aria-pressed") == "true"
    after = shop.numbers("ends")
    assert {line[0] for line in after} == {"chat"}
    total = sum(number_of(line[2]) for line in after)
    assert total == pytest.approx(result.get("contacts", "channel", "chat").value, abs=0.2)
    assert shop.column("table-channel", 0) == ["chat"]
    assert "1 of 3 lines shown" in shop.page.locator("#table-channel .note").inner_text()
    met_nobody = sum(number_of(line[2]) for line in shop.numbers("unanswered-by-hour"))
    wanted = result.get("unanswered", "channel", "chat").value
    assert met_nobody == pytest.approx(wanted, abs=0.05 * 70)
    # the waits of this channel, and a word where a picture cannot be narrowed
    assert shop.page.locator(".tabs label", has_text="chat").locator("input").is_checked()
    assert "Shown: Channel: chat" in shop.page.locator(".picked").inner_text()
    shop.button("channel", "chat").click()  # again: everything
    assert {line[0] for line in shop.numbers("ends")} == {"phone", "chat", "email"}
    assert len(shop.column("table-channel", 0)) == 3


def test_filters_work_by_keyboard_and_together(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    shop.figure("ends")
    shop.button("window", "office").press("Enter")
    shop.button("pool", "team").press("Space")
    lines = shop.numbers("ends")
    ends = results["shop"].ends.contacts
    here = (ends["window"] == "office") & (ends["pool"] == "team")
    total = sum(number_of(line[2]) for line in lines)
    assert total == pytest.approx(ends["contacts"][here].sum(), abs=0.2)
    assert {line[1] for line in lines} == {"team"}
    note = shop.page.locator('figure[id="unanswered-by-hour"] .note')
    assert "not split by pool" in note.inner_text()


def test_a_click_on_a_window_is_a_filter_too(shop: Opened) -> None:
    figure = shop.figure("compared-answer-rate")
    figure.locator('[aria-roledescription="bar"], path[aria-label*="evening"]').first.wait_for()
    figure.locator('path[aria-label*="window evening"]').first.click()
    assert shop.button("window", "evening").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("key", ["click", "Enter"])
def test_a_table_is_sorted(shop: Opened, results: dict[str, sim.Result], key: str) -> None:
    result = results["shop"]
    head = shop.page.locator("#table-channel thead th").nth(1)
    assert head.get_attribute("aria-sort") == "none"
    contacts = {
        name: result.get("contacts", "channel", name).value for name in result.groups("channel")
    }

    def sort() -> None:
        button = head.locator("button")
        button.click() if key == "click" else button.press(key)

    sort()
    assert head.get_attribute("aria-sort") == "descending"
    assert shop.column("table-channel", 0) == sorted(contacts, key=lambda c: -contacts[c])
    sort()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shop.column("table-channel", 0) == sorted(contacts, key=lambda c: contacts[c])
    assert shop.column("table-channel", 1) == [
        number(value, "contacts") for value in sorted(contacts.values())
    ]


def test_what_has_no_value_is_sorted_last(shop: Opened) -> None:
    heads = shop.page.locator("#table-pool thead th")
    column = heads.all_inner_texts().index(
        next(t for t in heads.all_inner_texts() if "Conversion" in t)
    )
    for _ in range(2):
        heads.nth(column).locator("button").click()
        values = shop.column("table-pool", column)
        assert values == sorted(values, key=lambda text: text == "–")


def test_tables_say_what_the_result_says(shop: Opened, results: dict[str, sim.Result]) -> None:
    result = results["shop"]
    groups = result.groups("channel")
    for place, (name, unit) in enumerate([("service_level", "share"), ("asa", "s")]):
        heads = shop.page.locator("#table-channel thead th").all_inner_texts()
        wanted_head = ["Service level", "ASA"][place]
        column = next(i for i, text in enumerate(heads) if text.startswith(wanted_head))
        values = [result.get(name, "channel", group).value for group in groups]
        shown = shop.column("table-channel", column)
        assert shown == [brief_duration(v) if unit == "s" else number(v, unit) for v in values]


def test_definitions_are_one_click_away(shop: Opened) -> None:
    shop.page.locator('#table-channel a.measure[href="#measure-service_level"]').click()
    dialog = shop.page.locator("dialog[open]")
    assert CATALOGUE["service_level"].definition in dialog.inner_text()
    assert CATALOGUE["service_level"].formula in dialog.inner_text()
    shop.page.keyboard.press("Escape")
    assert shop.page.locator("dialog[open]").count() == 0
    # and all of them stand on the page, for paper
    links = shop.page.locator("a.measure").evaluate_all("all => all.map(one => one.hash.slice(1))")
    there = set(
        shop.page.locator("#definitions [id]").evaluate_all("all => all.map(one => one.id)")
    )
    assert set(links) <= there


def test_the_report_is_enough_to_repeat_the_run(
    shop: Opened, results: dict[str, sim.Result]
) -> None:
    result = results["shop"]
    text = shop.page.locator("details.source pre").text_content() or ""
    again = sim.loads(text)
    assert again == result.scenario
    command = shop.page.locator("pre.command").inner_text()
    assert f"--replications {result.replications} --seed {result.seed}" in command


def test_laws_are_listed_as_checked(shop: Opened, results: dict[str, sim.Result]) -> None:
    lines = shop.page.locator(".proofs li")
    assert lines.count() == len(results["shop"].checks)
    assert shop.page.locator(".proofs .broken").count() == 0
