"""The measures of an export, by the formulas of the catalogue that measure simulated days."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sim.data.reading import Data
from sim.data.tables import OUTCOMES
from sim.measures.catalogue import CATALOGUE, Estimator, Measure, terms

NEVER = ("blocked", "no_line", "expired")
"""Ends of contacts of which no export knows: in a formula they are none."""

Split = Literal["half hour", "day", "queue", "total"]


def measures(data: Data, by: Split = "half hour", *, threshold: float = 20.0) -> pd.DataFrame:
    """Every measure of the catalogue that an export tells.

    Args:
        data: of `read_data`.
        by: a row each. Contacts count when they arrived, in a report as it has them.
        threshold: of the service level in seconds; reports have their own.

    Returns:
        A row each, columns called as in the catalogue, with its units; nan where nothing was to be
        divided by. Legs after a transfer are handled, and no contacts of their own.
    """
    table, when = data.table, data.when
    parts = _of_contacts(table, threshold) if data.is_log else _of_intervals(table)
    places: dict[str, pd.Series] = {
        "half hour": when.dt.floor("30min"),
        "day": when.dt.normalize(),
        "queue": table["queue"].astype(str),
        "total": table["queue"].astype(str).map(lambda _: "total"),
    }
    sums = parts.groupby(places[by].rename(by)).sum(min_count=1)
    sums = sums.dropna(axis="columns", how="all").fillna(0.0)
    found = {one.name: _value(one, sums) for one in CATALOGUE.values() if _is_told(one, sums)}
    return pd.DataFrame(found, index=sums.index)


def _is_told(one: Measure, sums: pd.DataFrame) -> bool:
    above, below = terms(one.numerator), terms(one.denominator)
    known = set(sums.columns)
    return (
        one.estimator is not Estimator.QUANTILE
        and {*above, *below} <= known | set(NEVER)
        and bool(known & set(above))
    )


def _value(one: Measure, sums: pd.DataFrame) -> pd.Series:
    above, below = _sum(one.numerator, sums), _sum(one.denominator, sums)
    if not one.denominator:
        return above * one.scale
    return (above / below.where(below != 0)).fillna(one.zero_by_zero) * one.scale


def _sum(formula: str, sums: pd.DataFrame) -> pd.Series:
    found = sums.iloc[:, 0] * 0.0
    for name, sign in terms(formula).items():
        if name in sums:
            found = found + sign * sums[name]
    return found


def _of_contacts(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Components of the catalogue, of each row; nan where an export does not tell."""
    first = (table["leg"] == 0).to_numpy()
    ends = {said.replace(" ", "_"): (table["outcome"] == said).to_numpy() for said in OUTCOMES}
    wait = table["wait"].to_numpy()
    answered, abandoned = ends["answered"] & first, ends["abandoned"] & first
    counts = {
        "contacts": first,
        **{name: mask & first for name, mask in ends.items()},
        "handled": ends["answered"],
        "answered_within": answered & (wait <= threshold),
        "abandoned_within": abandoned & (wait <= threshold),
        "answered_at_once": answered & (wait == 0),
    }
    times = {
        "wait_of_answered": np.where(answered, wait, 0.0),
        "wait_of_abandoned": np.where(abandoned, wait, 0.0),
        **{
            f"{name}_time": np.where(ends["answered"], table[name], 0.0)
            for name in ("talk", "wrap")
            if table[name].notna().any()
        },
    }
    if np.isnan(wait).all():
        waits = ("answered_within", "abandoned_within", "answered_at_once")
        counts = {name: one for name, one in counts.items() if name not in waits}
        times = {name: one for name, one in times.items() if not name.startswith("wait")}
    columns = {name: one.astype(float) for name, one in counts.items()} | times
    return pd.DataFrame(columns, index=table.index)


def _of_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Components of the catalogue, of each interval; nan where a report does not tell."""
    columns = {
        "contacts": table["offered"],
        "answered": table["answered"],
        "abandoned": table["abandoned"],
        "flowed_out": table["flowed_out"],
        "handled": table["answered"],
        "answered_within": table["within"],
        "wait_of_answered": table["wait_answered"],
        "wait_of_abandoned": table["wait_abandoned"],
        "talk_time": table["handle"] - table["wrap"].fillna(0.0),
        "wrap_time": table["wrap"] if table["wrap"].notna().any() else 0.0 * table["handle"],
    }
    return pd.DataFrame(columns)
