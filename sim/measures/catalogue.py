"""The one catalogue of measures: what each is called, means and how it is estimated.

It is written in `sim.measures.entries`. A measure is made of *components*, which
`sim.measures.measure` adds up. Terminal, pages, tables, JSON and documentation read the words of a
measure here and define none themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from sim.measures.entries import Entry, entries

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
        the label is too long for that; heading: among the totals of a run, empty for what is none
        of them.
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
    heading: str
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

    @property
    def is_total(self) -> bool:
        """Whether it is a sum, not a ratio of sums."""
        return self.estimator is Estimator.TOTAL

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


SUMS = {
    "OFFERED": ("answered", "abandoned"),
    "UNANSWERED": ("abandoned", "blocked", "no_line", "closed", "expired"),
    "COST": COST_PARTS,
}
"""What stands for several components in a formula."""


def _written_out(formula: str) -> str:
    """A formula with what stands for several components written out, each with the same sign."""
    sign, words = "+", []
    for word in formula.split():
        sign = word if word in "+-" else sign
        words.append(f" {sign} ".join(SUMS.get(word, (word,))))
    return " ".join(words)


BETTER = {"more": MORE, "less": LESS, "neither": NEITHER}
QUANTILES = "quantiles of "


def _measures(entry: Entry) -> Iterator[Measure]:
    """The measure of an entry, or those of all levels."""
    if entry.formula.startswith(QUANTILES):
        for level in QUANTILE_LEVELS:
            yield _quantile(entry, level)
    else:
        yield _of_sums(entry)


def _quantile(entry: Entry, level: float) -> Measure:
    percent = f"{100 * level:g}"
    heading, _, shown = entry.heading.partition(" p")
    return Measure(
        name=entry.name + percent,
        label=f"{entry.label} p{percent}",
        abbreviated=entry.short,
        unit=entry.unit,
        better=BETTER[entry.better],
        heading=heading if shown == percent else "",
        base=Base.CONTACT,
        estimator=Estimator.QUANTILE,
        numerator=entry.formula.removeprefix(QUANTILES),
        denominator="",
        definition=entry.definition.replace("%", f"{percent} %"),
        level=level,
    )


def _of_sums(entry: Entry) -> Measure:
    """It tells about what its denominator counts, a total about what it adds up."""
    ratio, _, factor = entry.formula.partition(" x ")
    top, _, bottom = (_written_out(part) for part in ratio.partition(" / "))
    base = next(COMPONENTS[name].base for name in terms(bottom or top))
    estimator = Estimator.RATIO if bottom else Estimator.TOTAL
    if bottom and entry.unit == "share" and base is not Base.TIME:  # a share of counts
        estimator = Estimator.SHARE
    return Measure(
        name=entry.name,
        label=entry.label,
        abbreviated=entry.short,
        unit=entry.unit,
        better=BETTER[entry.better],
        heading=entry.heading,
        base=base,
        estimator=estimator,
        numerator=top,
        denominator=bottom,
        definition=entry.definition,
        scale=float(factor or 1) / (3600 if entry.unit == "h" else 1),
    )


CATALOGUE: dict[str, Measure] = {
    measure.name: measure for entry in entries() for measure in _measures(entry)
}
"""Every measure by name, in the order of tables."""

WITH_LUCK = {"expected_margin": "margin"}
"""Measures with luck averaged out -> what really happens in a single run."""
