"""Contacts that are passed on, and priorities that grow, against queues that have a formula.

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


def test_who_is_passed_on_and_goes_first_makes_one_long_service() -> None:
    """M/G/1: a head start of a day has the same agent go on with whom they passed on themselves.

    So a customer's service is N talks of 3 min (exponential), each with 1 min of wrap-up, where
    half of all talks are passed on, twice at most: N = 1, 2, 3 with .5, .25, .25, mean 1.75,
    variance .6875. Its mean is 1.75 x 4 = 7 min, its variance 1.75 x 9 + .6875 x 4^2 = 26.75, its
    second moment 75.75. At a load of .6 the mean wait is (.6 / 7) x 75.75 / (2 x .4) = 8.116 min
    (Pollaczek 1930). Each leg waits for the wrap-up alone, 60 s.
    """
    scenario = sim.loads(
        f"""
calendar: {{days: 28, warmup: 1}}
reasons:
  calls:
    volume: {60 * 0.6 / 7} per hour
    handle: {{exponential: 3 min}}
    wrap: 1 min
    head_start: {{transfer: 1 d}}
pools: {{desk: {{agents: 1}}}}
routing: [{{to: [desk]}}]
transfers: {{back: {{by: desk, share: 50 %, to: desk, at_most: 2}}}}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=5)
    agrees(result.get("asa"), 486.96)
    assert result.get("transfer_asa").value == pytest.approx(60.0, abs=1e-5)


def test_priorities_that_grow_with_the_wait() -> None:
    """M/M/1 with priorities that grow at 1 and at 3 a minute (Kleinrock 1964).

    Loads .3 and .3, service 3 min: first come first served all wait .6 / .4 x 3 min = 270 s. The
    slower grow so that others overtake them: 270 / (1 - .3 x (1 - 1/3)) = 337.5 s; the others wait
    270 - .3 x 337.5 x (1 - 1/3) = 202.5 s. The loads' mean is 270 s again.
    """
    scenario = sim.loads(
        """
calendar: {days: 28, warmup: 1}
reasons:
  slow: {volume: 6 per hour, handle: {exponential: 3 min}, priority: {start: 0, per_minute: 1}}
  quick: {volume: 6 per hour, handle: {exponential: 3 min}, priority: {start: 0, per_minute: 3}}
pools: {desk: {agents: 1}}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=6)
    agrees(result.get("asa", "reason", "slow"), 337.5)
    agrees(result.get("asa", "reason", "quick"), 202.5)
