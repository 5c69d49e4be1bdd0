"""On how many days targets hold, each and all together: the days of all replications.

Or in how many weeks, or months: those of the calendar, as far as they are among the counted days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from sim.experiment.runner import Runner, Sample
from sim.experiment.simulation import Simulation
from sim.experiment.staffing.goal import Target, by_contacts, has_days
from sim.measures import Tally
from sim.measures.catalogue import CATALOGUE, terms
from sim.measures.components import CHANNEL, DAY, REASON, WINDOW
from sim.measures.contacts import add_contacts
from sim.measures.facts import Facts, short_apart
from sim.measures.groups import components_of
from sim.measures.slices import slices_of
from sim.measures.sums import Sums
from sim.measures.tally import COLUMN
from sim.scenario import Scenario
from sim.stats import Estimate, share_interval
from sim.tables import ContactLog, Floats

Flags = npt.NDArray[np.bool_]


class DayCounter:
    """Counts by day what targets are about: the contacts that arrive on the day.

    A tally counts contacts where their customer first arrives, and does not cross days with
    channels or windows.

    Args:
        scenario, seed, engine: of the replications whose contacts it is shown.
        targets: all of them; those that need no contacts are left alone.
        periods: `days`, `weeks` or `months`, in place of days everywhere below.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        engine: str,
        targets: Sequence[Target],
        periods: str = "days",
    ) -> None:
        self._starts = _starts(scenario, periods)
        self._simulation = Simulation.of(scenario, seed, engine)
        self._targets = targets
        self._sums: dict[Target, list[Floats]] = {t: [] for t in targets if by_contacts(t)}

    @property
    def needed(self) -> bool:
        """Whether contacts have to be shown at all."""
        return bool(self._sums)

    def add(self, _: int, log: ContactLog) -> None:
        """Look at the contacts of a replication."""
        basis = self._simulation.basis
        facts = Facts(basis, short_apart(basis, log), None)
        for target, sums in self._sums.items():
            sums.append(_day_sums(facts, target))

    def sums(self, target: Target, tallies: Sequence[Tally]) -> Floats | None:
        """[replication, day, component] of what a target is about; None where days have none."""
        if target in self._sums:
            return np.stack(self._sums[target])
        if not has_days(target):
            return None
        rows = slices_of(self._simulation.basis.scenario).only(tallies[0].splits).of(DAY)
        return np.stack([tally.sums[rows] for tally in tallies])

    def good(self, target: Target, tallies: Sequence[Tally], confidence: float) -> Estimate | None:
        """The share of days on which a target holds, of the days on which it has a value.

        Days of one replication may depend on each other, so the interval is that of a ratio over
        replications. None for targets without a value by day: of customers, in a channel or
        window, and those about one pool, date or hour.
        """
        held = self._held(target, tallies)
        return None if held is None else _share(*held, confidence)

    def together(self, tallies: Sequence[Tally], confidence: float) -> Estimate | None:
        """The share of days on which all targets hold, as `good`.

        Of the days on which any target has a value; one without misses nothing. None where no
        target has values by day.
        """
        days = self.all_held(tallies)
        return None if days is None else _share(*days, confidence)

    def all_held(self, tallies: Sequence[Tally]) -> tuple[Flags, Flags] | None:
        """[replication, day] whether some target has a value, and whether all that have one hold.

        None where no target has values by day.
        """
        each = [held for one in self._targets if (held := self._held(one, tallies)) is not None]
        if not each:
            return None
        known = np.any([known for known, _ in each], axis=0)
        missed = np.any([known & ~holds for known, holds in each], axis=0)
        return known, known & ~missed

    def _held(self, target: Target, tallies: Sequence[Tally]) -> tuple[Flags, Flags] | None:
        """[replication, day] whether a target has a value, and whether it holds."""
        found = self.sums(target, tallies)
        if found is None:
            return None
        measure = CATALOGUE[target.measure]
        # the last one is what comes after the counted days
        days = np.add.reduceat(found[:, :-1], self._starts, axis=1)
        below = _sum(days, measure.denominator)
        slack = target.sign * (_sum(days, measure.numerator) * measure.scale - target.value * below)
        return below > 0, (below > 0) & (slack >= 0)


def play(
    runner: Runner,
    samples: Sequence[Sample],
    counters: Sequence[DayCounter | None],
    replications: int,
) -> None:
    """Run samples, and show their contacts to those counters that need them."""
    of_contacts = [counter is not None and counter.needed for counter in counters]
    rest = [one for one, needed in zip(samples, of_contacts, strict=True) if not needed]
    runner.extend(rest, replications)
    for sample, counter in zip(samples, counters, strict=True):
        if counter is not None and counter.needed:
            runner.extend([sample], replications, counter.add)


def _starts(scenario: Scenario, periods: str) -> list[int]:
    """The counted days on which a period begins, or is first counted."""
    calendar = scenario.calendar
    days = [calendar.start + timedelta(days=number) for number in range(calendar.days)]
    names: list[object] = [*days]
    if periods == "weeks":
        names = [day.isocalendar()[:2] for day in days]
    elif periods == "months":
        names = [(day.year, day.month) for day in days]
    return [place for place, name in enumerate(names) if place == 0 or name != names[place - 1]]


def _share(known: Flags, holds: Flags, confidence: float) -> Estimate:
    return share_interval(holds.sum(axis=1), known.sum(axis=1), confidence)


def _sum(sums: Floats, formula: str) -> Floats:
    parts = [sign * sums[:, :, COLUMN[name]] for name, sign in terms(formula).items()]
    return np.asarray(sum(parts))


def _day_sums(facts: Facts, target: Target) -> Floats:
    """[day, component] of the contacts that a target is about.

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
    sums = Sums(basis, components_of([target.measure]))
    add_contacts(sums, basis, log, replace(facts, about=about))
    sums.settle()
    return sums.of(DAY).copy()
