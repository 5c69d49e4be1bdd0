"""A report on the terminal: its words, then the blocks of its first level, as wide as it is.

Where only ASCII can be shown every other character is replaced by one that says the same.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite, isnan
from zlib import crc32

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table as Grid
from rich.text import Text as Words

from sim.report import blocks, marks, words
from sim.report.blocks import Bounds, Heading, Line, Report, Table
from sim.report.numbers import NOTHING

IN_ASCII = str.maketrans({"±": "~", "–": "-", "“": '"', "”": '"', "∞": "?", "≥": ">", "≤": "<"})
"""What stands for a character where there is only ASCII: one for one, so that columns hold."""

NARROWEST, WIDEST = 60, 160
"""Columns of characters; beyond the widest, lines are hard to follow."""

NAME = 24
"""Characters of the names of lines; longer ones are folded."""

GAP = 2
"""Characters between columns."""

SENTENCES = 3
"""Reasons and risks; the page has all."""

PLOT = 15
"""Characters of the plots beside a table."""


def show(report: Report) -> None:
    """Print the first level to the terminal, or to whatever standard output is."""
    console = Console(highlight=False)
    console.width = min(max(console.width, NARROWEST), WIDEST)
    if not console.options.ascii_only:
        console.print(rendered(report, console.width))
        return
    with console.capture() as printed:
        console.print(rendered(report, console.width))
    sys.stdout.write(printed.get().translate(IN_ASCII))


def as_text(report: Report, width: int = 80) -> str:
    """The first level as plain text."""
    return _recorded(report, width).export_text()


def as_html(report: Report, width: int = 100) -> str:
    """The first level as a piece of HTML; texts of a scenario stand in it as text."""
    return _recorded(report, width).export_html(
        inline_styles=True, code_format='<pre style="line-height: 1.25">{code}</pre>'
    )


def as_svg(report: Report, width: int = 80) -> str:
    """The first level as a picture that needs nothing from elsewhere."""
    console = _recorded(report, width)
    # its styles are called after its text; rich would look at how each piece is made for that
    name = crc32(console.export_text(clear=False).encode())
    svg = console.export_svg(title=report.title, unique_id=f"terminal-{name}")
    # rich's picture loads a font from the web; the reader's fixed-width font will do
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def _recorded(report: Report, width: int) -> Console:
    console = Console(file=StringIO(), width=width, record=True, highlight=False)
    console.print(rendered(report, width))
    return console


def rendered(report: Report, width: int) -> RenderableType:
    """The words, then the blocks of the first level, for a terminal so wide."""
    parts: list[RenderableType] = [
        Padding(Words.assemble((f"{report.title}\n", "bold"), (report.about, "dim")), (0, 1)),
        Padding(Words("\n".join(filter(None, (report.answer, report.certainty)))), (0, 1)),
    ]
    if report.because:
        parts.append(_listed("Why", [one.text for one in report.because[:SENTENCES]]))
    if report.risks:
        parts.append(_listed("Risks", report.risks[:SENTENCES]))
    for block in report.first_level():
        parts += ["", *_block(block, width)]
    if report.notes:
        parts += ["", Padding(Words(report.notes, style="dim"), (0, 1))]
    return _Shown(Group(*parts))


@dataclass(frozen=True)
class _Shown:
    """What a name or a header holds is shown, never obeyed."""

    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in console.render(self.inner, options):
            yield Segment(words.shown(text), style, control)


def _listed(heading: str, sentences: Sequence[str]) -> RenderableType:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column()
    grid.add_column(overflow="fold")
    for sentence in sentences:
        grid.add_row("-", Words(sentence))
    return Padding(Group(Words(f"\n{heading}", style="bold"), grid), (0, 1))


def _block(block: blocks.Block, width: int) -> Iterator[RenderableType]:
    match block:
        case blocks.Text():
            if block.title:
                yield Words(f" {block.title}\n", style="bold")
            yield Padding(Words("\n".join(block.paragraphs)), (0, 1))
        case blocks.Bars():
            yield marks.DrawnBars(block.bars)
        case blocks.Hours():
            yield marks.WeekMap(block.title, block.values)
        case blocks.Table():
            yield from _table(block, width)


# --- tables -----------------------------------------------------------------------------------


def _table(table: Table, width: int) -> Iterator[RenderableType]:
    """The table, in as many pieces as it takes: no number is cut."""
    shown = table.columns or len(table.headings)
    plots = drawn([line.plot for line in table.lines], PLOT, table.mark)
    widths = [_width(table, place) for place in range(shown)]
    taken = [*widths[:-1], widths[-1] + (PLOT + GAP if any(plots) else 0)]
    if shown > 1:  # names are folded rather than numbers cut
        widths[0] = taken[0] = min(widths[0], max(width - 2 - max(taken[1:]), NAME + GAP))
    pieces = list(_pieces(taken, width - 2))
    for number, piece in enumerate(pieces):
        if number:
            yield ""
        last = any(plots) and piece[-1] == shown - 1
        roomy = {place: max(widths[place], _roomy(table, place)) for place in piece}
        fits = sum(roomy.values()) + (PLOT + GAP if last else 0) <= width - 2
        shown_as = roomy if fits else {place: widths[place] for place in piece}
        lines = [*zip(table.lines, plots, strict=True)]
        if len(pieces) > 1:
            lines = [one for one in lines if _says(one[0], piece) or (last and one[1])] or lines
        yield _piece(table, shown_as, lines, plotted=last)


def _says(line: Line, piece: Sequence[int]) -> bool:
    """Whether anything but its name stands in these columns of a line."""
    cells = [line.cells[place] for place in piece[1:]]
    return any(cell.note or cell.text not in ("", NOTHING) for cell in cells)


def _width(table: Table, place: int) -> int:
    """The characters that a column needs."""
    heading = table.headings[place]
    words = [*_titled(heading).split(), ""]
    cells = [line.cells[place] for line in table.lines]
    sizes = [len(text) for cell in cells for text in (cell.text, cell.note)] or [0]
    if place == 0:
        above = min(max([len(line.heading) for line in table.lines] or [0]), 34)
        return max(min(max([14, *map(len, table.title.split()), *sizes]), NAME), above) + GAP
    if not table.numbers[place]:
        return min(max([*map(len, words), *sizes]), 22) + GAP
    return max([*map(len, words), *sizes]) + GAP


def _roomy(table: Table, place: int) -> int:
    """The characters that a column takes where there is room: its heading in one line."""
    if place > 0:
        return min(len(_titled(table.headings[place])), 30) + GAP
    names = [len(line.cells[0].text) + len(_indent(line)) for line in table.lines]
    return min(max([len(table.title), *names]), 34) + GAP


def _pieces(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Columns that fit beside each other, the first one in every piece."""
    piece, used = [0], widths[0]
    for place, width in enumerate(widths[1:], start=1):
        if used + width > room and len(piece) > 1:
            yield piece
            piece, used = [0], widths[0]
        piece.append(place)
        used += width
    yield piece


def _piece(
    table: Table, widths: Mapping[int, int], lines: Sequence[tuple[Line, str]], *, plotted: bool
) -> RenderableType:
    grid = Grid(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False)
    for place, width in widths.items():
        heading = table.headings[place]
        text = _titled(heading) if place else table.title
        right = table.numbers[place] and place > 0
        justify: JustifyMethod = "right" if right else "left"
        grid.add_column(Words(text), justify=justify, overflow="fold", width=width - GAP)
    if plotted:
        grid.add_column("", no_wrap=True, width=PLOT)
    above = ""
    for line, plot in lines:
        if line.heading and line.heading != above:
            grid.add_row(Words(line.heading, style="bold"))
        above = line.heading
        cells = [_cell(line, place) for place in widths]
        grid.add_row(*cells, *([Words(plot)] if plotted else []))
    return Padding(grid, (0, 1))


def _titled(heading: Heading) -> str:
    return f"{heading.text}, {heading.unit}" if heading.unit else heading.text


def _indent(line: Line) -> str:
    """What stands before the name of a line under a heading."""
    return "  " if line.heading else ""


def _cell(line: Line, place: int) -> RenderableType:
    cell = line.cells[place]
    text = Words(cell.text, style="bold" if line.strong else "")
    if place == 0 and line.heading:  # which says what the note would
        return Padding(text, (0, 0, 0, len(_indent(line))))
    return Words.assemble(text, (f"\n{cell.note}", "dim")) if cell.note else text


def drawn(numbers: Sequence[Bounds | None], width: int, mark: float | None = None) -> list[str]:
    """`--o--` for each number, all on one scale; nothing where all are the same.

    Args:
        numbers: what to draw, low, value and high.
        width: in characters.
        mark: a place on the scale to mark with `|`, such as zero.
    """
    spans = [
        [one if isfinite(one) else bounds[1] for one in bounds] if bounds else []
        for bounds in numbers
    ]
    known = [one for span in spans for one in span if isfinite(one)]
    known += [mark] if mark is not None and known else []
    least, most = (min(known), max(known)) if known else (0.0, 0.0)
    if least == most:
        return [""] * len(numbers)

    def column(value: float) -> int:
        return round((value - least) / (most - least) * (width - 1))

    lines = []
    for span in spans:
        line = [" "] * width
        if mark is not None:
            line[column(mark)] = "|"
        if span and not isnan(span[1]):
            for place in range(column(span[0]), column(span[2]) + 1):
                line[place] = "-"
            line[column(span[1])] = "o"
        lines.append("".join(line).rstrip())
    return lines
