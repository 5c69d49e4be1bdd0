"""Warm transfers against a Markov chain: two lines of one agent each, all times exponential.

40 runs of 28 days each, fixed seed. A finding is sought at 6 of its standard errors, which find a
difference of 12 % at most; by chance one in two million is as far off (Student, 39).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oracles.chain import Move, stationary
from test_passed_on_queues import RUNS, agrees

import sim

MOST = 150  # customers at the first line; so many are there for less than 1e-40 of the time
RATE, TALK, HAND_OVER, SECOND, PATIENCE = 8 / 60, 2.0, 1.0, 2.5, 4.0  # calls a minute; minutes

State = tuple[int, str, bool]
"""Customers whom the first agent has or who wait for them; what this agent does; whether the second
one is with somebody alone."""


def moves(state: State) -> Iterator[Move[State]]:
    """Every talk of the first agent is passed on, and they stay however long it takes.

    Nobody else needs the second agent: a leg never waits without the first one.
    """
    n, first, second_busy = state
    if n < MOST:
        yield Move((n + 1, "talks" if n == 0 else first, second_busy), RATE, "call")
    following = "talks" if n > 1 else "idle"
    if first == "talks":
        yield Move((n, "holds" if second_busy else "hands over", second_busy), 1 / TALK, "leg")
    elif first == "holds":
        yield Move((n - 1, following, True), 1 / PATIENCE, "abandons")
    elif first == "hands over":
        yield Move((n - 1, following, True), 1 / HAND_OVER, "told")
    if second_busy:
        yield Move((n, "hands over" if first == "holds" else first, False), 1 / SECOND, "done")


def test_two_lines_with_a_warm_transfer_between_them() -> None:
    """By Little's law a mean time is a mean number / how many come to it."""
    chain = stationary((0, "idle", False), moves)
    assert chain.mean(lambda s: s[0] == MOST) < 1e-40
    waiting = chain.mean(lambda s: max(s[0] - 1, 0))
    hold = chain.mean(lambda s: s[1] == "holds")
    together = chain.mean(lambda s: s[1] == "hands over")
    scenario = sim.loads(
        """
calendar: {days: 28, warmup: 1}
reasons: {calls: {volume: 8 per hour, handle: {exponential: 2 min}, patience: never}}
pools: {first: {agents: 1}, second: {agents: 1}}
routing: [{to: [first]}]
transfers:
  on:
    share: 100 %
    to: second
    handle: {exponential: 2.5 min}
    patience: {exponential: 4 min}
    warm: {hand_over: {exponential: 1 min}, hold: 30 d}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=7)
    agrees(result.get("asa"), 60 * waiting / RATE)
    agrees(result.get("transfer_abandonment"), chain.flow("abandons") / RATE)
    agrees(result.get("transfer_hold"), 60 * (hold + together) / RATE)
    agrees(result.get("occupancy", "pool", "first"), chain.mean(lambda s: s[0] > 0))
    second_busy = chain.mean(lambda s: s[2] or s[1] == "hands over")
    agrees(result.get("occupancy", "pool", "second"), second_busy)
    # Were nobody on hold, each call would need 2 min and, told to the second one, 1 min more.
    assert hold > 0.1 * chain.mean(lambda s: s[0] > 0)
    assert all(check.passed for check in result.checks)


def test_where_nobody_waits_for_the_second_line_the_first_is_as_if_alone() -> None:
    """M/D/1: 2 min of talk and 1 min to hand over. Calls are passed on 3 min apart at least, and
    the second agent needs 1 min 45 s for each.

    12 an hour at 3 min: load .6, mean wait .6 / (2 x .4) x 3 min = 135 s (Pollaczek 1930).
    """
    scenario = sim.loads(
        """
calendar: {days: 28, warmup: 1}
reasons: {calls: {volume: 12 per hour, handle: 2 min, patience: never}}
pools: {first: {agents: 1}, second: {agents: 1}}
routing: [{to: [first]}]
transfers: {on: {share: 100 %, to: second, handle: 45 s, warm: {hand_over: 1 min}}}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=8)
    agrees(result.get("asa"), 135.0)
    assert result.get("transfer_hold").value == pytest.approx(60.0)
    assert result.get("aht", "pool", "first").value == pytest.approx(180.0)
    assert result.get("aht", "pool", "second").value == pytest.approx(105.0)
