"""What there is to say of a staffing: the plan, whether it reaches its targets, its worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from math import isfinite, isnan

import numpy as np

from sim.experiment.compare import Difference
from sim.experiment.holding import HIGHER, LOWER
from sim.experiment.staff import StaffResult
from sim.experiment.staffed import ERLANG, FOUND, PRESENT, Attainment
from sim.experiment.staffing.judge import MARGIN
from sim.experiment.staffing.verify import CAPPED, UNREACHABLE
from sim.measures import CATALOGUE, measure_of
from sim.measures.slices import ALL
from sim.report import words
from sim.report.blocks import Because, Figure
from sim.report.findings import Findings
from sim.report.knowing import JointFindings
from sim.report.numbers import NOTHING, interval, number
from sim.report.words import WEEKDAYS, capital, clock, path_in_words

NAMES = {FOUND: "This plan", ERLANG: "Erlang", PRESENT: "Now"}

WORTH = (
    *("hours", "answered", "unanswered", "abandonment", "occupancy", "cost", "expected_margin"),
    *("incremental_revenue", "service_level", "satisfaction"),
)
"""Measures in which the staffings are set beside each other; the terminal shows the first."""


class StaffFindings(Findings[StaffResult]):
    """A staffing in numbers and words."""

    def __init__(self, result: StaffResult) -> None:
        super().__init__(result, result.shape.scenario, result.confidence)
        self.plan, self.periods = result.plan, result.goal.periods
        self.others = [name for name in (PRESENT, ERLANG) if name != result.chosen]
        self.names = {result.chosen: NAMES[FOUND]} | {name: NAMES[name] for name in self.others}
        self.filters = ("pool",) if len(result.resolved.pools) > 1 else ()

    @cached_property
    def shown(self) -> list[str]:
        """The measures of the whole that say anything."""
        return [name for name in WORTH if self._says(name)]

    def _says(self, name: str) -> bool:
        if name == "expected_margin" and self.plan.get("revenue").value == 0:
            return False  # it would be the cost again
        found = [self.result.staffings[one].get(name).value for one in self.names]
        return any(value and not isnan(value) for value in found)

    def gaps(self, name: str) -> list[Difference]:
        """What the plan differs by from the other staffings."""
        found = [self.result.difference(against, name) for against in self.others]
        return [one for one in found if one is not None and not isnan(one.value)]

    def most_at_once(self) -> int | float:
        """The most people of the plan at any one time."""
        return self.result.shape.most_at_once(self.plan.heads)

    def held(self, one: Attainment) -> str:
        """A value of a target."""
        return number(one.value, CATALOGUE[one.target.measure].unit, self.currency)

    def sure(self, one: Attainment) -> str:
        """Its interval; nothing where there is none."""
        unit = CATALOGUE[one.target.measure].unit
        said = interval(one.low, one.high, unit, self.currency)
        return "" if said == NOTHING else said

    def wanted(self, one: Attainment) -> str:
        """What is to be reached: `at least 80.0 %`."""
        least = "at least" if one.target.sign > 0 else "at most"
        unit = CATALOGUE[one.target.measure].unit
        return f"{least} {number(one.target.value, unit, self.currency)}"

    # --- the first page -------------------------------------------------------------------------

    def about(self) -> str:
        """What was run, and how often."""
        found, runs = self.result.found, self.span.times(self.result.replications)
        return (
            f"Simulated: {found.evaluations:,} plans in the search, the plan and what it is "
            f"compared with on {runs} of customers that the search has not seen, seed "
            f"{self.result.seed}"
        )

    def answer(self) -> str:
        """The outcome in a sentence."""
        most = self.most_at_once()
        people = self._people(most, self.different(), self.plan.get("hours").value)
        if not self.result.resolved.targets:
            row = self.plan.get("expected_margin")
            sure = f" ({said})" if (said := words.stated(row, self.currency)) else ""
            amount = number(row.value, "money", self.currency)
            return f"{capital(people)}, maximise the margin: {amount}{sure}."
        one = len(self.result.resolved.targets) == 1 and self.plan.wanted is None
        the = "the target" if one else "the targets"
        if self.result.reached:
            reach = "reaches" if (self.different() or most) == 1 else "reach"
            return f"{capital(people)}, surely {reach} {the}{self._need()}."
        return f"{self._why_not(the)} Shown is what comes nearest: {people}."

    def different(self) -> int | None:
        """How many different people work the plan, if it is one of shifts that people can work."""
        return len({work.person for work in self.result.roster}) or None

    def _people(self, most: float, different: int | None, hours: float) -> str:
        """`23 people at most, 565 h a week`; of shifts, how many different people, too."""
        who = f"{most:,} {'person' if most == 1 else 'people'} at most"
        if different is not None:
            who = f"{different:,} different people, {most:,} at most at once"
        who = "one person" if different == 1 else who
        return f"{who}, {number(hours, 'h')} {self.span.per}"

    def _why_not(self, the: str) -> str:
        """What keeps targets out of reach: the cap, nothing that people can change, or chance."""
        verdict, goal = self.result.verdict, self.result.goal
        caps = [] if goal.at_most is None else [f"{goal.at_most} people"]
        if goal.people is not None and goal.people.at_most is not None:
            others = goal.people.at_most
            caps.append("one person" if others == 1 else f"{others} different people")
        cap = f" with up to {' and '.join(caps)}" if caps else ""
        if verdict.outcome == CAPPED:
            assert verdict.without_cap is not None
            slots = self.result.shape.slots
            most = self.result.shape.most_at_once(verdict.without_cap)
            hours = sum(slot.hours * n for slot, n in zip(slots, verdict.without_cap, strict=True))
            enough = self._people(most, verdict.people_without_cap, float(hours))
            return (
                f"{capital(the)} cannot be reached{cap}: the cap is what stops it. Without it "
                f"{enough}, would be enough."
            )
        if verdict.outcome == UNREACHABLE:
            return (
                f"{capital(the)} cannot be reached{cap} in these hours, nor with any number: even "
                "with far more people than there is work for, out of reach."
            )
        return (
            f"Whether {the} can be reached{cap} is not certain in {self.result.replications} "
            "replications, however many people are there."
        )

    def certainty(self) -> str:
        """How the targets stand, and how often they would over all that is uncertain."""
        return " ".join((self._standing(), *self._over_all()))

    def _standing(self) -> str:
        if not self.plan.held:
            return f"Judged on customers the search has not seen ({self.confidence} intervals)."
        said = []
        for one in self.plan.held:
            sure = f" ({bounds})" if (bounds := self.sure(one)) else ""
            said.append(f"{target_name(one)} {self.held(one)}{sure}, wanted: {self.wanted(one)}")
        if self.plan.wanted is not None:
            good = self.plan.good_days
            bounds = interval(good.low, good.high, "share")
            least = number(self.plan.wanted, "share")
            said.append(
                f"good {self.periods} {number(good.value, 'share')} ({bounds}), wanted: at least "
                f"{least}"
            )
        return f"{capital('; '.join(said))}."

    def recommended(self) -> str:
        """What to do."""
        if self.result.chosen == ERLANG:
            return "the Erlang staffing: no plan tried does better"
        return f"the plan below{'' if self.result.reached else ', the nearest to the targets'}"

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        yield self._target() if self.plan.held else self._value()
        different = f"{self.different()} different people, " if self.different() else ""
        hours, now = self.plan.get("hours"), self.result.staffings[PRESENT].get("hours")
        yield Figure(
            "Hours on duty",
            number(hours.value, "h"),
            "",
            f"of {different}{self.most_at_once():,} people at most at once; "
            f"now {number(now.value, 'h')}",
            "hours",
        )
        gap = self.result.difference(PRESENT, self.result.aim)
        if gap is not None and not isnan(gap.value):
            yield Figure(
                f"{measure_of(self.result.aim).short} against now",
                words.more(gap, self.currency),
                words.between(gap, self.currency),
                f"in an average {self.span}, on the same customers",
                self.result.aim,
            )

    def _target(self) -> Figure:
        """The target that is held least surely."""
        held = min(self.plan.held, key=_room)
        where = "" if held.target.group == ALL else f" of {held.target.group}"
        return Figure(
            CATALOGUE[held.target.measure].label,
            self.held(held),
            self.sure(held),
            f"wanted{where}: {self.wanted(held)}",
            held.target.measure,
        )

    def _value(self) -> Figure:
        row, label = self.plan.get(self.result.aim), measure_of(self.result.aim).label
        meaning = f"of this plan in an average {self.span}"
        return self.figure(row, label, meaning, self.result.aim)

    def picture(self) -> str:
        """Who is there through the week."""
        return "covered"

    def because(self) -> Iterator[Because]:
        """Why: against the others, on how many days, and where the plan differs most from now."""
        for sentence in self._worth():
            yield Because(sentence, "against")
        for sentence in self._days():
            yield Because(sentence, "good-days")
        if moved := self._moved():
            yield Because(moved, "plan-change")

    @property
    def leads(self) -> JointFindings | None:
        """In how many joint draws the plan brings the most, where that was asked."""
        if self.result.joint is None:
            return None
        study = replace(self.result.study, decide=MARGIN)
        return JointFindings(study, False, self.result.joint)

    def uncertain(self) -> Iterator[str]:
        """In how many joint draws the plan holds, and what breaks it most."""
        yield from self._over_all()
        yield from self._hangs()

    def _over_all(self) -> Iterator[str]:
        """How often the plan is right over all that may be true."""
        if (leads := self.leads) is not None:
            yield from filter(None, (leads.stays(), leads.turns()))
        if (found := self.result.holding) is not None:
            many, one = len(found.inputs), found.together
            inputs = "the input that is uncertain" if many == 1 else f"all {many} uncertain inputs"
            yield (
                f"Over {inputs} it holds in {100 * one.value:.0f} % of {found.draws:,} joint draws "
                f"({100 * one.low:.0f} to {100 * one.high:.0f} %)."
            )

    def _hangs(self) -> Iterator[str]:
        """On which of the inputs that hangs."""
        if (leads := self.leads) is not None:
            yield from leads.knowing()
        if (found := self.result.holding) is None:
            return
        worst = found.breaks[0]
        if worst.there < worst.elsewhere:
            its = f"its {worst.where}" if worst.where in (HIGHER, LOWER) else worst.where
            yield (
                f"What breaks it most: {path_in_words(worst.path)}, at {its}: there it holds in "
                f"{100 * worst.there:.0f} % of the draws, elsewhere in "
                f"{100 * worst.elsewhere:.0f} %."
            )

    def _days(self) -> Iterator[str]:
        known = [one for one in self.plan.held if not isnan(one.days)]
        if not known:
            return
        worst = min(known, key=lambda one: one.days)
        which = capital(target_name(worst)) if len(known) > 1 else "The target"
        bounds = interval(worst.days_low, worst.days_high, "share")
        rest = ""
        if len(known) > 1:
            good = self.plan.good_days
            sure = interval(good.low, good.high, "share")
            rest = f", the others on no fewer; all together on {100 * good.value:.0f} % ({sure})"
        yield f"{which} holds on {100 * worst.days:.0f} % of {self.periods} ({bounds}){rest}."

    def _need(self) -> str:
        """What the targets need in the mean, with a fraction."""
        need = self.result.need
        if need is None or not need.spare.value:
            return ""
        heads = need.heads()
        low, high = (self.result.shape.most_at_once(need.heads(at)) for at in need.spare[:0:-1])
        sure = f" ({low:,} to {high:,})" if isfinite(need.spare.low) else ""
        return f"; in the mean {self.result.shape.most_at_once(heads):,} people{sure} would do"

    def _worth(self) -> Iterator[str]:
        aim = self.result.aim
        verb = {"cost": "costs", "hours": "takes", "expected_margin": "brings"}[aim]
        for against, whom in ((PRESENT, "the staffing today"), (ERLANG, "the Erlang start")):
            gap = self.result.difference(against, aim)
            if gap is None or gap.value == gap.low == gap.high == 0.0:
                continue
            size = words.size(gap.value, gap.unit, self.currency)
            side = "more" if gap.value >= 0 else "less"
            said = f"It {verb} {size} {side} than {whom}{self._chance(gap)}"
            if against == PRESENT and gap.unit == "money" and gap.value:
                sign = 1.0 if gap.value > 0 else -1.0
                low, high = sorted((sign * gap.low, sign * gap.high))
                a_year = self.span.worth_a_year(sign * gap.value, low, high, self.currency)
                said += f"; {a_year}"
            missed = [one for one in self.result.staffings[against].held if not one.reached]
            if missed:
                said += f", which misses {target_name(missed[0])}: {self.held(missed[0])}"
            yield f"{said}."
        tried = f"{self.result.found.evaluations} plans"
        tried = f"all {tried} there are" if self.result.found.exhaustive else tried
        found = self.result.found
        same = self.result.chosen == ERLANG or np.array_equal(found.counts, found.start)
        if same and (self.result.reached or not self.plan.held):
            yield (
                f"It is the Erlang start: of {tried} none did better on customers not seen before."
            )

    def _chance(self, gap: Difference) -> str:
        if not isfinite(gap.low) or gap.low == gap.high:
            return ""
        if not words.significant(gap.low, gap.high):
            return " (not significant)"
        low, high = sorted((abs(gap.low), abs(gap.high)))
        return f" ({words.in_points(interval(low, high, gap.unit, self.currency), gap.unit)})"

    def _moved(self) -> str:
        gaps = self.plan.heads - self.result.shape.present
        said = []
        for place, word in ((int(gaps.argmax()), "More"), (int(gaps.argmin()), "Fewer")):
            if (gaps[place] if word == "More" else -gaps[place]) > 0:
                slot = self.result.shape.slots[place]
                said.append(
                    f"{word} people than now most of all on {WEEKDAYS[slot.day]} at "
                    f"{clock(slot.start)}: {self.plan.heads[place]:.0f} instead of "
                    f"{self.result.shape.present[place]:.3g} of {slot.pool}."
                )
        return " ".join(said)

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        yield from self._hangs()
        for one in self.plan.held:
            if one.reached and not one.sure:
                yield f"{capital(target_name(one))} is reached in the mean, but not for certain."
        if self.plan.wanted is not None and self.plan.reached and not self.plan.sure:
            yield f"Whether there are as many good {self.periods} as wanted is not certain."
        bad = [one for one in self.plan.held if one.reached and one.days < 0.9]
        if bad:
            worst = min(bad, key=lambda one: one.days)
            yield (
                f"On {100 * (1 - worst.days):.0f} % of {self.periods} {target_name(worst)} is "
                "missed, though the mean holds."
            )
        yield (
            "Demand and handle times are taken as the scenario says; more of either needs more."
            if self.result.holding is None and self.result.joint is None
            else "Inputs not called uncertain are taken as the scenario says."
        )

    def _enlarged(self) -> str:
        """How many plans were verified."""
        plans = self.result.verdict.plans
        said = f"; {plans} plans were verified until one held"
        return said if self.result.reached and plans > 1 else ""

    def notes(self) -> str:
        """How to read the tables."""
        found = self.result.found
        lines = (
            "All staffings meet the same customers, whom the search has not seen; it tried "
            f"{found.evaluations} plans on {found.replications} replications with seed "
            f"{found.seed}{self._enlarged()}. Now: the staffing of the scenario. Erlang: what "
            "Erlang A asks for hour by hour, where the search started. Differences: this plan "
            "less that staffing, in parentheses where not significant. People are those on the "
            "plan, absent ones and those on a break among them."
        )
        if self.result.resolved.targets:
            which = self.periods
            lines += f" Good {which}: {which} on which the target holds, or all of them."
        return lines + words.how_meant(self.result.study, self.span.many)


def target_name(held: Attainment) -> str:
    """A target by name: the measure, and the channel or window it is about."""
    label, group = CATALOGUE[held.target.measure].spoken, held.target.group
    return label if group == ALL else f"{group}: {label}"


def _room(held: Attainment) -> float:
    """How far the nearer end of the interval is from the target, in parts of it."""
    edge = held.low if held.target.sign > 0 else held.high
    edge = edge if isfinite(edge) else held.value
    return held.target.sign * (edge - held.target.value) / max(abs(held.target.value), 1e-9)
