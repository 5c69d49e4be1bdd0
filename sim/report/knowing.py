"""A decision over all that may be true: how often it stays right, what knowing more is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sim.experiment.joint import ALL, GROUP, INPUT, Joint, Known
from sim.experiment.study import Study
from sim.measures import Measure, measure_of
from sim.report import words
from sim.report.blocks import Block, Cell, Heading, Table, Text
from sim.report.numbers import number, rough
from sim.report.tables import line, percent_cell, table
from sim.report.texts import texts
from sim.report.words import Span, listed, path_in_words, quoted

TITLE = "All that is uncertain, drawn jointly"

NAMED = 3
"""Inputs that sentences name; the table has all."""

PRIORS = (
    "Inputs are drawn independently of each other, ranges evenly between their ends; inputs from a "
    "file together, as it has them. Each draw has its own customers, the same for all options."
)


@dataclass(frozen=True)
class Leads:
    """How differences in what decides a study are told.

    even: no option is ahead by more than the indifference zone.
    """

    kind: ClassVar[str] = "knowing"

    study: Study
    even: bool

    @property
    def decide(self) -> Measure:
        """What decides."""
        return measure_of(self.study.decide)

    @property
    def unit(self) -> str:
        """Of the deciding measure."""
        return self.decide.unit

    @property
    def currency(self) -> str:
        """Of the study."""
        return self.study.reference.scenario.currency

    def tell(self, name: str, /, **of: object) -> str:
        """A sentence on what is uncertain, filled in; they stand in `sentences.toml`."""
        text: str = texts("sentences")[self.kind][name]
        return text.format(f=self, **of)

    def said(self, value: float) -> str:
        """A difference in the deciding measure."""
        return words.in_points(number(value, self.unit, self.currency), self.unit)


@dataclass(frozen=True)
class JointFindings(Leads):
    """The joint draws of a study in numbers and words."""

    joint: Joint

    # --- numbers ------------------------------------------------------------------------------

    @property
    def span(self) -> Span:
        """What is counted."""
        return Span(self.study.reference.scenario.calendar.days)

    @property
    def a_year(self) -> float:
        """Times which a value of knowing is told: totals of money are a year's."""
        total = self.unit == "money" and not self.decide.denominator
        return self.span.a_year if total else 1.0

    def size(self, value: float, currency: str) -> str:
        """The size of a value of knowing, of a year if it is money: to three digits."""
        return words.size(rough(value * self.a_year), self.unit, currency)

    def worth(self, value: float) -> str:
        """A value of knowing with its unit, a year if it is money."""
        said = self.size(value, self.currency)
        return f"{said} a year" if self.a_year != 1.0 else said

    def between(self, low: float, high: float) -> str:
        """From one difference to another."""
        return f"{self.said(low)} to {self.said(high)}"

    def matters(self, known: Known) -> bool:
        """Whether knowing something surely gains anything."""
        return known.value > 1.96 * known.error and known.value > 0

    def of_kind(self, kind: str) -> list[Known]:
        """What would be known: inputs, groups or all."""
        return [one for one in self.joint.known if one.kind == kind]

    # --- words --------------------------------------------------------------------------------

    def stays(self) -> str:
        """How often the chosen option stays the best."""
        one = self.joint.standing(self.joint.chosen)
        many = len(self.joint.inputs)
        inputs = "the input that is uncertain" if many == 1 else f"all {many} uncertain inputs"
        stays = "is ahead, by however little," if self.even else "stays the best"
        others = sorted(self.joint.standings, key=lambda other: -other.share)
        second, beside = next((other for other in others if other.option != one.option), None), ""
        if second is not None and second.share > 0:
            beside = self.tell("second", second=second, share=100 * second.share)
        share, low, high = (100 * share for share in (one.share, one.low, one.high))
        said = {"share": share, "low": low, "high": high, "second": beside}
        return self.tell("stays", inputs=inputs, one=one, stays=stays, **said)

    def turns(self) -> str:
        """That another option is better in the mean over all draws, if it is."""
        joint = self.joint
        value, low, high = joint.lead
        if value >= 0:
            return ""
        sure = "" if high < 0 else ", not significant"
        bounds = self.between(-high, -low)
        return self.tell("turns", by=self.said(-value), bounds=bounds, sure=sure)

    @property
    def lead(self) -> str:
        """Of which option over which."""
        return f"the lead of {quoted(self.joint.chosen)} over {quoted(self.joint.rival)}"

    def apart(self) -> str:
        """Uncertainty of inputs beside the noise of simulation."""
        joint = self.joint
        value, low, high = joint.lead
        half = words.size((high - low) / 2, self.unit, self.currency)
        if joint.spread[0] == joint.spread[1]:
            return self.tell("not-apart", mean=self.said(value), half=half)
        noise = words.size(1.96 * joint.luck / joint.draws**0.5, self.unit, self.currency)
        spread, mean = self.between(*joint.spread), self.said(value)
        return self.tell("apart", spread=spread, mean=mean, half=half, noise=noise)

    def knowing(self) -> Iterator[str]:
        """What it would be worth to know the inputs, and which are not worth the asking."""
        inputs = self.of_kind(INPUT)
        gains = [one for one in inputs if self.matters(one)]
        if gains:
            years, life = self.study.years, ""
            if years != 1 and self.a_year != 1.0:
                life = self.tell("life", worth=self.size(gains[0].value * years, self.currency))
            yield self.tell("gains", named=self._named(gains), life=life)
        unsure = [one for one in inputs if one.value > one.error and not self.matters(one)]
        if unsure:
            yield self.tell("not-sure", named=self._named(unsure))
        for one in self.of_kind(ALL):
            if one.value > 0:
                yield self.tell("all", gain=self._gain(one))
        if nothing := [one for one in inputs if one not in gains + unsure]:
            most = max(one.most for one in nothing)
            each = "each " if len(nothing) > 1 else ""
            bound = self.tell("bound", each=each, most=self.worth(most)) if most > 0 else ""
            names = listed([path_in_words(one.of) for one in nothing])
            found = "Nothing is gained by knowing" if most == 0 else "No gain is seen in knowing"
            yield self.tell("nothing", found=found, names=names, bound=bound)

    def _named(self, some: Sequence[Known]) -> str:
        """The first of them, and what they gain."""
        return "; ".join(f"{path_in_words(one.of)} {self._gain(one)}" for one in some[:NAMED])

    def _gain(self, one: Known) -> str:
        half = self.size(1.96 * one.error, self.currency)
        return f"{self.worth(one.value)} (±{half})"

    def sentences(self) -> list[str]:
        """The outcome, what matters most first."""
        found = [self.stays(), self.turns(), *self.not_knowing()]
        return [one for one in found if one]

    def not_knowing(self) -> list[str]:
        """What not knowing the inputs does, and would cost; what cannot be told comes last."""
        cost, told = list(self.knowing()), self.joint.spread[0] != self.joint.spread[1]
        return [self.apart(), *cost] if told else [*cost, self.apart()]

    # --- blocks -------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """All that is known of it."""
        yield Text(tuple(self.sentences()), TITLE, first=True)
        yield self.worth_table()
        yield self._standings()
        yield Text((PRIORS,), first=True)

    def worth_table(self) -> Table:
        """What knowing each input would gain."""
        unit = {"money": self.currency, "share": "points"}.get(self.unit, self.unit)
        text = {one.path: one.text for one in self.joint.inputs}
        also = {one.path: one.also for one in self.joint.inputs}
        years = self.study.years
        long = years != 1 and self.a_year != 1.0
        per = f"{unit} a year" if self.a_year != 1.0 else unit
        lines = []
        for one in self.joint.known:
            places = "".join(f", {path_in_words(path)}" for path in also.get(one.of, ()))
            name = f"all of {path_in_words(one.of)}" if one.kind == GROUP else path_in_words(one.of)
            error = f"±{self._plain(1.96 * one.error)}" if one.value else ""
            gains = (
                Cell(self._plain(one.value), error, one.value),
                *([Cell(self._plain(years * one.value), sort=one.value)] if long else []),
                Cell(self._plain(one.most), sort=one.most),
            )
            first = Cell(name + places, sort=name)
            lines.append(line(first, text.get(one.of, ""), *gains, strong=self.matters(one)))
        return table(
            "table-knowing",
            "What it would be worth to know",
            (
                *("If this were known", "May be", Heading("Gains", per)),
                *([Heading(f"Over {years:g} years", unit)] if long else []),
                Heading("Hardly more than", per),
            ),
            lines,
            "expected value of partial perfect information: what the decision gains on average if "
            "this is known before it is made, by regression on the joint draws (Strong, Oakley, "
            "Brennan 2014); ± holds 95 %",
            first=True,
        )

    def _plain(self, value: float) -> str:
        return self.size(value, "").removesuffix(" points")

    def _standings(self) -> Table:
        order = sorted(self.joint.standings, key=lambda one: (-one.share, one.option))
        money = self.currency if self.unit == "money" else ""
        return table(
            "table-standings",
            "How often each option is best",
            ("Option", "Best in", Heading("Mean of the draws", money)),
            (
                line(
                    one.option,
                    percent_cell(one.share, one.low, one.high),
                    Cell(words.brief(one.mean, self.unit), sort=one.mean),
                    strong=one.option == self.joint.best,
                )
                for one in order
            ),
            "of the joint draws, the luck of single weeks left out",
            first=True,
        )
