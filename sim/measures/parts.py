"""A long log cut into parts of whole customers, to be added up one after the other.

What lies between the log and its sums takes more memory than the log itself. For a year at once it
would be as much again, all of it fresh from the system, which takes longer than the adding up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from sim.tables import ContactLog, Draws, Ints, PutDown

CUSTOMERS = 131_072
"""Customers of a part, at most."""


def parts(log: ContactLog, draws: Draws) -> Iterator[tuple[ContactLog, Draws]]:
    """Log and draws of some customers after the others, numbered from 0 in each part."""
    n = len(draws.arrival)
    if n <= CUSTOMERS or len(draws.same):  # contacts of one customer may be far apart
        yield log, draws
        return
    later = n + np.argsort(log.customer[n:], kind="stable")
    borders = [*range(0, n, CUSTOMERS), n]
    found = np.searchsorted(log.customer[later], borders)
    for k in range(len(borders) - 1):
        low, high = borders[k : k + 2]
        theirs = replace(
            draws,
            arrival=draws.arrival[low:high],
            reason=draws.reason[low:high],
            row=draws.row[low:high],
            channel=draws.channel[low:high],
            age=draws.age[low:high],
        )
        yield _part(log, n, low, high, np.sort(later[found[k] : found[k + 1]])), theirs


def _part(log: ContactLog, n: int, low: int, high: int, later: Ints) -> ContactLog:
    """Of n customers the first contacts from `low` to `high`, and these later ones."""
    columns: dict[str, Any] = {}
    for name in (field.name for field in fields(log) if field.name not in ("put_down", "rings")):
        column = getattr(log, name)
        first = column[low:high]
        columns[name] = np.concatenate([first, column[later]]) if len(later) else first
    columns["customer"] = columns["customer"] - low
    parent = log.parent[later]
    among_later = np.searchsorted(later, parent) + (high - low)
    parent = np.where(parent < n, parent - low, among_later)
    columns["parent"] = np.concatenate([log.parent[low:high], parent])
    return ContactLog(**columns, put_down=_put_down(log.put_down, low, high, later))


def _put_down(put_down: PutDown, low: int, high: int, later: Ints) -> PutDown:
    """What was put down of these contacts, which are numbered anew."""
    if len(put_down.contact) == 0:
        return put_down
    kept = np.concatenate([np.arange(low, high), later])
    place = np.searchsorted(kept, put_down.contact)
    mine = np.flatnonzero(np.append(kept, -1)[place] == put_down.contact)
    columns = {field.name: getattr(put_down, field.name)[mine] for field in fields(put_down)}
    return PutDown(**{**columns, "contact": place[mine]})
