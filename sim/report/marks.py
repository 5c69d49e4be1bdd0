"""Small pictures in characters: bars, and a map of the week. In plain ASCII where there is no more.

They carry their numbers with them, so that nothing depends on colour or on fine shades.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sim.report.blocks import Bar
from sim.report.words import WEEKDAYS

EIGHTHS = "▏▎▍▌▋▊▉█"
SHADES = " ░▒▓█"
ASCII_SHADES = " .+#@"


@dataclass(frozen=True)
class DrawnBars:
    """Bars below each other, on one scale, as long as there is room."""

    bars: Sequence[Bar]
    width: int = 40

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print them."""
        label = max((len(one.label) for one in self.bars), default=0)
        value = max((len(one.value) for one in self.bars), default=0)
        width = max(10, min(self.width, options.max_width - label - value - 6))
        for one in self.bars:
            drawn = _bar(one.share, width, ascii_only=options.ascii_only)
            yield Text.assemble(
                f"  {one.label:<{label}}  {one.value:>{value}}  ", (drawn, "cyan"), no_wrap=True
            )


def _bar(share: float, width: int, *, ascii_only: bool) -> str:
    """A bar to the eighth of a character; something is never nothing."""
    if ascii_only:
        return "#" * max(round(share * width), int(share > 0))
    eighths = max(round(share * width * 8), int(share > 0))
    rest = eighths % 8
    return "█" * (eighths // 8) + (EIGHTHS[rest - 1] if rest else "")


@dataclass(frozen=True)
class WeekMap:
    """Weekday by hour of the day, darker where there is more; under it what a shade means.

    title: of the map; values: of the 168 hours of the week, from Monday 00:00, nan for none.
    """

    title: str
    values: Sequence[float]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print it."""
        shades = ASCII_SHADES if options.ascii_only else SHADES
        wide = 3 if options.max_width >= 78 else 2
        most = max((value for value in self.values if not isnan(value)), default=0.0)
        yield Text(f" {self.title}", style="bold")
        yield Text(
            "      " + "".join(f"{hour:<{2 * wide}}" for hour in range(0, 24, 2)).rstrip(),
            style="dim",
        )
        for day, name in enumerate(WEEKDAYS):
            hours = self.values[24 * day : 24 * day + 24]
            row = "".join(wide * shades[_level(value, most)] for value in hours)
            yield Text.assemble(f"  {name} ", (row.rstrip(), "cyan"), no_wrap=True)
        yield Text(f"      {_legend(shades, most)}", style="dim")


def _level(value: float, most: float) -> int:
    """The shade of a value: by its square root, so that one hour does not drown the others."""
    if isnan(value) or value <= most / 200:
        return 0
    return min(4, 1 + int(4 * sqrt(value / most) * 0.9999))


def _legend(shades: str, most: float) -> str:
    borders = [most * (step / 4) ** 2 for step in range(1, 5)]
    return "   ".join(
        f"{shade} up to {_plain(border)}" for shade, border in zip(shades[1:], borders, strict=True)
    )


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
