"""Sensitivity to uncertain inputs: would another option be chosen?"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.experiment.vary import AS_IT_IS, Flip, Trial, Varied, Vary
from sim.measures import measure_of
from sim.report import words
from sim.report.blocks import (
    Block,
    Cell,
    Chart,
    Heading,
    Later,
    Line,
    Section,
    Table,
    Text,
)
from sim.report.knowing import JointFindings
from sim.report.numbers import half_width, interval, number
from sim.report.words import path_in_words, quoted
from sim.stats import Crossing

TITLE = "Sensitivity to uncertain inputs"

MATTERS = {
    "yes": "the answer depends on it",
    "no": "the answer stays",
    "unclear": "the data do not tell",
}


def section(result: Vary, together: JointFindings | None, even: bool) -> Section:
    """All that is known of it; `even` as of `JointFindings`."""
    jointly = () if together is None else together.blocks()
    return Section("what-is-uncertain", TITLE, (*jointly, *_blocks(result, even)))


def answer(result: Vary, even: bool = False) -> list[str]:
    """The outcome in sentences: inputs that matter first; `even` as of `JointFindings`."""
    said = [
        sentence
        for verdict in ("yes", "unclear")
        for varied in result.factors
        if varied.depends == verdict
        for sentence in _dependent(result, varied)
    ]
    stays = [path_in_words(one.factor.path) for one in result.factors if one.depends == "no"]
    if stays:
        verb = "is ahead, by however little," if even else "stays the best"
        said.append(f"{quoted(result.chosen)} {verb} at every value tried of {'; '.join(stays)}.")
    return [*said, *_noise(result)]


def _dependent(result: Vary, varied: Varied) -> list[str]:
    path, chosen = path_in_words(varied.factor.path), quoted(result.chosen)
    beaten = [one for one in varied.trials if result.chosen not in one.plausible]
    if beaten:
        where = ", ".join(f"{_value(one)} ({quoted(one.best)} is better)" for one in beaten)
        said = [f"{path}: yes, {chosen} is not the best at {where}."]
    else:
        even = [one for one in varied.trials if one.plausible != (result.chosen,)]
        where = ", ".join(f"{_value(one)} ({_either(one)})" for one in even)
        said = [f"{path}: the data do not tell which is best at {where}."]
    return said + [_flip(result, varied, flip) for flip in varied.flips]


def _flip(result: Vary, varied: Varied, flip: Flip) -> str:
    """From where on another option is better than the chosen one."""
    place = _place(varied, flip.at.value)
    side = "Below" if flip.at.rising else "Beyond"
    return (
        f"{side} {place}{_sure(varied, flip.at)} {quoted(flip.rival)} overtakes "
        f"{quoted(result.chosen)}."
    )


def _sure(varied: Varied, at: Crossing) -> str:
    if isnan(at.low):
        return ""
    return f" ({words.stretch(at, _place(varied, at.low), _place(varied, at.high))})"


def _place(varied: Varied, value: float) -> str:
    return f"{value:.3g} {varied.unit}".rstrip()


def _noise(result: Vary) -> list[str]:
    """Input uncertainty beside the noise of simulation."""
    if not result.factors or result.base.rival is None:
        return []
    lead, most = result.base.lead, result.factors[0]
    unit, currency = _unit(result), _currency(result)
    least, largest = most.moved
    noise = half_width(lead.low, lead.high, unit)
    return [
        f"In the baseline {quoted(result.chosen)} leads {quoted(result.base.rival)} by "
        f"{words.in_points(number(lead.value, unit, currency), unit)}"
        + (f", {words.in_points(noise, unit)} by chance of simulation" if noise else "")
        + f"; what is not known of {path_in_words(most.factor.path)} moves that lead anywhere from "
        f"{words.in_points(interval(least, largest, unit, currency), unit)}."
    ]


# --- blocks -------------------------------------------------------------------------------------


def _blocks(result: Vary, even: bool) -> Iterator[Block | Later]:
    yield Text(tuple(answer(result, even)), TITLE, first=True)
    yield Later("sensitivity", "tornado", (result,))
    yield _table(result)
    confidence = f"{100 * result.study.confidence:g} %"
    yield Text(
        (
            "One input at a time, the others as in the baseline; every value with "
            f"{result.replications} replications of every option on the same customers. Lead: over "
            "the best of the others (| marks none), in parentheses where not significant. Best: "
            f"all that may be, by intervals that hold together ({confidence}).",
        ),
        first=True,
    )


def tornado(result: Vary) -> Iterator[Block]:
    """How far each uncertain input moves the lead of the chosen option over its rival."""
    from sim.report import values
    from sim.report.charts import Shown
    from sim.report.drawing import columns, told

    decide, now = measure_of(result.study.decide), result.base.lead
    times = 100.0 if decide.unit == "share" else 1.0
    base = [None if isnan(one) else one * times for one in (now.value, now.low, now.high)]
    rows = []
    for one in result.factors:
        least = min(one.trials, key=lambda trial: trial.lead.value)
        most = max(one.trials, key=lambda trial: trial.lead.value)
        ends = (least.lead.value * times, most.lead.value * times, least.text, most.text)
        rows.append((path_in_words(one.factor.path), MATTERS[one.depends], *ends, *base))
    rival = quoted(result.base.rival) if result.base.rival else "the others"
    unit = words.unit_of(decide.name, _currency(result), difference=True)
    title = ", ".join(filter(None, (f"Lead in {decide.spoken}", unit)))
    yield Chart(
        "tornado",
        f"How far each input moves the lead of {quoted(result.chosen)}",
        f"One input at a time; at the ends of a bar the values that lead there. The mark is the "
        f"lead over {rival} in the baseline, the grey behind it the chance of simulation. Left of "
        "0 another option is better.",
        values.tornado("data", Shown("value", title), lines=len(rows)),
        {"data": columns("line depends least most at_least at_most base base_low base_high", rows)},
        told(
            line="Input",
            at_least="Least lead at",
            least=("Least lead", ",.1f"),
            at_most="Most lead at",
            most=("Most lead", ",.1f"),
            depends="The answer",
        ),
    )


def _table(result: Vary) -> Table:
    """Every value of every input."""
    unit, currency = _unit(result), _currency(result)
    against = result.study.against
    over = () if against == result.chosen else (Heading(f"Over {against}"),)
    money = currency if unit == "money" else ""
    return Table(
        "table-uncertain",
        "Value",
        (
            *(Heading("Value", number=False), Heading("Best", number=False)),
            *(Heading(f"{result.chosen} leads by", money), *over),
        ),
        tuple(
            Line(
                (
                    Cell(_value(trial), path_in_words(one.factor.path), trial.text),
                    Cell(_either(trial), sort=_either(trial)),
                    Cell(
                        words.change(trial.lead.value, trial.lead.low, trial.lead.high, unit),
                        half_width(trial.lead.low, trial.lead.high, unit),
                        trial.lead.value,
                    ),
                    *(
                        Cell(
                            words.change(*trial.ahead, unit),
                            sort=trial.ahead.value,
                        )
                        for _ in over
                    ),
                ),
                plot=(trial.lead.low, trial.lead.value, trial.lead.high),
                heading=f"{path_in_words(one.factor.path)}: {MATTERS[one.depends]}",
            )
            for one in result.factors
            for trial in one.trials
        ),
        "; ".join(
            f"{path_in_words(one.factor.path)} is {one.factor.path}" for one in result.factors
        ),
        mark=0.0,
        first=True,
    )


def _value(trial: Trial) -> str:
    return f"{trial.text} (baseline)" if trial.base and trial.text != AS_IT_IS else trial.text


def _either(trial: Trial) -> str:
    """The options that may be the best, the best mean first."""
    return " or ".join(sorted(trial.plausible, key=lambda name: name != trial.best))


def _unit(result: Vary) -> str:
    return measure_of(result.study.decide).unit


def _currency(result: Vary) -> str:
    return result.study.reference.scenario.currency
