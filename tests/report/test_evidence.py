"""Whether a formula can stand beside a run, and if not, what keeps it away."""

import pytest

import sim
from sim.report.evidence import why_not_simple

SIMPLE = {
    "reasons": {"calls": {"volume": "900 per week", "handle": "3 min", "patience": "2 min"}},
    "channels": {"phone": {"hours": "daily 08:00-20:00"}},
    "pools": {"team": {"agents": {"daily 08:00-20:00": 3}}},
    "run": {"replications": 2},
}


def changed(**changes: object) -> sim.Scenario:
    return sim.Scenario.of({**SIMPLE, **changes})


def test_of_a_simple_centre_every_hour_is_set_beside_the_formula() -> None:
    scenario = changed()
    assert why_not_simple(scenario) == ""
    assert "table-erlang" in {one.name for one in tables(scenario)}


def tables(scenario: sim.Scenario) -> list:
    result = sim.run(scenario, jobs=1)
    return [*result.report().tables()]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"pools": {"team": {"agents": {"daily": 3}}, "other": {"agents": {"daily": 1}}}},
            "2 pools answer",
        ),
        (
            {
                "channels": {"chat": {"hours": "daily"}},
                "pools": {"team": {"agents": {"daily": 3}, "answers": {"chat": 2}}},
            },
            "an agent holds several contacts at once",
        ),
        ({"channels": {"email": {"due": "24 h"}}}, "contacts are answered out of a backlog"),
        (
            {"channels": {"phone": {"hours": "daily", "queue_limit": 5}}},
            "not everybody may wait in the queue",
        ),
    ],
)
def test_what_keeps_a_formula_away_is_said(changes: dict, reason: str) -> None:
    assert why_not_simple(changed(**changes)) == reason
