"""Contact types as tables: who leaves, comes back, is resolved; when those come back who may."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.draws.arrivals import cumulative_profile
from sim.engine.planning import Table
from sim.engine.planning.channels import numbers_of
from sim.scenario.by_time import usual
from sim.scenario.model import Scenario
from sim.scenario.paths import handle_time
from sim.scenario.queues import Balk
from sim.tables import on_grid


def balk_tables(scenario: Scenario) -> Table:
    """Who leaves at once if they would have to wait, by contact type."""
    said = [
        reason.balk.at(name) if channel.live else Balk()
        for reason in scenario.reasons.values()
        for name, channel in scenario.channels.items()
    ]
    shape = (len(scenario.reasons), len(scenario.channels))
    points = [point for one in said for point in one.points]
    by = [1 if one.by_wait else 2 if one.by_queue else 0 for one in said]
    return {
        "balk": np.array([one.share for one in said]).reshape(shape),
        "balk_by": np.array(by).reshape(shape),
        "balk_first": np.cumsum([0, *(len(one.points) for one in said)]),
        "balk_points": np.array(points, dtype=np.float64).reshape(-1, 2),
    }


def contact_tables(variants: list[Scenario]) -> Table:
    """What becomes of contacts that are not answered, or not resolved."""
    scenario = variants[0]
    shape = (len(scenario.reasons), len(scenario.channels))
    numbers = numbers_of(scenario.channels)
    retry_chance = np.zeros(shape)
    retry_on, again_on = np.full(shape, -1), np.full(shape, -1)
    closed = np.zeros((*shape, 2 + shape[1]))
    mean_work = np.zeros(shape)
    for r, reason in enumerate(scenario.reasons.values()):
        for c, name in enumerate(scenario.channels):
            if reason.retry is not None:
                retry_chance[r, c] = reason.retry.chance.at(name)
                retry_on[r, c] = numbers.get(reason.retry.on, c)
            if reason.again is not None:
                again_on[r, c] = numbers.get(reason.again.on, c)
            mean_work[r, c] = (
                handle_time(reason, name).expectation() + reason.wrap.at(name).expectation()
            )
            door = reason.closed.at(name)
            closed[r, c, 0], closed[r, c, 1] = door.lost, door.returns
            for target, share in door.to.items():
                closed[r, c, 2 + numbers[target]] += share
    reasons = scenario.reasons.values()
    ahead = [[one.head_start.at(name).of_causes() for name in scenario.channels] for one in reasons]
    return {
        "head_start": on_grid(ahead),
        "tries": np.array([r.retry.attempts if r.retry is not None else 0 for r in reasons]),
        "agains": np.array([r.again.attempts if r.again is not None else 0 for r in reasons]),
        "retry_chance": retry_chance,
        "retry_on": retry_on,
        "resolved": np.array([_resolved(one) for one in variants]),
        "again_on": again_on,
        "mean_work": mean_work,
        "closed": np.cumsum(closed, axis=2),
    }


def _resolved(scenario: Scenario) -> list[list[float]]:
    """[reason, channel] of one variant."""
    return [
        [
            channel.resolved if channel.unlimited else usual(reason.resolved.at(name))
            for name, channel in scenario.channels.items()
        ]
        for reason in scenario.reasons.values()
    ]


def profile_tables(scenario: Scenario, holidays: frozenset[date]) -> Table:
    """When those come back who come back as the reason's profile goes."""
    reasons = scenario.reasons.values()
    by_profile = [
        [
            int(door.after is None and door.returns > 0)
            for door in map(one.closed.at, scenario.channels)
        ]
        for one in reasons
    ]
    nothing = np.zeros(0), np.zeros(0)
    some = [
        cumulative_profile(scenario, one, holidays) if any(row) else nothing
        for one, row in zip(reasons, by_profile, strict=True)
    ]
    return {
        "by_profile": np.array(by_profile),
        "profile_first": np.cumsum([0, *(len(times) for times, _ in some)]),
        "profile_time": np.concatenate([times for times, _ in some]),
        "profile_before": np.concatenate([before for _, before in some]),
    }
