"""A scenario and a variant of it, played side by side on the same customers, a little at a time."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import isnan
from threading import Lock
from typing import Any

import numpy as np

from sim.engine import ENGINES
from sim.experiment import Workshop
from sim.measures import CATALOGUE, Tally, estimate, of_sums, split_sums
from sim.measures.components import CHANNEL, HOUR, SOURCE, TOTAL
from sim.report.numbers import NOTHING, interval, number, signed
from sim.scenario import Scenario, fingerprint
from sim.stats import simultaneous_differences
from sim.tables import Floats

FIRST = 10
"""Replications of the first answer: enough for an interval, soon enough to feel at once."""

KEPT = 48
"""Scenarios whose replications are kept: going back to a value costs nothing."""

SHOWN = (
    *("service_level", "abandonment", "asa", "answer_rate", "contacts", "answered", "unanswered"),
    *("occupancy", "hours", "aht", "conversion", "sales", "incremental_revenue", "cost", "margin"),
    "satisfaction",
)
"""Measures of the table, in its order."""

BY_CHANNEL = ("service_level", "abandonment", "asa", "contacts")
BY_HOUR = ("service_level", "unanswered", "offered", "occupancy", "agents", "margin")
ENDINGS = (
    *("answered", "abandoned", "balked", "blocked", "no_line", "closed", "expired"),
    *("withdrawn", "self_served", "unreached", "flowed_out", "unfinished"),
)


@dataclass(eq=False)
class Played:
    """A scenario and its replications 0, 1, ... so far."""

    workshop: Workshop
    tallies: list[Tally] = field(default_factory=list)

    @property
    def scenario(self) -> Scenario:
        """The scenario played."""
        return self.workshop.setting.scenario


class Trials:
    """Plays scenarios on all cores; what was played is kept for a while."""

    def __init__(self, jobs: int | None = None) -> None:
        jobs = jobs or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="replication")
        self._kept: OrderedDict[str, Played] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        """Stop; what is running is finished first."""
        self._pool.shutdown(cancel_futures=True)

    def played(self, scenario: Scenario) -> Played:
        """The scenario with the replications that are there already."""
        key = fingerprint(scenario)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        fresh = Played(Workshop.of(scenario, scenario.run.seed, ENGINES[0]))
        with self._lock:
            self._kept[key] = fresh
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return fresh

    def extend(
        self, some: Sequence[Played], replications: int, wanted: Callable[[], bool] = lambda: True
    ) -> bool:
        """Have at least so many replications of each, the same customers in all.

        Args:
            some: what to play.
            replications: of each.
            wanted: asked now and then; once it says no, the rest is left out.

        Returns:
            Whether all of it is there.
        """
        missing = [
            (one, place, self._pool.submit(one.workshop.measure, place))
            for place in range(replications)
            for one in dict.fromkeys(some)
            if place >= len(one.tallies)
        ]
        try:
            for one, place, future in missing:
                if not wanted():
                    return False
                tally, _ = future.result()
                with self._lock:
                    if place == len(one.tallies):  # not yet added by another session
                        one.tallies.append(tally)
        finally:
            for _, _, future in missing:
                future.cancel()
        return True


def stages(replications: int) -> Iterator[int]:
    """How many replications to show after: few at once, then more and more, then all."""
    n = min(FIRST, replications)
    while n < replications:
        yield n
        n *= 2
    yield replications


# --- what is shown ----------------------------------------------------------------------------


def view(base: Played, variant: Played, replications: int) -> dict[str, Any]:
    """Everything that the page shows, from the first replications of both.

    Numbers are those of `sim run` and `sim compare` with the same seed and as many replications.
    """
    sides = [(one.scenario, one.tallies[:replications]) for one in (base, variant)]
    same = base is variant
    return {
        "replications": replications,
        "same": same,
        "measures": _measures(sides, same),
        "channels": _channels(sides),
        "hours": _hours(sides),
        "ends": _ends(sides),
        "costs": _costs(sides),
    }


Side = tuple[Scenario, list[Tally]]


def _measures(sides: Sequence[Side], same: bool) -> list[dict[str, Any]]:
    rows = [_cells(side, SHOWN, TOTAL) for side in sides]
    sums = [split_sums(scenario, tallies, TOTAL)["all"] for scenario, tallies in sides]
    currency = sides[0][0].currency
    found = []
    for name in SHOWN:
        cells = [of.get((name, "all")) for of in rows]
        if any(cell is None or isnan(cell["value"]) for cell in cells):
            continue
        if name == "asa" and not all(_live_only(scenario) for scenario, _ in sides):
            continue  # seconds on the telephone and hours of e-mail have no mean worth showing
        found.append(
            {
                "name": name,
                "label": CATALOGUE[name].label,
                "base": cells[0],
                "variant": cells[1],
                "difference": None if same else _difference(sides, sums, name, currency),
            }
        )
    return found


def _live_only(scenario: Scenario) -> bool:
    return all(channel.live for channel in scenario.channels.values())


def _cells(side: Side, names: Sequence[str], by: str) -> dict[tuple[str, str], dict[str, Any]]:
    """(measure, group) -> its estimate and how it is written."""
    scenario, tallies = side
    rows = estimate(scenario, tallies, scenario.run.confidence, measures=names, splits=[by])
    return {
        (row.measure, row.group): {
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "text": number(row.value, row.unit, scenario.currency),
            "interval": interval(row.low, row.high, row.unit, scenario.currency),
        }
        for row in rows
    }


def _difference(
    sides: Sequence[Side], sums: Sequence[Floats], name: str, currency: str
) -> dict[str, Any]:
    """Variant less base, as `sim compare` has it; `better` 1 or -1 once it is told apart."""
    confidence = sides[0][0].run.confidence
    bounds = simultaneous_differences([of_sums(one, name) for one in sums], 0, confidence)
    value, low, high = (float(x[1]) for x in (bounds.value, bounds.low, bounds.high))
    unit, better = CATALOGUE[name].unit, CATALOGUE[name].better or 0
    apart = low > 0 or high < 0
    return {
        "value": value,
        "low": low,
        "high": high,
        "text": _signed(value, unit, currency),
        "interval": f"{signed(low, unit)} to {_signed(high, unit, currency)}",
        "apart": apart,
        "better": int(np.sign(value)) * better if apart else 0,
    }


def _signed(value: float, unit: str, currency: str) -> str:
    return signed(value, unit) + {"share": " points", "money": f" {currency}"}.get(unit, "")


def _channels(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """Each channel's measures of both sides, as they are written."""
    cells = [_cells(side, BY_CHANNEL, CHANNEL) for side in sides]
    names = dict.fromkeys(channel for of in cells for _, channel in of)
    return [
        {
            "channel": channel,
            "cells": [
                [of.get((name, channel), {}).get("text", NOTHING) for of in cells]
                for name in BY_CHANNEL
            ],
        }
        for channel in names
    ]


def _hours(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """A row an hour of the week in which anything happens, and side: the means."""
    rows: list[dict[str, Any]] = []
    for side, (scenario, tallies) in enumerate(sides):
        sums = split_sums(scenario, tallies, HOUR)
        if not sums:
            continue
        together = np.stack(list(sums.values()), axis=1)  # [replication, hour, component]
        means = {name: _means(together, name) for name in BY_HOUR}
        rows += [
            {
                "hour": _hour(group),
                "side": side,
                **{name: of[place] for name, of in means.items()},
            }
            for place, group in enumerate(sums)
        ]
    return rows


def _means(sums: Floats, name: str) -> list[float | None]:
    num, den = (part.sum(axis=0) for part in of_sums(sums, name))
    ratio = (num / np.where(den > 0, den, np.nan)).tolist()
    return [None if isnan(value) else value for value in ratio]


def _hour(group: str) -> int:
    day, clock = group.split()
    return 24 * ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day) + int(clock[:2])


def _ends(sides: Sequence[Side]) -> list[dict[str, Any]]:
    rows = []
    for side, (scenario, tallies) in enumerate(sides):
        sums = split_sums(scenario, tallies, TOTAL)["all"]
        for name in ENDINGS:
            value = float(of_sums(sums, name)[0].mean())
            if value > 0:
                text = number(value, "contacts")
                rows.append(
                    {"side": side, "part": CATALOGUE[name].label, "value": value, "text": text}
                )
    return rows


def _costs(sides: Sequence[Side]) -> list[dict[str, Any]]:
    rows = []
    for side, (scenario, tallies) in enumerate(sides):
        for source, sums in split_sums(scenario, tallies, SOURCE).items():
            value = float(of_sums(sums, "cost")[0].mean())
            if value > 0:
                text = number(value, "money", scenario.currency)
                rows.append({"side": side, "part": source, "value": value, "text": text})
    return rows
