"""The bank scenario against its log, which lies beside the checkout or not at all."""

from __future__ import annotations

import bank_compare
import bank_log as bank
import numpy as np
import pandas as pd
import pytest

from sim.draws.sample import sample
from sim.scenario import Scenario, load
from sim.scenario.distributions import Distribution, Lognormal, Mixture

pytestmark = pytest.mark.skipif(
    not bank.LOG.exists(), reason="the call log is not beside the checkout (../shared/data)"
)

close = pytest.approx


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return bank.read()


@pytest.fixture(scope="module")
def calls(log: pd.DataFrame) -> pd.DataFrame:
    return bank.in_hours(bank.clean(log))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(bank.SCENARIO)


# --- the log is read as its documentation says ------------------------------------------------


def test_every_row_is_read(log: pd.DataFrame) -> None:
    assert len(log) == 31_599
    assert log["date"].nunique() == 29


def test_durations_of_services(log: pd.DataFrame) -> None:
    durations = bank.services(log)
    assert len(durations) == 26_328
    assert durations.mean() == close(187.3, abs=0.05)
    assert durations.std() == close(224.7, abs=0.05)
    assert durations.median() == 116


def test_lognormal_fit_of_services_of_ten_seconds_and_more(log: pd.DataFrame) -> None:
    durations = bank.services(log)
    logarithms = np.log(durations[durations >= 10])
    assert logarithms.mean() == close(4.833, abs=5e-4)
    assert logarithms.std() == close(0.921, abs=5e-4)


def test_volume_of_working_days(log: pd.DataFrame) -> None:
    queued = bank.that_reached_the_queue(log)
    work = queued[~queued["day"].isin(bank.OPEN)]
    day = work[work["entry"] >= 7 * bank.HOUR].groupby("date").size()
    assert day.mean() == close(1424, abs=1)
    assert day.var() == close(83_500, rel=1e-3)
    hour = work.groupby(work["arrived"] // bank.HOUR).size() / len(day)
    daytime = hour.loc[8:16]
    assert [daytime.min(), daytime.max()] == [close(93, abs=1), close(138, abs=1)]


# --- the scenario says what the log says ------------------------------------------------------


@pytest.mark.parametrize(("code", "reason"), bank.CODES.items())
def test_volume(calls: pd.DataFrame, scenario: Scenario, code: str, reason: str) -> None:
    volume = scenario.reasons[reason].volume
    assert volume is not None
    assert volume.per == "week"
    assert volume.amount == close(bank.per_week(calls[calls["type"] == code], calls), abs=0.5)


@pytest.mark.parametrize(("code", "reason"), bank.CODES.items())
def test_busyness(calls: pd.DataFrame, scenario: Scenario, code: str, reason: str) -> None:
    log = bank.variation_of_days(calls[calls["type"] == code], calls)
    if reason == "banking":  # raised, for the sum of all reasons to vary as it does
        assert log == close(0.19, abs=0.005)
    else:
        assert scenario.reasons[reason].busyness == close(log, abs=0.035)


@pytest.mark.parametrize(
    ("code", "reason"), [(code, name) for code, name in bank.CODES.items() if name in bank.PROFILES]
)
def test_profile(calls: pd.DataFrame, code: str, reason: str) -> None:
    table = bank.profile(calls[calls["type"] == code], calls, bank.PROFILES[reason])
    kept = pd.read_csv(bank.SCENARIO.with_name(f"{reason}.csv"))
    pd.testing.assert_frame_equal(table, kept, check_dtype=False)


@pytest.mark.parametrize(("code", "reason"), bank.CODES.items())
def test_handle_times(log: pd.DataFrame, scenario: Scenario, code: str, reason: str) -> None:
    durations = bank.services(log[log["type"] == code])
    handle = scenario.reasons[reason].handle.at("phone")
    assert handle.expectation() == close(durations.mean(), rel=0.015)
    short, long = _short_and_long(handle)
    assert short == close((durations < 10).mean(), abs=0.006)
    spread = np.log(durations[durations >= 10]).std()
    assert np.sqrt(np.log1p(long.cv**2)) == close(spread, abs=0.1)


def _short_and_long(handle: Distribution) -> tuple[float, Lognormal]:
    """The share of short services, and the distribution of the others."""
    if isinstance(handle, Mixture):
        (short, _), (_, handle) = handle.parts
    else:
        short = 0.0
    assert isinstance(handle, Lognormal)
    return short, handle


TIMES = [10, 20, 30, 60, 90, 120, 180, 300]


@pytest.mark.parametrize(
    ("code", "reason", "within"),
    [
        ("PS", "banking", 0.03),
        ("NW", "prospects", 0.03),
        ("NE", "securities", 0.05),
        ("TT", "callbacks", 0.10),  # 62 events; the others 58 and 22
        ("IN", "internet", 0.10),
        ("PE", "english", 0.17),
    ],
)
def test_patience(
    calls: pd.DataFrame, scenario: Scenario, code: str, reason: str, within: float
) -> None:
    curve = bank.survival(calls[calls["type"] == code], TIMES)
    model = _survival(scenario.reasons[reason].patience.at("phone"))
    assert model == close(curve, abs=within)


def _survival(patience: Distribution) -> list[float]:
    """The share of 50,000 customers who would still wait at each of TIMES."""

    def stream(*name: str | int) -> np.random.Generator:
        return np.random.default_rng(list("/".join(map(str, name)).encode()) or 0)

    times = sample(patience, stream, 50_000)
    return [float((times > t).mean()) for t in TIMES]


def test_head_counts(log: pd.DataFrame, scenario: Scenario) -> None:
    heads = bank.heads_of_week(bank.clean(log))
    lines = [f"{times}: {count}" for times, count in scenario.pools["team"].agents.items()]
    assert sorted(lines) == sorted(bank.blocks(heads))


def test_hours_of_agents(log: pd.DataFrame) -> None:
    available = bank.available(bank.clean(log))
    assert available.to_numpy().sum() / 2 == close(1826, abs=1)


# --- the simulated January is like the real one -----------------------------------------------


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    return bank_compare.of_log()


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    return bank_compare.of_model(20)[0]


RELATIVE = {
    "calls": 0.02,  # the busyness of 29 days, 20 times over: standard error 0.8 %
    "working_day": 0.02,
    "working_day_variance": 0.20,
    "talk_mean": 0.02,
    "talk_sd": 0.05,
    "talk_median": 0.07,
    "talk_hours": 0.03,
    "asa": 0.15,
    "time_to_abandon": 0.20,
    "wait_p75": 0.15,
    "wait_p90": 0.18,
    "wait_p95": 0.12,
    "wait_p99": 0.15,
}
ABSOLUTE = {"abandonment": 0.015, "no_wait": 0.025, "within_20_s": 0.025, "within_60_s": 0.025}


@pytest.mark.parametrize(("figure", "within"), RELATIVE.items())
def test_figures(real: pd.DataFrame, simulated: pd.DataFrame, figure: str, within: float) -> None:
    log, model = bank_compare.figures(real), bank_compare.figures(simulated)
    assert model[figure] == close(log[figure], rel=within)


@pytest.mark.parametrize(("share", "within"), ABSOLUTE.items())
def test_shares(real: pd.DataFrame, simulated: pd.DataFrame, share: str, within: float) -> None:
    log, model = bank_compare.figures(real), bank_compare.figures(simulated)
    assert model[share] == close(log[share], abs=within)


def test_a_poisson_day_would_be_wrong(simulated: pd.DataFrame) -> None:
    found = bank_compare.figures(simulated)
    assert found["working_day_variance"] > 20 * found["working_day"]


def test_volume_by_day_and_hour(real: pd.DataFrame, simulated: pd.DataFrame) -> None:
    for column in ("day", "hour"):
        log, model = bank_compare.by(real, column), bank_compare.by(simulated, column)
        assert model["calls"].to_numpy() == close(log["calls"].to_numpy(), rel=0.07)


def test_abandonment_and_wait_by_day(real: pd.DataFrame, simulated: pd.DataFrame) -> None:
    log, model = bank_compare.by(real, "day"), bank_compare.by(simulated, "day")
    assert model["abandonment"].to_numpy() == close(log["abandonment"].to_numpy(), abs=0.04)
    assert model["wait"].to_numpy() == close(log["wait"].to_numpy(), abs=16)


def test_abandonment_and_wait_by_hour(real: pd.DataFrame, simulated: pd.DataFrame) -> None:
    log, model = bank_compare.by(real, "hour"), bank_compare.by(simulated, "hour")
    assert model["abandonment"].to_numpy() == close(log["abandonment"].to_numpy(), abs=0.06)
    assert model["wait"].to_numpy() == close(log["wait"].to_numpy(), abs=15)
    together = np.corrcoef(log["abandonment"], model["abandonment"])[0, 1]
    assert together > 0.9
