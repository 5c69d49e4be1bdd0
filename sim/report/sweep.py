"""What `sim sweep` shows: the answer in words, the curve or the map, what else changes."""

from __future__ import annotations

from itertools import pairwise
from math import floor, isclose, isfinite, isnan, log10
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.experiment.sweep import FADED, counts_cost
from sim.measures import CATALOGUE, Row
from sim.report.drawn import drawn
from sim.report.numbers import (
    NOTHING,
    brief_duration,
    half_width,
    interval,
    number,
    signed,
    span,
)

if TYPE_CHECKING:
    from sim.experiment.grid import Axis
    from sim.experiment.sweep import Step, SweepResult
    from sim.stats import Crossing

SHOWN = {
    "service_level": "Service level",
    "abandonment": "Abandonment",
    "closed": "Closed",
    "conversion": "Conversion",
    "incremental_revenue": "Incremental revenue",
    "cost": "Cost",
    "margin": "Margin",
    "satisfaction": "Satisfaction",
    "occupancy": "Occupancy",
}
"""Measures beside the deciding one, with headings short enough for 80 columns."""

PLOT = 15
"""Characters of the plot beside a curve."""

WIDE = 80

LISTED = 5
"""More points than these that may be the best are counted, not named."""


def summary(result: SweepResult) -> RenderableType:
    """The answer, the deciding measure over the grid, the other measures."""
    parts: list[RenderableType] = [
        _title(result),
        Padding(Text("\n".join(answer(result))), (0, 1)),
    ]
    if len(result.axes) == 1:
        parts += [_curve(result), _whole(result)]
    else:
        parts.append(_map(result))
    parts.append(Padding(Text(_footnote(result), style="dim"), (0, 1)))
    return Group(*parts)


def _title(result: SweepResult) -> RenderableType:
    days = result.study.reference.scenario.calendar.days
    runs = f"{result.replications} x {days} day{'s' if days > 1 else ''}"
    over = "\n".join(f" over {axis.path}" for axis in result.axes)
    what = f" {len(result.points)} points, {runs}, seed {result.study.seed}"
    return Text.assemble((f" {result.question}", "bold"), f"\n{over}\n", (what, "dim"))


# --- in words ---------------------------------------------------------------------------------


def answer(result: SweepResult) -> list[str]:
    """The outcome in sentences, for whoever reads no further."""
    if not result.moved:
        return [
            "Nothing changes: every value gives the same numbers. Either this does not matter "
            "here, or the path is not the one that counts."
        ]
    if result.decide not in result.moved:
        others = ", ".join(CATALOGUE[name].label.lower() for name in result.moved[:5])
        more = ", ..." if len(result.moved) > 5 else ""
        return [f"The {_label(result)} is the same at every value. What changes: {others}{more}."]
    return [*_best(result), *_steps(result), *_knee(result), *_crossings(result)]


def _best(result: SweepResult) -> list[str]:
    if result.best is None:
        return []
    row = result.points[result.best].get(result.decide)
    best = best_word(result)
    said = f"{best.capitalize()} {_label(result)} at {at_point(result, result.best)}: "
    said += _number(result, row)
    if isfinite(row.low):
        said += f" ({interval(row.low, row.high, row.unit, _currency(result))})"
    said += f" in an average {span(result.study.reference.scenario.calendar.days)}."
    others = [at_point(result, place) for place in result.plausible if place != result.best]
    if result.replications == 1:
        return [said, "One replication does not tell how sure this is."]
    if not others:
        certainty = f"With {_confidence(result)} certainty it is the {best} of the values tried."
    elif len(others) == len(result.points) - 1:
        certainty = f"The data do not tell the values apart: any of them may be the {best}."
    elif len(others) <= LISTED:
        than = best_word(result, "better", "higher", "lower")
        certainty = f"The data do not tell whether it is {than} than {_either(others)}."
    else:
        certainty = f"The data do not tell it apart from {len(others)} other points, marked *."
    return [said, certainty, *_at_the_edge(result)]


def best_word(
    result: SweepResult, best: str = "best", highest: str = "highest", lowest: str = "lowest"
) -> str:
    """What the best point is called: what nobody chooses has a highest value, not a best one."""
    if result.chosen:
        return best
    return lowest if CATALOGUE[result.decide].better < 0 else highest


def _at_the_edge(result: SweepResult) -> list[str]:
    """The best value may lie beyond the grid; a service level always does."""
    [axis, *others] = result.axes
    if (
        others
        or axis.numbers is None
        or not result.chosen
        or not counts_cost(CATALOGUE[result.decide])
    ):
        return []
    edges = {0, len(axis.texts) - 1} & set(result.plausible)
    if not edges:
        return []
    where = " and ".join(
        f"{'below' if edge == 0 else 'beyond'} {axis.texts[edge]}" for edge in sorted(edges)
    )
    return [f"The best value may lie {where}: try further."]


def _steps(result: SweepResult) -> list[str]:
    """The last step that surely pays, and the first that surely does not."""
    measure = CATALOGUE[result.decide]
    steps = [one for one in result.steps if one.measure == result.decide and isfinite(one.low)]
    if not steps or not counts_cost(measure) or result.axes[0].numbers is None:
        return []
    pays = [one for one in steps if one.low > 0]
    costs = [one for one in steps if one.high < 0]
    said = []
    if pays:
        said.append(
            f"The step from {pays[-1].start} to {pays[-1].end} still brings "
            f"{_gain(result, pays[-1], 1)}"
        )
    if costs:
        said.append(
            f"{'that' if pays else 'The step'} from {costs[0].start} to {costs[0].end} "
            f"costs {_gain(result, costs[0], -1)}"
        )
    return [f"{'; '.join(said)}."] if said else []


def _gain(result: SweepResult, step: Step, sign: int) -> str:
    """The size of a step with its bounds, if it has any width."""
    low, high = sorted((sign * step.low, sign * step.high))
    size = number(sign * step.value, step.unit, _currency(result))
    bounds = interval(low, high, step.unit, _currency(result))
    return size if isclose(low, high) else f"{size} ({bounds})"


def _knee(result: SweepResult) -> list[str]:
    knee = result.knee
    if knee is None or counts_cost(CATALOGUE[result.decide]):
        return []
    texts = result.axes[0].texts
    part = f"a {round(1 / FADED)}th" if FADED != 0.1 else "a tenth"
    if knee.at == len(texts) - 1:
        return [f"The gains have not faded at {texts[-1]}."]
    sure = (
        ""
        if knee.first == knee.last
        else f" (anywhere from {texts[knee.first]} to {texts[knee.last]}, as far as the data tell)"
    )
    return [
        f"Beyond {texts[knee.at]} more brings little{sure}: less, each, than {part} of what it "
        "brings where it brings most."
    ]


def _crossings(result: SweepResult) -> list[str]:
    axis = result.axes[0]
    said = []
    for one in result.break_even:
        if isnan(one.value):
            said.append(f"The margin may be zero {stretch(axis, one)}; the data do not tell.")
        else:
            turns = "positive" if one.rising else "negative"
            said.append(
                f"The margin turns {turns} at {on_axis(axis, one.value)}{_sure(axis, one)}."
            )
    for one in result.no_gain:
        than = f"the margin is {{}} than at {axis.texts[0]}"
        if one.rising:
            said.append(
                f"From {on_axis(axis, one.value)} on{_sure(axis, one)} {than.format('higher')}."
            )
        else:
            said.append(
                f"Beyond {on_axis(axis, one.value)}{_sure(axis, one)} {than.format('lower')}."
            )
    return said


def _sure(axis: Axis, one: Crossing) -> str:
    """The bounds of a crossing, in brackets."""
    return f" ({stretch(axis, one)})" if isfinite(one.low) else ""


def stretch(axis: Axis, one: Crossing) -> str:
    """Where a crossing may lie."""
    low, high = on_axis(axis, one.low), on_axis(axis, one.high)
    if one.below and one.above:
        return "anywhere, even beyond the values tried"
    if one.below:
        return f"{high} or less, even below the values tried"
    if one.above:
        return f"{low} or more, even beyond the values tried"
    return f"{low} to {high}"


def on_axis(axis: Axis, value: float) -> str:
    """A place on the axis, to a tenth of its smallest step."""
    smallest = min(b - a for a, b in pairwise(axis.numbers or (0.0, 1.0)))
    decimals = max(0, 1 - floor(log10(smallest)))
    said = f"{value:,.{decimals}f}"
    return f"{said} {axis.unit}".rstrip()


# --- one axis ---------------------------------------------------------------------------------


def _curve(result: SweepResult) -> RenderableType:
    """The deciding measure at each value, what each step brings, a plot."""
    [axis] = result.axes
    measure = CATALOGUE[result.decide]
    unit = f", {_currency(result)}" if measure.unit == "money" else ""
    table = _table("Value")
    table.add_column(f"{measure.label}{unit}", justify="right")
    table.add_column(f"{_confidence(result)} interval", justify="right", no_wrap=True)
    table.add_column(brings(axis), justify="right", no_wrap=True)
    table.add_column("", min_width=7)
    table.add_column("", min_width=PLOT, no_wrap=True)
    rows = [point.get(result.decide) for point in result.points]
    steps = [None, *(one for one in result.steps if one.measure == result.decide)]
    plots = drawn([(row.low, row.value, row.high) for row in rows], PLOT)
    for place, (text, row, step) in enumerate(zip(axis.texts, rows, steps, strict=True)):
        style = "bold" if place == result.best else ""
        table.add_row(
            Text(text, style=style),
            Text(number(row.value, row.unit), style=style),
            interval(row.low, row.high, row.unit),
            _step(axis, step),
            _mark(result, place),
            plots[place],
        )
    return table


def brings(axis: Axis) -> str:
    """The heading of what steps bring."""
    if not by_unit(axis):
        return "step brings"
    return f"each {axis.per} brings" if axis.per else "each brings"


def by_unit(axis: Axis) -> bool:
    """Whether one unit is worth telling of: not more than a step, nor a single customer a week."""
    if axis.unit.startswith("per "):
        return False
    return axis.numbers is not None and min(b - a for a, b in pairwise(axis.numbers)) >= 1


def _step(axis: Axis, step: Step | None) -> str:
    """`+924 ±307`; in parentheses where not significant."""
    if step is None or isnan(step.value):
        return ""
    if by_unit(axis):
        value, low, high = step.per_unit, step.per_unit_low, step.per_unit_high
    else:
        value, low, high = step.value, step.low, step.high
    said = f"{signed(value, step.unit)} {half_width(low, high, step.unit)}".rstrip()
    return f"({said})" if low <= 0 <= high else said


def _mark(result: SweepResult, place: int) -> str:
    if result.best is None or result.decide not in result.moved:
        return ""
    if place == result.best:
        return best_word(result)
    return "* maybe" if place in result.plausible and result.replications > 1 else ""


def _whole(result: SweepResult) -> RenderableType:
    """The other measures; under each value half the width of its interval."""
    shown = {
        name: heading
        for name, heading in SHOWN.items()
        if name != result.decide and says_something(result, name)
    }
    if not says_something(result, "incremental_revenue"):
        shown.pop("margin", None)  # it would be the cost again
    table = _table("Value")
    for heading in shown.values():
        table.add_column(heading, justify="right")
    for point in result.points:
        table.add_row(Text(point.texts[0]), *(_over_error(point.get(name)) for name in shown))
    return table


def says_something(result: SweepResult, name: str) -> bool:
    """Whether a measure is something at any point."""
    found = [point.get(name).value for point in result.points]
    return any(value and not isnan(value) for value in found)


def _over_error(row: Row) -> Text:
    if isnan(row.value):
        return Text(NOTHING, style="dim")
    value = brief_duration(row.value) if row.unit == "s" else number(row.value, row.unit)
    error = half_width(row.low, row.high, row.unit)
    return Text.assemble(value, ("\n" + error, "dim")) if error else Text(value)


def _table(corner: str) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(corner, justify="right", overflow="fold", min_width=6)
    return table


# --- two axes ---------------------------------------------------------------------------------


def _map(result: SweepResult) -> RenderableType:
    """The deciding measure at every pair of values, the longer axis downwards."""
    down, across = result.axes
    turned = len(across.texts) > len(down.texts)
    if turned:
        down, across = across, down
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    measure = CATALOGUE[result.decide]
    unit = f", {_currency(result)}" if measure.unit == "money" else ""
    table.add_column("", justify="right")
    for text in across.texts:
        table.add_column(text, justify="right", overflow="fold")
    rows = [point.get(result.decide) for point in result.points]
    levels = _levels([row.value for row in rows], measure.better)
    numbers = [number(row.value, row.unit) for row in rows]
    short = (max(map(len, numbers)) + 2) * len(across.texts) > WIDE - 12
    columns = len(result.axes[1].texts)
    for i, text in enumerate(down.texts):
        cells = []
        for j in range(len(across.texts)):
            place = j * columns + i if turned else i * columns + j
            mark = "*" if place in result.plausible else ""
            style = "bold" if place == result.best else ""
            level = levels[place]
            said = (
                f"{level}{mark}" if short else f"{numbers[place]}{mark or ' '}\n{'#' * level:<8} "
            )
            cells.append(Text(said, style=style))
        table.add_row(text, *cells)
    title = f" {measure.label}{unit}: {last_part(down)} downwards, {last_part(across)} across"
    return Group(Text(f"\n{title}", style="bold"), table)


def last_part(axis: Axis) -> str:
    """The axis in a word: the end of its path."""
    return axis.path.rsplit(".", 1)[-1]


def _levels(values: list[float], sign: int) -> list[int]:
    """0 for the worst value to 8 for the best."""
    known = [sign * value for value in values if not isnan(value)]
    least, most = (min(known), max(known)) if known else (0.0, 0.0)
    if least == most:
        return [0] * len(values)
    return [
        0 if isnan(value) else round(8 * (sign * value - least) / (most - least))
        for value in values
    ]


# --- words ------------------------------------------------------------------------------------


def _footnote(result: SweepResult) -> str:
    better = best_word(result, "better", "higher", "lower")
    same = "All values meet the same customers. "
    if len(result.axes) == 2:
        return same + (
            "# or a digit: from the worst (0) to the best (8). * may be the "
            f"{best_word(result)}: no other is surely {better} ({_confidence(result)})."
        )
    if result.replications == 1:
        return same + "One replication only: no intervals. Use --replications to be sure."
    heading = brings(result.axes[0]).capitalize()
    per_unit = "per unit, " if by_unit(result.axes[0]) else ""
    in_time = ""
    return same + (
        f"{heading}: {per_unit}from the value above to this one, in parentheses where not "
        f"significant; these bounds hold for all steps together ({_confidence(result)}). *: may be the "  # noqa: E501
        f"{best_word(result)}, no other is surely {better}.{in_time} ±: half the width of the "
        "interval."
    )


def at_point(result: SweepResult, place: int) -> str:
    """A point by its values, in few words."""
    texts = result.points[place].texts
    if len(texts) == 1:
        return texts[0]
    return ", ".join(
        f"{last_part(axis)} {text}" for axis, text in zip(result.axes, texts, strict=True)
    )


def _either(names: list[str]) -> str:
    *others, last = names
    return f"{'; '.join(others)} or {last}" if others else last


def _label(result: SweepResult) -> str:
    return CATALOGUE[result.decide].label.lower()


def _number(result: SweepResult, row: Row) -> str:
    return number(row.value, row.unit, _currency(result))


def _currency(result: SweepResult) -> str:
    return result.study.reference.scenario.currency


def _confidence(result: SweepResult) -> str:
    return f"{100 * result.study.confidence:g} %"
