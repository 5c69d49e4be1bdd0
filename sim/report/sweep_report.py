"""The report of a sweep: which value, how sure, what each step brings, and what else changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, isnan

from sim.experiment import SweepResult
from sim.experiment.files import REFERENCE_FILE, STUDY_FILE
from sim.experiment.grid import Axis
from sim.experiment.sweep import Step, counts_cost
from sim.measures import CATALOGUE, Row
from sim.report import sweep_charts
from sim.report.charts import Shown
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number, signed, span
from sim.report.page import (
    Because,
    Block,
    Cell,
    Chart,
    Choice,
    Column,
    Dataset,
    Figure,
    Filter,
    Heading,
    Line,
    Origin,
    Report,
    Section,
    Source,
    Table,
)
from sim.report.sweep import (
    LISTED,
    answer,
    at_point,
    best_word,
    by_unit,
    last_part,
    on_axis,
    says_something,
    stretch,
)
from sim.report.sweep_charts import AT, STANDINGS
from sim.scenario import to_yaml

SHOWN = {
    "margin": "Margin",
    "incremental_revenue": "Incremental revenue",
    "cost": "Cost",
    "service_level": "Service level",
    "abandonment": "Abandonment",
    "unanswered": "Unanswered",
    "asa": "ASA",
    "conversion": "Conversion",
    "occupancy": "Occupancy",
    "satisfaction": "Satisfaction",
}
"""Measures to be looked at beside the deciding one, with a short label."""

ALONG = ("service_level", "abandonment", "cost", "margin")
"""Measures that are told in words from the first value to the last."""

MANY = 30
"""A table of more lines than these is folded."""


def sweep_report(result: SweepResult) -> Report:
    """The report of a sweep."""
    told = _Told(result)
    said = answer(result)
    return Report(
        title=result.question,
        about=told.about(),
        answer=said[0],
        certainty=said[1] if len(said) > 1 else "",
        figures=tuple(told.figures()),
        because=tuple(told.because(said[2:])),
        sections=tuple(_sections(told)),
        datasets=dict(_datasets(told)),
        origin=_origin(result),
        filters=tuple(
            Filter(field, last_part(axis), axis.texts)
            for field, axis in zip(AT, result.axes, strict=False)
        ),
        recommended=told.recommended(),
    )


# --- in words ---------------------------------------------------------------------------------


class _Told:
    """A sweep in words."""

    def __init__(self, result: SweepResult) -> None:
        self.result, self.axes = result, result.axes
        self.decide = CATALOGUE[result.decide]
        scenario = result.study.reference.scenario
        self.currency, self.days = scenario.currency, scenario.calendar.days
        self.confidence = f"{100 * result.study.confidence:g} %"
        shown = [result.decide, *(name for name in SHOWN if name != result.decide)]
        if not says_something(result, "incremental_revenue"):
            shown = [name for name in shown if name != "margin" or name == result.decide]
        self.shown = [
            name
            for name in shown
            if name == result.decide or (name in result.moved and says_something(result, name))
        ]

    @property
    def curve(self) -> bool:
        """Whether there is one axis only."""
        return len(self.axes) == 1

    @property
    def decided(self) -> bool:
        """Whether there is a best value at all: the deciding measure is not the same everywhere."""
        return self.result.best is not None and self.result.decide in self.result.moved

    def label(self, name: str) -> str:
        """A short label of a measure."""
        return SHOWN.get(name, CATALOGUE[name].label)

    def standing(self, place: int) -> str:
        """How a point stands in the deciding measure."""
        if not self.decided:
            return STANDINGS[1]
        if place == self.result.best:
            return STANDINGS[0]
        return STANDINGS[1 if place in self.result.plausible else 2]

    def steps(self, name: str) -> list[Step]:
        """The steps of a measure that have a value."""
        return [one for one in self.result.steps if one.measure == name and not isnan(one.value)]

    def say(self, row: Row) -> str:
        """A value with its unit."""
        return number(row.value, row.unit, self.currency)

    def sure(self, row: Row) -> str:
        """Its interval; nothing where there is none."""
        said = interval(row.low, row.high, row.unit, self.currency)
        return "" if said == NOTHING else said

    def about(self) -> str:
        """What was run, and how often."""
        n = self.result.replications
        plural = "s" if n > 1 else ""
        days = {7: f"week{plural}", 1: f"day{plural}"}.get(self.days, f"x {self.days} days")
        over = " and ".join(f"{len(axis.texts)} values of {axis.path}" for axis in self.axes)
        return f"Simulated: {over}, on the same customers, {n:,} {days} each"

    def recommended(self) -> str:
        """The value to choose, or several; nothing if unknown, or nobody's choice."""
        best, plausible = self.result.best, self.result.plausible
        told_apart = len(plausible) < len(self.result.points) and self.result.replications > 1
        if best is None or not self.decided or not told_apart or not self.result.chosen:
            return ""
        name = f"{last_part(self.axes[0])}: " if self.curve else ""
        if self._more_is_always_better:
            enough = self._enough
            return f"{name}{enough}, beyond which more brings little" if enough else ""
        if len(plausible) <= LISTED:
            return name + " or ".join(at_point(self.result, one) for one in plausible)
        return f"{name}{at_point(self.result, best)}, or one of {len(plausible) - 1} others"

    @property
    def _more_is_always_better(self) -> bool:
        """Whether the best is at an end of the axis, and the measure knows no cost."""
        ends = {0, len(self.result.points) - 1}
        numbers = self.curve and self.axes[0].numbers is not None
        return numbers and not counts_cost(self.decide) and bool(ends & set(self.result.plausible))

    @property
    def _enough(self) -> str:
        """The value beyond which more brings little; nothing if there is none."""
        axis, knee = self.axes[0], self.result.knee
        if knee is None or counts_cost(self.decide) or knee.at == len(axis.texts) - 1:
            return ""
        return axis.texts[knee.at]

    def figures(self) -> Iterator[Figure]:
        """The numbers that matter."""
        if self.result.best is None:
            return
        row = self.result.points[self.result.best].get(self.decide.name)
        where = at_point(self.result, self.result.best)
        if self.decided:
            values = ", ".join(self.result.points[self.result.best].texts)
            name = best_word(self.result, "Best value tried", "Highest at", "Lowest at")
            yield Figure(name, values, self._rivals(), self._of_what())
        yield Figure(
            self.decide.label,
            self.say(row),
            self.sure(row),
            f"at {where}, in an average {span(self.days)}",
            self.decide.name,
        )
        if self.decided:
            yield self._turn() or self._worst()

    def _rivals(self) -> str:
        others = [one for one in self.result.plausible if one != self.result.best]
        if not others or self.result.replications == 1:
            return ""
        if len(others) <= LISTED:
            return f"or {', '.join(at_point(self.result, one) for one in others)}"
        return f"or one of {len(others)} others"

    def _of_what(self) -> str:
        return f"of {' and '.join(axis.path for axis in self.axes)}"

    def _turn(self) -> Figure | None:
        """Where the margin turns, or more ceases to help."""
        axis, knee = self.axes[0], self.result.knee
        found = [one for one in self.result.break_even if not isnan(one.value)]
        if found:
            one = found[0]
            sure = stretch(axis, one) if isfinite(one.low) else ""
            turns = "positive" if one.rising else "negative"
            meaning = f"the margin turns {turns} there"
            return Figure("Break-even", on_axis(axis, one.value), sure, meaning, "margin")
        if knee is not None and self._enough and self.result.chosen:
            sure = f"{axis.texts[knee.first]} to {axis.texts[knee.last]}"
            meaning = f"of {last_part(axis)}: beyond it, more brings little"
            return Figure("Enough", self._enough, sure, meaning)
        return None

    def _worst(self) -> Figure:
        rows = [(place, one.get(self.decide.name)) for place, one in enumerate(self.result.points)]
        known = [(place, row) for place, row in rows if not isnan(row.value)]
        place, row = min(known, key=lambda one: (self.decide.better or 1) * one[1].value)
        meaning = f"{self.decide.label.lower()} at {at_point(self.result, place)}"
        name = best_word(self.result, "Worst value tried", "Lowest", "Highest")
        return Figure(name, self.say(row), self.sure(row), meaning)

    def because(self, said: Sequence[str]) -> Iterator[Because]:
        """Why: what the answer says further, and what changes on the way."""
        for sentence in said:
            step = sentence.startswith(("The step from", "that from"))
            yield Because(sentence, "steps" if step else "curve" if self.curve else "map")
        if self.curve:
            first, last = self.result.points[0], self.result.points[-1]
            changes = [
                f"{CATALOGUE[name].label.lower()} from {self.say(first.get(name))} to "
                f"{self.say(last.get(name))}"
                for name in ALONG
                if name in self.result.moved and not isnan(first.get(name).value)
            ]
            if changes:
                yield Because(
                    f"From {first.texts[0]} to {last.texts[0]}: {'; '.join(changes)}.", "points"
                )
        elif self.decided and self.result.best is not None:
            best = self.result.points[self.result.best]
            there = [
                f"{CATALOGUE[name].label.lower()} {self.say(best.get(name))}"
                for name in ALONG
                if name in self.result.moved and name != self.decide.name
            ]
            if there:
                yield Because(
                    f"At the {best_word(self.result)} pair: {'; '.join(there)}.", "points"
                )


# --- data -------------------------------------------------------------------------------------


def _datasets(told: _Told) -> Iterator[tuple[str, Dataset]]:
    for name in told.shown:
        yield f"points {name}", _points(told, name)
        if told.curve:
            if any(_marked(told, name)):
                yield f"marks {name}", _marks(told, name)
            yield f"steps {name}", _steps(told, name)


def _points(told: _Told, name: str) -> Dataset:
    """A measure at every point."""
    points = told.result.points
    rows = [one.get(name) for one in points]
    standings = list(map(told.standing, range(len(points))))
    signs = {STANDINGS[0]: "★", STANDINGS[1]: "*"} if told.decided else {}
    columns = {
        field: [point.texts[place] for point in points]
        for place, field in enumerate(AT[: len(told.axes)])
    }
    numbers = told.axes[0].numbers if told.curve else None
    texts = [_text(row.value, row.unit) for row in rows]
    marks = [signs.get(one, "") for one in standings]
    return {
        **columns,
        "x": list(numbers) if numbers else [None] * len(points),
        "value": [row.value for row in rows],
        "low": [row.low if isfinite(row.low) else row.value for row in rows],
        "high": [row.high if isfinite(row.high) else row.value for row in rows],
        "text": [told.say(row) for row in rows],
        "interval": [told.sure(row) or NOTHING for row in rows],
        "error": [half_width(row.low, row.high, row.unit) for row in rows],
        "standing": standings,
        "mark": marks,
        "marked": [f"{text} {mark}".strip() for text, mark in zip(texts, marks, strict=True)],
    }


def _marks(told: _Told, name: str) -> Dataset:
    """What is marked along the axis: where the margin turns; where more brings little."""
    found = list(_marked(told, name))
    numbers = told.axes[0].numbers or (0.0, 1.0)
    middle = (numbers[0] + numbers[-1]) / 2
    words = [(low + high) / 2 if at is None else at for at, low, high, _ in found]
    return {
        "at": [at for at, *_ in found],
        "low": [low for _, low, *_ in found],
        "high": [high for _, _, high, _ in found],
        "text": [text for *_, text in found],
        "words": words,
        "left": [int(place > middle) for place in words],
        "row": list(range(len(found))),
    }


def _marked(told: _Told, name: str) -> Iterator[tuple[float | None, float, float, str]]:
    axis, knee = told.axes[0], told.result.knee
    if axis.numbers is None:
        return
    if name == "margin":
        for one in told.result.break_even:
            known = not isnan(one.value)
            low, high = (one.low, one.high) if isfinite(one.low) else (one.value, one.value)
            sure = f" ({stretch(axis, one)})" if isfinite(one.low) else ""
            text = f"break-even {on_axis(axis, one.value)}{sure}" if known else "may be zero here"
            yield (one.value if known else None), low, high, text
    if name == told.decide.name and knee is not None and not counts_cost(told.decide):
        places = (knee.at, knee.first, knee.last)
        at, low, high = (axis.numbers[place] for place in places)
        if knee.at < len(axis.texts) - 1:
            yield at, low, high, f"beyond {axis.texts[knee.at]} more brings little"


def _steps(told: _Told, name: str) -> Dataset:
    """What each step brings, per unit of the axis where that is no guess."""
    axis, unit, better = told.axes[0], CATALOGUE[name].unit, CATALOGUE[name].better
    size = 100.0 if unit == "share" else 1.0
    rows = [(one, *_brought(axis, one)) for one in told.steps(name)]
    numbers = dict(zip(axis.texts, axis.numbers or [0.0] * len(axis.texts), strict=True))
    return {
        "line": [f"{one.start} → {one.end}" for one, *_ in rows],
        "start": [one.start for one, *_ in rows],
        "end": [one.end for one, *_ in rows],
        "low_x": [numbers[one.start] for one, *_ in rows],
        "middle": [(numbers[one.start] + numbers[one.end]) / 2 for one, *_ in rows],
        "high_x": [numbers[one.end] for one, *_ in rows],
        "value": [value * size for _, value, _, _ in rows],
        "low": [low * size if isfinite(low) else None for _, _, low, _ in rows],
        "high": [high * size if isfinite(high) else None for _, _, _, high in rows],
        "text": [_doubtful(value, low, high, unit) for _, value, low, high in rows],
        "interval": [_points_of(interval(low, high, unit), unit) for _, _, low, high in rows],
        "kind": [_kind(low, high, better) for _, _, low, high in rows],
    }


def _brought(axis: Axis, step: Step) -> tuple[float, float, float]:
    if by_unit(axis):
        return step.per_unit, step.per_unit_low, step.per_unit_high
    return step.value, step.low, step.high


def _doubtful(value: float, low: float, high: float, unit: str) -> str:
    """A difference with its sign; in parentheses where not significant."""
    said = signed(value, unit)
    return said if low > 0 or high < 0 else f"({said})"


def _points_of(said: str, unit: str) -> str:
    return said.replace(" %", " points") if unit == "share" else said


def _kind(low: float, high: float, better: int) -> str:
    if not (low > 0 or high < 0):
        return "not significant"
    if not better:
        return "changes"
    return "brings" if (low > 0) == (better > 0) else "costs"


def _text(value: float, unit: str) -> str:
    return brief_duration(value) if unit == "s" and not isnan(value) else number(value, unit)


# --- sections ---------------------------------------------------------------------------------


def _sections(told: _Told) -> Iterator[Section]:
    if told.curve:
        curves = tuple(_curve(told, name) for name in told.shown)
        yield Section(
            "how-it-changes",
            "How it changes with the value",
            (Choice("curve", "Show", curves),),
            "A click on a point shows it everywhere; a second click shows all again.",
        )
        if pictures := tuple(_step(told, name) for name in told.shown if told.steps(name)):
            yield Section(
                "what-a-step-brings",
                "What each step brings",
                (Choice("steps", "Show", pictures),),
            )
    else:
        maps = tuple(_map(told, name) for name in told.shown)
        yield Section(
            "how-it-changes",
            "How it changes with both values",
            (Choice("map", "Show", maps),),
            "A click on a cell shows its row everywhere; a second click shows all again.",
        )
    yield Section("numbers", "All numbers", tuple(_tables(told)))


def _curve(told: _Told, name: str) -> Chart:
    one, axis = CATALOGUE[name], told.axes[0]
    band = "The band" if axis.numbers else "The line"
    sure = f"{band} is the {told.confidence} interval." if told.result.replications > 1 else ""
    return Chart(
        f"curve-{_slug(name)}",
        f"{one.label} by {axis.path}",
        f"{one.definition} {sure} {_standings(told)}".replace("  ", " ").strip(),
        sweep_charts.curve(
            f"points {name}",
            f"marks {name}" if any(_marked(told, name)) else "",
            Shown("x", _axis_title(axis)),
            Shown("value", _titled(told, name), _format(name)),
            numbers=axis.numbers,
            values=len(axis.texts),
        ),
        ("first",),
        (
            *(Column("first", axis.path), Column("text", one.label)),
            *(
                Column("interval", "Interval"),
                Column("standing", f"By {told.decide.label.lower()}"),
            ),
        ),
        told.label(name),
    )


def _standings(told: _Told) -> str:
    best = best_word(told.result)
    what = told.decide.label.lower()
    if not told.decided or told.result.replications == 1:
        return ""
    if len(told.result.plausible) == 1:
        return (
            f"The diamond has the {best} {what}, surely so: the same customers meet every value, "
            "so that differences are known better than the values themselves."
        )
    return (
        f"The diamond has the {best} {what}; squares are as good in it for all these data tell, "
        "circles surely are not: the same customers meet every value, so that differences are "
        "known better than the values themselves."
    )


def _step(told: _Told, name: str) -> Chart:
    one, axis = CATALOGUE[name], told.axes[0]
    unit = _unit(told, name, difference=True)
    each = f"each {axis.per} more" if axis.per else "each one more"
    between = f"from one value of {axis.path} to the next"
    what = f"for {each}, {between}" if by_unit(axis) else between
    return Chart(
        f"step-{_slug(name)}",
        f"{one.label}: what {each if by_unit(axis) else 'each step'} brings",
        f"What {one.label.lower()} gains or loses {what}, on the same customers. The line "
        f"is what it may be, for all steps together ({told.confidence}); in parentheses and grey "
        "where it is not significant.",
        sweep_charts.steps(
            f"steps {name}",
            Shown("middle", _axis_title(axis)),
            Shown("value", ", ".join(filter(None, (told.label(name), unit))), _format(name, True)),
            numbers=axis.numbers,
            values=len(axis.texts),
        ),
        ("first",),
        (
            *(Column("line", "From, to"), Column("text", f"Difference, {unit}".rstrip(", "))),
            *(Column("interval", "Interval"), Column("kind", "It")),
        ),
        told.label(name),
    )


def _map(told: _Told, name: str) -> Chart:
    one = CATALOGUE[name]
    down, across = told.axes
    values = [point.get(name).value for point in told.result.points]
    signed_values = min(values) < 0 < max(values)
    marks = (
        f" Thick frame and ★: the {best_word(told.result)} {told.decide.label.lower()}; "
        "dashed and *: as good for all these data tell."
        if told.decided and told.result.replications > 1
        else ""
    )
    return Chart(
        f"map-{_slug(name)}",
        f"{one.label} by {down.path} and {across.path}",
        f"{one.definition}{marks} Below each value half the width of its {told.confidence} "
        "interval.",
        sweep_charts.grid(
            f"points {name}",
            last_part(across),
            last_part(down),
            Shown("value", _titled(told, name), _format(name)),
            columns=len(across.texts),
            signed=signed_values,
        ),
        AT,
        (
            *(Column("first", down.path), Column("second", across.path)),
            *(Column("text", one.label), Column("interval", "Interval")),
            Column("standing", f"By {told.decide.label.lower()}"),
        ),
        told.label(name),
    )


def _axis_title(axis: Axis) -> str:
    return f"{last_part(axis)}, {axis.unit}" if axis.unit else last_part(axis)


def _titled(told: _Told, name: str) -> str:
    return ", ".join(filter(None, (told.label(name), _unit(told, name))))


def _unit(told: _Told, name: str, *, difference: bool = False) -> str:
    unit = CATALOGUE[name].unit
    share = "points" if difference else ""
    return {"share": share, "money": told.currency, "h": "hours"}.get(unit, unit)


def _format(name: str, difference: bool = False) -> str:
    """Of the marks of an axis; differences of shares are in points there."""
    return ".1%" if CATALOGUE[name].unit == "share" and not difference else ",.0f"


def _slug(name: str) -> str:
    return name.replace("_", "-")


# --- tables -----------------------------------------------------------------------------------


def _tables(told: _Told) -> Iterator[Block]:
    result = told.result
    headings = [
        *(Heading(last_part(axis), number=axis.numbers is not None) for axis in told.axes),
        *(
            Heading(told.label(name), told.currency if _money(name) else "", name)
            for name in told.shown
        ),
    ]
    yield Table(
        "points",
        "Every value" if told.curve else "Every pair of values",
        tuple(headings),
        tuple(_line(told, place) for place in range(len(result.points))),
        f"±: half the width of the {told.confidence} interval" if result.replications > 1 else "",
        folded=len(result.points) > MANY,
    )
    if told.curve and (found := told.steps(result.decide)):
        yield _steps_table(told, found)


def _line(told: _Told, place: int) -> Line:
    point = told.result.points[place]
    cells: list[Cell] = []
    for axis, text in zip(told.axes, point.texts, strict=True):
        key = axis.numbers[axis.texts.index(text)] if axis.numbers else text
        note = told.standing(place) if told.decided and not cells else ""
        cells.append(Cell(text, note if told.result.replications > 1 else "", key))
    for name in told.shown:
        row = point.get(name)
        error = half_width(row.low, row.high, row.unit)
        cells.append(
            Cell(NOTHING)
            if isnan(row.value)
            else Cell(_text(row.value, row.unit), error, row.value)
        )
    return Line(tuple(cells), dict(zip(AT, point.texts, strict=False)))


def _steps_table(told: _Told, steps: Sequence[Step]) -> Table:
    axis, one = told.axes[0], told.decide
    unit = _unit(told, one.name, difference=True)
    headings = [
        *(Heading("From", number=False), Heading("To", number=False)),
        *(Heading(f"{one.label} changes by", unit, one.name), Heading("Interval")),
    ]
    if by_unit(axis):
        headings.append(Heading(f"each {axis.per or 'one'}", unit))
    lines = []
    for place, step in enumerate(steps):
        bounds = _points_of(interval(step.low, step.high, step.unit), step.unit)
        cells = [
            Cell(step.start, sort=f"{place:04d}"),
            Cell(step.end, sort=f"{place:04d}"),
            Cell(_doubtful(step.value, step.low, step.high, step.unit), sort=step.value),
            Cell(bounds, sort=step.low),
        ]
        if by_unit(axis):
            cells.append(Cell(signed(step.per_unit, step.unit), sort=step.per_unit))
        lines.append(Line(tuple(cells)))
    return Table(
        "table-steps",
        "From each value to the next",
        tuple(headings),
        tuple(lines),
        f"the intervals hold for all steps together ({told.confidence}); in parentheses what is not "  # noqa: E501
        "significant",
        folded=len(lines) > MANY,
    )


def _money(name: str) -> bool:
    return CATALOGUE[name].unit == "money"


# --- the rest ---------------------------------------------------------------------------------


def _origin(result: SweepResult) -> Origin:
    facts = result.provenance()
    shown = {
        "Made by": f"sim {facts['version']}",
        "Engine": facts["engine"],
        "Replications": f"{facts['replications']:,} at each of {len(result.points)} points",
        "Seed": str(facts["seed"]),
        "Python": facts["python"],
        **facts["libraries"],
    }
    return Origin(
        shown,
        f"sim sweep {STUDY_FILE} --engine {result.engine}",
        (
            Source(STUDY_FILE, result.study_text()),
            Source(REFERENCE_FILE, to_yaml(result.study.reference.scenario)),
        ),
        "Save both texts below under their names, in one folder; this command gives the same "
        "numbers, to the last digit:",
    )
