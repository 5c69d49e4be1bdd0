"""Contacts that are passed on, against the two networks of queues that have a formula.

40 runs of 28 days each, fixed seed. A finding is sought at 6 of its standard errors, which find a
difference of 12 % at most; by chance one in two million is as far off (Student, 39).
"""

from __future__ import annotations

import pytest
from scipy import stats

import sim

RUNS = 40


def agrees(row: sim.Row, wanted: float) -> None:
    error = (row.high - row.low) / 2 / float(stats.t.ppf(0.975, RUNS - 1))
    assert 6 * error < 0.12 * wanted
    assert abs(row.value - wanted) < 6 * error


def test_two_lines_one_behind_the_other() -> None:
    """M/M/1 and behind it another: each waits as if it were alone (Burke 1956).

    12 an hour, 3 min and then 2 min: loads .6 and .4. Waits .6 / (20 - 12) h = 270 s and
    .4 / (30 - 12) h = 80 s.
    """
    scenario = sim.loads(
        """
calendar: {days: 28, warmup: 1}
reasons: {calls: {volume: 12 per hour, handle: {exponential: 3 min}, patience: never}}
pools: {first: {agents: 1}, second: {agents: 1}}
routing: [{to: [first]}]
transfers: {on: {by: first, share: 100 %, to: second, handle: {exponential: 2 min}}}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=3)
    agrees(result.get("asa"), 270.0)
    agrees(result.get("transfer_asa"), 80.0)


@pytest.mark.parametrize("back", [0.25, 0.5])
def test_some_come_back_to_the_same_queue(back: float) -> None:
    """With exponential times one who is passed back at once is as another arrival (Jackson 1957).

    The load is rate x mean / (1 - back) = .6 for both, so .6^2 / .4 = 0.9 wait on average. That a
    contact comes back 20 times at most is no matter: 0.5^20 is one in a million.
    """
    rate = 12 * (1 - back)
    scenario = sim.loads(
        f"""
calendar: {{days: 28, warmup: 1}}
reasons: {{calls: {{volume: {rate} per hour, handle: {{exponential: 3 min}}, patience: never}}}}
pools: {{desk: {{agents: 1}}}}
routing: [{{to: [desk]}}]
transfers: {{back: {{by: desk, share: {back}, to: desk, at_most: 20}}}}
"""
    )
    agrees(sim.run(scenario, replications=RUNS, seed=4).get("queue_length"), 0.9)
