"""The report of a sweep: which value, how sure, what each step brings, and what else changes."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.experiment.files import REFERENCE_FILE
from sim.experiment.grid import Axis
from sim.experiment.sweep import Step, SweepResult
from sim.report import knowing, words
from sim.report.axis import AT, STANDINGS, brings, brought, last_part
from sim.report.blocks import (
    Block,
    Cell,
    Filter,
    Heading,
    Later,
    Line,
    Origin,
    Report,
    Section,
    Table,
    Text,
)
from sim.report.findings import study_origin
from sim.report.numbers import half_width, interval, signed
from sim.report.sweep_findings import SweepFindings
from sim.report.tables import (
    bounds_cell,
    head,
    line,
    percent_cell,
    table,
    value_cell,
    with_error,
)

MANY = 30
"""A table of more lines than these is folded."""


def report(result: SweepResult) -> Report:
    """The report of a sweep."""
    findings = SweepFindings(result)
    filters = (
        Filter(field, last_part(axis), axis.texts)
        for field, axis in zip(AT, result.axes, strict=False)
    )
    return findings.report(result.question, _sections(findings), _origin(result), filters)


# --- blocks -------------------------------------------------------------------------------------


def _sections(findings: SweepFindings) -> Iterator[Section]:
    pictures = Later.of("sweep_pictures", findings)
    again = "shows it everywhere; a second click shows all again."
    if findings.curve:
        yield Section(
            "how-it-changes",
            "How it changes with the value",
            (_curve(findings), pictures("curves")),
            f"A click on a point {again}",
        )
        yield Section("what-a-step-brings", "What each step brings", (pictures("steps"),))
    else:
        yield Section(
            "how-it-changes",
            "How it changes with both values",
            (_grid(findings), pictures("maps")),
            f"A click on a cell {again}",
        )
    yield from _uncertain(findings)
    yield Section("numbers", "All numbers", (_points(findings),), findings.notes())


def _curve(findings: SweepFindings) -> Table:
    """The deciding measure at each value, what each step brings, a plot."""
    axis = findings.axes[0]
    rows = [point.get(findings.decide.name) for point in findings.result.points]
    steps = [None, *(one for one in findings.result.steps if one.measure == findings.decide.name)]
    unit = words.unit_of(findings.decide.name, findings.currency, difference=True)
    return table(
        "table-curve",
        "Value",
        (
            *("Value", head(findings.decide.name, findings.currency)),
            f"{findings.confidence} interval",
            Heading(brings(axis), unit if findings.decide.unit == "share" else ""),
            "",
        ),
        (
            line(
                Cell(text, sort=axis.numbers[place] if axis.numbers else f"{place:04d}"),
                *(value_cell(row), bounds_cell(row)),
                *(_brought(axis, step), _mark(findings, place)),
                picks={AT[0]: text},
                plot=(row.low, row.value, row.high),
                strong=place == findings.result.best,
            )
            for place, (text, row, step) in enumerate(zip(axis.texts, rows, steps, strict=False))
        ),
        first=True,
        folded=len(rows) > MANY,
    )


def _brought(axis: Axis, step: Step | None) -> Cell:
    """`+924 ±307`; in parentheses where not significant."""
    if step is None or isnan(step.value):
        return Cell("")
    one = brought(axis, step)
    said = f"{signed(one.value, one.unit)} {half_width(one.low, one.high, one.unit)}".rstrip()
    return Cell(said if words.significant(one) else f"({said})", sort=one.value)


def _mark(findings: SweepFindings, place: int) -> str:
    if not findings.decided:
        return ""
    if place == findings.result.best and findings.led:
        return findings.best_word()
    return "* maybe" if place in findings.result.plausible and not findings.once else ""


def _grid(findings: SweepFindings) -> Table:
    """The deciding measure at every pair of values, the longer axis downwards."""
    down, across = findings.axes
    turned = len(across.texts) > len(down.texts)
    columns = len(across.texts)
    if turned:
        down, across = across, down
    lines = []
    for i, text in enumerate(down.texts):
        cells = [Cell(text, sort=f"{i:04d}")]
        for j in range(len(across.texts)):
            place = j * columns + i if turned else i * columns + j
            cell = with_error(findings.result.points[place].get(findings.decide.name))
            star = " **" if findings.standing(place) == STANDINGS[0] else " *"
            mark = star if findings.decided and place in findings.result.plausible else ""
            cells.append(Cell(f"{cell.text}{mark}", cell.note, cell.sort))
        lines.append(line(*cells))
    unit = words.axis_title(findings.decide.name, findings.currency)
    return table(
        "table-grid",
        f"{last_part(down)} by {last_part(across)}",
        (last_part(down), *across.texts),
        lines,
        f"{unit}; ** the {findings.best_word()}, * may be as good",
        first=True,
    )


def _points(findings: SweepFindings) -> Table:
    """Every measure at every point."""
    heads = (head(name, findings.currency) for name in findings.shown)
    many = len(findings.result.points)
    return table(
        "points",
        "Value" if findings.curve else "Every pair of values",
        (*map(last_part, findings.axes), *heads),
        (_point(findings, place) for place in range(many)),
        "" if findings.once else f"±: half the width of the {findings.confidence} interval",
        folded=many > MANY,
        first=findings.curve,
    )


def _point(findings: SweepFindings, place: int) -> Line:
    point = findings.result.points[place]
    cells: list[Cell] = []
    for axis, text in zip(findings.axes, point.texts, strict=True):
        key = axis.numbers[axis.texts.index(text)] if axis.numbers else text
        note = findings.standing(place) if findings.led and not cells and not findings.once else ""
        cells.append(Cell(text, note, key))
    cells += [with_error(point.get(name)) for name in findings.shown]
    return line(*cells, picks=dict(zip(AT, point.texts, strict=False)))


def _uncertain(findings: SweepFindings) -> Iterator[Section]:
    """How far what is uncertain moves each value, and whether the best one stays it."""
    blocks: list[Block | Later] = []
    if findings.result.joint is not None:
        blocks += [Text(tuple(findings.uncertain()), first=True), _by_value(findings)]
    if findings.knowing is not None and findings.result.is_choice:
        blocks.append(findings.knowing.worth_table())
    if findings.knowing is not None:
        blocks.append(Text((knowing.PRIORS,), first=True))
    if findings.varied is not None:
        blocks += findings.varied.blocks()
    if blocks:
        yield Section("what-is-uncertain", knowing.TITLE, tuple(blocks))


def _by_value(findings: SweepFindings) -> Table:
    """Each value: noise of simulation beside what the inputs do."""
    result, joint, name = findings.result, findings.result.joint, findings.decide.name
    assert joint is not None
    choice = findings.result.is_choice
    lines = []
    for place, standing in enumerate(joint.standings):
        row = result.points[place].get(name)
        cells = (
            Cell(findings.at(place), sort=f"{place:04d}"),
            value_cell(row, words.stated(row)),
            Cell(interval(standing.least, standing.most, row.unit), sort=standing.least),
            *([percent_cell(standing.share, standing.low, standing.high)] if choice else []),
        )
        lines.append(line(*cells, strong=place == result.best))
    return table(
        "table-uncertain",
        "By value, over all that may be true",
        (
            *("Value", head(name, findings.currency), "Over what is uncertain"),
            *(["Best in"] if choice else []),
        ),
        lines,
        f"below a value the interval that simulation noise leaves ({findings.confidence}); beside "
        "it where it lies in 95 % of the joint draws, the luck of single weeks left out",
        first=findings.curve,
        folded=not findings.curve,
    )


# --- the rest -----------------------------------------------------------------------------------


def _origin(result: SweepResult) -> Origin:
    many = f"{result.replications:,} at each of {len(result.points)} points"
    return study_origin(result, many, {REFERENCE_FILE: result.study.reference.scenario}, {})
