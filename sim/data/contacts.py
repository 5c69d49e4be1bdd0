"""The canonical table of contacts."""

from __future__ import annotations

import base64
import hashlib
import secrets

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.cells import Cells
from sim.data.counting import counted, linked
from sim.data.hold import whole_talk
from sim.data.maps import IN_MENU, NO_TALK, Map
from sim.data.merged import Merged, bare, bools, coded
from sim.data.outcomes import outcomes_of, yes_no
from sim.data.tables import CONTACTS, OUTCOMES, typed
from sim.data.times import Moments, index_of, missing_hours, moments, seconds_of
from sim.data.words import INBOUND, OUTBOUND, WITHHELD, names_of
from sim.tables import DAY, Floats

NO_AGENT = (
    r"(?i)^\W*(no[ _-]?(server|agent|one|body|user)|none|nobody|unassigned|system|n/?a|0)\W*$"
)
LEGS_APART = 600.0
MUCH = 3.0  # contacts a day: who makes more is a switchboard, not a customer


def build(
    table: Merged, chosen: Map, secret: bytes | None
) -> tuple[pd.DataFrame, list[str], dict[str, int]]:
    """The table, how it was read, and what was left out.

    Raises:
        ScenarioError: for what cannot be read.
    """
    told: list[str] = []
    lost: dict[str, int] = {}
    table = _inbound(table, chosen, lost)
    if len(table.sheets) > 1 and (twice := table.in_earlier_file()).any():
        lost["rows that another file has too"] = int(twice.sum())
        table = table.only(~twice)
    cells = Cells(table, chosen, told)
    arrived = _moments(cells, "arrived")
    rows = _rows(cells, arrived, secret)
    none = rows.pop("none")
    silent = np.isnan(arrived.local)
    lost["rows without a time of arrival"] = int(silent.sum())
    lost["rows that the map counts as no contacts"] = int((none & ~silent).sum())
    frame = pd.DataFrame(rows)[~silent & ~none]
    for what, gone in _technical(frame):
        if what in chosen.leave_out:
            lost[what] = int(gone.sum())
            frame = frame[~gone.reindex(frame.index)]
    again = _twice(frame)
    lost["rows that stand there twice"] = int(again.sum())
    frame = frame[~again]
    order = np.lexsort((frame["again"], frame["arrived"]))
    frame = frame.iloc[order].reset_index(drop=True)
    _add_legs(frame, cells)
    if chosen.zone and (gap := missing_hours(seconds_of(frame["arrived"]), chosen.zone)).any():
        cells.tell("jumped-over", contacts=counted(gap.sum(), "contact"), zone=chosen.zone)
    return typed(frame, CONTACTS), told, lost


def _technical(frame: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Rows that some systems write without a contact that reached the queue."""
    answered = frame["outcome"] == OUTCOMES[0]
    return [
        (IN_MENU, ~answered & (frame["wait"] == 0)),
        (NO_TALK, answered & ((frame["talk"] == 0) | (frame["agent"] == ""))),
    ]


def _inbound(table: Merged, chosen: Map, lost: dict[str, int]) -> Merged:
    """Without outbound and internal contacts."""
    cells = Cells(table, chosen, [])
    if not cells.has("direction"):
        return table
    codes, words = coded(cells.words("direction"))
    values = chosen.columns["direction"].values
    meant = {bare(word): bare(meaning) for word, meaning in values.items()}
    directions = [meant.get(bare(word), bare(word)) for word in words]
    for word, direction in zip(words, directions, strict=True):
        if direction not in OUTBOUND | INBOUND:
            raise cells.wrong(
                "direction", f"`{word}` is neither inbound nor outbound; say it under `values`"
            )
    kept = np.array([one in INBOUND for one in directions])[codes]
    lost["outbound contacts"] = int((~kept).sum())
    return table.only(kept)


def _moments(cells: Cells, role: str) -> Moments:
    source = cells.map.columns[role]
    found = moments(cells.table, role, source, cells.map)
    cells.told.extend(found.told)
    cells.check(found.bad, source.names()[-1], "a time")
    return found


def _after(cells: Cells, role: str, arrived: Moments) -> Floats:
    """Seconds from the arrival to a later moment; a time of day alone may lie after midnight."""
    if not cells.has(role):
        return np.full(len(arrived.local), np.nan)
    span: Floats = _moments(cells, role).local - arrived.local
    if cells.map.columns[role].date is not None:
        span = np.where(span < -DAY / 2, span + DAY, span)
    doubled = (span < 0) & (span > -3600) & arrived.again
    return np.where(doubled, span + 3600, span)


def _rows(cells: Cells, arrived: Moments, secret: bytes | None) -> dict[str, np.ndarray]:
    """Columns of the table, all rows still in the order of the files."""
    answered, left, ended = (_after(cells, role, arrived) for role in ("answered", "left", "ended"))
    spans = map(cells.spans, ("talk", "hold", "wrap", "handle", "wait"))
    talk, hold, wrap, handle, wait = spans
    agent = _agents(cells)
    served = (
        ~np.isnan(answered)
        | bools(agent.is_valid())
        | (np.nan_to_num(talk) > 0)
        | (np.nan_to_num(handle) > 0)
    )
    place = outcomes_of(cells, served)
    is_answered = place == 0
    wait = _first(wait, np.where(is_answered, answered, np.nan), left)
    wait = np.where(np.isnan(wait) & ~is_answered, ended, wait)
    wrap = np.where(is_answered, wrap, np.nan)
    until_end = np.where(is_answered, ended - _first(answered, wait), np.nan)
    without_wrap = handle - np.nan_to_num(wrap)
    others = {
        "with it talk and wrap-up are the handle time": without_wrap,
        "with it the talk lasts from answer to end": until_end,
    }
    talk = whole_talk(cells, talk, hold, others)
    if cells.has("handle") and not cells.has("talk"):
        cells.tell("talk-of-handle" if cells.has("wrap") else "talk-with-wrap")
    talk = _first(talk, without_wrap, until_end)
    talk = np.where(is_answered & (talk >= 0), talk, np.nan)
    _check_waits(cells, wait, place)
    return {
        "contact": _texts(cells, "contact"),
        "customer": _customers(cells, secret),
        "queue": names_of(cells.words("queue"), cells.map.queue or "contacts"),
        "channel": _channels(cells),
        "arrived": index_of(arrived.local),
        "again": arrived.again,
        "outcome": pd.Categorical.from_codes(np.maximum(place, 0), list(OUTCOMES)),
        "wait": np.where(wait < 0, 0.0, wait),
        "talk": talk,
        "hold": np.where(is_answered, hold, np.nan),
        "wrap": wrap,
        "agent": names_of(agent, ""),
        "silent": is_answered & yes_no(cells, "silent"),
        "previous": _texts(cells, "previous"),
        "shared": _texts(cells, "chain"),
        "none": place < 0,
    }


def _agents(cells: Cells) -> pa.Array:
    """Who answered, without the words that say nobody did."""
    agent = cells.words("agent")
    nobody = pc.match_substring_regex(agent, NO_AGENT)
    return pc.if_else(nobody, pa.scalar(None, pa.string()), agent)


def _check_waits(cells: Cells, wait: Floats, place: np.ndarray) -> None:
    """Say what is odd about waits, which decide patience and service level."""
    known = place >= 0
    negative = known & (wait < 0)
    if negative.any():
        cells.tell("negative-waits", contacts=counted(negative.sum(), "contact"))
    silent = known & np.isnan(wait)
    if silent.any() and not silent[known].all():
        cells.tell("unknown-waits", contacts=counted(silent.sum(), "contact"))


def _first(*columns: Floats) -> Floats:
    found = columns[0]
    for column in columns[1:]:
        found = np.where(np.isnan(found), column, found)
    return found


def _channels(cells: Cells) -> pd.Categorical:
    words = pc.utf8_lower(cells.words("channel"))
    values = cells.map.columns["channel"].values if cells.has("channel") else {}
    phone = dict.fromkeys(("voice", "call", "phone call", "telephony", "inbound call"), "phone")
    for said, meant in [*values.items(), *phone.items()]:
        words = pc.if_else(pc.equal(words, said.lower()), meant, words)
    return names_of(words, cells.map.channel or "phone")


def _texts(cells: Cells, role: str) -> np.ndarray:
    return np.asarray(cells.words(role).fill_null("").to_numpy(zero_copy_only=False), object)


# --- customers --------------------------------------------------------------------------------


def _customers(cells: Cells, secret: bytes | None) -> np.ndarray:
    """[rows] keyed hash of each customer; 0 where nobody is known.

    Withheld numbers and those that call all the time are no customers.
    """
    if not cells.has("customer"):
        return np.zeros(len(cells.table), np.uint64)
    codes, texts = coded(cells.words("customer"))
    often = np.bincount(codes, minlength=len(texts))
    key = secrets.token_bytes(12) if secret is None else hashlib.sha256(secret).digest()[:12]
    nobody = np.array([text.lower() in WITHHELD for text in texts])
    days = max(len(cells.table) / 2000, 7.0)
    much = ~nobody & (often > max(MUCH * days, 30.0, 0.01 * len(codes)))
    if nobody.any() and often[nobody].sum():
        cells.tell("withheld", contacts=counted(often[nobody].sum(), "contact"))
    if much.any():
        numbers, most = counted(much.sum(), "number"), counted(often[much].max(), "contact")
        cells.tell("switchboards", numbers=numbers, contacts=most)
    hashed = pd.util.hash_array(  # SipHash, for which a key must be known to find a number again
        np.array(texts, object), hash_key=base64.b64encode(key).decode(), categorize=False
    )
    return np.where(nobody | much, np.uint64(0), hashed)[codes]


# --- doubled rows, transfers --------------------------------------------------------------------


def _twice(frame: pd.DataFrame) -> np.ndarray:
    """[rows] alike in everything to an earlier row that names the contact, customer or agent."""
    found = np.zeros(len(frame), bool)
    same = frame.duplicated(["contact", "customer", "agent", "arrived"], keep=False).to_numpy()
    who = frame.loc[same, ["contact", "customer", "agent"]]
    named = (who["contact"] != "") | (who["customer"] != 0) | (who["agent"] != "")
    keys = ["contact", "customer", "arrived", "queue", "outcome", "wait", "talk", "agent"]
    found[same] = (frame.loc[same, keys].duplicated() & named).to_numpy()
    return found


def _add_legs(frame: pd.DataFrame, cells: Cells) -> None:
    """Number the legs of contacts that were transferred, in the order of time."""
    contact, previous, shared = (frame.pop(name) for name in ("contact", "previous", "shared"))
    rows = np.arange(len(frame))
    chain = rows.copy()
    if (shared != "").any():
        key = shared.where(shared != "", contact)
        chain = _by_key(key.to_numpy(), rows)
    elif (previous != "").any():
        chain = _by_previous(contact.to_numpy(), previous.to_numpy(), rows)
    elif (contact != "").any() and contact[contact != ""].duplicated().any():
        chain = _following(frame, contact.to_numpy())
        if (chain != rows).any():
            cells.tell("legs-by-time")
    leg = pd.Series(chain).groupby(chain).cumcount().to_numpy()
    frame["contact"], frame["chain"], frame["leg"] = contact, chain, leg
    if (leg > 0).any():
        cells.tell("legs", rows=counted((leg > 0).sum(), "row"))


def _by_key(key: np.ndarray, rows: np.ndarray) -> np.ndarray:
    named = key != ""
    codes = np.where(named, pd.factorize(key)[0], -1)
    first = pd.Series(rows).groupby(codes).transform("min").to_numpy()
    return np.where(named, first, rows)


def _following(frame: pd.DataFrame, contact: np.ndarray) -> np.ndarray:
    """Rows with one identifier are legs if each begins within ten minutes of the other's end;
    else the centre has used the identifier again."""
    begin = seconds_of(frame["arrived"])
    end = begin + np.nan_to_num(frame["wait"]) + np.nan_to_num(frame["talk"])
    key = np.where(contact != "", pd.factorize(contact)[0], -1 - np.arange(len(contact)))
    legs = pd.DataFrame({"key": key, "begin": begin, "end": end}).sort_values(["key", "begin"])
    before = legs.shift()
    follows = (legs["key"] == before["key"]) & ((legs["begin"] - before["end"]).abs() < LEGS_APART)
    chain = legs.index.to_series().groupby((~follows).cumsum()).transform("first")
    return chain.sort_index().to_numpy()


def _by_previous(contact: np.ndarray, previous: np.ndarray, rows: np.ndarray) -> np.ndarray:
    legs = rows[(previous != "") & (previous != contact)]
    first = pd.Series(rows, contact)[~pd.Index(contact).duplicated()]
    parents = first.reindex(previous[legs]).to_numpy()
    before = parents < legs
    group = linked(len(rows), legs[before], parents[before])
    return pd.Series(rows).groupby(group).transform("min").to_numpy()
