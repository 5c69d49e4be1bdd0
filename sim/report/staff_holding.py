"""A plan over all that may be true: in how many draws it holds, and at which values it breaks."""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.holding import Breaks, Share
from sim.report.blocks import Cell, Line, Section, Table, Text
from sim.report.knowing import PRIORS, TITLE
from sim.report.numbers import NOTHING
from sim.report.staff_findings import StaffFindings, target_name
from sim.report.tables import line, percent_cell, table
from sim.report.words import capital, path_in_words


def section(findings: StaffFindings) -> Iterator[Section]:
    """All that is known of it; nothing where nothing is uncertain."""
    if (leads := findings.leads) is not None:
        yield Section("what-is-uncertain", TITLE, tuple(leads.blocks()))
    if findings.result.holding is None:
        return
    blocks = (
        Text(tuple(findings.uncertain()), first=True),
        _targets(findings),
        _inputs(findings),
        Text((PRIORS,), first=True),
    )
    yield Section("what-is-uncertain", TITLE, blocks)


def _targets(findings: StaffFindings) -> Table:
    found = findings.result.holding
    assert found is not None
    names = [capital(target_name(one)) for one in findings.plan.held]
    names += [f"Good {findings.periods}"] if findings.plan.wanted is not None else []
    lines = [_share(name, one) for name, one in zip(names, found.targets, strict=True)]
    if len(lines) > 1:
        lines.append(_share("All together", found.together))
    return table(
        "table-holding",
        "Target",
        ("Target", "holds in"),
        lines,
        f"of {found.draws:,} joint draws, the luck of single weeks left out",
        first=True,
    )


def _share(name: str, one: Share) -> Line:
    return line(name, percent_cell(one.value, one.low, one.high))


def _inputs(findings: StaffFindings) -> Table:
    found = findings.result.holding
    assert found is not None
    text = {one.path: one.text for one in found.inputs}
    return table(
        "table-breaks",
        "What breaks it",
        (
            *("Input", "may be", "breaks it at"),
            *("holds there in", "elsewhere"),
        ),
        (_input(one, text[one.path]) for one in found.breaks),
        "of the draws with these values, and of the others; higher and lower than the mean",
        first=True,
    )


def _input(one: Breaks, text: str) -> Line:
    where = one.where if one.there < one.elsewhere else NOTHING
    shares = map(percent_cell, (one.there, one.elsewhere))
    return line(Cell(path_in_words(one.path), sort=one.path), text, where, *shares)
