"""The components of measures: plain sums over one run, which add up over slices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sim.measures.entries import entries

TOTAL, CHANNEL, REASON, POOL, AGENT, SOURCE, WINDOW, INTERVAL, DAY, HOUR = SPLITS = (
    "total",
    "channel",
    "reason",
    "pool",
    "agent",
    "source",
    "window",
    "interval",
    "day",
    "hour",
)
"""The ways to split results. pool: who answered; agent: the people whom a roster names; interval:
of the day, as long as the scenario's `run.interval` says; hour: hour of the week.

source: what money is spent on, a pool (its contract) or a channel (its own cost per contact).
By pool, a channel's cost counts at the pool that answered; by source, at the channel. Only cost
is split by source.
"""


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


NOT_BY_SOURCE = tuple(by for by in SPLITS if by not in (AGENT, SOURCE))
NOT_BY_POOL = (TOTAL, CHANNEL, REASON, WINDOW, INTERVAL, DAY, HOUR)
NOT_BY_CONTACT = (TOTAL, POOL, WINDOW, INTERVAL, DAY, HOUR)
OF_WAITS = (TOTAL, CHANNEL, REASON, POOL, WINDOW)

CONTRACT_PARTS = (
    "cost_hours",
    "cost_overtime",
    "cost_contacts",
    "cost_minutes",
    "cost_resolutions",
    "cost_sales",
    "cost_fixed",
    "cost_minimum",
)
CHANNEL_PARTS = ("cost_channels", "cost_waiting")
COST_PARTS = (*CONTRACT_PARTS, *CHANNEL_PARTS)
"""The components that cost is made of: what contracts ask, and what channels do."""

KINDS = {
    "contact": (Base.CONTACT, NOT_BY_POOL),
    "answered": (Base.CONTACT, NOT_BY_SOURCE),
    "customer": (Base.CUSTOMER, NOT_BY_SOURCE),
    "agents": (Base.TIME, NOT_BY_CONTACT),
    "time": (Base.TIME, NOT_BY_POOL),
    "waiting": (Base.TIME, NOT_BY_SOURCE),
    "time itself": (Base.TIME, SPLITS),
    "waits": (Base.CONTACT, OF_WAITS),
    "waits before an answer": (Base.CONTACT, tuple(by for by in OF_WAITS if by != POOL)),
}
"""Kind of component -> what it counts, and the splits in which that has a meaning."""


def _component(name: str, kind: str, meaning: str) -> Component:
    """A component as `sim.measures.entries` says it; a cost has a source besides."""
    base, splits = KINDS[kind.removesuffix(EACH_AGENT)]
    source = (SOURCE,) if name in COST_PARTS else ()
    agent = (AGENT,) if kind.endswith(EACH_AGENT) else ()
    return Component(name, meaning, base, (*splits, *source, *agent))


EACH_AGENT = ", each agent"
"""What a kind adds to its name if it is known of each person."""

COMPONENTS: dict[str, Component] = {}
"""The sums of a run, in the order of the columns of `Tally.sums`."""

HISTOGRAMS: dict[str, Component] = {}
"""The histograms of a run, from which quantiles are read."""

for _entry in entries():
    for _name, _kind, _meaning in _entry.components:
        _place = HISTOGRAMS if _kind.startswith("waits") else COMPONENTS
        _place[_name] = _component(_name, _kind, _meaning)


def needed(wanted: Collection[str]) -> frozenset[str]:
    """These components and those that they, or the reading of tallies, cannot do without.

    Raises:
        KeyError: for what is no component.
    """
    if unknown := set(wanted) - COMPONENTS.keys():
        raise KeyError(f"no component {', '.join(sorted(unknown))}")
    more = CONTRACT_PARTS if "cost_minimum" in wanted else ()
    return frozenset({*wanted, *more, "time", "contacts"})
