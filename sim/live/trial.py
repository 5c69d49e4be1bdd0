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
from sim.measures import CATALOGUE, COMPONENTS, Row, Tally, components_of, estimate
from sim.measures.components import CHANNEL, HOUR, REASON, SOURCE, TOTAL, WINDOW
from sim.measures.controls import COUNTED
from sim.measures.slices import ALL
from sim.measures.tallies import Tallies
from sim.report import words
from sim.report.numbers import NOTHING, interval, signed
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

MEASURES = {
    TOTAL: tuple(dict.fromkeys((*SHOWN, *ENDINGS))),
    CHANNEL: BY_CHANNEL,
    HOUR: BY_HOUR,
    SOURCE: ("cost",),
}
"""What is estimated of each side, by split."""

WANTED = components_of({name for some in MEASURES.values() for name in some}) | {*COUNTED}
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
    controls, found = None, {}
    if not pair.same:
        luck = Luck(pair.study, samples[BASE], simulation(pair.base.sample.subject).setting)
        controls = luck.known(replications)
        gaps = differences(pair.study, samples, controls, measures=SHOWN, splits=[TOTAL])
        found = {one.measure: one for one in gaps}
    sides = [_estimates(one, pair.study.confidence, controls) for one in samples.values()]
    currency = pair.base.scenario.currency
    return {
        "replications": replications,
        "same": pair.same,
        "measures": [*_measures(pair, sides, found)],
        "channels": _channels(sides, currency),
        "hours": _hours(sides),
        "ends": [*_parts(sides, TOTAL, ENDINGS, currency)],
        "costs": [*_parts(sides, SOURCE, ("cost",), currency)],
    }


Estimates = dict[str, dict[str, dict[str, Row]]]
"""Split -> group -> measure -> its estimate; all that is shown of one side."""


def _estimates(sample: Sample, confidence: float, controls: Floats | None) -> Estimates:
    found: Estimates = {}
    for by, measures in MEASURES.items():
        groups = found.setdefault(by, {})
        for row in estimate(
            *(sample.scenario, sample.tallies, confidence),
            measures=measures,
            splits=[by],
            controls=controls,
        ):
            groups.setdefault(row.group, {})[row.measure] = row
    return found


def _measures(
    pair: Pair, sides: Sequence[Estimates], found: dict[str, Difference]
) -> Iterator[dict[str, Any]]:
    currency = pair.base.scenario.currency
    mixed = any(_deferred(one.scenario) for one in pair.sides.values())
    for name in SHOWN:
        rows = [side[TOTAL][ALL].get(name) for side in sides]
        if any(row is None or isnan(row.value) for row in rows):
            continue
        if name == "asa" and mixed:
            continue  # seconds on the telephone and hours of e-mail have no mean worth showing
        base, variant = (_written(row, currency) for row in rows if row is not None)
        yield {
            "name": name,
            "label": CATALOGUE[name].label,
            "base": base,
            "variant": variant,
            "difference": _difference(found[name], currency) if name in found else None,
        }


def _deferred(scenario: Scenario) -> bool:
    return not all(channel.live for channel in scenario.channels.values())


def _written(row: Row, currency: str) -> dict[str, Any]:
    """An estimate, and how it is written."""
    return {
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "text": words.said(row, currency),
        "interval": interval(row.low, row.high, row.unit, currency),
    }


def _difference(found: Difference, currency: str) -> dict[str, Any]:
    """Variant less base; `better` 1 or -1 once it is told apart, 0 where neither is."""
    apart = words.significant(found)
    most = words.more(found._replace(value=found.high), currency)
    better = CATALOGUE[found.measure].better or 0
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "text": words.more(found, currency),
        "interval": f"{signed(found.low, found.unit)} to {most}",
        "apart": apart,
        "better": int(np.sign(found.value)) * better if apart else 0,
    }


def _channels(sides: Sequence[Estimates], currency: str) -> list[dict[str, Any]]:
    """Each channel's measures of both sides, as they are written."""

    def cell(side: Estimates, channel: str, name: str) -> str:
        row = side[CHANNEL].get(channel, {}).get(name)
        return NOTHING if row is None else words.said(row, currency)

    return [
        {
            "channel": channel,
            "cells": [[cell(side, channel, name) for side in sides] for name in BY_CHANNEL],
        }
        for channel in dict.fromkeys(channel for side in sides for channel in side[CHANNEL])
    ]


def _hours(sides: Sequence[Estimates]) -> list[dict[str, Any]]:
    """A row an hour of the week in which anything happens, and side."""
    return [
        {
            "hour": hour_of(group),
            "side": side,
            **{name: None if isnan(row.value) else row.value for name, row in rows.items()},
        }
        for side, found in enumerate(sides)
        for group, rows in found[HOUR].items()
        if any(row.value and not isnan(row.value) for row in rows.values())
    ]


def _parts(
    sides: Sequence[Estimates], by: str, measures: Sequence[str], currency: str
) -> Iterator[dict[str, Any]]:
    """Parts of a whole: measures of all, by their labels, or of groups, by their names."""
    for side, found in enumerate(sides):
        for group, rows in found[by].items():
            for row in (rows[name] for name in measures if name in rows):
                if row.value > 0:
                    part = CATALOGUE[row.measure].label if by == TOTAL else group
                    text = words.said(row, currency)
                    yield {"side": side, "part": part, "value": row.value, "text": text}
