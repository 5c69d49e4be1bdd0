"""The components of measures: plain sums over one run, which add up over slices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sim.measures import entries

TOTAL, CHANNEL, REASON, POOL, AGENT, SOURCE = (
    *("total", "channel", "reason", "pool", "agent", "source"),
)
WINDOW, INTERVAL, DAY, HOUR = "window", "interval", "day", "hour"

SPLITS = tuple(split.name for split in entries.SPLITS)
"""The ways to split results, in the order of tables."""


class Base(StrEnum):
    """What is counted, which decides when and where it counts."""

    CONTACT = "contact"
    CUSTOMER = "customer"
    TIME = "time"


COUNTED_BY = {
    Base.CONTACT: "when the contact arrives; its own channel and reason; the pool that answers",
    Base.CUSTOMER: "when the customer's first contact arrives; channel and pool of the deciding "
    "contact",
    Base.TIME: "when the time is spent, within the counted days",
}
"""Which interval counts a contact, a customer or time. Of contacts and customers those count whose
customer first arrives within the counted days, whatever happens later."""


@dataclass(frozen=True)
class Component:
    """A sum over one run, for each slice of the splits in which it has a meaning."""

    name: str
    meaning: str
    base: Base
    splits: tuple[str, ...]

    def adds_up(self, by: str) -> bool:
        """Whether its groups add up to the total; the same time passes for every channel."""
        return self.name != "time" or by in (WINDOW, INTERVAL, DAY, HOUR)


KINDS = {
    **dict.fromkeys(("contact", "answered", "waits", "waits before an answer"), Base.CONTACT),
    "customer": Base.CUSTOMER,
    **dict.fromkeys(("agents", "time", "waiting", "time itself"), Base.TIME),
}
"""Kind of component -> what it counts. `entries.SPLITS` says in which splits that has a meaning.

Besides, it may be known of `each agent`, or a cost `of a contract` or `of a channel`.
"""

COMPONENTS: dict[str, Component] = {}
"""The sums of a run, in the order of the columns of `Tally.sums`."""

HISTOGRAMS: dict[str, Component] = {}
"""The histograms of a run, from which quantiles are read."""

_OF: dict[str, list[str]] = {}
"""Kind -> components."""

for _entry in entries.entries():
    for _name, _kinds, _meaning in _entry.components:
        _splits = tuple(split.name for split in entries.SPLITS if split.tells(_kinds))
        _place = HISTOGRAMS if _kinds[0].startswith("waits") else COMPONENTS
        _place[_name] = Component(_name, _meaning, KINDS[_kinds[0]], _splits)
        for _kind in _kinds:
            _OF.setdefault(_kind, []).append(_name)

CONTRACT_PARTS, CHANNEL_PARTS = tuple(_OF["of a contract"]), tuple(_OF["of a channel"])
COST_PARTS = (*CONTRACT_PARTS, *CHANNEL_PARTS)
"""The components that cost is made of: what contracts ask, and what channels do."""


def needed(wanted: Collection[str]) -> frozenset[str]:
    """These components and those that they, or the reading of tallies, cannot do without.

    Raises:
        KeyError: for what is no component.
    """
    if unknown := set(wanted) - COMPONENTS.keys():
        raise KeyError(f"no component {', '.join(sorted(unknown))}")
    more = CONTRACT_PARTS if "cost_minimum" in wanted else ()
    return frozenset({*wanted, *more, "time", "contacts"})
