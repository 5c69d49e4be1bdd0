import pytest
from oracles import mg1, mg1_priority, mmc_priority

from sim.theory import erlang_c


def test_one_agent_two_classes_by_hand():
    # loads 0.3 and 0.3, exponential service of mean 1: the agent needs 0.6 * 1 on average until
    # free; the urgent wait 0.6 / 0.7, the others 0.6 / (0.7 * 0.4)
    expected = pytest.approx([0.6 / 0.7, 0.6 / 0.28])
    assert mmc_priority([0.3, 0.3], 1, 1) == expected
    assert mg1_priority([0.3, 0.3], [1, 1], [1, 1]) == expected


@pytest.mark.parametrize("agents", [1, 5, 40])
def test_priority_moves_waits_about_but_keeps_their_sum(agents):
    # with one service time for all, the mean over all customers is that of first come first served
    rates = [agents * part for part in (0.2, 0.4, 0.3)]
    waits = mmc_priority(rates, 1, agents)
    mean = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
    assert mean == pytest.approx(erlang_c(sum(rates), 1, agents).mean_wait, rel=1e-12)
    assert waits == sorted(waits)


def test_conservation_law_of_kleinrock():
    # the sum of load times wait over classes does not depend on the order of the classes:
    # loads 0.2 and 0.5, W0 = (0.2 * 1 * (1 + 4) + 0.5 * 2 * 1) / 2 = 1, so 0.7 * 1 / 0.3
    urgent_first = mg1_priority([0.2, 0.25], [1, 2], [2, 0])
    urgent_last = mg1_priority([0.25, 0.2], [2, 1], [0, 2])
    assert 0.2 * urgent_first[0] + 0.5 * urgent_first[1] == pytest.approx(0.7 / 0.3)
    assert 0.5 * urgent_last[0] + 0.2 * urgent_last[1] == pytest.approx(0.7 / 0.3)


def test_pollaczek_khinchine():
    # load 0.8: exponential service waits 0.8 / 0.2 = 4, fixed service half of it, and a
    # coefficient of variation of 2 (1 + 4) / 2 times it
    assert mg1(0.8, 1, 1) == pytest.approx(4)
    assert mg1(0.8, 1, 0) == pytest.approx(2)
    assert mg1(0.8, 1, 2) == pytest.approx(10)
    assert mg1(0.8, 1, 1) == pytest.approx(erlang_c(0.8, 1, 1).mean_wait)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mg1(1, 1, 1), "unstable: load of 1 on one agent"),
        (lambda: mg1(0.5, 1, -1), "cv_service must be finite and not below 0"),
        (lambda: mmc_priority([3, 3], 1, 6), "unstable"),
        (lambda: mmc_priority([], 1, 6), "lists must be of one length of at least 1"),
        (lambda: mmc_priority([7, -2], 1, 6), "arrival_rate must be finite and above 0, got -2"),
        (lambda: mg1_priority([0.1], [1, 2], [1]), "lists must be of one length"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
