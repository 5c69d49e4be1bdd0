"""What there is to say of a comparison: which option, by how much, how sure, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import isfinite, isnan

from sim.experiment.compare import Comparison, Difference, Outcome, with_luck
from sim.measures import Row, measure_of
from sim.measures.catalogue import WITH_LUCK
from sim.report import words
from sim.report.blocks import Because, Figure
from sim.report.findings import Findings
from sim.report.numbers import NOTHING, interval, number, signed
from sim.report.sensitivity import uncertain
from sim.report.untried import FARTHEST, GROSS_MARGIN, UNAIDED, turns, untried
from sim.report.words import listed, quoted, significant

MEASURES = (
    *("margin", "incremental_revenue", "cost", "unanswered", "missed_buyers", "conversion"),
    *("answer_rate", "service_level", "asa", "satisfaction"),
)
"""Measures in which options are set against the reference."""

BY_GROUP = {
    "window": ("margin", "unanswered", "missed_buyers", "service_level"),
    "channel": ("unanswered", "service_level", "asa", "satisfaction"),
}
"""Split -> measures in which it is told where the difference comes from."""

SALES = ("reached", "conversion", "basket", "luck", "unaided", "gross_margin")
"""Steps of the margin that are made of sales; the others are cost."""


class CompareFindings(Findings[Comparison]):
    """A comparison in numbers and words."""

    def __init__(self, result: Comparison) -> None:
        self.study = result.study
        super().__init__(result, self.study.reference.scenario, self.study.confidence)
        self.against, self.decide = self.study.against, measure_of(self.study.decide)
        self.by_week = measure_of(with_luck(self.study.decide))
        self.sign = self.decide.better or 1
        self.mixed = words.mixed(self.scenario)
        self.knowing, self.varied = uncertain(self.study, result.joint, result.vary, even=self.even)

    # --- numbers ------------------------------------------------------------------------------

    @cached_property
    def ranked(self) -> list[str]:
        """The options, the leading one first, then by the deciding measure."""

        def place(name: str) -> tuple[bool, bool, float]:
            value = self.result.outcomes[name].get(self.decide.name).value
            return name != self.result.leader, isnan(value), -self.sign * value

        return sorted(self.result.outcomes, key=place)

    @cached_property
    def others(self) -> list[str]:
        """All but the reference, as ranked."""
        return [name for name in self.ranked if name != self.against]

    @property
    def leader(self) -> Outcome:
        """The option that is chosen, or looks best."""
        return self.result.outcomes[self.result.leader]

    @cached_property
    def shown(self) -> str:
        """The option that pictures of one option show first: never the reference."""
        return self.others[0]

    @cached_property
    def same(self) -> bool:
        """Whether the deciding measure is the same in every replication of every option."""
        found = (self.result.difference(name, self.decide.name) for name in self.result.outcomes)
        return all(one is None or one.value == one.low == one.high == 0 for one in found)

    @cached_property
    def near(self) -> list[str]:
        """The options that the chosen one is not ahead of by more than the indifference zone."""
        if self.result.verdict.best is None:
            return []
        zone = self.result.verdict.indifference
        leader = self.result.leader
        return [name for name in self.ranked if name != leader and abs(self.lead(name)) <= zone]

    @cached_property
    def even(self) -> bool:
        """Whether no option is ahead of another by more than the indifference zone."""
        return len(self.near) == len(self.ranked) - 1

    @property
    def decided(self) -> bool:
        """Whether the leading option is the best: by the selection, or told apart from all."""
        return self.result.verdict.best is not None or not self.result.rivals

    @property
    def added_up(self) -> str:
        """The margin that steps lead to: the one that decides, if one does."""
        return self.decide.name if self.decide.name in WITH_LUCK else "margin"

    @property
    def zone(self) -> str:
        """The indifference zone, with its unit."""
        return words.size(self.result.verdict.indifference, self.decide.unit, self.currency)

    def row(self, option: str, measure: str, by: str = "total", group: str = "all") -> Row | None:
        """One estimate; None where it has no value."""
        try:
            found = self.result.outcomes[option].get(measure, by, group)
        except KeyError:
            return None
        return None if isnan(found.value) else found

    def difference(
        self, option: str, measure: str, by: str = "total", group: str = "all"
    ) -> Difference | None:
        """One difference to the reference; None where it has no value."""
        found = self.result.difference(option, measure, by, group)
        return None if found is None or isnan(found.value) else found

    def lead(self, option: str) -> float:
        """How far the leading option is ahead of another: the difference of their differences."""
        ahead, behind = (
            one.value if (one := self.difference(name, self.decide.name)) else 0.0
            for name in (self.result.leader, option)
        )
        return self.sign * (ahead - behind)

    def groups(self, by: str) -> list[str]:
        """The groups of a split, of all options, in order."""
        rows = (row for one in self.result.outcomes.values() for row in one.rows)
        return list(dict.fromkeys(row.group for row in rows if row.by == by))

    def says(self, measure: str) -> bool:
        """Whether a measure is something somewhere."""
        rows = [self.row(option, measure) for option in self.result.outcomes]
        return any(row is not None and row.value != 0 for row in rows)

    # --- the first page -----------------------------------------------------------------------

    def about(self) -> str:
        """How it was run."""
        numbers = sorted({one.replications for one in self.result.outcomes.values()})
        fewest = f"{numbers[0]:,} to " if len(numbers) > 1 else ""
        options, runs = len(self.result.outcomes), self.span.times(numbers[-1])
        return self.tell("about", options=options, fewest=fewest, runs=runs)

    def answer(self) -> str:
        """The outcome in a sentence."""
        row = self.leader.get(self.decide.name)
        if self.same:
            return self.tell("same", value=self.say(row))
        if self.even:
            return self.tell("even", why=self._why_even())
        verb = "is best" if self.decided else "looks best"
        value, low, high = row.value, row.low, row.high
        said = f"{self.decide.spoken} {self.say(row)}"
        if self.ahead is not None:
            whom, value, low, high = self.ahead
            more = words.size(value, row.unit, self.currency)
            said = self.tell("ahead", more=more, whom=whom)
        if isfinite(low) and low < high:
            sure = self.ahead is None or low > 0 or high < 0
            said += f" ({interval(low, high, row.unit)}{'' if sure else ', not significant'})"
        return self.tell("best", verb=verb, said=said)

    @cached_property
    def ahead(self) -> tuple[str, float, float, float] | None:
        """By how much the leading option is ahead, and of which, where levels mean little.

        They do where even the best margin is a loss: what else pays for the people is not in the
        scenario.
        """
        level = self.leader.get(self.decide.name)
        if self.same or self.sign < 0 or not self._adds_up(level) or level.value >= 0:
            return None
        leads, whom = self.result.leader == self.against, self.beside
        found = self.difference(whom if leads else self.result.leader, self.decide.name)
        if found is None:
            return None
        if leads:
            return whom, -found.value, -found.high, -found.low
        return whom, found.value, found.low, found.high

    @property
    def beside(self) -> str:
        """What the leading option is set beside: the reference; where it is that, the next best.

        Of those that are not as good as it, if there are any.
        """
        if self.result.leader != self.against:
            return self.against
        return next((one for one in self.others if one not in self.near), self.others[0])

    def _why_even(self) -> str:
        """Why nothing differs by much, where that can be told."""
        quiet = [group for group in self.groups("window") if self._nobody_comes(group)]
        if quiet:
            return self.tell("nobody-comes", windows=listed(map(quoted, quiet)))
        answered = [self.difference(name, "answered") for name in self.others]
        if all(one is None or one.value == 0 for one in answered):
            return self.tell("alike")
        return ""

    def _nobody_comes(self, window: str) -> bool:
        """Whether options have other hours in a window in which no customer comes to any."""
        came = [self.row(name, "customers", "window", window) for name in self.ranked]
        hours = [self.difference(name, "hours", "window", window) for name in self.others]
        return any(one is not None and one.value != 0 for one in hours) and not any(
            one is not None and one.value > 0 for one in came
        )

    def certainty(self) -> str:
        """How much better, how sure that is, and what it is worth a year."""
        return " ".join(filter(None, self._certainties()))

    def _certainties(self) -> Iterator[str]:
        if self.same:
            return
        yield from self._against_reference()
        verdict, rivals = self.result.verdict, self.result.rivals
        if self.near and not self.even:
            are = "is" if len(self.near) == 1 else "are"
            yield self.tell("near", names=listed(map(quoted, self.near)), are=are)
        if self.even:
            yield self.tell("choose")
        elif verdict.best is not None:
            yield self.tell("decided")
        elif self.decided:
            yield self.tell("told-apart")
        else:
            many = f"{verdict.replications:,} replications do"
            many = many if verdict.replications > 1 else "One replication does"
            names = listed(map(quoted, verdict.candidates), "or")
            yield self.tell("undecided", many=many, names=names)
        if (joint := self.knowing) is not None:
            yield joint.stays()
            yield joint.turns()
        if rivals:
            yield self.tell("rivals", names=listed(map(quoted, rivals)))

    def _against_reference(self) -> Iterator[str]:
        found = self.difference(self.result.leader, self.decide.name)
        if found is None:
            return
        chance, low, high = (100 * one for one in self.leader.chance)
        said = [] if self.ahead is not None and not self.even else [self._more_than(found)]
        said += [] if isnan(chance) else [self.tell("wins", chance=chance, low=low, high=high)]
        if said:
            yield f"{words.capital('; '.join(said))}."
        if self._adds_up(found):
            yield self.tell("worth", a_year=self.span.worth_a_year(found, self.currency))

    def _more_than(self, found: Difference) -> str:
        """How much more, or less, the leading option comes to than the reference."""
        side = "more" if found.value >= 0 else "less"
        subject = f"{quoted(self.result.leader)} comes to" if self.even else "That is"
        size, sure = words.size(found.value, found.unit, self.currency), ""
        if isfinite(found.low):
            one = words.unsigned(found)
            bounds = words.in_points(interval(one.low, one.high, one.unit), one.unit)
            sure = f" ({bounds})" if significant(found) else ", not significant"
        return self.tell("leads", subject=subject, size=size, side=side, sure=sure)

    def _adds_up(self, found: words.Bounded) -> bool:
        """Whether an amount is money that comes again every week."""
        return found.unit == "money" and not self.decide.denominator and found.value != 0

    def _a_year(self, found: Difference) -> str:
        if not self._adds_up(found):
            return ""
        return f": {signed(self.span.yearly(found)[0], 'money')} {self.currency} a year"

    def recommended(self) -> str:
        """The option to choose; of several, if the data do not decide."""
        if self.same or self.even:
            return ""
        if self.decided:
            return self.result.leader
        return " or ".join(self.result.verdict.candidates)

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        name, measure = self.leader.name, self.decide.name
        row = self.leader.get(measure)
        meaning = f"of {quoted(name)} in an average {self.span}"
        if self.ahead is None:
            yield self.figure(row, self.decide.label, meaning, measure)
        other = self.beside if name == self.against else name
        found = self.difference(other, measure)
        label = "The next best" if name == self.against else f"Against {quoted(self.against)}"
        if found is not None:
            of = f" of {quoted(other)}" if name == self.against else ""
            yield Figure(
                label,
                words.more(found, self.currency),
                words.between(found, self.currency),
                self.tell("on-the-same", of=of, a_year="" if self.ahead else self._a_year(found)),
            )
            if self.ahead is not None:
                yield self._year(found)
        value, low, high = self.result.outcomes[other].chance
        yield Figure(
            "Win rate",
            NOTHING if isnan(value) else f"{100 * value:.0f} %",
            "" if isnan(value) else interval(low, high, "share"),
            self.tell("won", option=other),
        )

    def _year(self, found: Difference) -> Figure:
        """What a difference comes to in a year."""
        (value, low, high), money = self.span.yearly(found), self.currency
        return Figure(
            "A year",
            f"{signed(value, 'money')} {money}",
            interval(low, high, "money", money),
            f"if all {self.span.many} were like the one simulated",
        )

    def picture(self) -> str:
        """By how much the options differ."""
        return f"difference-{words.slug(self.decide.name)}"

    def because(self) -> Iterator[Because]:
        """Why: what weighs most."""
        if self.same:
            return
        for reason in (self._sales, self._when, self._costs, self._answered, self._next):
            if found := reason():
                yield found

    def _sales(self) -> Because | None:
        steps = {
            one.step: one.value
            for one in self.result.steps
            if one.option == self.shown and one.step in SALES
        }
        reached = self.difference(self.shown, "missed_buyers")
        if not any(steps.values()) or reached is None or not significant(reached):
            return None
        bought = sum(steps.get(one, 0.0) for one in ("conversion", "basket", "luck"))
        people = f"{abs(reached.value):,.0f} {'more' if reached.value < 0 else 'fewer'}"
        parts = {"reached": steps["reached"], "bought": bought, "unaided": steps["unaided"]}
        money = {name: self._money(value) for name, value in parts.items()}
        return Because(self.tell("sales", people=people, **money), "bridge")

    def _when(self) -> Because | None:
        found = [
            one
            for group in self.groups("window")
            if (one := self.difference(self.shown, self.decide.name, "window", group))
        ]
        whole = self.difference(self.shown, self.decide.name)
        if self.decide.denominator or len(found) < 2 or whole is None or not significant(whole):
            return None
        top = max(found, key=lambda one: one.value / whole.value)
        share = top.value / whole.value
        part = (
            f"{number(share, 'share')} of the difference" if share < 1 else "The whole difference"
        )
        back = self.tell("back", more=words.more(top, self.currency)) if share > 1 else ""
        return Because(self.tell("when", part=part, window=top.group, back=back), "by-window")

    def _costs(self) -> Because | None:
        found, row = self.difference(self.shown, "cost"), self.row(self.shown, "cost")
        if found is None or row is None or not significant(found) or self.decide.name == "cost":
            return None
        side = "more" if found.value > 0 else "less"
        size = words.size(found.value, "money", self.currency)
        text = self.tell("costs", cost=self.say(row), size=size, side=side)
        return Because(text, "cost-by-source")

    def _answered(self) -> Because | None:
        lost, hours = (self.difference(self.shown, name) for name in ("unanswered", "hours"))
        if lost is None or not significant(lost) or self._sales() is not None:
            return None
        with_hours = ""
        if hours is not None and hours.value and significant(hours):
            side = "more" if hours.value > 0 else "fewer"
            with_hours = f", with {abs(hours.value):,.1f} {side} hours on duty"
        side = "fewer" if lost.value < 0 else "more"
        text = self.tell("answered", many=abs(lost.value), side=side, with_hours=with_hours)
        return Because(text, "differences")

    def _next(self) -> Because | None:
        second = next(name for name in self.ranked if name != self.result.leader)
        row = self.row(second, self.decide.name)
        if row is None or self.result.rivals:
            return None
        gap = words.size(self.lead(second), self.decide.unit, self.currency)
        side = "less" if self.sign > 0 else "more"
        text = self.tell("next", option=second, value=self.say(row), gap=gap, side=side)
        return Because(text, "trade-off")

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong, what may turn it first."""
        if self.result.rivals and not self.same:
            yield self.tell("as-good", names=listed(map(quoted, self.result.rivals)))
        if self.varied is not None:
            yield from self.varied.decisive()
        if not (self.same or self.even):
            yield from self._untried()
        for option, path, said in self.result.study.hard_to_compare():
            yield self.tell("otherwise", option=option, path=path, said=said)
        chance = self.leader.chance[0]
        if not isnan(chance) and chance < 0.95:
            yield self.tell("by-chance", share=100 * (1 - chance))
        if self.varied is None:
            yield self.tell("not-varied")
        if (joint := self.knowing) is not None:
            yield from joint.not_knowing()
        if self.varied is not None:
            yield from self.varied.others()

    def _untried(self) -> Iterator[str]:
        """Where inputs that decide, and that were not varied, would turn the answer."""
        found = list(turns(self.result))
        for turn in found:
            side = "below" if turn.times < 1 else "above"
            if turn.of == GROSS_MARGIN:
                assumed = self.leader.scenario.gross_margin
                of = self.tell("of-margin", assumed=number(assumed, "share"))
                at = number(turn.times * assumed, "share")
            else:
                of, at = self.tell("of-unaided"), self.tell("at-unaided", times=turn.times)
            yield self.tell("turns", of=of, side=side, at=at, option=turn.option)
        stays = [one for one in untried(self.result) if one not in {turn.of for turn in found}]
        if stays:
            names = {GROSS_MARGIN: "the gross margin", UNAIDED: "how many would buy without help"}
            inputs = words.capital(listed([names[one] for one in stays]))
            were = "was" if len(stays) == 1 else "were"
            yield self.tell("stays", inputs=inputs, were=were, farthest=FARTHEST)

    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, in any of the options."""
        options = [one.scenario for one in self.result.outcomes.values()]
        return words.assumed_of([self.scenario, *options], self.study.uncertain.paths)

    def notes(self) -> str:
        """How to read the tables."""
        unequal = len({one.replications for one in self.result.outcomes.values()}) > 1
        found = (self.result.difference(name, "customers") for name in self.result.outcomes)
        same = all(one is None or one.value == 0 for one in found)
        customers = "meet the same customers"
        customers += "." if same else " where they expect as many of them."
        sells = self.says("incremental_revenue")
        return self.tell(
            "notes",
            customers=customers,
            on_both=self.tell("on-both") if unequal else "",
            added=" Incremental: would not have come unaided." if sells else "",
            meant=words.how_meant(self.study, self.span.many),
        )

    @property
    def by_luck(self) -> str:
        """By which measure weeks are won, where that is not the one that decides."""
        return "" if self.by_week == self.decide else f" by {self.by_week.spoken}"

    def _money(self, value: float) -> str:
        return f"{signed(value, 'money')} {self.currency}"


def differs(
    findings: CompareFindings, measure: str, by: str = "total", groups: Iterable[str] = ("all",)
) -> bool:
    """Whether any option differs from the reference in a measure."""
    return any(
        (one := findings.difference(option, measure, by, group)) is not None and one.value
        for option in findings.others
        for group in groups
    )


def compared_by(findings: CompareFindings, by: str) -> list[str]:
    """The same by the groups of a split."""
    groups = findings.groups(by)
    if len(groups) < 2:
        return []
    names = dict.fromkeys((findings.decide.name, *BY_GROUP[by]))
    return [
        name
        for name in names
        if by in measure_of(name).splits and differs(findings, name, by, groups)
    ]
