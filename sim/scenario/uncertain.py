"""What is not known well: inputs of a scenario, and what they may be.

`uncertain:` names inputs by dotted path, each with a prior: a range, a distribution, or values that
are equally likely. A file holds joint draws instead, as a fit writes them. A scenario is run with
the values that it says; studies vary what is uncertain.
"""

# ruff: noqa: RUF012 - defaults of parts are never changed, as parts are not

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Annotated, Any, ClassVar

from sim.scenario.distributions import FAMILIES, Distribution, Uniform, read_distribution
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import Json, Parts, Reads
from sim.scenario.numbers import NUMBER, plain_number
from sim.scenario.part import Part
from sim.scenario.quantities import numbers_of_plain

FILE = "file"
"""In place of a path: the file of joint draws."""

DRAWS = "draws"
"""In place of a path: what such a file holds, path -> values, one a draw."""

ALSO, RANGE, VALUES = "also", "range", "values"

PRIORS = (*("uniform", "triangular", "pert", "lognormal", "gamma", "weibull"), "exponential")
"""The distributions that a prior may be."""

WRITE = (
    "write a range, `1 % to 6 %`, a distribution, `{pert: [1 %, 2 %, 6 %]}`, or a list of values"
)

BEYOND = 0.001
"""Of a distribution without bounds so much at each end is taken as its last value."""

ENDS = 0.025
"""Its ends, where one value at each end is tried, leave out so much."""

MOST_DRAWS = 10_000

MOST_PATHS = 500
"""Paths of all inputs, those named in `also` among them."""

HEAD_COUNT = re.compile(r"pools\.[^.]+\.agents(\.|$)")

_TO = re.compile(r"\sto\s")
_BARE = re.compile(NUMBER)
_UNIT = re.compile(rf"{NUMBER}\s*([^\d]*)")


@dataclass(frozen=True)
class Prior:
    """What one input may be.

    Attributes:
        said: as written, without `also`.
        distribution: of the values, as numbers of the unit; None for a list of values.
        unit: `%`, a unit of time, such as `per week`, or nothing.
        values: equally likely ones, if there is a list of them.
        also: other paths that have the same value.
        whole: whether only whole numbers will do.
    """

    said: Any
    distribution: Distribution | None = None
    unit: str = ""
    values: tuple[Any, ...] = ()
    also: tuple[str, ...] = ()
    whole: bool = False

    @classmethod
    def read(cls, said: object) -> Prior:
        """Read `1 % to 6 %`, `{uniform: [40 %, 90 %]}`, `[2, 4]`, `{range: ..., also: [...]}`."""
        if isinstance(said, Prior):
            return said
        if not isinstance(said, dict):
            return cls._of(said)
        also = said.get(ALSO, [])
        if not isinstance(also, list) or not all(isinstance(one, str) and one for one in also):
            raise Wrong("is a list of paths that have the same value", (ALSO,))
        rest = {key: one for key, one in said.items() if key != ALSO}
        [named] = rest if len(rest) == 1 else [""]
        return replace(cls._of(rest[named] if named in (RANGE, VALUES) else rest), also=tuple(also))

    @classmethod
    def _of(cls, said: Any) -> Prior:
        if isinstance(said, list):
            if len(said) < 2:
                raise Wrong(f"needs at least two values; {WRITE}")
            return cls(said, values=tuple(said))
        if isinstance(said, dict):
            return cls._distribution(said)
        ends = _TO.split(said.strip(), maxsplit=1) if isinstance(said, str) else []
        if len(ends) < 2:
            raise Wrong(f"{shown(said)} is not a range; {WRITE}")
        low, high = map(str.strip, ends)
        return replace(cls._distribution({Uniform.name: list(_ends(low, high))}), said=said)

    @classmethod
    def _distribution(cls, said: dict[str, Any]) -> Prior:
        if len(said) != 1:
            raise Wrong(f"is not one distribution; {WRITE}")
        [named] = said
        if named not in PRIORS:
            raise Wrong("no distribution of an input has this name" + meant(named, PRIORS))
        written: list[Any] = []

        def note(value: object) -> float:
            written.append(value)
            return 1.0

        FAMILIES[named].read(said[named], note)
        numbers, unit = numbers_of_plain(tuple(written))
        bare = [one for one in written if not isinstance(one, str) and one != 0]
        if numbers is None or (unit and bare):
            raise Wrong(f"{_listed(written)} are not numbers of one kind; {WRITE}", (named,))
        left = iter(numbers)
        found = read_distribution(said, lambda _: next(left))
        if isinstance(found, Uniform) and found.low == found.high:
            raise Wrong("says one value only; leave it out if it is known", (named,))
        return cls(said, found, unit)

    def plain(self) -> Any:
        """As a file says it."""
        if not self.also:
            return self.said
        said = self.said
        if not isinstance(said, dict):
            said = {VALUES if isinstance(said, list) else RANGE: said}
        return {**said, ALSO: list(self.also)}

    # --- values -------------------------------------------------------------------------------

    def value(self, number: float) -> Any:
        """A number of the prior as a value that can stand at the path."""
        low, high = self.bounds
        number = min(max(number, low), high)
        if self.whole:
            return round(number)
        if not self.unit:
            return plain_number(number)
        return f"{plain_number(float(f'{number:.12g}'))!r} {self.unit}"

    @property
    def tried(self) -> tuple[Any, ...]:
        """The values that are tried one at a time: low, middle and high, or all of a list."""
        if self.distribution is None:
            return self.values
        low, middle, high = (quantile(self.distribution, part) for part in (ENDS, 0.5, 1.0 - ENDS))
        bounds = bounds_of(self.distribution)
        ends = bounds if bounds is not None else (low, high)
        found = [self.value(float(f"{one:.4g}")) for one in (ends[0], middle, ends[1])]
        return tuple(dict.fromkeys(found))

    @property
    def ends(self) -> tuple[Any, ...]:
        """The first and the last value that it may be, or all of a list."""
        return self.values if self.distribution is None else tuple(map(self.value, self.bounds))

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest number."""
        assert self.distribution is not None
        found = bounds_of(self.distribution)
        if found is not None:
            return found
        return quantile(self.distribution, BEYOND), quantile(self.distribution, 1.0 - BEYOND)


def _ends(low: str, high: str) -> tuple[str, str]:
    """Both with a unit: `1 to 6 %` is from 1 % on."""
    unit = _UNIT.fullmatch(high)
    if _BARE.fullmatch(low) and unit is not None and unit[1]:
        low = f"{low} {unit[1]}"
    return _number_or_text(low), _number_or_text(high)


def _number_or_text(text: str) -> Any:
    return float(text) if _BARE.fullmatch(text) else text


def _listed(values: list[Any]) -> str:
    return " and ".join(shown(one) for one in values)


def bounds_of(dist: Distribution | None) -> tuple[float, float] | None:
    """The least and the largest value of a distribution that has both."""
    low, high = getattr(dist, "low", None), getattr(dist, "high", None)
    return None if low is None or high is None else (float(low), float(high))


def quantile(dist: Distribution, share: float) -> float:
    """The value below which a share of a distribution lies, by bisection."""
    import numpy as np

    def below(x: float) -> float:
        return 1.0 - float(dist.survival(np.array([x]))[0])

    low, high = 0.0, max(dist.expectation(), 1e-9)
    while below(high) < share:
        low, high = high, 2.0 * high
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2.0


# --- the field --------------------------------------------------------------------------------


def _path(value: object) -> str:
    if not isinstance(value, str) or not all(step.strip() for step in value.split(".")):
        raise Wrong(f"{shown(value)} is not a path, as `pools.team.presence`")
    return value


def _column(value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise Wrong(f"{shown(value)} is not a list of values, one a draw")
    if len(value) > MOST_DRAWS:
        raise Wrong(f"has {len(value):,} draws; allowed: up to {MOST_DRAWS:,}")
    return tuple(value)


PRIOR_SCHEMA: dict[str, Any] = {
    "description": "What an input may be: `1 % to 6 %`, `{pert: [1 %, 2 %, 6 %]}`, [2, 4].",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "minItems": 2},
        {"type": "object", "minProperties": 1},
    ],
}
InputPath = Annotated[str, Reads(_path, {"type": "string", "minLength": 1})]
InputPrior = Annotated[Prior, Reads(Prior.read, PRIOR_SCHEMA)]
Column = Annotated[tuple[Any, ...], Reads(_column, {"type": "array"})]


class Uncertain(Part):
    """Inputs that are not known well, and what they may be."""

    inputs: dict[InputPath, InputPrior] = {}
    draws: dict[InputPath, Column] = {}  # joint: the k-th values of all belong together

    inline: ClassVar = "inputs"

    @classmethod
    def json_schema(cls, parts: Parts) -> Json:  # noqa: ARG003 - it holds none
        """Paths and their priors side by side, as a file says them; `null` removes one."""
        return {
            "type": "object",
            "description": "What is not known well: dotted path -> what it may be.",
            "properties": {FILE: {"type": "string"}, DRAWS: {"type": "object"}},
            "additionalProperties": {"anyOf": [*PRIOR_SCHEMA["anyOf"], {"type": "null"}]},
        }

    def plain(self) -> dict[str, Any]:
        """In the words of a file."""
        said: dict[str, Any] = {path: prior.plain() for path, prior in self.inputs.items()}
        if self.draws:
            said[DRAWS] = {path: list(values) for path, values in self.draws.items()}
        return said

    def inconsistencies(self, wrong: Wrong) -> None:
        for path in self.inputs.keys() & self.draws.keys():
            wrong.add("the file has draws of it too; say one of them", path)
        if len({len(values) for values in self.draws.values()}) > 1:
            wrong.add("all inputs need equally many draws", DRAWS)
        paths = [*self.inputs, *(one for prior in self.inputs.values() for one in prior.also)]
        if len(paths) > MOST_PATHS:
            wrong.add(f"names {len(paths):,} paths in all; allowed: up to {MOST_PATHS}")
            return
        for path in {one for one in paths if paths.count(one) > 1}:
            wrong.add("is named twice", path)

    def __bool__(self) -> bool:
        return bool(self.inputs or self.draws)

    def without(self, paths: Iterable[str]) -> Uncertain:
        """The same without what stands at some paths, below or above one of them."""
        decided = [path.split(".") for path in paths]

        def stays(*said: str) -> bool:
            steps = [one.split(".") for one in said]
            pairs = product(steps, decided)
            return not any(all(a == b for a, b in zip(*two, strict=False)) for two in pairs)

        inputs = {path: one for path, one in self.inputs.items() if stays(path, *one.also)}
        draws = {path: one for path, one in self.draws.items() if stays(path)}
        return self.model_copy(update={"inputs": inputs, "draws": draws})

    @property
    def paths(self) -> list[str]:
        """All inputs."""
        return [*self.inputs, *self.draws]


NOTHING = Uncertain()

Tried = Callable[[dict[str, Any]], list[tuple[str, str]]]
"""What is wrong, as path and message, with a scenario in which values stand at dotted paths."""


def checked(said: Uncertain, wrong_with: Tried, wrong: Wrong) -> Uncertain:
    """The same, knowing which inputs are whole numbers, after trying what they may be.

    Args:
        said: what the scenario calls uncertain.
        wrong_with: tries values.
        wrong: what is wrong with them is noted here, by the path of the input.
    """
    inputs = {
        path: replace(prior, whole=_whole(path, prior, wrong_with))
        for path, prior in said.inputs.items()
    }
    for path, prior in inputs.items():
        if prior.whole and not all(one.is_integer() for one in bounds_of(prior.distribution) or ()):
            wrong.add("not a whole number at its ends, and nothing else will do here", path)
    for pick in (0, -1):
        _try_all(inputs, pick, wrong_with, wrong)
    _try_draws(said.draws, TRIED, wrong_with, wrong)
    return said.model_copy(update={"inputs": inputs})


def checked_again(said: Uncertain, wrong_with: Tried, wrong: Wrong) -> None:
    """Whether values can stand at the same paths in what is tried with `wrong_with`.

    Args: as for `checked`, from which `said` comes.
    """
    _try_all(said.inputs, 0, wrong_with, wrong)
    _try_draws(said.draws, 1, wrong_with, wrong)


def _try_all(inputs: dict[str, Prior], pick: int, wrong_with: Tried, wrong: Wrong) -> None:
    """All inputs together at their first or last values; only if that is wrong one by one."""
    values = {path: prior.ends[pick] for path, prior in inputs.items()}
    at = {place: values[path] for path in inputs for place in (path, *inputs[path].also)}
    if not wrong_with(at):
        return
    before = len(wrong.faults)
    for path, value in values.items():
        _try(path, inputs[path].also, value, wrong_with, wrong)
    if len(wrong.faults) == before:
        end = "last" if pick else "first"
        for _, message in wrong_with(at):
            wrong.add(f"all inputs together at their {end} values: {message}")


def _try_draws(
    draws: dict[str, tuple[Any, ...]], many: int, wrong_with: Tried, wrong: Wrong
) -> None:
    for row in _some(draws, many):
        found = wrong_with(row)
        for where, message in found:
            wrong.add(f"in the draws: {message}", where if where in draws else DRAWS)
        if found:
            return


def _whole(path: str, prior: Prior, wrong_with: Tried) -> bool:
    """Whether a number that is not whole will not do; what is not known of people is whole ones."""
    if prior.distribution is None or prior.unit:
        return False
    if HEAD_COUNT.match(path):
        return True
    between = prior.value(int(quantile(prior.distribution, 0.5)) + 0.5)
    return any("not a whole number" in message for _, message in wrong_with({path: between}))


def _try(path: str, also: tuple[str, ...], value: Any, wrong_with: Tried, wrong: Wrong) -> None:
    found = wrong_with(dict.fromkeys((path, *also), value))
    for where, message in dict.fromkeys(found):
        here = "" if where in ("", path) else f"{where}: "
        wrong.add(f"at {shown(value)}: {here}{message}", path)


TRIED = 20


def _some(draws: dict[str, tuple[Any, ...]], few: int) -> list[dict[str, Any]]:
    """So few of the draws, evenly among all: path -> value."""
    if not draws:
        return []
    many = min(len(values) for values in draws.values())
    places = sorted({round(k * (many - 1) / max(few - 1, 1)) for k in range(few)})
    return [{path: values[place] for path, values in draws.items()} for place in places]
