"""The parameters of a distribution, as a scenario says them: read, checked, told to editors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import Json, Reads
from sim.scenario.numbers import (
    NUMBER,
    SHAPES,
    parse_duration,
    parse_number,
    parse_shape,
    whole_number,
    within,
)

Scale = Callable[[object], float]
"""How a value of the distribution is read: as a duration or as an amount."""

COEFFICIENT_SCHEMA = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": rf"^{NUMBER}\s*%?$"}]
}


def read_parameters(said: object, readers: dict[str, Scale], *forms: str) -> dict[str, float]:
    """The parameters, which must be one of the forms allowed, such as `mean cv`."""
    if not isinstance(said, dict):
        raise Wrong(f"{shown(said)} is not a set of parameters; write {_forms(forms)}")
    wrong = Wrong()
    values: dict[str, float] = {}
    for name, one in said.items():
        if name not in readers:
            wrong.add("no parameter has this name" + meant(name, readers), name)
            continue
        values[name] = wrong.reading(readers[name], one, name)
    if not wrong.faults and set(values) not in [set(form.split()) for form in forms]:
        wrong.add(f"these parameters do not make a distribution; write {_forms(forms)}")
    wrong.raise_if_any()
    return values


def _forms(forms: tuple[str, ...]) -> str:
    return " or ".join("{" + ": ..., ".join(form.split()) + ": ...}" for form in forms)


def read_ascending(said: object, scale: Scale, *names: str) -> list[float]:
    """Values that do not fall, as a list or by name."""
    if isinstance(said, list) and len(said) == len(names):
        said = dict(zip(names, said, strict=True))
    elif not isinstance(said, dict):
        listed = {2: "[lowest, highest]"}.get(len(names), "[lowest, most likely, highest]")
        raise Wrong(f"{shown(said)} is not a range; write {listed}")
    found = read_parameters(said, dict.fromkeys(names, scale), " ".join(names))
    values = [found[name] for name in names]
    if values[0] > values[-1]:
        raise Wrong("the lowest value is higher than the highest")
    if values != sorted(values):
        raise Wrong("the most likely value does not lie between the lowest and the highest")
    return values


def coefficient_of(found: dict[str, float]) -> float:
    """The coefficient of variation, said as it is or as a standard deviation."""
    if "cv" in found:
        return found["cv"]
    cv, (low, high) = found["sd"] / found["mean"], SHAPES
    if not low <= cv <= high:
        raise Wrong(f"is {cv:g} times the mean; allowed: {low:g} to {high:,.0f} times", ("sd",))
    return cv


def more_than_zero(read: Scale) -> Scale:
    """The same reader, which refuses 0."""

    def positive(value: object) -> float:
        if (number := read(value)) <= 0:
            raise Wrong(f"{shown(value)} is not more than 0")
        return number

    return positive


def stages(value: object) -> float:
    """How many stages an Erlang distribution has."""
    return within(value, whole_number(value), 1, 1000)


def weibull_shape(value: object) -> float:
    """A shape of a Weibull distribution; `Wrong` below 0.1."""
    # below, Gamma(1 + 1/shape) soon leaves the range of numbers
    return within(value, parse_shape(value), 0.1, SHAPES[1])


def weibull_shape_of(cv: float) -> float:
    """The shape whose coefficient of variation is `cv`, by bisection: cv falls with shape."""

    def cv_of(shape: float) -> float:
        spread = math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)
        return math.sqrt(math.expm1(spread))

    low, high = 0.1, SHAPES[1]
    if not cv_of(high) <= cv <= cv_of(low):
        raise Wrong(
            f"{cv:g} is out of range; allowed: {cv_of(high):.2g} to {cv_of(low):.0f}", ("cv",)
        )
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if cv_of(middle) > cv else (low, middle)
    return (low + high) / 2


SHAPED = {
    **dict.fromkeys(("cv", "shape"), Reads(parse_shape, COEFFICIENT_SCHEMA)),
    "k": Reads(stages, {"type": "integer", "minimum": 1}),
}
"""Parameters that say a shape; the others are values of the distribution."""

TOO_SLOW = {"dpareto_lognorm", "gausshyper", "irwinhall", "levy_stable", "studentized_range"}
"""Families of which scipy needs 1 to 100 milliseconds for each value: hours for a busy week."""


def scipy_family(name: str) -> Any:
    """A continuous distribution of scipy.stats; `Wrong` if there is none that can be used."""
    import scipy.stats

    if name in TOO_SLOW:
        raise Wrong(
            f"scipy is too slow with {shown(name)} for thousands of contacts; choose another "
            "family, or list some hundred of its values as `empirical`",
            ("name",),
        )
    family = getattr(scipy.stats, name, None)
    if not isinstance(family, scipy.stats.rv_continuous):
        known = [
            one
            for one in dir(scipy.stats)
            if isinstance(getattr(scipy.stats, one, None), scipy.stats.rv_continuous)
            and one not in TOO_SLOW
        ]
        message = f"scipy.stats has no continuous distribution {shown(name)}"
        raise Wrong(message + meant(name, known), ("name",))
    return family


def signed_number(value: object) -> float:
    """A number that may be negative."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return -parse_number(-value)
    return parse_number(value)


def signed_duration(value: object) -> float:
    """A duration that may be negative: `-20 s`."""
    text = value.strip() if isinstance(value, str) else ""
    return -parse_duration(text[1:]) if text.startswith("-") else parse_duration(value)


def fields_schema(**named: Json) -> Json:
    """What an editor is told of parameters by name."""
    return {"type": "object", "properties": named, "additionalProperties": False}


def list_schema(*items: Json) -> Json:
    """What an editor is told of parameters in a list."""
    size = len(items)
    return {"type": "array", "prefixItems": [*items], "minItems": size, "maxItems": size}
