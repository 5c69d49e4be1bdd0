"""The pictures of a sweep: curves or maps of each measure, and what each step brings."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import TYPE_CHECKING

from sim.experiment.sweep import counts_cost
from sim.measures import measure_of
from sim.report import sweep_charts, words
from sim.report.axis import AT, STANDINGS, brought, by_unit, last_part, on_axis, stretch
from sim.report.blocks import Block, Chart, Choice, Column, Dataset
from sim.report.charts import Shown
from sim.report.numbers import half_width, interval
from sim.report.words import path_in_words, slug

if TYPE_CHECKING:
    from sim.experiment.grid import Axis
    from sim.report.sweep_findings import SweepFindings


def curves(findings: SweepFindings) -> Iterator[Block]:
    """Each measure at every value."""
    yield Choice("curve", "Show", tuple(_curve(findings, name) for name in findings.shown))


def steps(findings: SweepFindings) -> Iterator[Block]:
    """What each step brings, of each measure that has steps."""
    found = tuple(_step(findings, name) for name in findings.shown if findings.steps(name))
    if found:
        yield Choice("steps", "Show", found)


def maps(findings: SweepFindings) -> Iterator[Block]:
    """Each measure at every pair of values."""
    yield Choice("map", "Show", tuple(_map(findings, name) for name in findings.shown))


def _points(findings: SweepFindings, name: str) -> Dataset:
    """A measure at every point."""
    points = findings.result.points
    rows = [one.get(name) for one in points]
    standings = list(map(findings.standing, range(len(points))))
    signs = {STANDINGS[0]: "★", STANDINGS[1]: "*"} if findings.led else {}
    numbers = findings.axes[0].numbers if findings.curve else None
    marks = [signs.get(one, "") for one in standings]
    return {
        **{
            field: [point.texts[place] for point in points]
            for place, field in enumerate(AT[: len(findings.axes)])
        },
        "x": list(numbers) if numbers else [None] * len(points),
        **words.bounds_of((row.value, row.low, row.high) for row in rows),
        "text": [findings.say(row) for row in rows],
        "interval": [words.stated(row, findings.currency) or "–" for row in rows],
        "error": [half_width(row.low, row.high, row.unit) for row in rows],
        "standing": standings,
        "mark": marks,
        "marked": [
            f"{words.brief(row.value, row.unit)} {mark}".strip()
            for row, mark in zip(rows, marks, strict=True)
        ],
    }


def _curve(findings: SweepFindings, name: str) -> Chart:
    one, axis = measure_of(name), findings.axes[0]
    band = "The band" if axis.numbers else "The line"
    sure = "" if findings.once else f" {band} is the {findings.confidence} interval."
    marks = _marks(findings, name)
    data = {"data": _points(findings, name), **({"marks": marks} if marks["text"] else {})}
    title = words.axis_title(name, findings.currency)
    return Chart(
        f"curve-{slug(name)}",
        f"{one.label} by {path_in_words(axis.path)}",
        f"{one.definition}{sure}{_standings(findings)}",
        sweep_charts.curve(
            "data",
            "marks" if "marks" in data else "",
            Shown("x", _axis_title(axis)),
            Shown("value", title, words.axis_format(name)),
            numbers=axis.numbers,
            values=len(axis.texts),
            standings=findings.standings(),
        ),
        data,
        (
            *(Column("first", path_in_words(axis.path)), Column("text", one.label)),
            *(Column("interval", "Interval"), Column("standing", f"By {findings.label}")),
        ),
        one.short,
    )


def _standings(findings: SweepFindings) -> str:
    if not findings.led or findings.once:
        return ""
    known = (
        "the same customers meet every value, so that differences are known better than the values "
        "themselves."
    )
    diamond = f" The diamond has the {findings.best_word()} {findings.label}"
    if len(findings.result.plausible) == 1:
        return f"{diamond}, surely so: {known}"
    return (
        f"{diamond}; squares are as good in it for all these data tell, circles surely are not: "
        f"{known}"
    )


def _marks(findings: SweepFindings, name: str) -> Dataset:
    """What is marked along the axis: where the margin turns; where more brings little."""
    found = list(_marked(findings, name))
    numbers = findings.axes[0].numbers or (0.0, 1.0)
    middle = (numbers[0] + numbers[-1]) / 2
    places = [(low + high) / 2 if at is None else at for at, low, high, _ in found]
    return {
        "at": [at for at, *_ in found],
        "low": [low for _, low, *_ in found],
        "high": [high for _, _, high, _ in found],
        "text": [text for *_, text in found],
        "words": places,
        "left": [int(place > middle) for place in places],
        "row": list(range(len(found))),
    }


def _marked(findings: SweepFindings, name: str) -> Iterator[tuple[float | None, float, float, str]]:
    axis, knee = findings.axes[0], findings.result.knee
    if axis.numbers is None:
        return
    if name == "margin":
        for one in findings.result.break_even:
            known = not isnan(one.value)
            low, high = (one.low, one.high) if isfinite(one.low) else (one.value, one.value)
            sure = f" ({stretch(axis, one)})" if isfinite(one.low) else ""
            text = f"break-even {on_axis(axis, one.value)}{sure}" if known else "may be zero here"
            yield (one.value if known else None), low, high, text
    if name == findings.decide.name and knee is not None and not counts_cost(findings.decide):
        at, low, high = (axis.numbers[place] for place in (knee.at, knee.first, knee.last))
        if knee.at < len(axis.texts) - 1:
            yield at, low, high, f"beyond {axis.texts[knee.at]} more brings little"


def _step(findings: SweepFindings, name: str) -> Chart:
    """What each step brings, per unit of the axis where that is no guess."""
    one, axis = measure_of(name), findings.axes[0]
    times = 100.0 if one.unit == "share" else 1.0
    rows = [(step, *brought(axis, step)) for step in findings.steps(name)]
    numbers = dict(zip(axis.texts, axis.numbers or [0.0] * len(axis.texts), strict=True))
    data: Dataset = {
        "line": [f"{step.start} → {step.end}" for step, *_ in rows],
        "start": [step.start for step, *_ in rows],
        "end": [step.end for step, *_ in rows],
        "low_x": [numbers[step.start] for step, *_ in rows],
        "middle": [(numbers[step.start] + numbers[step.end]) / 2 for step, *_ in rows],
        "high_x": [numbers[step.end] for step, *_ in rows],
        "value": [value * times for _, value, _, _ in rows],
        "low": [low * times if isfinite(low) else None for _, _, low, _ in rows],
        "high": [high * times if isfinite(high) else None for _, _, _, high in rows],
        "text": [words.change(value, low, high, one.unit) for _, value, low, high in rows],
        "interval": [
            words.in_points(interval(low, high, one.unit), one.unit) for _, _, low, high in rows
        ],
        "kind": [_kind(low, high, one.better) for _, _, low, high in rows],
    }
    unit = words.unit_of(name, findings.currency, difference=True)
    each = f"each {axis.per} more" if axis.per else "each one more"
    between = f"from one value of {path_in_words(axis.path)} to the next"
    what = f"for {each}, {between}" if by_unit(axis) else between
    title = words.axis_title(name, findings.currency, difference=True)
    return Chart(
        f"step-{slug(name)}",
        f"{one.label}: what {each if by_unit(axis) else 'each step'} brings",
        f"What {one.spoken} gains or loses {what}, on the same customers. The line is what "
        f"it may be, for all steps together ({findings.confidence}); in parentheses and grey where "
        "it is not significant.",
        sweep_charts.steps(
            "data",
            Shown("middle", _axis_title(axis)),
            Shown("value", title, ",.0f"),
            numbers=axis.numbers,
            values=len(axis.texts),
        ),
        {"data": data},
        (
            *(Column("line", "From, to"), Column("text", f"Difference, {unit}".rstrip(", "))),
            *(Column("interval", "Interval"), Column("kind", "It")),
        ),
        one.short,
    )


def _kind(low: float, high: float, better: int) -> str:
    if not words.significant(low, high):
        return "not significant"
    if not better:
        return "changes"
    return "brings" if (low > 0) == (better > 0) else "costs"


def _map(findings: SweepFindings, name: str) -> Chart:
    one = measure_of(name)
    down, across = findings.axes
    values = [point.get(name).value for point in findings.result.points]
    marks = (
        f" Thick frame and ★: the {findings.best_word()} {findings.label}; dashed and *: as good "
        "for all these data tell."
        if findings.led and not findings.once
        else ""
    )
    return Chart(
        f"map-{slug(name)}",
        f"{one.label} by {path_in_words(down.path)} and {path_in_words(across.path)}",
        f"{one.definition}{marks} Below each value half the width of its {findings.confidence} "
        "interval.",
        sweep_charts.grid(
            "data",
            last_part(across),
            last_part(down),
            Shown("value", words.axis_title(name, findings.currency), words.axis_format(name)),
            columns=len(across.texts),
            signed=min(values) < 0 < max(values),
            standings=findings.standings(),
        ),
        {"data": _points(findings, name)},
        (
            *(
                Column("first", path_in_words(down.path)),
                Column("second", path_in_words(across.path)),
            ),
            *(Column("text", one.label), Column("interval", "Interval")),
            Column("standing", f"By {findings.label}"),
        ),
        one.short,
    )


def _axis_title(axis: Axis) -> str:
    return f"{last_part(axis)}, {axis.unit}" if axis.unit else last_part(axis)
