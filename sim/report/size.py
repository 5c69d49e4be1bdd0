"""The report of a sizing: what each service level takes, and what a better one takes more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from sim.experiment.files import REFERENCE_FILE
from sim.experiment.size import Level, SizeResult, percent
from sim.experiment.staffed import Staffed
from sim.experiment.staffing.verify import CAPPED, HOLDS, OPEN, UNREACHABLE
from sim.measures.slices import ALL
from sim.report import words
from sim.report.blocks import (
    Because,
    Block,
    Cell,
    Figure,
    Later,
    Origin,
    Report,
    Section,
    Table,
)
from sim.report.findings import Findings, study_origin
from sim.report.numbers import number
from sim.report.tables import count_cell, head, line, number_cell, table
from sim.report.words import capital, listed

STANDS = {
    HOLDS: "surely",
    CAPPED: "no: the cap",
    UNREACHABLE: "no, with any number",
    OPEN: "not certain",
}
"""Whether a level is reached, by what its verification came to."""


def report(result: SizeResult) -> Report:
    """The report of a sizing."""
    findings = SizeFindings(result)
    blocks = (_levels(findings), Later("size", "curve", (findings,)))
    sections = (Section("levels", "What each service level takes", blocks),)
    return findings.report(result.question, sections, _origin(result))


class SizeFindings(Findings[SizeResult]):
    """A sizing in numbers and words."""

    def __init__(self, result: SizeResult) -> None:
        super().__init__(result, result.study.reference.scenario, result.study.confidence)
        group = result.target.group
        self.label = "service level" if group == ALL else f"{group}: service level"

    def hours(self, staffed: Staffed) -> float:
        """On duty, of the counted days."""
        return staffed.get("hours").value

    def about(self) -> str:
        """What was run, and how often."""
        plans, runs = self.plans(), self.span.times(self.result.replications)
        return self.tell("about", plans=plans, searches=len(self.result.levels), runs=runs)

    def plans(self) -> int:
        """How many were tried in all searches."""
        return sum(one.plans for one in self.result.levels)

    def answer(self) -> str:
        """The outcome in a sentence."""
        held = self.result.held
        if not held:
            return self.tell("none-held", missed=self._missed())
        said, first, last = "", held[0], held[-1]
        if first is last:
            hours = number(self.hours(first.staffed), "h")
            said = self.tell("takes", level=first, hours=hours)
        else:
            said = capital(self.step(first, last))
        return f"{said}; {self._missed()}." if self._missed() else f"{said}."

    def step(self, lower: Level, higher: Level) -> str:
        """What a higher level takes more: `from 80 to 90 % takes 34 h more a week, 5 %`."""
        before, after = self.hours(lower.staffed), self.hours(higher.staffed)
        said = {"lower": lower.name.removesuffix(" %"), "higher": higher.name}
        hours, more = number(after, "h"), number(abs(after - before), "h")
        if before == after:
            return self.tell("no-more", hours=hours, **said)
        more += " more" if after > before else " less"
        part = f", {100 * abs(after / before - 1):.0f} %" if before else ""
        return self.tell("step", more=more, part=part, hours=hours, now=number(before, "h"), **said)

    def _missed(self) -> str:
        """The levels that are not surely reached, and why."""
        cap = self.result.goal.at_most
        why = {
            CAPPED: f"cannot be reached with up to {cap} people" if cap else "cannot be reached",
            UNREACHABLE: "cannot be reached with any number of people",
            OPEN: f"may be out of reach: {self.result.replications} replications do not tell",
        }
        found = {
            outcome: [one.name for one in self.result.levels if one.verdict.outcome == outcome]
            for outcome in why
        }
        return ", ".join(f"{listed(some)} {why[one]}" for one, some in found.items() if some)

    def certainty(self) -> str:
        """How sure that is."""
        held = self.result.held
        if not held:
            return self.tell("nearest")
        which = "Each plan" if len(held) == len(self.result.levels) else "Each of the other plans"
        return self.tell("verified", which=which)

    def picture(self) -> str:
        """What each level takes."""
        return "curve"

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter: the hours of the lowest and highest level, and of now."""
        held = self.result.held
        named = {one.name: one.staffed for one in (held[:1] + held[-1:])}
        for name, staffed in (named | {"now": self.result.now}).items():
            yield Figure(
                f"Hours {name}" if name == "now" else f"Hours for {name}",
                number(self.hours(staffed), "h"),
                "",
                f"of {self.result.people(staffed):,} people at most at once; "
                f"{self.label} {self.say(self.result.reached(staffed))}",
                "hours",
            )

    def because(self) -> Iterator[Because]:
        """Why: the dearest and the cheapest step, and where the staffing of today stands."""
        steps = sorted(pairwise(self.result.held), key=self._a_point)
        if len(steps) > 1:
            yield Because(self.tell("dearest", step=self.step(*steps[-1])), "table-levels")
            yield Because(self.tell("cheapest", step=self.step(*steps[0])), "table-levels")
        hours = number(self.hours(self.result.now), "h")
        reached = words.in_full(self.result.reached(self.result.now))
        yield Because(self.tell("today", hours=hours, reached=reached), "table-levels")

    def _a_point(self, step: tuple[Level, Level]) -> float:
        lower, higher = step
        more = self.hours(higher.staffed) - self.hours(lower.staffed)
        return more / (higher.wanted - lower.wanted)

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        yield self.tell("as-said")

    def notes(self) -> str:
        """How to read the tables."""
        others = [one.name for one in self.result.goal.resolved(self.scenario).targets]
        others.remove(self.result.target.name)
        also = self.tell("besides", others=", ".join(others)) if others else ""
        served = [one.name for one in self.result.levels if one.plan_of != one.wanted]
        also += self.tell("served", levels=listed(served)) if served else ""
        return self.tell("notes", also=also)


# --- blocks -------------------------------------------------------------------------------------


def _levels(findings: SizeFindings) -> Table:
    result = findings.result
    costs = any(one.get("cost").value for one in result.staffings.values())

    def cells(staffed: Staffed) -> Iterator[Cell]:
        yield number_cell(findings.hours(staffed), "h")
        yield count_cell(round(result.people(staffed)))
        if costs:
            yield number_cell(staffed.get("cost").value, "money")
        reached = result.reached(staffed)
        yield Cell(words.said(reached, ""), words.stated(reached), reached.value)

    lines = [
        line(Cell(one.name, sort=one.wanted), *cells(one.staffed), STANDS[one.verdict.outcome])
        for one in result.levels
    ]
    lines.append(line(Cell("Now", sort=2.0), *cells(result.now), ""))
    return table(
        "table-levels",
        "Wanted",
        (
            *("Wanted", head("hours"), "People at most"),
            *([head("cost", findings.currency)] if costs else []),
            *(head("service_level"), "Reached"),
        ),
        lines,
        f"below each service level its {findings.confidence} interval",
        first=True,
    )


def curve(findings: SizeFindings) -> Iterator[Block]:
    """Hours against service level, of the levels that are surely reached."""
    from sim.report.drawing import chart, hours_curve

    result = findings.result
    found = [
        (hours, [*levels])
        for hours, levels in groupby(result.held, key=lambda one: findings.hours(one.staffed))
    ]
    if len(found) < 2:
        return
    rows = (
        (hours, result.reached(levels[-1].staffed), "this plan", place)
        for place, (hours, levels) in enumerate(found)
    )
    wanted = [listed(one.name for one in levels) for _, levels in found]
    picture = hours_curve("service_level", findings.currency, rows, wanted=wanted)
    yield chart("size.curve", picture, f=findings, label=capital(findings.label))


def _origin(result: SizeResult) -> Origin:
    levels = ",".join(percent(one.wanted).replace(" ", "") for one in result.levels)
    plans = sum(one.plans for one in result.levels)
    origin = study_origin(
        result,
        f"{result.replications:,} of each plan",
        {REFERENCE_FILE: result.study.reference.scenario},
        {"Search": f"{plans:,} plans, seed {result.study.seed + 1}"},
    )
    return replace(origin, command=f"{origin.command} --levels {levels}")
