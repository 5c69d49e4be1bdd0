"""A log of our own (`sim run --log`) as an export: dates instead of seconds, waits, talks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.data.counting import counted
from sim.scenario import Fault, ScenarioError
from sim.scenario.source import read_text, read_tree
from sim.sheets import Sheet
from sim.tables import DAY, Cause, Floats, Outcome

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
        message = (
            "a log of `sim run --log` counts seconds from the first day of its calendar, and no "
            f"`{SCENARIO}` beside it says which: say `start: {ANY_DAY}` in a map, which `sim data "
            "--map FILE` writes"
        )
        raise ScenarioError([Fault(sheet.file, 0, "arrived", message)])
    log = _Log.of(sheet)
    apart = 7 * -(-log.days // 7)
    began = np.datetime64(start, "us") + np.timedelta64(1, "D") * (log.place * apart)
    cells = log.cells(began + np.round(log.number["arrived"] * 1e6).astype("timedelta64[us]"))
    kept = log.reported()
    told = [f"a log of `sim run --log` from {start} on, {counted(log.days, 'day')}"]
    if (many := int(log.place.max(initial=0)) + 1) > 1:
        told.append(
            f"{many} replications one after the other, {apart} days apart: dates from {start} on "
            f"for {apart} days are those of the calendar, later ones are not"
        )
    if not kept.all():
        told.append(
            f"{counted((~kept).sum(), 'contact')} left out: of days that do not count, or ended as "
            "no log of a centre shows"
        )
    columns = {name: column.filter(pa.array(kept)) for name, column in cells.items()}
    return Sheet(sheet.file, columns, sheet.line[kept], (*sheet.told, *told), sheet.delimiter)


def lacks_start(sheet: Sheet) -> bool:
    """Whether it is a log of our own without the scenario that says its first day."""
    return _is_log(sheet) and _start_beside(sheet.file) is None


def _is_log(sheet: Sheet) -> bool:
    return all(name in sheet.folded for name in HEADER)


@dataclass(frozen=True)
class _Log:
    """Its columns; place: [rows] number of the replication, from 0; days: that count."""

    cell: dict[str, pa.Array]
    number: dict[str, Floats]
    word: dict[str, np.ndarray]
    place: np.ndarray
    days: int

    @classmethod
    def of(cls, sheet: Sheet) -> _Log:
        cell = {name: sheet.columns[sheet.folded[name]] for name in HEADER}
        number = {name: _numbers(cell[name]) for name in HEADER if name not in WORDS}
        word = {name: np.asarray(cell[name].to_pylist(), object) for name in WORDS}
        place = np.unique(number["replication"], return_inverse=True)[1]
        first = word["cause"] == Cause.FIRST.name.lower()
        days = int(number["arrived"][first].max(initial=0.0) // DAY) + 1
        return cls(cell, number, word, place, days)

    @property
    def called(self) -> np.ndarray:
        """[rows] whether the customer is to be called, and so has left the queue."""
        return np.asarray(self.number["callback"] == 1)

    def reported(self) -> np.ndarray:
        """[rows] whether a centre's log would show it."""
        outcomes = [one.name.lower() for one in REPORTED]
        arrived, channel = self.number["arrived"], self.word["channel"]
        some = np.isin(self.word["outcome"], outcomes) & ~np.isnan(self.number["ended"])
        inbound = np.unique(channel[~self.called])  # outbound calls are callbacks, all of them
        some = (some | self.called) & np.isin(channel, inbound)
        some &= ~np.isin(self.word["cause"], UNSEEN)
        return some & (arrived >= 0) & (arrived < self.days * DAY)

    def cells(self, arrived: np.ndarray) -> dict[str, pa.Array]:
        """Columns as the map of such a log has them; work that was put down has no times."""
        number = self.number
        known = {outcome.name.lower(): said for outcome, said in REPORTED.items()}
        answered = (self.word["outcome"] == Outcome.ANSWERED.name.lower()) & ~self.called
        outcome = np.where(self.called, Outcome.FLOWED_OUT.name.lower(), self.word["outcome"])
        wait = np.where(self.called, 0.0, number["ended"] - number["arrived"])
        whole = answered & (number["put_down"] == 0)
        talk, wrap = number["talked"] - number["ended"], number["freed"] - number["talked"]
        agent = np.nan_to_num(number["agent"], nan=-1.0) + 1
        return {
            **{name: self.cell[name] for name in ("replication", "reason", "channel")},
            "contact": self._named(number["contact"]),
            "customer": self._named(number["customer"]),
            "chain": self._named(self._first_legs()),
            "arrived": pa.array(arrived),
            "outcome": pa.array([known.get(one, "") for one in outcome]),
            "wait": pa.array(wait, from_pandas=True),
            "talk": pa.array(np.where(whole, talk, np.nan), from_pandas=True),
            "wrap": pa.array(np.where(whole, wrap, np.nan), from_pandas=True),
            "agent": pc.if_else(pa.array(answered), self._named(agent), pa.scalar(None, "string")),
        }

    def _named(self, values: Floats) -> pa.Array:
        """Numbers that begin anew in each replication."""
        replication, own = (
            one.astype(np.int64).astype(str) for one in (self.number["replication"], values)
        )
        return pa.array(np.char.add(np.char.add(replication, "-"), own))

    def _first_legs(self) -> Floats:
        """[rows] the contact that each is a leg of: itself, or what it continues."""
        contact = self.number["contact"]
        size = contact.max(initial=0.0) + 1
        key = self.place * size + contact
        order = np.argsort(key)
        legs = np.flatnonzero(np.isin(self.word["cause"], LEGS))
        parents = self.place[legs] * size + self.number["parent"][legs]
        at = order[np.searchsorted(key, parents, sorter=order).clip(max=len(key) - 1)]
        first = contact.copy()
        for row, parent in zip(legs.tolist(), at.tolist(), strict=True):  # parents stand before
            first[row] = first[parent]
        return first


def _numbers(column: pa.Array) -> Floats:
    """Numbers, nan where there are none; a text file has them as texts."""
    if pa.types.is_string(column.type):
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    found = pc.cast(column, pa.float64())
    return np.asarray(found.to_numpy(zero_copy_only=False), np.float64)


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
