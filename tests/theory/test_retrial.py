import math

import pytest
from oracles import retrial

from sim.theory import erlang_a, erlang_b, erlang_c


@pytest.mark.parametrize(("load", "delay"), [(0.6, 2.0), (0.3, 10.0), (0.8, 0.5)])
def test_one_agent_in_closed_form(load, delay):
    # Falin & Templeton (1997), section 1.2: mean orbit rho / (1 - rho) * (rho + lambda * delay);
    # by PASTA a first attempt is blocked with probability rho, and all are served in the end
    found = retrial(load, 1, 1, delay)
    assert found.mean_orbit == pytest.approx(load / (1 - load) * (load + load * delay), rel=1e-7)
    assert found.occupancy == pytest.approx(load, rel=1e-8)
    assert found.p_answered == pytest.approx(1, rel=1e-8)


def test_two_agents_carry_the_load_whatever_the_delay():
    # all are served in the end, and as many enter the orbit (blocked) as leave it (retries)
    found = retrial(1.2, 1, 2, 0.7)
    assert 2 * found.occupancy == pytest.approx(1.2, rel=1e-8)
    attempts = 1.2 * found.attempts_per_customer
    assert found.mean_orbit / 0.7 == pytest.approx(attempts * found.p_block, rel=1e-8)


def test_immediate_retries_are_a_queue():
    # who tries again every instant is next when an agent is free: the orbit is Erlang C's queue
    found = retrial(4, 1, 5, 1e-6)
    assert found.mean_orbit == pytest.approx(erlang_c(4, 1, 5).mean_queue, rel=1e-4)


def test_late_retries_are_fresh_calls():
    # with long delays first calls and retries are one Poisson stream of rate r that solves
    # r = lambda + r * persistence * B(r): Cohen's (1957) limit
    rate = 4.0
    for _ in range(200):
        rate = 3.0 + rate * 0.8 * erlang_b(rate, 1, 4).p_block
    found = retrial(3.0, 1, 4, 200.0, persistence=0.8)
    assert found.p_block == pytest.approx(erlang_b(rate, 1, 4).p_block, rel=0.01)
    assert found.attempts_per_customer == pytest.approx(rate / 3.0, rel=0.01)


@pytest.mark.parametrize("room", [0, 3, math.inf])
def test_nobody_persists(room):
    found = retrial(9, 1, 8, 1, persistence=0, mean_patience=0.5, waiting_room=room)
    queue = erlang_a(9, 1, 8, 0.5, room)
    attempts = 1 - queue.p_block
    assert found.attempts_per_customer == 1
    assert found.p_block == pytest.approx(queue.p_block, rel=1e-9, abs=1e-12)
    assert found.p_wait == pytest.approx(attempts * queue.p_wait, rel=1e-9)
    assert found.p_abandon == pytest.approx(attempts * queue.p_abandon, rel=1e-9)
    assert found.mean_queue == pytest.approx(queue.mean_queue, rel=1e-9)
    assert found.occupancy == pytest.approx(queue.occupancy, rel=1e-9)


@pytest.mark.parametrize("room", [2, math.inf])
def test_impatient_customers_who_may_come_back(room):
    # overload. Each attempt fails with probability f and is then repeated with probability 0.7:
    # 1 / (1 - 0.7 f) attempts, and in the end (1 - f) times as many are answered
    found = retrial(4, 1, 3, 0.5, persistence=0.7, mean_patience=0.5, waiting_room=room)
    fails = found.p_block + found.p_abandon
    assert found.attempts_per_customer == pytest.approx(1 / (1 - 0.7 * fails), rel=1e-8)
    assert found.p_answered == pytest.approx((1 - fails) / (1 - 0.7 * fails), rel=1e-8)
    assert found.p_answered == pytest.approx(3 * found.occupancy / 4, rel=1e-8)
    assert found.mean_orbit / 0.5 == pytest.approx(4 * (found.attempts_per_customer - 1), rel=1e-8)
    once = erlang_a(4, 1, 3, 0.5, room)
    assert found.p_answered > (1 - once.p_block) * (1 - once.p_abandon)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"arrival_rate": 2}, "unstable: the agents cannot keep up and nobody is ever lost"),
        ({"arrival_rate": 2, "waiting_room": math.inf, "persistence": 0}, "unstable"),
        ({"persistence": 1.1}, "persistence must lie between 0 and 1"),
        ({"mean_delay": 0}, "mean_delay must be finite and above 0, got 0"),
        ({"agents": 0}, "agents must be a whole number"),
    ],
)
def test_refusals(changed, message):
    given = {"arrival_rate": 0.5, "mean_service": 1, "agents": 1, "mean_delay": 1, **changed}
    with pytest.raises(ValueError, match=message):
        retrial(**given)
