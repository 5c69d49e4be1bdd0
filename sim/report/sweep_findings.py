"""What there is to say of a sweep: which value, how sure, what each step brings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isclose, isfinite, isnan

from sim.experiment.grid import Axis
from sim.experiment.sweep import FADED, Step, SweepResult, counts_cost
from sim.measures import measure_of
from sim.report import words
from sim.report.axis import STANDINGS, brings, by_unit, last_part, on_axis, stretch, sure
from sim.report.blocks import Because, Figure
from sim.report.findings import Findings
from sim.report.numbers import exact, half_width, interval
from sim.report.sensitivity import uncertain
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
        self.knowing, self.varied = uncertain(result.study, result.joint, result.vary)

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
        texts = dict(zip(self.axes, self.result.points[place].texts, strict=True))
        if len(texts) == 1:
            return texts[self.axes[0]]
        return ", ".join(f"{last_part(axis)} {texts[axis]}" for axis in self.telling)

    @cached_property
    def telling(self) -> list[Axis]:
        """The axes along which the deciding measure changes; all of them where it never does."""
        found = [axis for axis in self.axes if not self._idle(axis)]
        return found or list(self.axes)

    def _idle(self, axis: Axis) -> bool:
        """Whether the deciding measure is the same at every value of an axis."""
        place = self.axes.index(axis)
        said: dict[tuple[str, ...], set[str]] = {}
        for point in self.result.points:
            others = (*point.texts[:place], *point.texts[place + 1 :])
            row = point.get(self.decide.name)
            said.setdefault(others, set()).add(str((row.value, row.low, row.high)))
        return all(len(one) == 1 for one in said.values())

    def as_good(self, best: int) -> list[str]:
        """The other points that may be the best, by their values."""
        found = dict.fromkeys(map(self.at, self.result.plausible))
        return [one for one in found if one != self.at(best)]

    def standing(self, place: int) -> str:
        """How a point stands in the deciding measure."""
        if not self.led:
            return STANDINGS[1]
        if self.result.best is not None and self.at(place) == self.at(self.result.best):
            return STANDINGS[0]
        return STANDINGS[1 if place in self.result.plausible else 2]

    def steps(self, name: str) -> list[Step]:
        """The steps of a measure that have a value."""
        return [one for one in self.result.steps if one.measure == name and not isnan(one.value)]

    # --- in words -------------------------------------------------------------------------------

    def about(self) -> str:
        """What was run, and how often."""
        over = (
            self.tell("over", values=len(one.texts), name=path_in_words(one.path), path=one.path)
            for one in self.axes
        )
        runs = self.span.times(self.result.replications)
        return self.tell("about", over=" and ".join(over), runs=runs)

    def answer(self) -> str:
        """The first of the sentences."""
        return self.said[0]

    def certainty(self) -> str:
        """The second of them, and which of two inputs does nothing."""
        idle = [one for one in self.axes if one not in self.telling]
        said = (self.tell("idle", name=path_in_words(one.path)) for one in idle)
        return " ".join((*self.said[1:2], *said))

    @cached_property
    def said(self) -> list[str]:
        """The outcome in sentences."""
        result = self.result
        if not result.moved:
            return [self.tell("nothing")]
        if result.decide not in result.moved:
            others = ", ".join(measure_of(name).spoken for name in result.moved[:5])
            more = " and others" if len(result.moved) > 5 else ""
            return [self.tell("same", others=others, more=more)]
        if result.best is None:
            return [self.tell("no-value")]
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
        value = words.in_full(row, self.currency)
        there = self.tell("at", point=self.at(best), value=value)
        if not self.led:
            yield self.tell("not-apart", word=word)
            yield capital(there)
            yield from self._at_the_edge()
            return
        yield f"{capital(word)} {there}"
        others = self.as_good(best)
        if self.once:
            yield self.tell("one-only")
            return
        if not others:
            yield self.tell("surely", word=word)
        elif len(others) <= LISTED:
            than = self.best_word("better", "higher", "lower")
            yield self.tell("or-others", than=than, others=listed(others, "or"))
        else:
            yield self.tell("many-others", many=len(others))
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
            yield self.tell("try-further", where=where)

    def _pays(self) -> Iterator[str]:
        """The last step that surely pays, and the first that surely does not."""
        steps = [one for one in self.result.steps if one.measure == self.result.decide]
        if not counts_cost(self.decide) or self.axes[0].numbers is None:
            return
        pays = [one for one in steps if isfinite(one.low) and one.low > 0]
        costs = [one for one in steps if isfinite(one.low) and one.high < 0]
        said = []
        if pays:
            said.append(self.tell("pays", step=pays[-1], gain=self._gain(pays[-1])))
        if costs:
            the = "that" if pays else "The step"
            said.append(self.tell("costs", the=the, step=costs[0], gain=self._gain(costs[0])))
        if said:
            yield f"{'; '.join(said)}."

    def _gain(self, step: Step) -> str:
        """The size of a step with its bounds, if it has any width."""
        size = words.unsigned(step)
        wide = not isclose(size.low, size.high)
        return words.in_full(size, self.currency) if wide else self.say(size)

    def _knee(self) -> Iterator[str]:
        knee = self.result.knee
        if knee is None or counts_cost(self.decide) or not (self.told_apart or self.once):
            return
        texts = self.axes[0].texts
        part = f"a {round(1 / FADED)}th" if FADED != 0.1 else "a tenth"
        if knee.at == len(texts) - 1:
            yield self.tell("not-faded", last=texts[-1])
            return
        between = f"{texts[knee.first]} to {texts[knee.last]}"
        bounds = "" if knee.first == knee.last else f" (anywhere from {between})"
        yield self.tell("knee", at=texts[knee.at], bounds=bounds, part=part)

    def _crossings(self) -> Iterator[str]:
        axis = self.axes[0]
        for one in self.result.break_even:
            if isnan(one.value):
                where = "anywhere" if one.below and one.above else stretch(axis, one)
                yield self.tell("may-be-zero", where=where)
            else:
                place = f"{on_axis(axis, one.value)}{sure(axis, one)}"
                yield self.tell("turns", way="positive" if one.rising else "negative", place=place)
        for one in self.result.no_gain:
            place = f"{on_axis(axis, one.value)}{' on' if one.rising else ''}{sure(axis, one)}"
            side, word = ("higher", "From") if one.rising else ("lower", "Beyond")
            yield self.tell("no-gain", word=word, place=place, side=side, first=axis.texts[0])

    def uncertain(self) -> Iterator[str]:
        """How far what is uncertain moves the best value, and whether it stays the best."""
        result, joint = self.result, self.result.joint
        if joint is None or result.best is None:
            return
        place = result.best
        row, standing = result.points[place].get(self.decide.name), joint.standings[place]
        inputs = listed([path_in_words(one.path) for one in joint.inputs])
        bounds = interval(standing.least, standing.most, row.unit, self.currency)
        half = half_width(row.low, row.high, row.unit)
        noise = f"; simulation noise is {half}" if half else ""
        said = {"point": self.at(place), "draws": joint.draws, "bounds": bounds, "noise": noise}
        same = exact(standing.least, standing.most)
        yield self.tell("certain" if same else "uncertain", inputs=inputs, **said)
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
        found = [self.at(best), *self.as_good(best)]
        if len(found) <= LISTED:
            return name + " or ".join(sorted(found, key=list(map(self.at, plausible)).index))
        return f"{name}{self.at(best)}, or one of {len(found) - 1} others"

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
            values = dict(zip(self.axes, self.result.points[self.result.best].texts, strict=True))
            name = self.best_word("Best value tried", "Highest at", "Lowest at")
            of = " and ".join(path_in_words(axis.path) for axis in self.telling)
            if self.led:
                best = ", ".join(values[axis] for axis in self.telling)
                yield Figure(name, best, self._rivals(self.result.best), f"of {of}")
            else:
                any_of = f"any of {len(self.result.points)}"
                yield Figure(name, "not told apart", any_of, f"of {of}")
        meaning = f"at {self.at(self.result.best)}, in an average {self.span}"
        yield self.figure(row, self.decide.label, meaning, self.decide.name)
        if self.decided:
            yield self._turn() or self._worst()

    def _rivals(self, best: int) -> str:
        others = self.as_good(best)
        if not others or self.once:
            return ""
        if len(others) <= LISTED:
            return f"or {', '.join(others)}"
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
                ends = {"first": first.texts[0], "last": last.texts[0]}
                yield Because(self.tell("along", changes="; ".join(changes), **ends), "points")
        elif self.decided and self.result.best is not None:
            best = self.result.points[self.result.best]
            there = [
                f"{measure_of(name).spoken} {self.say(best.get(name))}"
                for name in moved
                if name != self.decide.name
            ]
            if there:
                text = self.tell("at-best", word=self.best_word(), there="; ".join(there))
                yield Because(text, "points")

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        if self.varied is not None:
            yield from self.varied.sentences()
        known = self.result.joint is None and self.varied is None
        others = "All other inputs" if known else "Inputs not called uncertain"
        yield self.tell("others-stay", others=others)
        if not self.result.chosen:
            yield self.tell("given")

    def notes(self) -> str:
        """How to read the tables."""
        meant = how_meant(self.result.study, self.span.many)
        return self.tell("notes", meant=meant, how=self._how_to_read())

    def _how_to_read(self) -> str:
        """What stars, steps and ± are."""
        said = {
            "better": self.best_word("better", "higher", "lower"),
            "word": self.best_word(),
        }
        if not self.curve:
            return self.tell("of-pairs", **said)
        if self.once:
            return self.tell("of-once")
        per_unit = "per unit, " if by_unit(self.axes[0]) else ""
        return self.tell("of-steps", brings=brings(self.axes[0]), per_unit=per_unit, **said)
