"""The two problems that are left to a solver (HiGHS, by way of scipy).

`cover`: duties so that every slot has the heads it needs, at the least cost.
`improve`: a better plan near one whose neighbourhood has been measured.
"""

from __future__ import annotations

import numpy as np
import scipy  # its optimisers are imported when one is used

from sim.experiment.staffing.crew import Crew
from sim.experiment.staffing.effects import Effects
from sim.experiment.staffing.shape import Shape
from sim.experiment.staffing.whole import Problem
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
    S = len(shape.slots)
    problem = Problem()
    # a little extra for each duty: of two plans with the same hours the one with longer shifts
    problem.add("counts", shape.hours + 1e-3, whole=True)
    problem.add("lacks", np.full(S, 1_000.0 * max(float(shape.hours.sum()), 1.0)))
    problem.limit(needed, counts=shape.covers, lacks=np.eye(S))
    if most is not None:
        problem.limit(0, most, counts=shape.covers)
    if people := _people(shape):
        people.join(problem, each=1e-3, work=1e-3)
    gap, nodes = (EXACT, MANY_NODES) if people else (GAP, NODES)
    found = problem.least(gap=gap, nodes=nodes)
    assert found is not None  # what is missing makes every problem solvable
    return _counts(found)


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
    S, now, people = len(shape.slots), shape.heads(counts), _people(shape)
    scale = np.abs(missing) + np.abs(effects.gain).sum(axis=0) + 1e-9
    lacking = 1e3 * (np.abs(effects.loss_up).max(initial=1.0) + 1.0) * S
    one_duty = float(np.median(np.abs(effects.loss_up @ shape.covers)))
    there_anyway = (one_duty / 4 if people else one_duty) / GAP
    problem = Problem()
    problem.add("counts", 1e-6 * shape.hours, whole=True)
    up = reach if most is None else np.clip(most - now, 0, reach)
    problem.add("up", effects.loss_up, up)
    problem.add("down", -effects.loss_down, np.clip(now - least, 0, reach))
    problem.add("there", np.array([there_anyway]))
    problem.limit(1.0, there=np.ones((1, 1)))
    problem.limit(now, now, counts=shape.covers, up=-np.eye(S), down=np.eye(S))
    problem.limit(0, moves, up=np.ones((1, S)), down=np.ones((1, S)))
    if T := len(missing):
        problem.add("lacks", np.full(T, lacking))
        gain, drop = effects.gain / scale, effects.drop / scale
        problem.limit(missing / scale, up=gain.T, down=-drop.T, lacks=np.eye(T))
    if people:
        people.join(problem)
    # a step of a search: what it leaves is left to the next one
    found = problem.least(gap=GAP, nodes=NODES)
    return counts if found is None else _counts(found)


def _people(shape: Shape) -> Crew | None:
    """Those who limit what can be planned."""
    return shape.crew if shape.crew is not None and shape.crew.binds else None


def _counts(found: dict[str, Floats]) -> Ints:
    return np.asarray(np.rint(found["counts"]), dtype=np.int64)
