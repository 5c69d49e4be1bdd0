"""Bars and maps in characters."""

from __future__ import annotations

from io import StringIO
from math import nan

import pytest
from rich.console import Console, RenderableType

from sim.report.blocks import Bar
from sim.report.marks import DrawnBars, WeekMap


def printed(shown: RenderableType, encoding: str = "utf-8") -> list[str]:
    class File(StringIO):
        pass

    File.encoding = encoding  # type: ignore[assignment, misc]
    console = Console(file=File(), width=80, color_system=None)
    console.print(shown)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_bars_are_as_long_as_their_share_to_the_eighth_of_a_character() -> None:
    lines = printed(
        DrawnBars([Bar("one", 0.5, "50"), Bar("three", 0.026, "2"), Bar("no", 0.0, "0")], 40)
    )
    # 0.5 of 40 are 20 characters; 0.026 of 320 eighths are 8.3, one whole character
    assert lines == [
        "  one    50  " + 20 * "█",
        "  three   2  █",
        "  no      0",
    ]


def test_something_is_never_nothing() -> None:
    assert printed(DrawnBars([Bar("a", 1e-6, "1")]))[0].endswith("▏")
    assert printed(DrawnBars([Bar("a", 1e-6, "1")]), "ascii")[0].endswith("#")


def test_the_map_has_a_row_a_day_and_shades_by_square_root() -> None:
    values = [0.0] * 168
    values[9] = 160.0  # Monday 09:00, the most: darkest
    values[24 + 23] = 9.0  # Tuesday 23:00: sqrt(9 / 160) = 0.24, below a quarter: lightest
    values[6 * 24] = 50.0  # Sunday 00:00: 0.56, the third shade
    values[30] = nan
    lines = printed(WeekMap("Calls", values))
    assert lines[0] == " Calls"
    assert lines[2] == "  Mon " + 9 * "   " + "███"
    assert lines[3] == "  Tue " + 23 * "   " + "░░░"
    assert lines[4] == "  Wed"
    assert lines[8] == "  Sun ▓▓▓"
    # borders at 1, 4, 9 and 16 sixteenths of the most
    assert lines[9].split("   ")[2:] == [
        *("░ up to 10", "▒ up to 40", "▓ up to 90", "█ up to 160"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_it_fits_80_columns_and_the_encoding(encoding: str) -> None:
    shown = [WeekMap("Calls", [12345.0] * 168), DrawnBars([Bar("a" * 20, 1.0, "1,234,567  100 %")])]
    for one in shown:
        for line in printed(one, encoding):
            assert len(line) <= 80
            if encoding != "utf-8":
                line.encode("ascii")


def test_a_week_without_anything_is_blank() -> None:
    lines = printed(WeekMap("Calls", [nan] * 168))
    assert lines[2:9] == ["  Mon", "  Tue", "  Wed", "  Thu", "  Fri", "  Sat", "  Sun"]
