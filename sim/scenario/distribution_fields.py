"""Distributions as a file says them: `76 s`, `{exponential: 76 s}`, `{lognormal: {mean: ...}}`.

Durations carry units inside, amounts are plain numbers; otherwise both read alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic_core import core_schema

from sim.scenario.distributions import (
    CLASSES,
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Never,
    Scipy,
    Uniform,
    Weibull,
)
from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.numbers import (
    LARGEST,
    LONGEST,
    SHAPES,
    parse_amount,
    parse_duration,
    parse_number,
    parse_shape,
    parse_share,
    whole_number,
)

Scale = Callable[[object], float]  # how a value of the distribution is read: duration or amount

CLOSE = 1e-6  # shares add up to 100 % within this


class FromFile(tuple[float, ...]):
    """Values read from a file: already numbers in the unit of the distribution."""

    __slots__ = ()


def read_distribution(value: object, scale: Scale) -> Distribution:
    """Read a distribution, or raise `Wrong` with all that is wrong with it."""
    if isinstance(value, CLASSES):
        return value
    if value == "never":
        return Never()
    if not isinstance(value, dict):
        return Constant(scale(value))
    if len(value) != 1:
        raise Wrong("a distribution has one name, as in `{exponential: 76 s}`; allowed: " + _KINDS)
    [(kind, said)] = value.items()
    if kind not in READERS:
        raise Wrong("no distribution has this name" + meant(kind, READERS), (kind,))
    try:
        found = READERS[kind](said, scale)
        _within(found, scale)
    except Wrong as wrong:
        outer = Wrong()
        outer.inside(wrong, kind)
        raise outer from None
    return found


def _within(dist: Distribution, scale: Scale) -> None:
    """Wrong where what is kept lies beyond what may be said: it could not be read again.

    A mean may be made of a median and a spread, and values of a file are read as plain numbers.
    """
    kept = dist.values if isinstance(dist, Empirical) else ()
    kept += tuple(value for name, value in vars(dist).items() if name in ("mean", "scale"))
    if kept and max(kept) > (LONGEST if scale is parse_duration else LARGEST):
        limit = "a hundred years" if scale is parse_duration else f"{LARGEST:,.0f}"
        raise Wrong(f"comes to {max(kept):g}; allowed: up to {limit}")


# --- parameters -------------------------------------------------------------------------------


def _parameters(said: object, readers: dict[str, Scale], *forms: str) -> dict[str, float]:
    """The parameters, which must be one of the forms allowed, such as `mean cv`."""
    if not isinstance(said, dict):
        raise Wrong(f"{shown(said)} is not a set of parameters; write {_forms(forms)}")
    wrong = Wrong()
    values: dict[str, float] = {}
    for name, one in said.items():
        if name not in readers:
            wrong.add("no parameter has this name" + meant(name, readers), name)
            continue
        try:
            values[name] = readers[name](one)
        except Wrong as inner:
            wrong.inside(inner, name)
    if not wrong.faults and set(values) not in [set(form.split()) for form in forms]:
        wrong.add(f"these parameters do not make a distribution; write {_forms(forms)}")
    wrong.raise_if_any()
    return values


def _forms(forms: tuple[str, ...]) -> str:
    return " or ".join("{" + ": ..., ".join(form.split()) + ": ...}" for form in forms)


def _positive(read: Scale) -> Scale:
    def positive(value: object) -> float:
        number = read(value)
        if number <= 0:
            raise Wrong(f"{shown(value)} is not more than 0")
        return number

    return positive


def _stages(value: object) -> float:
    number = whole_number(value)
    if not 1 <= number <= 1000:
        raise Wrong(f"{shown(value)} is out of range; allowed: 1 to 1,000")
    return number


# --- one reader for each kind -----------------------------------------------------------------


def _constant(said: object, scale: Scale) -> Distribution:
    return Constant(scale(said))


def _exponential(said: object, scale: Scale) -> Distribution:
    if not isinstance(said, dict):
        return Exponential(_positive(scale)(said))
    return Exponential(_parameters(said, {"mean": _positive(scale)}, "mean")["mean"])


def _lognormal(said: object, scale: Scale) -> Distribution:
    readers = {"mean": _positive(scale), "cv": parse_shape, "median": _positive(scale)}
    found = _parameters(said, readers, "mean cv", "median cv")
    cv = found["cv"]
    if "median" in found:
        return Lognormal(found["median"] * math.sqrt(1 + cv * cv), cv)
    return Lognormal(found["mean"], cv)


def _gamma(said: object, scale: Scale) -> Distribution:
    positive = _positive(scale)
    readers = {"mean": positive, "cv": parse_shape, "shape": parse_shape, "scale": positive}
    found = _parameters(said, readers, "mean cv", "mean shape", "shape scale")
    if "cv" in found:
        return Gamma(found["mean"], found["cv"])
    shape = found["shape"]
    mean = found["mean"] if "mean" in found else shape * found["scale"]
    return Gamma(mean, 1 / math.sqrt(shape))


def _weibull(said: object, scale: Scale) -> Distribution:
    positive = _positive(scale)
    readers = {"mean": positive, "cv": parse_shape, "shape": _weibull_shape, "scale": positive}
    found = _parameters(said, readers, "mean cv", "mean shape", "scale shape")
    shape = found["shape"] if "shape" in found else _weibull_shape_of(found["cv"])
    if "scale" in found:
        return Weibull(found["scale"], shape)
    return Weibull(found["mean"] / math.gamma(1 + 1 / shape), shape)


def _weibull_shape(value: object) -> float:
    number = parse_shape(value)
    if number < 0.1:  # Gamma(1 + 1/shape) soon leaves the range of numbers
        raise Wrong(f"{shown(value)} is out of range; allowed: 0.1 to {SHAPES[1]:,.0f}")
    return number


def _weibull_shape_of(cv: float) -> float:
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


def _uniform(said: object, scale: Scale) -> Distribution:
    if isinstance(said, list) and len(said) == 2:
        said = {"low": said[0], "high": said[1]}
    elif not isinstance(said, dict):
        raise Wrong(f"{shown(said)} is not a range; write [lowest, highest]")
    found = _parameters(said, {"low": scale, "high": scale}, "low high")
    if found["low"] > found["high"]:
        raise Wrong("the lowest value is higher than the highest")
    return Uniform(found["low"], found["high"])


def _erlang(said: object, scale: Scale) -> Distribution:
    found = _parameters(said, {"mean": _positive(scale), "k": _stages}, "mean k")
    return Erlang(found["mean"], int(found["k"]))


def _mixture(said: object, scale: Scale) -> Distribution:
    if not isinstance(said, list) or not said:
        raise Wrong(f"{shown(said)} is not a list; write [[30 %, ...], [70 %, ...]]")
    wrong = Wrong()
    parts: list[tuple[float, Distribution]] = []
    for place, pair in enumerate(said):
        if not isinstance(pair, list) or len(pair) != 2:
            wrong.add("a part of a mixture is a share and a distribution: [30 %, ...]", place)
            continue
        share = _noting(wrong, parse_share, pair[0], place, 0)
        part = _noting(wrong, partial(read_distribution, scale=scale), pair[1], place, 1)
        if share is not None and part is not None:
            parts.append((share, part))
    total = math.fsum(share for share, _ in parts)
    if not wrong.faults and abs(total - 1) > CLOSE:
        wrong.add(f"the shares add up to {100 * total:g} %, not 100 %")
    wrong.raise_if_any()
    return Mixture(tuple(parts))


def _noting(wrong: Wrong, read: Callable[[Any], Any], value: object, *path: str | int) -> Any:
    """What `read` makes of a value, or None after noting what is wrong with it."""
    try:
        return read(value)
    except Wrong as inner:
        wrong.inside(inner, *path)
        return None


def _empirical(said: object, scale: Scale) -> Distribution:
    if isinstance(said, FromFile):
        return Empirical(tuple(map(parse_number, said)))
    if not isinstance(said, list) or not said:
        raise Wrong(
            f"{shown(said)} is not a list of values; write a list or the name of a CSV file"
        )
    wrong = Wrong()
    values = [_noting(wrong, scale, one, place) for place, one in enumerate(said)]
    wrong.raise_if_any()
    return Empirical(tuple(values))


def _scipy(said: object, scale: Scale) -> Distribution:
    duration = scale is parse_duration
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        example = "{name: burr12, c: 2, d: 1, scale: 100" + (" s}" if duration else "}")
        raise Wrong(f"write the name and the parameters, as in {example}")
    family = _scipy_family(said["name"])
    shapes = [] if family.shapes is None else [one.strip() for one in family.shapes.split(",")]
    readers: dict[str, Scale] = {**dict.fromkeys(shapes, _signed), "loc": _signed, "scale": scale}
    if duration:
        readers["loc"] = _signed_duration
    wrong = Wrong()
    found: dict[str, float] = {}
    for name, one in said.items():
        if name == "name":
            continue
        if name not in readers:
            wrong.add("no parameter has this name" + meant(name, ["name", *readers]), name)
            continue
        value = _noting(wrong, readers[name], one, name)
        found[name] = 0.0 if value is None else value
    wrong.faults += [((), f"`{name}` is missing") for name in shapes if name not in said]
    if duration and "scale" not in said:
        wrong.add("is missing; say the unit of the times with it: `scale: 1 s`", "scale")
    wrong.raise_if_any()
    dist = Scipy(said["name"], tuple(sorted(found.items())))
    _check_support(dist)
    return dist


def _signed_duration(value: object) -> float:
    """A duration that may be negative: `-20 s`."""
    text = value.strip() if isinstance(value, str) else ""
    return -parse_duration(text[1:]) if text.startswith("-") else parse_duration(value)


def _scipy_family(name: str) -> Any:
    import scipy.stats

    family = getattr(scipy.stats, name, None)
    if not isinstance(family, scipy.stats.rv_continuous):
        known = [
            one
            for one in dir(scipy.stats)
            if isinstance(getattr(scipy.stats, one, None), scipy.stats.rv_continuous)
        ]
        message = f"scipy.stats has no continuous distribution {shown(name)}"
        raise Wrong(message + meant(name, known), ("name",))
    return family


def _signed(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return -parse_number(-value)
    return parse_number(value)


def _check_support(dist: Scipy) -> None:
    low, _ = dist.frozen().support()
    if math.isnan(low):
        raise Wrong("scipy does not accept these parameters")
    if low < 0:
        raise Wrong("values may be negative; shift them with `loc` or choose another distribution")


READERS: dict[str, Callable[[object, Scale], Distribution]] = {
    "constant": _constant,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "uniform": _uniform,
    "erlang": _erlang,
    "mixture": _mixture,
    "empirical": _empirical,
    "scipy": _scipy,
}
_KINDS = ", ".join(READERS)
KINDS = frozenset(READERS) | {"never"}


# --- field types ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadsDistribution:
    """Annotation: a distribution of durations or of amounts."""

    scale: Scale
    word: str | None = None  # a word that stands for itself

    words: ClassVar = tuple(sorted(KINDS))  # that a distribution begins with
    key_is: ClassVar = "channel or distribution"

    def read(self, value: object) -> Any:
        """Read it, and check it against the kind of value."""
        if self.word is not None and value == self.word:
            return value
        found = read_distribution(value, self.scale)
        if isinstance(found, Never) and self.scale is not parse_duration:
            raise Wrong("an amount cannot be `never`")
        return found

    @staticmethod
    def is_value(value: dict[str, Any]) -> bool:
        """Whether a mapping says a distribution, rather than one for each channel."""
        return any(key in KINDS for key in value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        from sim.scenario.json_schema import distribution_schema

        return distribution_schema(self.scale is parse_duration, self.word)


DurationDist = Annotated[Distribution, ReadsDistribution(parse_duration)]
WindowDist = Annotated[Distribution | str, ReadsDistribution(parse_duration, "patience")]
AmountDist = Annotated[Distribution, ReadsDistribution(parse_amount)]
