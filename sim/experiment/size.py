"""What service levels take: the fewest hours for each, as sure as a staffing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from sim.experiment.grid import factor_of
from sim.experiment.result import Estimated, StudyResult
from sim.experiment.runner import OnStage, Runner
from sim.experiment.staff import WithGoal, searching, settle
from sim.experiment.staff import asked as staffing_asked
from sim.experiment.staffed import PRESENT, Attainment, Staffed
from sim.experiment.staffing.goal import StaffGoal, Target, Wanted
from sim.experiment.staffing.verify import HOLDS, Verdict
from sim.experiment.study import Study
from sim.experiment.tabled import Columns, of_entries
from sim.scenario.faults import Wrong
from sim.scenario.numbers import number_text, parse_share
from sim.scenario.source import read_value
from sim.stats.estimate import Bounds

USUAL = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""The levels, unless others are asked for."""

MOST = 20
"""Levels at once: each is a search of its own."""

SIZED = "service_level"


@dataclass(frozen=True)
class Level:
    """What one service level takes.

    wanted: the level asked for, 0 to 1. plan_of: the level whose plan answers it: its own, or a
        higher one that costs less, or holds where its own does not.
    verdict: what the verification of that plan came to; staffed: the plan, judged.
    plans: tried in the search for the level.
    """

    wanted: float
    plan_of: float
    verdict: Verdict
    staffed: Staffed
    plans: int

    @property
    def name(self) -> str:
        """`80 %`."""
        return percent(self.wanted)

    @property
    def holds(self) -> bool:
        """Whether the plan surely reaches the level, and all else that is to be reached."""
        return self.verdict.outcome == HOLDS

    @property
    def loss(self) -> float:
        """What is to be as little as possible, in the mean: cost, or hours where nothing costs."""
        return float(self.staffed.loss.mean())


@dataclass(frozen=True, repr=False)
class SizeResult(WithGoal, StudyResult):
    """For several service levels the staffing of the fewest hours, or the least cost.

    study: what was asked, of one option: the scenario as it is.
    replications: of each plan; those in which it was verified may be more.
    levels: from the lowest to the highest. Of those that hold a higher one never costs less.
    now: the scenario's own staffing.
    """

    kind: ClassVar[str] = "size"

    study: Study
    replications: int
    engine: str
    levels: tuple[Level, ...]
    now: Staffed

    @property
    def answer(self) -> str:
        """The highest level that is surely reached; the lowest if there is none."""
        return (self.held or self.levels[:1])[-1].name

    @property
    def held(self) -> tuple[Level, ...]:
        """The levels that are surely reached."""
        return tuple(one for one in self.levels if one.holds)

    @property
    def staffings(self) -> dict[str, Staffed]:
        """The plan of each level, and the staffing of today, `now`."""
        return {**{one.name: one.staffed for one in self.levels}, "now": self.now}

    def estimates(self) -> Mapping[str, Estimated]:
        """What each of them came to."""
        return self.staffings

    @cached_property
    def target(self) -> Target:
        """The target whose level changes."""
        return self.resolved.targets[place_of_level(self.goal)]

    def reached(self, staffed: Staffed) -> Attainment:
        """The service level that a staffing comes to."""
        return staffed.held[place_of_level(self.goal)]

    def people(self, staffed: Staffed) -> int | float:
        """The most at any one time."""
        return self.shape.most_at_once(staffed.heads)

    def columns(self) -> dict[str, Columns]:
        """Tables by name: `levels`, a line each; `plan`, who is there; `staffings`."""
        return {
            "levels": of_entries([self._told(one) for one in self.levels]),
            "plan": self.by_time({name: one.heads for name, one in self.staffings.items()}),
            "staffings": self.estimates_table("level"),
        }

    def origin(self) -> dict[str, Any]:
        """The goal, the levels, and the plans."""
        return {
            "goal": self.goal.plain(),
            "levels": [one.wanted for one in self.levels],
            "replications": self.replications,
            "plans": self.fingerprints(),
        }

    def findings(self) -> dict[str, Any]:
        """What each level takes, and who is there then."""
        return {
            "target": self.target.name,
            "levels": [
                {**self._told(one), "agents": self.agents(one.staffed)} for one in self.levels
            ],
        }

    def _told(self, one: Level) -> dict[str, Any]:
        """A level for tables and programs; `plan_of` says whose plan answers it."""
        staffed, reached = one.staffed, self.reached(one.staffed)
        return {
            "level": one.wanted,
            "plan_of": one.plan_of,
            "hours": staffed.get("hours").value,
            "people": self.people(staffed),
            "cost": staffed.get("cost").value,
            **{name: getattr(reached, name) for name in Bounds._fields},
            "outcome": one.verdict.outcome,
            "replications": one.verdict.replications,
        }


def percent(share: float) -> str:
    """`80 %`."""
    return f"{number_text(round(100 * share, 10))} %"


# --- asking -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sizing:
    """A study, with its goal, and the service levels to try in place of the one it says."""

    study: Study
    levels: tuple[float, ...] = USUAL


def asked(study: Study, said: Mapping[str, Any]) -> Sizing:
    """The study, asked as the options of the command say (`sim.api.SizeOptions`).

    Raises:
        Wrong: where nothing is said to reach, no target is a service level, or levels are none.
    """
    study = staffing_asked(study, said)
    assert study.staff is not None
    if study.staff.maximise is not None:
        raise Wrong("the fewest hours are looked for here; remove `maximise`")
    place_of_level(study.staff)
    return Sizing(study, levels_of(said["levels"]) if "levels" in said else USUAL)


def levels_of(said: Sequence[object]) -> tuple[float, ...]:
    """Levels as they are given, ascending: `70 %, 80 %`, `70 %..95 % step 5 %`, or a list.

    Raises:
        Wrong: for a value that is no share, for one said twice, none, or too many.
    """
    values = [value for one in said for value in _listed(one)]
    try:
        found = sorted(map(parse_share, values))
    except Wrong as wrong:
        raise Wrong(f"levels: {wrong}") from None
    if not 1 <= len(found) <= MOST:
        raise Wrong(f"levels: {len(found)} are asked for; allowed: 1 to {MOST}")
    for one, other in pairwise(found):
        if one == other:
            raise Wrong(f"levels: {percent(one)} is there twice")
    return tuple(found)


def _listed(said: object) -> list[object]:
    if not isinstance(said, str):
        return [said]
    return [read_value(one, "", []).plain() for one in factor_of("levels", said).values]


def place_of_level(goal: StaffGoal) -> int:
    """Which of the targets is the first service level."""
    for place, (_, measure, _) in enumerate(goal.entries):
        if measure == SIZED:
            return place
    raise Wrong("no target is a service level; give one, as in --target service_level=80%")


def goal_at(goal: StaffGoal, level: float) -> StaffGoal:
    """The goal with another service level."""
    entries, place = [*goal.entries], place_of_level(goal)
    group, measure, _ = entries[place]
    entries[place] = (group, measure, level)
    return goal.model_copy(update={"targets": Wanted(tuple(entries))})


# --- running ----------------------------------------------------------------------------------


def size(sizing: Sizing, runner: Runner, on_stage: OnStage | None = None) -> SizeResult:
    """Find the staffing of the fewest hours for each service level, as `sim staff` would.

    All plans meet the same customers. A plan for a higher level serves a lower one too: it is
    taken where it costs less, or where the lower one's own plan does not hold.

    Args:
        sizing: the study and the levels. runner, on_stage: as of `staff`.

    Raises:
        Wrong: for a goal that does not fit the scenario.
    """
    study, found = sizing.study, list[Level]()
    now: Staffed | None = None
    with searching(runner) as searcher:
        for level in sorted(sizing.levels, reverse=True):
            told = on_stage and _telling(on_stage, len(sizing.levels) - len(found) - 1)
            goal = goal_at(_goal(study), level)
            settled = settle(replace(study, staff=goal), runner, searcher, told)
            staffings = settled.staffings()
            own = Level(
                level, level, settled.verdict, staffings[settled.chosen], settled.found.evaluations
            )
            found.append(_cheaper(own, found[-1]) if found else own)
            if found[-1].staffed.held is staffings[PRESENT].held:
                now = staffings[PRESENT]  # the plan of this level: one plan has one number
    return SizeResult(
        study=replace(study.alone(), question=study.question or _question(study)),
        replications=study.replications or study.reference.scenario.run.replications,
        engine=runner.engine,
        levels=tuple(reversed(found)),
        now=now or staffings[PRESENT],
    )


def _telling(on_stage: OnStage, waiting: int) -> OnStage:
    """Tells what is left of a level, and as much for each of those that wait as it had itself."""
    most = 0

    def told(left: int) -> None:
        nonlocal most
        most = max(most, left)
        on_stage(left + waiting * most)

    return told


def _goal(study: Study) -> StaffGoal:
    assert study.staff is not None
    return study.staff


def _cheaper(own: Level, higher: Level) -> Level:
    """A level's own plan, or that of the next higher one; if both are one, as is known there."""
    if own.holds and np.array_equal(own.staffed.counts, higher.staffed.counts):  # type: ignore[arg-type]
        verdict = replace(own.verdict, replications=higher.verdict.replications)
        return replace(own, staffed=higher.staffed, verdict=verdict)
    if higher.holds and not (own.holds and own.loss <= higher.loss):
        return replace(higher, wanted=own.wanted, plans=own.plans)
    return own


def _question(study: Study) -> str:
    pools = _goal(study).resolved(study.reference.scenario).pools
    return f"How many hours of {' and '.join(pools)} does each service level take?"
