"""The report of one scenario: what became of its customers, when, why, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

import numpy as np

from sim.experiment.run import Result
from sim.measures import CATALOGUE, Row
from sim.measures.components import TOTAL
from sim.measures.entries import HEADINGS, SPLITS, Split
from sim.report import words
from sim.report.blocks import (
    Bar,
    Bars,
    Cell,
    Filter,
    Heading,
    Hours,
    Later,
    Origin,
    Proof,
    Report,
    Section,
    Source,
    Table,
)
from sim.report.numbers import number
from sim.report.run_findings import RunFindings
from sim.report.tables import bounds_cell, by_measure, line, number_cell, table, with_error
from sim.report.words import ENDINGS, WAITS
from sim.scenario import to_yaml

ALWAYS = {"answered", "abandoned", "service_level", "hours"}

FEW = 20
"""Lines of a table by agent that a terminal shows; with more it is folded on the page."""

MANY_WAITING = 20
"""So many contacts waiting at once, and more, are one line of a table."""

FILTERS = ("channel", "pool", "window")


def report(result: Result) -> Report:
    """The report of a run; without pictures if the result does not know where contacts ended."""
    findings = RunFindings(result)
    proofs = (
        Proof(words.capital(check.name), check.passed, check.detail) for check in result.checks
    )
    filters = _filters(result) if result.ends is not None else ()
    title = result.scenario.name or "Scenario"
    return findings.report(title, _sections(findings), _origin(result), filters, proofs)


# --- blocks -----------------------------------------------------------------------------------


def _sections(findings: RunFindings) -> Iterator[Section]:
    known, later = findings.result.ends is not None, Later.of("run_pictures", findings)

    def pictures(function: str) -> tuple[Later, ...]:
        return (later(function),) if known else ()

    click = "A click on a bar narrows all pictures to it." if known else ""
    when = (*_bars(findings), *pictures("when"))
    yield Section("when", "When and where contacts go unanswered", when, click)
    people = tuple(_people(findings)) if known else ()
    yield Section("the-week", "How the week goes", (*pictures("week"), *people))
    yield Section("where-contacts-end", "Where each contact ends", pictures("ends"))
    queue = (_queue(findings),) if known and findings.value("queue_length") > 0 else ()
    how_long = "How long customers wait, and how long they would"
    yield Section("how-long", how_long, (*pictures("waits"), *queue))
    yield Section("what-it-costs", "What it costs", pictures("cost"))
    yield Section("numbers", "All numbers", tuple(_tables(findings)), findings.notes())
    if known:
        formulas = Later("evidence", "blocks", (findings,))
        yield Section("evidence", "Is the simulation right?", (formulas,))


def _bars(findings: RunFindings) -> Iterator[Bars | Hours]:
    total = findings.value("contacts")
    sizes = [(label, findings.value(name)) for name, label in ENDINGS.items()]
    bars = tuple(
        Bar(label, size / total, f"{number(size, 'contacts')}  {100 * size / total:3.0f} %")
        for label, size in sizes
        if size > 0
    )
    if bars:
        yield Bars("endings", "How contacts end", bars, first=True)
    if findings.value("unanswered") > 0:
        values = findings.unanswered_an_hour()
        yield Hours("unanswered", "Unanswered contacts an hour", values, first=True)


def _people(findings: RunFindings) -> Iterator[Hours]:
    """Where there are several pools, the people of each hour by hour."""
    agents = findings.ends.agents
    pools = findings.result.groups("pool")
    for pool in pools if len(pools) > 1 else ():
        mine = agents["pool"] == pool
        hours = agents["hour"][mine].astype(int)
        # of an hour in which windows meet the most
        most = [max(agents["agents"][mine][hours == hour], default=0.0) for hour in range(168)]
        yield Hours(f"agents-{pool}", f"Agents on duty: {pool}", most)


def _queue(findings: RunFindings) -> Table:
    """For which share of the time so many wait; all windows together."""
    queue, channels = findings.ends.queue, findings.result.groups("channel")
    whole = sum(queue["hours"][queue["channel"] == channels[0]])
    lines = []
    for waiting in range(MANY_WAITING + 1):
        hours = queue["hours"] * (np.minimum(queue["waiting"], MANY_WAITING) == waiting)
        shares = [float(hours[queue["channel"] == one].sum() / whole) for one in channels]
        text = f"{waiting} or more" if waiting == MANY_WAITING else str(waiting)
        cells = (number_cell(share, "share") for share in shares)
        lines.append(line(Cell(text, sort=float(waiting)), *cells))
    return table(
        "table-queue",
        "Contacts waiting at once: share of the time",
        (Heading("Waiting"), *channels),
        lines,
        "of the counted days, day and night; by window in the table `queue` of the results",
        folded=True,
    )


def _tables(findings: RunFindings) -> Iterator[Table]:
    yield _totals(findings)
    for split in SPLITS:
        by, groups = split.name, findings.result.groups(split.name)
        rows = [row for row in findings.result.rows if row.by == by and _says(row)]
        shown = [one for one in split.table.split() if any(row.measure == one for row in rows)]
        if shown and (len(groups) > 1 or by in ("pool", "agent", "source")):
            yield _by(findings, split, shown)


def _says(row: Row) -> bool:
    """Whether a number says anything here."""
    return not isnan(row.value) and (row.measure in ALWAYS or row.value != 0)


def _totals(findings: RunFindings) -> Table:
    left_out = {*WAITS, "wait_in_all"} if words.mixed(findings.result.scenario) else set()
    if not findings.result.scenario.transfers:
        left_out |= {one.name for one in CATALOGUE.values() if one.heading == "Transfers"}
    if findings.value("contacts") == findings.value("customers"):
        left_out |= {"customers_answered", "contacts_until_answered"}
    # what an earlier version wrote has no measures that came later
    there = {row.measure: row for row in findings.result.rows if row.by == TOTAL}
    rows = [
        (heading, row)
        for heading in HEADINGS
        for name, one in CATALOGUE.items()
        if one.heading == heading
        and name not in left_out
        and name in there
        and _says(row := there[name])
    ]
    return table(
        "table-totals",
        "Totals",
        ("Measure", "Mean", f"{findings.confidence} interval"),
        (
            line(
                Cell(label := CATALOGUE[row.measure].label, sort=label, measure=row.measure),
                number_cell(row.value, row.unit, findings.currency),
                bounds_cell(row, findings.currency),
                heading=heading,
            )
            for heading, row in rows
        ),
        first=True,
    )


def _by(findings: RunFindings, split: Split, measures: Sequence[str]) -> Table:
    by = split.name
    long = by == "agent" and len(findings.result.groups(by)) > FEW
    rows = {(row.group, row.measure): row for row in findings.result.rows if row.by == by}
    return by_measure(
        f"table-{by}",
        f"By {split.label.lower()}",
        split.label,
        measures,
        findings.currency,
        (
            line(
                group,
                *(with_error(rows.get((group, name))) for name in measures),
                picks={by: group} if by in FILTERS else {},
            )
            for group in findings.result.groups(by)
        ),
        "" if findings.once else f"±: half the width of the {findings.confidence} interval",
        folded=long,
        first=not long,
    )


# --- the rest ---------------------------------------------------------------------------------


def _filters(result: Result) -> Iterator[Filter]:
    for by in FILTERS:
        if len(names := result.groups(by)) > 1:
            yield Filter(by, words.SPLITS[by], tuple(names))


def _origin(result: Result) -> Origin:
    facts = result.provenance()
    shown = words.facts_of(facts, f"{facts['replications']:,}")
    return Origin(
        {**shown, "Fingerprint of the scenario": facts["fingerprint"][:16]},
        f"sim run scenario.yaml --replications {result.replications} --seed {result.seed} "
        f"--engine {result.engine}",
        (Source(result.scenario.name or "scenario", to_yaml(result.scenario)),),
    )
