"""Reports in headless Chromium; without a browser the tests are skipped, and say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from compared import COMPARED, comparison
from opened import Opened, opened
from playwright.sync_api import Browser
from studied import STUDIED
from studied import report as studied

import sim
from sim.report import report as report_of
from sim.report.html import to_html

SHOP = """
name: A shop that closes at six
calendar: {windows: {office: mon-fri 09:00-18:00, evening: mon-fri 18:00-22:00}}
reasons:
  purchase:
    volume: 900 per week
    profile: day
    channels: {phone: 60 %, chat: 40 %}
    patience: {exponential: 76 s}
    handle: {exponential: 5 min}
    buying: {unaided: 2 %, basket: 200}
  tracking:
    volume: 400 per week
    profile: day
    channels: {phone: 50 %, email: 50 %}
    handle: 3 min
profiles: {day: {mon-fri 08:00-22:00: 1}}
channels: {phone: {}, chat: {}, email: {due: 24 h}}
pools:
  team:
    agents: {mon-fri 09:00-18:00: 3}
    answers: {phone: 1, email: 1}
    contract: {per_hour: 20}
    sells: {conversion: 12 %}
  writers:
    agents: {mon-fri 09:00-20:00: 1}
    answers: {chat: 2}
    contract: {per_contact: 2}
    sells: {conversion: 15 %}
run: {replications: 5, service_level: {phone: 20 s, chat: 40 s}}
"""

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


@pytest.fixture(scope="session")
def results() -> dict[str, sim.Result]:
    return {name: sim.run(sim.loads(text), jobs=1) for name, text in SCENARIOS.items()}


@pytest.fixture(scope="session")
def comparisons() -> dict[str, sim.Comparison]:
    return {name: comparison(name, SHOP, HOSTILE) for name in COMPARED}


@pytest.fixture(scope="session")
def pages(
    results: dict[str, sim.Result],
    comparisons: dict[str, sim.Comparison],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    reports = {name: report_of(result) for name, result in results.items()}
    reports |= {name: report_of(result) for name, result in comparisons.items()}
    reports |= {name: studied(name, SHOP) for name in STUDIED}
    found = {}
    for name, report in reports.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(to_html(report), encoding="utf-8")
    return found


@pytest.fixture
def shop(browser: Browser, pages: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, pages["shop"]) as page:
        yield page


@pytest.fixture
def options(browser: Browser, pages: dict[str, Path]) -> Iterator[Opened]:
    with opened(browser, pages["options"]) as page:
        yield page


@pytest.fixture(params=[*SCENARIOS, *COMPARED, *STUDIED])
def every(
    browser: Browser, pages: dict[str, Path], request: pytest.FixtureRequest
) -> Iterator[Opened]:
    with opened(browser, pages[request.param]) as page:
        yield page
