"""On how many days targets hold, each and all together: the days of all replications.

Or in how many weeks, or months: those of the calendar, as far as they are among the counted days.
Or in how many intervals of the day, as long as the scenario's results say, else an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from sim.experiment.runner import Sample
from sim.experiment.staffing.goal import INTERVALS, Target, by_contacts, has_periods
from sim.measures import Basis
from sim.measures.clock import HOUR_SECONDS
from sim.measures.components import CHANNEL, DAY, REASON, WINDOW
from sim.measures.contacts import add_contacts
from sim.measures.estimate import of_sums
from sim.measures.facts import Facts, short_apart
from sim.measures.groups import components_of
from sim.measures.slices import slices_of
from sim.measures.sums import Sums
from sim.measures.tally import COLUMN
from sim.scenario import Scenario
from sim.scenario.times import DAY as ONE_DAY
from sim.stats.estimate import Estimate
from sim.stats.shares import share_interval
from sim.tables import ContactLog, Floats

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ReadDays:
    """Reads of a log what targets are about by day: the contacts that arrive on the day.

    A tally counts contacts where their customer first arrives, and does not cross days with
    channels or windows.

    targets: that are read. step: seconds, of a day or an interval.
    """

    targets: tuple[Target, ...]
    step: float

    def __call__(self, basis: Basis, log: ContactLog) -> Floats:
        """[target, 2, day] numerator and denominator of their measures."""
        facts = Facts(basis, short_apart(basis, log), None)
        return np.stack([_ratios(facts, target, self.step) for target in self.targets])


class Days:
    """Counts days on which targets hold, whatever the staffing of a scenario.

    Args:
        scenario: what is staffed.
        targets: all of them; those that need no contacts are told by tallies.
        periods: `days`, `weeks`, `months` or `intervals`, in place of days everywhere below.

    Attributes:
        reader: of the samples that are asked about below; None if no contacts are needed.
    """

    def __init__(
        self, scenario: Scenario, targets: Sequence[Target], periods: str = "days"
    ) -> None:
        step = (scenario.run.interval or HOUR_SECONDS) if periods == INTERVALS else ONE_DAY
        self._starts = _starts(scenario, periods, step)
        self._targets, self._periods = targets, periods
        self._slices = slices_of(scenario)
        self._read = tuple(dict.fromkeys(filter(by_contacts, targets)))
        self.reader = ReadDays(self._read, step) if self._read else None

    def ratios(self, target: Target, sample: Sample) -> Floats | None:
        """[replication, 2, day] numerator and denominator; None where days have no value."""
        if target in self._read:
            place = self._read.index(target)
            return np.stack([sample.readings[n][place] for n in range(len(sample))])
        if not has_periods(target, self._periods):
            return None
        rows = self._slices.only(sample.tallies.splits).of(DAY)
        sums = np.stack([tally.sums[rows] for tally in sample.tallies])
        # the last one is what comes after the counted days
        return np.stack(of_sums(sums[:, :-1], target.measure), axis=1)

    def good(self, target: Target, sample: Sample, confidence: float) -> Estimate | None:
        """The share of days on which a target holds, of the days on which it has a value.

        Days of one replication may depend on each other, so the interval is that of a ratio over
        replications. None for targets without a value by day: of customers, in a channel or
        window, and those about one pool, date or hour.
        """
        held = self._held(target, sample)
        return None if held is None else _share(*held, confidence)

    def together(self, sample: Sample, confidence: float) -> Estimate | None:
        """The share of days on which all targets hold, as `good`.

        Of the days on which any target has a value; one without misses nothing. None where no
        target has values by day.
        """
        days = self.all_held(sample)
        return None if days is None else _share(*days, confidence)

    def all_held(self, sample: Sample) -> tuple[Flags, Flags] | None:
        """[replication, day] whether some target has a value, and whether all that have one hold.

        None where no target has values by day.
        """
        each = [held for one in self._targets if (held := self._held(one, sample)) is not None]
        if not each:
            return None
        known = np.any([known for known, _ in each], axis=0)
        missed = np.any([known & ~holds for known, holds in each], axis=0)
        return known, known & ~missed

    def _held(self, target: Target, sample: Sample) -> tuple[Flags, Flags] | None:
        """[replication, day] whether a target has a value, and whether it holds."""
        found = self.ratios(target, sample)
        if found is None:
            return None
        above, below = np.moveaxis(np.add.reduceat(found, self._starts, axis=2), 1, 0)
        return below > 0, (below > 0) & (target.sign * (above - target.value * below) >= 0)


def _starts(scenario: Scenario, periods: str, step: float) -> list[int]:
    """The counted days, or intervals, on which a period begins, or is first counted."""
    calendar = scenario.calendar
    days = [calendar.start + timedelta(days=number) for number in range(calendar.days)]
    if periods == "weeks":
        names: list[object] = [day.isocalendar()[:2] for day in days]
    elif periods == "months":
        names = [(day.year, day.month) for day in days]
    else:
        names = [*range(round(calendar.days * ONE_DAY / step))]
    return [place for place, name in enumerate(names) if place == 0 or name != names[place - 1]]


def _share(known: Flags, holds: Flags, confidence: float) -> Estimate:
    return share_interval(holds.sum(axis=1), known.sum(axis=1), confidence)


def _ratios(facts: Facts, target: Target, step: float) -> Floats:
    """[2, day] numerator and denominator, of the contacts that a target is about.

    All that arrive on the day count, those of customers of the days before among them: who comes
    back on Monday to a door that was closed at the weekend makes Monday what it is.
    """
    basis, log, clock = facts.basis, facts.log, facts.basis.clock
    about = (log.arrived >= 0.0) & (log.arrived < clock.end)
    if target.by == CHANNEL:
        about &= log.channel == list(basis.scenario.channels).index(target.group)
    elif target.by == REASON:
        about &= log.reason == list(basis.scenario.reasons).index(target.group)
    elif target.by == WINDOW:
        window = list(basis.scenario.calendar.windows).index(target.group)
        about &= clock.window[facts.segment] == window
    components = components_of([target.measure])
    sums = Sums(basis, components, (DAY,))
    add_contacts(sums, basis, log, replace(facts, about=about))
    day = (clock.edges[: clock.counted] / step).astype(np.int64)
    found = np.zeros((int(day[-1]) + 1, len(COLUMN)))
    for name in components:
        found[:, COLUMN[name]] = np.bincount(day, sums.by_segment(name)[: clock.counted])
    return np.stack(of_sums(found, target.measure))
