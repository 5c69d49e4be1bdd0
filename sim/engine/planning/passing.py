"""Contacts that are passed on, as tables: by whom, with which chance, to which leg."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from sim.engine.planning import Table
from sim.engine.planning.routes import Routes
from sim.scenario.by_time import usual
from sim.scenario.model import Scenario
from sim.scenario.paths import Leg, all_transfers, is_conference, next_legs
from sim.scenario.transfers import Transfer
from sim.tables import TICKS_PER_SECOND, on_grid


def passing_tables(
    scenario: Scenario, variants: list[Scenario], legs: tuple[Leg, ...], routes: Routes
) -> Table:
    """The fields of `Plan` that tell of contacts passed on.

    Args:
        scenario: resolved.
        variants: what becomes of it at different times.
        legs: its legs.
        routes: by line (legs last), its steps, each with the number of its pool.
    """
    kinds = [
        (reason, reason, channel) for reason in scenario.reasons for channel in scenario.channels
    ]
    types = len(kinds)
    kinds += [leg[:3] for leg in legs]
    numbers = {leg: number for number, leg in enumerate(legs)}
    transfers = all_transfers(scenario)
    names, pools = list(transfers), list(scenario.pools)
    rows: list[list[int]] = []
    by_time = [all_transfers(one) for one in variants]
    chances: list[list[float]] = [[] for _ in variants]
    leads = np.zeros((len(kinds), len(kinds)), dtype=bool)
    for line, (kind, steps) in enumerate(zip(kinds, routes, strict=True)) if legs else ():
        if line >= types and is_conference(scenario, legs[line - types]):
            continue  # nobody is asked to join who has joined themselves
        for p, _, _ in steps:
            found = [leg for leg in next_legs(scenario, *kind, [pools[p]]) if leg in numbers]
            joining = [leg for leg in found if is_conference(scenario, leg)]
            leading = [leg for leg in found if leg not in joining]
            for then, mine in zip(chances, by_time, strict=True):
                for some in (leading, joining):
                    shares = (usual(mine[leg.transfer].share.at(*kind[1:])) for leg in some)
                    then.extend(accumulate(shares))
            for leg in (*leading, *joining):
                most = transfers[leg.transfer].at_most
                what = names.index(leg.transfer), numbers[leg], most, int(leg in joining)
                rows.append([line, p, *what])
            leads[line, [types + numbers[leg] for leg in leading]] = True
    passing = np.array(rows, dtype=np.int64).reshape(-1, 6)
    chosen = [transfers[names[transfer]] for transfer in passing[:, 2]]
    return {
        "leg": _legs(scenario, legs),
        "passing": passing,
        "passing_chance": np.array(chances, dtype=np.float64).reshape(len(variants), -1),
        "passing_after": np.array([one.after for one in chosen], dtype=np.float64),
        "passing_hold": on_grid([_hold(one) for one in chosen]),
        "reaches": _reaches(leads, routes, len(pools)),
    }


def _hold(one: Transfer) -> float:
    """How long who passes on stays; in a conference until it is known whether somebody is free."""
    if one.conference is not None:
        return 1.0 / TICKS_PER_SECOND
    return one.warm.hold if one.warm is not None else 0.0


def _legs(scenario: Scenario, legs: tuple[Leg, ...]) -> np.ndarray:
    reasons, channels, pools = (
        {name: number for number, name in enumerate(names)}
        for names in (scenario.reasons, scenario.channels, scenario.pools)
    )
    transfers = all_transfers(scenario)
    found = [
        (
            reasons[leg.whose],
            reasons[leg.reason],
            channels[leg.channel],
            pools.get(transfers[leg.transfer].to.pool or "", -1),
        )
        for leg in legs
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def _reaches(leads: np.ndarray, routes: Routes, pools: int) -> np.ndarray:
    """[line, pool] 1 if contacts of the line can be passed on to the pool, at once or by and by."""
    while not np.array_equal(further := leads | (leads @ leads), leads):
        leads = further
    on_route = np.zeros((len(routes), pools), dtype=bool)
    for line, steps in enumerate(routes):
        on_route[line, [p for p, _, _ in steps]] = True
    return (leads @ on_route).astype(np.int64)
