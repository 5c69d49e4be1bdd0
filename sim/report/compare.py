"""The report of a comparison, made of what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from sim.experiment.compare import Comparison
from sim.experiment.files import scenario_files
from sim.measures import CATALOGUE, measure_of
from sim.measures.components import CHANNEL
from sim.report import sensitivity, words
from sim.report.blocks import Cell, Filter, Heading, Later, Line, Origin, Report, Section, Table
from sim.report.compare_findings import BY_GROUP, CompareFindings, compared_by
from sim.report.findings import study_origin
from sim.report.tables import (
    BELOW,
    CHANCE,
    bounds_cell,
    by_measure,
    change_cell,
    changed_cell,
    count_cell,
    head,
    line,
    percent_cell,
    table,
    value_cell,
)
from sim.report.words import quoted

TOTALS = (
    *("unanswered", "service_level", "conversion", "incremental_revenue", "cost", "satisfaction"),
    *("margin", "missed_buyers", "answer_rate", "asa"),
)
"""Measures beside the deciding one; the terminal shows the first of them."""

ON_TERMINAL = 6

BY_SPLIT = {
    "window": ("contacts", "unanswered", "answer_rate", "service_level", "hours", "margin"),
    "channel": ("contacts", "unanswered", "answer_rate", "service_level", "asa", "satisfaction"),
}
"""Measures in the detailed table of each split."""


def report(result: Comparison) -> Report:
    """The report of a comparison."""
    findings = CompareFindings(result)
    return findings.report(
        result.question, _sections(findings), _origin(result), _filters(findings)
    )


def _filters(findings: CompareFindings) -> Iterator[Filter]:
    yield Filter("option", words.SPLITS["option"], tuple(findings.result.outcomes))
    for by in BY_GROUP:
        if compared_by(findings, by):
            yield Filter(by, words.SPLITS[by], tuple(findings.groups(by)))


# --- blocks -------------------------------------------------------------------------------------


def _sections(findings: CompareFindings) -> Iterator[Section]:
    pictures = Later.of("compare_pictures", findings)
    yield Section(
        "how-much",
        "How much better, and how sure",
        (_decision(findings), pictures("how_much"), _totals(findings)),
        "A click on an option, a window or a channel shows it everywhere; a second click shows all "
        "again.",
    )
    yield Section("why-money", "Where the difference in margin comes from", (pictures("bridges"),))
    of_whole = findings.decide.name.rpartition(".")[2]
    windows = _across(findings, "window", of_whole)
    served = of_whole if CHANNEL in findings.decide.splits else "service_level"
    channels = _across(findings, CHANNEL, served)
    yield Section("when", "When and where it comes from", (*windows, *channels, pictures("when")))
    if findings.says("cost"):
        sources = _across(findings, "source", "cost")
        yield Section("what-it-costs", "What it costs", (*sources, pictures("cost")))
    if findings.varied is not None:
        joint = findings.knowing.blocks() if findings.knowing is not None else ()
        blocks = (*joint, *findings.varied.blocks())
        yield Section("what-is-uncertain", sensitivity.TITLE, blocks)
    tables = [_by(findings, by) for by in BY_SPLIT if len(findings.groups(by)) > 1]
    yield Section("numbers", "All numbers", (*tables, _everything(findings)))


def _decision(findings: CompareFindings) -> Table:
    measure = findings.decide.name
    return table(
        "table-options",
        "Option",
        (
            *("Option", head(measure, findings.currency), f"{findings.confidence} interval"),
            *(f"Against {findings.against}", "Win rate", "Runs"),
        ),
        (
            line(
                option,
                value_cell(row := outcome.get(measure)),
                bounds_cell(row),
                change_cell(findings.difference(option, measure)),
                percent_cell(*outcome.chance),
                count_cell(outcome.replications),
                picks={"option": option},
                strong=option == findings.result.leader,
            )
            for option in findings.ranked
            for outcome in [findings.result.outcomes[option]]
        ),
        f"differences to {quoted(findings.against)} on the same customers{CHANCE}",
        first=True,
    )


def _totals(findings: CompareFindings) -> Table:
    left_out = words.WAITS if findings.mixed else frozenset()
    names = [name for name in TOTALS if name != findings.decide.name and findings.says(name)]
    names = [name for name in names if name not in left_out]
    return by_measure(
        "table-totals",
        "Totals",
        "Option",
        names,
        findings.currency,
        _options(findings, [(name,) for name in names]),
        BELOW.format(quoted(findings.against)),
        first=True,
        columns=min(len(names), ON_TERMINAL) + 1,
    )


def _options(findings: CompareFindings, places: Sequence[Place]) -> Iterator[Line]:
    """A line for each option, a column for each of these places."""
    for option in findings.ranked:
        cells = (_with_change(findings, option, place) for place in places)
        yield line(option, *cells, picks={"option": option})


def _across(findings: CompareFindings, by: str, measure: str) -> Iterator[Table]:
    """A measure of every option, the groups of a split beside each other, if there are several."""
    one = measure_of(measure)
    rows = {
        group: [findings.row(option, measure, by, group) for option in findings.ranked]
        for group in findings.groups(by)
    }
    groups = [group for group, found in rows.items() if any(row and row.value for row in found)]
    if len(groups) < 2:
        return
    money = findings.currency if one.unit == "money" else ""
    yield table(
        f"table-across-{by}",
        f"{one.label} by {by}",
        ("Option", *(Heading(group, money) for group in groups)),
        _options(findings, [(measure, by, group) for group in groups]),
        BELOW.format(quoted(findings.against)),
        first=True,
    )


def _by(findings: CompareFindings, by: str) -> Table:
    there = [(option, group) for group in findings.groups(by) for option in findings.ranked]
    found = {place: _in_group(findings, by, *place) for place in there}
    names = [name for name in BY_SPLIT[by] if any(name in one for one in found.values())]
    return table(
        f"table-{by}",
        f"By {by}",
        ("Option", words.capital(by), *(head(name, findings.currency) for name in names)),
        (
            line(
                *(option, group),
                *(_with_change(findings, option, (name, by, group)) for name in names),
                picks={"option": option, by: group},
            )
            for (option, group), one in found.items()
            if one
        ),
        f"{BELOW.format(quoted(findings.against))}{CHANCE}",
        folded=True,
    )


def _in_group(findings: CompareFindings, by: str, option: str, group: str) -> list[str]:
    """The measures of a split that an option has in a group."""
    return [name for name in BY_SPLIT[by] if findings.row(option, name, by, group)]


def _everything(findings: CompareFindings) -> Table:
    def cell(option: str, measure: str) -> Cell:
        row, found = findings.row(option, measure), _with_change(findings, option, (measure,))
        return replace(found, text=findings.say(row)) if row is not None else found

    return table(
        "table-everything",
        "Every measure of every option",
        ("Measure", *findings.ranked),
        (
            line(
                Cell(one.label, sort=one.label, measure=one.name),
                *(cell(option, one.name) for option in findings.ranked),
            )
            for one in CATALOGUE.values()
            if findings.says(one.name)
        ),
        f"{BELOW.format(quoted(findings.against))}{CHANCE}",
        folded=True,
    )


Place: TypeAlias = tuple[str, ...]
"""A measure; a split and a group of it, where it is not of the whole."""


def _with_change(findings: CompareFindings, option: str, place: Place) -> Cell:
    """A value over its difference to the reference."""
    return changed_cell(findings.row(option, *place), findings.difference(option, *place))


# --- the rest -----------------------------------------------------------------------------------


def _origin(result: Comparison) -> Origin:
    numbers = sorted({one.replications for one in result.outcomes.values()})
    files = scenario_files(result.outcomes)
    prints = {
        f"Fingerprint of {name}": one["fingerprint"][:16]
        for name, one in result.provenance()["options"].items()
    }
    scenarios = {f"{files[name]}: {name}": one.scenario for name, one in result.outcomes.items()}
    many = " to ".join(f"{n:,}" for n in dict.fromkeys((numbers[0], numbers[-1])))
    return study_origin(result, many, scenarios, prints)
