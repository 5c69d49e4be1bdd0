"""The components of measures: plain sums over one run, which add up over slices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

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
OF_AGENTS = {
    *("answered", "handled", "transferred", "talk_time", "wrap_time"),
    *("duty", "overtime", "rostered", "absent", "paid", "busy", "busy_any"),
    *("cost_hours", "cost_overtime"),
}
"""What is known of each person."""
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

_CONTACT_COMPONENTS = {
    "contacts": "contacts made",
    "abandoned": "contacts abandoned, those that would not wait at all among them",
    "balked": "contacts that would not wait at all",
    "short_abandoned": "contacts abandoned sooner than `run.short_abandon`, in no other count but "
    "`contacts`",
    "blocked": "contacts turned away because the queue was at its limit",
    "closed": "contacts turned away because the channel was closed, dismissed at closing, or "
    "not offered because no agent was free",
    "expired": "deferred contacts dropped unanswered",
    "withdrawn": "contacts ended because the customer was answered elsewhere (linked centre)",
    "self_served": "contacts handled by self-service, resolved or not",
    "unreached": "outbound calls that nobody picked up, or somebody else",
    "no_line": "contacts turned away because all lines were in use",
    "flowed_out": "contacts that left the queue by one of its exits, or to be called back",
    "unfinished": "contacts still open, or still to come, at the end of the run",
    "displaced": "closed contacts whose customer came back later or switched channel",
    "retries": "contacts made after an abandoned one",
    "again": "contacts made because the last answer did not resolve the matter",
    "overdue": "contacts made because a deferred one was not answered by its due time",
    "self_resolved": "contacts that self-service resolved",
    "callbacks": "contacts whose customer chose to be called back",
    "callbacks_unreached": "of these called as often as may be, in vain",
    "callbacks_expired": "of these not called before their patience for it had ended",
    "dials": "outbound calls made, whoever picked up",
    "right_party": "of these answered by whom they were for",
    "transfers": "contacts passed on, counted each time: where they come to",
    "transfers_abandoned": "of these abandoned while waiting for the next agent",
    "offers": "offers of contacts to agents who may decline",
    "offers_taken": "contacts taken by an agent who may decline: answered, or called back in vain",
    "abandoned_within": "contacts abandoned within the threshold; those that would not "
    "wait at all among them",
    "wait_of_abandoned": "seconds waited by abandoned contacts",
}

_ANSWERED_COMPONENTS = {
    "answered": "contacts answered by an agent, each counted once",
    "answered_within": "contacts answered within the threshold (a deferred channel's due time)",
    "answered_at_once": "contacts answered without any wait",
    "wait_of_answered": "seconds waited by contacts that were answered",
    "called_back": "customers called back, reached or not, however often",
    "wait_of_called_back": "seconds until they were first called",
    "callbacks_reached": "customers called back and reached",
    "handled": "contacts answered by an agent, those passed on to them among these",
    "transferred": "contacts passed on, counted each time: where they come from",
    "hold_time": "seconds that agents stayed with customers whom they passed on, until these were "
    "handed over",
    "transfers_answered": "contacts passed on that the next agent answered",
    "transfers_within": "of these answered within the threshold",
    "wait_of_transfers": "seconds waited by them, since they were passed on",
    "lost_after_transfer": "answered contacts whose customer, passed on, reached nobody in the end",
    "wait_in_all": "seconds waited by answered contacts, after being passed on too",
    "work_in_all": "seconds of talk and wrap-up for answered contacts, by all who were passed them",
    "duplicates": "contacts answered although the same matter had been answered before",
    "talk_time": "seconds of talking or writing",
    "wrap_time": "seconds of wrap-up",
    "work_after": "seconds of talk and wrap-up spent after the end of the counted days",
    "first_answered": "customers' first contacts that were answered or called back",
    "first_resolved": "of these resolved",
    "first_settled": "of these such that the customer made no contact within 7 days, retries apart",
    "buying_answered": "contacts of customers with an intention to buy, answered or called back",
    "won_revenue": "revenue of sales to customers answered within their window, counted at the "
    "contact that decided",
    "cost_contacts": "contract: per_contact x answered contacts",
    "ai_involved": "contacts that an AI agent answered",
    "ai_contained": "of these not handed over: resolved, wrongly too, or the customer left",
    "ai_resolved": "of these resolved, in the AI agent's own eyes",
    "ai_net": "of these such that the customer made no contact within 7 days",
    "ai_cost": "contract of the AI agent: per_contact, per_minute and per_resolution",
    "cost_resolutions": "contract: per_resolution x what an AI agent says it has resolved",
    "cost_minutes": "contract: per_minute x minutes of talk and wrap-up",
    "cost_sales": "contract: per_sale x sales + revenue_share x revenue, of customers answered "
    "within their window",
    "cost_channels": "cost_per_contact of the channel x contacts answered or self-served; of its "
    "callback or outbound x customers called, in vain or not",
}

_CUSTOMER_COMPONENTS = {
    "customers": "customers",
    "deflected": "customers with a contact that self-service resolved and none that an agent "
    "answered",
    "contacts_made": "contacts that these customers made",
    "customers_answered": "customers whom an agent answered in the end, passed on or not",
    "contacts_until_answered": "contacts that these made up to that one",
    "intending": "customers with an intention to buy",
    "intending_answered": "customers with an intention to buy, answered within their window",
    "sales": "customers who bought, answered or not",
    "sales_answered": "customers who bought after an answer within their window",
    "revenue": "revenue of all sales",
    "unaided_revenue": "revenue these customers would have brought had nobody helped anyone",
    "added_profit": "(revenue - unaided_revenue) x the scenario's gross margin",
    "expected_profit": "added_profit with the luck of single sales averaged out: chance to buy x "
    "mean basket, with the help that was given and without",
    "asked": "customers whose first answer came from a pool that states its satisfaction",
    "satisfied": "those of them who were satisfied",
}

_AGENT_COMPONENTS = {
    "duty": "seconds that agents were on duty",
    "overtime": "seconds that agents stayed after the end of their duty, but for those by which a "
    "break ended later",
    "rostered": "seconds rostered: on duty, absent, in meetings, on paid breaks; without unpaid "
    "breaks",
    "absent": "rostered seconds of people who did not come that day",
    "paid": "seconds paid by the hour, each by its share of per_hour",
    "busy": "seconds on duty with contacts in hand or ringing, each weighted by the part of the "
    "agent that it takes",
    "busy_any": "seconds on duty with any contact in hand or ringing",
    "cost_hours": "contract: per_hour x (1 + premium) x hours paid; the highest premium counts",
    "cost_overtime": "contract: per_hour x overtime x hours after the end of duty",
    "cost_fixed": "contract: per_week, and once by its part of `over`, spread evenly over time",
    "cost_minimum": "contract: what shifts shorter than minimum_shift lack x per_hour, spread "
    "over the shift's time on duty; what the contract's other parts lack of minimum_per_week x "
    "counted days / 7, spread evenly over time",
}

_TIME_COMPONENTS = {
    "waiting": "seconds that contacts spent waiting",
    "hang_ups": "contacts abandoned, counted when that was",
}
_WAITING_COST = {
    "cost_waiting": "cost_per_waiting_minute of the channel x minutes that contacts waited; by "
    "pool, where it answered them",
}

_WAITS = {
    "waits_of_answered": ("waits of answered contacts", OF_WAITS),
    "waits_of_abandoned": ("waits of abandoned contacts", (TOTAL, CHANNEL, REASON, WINDOW)),
}


def _components(
    meanings: dict[str, str], base: Base, splits: tuple[str, ...]
) -> tuple[Component, ...]:
    """Components of one kind; those that are a cost have a source too, some an agent."""

    def of(name: str) -> tuple[str, ...]:
        source = (SOURCE,) if name in COST_PARTS else ()
        return (*splits, *source, AGENT) if name in OF_AGENTS else (*splits, *source)

    return tuple(Component(name, meaning, base, of(name)) for name, meaning in meanings.items())


COMPONENTS: dict[str, Component] = {
    component.name: component
    for component in (
        *_components(_CONTACT_COMPONENTS, Base.CONTACT, NOT_BY_POOL),
        *_components(_ANSWERED_COMPONENTS, Base.CONTACT, NOT_BY_SOURCE),
        *_components(_CUSTOMER_COMPONENTS, Base.CUSTOMER, NOT_BY_SOURCE),
        *_components(_AGENT_COMPONENTS, Base.TIME, NOT_BY_CONTACT),
        *_components(_TIME_COMPONENTS, Base.TIME, NOT_BY_POOL),
        *_components(_WAITING_COST, Base.TIME, NOT_BY_SOURCE),
        Component("time", "seconds of the slice within the counted days", Base.TIME, SPLITS),
    )
}
"""The sums of a run, in the order of the columns of `Tally.sums`."""

HISTOGRAMS: dict[str, Component] = {
    name: Component(name, meaning, Base.CONTACT, splits)
    for name, (meaning, splits) in _WAITS.items()
}
"""The histograms of a run, from which quantiles are read."""


def needed(wanted: Collection[str]) -> frozenset[str]:
    """These components and those that they, or the reading of tallies, cannot do without.

    Raises:
        KeyError: for what is no component.
    """
    if unknown := set(wanted) - COMPONENTS.keys():
        raise KeyError(f"no component {', '.join(sorted(unknown))}")
    more = CONTRACT_PARTS if "cost_minimum" in wanted else ()
    return frozenset({*wanted, *more, "time", "contacts"})
