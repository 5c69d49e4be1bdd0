"""Pages about own data in a browser: every picture is drawn, nothing is asked for elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from opened import PHONE, opened
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parents[1] / "own_data"))
from known_centre import centre, log_of

from sim.data import Data, Map, backtest, fit, look

MAP = Map.read({"map": "x", "rows": "contacts", "columns": {"arrived": "Arrived"}})


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    data = Data(log_of(centre()), None, MAP, {}, (), {}, 1, ("calls.csv",))
    found = {
        "data": look(data),
        "fit": fit(data),
        "backtest": backtest(data, weeks=1, replications=20),
    }
    folder = tmp_path_factory.mktemp("own")
    return {name: one.to_html(folder / f"{name}.html") for name, one in found.items()}


@pytest.mark.parametrize("name", ["data", "fit", "backtest"])
def test_pages_are_drawn_and_ask_for_nothing(
    browser: Browser, drawn: dict[str, Path], name: str
) -> None:
    with opened(browser, drawn[name]) as it:
        it.see_all()
        assert it.complaints == []
        assert [one for one in it.requests if not one.startswith(("file:", "data:"))] == []
        # marks are drawn: bars, points or lines within every picture in sight
        empty = it.page.evaluate(
            """() => [...document.querySelectorAll("[data-view]")]
                .filter(one => !one.closest("[hidden]"))
                .filter(one => one.querySelectorAll(
                    "svg .mark-rect path, svg .mark-symbol path, svg .mark-line path").length < 1)
                .map(one => one.dataset.view)"""
        )
        assert empty == []


def test_days_are_told_by_their_dates(browser: Browser, drawn: dict[str, Path]) -> None:
    with opened(browser, drawn["data"]) as it:
        days = [line[:2] for line in it.numbers("by-day")]
        assert days[0] == ["2026-01-05", "Monday"]  # when the export begins


def test_a_choice_of_measure_shows_its_picture(browser: Browser, drawn: dict[str, Path]) -> None:
    with opened(browser, drawn["backtest"]) as it:
        it.page.locator("#places label", has_text="Service level").click()
        assert it.figure("places-service-level").is_visible()


def test_a_telephone_has_no_sideways_scrolling(browser: Browser, drawn: dict[str, Path]) -> None:
    with opened(browser, drawn["fit"], PHONE) as it:
        it.see_all()
        wide = it.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
