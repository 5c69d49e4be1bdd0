"""Both engines give the same logs, bit for bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from both import Known
from centre import scenario_of
from hypothesis import HealthCheck, given, settings
from named import telling
from strategies import scenarios, some_scenario

from sim.draws import prepare
from sim.engine import Plan, make_plan
from sim.engine.compiled import engine, filling
from sim.engine.plan import is_rare
from sim.scenario import Scenario, load
from sim.scenario.reading import is_study
from sim.tables import Cause, Outcome

ROOT = Path(__file__).parents[2]
SHIPPED = [file for file in sorted((ROOT / "scenarios").glob("*/*.yaml")) if not is_study(file)]
EXACT = sorted((ROOT / "tests/exact/cases").glob("*.yaml"))
MOST_CONTACTS = 20_000  # what the reference engine does in a fifth of a second


STEADY = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

FIRST = 40
"""Of each series, with those in which planted faults were found; thousands are a proof."""

WITHDRAWN = 63
"""Where somebody who is passed on has been answered elsewhere meanwhile."""

MANY = [pytest.param(range(k, k + 100), marks=pytest.mark.proof) for k in range(0, 2000, 100)]


def first_of(numbers: Iterable[int]) -> str:
    """How a part of a series is called: by its first number."""
    return str(next(iter(numbers)))


@STEADY
@given(scenarios())
def test_any_scenario(data: dict[str, Any]) -> None:
    assert Known.of_data(data).differences() == []


@pytest.mark.proof
@settings(STEADY, max_examples=500)
@given(scenarios())
def test_any_of_many_scenarios(data: dict[str, Any]) -> None:
    assert Known.of_data(data).differences() == []


WITHDRAWN_CALL = 767
"""In this scenario a further call back is withdrawn before it is made."""


@pytest.mark.parametrize(
    "numbers", [[*telling("series", FIRST), WITHDRAWN_CALL], *MANY], ids=first_of
)
def test_the_series(numbers: Iterable[int]) -> None:
    for k in numbers:
        assert Known.of_series(k).differences() == [], f"scenario {k}"


@pytest.mark.parametrize("numbers", [range(60), *MANY], ids=first_of)
def test_without_rare_rules(numbers: Iterable[int]) -> None:
    """The machine code that leaves them out; they come up in four of five of the series."""
    usual = [data for data in map(some_scenario, numbers) if not prepared(data).rare]
    assert len(usual) > 5
    for data in usual:
        known = Known.of_data(data)
        if not is_rare(known.plan, known.draws):
            assert known.differences() == [], data


def prepared(data: dict[str, Any]) -> Plan:
    """The plan of a scenario."""
    return make_plan(prepare(scenario_of(data)))


@pytest.mark.parametrize("numbers", [telling("series, days", FIRST), *MANY], ids=first_of)
def test_days_that_are_unlike(numbers: Iterable[int]) -> None:
    for k in numbers:
        assert Known.of_days(k).differences() == [], f"scenario {k}"


@pytest.mark.parametrize(
    "numbers", [[*telling("series, passed on", FIRST), WITHDRAWN], *MANY], ids=first_of
)
def test_contacts_that_are_passed_on(numbers: Iterable[int]) -> None:
    legs = Counter[str]()
    for k in numbers:
        known = Known.with_transfers(k)
        assert known.differences() == [], f"scenario {k}"
        log = known.logs[0]
        passed_on = log.cause == Cause.TRANSFER
        legs.update(Outcome(one).name for one in log.outcome[passed_on].tolist())
        legs["much later"] += int((log.attempt > 3).sum())
        legs["another reason"] += int((log.reason != log.reason[log.parent])[passed_on].sum())
        legs["another channel"] += int((log.channel != log.channel[log.parent])[passed_on].sum())
    # The first two never, the others not in every hundred.
    rare = {"BALKED", "SELF_SERVED", "UNFINISHED", "UNREACHED", "NO_LINE"}
    if WITHDRAWN not in numbers:
        rare |= {"EXPIRED", "WITHDRAWN"}
    seen = {"much later", "another reason", "another channel", *(one.name for one in Outcome)}
    assert {one for one in seen - rare if not legs[one]} == set()


@pytest.mark.parametrize("numbers", [telling("series, conferences", FIRST), *MANY], ids=first_of)
def test_conferences(numbers: Iterable[int]) -> None:
    seen = Counter[str]()
    for k in numbers:
        known = Known.with_conferences(k)
        assert known.differences() == [], f"scenario {k}"
        log = known.logs[0]
        outcomes = log.outcome[log.is_conference]
        seen.update(Outcome(one).name for one in outcomes.tolist())
        legs = log.parent[log.cause == Cause.TRANSFER]
        seen["and passed on"] += int(np.isin(legs, log.parent[log.is_conference]).sum())
    assert {one for one in ("ANSWERED", "BLOCKED", "and passed on") if not seen[one]} == set()


@pytest.mark.parametrize("k", range(12))
def test_people_with_answers_of_their_own(k: int) -> None:
    """Where somebody of each pool answers less, or holds more, than the others."""
    data = some_scenario(k)
    for place, pool in enumerate(data["pools"].values()):
        names = [f"person {number}" for number in range(3)]
        pool.pop("agents", None)
        if "members" in pool:
            continue
        pool["roster"] = {name: {"daily 00:00-02:00": "work"} for name in names}
        channels = list(pool["answers"])
        pool["people"] = {
            names[0]: {"answers": {channels[(k + place) % len(channels)]: 1}},
            names[1]: {"answers": {channels[k % len(channels)]: 3}},
        }
    for transfer in data.get("transfers", {}).values():
        transfer["to"] = {"channel": next(iter(data["channels"]))}
    assert Known.of_data(data).differences() == []


def shortened(scenario: Scenario) -> Scenario:
    """The same with fewer days, if there are too many contacts for a test."""
    known = scenario.calendar
    while scenario.calendar.days > 1 and contacts(scenario) > MOST_CONTACTS:
        fewer = known.model_copy(update={"days": scenario.calendar.days // 2, "warmup": 0})
        scenario = scenario.model_copy(update={"calendar": fewer})
    return scenario


def contacts(scenario: Scenario) -> float:
    """Expected contacts in a replication."""
    from sim.draws import prepare

    return sum(rate.total for rate in prepare(scenario).rates)


@pytest.mark.parametrize(
    "file", [*SHIPPED, *EXACT], ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_shipped_scenarios_and_exact_cases(file: Path) -> None:
    scenario = shortened(load(file))
    if contacts(scenario) > 2 * MOST_CONTACTS:
        pytest.skip("too long for a test")
    known = Known.of(scenario)
    assert len(known.draws.arrival) > 0
    assert known.differences() == []


def test_threads_do_not_disturb_each_other() -> None:
    runs = [Known.of_series(k) for k in range(24)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda known: known.differences(), runs * 3)) == [[]] * len(runs) * 3


def test_the_tables_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made as small as can be, they are made longer again and again: nothing is lost."""
    rooms = []

    def hardly(tables: np.ndarray, rows: int, fill: float | None) -> np.ndarray:
        rooms.append(rows)
        return grown(tables, rows, fill)

    grown = engine._grown
    monkeypatch.setattr(engine, "_SPARE", 0)
    monkeypatch.setattr(engine, "_grown", hardly)
    for k in range(24):
        assert Known.of_series(k).differences() == [], f"scenario {k}"
    assert len(rooms) > 24 * len(filling.BY_CONTACT)
