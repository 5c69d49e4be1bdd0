"""A log of our own (`sim run --log`) as an export: dates instead of seconds, waits, talks."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.data.counting import counted, linked
from sim.data.remarks import read, wrong
from sim.scenario.faults import shown
from sim.scenario.source import read_text, read_tree
from sim.sheets import Sheet, read_numbers
from sim.tables import DAY, Cause, Outcome

HEADER = (
    *("replication", "contact", "customer", "reason", "channel", "cause", "parent", "arrived"),
    *("outcome", "ended", "agent", "talked", "freed", "put_down", "callback"),
)
"""By these columns `contacts.parquet` is known."""

WORDS = ("reason", "channel", "cause", "outcome")
UNSEEN = (Cause.CALL.name.lower(), Cause.CONFERENCE.name.lower())
"""What centres do themselves: further calls to a customer, somebody who joins a talk."""

REPORTED = {
    Outcome.ANSWERED: "answered",
    Outcome.ABANDONED: "abandoned",
    Outcome.BALKED: "abandoned",
    Outcome.CLOSED: "closed",
    Outcome.BLOCKED: "flowed out",
    Outcome.FLOWED_OUT: "flowed out",
}
"""How a centre reports what became of a contact.

Those of other outcomes are no contacts that an ACD would report; nobody sees a busy signal. Who is
to be called back has left the queue as they chose that, whatever comes of it: the call that agents
make is none of the queue's. Outbound calls are none at all.
"""

LEGS = (Cause.TRANSFER.name.lower(), Cause.HAND_OVER.name.lower())
SCENARIO = "scenario.yaml"  # beside it


ANY_DAY = datetime.date(2026, 1, 5)  # where calendars begin that do not say it


def dated(sheet: Sheet, start: datetime.date | None) -> Sheet:
    """A log of our own with dates, waits and talks, as a centre would export it; others as is.

    It counts seconds from the first day of its calendar, which the scenario in its folder says.
    Replications are put one after the other, whole weeks apart.

    Args:
        sheet: any table.
        start: that day, as a map says it.

    Raises:
        ScenarioError: if nobody says which day it is.
    """
    if not _is_log(sheet):
        return sheet
    start = start or _start_beside(sheet.file)
    if start is None:
        raise wrong("arrived", "no-start", file=sheet.file, scenario=SCENARIO, day=ANY_DAY)
    log = _read(sheet)
    days = int(log["arrived"][log["cause"] == Cause.FIRST.name.lower()].max() // DAY) + 1
    apart = 7 * -(-days // 7)
    called = log["callback"] == 1  # by the centre: they have left the queue
    kept = _reported(log, called, days).to_numpy()
    told = [f"a log of `sim run --log` from {start} on, {counted(days, 'day')}"]
    if (many := log["place"].nunique()) > 1:
        told.append(read("replications", many=many, apart=apart, start=start))
    if not kept.all():
        told.append(read("not-reported", contacts=counted((~kept).sum(), "contact")))
    began = np.datetime64(start, "us") + np.timedelta64(1, "D") * (log["place"] * apart).to_numpy()
    cells = _cells(log, called, began)[kept]
    columns = {name: pa.array(column, from_pandas=True) for name, column in cells.items()}
    return Sheet(sheet.file, columns, sheet.line[kept], (*sheet.told, *told), sheet.delimiter)


def lacks_start(sheet: Sheet) -> bool:
    """Whether it is a log of our own without the scenario that says its first day."""
    return _is_log(sheet) and _start_beside(sheet.file) is None


def _is_log(sheet: Sheet) -> bool:
    return all(name in sheet.folded for name in HEADER)


def _read(sheet: Sheet) -> pd.DataFrame:
    """Its columns, numbers as numbers; place: of the replication, from 0."""
    log = {}
    for name in HEADER:
        cells = sheet.columns[sheet.folded[name]]
        if name in WORDS:
            log[name] = cells.to_pandas()
            continue
        log[name], bad = read_numbers(cells, ".")
        if bad.any():
            row = int(np.argmax(bad))
            place = {"file": sheet.file, "line": int(sheet.line[row])}
            raise wrong(name, "no-number", **place, cell=shown(cells[row].as_py()))
    log["place"] = np.unique(log["replication"], return_inverse=True)[1]
    return pd.DataFrame(log)


def _reported(log: pd.DataFrame, called: pd.Series, days: int) -> pd.Series:
    """[rows] whether a centre's log would show it."""
    ended = log["outcome"].isin([one.name.lower() for one in REPORTED]) & log["ended"].notna()
    inbound = log["channel"].isin(log["channel"][~called])  # outbound calls are callbacks, all
    counts = log["arrived"].between(0, days * DAY, inclusive="left")
    return (ended | called) & inbound & counts & ~log["cause"].isin(UNSEEN)


def _cells(log: pd.DataFrame, called: pd.Series, began: np.ndarray) -> pd.DataFrame:
    """Columns as the map of such a log has them; work that was put down has no times."""
    outcome = {one.name.lower(): said for one, said in REPORTED.items()}
    answered = (log["outcome"] == Outcome.ANSWERED.name.lower()) & ~called
    whole = answered & (log["put_down"] == 0)

    def named(values: pd.Series) -> pd.Series:
        """Numbers that begin anew in each replication."""
        own, of = (one.astype(int).astype(str) for one in (values, log["replication"]))
        return of + "-" + own

    return log[["replication", "reason", "channel"]].assign(
        contact=named(log["contact"]),
        customer=named(log["customer"]),
        chain=_chains(log).astype(str),
        arrived=began + np.round(log["arrived"] * 1e6).to_numpy("timedelta64[us]"),
        outcome=log["outcome"].map(outcome).mask(called, REPORTED[Outcome.FLOWED_OUT]),
        wait=(log["ended"] - log["arrived"]).mask(called, 0.0),
        talk=(log["talked"] - log["ended"]).where(whole),
        wrap=(log["freed"] - log["talked"]).where(whole),
        agent=named(log["agent"].fillna(-1) + 1).where(answered),
    )


def _chains(log: pd.DataFrame) -> np.ndarray:
    """[rows] number of the contact that each is a leg of."""
    rows = pd.Series(np.arange(len(log)), [log["place"], log["contact"]])
    legs = log.index[log["cause"].isin(LEGS)]
    parents = rows.reindex([log["place"][legs], log["parent"][legs]]).to_numpy()
    return linked(len(log), legs[parents >= 0], parents[parents >= 0])


def _start_beside(file: str) -> datetime.date | None:
    """The first day that the scenario in the folder of a log says."""
    beside = Path(file).with_name(SCENARIO)
    if not beside.is_file():
        return None
    said = read_tree(read_text(str(beside)), str(beside), []).plain()
    calendar = said.get("calendar") if isinstance(said, dict) else None
    try:
        return datetime.date.fromisoformat(str(calendar.get("start")))
    except (AttributeError, ValueError):
        return None
