import math

import pytest
from oracles import chat_pool

from sim.theory import erlang_a, erlang_b

NAMES = ("p_block", "p_wait", "p_abandon", "mean_wait", "mean_queue")


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_agents_who_lose_no_pace_are_as_many_single_agents(limit):
    # 4 agents who hold `limit` contacts, each at full pace, are 4 * limit places of service
    found = chat_pool(7, 0.5, 4, [1.0] * limit, mean_patience=0.8, waiting_room=9)
    queue = erlang_a(7, 0.5, 4 * limit, 0.8, 9)
    for name in NAMES:
        assert getattr(found, name) == pytest.approx(getattr(queue, name), rel=1e-10), name
    assert found.occupancy_slots == pytest.approx(queue.occupancy, rel=1e-10)
    assert found.mean_handling == pytest.approx(0.5, rel=1e-10)


def test_an_agent_who_shares_his_time_is_one_agent():
    # pace 1, 1/2, 1/3, 1/4: the agent ends one contact per mean service, however many he holds:
    # M/M/1 with 4 + 5 places, only the split into waiting and handling differs
    found = chat_pool(0.8, 1, 1, [1, 1 / 2, 1 / 3, 1 / 4], mean_patience=math.inf, waiting_room=5)
    queue = erlang_a(0.8, 1, 1, 1e300, 8)
    assert found.p_block == pytest.approx(queue.p_block, rel=1e-10)
    assert found.occupancy_any == pytest.approx(queue.occupancy, rel=1e-10)
    assert found.mean_wait + found.mean_handling == pytest.approx(queue.mean_wait + 1, rel=1e-10)


def test_one_agent_two_chats_no_queue_by_hand():
    # arrivals 1, service 1, pace 0.8 with two: weights 1, 1, 1 / (2 * 0.8) of 0, 1, 2 in hand
    found = chat_pool(1, 1, 1, [1, 0.8], mean_patience=math.inf, waiting_room=0)
    assert found.levels == pytest.approx((1 / 2.625, 1 / 2.625, 0.625 / 2.625))
    assert found.p_block == pytest.approx(0.625 / 2.625)
    # Little's law: contacts in hand over contacts admitted per unit of time
    in_hand = (1 + 2 * 0.625) / 2.625
    assert found.mean_handling == pytest.approx(in_hand / (2 / 2.625))


def test_the_least_loaded_agent_takes_the_contact():
    # 2 agents, 2 chats each, pace 0.5 with two, no queue, arrivals and services 1. A second contact
    # goes to the free agent. Contacts by agent: 00, 10, 11, 20 (only after an end), 21, 22.
    # Ends: from 10 at 1; from 11 at 2 to 10; from 20 at 2 * 0.5 = 1 to 10; from 21 at 1 to 20 (the
    # agent with one) and at 1 to 11; from 22 at 2 to 21. Arrivals: 20 -> 21, 11 -> 21.
    # Balance: p10 = p00; p20: 2 p20 = p21; p11: 3 p11 = p10 + p21;
    # p21: 3 p21 = p11 + p20 + 2 p22; p22: 2 p22 = p21. With p00 = 1: p21 = 2 p20,
    # 3 p21 = p11 + p21/2 + p21, so p11 = 1.5 p21, 4.5 p21 = 1 + p21, p21 = 2/7.
    p21 = 2 / 7
    p00, p10, p11, p20, p22 = 1, 1, 1.5 * p21, p21 / 2, p21 / 2
    total = p00 + p10 + p11 + p20 + p21 + p22
    found = chat_pool(1, 1, 2, [1, 0.5], mean_patience=math.inf, waiting_room=0)
    assert found.p_block == pytest.approx(p22 / total)
    none, one, two = 2 * p00 + p10 + p20, p10 + 2 * p11 + p21, p20 + p21 + 2 * p22
    assert found.levels == pytest.approx([x / 2 / total for x in (none, one, two)])


def test_waiting_comes_down_with_the_limit_though_each_chat_gets_slower():
    single = chat_pool(2.4, 1, 3, [1], mean_patience=2, waiting_room=60)
    triple = chat_pool(2.4, 1, 3, [1, 0.85, 0.7], mean_patience=2, waiting_room=60)
    assert triple.p_abandon < single.p_abandon / 5
    # between full pace and the slowest
    assert 1.05 < triple.mean_handling < 1 / 0.7
    assert single.mean_handling == pytest.approx(1)
    assert single.p_block < 1e-12


def test_no_room_and_one_chat_is_erlang_b():
    found = chat_pool(9, 1, 10, [1], mean_patience=1, waiting_room=0)
    assert found.p_block == pytest.approx(erlang_b(9, 1, 10).p_block, rel=1e-12)
    assert (found.p_wait, found.mean_wait) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pace": []}, "number of paces must be a whole number of at least 1, got 0"),
        ({"pace": [1, 0]}, "pace must be finite and above 0, got 0"),
        ({"agents": 0}, "agents must be a whole number of at least 1"),
        ({"waiting_room": math.inf}, "waiting_room must be a whole number of at least 0, got inf"),
        ({"mean_patience": 0}, "mean_patience must be above 0, got 0"),
        ({"arrival_rate": -1}, "arrival_rate must be finite and above 0, got -1"),
    ],
)
def test_refusals(changed, message):
    given = {
        "arrival_rate": 1, "mean_service": 1, "agents": 1, "pace": [1], "mean_patience": 1,
        "waiting_room": 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        chat_pool(**{**given, **changed})
