"""Sensitivity to uncertain inputs: would another option be chosen?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import ClassVar

from sim.experiment.joint import Joint
from sim.experiment.study import Study
from sim.experiment.vary import AS_IT_IS, Trial, Varied, Vary
from sim.report import words
from sim.report.blocks import Block, Cell, Heading, Later, Line, Table, Text
from sim.report.knowing import JointFindings, Leads
from sim.report.numbers import half_width, interval
from sim.report.tables import change_cell, line, table
from sim.report.words import Amount, path_in_words, quoted
from sim.stats.crossing import Crossing

TITLE = "Sensitivity to uncertain inputs"

MATTERS = {
    "yes": "the answer depends on it",
    "no": "the answer stays",
    "unclear": "the data do not tell",
}


@dataclass(frozen=True)
class VaryFindings(Leads):
    """What one input at a time does to a choice, in numbers and words."""

    kind: ClassVar[str] = "sensitivity"

    vary: Vary

    # --- words --------------------------------------------------------------------------------

    def sentences(self) -> list[str]:
        """The outcome: inputs that matter first."""
        return [*self.decisive(), *self.others()]

    def decisive(self) -> list[str]:
        """The inputs that turn the answer, then those that may."""
        return [
            self._dependent(one)
            for depends in ("yes", "unclear")
            for one in self.vary.factors
            if one.depends == depends
        ]

    def others(self) -> list[str]:
        """The inputs that do not, and how far the lead is moved."""
        said = []
        stays = [path_in_words(one.factor.path) for one in self.vary.factors if one.depends == "no"]
        if stays:
            inputs = "; ".join(stays)
            said.append(self.tell("stays-ahead" if self.even else "stays", inputs=inputs))
        return [*said, *self._noise()]

    def _dependent(self, varied: Varied) -> str:
        path, chosen = path_in_words(varied.factor.path), self.vary.chosen
        beaten = [one for one in varied.trials if chosen not in one.plausible]
        if beaten:
            where = ", ".join(f"{_value(one)} ({quoted(one.best)} is better)" for one in beaten)
            said = [self.tell("beaten", path=path, where=where)]
        else:
            even = [one for one in varied.trials if one.plausible != (chosen,)]
            where = ", ".join(f"{_value(one)} ({_either(one)})" for one in even)
            said = [self.tell("even", path=path, where=where)]
        for flip in varied.flips:
            if flip.at.below and flip.at.above:
                continue  # it may be anywhere: that it is known at all says nothing
            side = "Below" if flip.at.rising else "Beyond"
            place = f"{_place(varied, flip.at.value)}{_sure(varied, flip.at)}"
            said.append(self.tell("flips", side=side, place=place, flip=flip))
        return " ".join(said)

    def _noise(self) -> Iterator[str]:
        """Input uncertainty beside the noise of simulation."""
        vary = self.vary
        if not vary.factors or vary.base.rival is None:
            return
        lead, most = vary.base.lead, vary.factors[0]
        half = half_width(lead.low, lead.high, self.unit)
        noise = self.tell("chance", half=words.in_points(half, self.unit)) if half else ""
        moved = words.in_points(interval(*most.moved, self.unit, self.currency), self.unit)
        path, by = path_in_words(most.factor.path), self.said(lead.value)
        yield self.tell("noise", by=by, noise=noise, path=path, moved=moved)

    # --- blocks -------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block | Later]:
        """All that is known of it."""
        yield Text(tuple(self.sentences()), TITLE, first=True)
        yield Later("sensitivity", "tornado", (self,))
        yield self._table()
        notes = self.tell("notes", confidence=100 * self.study.confidence)
        yield Text((notes,), first=True)

    def _table(self) -> Table:
        """Every value of every input."""
        chosen, against, factors = self.vary.chosen, self.vary.against, self.vary.factors
        over = [] if against == chosen else [f"Over {against}"]
        lead = Heading(f"{chosen} leads by", self.currency if self.unit == "money" else "")
        return table(
            "table-one-at-a-time",
            "Value",
            ("Value", "Best", lead, *over),
            (self._line(one, trial, over=bool(over)) for one in factors for trial in one.trials),
            "; ".join(f"{path_in_words(one.factor.path)} is {one.factor.path}" for one in factors),
            mark=0.0,
            first=True,
        )

    def _line(self, varied: Varied, trial: Trial, *, over: bool) -> Line:
        path, lead = path_in_words(varied.factor.path), trial.lead
        ahead = Cell(words.change_of(Amount(*trial.ahead, self.unit)), sort=trial.ahead.value)
        return line(
            Cell(_value(trial), path, trial.text),
            _either(trial),
            change_cell(Amount(*lead, self.unit)),
            *([ahead] if over else []),
            plot=(lead.low, lead.value, lead.high),
            heading=f"{path}: {MATTERS[varied.depends]}",
        )


def uncertain(
    study: Study, joint: Joint | None, vary: Vary | None, *, even: bool = False
) -> tuple[JointFindings | None, VaryFindings | None]:
    """What joint draws say of a study, and what one input at a time does; None without any."""
    return (
        JointFindings(study, even, joint) if joint is not None else None,
        VaryFindings(study, even, vary) if vary is not None else None,
    )


def tornado(findings: VaryFindings) -> Iterator[Block]:
    """How far each uncertain input moves the lead of the chosen option over its rival."""
    from sim.report import values
    from sim.report.charts import Shown
    from sim.report.drawing import chart, columns

    vary, decide = findings.vary, findings.decide
    now = vary.base.lead
    times = 100.0 if decide.unit == "share" else 1.0
    base = [None if isnan(one) else one * times for one in (now.value, now.low, now.high)]
    rows = []
    for one in vary.factors:
        least = min(one.trials, key=lambda trial: trial.lead.value)
        most = max(one.trials, key=lambda trial: trial.lead.value)
        ends = (least.lead.value * times, most.lead.value * times, least.text, most.text)
        rows.append((path_in_words(one.factor.path), MATTERS[one.depends], *ends, *base))
    data = columns("line depends least most at_least at_most base base_low base_high", rows)
    rival = quoted(vary.base.rival) if vary.base.rival else "the others"
    unit = words.unit_of(decide.name, findings.currency, difference=True)
    title = ", ".join(filter(None, (f"Lead in {decide.spoken}", unit)))
    picture = values.tornado(data, Shown("value", title))
    yield chart("shared.tornado", picture, chosen=quoted(vary.chosen), rival=rival)


def _sure(varied: Varied, at: Crossing) -> str:
    if isnan(at.low):
        return ""
    low, high = _place(varied, at.low), _place(varied, at.high)
    return f" ({words.stretch(at, low, high)})" if low != high else ""


def _place(varied: Varied, value: float) -> str:
    return f"{value:.3g} {varied.unit}".rstrip()


def _value(trial: Trial) -> str:
    return f"{trial.text} (baseline)" if trial.base and trial.text != AS_IT_IS else trial.text


def _either(trial: Trial) -> str:
    """The options that may be the best, the best mean first."""
    return " or ".join(sorted(trial.plausible, key=lambda name: name != trial.best))
