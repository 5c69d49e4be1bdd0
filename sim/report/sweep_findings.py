"""What there is to say of a sweep: which value, how sure, what each step brings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isclose, isfinite, isnan

from sim.experiment.sweep import FADED, Step, SweepResult, counts_cost
from sim.measures import measure_of
from sim.report.axis import STANDINGS, brings, by_unit, last_part, on_axis, stretch, sure
from sim.report.blocks import Because, Figure
from sim.report.findings import Findings
from sim.report.knowing import JointFindings
from sim.report.numbers import half_width, interval, number
from sim.report.sensitivity import VaryFindings
from sim.report.words import capital, how_meant, listed, path_in_words, slug

SHOWN = (
    *("margin", "incremental_revenue", "cost", "service_level", "abandonment", "unanswered"),
    *("asa", "conversion", "occupancy", "satisfaction"),
)
"""Measures to be looked at beside the deciding one."""

ALONG = ("service_level", "abandonment", "cost", "margin")
"""Measures that are told in words, from the first value to the last."""

LISTED = 5
"""More points than these that may be the best are counted, not named."""


class SweepFindings(Findings[SweepResult]):
    """A sweep in numbers and words."""

    def __init__(self, result: SweepResult) -> None:
        super().__init__(result, result.study.reference.scenario, result.study.confidence)
        self.axes = result.axes
        self.decide = measure_of(result.decide)
        self.label = self.decide.spoken
        self.once = result.replications == 1
        self.curve = len(self.axes) == 1

    @cached_property
    def shown(self) -> list[str]:
        """The measures that say anything, the deciding one first."""
        result, found = self.result, [self.decide.name]
        for name in SHOWN:
            cost_again = name == "margin" and not self._says("incremental_revenue")
            if name != result.decide and name in result.moved and self._says(name):
                found += [] if cost_again else [name]
        return found

    def _says(self, name: str) -> bool:
        values = [point.get(name).value for point in self.result.points]
        return any(value and not isnan(value) for value in values)

    @property
    def decided(self) -> bool:
        """Whether there is a best value at all: the deciding measure is not the same everywhere."""
        return self.result.best is not None and self.result.decide in self.result.moved

    def best_word(
        self, best: str = "best", highest: str = "highest", lowest: str = "lowest"
    ) -> str:
        """What the best point is called: what nobody chooses has a highest value, no best one."""
        if self.result.chosen:
            return best
        return lowest if self.decide.better < 0 else highest

    def at(self, place: int) -> str:
        """A point by its values, in few words."""
        texts = self.result.points[place].texts
        if len(texts) == 1:
            return texts[0]
        return ", ".join(
            f"{last_part(axis)} {text}" for axis, text in zip(self.axes, texts, strict=True)
        )

    def standing(self, place: int) -> str:
        """How a point stands in the deciding measure."""
        if not self.led:
            return STANDINGS[1]
        if place == self.result.best:
            return STANDINGS[0]
        return STANDINGS[1 if place in self.result.plausible else 2]

    def steps(self, name: str) -> list[Step]:
        """The steps of a measure that have a value."""
        return [one for one in self.result.steps if one.measure == name and not isnan(one.value)]

    # --- in words -------------------------------------------------------------------------------

    def about(self) -> str:
        """What was run, and how often."""
        over = " and ".join(
            f"{len(axis.texts)} values of {path_in_words(axis.path)} ({axis.path})"
            for axis in self.axes
        )
        runs = self.span.times(self.result.replications)
        seed = self.result.study.seed
        return f"Simulated: {over}, on the same customers, {runs} each, seed {seed}"

    def answer(self) -> str:
        """The first of the sentences."""
        return self.said[0]

    def certainty(self) -> str:
        """The second of them."""
        return "".join(self.said[1:2])

    @cached_property
    def said(self) -> list[str]:
        """The outcome in sentences."""
        result = self.result
        if not result.moved:
            return [
                "Nothing changes: every value gives the same numbers. Either this does not matter "
                "here, or the path is not the one that counts."
            ]
        if result.decide not in result.moved:
            others = ", ".join(measure_of(name).spoken for name in result.moved[:5])
            more = " and others" if len(result.moved) > 5 else ""
            return [f"The {self.label} is the same at every value. What changes: {others}{more}."]
        if result.best is None:
            return [f"The {self.label} has no value anywhere."]
        return [*self._best(result.best), *self._pays(), *self._knee(), *self._crossings()]

    @property
    def told_apart(self) -> bool:
        """Whether some value is surely no best one."""
        return len(self.result.plausible) < len(self.result.points) and not self.once

    @property
    def led(self) -> bool:
        """Whether one value is called the best; of a single replication it is for want of more."""
        return self.decided and (self.told_apart or self.once)

    def _best(self, best: int) -> Iterator[str]:
        row, word = self.result.points[best].get(self.result.decide), self.best_word()
        bounds = f" ({interval(row.low, row.high, row.unit, self.currency)})"
        there = (
            f"{self.label} at {self.at(best)}: {self.say(row)}"
            f"{bounds if isfinite(row.low) else ''} in an average {self.span}."
        )
        if not self.led:
            yield f"The data do not tell the values apart: any of them may be the {word}."
            yield capital(there)
            yield from self._at_the_edge()
            return
        yield f"{capital(word)} {there}"
        others = [self.at(place) for place in self.result.plausible if place != best]
        if self.once:
            yield "One replication does not tell how sure this is."
            return
        if not others:
            yield f"With {self.confidence} certainty it is the {word} of the values tried."
        elif len(others) <= LISTED:
            than = self.best_word("better", "higher", "lower")
            yield f"The data do not tell whether it is {than} than {listed(others, 'or')}."
        else:
            yield f"The data do not tell it apart from {len(others)} other points, marked *."
        yield from self._at_the_edge()

    def _at_the_edge(self) -> Iterator[str]:
        """The best value may lie beyond the grid; a service level always does."""
        axis = self.axes[0]
        if not (self.curve and axis.numbers and self.result.chosen and counts_cost(self.decide)):
            return
        edges = {0, len(axis.texts) - 1} & set(self.result.plausible)
        if edges:
            where = " and ".join(
                f"{'below' if edge == 0 else 'beyond'} {axis.texts[edge]}" for edge in sorted(edges)
            )
            yield f"The best value may lie {where}: try further."

    def _pays(self) -> Iterator[str]:
        """The last step that surely pays, and the first that surely does not."""
        steps = [one for one in self.result.steps if one.measure == self.result.decide]
        if not counts_cost(self.decide) or self.axes[0].numbers is None:
            return
        pays = [one for one in steps if isfinite(one.low) and one.low > 0]
        costs = [one for one in steps if isfinite(one.low) and one.high < 0]
        said = []
        if pays:
            said.append(
                f"The step from {pays[-1].start} to {pays[-1].end} still brings "
                f"{self._gain(pays[-1], 1)}"
            )
        if costs:
            said.append(
                f"{'that' if pays else 'The step'} from {costs[0].start} to {costs[0].end} costs "
                f"{self._gain(costs[0], -1)}"
            )
        if said:
            yield f"{'; '.join(said)}."

    def _gain(self, step: Step, sign: int) -> str:
        """The size of a step with its bounds, if it has any width."""
        low, high = sorted((sign * step.low, sign * step.high))
        size = number(sign * step.value, step.unit, self.currency)
        bounds = interval(low, high, step.unit, self.currency)
        return size if isclose(low, high) else f"{size} ({bounds})"

    def _knee(self) -> Iterator[str]:
        knee = self.result.knee
        if knee is None or counts_cost(self.decide) or not (self.told_apart or self.once):
            return
        texts = self.axes[0].texts
        part = f"a {round(1 / FADED)}th" if FADED != 0.1 else "a tenth"
        if knee.at == len(texts) - 1:
            yield f"The gains have not faded at {texts[-1]}."
            return
        between = f"{texts[knee.first]} to {texts[knee.last]}"
        bounds = "" if knee.first == knee.last else f" (anywhere from {between})"
        yield (
            f"Beyond {texts[knee.at]} more brings little{bounds}: "
            f"less, each, than {part} of what it brings where it brings most."
        )

    def _crossings(self) -> Iterator[str]:
        axis = self.axes[0]
        for one in self.result.break_even:
            if isnan(one.value):
                yield f"The margin may be zero {stretch(axis, one)}; the data do not tell."
            else:
                turns = "positive" if one.rising else "negative"
                yield f"The margin turns {turns} at {on_axis(axis, one.value)}{sure(axis, one)}."
        for one in self.result.no_gain:
            place = f"{on_axis(axis, one.value)}{' on' if one.rising else ''}{sure(axis, one)}"
            side, word = ("higher", "From") if one.rising else ("lower", "Beyond")
            yield f"{word} {place} the margin is {side} than at {axis.texts[0]}."

    @property
    def knowing(self) -> JointFindings | None:
        """What the joint draws say; None without any."""
        joint = self.result.joint
        return None if joint is None else JointFindings(self.result.study, False, joint)

    @property
    def varied(self) -> VaryFindings | None:
        """What one input at a time does to the best value; None where none was varied."""
        vary = self.result.vary
        return None if vary is None else VaryFindings(self.result.study, False, vary)

    def uncertain(self) -> Iterator[str]:
        """How far what is uncertain moves the best value, and whether it stays the best."""
        result, joint = self.result, self.result.joint
        if joint is None or result.best is None:
            return
        place = result.best
        row, standing = result.points[place].get(self.decide.name), joint.standings[place]
        inputs = listed([path_in_words(one.path) for one in joint.inputs])
        noise = half_width(row.low, row.high, row.unit)
        yield (
            f"What is not known of {inputs} moves the {self.label} at {self.at(place)} anywhere "
            f"from {interval(standing.least, standing.most, row.unit, self.currency)} (95 % of "
            f"{joint.draws:,} joint draws)" + (f"; simulation noise is {noise}." if noise else ".")
        )
        if (whole := self.knowing) is not None and result.is_choice:
            yield from (one for one in (whole.stays(), whole.turns(), *whole.knowing()) if one)

    def recommended(self) -> str:
        """The value to choose, or several; nothing if unknown, or nobody's choice."""
        best, plausible = self.result.best, self.result.plausible
        if best is None or not self.decided or not self.told_apart or not self.result.chosen:
            return ""
        name = f"{last_part(self.axes[0])}: " if self.curve else ""
        if self._more_is_always_better:
            enough = self.enough
            return f"{name}{enough}, beyond which more brings little" if enough else ""
        if len(plausible) <= LISTED:
            return name + " or ".join(map(self.at, plausible))
        return f"{name}{self.at(best)}, or one of {len(plausible) - 1} others"

    @property
    def _more_is_always_better(self) -> bool:
        """Whether the best is at an end of the axis, and the measure knows no cost."""
        ends = {0, len(self.result.points) - 1}
        numbers = self.curve and self.axes[0].numbers is not None
        return numbers and not counts_cost(self.decide) and bool(ends & set(self.result.plausible))

    @property
    def enough(self) -> str:
        """The value beyond which more brings little; nothing if there is none."""
        axis, knee = self.axes[0], self.result.knee
        if knee is None or counts_cost(self.decide) or knee.at == len(axis.texts) - 1:
            return ""
        return axis.texts[knee.at]

    def picture(self) -> str:
        """What decides, at every value."""
        return f"{'curve' if self.curve else 'map'}-{slug(self.decide.name)}"

    def figures(self) -> Iterator[Figure]:
        """The numbers that matter."""
        if self.result.best is None:
            return
        row = self.result.points[self.result.best].get(self.decide.name)
        if self.decided:
            values = ", ".join(self.result.points[self.result.best].texts)
            name = self.best_word("Best value tried", "Highest at", "Lowest at")
            of = " and ".join(path_in_words(axis.path) for axis in self.axes)
            if self.led:
                yield Figure(name, values, self._rivals(), f"of {of}")
            else:
                any_of = f"any of {len(self.result.points)}"
                yield Figure(name, "not told apart", any_of, f"of {of}")
        meaning = f"at {self.at(self.result.best)}, in an average {self.span}"
        yield self.figure(row, self.decide.label, meaning, self.decide.name)
        if self.decided:
            yield self._turn() or self._worst()

    def _rivals(self) -> str:
        others = [one for one in self.result.plausible if one != self.result.best]
        if not others or self.once:
            return ""
        if len(others) <= LISTED:
            return f"or {', '.join(map(self.at, others))}"
        return f"or one of {len(others)} others"

    def _turn(self) -> Figure | None:
        """Where the margin turns, or more ceases to help."""
        axis, knee = self.axes[0], self.result.knee
        found = [one for one in self.result.break_even if not isnan(one.value)]
        if found:
            one = found[0]
            bounds = stretch(axis, one) if isfinite(one.low) else ""
            meaning = f"the margin turns {'positive' if one.rising else 'negative'} there"
            return Figure("Break-even", on_axis(axis, one.value), bounds, meaning, "margin")
        if knee is not None and self.enough and self.result.chosen:
            bounds = f"{axis.texts[knee.first]} to {axis.texts[knee.last]}"
            meaning = f"of {last_part(axis)}: beyond it, more brings little"
            return Figure("Enough", self.enough, bounds, meaning)
        return None

    def _worst(self) -> Figure:
        rows = [(place, one.get(self.decide.name)) for place, one in enumerate(self.result.points)]
        known = [(place, row) for place, row in rows if not isnan(row.value)]
        place, row = min(known, key=lambda one: (self.decide.better or 1) * one[1].value)
        name = self.best_word("Worst value tried", "Lowest", "Highest")
        return self.figure(row, name, f"{self.label} at {self.at(place)}")

    def because(self) -> Iterator[Because]:
        """Why: what the answer says further, and what changes on the way."""
        for sentence in self.said[2:]:
            step = sentence.startswith(("The step from", "that from"))
            yield Because(sentence, "steps" if step else "curve" if self.curve else "map")
        for sentence in self.uncertain():
            yield Because(sentence, "table-uncertain")
        moved = [name for name in ALONG if name in self.result.moved]
        if self.curve:
            first, last = self.result.points[0], self.result.points[-1]
            changes = [
                f"{measure_of(name).spoken} from {self.say(first.get(name))} to "
                f"{self.say(last.get(name))}"
                for name in moved
                if not isnan(first.get(name).value)
            ]
            if changes:
                text = f"From {first.texts[0]} to {last.texts[0]}: {'; '.join(changes)}."
                yield Because(text, "points")
        elif self.decided and self.result.best is not None:
            best = self.result.points[self.result.best]
            there = [
                f"{measure_of(name).spoken} {self.say(best.get(name))}"
                for name in moved
                if name != self.decide.name
            ]
            if there:
                yield Because(f"At the {self.best_word()} pair: {'; '.join(there)}.", "points")

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        if self.varied is not None:
            yield from self.varied.sentences()
        known = self.result.joint is None and self.varied is None
        others = "All other inputs" if known else "Inputs not called uncertain"
        yield (
            f"{others} stay as the scenario says; where they are not known well, the best value "
            "may be another."
        )
        if not self.result.chosen:
            yield "The values swept are given, not chosen: they say what depends on them."

    def notes(self) -> str:
        """How to read the tables."""
        better = self.best_word("better", "higher", "lower")
        best = self.best_word()
        meant = how_meant(self.result.study, self.span.many)
        same = f"All values meet the same customers.{meant} "
        if not self.curve:
            return same + f"*: may be the {best}: no other is surely {better} ({self.confidence})."
        if self.once:
            return same + "One replication only: no intervals. Use --replications to be sure."
        per_unit = "per unit, " if by_unit(self.axes[0]) else ""
        return same + (
            f"{brings(self.axes[0])}: {per_unit}from the value above to this one, in "
            "parentheses where not significant; these bounds hold for all steps together "
            f"({self.confidence}). *: may be the {best}, no other is surely {better}. ±: half the "
            "width of the interval."
        )
