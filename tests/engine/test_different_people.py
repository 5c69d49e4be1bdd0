"""People with answers of their own: pools of equal rank for the engines, one pool on screen."""

from __future__ import annotations

from typing import Any

import pytest
from centre import Run, caller, centre, run, scenario_of

import sim
from sim.draws import prepare
from sim.experiment.simulation import Simulation
from sim.measures.basis import make_basis
from sim.measures.tally import COLUMN
from sim.scenario import ScenarioError

ALWAYS = {"daily": "work"}


def team(people: dict[str, Any], **reasons: Any) -> dict[str, Any]:
    """Ana, Ben and Cem, always there; phone, or two chats at once, but for what is said."""
    return centre(
        channels={"phone": {}, "chat": {}},
        reasons=reasons,
        pools={
            "team": {
                "answers": {"phone": 1, "chat": 2},
                "roster": {"Ana": ALWAYS, "Ben": ALWAYS, "Cem": ALWAYS},
                "people": people,
            }
        },
    )


def who(result: Run) -> list[str]:
    """Who has answered each contact."""
    person = prepare(result.scenario).roster.person
    return [person[agent].name for agent in result.log.agent.tolist()]  # type: ignore[union-attr]


def test_each_takes_what_they_answer() -> None:
    # Ana answers calls only, Cem three chats at once. The first two go to Ben and Cem; half of
    # Ben is more than a third of Cem, so the third is Cem's; two thirds are more than half.
    result = run(
        team(
            {"Ana": {"answers": "phone"}, "Cem": {"answers": {"chat": 3}}},
            calls=caller(10, channels={"phone": 1}),
            chats=caller(0, 1, 2, 3, 4, channels={"chat": 1}),
        )
    )
    chats = who(result)[:5]
    assert sorted(chats[:2]) == ["Ben", "Cem"]
    assert chats.count("Cem") == 3
    assert chats.count("Ben") == 2
    assert who(result)[5] == "Ana"
    assert set(result.log.pool.tolist()) == {0}  # one pool on screen


def test_nobody_else_takes_it() -> None:
    # Only Ana answers the phone: the second call waits for her, with Ben and Cem idle.
    result = run(
        team(
            {"Ben": {"answers": "chat"}, "Cem": {"answers": {"chat": 2}}},
            calls=caller(0, 10, channels={"phone": 1}),
        )
    )
    assert who(result) == ["Ana", "Ana"]
    assert result.log.ended.tolist() == [0, 100]


def test_occupancy_is_of_each_as_many_as_they_hold() -> None:
    # A chat of 100 s is a third of Cem's hands, and half of Ben's.
    for name, part in (("Ben", 2), ("Cem", 3)):
        others = {one: {"answers": "phone"} for one in ("Ana", "Ben", "Cem") if one != name}
        own = {name: {"answers": {"chat": part}}}
        data = team(others | own, chats=caller(0, channels={"chat": 1}))
        tally, _ = Simulation.of(scenario_of(data), 1, "reference").measure(0)
        found = dict(zip(COLUMN, tally.sums[0].tolist(), strict=True))
        assert found["busy"] == pytest.approx(100 / part)
        assert found["busy_any"] == 100


def test_who_comes_besides_answers_as_the_pool_does() -> None:
    data = team({"Ana": {"answers": "phone"}}, calls=caller(0, channels={"phone": 1}))
    event = {"at": "2026-01-05", "pools": {"team": {"agents": "1 more"}}}
    data["calendar"]["events"] = {"help": event}
    basis = make_basis(prepare(scenario_of(data)))
    assert basis.skill.tolist() == [0, 1, 1, 1]
    assert basis.agent_pool.tolist() == [0, 0, 0, 0]


def test_a_person_answers_what_the_pool_does() -> None:
    data = team({}, calls=caller(0, channels={"phone": 1}))
    data["pools"]["team"] |= {"answers": ["phone"], "people": {"Ana": {"answers": "chat"}}}
    with pytest.raises(ScenarioError, match="the pool does not answer this channel"):
        run(data)


def test_a_story_names_the_people() -> None:
    # Who has a name in a roster is called by it; people of shifts have numbers.
    scenario = scenario_of(
        centre(
            reasons={"a": caller(0, 10)},
            pools={
                "team": {"roster": {"Bo": {"daily": "work"}}},
                "more": {"shifts": {"early": {"count": 1, "at": "daily"}}},
            },
            routing=[{"to": ["team", "more"]}],
        )
    )
    assert "is answered by Bo (team) at once" in sim.trace(scenario, 0)
    assert "is answered by more agent 1 (early) at once" in sim.trace(scenario, 1)
