"""The engine against what is known exactly: formulas, chains, printed tables.

Each test runs one scenario of `cases` and compares it with the oracles of `table.py`; `judge.py`
says how. Run with `-rA` or `-s` to see every comparison: estimate, oracle, deviation in standard
errors and the difference that would have been found.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from exact.judge import FOLDER, Case, adjusted, judge
from exact.table import CASES, LEVEL
from exact.test_printed_centres import PRINTED
from sim.theory import erlang_b

QUICK = {"erlang_b", "erlang_a", "md1", "cc_mmc_abandon"}
"""The others are marked slow."""

LONG = {"ssj_busy", "rising_day", "ssj_call_center"}
"""Of these a quarter is run, which finds differences twice as large; all of it is a proof."""


def _a_quarter(case: Case) -> Case:
    limits = {what: 2 * limit for what, limit in (case.limits or {}).items()}
    return replace(case, replications=case.replications // 4, limit=2 * case.limit, limits=limits)


def _marked() -> Iterator[object]:
    for case in CASES:
        usual = _a_quarter(case) if case.name in LONG else case
        marks = [] if case.name in QUICK else [pytest.mark.slow]
        yield pytest.param(usual, id=case.name, marks=marks)
        if usual is not case:
            yield pytest.param(case, id=f"all of {case.name}", marks=pytest.mark.proof)


@pytest.mark.parametrize("case", [*_marked()])
def test_agrees_with_what_is_known(case):
    findings = judge(case, LEVEL)
    table = "\n".join(map(str, findings))
    print(table)
    assert all(finding.agrees for finding in findings), f"disagrees\n{table}"
    assert all(finding.has_power for finding in findings), f"no power\n{table}"


def test_every_scenario_is_compared():
    files = [file.stem for file in FOLDER.glob("*.yaml")]
    assert sorted(files) == sorted(case.name for case in (*CASES, *PRINTED))


def test_a_wrong_oracle_is_found():
    # twice the detectable difference off on either side; and the loss system of eleven agents
    right = next(case for case in CASES if case.name == "erlang_b")
    wrong = replace(right, oracle=lambda: erlang_b(24 / 3600, 1200, 11))
    *controls, blocking, occupancy = judge(wrong, LEVEL)
    assert all(finding.agrees for finding in controls)
    assert not blocking.agrees
    assert not occupancy.agrees
    for finding in controls:
        for off in (-2, 2):
            moved = finding.oracle + off * finding.detectable * finding.size
            assert not replace(finding, oracle=moved).agrees


@pytest.mark.parametrize(
    ("experiments", "least", "most"),
    [(4_000, 10, 80), pytest.param(20_000, 140, 280, marks=pytest.mark.proof)],
)
def test_adjusted_estimates_keep_their_level(experiments, least, most):
    # At 1 % there are 200 false alarms in 20,000 with a standard deviation of 14, and 40 in 4,000
    # with 6.3, were the errors normal; these are skewed as totals of a run may be, and the
    # controls explain half
    generator = np.random.default_rng(1)
    alarms = 0
    for _ in range(experiments):
        controls = generator.standard_normal((60, 2))
        values = controls @ [3.0, -1.0] + generator.standard_gamma(9, 60) - 9.0
        value, error, free = adjusted(values, controls)
        alarms += abs(value) > stats.t.isf(0.005, free) * error
    assert least < alarms < most
