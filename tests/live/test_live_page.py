"""The live page in headless Chromium: moved, typed into, undone, reloaded, left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asker import SHOP, Asker, free_port, served
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import sim

PATH = "pools.team.agents.mon-fri 09:00-18:00"
LATER = 180_000
"""Milliseconds to wait for an answer on a busy machine."""


@pytest.fixture
def page(browser: Browser, live: Asker) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(LATER)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialog.accept())
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{live.ready.address}#file=shop.yaml")
    done(page)
    yield page
    context.close()
    elsewhere = [url for url in asked if not url.startswith((f"http://{live.host}/", "data:"))]
    assert not elsewhere
    assert not wrong


def done(page: Page) -> None:
    expect(page.locator("#status")).to_have_text("Done", timeout=LATER)


def knob(page: Page, path: str = PATH) -> str:
    return page.locator(f'input.value[data-path="{path}"]').input_value()


def step(page: Page, times: int) -> None:
    """Move the slider of the agents by the keyboard."""
    page.locator(f'.knob[data-path="{PATH}"] input[type="range"]').focus()
    for _ in range(abs(times)):
        page.keyboard.press("ArrowRight" if times > 0 else "ArrowLeft")


def figure(page: Page, measure: str = "service_level") -> str:
    return page.locator(f'#figures [data-measure="{measure}"]').inner_text()


def test_a_slider_is_moved_and_the_difference_is_told(page: Page) -> None:
    assert "as the baseline" in figure(page)
    step(page, 2)
    assert knob(page) == "4"
    page.locator("#figures .difference.better").first.wait_for()
    done(page)
    assert ": better" in figure(page)
    assert page.locator("#measures tbody tr").count() > 8
    for picture in ("hours", "week", "ends", "costs"):
        page.locator(f"#{picture} svg").wait_for()


def test_a_typed_value_and_one_with_a_fault(page: Page) -> None:
    volume = page.locator('input.value[data-path="reasons.calls.volume"]')
    volume.fill("900 per week")
    volume.press("Enter")
    page.locator("#figures .difference.worse").first.wait_for()
    volume.fill("many")
    volume.press("Enter")
    fault = page.locator('.knob[data-path="reasons.calls.volume"] .fault')
    fault.wait_for()
    assert "many" in fault.inner_text()
    expect(page.locator("#status")).to_contain_text("the numbers are those before it")
    assert volume.get_attribute("aria-invalid") == "true"
    volume.fill("600 per week")
    volume.press("Enter")
    expect(fault).to_have_count(0)
    done(page)
    assert "as the baseline" in figure(page)


def test_undo_redo_reset_and_reload_lose_nothing(page: Page) -> None:
    step(page, 1)
    step(page, 1)
    assert knob(page) == "4"
    page.locator("#undo").click()
    assert knob(page) == "3"
    page.locator("#redo").click()
    assert knob(page) == "4"
    page.reload()
    done(page)
    assert knob(page) == "4"
    page.locator("#undo").click()  # also after a reload
    page.locator("#undo").click()
    assert knob(page) == "2"
    page.locator("#redo").click()
    page.locator("#reset").click()
    assert knob(page) == "2"
    done(page)


def test_who_gets_more_of_a_split_takes_it_from_the_others(page: Page, shop: Path) -> None:
    channels = "channels: {phone: 50 %, chat: 30 %, email: 20 %}"
    text = SHOP.replace("    profile: office\n", f"    profile: office\n    {channels}\n")
    text = text.replace("pools:\n", "channels: {phone: {}, chat: {}, email: {due: 24 h}}\npools:\n")
    text = text.replace("    contract", "    answers: {phone: 1, chat: 1, email: 1}\n    contract")
    (shop / "split.yaml").write_text(text, encoding="utf-8")
    page.goto(page.url.split("#")[0] + "#file=split.yaml")
    page.reload()
    done(page)
    phone, chat, email = (f"reasons.calls.channels.{name}" for name in ("phone", "chat", "email"))
    page.locator(f'input.value[data-path="{phone}"]').fill("60 %")
    page.keyboard.press("Enter")
    assert (knob(page, chat), knob(page, email)) == ("24 %", "16 %")
    expect(page.locator(".knob .fault")).to_have_count(0)
    # a slider that is moved to the end and back leaves the others as they were
    page.locator(f'.knob[data-path="{phone}"] input[type="range"]').focus()
    for _ in range(5):
        page.keyboard.press("PageUp")
    assert (knob(page, phone), knob(page, chat), knob(page, email)) == ("100 %", "0 %", "0 %")
    page.locator("#undo").click()
    page.locator("#reset").click()
    assert (knob(page, phone), knob(page, chat), knob(page, email)) == ("50 %", "30 %", "20 %")
    done(page)


def test_all_of_it_by_the_keyboard(page: Page, shop: Path) -> None:
    """Without a mouse: a value, a name, kept, saved, undone."""

    def to(locator: str) -> None:
        for _ in range(200):
            page.keyboard.press("Tab")
            if page.evaluate("css => document.activeElement.matches(css)", locator):
                return
        raise AssertionError(f"{locator} cannot be reached")

    to(f'input.value[data-path="{PATH}"]')
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    to("#name")
    page.keyboard.type("four")
    to("#results button")
    page.keyboard.press("Enter")
    expect(page.locator("#kept li")).to_have_count(1)
    page.get_by_role("button", name="Save as file").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Saved as four.yaml")
    assert "mon-fri 09:00-18:00: 4" in (shop / "four.yaml").read_text(encoding="utf-8")
    page.locator("#undo").focus()
    page.keyboard.press("Space")
    assert knob(page) == "2"
    done(page)


def test_three_variants_are_named_compared_and_saved(page: Page, shop: Path) -> None:
    for people in ("3", "4", "5"):
        step(page, 1)
        assert knob(page) == people
        page.locator("#name").fill(f"{people} people")
        page.get_by_role("button", name="Keep this variant").click()
    assert page.locator("#kept li").count() == 3
    page.get_by_role("button", name="Save as file").click()
    expect(page.locator("#said")).to_contain_text("Saved as 5-people.yaml")
    done(page)
    saved = sim.run(sim.load(shop / "5-people.yaml"), jobs=1)
    assert saved.scenario.name == "5 people"
    assert f"{100 * saved.get('service_level').value:.1f} %" in figure(page)
    page.get_by_role("button", name="3 people", exact=True).click()
    assert knob(page) == "3"
    page.get_by_role("button", name="Compare all variants").click()
    link = page.get_by_role("link", name="Open the report")
    link.wait_for()
    with page.context.expect_page() as opening:
        link.click()
    report = opening.value
    report.get_by_text("5 people").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    assert "5 people" in download.value.path().read_text(encoding="utf-8")
    # the report has an origin of its own: it can ask the server nothing
    assert report.evaluate("origin") == "null"
    report.close()


def test_two_tabs_do_not_disturb_each_other(page: Page, live: Asker) -> None:
    other = page.context.new_page()
    other.goto(f"{live.ready.address}#file=shop.yaml")
    done(other)
    step(page, 2)
    step(other, 1)
    done(page)
    done(other)
    assert (knob(page), knob(other)) == ("4", "3")
    assert figure(page) != figure(other)


def test_a_duplicated_tab_has_answers_of_its_own(page: Page) -> None:
    step(page, 2)
    done(page)
    with page.context.expect_page() as opening:
        page.evaluate("window.open(location.href)")  # with a copy of what this tab has stored
    other = opening.value
    done(other)
    assert knob(other) == "4"
    assert page.evaluate("sessionStorage.moves") == other.evaluate("sessionStorage.moves")
    step(other, 1)
    done(other)
    expect(other.locator("#measures tbody tr", has_text="Agent hours")).to_contain_text("225")
    step(page, -1)
    done(page)
    hours = page.locator("#measures tbody tr", has_text="Agent hours")
    expect(hours).to_contain_text("135")  # three people, 45 hours each


def test_a_tab_that_is_not_seen_lets_go_of_its_connection(page: Page) -> None:
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    step(page, 1)  # is taken, though nobody listens for the answer
    with page.expect_request("**/api/watch*"):
        page.evaluate(hide, False)
    hours = page.locator("#measures tbody tr", has_text="Agent hours")
    expect(hours).to_contain_text("135", timeout=LATER)


def test_files_are_opened_compared_and_deleted(page: Page, shop: Path) -> None:
    sim.run(sim.load(shop / "shop.yaml"), replications=2, jobs=1).save(shop / "results" / "two")
    (shop / "four.yaml").write_text(
        "extends: shop.yaml\npools: {team: {agents: {mon-fri 09:00-18:00: 4}}}\n"
    )
    page.get_by_role("button", name="Open …").click()
    page.get_by_role("button", name="results/two").click()
    page.get_by_role("link", name="Open the report").wait_for()
    page.get_by_label("Compare results/two").check()
    page.get_by_label("Compare four.yaml").check()
    page.get_by_role("button", name="Compare those ticked").click()
    link = page.locator("#report").get_by_role("link", name="Open the report")
    link.wait_for()
    with page.context.expect_page() as opening:
        link.click()
    opening.value.get_by_text("four.yaml").first.wait_for()
    opening.value.close()
    page.get_by_role("button", name="Delete").click()  # and says yes when asked
    page.get_by_text("none yet").wait_for()
    assert not (shop / "results" / "two").exists()
    page.get_by_role("button", name="study.yaml").click()  # what it varies comes first
    done(page)
    expect(page.locator("#list h2").first).to_have_text("From the study", timeout=LATER)
    page.locator("#option").select_option("three")
    done(page)
    assert knob(page) == "3"


def test_a_variant_is_copied_as_yaml(page: Page) -> None:
    step(page, 1)
    page.locator("#name").fill("Three")
    page.get_by_role("button", name="Copy as YAML").click()
    page.locator("#yaml").wait_for()
    text = page.locator("#yaml").input_value()
    assert "extends: shop.yaml\nname: Three\n" in text
    assert "mon-fri 09:00-18:00: 3" in text


def test_any_path_is_pinned_and_inputs_are_searched(page: Page) -> None:
    page.locator("#path").fill("pools.team.speed")
    page.get_by_role("button", name="Pin").click()
    speed = page.locator('input.value[data-path="pools.team.speed"]')
    speed.fill("150 %")
    speed.press("Enter")
    page.locator("#figures .difference.better").first.wait_for()
    page.locator("#search").fill("basket")
    visible = page.locator(".knob:visible")
    expect(visible).to_have_count(1)


def test_the_server_goes_and_comes_back(browser: Browser, shop: Path) -> None:
    port = free_port()
    page = browser.new_context().new_page()
    page.set_default_timeout(LATER)
    with served(shop / "shop.yaml", port) as first:
        page.goto(first.ready.address)
        done(page)
        step(page, 1)
        done(page)
    expect(page.locator("#alarm")).to_contain_text("The server is not there", timeout=LATER)
    step(page, 1)  # goes on working: nothing is lost
    with served(shop / "shop.yaml", port):
        expect(page.locator("#alarm")).to_be_hidden(timeout=LATER)
        done(page)
        assert knob(page) == "4"
        hours = page.locator("#measures tbody tr", has_text="Agent hours")
        expect(hours).to_contain_text("180")  # four people, 45 hours each
    page.context.close()


def test_hostile_names_are_shown_as_text(browser: Browser, shop: Path) -> None:
    name = "<img src=x onerror=document.title=1>"
    (shop / "hostile.yaml").write_text(
        SHOP.replace("A small shop", f'"{name}"').replace("  team:", "  __proto__:")
    )
    with served(shop / "hostile.yaml", free_port()) as asker:
        page = browser.new_context().new_page()
        page.set_default_timeout(LATER)
        page.goto(asker.ready.address)
        done(page)
        assert page.locator("#title").inner_text() == name
        page.locator("#name").fill(name)
        page.get_by_role("button", name="Keep this variant").click()
        assert page.locator("#kept bdi").inner_text() == name
        assert page.title().startswith("<img")
        assert page.locator("#kept img, #title img").count() == 0
        page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    step(page, 1)
    done(page)
    page.locator("#costs svg").wait_for()
    page.get_by_role("button", name="Open …").click()
    page.get_by_text("study.yaml").wait_for()
    assert page.locator("#measures").bounding_box()["height"] < 1600  # no letter to a line
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    serious = [
        f"{one['id']}: {one['nodes'][0]['target']}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious
