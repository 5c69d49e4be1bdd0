"""The page itself: offline, safe with any text, for everybody, on any screen and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from compared import COMPARED
from opened import PHONE, Opened, opened
from playwright.sync_api import Browser
from studied import STUDIED


def test_nothing_is_asked_for_and_nothing_goes_wrong(every: Opened) -> None:
    every.see_all()
    for label in every.page.locator(".tabs label").all():
        every.tab(label)
    every.see_all()
    assert [url for url in every.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in every.requests if url.startswith("file:")]) == 1
    assert every.complaints == []


def test_the_page_may_not_even_ask(shop: Opened) -> None:
    failed = shop.page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert failed == "refused"
    assert any("Content Security Policy" in text for text in shop.complaints)


@pytest.mark.parametrize("name", ["shop", "hostile", "line", *COMPARED, *STUDIED])
def test_reports_stay_small(pages: dict[str, Path], name: str) -> None:
    assert pages[name].stat().st_size < 2_000_000


def test_texts_of_the_scenario_are_shown_as_text(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["hostile"]) as it:
        it.see_all()
        shown = it.page.locator("h1").inner_text()
        assert shown.startswith("</script><script>document.title=1</script> 'quoted' & <b>")
        assert "مرحبا بالعالم" in shown
        assert it.page.title().startswith("</script>")  # the name, not what it wanted to do
        assert it.page.locator("h1 b, h1 script, td i, strong i, svg script").count() == 0
        assert "<i>euro</i>" in it.page.locator(".figures").inner_text()
        # names that every object of JavaScript has are names like any other
        names = {line[1].rstrip("\u200b") for line in it.numbers("ends")}
        assert "constructor" in names
        it.pick("channel", "toString")
        assert {line[0].rstrip("\u200b") for line in it.numbers("ends")} == {"toString"}
        assert it.complaints == []


PICTURES = """() => [...document.querySelectorAll(".view svg")]
    .filter(svg => svg.checkVisibility())
    .map(svg => [
        svg.getBoundingClientRect().width,
        svg.parentElement.getBoundingClientRect().width,
        Number(svg.getAttribute("width")),
    ])"""
"""Of each picture in sight: how wide it is, its place, and as how wide it was drawn."""


@pytest.mark.parametrize("width", [390, 768, 1366])
def test_nothing_is_wider_than_the_screen(every: Opened, width: int) -> None:
    every.page.set_viewport_size({"width": width, "height": 844})
    every.see_all()
    # drawn anew, not squeezed: letters keep their size
    every.page.wait_for_function(
        f"() => ({PICTURES})().every(([wide, room, own]) =>"
        " wide <= room + 1 && Math.abs(wide - own) <= 1)"
    )
    assert every.page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious(every: Opened) -> None:
    every.see_all()
    found = Axe().run(every.page).response["violations"]
    serious = {
        one["id"]: [node["html"][:120] for node in one["nodes"][:3]]
        for one in found
        if one["impact"] in ("serious", "critical")
    }
    assert serious == {}


def test_a_change_of_the_window_draws_pictures_anew(shop: Opened) -> None:
    figure = shop.figure("ends")
    wide = float(figure.locator("svg").get_attribute("width") or 0)
    shop.page.set_viewport_size(PHONE)
    shop.page.wait_for_function(
        "() => document.querySelector('#ends svg').getAttribute('width') < 400"
    )
    assert wide > 800


def test_on_paper_every_picture_is_there_and_no_button(shop: Opened) -> None:
    shop.page.emulate_media(media="print")
    shop.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shop.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-view]')]"
        ".every(one => one.closest('[hidden]') || one.querySelector('svg'))"
    )
    # of several in one place the chosen one
    shown = shop.page.locator("figure:not([hidden] figure)")
    assert shop.page.locator("figure:visible").count() == shown.count() >= 5
    for hidden in ("nav", ".filters", ".tabs", "details.numbers summary"):
        assert not shop.page.locator(hidden).first.is_visible()
    assert not shop.page.locator("details.source pre").is_visible()  # nobody has opened it
    assert shop.page.pdf().startswith(b"%PDF")


def test_who_wants_no_motion_gets_none(shop: Opened) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert shop.page.evaluate(behaviour) == "smooth"
    shop.page.emulate_media(reduced_motion="reduce")
    assert shop.page.evaluate(behaviour) == "auto"


@pytest.mark.parametrize("name", ["shop", "options", "curve", "plan"])
def test_the_first_page_stands_alone_and_the_rest_is_folded(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(browser, pages[name], folded=True) as it:
        page = it.page
        # one picture, drawn, of what the page has further down
        glance = page.locator(".glance img")
        assert glance.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300
        assert page.locator(str(page.locator(".glance a").get_attribute("href"))).count() == 1
        for part in ("#why", "#risks", "#assumed"):
            assert 1 <= page.locator(f"{part} li:visible").count() <= 3
        assert page.evaluate("document.documentElement.scrollHeight") < 7000
        # on paper the first sheet is filled by the answer alone
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1017})  # A4 between margins, at 96 dots
        header = page.locator("header").bounding_box()
        assert header is not None
        assert header["height"] < 1017


def test_on_paper_what_is_folded_stays_so_but_for_its_main_tables(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["shop"], folded=True) as it:
        page = it.page
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#when figure:visible").count() == 2  # the part that is open
        assert page.locator("details.part:not(#when) figure:visible").count() == 0
        assert page.locator("#table-totals").is_visible()
        assert not page.locator("#numbers .lead").is_visible()
        assert page.locator("details.part > summary:visible").count() == 10  # headlines
        assert not page.locator("#definitions dl").is_visible()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.part[open]").count() == 1


def test_a_link_opens_the_part_that_it_leads_to(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["shop"], folded=True) as it:
        part = it.page.locator("details.part#numbers")
        assert part.get_attribute("open") is None
        it.page.locator('nav a[href="#numbers"]').click()
        it.page.locator("#table-totals").wait_for(state="visible")
        assert part.get_attribute("open") is not None
