"""The pictures of a sweep: curves or maps of each measure, and what each step brings."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from sim.experiment.sweep import counts_cost
from sim.measures import measure_of
from sim.report import cells, values, words
from sim.report.axis import AT, STANDINGS, brought, by_unit, on_axis, sure
from sim.report.blocks import Block, Chart, Dataset
from sim.report.charts import Shown
from sim.report.drawing import chart, choice, columns, differences, estimates, measured
from sim.report.numbers import half_width
from sim.report.words import Bounded, path_in_words

if TYPE_CHECKING:
    from sim.experiment.grid import Axis
    from sim.report.sweep_findings import SweepFindings


def curves(findings: SweepFindings) -> Iterator[Block]:
    """Each measure at every value."""
    yield from choice("curve", "Show", (_curve(findings, name) for name in findings.shown))


def steps(findings: SweepFindings) -> Iterator[Block]:
    """What each step brings, of each measure that has steps."""
    found = (_step(findings, name) for name in findings.shown if findings.steps(name))
    yield from choice("steps", "Show", found)


def maps(findings: SweepFindings) -> Iterator[Block]:
    """Each measure at every pair of values."""
    yield from choice("map", "Show", (_map(findings, name) for name in findings.shown))


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
        **estimates(rows, findings.currency),
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
    picture = values.curve(
        _points(findings, name),
        _marks(findings, name),
        Shown("x", _axis_title(axis)),
        measured(name, findings.currency),
    )
    said: dict[str, Any] = {
        "axis": path_in_words(axis.path),
        "sure": sure,
        "standings": _standings(findings),
    }
    return chart("sweep.curve", picture, name, one=one, **said)


def _standings(findings: SweepFindings) -> str:
    if not findings.led or findings.once:
        return ""
    word = findings.best_word()
    if len(findings.result.plausible) == 1:
        return findings.tell("diamond-surely", word=word)
    return findings.tell("diamond", word=word)


def _marks(findings: SweepFindings, name: str) -> Dataset:
    """What is marked along the axis: where the margin turns; where more brings little."""
    numbers = findings.axes[0].numbers or (0.0, 1.0)
    middle = (numbers[0] + numbers[-1]) / 2
    found = [
        (at, low, high, text, place, int(place > middle), row)
        for row, (at, low, high, text) in enumerate(_marked(findings, name))
        for place in [(low + high) / 2 if at is None else at]
    ]
    return columns("at low high text words left row", found)


def _marked(findings: SweepFindings, name: str) -> Iterator[tuple[float | None, float, float, str]]:
    axis, knee = findings.axes[0], findings.result.knee
    if axis.numbers is None:
        return
    if name == "margin":
        for one in findings.result.break_even:
            known = not isnan(one.value)
            low, high = (one.low, one.high) if isfinite(one.low) else (one.value, one.value)
            text = f"break-even {on_axis(axis, one.value)}{sure(axis, one)}"
            yield (one.value if known else None), low, high, text if known else "may be zero here"
    if name == findings.decide.name and knee is not None and not counts_cost(findings.decide):
        at, low, high = (axis.numbers[place] for place in (knee.at, knee.first, knee.last))
        if knee.at < len(axis.texts) - 1:
            yield at, low, high, f"beyond {axis.texts[knee.at]} more brings little"


def _step(findings: SweepFindings, name: str) -> Chart:
    """What each step brings, per unit of the axis where that is no guess."""
    one, axis = measure_of(name), findings.axes[0]
    steps = findings.steps(name)
    gains = [brought(axis, step) for step in steps]
    numbers = dict(zip(axis.texts, axis.numbers or (), strict=False))
    ends = [(numbers.get(step.start), numbers.get(step.end)) for step in steps]
    data: Dataset = {
        "line": [f"{step.start} → {step.end}" for step in steps],
        "start": [step.start for step in steps],
        "end": [step.end for step in steps],
        **columns("low_x high_x", ends),
        **differences(gains, findings.currency),
        "kind": [_kind(gain, one.better) for gain in gains],
    }
    each = f"each {axis.per} more" if axis.per else "each one more"
    between = f"from one value of {path_in_words(axis.path)} to the next"
    what = f"for {each}, {between}" if by_unit(axis) else between
    gain = measured(name, findings.currency, difference=True)
    picture = values.steps(data, Shown("middle", _axis_title(axis)), gain)
    said: dict[str, Any] = {"step": each if by_unit(axis) else "each step", "what": what}
    return chart("sweep.step", picture, name, f=findings, one=one, **said)


def _kind(gain: Bounded, better: int) -> str:
    if not words.significant(gain):
        return "not significant"
    if not better:
        return "changes"
    return "brings" if (gain.low > 0) == (better > 0) else "costs"


def _map(findings: SweepFindings, name: str) -> Chart:
    down, across = (path_in_words(axis.path) for axis in findings.axes)
    told = findings.led and not findings.once
    marks = findings.tell("frames", word=findings.best_word()) if told else ""
    shown = measured(name, findings.currency)
    picture = cells.grid(_points(findings, name), across, down, shown)
    said: dict[str, Any] = {"one": measure_of(name), "down": down, "across": across, "marks": marks}
    return chart("sweep.map", picture, name, f=findings, **said)


def _axis_title(axis: Axis) -> str:
    return ", ".join(filter(None, (path_in_words(axis.path), axis.unit)))
