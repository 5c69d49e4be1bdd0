"""What `sim compare` says of uncertain inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from typing import TYPE_CHECKING

from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.experiment.vary import AS_IT_IS
from sim.measures import CATALOGUE
from sim.report.drawn import drawn
from sim.report.numbers import half_width, interval, number, signed

if TYPE_CHECKING:
    from sim.experiment.vary import Flip, Interval, Trial, Varied, Vary
    from sim.stats import Crossing

PLOT = 14
"""Characters of the plot of the leads."""


def vary_summary(result: Vary) -> RenderableType:
    """In words, then every value of every input."""
    return Group(
        Text("\n Sensitivity to uncertain inputs\n", style="bold"),
        Padding(Text("\n".join(vary_answer(result))), (0, 1)),
        *_tables(result),
        Padding(Text(_footnote(result), style="dim"), (1, 1, 0, 1)),
    )


# --- in words ---------------------------------------------------------------------------------


def vary_answer(result: Vary) -> list[str]:
    """The outcome in sentences: inputs that matter first."""
    said = [
        sentence
        for verdict in ("yes", "unclear")
        for varied in result.factors
        if varied.depends == verdict
        for sentence in _dependent(result, varied)
    ]
    stays = [varied.factor.path for varied in result.factors if varied.depends == "no"]
    if stays:
        paths = ", ".join(stays)
        said.append(f"{_quoted(result.chosen)} stays the best at every value tried of {paths}.")
    return [*said, *_noise(result)]


def _dependent(result: Vary, varied: Varied) -> list[str]:
    path, chosen = varied.factor.path, _quoted(result.chosen)
    beaten = [one for one in varied.trials if result.chosen not in one.plausible]
    if beaten:
        where = ", ".join(f"{_value(one)} ({_quoted(one.best)} is better)" for one in beaten)
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
        f"{side} {place}{_sure(varied, flip.at)} {_quoted(flip.rival)} overtakes "
        f"{_quoted(result.chosen)}."
    )


def _sure(varied: Varied, at: Crossing) -> str:
    if isnan(at.low):
        return ""
    low, high = _place(varied, at.low), _place(varied, at.high)
    if at.below and at.above:
        return " (anywhere, even beyond the values tried)"
    if at.below:
        return f" ({high} or less)"
    if at.above:
        return f" ({low} or more)"
    return f" ({low} to {high})"


def _place(varied: Varied, value: float) -> str:
    return f"{value:.3g} {varied.unit}".rstrip()


def _noise(result: Vary) -> list[str]:
    """Input uncertainty beside the noise of simulation."""
    if not result.factors or result.base.rival is None:
        return []
    lead, most = result.base.lead, result.factors[0]
    unit, currency = CATALOGUE[result.study.decide].unit, _currency(result)
    least, largest = most.moved
    noise = half_width(lead.low, lead.high, unit)
    return [
        f"As things are {_quoted(result.chosen)} leads {_quoted(result.base.rival)} by "
        f"{number(lead.value, unit, currency)}"
        + (f", {noise} by chance of simulation" if noise else "")
        + f"; what is not known of {most.factor.path} moves that lead anywhere from "
        f"{interval(least, largest, unit, currency)}."
    ]


# --- the tables -------------------------------------------------------------------------------


def _tables(result: Vary) -> Iterator[RenderableType]:
    """Headings, then each input with a row a value."""
    trials = [trial for varied in result.factors for trial in varied.trials]
    leads = [(one.lead.low, one.lead.value, one.lead.high) for one in trials]
    plots = iter(drawn(leads, PLOT, mark=0.0))
    against = result.study.against
    over = "" if against == result.chosen else f"over {against}"
    yield Text()
    yield _rows([("Value", "Best", f"{result.chosen} leads by", over, "")], "bold")
    for varied in result.factors:
        heading = f"{varied.factor.path}: {MATTERS[varied.depends]}"
        yield Padding(Text(heading, style="bold"), (1, 1, 0, 1))
        yield _rows([(*_cells(result, trial), next(plots)) for trial in varied.trials])


def _rows(rows: Iterable[Sequence[str]], style: str = "") -> RenderableType:
    """Rows of columns as wide as those of every other such table."""
    table = Table.grid(padding=(0, 1))
    for width, justify in COLUMNS:
        table.add_column(width=width, justify=justify, overflow="fold", style=style)
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 1))


def _cells(result: Vary, trial: Trial) -> tuple[str, str, str, str]:
    unit = CATALOGUE[result.study.decide].unit
    noise = half_width(trial.lead.low, trial.lead.high, unit)
    return (
        _value(trial),
        _either(trial),
        _certain(trial.lead, f"{signed(trial.lead.value, unit)} {noise}".rstrip()),
        ""
        if result.study.against == result.chosen
        else _certain(trial.ahead, signed(trial.ahead.value, unit)),
    )


COLUMNS: tuple[tuple[int, JustifyMethod], ...] = (
    *((16, "left"), (19, "left"), (16, "right"), (9, "right"), (PLOT, "left")),
)
"""Widths, 80 together with what is between."""

MATTERS = {
    "yes": "the answer depends on it",
    "no": "the answer stays",
    "unclear": "the data do not tell",
}


def _value(trial: Trial) -> str:
    return f"{trial.text} (baseline)" if trial.base and trial.text != AS_IT_IS else trial.text


def _either(trial: Trial) -> str:
    """The options that may be the best, the best mean first."""
    return " or ".join(sorted(trial.plausible, key=lambda name: name != trial.best))


def _quoted(name: str | None) -> str:
    """The name of an option within a sentence."""
    return f'"{name}"'


def _certain(difference: Interval, said: str) -> str:
    """In parentheses where not significant."""
    return f"({said})" if difference.low <= 0 <= difference.high else said


def _currency(result: Vary) -> str:
    return result.study.reference.scenario.currency


def _footnote(result: Vary) -> str:
    confidence = f"{100 * result.study.confidence:g} %"
    return (
        f"One input at a time, the others as they are; every value with {result.replications} "
        "replications of every option on the same customers. Lead: over the best of the others, "
        "| is none; in parentheses where not significant. Best: all that may be, by intervals that "
        f"hold together ({confidence})."
    )
