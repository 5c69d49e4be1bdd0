"""The report of one scenario: what became of its customers, when, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from math import isfinite, isnan
from typing import NamedTuple

import altair as alt
import numpy as np

from sim.draws.survival import survival
from sim.experiment import Result
from sim.measures import CATALOGUE, COST_PARTS, Ends, Row
from sim.measures.ends import WAITS
from sim.report import charts
from sim.report.charts import Shown
from sim.report.chosen import HEADINGS_MEAN, SPLITS, of_the_split, of_the_whole, per_span, span
from sim.report.evidence import Simple, result_hour, simple_hours, why_not_simple
from sim.report.flow import flow
from sim.report.numbers import NOTHING, brief_duration, duration, half_width, interval, number
from sim.report.page import (
    Because,
    Block,
    Cell,
    Chart,
    Choice,
    Column,
    Dataset,
    Figure,
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
from sim.scenario import to_yaml
from sim.scenario.distributions import Distribution
from sim.tables import Floats

MET_NOBODY = ("abandoned", "blocked", "closed", "expired")

ENDINGS = {
    "abandoned": "gave up waiting",
    "blocked": "met a full queue",
    "closed": "found it closed",
    "expired": "dropped unanswered",
    "withdrawn": "withdrawn",
    "self_served": "self-service",
    "unreached": "called back in vain",
    "unfinished": "still open at the end",
}
"""Endings as the diagram of streams calls them; answered contacts go to their pool."""

COLOURS = {
    "abandoned": charts.VERMILION,
    "blocked": charts.PURPLE,
    "closed": charts.ORANGE,
    "expired": charts.YELLOW,
}

FILTERS = {"channel": "Channel", "pool": "Pool", "window": "Window"}


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
        datasets=_datasets(told),
        origin=origin(result),
        filters=tuple(_filters(result)),
        proofs=tuple(_proofs(result)),
    )


# --- in words ---------------------------------------------------------------------------------


class Told:
    """A result in words."""

    def __init__(self, result: Result) -> None:
        assert result.ends is not None
        self.result = result
        self.ends: Ends = result.ends
        self.currency = result.scenario.currency
        self.span = span(result)
        self.sells = result.get("revenue").value > 0
        self.times = _times_of_hours(result)
        self.windows = result.groups("window")

    def value(self, name: str, by: str = "total", group: str = "all") -> float:
        """A number."""
        return self.result.get(name, by, group).value

    def say(self, name: str, by: str = "total", group: str = "all") -> str:
        """A number in words."""
        row = self.result.get(name, by, group)
        return number(row.value, row.unit, self.currency)

    def sure(self, name: str) -> str:
        """Its interval in words."""
        row = self.result.get(name)
        return interval(row.low, row.high, row.unit, self.currency)

    def between(self, name: str) -> str:
        """Its interval in a sentence."""
        return self.sure(name).replace(" to ", " and ")

    def about(self) -> str:
        """How it was run."""
        n, days = self.result.replications, self.result.scenario.calendar.days
        one = "week" if days == 7 else f"{days} day{'s' if days > 1 else ''}"
        many = f"{one}s" if days == 7 else f"times {one}"
        return f"Simulated: {f'{n} {many}' if n > 1 else f'one {one}'}, customer by customer"

    def answer(self) -> str:
        """The outcome in a sentence."""
        rate = self.value("answer_rate")
        if isnan(rate):
            made = f"{self.say('contacts')} contacts {per_span(self.result)}"
            return f"{made}, none of which needs an agent."
        wanted = self.value("answered") + self.value("unanswered")
        lead = (
            f"Of {wanted:,.0f} contacts {per_span(self.result)} that need an agent, "
            f"{self.say('answer_rate')} are answered"
        )
        in_time = self.value("service_level") * self.value("offered") / wanted
        if in_time < rate - 0.005:
            lead += f", {number(in_time, 'share')} in time"
        return f"{lead}{self._worth()}."

    def _worth(self) -> str:
        margin, cost = self.result.get("margin"), self.value("cost")
        if self.sells:
            if not margin.low * margin.high > 0:
                return "; whether that earns more than it costs cannot be told"
            verb = "earns" if margin.value > 0 else "loses"
            amount = number(abs(margin.value), "money", self.currency)
            return f"; the service {verb} {amount}"
        return f", at a cost of {self.say('cost')}" if cost > 0 else ""

    def certainty(self) -> str:
        """How sure that is, in a sentence."""
        if self.result.replications == 1:
            return f"One {self.span} only was simulated: how sure this is cannot be told."
        sure = f"{100 * self.result.scenario.run.confidence:g} %"
        rest = f", and a margin between {self.between('margin')}" if self.sells else ""
        return (
            f"How sure: with {sure} confidence the average {self.span} has an answer rate between "
            f"{self.between('answer_rate')}{rest}. This is the uncertainty of chance; that of the "
            "scenario's own numbers comes on top."
        )

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        lead = ["answer_rate"]
        lead += ["margin", "missed_buyers"] if self.sells else ["service_level", "cost"]
        lead += ["occupancy", "service_level", "abandonment", "contacts"]
        shown = [name for name in dict.fromkeys(lead) if not isnan(self.value(name))]
        shown = [name for name in shown if name in ("answer_rate", "margin") or self.value(name)]
        for name in shown[:3]:
            one = CATALOGUE[name]
            sure = self.sure(name)
            yield Figure(
                one.label, self.say(name), "" if sure == NOTHING else sure, MEANINGS[name], name
            )

    def because(self) -> Iterator[Because]:
        """Why: what weighs most."""
        for reason in (
            *(self._who_met_nobody, self._when_most, self._worst_hour),
            *(self._buyers, self._busy, self._money),
        ):
            if found := reason():
                yield found

    def _who_met_nobody(self) -> Because | None:
        total = self.value("unanswered")
        if total < 0.5:
            return Because(f"Nobody who needed an agent was left without one all {self.span}.")
        words = {
            "closed": "found it closed",
            "abandoned": "gave up waiting",
            "blocked": "met a full queue",
            "expired": "were dropped",
        }
        parts = sorted(((self.value(name), name) for name in words), reverse=True)
        said = [f"{size:,.0f} {words[name]}" for size, name in parts if size >= 0.5]
        listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        return Because(f"{total:,.0f} contacts met nobody: {listed}.", "where-contacts-end")

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
        sizes = {
            hour: self.value("unanswered", "hour", hour) / self.times[result_hour(hour)]
            for hour in self.result.groups("hour")
            if self.times[result_hour(hour)]
        }
        worst = max(sizes, key=lambda hour: sizes[hour], default="")
        if not worst or sizes[worst] < 1:
            return None
        day, clock = worst.split()
        return Because(
            f"The hour that leaves most without an answer begins on {LONG[day]} at {clock}: "
            f"{sizes[worst]:,.0f} contacts.",
            "unanswered-by-hour",
        )

    def _buyers(self) -> Because | None:
        missed, sales = self.value("missed_buyers"), self.value("sales")
        better, all_of = self.value("conversion_answered"), self.value("conversion")
        if missed < 0.5 or not sales or isnan(better) or isnan(all_of):
            return None
        intending = sales / all_of
        alone = sales - better * (intending - missed)  # sales without an answer
        lost = missed * better - alone
        return Because(
            f"{missed:,.0f} of {intending:,.0f} customers ready to "
            "buy were not answered in time. Had they bought like those who were "
            f"({number(better, 'share')}), there would be {lost:,.0f} more sales.",
            "missed-buyers-by-hour",
        )

    def _busy(self) -> Because | None:
        if isnan(self.value("occupancy")) or not self.value("hours"):
            return None
        text = f"Agents are busy {self.say('occupancy')} of their {self.say('hours')} on duty"
        busy = {
            window: self.value("occupancy", "window", window)
            for window in self.windows
            if not isnan(self.value("occupancy", "window", window))
        }
        if len(busy) > 1:
            top = max(busy, key=lambda window: busy[window])
            text += f"; most in the window “{top}”, {number(busy[top], 'share')}"
        return Because(f"{text}.", "the-week")

    def _money(self) -> Because | None:
        cost = self.value("cost")
        if not cost:
            return None
        text = f"The service costs {self.say('cost')}"
        if self.sells:
            text += (
                f" and brings {self.say('incremental_revenue')} that would not have come unaided"
            )
            rate = self.result.scenario.gross_margin
            if rate < 1:
                text += f", of which {number(rate, 'share')} are margin"
        sizes = {one: self.value("cost", "source", one) for one in self.result.groups("source")}
        if len(sizes) > 1:
            top = max(sizes, key=lambda one: sizes[one])
            share = number(sizes[top] / cost, "share")
            text += f"; {share} of the cost is for {top}"
        return Because(f"{text}.", "cost-by-source")


MEANINGS = {
    "answer_rate": "of all contacts that need an agent, the closed door included",
    "margin": "what help adds to sales, less what the service costs",
    "missed_buyers": "ready to buy, and not answered in time",
    "service_level": "of those answered or gone: answered within the time promised",
    "cost": "of agents and channels",
    "occupancy": "of the agents' time is taken by customers",
    "abandonment": "of those who waited or were answered: gave up",
    "contacts": "made, whatever became of them",
}
"""What the numbers that matter mean, in a line."""

LONG = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def _times_of_hours(result: Result) -> list[int]:
    """How often the counted days hold each hour of the week."""
    calendar = result.scenario.calendar
    days = Counter((calendar.start + timedelta(days=n)).weekday() for n in range(calendar.days))
    return [days[hour // 24] for hour in range(168)]


# --- what pictures draw -----------------------------------------------------------------------


def _datasets(told: Told) -> dict[str, Dataset]:
    result = told.result
    datasets: dict[str, Dataset] = {
        "ends": _ends(told),
        "hours": _hours(told),
        "midnights": {"hour": list(range(0, 169, 24))},
        "waits": {name: column.tolist() for name, column in told.ends.waits.items()},
    }
    for channel in _channels_with_waits(told):
        datasets[f"borne {channel}"] = _borne(told, channel)
        datasets[f"moment {channel}"] = _moments(told, channel)
    if result.get("cost").value > 0:
        datasets["costs"] = _costs(told)
    for name in _split_measures(told):
        datasets[f"splits {name}"] = _splits(told, name)
    return datasets


def _ends(told: Told) -> Dataset:
    """Contacts an hour by hour of the week, window, channel, pool and ending; reasons together."""
    ends = told.ends.contacts
    keys = ("hour", "window", "channel", "pool", "ending")
    sums: dict[tuple[object, ...], list[float]] = {}
    for *key, contacts, in_time, waited in zip(
        *(ends[name].tolist() for name in (*keys, "contacts", "in_time", "waited")), strict=True
    ):
        total = sums.setdefault(tuple(key), [0.0, 0.0, 0.0])
        times = max(told.times[int(key[0])], 1)
        for place, amount in enumerate((contacts, in_time, waited)):
            total[place] += amount / times
    columns = list(zip(*(key for key in sums), strict=True)) or [()] * len(keys)
    amounts = list(zip(*sums.values(), strict=True)) or [(), (), ()]
    ending = columns[keys.index("ending")]
    channel = columns[keys.index("channel")]
    live = told.result.scenario.channels
    return {
        **dict(zip(keys, columns, strict=True)),
        **dict(zip(("contacts", "in_time", "waited"), amounts, strict=True)),
        "all_of_them": [
            size * told.times[int(str(hour))]
            for size, hour in zip(amounts[0], columns[0], strict=True)
        ],
        "end": [
            str(pool) if one == "answered" else ENDINGS[str(one)]
            for pool, one in zip(columns[keys.index("pool")], ending, strict=True)
        ],
        "live": [int(live[str(one)].live) for one in channel],
    }


def _hours(told: Told) -> Dataset:
    """Hour of the week by hour of the week, all channels together."""
    result = told.result
    groups = result.groups("hour")
    hours = [result_hour(group) for group in groups]
    window = _window_of_hours(told)

    def per_hour(name: str) -> list[float]:
        values = (told.value(name, "hour", group) for group in groups)
        return [v / max(told.times[h], 1) for v, h in zip(values, hours, strict=True)]

    def plain(name: str) -> list[float]:
        return [told.value(name, "hour", group) for group in groups]

    return {
        "hour": hours,
        "window": [window[hour] for hour in hours],
        "agents": plain("agents"),
        "occupancy": plain("occupancy"),
        "missed_buyers": per_hour("missed_buyers"),
        "margin": per_hour("margin"),
        "agent_hours": per_hour("hours"),
    }


def _window_of_hours(told: Told) -> list[str]:
    """The window in which most contacts of each hour come."""
    ends = told.ends.contacts
    sizes: dict[tuple[int, str], float] = {}
    for hour, window, size in zip(ends["hour"], ends["window"], ends["contacts"], strict=True):
        sizes[int(hour), window] = sizes.get((int(hour), window), 0.0) + size
    best = [""] * 168
    for (hour, window), size in sizes.items():
        if not best[hour] or size > sizes[hour, best[hour]]:
            best[hour] = window
    return best


def _channels_with_waits(told: Told) -> list[str]:
    channels = told.result.scenario.channels
    waited = set(told.ends.waits["channel"].tolist())
    return [name for name, one in channels.items() if name in waited and not one.unlimited]


def _longest(told: Told, channel: str) -> float:
    """The end of the axis of waits: most waits and most of the patience lie before it."""
    waits = told.ends.waits
    mine = (waits["channel"] == channel) & np.isfinite(waits["upto"])
    upto, contacts = waits["upto"][mine], waits["contacts"][mine]
    order = np.argsort(upto)
    past = np.cumsum(contacts[order]) / max(contacts.sum(), 1e-12)
    most = float(upto[order][np.searchsorted(past, 0.985)]) if len(upto) else 60.0
    threshold = told.result.scenario.run.service_level.at(channel)
    wanted = max(most, 1.5 * threshold, 10.0)
    return float(WAITS[np.searchsorted(WAITS, min(wanted, WAITS[-2]))])


def _weights(told: Told, channel: str) -> dict[str, float]:
    """Share of each reason among those who waited or were answered on a channel."""
    ends = told.ends.contacts
    mine = (ends["channel"] == channel) & np.isin(ends["ending"], ["answered", "abandoned"])
    sums = {
        reason: float(ends["contacts"][mine & (ends["reason"] == reason)].sum())
        for reason in told.result.scenario.reasons
    }
    total = sum(sums.values()) or 1.0
    return {reason: size / total for reason, size in sums.items() if size}


def _borne(told: Told, channel: str) -> Dataset:
    """How many would still be there, and still ready to buy, if nobody answered."""
    seconds = np.linspace(0.0, _longest(told, channel), 121)
    weights = _weights(told, channel)
    reasons = told.result.scenario.reasons
    live = told.result.scenario.channels[channel].live
    lines: dict[str, Floats] = {}
    if live and any(_gives_up(reasons[name].patience.at(channel)) for name in weights):
        lines["would still wait, unanswered"] = _mix(
            weights, lambda name: survival(reasons[name].patience.at(channel), seconds)
        )
    buyers = {name: size for name, size in weights.items() if reasons[name].buying is not None}
    if buyers:
        total = sum(buyers.values())
        shares = {name: size / total for name, size in buyers.items()}
        lines["of those ready to buy: still are"] = _mix(
            shares, lambda name: survival(_window(told, name, channel), seconds)
        )
    lines = _apart(lines)
    return {
        "seconds": [*seconds.tolist()] * len(lines),
        "left": [float(value) for line in lines.values() for value in line],
        "what": [what for what in lines for _ in seconds],
    }


def _apart(lines: dict[str, Floats]) -> dict[str, Floats]:
    """Two lines that are the same become one."""
    first, *others = [*lines.values(), np.zeros(0)]
    if len(others) == 2 and np.allclose(first, others[0]):
        return {"would still wait, and be ready to buy": first}
    return lines


def _mix(weights: dict[str, float], curve: Callable[[str], Floats]) -> Floats:
    total = sum(size * curve(name) for name, size in weights.items())
    return np.asarray(total, dtype=np.float64)


def _gives_up(patience: Distribution) -> bool:
    return bool(survival(patience, np.array([30 * 86400.0]))[0] < 1)


def _window(told: Told, reason: str, channel: str) -> Distribution:
    who = told.result.scenario.reasons[reason]
    assert who.buying is not None
    window = who.buying.window
    return who.patience.at(channel) if isinstance(window, str) else window


def _moments(told: Told, channel: str) -> Dataset:
    seconds = told.result.scenario.run.service_level.at(channel)
    words = f"{seconds:g} s" if seconds < 60 else brief_duration(seconds)
    return {"seconds": [seconds], "what": [f"in time: {words}"]}


def _costs(told: Told) -> Dataset:
    lines, kinds, values, texts, places = [], [], [], [], []
    for source in told.result.groups("source"):
        for place, name in enumerate(COST_PARTS):
            value = told.value(name, "source", source)
            if value > 0:
                lines.append(source.partition(" ")[2])
                kinds.append(PARTS[name])
                values.append(value)
                texts.append(number(value, "money", told.currency))
                places.append(place)
    return {"line": lines, "part": kinds, "value": values, "text": texts, "place": places}


PARTS = {
    "cost_hours": "hours on duty",
    "cost_overtime": "overtime",
    "cost_contacts": "per contact",
    "cost_minutes": "per minute",
    "cost_sales": "sales",
    "cost_fixed": "fixed",
    "cost_minimum": "minimum",
    "cost_channels": "channel",
}

SPLIT_MEASURES = {
    "answer_rate": "Answer rate",
    "service_level": "In time",
    "abandonment": "Gave up",
    "unanswered": "Met nobody",
    "missed_buyers": "Buyers missed",
    "occupancy": "Occupancy",
    "margin": "Margin",
    "satisfaction": "Satisfaction",
}
"""Measures compared by window, channel and pool, with a short label."""


def _split_measures(told: Told) -> list[str]:
    return [name for name in SPLIT_MEASURES if len(_split_rows(told, name)) > 1]


def _split_rows(told: Told, name: str) -> list[Row]:
    splits = CATALOGUE[name].splits
    return [
        row
        for by in ("window", "channel", "pool")
        if by in splits and (len(told.result.groups(by)) > 1 or by == "pool")
        for group in told.result.groups(by)
        if not isnan((row := told.result.get(name, by, group)).value)
    ]


def _splits(told: Told, name: str) -> Dataset:
    rows = _split_rows(told, name)
    bounded = [
        (row.low, row.high) if isfinite(row.high - row.low) else (None, None) for row in rows
    ]
    return {
        "line": [f"{row.by} {row.group}" for row in rows],
        **{by: [row.group if row.by == by else "" for row in rows] for by in FILTERS},
        "value": [row.value for row in rows],
        "low": [low for low, _ in bounded],
        "high": [high for _, high in bounded],
        "end": [max(row.value, row.high if isfinite(row.high) else row.value) for row in rows],
        "text": [number(row.value, row.unit, told.currency) for row in rows],
        "interval": [interval(row.low, row.high, row.unit, told.currency) for row in rows],
    }


# --- sections ---------------------------------------------------------------------------------


def _sections(told: Told) -> Iterator[Section]:
    yield Section(
        "when",
        "When and where customers meet nobody",
        tuple(_when(told)),
        "Choose what the map shows. A click on a bar or a stream narrows all pictures to it.",
    )
    yield Section("the-week", "How the week goes", (_week(),))
    yield Section("where-contacts-end", "Where each contact ends", (_flow(told),))
    if channels := _channels_with_waits(told):
        picture = Choice("waits", "Channel", tuple(_waits(told, channel) for channel in channels))
        yield Section("how-long", "How long customers wait, and how long they would", (picture,))
    if told.value("cost"):
        yield Section("what-it-costs", "What it costs", (_cost(told),))
    yield Section("numbers", "All numbers", tuple(_tables(told)), HEADINGS_MEAN)
    yield Section("evidence", "Is the simulation right?", tuple(_evidence(told)))


def _when(told: Told) -> Iterator[Block]:
    yield Choice("maps", "Show", tuple(_maps(told)))
    if compared := _split_measures(told):
        yield Choice("compared", "Compare", tuple(_compared(told, name) for name in compared))


BY_CLOCK = (Column("weekday", "Day"), Column("clock", "From hour", "d"))


def _maps(told: Told) -> list[Chart]:
    nobody = f"indexof({list(MET_NOBODY)!r}, datum.ending) >= 0 ? datum.contacts : 0"
    wanted = f"indexof({['answered', *MET_NOBODY]!r}, datum.ending) >= 0 ? datum.contacts : 0"
    answered = "datum.ending == 'answered' ? datum.contacts : 0"
    offered = "datum.ending == 'answered' || datum.ending == 'abandoned' ? datum.contacts : 0"
    unsplit, whole = ("channel", "window"), ("channel", "pool", "window")
    contacts = Shown("value", "contacts an hour", ",.1f")
    maps = [
        Map(
            "unanswered",
            "Met nobody",
            "Contacts that gave up, or met a closed door or a full queue.",
            contacts,
            "ends",
            nobody,
            "",
            unsplit,
        ),
        Map(
            "missed-buyers",
            "Buyers missed",
            "Customers ready to buy whom nobody answered in time: the sales at stake.",
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
            "In time",
            "Share answered in time of those answered or gone.",
            Shown("value", "answered in time", ".1%"),
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
            "What help adds to sales, less cost, for each hour of an agent on duty; below zero the "
            "hour costs more than it brings.",
            Shown("value", f"{told.currency} an agent hour", ",.0f"),
            "hours",
            "datum.margin",
            "datum.agent_hours",
            ("window",),
            signed=True,
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
    signed: bool = False

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
                signed=self.signed,
                filters=self.filters,
            ),
            self.filters,
            (*BY_CLOCK, Column("value", self.shown.label, self.shown.format)),
            self.label,
        )


def _compared(told: Told, name: str) -> Chart:
    one, rows = CATALOGUE[name], _split_rows(told, name)
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
        f"indexof({list(MET_NOBODY)!r}, datum.ending) >= 0 ? 'met nobody' : 'other'"
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
        domain=["answered", "met nobody", "other"],
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
    longest = _longest(told, channel)
    slug = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in channel.lower())
    place = list(told.result.scenario.channels).index(channel)
    spec = charts.waits(
        "waits",
        f"borne {channel}",
        f"moment {channel}",
        longest=longest,
        hours=longest > 3 * 3600,
        filters=("window",),
        channel=for_vega(channel),
    )
    return Chart(
        f"waits-{place}-{slug}",
        f"Waits on {channel}",
        "How many have been answered, and how many have given up, after so long; the rest still "
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
        "The whole",
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
    weeks = {hour: told.times[result_hour(hour)] for hour in told.result.groups("hour")}
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
            f"Over all these hours the simulation answers {_mean(simple, _level)} in time, the "
            f"formula {_mean(simple, lambda one: one.formula_level)}; in the simulation "
            f"{_mean(simple, lambda one: one.abandonment.value)} give up, by the formula "
            f"{_mean(simple, lambda one: one.formula.p_abandon)}.",
        )
    )
    yield Table(
        "table-erlang",
        "Simulation and formula, hour by hour",
        (
            *(Heading("Hour", number=False), Heading("Contacts", "an hour"), Heading("Agents")),
            *(Heading("Handle time", "", "aht"), Heading("In time", "simulated", "service_level")),
            *(Heading("In time", "formula"), Heading("Gave up", "simulated", "abandonment")),
            Heading("Gave up", "formula"),
        ),
        tuple(
            Line(
                (
                    Cell(one.hour, sort=f"{result_hour(one.hour):03d}"),
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
