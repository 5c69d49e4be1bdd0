"""A sweep over all that may be true: how far what is uncertain moves each value, and the best."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.experiment.sweep import counts_cost
from sim.report import knowing, words
from sim.report.blocks import Block, Cell, Heading, Line, Section, Table, Text
from sim.report.numbers import half_width, interval
from sim.report.words import listed, path_in_words

if TYPE_CHECKING:
    from sim.report.sweep_findings import SweepFindings


def sentences(findings: SweepFindings) -> Iterator[str]:
    """The outcome; nothing where nothing is uncertain."""
    result, joint = findings.result, findings.result.joint
    if joint is None or result.best is None:
        return
    place = result.best
    row, standing = result.points[place].get(findings.decide.name), joint.standings[place]
    inputs = listed([path_in_words(one.path) for one in joint.inputs])
    noise, at = half_width(row.low, row.high, row.unit), findings.at(place)
    yield (
        f"What is not known of {inputs} moves the {findings.label} at {at} anywhere from "
        f"{interval(standing.least, standing.most, row.unit, findings.currency)} (95 % of "
        f"{joint.draws:,} joint draws)" + (f"; simulation noise is {noise}." if noise else ".")
    )
    if _is_choice(findings):
        whole = knowing.JointFindings(result.study, joint)
        yield from (one for one in (whole.stays(), whole.turns(), *whole.knowing()) if one)


def section(findings: SweepFindings) -> Iterator[Section]:
    """All that is known of it."""
    joint = findings.result.joint
    if joint is None:
        return
    blocks: list[Block] = [Text(tuple(sentences(findings)), first=True), _table(findings)]
    if _is_choice(findings):
        blocks.append(knowing.JointFindings(findings.result.study, joint).worth_table())
    blocks.append(Text((knowing.PRIORS,), first=True))
    yield Section("what-is-uncertain", knowing.TITLE, tuple(blocks))


def _is_choice(findings: SweepFindings) -> bool:
    """Whether there is a best value to be right about: not where more is always better."""
    return findings.result.chosen and counts_cost(findings.decide)


def _table(findings: SweepFindings) -> Table:
    """Each value: noise of simulation beside what the inputs do."""
    result, joint, name = findings.result, findings.result.joint, findings.decide.name
    assert joint is not None
    choice = _is_choice(findings)
    lines = []
    for place, standing in enumerate(joint.standings):
        row = result.points[place].get(name)
        share = Cell(
            f"{100 * standing.share:.0f} %",
            f"{100 * standing.low:.0f} to {100 * standing.high:.0f} %",
            standing.share,
        )
        cells = (
            Cell(findings.at(place), sort=f"{place:04d}"),
            words.value_cell(row, words.stated(row)),
            Cell(interval(standing.least, standing.most, row.unit), sort=standing.least),
            *((share,) if choice else ()),
        )
        lines.append(Line(cells, strong=place == result.best))
    return Table(
        "table-uncertain",
        "By value, over all that may be true",
        (
            Heading("Value", number=False),
            words.head(name, findings.currency),
            Heading("Over what is uncertain"),
            *((Heading("Best in"),) if choice else ()),
        ),
        tuple(lines),
        f"below a value the interval that simulation noise leaves ({findings.confidence}); beside "
        "it where it lies in 95 % of the joint draws, the luck of single weeks left out",
        first=findings.curve,
        folded=not findings.curve,
    )
