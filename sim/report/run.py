"""The report of one scenario: what became of its customers, when, why, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import isnan

import numpy as np

from sim.experiment import Result
from sim.measures import CATALOGUE, COST_PARTS, Ends, Row
from sim.report import words
from sim.report.blocks import (
    Bar,
    Bars,
    Because,
    Block,
    Cell,
    Dataset,
    Figure,
    Filter,
    Heading,
    Hours,
    Later,
    Line,
    Origin,
    Proof,
    Report,
    Section,
    Source,
    Table,
    Text,
)
from sim.report.evidence import Simple, simple_hours, why_not_simple
from sim.report.numbers import NOTHING, duration, interval, number
from sim.report.words import ENDINGS, LONG_DAYS, UNANSWERED, WAITS, Span, hour_of, listed
from sim.scenario import to_yaml

TOTALS = {
    "Customers": ["customers", "contacts", "contacts_per_customer", "resolved_first"],
    "Answered": ["answered", "answer_rate", "service_level", "asa", "asa_p90", "aht"],
    "Transfers": [
        *("transfers", "transfer_rate", "transfer_asa", "transfer_hold", "transfer_service_level"),
        *("transfer_abandonment", "lost_after_transfer", "wait_in_all", "handle_time_in_all"),
    ],
    "AI agent": [
        *("ai_involved", "containment", "ai_resolved", "ai_net", "cost_per_net_resolution"),
    ],
    "Not answered": [
        *(
            "unanswered",
            "abandoned",
            "abandonment",
            "short_abandoned",
            "blocked",
            "no_line",
            "closed",
            "expired",
        ),
        *("flowed_out", "unfinished", "missed_buyers"),
    ],
    "Further contacts": [
        *("retries", "again", "displaced", "overdue", "duplicates", "withdrawn"),
        *("unreached", "dials", "right_party_rate"),
        *("self_served", "self_service_resolved"),
        *("customers_answered", "contacts_until_answered"),
    ],
    "Callbacks": [
        *("callbacks", "callbacks_reached", "callbacks_unreached", "callbacks_expired"),
        *("callback_rate", "callback_wait"),
    ],
    "Agents": ["hours", "occupancy", "overtime_hours", "offers", "offers_declined"],
    "Worth": [
        *("conversion", "revenue", "incremental_revenue", "cost", "margin", "satisfaction"),
        "cost_per_contact",
    ],
}
"""Measures of the whole run, by heading; those that are nothing here are left out."""

ALWAYS = {"answered", "abandoned", "service_level", "hours"}

_OF_CONTACTS = ("contacts", "answered", "service_level", "abandonment", "closed")

BY_SPLIT = {
    "pool": (
        "answered",
        "passed_in",
        "callbacks_reached",
        "hours",
        "occupancy",
        "aht",
        "conversion",
        "satisfaction",
    ),
    "agent": ("handled", "aht", "occupancy", "hours", "paid_hours", "overtime_hours"),
    "source": ("cost", *COST_PARTS),
    "channel": (*_OF_CONTACTS, "asa"),
    "reason": _OF_CONTACTS,
    "window": (*_OF_CONTACTS, "margin"),
    "interval": (*_OF_CONTACTS, "agents"),
}
"""Measures in the table of each split."""

FEW = 20
"""Lines of a table by agent that a terminal shows; with more it is folded on the page."""

MANY_WAITING = 20
"""So many contacts waiting at once, and more, are one line of a table."""

FILTERS = ("channel", "pool", "window")

FIGURES = {
    "answer_rate": "of all contacts that need an agent, closed ones included",
    "margin": "incremental revenue at the gross margin, less cost",
    "missed_buyers": "ready to buy, not answered within their purchase window",
    "service_level": "of those offered: answered within the threshold",
    "cost": "of agents and channels",
    "occupancy": "of the agents' time on duty is in use",
    "abandonment": "of those offered",
    "contacts": "made, whatever became of them",
}
"""What the numbers that matter mean, in a line; the first that say anything are shown."""

BUSY = 0.88
"""An occupancy above which a small surprise makes long queues."""


def report(result: Result) -> Report:
    """The report of a run; without pictures if the result does not know where contacts ended."""
    told = Told(result)
    return Report(
        title=result.scenario.name or "Scenario",
        about=told.about(),
        answer=told.answer(),
        certainty=told.certainty(),
        figures=tuple(told.figures()),
        because=tuple(told.because()),
        risks=tuple(told.risks())[:3],
        assumed=words.assumed_of(result.scenario),
        sections=tuple(_sections(told)),
        origin=_origin(result),
        filters=tuple(_filters(result)) if result.ends is not None else (),
        proofs=tuple(
            Proof(words.capital(check.name), check.passed, check.detail) for check in result.checks
        ),
        notes=told.notes(),
    )


class Told:
    """A run in numbers and words."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.currency = result.scenario.currency
        self.span = Span(result.scenario.calendar.days)
        self.sells = result.get("revenue").value > 0
        self.times = words.times_of_hours(result.scenario)
        self.windows = result.groups("window")
        self.confidence = f"{100 * result.scenario.run.confidence:g} %"
        self.once = result.replications == 1

    @cached_property
    def ends(self) -> Ends:
        """Where contacts ended."""
        assert self.result.ends is not None
        return self.result.ends

    @cached_property
    def data(self) -> tuple[Dataset, Dataset]:
        """What several pictures draw: where contacts end, and hour by hour of the week."""
        from sim.report import run_pictures

        return run_pictures.ends_of(self), run_pictures.hours_of(self)

    def value(self, name: str, by: str = "total", group: str = "all") -> float:
        """A number."""
        return self.result.get(name, by, group).value

    def say(self, name: str, by: str = "total", group: str = "all") -> str:
        """A number in words."""
        row = self.result.get(name, by, group)
        return number(row.value, row.unit, self.currency)

    def between(self, name: str) -> str:
        """Its interval in a sentence."""
        return words.stated(self.result.get(name), self.currency).replace(" to ", " and ")

    # --- the first page -----------------------------------------------------------------------

    def about(self) -> str:
        """How it was run."""
        runs = self.span.times(self.result.replications)
        return f"Simulated: {runs}, customer by customer, seed {self.result.seed}"

    def answer(self) -> str:
        """The outcome in a sentence."""
        if isnan(self.value("answer_rate")):
            return f"{self.say('contacts')} contacts {self.span.per}, none of which needs an agent."
        wanted = self.value("answered") + self.value("unanswered")
        lead = (
            f"Of {wanted:,.0f} contacts {self.span.per} that need an agent, "
            f"{self.say('answer_rate')} are answered"
        )
        if not isnan(self.value("service_level")):
            lead += f"; the service level is {self.say('service_level')} of those offered"
        return f"{lead}{self._worth()}."

    def _worth(self) -> str:
        margin = self.result.get("margin")
        if self.sells:
            if not self.once and not words.significant(margin.low, margin.high):
                return "; whether that earns more than it costs cannot be told"
            verb = "earns" if margin.value > 0 else "loses"
            return f"; the service {verb} {number(abs(margin.value), 'money', self.currency)}"
        return f", at a cost of {self.say('cost')}" if self.value("cost") > 0 else ""

    def certainty(self) -> str:
        """How sure that is, and what it is worth a year."""
        if self.once:
            return f"One {self.span} only was simulated: how sure this is cannot be told."
        rest = f", and a margin between {self.between('margin')}" if self.sells else ""
        said = (
            f"With {self.confidence} confidence the average {self.span} has an answer rate between "
            f"{self.between('answer_rate')}{rest}."
        )
        row = self.result.get("margin" if self.sells else "cost")
        if not row.value:
            return said
        a_year = self.span.worth_a_year(row.value, row.low, row.high, self.currency)
        return f"{said} {CATALOGUE[row.measure].label}: {a_year}."

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        lead = ["answer_rate"]
        lead += ["margin", "missed_buyers"] if self.sells else ["service_level", "cost"]
        shown = [name for name in dict.fromkeys([*lead, *FIGURES]) if not isnan(self.value(name))]
        shown = [name for name in shown if name in ("answer_rate", "margin") or self.value(name)]
        for name in shown[:3] if self.sells else [one for one in shown if one != "margin"][:3]:
            row = self.result.get(name)
            yield Figure(
                CATALOGUE[name].label,
                self.say(name),
                words.stated(row, self.currency),
                FIGURES[name],
                name,
            )

    def because(self) -> Iterator[Because]:
        """Why: what weighs most."""
        for reason in (
            *(self._unanswered, self._callbacks, self._when_most, self._worst_hour),
            *(self._buyers, self._occupied, self._money),
        ):
            if found := reason():
                yield found

    def _unanswered(self) -> Because | None:
        total = self.value("unanswered")
        if total < 0.5:
            return Because(f"No contact that needed an agent went unanswered all {self.span}.")
        parts = sorted(((self.value(name), name) for name in UNANSWERED), reverse=True)
        said = [f"{size:,.0f} {ENDINGS[name].lower()}" for size, name in parts if size >= 0.5]
        closed = " (outside opening hours)" if self.value("closed") >= 0.5 else ""
        text = listed([one + closed if one.endswith("closed") else one for one in said])
        return Because(f"{total:,.0f} contacts were not answered: {text}.", "where-contacts-end")

    def _callbacks(self) -> Because | None:
        total = self.value("callbacks")
        if total < 0.5:
            return None
        ends = ("reached", "unreached", "expired")
        sizes = [self.value(f"callbacks_{end}") for end in ends]
        told = ("were reached", "did not pick up", "were not called in time")
        said = [f"{size:,.0f} {how}" for size, how in zip(sizes, told, strict=True) if size >= 0.5]
        became = f": {listed(said)}" if said else ""
        return Because(f"{total:,.0f} contacts flowed out to be called back{became}.")

    def _when_most(self) -> Because | None:
        if len(self.windows) < 2 or not self.value("unanswered"):
            return None
        sizes = {window: self.value("unanswered", "window", window) for window in self.windows}
        worst = max(sizes, key=lambda window: sizes[window])
        share = sizes[worst] / sum(sizes.values())
        return Because(
            f"{number(share, 'share')} of them came in the window “{worst}”, when "
            f"{self.say('answer_rate', 'window', worst)} are answered.",
            "unanswered-by-hour",
        )

    def _worst_hour(self) -> Because | None:
        sizes = self.unanswered_an_hour()
        worst = max(
            range(168), key=lambda hour: -1.0 if isnan(sizes[hour]) else sizes[hour], default=0
        )
        if isnan(sizes[worst]) or sizes[worst] < 1:
            return None
        return Because(
            f"The hour with most unanswered contacts begins on {LONG_DAYS[worst // 24]} at "
            f"{worst % 24:02d}:00: {sizes[worst]:,.0f} contacts.",
            "unanswered-by-hour",
        )

    def unanswered_an_hour(self) -> list[float]:
        """[hour of the week] unanswered contacts; nan for hours that are not counted."""
        values = [float("nan")] * 168
        for group in self.result.groups("hour"):
            hour = hour_of(group)
            if self.times[hour]:
                values[hour] = self.value("unanswered", "hour", group) / self.times[hour]
        return values

    def _buyers(self) -> Because | None:
        missed, sales = self.value("missed_buyers"), self.value("sales")
        better, all_of = self.value("conversion_answered"), self.value("conversion")
        if missed < 0.5 or not sales or isnan(better) or isnan(all_of):
            return None
        intending = sales / all_of
        alone = sales - better * (intending - missed)  # sales without an answer
        lost = missed * better - alone
        return Because(
            f"{missed:,.0f} of {intending:,.0f} customers ready to buy were not answered within "
            "their purchase window. Had they bought like those who were "
            f"({number(better, 'share')}), there would be {lost:,.0f} more sales.",
            "missed-buyers-by-hour",
        )

    def _occupied(self) -> Because | None:
        if isnan(self.value("occupancy")) or not self.value("hours"):
            return None
        text = f"Occupancy is {self.say('occupancy')} of {self.say('hours')} on duty"
        busy = {
            window: self.value("occupancy", "window", window)
            for window in self.windows
            if not isnan(self.value("occupancy", "window", window))
        }
        if len(busy) > 1:
            top = max(busy, key=lambda window: busy[window])
            text += f"; highest in the window “{top}”, {number(busy[top], 'share')}"
        return Because(f"{text}.", "week")

    def _money(self) -> Because | None:
        cost = self.value("cost")
        if not cost:
            return None
        text = f"The service costs {self.say('cost')}"
        if self.sells:
            text += f" and brings {self.say('incremental_revenue')} of incremental revenue"
            rate = self.result.scenario.gross_margin
            if rate < 1:
                text += f", of which {number(rate, 'share')} are margin"
        sizes = {one: self.value("cost", "source", one) for one in self.result.groups("source")}
        if len(sizes) > 1:
            top = max(sizes, key=lambda one: sizes[one])
            text += f"; {number(sizes[top] / cost, 'share')} of the cost is for {top}"
        return Because(f"{text}.", "cost-by-source")

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong."""
        for check in self.result.checks:
            if not check.passed:
                yield (
                    f"A check of the simulation failed: {check.name} ({check.detail}). Do not rely "
                    "on these numbers; please report it."
                )
        after, hours = self.value("hours_after"), self.value("hours")
        # after warm-up days the counted hours hold as much work on the customers before
        if after >= 0.01 * hours and after > 0 and self.result.scenario.calendar.warmup == 0:
            yield (
                f"{number(after, 'h')} of work on these customers were done after the counted "
                "days; those hours are not in agent hours and cost. Count more days, or begin with "
                "warm-up days."
            )
        if self.value("occupancy") > BUSY:
            yield (
                f"Occupancy is {self.say('occupancy')}: a little more demand or absence makes "
                "waits much longer."
            )
        if self.value("unfinished") >= 0.5:
            yield f"{self.say('unfinished')} contacts were still open when the run ended."
        yield (
            "The interval is the uncertainty of chance alone; that of the scenario's own numbers "
            "comes on top. Vary the ones nobody knows well (`sim sweep`, or `vary` in a study)."
        )
        if self.once:
            yield "One replication only: use --replications to see how much weeks differ."

    def notes(self) -> str:
        """How to read the tables."""
        error = "" if self.once else f" ±: half the width of the {self.confidence} interval."
        return (
            "Service level: answered within the threshold, of those offered (answered or "
            "abandoned). Closed: arrived outside opening hours. ASA: mean wait of those answered."
            + error
        )


# --- blocks -----------------------------------------------------------------------------------


def _sections(told: Told) -> Iterator[Section]:
    known = told.result.ends is not None

    def drawn(function: str) -> tuple[Later, ...]:
        return (Later("run_pictures", function, (told,)),) if known else ()

    click = "A click on a bar or a stream narrows all pictures to it." if known else ""
    when = (*_bars(told), *drawn("when"))
    yield Section("when", "When and where contacts go unanswered", when, click)
    people = tuple(_people(told)) if known else ()
    yield Section("the-week", "How the week goes", (*drawn("week"), *people))
    yield Section("where-contacts-end", "Where each contact ends", drawn("streams"))
    queue = (_queue(told),) if known and told.value("queue_length") > 0 else ()
    how_long = "How long customers wait, and how long they would"
    yield Section("how-long", how_long, (*drawn("waits"), *queue))
    yield Section("what-it-costs", "What it costs", drawn("cost"))
    yield Section("numbers", "All numbers", tuple(_tables(told)), told.notes())
    if known:
        yield Section("evidence", "Is the simulation right?", (Later("run", "evidence", (told,)),))


def _bars(told: Told) -> Iterator[Bars | Hours]:
    total = told.value("contacts")
    sizes = [(label, told.value(name)) for name, label in ENDINGS.items()]
    bars = tuple(
        Bar(label, size / total, f"{number(size, 'contacts')}  {100 * size / total:3.0f} %")
        for label, size in sizes
        if size > 0
    )
    if bars:
        yield Bars("endings", "How contacts end", bars, first=True)
    if told.value("unanswered") > 0:
        values = told.unanswered_an_hour()
        yield Hours("unanswered", "Unanswered contacts an hour", values, first=True)


def _people(told: Told) -> Iterator[Hours]:
    """Where there are several pools, the people of each hour by hour."""
    agents = told.ends.agents
    pools = told.result.groups("pool")
    for pool in pools if len(pools) > 1 else ():
        mine = agents["pool"] == pool
        hours = agents["hour"][mine].astype(int)
        # of an hour in which windows meet the most
        most = [max(agents["agents"][mine][hours == hour], default=0.0) for hour in range(168)]
        yield Hours(f"agents-{pool}", f"Agents on duty: {pool}", most)


def _queue(told: Told) -> Table:
    """For which share of the time so many wait; all windows together."""
    queue, channels = told.ends.queue, told.result.groups("channel")
    whole = sum(queue["hours"][queue["channel"] == channels[0]])
    lines = []
    for waiting in range(MANY_WAITING + 1):
        hours = queue["hours"] * (np.minimum(queue["waiting"], MANY_WAITING) == waiting)
        shares = [float(hours[queue["channel"] == one].sum() / whole) for one in channels]
        text = f"{waiting} or more" if waiting == MANY_WAITING else str(waiting)
        cells = (Cell(number(share, "share"), sort=share) for share in shares)
        lines.append(Line((Cell(text, sort=float(waiting)), *cells)))
    return Table(
        "table-queue",
        "Contacts waiting at once: share of the time",
        (Heading("Waiting"), *(Heading(one) for one in channels)),
        tuple(lines),
        "of the counted days, day and night; by window in the table `queue` of the results",
        folded=True,
    )


def _tables(told: Told) -> Iterator[Table]:
    yield _totals(told)
    for by, measures in BY_SPLIT.items():
        rows = [row for row in told.result.rows if row.by == by and _says(row)]
        shown = [name for name in measures if any(row.measure == name for row in rows)]
        if shown and (len(told.result.groups(by)) > 1 or by in ("pool", "agent", "source")):
            yield _by(told, by, shown)


def _says(row: Row) -> bool:
    """Whether a number says anything here."""
    return not isnan(row.value) and (row.measure in ALWAYS or row.value != 0)


def _totals(told: Told) -> Table:
    left_out = {*WAITS, "wait_in_all"} if words.mixed(told.result.scenario) else set()
    if not told.result.scenario.transfers:
        left_out |= {*TOTALS["Transfers"]}
    if told.value("contacts") == told.value("customers"):
        left_out |= {"customers_answered", "contacts_until_answered"}
    rows = [
        (heading, row)
        for heading, names in TOTALS.items()
        for name in names
        if name not in left_out and _says(row := told.result.get(name))
    ]
    return Table(
        "table-totals",
        "Totals",
        (
            *(Heading("Measure", number=False), Heading("mean")),
            Heading(f"{told.confidence} interval"),
        ),
        tuple(
            Line(
                (
                    Cell(label := CATALOGUE[row.measure].label, sort=label, measure=row.measure),
                    Cell(number(row.value, row.unit, told.currency), sort=row.value),
                    Cell(interval(row.low, row.high, row.unit, told.currency), sort=row.low),
                ),
                heading=heading,
            )
            for heading, row in rows
        ),
        first=True,
    )


def _by(told: Told, by: str, measures: Sequence[str]) -> Table:
    long = by == "agent" and len(told.result.groups(by)) > FEW
    rows = {(row.group, row.measure): row for row in told.result.rows if row.by == by}
    return Table(
        f"table-{by}",
        f"By {by}",
        (
            Heading(words.capital(by), number=False),
            *(words.head(name, told.currency) for name in measures),
        ),
        tuple(
            Line(
                (
                    Cell(group, sort=group),
                    *(words.with_error(rows.get((group, name))) for name in measures),
                ),
                {by: group} if by in FILTERS else {},
            )
            for group in told.result.groups(by)
        ),
        "" if told.once else f"±: half the width of the {told.confidence} interval",
        folded=long,
        first=not long,
    )


# --- evidence ---------------------------------------------------------------------------------


def evidence(told: Told) -> Iterator[Block]:
    """Erlang's figures beside the simple hours; made only where the page is."""
    weeks = {hour: told.times[hour_of(hour)] for hour in told.result.groups("hour")}
    simple = simple_hours(told.result, weeks)
    if not simple:
        why = why_not_simple(told.result.scenario) or (
            "in no hour are as many agents there from beginning to end, with contacts enough"
        )
        yield Text(
            (
                f"A formula of Erlang's kind cannot stand beside these numbers: {why}. The engine "
                "is checked against such formulas on scenarios made for it.",
            )
        )
        return
    yield Text(
        (
            f"In {len(simple)} hours of the week one pool answers one channel with as many agents "
            "all the hour. There a formula (M/M/n+G, Erlang A with any patience) can be set beside "
            "the simulation. It takes each hour to last for ever and handling times to be "
            "exponential: it must come near, not agree.",
            "Over all these hours the service level is "
            f"{_mean(simple, lambda one: one.service_level.value)} in the simulation, "
            f"{_mean(simple, lambda one: one.formula_level)} by the formula; the abandonment "
            f"{_mean(simple, lambda one: one.abandonment.value)} and "
            f"{_mean(simple, lambda one: one.formula.p_abandon)}.",
        )
    )
    level, abandoned = words.head("service_level"), words.head("abandonment")
    yield Table(
        "table-erlang",
        "Simulation and formula, hour by hour",
        (
            *(Heading("Hour", number=False), Heading("Contacts", "an hour"), Heading("Agents")),
            *(words.head("aht"), Heading(level.text, "simulated", level.measure)),
            *(Heading(level.text, "formula"), Heading(abandoned.text, "simulated", "abandonment")),
            Heading(abandoned.text, "formula"),
        ),
        tuple(_compared(one) for one in simple),
        f"below what was simulated its {told.confidence} interval",
        folded=True,
    )


def _compared(one: Simple) -> Line:
    return Line(
        (
            Cell(one.hour, sort=f"{hour_of(one.hour):03d}"),
            Cell(number(one.arrivals, "contacts"), sort=one.arrivals),
            Cell(str(one.agents), sort=float(one.agents)),
            Cell(duration(one.handle), sort=one.handle),
            words.value_cell(one.service_level, words.stated(one.service_level)),
            Cell(number(one.formula_level, "share"), sort=one.formula_level),
            words.value_cell(one.abandonment, words.stated(one.abandonment)),
            Cell(number(one.formula.p_abandon, "share"), sort=one.formula.p_abandon),
        )
    )


def _mean(simple: Sequence[Simple], share: Callable[[Simple], float]) -> str:
    """The mean of a share of contacts over hours, by their contacts."""
    contacts = sum(one.arrivals for one in simple)
    if not contacts:
        return NOTHING
    return number(sum(one.arrivals * share(one) for one in simple) / contacts, "share")


# --- the rest ---------------------------------------------------------------------------------


def _filters(result: Result) -> Iterator[Filter]:
    for by in FILTERS:
        if len(names := result.groups(by)) > 1:
            yield Filter(by, words.SPLITS[by], tuple(names))


def _origin(result: Result) -> Origin:
    facts = result.provenance()
    shown = words.facts_of(facts, f"{facts['replications']:,}")
    return Origin(
        {**shown, "Fingerprint of the scenario": facts["fingerprint"][:16]},
        f"sim run scenario.yaml --replications {result.replications} --seed {result.seed} "
        f"--engine {result.engine}",
        (Source(result.scenario.name or "scenario", to_yaml(result.scenario)),),
    )
