"""People who answer other channels than their pool, or more at once.

On screen they are of their pool. The engines know pools of equal rank, one for each way to answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario.model import Pool, Route, Scenario, Step
from sim.scenario.transfers import Transfer


@dataclass(frozen=True)
class Skill:
    """Those of a pool who answer the same: who they are, and what.

    people: by name; those whom the pool does not name answer as the pool does.
    """

    pool: str
    name: str
    answers: dict[str, int]
    people: tuple[str, ...]


def skills_of(name: str, pool: Pool) -> list[Skill]:
    """The ways to answer of a pool, its own last; each with those of the roster."""
    others: dict[tuple[tuple[str, int], ...], list[str]] = {}
    usual = []
    for one in pool.roster:
        own = pool.people[one].answers if one in pool.people else {}
        if own and own != pool.answers:
            others.setdefault(tuple(sorted(own.items())), []).append(one)
        else:
            usual.append(one)
    found = [
        Skill(name, f"{name} {number}", dict(answers), tuple(people))
        for number, (answers, people) in enumerate(sorted(others.items()), 1)
    ]
    return [*found, Skill(name, name, pool.answers, tuple(usual))]


def in_order(name: str, pool: Pool) -> list[str]:
    """The people of a roster, those together who answer the same."""
    return [one for skill in skills_of(name, pool) for one in skill.people]


def by_skill(scenario: Scenario) -> tuple[Scenario, tuple[Skill, ...]]:
    """The scenario with a pool for each way to answer, and what each of them is."""
    skills = {name: skills_of(name, pool) for name, pool in scenario.pools.items()}
    together = tuple(one for mine in skills.values() for one in mine)
    if len(together) == len(scenario.pools):
        return scenario, together
    pools = {
        one.name: scenario.pools[one.pool].model_copy(update={"answers": one.answers})
        for one in together
    }
    names = {name: [one.name for one in mine] for name, mine in skills.items()}
    changes = {
        "pools": pools,
        "routing": [_route(route, names) for route in scenario.routing],
        "transfers": {
            name: _transfer(one, names, scenario) for name, one in scenario.transfers.items()
        },
    }
    return scenario.model_copy(update=changes), together


def _route(route: Route, names: dict[str, list[str]]) -> Route:
    steps: list[Step] = [
        step.model_copy(update={"pool": name, "beside": step.beside or number > 0})
        for step in route.to
        for number, name in enumerate(names[step.pool])
    ]
    return route.model_copy(update={"to": steps})


def _transfer(one: Transfer, names: dict[str, list[str]], scenario: Scenario) -> Transfer:
    by = [name for pool in scenario.pools if one.passes_on(pool) for name in names[pool]]
    return one.model_copy(update={"by": by})
