"""What a report says, whoever shows it: a question, its answer, the reasons, the evidence.

Plain data: pictures are Vega-Lite or Vega specifications that name the data they draw, so that
a page holds each table of data once. `sim.report.html` makes one file of it, and
`sim.report.pictures` the pictures alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Spec: TypeAlias = dict[str, Any]
"""A Vega-Lite or Vega specification, as JSON."""

Dataset: TypeAlias = Mapping[str, Sequence[object]]
"""A table of data: columns of equal length by name. Numbers that are nan are shown as nothing."""

Picks: TypeAlias = Mapping[str, str]
"""What something belongs to, by filter: `{"channel": "phone"}`."""


@dataclass(frozen=True)
class Figure:
    """A number that matters: its value, how sure it is, and what it means in one line."""

    label: str
    value: str
    interval: str
    meaning: str
    measure: str = ""  # of the catalogue, for its definition


@dataclass(frozen=True)
class Because:
    """A reason for the answer, in a sentence, with the name of the block that shows it."""

    text: str
    shown_in: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the numbers behind a picture; `format` as in d3-format, or `text`."""

    field: str
    label: str
    format: str = "text"


@dataclass(frozen=True)
class Chart:
    """A picture.

    name: unique in the report; also of its files.
    title: what it shows; text: how to read it, in a sentence or two.
    spec: Vega-Lite, or Vega; its data are named, out of the report's datasets.
    filters: those filters of the report that it obeys, each a parameter of the spec with the
        name picked, or nothing.
    columns: of the table that says the same in numbers.
    label: short, where several share a place; picks: what it alone is about.
    """

    name: str
    title: str
    text: str
    spec: Spec
    filters: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    label: str = ""
    picks: Picks = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Several pictures in one place, one to be seen at a time; on paper all of them."""

    name: str
    label: str  # of what is chosen
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Heading:
    """The head of a column: what it is, in which unit; by number or by text."""

    text: str
    unit: str = ""
    measure: str = ""  # of the catalogue, for its definition
    number: bool = True


@dataclass(frozen=True)
class Cell:
    """One entry: what is read, how sure it is, and what it is sorted by (nothing: last)."""

    text: str
    note: str = ""
    sort: float | str | None = None
    measure: str = ""  # of the catalogue, for its definition


@dataclass(frozen=True)
class Line:
    """One line of a table; it is hidden where another of its filter is picked."""

    cells: tuple[Cell, ...]
    picks: Picks = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table that can be sorted; the first column names the line. A long one may be folded."""

    name: str
    title: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    text: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Text:
    """Plain sentences, a paragraph each."""

    paragraphs: tuple[str, ...]


Block: TypeAlias = Chart | Choice | Table | Text


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    text: str = ""


@dataclass(frozen=True)
class Filter:
    """Something by which the pictures can be narrowed: `channel`, and its names."""

    field: str
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Something that was checked, and whether it held."""

    text: str
    held: bool
    detail: str = ""


@dataclass(frozen=True)
class Source:
    """A scenario, resolved, as text: what was run."""

    name: str
    text: str


@dataclass(frozen=True)
class Origin:
    """Where the report comes from: facts by name, the command that repeats it, what was run.

    how: what to do with the sources so that the command works.
    """

    facts: Mapping[str, str]
    command: str
    sources: tuple[Source, ...]
    how: str = (
        "Save what stands below as scenario.yaml; this command gives the same numbers, to the last "
        "digit:"
    )


@dataclass(frozen=True)
class Report:
    """A whole report.

    title: the question, or what was run; about: how it was run, in a few words.
    answer: one sentence; certainty: how sure it is, one sentence.
    recommended: the option to choose, where there are several.
    figures: the numbers that matter, three of them.
    because: why, with the pictures that show it.
    datasets: what the pictures draw.
    """

    title: str
    about: str
    answer: str
    certainty: str
    figures: tuple[Figure, ...]
    because: tuple[Because, ...]
    sections: tuple[Section, ...]
    datasets: Mapping[str, Dataset]
    origin: Origin
    filters: tuple[Filter, ...] = ()
    proofs: tuple[Proof, ...] = ()
    recommended: str = ""

    def charts(self) -> list[Chart]:
        """All pictures, in order."""
        found: list[Chart] = []
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Chart):
                    found.append(block)
                elif isinstance(block, Choice):
                    found.extend(block.charts)
        return found

    def measures(self) -> list[str]:
        """The measures that are named anywhere, each once."""
        tables = [b for s in self.sections for b in s.blocks if isinstance(b, Table)]
        named = [figure.measure for figure in self.figures]
        for table in tables:
            named += [heading.measure for heading in table.headings]
            named += [cell.measure for line in table.lines for cell in line.cells]
        return [name for name in dict.fromkeys(named) if name]
