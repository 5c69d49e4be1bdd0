"""A map guessed from the header and the contents of a table, with the evidence for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import pyarrow as pa

from sim.data.maps import Map, Source
from sim.data.remarks import read, wrong
from sim.data.words import INBOUND, NO, NUMBERS, OUTBOUND, ROLES, YES, known, outcome_of
from sim.scenario.faults import ScenarioError
from sim.scenario.values import visible
from sim.sheets import Sheet, label_parts, read_clocks, read_moments
from sim.sheets.numbers import is_text
from sim.sheets.sheet import SheetError
from sim.sheets.spans import has_colons

_UNIT = re.compile(
    r"(?:[\s_]in)?[\s_([\-]{1,3}(?P<unit>ms|millis|milliseconds|s|sec|secs|seconds|sek|sekunden|"
    r"secondes|min|mins|minutes|minuten|h|hours|%)[\s)\]]*$",
    re.IGNORECASE,
)
MANY = 50  # queues of a centre
WAITS = {"wait", "left", "answered"}  # roles that tell how long contacts waited
_ANSWERED = {**dict.fromkeys(YES, "answered"), **dict.fromkeys(NO, "abandoned")}


def norm(header: str) -> str:
    """A header as the patterns have it: small letters, words apart, accents and units gone."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _UNIT.sub("", header))
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", plain.casefold()).split())


def unit_of(header: str) -> str:
    """The unit that a header names; empty if none."""
    found = _UNIT.search(header)
    if not found or found["unit"] == "%":
        return ""
    word = found["unit"].casefold()
    if word in ("ms", "millis", "milliseconds"):
        return "ms"
    return {"m": "min", "s": "s", "h": "h"}[word[0]]


def measure_of(header: str) -> str:
    """The role of a column of an interval report that counts or measures; empty if none."""
    said = norm(header)
    roles = ((role, one) for role, one in ROLES["intervals"].items() if one.kind in NUMBERS)
    return next((role for role, one in roles if _fits(one.headers, said)), "")


def guess(sheet: Sheet) -> tuple[Map, dict[str, str]]:
    """The map that a table seems to need, and for each role the evidence.

    Raises:
        ScenarioError: if not even times can be found; it lists the columns.
    """
    headers = {name: norm(name) for name in sheet.columns}
    interval = _is_interval(headers)
    rows = "intervals" if interval else "contacts"
    roles, found = ROLES[rows], _roles(sheet, headers, interval=interval)
    when = "start" if interval else "arrived"
    columns: dict[str, Source] = {}
    others = set(found.values()) - {found.get(when)}
    moment, why = _moment(sheet, headers, found.get(when), others)
    if moment is None:
        raise _no_times(sheet, headers, others)
    evidence = {when: why}
    columns[when] = moment
    for role, name in found.items():
        if role == when or name in moment.names():
            continue
        unit = unit_of(name) if roles[role].kind == "duration" else ""
        kind = Source.read({"column": [name], **({"unit": unit} if unit else {})})
        if role == "outcome" and _certain(sheet.columns[name], YES | NO):
            kind = kind.model_copy(update={"values": _ANSWERED})
        if role in ("answered", "left", "ended") and not interval:
            kind = _same_date(sheet, name, moment)
        columns[role] = kind
        evidence[role] = f"by its header `{name}`"
    if interval and "offered" not in columns:
        raise wrong("", "no-offered", file=sheet.file)
    fields = {"map": f"guessed for {visible(_name(sheet.file))}", "rows": rows, "columns": columns}
    return Map.read(fields), evidence


def _roles(sheet: Sheet, headers: dict[str, str], *, interval: bool) -> dict[str, str]:
    """Role -> column, by headers; of columns that may be it the first whose cells can be, too."""
    found: dict[str, str] = {}

    def cells_of(role: str, name: str) -> int:
        return 0 if interval or role not in _CAN_BE else _CAN_BE[role](sheet.columns[name])

    for role, patterns, is_span in _patterns("intervals" if interval else "contacts"):
        fits = [
            name
            for name, said in headers.items()
            if _fits(patterns, said)
            and name not in found.values()
            and (interval or is_span or not unit_of(name))  # what has a unit is a duration
        ]
        best = max(fits, key=lambda name: cells_of(role, name), default=None)
        if best is not None and cells_of(role, best) >= 0:
            found.setdefault(role.rstrip("?"), best)
    both = not interval and {"outcome", "abandoned"} <= set(found)
    if both and not cells_of("outcome", found["outcome"]):
        del found["outcome"]  # what came of it in words of their own, beside whether they gave up
    return found


def _patterns(rows: str) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Role, patterns of its headers, whether it is a duration; with `?` what they may mean."""
    for role, one in ROLES[rows].items():
        yield role, one.headers, one.kind == "duration"
        yield f"{role}?", one.perhaps, one.kind == "duration"


def _certain(column: pa.Array, *words: Collection[str]) -> bool:
    """Whether a column has nothing but some words."""
    return any(known(column, some) == 1 for some in words)


def _outcome(column: pa.Array) -> int:
    words = [str(one) for one in column.drop_null().unique().to_pylist()[:MANY]]
    meant = sum(map(bool, map(outcome_of, words))) >= max(len(words) / 2, 1)
    said = meant or _certain(column, YES | NO)
    return -1 if _certain(column, INBOUND | OUTBOUND) else int(said)


_CAN_BE: dict[str, Callable[[pa.Array], int]] = {
    "queue?": lambda column: -_certain(column, INBOUND | OUTBOUND, YES | NO),
    "direction": lambda column: 2 * _certain(column, INBOUND | OUTBOUND) - 1,
    "answered": lambda column: -_certain(column, YES | NO),
    "left": lambda column: int(_whole(column) or _clock(column)) - 1,
    "outcome": _outcome,
    "abandoned": lambda column: 2 * _certain(column, YES | NO) - 1,
}
"""Role of a contact -> whether a column's cells are those of it: 1 surely, 0 perhaps, -1 no."""


def hints(sheet: Sheet, found: Map) -> Iterator[str]:
    """Columns that nobody uses, and which may be what is missing."""
    if found.rows != "contacts":
        return
    spare = {name: one for name, one in sheet.columns.items() if name not in found.names()}
    for name, column in spare.items() if "queue" not in found.columns else ():
        many = len(column.drop_null().unique())
        words = _names(column) and not _certain(column, INBOUND | OUTBOUND, YES | NO)
        if words and 2 <= many <= MANY:
            yield read("queue-perhaps", column=name, many=many)
    for name, column in spare.items() if not WAITS & found.columns.keys() else ():
        if has_colons(column.drop_null()[:200]) and not _whole(column):
            yield read("wait-perhaps", column=name)


def _names(column: pa.Array) -> bool:
    """Whether most cells begin with a letter."""
    some = column.drop_null()[:200]
    return is_text(some) and bool(np.mean([one.as_py()[:1].isalpha() for one in some] or [0]) > 0.5)


def _name(file: str) -> str:
    return re.split(r"[\\/]", file)[-1]


def _is_interval(headers: dict[str, str]) -> bool:
    """An interval report counts: two of its columns that no log of contacts has."""
    counting = ("offered", "answered", "abandoned", "asa", "aht", "service_level", "staff")
    counts, single = ROLES["intervals"], ROLES["contacts"]
    hits = {
        one for one in counting for said in headers.values() if _fits(counts[one].headers, said)
    }
    own = ("contact", "agent", "customer", "outcome", "talk")
    contact = {
        role
        for role in own
        for name, said in headers.items()
        if _fits(single[role].headers, said)
        and (role not in ("outcome", "talk") or not measure_of(name))
    }
    return (len(hits) >= 2 and len(hits) > len(contact)) or ("offered" in hits and not contact)


def _fits(patterns: Sequence[str], said: str) -> bool:
    return bool(patterns) and re.fullmatch("|".join(patterns), said) is not None


def _moment(
    sheet: Sheet, headers: dict[str, str], chosen: str | None, others: set[str]
) -> tuple[Source | None, str]:
    """Where the time of arrival, or of the interval, stands: one column or two."""
    date = _date_column(headers, others)
    if chosen and _whole(sheet.columns[chosen]):
        return Source.read({"column": [chosen]}), f"by its header `{chosen}`"
    if date and _whole(sheet.columns[date]) and not chosen:
        return Source.read({"column": [date]}), f"by its header `{date}`"
    if date:
        timed = [chosen] if chosen else []
        timed += [
            name for name in sheet.columns if name not in others and name not in (date, chosen)
        ]
        for name in timed:
            if name and _clock(sheet.columns[name]):
                source = Source.read({"date": date, "time": [name]})
                return source, f"date in `{date}`, time in `{name}`"
    for name, column in sheet.columns.items():
        if name not in others and not pa.types.is_floating(column.type) and _whole(column):
            return Source.read({"column": [name]}), f"`{name}` is the first with times"
    return None, ""


def _no_times(sheet: Sheet, headers: dict[str, str], others: set[str]) -> ScenarioError:
    """What is said of a table in which no column of times is recognised."""
    if date := _date_column(headers, others):
        return wrong("", "no-hours", file=sheet.file, column=date)
    return wrong("", "no-times", file=sheet.file, columns=", ".join(list(sheet.columns)[:12]))


def _date_column(headers: dict[str, str], others: set[str]) -> str | None:
    pattern = r"(call |start |contact )?(date|datum|fecha|day|tag|jour)( appel)?"
    free = (name for name in headers if name not in others)
    return next((name for name in free if re.fullmatch(pattern, headers[name])), None)


def _same_date(sheet: Sheet, name: str, moment: Source) -> Source:
    """A later moment of a contact: whole by itself, or a time of the date of arrival."""
    if not _whole(sheet.columns[name]) and _clock(sheet.columns[name]):
        date = moment.date or (moment.column or ("",))[0]
        return Source.read({"date": date, "time": [name]})
    return Source.read({"column": [name]})


def _whole(column: pa.Array) -> bool:
    """Whether a column holds dates with times."""
    some = column.drop_null()[:200]
    if not len(some):
        return False
    parts = label_parts(some)
    try:
        dates, clocks = read_moments(some if parts is None else parts[0].drop_null())
    except SheetError:
        return ":" in str(some[0])
    dated = ~np.isnan(dates.day)
    return bool(dated.mean() >= 0.5 and (clocks.second[dated] > 0).any())


def _clock(column: pa.Array) -> bool:
    """Whether a column holds times of the day or labels of intervals."""
    some = column.drop_null()[:200]
    if not len(some):
        return False
    parts = label_parts(some)
    if parts is not None:
        return True
    if not pa.types.is_string(column.type) and not pa.types.is_time(column.type):
        return False
    clocks = read_clocks(some)
    return bool((~np.isnan(clocks.second)).mean() > 0.9)
