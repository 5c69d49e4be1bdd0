"""How many people, and when: the plan, how sure it is, and what it is worth.

The search (`sim.experiment.staffing.search`) optimises over one sample of customers. What it finds
is verified here on customers it has not seen, and enlarged until it surely holds
(`sim.experiment.staffing.verify`). Beside it stand the Erlang staffing it started from and the
staffing of the scenario as it is: all three meet the same customers. If the Erlang staffing holds
there too and does better, it is the answer: the plan is never worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from sim.experiment.compare import Difference
from sim.experiment.holding import Holding, holding, leads
from sim.experiment.joint import Joint
from sim.experiment.luck import Luck
from sim.experiment.result import Estimated, StudyResult
from sim.experiment.runner import OnStage, Runner, Sample
from sim.experiment.staffed import ERLANG, FOUND, PRESENT, Attainment, Judgement, Plan, Staffed
from sim.experiment.staffing.around import POINTS, Around, Need, Point
from sim.experiment.staffing.goal import ResolvedGoal, StaffGoal
from sim.experiment.staffing.roster import ROSTER, Work, clock, roster_of, roster_rows, rostered
from sim.experiment.staffing.search import Found, Search, aim_of
from sim.experiment.staffing.shape import Shape, make_shape
from sim.experiment.staffing.verify import HOLDS, LONGER, Verdict, Verifier, surely
from sim.experiment.study import Study
from sim.experiment.tabled import Columns, of_entries, of_rows, of_series
from sim.scenario import Scenario
from sim.scenario.faults import Wrong
from sim.scenario.part import Part
from sim.scenario.times import DAYS
from sim.tables import Floats, Ints


class WithGoal:
    """What results of staffings have in common, whatever is asked of these."""

    study: Study

    @property
    def goal(self) -> StaffGoal:
        """What was to be reached."""
        assert self.study.staff is not None
        return self.study.staff

    @cached_property
    def resolved(self) -> ResolvedGoal:
        """The goal in this scenario."""
        return self.goal.resolved(self.study.reference.scenario)

    @cached_property
    def shape(self) -> Shape:
        """What could be decided."""
        return make_shape(self.study.reference.scenario, self.goal, self.resolved.pools)

    def by_time(self, columns: Mapping[str, Floats | Ints]) -> Columns:
        """A table of people by pool, weekday and time; columns: [slot] each."""
        slots = self.shape.slots
        return {
            "pool": [slot.pool for slot in slots],
            "day": [DAYS[slot.day] for slot in slots],
            "from": [clock(slot.start) for slot in slots],
            "to": [clock(slot.end) for slot in slots],
            **columns,
        }

    def agents(self, staffed: Staffed) -> dict[str, Any]:
        """Who is there in the pools that were to be staffed, as in a scenario file."""
        pools = staffed.scenario.plain()["pools"]
        return {name: pools[name]["agents"] for name in self.resolved.pools}


@dataclass(frozen=True, repr=False)
class StaffResult(WithGoal, StudyResult):
    """A staffing that reaches its targets with the least cost, or brings the most.

    study: what was asked, of one option: the scenario as it is.
    replications: of each staffing; how the answer stands to its targets has been judged in those
        of the verdict, maybe more.
    found: what the search came to; verdict: what its verification came to.
    staffings: by name: found, erlang and present.
    chosen: `found`, or `erlang` where that holds and does better.
    differences: of the chosen one to the others.
    need: the people that the targets need in the mean, with a fraction; None for shifts, and where
        the plan does not reach them.
    curve: what plans of fewer and more hours come to, in the first target or the margin.
    holding: in how many joint draws of what is uncertain the plan holds its targets; None without
        targets, where nothing is uncertain, or with too few replications to tell.
    joint: without targets, in how many of these draws the plan brings more than that of today and
        those of a little fewer and more hours.
    """

    kind: ClassVar[str] = "staff"

    study: Study
    replications: int
    engine: str
    found: Found
    verdict: Verdict
    staffings: dict[str, Staffed]
    chosen: str
    differences: tuple[Difference, ...]
    need: Need | None
    curve: tuple[Point, ...]
    holding: Holding | None = None
    joint: Joint | None = None

    @property
    def answer(self) -> str:
        """The staffing that is the answer."""
        return self.chosen

    def estimates(self) -> Mapping[str, Estimated]:
        """What each staffing came to."""
        return self.staffings

    @cached_property
    def aim(self) -> str:
        """What was to be as little as possible: cost or hours; or as much: expected_margin."""
        return aim_of(self.shape, self.goal)

    @property
    def seed(self) -> int:
        """Of the judgement."""
        return self.study.seed

    @property
    def asked(self) -> int:
        """Replications that were asked for."""
        return self.study.replications or self.study.reference.scenario.run.replications

    @property
    def confidence(self) -> float:
        """Of intervals."""
        return self.study.confidence

    @property
    def plan(self) -> Staffed:
        """The answer."""
        return self.staffings[self.chosen]

    @property
    def reached(self) -> bool:
        """Whether the plan surely reaches all targets, on fresh customers."""
        return self.verdict.outcome == HOLDS

    @cached_property
    def roster(self) -> tuple[Work, ...]:
        """Who works which shift, where shifts are planned; the week is worked again and again."""
        return roster_of(self.shape, self._counts)

    def difference(self, against: str, measure: str) -> Difference | None:
        """One difference, None where there is none."""
        for one in self.differences:
            if (one.option, one.measure) == (against, measure):
                return one
        return None

    def columns(self) -> dict[str, Columns]:
        """`plan`, `targets`, `staffings` (estimates), `differences`, `curve`, ..."""
        heads = {"heads": self.plan.heads.astype(np.int64)}
        others = {name: one.heads for name, one in self.staffings.items() if name != self.chosen}
        need = {} if self.need is None else {"need": self.need.heads()}
        return {
            "plan": self.by_time({**heads, **others, **need}),
            "duties": of_rows(
                ("pool", "times", "heads"),
                (
                    (duty.pool, str(duty.times), count)
                    for duty, count in zip(self.shape.duties, self._counts.tolist(), strict=True)
                    if count
                ),
            ),
            "roster": of_rows(ROSTER, (row.values() for row in roster_rows(self.roster))),
            "targets": of_entries(self._target_rows()),
            "staffings": self.estimates_table("staffing"),
            "differences": of_rows(Difference._fields, self.differences),
            "curve": of_rows(Point._fields, self.curve),
            "replications": of_series(
                ("staffing", "replication", "loss"),
                {(name,): one.loss for name, one in self.staffings.items()},
            ),
            **(self.holding.columns() if self.holding is not None else {}),
            **(self.joint.columns() if self.joint is not None else {}),
        }

    @property
    def _counts(self) -> Ints:
        counts = self.plan.counts
        assert counts is not None  # only of the present staffing, which is never chosen
        return counts

    def _target_rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, one in self.staffings.items():
            found += [
                {"staffing": name, "target": held.target.name, "aim": held.target.value}
                | {key: value for key, value in held._asdict().items() if key != "target"}
                | {"reached": held.reached, "sure": held.sure}
                for held in one.held
            ]
            if one.wanted is not None:
                found.append(
                    {"staffing": name, "target": f"good_{self.goal.periods}", "aim": one.wanted}
                    | one.good_days._asdict()
                    | dict(zip(Attainment._fields[4:], one.good_days, strict=True))
                    | {"reached": not one.missing_days > 0}
                    | {"sure": surely(1, one.wanted, one.good_days)}
                )
        return found

    def scenarios(self) -> dict[str, Scenario]:
        """The staffings that were judged; the answer is `staffed`.

        Where shifts are planned, `roster` is the same with people by name; else `need` has the
        head counts that are needed in the mean, with a fraction.
        """
        found = {"staffed": self.plan.scenario} | {
            name: one.scenario for name, one in self.staffings.items() if name != self.chosen
        }
        if self.roster and not any(self.shape.fixed.values()):
            found["roster"] = rostered(self.plan.scenario, self.roster)
        if self.need is not None:
            found["need"] = self.shape.with_heads(self.need.heads())
        return found

    def origin(self) -> dict[str, Any]:
        """The goal, how it was searched and verified, and the staffings."""
        return {
            "goal": _text(self.goal.model_copy(update={"targets": None})),
            "targets": {one.name: one.value for one in self.resolved.targets},
            "pools": list(self.resolved.pools),
            "replications": self.replications,
            "search": {
                "seed": self.found.seed,
                "plans": self.found.evaluations,
                "replications": self.found.replications,
                "all_plans_tried": self.found.exhaustive,
            },
            "verified": {
                "outcome": self.verdict.outcome,
                "plans": self.verdict.plans,
                "replications": self.verdict.replications,
                "replications_asked": self.asked,
            },
            "chosen": self.chosen,
            "staffings": self.fingerprints(),
        }

    def findings(self) -> dict[str, Any]:
        """The plan, how it stands to its targets, and the staffings beside it."""
        return {
            "reached": self.reached,
            "agents": self.agents(self.plan),
            "target_values": self._target_rows(),
            "differences": self.differences,
            "need": None if self.need is None else self.need.heads().tolist(),
            "curve": self.curve,
            "holding": self.holding,
            "joint": self.joint,
            "rows": [
                {"staffing": name, **row._asdict()}
                for name, one in self.staffings.items()
                for row in one.rows
                if row.by != "hour"
            ],
        }


def asked(study: Study, said: Mapping[str, Any]) -> Study:
    """The study, asked as the options of the command say (`sim.api.StaffOptions`).

    Raises:
        Wrong: where nothing is said to reach, or the goal is not clear.
    """
    goal = {name: said[name] for name in StaffGoal.model_fields if name in said}
    if goal:
        study = replace(study, staff=StaffGoal.of(**goal))
    if study.staff is None:
        raise Wrong(
            "the study does not say what to reach; give a target, as in "
            "--target service_level=80%, or --maximise margin"
        )
    return study


@dataclass(frozen=True)
class Settled:
    """A goal answered: what was searched, verified and judged.

    search: that found the plan; found, verdict: what it and its verification came to.
    judgement: of the staffings; chosen: the one that is the answer; judged: its replications.
    """

    shape: Shape
    resolved: ResolvedGoal
    search: Search
    found: Found
    verdict: Verdict
    judgement: Judgement
    chosen: str
    judged: Sample

    @property
    def counts(self) -> Ints:
        """[D] of the plan."""
        counts = self.judgement.plans[self.chosen].counts
        assert counts is not None  # only of the present staffing, which is never chosen
        return counts

    def staffings(self) -> dict[str, Staffed]:
        """The plan, the Erlang staffing and the present one, judged."""
        return self.judgement.staffings(self.chosen, self.judged)


def settle(study: Study, runner: Runner, searcher: Runner, told: OnStage | None) -> Settled:
    """Search a staffing for the goal of a study, verify it and judge it; as `staff`.

    Args:
        study: with `staff`, the goal.
        runner: for the judgement. searcher: for all other plans.
        told: how many replications of the search are left.
    """
    scenario, goal = study.reference.scenario, study.staff
    if goal is None:
        raise Wrong("the study does not say what a staffing is to reach (`staff`)")
    resolved = goal.resolved(scenario)
    shape = make_shape(scenario, goal, resolved.pools)
    asked = study.replications or scenario.run.replications
    search = Search(
        shape,
        goal,
        resolved,
        searcher,
        seed=study.seed + 1,
        confidence=study.confidence,
        judged_in=LONGER * asked,
        told=told,
    )
    found = search.run()
    verifier = Verifier(
        shape,
        goal,
        resolved.targets,
        searcher,
        lambda sample: Luck(study, sample).known(len(sample)),
        seed=study.seed,
        replications=asked,
        confidence=study.confidence,
    )
    counts, verdict = verifier.settle(
        found.counts, found.worth, found.reachable, exhaustive=found.exhaustive
    )
    found = replace(found, counts=counts)
    plans = {
        FOUND: Plan(shape.staffed(found.counts), shape.heads(found.counts), found.counts),
        ERLANG: Plan(shape.staffed(found.start), shape.heads(found.start), found.start),
        PRESENT: Plan(scenario, shape.present, None),
    }
    judgement = Judgement(study, resolved.targets, aim_of(shape, goal), runner, plans, asked)
    chosen = judgement.choice(verdict, verifier)
    plan = plans[chosen].counts
    assert plan is not None  # only of the present staffing, which is never chosen
    judged = verifier.judged(plan) or judgement.played[chosen]
    return Settled(shape, resolved, search, found, verdict, judgement, chosen, judged)


def searching(runner: Runner) -> Runner:
    """A runner for the many plans that nobody asks for again: like another, without its store."""
    return Runner(
        engine=runner.engine,
        jobs=runner.jobs,
        cluster=runner.cluster,
        on_progress=runner.on_progress,
    )


def staff(study: Study, runner: Runner, on_stage: OnStage | None = None) -> StaffResult:
    """Find a staffing of a study's reference option, and judge it.

    Args:
        study: with `staff`, the goal. Its seed is that of the judgement, so that `sim run` of the
            plan gives the same numbers; the search uses the next one. Its replications, or the
            scenario's, are those of the judgement. At its confidence targets are to be reached.
        runner: for the judgement; other plans are run beside it, without its store, for they are
            many and nobody asks for them again.
        on_stage: told how much is left.

    Raises:
        Wrong: for a goal that does not fit the scenario, or none.
    """
    scenario = study.reference.scenario
    asked = study.replications or scenario.run.replications
    told = on_stage and (lambda left: on_stage(left + (3 + POINTS) * asked))
    with searching(runner) as searcher:
        settled = settle(study, runner, searcher, told)
        shape, judged, judgement = settled.shape, settled.judged, settled.judgement
        goal, resolved = judgement.goal, settled.resolved
        chosen, frontier = settled.chosen, settled.search.frontier()
        staffings: dict[str, Staffed] = {}
        around = Around(
            shape, goal, resolved.targets, searcher, seed=study.seed, confidence=study.confidence
        )
        paid, known = map(judgement.known, (judgement.played[chosen], judged))
        curve = around.curve(
            *(settled.counts, paid, known, frontier, asked),
            meanwhile=lambda: staffings.update(settled.staffings()),
        )
        plan, need = staffings[chosen], None
        if resolved.targets and goal.shifts is None and plan.reached:
            need = around.need(plan.heads.astype(np.int64), judged, asked)
        others = {"now": scenario}
        for counts in around.near(settled.counts, frontier):
            fewer = shape.hours @ counts < shape.hours @ settled.counts
            others.setdefault("fewer hours" if fewer else "more hours", shape.staffed(counts))
    return StaffResult(
        study=replace(study.alone(), question=study.question or _asked(goal, resolved)),
        replications=asked,
        engine=runner.engine,
        found=settled.found,
        verdict=settled.verdict,
        staffings=staffings,
        chosen=chosen,
        differences=tuple(judgement.differences(chosen)),
        need=need,
        curve=curve,
        holding=holding(study, plan.scenario, resolved, runner, judged),
        joint=None
        if resolved.targets
        else leads(study, {"this plan": plan.scenario, **others}, resolved, runner),
    )


def _asked(goal: StaffGoal, resolved: ResolvedGoal) -> str:
    who = " and ".join(resolved.pools)
    return f"How many people of {who}, and when" + (
        ", maximise the margin?" if goal.maximise else ", reach the targets at the least cost?"
    )


def _text(value: object) -> object:
    """As programs are told it: of a part what is not as usual."""
    if isinstance(value, Part):
        return {name: _text(getattr(value, name)) for name in value.said(*value.model_fields)}
    if isinstance(value, list):
        return [_text(one) for one in value]
    return value if isinstance(value, int | float | str) else str(value)
