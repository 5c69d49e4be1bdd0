"""The report of one scenario: what became of its customers, when, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite, isnan
from typing import NamedTuple

import altair as alt

from sim.experiment import Result
from sim.measures import CATALOGUE, Row
from sim.report import charts
from sim.report.charts import Shown
from sim.report.chosen import HEADINGS_MEAN, SPLITS, hour_of, of_the_split, of_the_whole
from sim.report.evidence import Simple, simple_hours, why_not_simple
from sim.report.flow import flow
from sim.report.numbers import NOTHING, brief_duration, duration, half_width, interval, number
from sim.report.page import (
    Block,
    Cell,
    Chart,
    Choice,
    Column,
    Filter,
    Heading,
    Line,
    Origin,
    Proof,
    Report,
    Section,
    Source,
    Table,
    Text,
)
from sim.report.pictures import for_vega
from sim.report.run_data import (
    ENDINGS,
    FILTERS,
    SPLIT_MEASURES,
    channels_with_waits,
    datasets,
    longest,
    split_measures,
    split_rows,
)
from sim.report.told import Told
from sim.scenario import to_yaml

MET_NOBODY = ("abandoned", "blocked", "closed", "expired")


COLOURS = {
    "abandoned": charts.VERMILION,
    "blocked": charts.PURPLE,
    "closed": charts.ORANGE,
    "expired": charts.YELLOW,
}


def run_report(result: Result) -> Report:
    """The report of a run.

    Raises:
        ValueError: if the result does not know where contacts ended.
    """
    if result.ends is None:
        raise ValueError("the result does not hold where contacts ended; run it again")
    told = Told(result)
    return Report(
        title=result.scenario.name or "Who answers our customers?",
        about=told.about(),
        answer=told.answer(),
        certainty=told.certainty(),
        figures=tuple(told.figures()),
        because=tuple(told.because()),
        sections=tuple(_sections(told)),
        datasets=datasets(told),
        origin=origin(result),
        filters=tuple(_filters(result)),
        proofs=tuple(_proofs(result)),
    )


# --- sections ---------------------------------------------------------------------------------


def _sections(told: Told) -> Iterator[Section]:
    yield Section(
        "when",
        "When and where contacts go unanswered",
        tuple(_when(told)),
        "Choose what the map shows. A click on a bar or a stream narrows all pictures to it.",
    )
    yield Section("the-week", "How the week goes", (_week(),))
    yield Section("where-contacts-end", "Where each contact ends", (_flow(told),))
    if channels := channels_with_waits(told):
        picture = Choice("waits", "Channel", tuple(_waits(told, channel) for channel in channels))
        yield Section("how-long", "How long customers wait, and how long they would", (picture,))
    if told.value("cost"):
        yield Section("what-it-costs", "What it costs", (_cost(told),))
    yield Section("numbers", "All numbers", tuple(_tables(told)), HEADINGS_MEAN)
    yield Section("evidence", "Is the simulation right?", tuple(_evidence(told)))


def _when(told: Told) -> Iterator[Block]:
    yield Choice("maps", "Show", tuple(_maps(told)))
    if compared := split_measures(told):
        yield Choice("compared", "Compare", tuple(_compared(told, name) for name in compared))


BY_CLOCK = (Column("weekday", "Day"), Column("clock", "From hour", "d"))


def _maps(told: Told) -> list[Chart]:
    nobody = f"indexof({list(MET_NOBODY)!r}, datum.ending) >= 0 ? datum.contacts : 0"
    wanted = f"indexof({['answered', *MET_NOBODY]!r}, datum.ending) >= 0 ? datum.contacts : 0"
    answered = "datum.ending == 'answered' ? datum.contacts : 0"
    offered = "datum.ending == 'answered' || datum.ending == 'abandoned' ? datum.contacts : 0"
    unsplit, whole = ("channel", "window"), ("channel", "pool", "window")
    contacts = Shown("value", "contacts an hour", ",.1f")
    margins = [
        abs(told.value("margin_per_hour", "hour", hour)) for hour in told.result.groups("hour")
    ]
    maps = [
        Map(
            "unanswered",
            "Unanswered",
            "Abandoned, blocked, closed or expired contacts.",
            contacts,
            "ends",
            nobody,
            "",
            unsplit,
        ),
        Map(
            "missed-buyers",
            "Missed buyers",
            "Customers ready to buy who were not answered within their purchase window: the sales at stake.",  # noqa: E501
            Shown("value", "customers an hour", ",.1f"),
            "hours",
            "datum.missed_buyers",
            "",
            ("window",),
        ),
        Map(
            "answer-rate",
            "Answer rate",
            "Share answered of the contacts that need an agent.",
            Shown("value", "answered", ".1%"),
            "ends",
            answered,
            wanted,
            unsplit,
        ),
        Map(
            "service-level",
            "Service level",
            "Share of offered contacts answered within the threshold.",
            Shown("value", "answered within threshold", ".1%"),
            "ends",
            "datum.in_time",
            offered,
            unsplit,
        ),
        Map(
            "answered",
            "Answered",
            "Contacts that an agent answered, by the hour they came.",
            contacts,
            "ends",
            answered,
            "",
            whole,
        ),
        Map(
            "margin",
            "Margin per agent hour",
            "Incremental revenue at the gross margin, less cost, for each hour of an agent on duty; below zero the "  # noqa: E501
            "hour costs more than it brings.",
            Shown("value", f"{told.currency} an agent hour", ",.0f"),
            "hours",
            "datum.margin",
            "datum.agent_hours",
            ("window",),
            bound=max((size for size in margins if isfinite(size)), default=0.0),
        ),
    ]
    needed = {"missed-buyers": told.value("missed_buyers"), "margin": told.value("cost")}
    return [one.chart() for one in maps if needed.get(one.name, 1.0)]


class Map(NamedTuple):
    """A map of the week: what it shows, and the formulas of what it adds up and divides by."""

    name: str
    label: str
    text: str
    shown: Shown
    data: str
    top: str
    bottom: str
    filters: tuple[str, ...]
    bound: float = 0.0  # of what may be below zero: its largest size

    def chart(self) -> Chart:
        """Its picture."""
        return Chart(
            f"{self.name}-by-hour",
            f"{self.label}, hour by hour",
            self.text,
            charts.week_map(
                self.data,
                self.shown,
                top=self.top,
                bottom=self.bottom,
                signed=self.bound > 0,
                bound=self.bound,
                filters=self.filters,
            ),
            self.filters,
            (*BY_CLOCK, Column("value", self.shown.label, self.shown.format)),
            self.label,
        )


def _compared(told: Told, name: str) -> Chart:
    one, rows = CATALOGUE[name], split_rows(told, name)
    words = {"share": "", "money": f", {told.currency}"}.get(one.unit, f", {one.unit}")
    form = ".0%" if one.unit == "share" else ",.0f"
    return Chart(
        f"compared-{name.replace('_', '-')}",
        one.label,
        f"{one.definition} The line is the {100 * told.result.scenario.run.confidence:g} % "
        "interval.",
        charts.intervals(
            f"splits {name}", Shown("value", one.label + words, form), height=26 * len(rows)
        ),
        (),
        (Column("line", "Of"), Column("text", one.label), Column("interval", "Interval")),
        SPLIT_MEASURES[name],
    )


def _week() -> Chart:
    filters = ("channel", "pool", "window")
    hours = charts.hours_across()
    base = charts.only(alt.Chart(alt.NamedData("ends")), filters)
    became = (
        "datum.ending == 'answered' ? 'answered' : "
        f"indexof({list(MET_NOBODY)!r}, datum.ending) >= 0 ? 'unanswered' : 'other'"
    )
    arrivals = charts.with_clock(
        base.transform_calculate(became=became)
        .transform_aggregate(contacts="sum(contacts)", groupby=["hour", "became"])
        .transform_stack(
            stack="contacts",
            groupby=["hour"],
            sort=[alt.SortField("became")],
            as_=["bottom", "top"],
        )
    )
    colours = alt.Scale(
        domain=["answered", "unanswered", "other"],
        range=[charts.SKY, charts.VERMILION, charts.GREY],
    )
    came = arrivals.mark_rect().encode(
        **hours,
        **charts.upwards("top", "contacts", bottom="bottom:Q"),
        color=alt.Color("became:N", title=None, scale=colours),
        tooltip=charts.week_tooltip(
            alt.Tooltip("became:N", title="became"),
            alt.Tooltip("contacts:Q", title="contacts", format=",.1f"),
        ),
    )
    waited = charts.with_clock(
        base.transform_filter("datum.ending == 'answered' && (channel != '' || datum.live == 1)")
        .transform_aggregate(waited="sum(waited)", contacts="sum(contacts)", groupby=["hour"])
        .transform_calculate(wait="datum.waited / datum.contacts")
    )
    wait = waited.mark_rect(color=charts.PURPLE).encode(
        **hours,
        **charts.upwards("wait", "wait, s"),
        tooltip=charts.week_tooltip(alt.Tooltip("wait:Q", title="mean wait, s", format=",.0f")),
    )
    agents = charts.columns("hours", Shown("agents", "agents", ",.1f"), charts.BLUE)
    busy = charts.columns("hours", Shown("occupancy", "occupancy", ".1%"), charts.GREEN)
    return Chart(
        "week",
        "Arrivals, agents, occupancy and waiting, hour by hour",
        "From above: contacts an hour and what became of them; agents on duty; the share of their "
        "time that is taken; the mean wait of those answered (of live channels, unless a channel "
        "is chosen). Agents and occupancy are always of all pools.",
        charts.week_lines([came, agents, busy, wait], filters),
        filters,
        (*BY_CLOCK, Column("became", "Became"), Column("contacts", "Contacts an hour", ",.1f")),
    )


def _flow(told: Told) -> Chart:
    seen = set(told.ends.contacts["ending"].tolist())
    pools = list(told.result.scenario.pools)
    ends = [name for name in ENDINGS if name in seen]
    blues = [charts.BLUE, charts.SKY, charts.GREEN]
    colours = [blues[n % 3] for n in range(len(pools))]
    return Chart(
        "flow",
        f"From the channel to who answered, or what became of them: contacts of an average "
        f"{told.span}",
        "The thicker the stream, the more contacts. On the right, pools that answered stand first.",
        flow(
            "ends",
            source="channel",
            target="end",
            value="all_of_them",
            sources=[for_vega(name) for name in told.result.scenario.channels],
            targets=[*map(for_vega, pools), *(ENDINGS[name] for name in ends)],
            colours=[*colours, *(COLOURS.get(name, charts.GREY) for name in ends)],
            filters=("channel", "pool", "window"),
        ),
        ("channel", "pool", "window"),
        (
            Column("channel", "Channel"),
            Column("end", "Ends"),
            Column("size", "Contacts", ",.1f"),
            Column("share", "Of all", ".1%"),
        ),
    )


def _waits(told: Told, channel: str) -> Chart:
    end = longest(told, channel)
    slug = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in channel.lower())
    place = list(told.result.scenario.channels).index(channel)
    spec = charts.waits(
        "waits",
        f"borne {channel}",
        f"moment {channel}",
        longest=end,
        hours=end > 3 * 3600,
        filters=("window",),
        channel=for_vega(channel),
    )
    return Chart(
        f"waits-{place}-{slug}",
        f"Waits on {channel}",
        "How many have been answered, and how many have abandoned, after so long; the rest still "
        "waits. The dashed lines are what customers can bear: how many would still be there if "
        "nobody answered.",
        spec,
        ("window",),
        (
            Column("upto", "Up to, s", ",.0f"),
            Column("became", "By then"),
            Column("share", "Share", ".1%"),
        ),
        channel,
        {"channel": channel},
    )


def _cost(told: Told) -> Chart:
    lines = len(told.result.groups("source"))
    return Chart(
        "cost-by-source",
        f"Cost of an average {told.span}, by source",
        "A source is a pool, with what its contract asks, or a channel with a cost of its own.",
        charts.parts("costs", Shown("value", told.currency, ",.0f"), height=36 * lines + 10),
        (),
        (Column("line", "Source"), Column("part", "Part"), Column("text", "Cost")),
    )


# --- tables -----------------------------------------------------------------------------------


def _tables(told: Told) -> Iterator[Table]:
    confidence = f"{100 * told.result.scenario.run.confidence:g} % interval"
    whole = [row for rows in of_the_whole(told.result).values() for row in rows]
    yield Table(
        "table-whole",
        "Totals",
        (Heading("Measure", number=False), Heading("Mean"), Heading(confidence)),
        tuple(_line_of_the_whole(told, row) for row in whole),
    )
    for by in SPLITS:
        if shown := of_the_split(told.result, by):
            yield _split_table(told, by, shown)


def _line_of_the_whole(told: Told, row: Row) -> Line:
    label = CATALOGUE[row.measure].label
    return Line(
        (
            Cell(label, sort=label, measure=row.measure),
            Cell(number(row.value, row.unit, told.currency), sort=row.value),
            Cell(interval(row.low, row.high, row.unit, told.currency), sort=row.low),
        )
    )


def _split_table(told: Told, by: str, shown: dict[str, str]) -> Table:
    headings = [Heading(by.capitalize(), number=False)]
    for measure, text in shown.items():
        unit = told.currency if CATALOGUE[measure].unit == "money" else ""
        headings.append(Heading(text, unit, measure))
    confidence = f"{100 * told.result.scenario.run.confidence:g} %"
    return Table(
        f"table-{by}",
        f"By {by}",
        tuple(headings),
        tuple(_split_line(told, by, group, list(shown)) for group in told.result.groups(by)),
        f"±: half the width of the {confidence} interval" if told.result.replications > 1 else "",
    )


def _split_line(told: Told, by: str, group: str, measures: Sequence[str]) -> Line:
    cells = [Cell(group, sort=group)]
    for measure in measures:
        try:
            row = told.result.get(measure, by, group)
        except KeyError:
            cells.append(Cell(NOTHING))
            continue
        if isnan(row.value):
            cells.append(Cell(NOTHING))
            continue
        text = brief_duration(row.value) if row.unit == "s" else number(row.value, row.unit)
        cells.append(Cell(text, half_width(row.low, row.high, row.unit), row.value))
    return Line(tuple(cells), {by: group} if by in FILTERS else {})


# --- evidence ---------------------------------------------------------------------------------


def _evidence(told: Told) -> Iterator[Block]:
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
    level = 100 * told.result.scenario.run.confidence
    yield Text(
        (
            f"In {len(simple)} hours of the week one pool answers one channel with as many agents "
            "all the hour. There a formula (M/M/n+G, Erlang A with any patience) can be set beside "
            "the simulation. It takes each hour to last for ever and handling times to be "
            "exponential: it must come near, not agree.",
            f"Over all these hours the simulation answers {_mean(simple, _level)} within the threshold, the "  # noqa: E501
            f"formula {_mean(simple, lambda one: one.formula_level)}; in the simulation "
            f"{_mean(simple, lambda one: one.abandonment.value)} abandon, by the formula "
            f"{_mean(simple, lambda one: one.formula.p_abandon)}.",
        )
    )
    yield Table(
        "table-erlang",
        "Simulation and formula, hour by hour",
        (
            *(Heading("Hour", number=False), Heading("Contacts", "an hour"), Heading("Agents")),
            *(Heading("AHT", "", "aht"), Heading("Service level", "simulated", "service_level")),
            *(
                Heading("Service level", "formula"),
                Heading("Abandonment", "simulated", "abandonment"),
            ),
            Heading("Abandonment", "formula"),
        ),
        tuple(
            Line(
                (
                    Cell(one.hour, sort=f"{hour_of(one.hour):03d}"),
                    Cell(number(one.arrivals, "contacts"), sort=one.arrivals),
                    Cell(str(one.agents), sort=float(one.agents)),
                    Cell(duration(one.handle), sort=one.handle),
                    _simulated(one.service_level),
                    Cell(number(one.formula_level, "share"), sort=one.formula_level),
                    _simulated(one.abandonment),
                    Cell(number(one.formula.p_abandon, "share"), sort=one.formula.p_abandon),
                )
            )
            for one in simple
        ),
        f"below what was simulated its {level:g} % interval",
        folded=True,
    )


def _level(one: Simple) -> float:
    return one.service_level.value


def _mean(simple: Sequence[Simple], share: Callable[[Simple], float]) -> str:
    """The mean of a share of contacts over hours, by their contacts."""
    contacts = sum(one.arrivals for one in simple)
    return number(sum(one.arrivals * share(one) for one in simple) / contacts, "share")


def _simulated(row: Row) -> Cell:
    return Cell(number(row.value, row.unit), interval(row.low, row.high, row.unit), row.value)


def _proofs(result: Result) -> list[Proof]:
    return [
        Proof(check.name[0].upper() + check.name[1:], check.passed, check.detail)
        for check in result.checks
    ]


# --- the rest ---------------------------------------------------------------------------------


def _filters(result: Result) -> Iterator[Filter]:
    for by, label in FILTERS.items():
        names = result.groups(by)
        if len(names) > 1:
            yield Filter(by, label, tuple(names))


def origin(result: Result) -> Origin:
    """Where a result comes from, and the command that gives it again."""
    facts = result.provenance()
    shown = {
        "Made by": f"sim {facts['version']}",
        "Engine": facts["engine"],
        "Replications": f"{facts['replications']:,}",
        "Seed": str(facts["seed"]),
        "Fingerprint of the scenario": facts["fingerprint"][:16],
        "Python": facts["python"],
        **facts["libraries"],
    }
    command = (
        f"sim run scenario.yaml --replications {result.replications} --seed {result.seed} "
        f"--engine {result.engine}"
    )
    name = result.scenario.name or "scenario"
    return Origin(shown, command, (Source(name, to_yaml(result.scenario)),))
