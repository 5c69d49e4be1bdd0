"""A plan over all that may be true: in how many draws it holds, and at which values it breaks."""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.holding import Breaks, Share
from sim.report.blocks import Cell, Heading, Line, Section, Table, Text
from sim.report.knowing import PRIORS, TITLE
from sim.report.numbers import NOTHING
from sim.report.staff_findings import StaffFindings, target_name
from sim.report.words import capital, path_in_words


def section(findings: StaffFindings) -> Iterator[Section]:
    """All that is known of it; nothing where nothing is uncertain."""
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
    return Table(
        "table-holding",
        "Target",
        (Heading("Target", number=False), Heading("holds in")),
        tuple(lines),
        f"of {found.draws:,} joint draws, the luck of single weeks left out",
        first=True,
    )


def _share(name: str, one: Share) -> Line:
    bounds = f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
    return Line((Cell(name), Cell(f"{100 * one.value:.0f} %", bounds, one.value)))


def _inputs(findings: StaffFindings) -> Table:
    found = findings.result.holding
    assert found is not None
    text = {one.path: one.text for one in found.inputs}
    lines = [_input(one, text[one.path]) for one in found.breaks]
    return Table(
        "table-breaks",
        "What breaks it",
        (
            Heading("Input", number=False),
            Heading("may be", number=False),
            Heading("breaks it at", number=False),
            Heading("holds there in"),
            Heading("elsewhere"),
        ),
        tuple(lines),
        "of the draws with these values, and of the others; higher and lower than the mean",
        first=True,
    )


def _input(one: Breaks, text: str) -> Line:
    worse = one.there < one.elsewhere
    shares = (Cell(f"{100 * share:.0f} %", sort=share) for share in (one.there, one.elsewhere))
    return Line(
        (
            Cell(path_in_words(one.path), sort=one.path),
            Cell(text),
            Cell(one.where if worse else NOTHING),
            *shares,
        )
    )
