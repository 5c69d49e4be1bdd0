import math

import pytest
from oracles.quantile import wait_quantile
from scipy.stats import poisson

from sim.theory import agents_needed, erlang_a, erlang_b, erlang_c

WITHIN = {"P_W_le_01": 0.1, "P_W_le_02": 0.2}


def test_erlang_b_by_hand():
    # load 1 on 2 agents: weights 1, 1, 1/2 of 0, 1, 2 present, so 1/5 of the arrivals are blocked;
    # the other 4/5 of a load of 1 keep 2/5 of the agents busy
    queue = erlang_b(1.0, 1.0, 2)
    assert queue.p_block == pytest.approx(1 / 5, rel=1e-14)
    assert queue.occupancy == pytest.approx(2 / 5, rel=1e-14)
    assert (queue.p_wait, queue.asa, queue.mean_queue) == (0, 0, 0)
    assert queue.sl_offered(0) == 1


def test_erlang_b_of_the_printed_tables():
    # 10 erlangs on 10 trunks lose 21.46 %; 20 erlangs on 30 trunks lose 0.85 %
    assert erlang_b(10, 1, 10).p_block == pytest.approx(0.2146, abs=5e-5)
    assert erlang_b(20, 1, 30).p_block == pytest.approx(0.0085, abs=5e-5)


@pytest.mark.parametrize(("load", "agents"), [(1900, 2000), (5000, 2000), (50, 60)])
def test_erlang_b_follows_the_textbook_recursion(load, agents):
    # B(0) = 1 and B(n) = a B(n - 1) / (n + a B(n - 1))
    loss = 1.0
    for n in range(1, agents + 1):
        loss = load * loss / (n + load * loss)
    assert erlang_b(load, 1, agents).p_block == pytest.approx(loss, rel=1e-11)


def test_erlang_c_with_one_agent_is_the_textbook_m_m_1():
    # load 3/4: P(wait) = 3/4, mean wait rho / (mu - lambda) = 3, mean queue
    # rho^2 / (1 - rho) = 9/4, variance rho^2 (1 + rho - rho^2) / (1 - rho)^2 = 171/16,
    # P(W <= t) = 1 - 3/4 exp(-t/4)
    queue = erlang_c(0.75, 1.0, 1)
    assert queue.p_wait == pytest.approx(0.75)
    assert queue.mean_wait == pytest.approx(3)
    assert queue.mean_queue == pytest.approx(9 / 4)
    assert queue.var_queue == pytest.approx(171 / 16)
    assert queue.sl_offered(2) == pytest.approx(1 - 0.75 * math.exp(-0.5))
    assert wait_quantile(queue, 0.9) == pytest.approx(4 * math.log(7.5))
    assert wait_quantile(queue, 0.2) == 0


def test_half_an_hour_with_100_calls_of_3_minutes():
    # the standard example of call-centre primers: 10 erlangs, target 80 % in 20 s. 13 agents reach
    # 79.6 %, 14 agents 88.8 % with an average speed of answer of 7.8 s
    thirteen, fourteen = (erlang_c(100 / 1800, 180, n) for n in (13, 14))
    assert thirteen.sl_offered(20) == pytest.approx(0.796, abs=5e-4)
    assert fourteen.sl_offered(20) == pytest.approx(0.888, abs=5e-4)
    assert fourteen.asa == pytest.approx(7.8, abs=0.05)
    assert agents_needed(lambda q: q.sl_offered(20) >= 0.8, 100 / 1800, 180) == 14


def test_whitt_p01_all_ten_exact_numbers(published):
    queue = erlang_a(102, 1, 100, 1, waiting_room=200)
    exact = published["P01"]["exact"]
    found = {
        "p_nowait": queue.p_nowait,
        "p_abandon": queue.p_abandon,
        "mean_queue": queue.mean_queue,
        "var_queue": queue.var_queue,
        "EW_served": queue.asa,
        "EW_abandoned": queue.mean_wait_abandoned,
        **{f"{name}_served": queue.sl_answered(t) for name, t in WITHIN.items()},
        **{f"{name}_ab": queue.abandoned_within(t) for name, t in WITHIN.items()},
    }
    assert found.keys() == exact.keys()
    for name, value in exact.items():
        digits = len(str(value).split(".")[1])
        # EW_served is printed as 0.049 with four digits, 0.0490
        digits = max(digits, 4) if name.startswith("EW") else digits
        assert found[name] == pytest.approx(value, abs=0.5001 * 10**-digits), name


def test_herzog_p24(published):
    # 3.5 calls a minute of 3 minutes, 13 agents: mean wait in seconds, printed to 0.01 s
    patient, impatient = published["P24"]["oracle"]
    assert erlang_c(3.5, 3, 13).asa * 60 == pytest.approx(patient, abs=1e-4)
    assert erlang_a(3.5, 3, 13, 5).mean_wait * 60 == pytest.approx(impatient, abs=1e-4)


@pytest.mark.parametrize(("load", "agents"), [(1, 1), (10, 8), (100, 110), (2000, 2000)])
def test_patience_as_long_as_service_makes_the_number_present_poisson(load, agents):
    # every customer present leaves at rate 1, waiting or not: N is Poisson(load), so the queue is
    # (N - n)+ and all its customers together give up at rate E(N - n)+
    queue = erlang_a(load, 1, agents, 1)
    number = poisson(load)
    mean_queue = load * number.sf(agents - 2) - agents * number.sf(agents - 1)
    assert queue.p_wait == pytest.approx(number.sf(agents - 1), rel=1e-9)
    assert queue.mean_queue == pytest.approx(mean_queue, rel=1e-8)
    assert queue.p_abandon == pytest.approx(mean_queue / load, rel=1e-8)


def test_endless_patience_is_erlang_c_and_none_is_erlang_b():
    patient, erlang = erlang_a(9, 1, 10, 1e9), erlang_c(9, 1, 10)
    for name in ("p_wait", "asa", "mean_wait", "mean_queue", "var_queue", "occupancy"):
        assert getattr(patient, name) == pytest.approx(getattr(erlang, name), rel=1e-6), name
    assert patient.sl_answered(0.3) == pytest.approx(erlang.sl_answered(0.3), rel=1e-6)
    hasty = erlang_a(9, 1, 10, 1e-10)
    assert hasty.p_abandon == pytest.approx(erlang_b(9, 1, 10).p_block, rel=1e-7)


def test_finite_room_without_patience():
    # one agent, load 1, room for 2: 0, 1, 2, 3 present are equally likely. A quarter is blocked; of
    # the admitted (0, 1 or 2 present) two thirds wait, one or two services, on average one
    queue = erlang_a(1, 1, 1, math.inf, waiting_room=2)
    assert queue.p_block == pytest.approx(1 / 4)
    assert queue.p_wait == pytest.approx(2 / 3)
    assert queue.asa == pytest.approx(1)
    assert queue.mean_queue == pytest.approx((1 + 2) / 4)
    assert queue.var_queue == pytest.approx((1 + 4) / 4 - 9 / 16)
    # P(W <= 1): at once, or one service, or two: 1/3 (1 + 1 - 1/e + 1 - 2/e)
    assert queue.sl_offered(1) == pytest.approx((3 - 3 / math.e) / 3)
    assert math.isnan(queue.mean_wait_abandoned)
    assert math.isnan(queue.abandoned_within(1))


@pytest.mark.parametrize("room", [3, math.inf])
def test_waits_add_up(room):
    # three identities the measures are not computed by: L = theta * mean queue (each who waits
    # gives up at rate theta), the waits of answered and abandoned make all waits, and at a very
    # large t everyone has been answered or has given up
    queue = erlang_a(12, 1, 10, 0.7, room)
    admitted = 12 * (1 - queue.p_block)
    assert admitted * queue.p_abandon == pytest.approx(queue.mean_queue / 0.7, rel=1e-12)
    split = (1 - queue.p_abandon) * queue.asa + queue.p_abandon * queue.mean_wait_abandoned
    assert split == pytest.approx(queue.mean_wait, rel=1e-12)
    assert queue.within(200) == pytest.approx((1 - queue.p_abandon, queue.p_abandon), rel=1e-12)


def test_service_levels_follow_their_definitions():
    queue = erlang_a(12, 1, 10, 0.7)
    answered, abandoned = queue.within(0.1)
    assert queue.sl_offered(0.1) == answered
    assert queue.sl_answered(0.1) == answered / (1 - queue.p_abandon)
    assert queue.sl_exclude_short(0.1) == answered / (1 - abandoned)
    assert queue.sl_credit_short(0.1) == answered + abandoned
    assert queue.sl_answered(wait_quantile(queue, 0.95)) == pytest.approx(0.95, rel=1e-12)


def test_long_patience_under_overload():
    # 4000 calls for 2000 agents: half must give up, patience is exponential with mean 30, so the
    # wait settles where P(R > w) = 1/2, w = 30 ln 2, within a few multiples of 30 / sqrt(60000)
    queue = erlang_a(4000, 1, 2000, 30)
    assert queue.p_abandon == pytest.approx(0.5, rel=1e-12)
    assert queue.asa == pytest.approx(30 * math.log(2), rel=1e-4)
    assert wait_quantile(queue, 0.5) == pytest.approx(30 * math.log(2), rel=1e-4)


def test_waiting_is_too_rare_to_be_a_number_but_its_mean_is_not():
    # 40 erlangs on 2000 agents: whoever waits finds nobody ahead; the wait until he gives up is
    # exponential of rate 2000 + 1/mean patience
    queue = erlang_a(40, 1, 2000, 0.5)
    assert queue.p_wait == 0
    assert queue.mean_wait_abandoned == pytest.approx(1 / 2002 + 40 / 2002 / 2004, rel=0.03)


@pytest.mark.parametrize("patience", [math.inf, 1.0])
@pytest.mark.parametrize("load", [0.4, 3.0, 95.5, 2500.0])
def test_agents_needed_is_the_smallest(load, patience):
    def meets(queue):
        return queue.p_wait <= 0.2

    agents = agents_needed(meets, load, 1, patience)
    assert meets(erlang_a(load, 1, agents, patience))
    fewer_are_unstable = patience == math.inf and agents - 1 <= load
    assert agents == 1 or fewer_are_unstable or not meets(erlang_a(load, 1, agents - 1, patience))


def test_agents_needed_with_a_waiting_room():
    # loss below 1 % at 10 erlangs needs 18 trunks (printed tables)
    assert agents_needed(lambda q: q.p_block <= 0.01, 10, 1, waiting_room=0) == 18


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_c(10, 1, 10), "unstable: load of 10 on 10 agents"),
        (lambda: erlang_c(0, 1, 10), "arrival_rate must be finite and above 0, got 0"),
        (lambda: erlang_b(1, math.inf, 10), "mean_service must be finite and above 0, got inf"),
        (lambda: erlang_b(1, 1, 0), "agents must be a whole number of at least 1, got 0"),
        (lambda: erlang_b(1, 1, 2.5), "agents must be a whole number of at least 1, got 2.5"),
        (lambda: erlang_a(1, 1, 1, 0), "mean_patience must be above 0, got 0"),
        (lambda: erlang_a(1, 1, 1, 1, -1), "waiting_room must be a whole number of at least 0"),
        (lambda: erlang_a(1, 1, 1, math.nan), "mean_patience must be above 0, got nan"),
        (lambda: erlang_c(1, 1, 2).sl_offered(-1), "t must be finite and not below 0, got -1"),
        (lambda: erlang_a(2, 1, 1, 1e9), "patience too long"),
        (lambda: agents_needed(lambda _: False, 1, 1, waiting_room=0), "a million agents"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
