"""One document of blocks for each kind of result; terminal, page and workbook are made of it.

A kind of result has one file in `sim.report` with one function `report(result) -> Report`. It says
every number, sentence and table once:

    Report(
        title="Who should answer in the evening?",
        about="Simulated: 3 options on the same customers, 200 weeks each",
        answer="“experts” is best: ...",          # one sentence
        certainty="That is 3,026 EUR more ...",    # how sure
        figures=(Figure("Margin", "12,345 EUR", "12,000 to 12,700 EUR", "a week", "margin"),),
        because=(Because("...", "by-window"),),    # why: each names the block that shows it
        risks=("...",), assumed=("...",),          # what may go wrong, what was taken for granted
        sections=(Section("numbers", "All numbers", (Table(...), Chart(...))),),
        origin=Origin(...),
    )

`sim.report.terminal` prints the first level: the words above, and the blocks with `first=True`, as
wide as the terminal is. `sim.report.html` shows all of it; `sim.report.excel` writes the tables.
A picture carries its own data; the page holds data that several pictures share only once. Pictures
are Vega-Lite specifications (`sim.report.charts` has the kinds there are) that call their
data by the names in `Picture.data`. The table of its numbers is what a picture tells the pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, TypeAlias

Spec: TypeAlias = dict[str, Any]
"""A Vega-Lite specification, or what Vega makes of it, as JSON."""

Dataset: TypeAlias = Mapping[str, Sequence[Any]]
"""A table of data: columns of equal length by name. Numbers that are nan are shown as nothing."""

Picks: TypeAlias = Mapping[str, str]
"""What something belongs to, by filter: `{"channel": "phone"}`."""

Bounds: TypeAlias = tuple[float, float, float]
"""Low, value, high; nan where there are none."""


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
class Picture:
    """What is drawn.

    spec: Vega-Lite; data: what it draws, by the names that the spec calls them.
    """

    spec: Spec
    data: Mapping[str, Dataset]

    @cached_property
    def vega(self) -> Spec:
        """The picture as Vega. Its data stay named and empty."""
        import vl_convert

        vega: Spec = vl_convert.vegalite_to_vega(self.spec)
        return vega

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that it obeys: the parameters of its specification that are texts."""
        return tuple(one["name"] for one in self.spec["params"] if one.get("value") == "")

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """Of the table that says the same in numbers: what stands beside the pointer.

        Field, label and format, as in d3-format; of texts none.
        """
        return [
            (one["field"], one["title"][:1].upper() + one["title"][1:], one.get("format", ""))
            for one in next(_told(self.spec), ())
        ]


def _told(spec: Spec) -> Iterator[list[dict[str, str]]]:
    """What the parts of a picture tell the pointer, the first part first."""
    if isinstance(told := spec.get("encoding", {}).get("tooltip"), list):
        yield told
    for part in (
        *spec.get("vconcat", ()),
        *spec.get("layer", ()),
        *filter(None, [spec.get("spec")]),
    ):
        yield from _told(part)


@dataclass(frozen=True)
class Chart:
    """A picture with its words.

    name: unique in the report; also of its files.
    title: what it shows; text: how to read it, in a sentence or two.
    label: short, where several share a place; picks: what it alone is about.
    """

    name: str
    title: str
    picture: Picture
    text: str = ""
    label: str = ""
    picks: Picks = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Several pictures in one place, one to be seen at a time; on paper the first of them."""

    name: str
    label: str  # of what is chosen
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Bar:
    """A bar: how long it is, of 1, with words before it and behind."""

    label: str
    share: float
    value: str


@dataclass(frozen=True)
class Bars:
    """Bars below each other, on one scale."""

    name: str
    title: str
    bars: tuple[Bar, ...]
    first: bool = False


@dataclass(frozen=True)
class Hours:
    """A map of the week for terminal and workbook; the page shows a picture of the same.

    values: of the 168 hours from Monday 00:00, nan for none.
    """

    name: str
    title: str
    values: Sequence[float]
    first: bool = False


@dataclass(frozen=True)
class Heading:
    """The head of a column: what it is, in which unit."""

    text: str
    unit: str = ""
    measure: str = ""  # of the catalogue, for its definition


@dataclass(frozen=True)
class Cell:
    """One entry: what is read, how sure it is, and what it is sorted by (nothing: last)."""

    text: str
    note: str = ""
    sort: float | str | None = None
    measure: str = ""  # of the catalogue, for its definition


@dataclass(frozen=True)
class Line:
    """One line of a table; it is hidden where another of its filter is picked.

    plot: a number with its bounds, drawn beside the line where there are only characters.
    strong: whether it stands out; heading: above it, where lines belong together.
    """

    cells: tuple[Cell, ...]
    picks: Picks = field(default_factory=dict)
    plot: Bounds | None = None
    strong: bool = False
    heading: str = ""


@dataclass(frozen=True)
class Table:
    """A table that can be sorted; the first column names the line. A long one may be folded.

    mark: a place on the scale of the lines' plots to be marked, such as zero.
    first: whether the terminal shows it; columns: how many of its columns, where not all.
    """

    name: str
    title: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    text: str = ""
    folded: bool = False
    mark: float | None = None
    first: bool = False
    columns: int = 0

    @cached_property
    def numbers(self) -> list[bool]:
        """Whether each column is one of numbers: no cell of it is sorted by text."""
        columns = zip(*(line.cells for line in self.lines), strict=True)
        return [not any(isinstance(cell.sort, str) for cell in column) for column in columns]


@dataclass(frozen=True)
class Text:
    """Plain sentences, a paragraph each."""

    paragraphs: tuple[str, ...]
    title: str = ""
    first: bool = False


Block: TypeAlias = Chart | Choice | Table | Text | Bars | Hours


@dataclass(frozen=True)
class Later:
    """Blocks that are made when somebody looks: the library that draws takes long to load.

    A function of a module of `sim.report`, and what it is called with; it gives blocks.
    """

    module: str
    function: str
    about: tuple[object, ...]

    @classmethod
    def of(cls, module: str, *about: object) -> Callable[[str], Later]:
        """Makes them of a module's functions by name, all called with the same."""
        return lambda function: cls(module, function, about)

    def blocks(self) -> tuple[Block, ...]:
        """Make them."""
        made = getattr(import_module(f"sim.report.{self.module}"), self.function)
        return tuple(made(*self.about))


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    name: str
    title: str
    blocks: tuple[Block | Later, ...]
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
    answer: one sentence; certainty: how sure it is, in a sentence or two.
    recommended: the option to choose, where there are several.
    picture: the chart, by name, that the first page shows small; none where there is none such.
    figures: the numbers that matter, three of them.
    because: why, with the pictures that show it; risks: what may make it wrong; assumed: what was
        taken for granted. The first page shows three of each.
    notes: how to read the tables of the first level.
    """

    title: str
    about: str
    answer: str
    certainty: str
    figures: tuple[Figure, ...]
    because: tuple[Because, ...]
    sections: tuple[Section, ...]
    origin: Origin
    risks: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    proofs: tuple[Proof, ...] = ()
    recommended: str = ""
    picture: str = ""
    notes: str = ""

    def first_level(self) -> Iterator[Block]:
        """What the terminal shows; no picture is made for it."""
        for section in self.sections:
            for block in section.blocks:
                if not isinstance(block, Later | Chart | Choice) and block.first:
                    yield block

    @cached_property
    def parts(self) -> tuple[Section, ...]:
        """The sections with all that is made later; none that is empty."""
        made = (
            Section(one.name, one.title, tuple(_made(one.blocks)), one.text)
            for one in self.sections
        )
        return tuple(one for one in made if one.blocks)

    def blocks(self) -> Iterator[Block]:
        """All blocks, in order."""
        for section in self.parts:
            for block in section.blocks:
                assert not isinstance(block, Later)
                yield block

    def charts(self) -> list[Chart]:
        """All pictures, in order."""
        found: list[Chart] = []
        for block in self.blocks():
            if isinstance(block, Chart):
                found.append(block)
            elif isinstance(block, Choice):
                found.extend(block.charts)
        return found

    def tables(self) -> list[Table]:
        """All tables, in order."""
        return [block for block in self.blocks() if isinstance(block, Table)]

    def measures(self) -> list[str]:
        """The measures that are named anywhere, each once, of whichever group."""
        named = [figure.measure for figure in self.figures]
        for table in self.tables():
            named += [heading.measure for heading in table.headings]
            named += [cell.measure for line in table.lines for cell in line.cells]
        return [name for name in dict.fromkeys(one.rpartition(".")[2] for one in named) if name]


def _made(blocks: tuple[Block | Later, ...]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Later):
            yield from block.blocks()
        else:
            yield block
