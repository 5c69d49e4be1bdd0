"""Columns of dates and times: the order of day and month is decided by the whole column."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.sheets.numbers import is_text, spread
from sim.sheets.sheet import SheetError, TwoReadingsError
from sim.tables import DAY, Floats

ORDERS = {"d/m/y": (2, 1, 0), "m/d/y": (2, 0, 1), "y/m/d": (0, 1, 2)}
"""Order -> where year, month and day stand in it."""

_WORDS = {order: order.translate({100: "day", 109: "month", 121: "year"}) for order in ORDERS}
"""Order -> as a sentence says it."""

_EPOCH = datetime.date(1970, 1, 1)
_SERIAL_EPOCH = 25569  # 1970-01-01 as a spreadsheet counts days

_SPLIT = r"^(?P<date>.*?)(?:[T\s,]|\s-\s)*(?P<time>\d{1,2}:\d{2}.*)?$"
_TIME = (
    r"^(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}(?:[.,]\d+)?))?\s*(?P<p>[AaPp]\.?\s?[Mm]\.?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
_LABEL = (
    r"(?i)^(?P<start>.*?\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)"
    r"\s*(?:-|–|—|to|bis|à|until)\s*(?P<end>\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)$"
)
_MORE = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?|\pL{3,9}\.?[-,\s]*\d{4})[T\s,]+\d"  # after a date
_END = r"(?![^\WTtZz]|[TtZz][^\W\d])"  # of a date: no letter or digit follows, but `T09:00` or `Z`
_NUMERIC = re.compile(r"(\d{1,4})[-/. ]{1,2}(\d{1,2})[-/. ]{1,2}(\d{1,4})\.?" + _END)
_DAY_NAME = re.compile(r"^([^\W\d]{2,10})\.?,?\s+(?=\d|[^\W\d]{3,9}\.?\s*\d)")
_NAMED = re.compile(r"(\d{1,2})\.?[-\s]*([^\W\d]{3,9})\.?[-,\s]*(\d{4}|\d{2})" + _END)
_NAMED_FIRST = re.compile(r"([^\W\d]{3,9})\.?\s*(\d{1,2}),?\s*(\d{4})" + _END)
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janvier enero ene gennaio",
            "feb february februar février fév fevrier febrero febbraio",
            "mar march märz mär mrz mars marzo",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio",
            "jun june juni juin junio giugno",
            "jul july juli juillet juil julio luglio",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre settembre",
            "oct october oktober okt octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec december dezember dez décembre déc decembre diciembre dic dicembre",
        ),
        start=1,
    )
    for word in words.split()
}


@dataclass(frozen=True)
class Dates:
    """Dates of a column.

    day: [rows] days since 1970-01-01, nan where there is none.
    bad: [rows] whether a cell could not be read.
    order: of day and month, one of `ORDERS`; empty where it does not matter.
    why: the evidence.
    """

    day: Floats
    bad: np.ndarray
    order: str
    why: str


@dataclass(frozen=True)
class Clocks:
    """Times of the day of a column.

    second: [rows] since midnight, nan where there is none; 86400 for 24:00.
    offset: [rows] seconds ahead of UTC where a cell says so, else nan.
    bad: [rows] whether a cell could not be read.
    """

    second: Floats
    offset: Floats
    bad: np.ndarray


def read_dates(column: pa.Array, order: str = "") -> Dates:
    """The dates of a column of text, of dates as such, or of a spreadsheet's serial numbers.

    Args:
        column: the cells; what stands behind the date does not matter.
        order: one of `ORDERS` that holds, whatever the column looks like.

    Raises:
        SheetError: if day and month cannot be told apart, or no order fits all of them.
    """
    if not is_text(column):
        return _native_dates(column)
    encoded = column.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    found, why, order = _dates(texts, order)
    day = np.array([np.nan if one is None else (one - _EPOCH).days for one in found], np.float64)
    return Dates(spread(encoded, day, np.nan), spread(encoded, np.isnan(day), False), order, why)


def read_clocks(column: pa.Array) -> Clocks:
    """The times of the day of a column: `8:30`, `08:30:15.5`, `8:30 PM`, `083000`, `0.354`."""
    if not is_text(column):
        return _native_clocks(column)
    encoded = column.dictionary_encode()
    cells = pc.replace_substring_regex(encoded.dictionary, r"^(\d{1,2})(\d{2})$", r"\1:\2")
    cells = pc.replace_substring_regex(cells, r"^(\d{2})(\d{2})(\d{2})$", r"\1:\2:\3")
    parts = pc.extract_regex(cells, _TIME)
    hour, minute, second = (_number(parts, one) for one in "hms")
    afternoon = pc.utf8_lower(pc.struct_field(parts, "p"))
    pm = _bools(pc.starts_with(afternoon, "p"))
    am = _bools(pc.starts_with(afternoon, "a"))
    clock12 = (pm | am) & (hour <= 12)
    hour = np.where(clock12, hour % 12 + 12 * pm, hour)
    value = hour * 3600 + minute * 60 + second
    good = _bools(parts.is_valid()) & (hour <= 24) & (minute < 60) & (second < 61)
    good &= value <= DAY
    value = np.where(good, value, np.nan)
    offset = np.where(good, _offsets(pc.struct_field(parts, "z")), np.nan)
    return Clocks(
        spread(encoded, value, np.nan),
        spread(encoded, offset, np.nan),
        spread(encoded, ~good, False),
    )


def read_moments(column: pa.Array, order: str = "") -> tuple[Dates, Clocks]:
    """Dates and times of a column that holds both; a date alone is midnight.

    Raises:
        SheetError: as `read_dates`.
    """
    if not is_text(column):
        return _native_dates(column), _native_clocks(column)
    numbers = pc.match_substring_regex(column, r"^\d{9,13}(\.\d+)?$|^[2-7]\d{4}([.,]\d+)?$")
    if column.null_count < len(column) and pc.all(numbers).as_py():
        cells = pc.replace_substring(column, ",", ".").cast(pa.float64())
        return _native_dates(cells), _native_clocks(cells)
    parts = pc.extract_regex(column, _SPLIT)
    date, time = (_texts(parts, one) for one in ("date", "time"))
    # what follows a date and is no time, such as `08.30`, is not dropped: the cell is none
    date = pc.if_else(pc.match_substring_regex(date, _MORE), None, date)
    dates, clocks = read_dates(date, order), read_clocks(time)
    alone = np.isnan(clocks.second) & ~np.isnan(dates.day) & ~clocks.bad
    clocks = Clocks(np.where(alone, 0.0, clocks.second), clocks.offset, clocks.bad)
    lost = _bools(column.is_valid()) & np.isnan(dates.day)
    return Dates(dates.day, dates.bad | lost, dates.order, dates.why), clocks


def label_parts(column: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Start and end of labels such as `08:00 - 08:30`; None if the column holds none."""
    if not is_text(column):
        return None
    parts = pc.extract_regex(column, _LABEL)
    if not _bools(parts.is_valid()).any():
        return None
    return _texts(parts, "start"), _texts(parts, "end")


# --- dates ------------------------------------------------------------------------------------


Found = dict[int, tuple[str, tuple[str, ...]]]
"""Row -> a date as it is written, and its parts."""


def _dates(texts: list[str], order: str) -> tuple[list[datetime.date | None], str, str]:
    """The date of each text, the evidence, and the order of day and month."""
    bare = [_without_day(text) for text in texts]
    dates = [_named(one) for one in bare]
    numeric = {
        at: (found[0], found.groups())
        for at, one in enumerate(bare)
        if (found := _NUMERIC.match(one))
    }
    digits = {at: one for at, one in enumerate(bare) if re.fullmatch(r"\d{6}|\d{8}", one)}
    open_ = {at: one for at, one in numeric.items() if int(one[1][0]) < 1000}
    why = ""
    if open_:
        order, why = (order, "as the map says") if order else _order(open_)
    for at, (_, parts) in numeric.items():
        dates[at] = _in_order(order if at in open_ else "y/m/d", parts)
    if digits:
        compact, said = _compact(digits, order)
        why = why or said
        dates = [compact.get(at, one) for at, one in enumerate(dates)]
    return dates, why, order


def _in_order(order: str, parts: tuple[str, ...]) -> datetime.date | None:
    year, month, day = (int(parts[place]) for place in ORDERS[order])
    return _date(year, month, day)


def _without_day(text: str) -> str:
    """`2 Nov 2026` of `Mon 2 Nov 2026`."""
    found = _DAY_NAME.match(text)
    return text[found.end() :] if found and found[1].casefold() not in _MONTHS else text


def _order(dates: Found) -> tuple[str, str]:
    """The order of day and month that the whole column has, and the date that shows it."""
    first = next((text for text, (a, _, _) in dates.values() if int(a) > 12), "")
    second = next((text for text, (_, b, _) in dates.values() if int(b) > 12), "")
    if first and second:
        raise SheetError(f"dates such as `{first}` and `{second}` have no order in common")
    if first or second:
        order = "d/m/y" if first else "m/d/y"
        return order, f"{_WORDS[order]}, as in `{first or second}`"
    text = next(iter(dates.values()))[0]
    if "." in text:
        return "d/m/y", f"day.month.year, as points are written in `{text}`"
    spans = {
        order: _span(_in_order(order, parts) for _, parts in dates.values())
        for order in ("d/m/y", "m/d/y")
    }
    for order, other in (("d/m/y", "m/d/y"), ("m/d/y", "d/m/y")):
        (short, number), (long, _) = spans[order], spans[other]
        if number >= 3 and short <= 2 * number and long >= 10 * short:
            return order, f"{_WORDS[order]}: {number} dates within {short} days, not within {long}"
    raise TwoReadingsError(
        text,
        f"`{text}` may be day/month or month/day, and no other date decides",
        "say `dates: d/m/y` or `dates: m/d/y`",
    )


def _span(dates: Iterable[datetime.date | None]) -> tuple[int, int]:
    """Within how many days they lie, and how many different ones there are."""
    days = {one.toordinal() for one in dates if one is not None}
    return (max(days) - min(days) + 1, len(days)) if days else (0, 0)


def _compact(digits: dict[int, str], order: str) -> tuple[dict[int, datetime.date | None], str]:
    """Dates of eight or six digits: `20261123`, `261123`, `23112026`."""

    def cut(text: str, name: str) -> tuple[str, ...]:
        ends = (-4, -2) if name == "y/m/d" else (2, 4)
        return text[: ends[0]], text[ends[0] : ends[1]], text[ends[1] :]

    whole = {
        name: dates
        for name in ("y/m/d", "d/m/y", "m/d/y")
        if order in ("", name)
        and all(
            (dates := {at: _in_order(name, cut(one, name)) for at, one in digits.items()}).values()
        )
    }
    if not whole:
        return {}, ""
    spans = {name: _span(dates.values())[0] for name, dates in whole.items()}
    best, text = min(spans, key=lambda name: spans[name]), next(iter(digits.values()))
    near = [name for name in whole if name != best and spans[name] < 5 * spans[best]]
    if near and len(set(map(str, whole.values()))) > 1:
        raise TwoReadingsError(
            text,
            f"`{text}` can be read as more than one date",
            "say `dates: y/m/d`, `dates: d/m/y` or `dates: m/d/y`",
        )
    return whole[best], f"{_WORDS[best].replace('/', ', ')} in digits, as in `{text}`"


def _named(text: str) -> datetime.date | None:
    if found := _NAMED.match(text):
        day, word, year = found.groups()
    elif found := _NAMED_FIRST.match(text):
        word, day, year = found.groups()
    else:
        return None
    month = _MONTHS.get(word.casefold())
    return _date(int(year), month, int(day)) if month else None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


# --- native -----------------------------------------------------------------------------------


def _native_seconds(column: pa.Array) -> tuple[Floats, str]:
    """Seconds since 1970 of times as such, serial numbers of a spreadsheet, or Unix times."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        micro = pc.cast(column, pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.int64())
        return _float(micro) / 1e6, "UTC" if kind.tz else ""
    if pa.types.is_date(kind):
        return _float(column.cast(pa.date32()).cast(pa.int32())) * DAY, ""
    if pa.types.is_time(kind):
        return _float(column.cast(pa.time64("us")).cast(pa.int64())) / 1e6, ""
    return _of_numbers(_float(column))


def _of_numbers(values: Floats) -> tuple[Floats, str]:
    size = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    if size > 1e11:
        return values / 1000.0, "UTC"
    if size > 1e8:
        return values, "UTC"
    if size >= 1.0:
        return np.round((values - _SERIAL_EPOCH) * DAY, 3), "serial"
    return np.round(values * DAY, 3), "serial"


def _native_dates(column: pa.Array) -> Dates:
    seconds, kind = _native_seconds(column)
    why = {"UTC": "times since 1970 (UTC)", "serial": "serial dates of a spreadsheet"}.get(kind, "")
    bad = np.zeros(len(seconds), bool)
    if kind == "serial" and len(seconds) and not np.all(_plausible(seconds)):
        bad = ~np.isnan(seconds) & ~_plausible(seconds)
    return Dates(np.where(bad, np.nan, np.floor(seconds / DAY)), bad, "", why)


def _plausible(seconds: Floats) -> np.ndarray:
    """Within 1950 to 2120: other numbers are no dates."""
    return np.isnan(seconds) | ((seconds > -20 * 366 * DAY) & (seconds < 150 * 366 * DAY))


def _native_clocks(column: pa.Array) -> Clocks:
    seconds, kind = _native_seconds(column)
    offset = np.full(len(seconds), 0.0 if kind == "UTC" else np.nan)
    return Clocks(seconds % DAY, offset, np.zeros(len(seconds), bool))


# --- columns ----------------------------------------------------------------------------------


def _offsets(zone: pa.Array) -> Floats:
    """Seconds ahead of UTC, of `Z` and `+01:00`."""
    parts = pc.extract_regex(zone, r"^(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?$")
    sign = np.where(_bools(pc.equal(pc.struct_field(parts, "sign"), "-")), -1.0, 1.0)
    size = _number(parts, "h") * 3600 + _number(parts, "m") * 60
    utc = _bools(pc.is_in(zone, value_set=pa.array(["Z", "UTC", "GMT"])))
    return np.where(utc, 0.0, np.where(_bools(parts.is_valid()), sign * size, np.nan))


def _number(parts: pa.Array, name: str) -> Floats:
    text = pc.replace_substring(pc.struct_field(parts, name), ",", ".")
    value = pc.cast(pc.if_else(pc.equal(text, ""), "0", text), pa.float64())
    return np.nan_to_num(_float(value))


def _texts(parts: pa.Array, name: str) -> pa.Array:
    text = pc.utf8_trim_whitespace(pc.struct_field(parts, name))
    valid = pc.and_(parts.is_valid(), pc.not_equal(text, ""))
    return pc.if_else(valid, text, pa.scalar(None, pa.string()))


def _bools(mask: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), bool)


def _float(column: pa.Array) -> Floats:
    return np.asarray(
        pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64
    )
