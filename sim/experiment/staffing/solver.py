"""The two problems that are left to a solver (HiGHS, by way of scipy).

`cover`: duties so that every slot has the heads it needs, at the least cost.
`improve`: a better plan near one whose neighbourhood has been measured.
"""

from __future__ import annotations

import numpy as np
import scipy  # its optimisers are imported when one is used

from sim.experiment.staffing.effects import Effects
from sim.experiment.staffing.shape import Shape
from sim.experiment.staffing.whole import solved
from sim.tables import Floats, Ints

GAP, NODES = 0.005, 500
"""Good enough, and when to stop: a limit of nodes, not of time, gives the same plan everywhere.

Of changes to a plan within what one duty costs is good enough, or a quarter of it where people are
counted too, so that a cost is added, there anyway, of which that is the gap: to prove that nothing
saves a part of one more takes nearly all the time."""

EXACT, MANY_NODES = 1e-5, 20_000
"""The same of a cover where people are counted too, so that none is asked for who is not needed."""


def get_ready() -> None:
    """Import the solver, which takes as long as some plans: there is time while they are played."""
    _ = scipy.optimize


def cover(shape: Shape, needed: Ints, most: int | None) -> Ints:
    """[D] counts of the duties with the fewest hours that give each slot the heads it needs.

    Where no number of duties up to `most` heads that the people can work does, as little as
    possible is missing.
    """
    if shape.single:
        return needed
    D, S = len(shape.duties), len(shape.slots)
    lacking = 1_000.0 * max(float(shape.hours.sum()), 1.0)
    # a little extra for each duty: of two plans with the same hours the one with longer shifts
    P = _people(shape)
    cost = np.concatenate([shape.hours + 1e-3, np.full(S, lacking), np.full(P, 1e-3)])
    limits = [
        scipy.optimize.LinearConstraint(
            np.hstack([shape.covers, np.eye(S), np.zeros((S, P))]), needed
        )
    ]
    if most is not None:
        limits.append(
            scipy.optimize.LinearConstraint(
                np.hstack([shape.covers, np.zeros((S, S + P))]), 0, most
            )
        )
    if P and shape.crew is not None:
        limits += shape.crew.limits(0, D, S)
    whole = np.concatenate([np.ones(D), np.zeros(S), np.ones(P)])
    stop = (EXACT, MANY_NODES) if P else (GAP, NODES)
    found = _solve(cost, whole, scipy.optimize.Bounds(0, np.inf), limits, stop)
    assert found.x is not None  # what is missing makes every problem solvable
    return _counts(found.x, D)


def improve(
    shape: Shape,
    counts: Ints,
    effects: Effects,
    missing: Floats,
    *,
    least: int,
    most: int | None,
    reach: int,
    moves: float,
) -> Ints:
    """[D] the best plan near `counts`, as far as its measured neighbourhood tells.

    Args:
        effects: of heads in the slots of `counts`.
        missing: [T] what each slack has to grow by; negative: what it may fall.
        least, most: heads in a slot.
        reach: heads by which a slot may change.
        moves: heads by which all slots together may change.
    """
    D, S = shape.covers.shape[1], shape.covers.shape[0]
    T = len(missing)
    now = shape.heads(counts)
    up = np.full(S, reach) if most is None else np.clip(most - now, 0, reach)
    down = np.clip(now - least, 0, reach)
    # y: counts; p, m: heads more and less; z: what a target still lacks; 1: see `GAP`
    scale = np.abs(missing) + np.abs(effects.gain).sum(axis=0) + 1e-9
    lacking = 1e3 * (np.abs(effects.loss_up).max(initial=1.0) + 1.0) * S
    P = _people(shape)
    one_duty = float(np.median(np.abs(effects.loss_up @ shape.covers)))
    there_anyway = (one_duty / 4 if P else one_duty) / GAP
    cost = np.concatenate(
        [
            *(1e-6 * shape.hours, effects.loss_up, -effects.loss_down),
            *(np.full(T, lacking), [there_anyway], np.zeros(P)),
        ]
    )
    heads = np.hstack([shape.covers, -np.eye(S), np.eye(S), np.zeros((S, T + 1 + P))])
    limits = [
        scipy.optimize.LinearConstraint(heads, now, now),
        scipy.optimize.LinearConstraint(
            np.r_[np.zeros(D), np.ones(2 * S), np.zeros(T + 1 + P)], 0, moves
        ),
    ]
    if T:
        slacks = np.hstack(
            [
                *(np.zeros((T, D)), effects.gain.T, -effects.drop.T),
                *(np.diag(scale), np.zeros((T, 1 + P))),
            ]
        )
        limits.append(
            scipy.optimize.LinearConstraint(slacks / scale[:, None], missing / scale, np.inf)
        )
    if P and shape.crew is not None:
        limits += shape.crew.limits(0, D, 2 * S + T + 1)
    free = np.full(D, np.inf), up, down, np.full(T, np.inf)
    most_of = np.concatenate([*free, [1.0], np.full(P, np.inf)])
    least_of = np.concatenate([np.zeros(D + 2 * S + T), [1.0], np.zeros(P)])
    whole = np.concatenate([np.ones(D), np.zeros(2 * S + T + 1), np.ones(P)])
    bounds = scipy.optimize.Bounds(least_of, most_of)
    # a step of a search: what it leaves is left to the next one
    found = _solve(cost, whole, bounds, limits, (GAP, NODES))
    return counts if found.x is None else _counts(found.x, D)


def _people(shape: Shape) -> int:
    return shape.crew.variables if shape.crew is not None and shape.crew.binds else 0


def _solve(
    cost: Floats,
    whole: Floats,
    bounds: scipy.optimize.Bounds,
    limits: list[scipy.optimize.LinearConstraint],
    stop: tuple[float, int],
) -> scipy.optimize.OptimizeResult:
    """stop: the gap that is good enough, and the most nodes."""
    gap, nodes = stop
    return solved(cost, whole.astype(np.int64), bounds, limits, gap=gap, nodes=nodes)


def _counts(x: Floats, duties: int) -> Ints:
    return np.asarray(np.rint(x[:duties]), dtype=np.int64)
