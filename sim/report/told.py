"""A result in words: the answer, how sure it is, the numbers that matter, and why."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.experiment import Result
from sim.measures import CATALOGUE, Ends
from sim.report.chosen import hour_of, per_span, span, times_of_hours
from sim.report.numbers import NOTHING, interval, number
from sim.report.page import Because, Figure


class Told:
    """A result in words."""

    def __init__(self, result: Result) -> None:
        assert result.ends is not None
        self.result = result
        self.ends: Ends = result.ends
        self.currency = result.scenario.currency
        self.span = span(result)
        self.sells = result.get("revenue").value > 0
        self.times = times_of_hours(result.scenario)
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
            lead += f", {number(in_time, 'share')} within the threshold"
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
            "closed": "closed",
            "abandoned": "abandoned",
            "blocked": "blocked (full queue)",
            "expired": "were dropped",
        }
        parts = sorted(((self.value(name), name) for name in words), reverse=True)
        said = [f"{size:,.0f} {words[name]}" for size, name in parts if size >= 0.5]
        listed = " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
        return Because(f"{total:,.0f} contacts were not answered: {listed}.", "where-contacts-end")

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
            hour: self.value("unanswered", "hour", hour) / self.times[hour_of(hour)]
            for hour in self.result.groups("hour")
            if self.times[hour_of(hour)]
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
            "buy were not answered within their purchase window. Had they bought like those who were "  # noqa: E501
            f"({number(better, 'share')}), there would be {lost:,.0f} more sales.",
            "missed-buyers-by-hour",
        )

    def _busy(self) -> Because | None:
        if isnan(self.value("occupancy")) or not self.value("hours"):
            return None
        text = f"Agents are occupied {self.say('occupancy')} of their {self.say('hours')} on duty"
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
            text += f" and brings {self.say('incremental_revenue')} of incremental revenue"
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
    "answer_rate": "of all contacts that need an agent, closed ones included",
    "margin": "incremental revenue at the gross margin, less cost",
    "missed_buyers": "ready to buy, not answered within their purchase window",
    "service_level": "of those offered: answered within the threshold",
    "cost": "of agents and channels",
    "occupancy": "of the agents' time on duty is in use",
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
