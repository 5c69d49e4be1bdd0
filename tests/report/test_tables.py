"""Tables: which columns are of numbers, and that a narrow terminal cuts none of them."""

from __future__ import annotations

from math import inf

import pytest

from sim.report.blocks import Cell, Origin, Report, Section, Table
from sim.report.tables import line, table
from sim.report.terminal import as_text


def shown(block: Table, width: int) -> list[str]:
    section = Section("all", "All", (block,))
    report = Report("What?", "", "This.", "", (), (), (section,), Origin({}, "", ()))
    return [one.rstrip() for one in as_text(report, width).splitlines()]


def test_a_column_is_of_numbers_unless_a_cell_is_sorted_by_text() -> None:
    found = table(
        "t",
        "Queue",
        ("Queue", "Contacts", "Again", "Remark"),
        [
            line("sales", Cell("1,200", sort=1200.0), Cell("–"), "busy"),
            line("orders", Cell("90", sort=90.0), Cell("3", sort=3.0), ""),
        ],
        first=True,
    )
    assert found.numbers == [False, True, True, False]
    lines = shown(found, 80)
    (head,) = (one for one in lines if "Contacts" in one)
    (sales,) = (one for one in lines if "1,200" in one)
    # numbers end where their heading ends, texts begin where theirs begins
    assert sales.index("1,200") + 5 == head.index("Contacts") + 8
    assert sales.index("busy") == head.index("Remark")


def test_a_line_stands_only_in_the_parts_of_a_table_in_which_it_says_something() -> None:
    names = ("Wanted, of all days there are", "This plan, in the mean", "Now, in the mean")
    found = table(
        "t",
        "Target",
        ("Target", *names, "Good days"),
        [
            line("Abandonment", *(Cell("5.1 %", sort=0.051) for _ in names), Cell("97 %", sort=1)),
            line("All together", *(Cell("–") for _ in names), Cell("91 %", sort=0.91)),
        ],
        first=True,
    )
    parts = "\n".join(shown(found, 60)).split("Target")[-2:]
    assert "All together" not in parts[0]
    assert "All together" in parts[1]
    assert "91 %" in parts[1]
    assert "All together" in "\n".join(shown(found, 160))


@pytest.mark.parametrize("width", [60, 61, 70, 80, 120])
def test_no_number_and_no_plot_is_cut_however_narrow_the_terminal(width: int) -> None:
    cells = (Cell("open later", sort="open later"), Cell("+1,134", "±353", 1134.0))
    found = table(
        "t",
        "Value",
        ("Value", "Best", "open later leads by, EUR", "Over closed"),
        [
            line(
                *(name, *cells, Cell("+12,365", sort=12365.0)),
                plot=(-inf, middle, 4.0),
                heading="purchase: unaided: the answer depends on it",
            )
            for name, middle in (("0 %", 1.0), ("2 % (baseline)", 3.0))
        ],
        mark=0.0,
        first=True,
    )
    lines = shown(found, width)
    assert max(map(len, lines)) <= width
    assert not any("…" in one for one in lines)
    drawn = [one for one in lines if "+12,365" in one]
    assert [one[-1] for one in drawn] == ["-", "-"]  # each plot up to its end


def test_a_plot_that_stands_in_a_part_by_itself_is_there() -> None:
    lines = [line(name, Cell("1" * 40), "", plot=(0.0, n, 2.0)) for n, name in enumerate("ab")]
    shown_at = shown(table("t", "Value", ("Value", "Number", ""), lines, first=True), 60)
    assert sum("-o-" in one or "o--" in one for one in shown_at) == 2
