"""Columns of numbers: which mark is the decimal one is decided by the whole table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.sheets.sheet import SheetError
from sim.tables import Floats

_COMMA = r"^-?\d*,(\d{1,2}|\d{4,})$|^-?\d{1,3}([.' \x{00a0}\x{202f}]\d{3})+,\d+$|^-?0\d*,\d+$"
_POINT = r"^-?\d*\.(\d{1,2}|\d{4,})$|^-?\d{1,3}([,' \x{00a0}\x{202f}]\d{3})+\.\d+$|^-?0\d*\.\d+$"
_MANY_POINTS = r"^-?\d{1,3}(\.\d{3}){2,}$"
_MANY_COMMAS = r"^-?\d{1,3}(,\d{3}){2,}$"
_LONG_COMMA = r"^-?\d{4,},\d{3}$"
_LONG_POINT = r"^-?\d{4,}\.\d{3}$"
_EITHER = r"^-?[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True)
class Marks:
    """The decimal mark of a table, `,` or `.`, and why; empty where nothing needs one."""

    decimal: str
    why: str


def is_text(column: pa.Array) -> bool:
    """Whether the cells are text, and not what the file itself knows to be numbers or times."""
    return bool(pa.types.is_string(column.type))


def decimal_of(columns: Iterable[pa.Array], delimiter: str = "") -> Marks:
    """The decimal mark that columns of numbers share.

    What decides, in this order: a number that can be read in one way only (`81,2`, `1.044,5`,
    `0.125`, `1.044.000`); fields separated by commas, which leave the point. Without any of
    these, `1.044` has two meanings, and the mark stays open (empty, with a reason).

    Raises:
        SheetError: if numbers contradict each other.
    """
    seen: dict[str, str] = {}
    either = ""
    for column in columns:
        if not is_text(column):
            continue
        cells = _bare(pc.drop_null(pc.unique(column)))
        for mark, patterns in (
            (",", (_COMMA, _MANY_POINTS, _LONG_COMMA)),
            (".", (_POINT, _MANY_COMMAS, _LONG_POINT)),
        ):
            if mark not in seen:
                seen.update({mark: one} if (one := _first(cells, "|".join(patterns))) else {})
        either = either or _first(cells, _EITHER)
    if len(seen) == 2:
        raise SheetError(
            f"has `{seen[',']}` beside `{seen['.']}`: say which is the decimal mark, "
            '`decimal: ","` or `decimal: "."`'
        )
    for mark, example in seen.items():
        name = "comma" if mark == "," else "point"
        return Marks(mark, f"decimal {name}, as in `{example}`")
    if either and delimiter == ",":
        return Marks(".", f"`{either}`: fields are separated by commas, so the point is decimal")
    if either:
        return Marks("", f"`{either}` may be {either[:-4]}{either[-3:]} or {_as_decimal(either)}")
    return Marks(".", "")


def read_numbers(column: pa.Array, decimal: str = ".") -> tuple[Floats, np.ndarray]:
    """The numbers of a column, and where it holds something else.

    Thousands may be set apart by the other mark, by spaces or by `'`; `81 %` is 0.81.

    Returns:
        [rows] numbers, nan where there is none; [rows] whether a cell could not be read.
    """
    if not is_text(column):
        cast = pc.cast(column, pa.float64(), safe=False)
        own = np.asarray(cast.to_numpy(zero_copy_only=False), np.float64)
        return np.where(np.isinf(own), np.nan, own), np.isinf(own)
    encoded = column.dictionary_encode()
    cells = _bare(encoded.dictionary)
    thousands = "." if decimal == "," else ","
    plain = pc.replace_substring(cells, thousands, "")
    plain = pc.replace_substring_regex(plain, r"['\s\x{00a0}\x{202f}]", "")
    plain = pc.replace_substring(plain, decimal, ".")
    grouped = pc.match_substring_regex(
        cells,
        rf"^[-+]?(\d{{1,3}}([{thousands}'\s\x{{00a0}}\x{{202f}}]\d{{3}})+|\d*)"
        rf"(\{decimal}\d*)?([eE][-+]?\d+)?$",
    )
    good = pc.and_(grouped, pc.match_substring_regex(plain, r"^[^eE]*\d"))
    values = pc.cast(pc.if_else(good, plain, None), pa.float64())
    found = np.asarray(values.to_numpy(zero_copy_only=False), np.float64)
    found = np.where(np.isinf(found), np.nan, found)  # 1e999
    percent = np.asarray(pc.ends_with(encoded.dictionary, "%").to_numpy(zero_copy_only=False))
    found = np.where(percent.astype(bool), found / 100.0, found)
    return spread(encoded, found, np.nan), spread(encoded, np.isnan(found), False)


def spread(encoded: pa.DictionaryArray, values: np.ndarray, missing: object) -> np.ndarray:
    """What was found of each different cell, at every row; `missing` where there is none."""
    index = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.append(values, np.array([missing], dtype=values.dtype))[index]
    return found


def _bare(cells: pa.Array) -> pa.Array:
    """Without per cent signs and currencies."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, r"[%€$£]|\bEUR\b", ""))


def _first(cells: pa.Array, pattern: str) -> str:
    found = cells.filter(pc.match_substring_regex(cells, pattern))
    return str(found[0]) if len(found) else ""


def _as_decimal(text: str) -> str:
    return text.replace(",", ".")
