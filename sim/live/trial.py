"""A scenario and a variant of it, played side by side on the same customers, a little at a time."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from math import isnan
from threading import Lock
from typing import Any

import numpy as np

from sim.draws import shared_luck
from sim.engine import ENGINES
from sim.experiment.branching import standing
from sim.experiment.compare import Difference, differences
from sim.experiment.luck import Luck
from sim.experiment.runner import Sample, Subject, simulation
from sim.experiment.study import Option, Study
from sim.measures import CATALOGUE, COMPONENTS, Row, Tally, components_of, estimate, of_sums
from sim.measures.components import CHANNEL, HOUR, REASON, SOURCE, TOTAL, WINDOW
from sim.measures.controls import COUNTED
from sim.measures.slices import Slices, slices_of
from sim.measures.tallies import Tallies
from sim.report import words
from sim.report.numbers import NOTHING, interval, number, signed
from sim.report.words import hour_of
from sim.scenario import Scenario
from sim.tables import Floats

FIRST = 4
"""Replications of the first answer: enough for an honest interval, soon enough to feel at once."""

KEPT_BYTES = 2**28
"""Of replications that are kept: going back to a value costs nothing."""

SHOWN = (
    *("service_level", "abandonment", "asa", "answer_rate", "contacts", "answered", "unanswered"),
    *("occupancy", "hours", "aht", "conversion", "sales", "incremental_revenue", "cost", "margin"),
    "satisfaction",
)
"""Measures of the table, in its order."""

BY_CHANNEL = ("service_level", "abandonment", "asa", "contacts")
BY_HOUR = ("service_level", "unanswered", "offered", "occupancy", "agents", "margin")
ENDINGS = (
    *("answered", "abandoned", "short_abandoned", "balked", "blocked", "no_line", "closed"),
    *("expired", "withdrawn", "self_served", "unreached", "flowed_out", "unfinished"),
)

SPLITS = (TOTAL, CHANNEL, REASON, SOURCE, WINDOW, HOUR)
"""What is kept of a replication: what is shown, and what its control variates are made of."""

WANTED = components_of((*SHOWN, *BY_CHANNEL, *BY_HOUR, *ENDINGS, "cost")) | {*COUNTED}
"""The components of what is shown, and those of the control variates."""

BASE, VARIANT = "baseline", "variant"


@dataclass(eq=False)
class Played:
    """A scenario and its replications 0, 1, ... so far.

    reading: held while the replications are read or grow.
    """

    sample: Sample
    reading: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> Played:
        """A scenario of which nothing has been played."""
        return cls(Sample(Subject.of(scenario, seed, ENGINES[0], WANTED)))

    @property
    def scenario(self) -> Scenario:
        """The scenario played."""
        return self.sample.scenario

    @property
    def rare(self) -> bool:
        """Whether it asks for rules that most scenarios do without, as of `Plan.rare`."""
        return simulation(self.sample.subject).plan.rare

    def __len__(self) -> int:
        return len(self.sample)

    def put(self, replication: int, tally: Tally) -> None:
        """Keep a replication; they come in order, and some of them twice from two pages."""
        with self.reading:
            if replication == len(self):
                self.sample.tallies.put(replication, tally)
                self.sample.tallies.reach(replication + 1)

    def first(self, replications: int) -> Sample:
        """The first replications; call it while `reading` is held."""
        some = self.sample.tallies[:replications]
        return replace(self.sample, tallies=some if isinstance(some, Tallies) else Tallies(some))


@dataclass(frozen=True)
class Pair:
    """A baseline and a variant of it; the same one twice if nothing differs.

    study: the two as options, as `sim compare` would have them.
    """

    study: Study
    base: Played
    variant: Played

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.base is self.variant

    @property
    def sides(self) -> dict[str, Played]:
        """By the name of the option."""
        return {BASE: self.base, VARIANT: self.variant}

    @property
    def goal(self) -> int:
        """The replications that the scenario asks for."""
        return self.variant.scenario.run.replications


class Trials:
    """Plays scenarios on all cores; what was played is kept for a while."""

    def __init__(self, jobs: int | None = None) -> None:
        self._jobs = jobs or os.cpu_count() or 1
        self._pool = standing(self._jobs, ENGINES[0])
        self._kept: OrderedDict[Hashable, tuple[Option, Played]] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        """Stop; what is running is finished first."""
        self._pool.shutdown(cancel_futures=True)

    def pair(self, option: Option, key: Hashable, changed: Callable[[], Scenario]) -> Pair:
        """An option and a variant of it, with the replications that are there already.

        Args:
            option: the baseline.
            key: what tells the variant from others of this option.
            changed: makes the variant, if it is not known.

        Raises:
            ScenarioError: with every fault of the variant, or if the two cannot be compared.
        """
        # an option's own scenario also says what is uncertain, which plays no part here
        base = self._played((id(option), None), option, lambda: option.changed({}))
        variant = self._played((id(option), key), option, changed)
        if variant.scenario == base.scenario:
            variant = base
        options = {
            name: replace(option, name=name, scenario=one.scenario)
            for name, one in ((BASE, base), (VARIANT, variant))
        }
        return Pair(Study.of(options), base, variant)

    def _played(self, key: Hashable, option: Option, make: Callable[[], Scenario]) -> Played:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        fresh = Played.of(make(), option.scenario.run.seed)
        with self._lock:
            while sum(_bytes(played) for _, played in self._kept.values()) > KEPT_BYTES:
                self._kept.popitem(last=False)
            # the option is kept too: its identity is a part of the key
            return self._kept.setdefault(key, (option, fresh))[1]

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
        try:
            return self._extend(some, replications, wanted)
        except BrokenExecutor:  # a process was killed, for want of memory perhaps
            self._pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="replication")
            return self._extend(some, replications, wanted)

    def _extend(
        self, some: Sequence[Played], replications: int, wanted: Callable[[], bool]
    ) -> bool:
        missing = [
            (one, place, self._pool.submit(played, one.sample.subject, place))
            for place in range(replications)
            for one in dict.fromkeys(some)
            if place >= len(one)
        ]
        try:
            for one, place, future in missing:
                if not wanted():
                    return False
                one.put(place, future.result())
        finally:
            for _, _, future in missing:
                future.cancel()
        return True


def played(subject: Subject, replication: int) -> Tally:
    """Run one replication and add up what the page shows; the task that helpers are given."""
    with shared_luck(True):  # a slider is moved on the same customers
        tally, _ = simulation(subject).measure(replication, subject.wanted)
    return tally.only(subject.slices, SPLITS)


def _bytes(one: Played) -> int:
    """About so many that its replications take."""
    return 8 * len(one) * len(one.sample.subject.slices) * len(COMPONENTS)


def stages(replications: int) -> Iterator[int]:
    """How many replications to show after: few at once, then more and more, then all."""
    n = min(FIRST, replications)
    while n < replications:
        yield n
        n *= 2
    yield replications


# --- what is shown ----------------------------------------------------------------------------


def view(pair: Pair, replications: int) -> dict[str, Any]:
    """Everything that the page shows, from the first replications of both.

    The numbers of a baseline alone are those of `sim run`; those of a baseline and a variant, and
    their differences, are those of `sim compare`, with the same seed and as many replications.
    """
    with ExitStack() as reading:
        for one in dict.fromkeys(pair.sides.values()):
            reading.enter_context(one.reading)
        return _view(pair, replications)


def _view(pair: Pair, replications: int) -> dict[str, Any]:
    samples = {name: one.first(replications) for name, one in pair.sides.items()}
    if pair.same:
        controls, found = None, {}
    else:
        luck = Luck(pair.study, samples[BASE], simulation(pair.base.sample.subject).setting)
        controls = luck.known(replications)
        gaps = differences(pair.study, samples, controls, measures=SHOWN, splits=[TOTAL])
        found = {one.measure: one for one in gaps}
    rows = [
        _cells(sample, pair.study.confidence, controls)
        for sample in ([samples[BASE]] * 2 if pair.same else samples.values())
    ]
    sides = [_Mean.of(sample) for sample in samples.values()]
    return {
        "replications": replications,
        "same": pair.same,
        "measures": _measures(pair, rows, found),
        "channels": _channels(rows),
        "hours": _hours(sides),
        "ends": _ends(sides),
        "costs": _costs(sides),
    }


Cells = dict[tuple[str, str], dict[str, Any]]
"""(Measure, group) -> its estimate and how it is written; groups are channels and `all`."""


def _cells(sample: Sample, confidence: float, controls: Floats | None) -> Cells:
    def rows(by: str, measures: Sequence[str]) -> list[Row]:
        return estimate(
            *(sample.scenario, sample.tallies, confidence),
            measures=measures,
            splits=[by],
            controls=controls,
        )

    currency = sample.scenario.currency
    return {
        (row.measure, "" if row.by == TOTAL else row.group): {
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "text": number(row.value, row.unit, currency),
            "interval": interval(row.low, row.high, row.unit, currency),
        }
        for row in [*rows(TOTAL, SHOWN), *rows(CHANNEL, BY_CHANNEL)]
    }


def _measures(
    pair: Pair, rows: Sequence[Cells], found: dict[str, Difference]
) -> list[dict[str, Any]]:
    currency = pair.base.scenario.currency
    shown = []
    for name in SHOWN:
        cells = [of.get((name, "")) for of in rows]
        if any(cell is None or isnan(cell["value"]) for cell in cells):
            continue
        if name == "asa" and any(_deferred(one.scenario) for one in pair.sides.values()):
            continue  # seconds on the telephone and hours of e-mail have no mean worth showing
        shown.append(
            {
                "name": name,
                "label": CATALOGUE[name].label,
                "base": cells[0],
                "variant": cells[1],
                "difference": _difference(found[name], currency) if name in found else None,
            }
        )
    return shown


def _deferred(scenario: Scenario) -> bool:
    return not all(channel.live for channel in scenario.channels.values())


def _difference(found: Difference, currency: str) -> dict[str, Any]:
    """Variant less base; `better` 1 or -1 once it is told apart, 0 where neither is."""
    value, low, high, unit = found.value, found.low, found.high, found.unit
    apart = words.significant(low, high)
    most = words.more(found._replace(value=high), currency)
    better = CATALOGUE[found.measure].better or 0
    return {
        "value": value,
        "low": low,
        "high": high,
        "text": words.more(found, currency),
        "interval": f"{signed(low, unit)} to {most}",
        "apart": apart,
        "better": int(np.sign(value)) * better if apart else 0,
    }


def _channels(rows: Sequence[Cells]) -> list[dict[str, Any]]:
    """Each channel's measures of both sides, as they are written."""
    names = dict.fromkeys(channel for of in rows for _, channel in of if channel)
    return [
        {
            "channel": channel,
            "cells": [
                [of.get((name, channel), {}).get("text", NOTHING) for of in rows]
                for name in BY_CHANNEL
            ],
        }
        for channel in names
    ]


@dataclass(frozen=True)
class _Mean:
    """The mean replication of a sample: [slice, component] sums."""

    scenario: Scenario
    slices: Slices
    sums: Floats

    @classmethod
    def of(cls, sample: Sample) -> _Mean:
        total = sum((one.sums for one in sample.tallies), 0.0)
        slices = slices_of(sample.scenario).only(SPLITS)
        return cls(sample.scenario, slices, np.asarray(total) / len(sample))

    def by(self, split: str) -> tuple[list[str], Floats]:
        """The groups of a split, and their sums."""
        rows = self.slices.of(split)
        return [group for _, group in self.slices.labels[rows]], self.sums[rows]


def _hours(sides: Sequence[_Mean]) -> list[dict[str, Any]]:
    """A row an hour of the week in which anything happens, and side: the means."""
    rows: list[dict[str, Any]] = []
    for side, mean in enumerate(sides):
        groups, sums = mean.by(HOUR)
        shown = {name: _ratios(sums, name) for name in BY_HOUR}
        rows += [
            {
                "hour": hour_of(groups[place]),
                "side": side,
                **{name: of[place] for name, of in shown.items()},
            }
            for place in np.flatnonzero(np.nan_to_num(sums).any(axis=1)).tolist()
        ]
    return rows


def _ratios(sums: Floats, name: str) -> list[float | None]:
    num, den = of_sums(sums, name)
    ratio = (num / np.where(den > 0, den, np.nan)).tolist()
    return [None if isnan(value) else value for value in ratio]


def _ends(sides: Sequence[_Mean]) -> list[dict[str, Any]]:
    """Contacts of a replication by how they ended."""
    return [
        {"side": side, "part": CATALOGUE[name].label, "value": value, "text": text}
        for side, mean in enumerate(sides)
        for name in ENDINGS
        if (value := float(of_sums(mean.by(TOTAL)[1], name)[0][0])) > 0
        and (text := number(value, "contacts"))
    ]


def _costs(sides: Sequence[_Mean]) -> list[dict[str, Any]]:
    """Cost of a replication by source."""
    return [
        {"side": side, "part": source, "value": value, "text": text}
        for side, mean in enumerate(sides)
        for source, value in zip(
            mean.by(SOURCE)[0], of_sums(mean.by(SOURCE)[1], "cost")[0].tolist(), strict=True
        )
        if value > 0 and (text := number(value, "money", mean.scenario.currency))
    ]
