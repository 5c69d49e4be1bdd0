"""The two problems that are left to a solver (HiGHS, by way of scipy).

`cover`: duties so that every slot has the heads it needs, at the least cost.
`improve`: a better plan near one whose neighbourhood has been measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sim.experiment.staffing.shape import Shape
from sim.tables import Floats, Ints

GAP, NODES = 0.005, 500
"""Good enough, and when to stop: a limit of nodes, not of time, gives the same plan everywhere."""


@dataclass(frozen=True)
class Effects:
    """What one head more or less does to a plan. S slots, T targets; per replication.

    loss_up, loss_down: [S] what the loss grows by one head more, falls by one less.
    gain, drop: [S, T] what the slacks grow by one head more, fall by one less.
    """

    loss_up: Floats
    loss_down: Floats
    gain: Floats
    drop: Floats


def cover(shape: Shape, needed: Ints, most: int | None) -> Ints:
    """[D] counts of the duties with the fewest hours that give each slot the heads it needs.

    Where no number of duties up to `most` heads does, as little as possible is missing.
    """
    if shape.single:
        return needed
    D, S = len(shape.duties), len(shape.slots)
    lacking = 1_000.0 * max(float(shape.hours.sum()), 1.0)
    # a little extra for each duty: of two plans with the same hours the one with longer shifts
    cost = np.concatenate([shape.hours + 1e-3, np.full(S, lacking)])
    limits = [LinearConstraint(np.hstack([shape.covers, np.eye(S)]), needed, np.inf)]
    if most is not None:
        limits.append(LinearConstraint(np.hstack([shape.covers, np.zeros((S, S))]), 0, most))
    found = milp(
        cost,
        integrality=np.concatenate([np.ones(D), np.zeros(S)]),
        bounds=Bounds(0, np.inf),
        constraints=limits,
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
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
    # y: counts; p, m: heads more and less; z: what a target still lacks
    scale = np.abs(missing) + np.abs(effects.gain).sum(axis=0) + 1e-9
    lacking = 1e3 * (np.abs(effects.loss_up).max(initial=1.0) + 1.0) * S
    cost = np.concatenate(
        [1e-6 * shape.hours, effects.loss_up, -effects.loss_down, np.full(T, lacking)]
    )
    heads = np.hstack([shape.covers, -np.eye(S), np.eye(S), np.zeros((S, T))])
    limits = [
        LinearConstraint(heads, now, now),
        LinearConstraint(np.r_[np.zeros(D), np.ones(2 * S), np.zeros(T)], 0, moves),
    ]
    if T:
        slacks = np.hstack([np.zeros((T, D)), effects.gain.T, -effects.drop.T, np.diag(scale)])
        limits.append(LinearConstraint(slacks / scale[:, None], missing / scale, np.inf))
    found = milp(
        cost,
        integrality=np.concatenate([np.ones(D), np.zeros(2 * S + T)]),
        bounds=Bounds(0, np.concatenate([np.full(D, np.inf), up, down, np.full(T, np.inf)])),
        constraints=limits,
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    return counts if found.x is None else _counts(found.x, D)


def _counts(x: Floats, duties: int) -> Ints:
    return np.asarray(np.rint(x[:duties]), dtype=np.int64)
