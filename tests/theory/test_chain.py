import pytest
from oracles import Move, chain, stationary

from sim.theory import erlang_a


def test_a_cycle_stays_in_each_state_as_long_as_its_rate_says():
    # 0 -> 1 -> 2 -> 0 at rates 1, 2, 4: probabilities 4/7, 2/7, 1/7; all moves 4/7 times a unit
    solved = stationary(0, lambda i: [Move((i + 1) % 3, 2.0**i, ("from", i))])
    assert solved.probability == pytest.approx({0: 4 / 7, 1: 2 / 7, 2: 1 / 7})
    assert [solved.flow(("from", i)) for i in range(3)] == pytest.approx([4 / 7] * 3)
    assert solved.mean(lambda i: i) == pytest.approx(4 / 7)
    assert solved.flow("never") == 0


def test_a_chain_of_a_thousand_states_is_erlang_a():
    # 300 agents, load 280 to start far from the likely states, room for 700
    def moves(x):
        if x < 1000:
            yield Move(x + 1, 280.0, "arrived")
        else:
            yield Move(x, 280.0, "blocked")
        yield Move(x - 1, float(min(x, 300)), "answered")
        yield Move(x - 1, max(x - 300, 0) / 2, "abandoned")

    solved, queue = stationary(0, moves), erlang_a(280, 1, 300, 2, 700)
    assert solved.flow("answered") / 300 == pytest.approx(queue.occupancy, rel=1e-10)
    assert solved.flow("abandoned") / 280 == pytest.approx(queue.p_abandon, rel=1e-10)
    assert solved.mean(lambda x: max(x - 300, 0)) == pytest.approx(queue.mean_queue, rel=1e-10)


def test_moves_that_stay_count_but_change_nothing():
    solved = stationary("only", lambda state: [Move(state, 3.0, "blocked")])
    assert solved.probability == {"only": 1}
    assert solved.flow("blocked") == 3


def test_start_too_unlikely_for_floating_point():
    # 40 moves up, each 1e10 times likelier than down: the start has probability 1e-400
    def moves(x):
        yield Move(min(x + 1, 40), 1e10, "up")
        yield Move(max(x - 1, 0), 1.0, "down")

    assert stationary(0, moves).probability[40] == pytest.approx(1 - 1e-10, rel=1e-12)
    assert stationary(0, moves).probability[35] == pytest.approx(1e-50, rel=1e-12)


def test_two_likely_ends_with_a_hardly_passable_middle():
    # from the middle to either end every move is 1e4 times likelier than back: by symmetry both
    # ends are equally likely, though it takes some 1e40 moves to pass
    def moves(x):
        yield Move(min(x + 1, 10), 1e4 if x >= 0 else 1.0, "up")
        yield Move(max(x - 1, -10), 1e4 if x <= 0 else 1.0, "down")

    ends = [stationary(0, moves).probability[x] for x in (-10, 10)]
    assert ends == pytest.approx([(1 - 1e-4) / 2] * 2, rel=1e-10)


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        (lambda i: [Move(1 - i, -1.0, "e")], "rate from 0 to 1 must not be -1.0"),
        (lambda _: [Move(1, 1.0, "e")], "not every state can be reached"),
        (lambda i: [Move(i + 1, 1.0, "e")], "more than 500 states"),
    ],
)
def test_refusals(moves, message, monkeypatch):
    monkeypatch.setattr(chain, "_MOST_STATES", 500)
    with pytest.raises(ValueError, match=message):
        stationary(0, moves)
