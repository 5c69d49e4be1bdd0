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
    assert arrived is not None
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
    _add_legs(frame, cells.told)
    if chosen.zone and (gap := missing_hours(seconds_of(frame["arrived"]), chosen.zone)).any():
        told.append(
            f"{counted(gap.sum(), 'contact')} at times that clocks in {chosen.zone} jump over"
        )
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
    source = chosen.columns.get("direction")
    if source is None:
        return table
    cells = Cells(table, chosen, [])
    said = cells.words("direction")
    assert said is not None
    codes, words = coded(said)
    meant = {bare(word): bare(meaning) for word, meaning in source.values.items()}
    directions = [meant.get(bare(word), bare(word)) for word in words]
    for word, direction in zip(words, directions, strict=True):
        if direction not in OUTBOUND | INBOUND:
            raise cells.wrong(
                "direction", f"`{word}` is neither inbound nor outbound; say it under `values`"
            )
    kept = np.array([one in INBOUND for one in directions])[codes]
    lost["outbound contacts"] = int((~kept).sum())
    return table.only(kept)


def _moments(cells: Cells, role: str) -> Moments | None:
    source = cells.source(role)
    if source is None:
        return None
    found = moments(cells.table, role, source, cells.map)
    cells.told.extend(found.told)
    cells.check(found.bad, source.names()[-1], "a time")
    return found


def _after(cells: Cells, role: str, arrived: Moments) -> Floats:
    """Seconds from the arrival to a later moment; a time of day alone may lie after midnight."""
    later = _moments(cells, role)
    if later is None:
        return np.full(len(arrived.local), np.nan)
    span: Floats = later.local - arrived.local
    source = cells.source(role)
    assert source is not None
    if source.date is not None:
        span = np.where(span < -DAY / 2, span + DAY, span)
    doubled = (span < 0) & (span > -3600) & arrived.again
    return np.where(doubled, span + 3600, span)


def _rows(cells: Cells, arrived: Moments, secret: bytes | None) -> dict[str, np.ndarray]:
    """Columns of the table, all rows still in the order of the files."""
    answered, left, ended = (_after(cells, role, arrived) for role in ("answered", "left", "ended"))
    size = len(arrived.local)
    unknown = np.full(size, np.nan)

    def span(role: str) -> Floats:
        found = cells.spans(role)
        return unknown if found is None else found

    talk, hold, wrap, handle, wait = map(span, ("talk", "hold", "wrap", "handle", "wait"))
    agent = _agents(cells)
    named = np.zeros(size, bool) if agent is None else bools(agent.is_valid())
    served = ~np.isnan(answered) | named | (np.nan_to_num(talk) > 0) | (np.nan_to_num(handle) > 0)
    place = outcomes_of(cells, served)
    is_answered = place == 0
    wait = _first(wait, np.where(is_answered, answered, unknown), left)
    wait = np.where(np.isnan(wait) & ~is_answered, ended, wait)
    wrap = np.where(is_answered, wrap, np.nan)
    until_end = np.where(is_answered, ended - _first(answered, wait), np.nan)
    without_wrap = handle - np.nan_to_num(wrap)
    others = {
        "with it talk and wrap-up are the handle time": without_wrap,
        "with it the talk lasts from answer to end": until_end,
    }
    talk = whole_talk(cells, talk, hold, others)
    if cells.source("talk") is None and cells.source("handle") is not None:
        more = "" if cells.source("wrap") else ", wrap-up in it, for no column tells it apart"
        cells.told.append(f"talk: what the handle time is besides wrap-up{more}")
    talk = _first(talk, without_wrap, until_end)
    talk = np.where(is_answered & (talk >= 0), talk, np.nan)
    _check_waits(cells, wait, place)
    return {
        "contact": _texts(cells.words("contact"), size),
        "customer": _customers(cells, secret),
        "queue": names_of(cells.words("queue"), cells.map.queue or "contacts", size),
        "channel": _channels(cells, size),
        "arrived": index_of(arrived.local),
        "again": arrived.again,
        "outcome": pd.Categorical.from_codes(np.maximum(place, 0), list(OUTCOMES)),
        "wait": np.where(wait < 0, 0.0, wait),
        "talk": talk,
        "hold": np.where(is_answered, hold, np.nan),
        "wrap": wrap,
        "agent": names_of(agent, "", size),
        "silent": is_answered & _said_yes(cells, "silent", size),
        "previous": _texts(cells.words("previous"), size),
        "shared": _texts(cells.words("chain"), size),
        "none": place < 0,
    }


def _said_yes(cells: Cells, role: str, size: int) -> np.ndarray:
    """[rows] whether a column says yes; nowhere if the map does not have it."""
    said = yes_no(cells, role)
    return np.zeros(size, bool) if said is None else said


def _agents(cells: Cells) -> pa.Array | None:
    """Who answered, without the words that say nobody did."""
    agent = cells.words("agent")
    if agent is None:
        return None
    nobody = pc.match_substring_regex(agent, NO_AGENT)
    return pc.if_else(nobody, pa.scalar(None, pa.string()), agent)


def _check_waits(cells: Cells, wait: Floats, place: np.ndarray) -> None:
    """Say what is odd about waits, which decide patience and service level."""
    known = place >= 0
    negative = known & (wait < 0)
    if negative.any():
        cells.told.append(
            f"answered before they arrive: {counted(negative.sum(), 'contact')}, wait 0"
        )
    silent = known & np.isnan(wait)
    if silent.any() and not silent[known].all():
        cells.told.append(
            f"without a word of how long they waited: {counted(silent.sum(), 'contact')}"
        )


def _first(*columns: Floats) -> Floats:
    found = columns[0]
    for column in columns[1:]:
        found = np.where(np.isnan(found), column, found)
    return found


def _channels(cells: Cells, size: int) -> pd.Categorical:
    words = cells.words("channel")
    if words is not None:
        words = pc.utf8_lower(words)
        source = cells.source("channel")
        assert source is not None
        for said, meant in source.values.items():
            words = pc.if_else(pc.equal(words, said.lower()), meant, words)
        for said in ("voice", "call", "phone call", "telephony", "inbound call"):
            words = pc.if_else(pc.equal(words, said), "phone", words)
    return names_of(words, cells.map.channel or "phone", size)


def _texts(cells: pa.Array | None, size: int) -> np.ndarray:
    if cells is None:
        return np.full(size, "", object)
    return np.asarray(cells.fill_null("").to_numpy(zero_copy_only=False), object)


# --- customers --------------------------------------------------------------------------------


def _customers(cells: Cells, secret: bytes | None) -> np.ndarray:
    """[rows] keyed hash of each customer; 0 where nobody is known.

    Withheld numbers and those that call all the time are no customers.
    """
    said = cells.words("customer")
    if said is None:
        return np.zeros(len(cells.table), np.uint64)
    codes, texts = coded(said)
    often = np.bincount(codes, minlength=len(texts))
    key = secrets.token_bytes(12) if secret is None else hashlib.sha256(secret).digest()[:12]
    nobody = np.array([text.lower() in WITHHELD for text in texts])
    days = max(len(cells.table) / 2000, 7.0)
    much = ~nobody & (often > max(MUCH * days, 30.0, 0.01 * len(codes)))
    if nobody.any() and often[nobody].sum():
        cells.told.append(
            f"{counted(often[nobody].sum(), 'contact')} of withheld or unknown numbers"
        )
    if much.any():
        cells.told.append(
            f"switchboards, no customers: {counted(much.sum(), 'number')} with up to "
            f"{counted(often[much].max(), 'contact')}"
        )
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


def _add_legs(frame: pd.DataFrame, told: list[str]) -> None:
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
            told.append("rows with one identifier, each at the end of the other, are legs")
    leg = pd.Series(chain).groupby(chain).cumcount().to_numpy()
    frame["contact"], frame["chain"], frame["leg"] = contact, chain, leg
    if (leg > 0).any():
        told.append(f"later legs of transferred contacts: {counted((leg > 0).sum(), 'row')}")


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
    order = np.lexsort((begin, key))
    new = np.ones(len(order), bool)
    same = key[order][1:] == key[order][:-1]
    new[1:] = ~(same & (np.abs(begin[order][1:] - end[order][:-1]) < LEGS_APART))
    first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    chain = np.empty(len(order), np.int64)
    chain[order] = first
    return chain


def _by_previous(contact: np.ndarray, previous: np.ndarray, rows: np.ndarray) -> np.ndarray:
    legs = rows[(previous != "") & (previous != contact)]
    first = pd.Series(rows, contact)[~pd.Index(contact).duplicated()]
    parents = first.reindex(previous[legs]).to_numpy()
    before = parents < legs
    group = linked(len(rows), legs[before], parents[before])
    return pd.Series(rows).groupby(group).transform("min").to_numpy()
