"""The tables of several files as one, with the way back to file and line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.scenario.faults import Fault, ScenarioError, meant, shown
from sim.sheets import Sheet
from sim.sheets.numbers import is_text
from sim.sheets.sheet import TOTAL

MOST_FAULTS = 5


@dataclass(frozen=True)
class Merged:
    """Columns of several sheets, one after the other.

    columns: header -> cells; file: [rows] number of the sheet; line: [rows] in its file.
    """

    sheets: tuple[Sheet, ...]
    columns: dict[str, pa.Array]
    file: np.ndarray
    line: np.ndarray

    def __len__(self) -> int:
        return len(self.line)

    def only(self, kept: np.ndarray) -> Merged:
        """The rows of a mask."""
        mask = pa.array(kept)
        columns = {name: column.filter(mask) for name, column in self.columns.items()}
        return Merged(self.sheets, columns, self.file[kept], self.line[kept])

    def cells(self, name: str) -> pa.Array:
        """A column by its header, in small or capital letters."""
        return self.columns[name.casefold()]

    def place(self, row: int) -> tuple[str, int]:
        """File and line of a row."""
        return self.sheets[int(self.file[row])].file, int(self.line[row])

    def fault(self, row: int, message: str, column: str = "") -> Fault:
        """A fault of a row."""
        file, line = self.place(row)
        return Fault(file, line, column, message)

    def refuse(self, bad: np.ndarray, column: str, what: str) -> None:
        """Raise for the first rows of a mask, each with what stands there."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        cells = self.cells(column)
        said = [f"{shown(cells[int(row)].as_py())} is not {what}" for row in rows[:MOST_FAULTS]]
        if len(rows) > MOST_FAULTS:
            said[-1] += f"; neither are {len(rows) - MOST_FAULTS:,} more lines"
            said[-1] += "; `unreadable: leave out` in a map skips them"
        raise ScenarioError(
            self.fault(int(row), message, column)
            for row, message in zip(rows.tolist(), said, strict=False)
        )

    def in_earlier_file(self) -> np.ndarray:
        """[rows] alike in all columns to a row of an earlier file: exports that overlap."""
        cells = {name: column.to_pandas() for name, column in self.columns.items()}
        alike = pd.util.hash_pandas_object(pd.DataFrame(cells), index=False).to_numpy()
        first = pd.Series(self.file).groupby(alike).transform("min").to_numpy()
        return np.asarray(self.file > first)

    def totals(self) -> np.ndarray:
        """[rows] whether a text cell says that the row is a total."""
        found = np.zeros(len(self), bool)
        for column in self.columns.values():
            if is_text(column):
                found |= bools(pc.match_substring_regex(column, TOTAL))
        return found


def merge(sheets: Sequence[Sheet], names: set[str]) -> Merged:
    """The columns of these names, of all sheets.

    Raises:
        ScenarioError: for each column that a sheet lacks.
    """
    faults = []
    for sheet in sheets:
        for name in sorted(names):
            if name.casefold() not in sheet.folded:
                message = f"there is no column `{name}`" + meant(name, sheet.columns)
                faults.append(Fault(sheet.file, 1, "", message))
    if faults:
        raise ScenarioError(faults)
    columns = {name.casefold(): _joined(sheets, name.casefold()) for name in sorted(names)}
    file = np.repeat(np.arange(len(sheets)), [len(one) for one in sheets])
    return Merged(tuple(sheets), columns, file, np.concatenate([one.line for one in sheets]))


def _joined(sheets: Sequence[Sheet], name: str) -> pa.Array:
    cells = [sheet.columns[sheet.folded[name]] for sheet in sheets]
    kinds = {column.type for column in cells if column.null_count < len(column)}
    if len(kinds) <= 1:
        kind = kinds.pop() if kinds else pa.string()
        cells = [column if column.type == kind else pa.nulls(len(column), kind) for column in cells]
    else:
        cells = [column if is_text(column) else _as_text(column) for column in cells]
    return cells[0] if len(cells) == 1 else pa.concat_arrays(cells)


def _as_text(column: pa.Array) -> pa.Array:
    text = pc.cast(column, pa.string())
    return pc.replace_substring_regex(text, r"\.0+$", "")


def coded(words: pa.Array) -> tuple[np.ndarray, list[str]]:
    """[rows] places among the different words of a column, and these; nothing is an empty one."""
    encoded = words.fill_null("").dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def bools(mask: pa.Array) -> np.ndarray:
    """[rows] a mask; nothing is no."""
    return np.asarray(mask.fill_null(False).to_numpy(zero_copy_only=False), bool)


def bare(text: str) -> str:
    """A word as outcomes compare it: small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()
