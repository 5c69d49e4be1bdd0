"""Which queues of a report the same agents answer: seen in staff and in waits, or said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd

from sim.data.fitting.staffing import connected
from sim.data.remarks import Remarks, wrong
from sim.data.times import seconds_of
from sim.data.words import name_of
from sim.scenario.faults import meant
from sim.tables import DAY, Floats

LEAST = 60  # intervals with answered contacts of both queues, of which a correlation is asked
TOGETHER = 0.05  # which the correlation of waits surely exceeds where agents are shared
APART = 0.2  # which it surely does not reach where they are not
SURE = 3.3  # standard errors for which queues are put together; 2 for which they are kept apart
SAME = 0.98  # share of the intervals in which staff must be the same
CROWDED = 1.02  # times the staff that queues cannot keep busy together


def find_sharing(
    table: pd.DataFrame, said: Mapping[str, Sequence[str]] | None, remarks: Remarks
) -> tuple[tuple[tuple[str, ...], ...], dict[str, str]]:
    """The pools of the queues of a report; first queue of one -> what of it is no measurement.

    Queues with the same staff in every interval share it. Where staff is not told, queues with one
    line have one wait: what is not usual for the half hour, not of the day and does not come with
    the contacts offered rises and falls in both. Queues with agents of their own have chance of
    their own.

    Args:
        table: intervals by reason.
        said: name -> queues that share agents, as a map says it; the others have their own.
        remarks: are added to.

    Raises:
        ScenarioError: if `said` names a queue that is not there, or one twice.
    """
    names = [str(one) for one in table["queue"].unique()]
    if said is not None:
        return _as_said(names, said), {}
    rows = {name: _rows(table[table["queue"] == name]) for name in names}
    pairs = {pair: _verdict(rows[pair[0]], rows[pair[1]]) for pair in combinations(names, 2)}
    pools = connected(names, [pair for pair, found in pairs.items() if found.what == "together"])
    marks = {}
    for pool in pools:
        inside = {pair: found for pair, found in pairs.items() if set(pair) <= set(pool)}
        if inside:
            marks[pool[0]] = "pool-shared"
            remarks.note("shared", queues=", ".join(pool), why=_why(inside, "together"))
    apart = [pair for pair in pairs if not any({*pair} <= {*pool} for pool in pools)]
    others = {pair: pairs[pair] for pair in apart}
    if own := _named(names, others, "apart"):
        remarks.note("apart", queues=", ".join(own), why=_why(others, "apart"))
    if open_ := _named(names, others, "unknown"):
        for pool in pools:
            if set(pool) & set(open_):
                marks.setdefault(pool[0], "pool-alone")
        remarks.note("perhaps-shared", queues=", ".join(open_), why=_why(others, "unknown"))
    return pools, marks


def _named(names: list[str], pairs: Mapping[tuple[str, str], Verdict], what: str) -> list[str]:
    """The queues of which some pair has a verdict."""
    inside = {name for pair, found in pairs.items() if found.what == what for name in pair}
    return [name for name in names if name in inside]


def _why(pairs: Mapping[tuple[str, str], Verdict], what: str) -> str:
    """The reasons of a verdict, each with the correlations it rests on."""
    reasons: dict[str, list[float]] = {}
    for found in pairs.values():
        if found.what == what:
            reasons.setdefault(found.why, []).extend([found.correlation] * found.by_waits)
    said = []
    for why, values in reasons.items():
        low, high = (f"{one:.2f}" for one in (min(values, default=0), max(values, default=0)))
        many = low if low == high else f"{low} to {high}"
        said.append(f"{why} (correlation {many})" if values else why)
    return "; ".join(said)


def _as_said(names: list[str], said: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    pools = tuple(tuple(map(name_of, queues)) for queues in said.values())
    every = [one for queues in pools for one in queues]
    for one in every:
        if one not in names:
            raise wrong("pools", "unknown-queue", queue=one, meant=meant(one, names))
        if every.count(one) > 1:
            raise wrong("pools", "queue-twice", queue=one)
    return (*pools, *((one,) for one in names if one not in every))


# --- two queues -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Of two queues, why, and the correlation of their waits if it was by that."""

    what: Literal["together", "apart", "unknown"]
    why: str
    correlation: float = np.nan

    @property
    def by_waits(self) -> bool:
        return bool(np.isfinite(self.correlation))


COLUMNS = ["length", "offered", "answered", "wait_answered", "handle", "staff"]


def _rows(some: pd.DataFrame) -> pd.DataFrame:
    """Intervals of one queue, by their begin in seconds."""
    some = some.set_index(seconds_of(some["start"]))[COLUMNS].astype(float)
    return some[~some.index.duplicated()].sort_index()


def _verdict(one: pd.DataFrame, other: pd.DataFrame) -> Verdict:
    """Whether two queues share agents, and why."""
    both = one.index.intersection(other.index)
    one, other = one.loc[both], other.loc[both]
    waits = _by_waits(one, other)
    known = one["staff"] + other["staff"] > 0
    if known.sum() < LEAST:
        return waits
    if (one["staff"] == other["staff"])[known].mean() < SAME:
        more = f", although {waits.why}" if waits.what == "together" else ""
        return Verdict("apart", f"the report has a head count for each{more}", waits.correlation)
    load = (one["handle"] + other["handle"])[known].sum()
    if load > CROWDED * (one["staff"] * one["length"])[known].sum():
        return Verdict("apart", "their work would be too much for one staff")
    if waits.what == "apart":
        return waits
    return Verdict("together", "the report has the same head counts for them")


def _by_waits(one: pd.DataFrame, other: pd.DataFrame) -> Verdict:
    """By whether waits rise and fall together."""
    waits = [np.log1p(some["wait_answered"] / some["answered"]) for some in (one, other)]
    some = (one["answered"] > 0) & (other["answered"] > 0) & np.isfinite(sum(waits))
    if some.sum() < LEAST:
        few = "too few of their intervals have waits" if some.any() else "the report has no waits"
        return Verdict("unknown", few)
    values = pd.concat([*waits, np.log1p(one["offered"]), np.log1p(other["offered"])], axis=1)[some]
    day = values.index // DAY
    slot = values.index % (7 * DAY)
    rest = _without_usual(values.to_numpy(), day, slot)
    waited, came = rest[:, :2], rest[:, 2:]
    # what contacts that came in both at once have done to both
    next_to = np.diff(values.index, prepend=0.0) == one["length"][some]
    causes = np.hstack([came, np.where(next_to.to_numpy()[:, None], np.roll(came, 1, axis=0), 0.0)])
    rest = waited - causes @ np.linalg.lstsq(causes, waited, rcond=None)[0]
    freedom = len(day) - len(np.unique(day)) - len(np.unique(slot)) - 4
    if freedom < LEAST:
        return Verdict("unknown", "too few of their intervals have waits")
    if (rest.std(axis=0) < 1e-9).any():
        return Verdict("unknown", "hardly anybody waited")
    found = float(np.corrcoef(rest.T)[0, 1])
    middle, error = np.arctanh(found), 1 / np.sqrt(freedom)
    if np.tanh(middle - SURE * error) > TOGETHER:
        return Verdict("together", "their waits rise and fall together", found)
    if np.tanh(middle + 2 * error) < APART:
        return Verdict("apart", "their waits do not rise and fall together", found)
    return Verdict("unknown", "their waits may or may not rise and fall together", found)


def _without_usual(values: Floats, *kinds: pd.Index) -> Floats:
    """[intervals, variables] less what is usual for the day, and for the half hour of the week."""
    rest = pd.DataFrame(values)
    for _ in range(10):
        for kind in kinds:
            rest -= rest.groupby(kind.to_numpy()).transform("mean")
    return rest.to_numpy()
