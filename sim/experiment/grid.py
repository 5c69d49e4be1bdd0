"""The values that are gone over: how they are given, their order, and what they are as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from sim.experiment.border import list_of
from sim.experiment.study import Factor
from sim.options import OPTIONS, pairs_of
from sim.scenario import Scenario
from sim.scenario.faults import ScenarioError, Wrong, shown
from sim.scenario.numbers import NUMBER
from sim.scenario.quantities import numbers_of
from sim.scenario.source import read_value
from sim.scenario.write import flow_text

MOST_VALUES = 400
"""In one range."""

RANGE_LIMITS = 1e-9, 1e15
"""The least and the largest number that a range is made of, besides 0."""

_AMOUNT = rf"([+-]?{NUMBER})\s*(per [a-z]+|[^\W\d_]+|%)?"
_RANGE = re.compile(rf"{_AMOUNT}\s*\.\.\s*{_AMOUNT}\s+step\s+{_AMOUNT}")
_STEPLESS = re.compile(rf"{_AMOUNT}\s*\.\.\s*{_AMOUNT}")


def at_all_hours(scenario: Scenario, path: str, texts: Sequence[str]) -> str | None:
    """What is wrong with numbers in place of the times at which a pool has people.

    They would silently staff it round the clock. None where nothing is.
    """
    top, _, rest = path.partition(".")
    name, _, field = rest.rpartition(".")
    pool = scenario.pools.get(name) if (top, field) == ("pools", "agents") else None
    bare = [text for text in texts if re.fullmatch(NUMBER, text)]
    if pool is None or not bare:
        return None
    lines = [str(line) for line in pool.agents if str(line) != "daily"]
    if not lines:
        return None
    return (
        f"`{path}={bare[0]}` means {bare[0]} people at all hours; to change a line write "
        f'"{path}.{lines[0]}={",".join(texts)}"'
    )


@dataclass(frozen=True)
class Axis:
    """The values of one factor, ascending if they are numbers, else in the order given.

    Attributes:
        path: dotted path of what is set.
        texts: the values as written.
        numbers: the same in `unit`; None if they are no numbers of one kind.
        unit: `%`, a unit of time, such as `per week`, or empty for plain numbers.
    """

    path: str
    texts: tuple[str, ...]
    numbers: tuple[float, ...] | None = None
    unit: str = ""

    @classmethod
    def of(cls, path: str, texts: tuple[str, ...]) -> Axis:
        """The axis of these values.

        Raises:
            Wrong: for a range that says no steps, fewer than two values, or the same value twice.
        """
        for text in texts:
            _refuse_range(text)
        if len(texts) < 2:
            raise Wrong(f"`{path}` needs at least two values, as in `10,20`")
        numbers, unit = numbers_of(texts)
        if numbers is not None:
            order = sorted(range(len(texts)), key=numbers.__getitem__)
            texts = tuple(texts[place] for place in order)
            numbers = tuple(numbers[place] for place in order)
        keys: tuple[object, ...] = numbers or texts
        for place in range(1, len(keys)):
            if keys[place] in keys[:place]:
                raise Wrong(f"`{path}` has the value {shown(texts[place])} twice")
        return cls(path, texts, numbers, unit)

    @property
    def per(self) -> str:
        """What one unit is called: `point` of a share, `min`, or nothing for plain numbers."""
        return {"%": "point"}.get(self.unit, self.unit)


# --- how they are given -----------------------------------------------------------------------


def factors_said(values: Mapping[str, str | Sequence[object]]) -> tuple[Factor, ...]:
    """The factors of values by path; errors as of `factor_of`."""
    return tuple(factor_of(path, said) for path, said in values.items())


def factors_given(texts: Iterable[str]) -> tuple[Factor, ...]:
    """The factors of texts as `--set` takes them: `path=value, value`.

    Raises:
        ValueError: for a text of another form, or a path given twice.
        Wrong: as `factor_of`.
    """
    return factors_said(pairs_of(OPTIONS["values"], texts))


def factor_of(path: str, values: str | Sequence[object]) -> Factor:
    """The factor of plain values, of steps among them, or of a text as on the command line.

    A text is a list of whatever can stand at the path: `0, 2, 4`, `10 %, 20 %`, `0..120 step 20`,
    `{exponential: 60 s}, never`.

    Raises:
        TypeError: for anything else.
        Wrong: if a text is not understood; as `in_steps`.
    """
    said = _listed(values) if isinstance(values, str) else list_of(path, values)
    plain = [value.item() if isinstance(value, np.generic) else value for value in said]
    return Factor(path, tuple(flow_text(one) for value in plain for one in in_steps(value)))


def _listed(text: str) -> list[Any]:
    try:
        found: list[Any] = read_value(f"[{text}]", "", []).plain()
    except ScenarioError as error:
        raise Wrong(f"{shown(text)}: {error.faults[0].message}") from None
    return found


def first_of(text: str) -> str:
    """The value that a range without steps begins with; any other text is one value itself."""
    found = _STEPLESS.fullmatch(_bare(text))
    return f"{found[1]} {found[2] or found[4] or ''}".strip() if found else text


def _refuse_range(text: str) -> None:
    """Wrong for what looks like a range, yet does not say which values are in it."""
    bare = _bare(text)
    if ".." not in bare or not bare[0].isdigit():
        return
    found = _STEPLESS.fullmatch(bare)
    if found is None:
        raise Wrong(
            f"{shown(bare)} is not understood; a range is written `0..120 step 20`, "
            "`30..90 step 15 s` or `1500..2100 per week step 300 per week`, or list the values "
            "one by one"
        )
    first, last = (_decimal(found[group]) for group in (1, 3))
    unit = found[4] or found[2]
    if last <= first:
        upwards = f"{found[3]}..{found[1]} step {_measured('1', unit)}"
        raise Wrong(f"{shown(bare)} goes nowhere; write it upwards and with a step: `{upwards}`")
    raise Wrong(f"{shown(bare)} says no step; write `{bare} step {_measured('1', unit)}`")


def _bare(text: str) -> str:
    """A text of a scenario file without its quotes."""
    value = read_value(text, "", []).plain()
    return " ".join((value if isinstance(value, str) else text).split())


def _measured(amount: str, unit: str | None) -> str:
    return f"{amount} {unit}" if unit else amount


def in_steps(value: object) -> list[Any]:
    """The values that `0..120 step 20`, `10 %..50 % step 10 %` or `30..90 step 15 s` stands for.

    Volumes too: `1500..2100 per week step 300 per week`.

    Anything else stands for itself. The last value is one that the steps reach.

    Raises:
        Wrong: for a range of no or too many values, or with different units.
    """
    found = _RANGE.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if found is None:
        return [value]
    first, last, step = (_decimal(found[group]) for group in (1, 3, 5))
    units = {found[group] for group in (2, 4, 6)} - {None}
    if len(units) > 1:
        raise Wrong(f"{shown(value)} has more than one unit: {', '.join(sorted(units))}")
    if step <= 0 or last <= first:
        raise Wrong(f"{shown(value)} goes nowhere; write it upwards, as in `0..120 step 20`")
    steps = (last - first) / step
    if steps >= MOST_VALUES:
        raise Wrong(f"{shown(value)} has {int(steps) + 1:,} values; allowed: up to {MOST_VALUES}")
    unit = f" {units.pop()}" if units else ""
    texts = [f"{first + place * step:f}{unit}" for place in range(int(steps) + 1)]
    return [read_value(one, "", []).plain() for one in texts]


def _decimal(text: str) -> Decimal:
    """A number of a range, exactly; Wrong beyond `RANGE_LIMITS`, where it could have any length."""
    least, most = RANGE_LIMITS
    amount = abs(float(text))
    digits = text.lower().partition("e")[0].strip("+-0.")
    if amount > most or (digits and amount < least):
        raise Wrong(f"{shown(text)} is no number for a range; allowed: {least:g} to {most:g}, or 0")
    return Decimal(text)
