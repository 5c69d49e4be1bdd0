"""The one catalogue of measures: what each is called, means and how it is estimated.

A measure is made of *components*, plain sums over one run that add up over slices and are
computed in `sim.measures.measure`. Its formula is written with their names. Terminal, report and
documentation read the measures from here and define none themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import nan

TOTAL, CHANNEL, REASON, POOL, SOURCE, WINDOW, DAY, HOUR = SPLITS = (
    "total",
    "channel",
    "reason",
    "pool",
    "source",
    "window",
    "day",
    "hour",
)
"""The ways to split results. pool: who answered; hour: hour of the week.

source: what money is spent on, a pool (its contract) or a channel (its own cost per contact).
By pool, a channel's cost counts at the pool that answered; by source, at the channel. Only cost
is split by source.
"""

QUANTILE_LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Of waits: p50, p80, p90, p95, p99."""


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


class Estimator(StrEnum):
    """How runs become one value with an interval."""

    TOTAL = "total"  # mean over runs of the total of a run; Student's interval
    RATIO = "ratio of sums"  # sum over runs / sum over runs; jackknife
    SHARE = "share"  # the same of counts, between 0 and 1; interval honest near both
    QUANTILE = "quantile"  # of all values together; Woodruff's interval


# --- components -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Component:
    """A sum over one run, for each slice of the splits in which it has a meaning."""

    name: str
    meaning: str
    base: Base
    splits: tuple[str, ...]

    def adds_up(self, by: str) -> bool:
        """Whether its groups add up to the total; the same time passes for every channel."""
        return self.name != "time" or by in (WINDOW, DAY, HOUR)


NOT_BY_SOURCE = tuple(by for by in SPLITS if by != SOURCE)
NOT_BY_POOL = (TOTAL, CHANNEL, REASON, WINDOW, DAY, HOUR)
NOT_BY_CONTACT = (TOTAL, POOL, WINDOW, DAY, HOUR)
OF_WAITS = (TOTAL, CHANNEL, REASON, POOL, WINDOW)

CONTRACT_PARTS = (
    "cost_hours",
    "cost_overtime",
    "cost_contacts",
    "cost_minutes",
    "cost_sales",
    "cost_fixed",
    "cost_minimum",
)
COST_PARTS = (*CONTRACT_PARTS, "cost_channels")
"""The components that cost is made of: what contracts ask, and what channels do."""

_CONTACT_COMPONENTS = {
    "contacts": "contacts made",
    "abandoned": "contacts that gave up, those that would not wait at all among them",
    "balked": "contacts that would not wait at all",
    "blocked": "contacts turned away because the queue was at its limit",
    "closed": "contacts turned away because the channel was closed, dismissed at closing, or "
    "not offered because no agent was free",
    "expired": "deferred contacts dropped unanswered",
    "withdrawn": "contacts ended because the customer was answered elsewhere (linked centre)",
    "self_served": "contacts handled by self-service, resolved or not",
    "unreached": "customers called back who did not pick up",
    "unfinished": "contacts still open, or still to come, at the end of the run",
    "displaced": "closed contacts whose customer came back later or switched channel",
    "retries": "contacts made after giving up",
    "again": "contacts made because the last answer did not resolve the matter",
    "overdue": "contacts made because a deferred one was not answered by its due time",
    "self_resolved": "contacts that self-service resolved",
    "callbacks": "contacts whose customer chose to be called back",
    "offers": "offers of contacts to agents who may decline",
    "offers_taken": "contacts taken by an agent who may decline: answered, or called back in vain",
    "abandoned_within": "contacts that gave up within the channel's threshold; those that would "
    "not wait at all among them",
    "wait_of_abandoned": "seconds waited by contacts that gave up",
}

_ANSWERED_COMPONENTS = {
    "answered": "contacts answered by an agent",
    "answered_within": "contacts answered within the channel's threshold (a deferred channel's due "
    "time)",
    "answered_at_once": "contacts answered without any wait",
    "wait_of_answered": "seconds waited by contacts that were answered",
    "called_back": "customers called back, reached or not",
    "wait_of_called_back": "seconds until they were called back",
    "duplicates": "contacts answered although the same matter had been answered before",
    "talk_time": "seconds of talking or writing",
    "wrap_time": "seconds of wrap-up",
    "work_after": "seconds of talk and wrap-up spent after the end of the counted days",
    "first_answered": "customers' first contacts that were answered",
    "first_resolved": "customers' first contacts that were answered and resolved",
    "buying_answered": "answered contacts of customers with an intention to buy",
    "won_revenue": "revenue of sales to customers answered within their window, counted at the "
    "contact that decided",
    "cost_contacts": "contract: per_contact x answered contacts",
    "cost_minutes": "contract: per_minute x minutes of talk and wrap-up",
    "cost_sales": "contract: per_sale x sales + revenue_share x revenue, of customers answered "
    "within their window",
    "cost_channels": "cost_per_contact of the channel x contacts answered or self-served; of its "
    "callback x customers called back, in vain or not",
}

_CUSTOMER_COMPONENTS = {
    "customers": "customers",
    "deflected": "customers with a contact that self-service resolved and none that an agent "
    "answered",
    "contacts_made": "contacts that these customers made",
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
    "overtime": "seconds that agents stayed after the end of their duty",
    "busy": "seconds on duty with contacts in hand, each contact weighted by the part of the agent "
    "that it takes",
    "busy_any": "seconds on duty with any contact in hand",
    "cost_hours": "contract: per_hour x (1 + premium) x hours on duty; the highest premium counts",
    "cost_overtime": "contract: per_hour x overtime x hours after the end of duty",
    "cost_fixed": "contract: per_week, spread evenly over time",
    "cost_minimum": "contract: what shifts shorter than minimum_shift lack x per_hour, spread "
    "over the shift's time on duty; what the contract's other parts lack of minimum_per_week x "
    "counted days / 7, spread evenly over time",
}

_WAITS = {
    "waits_of_answered": ("waits of answered contacts", OF_WAITS),
    "waits_of_abandoned": ("waits of contacts that gave up", (TOTAL, CHANNEL, REASON, WINDOW)),
}


def _components(
    meanings: dict[str, str], base: Base, splits: tuple[str, ...]
) -> tuple[Component, ...]:
    """Components of one kind; those that are a cost have a source too."""
    return tuple(
        Component(name, meaning, base, (*splits, SOURCE) if name in COST_PARTS else splits)
        for name, meaning in meanings.items()
    )


COMPONENTS: dict[str, Component] = {
    component.name: component
    for component in (
        *_components(_CONTACT_COMPONENTS, Base.CONTACT, NOT_BY_POOL),
        *_components(_ANSWERED_COMPONENTS, Base.CONTACT, NOT_BY_SOURCE),
        *_components(_CUSTOMER_COMPONENTS, Base.CUSTOMER, NOT_BY_SOURCE),
        *_components(_AGENT_COMPONENTS, Base.TIME, NOT_BY_CONTACT),
        Component("waiting", "seconds that contacts spent waiting", Base.TIME, NOT_BY_POOL),
        Component("time", "seconds of the slice within the counted days", Base.TIME, SPLITS),
    )
}
"""The sums of a run, in the order of the columns of `Tally.sums`."""

HISTOGRAMS: dict[str, Component] = {
    name: Component(name, meaning, Base.CONTACT, splits)
    for name, (meaning, splits) in _WAITS.items()
}
"""The histograms of a run, from which quantiles are read."""


# --- measures ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """One measure.

    name: as in tables and files; label: short, for people.
    unit: contacts, customers, sales, agents, share, s, h or money (the scenario's currency).
    base: what it tells about.
    estimator: how runs become a value.
    numerator, denominator: component names joined by + and -; the denominator is empty for totals.
        For quantiles the numerator names histograms.
    definition: one sentence in a planner's words.
    level: of a quantile.
    scale: the formula is multiplied by it (3600 seconds are 1 h).
    zero_by_zero: its value where the denominator is 0.
    """

    name: str
    label: str
    unit: str
    base: Base
    estimator: Estimator
    numerator: str
    denominator: str
    definition: str
    level: float = nan
    scale: float = 1.0
    zero_by_zero: float = nan

    @property
    def signed(self) -> bool:
        """Whether it can be less than 0; no interval of the others reaches below."""
        return self.unit == "money" and " - " in self.numerator

    @property
    def better(self) -> int:
        """1 where more is better, -1 where less is, 0 where neither is better by itself."""
        stem = self.name.rsplit("_p", 1)[0] if self.estimator is Estimator.QUANTILE else self.name
        return BETTER.get(stem, 0)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits in which all of its components have a meaning, in the order of `SPLITS`."""
        parts = self.components()
        return tuple(by for by in SPLITS if all(by in part.splits for part in parts))

    @property
    def counted_by(self) -> tuple[str, ...]:
        """Which interval counts what it is made of; two entries where it mixes bases."""
        bases = {part.base for part in self.components() if part.name != "time"}
        return tuple(COUNTED_BY[base] for base in Base if base in bases)

    @property
    def formula(self) -> str:
        """The formula, in names of components."""
        if self.estimator is Estimator.QUANTILE:
            return f"{100 * self.level:g} % quantile of {self.numerator}"
        scale = f" / {1 / self.scale:g}" if self.scale < 1 else ""
        scale = f" x {self.scale:g}" if self.scale > 1 else scale
        if not self.denominator:
            return self.numerator + scale
        return f"{_bracketed(self.numerator)} / {_bracketed(self.denominator)}{scale}"

    def components(self) -> list[Component]:
        """The components of its formula."""
        known = {**COMPONENTS, **HISTOGRAMS}
        return [known[name] for name in {**terms(self.numerator), **terms(self.denominator)}]


def terms(formula: str) -> dict[str, float]:
    """The components of a sum such as `answered + abandoned - balked`, with their signs."""
    signs: dict[str, float] = {}
    sign = 1.0
    for word in formula.split():
        if word in "+-":
            sign = 1.0 if word == "+" else -1.0
        else:
            signs[word] = sign
    return signs


def _bracketed(formula: str) -> str:
    return f"({formula})" if " " in formula else formula


OFFERED = "answered + abandoned"
NOBODY_ANSWERED = "abandoned + blocked + closed + expired"
COST = " + ".join(COST_PARTS)


def _count(name: str, label: str, formula: str, definition: str) -> Measure:
    return Measure(name, label, "contacts", Base.CONTACT, Estimator.TOTAL, formula, "", definition)


def _share(
    name: str, label: str, numerator: str, denominator: str, text: str, base: Base = Base.CONTACT
) -> Measure:
    return Measure(name, label, "share", base, Estimator.SHARE, numerator, denominator, text)


def _mean_time(name: str, label: str, numerator: str, denominator: str, definition: str) -> Measure:
    return Measure(
        name, label, "s", Base.CONTACT, Estimator.RATIO, numerator, denominator, definition
    )


def _money(name: str, label: str, base: Base, formula: str, definition: str) -> Measure:
    return Measure(name, label, "money", base, Estimator.TOTAL, formula, "", definition)


def _each(
    name: str, label: str, unit: str, base: Base, numerator: str, denominator: str, text: str
) -> Measure:
    return Measure(name, label, unit, base, Estimator.RATIO, numerator, denominator, text)


def _quantiles(name: str, label: str, numerator: str, whose: str) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"{name}_p{round(100 * level)}",
            f"{label} p{round(100 * level)}",
            "s",
            Base.CONTACT,
            Estimator.QUANTILE,
            numerator,
            "",
            f"The wait that {100 * level:g} % of {whose} do not exceed.",
            level=level,
        )
        for level in QUANTILE_LEVELS
    )


_COUNTS = (
    _count("contacts", "Contacts", "contacts", "All contacts made, whatever became of them."),
    Measure(
        "customers",
        "Customers",
        "customers",
        Base.CUSTOMER,
        Estimator.TOTAL,
        "customers",
        "",
        "Customers who made contact, each counted once.",
    ),
    _count(
        "offered",
        "Offered",
        OFFERED,
        "Contacts that reached the queue or an agent: answered or abandoned (A = S + L); blocked, "
        "closed and self-served ones are not among them.",
    ),
    _count("answered", "Answered", "answered", "Contacts answered by an agent (S)."),
    _count(
        "abandoned",
        "Abandoned",
        "abandoned",
        "Contacts whose customer gave up waiting or would not wait at all (L).",
    ),
    _count(
        "balked",
        "Balked",
        "balked",
        "Contacts whose customer left at once because of having to wait; counted in `abandoned`.",
    ),
    _count("blocked", "Blocked", "blocked", "Contacts turned away by a full queue."),
    _count(
        "closed",
        "Closed",
        "closed",
        "Contacts that found the channel closed or hidden, or were dismissed at closing time.",
    ),
    _count("expired", "Expired", "expired", "Deferred contacts dropped without an answer."),
    _count(
        "withdrawn",
        "Withdrawn",
        "withdrawn",
        "Contacts ended because the same customer was answered on another channel.",
    ),
    _count(
        "self_served",
        "Self-served",
        "self_served",
        "Contacts handled by self-service, resolved or not; in no service level.",
    ),
    _count(
        "unreached",
        "Not reached",
        "unreached",
        "Contacts whose customer was called back and did not pick up; not among the offered.",
    ),
    _count("unfinished", "Unfinished", "unfinished", "Contacts still open at the end of the run."),
    _count(
        "unanswered",
        "Met nobody",
        NOBODY_ANSWERED,
        "Contacts that ended without an answer: gave up, met a full queue or a closed door, or "
        "were dropped.",
    ),
    _count(
        "displaced",
        "Displaced",
        "displaced",
        "Contacts that met a closed door and came back later or switched to another channel; each "
        "also counts in `closed`.",
    ),
    _count(
        "duplicates",
        "Duplicates",
        "duplicates",
        "Answered contacts whose matter had been answered before: an overdue e-mail and the call "
        "it led to were both answered; the later one counts.",
    ),
    _count("retries", "Retries", "retries", "Contacts made after giving up, to try once more."),
    _count(
        "again",
        "Second contacts",
        "again",
        "Contacts made because the last answer did not resolve the matter.",
    ),
    _count(
        "overdue",
        "Reminders",
        "overdue",
        "Contacts made because a deferred one (an e-mail) was not answered by its due time.",
    ),
    _count(
        "callbacks",
        "Callbacks",
        "callbacks",
        "Contacts whose customer chose to be called back instead of waiting, whatever became of "
        "them.",
    ),
    _count(
        "offers",
        "Offers",
        "offers",
        "How often contacts were offered to agents who may decline; a contact that several decline "
        "counts several times.",
    ),
    Measure(
        "deflected",
        "Deflected",
        "customers",
        Base.CUSTOMER,
        Estimator.TOTAL,
        "deflected",
        "",
        "Customers whom self-service helped and who met no agent: nobody could sell them anything.",
    ),
)

_SERVICE_LEVELS = (
    _share(
        "service_level",
        "Service level",
        "answered_within",
        OFFERED,
        "Share of offered contacts answered within the channel's threshold: S_t / (S + L), the "
        "same as `sl_offered`.",
    ),
    _share(
        "sl_offered",
        "Service level (of offered)",
        "answered_within",
        OFFERED,
        "Share of offered contacts answered within the channel's threshold: S_t / (S + L).",
    ),
    _share(
        "sl_answered",
        "Service level (of answered)",
        "answered_within",
        "answered",
        "Share of answered contacts answered within the channel's threshold: S_t / S; it forgets "
        "those who gave up.",
    ),
    _share(
        "sl_exclude_short",
        "Service level (short abandons left out)",
        "answered_within",
        f"{OFFERED} - abandoned_within",
        "Share answered within the threshold of contacts other than those that gave up within it: "
        "S_t / (A - L_t).",
    ),
    _share(
        "sl_credit_short",
        "Service level (short abandons credited)",
        "answered_within + abandoned_within",
        OFFERED,
        "Share of offered contacts that had ended waiting within the threshold, answered or "
        "not: (S_t + L_t) / A.",
    ),
)

_GIVING_UP = (
    _share(
        "answer_rate",
        "Answer rate",
        "answered",
        f"answered + {NOBODY_ANSWERED}",
        "Share answered of the contacts that an agent should have answered, those that met a "
        "closed door or a full queue among them.",
    ),
    _share(
        "abandonment",
        "Abandonment",
        "abandoned",
        OFFERED,
        "Share of offered contacts that gave up: L / A.",
    ),
    _share(
        "abandoned_within",
        "Short abandons",
        "abandoned_within",
        "abandoned",
        "Share of the contacts that gave up that did so within the channel's threshold: L_t / L; "
        "those that would not wait at all are among them.",
    ),
    _share(
        "blocking",
        "Blocking",
        "blocked",
        f"{OFFERED} + blocked",
        "Share of contacts that met a full queue, of those offered or blocked.",
    ),
    _share(
        "closed_share",
        "Closed door",
        "closed",
        "contacts",
        "Share of all contacts that found the door closed or were dismissed.",
    ),
    _share(
        "no_wait",
        "Answered at once",
        "answered_at_once",
        OFFERED,
        "Share of offered contacts answered without any wait.",
    ),
    _share(
        "offers_declined",
        "Offers not taken",
        "offers - offers_taken",
        "offers",
        "Share of offers that led to no answer: the agent declined or let it time out, or the "
        "contact ended first.",
    ),
    _share(
        "self_service_resolved",
        "Resolved by self-service",
        "self_resolved",
        "self_served",
        "Share of self-served contacts that were resolved there.",
    ),
)

_WAITING = (
    _mean_time(
        "asa",
        "Wait of answered",
        "wait_of_answered",
        "answered",
        "Average speed of answer: mean wait of answered contacts; e-mails count with their hours, "
        "so read it by channel where there are deferred ones.",
    ),
    *_quantiles("asa", "Wait of answered", "waits_of_answered", "answered contacts"),
    _mean_time(
        "wait",
        "Wait",
        "wait_of_answered + wait_of_abandoned",
        OFFERED,
        "Mean wait of all offered contacts, answered or given up (those that would not wait "
        "count with 0).",
    ),
    _mean_time(
        "callback_wait",
        "Wait for the callback",
        "wait_of_called_back",
        "called_back",
        "Mean wait of the customers called back, until they were, reached or not; those reached "
        "are answered contacts too.",
    ),
    *_quantiles("wait", "Wait", "waits_of_answered + waits_of_abandoned", "offered contacts"),
    _mean_time(
        "time_to_abandon",
        "Wait of abandoned",
        "wait_of_abandoned",
        "abandoned",
        "Mean wait of contacts that gave up; those that would not wait at all count with 0: "
        "multiply by abandoned / (abandoned - balked) for those who did wait.",
    ),
    *_quantiles(
        "time_to_abandon",
        "Wait of abandoned",
        "waits_of_abandoned",
        "contacts that gave up (with balking: some of them at 0)",
    ),
    _each(
        "queue_length",
        "Queue length",
        "contacts",
        Base.TIME,
        "waiting",
        "time",
        "Number of contacts waiting, averaged over time; a backlog of e-mails is a queue too.",
    ),
)

_AGENTS = (
    Measure(
        "hours",
        "Agent hours",
        "h",
        Base.TIME,
        Estimator.TOTAL,
        "duty",
        "",
        "Hours that agents were on duty in the counted days, without overtime.",
        scale=1 / 3600,
    ),
    Measure(
        "overtime_hours",
        "Overtime hours",
        "h",
        Base.TIME,
        Estimator.TOTAL,
        "overtime",
        "",
        "Hours that agents stayed after the end of their duty to finish work.",
        scale=1 / 3600,
    ),
    _each(
        "agents",
        "Agents on duty",
        "agents",
        Base.TIME,
        "duty",
        "time",
        "Number of agents on duty, averaged over time.",
    ),
    _each(
        "occupancy",
        "Occupancy",
        "share",
        Base.TIME,
        "busy",
        "duty",
        "Share of the agents' capacity on duty that is taken: one of three possible chats in hand "
        "counts a third.",
    ),
    _each(
        "occupancy_any",
        "Occupancy (any contact)",
        "share",
        Base.TIME,
        "busy_any",
        "duty",
        "Share of the time on duty with at least one contact in hand.",
    ),
    _mean_time(
        "aht",
        "Handle time",
        "talk_time + wrap_time",
        "answered",
        "Average handle time: talk and wrap-up of an answered contact.",
    ),
    _mean_time(
        "talk",
        "Talk",
        "talk_time",
        "answered",
        "Mean time of talking or writing with the customer.",
    ),
    _mean_time(
        "wrap", "Wrap-up", "wrap_time", "answered", "Mean wrap-up time after the customer has gone."
    ),
    Measure(
        "hours_after",
        "Work after the counted days",
        "h",
        Base.CONTACT,
        Estimator.TOTAL,
        "work_after",
        "",
        "Hours of talk and wrap-up spent on the counted customers after the counted days: in "
        "answered, but neither in agent hours nor in cost by the hour.",
        scale=1 / 3600,
    ),
)

_SELLING = (
    _share(
        "conversion",
        "Conversion",
        "sales",
        "intending",
        "Share of customers with an intention to buy who bought, answered or not.",
        Base.CUSTOMER,
    ),
    _share(
        "conversion_answered",
        "Conversion of answered",
        "sales_answered",
        "intending_answered",
        "Share who bought of the customers with an intention to buy who were answered within their "
        "window.",
        Base.CUSTOMER,
    ),
    Measure(
        "missed_buyers",
        "Buyers missed",
        "customers",
        Base.CUSTOMER,
        Estimator.TOTAL,
        "intending - intending_answered",
        "",
        "Customers with an intention to buy whom nobody answered within their window.",
    ),
    Measure(
        "sales",
        "Sales",
        "sales",
        Base.CUSTOMER,
        Estimator.TOTAL,
        "sales",
        "",
        "Customers who bought, answered or not.",
    ),
    _money(
        "revenue",
        "Revenue",
        Base.CUSTOMER,
        "revenue",
        "What customers spent, answered or not.",
    ),
    _money(
        "unaided_revenue",
        "Unaided revenue",
        Base.CUSTOMER,
        "unaided_revenue",
        "What the same customers would have spent had nobody helped them.",
    ),
    _money(
        "incremental_revenue",
        "Incremental revenue",
        Base.CUSTOMER,
        "revenue - unaided_revenue",
        "Revenue that help added: what customers spent less what they would have spent unaided.",
    ),
    _share(
        "satisfaction",
        "Satisfaction",
        "satisfied",
        "asked",
        "Share of satisfied customers, of those first answered by a pool that states its "
        "satisfaction.",
        Base.CUSTOMER,
    ),
)

_MONEY = (
    _money(
        "cost",
        "Cost",
        Base.TIME,
        COST,
        "All cost: what pools' contracts and channels cost in the counted days; by source, each "
        "contract and each channel apart.",
    ),
    _money(
        "cost_hours",
        "Cost: hours",
        Base.TIME,
        "cost_hours",
        "Hours on duty at the contract's rate, with the highest premium that covers the time.",
    ),
    _money(
        "cost_overtime",
        "Cost: overtime",
        Base.TIME,
        "cost_overtime",
        "Hours after the end of duty at the contract's overtime rate: a multiple of the hourly "
        "rate, without premiums; 0 means unpaid.",
    ),
    _money(
        "cost_contacts",
        "Cost: per contact",
        Base.CONTACT,
        "cost_contacts",
        "What contracts pay for each answered contact.",
    ),
    _money(
        "cost_minutes",
        "Cost: per minute",
        Base.CONTACT,
        "cost_minutes",
        "What contracts pay for each minute of talk and wrap-up.",
    ),
    _money(
        "cost_sales",
        "Cost: sales",
        Base.CONTACT,
        "cost_sales",
        "What contracts pay for each sale after an answer in time, and their share of its revenue.",
    ),
    _money(
        "cost_fixed",
        "Cost: fixed",
        Base.TIME,
        "cost_fixed",
        "Fixed weekly amounts of contracts, for the counted days (7 days are one week).",
    ),
    _money(
        "cost_minimum",
        "Cost: minimum",
        Base.TIME,
        "cost_minimum",
        "What contracts pay beyond what was worked: shifts shorter than the minimum shift, and "
        "what is missing in the counted days to the minimum per week.",
    ),
    _money(
        "cost_channels",
        "Cost: channels",
        Base.CONTACT,
        "cost_channels",
        "What channels themselves cost for each contact answered or self-served, and for each call "
        "back.",
    ),
    _money(
        "margin",
        "Margin",
        Base.CUSTOMER,
        "added_profit - " + COST.replace("+", "-"),
        "What the service brings: incremental revenue x gross margin - cost.",
    ),
    _money(
        "expected_margin",
        "Expected margin",
        Base.CUSTOMER,
        "expected_profit - " + COST.replace("+", "-"),
        "The margin with the luck of single sales averaged out: the same on average, but with far "
        "less noise, so that options are told apart sooner.",
    ),
    Measure(
        "margin_per_hour",
        "Margin per agent hour",
        "money",
        Base.TIME,
        Estimator.RATIO,
        "added_profit - " + COST.replace("+", "-"),
        "duty",
        "Margin, divided by the hours that agents were on duty.",
        scale=3600.0,
    ),
    _each(
        "cost_per_contact",
        "Cost per contact",
        "money",
        Base.CONTACT,
        COST,
        "answered + self_served",
        "All cost, divided by the contacts answered or self-served.",
    ),
    _each(
        "revenue_per_contact",
        "Revenue per contact",
        "money",
        Base.CONTACT,
        "won_revenue",
        "buying_answered",
        "Revenue of sales after an answer in time, divided by the answered contacts of customers "
        "with an intention to buy.",
    ),
)

_AGAIN = (
    _each(
        "contacts_per_customer",
        "Contacts per customer",
        "contacts",
        Base.CUSTOMER,
        "contacts_made",
        "customers",
        "Contacts that a customer makes about one matter, retries and second contacts among them.",
    ),
    _share(
        "resolved_first",
        "Resolved at first contact",
        "first_resolved",
        "first_answered",
        "Share resolved of the customers whose first contact was answered.",
    ),
)

CATALOGUE: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        *(*_COUNTS, *_SERVICE_LEVELS, *_GIVING_UP, *_WAITING),
        *(*_AGENTS, *_SELLING, *_MONEY, *_AGAIN),
    )
}
"""Every measure by name, in the order of tables."""

_MORE_IS_BETTER = (
    *("answered", "service_level", "sl_offered", "sl_answered", "sl_exclude_short"),
    *("sl_credit_short", "answer_rate", "no_wait", "self_service_resolved"),
    *("conversion", "conversion_answered", "sales", "revenue", "incremental_revenue"),
    *(
        "satisfaction",
        "margin",
        "expected_margin",
        "margin_per_hour",
        "revenue_per_contact",
        "resolved_first",
    ),
)
_LESS_IS_BETTER = (
    *("abandoned", "balked", "blocked", "closed", "expired", "unfinished", "unanswered"),
    *("displaced", "duplicates", "retries", "again", "overdue", "abandonment", "blocking"),
    *("closed_share", "offers_declined", "asa", "wait", "callback_wait", "queue_length"),
    *("overtime_hours", "hours_after", "missed_buyers", "cost", "cost_per_contact"),
    *("cost_hours", "cost_overtime", "cost_contacts", "cost_minutes", "cost_sales"),
    *("cost_fixed", "cost_minimum", "cost_channels", "contacts_per_customer", "unreached"),
)
BETTER = dict.fromkeys(_MORE_IS_BETTER, 1) | dict.fromkeys(_LESS_IS_BETTER, -1)
"""Which way is better, for measures that decide or are targets; of quantiles by their stem."""

WITH_LUCK = {"expected_margin": "margin"}
"""Measures with luck averaged out -> what really happens in a single run."""
