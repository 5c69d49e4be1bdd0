"""Rolling origin: fit on the weeks up to one, simulate the next, compare, move on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from sim.data.fitting.arrivals import SLOTS
from sim.data.fitting.days import iso
from sim.data.fitting.families import EXPONENTIAL
from sim.data.fitting.fit import FITS
from sim.data.fitting.found import Choices, Queue, opened_hours
from sim.data.fitting.inputs import own_busyness
from sim.data.fitting.reasons import by_reason
from sim.data.fitting.reports import staff_of_week
from sim.data.fitting.result import Fit
from sim.data.fitting.staffing import AgentsLine, agents_lines, at_least_one, find_spells, heads_of
from sim.data.fitting.transfers import passed_on
from sim.data.reading import Data
from sim.data.remarks import Remarks, wrong
from sim.data.testing.rivals import erlang_week
from sim.data.testing.scores import (
    Band,
    Score,
    Weeks,
    bands_of,
    points_of,
    score_of,
    scores,
    worst_hours,
)
from sim.data.testing.sums import MEASURES, Sums, real_week, reported_week, simulated_week
from sim.data.testing.verdict import verdict
from sim.data.times import seconds_of
from sim.experiment.reported import Reported
from sim.experiment.simulation import Simulation
from sim.scenario import ScenarioError, loads
from sim.tables import DAY, Floats

if TYPE_CHECKING:
    from sim.scenario import Scenario

LEAST_WEEKS = 3
SETS = 30  # joint draws of the inputs for a week; replications go round them
JUDGED = ("forecast", "contacts that came", "planned staff")
"""What is simulated as often as asked; what is left out by way of trial, a third of it."""

LOST = 0.3  # of what the fit expects: a gap in the record, and no quiet day


@dataclass(frozen=True, repr=False)
class Backtest(Reported):
    """What a back-test found.

    weeks: first dates of the weeks that were simulated. scores: with the forecast that the fit
    implies and the staff that was there. served: the same with the contacts that came, which judges
    waiting and giving up alone. planned: with the forecast and the staff that the fit expects, as
    who plans a week has them; empty where nobody knows who was there. rivals: model -> measure ->
    mean absolute error by half hour. ablations: without -> scores. notes: what was left out. bands:
    actual values beside their bands, by measure and level. files: of the export. threshold: of the
    service level, in seconds.
    """

    kind: ClassVar[str] = "backtest"

    weeks: tuple[str, ...]
    replications: int
    scores: tuple[Score, ...]
    served: tuple[Score, ...]
    planned: tuple[Score, ...]
    ablations: dict[str, tuple[Score, ...]]
    rivals: dict[str, dict[str, float]]
    worst: dict[str, tuple[str, float, float]]
    notes: tuple[str, ...] = field(default=())
    bands: tuple[Band, ...] = field(default=())
    files: tuple[str, ...] = field(default=())
    threshold: float = 20.0
    seed: int = 1

    def get(self, measure: str, level: str = "half hour") -> Score:
        """One score; KeyError if there is none."""
        return score_of(self.scores, measure, level)

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        return verdict(self.scores, self.served, self.worst)


def backtest(
    data: Data,
    choices: Choices | None = None,
    *,
    weeks: int | None = None,
    replications: int = 60,
    seed: int = 1,
    on_week: Callable[[str], None] | None = None,
) -> Backtest:
    """Test a fit on weeks that it has not seen.

    Nothing of a week is used before it is simulated: outliers, families and shapes are those of the
    weeks before; only its staff and, for `served`, its arrivals are given.

    Args:
        data: of `read_data`.
        choices: what is given instead of fitted.
        weeks: how many of the last weeks are tested; None for as many as leave three to fit.
        replications: of each week.
        seed: of the simulated weeks.
        on_week: called with the first date of each week, before it is simulated.

    Raises:
        ScenarioError: if there are fewer than four whole weeks.
    """
    choices = (Choices() if choices is None else choices).of(data)
    history = _History.of(data, choices)
    origins = history.origins(weeks)
    threshold = choices.threshold or history.threshold
    runs: dict[str, Weeks] = {}
    rivals: dict[str, Weeks] = {"Erlang A": [], "last week": []}
    remarks = Remarks()
    tested: list[int] = []
    for first in origins:
        if on_week is not None:
            on_week(iso(first))
        week = _week(history, first, threshold, remarks)
        if week is None:
            continue
        tested.append(first)
        for name, scenario, inputs in week.variants(choices):
            number = replications if name in JUDGED else max(20, replications // 3)
            simulated = _simulate(scenario, inputs, week, number, seed)
            runs.setdefault(name, []).append((week.real, simulated, week.counts))
        rivals["Erlang A"].append(
            (week.real, [erlang_week(week.fit, week.heads, threshold)], week.counts)
        )
        rivals["last week"].append(
            (week.real, [history.sums(first - 7, week.heads, threshold)], week.counts)
        )
    if not runs:
        raise wrong("", "no-week")
    measures = MEASURES if history.staff_known else MEASURES[:-1]
    forecast, served, planned = (runs.pop(name, []) for name in JUDGED)
    return Backtest(
        tuple(map(iso, tested)),
        replications,
        tuple(scores(forecast, measures)),
        tuple(scores(served, measures[2:])),
        tuple(scores(planned, MEASURES[:-1])) if planned else (),
        {name: tuple(scores(one, measures)) for name, one in runs.items()},
        _errors(forecast, rivals, measures),
        _worst(forecast),
        tuple(dict.fromkeys(remarks.notes)),
        tuple(bands_of(forecast, tested, measures)),
        data.files,
        threshold,
        seed,
    )


def _errors(
    forecast: Weeks, rivals: dict[str, Weeks], measures: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Model -> measure -> mean absolute error by half hour, all on the same half hours."""
    found: dict[str, dict[str, float]] = {}
    for measure in measures:
        columns = {
            name: _means(weeks, measure)
            for name, weeks in {"simulation": forecast, **rivals}.items()
        }
        truth = np.concatenate([real.measure(measure).ravel() for real, _, _ in forecast])
        known = np.isfinite(truth)
        for column in columns.values():
            known &= np.isfinite(column)
        if known.sum() < 10:
            continue
        for name, column in columns.items():
            error = float(np.abs(column - truth)[known].mean())
            found.setdefault(name, {})[measure] = error
    return found


def _means(weeks: Weeks, measure: str) -> Floats:
    parts = []
    for _, runs, counts in weeks:
        some = pd.DataFrame([run.measure(measure).ravel() for run in runs])
        parts.append(np.where(np.repeat(counts, SLOTS), some.mean(), np.nan))
    return np.concatenate(parts)


def _worst(weeks: Weeks) -> dict[str, tuple[str, float, float]]:
    """Measure -> where the simulated mean is surely off most."""
    measures = ("service level", "offered", "abandonment")
    found = {one: worst_hours(points_of(weeks, one, "half hour")) for one in measures}
    return {measure: worst for measure, worst in found.items() if worst is not None}


# --- what is known up to a week ---------------------------------------------------------------


@dataclass(frozen=True)
class _History:
    """An export, week by week; `first` is its first Monday, `last` that of the last whole week."""

    table: pd.DataFrame
    seconds: Floats
    contacts: bool
    choices: Choices
    zone: str | None
    first: int
    last: int
    threshold: float
    staff_known: bool

    @classmethod
    def of(cls, data: Data, choices: Choices) -> _History:
        contacts, table = data.is_log, by_reason(data.table)
        seconds = seconds_of(data.when)
        begin, end = int(seconds.min() // DAY), int(seconds.max() // DAY)
        first = begin + (4 - begin) % 7  # 1970-01-05 was a Monday
        seen = set(np.unique((seconds // DAY).astype(int) % 7).tolist())
        while (end + 1) % 7 not in seen:  # closed on Sundays: the week is whole on Saturday
            end += 1
        last = end + 1 - 7 - (end + 1 - first) % 7
        threshold = 20.0
        if not contacts and table["threshold"].notna().any():
            threshold = float(table["threshold"].median())
        known = (table["agent"] != "").any() if contacts else table["staff"].notna().any()
        zone = data.zone or data.map.zone
        return cls(table, seconds, contacts, choices, zone, first, last, threshold, bool(known))

    def origins(self, weeks: int | None) -> list[int]:
        """First dates of the weeks to be tested."""
        found = list(range(self.first + 7 * LEAST_WEEKS, self.last + 1, 7))
        if not found:
            raise wrong("", "few-weeks", least=LEAST_WEEKS + 1)
        return found[-weeks:] if weeks else found

    def before(self, first: int) -> pd.DataFrame:
        """All before a date."""
        return self.table[self.seconds < first * DAY]

    def week(self, first: int) -> pd.DataFrame:
        """The seven days from a date on."""
        inside = (self.seconds >= first * DAY) & (self.seconds < (first + 7) * DAY)
        return self.table[inside]

    def fit(self, first: int, choices: Choices) -> Fit:
        """Fitted to all before a date."""
        return FITS[self.contacts](self.before(first), choices, self.zone)

    def sums(self, first: int, heads: Floats, threshold: float) -> Sums:
        """What happened in a week."""
        if self.contacts:
            return real_week(self.week(first), first, heads, threshold)
        return reported_week(self.week(first), first, heads)


@dataclass(frozen=True)
class _Week:
    """A week to be tested: what was fitted before it, who was there, what happened.

    counts: [7] whether the record of the day is whole.
    """

    history: _History
    first: int
    fit: Fit
    agents: tuple[tuple[AgentsLine, ...], ...]
    heads: Floats
    real: Sums
    counts: np.ndarray
    threshold: float

    def scenario(self, fit: Fit, overrides: Mapping[str, object] | None = None) -> Scenario:
        """The fitted scenario in this week."""
        said = {"calendar.start": iso(self.first), **(overrides or {})}
        return loads(fit.text, "fitted scenario", overrides=said)

    def variants(self, choices: Choices) -> list[tuple[str, Scenario, pd.DataFrame | None]]:
        """What is simulated: name, scenario, joint draws of its inputs."""
        there = replace(self.fit, agents=self.agents, attendance=())
        exponential = self.fit
        if any(_other_patience(queue) for queue in self.fit.queues):
            exponential = self.history.fit(self.first, replace(choices, exponential=True))
        planned = ("planned staff", self.scenario(self.fit), self.fit.inputs(SETS))
        return [
            ("forecast", self.scenario(there), replace(self.fit, attendance=()).inputs(SETS)),
            ("contacts that came", self.scenario(there, self._came()), None),
            *([planned] if self.history.staff_known else []),
            ("without the day factor", self.scenario(there, self._steady()), None),
            (
                "with exponential patience",
                self.scenario(replace(exponential, agents=self.agents, attendance=())),
                None,
            ),
        ]

    def _steady(self) -> dict[str, object]:
        names = [queue.name for queue in self.fit.queues]
        return {"busyness": 0, **{f"reasons.{name}.busyness": 0 for name in names}}

    def _came(self) -> dict[str, object]:
        """The arrivals of the week as they were; they contain the retries, so nobody retries."""
        found: dict[str, object] = {"busyness": 0}
        table = self.history.week(self.first)
        came = table[~passed_on(table, self.fit.transfers)[0]]
        for queue in self.fit.queues:
            key = f"reasons.{queue.name}"
            own = own_busyness(self.fit, queue.arrivals.busyness.value) > 0
            said = [("volume", True), ("profile", bool(queue.arrivals.blocks)), ("busyness", own)]
            said += [("retry", queue.retry is not None)]
            said += [(one, queue.again is not None) for one in ("again", "resolved")]
            found |= {f"{key}.{one}": None for one, there in said if there}
            arrivals = self._arrivals(came, queue.name)
            if arrivals is None:
                found[f"{key}.volume"] = "0 per week"
            else:
                found[f"{key}.arrivals"] = arrivals
        return found

    def _arrivals(self, table: pd.DataFrame, name: str) -> dict[str, str] | None:
        mine = table[table["queue"].astype(str) == name]
        if self.history.contacts:
            times = np.sort(seconds_of(mine["arrived"]) - self.first * DAY)
            return {"replay": " ".join(f"{one:.6f}" for one in times)} if len(times) else None
        start = seconds_of(mine["start"]) - self.first * DAY
        rows = zip(start, start + mine["length"], mine["offered"], strict=True)
        return {
            "counts": ", ".join(f"{low:.0f} {high:.0f} {number:g}" for low, high, number in rows)
        }


def _other_patience(queue: Queue) -> bool:
    """Whether patience is of another family than the exponential."""
    times = queue.patience.times if queue.patience is not None else None
    return times is not None and times.family is not EXPONENTIAL


def _week(history: _History, first: int, threshold: float, remarks: Remarks) -> _Week | None:
    """A week made ready; None if it cannot be tested."""
    try:
        found = history.fit(first, history.choices)
    except ScenarioError as error:
        remarks.note("week-left-out", week=iso(first), why=error)
        return None
    agents, heads = _staff(history, first, found, remarks)
    real = history.sums(first, heads, threshold)
    expected = sum(queue.arrivals.mean.sum(axis=1) for queue in found.queues)
    came = real.offered.sum(axis=1)
    counts = (came >= LOST * expected) & (expected > 0)
    lost = [iso(first + day) for day in range(7) if not counts[day] and expected[day] > 0]
    if lost:
        remarks.note("days-left-out", days=", ".join(lost))
    if not counts.any():
        return None
    return _Week(history, first, found, agents, heads, real, counts, threshold)


def _staff(
    history: _History, first: int, found: Fit, remarks: Remarks
) -> tuple[tuple[tuple[AgentsLine, ...], ...], Floats]:
    """Who was there in a week, as the scenario says it, and [7, half hours] of all pools."""
    dates = first + np.arange(7)
    if not history.staff_known:
        remarks.note("staff-not-judged")
        return found.agents, sum(map(heads_of, found.agents), np.zeros((7, SLOTS)))
    if not history.contacts:
        week = history.week(first)
        plans = [staff_of_week(week, names, first) for names in found.pools.answers]
    else:
        week = history.table[
            (history.seconds >= (first - 1) * DAY) & (history.seconds < (first + 8) * DAY)
        ]
        spells = find_spells(week, found.pools)
        plans = [
            at_least_one(
                spells.heads(place, dates),
                opened_hours(found.queues, names),
                dates,
                week,
                found.pools,
                place,
            )
            for place, names in enumerate(found.pools.answers)
        ]
    lines = tuple(
        tuple(agents_lines(plan, np.arange(7))) or usual
        for plan, usual in zip(plans, found.agents, strict=True)
    )
    return lines, sum(map(heads_of, lines), np.zeros((7, SLOTS)))


def _simulate(
    scenario: Scenario, inputs: pd.DataFrame | None, week: _Week, replications: int, seed: int
) -> list[Sums]:
    """Simulated weeks; with joint draws of the inputs each replication has its own set of them."""
    from sim.scenario.write import to_yaml

    if inputs is None:
        simulations = [Simulation.of(scenario, seed, "compiled")]
    else:
        text = to_yaml(scenario)
        rows = inputs.head(replications).to_dict("records")
        sets = ({str(path): value for path, value in row.items()} for row in rows)
        simulations = [Simulation.of(loads(text, overrides=one), seed, "compiled") for one in sets]
    found = []
    for replication in range(replications):
        _, log, _ = simulations[replication % len(simulations)].play(replication)
        report = not week.history.contacts
        found.append(simulated_week(log, week.heads, week.threshold, as_report=report))
    return found
