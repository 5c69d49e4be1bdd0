"""Tiny centres for tests: a scenario as a Python mapping in, rows with names out."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sim.draws import draw, prepare
from sim.engine import make_plan, simulate
from sim.scenario import Scenario, loads
from sim.tables import Cause, ContactLog, Draws, DutyLog, Outcome

DAY = 86400


KINDS = (
    "DOOR_CLOSES",
    "OFF_DUTY",
    "TALK_ENDS",
    "FINISHED",
    "OFFER_ENDS",
    "PAUSE_ENDS",
    "ON_DUTY",
    "LINE_FREED",
    "ARRIVES",
    "POOL_JOINS",
    "EXIT_OPENS",
    "DUE",
    "PATIENCE_ENDS",
)
"""The kinds of events in their order (rule 1), but for the end of the run."""


def clock(seconds: int) -> str:
    """Seconds from midnight as `HH:MM:SS`."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def monday(start: int, end: int) -> str:
    """Times of the week: Monday, between two numbers of seconds. It is the first day."""
    return f"mon {clock(start)}-{clock(end)}"


def caller(*arrivals: float, **more: Any) -> dict[str, Any]:
    """A reason with exact arrivals; work of 100 s if nothing else is said."""
    return {"arrivals": {"replay": list(arrivals)}, "handle": "100 s", **more}


def centre(**parts: Any) -> dict[str, Any]:
    """A scenario of one day with one agent who is always there, but for what is said."""
    return {"calendar": {"days": 1}, "pools": {"team": {"agents": 1}}, **parts}


def scenario_of(data: dict[str, Any]) -> Scenario:
    """The scenario, checked and resolved as from a file."""
    return loads(json.dumps(data), "test")


@dataclass(frozen=True)
class Run:
    """One replication: what went in, what came out."""

    scenario: Scenario
    draws: Draws
    log: ContactLog
    duty: DutyLog

    @cached_property
    def contacts(self) -> list[dict[str, Any]]:
        """The rows of the log with names instead of codes."""
        names = [name for name in vars(self.log) if name not in ("put_down", "rings")]
        columns = {name: getattr(self.log, name).tolist() for name in names}
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        reasons, channels = list(self.scenario.reasons), list(self.scenario.channels)
        pools = [*self.scenario.pools, None]  # -1: none
        for row in rows:
            row["reason"], row["channel"] = reasons[row["reason"]], channels[row["channel"]]
            row["pool"] = pools[row["pool"]]
            row["outcome"] = Outcome(row["outcome"]).name.lower()
            row["cause"] = Cause(row["cause"]).name.lower()
        return rows

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns, one tuple a contact."""
        return [tuple(row[name] for name in columns) for row in self.contacts]

    def column(self, name: str) -> list[Any]:
        """One column."""
        return [row[name] for row in self.contacts]

    def spells(self) -> list[tuple[int, float, float, float]]:
        """The duty log: agent, on, off, left."""
        columns = (self.duty.agent, self.duty.on, self.duty.off, self.duty.left)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def first_spells(self) -> dict[int, tuple[float, float, float]]:
        """Each agent's first spell of duty: on, off, left."""
        return {agent: (on, off, left) for agent, on, off, left in reversed(self.spells())}


def run(
    data: dict[str, Any],
    seed: int = 1,
    replication: int = 0,
    engine: str = "reference",
    **draws: Any,
) -> Run:
    """Run a scenario once, on the engine written to be read; `tests/parity` compares the other.

    Args:
        data: the scenario.
        seed, replication: of the draws.
        engine: that runs it.
        draws: columns of the draws to set instead.
    """
    scenario = scenario_of(data)
    setting = prepare(scenario)
    drawn = draw(setting, seed, replication)
    if draws:
        drawn = replace(drawn, **draws)
    return Run(scenario, drawn, *simulate(make_plan(setting), drawn, engine))
