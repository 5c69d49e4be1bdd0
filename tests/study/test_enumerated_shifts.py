"""Shifts of three pools, two kinds of break and a cap on people, against all that could be done."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import sim
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.staffing.shape import Shape, make_shape
from sim.experiment.staffing.solver import cover

POOLS, DAYS, MOST = ("a", "b", "c"), (0, 1), 2

CENTRE = """\
calendar: {start: 2026-11-23, days: 2}
profiles: {day: {mon-tue 09:00-13:00: 1}}
reasons: {calls: {volume: 40 per day, profile: day, handle: 3 min, patience: 3 min}}
pools:
""" + "".join(f"  {name}: {{agents: {{mon-tue 09:00-13:00: 1}}}}\n" for name in POOLS)

BREAKS = [
    {"length": "15 min", "after": "15 min", "within": "50 min"},
    {"length": "30 min", "after": "45 min", "within": "90 min", "every": "1 h"},
]
"""A short break after 15 or 45 min, then a lunch after 45 or 105: three ways in 4 h, one in 2 h."""


def shape_with(people: int | None) -> Shape:
    goal = StaffGoal.of(
        {"service_level": "80 %"},
        shifts={"lengths": ["4 h", "2 h"], "breaks": BREAKS},
        people={"at_most": people} if people else None,
    )
    one = sim.loads(CENTRE)
    return make_shape(one, goal, goal.resolved(one).pools)


def cheapest(shape: Shape, needed: np.ndarray) -> dict[tuple[str, int], dict[int, float]]:
    """Pool and day -> number of shifts -> the fewest hours that cover the need with so many.

    All counts of 0 to `MOST` of each shift are tried.
    """
    found = {}
    for pool, day in itertools.product(POOLS, DAYS):
        duties = [i for i, one in enumerate(shape.duties) if (one.pool, one.day) == (pool, day)]
        slots = [i for i, one in enumerate(shape.slots) if (one.pool, one.day) == (pool, day)]
        tried = np.array(list(itertools.product(range(MOST + 1), repeat=len(duties))))
        heads = tried @ shape.covers[np.ix_(slots, duties)].T
        good = tried[(heads >= needed[slots]).all(axis=1)]
        hours, many = good @ shape.hours[duties], good.sum(axis=1)
        found[pool, day] = {int(k): float(hours[many == k].min()) for k in np.unique(many)}
    return found


def optimum(hours: dict[tuple[str, int], dict[int, float]], people: int) -> float:
    """The fewest hours that so many people can work: each has one pool and one shift a day."""
    best = np.inf
    for split in itertools.product(range(people + 1), repeat=len(POOLS)):
        if sum(split) <= people:
            best = min(
                best,
                sum(
                    min((h for k, h in hours[pool, day].items() if k <= most), default=np.inf)
                    for pool, most in zip(POOLS, split, strict=True)
                    for day in DAYS
                ),
            )
    return best


@pytest.mark.parametrize("seed", [7, 18])
def test_the_optimum_under_every_cap_and_what_no_plan_can_do(seed: int) -> None:
    """A need that plans of the enumeration meet; from no cap down to fewer people than can do it.

    Fewer people have to work long shifts: somewhere the cap costs hours before it costs service.
    """
    shape = shape_with(None)
    assert len(shape.duties) == len(POOLS) * len(DAYS) * (3 + 3)
    rng = np.random.default_rng(seed)
    some = rng.integers(0, MOST, len(shape.duties)) * (rng.random(len(shape.duties)) < 0.3)
    needed = shape.heads(some) * (rng.random(len(shape.slots)) < 0.4)
    hours = cheapest(shape, needed)
    free = sum(min(one.values()) for one in hours.values())
    assert float(shape.hours @ cover(shape, needed, None)) == pytest.approx(free, rel=0.006)
    costs = []
    for people in range(3, 8):
        capped = shape_with(people)
        found, best = cover(capped, needed, None), optimum(hours, people)
        met = bool((capped.heads(found) >= needed).all())
        assert capped.can_work(found)
        assert met == np.isfinite(best), people
        if met:
            assert float(capped.hours @ found) == pytest.approx(best)
        costs.append(best)
    assert np.isinf(costs[0])
    assert costs[-1] == pytest.approx(free)
    assert any(np.isfinite(one) and one > free for one in costs)
