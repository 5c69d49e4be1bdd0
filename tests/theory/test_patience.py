import math
from collections.abc import Callable

import numpy as np
import pytest
from oracles import Move, stationary
from scipy.integrate import quad
from scipy.stats import expon, gamma, lognorm, weibull_min

from sim.theory import erlang_a, erlang_b, erlang_c, erlang_g, mixture
from sim.theory.quadrature import Cumulative

NAMES = [
    *("p_block", "p_wait", "p_abandon", "occupancy", "mean_queue", "var_queue"),
    *("asa", "mean_wait", "mean_wait_abandoned"),
]


def lognormal(mean: float, scv: float):
    """Lognormal by mean and squared coefficient of variation, as Whitt writes LN(mean, scv)."""
    sigma = math.sqrt(math.log(1 + scv))
    return lognorm(s=sigma, scale=mean * math.exp(-(sigma**2) / 2))


def assert_same(one, other, rel):
    for name in NAMES:
        assert getattr(one, name) == pytest.approx(
            getattr(other, name), rel=rel, abs=1e-14, nan_ok=True
        ), name
    for t in (0.0, 0.02, 0.3, 2.0):
        assert one.within(t) == pytest.approx(other.within(t), rel=rel, abs=1e-12)


@pytest.mark.parametrize(
    ("load", "agents", "mean", "room"),
    [
        (102, 100, 1.0, 200),
        (102, 100, 1.0, math.inf),
        (10, 5, 1.0, 0),
        (10, 5, 1.0, 1),
        (10, 5, 0.3, 2),
        (10, 1, 3.0, 7),
        (2000, 2000, 0.5, math.inf),
        (4000, 2000, 0.5, math.inf),
        (60, 100, 2.0, math.inf),
    ],
)
def test_exponential_patience_is_erlang_a(load, agents, mean, room):
    general = erlang_g(load, 1, agents, expon(scale=mean), room)
    assert_same(general, erlang_a(load, 1, agents, mean, room), rel=1e-9)


def test_finite_room_far_too_small_for_the_load():
    # 40,000 calls for 2000 agents and 3000 places: the Poisson sums are below 1e-300 here
    found = erlang_g(40_000, 1, 2000, expon(scale=30), 3000)
    expected = erlang_a(40_000, 1, 2000, 30, 3000)
    for name in ("p_block", "p_abandon", "asa", "mean_wait_abandoned", "mean_queue"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-9), name


def test_endless_patience_is_erlang_c():
    found, expected = erlang_g(9, 1, 10, np.ones_like), erlang_c(9, 1, 10)
    assert found.mean_wait == pytest.approx(expected.mean_wait, rel=1e-11)
    assert found.var_queue == pytest.approx(expected.var_queue, rel=1e-10)
    assert found.within(0.5) == pytest.approx(expected.within(0.5), rel=1e-11)
    assert math.isnan(found.mean_wait_abandoned)


def test_no_patience_is_erlang_b():
    # all balk: who finds all agents busy is gone with a wait of zero
    found = erlang_g(9, 1, 10, np.zeros_like)
    assert found.p_abandon == pytest.approx(erlang_b(9, 1, 10).p_block, rel=1e-12)
    assert found.p_wait == pytest.approx(found.p_abandon, rel=1e-12)
    assert (found.mean_wait, found.mean_wait_abandoned) == (0, 0)
    assert found.abandoned_within(0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("case", "patience", "room"),
    [
        ("P01", expon(), 200),
        ("P02", gamma(2, scale=0.5), 200),
        ("P03", lognormal(1, 1), 200),
        ("P04", lognormal(4, 4), 200),
        ("P05", lognormal(4, 0.25), 300),
    ],
)
def test_whitt_simulations_lie_within_their_printed_half_widths(case, patience, room, published):
    queue = erlang_g(102, 1, 100, patience, room)
    printed = published[case]
    found = {
        "p_nowait": queue.p_nowait,
        "p_abandon": queue.p_abandon,
        "mean_queue": queue.mean_queue,
        "var_queue": queue.var_queue,
        "EW_served": queue.asa,
        "EW_abandoned": queue.mean_wait_abandoned,
    }
    for tenths in (1, 2, 4):
        found[f"P_W_le_0{tenths}_served"] = queue.sl_answered(tenths / 10)
        found[f"P_W_le_0{tenths}_ab"] = queue.abandoned_within(tenths / 10)
    doubtful = printed.get("doubtful", {})
    intervals = {k: v for k, v in printed.items() if isinstance(v, list) and k not in doubtful}
    assert len(intervals) >= 6
    for name, (centre, half_width) in intervals.items():
        assert abs(found[name] - centre) <= half_width, name


def test_the_doubtful_number_of_p03(published):
    # the print says 0.644 +- 0.00066; our own simulation of 1e8 arrivals 0.6423 +- 2 * 0.0003
    assert "P_W_le_02_ab" in published["P03"]["doubtful"]
    queue = erlang_g(102, 1, 100, lognormal(1, 1), 200)
    assert queue.abandoned_within(0.2) == pytest.approx(0.6423, abs=0.0006)


def test_fixed_patience_in_closed_form():
    # one agent, lambda = 2, mu = 1, everyone leaves after d = 1.5. The offered wait has density
    # p0 lambda exp(lambda min(x, d) - mu x): p0 (1 + lambda J) = 1 with
    # J = (e^{(lambda - mu) d} - 1) / (lambda - mu) + e^{(lambda - mu) d} / mu, and those give up
    # whose offered wait exceeds d: p0 lambda e^{(lambda - mu) d} / mu. All of them have waited d.
    d = 1.5
    e = math.exp(d)
    p0 = 1 / (1 + 2 * (e - 1 + e))
    queue = erlang_g(2, 1, 1, lambda x: (x < d).astype(float))
    assert queue.p_nowait == pytest.approx(p0, rel=1e-11)
    assert queue.p_abandon == pytest.approx(2 * p0 * e, rel=1e-11)
    assert queue.mean_wait_abandoned == pytest.approx(d, rel=1e-9)
    assert queue.sl_offered(0.5) == pytest.approx(p0 + 2 * p0 * (math.exp(0.5) - 1), rel=1e-11)
    assert queue.within(1.49)[1] == pytest.approx(0, abs=1e-11)
    assert queue.sl_credit_short(d) == pytest.approx(1, rel=1e-12)


def test_two_kinds_of_patience_and_little_room_against_the_chain_of_the_whole_queue():
    # 2 agents, 4 places; patience exponential with mean 0.2 (weight 0.6) or 3 (0.3), 0.1 balk.
    # The state is the number in service and the kinds of all who wait, in order of arrival.
    theta, weights = {"a": 5.0, "b": 1 / 3}, {"a": 0.6, "b": 0.3}
    arrival = 3.0

    def moves(state):
        served, line = state
        if served < 2:
            yield Move((served + 1, ""), arrival, "at once")
        elif len(line) == 4:
            yield Move(state, arrival, "blocked")
        else:
            yield Move(state, arrival * 0.1, "abandoned")
            for kind, weight in weights.items():
                yield Move((2, line + kind), arrival * weight, "joined")
        yield Move((2, line[1:]) if line else (served - 1, ""), float(served), "ended")
        for i, kind in enumerate(line):
            yield Move((2, line[:i] + line[i + 1 :]), theta[kind], "abandoned")

    chain = stationary((0, ""), moves)
    queue = erlang_g(arrival, 1, 2, mixture([(0.6, expon(scale=0.2)), (0.3, expon(scale=3))]), 4)
    admitted = arrival - chain.flow("blocked")
    assert queue.p_block == pytest.approx(chain.flow("blocked") / arrival, rel=1e-11)
    assert queue.p_abandon == pytest.approx(chain.flow("abandoned") / admitted, rel=1e-11)
    assert queue.p_nowait == pytest.approx(chain.flow("at once") / admitted, rel=1e-11)
    mean = chain.mean(lambda state: len(state[1]))
    assert queue.mean_queue == pytest.approx(mean, rel=1e-11)
    spread = chain.mean(lambda state: (len(state[1]) - mean) ** 2)
    assert queue.var_queue == pytest.approx(spread, rel=1e-10)


@pytest.mark.parametrize("room", [6, math.inf])
@pytest.mark.parametrize(
    "patience",
    [weibull_min(0.5), gamma(2, scale=0.5), mixture([(0.5, weibull_min(3)), (0.4, np.ones_like)])],
)
def test_means_are_the_areas_above_the_distribution_functions(patience, room):
    # E W = integral of P(W > t), for the answered, the abandoned and all; none of the three means
    # is computed that way. And all who are admitted leave one way or the other.
    queue = erlang_g(5.5, 1, 5, patience, room)

    def area(distribution: Callable[[float], float]) -> float:
        parts = ((0, 0.01), (0.01, 0.3), (0.3, 2), (2, 10), (10, 60))
        return sum(quad(lambda t: 1 - distribution(t), *part, limit=200)[0] for part in parts)

    assert area(queue.sl_answered) == pytest.approx(queue.asa, rel=1e-6)
    assert area(queue.abandoned_within) == pytest.approx(queue.mean_wait_abandoned, rel=1e-6)
    assert area(queue.sl_credit_short) == pytest.approx(queue.mean_wait, rel=1e-6)
    assert queue.within(1e9) == pytest.approx((1 - queue.p_abandon, queue.p_abandon), rel=1e-9)


def test_cumulative_sees_a_jump_in_the_middle_of_its_panel():
    integral = Cumulative(lambda x: (x < 1.5).astype(float), np.array([1.0, 2.0]))
    assert integral(np.array([1.25, 1.5, 1.75])) == pytest.approx([0.25, 0.5, 0.5], abs=1e-12)


def test_cumulative_of_a_function_with_a_jump_and_a_peak():
    # a step of height 2 at 0.3 and a normal density of standard deviation 1e-4 around 0.7
    def f(x):
        return 2.0 * (x >= 0.3) + np.exp(-(((x - 0.7) / 1e-4) ** 2) / 2)

    integral = Cumulative(f, np.linspace(0, 1, 101))
    peak = 1e-4 * math.sqrt(2 * math.pi)
    assert integral.total == pytest.approx(1.4 + peak, rel=1e-12)
    assert integral(np.array([0.2, 0.3, 0.5, 0.7])) == pytest.approx(
        [0, 0, 0.4, 0.8 + peak / 2], abs=1e-12
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_g(10, 1, 9, np.ones_like), "unstable"),
        (lambda: erlang_g(10, 1, 9, lambda x: 0.95 + 0 * x), "unstable"),
        (lambda: erlang_g(10, 1, 9, lambda x: 1 + x), r"patience must give P\(R > x\)"),
        (lambda: erlang_g(10, 1, 9, lambda _: 1.0), r"patience must give P\(R > x\)"),
        (lambda: erlang_g(10, 1, 0, np.ones_like), "agents must be a whole number"),
        (lambda: erlang_g(10, 1, 9, expon(), 1.5), "waiting_room must be a whole number"),
        (lambda: mixture([(0.7, expon()), (0.4, expon())]), "weights must not sum to more than 1"),
        (lambda: mixture([(1.7, expon())]), "weight must lie between 0 and 1, got 1.7"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
