"""Routes as tables: which pools a contact may come to, and what each pool may take."""

from __future__ import annotations

from itertools import accumulate
from math import inf

import numpy as np

from sim.engine.planning import Table
from sim.scenario.by_time import usual
from sim.scenario.model import Pool, Scenario, Step
from sim.scenario.paths import (
    Leg,
    all_transfers,
    by_ai_agent,
    handle_time,
    leg_steps,
    route_of,
    steps_of,
)
from sim.scenario.queues import Priority
from sim.tables import on_grid

Routes = list[list[tuple[int, int, Step]]]
"""By line: its steps, each with the number of its pool and its rank."""

LIVE_FIRST = 1_000_000_000
"""Subtracted from the priority of deferred contacts: live work goes before it (rule 4)."""


def routes_of(scenario: Scenario, legs: tuple[Leg, ...]) -> Routes:
    """The steps of every line, legs last, by when they join."""
    numbers = {name: i for i, name in enumerate(scenario.pools)}
    routes = [
        steps_of(scenario, reason, channel)
        for reason in scenario.reasons
        for channel in scenario.channels
    ]
    routes += [leg_steps(scenario, leg) for leg in legs]
    return [
        sorted(
            (
                (numbers[step.pool], rank, step)
                for rank, step in zip(
                    accumulate(int(not step.beside) for step in steps), steps, strict=True
                )
            ),
            key=lambda ranked: ranked[2].after,
        )
        for steps in routes
    ]


def route_tables(scenario: Scenario, routes: Routes) -> Table:
    """The steps of contact types from outside."""
    shape = (len(scenario.reasons), len(scenario.channels))
    longest = max((len(steps) for steps in routes), default=0)
    length = np.zeros(shape, dtype=np.int64)
    pool = np.full((*shape, longest), -1)
    after = np.full((*shape, longest), inf)
    keep, group = np.zeros((*shape, longest), dtype=np.int64), np.full((*shape, longest), -1)
    rate = np.zeros((*shape, longest))
    random = np.zeros(shape, dtype=np.int64)
    reasons, channels = list(scenario.reasons), list(scenario.channels)
    for line, steps in enumerate(routes[: shape[0] * shape[1]]):
        r, c = divmod(line, shape[1])
        length[r, c] = len(steps)
        route = route_of(scenario, reasons[r], channels[c])
        random[r, c] = int(route is not None and route.choose == "random")
        for s, (p, rank, step) in enumerate(steps):
            pool[r, c, s], after[r, c, s], keep[r, c, s] = p, step.after, step.keep_free
            group[r, c, s] = rank
            rate[r, c, s] = _rate(scenario.pools[step.pool], reasons[r], channels[c])
    return {
        "route_length": length,
        "route_pool": pool,
        "route_after": on_grid(after),
        "route_keep": keep,
        "route_rate": rate,
        "route_group": group,
        "random": random,
    }


def _rate(pool: Pool, reason: str, channel: str) -> float:
    """How many contacts at full speed an agent of the pool gets on with at a time."""
    places = pool.answers[channel]
    return places * pool.paces(channel, places)[-1] * usual(pool.speed.at(reason, channel))


def leg_tables(scenario: Scenario, legs: tuple[Leg, ...]) -> Table:
    """What legs have of their own: for the expected wait, and how long they take."""
    rate, work, times = np.zeros(len(legs)), np.zeros(len(legs)), np.ones(len(legs))
    transfers = all_transfers(scenario)
    for x, leg in enumerate(legs):
        transfer, reason = transfers[leg.transfer], scenario.reasons[leg.reason]
        if by_ai_agent(scenario, leg.transfer):
            ai = scenario.pools[(transfer.by or [""])[0]].ai_agent
            times[x] = 1.0 if ai is None else ai.handle_after
        if transfer.to.pool is not None:
            rate[x] = _rate(scenario.pools[transfer.to.pool], leg.reason, leg.channel)
        handle = transfer.handle or handle_time(reason, leg.channel)
        work[x] = handle.expectation() * times[x] + reason.wrap.at(leg.channel).expectation()
        if transfer.warm is not None:
            work[x] += transfer.warm.hand_over.expectation()
    return {"leg_rate": rate, "leg_work": work, "leg_times": times}


def menu_tables(variants: list[Scenario], routes: Routes, legs: tuple[Leg, ...]) -> Table:
    """What each pool may take, highest priority first."""
    scenario = variants[0]
    kinds = [(reason, channel) for reason in scenario.reasons for channel in scenario.channels]
    kinds += [(leg.reason, leg.channel) for leg in legs]
    pools = [[*one.pools.values()] for one in variants]
    rows: list[list[tuple[list[int], list[float], list[int]]]] = [[] for _ in scenario.pools]
    for line, ((reason, channel), steps) in enumerate(zip(kinds, routes, strict=True)):
        for s, (p, _, step) in enumerate(steps):
            own = [mine[p].priority.at(reason, channel) for mine in pools]
            then = [int(usual(one)) for one in own if one is not None]
            said = Priority(start=then[0]) if then else scenario.reasons[reason].priority
            behind = 0 if then or scenario.channels[channel].live else LIVE_FIRST
            most = inf if said.at_most is None else said.at_most - behind
            jump = inf if said.after is None else on_grid(said.after)
            row = [line, s, step.keep_free, said.start - behind, (said.then or 0) - behind]
            rows[p].append((row, [said.per_minute / 60.0, most, jump], then))
    for menu in rows:
        menu.sort(key=lambda row: (-row[0][3], *row[0][:2]))
    flat = [row for menu in rows for row in menu]
    which = np.array([row for row, *_ in flat], dtype=np.int64).reshape(-1, 5)
    change = np.array([one for _, one, _ in flat], dtype=np.float64).reshape(-1, 3)
    varies = np.array([len(set(then)) > 1 for *_, then in flat], dtype=bool)
    timed = [then for *_, then in flat if len(set(then)) > 1]
    return {
        "menu_first": np.cumsum([0, *(len(menu) for menu in rows)]),
        "menu": which[:, :4],
        "menu_then": which[:, 4],
        "menu_grows": change[:, 0],
        "menu_most": change[:, 1],
        "menu_jump": change[:, 2],
        "menu_timed": np.where(varies, np.cumsum(varies) - 1, -1),
        "priorities": np.array(timed, dtype=np.int64).reshape(-1, len(variants)),
    }
