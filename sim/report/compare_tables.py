"""The tables of a comparison's report."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.measures import CATALOGUE
from sim.report import compare_data
from sim.report.compare_data import unit_of
from sim.report.compare_told import Told
from sim.report.numbers import NOTHING, brief_duration, interval, number
from sim.report.page import Cell, Heading, Line, Table


def tables(told: Told) -> Iterator[Table]:
    """The options, their differences, both by the splits, and every measure."""
    measures = {told.decide.name: told.decide.label} | {
        name: label for name, label in compare_data.MEASURES.items() if told.says(name)
    }
    yield _options(told, measures)
    yield _differences(told, measures)
    for by in ("window", "channel", "source"):
        if len(told.groups(by)) > 1:
            yield _by(told, by)
    yield _everything(told)


def _options(told: Told, measures: dict[str, str]) -> Table:
    return Table(
        "table-options",
        "The options",
        (
            Heading("Option", number=False),
            *(_heading(told, name, label) for name, label in measures.items()),
            Heading("Better", f"% of {told.spans}"),
            Heading("Runs"),
        ),
        tuple(
            Line(
                (
                    Cell(option, sort=option),
                    *(_value(told, option, name) for name in measures),
                    _better(told, option),
                    Cell(f"{outcome.replications:,}", sort=float(outcome.replications)),
                ),
                {"option": option},
            )
            for option in told.ranked
            for outcome in [told.result.outcomes[option]]
        ),
        f"below each value its {told.confidence} interval, by itself; better: than "
        f"“{told.against}” on the same customers",
    )


def _differences(told: Told, measures: dict[str, str]) -> Table:
    return Table(
        "table-differences",
        f"Differences to “{told.against}”",
        (
            Heading("Option", number=False),
            *(_heading(told, name, label, difference=True) for name, label in measures.items()),
        ),
        tuple(
            Line(
                (Cell(option, sort=option), *(_change(told, option, name) for name in measures)),
                {"option": option},
            )
            for option in told.others
        ),
        f"in parentheses where not significant; below the {told.confidence} interval, for all "
        "options together",
    )


SPLITS = {
    "window": ("contacts", "unanswered", "answer_rate", "service_level", "hours", "margin"),
    "channel": ("contacts", "unanswered", "answer_rate", "service_level", "asa", "satisfaction"),
    "source": ("cost",),
}
"""Measures in the table of each split."""


def _by(told: Told, by: str) -> Table:
    there = [(option, group) for group in told.groups(by) for option in told.ranked]
    labels = {
        name: compare_data.MEASURES.get(name, CATALOGUE[name].label)
        for name in SPLITS[by]
        if any(told.row(option, name, by, group) for option, group in there)
    }
    return Table(
        f"table-{by}",
        f"By {by}",
        (
            *(Heading("Option", number=False), Heading(by.capitalize(), number=False)),
            *(_heading(told, name, label) for name, label in labels.items()),
        ),
        tuple(
            Line(
                (
                    *(Cell(option, sort=option), Cell(group, sort=group)),
                    *(_with_change(told, option, name, by, group) for name in labels),
                ),
                {"option": option} | ({by: group} if by in compare_data.BY_GROUP else {}),
            )
            for option, group in there
            if any(told.row(option, name, by, group) for name in labels)
        ),
        f"below a value its difference to “{told.against}”, in parentheses where not significant",
    )


def _everything(told: Told) -> Table:
    names = [name for name in CATALOGUE if any(told.row(option, name) for option in told.ranked)]
    return Table(
        "table-everything",
        "Every measure of every option",
        (Heading("Measure", number=False), *(Heading(option) for option in told.ranked)),
        tuple(
            Line(
                (
                    Cell(CATALOGUE[name].label, sort=CATALOGUE[name].label, measure=name),
                    *(_with_change(told, option, name, with_unit=True) for option in told.ranked),
                )
            )
            for name in names
            if told.says(name)
        ),
        f"below a value its difference to “{told.against}”, in parentheses where not significant",
        folded=True,
    )


def _heading(told: Told, measure: str, label: str, *, difference: bool = False) -> Heading:
    unit = unit_of(told, measure, difference=True) if difference else ""
    money = told.currency if CATALOGUE[measure].unit == "money" else ""
    return Heading(label, "" if unit == "s" else unit or money, measure)


def _value(told: Told, option: str, measure: str) -> Cell:
    row = told.row(option, measure)
    if row is None:
        return Cell(NOTHING)
    sure = interval(row.low, row.high, row.unit)
    return Cell(_text(row.value, row.unit), "" if sure == NOTHING else sure, row.value)


def _change(told: Told, option: str, measure: str) -> Cell:
    found = told.difference(option, measure)
    if found is None:
        return Cell(NOTHING)
    sure = interval(found.low, found.high, found.unit).removesuffix(" %")
    return Cell(compare_data.doubtful(found), "" if sure == NOTHING else sure, found.value)


def _with_change(
    told: Told,
    option: str,
    measure: str,
    by: str = "total",
    group: str = "all",
    *,
    with_unit: bool = False,
) -> Cell:
    row = told.row(option, measure, by, group)
    if row is None:
        return Cell(NOTHING)
    found = told.difference(option, measure, by, group)
    text = told.say(row) if with_unit else _text(row.value, row.unit)
    return Cell(text, compare_data.doubtful(found) if found else "", row.value)


def _better(told: Told, option: str) -> Cell:
    value, low, high = told.result.outcomes[option].chance
    if isnan(value):
        return Cell(NOTHING)
    return Cell(number(value, "share"), interval(low, high, "share"), value)


def _text(value: float, unit: str) -> str:
    return brief_duration(value) if unit == "s" else number(value, unit)
