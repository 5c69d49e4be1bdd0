"""The two tables that every export becomes: columns, types, units, meaning.

Times are local wall-clock times without a zone; durations are seconds, nan where the export does
not say. Rows are in order of time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Column(NamedTuple):
    """One column: type, unit (or empty), meaning."""

    kind: str
    unit: str
    meaning: str


OUTCOMES = ("answered", "abandoned", "flowed out", "closed")
"""How a contact ended: answered by an agent; the customer gave up; it left the queue unanswered
for elsewhere (overflow, voicemail, callback); it came outside opening hours or was dismissed."""

CONTACTS = {
    "contact": Column("text", "", "identifier of the contact; empty if the export has none"),
    "customer": Column("uint64", "", "keyed hash of who called; 0 if not known"),
    "queue": Column("category", "", "why or whom they called: a reason of the scenario"),
    "channel": Column("category", "", "phone, chat, email, ..."),
    "arrived": Column("datetime64[us]", "local time", "joined the queue"),
    "again": Column("bool", "", "in the second pass of an hour that the clocks repeat"),
    "outcome": Column("category", "", "one of `OUTCOMES`"),
    "wait": Column("float64", "s", "from joining until answered, or until leaving unanswered"),
    "talk": Column("float64", "s", "of an agent with the customer, hold included"),
    "hold": Column("float64", "s", "part of the talk"),
    "wrap": Column("float64", "s", "after-contact work"),
    "silent": Column("bool", "", "answered, but the customer had left unnoticed (chat)"),
    "agent": Column("category", "", "who answered; empty if nobody, or not said"),
    "leg": Column("int32", "", "0 for a contact as it came, 1, 2, ... after transfers"),
    "chain": Column("int64", "", "number shared by the legs of one contact"),
}
"""One row a contact (a leg of it, where it was transferred). `answered` is arrived + wait, `ended`
is arrived + wait + talk."""

INTERVALS = {
    "start": Column("datetime64[us]", "local time", "of the interval"),
    "again": Column("bool", "", "in the second pass of an hour that the clocks repeat"),
    "length": Column("float64", "s", "of the interval"),
    "queue": Column("category", "", "a reason of the scenario"),
    "channel": Column("category", "", "phone, chat, email, ..."),
    "offered": Column("float64", "contacts", "counted when they arrived"),
    "answered": Column("float64", "contacts", "counted when answered"),
    "abandoned": Column("float64", "contacts", "counted when they gave up"),
    "flowed_out": Column("float64", "contacts", "left for elsewhere"),
    "within": Column("float64", "contacts", "answered within the threshold"),
    "threshold": Column("float64", "s", "of the service level"),
    "handle": Column("float64", "s", "talk, hold and wrap-up of all answered together"),
    "wrap": Column("float64", "s", "the part of it that is wrap-up; nan if not said"),
    "wait_answered": Column("float64", "s", "wait of all answered together"),
    "wait_abandoned": Column("float64", "s", "wait of all abandoned together; nan if not said"),
    "staff": Column("float64", "agents", "present, on average; nan if not said"),
}
"""One row an interval and queue."""


def typed(frame: pd.DataFrame, columns: dict[str, Column]) -> pd.DataFrame:
    """The columns of a table, in order and of their types; what is missing is nan, empty or 0."""
    whole = {}
    for name, column in columns.items():
        if name in frame:
            values = frame[name]
        elif column.kind == "float64":
            values = pd.Series(np.nan, frame.index)
        else:
            values = pd.Series("" if column.kind in ("text", "category") else 0, frame.index)
        kind = "object" if column.kind == "text" else column.kind
        whole[name] = values if str(values.dtype) == kind else values.astype(kind)
    return pd.DataFrame(whole, copy=False)
