"""The one catalogue of measures: what each is called, means and how it is estimated.

A measure is made of *components* (`sim.measures.components`), which `sim.measures.measure` adds up.
Its formula is written with their names. Terminal, pages, tables, JSON and documentation read the
words of a measure here and define none themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import nan

from sim.measures.components import (
    COMPONENTS,
    COST_PARTS,
    COUNTED_BY,
    HISTOGRAMS,
    SPLITS,
    Base,
    Component,
)

QUANTILE_LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Of waits: p50, p80, p90, p95, p99."""

MORE, LESS, NEITHER = 1, -1, 0
"""Which way is better."""


class Estimator(StrEnum):
    """How runs become one value with an interval."""

    TOTAL = "total"  # mean over runs of the total of a run; Student's interval
    RATIO = "ratio of sums"  # sum over runs / sum over runs; jackknife
    SHARE = "share"  # the same of counts, between 0 and 1; interval honest near both
    QUANTILE = "quantile"  # of all values together; Woodruff's interval


@dataclass(frozen=True)
class Measure:
    """One measure.

    name: as in tables and files; label: for people; abbreviated: where there is little room, if
        the label is too long for that.
    unit: contacts, customers, sales, agents, share, s, h or money (the scenario's currency).
    better: MORE, LESS or NEITHER; what is neither decides nothing and is no target.
    base: what it tells about.
    estimator: how runs become a value.
    numerator, denominator: component names joined by + and -; the denominator is empty for totals.
        For quantiles the numerator names histograms.
    definition: plain sentences in a planner's words.
    level: of a quantile.
    scale: the formula is multiplied by it (3600 seconds are 1 h).
    zero_by_zero: its value where the denominator is 0.
    """

    name: str
    label: str
    abbreviated: str
    unit: str
    better: int
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
    def spoken(self) -> str:
        """The label within a sentence; abbreviations stay as they are."""
        return self.label if self.label[:2].isupper() else self.label[:1].lower() + self.label[1:]

    @property
    def short(self) -> str:
        """The label where there is little room, such as the head of a column."""
        return self.abbreviated or self.label

    @cached_property
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
UNANSWERED = "abandoned + blocked + no_line + closed + expired"
COST = " + ".join(COST_PARTS)


def _total(
    name: str,
    label: str,
    unit: str,
    base: Base,
    better: int,
    formula: str,
    definition: str,
    *,
    short: str = "",
    scale: float = 1.0,
) -> Measure:
    how = Estimator.TOTAL
    return Measure(
        name, label, short, unit, better, base, how, formula, "", definition, scale=scale
    )


def _count(name: str, label: str, better: int, formula: str, text: str, short: str = "") -> Measure:
    return _total(name, label, "contacts", Base.CONTACT, better, formula, text, short=short)


def _money(
    name: str, label: str, base: Base, better: int, formula: str, text: str, short: str = ""
) -> Measure:
    return _total(name, label, "money", base, better, formula, text, short=short)


def _share(
    name: str,
    label: str,
    better: int,
    top: str,
    bottom: str,
    text: str,
    *,
    base: Base = Base.CONTACT,
    short: str = "",
) -> Measure:
    return Measure(name, label, short, "share", better, base, Estimator.SHARE, top, bottom, text)


def _each(
    name: str,
    label: str,
    unit: str,
    base: Base,
    better: int,
    top: str,
    bottom: str,
    text: str,
    *,
    short: str = "",
    scale: float = 1.0,
) -> Measure:
    how = Estimator.RATIO
    return Measure(name, label, short, unit, better, base, how, top, bottom, text, scale=scale)


def _mean_time(
    name: str, label: str, better: int, top: str, bottom: str, text: str, *, short: str = ""
) -> Measure:
    return _each(name, label, "s", Base.CONTACT, better, top, bottom, text, short=short)


def _quantiles(
    name: str, label: str, better: int, histograms: str, whose: str
) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            f"{name}_p{round(100 * level)}",
            f"{label} p{round(100 * level)}",
            "",
            "s",
            better,
            Base.CONTACT,
            Estimator.QUANTILE,
            histograms,
            "",
            f"The wait that {100 * level:g} % of {whose} do not exceed.",
            level=level,
        )
        for level in QUANTILE_LEVELS
    )


_COUNTS = (
    _count(
        "contacts", "Contacts", NEITHER, "contacts", "All contacts made, whatever became of them."
    ),
    _total(
        "customers",
        "Customers",
        "customers",
        Base.CUSTOMER,
        NEITHER,
        "customers",
        "Customers who made contact, each counted once.",
    ),
    _count(
        "offered",
        "Offered",
        NEITHER,
        OFFERED,
        "Contacts that reached the queue or an agent: answered or abandoned. Blocked, "
        "closed and self-served contacts and flow-outs are not among them.",
    ),
    _count(
        "answered",
        "Answered",
        MORE,
        "answered",
        "Contacts answered by an agent. Who was called back instead is not among them, but among "
        "the `flowed_out` and the `callbacks_reached`.",
    ),
    _count(
        "abandoned",
        "Abandoned",
        LESS,
        "abandoned",
        "Contacts whose customer hung up while waiting, or would not wait at all.",
    ),
    _count(
        "balked",
        "Balked",
        LESS,
        "balked",
        "Contacts whose customer left at once because of having to wait; counted in "
        "`abandoned` too.",
    ),
    _count(
        "short_abandoned",
        "Short abandons",
        NEITHER,
        "short_abandoned",
        "Contacts abandoned sooner than `run.short_abandon`, counted apart: not among the "
        "abandoned or the offered, and in no service level.",
    ),
    _count("blocked", "Blocked", LESS, "blocked", "Contacts turned away by a full queue."),
    _count(
        "no_line",
        "Busy signal",
        LESS,
        "no_line",
        "Contacts turned away because all lines were in use; counted apart from a full queue.",
    ),
    _count(
        "closed",
        "Closed",
        LESS,
        "closed",
        "Contacts that arrived outside opening hours, met a channel that was not offered, "
        "or were dismissed at closing time.",
    ),
    _count("expired", "Expired", LESS, "expired", "Deferred contacts dropped without an answer."),
    _count(
        "withdrawn",
        "Withdrawn",
        NEITHER,
        "withdrawn",
        "Contacts ended because the same customer was answered on another channel.",
    ),
    _count(
        "self_served",
        "Self-served",
        NEITHER,
        "self_served",
        "Contacts handled by self-service, resolved or not; in no service level.",
    ),
    _count(
        "unreached",
        "Not reached",
        LESS,
        "unreached",
        "Outbound calls that nobody picked up, or somebody else; not among the offered. Of "
        "callbacks: `callbacks_unreached`.",
    ),
    _count(
        "flowed_out",
        "Flow-outs",
        NEITHER,
        "flowed_out",
        "Contacts that left the queue by one of its exits, to another channel or to the end, or "
        "whose customer chose to be called back; neither answered nor abandoned, and not among the "
        "offered. What exits led to counts as contacts of its own.",
    ),
    _count(
        "unfinished", "Unfinished", LESS, "unfinished", "Contacts still open at the end of the run."
    ),
    _count(
        "unanswered",
        "Unanswered",
        LESS,
        UNANSWERED,
        "Contacts that ended without an answer: abandoned, blocked by a full queue, turned away by "
        "a busy signal, closed (outside opening hours) or expired.",
    ),
    _count(
        "displaced",
        "Displaced",
        LESS,
        "displaced",
        "Closed contacts whose customer came back later or switched to another channel; "
        "each also counts in `closed`.",
    ),
    _count(
        "duplicates",
        "Duplicates",
        LESS,
        "duplicates",
        "Answered contacts whose matter had been answered before: an overdue e-mail and "
        "the call it led to were both answered; the later one counts.",
    ),
    _count(
        "retries",
        "Retries",
        LESS,
        "retries",
        "Contacts made after an abandoned one, to try once more.",
    ),
    _count(
        "again",
        "Repeat contacts",
        LESS,
        "again",
        "Contacts made because the last answer did not resolve the matter.",
    ),
    _count(
        "overdue",
        "Reminders",
        LESS,
        "overdue",
        "Contacts made because a deferred one (an e-mail) was not answered by its due time.",
    ),
    _count(
        "callbacks",
        "Callbacks",
        NEITHER,
        "callbacks",
        "Contacts whose customer chose to be called back instead of waiting, each counted once, "
        "however often they are called. They are flow-outs, in no service level.",
    ),
    _count(
        "callbacks_reached",
        "Callbacks reached",
        MORE,
        "callbacks_reached",
        "Callbacks whose customer was reached, at whichever call.",
    ),
    _count(
        "callbacks_unreached",
        "Callbacks not reached",
        LESS,
        "callbacks_unreached",
        "Callbacks whose customer did not pick up, though called as often as may be.",
    ),
    _count(
        "callbacks_expired",
        "Callbacks expired",
        LESS,
        "callbacks_expired",
        "Callbacks that nobody made in time. Those in none of the three were withdrawn, or are "
        "still open at the end of the run.",
    ),
    _count(
        "dials",
        "Dials",
        NEITHER,
        "dials",
        "Outbound calls made, whoever picked up.",
    ),
    _count(
        "transfers",
        "Transfers",
        NEITHER,
        "transfers",
        "How often contacts were passed on to somebody else after an answer; each stays one "
        "contact.",
    ),
    _count(
        "handled",
        "Handled",
        MORE,
        "handled",
        "What agents handled: contacts from outside, callbacks that reached somebody, and contacts "
        "passed on to them. A contact with two talks counts twice.",
    ),
    _count(
        "passed_in",
        "Passed in",
        NEITHER,
        "transfers_answered",
        "Contacts passed on that the next agent answered; all other handled ones came from "
        "outside.",
    ),
    _count(
        "lost_after_transfer",
        "Lost after transfer",
        LESS,
        "lost_after_transfer",
        "Answered contacts whose customer was passed on and then abandoned, or found nobody: they "
        "count as answered, and in the service level by their first answer.",
    ),
    _count(
        "offers",
        "Offers",
        NEITHER,
        "offers",
        "How often contacts were offered to agents who may decline; a contact that "
        "several decline counts several times.",
    ),
    _total(
        "deflected",
        "Contained in self-service",
        "customers",
        Base.CUSTOMER,
        NEITHER,
        "deflected",
        "Customers whom self-service helped and who reached no agent: nobody could sell "
        "them anything.",
        short="Contained",
    ),
)

_SERVICE_LEVELS = (
    _share(
        "service_level",
        "Service level",
        MORE,
        "answered_within",
        OFFERED,
        "Share of offered contacts answered within the threshold "
        "(`run.service_level`; for deferred channels the due time). The same as "
        "`sl_offered`.",
    ),
    _share(
        "sl_offered",
        "Service level (of offered)",
        MORE,
        "answered_within",
        OFFERED,
        "Share of offered contacts answered within the threshold.",
    ),
    _share(
        "sl_answered",
        "Service level (of answered)",
        MORE,
        "answered_within",
        "answered",
        "Share of answered contacts answered within the threshold. It leaves "
        "out those who abandoned.",
    ),
    _share(
        "sl_exclude_short",
        "Service level (short abandons excluded)",
        MORE,
        "answered_within",
        f"{OFFERED} - abandoned_within",
        "Share answered within the threshold, of offered contacts without those abandoned "
        "within it.",
    ),
    _share(
        "sl_credit_short",
        "Service level (short abandons credited)",
        MORE,
        "answered_within + abandoned_within",
        OFFERED,
        "Share of offered contacts whose wait had ended within the threshold, answered or "
        "abandoned.",
    ),
)

_TRANSFERS = (
    _share(
        "transfer_rate",
        "Transfer rate",
        LESS,
        "transferred",
        "handled",
        "Share of handled contacts that the agent passed on; by pool, of those whom it handled.",
    ),
    _share(
        "transfer_service_level",
        "Service level of transfers",
        MORE,
        "transfers_within",
        "transfers_answered + transfers_abandoned",
        "Share of contacts passed on that the next agent answered within the threshold, "
        "of those answered or abandoned. They are in no other service level.",
        short="SL of transfers",
    ),
    _share(
        "transfer_abandonment",
        "Abandonment of transfers",
        LESS,
        "transfers_abandoned",
        "transfers_answered + transfers_abandoned",
        "Share of contacts passed on that were abandoned before the next agent answered.",
    ),
    _mean_time(
        "transfer_asa",
        "ASA of transfers",
        LESS,
        "wait_of_transfers",
        "transfers_answered",
        "Mean wait of contacts passed on, from the end of the talk to the next agent's answer.",
    ),
    _mean_time(
        "transfer_hold",
        "Hold per transfer",
        LESS,
        "hold_time",
        "transferred",
        "Mean time that the agent who passes on stays with the customer in a warm transfer: waits "
        "for the next agent and hands over. It is part of the AHT; 0 in a cold transfer.",
    ),
    _mean_time(
        "wait_in_all",
        "Wait over all talks",
        LESS,
        "wait_in_all",
        "answered",
        "Mean wait of answered contacts, before the first talk and between talks.",
    ),
    _mean_time(
        "handle_time_in_all",
        "Handle time per contact",
        NEITHER,
        "work_in_all",
        "answered",
        "Mean time that an answered contact takes of all its agents together: talk and wrap-up of "
        "every talk. The AHT is of one talk.",
    ),
)

_AI_AGENTS = (
    _count(
        "ai_involved",
        "AI agent: involved",
        NEITHER,
        "ai_involved",
        "Contacts that an AI agent answered.",
        short="AI involved",
    ),
    _share(
        "containment",
        "Containment",
        MORE,
        "ai_contained",
        "ai_involved",
        "Share of contacts answered by an AI agent that were not handed over to people, as vendors "
        "count: wrong answers and customers who left without a word are among them.",
    ),
    _count(
        "ai_resolved",
        "AI agent: resolutions",
        MORE,
        "ai_resolved",
        "Contacts that the AI agent says it has resolved, wrong answers among them: what vendors "
        "bill.",
        short="AI resolutions",
    ),
    _count(
        "ai_net",
        "AI agent: net resolutions",
        MORE,
        "ai_net",
        "Resolutions of the AI agent after which the customer made no contact within 7 days, on "
        "any channel.",
        short="AI net",
    ),
    _each(
        "cost_per_net_resolution",
        "Cost per net resolution",
        "money",
        Base.CONTACT,
        LESS,
        "ai_cost",
        "ai_net",
        "What the AI agent's contract asks for contacts, minutes and resolutions, divided by its "
        "net resolutions.",
    ),
)

_ENDINGS = (
    _share(
        "answer_rate",
        "Answer rate",
        MORE,
        "answered",
        f"answered + {UNANSWERED}",
        "Share answered of the contacts that needed an agent: abandoned, blocked, closed "
        "and expired contacts and busy signals count as not answered, flow-outs in neither way.",
    ),
    _share(
        "abandonment",
        "Abandonment",
        LESS,
        "abandoned",
        OFFERED,
        "Share of offered contacts that were abandoned.",
    ),
    _share(
        "abandoned_within",
        "Abandoned within threshold",
        NEITHER,
        "abandoned_within",
        "abandoned",
        "Share of abandoned contacts that were abandoned within the threshold; "
        "those that would not wait at all are among them.",
    ),
    _share(
        "blocking",
        "Blocking",
        LESS,
        "blocked",
        f"{OFFERED} + blocked",
        "Share of contacts turned away by a full queue, of those offered or blocked.",
    ),
    _share(
        "busy_signals",
        "Busy signals",
        LESS,
        "no_line",
        "contacts",
        "Share of all contacts turned away because all lines were in use.",
    ),
    _share(
        "flow_out_rate",
        "Flow-out rate",
        NEITHER,
        "flowed_out",
        f"{OFFERED} + flowed_out",
        "Share of contacts that left the queue by an exit or to be called back, of those offered "
        "or flowed out.",
    ),
    _share(
        "callback_rate",
        "Callback success rate",
        MORE,
        "callbacks_reached",
        "callbacks_reached + callbacks_unreached + callbacks_expired",
        "Share of callbacks whose customer was reached, of those reached, not reached or expired.",
    ),
    _share(
        "closed_share",
        "Closed rate",
        LESS,
        "closed",
        "contacts",
        "Share of all contacts that were closed: outside opening hours, not offered, or "
        "dismissed at closing time.",
    ),
    _share(
        "no_wait",
        "Answered immediately",
        MORE,
        "answered_at_once",
        OFFERED,
        "Share of offered contacts answered without any wait.",
    ),
    _share(
        "right_party_rate",
        "Right-party contact rate",
        MORE,
        "right_party",
        "dials",
        "Share of outbound calls that reached whom they were for.",
    ),
    _share(
        "offers_declined",
        "Offers not taken",
        LESS,
        "offers - offers_taken",
        "offers",
        "Share of offers that led to no answer: the agent declined or let it time out, or "
        "the contact ended first.",
    ),
    _share(
        "self_service_resolved",
        "Resolved in self-service",
        MORE,
        "self_resolved",
        "self_served",
        "Share of self-served contacts that were resolved there.",
    ),
)

_WAITING = (
    _mean_time(
        "asa",
        "Average speed of answer (ASA)",
        LESS,
        "wait_of_answered",
        "answered",
        "Mean wait of answered contacts. E-mails count with their hours, so read it by "
        "channel where there are deferred ones.",
        short="ASA",
    ),
    *_quantiles("asa", "Time to answer", LESS, "waits_of_answered", "answered contacts"),
    _mean_time(
        "wait",
        "Wait",
        LESS,
        "wait_of_answered + wait_of_abandoned",
        OFFERED,
        "Mean wait of all offered contacts, answered or abandoned (those that would not "
        "wait count with 0).",
    ),
    _mean_time(
        "callback_wait",
        "Time to callback",
        LESS,
        "wait_of_called_back",
        "called_back",
        "Mean time from accepting to be called back until the first call, whether it reached the "
        "customer or not; in no other wait.",
    ),
    *_quantiles("wait", "Wait", LESS, "waits_of_answered + waits_of_abandoned", "offered contacts"),
    _mean_time(
        "time_to_abandon",
        "Time to abandon",
        NEITHER,
        "wait_of_abandoned",
        "abandoned",
        "Mean wait of abandoned contacts; those that would not wait at all count with 0. "
        "For those who did wait, multiply by abandoned / (abandoned - balked).",
    ),
    *_quantiles(
        "time_to_abandon",
        "Time to abandon",
        NEITHER,
        "waits_of_abandoned",
        "abandoned contacts (with balking, some of them 0)",
    ),
    _each(
        "queue_length",
        "Queue length",
        "contacts",
        Base.TIME,
        LESS,
        "waiting",
        "time",
        "Number of contacts waiting, averaged over time; a backlog of e-mails is a queue too. Who "
        "is to be called back has left it. The table `queue` of a run has the share of time with "
        "0, 1, 2, ... waiting.",
    ),
    _total(
        "hang_ups",
        "Abandoned, by when they hang up",
        "contacts",
        Base.TIME,
        LESS,
        "hang_ups",
        "Contacts abandoned within the counted days, in the hour in which their customer hung up; "
        "`abandoned` counts them in the hour in which they arrived.",
        short="Hang-ups",
    ),
)

_AGENTS = (
    _total(
        "hours",
        "Agent hours",
        "h",
        Base.TIME,
        NEITHER,
        "duty",
        "Hours that agents were on duty in the counted days, without overtime; also while a break "
        "waits for the end of a contact.",
        short="Hours",
        scale=1 / 3600,
    ),
    _total(
        "paid_hours",
        "Paid hours",
        "h",
        Base.TIME,
        NEITHER,
        "paid",
        "Hours paid by the hour: on duty, paid breaks and meetings, and what is paid of the hours "
        "of people who did not come.",
        scale=1 / 3600,
    ),
    _each(
        "shrinkage",
        "Shrinkage",
        "share",
        Base.TIME,
        NEITHER,
        "rostered - duty",
        "rostered",
        "Share of rostered time in which people were not there for contacts: absent, late, in "
        "meetings, on paid breaks.",
    ),
    _each(
        "absence",
        "Absence",
        "share",
        Base.TIME,
        NEITHER,
        "absent",
        "rostered",
        "Share of rostered time of people who did not come that day.",
    ),
    _total(
        "overtime_hours",
        "Overtime hours",
        "h",
        Base.TIME,
        LESS,
        "overtime",
        "Hours that agents stayed after the end of their duty to finish work.",
        scale=1 / 3600,
    ),
    _each(
        "agents",
        "Agents on duty",
        "agents",
        Base.TIME,
        NEITHER,
        "duty",
        "time",
        "Number of agents on duty, averaged over time.",
        short="Agents",
    ),
    _each(
        "occupancy",
        "Occupancy",
        "share",
        Base.TIME,
        NEITHER,
        "busy",
        "duty",
        "Share of the agents' capacity on duty that is in use: one of three possible "
        "chats in hand counts a third. A contact that rings takes as much, and who hands "
        "over in a warm transfer is busy.",
    ),
    _each(
        "occupancy_any",
        "Occupancy (any contact)",
        "share",
        Base.TIME,
        NEITHER,
        "busy_any",
        "duty",
        "Share of the time on duty with at least one contact in hand, or ringing.",
    ),
    _mean_time(
        "aht",
        "Average handle time (AHT)",
        NEITHER,
        "talk_time + wrap_time",
        "handled",
        "Mean time that a handled contact takes: talk and wrap-up; of one passed on, each talk.",
        short="AHT",
    ),
    _mean_time(
        "talk",
        "Talk time",
        NEITHER,
        "talk_time",
        "handled",
        "Mean time of talking or writing with the customer.",
    ),
    _mean_time(
        "wrap",
        "Wrap-up time",
        NEITHER,
        "wrap_time",
        "handled",
        "Mean wrap-up time after the customer has gone.",
        short="Wrap-up",
    ),
    _total(
        "hours_after",
        "Work after the counted days",
        "h",
        Base.CONTACT,
        LESS,
        "work_after",
        "Hours of talk and wrap-up spent on the counted customers after the counted days: "
        "in answered, but neither in agent hours nor in cost by the hour.",
        scale=1 / 3600,
    ),
)

_SELLING = (
    _share(
        "conversion",
        "Conversion",
        MORE,
        "sales",
        "intending",
        "Share of customers with an intention to buy who bought, answered or not.",
        base=Base.CUSTOMER,
    ),
    _share(
        "conversion_answered",
        "Conversion of answered",
        MORE,
        "sales_answered",
        "intending_answered",
        "Share who bought, of the customers with an intention to buy who were answered "
        "within their purchase window.",
        base=Base.CUSTOMER,
    ),
    _total(
        "missed_buyers",
        "Missed buyers",
        "customers",
        Base.CUSTOMER,
        LESS,
        "intending - intending_answered",
        "Customers with an intention to buy who were not answered within their purchase window.",
    ),
    _total(
        "sales",
        "Sales",
        "sales",
        Base.CUSTOMER,
        MORE,
        "sales",
        "Customers who bought, answered or not.",
    ),
    _money(
        "revenue",
        "Revenue",
        Base.CUSTOMER,
        MORE,
        "revenue",
        "What customers spent, answered or not.",
    ),
    _money(
        "unaided_revenue",
        "Unaided revenue",
        Base.CUSTOMER,
        NEITHER,
        "unaided_revenue",
        "What the same customers would have spent without any help.",
    ),
    _money(
        "incremental_revenue",
        "Incremental revenue",
        Base.CUSTOMER,
        MORE,
        "revenue - unaided_revenue",
        "Revenue that help adds: what customers spent, less what they would have spent unaided.",
    ),
    _share(
        "satisfaction",
        "Satisfaction",
        MORE,
        "satisfied",
        "asked",
        "Share of satisfied customers, of those first answered by a pool that states its "
        "satisfaction.",
        base=Base.CUSTOMER,
    ),
)

_MONEY = (
    _money(
        "cost",
        "Cost",
        Base.TIME,
        LESS,
        COST,
        "All cost: what pools' contracts and channels cost in the counted days; by "
        "source, each contract and each channel apart.",
    ),
    _money(
        "cost_hours",
        "Cost: hours",
        Base.TIME,
        LESS,
        "cost_hours",
        "Hours on duty at the contract's rate, with the highest premium that covers the time.",
        short="By hour",
    ),
    _money(
        "cost_overtime",
        "Cost: overtime",
        Base.TIME,
        LESS,
        "cost_overtime",
        "Hours after the end of duty at the contract's overtime rate: a multiple of the "
        "hourly rate, without premiums; 0 means unpaid.",
        short="Overtime",
    ),
    _money(
        "cost_contacts",
        "Cost: per contact",
        Base.CONTACT,
        LESS,
        "cost_contacts",
        "What contracts pay for each answered contact.",
        short="Per contact",
    ),
    _money(
        "cost_minutes",
        "Cost: per minute",
        Base.CONTACT,
        LESS,
        "cost_minutes",
        "What contracts pay for each minute of talk and wrap-up.",
        short="Per minute",
    ),
    _money(
        "cost_resolutions",
        "Cost: resolutions",
        Base.CONTACT,
        LESS,
        "cost_resolutions",
        "What contracts pay for each contact that an AI agent says it has resolved.",
        short="Per resolution",
    ),
    _money(
        "cost_sales",
        "Cost: sales",
        Base.CONTACT,
        LESS,
        "cost_sales",
        "What contracts pay for each sale after an answer within the purchase window, and "
        "their share of its revenue.",
        short="Per sale",
    ),
    _money(
        "cost_fixed",
        "Cost: fixed",
        Base.TIME,
        LESS,
        "cost_fixed",
        "Fixed weekly amounts of contracts, for the counted days (7 days are one week), and the "
        "part of these days in what is paid once.",
        short="Fixed",
    ),
    _money(
        "cost_minimum",
        "Cost: minimum",
        Base.TIME,
        LESS,
        "cost_minimum",
        "What contracts pay beyond what was worked: shifts shorter than the minimum "
        "shift, and what is missing in the counted days to the minimum per week.",
        short="Minimum",
    ),
    _money(
        "cost_channels",
        "Cost: channels",
        Base.CONTACT,
        LESS,
        "cost_channels",
        "What channels themselves cost for each contact answered or self-served, and for "
        "each call back.",
        short="Channel",
    ),
    _money(
        "cost_waiting",
        "Cost: waiting",
        Base.TIME,
        LESS,
        "cost_waiting",
        "What channels' waiting minutes cost: a price that the scenario sets on customers' time, "
        "part of the cost as any other.",
        short="Waiting",
    ),
    _money(
        "margin",
        "Margin",
        Base.CUSTOMER,
        MORE,
        "added_profit - " + COST.replace("+", "-"),
        "What the service brings: incremental revenue x gross margin - cost.",
    ),
    _money(
        "expected_margin",
        "Expected margin",
        Base.CUSTOMER,
        MORE,
        "expected_profit - " + COST.replace("+", "-"),
        "The margin with the luck of single sales averaged out: the same on average, but "
        "with far less noise, so that options are told apart sooner.",
    ),
    _each(
        "margin_per_hour",
        "Margin per agent hour",
        "money",
        Base.TIME,
        MORE,
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
        LESS,
        COST,
        "answered + callbacks_reached + self_served",
        "All cost, divided by the contacts answered, called back or self-served.",
    ),
    _each(
        "revenue_per_contact",
        "Revenue per contact",
        "money",
        Base.CONTACT,
        MORE,
        "won_revenue",
        "buying_answered",
        "Revenue of sales after an answer within the purchase window, divided by the contacts of "
        "customers with an intention to buy that were answered or called back.",
    ),
)

_REPEATS = (
    _each(
        "contacts_per_customer",
        "Contacts per customer",
        "contacts",
        Base.CUSTOMER,
        LESS,
        "contacts_made",
        "customers",
        "Contacts that a customer makes about one matter, retries and repeat contacts among them; "
        "further calls to a customer are not.",
    ),
    _share(
        "customers_answered",
        "Customers answered",
        MORE,
        "customers_answered",
        "customers - deflected",
        "Share of customers answered at last, at whichever contact, of those whom self-service did "
        "not help.",
        base=Base.CUSTOMER,
    ),
    _each(
        "contacts_until_answered",
        "Contacts until answered",
        "contacts",
        Base.CUSTOMER,
        LESS,
        "contacts_until_answered",
        "customers_answered",
        "Contacts that a customer makes until one is answered, this one counted, of the customers "
        "answered at last.",
    ),
    _share(
        "resolved_first",
        "First contact resolution (FCR)",
        MORE,
        "first_resolved",
        "first_answered",
        "Share resolved of the customers whose first contact was answered, or called back.",
        short="FCR",
    ),
    _share(
        "settled_first",
        "FCR as observed",
        MORE,
        "first_settled",
        "first_answered",
        "Share of the same customers who made no other contact within 7 days, on any channel, "
        "retries apart: what an operator can see. Who is not resolved and stays away counts as "
        "resolved here.",
    ),
)

CATALOGUE: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        *_COUNTS,
        *_SERVICE_LEVELS,
        *_TRANSFERS,
        *_AI_AGENTS,
        *_ENDINGS,
        *_WAITING,
        *_AGENTS,
        *_SELLING,
        *_MONEY,
        *_REPEATS,
    )
}
"""Every measure by name, in the order of tables."""

WITH_LUCK = {"expected_margin": "margin"}
"""Measures with luck averaged out -> what really happens in a single run."""
