"""Rule 12, AI agents: each turn on a centre worked out by hand, and what is left is harder."""

from __future__ import annotations

from math import log, sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from centre import caller, centre, monday, run
from scipy.stats import multivariate_normal, norm

from sim.draws import draw, prepare
from sim.scenario import loads
from sim.tables import ByAi, Purpose

ROW = ("cause", "pool", "ended", "talked", "freed", "by_ai")


def assisted(*arrivals: float, ai: dict[str, Any], **reason: Any) -> dict[str, Any]:
    """Callers meet an AI agent of 50 s; what it hands over goes to one person of 100 s."""
    said = {"resolves": 0.5, "talk": "50 s", "hands_over_to": "team", **ai}
    return centre(
        reasons={"help": caller(*arrivals, **reason)},
        pools={"assistant": {"agents": 9, "ai_agent": said}, "team": {"agents": 1}},
        routing=[{"to": ["assistant", "team"]}],
    )


def with_luck(data: dict[str, Any], difficulty: list[float], luck: list[float]) -> Any:
    """The run with these values of DIFFICULTY, and these of AI_AGENT attempt by attempt."""
    draws, customers = run(data).draws, len(difficulty)

    def values(reason: int, attempt: int) -> np.ndarray:
        found = (draws.more.contact_values(reason, attempt) if attempt else draws.values).copy()
        for purpose, given in ((Purpose.DIFFICULTY, difficulty), (Purpose.AI_AGENT, luck)):
            at, some = draws.at[purpose, 0, 0], given[attempt * customers :][:customers]
            found[at : at + len(some)] = some
        return found

    return run(data, values=values(0, 0), more=SimpleNamespace(contact_values=values))


def test_it_helps_those_whose_matter_is_easier_than_its_share() -> None:
    result = with_luck(assisted(0, 1000, ai={}), [0.49, 0.5], [0.9, 0.9])
    assert result.rows(*ROW) == [
        ("first", "assistant", 0, 50, 50, ByAi.RESOLVED),
        ("first", "assistant", 1000, 1050, 1050, ByAi.HANDED_OVER),
        ("hand_over", "team", 1050, 1150, 1150, ByAi.NO),
    ]
    assert result.column("resolved") == [1, -1, 1]


def test_of_the_others_some_are_told_something_wrong_and_some_leave() -> None:
    # All matters are too hard. 20 % wrong and 30 % leave: .1, .4 and .6 are one of each kind. Who
    # was told something wrong comes back, who left does not.
    again = {"after": "300 s", "attempts": 1}
    data = assisted(0, 1000, 2000, ai={"wrong": 0.2, "leaves": 0.3}, again=again)
    result = with_luck(data, [0.9] * 3, [0.1, 0.4, 0.6, 0.6, 0.6, 0.6])
    assert result.column("by_ai")[:3] == [ByAi.WRONG, ByAi.LEFT, ByAi.HANDED_OVER]
    assert result.column("resolved")[:3] == [0, 0, -1]
    later = [(row["cause"], row["customer"], row["arrived"]) for row in result.contacts[3:]]
    # back at 350, as hard as before: handed over at 400
    assert later == [("again", 0, 350), ("hand_over", 0, 400), ("hand_over", 2, 2050)]


def test_who_asks_for_a_person_is_handed_over_after_a_moment_however_easy() -> None:
    # A quarter asks: .2 does. The luck of the others is stretched: .4 becomes .2, which is
    # (.4 - .25) / .75, and not below a `wrong` of 20 %.
    ai = {"asks_for_person": 0.25, "asked_after": "8 s", "wrong": 0.2}
    result = with_luck(assisted(0, 1000, ai=ai), [0.1, 0.9], [0.2, 0.4])
    assert result.rows("talked", "by_ai")[:2] == [
        (8, ByAi.ASKED),
        (1050, ByAi.HANDED_OVER),
    ]


def test_people_take_more_or_less_of_their_time_after_a_hand_over() -> None:
    result = with_luck(assisted(0, ai={"handle_after": 0.8}, wrap="10 s"), [0.9], [0.9])
    assert result.rows("ended", "talked", "freed")[1] == (50, 130, 140)


def test_who_is_passed_back_to_it_again_and_again_leaves_after_twenty_hand_overs() -> None:
    # People pass everybody back at once, twenty times; a conversation takes 50 s. So the first leg
    # comes at 50, the second hand-over at 100, ..., and the 21st conversation ends at 21 x 50.
    data = assisted(0, ai={"resolves": 0})
    data["transfers"] = {
        "back": {"by": "team", "share": 1, "to": "assistant", "after": 0, "at_most": 20}
    }
    result = run(data)
    causes = result.column("cause")
    assert (causes.count("hand_over"), causes.count("transfer")) == (20, 20)
    assert result.rows(*ROW)[-1] == ("transfer", "assistant", 1000, 1050, 1050, ByAi.LEFT)
    assert result.column("resolved")[-1] == 0


def test_while_it_is_down_or_full_people_answer() -> None:
    data = assisted(100, 700, ai={"resolves": 1, "talk": "500 s"})
    data["pools"]["assistant"]["agents"] = 1
    data["calendar"] = {
        "days": 1,
        "start": "2026-01-05",
        "events": {
            "down": {"at": "2026-01-05 00:10-00:20", "pools": {"assistant": {"agents": "0 %"}}}
        },
    }
    data["reasons"]["help"]["arrivals"] = {"replay": [100, 200, 700, 1500]}
    pools = run(data).column("pool")
    assert pools == ["assistant", "team", "team", "assistant"]


def test_closed_after_the_hand_over_is_the_customers_own_affair() -> None:
    data = assisted(0, ai={})
    data["pools"]["team"]["agents"] = {monday(500, 900): 1}
    data["channels"] = {"phone": {"hours": monday(0, 900)}}
    result = with_luck(data, [0.9], [0.9])
    assert result.rows("pool", "ended")[1] == ("team", 500)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("correlation", [0.3, 0.9])
def test_the_easiest_take_with_them_what_arithmetic_says(share: float, correlation: float) -> None:
    """Lognormal times of log-sd s: the easiest p have the part Phi(Phi^-1(p) - r s) of the work.

    40,000 customers. The part's standard error is below .004 here; five of them are allowed, and
    selection by a guess (p itself) would be off by .05 to .3. Fixed seed.
    """
    cv = 0.9
    text = f"""
reasons:
  help:
    volume: 40000 per day
    handle: {{lognormal: {{mean: 6 min, cv: {cv}}}}}
    difficulty: {correlation}
calendar: {{days: 1}}
pools:
  team: {{agents: 1}}
  assistant: {{agents: 1, ai_agent: {{resolves: {share}, talk: 1 min, hands_over_to: team}}}}
routing: [{{to: [assistant]}}]
"""
    draws = draw(prepare(loads(text)), 3, 0)
    n = int(draws.reason_size[0])
    hard, work = (
        draws.values[at : at + n]
        for at in (draws.at[Purpose.DIFFICULTY, 0, 0], draws.at_legs[Purpose.HANDLE, 0])
    )
    s = sqrt(log(1 + cv * cv))
    expected = norm.cdf(norm.ppf(share) - correlation * s)
    assert work[hard < share].sum() / work.sum() == pytest.approx(expected, abs=0.02)
    assert work.mean() == pytest.approx(360, rel=0.03)  # all together are as the scenario says


def test_what_is_left_is_resolved_less_often() -> None:
    """Difficulty u and the luck of people's answer are a Gaussian copula with correlation r.

    All together people would resolve q. Of those left by an AI agent, u > p, they resolve
    (q - F(p, q)) / (1 - p), F the copula: the bivariate normal distribution at Phi^-1(p) and
    Phi^-1(q). Here 56.0 %, and 70 % without correlation; the standard error is .4 %. Fixed seed.
    """
    p, q, r = 0.4, 0.7, 0.6
    text = f"""
reasons: {{help: {{volume: 30000 per day, handle: 1 min, difficulty: {r}, resolved: {q}}}}}
calendar: {{days: 1}}
pools:
  team: {{agents: 1}}
  assistant: {{agents: 1, ai_agent: {{resolves: {p}, talk: 1 min, hands_over_to: team}}}}
routing: [{{to: [assistant]}}]
"""
    draws = draw(prepare(loads(text)), 4, 0)
    n = int(draws.reason_size[0])
    hard, luck = (
        draws.values[at : at + n]
        for at in (draws.at[Purpose.DIFFICULTY, 0, 0], draws.at_legs[Purpose.AGAIN, 0])
    )
    both = multivariate_normal.cdf([norm.ppf(p), norm.ppf(q)], cov=[[1, r], [r, 1]])
    left = (q - both) / (1 - p)
    assert (luck[hard >= p] < q).mean() == pytest.approx(left, abs=0.02)
    assert left < 0.6
    assert (luck < q).mean() == pytest.approx(q, abs=0.015)


@pytest.mark.parametrize(
    "handle",
    [
        {"exponential": "5 min"},
        {"gamma": {"mean": "5 min", "cv": 0.7}},
        {"uniform": ["1 min", "9 min"]},
        {"triangular": ["1 min", "4 min", "9 min"]},
        {"empirical": ["9 min", "1 min", "5 min", "4 min"]},
        {"mixture": [[0.5, {"exponential": "2 min"}], [0.5, {"exponential": "8 min"}]]},
    ],
    ids=lambda said: next(iter(said)),
)
def test_any_family_keeps_its_distribution_and_its_order(handle: dict[str, Any]) -> None:
    """With correlation 1 the hardest take longest; the quantiles are those of the distribution."""
    from sim.draws.difficulty import Harder

    data = centre(reasons={"help": caller(0, handle=handle)})
    from centre import scenario_of

    of = scenario_of(data).reasons["help"].handle.at("phone")
    u = (np.arange(2000) + 0.5) / 2000
    times = Harder(of, 1.0).times(np.zeros(2000), u)
    assert (np.diff(times) >= -1e-6).all()
    assert times.mean() == pytest.approx(of.expectation(), rel=0.02)
