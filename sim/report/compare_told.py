"""A comparison in words: what it says, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isnan

from sim.experiment import Comparison
from sim.experiment.compare import Difference, Outcome
from sim.measures import CATALOGUE, Row
from sim.report.compare import amount, answer, in_points, ranked
from sim.report.numbers import NOTHING, interval, number, signed, span, spans
from sim.report.page import Because, Figure
from sim.report.vary import vary_answer

SALES = ("reached", "conversion", "basket", "unaided", "gross_margin")
"""Steps of the margin that are made of sales; the others are cost."""


class Told:
    """A comparison in words."""

    def __init__(self, result: Comparison) -> None:
        self.result, self.study = result, result.study
        self.against, self.decide = self.study.against, CATALOGUE[self.study.decide]
        scenario = self.study.reference.scenario
        self.currency, self.days = scenario.currency, scenario.calendar.days
        self.span, self.spans = span(self.days), spans(self.days)
        self.sign = self.decide.better or 1

    # --- numbers ------------------------------------------------------------------------------

    @cached_property
    def ranked(self) -> list[str]:
        """The options, the leading one first, then by the deciding measure."""
        return [name for name, _ in ranked(self.result)]

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

    def groups(self, by: str) -> list[str]:
        """The groups of a split, of all options, in order."""
        rows = (row for one in self.result.outcomes.values() for row in one.rows)
        return list(dict.fromkeys(row.group for row in rows if row.by == by))

    def says(self, measure: str) -> bool:
        """Whether a measure is something somewhere."""
        rows = [self.row(option, measure) for option in self.result.outcomes]
        return any(row is not None and row.value != 0 for row in rows)

    @property
    def confidence(self) -> str:
        """Of intervals, in words."""
        return f"{100 * self.study.confidence:g} %"

    @property
    def mixed(self) -> bool:
        """Whether live and deferred channels are side by side."""
        return len({one.live for one in self.study.reference.scenario.channels.values()}) > 1

    # --- words --------------------------------------------------------------------------------

    def say(self, row: Row | Difference) -> str:
        """A value with its unit."""
        return number(row.value, row.unit, self.currency)

    def sure(self, row: Row | Difference) -> str:
        """Its interval; of a difference of shares, in points."""
        said = interval(row.low, row.high, row.unit, self.currency)
        return in_points(said, row.unit) if isinstance(row, Difference) else said

    def more(self, found: Difference) -> str:
        """A difference with sign and unit: `+1,234 EUR`, `-0.5 points`."""
        unit = {"share": "points", "money": self.currency, "h": ""}.get(found.unit, "")
        return f"{signed(found.value, found.unit)} {unit}".rstrip()

    def about(self) -> str:
        """How it was run."""
        numbers = sorted({one.replications for one in self.result.outcomes.values()})
        many = f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}"
        plural = "s" if numbers[-1] > 1 else ""
        days = {7: f"week{plural}", 1: f"day{plural}"}.get(self.days, f"x {self.days} days")
        options = f"{len(self.result.outcomes)} options on the same customers"
        return f"Simulated: {options}, {many} {days} each"

    def answer(self) -> str:
        """The outcome in a sentence."""
        return answer(self.result)[0]

    def certainty(self) -> str:
        """How much better, and how sure that is."""
        return " ".join(answer(self.result)[1:])

    def recommended(self) -> str:
        """The option to choose; of several, if the data do not decide."""
        best = self.result.verdict.best
        if best is not None or not self.result.rivals:
            return self.result.leader
        return " or ".join(self.result.verdict.candidates)

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        name, measure = self.leader.name, self.decide.name
        row = self.leader.get(measure)
        yield Figure(
            self.decide.label,
            self.say(row),
            _stated(self.sure(row)),
            f"of “{name}” in an average {self.span}",
            measure,
        )
        if name == self.against:
            yield from self._figures_of_the_reference()
            return
        found, chance = self.difference(name, measure), self.leader.chance
        if found is not None:
            side = "More" if found.value >= 0 else "Less"
            yield Figure(
                f"{side} than “{self.against}”",
                self.more(found),
                _stated(self.sure(found)),
                f"{self.decide.label.lower()}, on the same customers",
            )
        meaning = f"of {self.spans} “{name}” does better, on the same customers"
        yield self._chance(f"Chance to beat “{self.against}”", meaning, chance)

    def _figures_of_the_reference(self) -> Iterator[Figure]:
        """The reference leads: what the best of the others lacks."""
        second = self.others[0]
        found = self.difference(second, self.decide.name)
        if found is not None:
            yield Figure(
                "The next best",
                self.more(found),
                _stated(self.sure(found)),
                f"{self.decide.label.lower()} of “{second}” against it, on the same customers",
            )
        chance = self.result.outcomes[second].chance
        meaning = f"of {self.spans} “{second}” does better, on the same customers"
        yield self._chance(f"Its chance in one {self.span}", meaning, chance)

    def _chance(self, label: str, meaning: str, chance: tuple[float, float, float]) -> Figure:
        value, low, high = chance
        said = NOTHING if isnan(value) else f"{100 * value:.0f} %"
        return Figure(label, said, _stated(interval(low, high, "share")), meaning)

    def because(self) -> Iterator[Because]:
        """Why: what weighs most."""
        for reason in (self._sales, self._when, self._costs, self._rivals):
            if found := reason():
                yield found
        if self.result.vary is not None:
            for sentence in vary_answer(self.result.vary)[:2]:
                yield Because(sentence, "tornado")

    def _sales(self) -> Because | None:
        steps = {
            one.step: one.value
            for one in self.result.steps
            if one.option == self.shown and one.step in SALES
        }
        reached = self.difference(self.shown, "missed_buyers")
        if not any(steps.values()) or reached is None or not is_sure(reached):
            return None
        people = f"{abs(reached.value):,.0f} {'more' if reached.value < 0 else 'fewer'}"
        return Because(
            f"With “{self.shown}” {people} customers ready to buy are answered in their window than with "  # noqa: E501
            f"“{self.against}”: {self._change(steps['reached'])} of margin. How often and for how "
            f"much they then buy: {self._change(steps['conversion'] + steps['basket'])}. What they "
            f"would have bought without help: {self._change(steps['unaided'])}.",
            "bridge",
        )

    def _when(self) -> Because | None:
        found = [
            one
            for group in self.groups("window")
            if (one := self.difference(self.shown, self.decide.name, "window", group))
        ]
        whole = self.difference(self.shown, self.decide.name)
        if self.decide.denominator or len(found) < 2 or whole is None or not is_sure(whole):
            return None
        top = max(found, key=lambda one: one.value / whole.value)
        share = top.value / whole.value
        part = (
            f"{number(share, 'share')} of the difference" if share < 1 else "The whole difference"
        )
        others = "" if share <= 1 else f" ({self.more(top)}; the others take some of it back)"
        return Because(
            f"{part} in {self.decide.label.lower()} between “{self.shown}” and “{self.against}” "
            f"comes in the window “{top.group}”{others}.",
            "by-window",
        )

    def _costs(self) -> Because | None:
        found = self.difference(self.shown, "cost")
        if found is None or not is_sure(found):
            return None
        row = self.row(self.shown, "cost")
        whole = f"{self.say(row)} {'a ' + self.span if self.days in (1, 7) else ''}" if row else ""
        more = "more" if found.value > 0 else "less"
        return Because(
            f"“{self.shown}” costs {whole.strip()}: {self._money(abs(found.value))} {more} than "
            f"“{self.against}”.",
            "cost-by-source",
        )

    def _rivals(self) -> Because | None:
        rivals = self.result.rivals
        if rivals:
            names = ", ".join(f"“{name}”" for name in rivals)
            return Because(f"The data do not tell it apart from {names}.", "trade-off")
        second = next(name for name in self.ranked if name != self.result.leader)
        row = self.row(second, self.decide.name)
        if row is None:
            return None
        gap = abs(self.leader.get(self.decide.name).value - row.value)
        lead = amount(gap, self.decide.unit, self.currency)
        return Because(
            f"The next best is “{second}” with {self.say(row)}: "
            f"{lead} {'less' if self.sign > 0 else 'more'}.",
            "trade-off",
        )

    def _change(self, value: float) -> str:
        return f"{signed(value, 'money')} {self.currency}"

    def _money(self, value: float) -> str:
        return number(value, "money", self.currency)


def is_sure(found: Difference) -> bool:
    """Whether a difference is no chance: its interval is bounded and does not hold 0."""
    return found.low > 0 or found.high < 0


def _stated(said: str) -> str:
    return "" if said == NOTHING else said
