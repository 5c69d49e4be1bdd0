import numpy as np
import pytest
from oracles import CustomerClass, Pool, Step, mg1_priority, mmc_priority, network

from sim.theory import erlang_a


def assert_flows_balance(found, classes, pools):
    """Admitted customers are answered by a pool or give up; Little's law holds for each pool."""
    for one, result in zip(classes, found.classes, strict=True):
        assert sum(result.answered_by) + result.p_abandon == pytest.approx(1, rel=1e-9)
        gave_up = result.mean_wait / one.mean_patience
        assert result.p_abandon == pytest.approx(gave_up, rel=1e-9, abs=1e-12)
    for p, pool in enumerate(pools):
        busy = sum(
            one.arrival_rate * (1 - result.p_block) * result.answered_by[p] * pool.mean_service[k]
            for k, (one, result) in enumerate(zip(classes, found.classes, strict=True))
            if k in pool.mean_service
        )
        assert found.occupancy[p] * pool.agents == pytest.approx(busy, rel=1e-9)


def test_one_class_and_one_pool_is_erlang_a():
    one = CustomerClass(arrival_rate=9, route=[Step(0)], waiting_room=12, mean_patience=0.8)
    found = network([one], [Pool(agents=8, mean_service={0: 1.1})])
    queue = erlang_a(9, 1.1, 8, 0.8, 12)
    for name in ("p_block", "p_wait", "p_abandon", "mean_wait", "mean_queue"):
        assert getattr(found.classes[0], name) == pytest.approx(getattr(queue, name), rel=1e-10)
    assert found.occupancy[0] == pytest.approx(queue.occupancy, rel=1e-10)


def test_v_design_with_priorities_is_cobham_for_equal_services():
    classes = [
        CustomerClass(arrival_rate=2, route=[Step(0)], waiting_room=50),
        CustomerClass(arrival_rate=1, route=[Step(0)], waiting_room=100),
    ]
    found = network(classes, [Pool(agents=4, mean_service={0: 1, 1: 1})])
    waits = [result.mean_wait for result in found.classes]
    assert waits == pytest.approx(mmc_priority([2, 1], 1, 4), rel=1e-8)


def test_v_design_with_one_agent_is_cobham_for_unequal_services():
    # exponential services of mean 0.5 and 2: coefficient of variation 1 each
    classes = [
        CustomerClass(arrival_rate=0.6, route=[Step(0)], waiting_room=30),
        CustomerClass(arrival_rate=0.15, route=[Step(0)], waiting_room=90),
    ]
    pools = [Pool(agents=1, mean_service={0: 0.5, 1: 2})]
    found = network(classes, pools)
    waits = [result.mean_wait for result in found.classes]
    assert waits == pytest.approx(mg1_priority([0.6, 0.15], [0.5, 2], [1, 1]), rel=1e-6)
    assert_flows_balance(found, classes, pools)


def test_loss_system_depends_on_services_only_through_their_load():
    # one agent, no room: blocked with probability rho / (1 + rho), rho = 0.5 * 1 + 0.3 * 4 = 1.7
    classes = [
        CustomerClass(arrival_rate=0.5, route=[Step(0)], waiting_room=0),
        CustomerClass(arrival_rate=0.3, route=[Step(0)], waiting_room=0),
    ]
    found = network(classes, [Pool(agents=1, mean_service={0: 1, 1: 4})])
    assert [result.p_block for result in found.classes] == pytest.approx([1.7 / 2.7] * 2)
    assert [result.p_wait for result in found.classes] == [0, 0]


def test_x_design_of_equal_pools_is_one_pool():
    # if everyone can do everything equally fast and nothing is held back, the number waiting is
    # that of one pool, whichever class waits
    classes = [
        CustomerClass(
            arrival_rate=2.5, route=[Step(a), Step(1 - a)], waiting_room=25, mean_patience=1.5
        )
        for a in (0, 1)
    ]
    pools = [Pool(agents=2, mean_service={0: 1, 1: 1}), Pool(agents=3, mean_service={0: 1, 1: 1})]
    found = network(classes, pools)
    pooled = erlang_a(5, 1, 5, 1.5)
    assert sum(r.mean_queue for r in found.classes) == pytest.approx(pooled.mean_queue, rel=1e-7)
    assert [r.p_wait for r in found.classes] == pytest.approx([pooled.p_wait] * 2, rel=1e-7)
    assert found.classes[0].mean_wait < found.classes[1].mean_wait
    assert_flows_balance(found, classes, pools)


def test_n_design_held_back_for_good_is_two_separate_pools():
    # pool 1 helps class 0 only while more than 3 of its 3 agents are free, so never
    classes = [
        CustomerClass(
            arrival_rate=2, route=[Step(0), Step(1, keep_free=3)], waiting_room=15, mean_patience=1
        ),
        CustomerClass(arrival_rate=3, route=[Step(1)], waiting_room=15, mean_patience=2),
    ]
    pools = [Pool(agents=2, mean_service={0: 1}), Pool(agents=3, mean_service={0: 1, 1: 1})]
    found = network(classes, pools)
    alone = [erlang_a(2, 1, 2, 1, 15), erlang_a(3, 1, 3, 2, 15)]
    for result, queue in zip(found.classes, alone, strict=True):
        assert result.mean_wait == pytest.approx(queue.mean_wait, rel=1e-10)
        assert result.p_block == pytest.approx(queue.p_block, rel=1e-8)
    assert found.classes[0].answered_by[1] == 0


def test_n_design_without_room_against_its_written_out_generator():
    # one agent each, services 1 (pool 0), 0.5 and 0.25 (pool 1 on class 0 and 1), arrivals 1 and 2.
    # States: pool 0 idle or busy (0, 1) and pool 1 idle, on class 0, on class 1 (., a, b).
    states = ["0.", "0a", "0b", "1.", "1a", "1b"]
    rates = {
        ("0.", "1."): 1, ("0a", "1a"): 1, ("0b", "1b"): 1, ("1.", "1a"): 1,  # class 0 arrives
        ("0.", "0b"): 2, ("1.", "1b"): 2,  # class 1 arrives
        ("1.", "0."): 1, ("1a", "0a"): 1, ("1b", "0b"): 1,  # pool 0 ends
        ("0a", "0."): 2, ("1a", "1."): 2, ("0b", "0."): 4, ("1b", "1."): 4,  # pool 1 ends
    }  # fmt: skip
    generator = np.zeros((6, 6))
    for (a, b), rate in rates.items():
        generator[states.index(a), states.index(b)] += rate
        generator[states.index(a), states.index(a)] -= rate
    balance = np.vstack((generator.T, np.ones(6)))
    p, *_ = np.linalg.lstsq(balance, np.array([0, 0, 0, 0, 0, 0, 1.0]), rcond=None)
    p = dict(zip(states, p, strict=True))
    found = network(
        [
            CustomerClass(arrival_rate=1, route=[Step(0), Step(1)], waiting_room=0),
            CustomerClass(arrival_rate=2, route=[Step(1)], waiting_room=0),
        ],
        [Pool(agents=1, mean_service={0: 1}), Pool(agents=1, mean_service={0: 0.5, 1: 0.25})],
    )
    assert found.classes[0].p_block == pytest.approx(p["1a"] + p["1b"])
    assert found.classes[1].p_block == pytest.approx(1 - p["0."] - p["1."])
    overflow = p["1."] / (1 - p["1a"] - p["1b"])
    assert found.classes[0].answered_by == pytest.approx((1 - overflow, overflow))


def test_trunk_reservation():
    # 3 agents, no room; class 1 is taken only while more than 1 is free. Services of mean 1,
    # arrivals 2 and 1: birth rates 3, 3, 2 and weights 1, 3, 9/2, 3 of 0 to 3 busy
    classes = [
        CustomerClass(arrival_rate=2, route=[Step(0)], waiting_room=0),
        CustomerClass(arrival_rate=1, route=[Step(0, keep_free=1)], waiting_room=0),
    ]
    found = network(classes, [Pool(agents=3, mean_service={0: 1, 1: 1})])
    assert found.classes[0].p_block == pytest.approx(3 / 11.5)
    assert found.classes[1].p_block == pytest.approx(7.5 / 11.5)


def test_reservation_with_a_queue_by_hand():
    # 2 agents, only class 1 has customers to speak of, and it must leave one agent free: an
    # M/M/1 queue with room for 4, load 1/2
    classes = [
        CustomerClass(arrival_rate=1e-9, route=[Step(0)], waiting_room=1),
        CustomerClass(arrival_rate=0.5, route=[Step(0, keep_free=1)], waiting_room=4),
    ]
    found = network(classes, [Pool(agents=2, mean_service={0: 1, 1: 1})]).classes
    alone = erlang_a(0.5, 1, 1, 1e300, 4)
    assert found[1].mean_wait == pytest.approx(alone.mean_wait, rel=1e-7)
    assert found[1].p_block == pytest.approx(alone.p_block, rel=1e-7)
    assert found[0].p_wait == pytest.approx(0, abs=1e-8)


def test_keeping_more_free_helps_the_urgent_and_hurts_the_others():
    def waits(keep_free):
        classes = [
            CustomerClass(arrival_rate=2, route=[Step(0)], waiting_room=20),
            CustomerClass(arrival_rate=1, route=[Step(0, keep_free)], waiting_room=40),
        ]
        pools = [Pool(agents=5, mean_service={0: 1, 1: 1})]
        return [result.mean_wait for result in network(classes, pools).classes]

    urgent, others = zip(*(waits(k) for k in (0, 1, 2)), strict=True)
    assert urgent[0] > urgent[1] > urgent[2]
    assert others[0] < others[1] < others[2]


def test_w_design_balances():
    classes = [
        CustomerClass(arrival_rate=1.5, route=[Step(0)], waiting_room=4, mean_patience=1),
        CustomerClass(
            arrival_rate=1, route=[Step(1), Step(0, keep_free=1)], waiting_room=4, mean_patience=2
        ),
        CustomerClass(arrival_rate=1, route=[Step(1)], waiting_room=4, mean_patience=0.5),
    ]
    pools = [
        Pool(agents=2, mean_service={0: 1, 1: 1.5}),
        Pool(agents=2, mean_service={1: 0.8, 2: 1}),
    ]
    found = network(classes, pools)
    assert_flows_balance(found, classes, pools)
    assert all(result.p_abandon > 0.01 for result in found.classes)
    assert 0 < found.classes[1].answered_by[0] < found.classes[1].answered_by[1]
    assert found.classes[0].answered_by[1] == found.classes[2].answered_by[0] == 0


@pytest.mark.parametrize(
    ("one", "message"),
    [
        ({"route": [Step(1)]}, "class 0 has no mean_service at pool 1"),
        ({"route": [Step(-1)]}, "class 0 has no mean_service at pool -1"),
        ({"route": [Step(0, -1)]}, "keep_free of class 0 must be a whole number"),
        ({"arrival_rate": 0}, "arrival_rate of class 0 must be finite and above 0"),
        ({"mean_patience": 0}, "mean_patience of class 0 must be above 0"),
        ({"waiting_room": -1}, "waiting_room of class 0 must be a whole number"),
    ],
)
def test_refusals(one, message):
    given = {"arrival_rate": 1, "route": [Step(0)], "waiting_room": 1, **one}
    with pytest.raises(ValueError, match=message):
        network([CustomerClass(**given)], [Pool(agents=1, mean_service={0: 1})])


def test_refuses_impossible_pools():
    one = CustomerClass(arrival_rate=1, route=[Step(0)], waiting_room=1)
    with pytest.raises(ValueError, match="agents of pool 0 must be a whole number of at least 1"):
        network([one], [Pool(agents=0, mean_service={0: 1})])
    with pytest.raises(ValueError, match="mean_service of pool 0 must be finite and above 0"):
        network([one], [Pool(agents=1, mean_service={0: 0})])
