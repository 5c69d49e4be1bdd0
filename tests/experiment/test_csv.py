"""Tables as CSV: what a spreadsheet would take for a formula is a text."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from sim.experiment.files import write_csv, write_parquet


def test_names_that_begin_like_a_formula_are_texts(tmp_path: Path) -> None:
    names = ["=1+1", "+x", "-", "@now", "\t=1", "plain", "a=b"]
    table = {"option": names, "=sum": [-1.5] * len(names), "n": range(len(names))}
    write_csv(table, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["option", "'=sum", "n"]
    # numbers stay numbers, a negative one too
    assert [row[1] for row in rows] == ["-1.5"] * len(names)
    assert [row[0] for row in rows] == ["'=1+1", "'+x", "'-", "'@now", "'\t=1", "plain", "a=b"]
    assert table["option"] == names  # the table itself is as it was


def test_numbers_are_whole_and_what_is_unknown_is_empty(tmp_path: Path) -> None:
    third = 1 / 3
    table = {"exact": [third, float("nan")], "name": ["x", None], "count": np.array([1, 2])}
    write_csv(table, tmp_path / "a.csv")
    write_parquet(table, tmp_path / "a.parquet", empty=True)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert text == f"exact,name,count\n{third!r},x,1\n,,2\n"
    again = pd.read_parquet(tmp_path / "a.parquet")
    assert again["exact"][0] == third
    assert again.isna().to_numpy().tolist() == [[False] * 3, [True, True, False]]
    assert again["count"].dtype == np.int64
