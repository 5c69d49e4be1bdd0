import math

import pytest
from oracles import Period, day, time_varying
from scipy.integrate import quad
from scipy.stats import gamma

from sim.theory import erlang_a, erlang_c

# the CallCenter example of SSJ: 13 hours, seconds
SSJ_AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
SSJ_RATES = (100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60)
SSJ_DAY = [
    Period(3600, per_hour / 3600, agents)
    for per_hour, agents in zip(SSJ_RATES, SSJ_AGENTS, strict=True)
]
# the MMC examples of ContactCenters: 480 minutes, minutes
MMC_DAY = [Period(480, 4.2, 12)]


def inside(interval, value):
    """Within a printed interval, whose ends are rounded to the digits printed."""
    low, high = interval
    return low <= value <= high


@pytest.mark.parametrize(("case", "shape"), [("P12", 400), ("P13", 10)])
def test_ssj_call_center_day(case, shape, published):
    # busyness Gamma(shape, shape); one in ten who would wait balks; counted as good: who waited
    # less than 20 s, answered or not; all divided by the 1660 calls expected
    found = day(SSJ_DAY, 100, within=20, mean_patience=1000, balk=0.1, busyness_cv=shape**-0.5)
    good = (found.answered_within + found.abandoned_within) / 1660
    oracle = published[case]["oracle_tv"]
    assert found.arrivals == pytest.approx(1660, rel=1e-9)
    assert found.total_wait / 1660 == pytest.approx(oracle["mean_wait"], rel=1e-6)
    assert good == pytest.approx(oracle["good"], rel=2e-6)
    assert found.abandoned / 1660 == pytest.approx(oracle["lost"], rel=2e-5)
    printed = published[case]
    wait = printed.get("mean_wait_sum_over_1660") or printed["mean_wait"]
    assert inside(wait, found.total_wait / 1660)
    assert inside(printed.get("good_lt20s_over_1660_incl_abandoned") or printed["good"], good)
    assert inside(printed.get("lost_over_1660") or printed["lost"], found.abandoned / 1660)


def test_contact_centers_mmc(published):
    found, case = day(MMC_DAY, 2, within=1 / 3), published["P14"]
    oracle = case["oracle_tv"]
    assert found.answered_within == pytest.approx(oracle["in_target"], rel=1e-6)
    assert found.sl_answered == pytest.approx(oracle["sl"], rel=1e-6)
    assert found.mean_wait == pytest.approx(oracle["asa"], rel=5e-6)
    assert found.occupancy == pytest.approx(oracle["occ"], rel=1e-6)
    assert inside(case["in_target"], found.answered_within)
    assert inside(case["sl"], found.sl_offered)
    assert inside(case["speed_of_answer_min"], found.mean_wait)
    assert inside(case["occupancy"], found.occupancy)


def test_contact_centers_mmc_with_abandonment(published):
    found, case = day(MMC_DAY, 2, within=1 / 3, mean_patience=1), published["P15"]
    oracle = case["oracle_tv"]
    assert found.abandoned == pytest.approx(oracle["abandoned"], rel=1e-5)
    assert found.answered_within == pytest.approx(oracle["in_target"], rel=1e-6)
    assert found.sl_answered == pytest.approx(oracle["sl_served"], rel=1e-6)
    assert found.sl_exclude_short == pytest.approx(oracle["sl_with_ab"], rel=1e-6)
    assert found.occupancy == pytest.approx(oracle["occ"], rel=1e-6)
    assert inside(case["abandoned"], found.abandoned)
    assert inside(case["in_target"], found.answered_within)
    assert inside(case["sl_with_ab"], found.sl_exclude_short)
    assert inside(case["occupancy"], found.occupancy)


def test_contact_centers_mmc_with_a_queue_of_five(published):
    found, case = day(MMC_DAY, 2, within=1 / 3, waiting_room=5), published["P16"]
    oracle = case["oracle_tv"]
    with_blocked = found.answered_within / (found.answered + found.blocked)
    assert found.blocked == pytest.approx(oracle["blocked"], rel=2e-5)
    assert found.answered_within == pytest.approx(oracle["in_target"], rel=1e-6)
    assert found.sl_answered == pytest.approx(oracle["sl_served"], rel=1e-6)
    assert with_blocked == pytest.approx(oracle["sl_with_blocked"], rel=1e-6)
    assert found.occupancy == pytest.approx(oracle["occ"], rel=1e-6)
    assert inside(case["blocked"], found.blocked)
    assert inside(case["asa_min"], found.mean_wait)
    assert inside(case["sl_with_blocked"], with_blocked)


@pytest.mark.parametrize(
    ("rate", "patience", "room"), [(4.2, math.inf, math.inf), (7.0, 1.0, math.inf), (7.0, 3.0, 4)]
)
def test_far_into_a_constant_day_every_hour_is_the_steady_state(rate, patience, room):
    # 250 minutes after the start of a day with 12 agents and calls of 2 minutes the start is
    # forgotten: 10 minutes more add 10 minutes of steady state
    short, long = (
        day([Period(t, rate, 12)], 2, within=0.25, mean_patience=patience, waiting_room=room)
        for t in (250, 260)
    )
    steady = erlang_a(rate, 2, 12, patience, room)
    admitted = 10 * rate * (1 - steady.p_block)

    def added(name):
        return getattr(long, name) - getattr(short, name)

    assert added("blocked") == pytest.approx(10 * rate * steady.p_block, rel=1e-6, abs=1e-7)
    assert added("abandoned") == pytest.approx(admitted * steady.p_abandon, rel=1e-6, abs=1e-9)
    assert added("total_wait") == pytest.approx(10 * steady.mean_queue, rel=1e-6)
    assert added("answered_within") == pytest.approx(admitted * steady.sl_offered(0.25), rel=1e-6)
    assert added("abandoned_within") == pytest.approx(
        admitted * steady.within(0.25)[1], rel=1e-6, abs=1e-9
    )
    assert added("busy_time") == pytest.approx(120 * steady.occupancy, rel=1e-6)


def test_staff_who_come_late_to_a_queue():
    # nobody on duty for T = 2 hours, then agents for all: who arrives at t waits T - t or gives up
    # at rate theta. With lambda = 5, theta = 1/2, threshold 1/4: waits end before T with
    # probability 1 - exp(-theta (T - t)), and are within the threshold if t > T - 1/4 or given up
    # by then. The calls of the second period are all answered at once.
    lam, theta, late, limit = 5.0, 0.5, 2.0, 0.25
    found = day(
        [Period(late, lam, 0), Period(1.0, lam, 60)], 0.5, within=limit, mean_patience=1 / theta
    )
    stay = (1 - math.exp(-theta * late)) / theta  # integral of exp(-theta u), u from 0 to T
    stay_short = (1 - math.exp(-theta * limit)) / theta
    assert found.arrivals == pytest.approx(15)
    assert found.abandoned == pytest.approx(lam * (late - stay), rel=1e-8)
    assert found.total_wait == pytest.approx(lam * (late - stay) / theta, rel=1e-8)
    assert found.answered_within == pytest.approx(lam * (stay_short + 1.0), rel=1e-8)
    # given up within 1/4: all who arrive before T - 1/4 alike, the last ones by T - t
    early = (late - limit) * (1 - math.exp(-theta * limit))
    assert found.abandoned_within == pytest.approx(lam * (early + limit - stay_short), rel=1e-8)
    # in service at T + s: survivors of the queue, lambda stay exp(-2 s), and new calls
    ends = 1 - math.exp(-2.0)
    busy = lam * stay * 0.5 * ends + lam * 0.5 * (1.0 - 0.5 * ends)
    assert found.busy_time == pytest.approx(busy, rel=1e-8)
    assert found.duty_time == 60


def test_staff_who_leave_finish_their_call_and_take_no_other():
    # agents for all, then none for 2, then agents for all again and no calls any more. In the
    # middle only calls in hand go on: as overtime, not within scheduled duty
    found = day([Period(3.0, 4.0, 50), Period(2.0, 4.0, 0), Period(1.5, 0.0, 50)], 0.5, within=0.3)
    in_hand = 4.0 * 0.5 * (1 - math.exp(-6.0))  # at the end of the first period
    busy_first = 4.0 * 0.5 * (3.0 - 0.5 * (1 - math.exp(-6.0)))
    left_over = in_hand * math.exp(-4.0) + 4.0 * 2.0  # still in hand, or queued meanwhile
    busy_last = left_over * 0.5 * (1 - math.exp(-3.0))
    assert found.total_wait == pytest.approx(4.0 * 2.0**2 / 2, rel=1e-8)
    assert found.answered_within == pytest.approx(4.0 * (3.0 + 0.3), rel=1e-8)
    assert found.busy_time == pytest.approx(busy_first + busy_last, rel=1e-8)
    assert found.duty_time == pytest.approx(50 * 4.5)
    assert found.abandoned == 0


def test_one_agent_of_two_leaves():
    # One period so long that it is steady with two agents (Erlang C, load 1), then one agent, no
    # calls and the drain. With s in service and q waiting at the change the sum of waits to come
    # is W(2, q) = W(1, q) + q/2, for with two busy a call ends after 1/2, and nobody is taken; then
    # one agent serves one after the other: W(1, q) = 1 + 2 + ... + q.
    before, after = 150.0, 1e-9
    found = day([Period(before, 1.0, 2), Period(after, 0.0, 1)], 1.0, within=1)
    steady = day([Period(before, 1.0, 2)], 1.0, within=1)
    erlang = erlang_c(1.0, 1.0, 2)
    q1, q2 = erlang.mean_queue, erlang.var_queue + erlang.mean_queue**2
    # two agents in the drain: q waiting wait 1/2 + 2/2 + ... + q/2
    two = (q2 + q1) / 4
    one = (q2 + q1) / 2 + q1 / 2
    assert found.total_wait - steady.total_wait == pytest.approx(one - two, rel=1e-6)


def test_who_arrives_before_the_close_is_answered_after_it():
    # one agent, one period of length 0.01 with at most two calls to speak of, service of mean 1:
    # the second call (chance (0.01 lambda)^2 / 2) waits one service on average, in the drain
    found = day([Period(0.01, 1.0, 1)], 1.0, within=2)
    assert found.total_wait == pytest.approx(0.01**2 / 2, rel=0.01)
    missed = found.arrivals - found.answered_within
    assert missed == pytest.approx(0.01**2 / 2 * math.exp(-2), rel=0.01)


def test_a_period_cut_in_pieces_is_the_same_day():
    whole = day(SSJ_DAY[:4], 100, within=90, mean_patience=400, balk=0.2)
    pieces = [Period(p.length / 4, p.arrival_rate, p.agents) for p in SSJ_DAY[:4] for _ in range(4)]
    cut = day(pieces, 100, within=90, mean_patience=400, balk=0.2)
    for name in ("abandoned", "answered_within", "abandoned_within", "total_wait", "busy_time"):
        assert getattr(cut, name) == pytest.approx(getattr(whole, name), rel=1e-9), name


def test_a_threshold_longer_than_the_periods_reaches_several_changes_of_staff():
    # within 20 everyone's wait has ended: answered and abandoned within are all there are
    periods = [Period(1.0, 3.0, n) for n in (2, 5, 1, 0, 4)]
    found = day(periods, 0.5, within=20, mean_patience=2)
    assert found.answered_within == pytest.approx(found.answered, rel=1e-6)
    assert found.abandoned_within == pytest.approx(found.abandoned, rel=1e-6)


def test_all_balk_or_no_room_is_a_loss_system():
    balking = day(SSJ_DAY, 100, within=20, balk=1.0)
    loss = day(SSJ_DAY, 100, within=20, waiting_room=0)
    assert balking.abandoned == pytest.approx(loss.blocked, rel=1e-9)
    assert balking.abandoned_within == balking.abandoned
    assert balking.sl_offered == pytest.approx(1 - balking.abandoned / 1660, rel=1e-9)
    assert loss.sl_answered == pytest.approx(1, rel=1e-9)
    assert balking.total_wait == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("cv", [0.1, 0.5])
def test_busyness_is_gamma_with_mean_one(cv):
    # the same days with fixed busyness, weighted with the density of Gamma(1 / cv^2, mean 1)
    density = gamma(cv**-2, scale=cv**2).pdf

    def blocked(busyness):
        return day([Period(5.0, 3.0 * busyness, 4)], 1.0, within=1, waiting_room=3).blocked

    expected, _ = quad(lambda b: blocked(b) * density(b), 1e-9, 1 + 12 * cv, epsrel=1e-6)
    found = day([Period(5.0, 3.0, 4)], 1.0, within=1, waiting_room=3, busyness_cv=cv)
    assert found.arrivals == pytest.approx(15, rel=1e-9)
    assert found.blocked == pytest.approx(expected, rel=1e-5)


def test_refuses_a_queue_without_end(monkeypatch):
    monkeypatch.setattr(time_varying, "_MOST_WAITING", 64)
    with pytest.raises(ValueError, match="more than 64 customers may be waiting"):
        day([Period(100, 2, 1)], 1, within=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: day([], 1, within=1), "periods must not be empty"),
        (lambda: day([Period(0, 1, 1)], 1, within=1), "length must be finite and above 0"),
        (lambda: day([Period(1, -1, 1)], 1, within=1), "arrival_rate must be finite and not below"),
        (lambda: day([Period(1, 0, 1)], 1, within=1), "arrival_rate must be above 0 in some"),
        (lambda: day([Period(1, 1, 0)], 1, within=1), "agents of the last period"),
        (lambda: day([Period(1, 1, 1)], 1, within=-1), "within must be finite and not below 0"),
        (lambda: day([Period(1, 1, 1)], 1, within=1, balk=2), "balk must lie between 0 and 1"),
        (lambda: day([Period(1, 1, 1)], 1, within=1, busyness_cv=-1), "busyness_cv must be"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
