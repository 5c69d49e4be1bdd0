"""What there is to say of a staffing: the plan, whether it reaches its targets, its worth."""

from __future__ import annotations

from collections import Counter
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
from sim.report.numbers import exact, interval, number
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

    def shifts(self) -> Counter[tuple[str, int, int, int]]:
        """How many work each: (pool, start, end, weekday), seconds of the day."""
        counts = self.plan.counts
        assert counts is not None  # only of the present staffing, which is never chosen
        found: Counter[tuple[str, int, int, int]] = Counter()
        for duty, count in zip(self.result.shape.duties, counts.tolist(), strict=True):
            found[duty.pool, duty.start, duty.end, duty.day] += count
        return +found

    def wanted(self, one: Attainment) -> str:
        """What is to be reached: `at least 80.0 %`."""
        least = "at least" if one.target.sign > 0 else "at most"
        return f"{least} {number(one.target.value, one.unit, self.currency)}"

    # --- the first page -------------------------------------------------------------------------

    def about(self) -> str:
        """What was run, and how often."""
        return self.tell("about", runs=self.span.times(self.result.replications))

    def answer(self) -> str:
        """The outcome in a sentence."""
        most = self.most_at_once()
        people = self._people(most, self.different(), self.plan.get("hours").value)
        if not self.result.resolved.targets:
            amount = words.in_full(self.plan.get("expected_margin"), self.currency)
            return self.tell("maximised", people=capital(people), amount=amount)
        one = len(self.result.resolved.targets) == 1 and self.plan.wanted is None
        the = "the target" if one else "the targets"
        if self.result.reached:
            reach = "reaches" if (self.different() or most) == 1 else "reach"
            need, who = self._need(), capital(people)
            return self.tell("reached", people=who, reach=reach, the=the, need=need)
        return self.tell("nearest", why=self._why_not(the), people=people)

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
            return self.tell("capped", the=capital(the), cap=cap, enough=enough)
        if verdict.outcome == UNREACHABLE:
            return self.tell("unreachable", the=capital(the), cap=cap)
        return self.tell("not-certain", the=the, cap=cap)

    def certainty(self) -> str:
        """How the targets stand, and how often they would over all that is uncertain."""
        return " ".join((self._standing(), *self._over_all()))

    def _standing(self) -> str:
        if not self.plan.held:
            return self.tell("no-targets")
        said = [
            self.tell("held", target=target_name(one), value=value, wanted=self.wanted(one))
            for one in self.plan.held
            for value in [words.in_full(one, self.currency)]
        ]
        if self.plan.wanted is not None:
            good = words.in_full(words.Amount(*self.plan.good_days, "share"))
            said.append(self.tell("good", value=good, least=number(self.plan.wanted, "share")))
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
        most = f"{self.most_at_once():,}"
        hours, now = self.plan.get("hours"), self.result.staffings[PRESENT].get("hours")
        yield Figure(
            "Hours on duty",
            number(hours.value, "h"),
            "",
            self.tell("people-now", people=f"{different}{most}", now=number(now.value, "h")),
            "hours",
        )
        gap = self.result.difference(PRESENT, self.result.aim)
        if gap is not None and not isnan(gap.value):
            yield Figure(
                f"{measure_of(self.result.aim).short} against now",
                words.more(gap, self.currency),
                words.between(gap, self.currency),
                self.tell("on-the-same"),
                self.result.aim,
            )

    def _target(self) -> Figure:
        """The target that is held least surely."""
        held = min(self.plan.held, key=_room)
        where = "" if held.target.group == ALL else f" of {held.target.group}"
        label, meaning = CATALOGUE[held.target.measure].label, f"wanted{where}: {self.wanted(held)}"
        return self.figure(held, label, meaning, held.target.measure)

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
            share, low, high = (100 * share for share in (one.value, one.low, one.high))
            said = {"share": share, "low": low, "high": high, "draws": found.draws}
            yield self.tell("holds", inputs=inputs, **said)

    def _hangs(self) -> Iterator[str]:
        """On which of the inputs that hangs."""
        if (leads := self.leads) is not None:
            yield from leads.knowing()
        if (found := self.result.holding) is None:
            return
        worst = found.breaks[0]
        if worst.there < worst.elsewhere:
            its = f"its {worst.where}" if worst.where in (HIGHER, LOWER) else worst.where
            there, elsewhere = 100 * worst.there, 100 * worst.elsewhere
            path = path_in_words(worst.path)
            yield self.tell("breaks", path=path, its=its, there=there, elsewhere=elsewhere)

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
            rest = self.tell("rest", share=100 * good.value, bounds=sure)
        yield self.tell("days", which=which, share=100 * worst.days, bounds=bounds, rest=rest)

    def _need(self) -> str:
        """What the targets need in the mean, with a fraction."""
        need = self.result.need
        if need is None or not need.spare.value:
            return ""
        heads = need.heads()
        low, high = (self.result.shape.most_at_once(need.heads(at)) for at in need.spare[:0:-1])
        sure = f" ({low:,} to {high:,})" if isfinite(need.spare.low) else ""
        return self.tell("need", people=self.result.shape.most_at_once(heads), sure=sure)

    def _worth(self) -> Iterator[str]:
        aim = self.result.aim
        verb = {"cost": "costs", "hours": "takes", "expected_margin": "brings"}[aim]
        for against, whom in ((PRESENT, "the staffing today"), (ERLANG, "the Erlang start")):
            gap = self.result.difference(against, aim)
            if gap is None or gap.value == gap.low == gap.high == 0.0:
                continue
            size = words.size(gap.value, gap.unit, self.currency)
            side = "more" if gap.value >= 0 else "less"
            a_year = missing = ""
            if against == PRESENT and gap.unit == "money" and gap.value:
                a_year = f"; {self.span.worth_a_year(words.unsigned(gap), self.currency)}"
            missed = [one for one in self.result.staffings[against].held if not one.reached]
            if missed:
                target, value = target_name(missed[0]), self.say(missed[0])
                missing = self.tell("missed", target=target, value=value)
            said = {"chance": self._chance(gap), "a_year": a_year, "missed": missing}
            yield self.tell("worth", verb=verb, size=size, side=side, whom=whom, **said)
        tried = f"{self.result.found.evaluations} plans"
        tried = f"all {tried} there are" if self.result.found.exhaustive else tried
        found = self.result.found
        same = self.result.chosen == ERLANG or np.array_equal(found.counts, found.start)
        if same and (self.result.reached or not self.plan.held):
            yield self.tell("the-start", tried=tried)

    def _chance(self, gap: Difference) -> str:
        if not isfinite(gap.low) or exact(gap.low, gap.high):
            return ""
        if not words.significant(gap):
            return " (not significant)"
        return f" ({words.between(words.unsigned(gap), self.currency)})"

    def _moved(self) -> str:
        gaps = self.plan.heads - self.result.shape.present
        said = []
        for place, word in ((int(gaps.argmax()), "More"), (int(gaps.argmin()), "Fewer")):
            if (gaps[place] if word == "More" else -gaps[place]) > 0:
                slot = self.result.shape.slots[place]
                when = {"day": WEEKDAYS[slot.day], "time": clock(slot.start), "pool": slot.pool}
                heads, present = self.plan.heads[place], self.result.shape.present[place]
                said.append(self.tell("moved", word=word, heads=heads, present=present, **when))
        return " ".join(said)

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        yield from self._hangs()
        for one in self.plan.held:
            if one.reached and not one.sure:
                yield self.tell("in-the-mean", target=capital(target_name(one)))
        if self.plan.wanted is not None and self.plan.reached and not self.plan.sure:
            yield self.tell("good-days")
        bad = [one for one in self.plan.held if one.reached and one.days < 0.9]
        if bad:
            worst = min(bad, key=lambda one: one.days)
            share = 100 * (1 - worst.days)
            yield self.tell("bad-days", share=share, target=target_name(worst))
        known = self.result.holding is None and self.result.joint is None
        yield self.tell("as-said" if known else "others-as-said")

    def _enlarged(self) -> str:
        """How many plans were verified."""
        several = self.result.reached and self.result.verdict.plans > 1
        return self.tell("enlarged") if several else ""

    def notes(self) -> str:
        """How to read the tables."""
        good = self.tell("of-good-days") if self.result.resolved.targets else ""
        meant = words.how_meant(self.result.study, self.span.many)
        said = {"found": self.result.found, "enlarged": self._enlarged()}
        return self.tell("notes", good=good, meant=meant, **said)


def target_name(held: Attainment) -> str:
    """A target by name: the measure, and the channel or window it is about."""
    label, group = CATALOGUE[held.target.measure].spoken, held.target.group
    return label if group == ALL else f"{group}: {label}"


def _room(held: Attainment) -> float:
    """How far the nearer end of the interval is from the target, in parts of it."""
    edge = held.low if held.target.sign > 0 else held.high
    edge = edge if isfinite(edge) else held.value
    return held.target.sign * (edge - held.target.value) / max(abs(held.target.value), 1e-9)
