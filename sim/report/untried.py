"""Where another option would be chosen, of inputs that nobody has varied.

A margin is a straight line in the gross margin, and in how many would buy without help: what a
comparison has found already tells where the lines of two options cross, without any simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import NamedTuple

from sim.experiment.compare import Comparison
from sim.experiment.unknowns import factors_of

FARTHEST = 3.0
"""Times more or less than assumed; what is farther off decides nothing."""

GROSS_MARGIN, UNAIDED = "gross_margin", "unaided"


class Turn(NamedTuple):
    """At so many times what is assumed of an input another option overtakes the leading one."""

    of: str
    times: float
    option: str


def untried(result: Comparison) -> list[str]:
    """Those of the two inputs that no study has varied; none where margins do not decide."""
    if result.study.decide not in ("margin", "expected_margin"):
        return []
    tried = {factor.path.rpartition(".")[2] for factor in factors_of(result.study)}
    buying = any(one.buying is not None for one in result.study.reference.scenario.reasons.values())
    return [of for of in (GROSS_MARGIN, UNAIDED) if buying and of not in tried]


def turns(result: Comparison) -> Iterator[Turn]:
    """The nearest turn of each of those that are `untried`."""
    for of in untried(result):
        found = [
            Turn(of, -rest / moved, option)
            for option in result.outcomes
            if option != result.leader
            for moved, rest in [_line(result, option, of)]
            if moved and 1.0 / FARTHEST <= -rest / moved <= FARTHEST
        ]
        if found:
            yield min(found, key=lambda turn: abs(log(turn.times)))


def _line(result: Comparison, option: str, of: str) -> tuple[float, float]:
    """What of the leading option's lead over another grows with an input, and what does not."""

    def ahead(measure: str) -> float:
        found = [result.difference(one, measure) for one in (result.leader, option)]
        leader, other = (one.value if one is not None else 0.0 for one in found)
        return leader - other

    lead, moved = ahead(result.study.decide), 0.0
    if of == GROSS_MARGIN:
        moved = lead + ahead("cost")
    else:
        for step in result.steps:
            if step.step == UNAIDED:
                moved += {result.leader: step.value, option: -step.value}.get(step.option, 0.0)
    return moved, lead - moved
