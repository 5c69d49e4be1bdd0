"""Contacts that are passed on, and priorities that grow, against queues that have a formula.

40 runs of 28 days each, fixed seed. A finding is sought at 6 of its standard errors, which find a
difference of 12 % at most; by chance one in two million is as far off (Student, 39).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oracles.chain import Move, stationary
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


# --- warm transfers ---------------------------------------------------------------------------

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


# --- conferences ------------------------------------------------------------------------------

ALONE, SHARE, JOINT, WRAP = 0.8, 0.4, 1.5, 1 / 1.2  # mean minutes, and the share of talks joined
CALLS, OTHERS, OTHER_TALK = 18 / 60, 6 / 60, 4.0  # calls a minute, of both kinds; minutes

Joined = tuple[int, str, int]
"""Customers at the desk; what its agent does; how many the expert has or has waiting, where they
are not in a conference."""


def conference_moves(state: Joined) -> Iterator[Move[Joined]]:
    """A desk whose talks an expert joins who is free, and the expert's own calls, which wait."""
    n, desk, own = state
    begins = "talks" if n > 1 else "idle"
    if n < MOST:
        yield Move((n + 1, "talks" if n == 0 else desk, own), CALLS, "call")
    if own < MOST_OWN:
        yield Move((n, desk, own + 1), OTHERS, "own")
    if desk == "talks":
        joins = SHARE if own == 0 else 0.0
        yield Move((n, "joined", own), joins / ALONE, "joined")
        yield Move((n, "wraps up", own), (SHARE - joins) / ALONE, "missed")
        yield Move((n, "wraps up", own), (1 - SHARE) / ALONE, "done")
    elif desk == "joined":
        yield Move((n, "wraps up", own), 1 / JOINT, "left")
    elif desk == "wraps up":
        yield Move((n - 1, begins, own), 1 / WRAP, "wrapped up")
    if own > 0 and desk != "joined":
        yield Move((n, desk, own - 1), 1 / OTHER_TALK, "own done")


MOST_OWN = 60  # calls of the expert: more are there for less than 1e-9 of the time


def test_an_expert_joins_the_talks_of_a_desk_and_has_calls_of_their_own() -> None:
    """Talk, conference and wrap-up are exponential: a chain. Calls that come to the expert in a
    conference wait; the desk's talk goes on alone if the expert has a call.

    By Little's law a mean wait is a mean number waiting / how many come.
    """
    chain = stationary((0, "idle", 0), conference_moves)
    assert chain.mean(lambda s: s[0] == MOST or s[2] == MOST_OWN) < 1e-9
    scenario = sim.loads(
        f"""
calendar: {{days: 28, warmup: 1}}
reasons:
  calls:
    volume: {60 * CALLS} per hour
    channels: {{desk: 100 %}}
    handle: {{exponential: {60 * ALONE} s}}
    wrap: {{exponential: {60 * WRAP} s}}
  own: {{volume: {60 * OTHERS} per hour, channels: {{line: 100 %}}, handle: {{exponential: 4 min}}}}
channels: {{desk: {{}}, line: {{}}}}
pools:
  desk: {{agents: 1, answers: desk}}
  expert: {{agents: 1, answers: [desk, line]}}
routing: [{{channel: desk, to: [desk]}}, {{channel: line, to: [expert]}}]
transfers:
  ask: {{by: desk, share: 40 %, to: expert, conference: {{exponential: 90 s}}}}
"""
    )
    result = sim.run(scenario, replications=RUNS, seed=9)
    waits = 60 * chain.mean(lambda s: max(s[0] - 1, 0)) / CALLS
    agrees(result.get("asa", "channel", "desk"), waits)
    behind = 60 * chain.mean(lambda s: max(s[2] - (s[1] != "joined"), 0)) / OTHERS
    agrees(result.get("asa", "channel", "line"), behind)
    a_day = 1440 * 28
    agrees(result.get("conferences"), chain.flow("joined") * a_day)
    agrees(result.get("conferences_missed"), chain.flow("missed") * a_day)
    agrees(result.get("occupancy", "pool", "desk"), chain.mean(lambda s: s[0] > 0))
    busy = chain.mean(lambda s: s[2] > 0 or s[1] == "joined")
    agrees(result.get("occupancy", "pool", "expert"), busy)
    assert all(check.passed for check in result.checks)
