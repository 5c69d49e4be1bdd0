"""Values that depend on the time of the week, or on events: when which of them hold.

Where some do, there are several *variants* of the scenario, each with one value in each place.
Times to draw are made of the same variates in all of them: who talks long in the morning does so
in the afternoon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sim.draws.happening import FOLLOW_UP_DAYS, handle_factors
from sim.scenario.ai_agent import AiAgent
from sim.scenario.by_time import ByTime, NumberByTime, spans_of_lines
from sim.scenario.distributions import scaled
from sim.scenario.model import Pool, Reason, Scenario
from sim.scenario.transfers import Transfer
from sim.tables import Floats, Ints

OF_REASONS = ("patience", "handle", "wrap", "resolved")
OF_POOLS = ("speed", "priority")
OF_AI_AGENTS = ("resolves", "asks_for_person")
OF_TRANSFERS = ("share",)

Timed = ByTime | NumberByTime
Chosen = dict[Timed, int]
"""Which line of a value holds; past the last: the usual."""


@dataclass(frozen=True)
class Periods:
    """Which variant of a scenario holds when.

    begins: [period] since when, seconds, growing; variant: [period] its number.
    variants: the usual one first; alone where nothing depends on time.
    """

    begins: Floats
    variant: Ints
    variants: tuple[Scenario, ...]


def periods_of(scenario: Scenario, holidays: frozenset[date]) -> Periods:
    """The periods of a scenario."""
    spans = {
        one: spans_of_lines(one.lines, scenario.calendar, holidays, FOLLOW_UP_DAYS)
        for one in _timed(scenario)
    }
    factors = {name: handle_factors(scenario, name, holidays) for name in scenario.reasons}
    holds = [span for lines in spans.values() for line in lines for span in line]
    holds += [(low, high) for found in factors.values() for low, high, _ in found]
    begins = np.unique(np.ravel(holds))
    columns = [_first(lines, begins) for lines in spans.values()]
    columns += [_product(found, begins) for found in factors.values()]
    usual = (*(float(len(lines)) for lines in spans.values()), *(1.0 for _ in factors))
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    numbers: dict[tuple[float, ...], int] = {usual: 0}
    variant = [numbers.setdefault(row, len(numbers)) for row in rows]
    variants = tuple(
        _variant(
            scenario,
            {one: int(line) for one, line in zip(spans, row, strict=False)},
            dict(zip(factors, row[len(spans) :], strict=True)),
        )
        for row in numbers
    )
    return Periods(begins, np.array(variant, dtype=np.int64), variants)


def _parts(scenario: Scenario) -> Iterator[tuple[Reason | Pool | AiAgent | Transfer, str]]:
    """Whatever has values that may depend on time, and the fields that hold them."""
    for part, fields in (
        (scenario.reasons, OF_REASONS),
        (scenario.pools, OF_POOLS),
        (scenario.transfers, OF_TRANSFERS),
    ):
        yield from ((one, field) for one in part.values() for field in fields)
    for pool in scenario.pools.values():
        if pool.ai_agent is not None:
            yield from ((pool.ai_agent, field) for field in OF_AI_AGENTS)


def _timed(scenario: Scenario) -> dict[Timed, None]:
    """The values that depend on time, each once."""
    leaves = (leaf for one, field in _parts(scenario) for leaf in getattr(one, field).leaves())
    return dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Timed))


def _first(lines: list[list[tuple[float, float]]], begins: Floats) -> Floats:
    """[period] the first line that holds; their number where none does."""
    found = np.full(len(begins), float(len(lines)))
    for number in reversed(range(len(lines))):
        for low, high in lines[number]:
            found[(begins >= low) & (begins < high)] = number
    return found


def _product(factors: list[tuple[float, float, float]], begins: Floats) -> Floats:
    """[period] the product of the factors that hold."""
    found = np.ones(len(begins))
    for low, high, factor in factors:
        found[(begins >= low) & (begins < high)] *= factor
    return found


# --- variants ---------------------------------------------------------------------------------


def _variant(scenario: Scenario, chosen: Chosen, factors: dict[str, float]) -> Scenario:
    """The scenario with one value wherever there are several."""
    if not chosen and all(factor == 1 for factor in factors.values()):
        return scenario

    def only(one: Any) -> Any:
        if not isinstance(one, Timed):
            return one
        line = chosen[one]
        return one.lines[line][1] if line < len(one.lines) else one.usual

    reasons = {
        name: _longer(_with(reason, OF_REASONS, only), factors[name])
        for name, reason in scenario.reasons.items()
    }
    pools = {name: _of_pool(pool, only) for name, pool in scenario.pools.items()}
    transfers = {name: _with(t, OF_TRANSFERS, only) for name, t in scenario.transfers.items()}
    changes = {"reasons": reasons, "pools": pools, "transfers": transfers}
    return scenario.model_copy(update=changes)


def _with(part: Any, fields: tuple[str, ...], change: Callable[[Any], Any]) -> Any:
    """The part with every value in these fields changed."""
    return part.model_copy(update={field: getattr(part, field).each(change) for field in fields})


def _of_pool(pool: Pool, only: Callable[[Any], Any]) -> Pool:
    changed: Pool = _with(pool, OF_POOLS, only)
    if pool.ai_agent is None:
        return changed
    return changed.model_copy(update={"ai_agent": _with(pool.ai_agent, OF_AI_AGENTS, only)})


def _longer(reason: Reason, factor: float) -> Reason:
    """The reason with handle times so many times as long."""
    handle = reason.handle.each(lambda dist: scaled(dist, factor))
    return reason.model_copy(update={"handle": handle})
