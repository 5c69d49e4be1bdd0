"""A sweep and what is uncertain: how far it moves each value, and whether the best one stays it."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report import knowing, words
from sim.report.blocks import Block, Cell, Later, Section, Table, Text
from sim.report.numbers import interval
from sim.report.sweep_findings import SweepFindings
from sim.report.tables import head, line, percent_cell, table, value_cell


def section(findings: SweepFindings) -> Iterator[Section]:
    """All that is known of it."""
    blocks: list[Block | Later] = []
    if findings.result.joint is not None:
        blocks += [Text(tuple(findings.uncertain()), first=True), _table(findings)]
    if findings.knowing is not None and findings.result.is_choice:
        blocks.append(findings.knowing.worth_table())
    if findings.knowing is not None:
        blocks.append(Text((knowing.PRIORS,), first=True))
    if findings.varied is not None:
        blocks += findings.varied.blocks()
    if blocks:
        yield Section("what-is-uncertain", knowing.TITLE, tuple(blocks))


def _table(findings: SweepFindings) -> Table:
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
