"""What there is to say of a run: what became of its customers, when, why, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.run import Result
from sim.measures import CATALOGUE, Ends
from sim.report import words
from sim.report.blocks import Because, Dataset, Figure
from sim.report.findings import Findings
from sim.report.numbers import number
from sim.report.words import ENDINGS, LONG_DAYS, UNANSWERED, hour_of, listed
from sim.scenario.numbers import counted

if TYPE_CHECKING:
    import pandas as pd

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

AMOUNTS = ["contacts", "in_time", "waited"]
"""What is added up of contacts."""

BUSY = 0.88
"""An occupancy above which a small surprise makes long queues."""


def contacts(number: float) -> str:
    """`1 contact`, `1,240 contacts`: so many, rounded."""
    return counted(round(number), "contact")


class RunFindings(Findings[Result]):
    """A run in numbers and words."""

    def __init__(self, result: Result) -> None:
        super().__init__(result, result.scenario, result.scenario.run.confidence)
        self.sells = result.get("revenue").value > 0
        self.times = words.times_of_hours(result.scenario)
        self.windows = result.groups("window")
        self.once = result.replications == 1

    @cached_property
    def ends(self) -> Ends:
        """Where contacts ended."""
        assert self.result.ends is not None
        return self.result.ends

    # --- what several pictures draw, as columns -----------------------------------------------

    def _sums(self, *keys: str) -> pd.DataFrame:
        """What became of contacts, added up by these."""
        import pandas as pd

        ends = pd.DataFrame(self.ends.contacts)
        return ends.groupby([*keys], sort=False, as_index=False)[AMOUNTS].sum()

    @cached_property
    def by_ending(self) -> Dataset:
        """Contacts an hour by hour of the week, window, channel, pool and ending."""
        found = self._sums("hour", "window", "channel", "pool", "ending")
        times = np.maximum(self.times, 1)[found["hour"].astype(int)]
        found["all_of_them"] = found["contacts"]
        found[AMOUNTS] = found[AMOUNTS].div(times, axis=0)
        named = found["ending"].map(ENDINGS).str.lower()
        found["end"] = found["pool"].where(found["ending"] == "answered", named)
        live = {name: int(one.live) for name, one in self.scenario.channels.items()}
        found["live"] = found["channel"].map(live)
        return {str(name): column.tolist() for name, column in found.items()}

    @cached_property
    def by_hour(self) -> Dataset:
        """Hour of the week by hour of the week, all channels together."""
        groups = {group: hour_of(group) for group in self.result.groups("hour")}
        sums = self._sums("hour", "window")
        largest = sums.loc[sums.groupby("hour")["contacts"].idxmax()]
        window = dict(zip(largest["hour"], largest["window"], strict=True))

        def values(name: str, *, each: bool = True) -> list[float]:
            return [
                self.value(name, "hour", group) / (max(self.times[hour], 1) if each else 1)
                for group, hour in groups.items()
            ]

        return {
            "hour": [*groups.values()],
            # in which most contacts come
            "window": [window.get(hour, "") for hour in groups.values()],
            "agents": values("agents", each=False),
            "occupancy": values("occupancy", each=False),
            "missed_buyers": values("missed_buyers"),
            "margin": values("margin"),
            "agent_hours": values("hours"),
        }

    # --- numbers ------------------------------------------------------------------------------

    def reasons(self, some: np.ndarray) -> dict[str, float]:
        """The share of each reason among some of the rows of where contacts ended."""
        contacts = self.ends.contacts
        sums = {
            reason: float(contacts["contacts"][some & (contacts["reason"] == reason)].sum())
            for reason in self.scenario.reasons
        }
        total = sum(sums.values())
        return {reason: size / total for reason, size in sums.items() if size}

    def value(self, name: str, by: str = "total", group: str = "all") -> float:
        """A number."""
        return self.result.get(name, by, group).value

    def text(self, name: str, by: str = "total", group: str = "all") -> str:
        """A number in words."""
        return self.say(self.result.get(name, by, group))

    def between(self, name: str) -> str:
        """Its interval in a sentence."""
        return words.stated(self.result.get(name), self.currency).replace(" to ", " and ")

    # --- the first page -----------------------------------------------------------------------

    def about(self) -> str:
        """How it was run."""
        runs = self.span.times(self.result.replications)
        return self.tell("about", runs=runs)

    def answer(self) -> str:
        """The outcome in a sentence."""
        if isnan(self.value("answer_rate")):
            return self.tell("nobody", contacts=self.text("contacts"))
        wanted = self.value("answered") + self.value("unanswered")
        rate, level = self.text("answer_rate"), ""
        if not isnan(self.value("service_level")):
            level = self.tell("level", level=self.text("service_level"))
        many, need = contacts(wanted), "needs" if round(wanted) == 1 else "need"
        said = {"rate": rate, "level": level, "worth": self._worth()}
        return self.tell("answer", wanted=many, need=need, **said)

    def _worth(self) -> str:
        margin = self.result.get("margin")
        if self.sells:
            if not self.once and not words.significant(margin):
                return self.tell("not-told")
            verb = "earns" if margin.value > 0 else "loses"
            return f"; the service {verb} {number(abs(margin.value), 'money', self.currency)}"
        return f", at a cost of {self.text('cost')}" if self.value("cost") > 0 else ""

    def certainty(self) -> str:
        """How sure that is, and what it is worth a year."""
        if self.once:
            return self.tell("once")
        if isnan(self.value("answer_rate")):
            return ""
        rest = f", and a margin between {self.between('margin')}" if self.sells else ""
        said = self.tell("sure", bounds=self.between("answer_rate"), rest=rest)
        row = self.result.get("margin" if self.sells else "cost")
        if not row.value:
            return said
        a_year = self.span.worth_a_year(row, self.currency)
        return f"{said} {CATALOGUE[row.measure].label}: {a_year}."

    def picture(self) -> str:
        """When contacts go unanswered."""
        return "unanswered-by-hour"

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        lead = ["answer_rate"]
        lead += ["margin", "missed_buyers"] if self.sells else ["service_level", "cost"]
        shown = [name for name in dict.fromkeys([*lead, *FIGURES]) if not isnan(self.value(name))]
        shown = [name for name in shown if name in ("answer_rate", "margin") or self.value(name)]
        for name in shown[:3] if self.sells else [one for one in shown if one != "margin"][:3]:
            row = self.result.get(name)
            yield self.figure(row, CATALOGUE[name].label, FIGURES[name], name)

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
            return Because(self.tell("none-unanswered"))
        parts = sorted(((self.value(name), name) for name in UNANSWERED), reverse=True)
        said = [f"{size:,.0f} {ENDINGS[name].lower()}" for size, name in parts if size >= 0.5]
        closed = " (outside opening hours)" if self.value("closed") >= 0.5 else ""
        text = listed([one + closed if one.endswith("closed") else one for one in said])
        those = f"{contacts(total)} {'was' if round(total) == 1 else 'were'}"
        return Because(self.tell("unanswered", total=those, parts=text), "where-contacts-end")

    def _callbacks(self) -> Because | None:
        total = self.value("callbacks")
        if total < 0.5:
            return None
        ends = ("reached", "unreached", "expired")
        sizes = [self.value(f"callbacks_{end}") for end in ends]
        became = ("were reached", "did not pick up", "were not called in time")
        said = [
            f"{size:,.0f} {how}" for size, how in zip(sizes, became, strict=True) if size >= 0.5
        ]
        each = f": {listed(said)}" if said else ""
        return Because(self.tell("callbacks", total=contacts(total), each=each))

    def _when_most(self) -> Because | None:
        if len(self.windows) < 2 or not self.value("unanswered"):
            return None
        sizes = {window: self.value("unanswered", "window", window) for window in self.windows}
        worst = max(sizes, key=lambda window: sizes[window])
        share = number(sizes[worst] / sum(sizes.values()), "share")
        rate = self.text("answer_rate", "window", worst)
        text = self.tell("when-most", share=share, window=worst, rate=rate)
        return Because(text, "unanswered-by-hour")

    def _worst_hour(self) -> Because | None:
        sizes = self.unanswered_an_hour()
        worst = max(
            range(168), key=lambda hour: -1.0 if isnan(sizes[hour]) else sizes[hour], default=0
        )
        if isnan(sizes[worst]) or sizes[worst] < 1:
            return None
        day, hour, size = LONG_DAYS[worst // 24], worst % 24, contacts(sizes[worst])
        return Because(self.tell("worst-hour", day=day, hour=hour, size=size), "unanswered-by-hour")

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
        share = number(better, "share")
        text = self.tell("buyers", missed=missed, intending=intending, share=share, lost=lost)
        return Because(text, "missed-buyers-by-hour")

    def _occupied(self) -> Because | None:
        if isnan(self.value("occupancy")) or not self.value("hours"):
            return None
        occupancy, hours, highest = self.text("occupancy"), self.text("hours"), ""
        busy = {
            window: self.value("occupancy", "window", window)
            for window in self.windows
            if not isnan(self.value("occupancy", "window", window))
        }
        if len(busy) > 1:
            top = max(busy, key=lambda window: busy[window])
            highest = self.tell("top", window=top, share=number(busy[top], "share"))
        return Because(self.tell("occupied", occupancy=occupancy, hours=hours, top=highest), "week")

    def _money(self) -> Because | None:
        cost = self.value("cost")
        if not cost:
            return None
        brings = most = ""
        if self.sells:
            rate = self.scenario.gross_margin
            margin = self.tell("of-margin", rate=number(rate, "share")) if rate < 1 else ""
            brings = self.tell("brings", revenue=self.text("incremental_revenue"), margin=margin)
        sizes = {one: self.value("cost", "source", one) for one in self.result.groups("source")}
        if len(sizes) > 1:
            top = max(sizes, key=lambda one: sizes[one])
            most = self.tell("most-for", share=number(sizes[top] / cost, "share"), source=top)
        text = self.tell("costs", cost=self.text("cost"), brings=brings, most=most)
        return Because(text, "cost-by-source")

    def risks(self) -> Iterator[str]:
        """What may make the answer wrong, three at most."""
        return islice(self._risks(), 3)

    def _risks(self) -> Iterator[str]:
        for check in self.result.checks:
            if not check.passed:
                yield self.tell("check-failed", check=check)
        after, hours = self.value("hours_after"), self.value("hours")
        # after warm-up days the counted hours hold as much work on the customers before
        if after >= 0.01 * hours and after > 0 and self.scenario.calendar.warmup == 0:
            yield self.tell("done-after", hours=number(after, "h"))
        if self.value("occupancy") > BUSY:
            yield self.tell("busy", occupancy=self.text("occupancy"))
        if self.value("unfinished") >= 0.5:
            yield self.tell("unfinished", contacts=self.text("unfinished"))
        yield self.tell("chance-alone")
        if self.once:
            yield self.tell("one-only")

    def notes(self) -> str:
        """How to read the tables."""
        error = ""
        if not self.once:
            error = f" ±: half the width of the {self.confidence} interval. "
            error += words.PLAIN_MEANS.format(many=self.span.many)
        return self.tell("notes", error=error)
