"""Tables as CSV: what a spreadsheet would take for a formula is a text."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from sim.experiment.files import write_csv


def test_names_that_begin_like_a_formula_are_texts(tmp_path: Path) -> None:
    names = ["=1+1", "+x", "-", "@now", "\t=1", "plain", "a=b"]
    table = pd.DataFrame({"option": names, "=sum": [-1.5] * len(names), "n": range(len(names))})
    write_csv(table, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["option", "'=sum", "n"]
    # numbers stay numbers, a negative one too
    assert [row[1] for row in rows] == ["-1.5"] * len(names)
    assert [row[0] for row in rows] == ["'=1+1", "'+x", "'-", "'@now", "'\t=1", "plain", "a=b"]
    assert table["option"].tolist() == names  # the table itself is as it was
