"""Which options of a comparison have to go on, decided from what has been run so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.experiment.luck import Luck
from sim.experiment.precision import FIRST_STAGE, replications_for
from sim.experiment.runner import Sample
from sim.experiment.study import Study
from sim.measures import measure_of, values
from sim.stats.control import coefficients
from sim.stats.pairing import Sums
from sim.stats.selection import Selection
from sim.tables import Floats


@dataclass(frozen=True)
class Verdict:
    """What the selection procedure says.

    best: the option chosen; None if the replications did not suffice.
    candidates: those that may be the best, the chosen one among them.
    indifference: smaller differences in the deciding measure do not matter.
    replications: that it looked at.
    """

    best: str | None
    candidates: tuple[str, ...]
    indifference: float
    replications: int


class Race:
    """Who has to go on, decided from what has been run so far."""

    def __init__(self, study: Study, samples: Mapping[str, Sample], luck: Luck) -> None:
        self._study, self._samples, self._names = study, samples, list(samples)
        self._luck = luck
        self._sign = measure_of(study.decide).better or 1
        first = {name: deciding(study, sample) for name, sample in samples.items()}
        self._line = {name: _line(name, study.decide, *sums) for name, sums in first.items()}
        replications = len(next(iter(samples.values())))
        rows = np.stack([self._row(name, slice(None)) for name in samples], axis=1)
        # fixed by the first stage, so that no later replication changes an earlier row
        self._controls = luck.used(replications)
        if self._controls:
            self._slope = coefficients(rows, luck.of(self._controls))
            rows = rows - luck.of(self._controls) @ self._slope
        # where all values are 0 nothing differs, and any indifference will do
        self.indifference = study.indifference.of(float(np.abs(rows.mean(axis=0)).max())) or 1.0
        self._selection = Selection(
            len(samples),
            self.indifference,
            study.confidence,
            max(replications, 2),
            len(self._controls),
        )
        self._selection.add(rows)

    def look(self) -> None:
        """Let the selection procedure see the new replications of those still in the race."""
        survivors = [self._names[option] for option in self._selection.survivors]
        start = self._selection.replications
        ready = min(len(self._samples[name]) for name in survivors)
        rows = np.full((ready - start, len(self._names)), np.nan)
        for name in survivors:
            rows[:, self._names.index(name)] = self._row(name, slice(start, ready))
        if self._controls:
            rows -= self._luck.of(self._controls)[start:ready] @ self._slope
        self._selection.add(rows)

    def _row(self, name: str, some: slice) -> Floats:
        """[replication] one number each whose mean is the measure; more is better."""
        ratio, size = self._line[name]
        num, den = (one[some] for one in deciding(self._study, self._samples[name]))
        return np.asarray(self._sign * (ratio + (num - ratio * den) / size))

    def wanted(self, limit: int) -> dict[str, int]:
        """Who has to go on, and to how many replications: part of the way, then look again."""
        steps = {name: n + max(n // 2, 10) for name, n in self._ready().items()}
        return self._going_on({name: min(n, steps[name]) for name, n in self._goals(limit).items()})

    def left(self, limit: int) -> int:
        """Replications that all options together probably still need."""
        ready = self._ready()
        goals = self._going_on(self._goals(limit))
        return sum(goals.values()) - sum(ready[name] for name in goals)

    def _ready(self) -> dict[str, int]:
        return {name: len(sample) for name, sample in self._samples.items()}

    def _goals(self, limit: int) -> dict[str, int]:
        return {
            name: min(max(self._for_choice(name), self._for_precision(name)), limit)
            for name in self._names
        }

    def _going_on(self, goals: dict[str, int]) -> dict[str, int]:
        """Those of the goals not reached; the reference goes as far as anybody."""
        ready = self._ready()
        goals = {name: n for name, n in goals.items() if n > ready[name]}
        if goals and (furthest := max(goals.values())) > ready[self._study.against]:
            goals[self._study.against] = furthest
        return goals

    def _for_choice(self, name: str) -> int:
        """Replications after which the selection procedure has chosen at the latest."""
        if self._selection.finished or self._names.index(name) not in self._selection.survivors:
            return 0
        return self._selection.replications_at_most or FIRST_STAGE

    def _for_precision(self, name: str) -> int:
        """Replications that the wanted precision probably needs."""
        precision, sample = self._study.precision, self._samples[name]
        if precision is None:
            return 0
        known = self._luck.known(len(sample))
        return replications_for(precision, sample, self._study.confidence, known)

    def verdict(self) -> Verdict:
        """What the selection procedure says now."""
        best = self._selection.best
        return Verdict(
            best=None if best is None else self._names[best],
            candidates=tuple(self._names[option] for option in self._selection.survivors),
            indifference=self.indifference,
            replications=self._selection.replications,
        )


def deciding(study: Study, sample: Sample) -> Sums:
    """[replication] numerator and denominator of the deciding measure."""
    return values(sample.scenario, sample.tallies, study.decide)


def _line(name: str, measure: str, num: Floats, den: Floats) -> tuple[float, float]:
    """The ratio of the first stage, and the mean denominator.

    The selection procedure needs one number a replication whose mean is the measure, and which no
    later replication changes: the line through the first stage's ratio, r + (num - r den) / size.
    For totals (denominator 1) it is the number itself.
    """
    if not den.sum() > 0.0:
        raise ValueError(
            f"option `{name}`: there is nothing to form `{measure}` from in {len(den)} "
            "replications; let another measure decide"
        )
    return float(num.sum() / den.sum()), float(den.mean())
