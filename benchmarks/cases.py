"""What the engines are timed on: scenarios of this folder, at the size wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sim.draws import Setting, draw, prepare
from sim.engine import Plan, make_plan
from sim.scenario import Scenario, load, loads
from sim.scenario.by import ByChannel
from sim.scenario.distributions import Distribution, Exponential
from sim.tables import Draws

FOLDER = Path(__file__).parent
ERLANG_A = FOLDER / "erlang_a.yaml"


@dataclass(frozen=True)
class Case:
    """A scenario that all sides play, on the same draws."""

    name: str
    scenario: Scenario

    @cached_property
    def setting(self) -> Setting:
        """What every replication draws from."""
        return prepare(self.scenario)

    @cached_property
    def plan(self) -> Plan:
        """The scenario's tables."""
        return make_plan(self.setting)

    def draws(self, replication: int) -> Draws:
        """All randomness of one replication."""
        return draw(self.setting, self.scenario.run.seed, replication)


def week(contacts: int = 20_000) -> Case:
    """The week of three channels and four pools; staff grows in proportion to the contacts."""
    base = load(FOLDER / "week.yaml")
    usual = sum(reason.volume.amount for reason in base.reasons.values() if reason.volume)
    return Case(f"week of {contacts:,} contacts", _scaled(base, contacts / usual))


def erlang_a(agents: int = 100) -> Case:
    """The queue with impatient customers, for one day; a load of one an agent."""
    return Case(f"Erlang A, {agents} agents", _scaled(load(ERLANG_A), agents / 100))


def long_week(contacts: int) -> Case:
    """The week of 100,000 contacts for so many days that there are about as many as wanted."""
    whole = _scaled(load(FOLDER / "week.yaml"), 5)
    return Case(f"{contacts:,} contacts", _days(whole, max(round(7 * contacts / 100_000), 1)))


def many_agents(agents: int) -> Case:
    """Erlang A with a load of one a agent: 480 contacts a day each."""
    days = max(round(200_000 / (480 * agents)), 1)
    return Case(f"{agents:,} agents", _days(erlang_a(agents).scenario, days))


def many_pools(pools: int) -> Case:
    """Ten agents and a reason a pool; the next two pools help who has waited."""
    names = [f"pool-{p}" for p in range(pools)]

    def route(p: int) -> dict[str, object]:
        helpers = [names[(p + k) % pools] for k in (1, 2) if k < pools]
        later = [{"pool": name, "after": f"{20 * k} s"} for k, name in enumerate(helpers, 1)]
        return {"reason": f"reason-{p}", "to": [names[p], *later]}

    reason = {
        "volume": "4800 per day",
        "handle": {"exponential": "3 min"},
        "patience": {"exponential": "3 min"},
    }
    data = {
        "calendar": {"days": max(round(200_000 / (4_800 * pools)), 1)},
        "reasons": {f"reason-{p}": reason for p in range(pools)},
        "pools": {name: {"agents": 10, "answers": ["phone"]} for name in names},
        "routing": [route(p) for p in range(pools)],
    }
    return Case(f"{pools} pools", loads(json.dumps(data)))


def overload(waiting: int) -> Case:
    """Twice the load that 100 agents can do, for a week.

    Contacts come at 10/9 a second and 5/9 are answered: about patience times 5/9 wait.
    """
    scenario = _days(_scaled(load(ERLANG_A), 2, staff=1), 7)
    call = scenario.reasons["call"]
    patience = ByChannel[Distribution].of(Exponential(waiting * 9 / 5))
    reasons = {"call": call.model_copy(update={"patience": patience})}
    return Case(f"{waiting:,} waiting", scenario.model_copy(update={"reasons": reasons}))


def _days(scenario: Scenario, days: int) -> Scenario:
    calendar = scenario.calendar.model_copy(update={"days": days})
    return scenario.model_copy(update={"calendar": calendar})


def _scaled(scenario: Scenario, factor: float, staff: float | None = None) -> Scenario:
    """So many times the customers and, to whole heads, the agents (if nothing else is said)."""
    staff = factor if staff is None else staff
    reasons = {
        name: reason.model_copy(
            update={"volume": replace(reason.volume, amount=reason.volume.amount * factor)}
        )
        for name, reason in scenario.reasons.items()
        if reason.volume is not None
    }
    pools = {
        name: pool.model_copy(
            update={"agents": {t: round(n * staff) or 1 for t, n in pool.agents.items()}}
        )
        for name, pool in scenario.pools.items()
    }
    return scenario.model_copy(update={"reasons": reasons, "pools": pools})
