"""Reports in headless Chromium; without a browser the tests are skipped, and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from compared import COMPARED, comparison
from opened import Opened, opened
from playwright.sync_api import Browser
from shown_shop import SHOP
from studied import STUDIED
from studied import report as studied

import sim
from sim.report import report as report_of
from sim.report.html import to_html

HOSTILE_NAME = (
    "</script><script>document.title=1</script> 'quoted' & <b>bold</b> ${1} {{7*7}} "
    "مرحبا بالعالم and a name that goes on and on, because somebody pasted a whole paragraph here, "
    "and did not look at what came of it, so that it takes several lines on any screen there is"
)
LONG = "averyveryverylongnamewithoutanyspaceinitthatneverstopsanywhereatall"

HOSTILE = f"""
name: "{HOSTILE_NAME}"
currency: <i>euro</i>
calendar: {{windows: {{{LONG}: mon-fri 08:00-12:00, نافذة المساء: mon-fri 12:00-20:00}}}}
reasons:
  __proto__:
    volume: 600 per week
    profile: day
    channels: {{toString: 50 %, قناة: 30 %, {LONG}: 20 %}}
    patience: {{exponential: 2 min}}
    handle: 5 min
    buying: {{unaided: 1 %, basket: 100}}
profiles: {{day: {{mon-fri 08:00-22:00: 1}}}}
channels: {{toString: {{}}, قناة: {{}}, {LONG}: {{}}}}
pools:
  constructor:
    agents: {{mon-fri 09:00-18:00: 2}}
    contract: {{per_hour: 20}}
    sells: {{conversion: 10 %}}
  {LONG}: {{agents: {{mon-fri 12:00-20:00: 1}}, contract: {{per_hour: 20, per_contact: 1}}}}
run: {{replications: 3}}
"""

LINE = """
name: One line
reasons:
  calls:
    volume: 600 per day
    profile: office
    handle: {exponential: 4 min}
    patience: {exponential: 2 min}
profiles: {office: {mon-fri 09:00-18:00: 1}}
pools: {team: {agents: {mon-fri 09:00-18:00: 5}}}
run: {replications: 4}
"""

SCENARIOS = {"shop": SHOP, "hostile": HOSTILE, "line": LINE}


T = TypeVar("T")


class Made(dict[str, T]):
    """What is made when it is first asked for."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> T:
        self[name] = made = self.make(name)
        return made


@pytest.fixture(scope="session")
def results() -> Made[sim.Result]:
    return Made(lambda name: sim.run(sim.loads(SCENARIOS[name]), jobs=1))


@pytest.fixture(scope="session")
def comparisons() -> Made[sim.Comparison]:
    return Made(lambda name: comparison(name, SHOP, HOSTILE))


@pytest.fixture(scope="session")
def pages(
    results: Made[sim.Result],
    comparisons: Made[sim.Comparison],
    tmp_path_factory: pytest.TempPathFactory,
) -> Made[Path]:
    folder = tmp_path_factory.mktemp("reports")

    def make(name: str) -> Path:
        if name in STUDIED:
            report = studied(name, SHOP)
        else:
            report = report_of(results[name] if name in SCENARIOS else comparisons[name])
        page = folder / f"{name}.html"
        page.write_text(to_html(report), encoding="utf-8")
        return page

    return Made(make)


@pytest.fixture
def shop(browser: Browser, pages: Made[Path]) -> Iterator[Opened]:
    with opened(browser, pages["shop"]) as page:
        yield page


@pytest.fixture
def options(browser: Browser, pages: Made[Path]) -> Iterator[Opened]:
    with opened(browser, pages["options"]) as page:
        yield page


@pytest.fixture(scope="module", params=[*SCENARIOS, *COMPARED, *STUDIED])
def every(browser: Browser, pages: Made[Path], request: pytest.FixtureRequest) -> Iterator[Opened]:
    """One page for all tests that look at every report."""
    with opened(browser, pages[request.param]) as page:
        yield page
