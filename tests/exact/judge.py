"""How an estimate is compared with an oracle: by its own standard error, at one level for all.

A finding is one measure of one case. It disagrees if its distance from the oracle is more than
Student's quantile times the standard error over replications; it has no power, which fails too, if
that product, the *detectable difference*, exceeds the limit stated for it.

Estimates are sharpened by control variates whose expectations are known (Lavenberg & Welch 1981):
how many customers came, and how much longer their handle times were than usual. In a queue these
explain most of the luck of a run; some cases would need ten times the contacts without them. The
controls themselves are compared too, so that a wrong arrival rate or handle time is not explained
away.

A square of the customers would explain more where the day's busyness varies much (P13), but rules
the fit from a few wild days: in 8 sets of 300 days its deviations were -4.0 to 1.7 standard errors,
without it -1.7 to 1.2, while all 2400 days agreed with the oracle in every way (+0.2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import sim
from sim.experiment.simulation import Simulation
from sim.measures import Tally, estimate
from sim.measures.catalogue import CATALOGUE, Estimator, terms
from sim.measures.slices import slices_of
from sim.measures.tally import COLUMN
from sim.stats.intervals import ratio_values
from sim.tables import ContactLog

Floats = NDArray[np.float64]
Probe = Callable[[ContactLog, int], Mapping[str, float]]
"""What a case measures itself: from a log and the number of counted days, names to values."""

FOLDER = Path(__file__).parent / "cases"
SPREAD = "variance of customers"


@dataclass(frozen=True)
class Published:
    """A number printed with the half-width of its interval: an oracle with an error of its own."""

    value: float
    half_width: float
    runs: int = 10
    confidence: float = 0.95

    @property
    def error(self) -> float:
        """Its standard error."""
        return self.half_width / float(stats.t.ppf((1 + self.confidence) / 2, self.runs - 1))


Oracle = float | Published


@dataclass(frozen=True)
class Case:
    """One scenario file and what must come of it.

    name: of the file in `cases`.
    oracle: computes what the expectations read; measures: what -> its value, from the oracle.
        What: a name of the catalogue, a formula of components (`a + b / c`) or a name of the
        probe, then a split and a group if it is not the total: `asa reason gold`.
    customers: reason -> expected number of a counted day.
    talk: reason -> mean talk, where it is the same in every pool.
    replications: independent runs. limit: detectable difference allowed, a part of the value (of a
        share: of the smaller of it and its complement); limits: where it differs.
    slacks: part of the value by which the oracle is known to differ; the reason stands there.
    probe: measures what the catalogue does not.
    """

    name: str
    oracle: Callable[[], object]
    measures: Mapping[str, Callable[..., Oracle]]
    customers: Mapping[str, float]
    talk: Mapping[str, float]
    replications: int = 60
    limit: float = 0.03
    limits: Mapping[str, float] | None = None
    slacks: Mapping[str, float] | None = None
    probe: Probe | None = None
    spread: float | None = None  # variance of a run's customers

    @property
    def comparisons(self) -> int:
        """How many comparisons the case makes, those of its controls among them."""
        return len(self.measures) + len(self.customers) + len(self.talk) + (self.spread is not None)

    def limit_of(self, what: str) -> float:
        """The largest detectable difference with which a comparison has power enough."""
        return (self.limits or {}).get(what, self.limit)


@dataclass(frozen=True)
class Finding:
    """One measure beside its oracle."""

    case: str
    what: str
    value: float
    oracle: float
    error: float
    quantile: float
    size: float
    slack: float
    limit: float

    @property
    def deviation(self) -> float:
        """How many standard errors the estimate is off."""
        off = self.value - self.oracle
        if self.error == 0.0:
            return 0.0 if math.isclose(self.value, self.oracle, rel_tol=1e-9) else math.inf
        return math.copysign(max(abs(off) - self.slack, 0.0), off) / self.error

    @property
    def detectable(self) -> float:
        """The difference that would have been found, as a part of the size of the value."""
        return (self.quantile * self.error + self.slack) / self.size

    @property
    def agrees(self) -> bool:
        """Whether the estimate is as near to the oracle as luck allows."""
        return abs(self.deviation) <= self.quantile

    @property
    def has_power(self) -> bool:
        """Whether a difference that matters would have been found."""
        return self.detectable <= self.limit

    def __str__(self) -> str:
        verdict = "" if self.agrees and self.has_power else "  <-- "
        verdict += "" if self.agrees else "DISAGREES "
        verdict += "" if self.has_power else f"NO POWER (limit {self.limit:.1%})"
        return (
            f"{self.case:20} {self.what:36} {self.value:12.6g} {self.oracle:12.6g} "
            f"{self.deviation:+6.2f} se {self.detectable:8.2%}{verdict}"
        )


class Sample:
    """What the replications of one case added up to."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.scenario = sim.load(FOLDER / f"{case.name}.yaml")
        self.days = self.scenario.calendar.days
        self.tallies: list[Tally] = []
        self._probed: list[Mapping[str, float]] = []
        simulation = Simulation.of(self.scenario, crc32(case.name.encode()), sim.ENGINES[0])
        for tally, log in map(simulation.measure, range(case.replications)):
            self.tallies.append(tally)
            if case.probe is not None:
                self._probed.append(case.probe(log, self.days))
        self._sums = np.stack([tally.sums for tally in self.tallies])
        self._row = {label: i for i, label in enumerate(slices_of(self.scenario).labels)}

    def values(self, what: str) -> Floats:
        """One number a replication; their mean is the measure."""
        if self._probed and what in self._probed[0]:
            return np.array([probed[what] for probed in self._probed])
        if what == SPREAD:
            return (self.values("customers") - sum(self.case.customers.values()) * self.days) ** 2
        name, by, group = split(what)
        above, below, scale = _formula(name)
        row = self._row[by, group]
        numerator = self._sum(above, row) * scale
        return ratio_values(numerator, self._sum(below, row)) if below else numerator

    @cached_property
    def controls(self) -> Floats:
        """[replication, control] each with expectation 0 and of size 1."""
        case = self.case
        columns = [
            self.values(f"customers reason {reason}") - expected * self.days
            for reason, expected in case.customers.items()
        ]
        columns += [
            self.values(f"talk_time reason {reason}")
            - mean * self.values(f"handled reason {reason}")
            for reason, mean in case.talk.items()
        ]
        varying = [column for column in columns if column.std() > 1e-3 and len(column) > 1]
        return np.column_stack([column / column.std() for column in varying])

    def _sum(self, formula: str, row: int) -> Floats:
        total = np.zeros(len(self.tallies))
        for name, sign in terms(formula).items():
            total += sign * self._sums[:, row, COLUMN[name]]
        return total


def split(what: str) -> tuple[str, str, str]:
    """Measure, split and group: `asa reason gold`."""
    words = what.split(" ")
    if len(words) >= 3 and words[-2] in ("reason", "channel", "pool"):
        return " ".join(words[:-2]), words[-2], words[-1]
    return what, "total", "all"


def _formula(name: str) -> tuple[str, str, float]:
    if name in CATALOGUE:
        return CATALOGUE[name].numerator, CATALOGUE[name].denominator, CATALOGUE[name].scale
    above, _, below = name.partition(" / ")
    return above, below, 1.0


# --- the comparison ---------------------------------------------------------------------------


def judge(case: Case, level: float) -> list[Finding]:
    """Run a case and compare all that it tells with the oracles, each at this level."""
    sample = Sample(case)
    known = case.oracle()
    findings = [_raw(sample, what, oracle, level) for what, oracle in _of_controls(sample)]
    for what, read in case.measures.items():
        one = CATALOGUE.get(split(what)[0])
        quantile = one is not None and one.estimator is Estimator.QUANTILE
        compare = _quantile if quantile else _controlled
        findings.append(compare(sample, what, read(known), level))
    return findings


def _of_controls(sample: Sample) -> list[tuple[str, float]]:
    """What the controls are said to expect."""
    case, days = sample.case, sample.days
    return [
        *((f"customers reason {name}", n * days) for name, n in case.customers.items()),
        *((f"talk reason {name}", mean) for name, mean in case.talk.items()),
        *([(SPREAD, case.spread)] if case.spread is not None else []),
    ]


def _raw(sample: Sample, what: str, oracle: float, level: float) -> Finding:
    values = sample.values(what)
    return _finding(sample, what, *adjusted(values, np.empty((len(values), 0))), oracle, level)


def _controlled(sample: Sample, what: str, oracle: Oracle, level: float) -> Finding:
    return _finding(sample, what, *adjusted(sample.values(what), sample.controls), oracle, level)


def adjusted(values: Floats, controls: Floats) -> tuple[float, float, float]:
    """Mean, standard error and degrees of freedom at controls of 0: linear regression."""
    n, k = len(values), controls.shape[1]
    design = np.column_stack([np.ones(n), controls])
    inverse = np.linalg.inv(design.T @ design)
    fit = inverse @ (design.T @ values)
    free = n - 1 - k
    variance = float(((values - design @ fit) ** 2).sum()) / free
    return float(fit[0]), math.sqrt(variance * float(inverse[0, 0])), free


def _finding(
    sample: Sample,
    what: str,
    value: float,
    error: float,
    free: float,
    oracle: Oracle,
    level: float,
) -> Finding:
    if isinstance(oracle, Published):
        own, other = error**2, oracle.error**2
        free = (own + other) ** 2 / (own**2 / free + other**2 / (oracle.runs - 1))
        error, oracle = math.sqrt(own + other), oracle.value
    error = 0.0 if error < 1e-12 * abs(value) else error
    quantile = float(stats.t.isf(level / 2, free))
    return Finding(
        sample.case.name,
        what,
        value,
        oracle,
        error,
        quantile,
        _size(what, oracle),
        (sample.case.slacks or {}).get(what, 0.0) * abs(oracle),
        sample.case.limit_of(what),
    )


def _quantile(sample: Sample, what: str, oracle: Oracle, level: float) -> Finding:
    """Woodruff's interval of the pooled waits, as the measures give it."""
    assert not isinstance(oracle, Published)
    name, by, group = split(what)
    rows = estimate(sample.scenario, sample.tallies, 1 - level, measures=[name], splits=[by])
    row = next(row for row in rows if row.group == group)
    quantile = float(stats.t.isf(level / 2, len(sample.tallies) - 1))
    error = (row.high - row.low) / 2 / quantile
    size, limit = abs(oracle), sample.case.limit_of(what)
    return Finding(sample.case.name, what, row.value, oracle, error, quantile, size, 0.0, limit)


def _size(what: str, oracle: float) -> float:
    one = CATALOGUE.get(split(what)[0])
    share = one is not None and one.unit == "share" and 0 < oracle < 1
    return min(oracle, 1 - oracle) if share else abs(oracle) or 1.0
