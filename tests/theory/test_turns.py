"""Contacts that share one agent: by hand, in the limits, and by mean value analysis."""

from __future__ import annotations

import pytest

from sim.draws import prepare
from sim.engine.plan import Plan, make_plan
from sim.scenario import loads
from sim.theory.turns import shared_pace


def test_two_fifths_by_hand() -> None:
    # r = .4 / .6 = 2/3. Sums of n! / (n - k)! r^k: 5/3; 1 + 4/3 + 8/9 = 29/9; 1 + 2 + 8/3 + 16/9 =
    # 67/9; 1 + 8/3 + 16/3 + 64/9 + 128/27 = 563/27. Busy 1 - 1 / sum, over n x .4:
    # .4 / .4, (20/29) / .8, (58/67) / 1.2, (536/563) / 1.6.
    assert shared_pace(0.4, 4) == pytest.approx(
        [1, 20 / 29 / 0.8, 58 / 67 / 1.2, 536 / 563 / 1.6], rel=1e-12
    )
    assert [round(speed, 2) for speed in shared_pace(0.4, 4)] == [1, 0.86, 0.72, 0.6]


def test_limits() -> None:
    # Who always needs the agent has half of them beside another; who never does has all of them.
    assert shared_pace(1.0, 4) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert shared_pace(0.0, 3) == [1, 1, 1]
    # Very many in hand keep the agent busy: n x speed x share goes to 1.
    assert 100 * shared_pace(0.3, 100)[-1] * 0.3 == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("share", [1e-6, 0.05, 0.4, 0.77, 0.999])
def test_mean_value_analysis_gives_the_same(share: float) -> None:
    """One comes to a queue as it is on average with one contact less (Reiser & Lavenberg 1980)."""
    queue, found = 0.0, []
    for held in range(1, 13):
        at_the_agent = share * (1.0 + queue)  # of a whole of 1: the agent's part of a contact
        rate = held / (at_the_agent + 1.0 - share)
        queue = rate * at_the_agent
        found.append(rate / held)
    assert shared_pace(share, 12) == pytest.approx(found, rel=1e-9)


def test_the_engines_are_told_the_same_speeds_as_by_a_list() -> None:
    def plan(said: str) -> Plan:
        text = f"""
reasons: {{help: {{volume: 10 per day, handle: 5 min, channels: {{chat: 1}}}}}}
pools: {{team: {{agents: 2, answers: {{chat: 3}}, {said}}}}}
"""
        return make_plan(prepare(loads(text)))

    listed = ", ".join(map(repr, shared_pace(0.4, 3)))
    one, other = plan("agent_share: {chat: 40 %}"), plan(f"pace: {{chat: [{listed}]}}")
    assert one.pace.tolist() == other.pace.tolist()
    assert one.paced.tolist() == [1]
    assert one.route_rate.tolist() == other.route_rate.tolist()
