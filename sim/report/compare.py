"""The report of a comparison, made of what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from sim.experiment import Comparison
from sim.experiment.compare import Difference, Outcome
from sim.experiment.files import scenario_files
from sim.measures import CATALOGUE, measure_of
from sim.measures.components import CHANNEL
from sim.report import sensitivity, words
from sim.report.blocks import (
    Cell,
    Filter,
    Heading,
    Later,
    Line,
    Origin,
    Report,
    Section,
    Source,
    Table,
)
from sim.report.compare_findings import BY_GROUP, CompareFindings, compared_by
from sim.report.numbers import NOTHING, interval
from sim.report.words import quoted
from sim.scenario import to_yaml

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
    if findings.result.vary is not None:
        yield Section("what-is-uncertain", sensitivity.TITLE, tuple(findings.uncertain()))
    tables = [_by(findings, by) for by in BY_SPLIT if len(findings.groups(by)) > 1]
    yield Section("numbers", "All numbers", (*tables, _everything(findings)))


def _decision(findings: CompareFindings) -> Table:
    return Table(
        "table-options",
        "Option",
        (
            Heading("Option", number=False),
            words.head(findings.decide.name, findings.currency),
            *(Heading(f"{findings.confidence} interval"), Heading(f"Against {findings.against}")),
            *(Heading("Win rate"), Heading("Runs")),
        ),
        tuple(
            Line(
                (
                    Cell(option, sort=option),
                    words.value_cell(row := outcome.get(findings.decide.name)),
                    Cell(interval(row.low, row.high, row.unit), sort=row.low),
                    _change(findings.difference(option, findings.decide.name)),
                    _win_rate(outcome),
                    Cell(f"{outcome.replications:,}", sort=float(outcome.replications)),
                ),
                {"option": option},
                strong=option == findings.result.leader,
            )
            for option in findings.ranked
            for outcome in [findings.result.outcomes[option]]
        ),
        f"differences to {quoted(findings.against)} on the same customers, in parentheses where "
        "not significant",
        first=True,
    )


def _win_rate(outcome: Outcome) -> Cell:
    value, low, high = outcome.chance
    if isnan(value):
        return Cell(NOTHING)
    return Cell(f"{100 * value:.0f} %", f"{100 * low:.0f} to {100 * high:.0f} %", value)


def _change(found: Difference | None) -> Cell:
    if found is None:
        return Cell(NOTHING)
    return Cell(words.change_of(found), words.error_of(found), found.value)


def _totals(findings: CompareFindings) -> Table:
    left_out = words.WAITS if findings.mixed else frozenset()
    names = [name for name in TOTALS if name != findings.decide.name and findings.says(name)]
    names = [name for name in names if name not in left_out]
    return Table(
        "table-totals",
        "Totals",
        (Heading("Option", number=False), *(words.head(name, findings.currency) for name in names)),
        _options(findings, [(name,) for name in names]),
        f"below a value its difference to {quoted(findings.against)}",
        first=True,
        columns=min(len(names), ON_TERMINAL) + 1,
    )


def _options(findings: CompareFindings, places: Sequence[tuple[str, ...]]) -> tuple[Line, ...]:
    """A line for each option, a column for each of these (measure, split, group)."""
    return tuple(
        Line(
            (
                Cell(option, sort=option),
                *(_with_change(findings, option, *place) for place in places),
            ),
            {"option": option},
        )
        for option in findings.ranked
    )


def _groups(findings: CompareFindings, by: str, measure: str) -> list[str]:
    """The groups of a split in which the measure is not nothing."""
    return [
        group
        for group in findings.groups(by)
        if any(
            (row := findings.row(one, measure, by, group)) and row.value for one in findings.ranked
        )
    ]


def _across(findings: CompareFindings, by: str, measure: str) -> Iterator[Table]:
    """A measure of every option, the groups of a split beside each other, if there are several."""
    one, groups = measure_of(measure), _groups(findings, by, measure)
    if len(groups) < 2:
        return
    money = findings.currency if one.unit == "money" else ""
    yield Table(
        f"table-across-{by}",
        f"{one.label} by {by}",
        (Heading("Option", number=False), *(Heading(group, money) for group in groups)),
        _options(findings, [(measure, by, group) for group in groups]),
        f"below a value its difference to {quoted(findings.against)}",
        first=True,
    )


def _by(findings: CompareFindings, by: str) -> Table:
    there = [(option, group) for group in findings.groups(by) for option in findings.ranked]
    names = [
        name
        for name in BY_SPLIT[by]
        if any(findings.row(option, name, by, group) for option, group in there)
    ]
    return Table(
        f"table-{by}",
        f"By {by}",
        (
            *(Heading("Option", number=False), Heading(words.capital(by), number=False)),
            *(words.head(name, findings.currency) for name in names),
        ),
        tuple(
            Line(
                (
                    *(Cell(option, sort=option), Cell(group, sort=group)),
                    *(_with_change(findings, option, name, by, group) for name in names),
                ),
                {"option": option, by: group},
            )
            for option, group in there
            if any(findings.row(option, name, by, group) for name in names)
        ),
        f"below a value its difference to {quoted(findings.against)}, in parentheses where not "
        "significant",
        folded=True,
    )


def _everything(findings: CompareFindings) -> Table:
    return Table(
        "table-everything",
        "Every measure of every option",
        (Heading("Measure", number=False), *(Heading(option) for option in findings.ranked)),
        tuple(
            Line(
                (
                    Cell(one.label, sort=one.label, measure=one.name),
                    *(
                        _with_change(findings, option, one.name, with_unit=True)
                        for option in findings.ranked
                    ),
                )
            )
            for one in CATALOGUE.values()
            if findings.says(one.name)
        ),
        f"below a value its difference to {quoted(findings.against)}, in parentheses where not "
        "significant",
        folded=True,
    )


def _with_change(
    findings: CompareFindings,
    option: str,
    measure: str,
    by: str = "total",
    group: str = "all",
    *,
    with_unit: bool = False,
) -> Cell:
    row = findings.row(option, measure, by, group)
    if row is None:
        return Cell(NOTHING)
    found = words.change_of(findings.difference(option, measure, by, group))
    text = findings.say(row) if with_unit else words.brief(row.value, row.unit)
    return Cell(text, "" if found == NOTHING else found, row.value)


# --- the rest -----------------------------------------------------------------------------------


def _origin(result: Comparison) -> Origin:
    facts = result.provenance()
    numbers = sorted({one.replications for one in result.outcomes.values()})
    many = " to ".join(f"{n:,}" for n in dict.fromkeys((numbers[0], numbers[-1])))
    prints = {
        f"Fingerprint of {name}": one["fingerprint"][:16] for name, one in facts["options"].items()
    }
    files = scenario_files(result.outcomes)
    return Origin(
        words.facts_of(facts, many) | prints,
        f"sim compare study.yaml --engine {result.engine}",
        (
            Source("study.yaml", result.study_text()),
            *(
                Source(f"{files[name]}: {name}", to_yaml(one.scenario))
                for name, one in result.outcomes.items()
            ),
        ),
        words.SAVE_ALL,
    )
