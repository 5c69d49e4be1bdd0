"""A map guessed from the header and the contents of a table, with the evidence for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

import numpy as np
import pyarrow as pa

from sim.data.maps import SPANS, Map, Source
from sim.data.words import INBOUND, NO, OUTBOUND, YES, known, outcome_of
from sim.scenario.faults import Fault, ScenarioError
from sim.scenario.values import visible
from sim.sheets import Sheet, label_parts, read_clocks, read_moments
from sim.sheets.numbers import is_text
from sim.sheets.sheet import SheetError
from sim.sheets.spans import has_colons

_SHARED = {
    "queue": r"queue( name)?|warteschlange|file|cola|skill( name)?|split( skill)?|"
    r"(contact )?service queue|csq( names?)?",
    "queue?": r"class|target name|vdn|(ring )?group|gruppe|campaign( name)?|hotline|service|"
    r"reason|department|type|topic|anliegen|motif|dnis|line|team",
    "channel": r"channel|media( name| type)?|kanal|canal|initiation method|interaction type",
}
_CONTACT = {
    "contact": r"(contact|call|conversation|interaction|ticket|session|anruf|ucid)( id| no| nr)?|"
    r"id( appel)?|call uuid|unique id|(call|contact|conversation|interaction) (key|guid|sid)",
    "customer": r"customer( id| no| number)?|caller( id| number)?|ani( dialnum)?|from number|"
    r"phone( number)?|client|kunde(nnummer| nr)?|anrufer|rufnummer|appelant|msisdn|account|"
    r"customer endpoint( address)?|numero appelant|(customer|caller) phone( number)?|remote|"
    r"customer requester( id)?|calling (party|number)|src|clid|originator( dn)?|"
    r"external number|llamante",
    "direction": r"(call |media )?direction|inbound outbound|richtung|sens|(call )?type",
    "arrived": r"date started|arriv(ed|al)( at| time)?|"
    r"(call |contact |conversation |interaction )?start(ed)?"
    r"( at| time| date time| timestamp| date)?|enqueue timestamp|(date ?)?time|timestamp|"
    r"(queue|q) (start|entry|enter(ed)?)|offered( at)|datetime|zeitpunkt|beginn|anrufzeit|"
    r"date heure|received( at)?|created( at)?|eingang|fecha hora|"
    r"heure d arrivee|heure appel",
    "answered": r"(call )?answer(ed)?( at| time| timestamp)?|"
    r"connect(ed)? (at|time|to agent timestamp)|angenommen|angenommen (um|am)|decroche a|"
    r"pickup time|agent start( time)?|(ser|service) (start|begin)( time)?|date connected|"
    r"(start|begin) (of )?service",
    "left": r"(queue|q) (exit|end|left)|left queue( at)?|dequeue timestamp|"
    r"abandon(ed)?( at| time| timestamp)|renege(d)?( at| time)?",
    "ended": r"(call |contact |conversation |interaction )?end(ed)?( at| time| timestamp| date)?|"
    r"disconnect timestamp|"
    r"hang ?up( at| time)?|ende|fin|(ser|service) (exit|end)( time)?|"
    r"completed( at)?|date ended|(end|finish) (of )?service|departure( time)?|departed( at)?",
    "wait": r"wait(ing)?( time| duration| length)?|(time )?in ?queue( time| duration)?|"
    r"(total )?(queue|q)( wait)?( time| duration)|total queue|(queue|q) wait|wartezeit|"
    r"wartedauer|attente|temps d attente|(tiempo de )?espera|"
    r"speed of answer|duree (d )?attente|time to answer",
    "talk": r"(total |avg |t )?talk(ing)?( time| duration)?|agent (time|interaction duration)|"
    r"gespraechszeit|gesprachszeit|gespraechsdauer|gesprachsdauer|gesprach|conversation|"
    r"(duree|temps)( de)? conversation|((ser|service) (time|duration|length)|service)|"
    r"conversation time|tiempo de (conversacion|servicio)",
    "hold": r"t held|(customer |total )?hold( time| duration)?|haltezeit|halten|mise en attente",
    "wrap": r"(total |t )?(wrap( ?up)?|acw)( time| seconds| duration)?|work time|"
    r"after (call|contact) work( time| duration)?|nachbearbeitung(szeit)?|post traitement|clerical",
    "handle": r"(total )?handl(e|ing) (time|duration)|aht|bearbeitungszeit|handling|"
    r"(total )?handle",
    "outcome": r"outcome|(call |contact )?(result|status|disposition)|ergebnis|resultat|resultado|"
    r"estado|statut|categories|call type|end reason|ausgang|answered( y n)?",
    "abandoned": r"abandon(ed)?( flag)?|is abandoned|aufgelegt|abandonne",
    "agent": r"agent( name| id| no| username)?|server( id)?|users?( name| interacted)?|mitarbeiter|"
    r"bearbeiter|agente|handled by|answered by|operator|conseiller",
    "previous": r"previous( contact| call)?( id)?|parent( contact| call)?( id)?|"
    r"transferred from|vorherige id|uebergeben von|weitergeleitet von|id precedent",
    "chain": r"initial contact id|master contact( id)?|chain( id)?|original (contact|call) id",
}
_INTERVAL = {
    "start": r"interval( start)?|(start|from|begin)( time)?|time( interval)?|period|intervall|"
    r"zeit(raum)?|uhrzeit|von|plage( horaire)?|heure|date ?time|half hour|timestamp|hora|intervalo",
    "end": r"(interval )?end( time)?|to|bis|until|fin",
    "offered": r"(calls? |contacts? |n )?offered( calls| contacts)?|angeb(oten)?e?( anrufe)?|"
    r"offert(s|e)?|"
    r"presentes|recus|inbound|incoming( calls)?|arrivals|calls in|anrufe|contacts|count|"
    r"received|volume|n ?offer(ed)?|ofrecidas|entrees|calls|eingehend",
    "answered": r"(calls? |contacts? |n )?(answered|handled)( calls| contacts)?|"
    r"angen(ommen)?e?( anrufe)?|"
    r"beantwortet|acd calls|repondus|traites|decroches|atendidas|served",
    "abandoned": r"(calls? |contacts? |n )?aban(doned|d)?( calls| contacts)?|aufgelegt|"
    r"abgebrochen|verl(oren)?e?( anrufe)?|abandonnes|abandons|lost( calls)?|abandonadas",
    "flowed_out": r"flow(ed)? ?outs?( calls)?|overflow(ed)?|transferred out|ueberlauf|uberlauf",
    "within": r"(calls? )?(answered |ans )?(with)?in "
    r"(sl|service level|threshold|\d+( ?s(ec)?(onds)?)?)|"
    r"sl calls|answered in sl|acceptable|innerhalb",
    "service_level": r"(%|percent|pct)? ?(with)?in service level|service ?level( %| percent)?|"
    r"sla?( %)?|servicelevel|niveau de service|ns|sl percent|svl|nivel de servicio",
    "threshold": r"(sl |service level )?threshold|schwelle|seuil",
    "aht": r"aht|a?vg handl(e|ing) time|average handl(e|ing) time|mean handl(e|ing) time|dmt|"
    r"bearbeitungszeit|tmo|handle time avg|mittlere bearbeitungszeit",
    "mean_talk": r"att|avg (acd|talk) time|average talk time|avg talk|"
    r"mittlere gesprachszeit|mittlere gespraechszeit",
    "mean_hold": r"avg hold( time)?|average hold time",
    "mean_wrap": r"avg (acw|wrap)( ?up)?( time)?|average (acw|after call work|wrap( ?up)?)( time)?",
    "total_handle": r"(total )?handl(e|ing) time|t handle",
    "total_talk": r"(total )?(talk|acd) time|t talk",
    "total_hold": r"(total )?hold time|t held",
    "total_wrap": r"(total )?(acw|after call work|wrap( ?up)?) time|t acw",
    "asa": r"asa|(avg|average) (speed (of )?(ans(wer)?)|wait( time)?)|(mittlere )?wartezeit|dma|"
    r"wait avg|mean wait",
    "total_wait_answered": r"(total )?(answer|wait) time|t answered",
    "mean_wait_abandoned": r"(avg|average) (aban(don)?(ed)?|abandonment) (time|wait)",
    "total_wait_abandoned": r"(total )?aban(don)?(ed)? time|t abandon",
    "staff": r"(avg )?(pos(itions?)?|agents?|staff)( staffed| present| logged ?in)?|besetzt|"
    r"agenten|fte|present|headcount|positionen",
    "staffed_time": r"(total )?(staffed|staff|login|logged ?in) time",
}
_UNIT = re.compile(
    r"(?:[\s_]in)?[\s_([\-]{1,3}(?P<unit>ms|millis|milliseconds|s|sec|secs|seconds|sek|sekunden|"
    r"secondes|min|mins|minutes|minuten|h|hours|%)[\s)\]]*$",
    re.IGNORECASE,
)
MANY = 50  # queues of a centre
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
    roles = (role for role in _INTERVAL if role not in ("start", "end"))
    return next((role for role in roles if _fits(_INTERVAL[role], said)), "")


def guess(sheet: Sheet) -> tuple[Map, dict[str, str]]:
    """The map that a table seems to need, and for each role the evidence.

    Raises:
        ScenarioError: if not even times can be found; it lists the columns.
    """
    headers = {name: norm(name) for name in sheet.columns}
    interval = _is_interval(headers)
    found = _roles(sheet, headers, interval=interval)
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
        unit = unit_of(name) if role in SPANS else ""
        kind = Source.model_validate({"column": [name], **({"unit": unit} if unit else {})})
        if role == "outcome" and _certain(sheet.columns[name], YES | NO):
            kind = kind.model_copy(update={"values": _ANSWERED})
        if role in ("answered", "left", "ended") and not interval:
            kind = _same_date(sheet, name, moment)
        columns[role] = kind
        evidence[role] = f"by its header `{name}`"
    rows = "intervals" if interval else "contacts"
    if interval and "offered" not in columns:
        raise ScenarioError(
            [Fault(sheet.file, 0, "", "no column of contacts offered is recognised; write a map")]
        )
    fields = {"map": f"guessed for {visible(_name(sheet.file))}", "rows": rows, "columns": columns}
    return Map.model_validate(fields), evidence


def _roles(sheet: Sheet, headers: dict[str, str], *, interval: bool) -> dict[str, str]:
    """Role -> column, by headers; of columns that may be it the first whose cells can be, too."""
    found: dict[str, str] = {}

    def cells_of(role: str, name: str) -> int:
        return 0 if interval or role not in _CAN_BE else _CAN_BE[role](sheet.columns[name])

    for role, pattern in {**_SHARED, **(_INTERVAL if interval else _CONTACT)}.items():
        fits = [
            name
            for name, said in headers.items()
            if _fits(pattern, said)
            and name not in found.values()
            and (interval or role in SPANS or not unit_of(name))  # what has a unit is a duration
        ]
        best = max(fits, key=lambda name: cells_of(role, name), default=None)
        if best is not None and cells_of(role, best) >= 0:
            found.setdefault(role.rstrip("?"), best)
    both = not interval and {"outcome", "abandoned"} <= set(found)
    if both and not cells_of("outcome", found["outcome"]):
        del found["outcome"]  # what came of it in words of their own, beside whether they gave up
    return found


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


def hints(sheet: Sheet, found: Map) -> list[str]:
    """Columns that nobody uses, and which may be what is missing."""
    spare = {name: one for name, one in sheet.columns.items() if name not in found.names()}
    said = []
    if found.rows == "contacts" and "queue" not in found.columns:
        few = {
            name: len(column.drop_null().unique())
            for name, column in spare.items()
            if _names(column) and not _certain(column, INBOUND | OUTBOUND, YES | NO)
        }
        said += [
            f"no column of queues is recognised: if `{name}`, with {many} different words, names "
            f"them, say `queue: {name}` in a map"
            for name, many in few.items()
            if 2 <= many <= MANY
        ]
    if found.rows == "contacts" and not {"wait", "left", "answered"} & set(found.columns):
        said += [
            f"no column of waits is recognised: if `{name}` holds them, say `wait: {name}` in a map"
            for name, column in spare.items()
            if has_colons(column.drop_null()[:200]) and not _whole(column)
        ]
    return said


def _names(column: pa.Array) -> bool:
    """Whether most cells begin with a letter."""
    some = column.drop_null()[:200]
    return is_text(some) and bool(np.mean([one.as_py()[:1].isalpha() for one in some] or [0]) > 0.5)


def _name(file: str) -> str:
    return re.split(r"[\\/]", file)[-1]


def _is_interval(headers: dict[str, str]) -> bool:
    """An interval report counts: two of its columns that no log of contacts has."""
    counting = ("offered", "answered", "abandoned", "asa", "aht", "service_level", "staff")
    hits = {role for role in counting for said in headers.values() if _fits(_INTERVAL[role], said)}
    own = ("contact", "agent", "customer", "outcome", "talk")
    contact = {
        role
        for role in own
        for name, said in headers.items()
        if _fits(_CONTACT[role], said) and (role not in ("outcome", "talk") or not measure_of(name))
    }
    return (len(hits) >= 2 and len(hits) > len(contact)) or ("offered" in hits and not contact)


def _fits(pattern: str, said: str) -> bool:
    return re.fullmatch(pattern, said) is not None


def _moment(
    sheet: Sheet, headers: dict[str, str], chosen: str | None, others: set[str]
) -> tuple[Source | None, str]:
    """Where the time of arrival, or of the interval, stands: one column or two."""
    date = _date_column(headers, others)
    if chosen and _whole(sheet.columns[chosen]):
        return Source.model_validate({"column": [chosen]}), f"by its header `{chosen}`"
    if date and _whole(sheet.columns[date]) and not chosen:
        return Source.model_validate({"column": [date]}), f"by its header `{date}`"
    if date:
        timed = [chosen] if chosen else []
        timed += [
            name for name in sheet.columns if name not in others and name not in (date, chosen)
        ]
        for name in timed:
            if name and _clock(sheet.columns[name]):
                source = Source.model_validate({"date": date, "time": [name]})
                return source, f"date in `{date}`, time in `{name}`"
    for name, column in sheet.columns.items():
        if name not in others and not pa.types.is_floating(column.type) and _whole(column):
            return Source.model_validate({"column": [name]}), f"`{name}` is the first with times"
    return None, ""


def _no_times(sheet: Sheet, headers: dict[str, str], others: set[str]) -> ScenarioError:
    """What is said of a table in which no column of times is recognised."""
    date = _date_column(headers, others)
    if date:
        message = (
            f"`{date}` holds dates without times of the day, from which no hours of a day can be "
            "fitted: export single contacts, or intervals of an hour or less"
        )
    else:
        message = (
            f"no column of times is recognised among: {', '.join(list(sheet.columns)[:12])}; say "
            f"which column is what in a map: `rows: contacts` or `rows: intervals`, and "
            "`columns: {arrived: COLUMN, ...}`"
        )
    return ScenarioError([Fault(sheet.file, 0, "", message)])


def _date_column(headers: dict[str, str], others: set[str]) -> str | None:
    pattern = r"(call |start |contact )?(date|datum|fecha|day|tag|jour)( appel)?"
    free = (name for name in headers if name not in others)
    return next((name for name in free if re.fullmatch(pattern, headers[name])), None)


def _same_date(sheet: Sheet, name: str, moment: Source) -> Source:
    """A later moment of a contact: whole by itself, or a time of the date of arrival."""
    if not _whole(sheet.columns[name]) and _clock(sheet.columns[name]):
        date = moment.date or (moment.column or ("",))[0]
        return Source.model_validate({"date": date, "time": [name]})
    return Source.model_validate({"column": [name]})


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
