"""What the engines are timed on: scenarios of this folder, at the size wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sim.draws import Setting, draw, prepare
from sim.engine import Plan, make_plan
from sim.scenario import Scenario, load
from sim.tables import Draws

FOLDER = Path(__file__).parent


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


def erlang_a() -> Case:
    """The queue with impatient customers and 100 agents."""
    return Case("Erlang A, 100 agents", load(FOLDER / "erlang_a.yaml"))


def _scaled(scenario: Scenario, factor: float) -> Scenario:
    """So many times the customers and, to whole heads, the agents."""
    reasons = {
        name: reason.model_copy(
            update={"volume": replace(reason.volume, amount=reason.volume.amount * factor)}
        )
        for name, reason in scenario.reasons.items()
        if reason.volume is not None
    }
    pools = {
        name: pool.model_copy(
            update={"agents": {t: round(n * factor) or 1 for t, n in pool.agents.items()}}
        )
        for name, pool in scenario.pools.items()
    }
    return scenario.model_copy(update={"reasons": reasons, "pools": pools})
