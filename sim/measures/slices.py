"""The groups of every split, for which everything is added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from sim.measures import entries
from sim.measures.clock import HOURS_OF_WEEK
from sim.measures.components import (
    AGENT,
    CHANNEL,
    DAY,
    HOUR,
    INTERVAL,
    POOL,
    REASON,
    SOURCE,
    SPLITS,
    TOTAL,
    WINDOW,
)
from sim.scenario.model import Scenario
from sim.scenario.times import DAY as DAY_SECONDS
from sim.scenario.times import DAYS

ALL = "all"
"""The only group of the total."""

OTHER = "other"
"""The time outside all windows."""

LATER = "later"
"""The days after the counted ones, when their customers may make further contacts."""

NOBODY = ""
"""Contacts that no pool answered, and agents whom nobody names; kept so that groups add up to the
total, never shown."""


HOURS = tuple(f"{DAYS[hour // 24]} {hour % 24:02d}:00" for hour in range(HOURS_OF_WEEK))
"""The groups of the split by hour of the week."""


@dataclass(frozen=True)
class Slices:
    """The groups of every split, numbered through: the rows of `Tally.sums`.

    labels: (split, group) of each; rows: split -> where its groups stand.
    """

    labels: tuple[tuple[str, str], ...]
    rows: dict[str, slice]

    def __len__(self) -> int:
        return len(self.labels)

    def of(self, by: str) -> slice:
        """The rows of one split; none for a split that the scenario does not have."""
        return self.rows.get(by, slice(0, 0))

    def size(self, by: str) -> int:
        """How many groups a split has."""
        rows = self.of(by)
        return int(rows.stop - rows.start)

    def within(self, splits: Iterable[str]) -> list[int]:
        """The rows of some splits, in the order in which these are given."""
        return [row for by in splits for row in range(*self.of(by).indices(len(self)))]

    def only(self, splits: Collection[str]) -> Slices:
        """The groups of these splits alone, in the same order."""
        if self.rows.keys() <= set(splits):
            return self
        return _numbered(
            *(
                (by, tuple(name for _, name in self.labels[self.of(by)]))
                for by in SPLITS
                if by in splits
            )
        )


@lru_cache(maxsize=64)
def _numbered(*groups: tuple[str, tuple[str, ...]]) -> Slices:
    """Scenarios of a study mostly have the same groups."""
    labels = tuple((by, name) for by, names in groups for name in names)
    past = np.cumsum([len(names) for _, names in groups]).tolist()
    rows = {by: slice(end - len(names), end) for (by, names), end in zip(groups, past, strict=True)}
    return Slices(labels, rows)


def slices_of(scenario: Scenario) -> Slices:
    """The slices of a scenario. Without windows, or an interval, there is no split by them."""
    windows = list(scenario.calendar.windows)
    groups: dict[str, Sequence[str]] = {
        **{split.name: split.groups for split in entries.SPLITS},
        TOTAL: [ALL],
        CHANNEL: list(scenario.channels),
        REASON: list(scenario.reasons),
        POOL: [*scenario.pools, NOBODY],
        AGENT: _agents(scenario),
        SOURCE: [
            *(f"pool {name}" for name in scenario.pools),
            *(f"channel {name}" for name in paid_channels(scenario)),
        ],
        WINDOW: [*windows, OTHER] if windows else [],
        INTERVAL: _intervals(scenario.run.interval),
        DAY: [*_days(scenario.calendar.start, scenario.calendar.days), LATER],
        HOUR: HOURS,
    }
    return _numbered(*((by, tuple(names)) for by, names in groups.items()))


def people_of(scenario: Scenario) -> list[tuple[str, str]]:
    """Pool and name of everybody whom a roster names."""
    return [(pool, name) for pool, one in scenario.pools.items() for name in one.roster]


def _agents(scenario: Scenario) -> list[str]:
    """Everybody who is named, with the pool where two pools have the same name; then the others."""
    people = people_of(scenario)
    twice = Counter(name for _, name in people)
    names = [name if twice[name] == 1 else f"{name} ({pool})" for pool, name in people]
    return [*names, NOBODY] if names else []


def paid_channels(scenario: Scenario) -> list[str]:
    """The channels with a cost of their own; the others are no source of cost."""
    return [
        name
        for name, channel in scenario.channels.items()
        if channel.cost_per_contact
        or channel.cost_per_waiting_minute
        or (channel.calls and channel.calls.cost_per_contact)
    ]


def _intervals(length: float | None) -> list[str]:
    """Intervals of the day by when they begin; none if results are not split by them."""
    if length is None:
        return []
    begins = range(0, DAY_SECONDS, int(length))
    return [f"{begin // 3600:02d}:{begin // 60 % 60:02d}" for begin in begins]


def _days(start: date, days: int) -> list[str]:
    return [(start + timedelta(days=day)).isoformat() for day in range(days)]
