"""Queues of an export as reasons of a scenario."""

from __future__ import annotations

import re

import pandas as pd


def by_reason(table: pd.DataFrame) -> pd.DataFrame:
    """With reasons for queues: the queue, and the channel where a queue has several.

    Names are as the scenario language allows them: letters, digits, spaces, `_` and `-`.
    """
    table = table.assign(channel=table["channel"].map(_names(table["channel"], "phone")))
    pairs = table.groupby("queue", observed=True)["channel"].nunique()
    several = set(pairs.index[pairs > 1])
    queue, channel = table["queue"].astype(object), table["channel"].astype(object)
    if several:
        queue = queue.where(~queue.isin(several), queue + " " + channel)
    queue = queue.map(_names(queue, "contacts"))
    return table.assign(reason=queue.astype("category"), queue=queue.astype("category"))


def _names(column: pd.Series, usual: str) -> dict[object, str]:
    """What each name of an export is called in the scenario; `usual` where nothing is left."""
    found: dict[object, str] = {}
    for name in column.unique():
        said = " ".join(re.sub(r"[^\w\s-]|^[\s_-]+", " ", str(name)).split()) or usual
        said = f"{said} {usual}" if said == "other" else said  # which means all others
        one, number = said, 2
        while one in found.values():
            one, number = f"{said} {number}", number + 1
        found[name] = one
    return found
