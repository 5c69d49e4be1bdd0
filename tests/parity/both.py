"""One replication on both engines, compared byte by byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from centre import scenario_of
from strategies import (
    some_days,
    some_scenario,
    some_with_conferences,
    some_with_transfers,
    twisted,
)

from sim.draws import draw, prepare
from sim.engine import Plan, compiled, make_plan, reference
from sim.scenario import Scenario
from sim.tables import ContactLog, Draws, DutyLog

Engine = Callable[[Plan, Draws], tuple[ContactLog, DutyLog]]


@dataclass(frozen=True)
class Known:
    """A replication and what the reference engine makes of it."""

    plan: Plan
    draws: Draws
    logs: tuple[ContactLog, DutyLog]

    @classmethod
    def of(cls, scenario: Scenario, replication: int = 0) -> Known:
        """Draw a replication and run it."""
        plan, draws = cls.drawn(scenario, replication)
        return cls(plan, draws, reference.simulate(plan, draws))

    @staticmethod
    def drawn(scenario: Scenario, replication: int = 0) -> tuple[Plan, Draws]:
        """What the engines are given."""
        setting = prepare(scenario)
        return make_plan(setting), draw(setting, scenario.run.seed, replication)

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Known:
        """The same from a scenario as a mapping."""
        return cls.of(scenario_of(data))

    @classmethod
    def of_series(cls, k: int) -> Known:
        """The k-th of the fixed series; every other one with spells of duty of all kinds."""
        return cls._twisted(some_scenario(k), k)

    @classmethod
    def with_transfers(cls, k: int) -> Known:
        """The k-th of the series in which contacts are passed on; as `of_series` for the rest."""
        return cls._twisted(some_with_transfers(k), k)

    @classmethod
    def with_conferences(cls, k: int) -> Known:
        """The same of the series in which agents ask others to join their talks."""
        return cls._twisted(some_with_conferences(k), k)

    @classmethod
    def of_days(cls, k: int) -> Known:
        """The k-th of the series in which one day is not like another."""
        return cls.of_data(some_days(k))

    @classmethod
    def _twisted(cls, data: dict[str, Any], k: int) -> Known:
        known = cls.of_data(data)
        if k % 2 == 0:
            return known
        draws = twisted(known.draws, random.Random(k))
        return cls(known.plan, draws, reference.simulate(known.plan, draws))

    def differences(self, engine: Engine = compiled.simulate) -> list[str]:
        """Where an engine's logs are not the reference engine's, a line a column; none: equal."""
        logs = engine(self.plan, self.draws)
        found = [line for a, b in zip(self.logs, logs, strict=True) for line in _unlike(a, b)]
        same = all(a.identical(b) for a, b in zip(self.logs, logs, strict=True))
        assert same == (not found)  # the tables' own comparison agrees
        return found


def _unlike(known: Any, other: Any) -> list[str]:
    found = [
        line
        for field in fields(known)
        if isinstance(getattr(known, field.name), np.ndarray)
        and (line := _unlike_column(known, other, field.name)) != ""
    ]
    for inner in ("put_down", "rings"):
        if hasattr(known, inner):
            lines = _unlike(getattr(known, inner), getattr(other, inner))
            found += [f"{inner}: {line}" for line in lines]
    return found


def _unlike_column(known: Any, other: Any, name: str) -> str:
    a, b = getattr(known, name), getattr(other, name)
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"{name}: {a.dtype} {a.shape}, not {b.dtype} {b.shape}"
    if a.tobytes() == b.tobytes():
        return ""
    unlike = np.flatnonzero([x.tobytes() != y.tobytes() for x, y in zip(a, b, strict=True)])
    k = unlike[0]
    return f"{name}: {len(unlike)} rows of {len(a)}; row {k} is {a[k]!r}, not {b[k]!r}"
