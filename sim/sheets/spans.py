"""Columns of durations: seconds, milliseconds, minutes, or `h:mm:ss`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.sheets.numbers import is_text, read_numbers, spread
from sim.tables import Floats

UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""Unit -> seconds. `d` is what spreadsheets keep: parts of a day."""

_COLONS = (
    r"^-?(?:(?P<d>\d+)\s*(?:d|days?|\.)\s*)?(?:(?P<h>\d+):)?(?P<m>\d+):(?P<s>\d{1,2}(?:[.,]\d+)?)$"
)
_WORDS = (
    r"(?i)^P?T?(?:(?P<h>\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std)\.?\s*)?"
    r"(?:(?P<m>\d+(?:[.,]\d+)?)\s*(?:m|min|mins|minutes?|minuten)\.?\s*)?"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|sek)\.?)?$"
)


def has_colons(column: pa.Array) -> bool:
    """Whether the cells are written as `h:mm:ss` or `m:ss`."""
    if not is_text(column):
        return False
    cells = pc.drop_null(pc.unique(column))
    return bool(pc.any(pc.match_substring_regex(cells, _COLONS)).as_py())


def two_parts(column: pa.Array) -> bool:
    """Whether all durations have two parts, `4:12`: minutes and seconds, or hours and minutes."""
    cells = pc.drop_null(pc.unique(column))
    parts = pc.match_substring_regex(cells, r"^\d+:\d{1,2}$")
    return bool(len(cells) and pc.all(parts).as_py())


def read_spans(column: pa.Array, unit: str = "s", decimal: str = ".") -> tuple[Floats, np.ndarray]:
    """The durations of a column in seconds, and where it holds something else.

    Args:
        column: plain numbers of `unit`; `1:02:03`, `4:12` (minutes and seconds; hours and minutes
            if the unit is `h`), `0 days 00:04:12`, `4 min 12 s`, `4.2 min`, `PT4M12S`, or durations
            as such.
        unit: one of `UNITS`, of plain numbers.
        decimal: mark of plain numbers.
    """
    if pa.types.is_duration(column.type):
        micro = pc.cast(column, pa.duration("us"), safe=False).cast(pa.int64())
        return _floats(micro) / 1e6, np.zeros(len(column), bool)
    if pa.types.is_time(column.type):
        micro = column.cast(pa.time64("us")).cast(pa.int64())
        return _floats(micro) / 1e6, np.zeros(len(column), bool)
    if not is_text(column):
        values, bad = read_numbers(column)
        return values * UNITS[unit], bad
    encoded = column.dictionary_encode()
    cells = encoded.dictionary
    numbers, bad = read_numbers(cells, decimal)
    found = numbers * UNITS[unit]
    for pattern in (_COLONS, _WORDS):
        if not bad.any():
            break
        seconds = _parts(cells, pattern, hours=unit == "h" and two_parts(cells))
        read = bad & ~np.isnan(seconds)
        found[read], bad = seconds[read], bad & ~read
    return spread(encoded, found, np.nan), spread(encoded, bad, False)


def _parts(cells: pa.Array, pattern: str, *, hours: bool) -> Floats:
    """The sum of days, hours, minutes and seconds, where the cells are written so."""
    found = pc.extract_regex(cells, pattern)
    total = np.zeros(len(cells))
    sizes = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
    if hours:
        sizes.update(m=3600.0, s=60.0)
    for part, size in sizes.items():
        if found.type.get_field_index(part) < 0:
            continue
        text = pc.replace_substring(pc.struct_field(found, part), ",", ".")
        value = _floats(pc.cast(pc.if_else(pc.equal(text, ""), "0", text), pa.float64()))
        total += value * size
    return np.where(_floats(pc.cast(found.is_valid(), pa.float64())) > 0, total, np.nan)


def _floats(column: pa.Array) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
