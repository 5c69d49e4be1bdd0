"""The distributions that a scenario can name: each family in one class, with all there is to it.

A family says how it is read and written, what an editor is told, its mean, how it is drawn, and
what share lies above a value. Durations are seconds, amounts plain numbers; `cv` is the standard
deviation over the mean. Numpy and scipy are imported when a family first needs them: to check a
file needs neither.
"""

# ruff: noqa: ARG002, ARG003 - every family is asked alike, and needs not all of it

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from sim.scenario.faults import Wrong, meant, shown
from sim.scenario.fields import Json
from sim.scenario.numbers import (
    LARGEST,
    LONGEST,
    SHARE_SCHEMA,
    parse_duration,
    parse_number,
    parse_share,
    plain_number,
    share_text,
)
from sim.scenario.parameters import (
    SHAPED,
    Scale,
    coefficient_of,
    fields_schema,
    list_schema,
    more_than_zero,
    read_ascending,
    read_parameters,
    scipy_family,
    signed_duration,
    signed_number,
    weibull_shape,
    weibull_shape_of,
)

if TYPE_CHECKING:
    from sim.tables import Floats

Text = Callable[[float], Any]
"""How a value is written."""

Variates: TypeAlias = tuple[str, float]
"""Which standard variates: the name of numpy's generator method, and its shape (0: none)."""

UNIFORM: Variates = ("random", 0.0)
CLOSE = 1e-6  # shares add up to 100 % within this
FEW = 20  # values of a distribution that are written one by one, with units


class FromFile(tuple[float, ...]):
    """Values read from a file: already numbers in the unit of the distribution."""

    __slots__ = ()


IN_UNITS = {"mean", "scale", "low", "mode", "high"}
"""Parameters that are times or amounts; the others are plain numbers."""


class Distribution(ABC):
    """A distribution, with its parameters.

    Attributes:
        name: that a file calls it by.
        standard: the standard variates of the family.
    """

    name: ClassVar[str]
    standard: ClassVar[Variates | None] = UNIFORM

    @abstractmethod
    def expectation(self) -> float:
        """The mean; infinite where there is none."""

    def variates(self) -> Variates | None:
        """The standard variates that values are made of.

        None where values are of no chance, or of several. Members of a family share them, so that
        who is slow at a mean of 3 minutes is as slow, in proportion, at 5.
        """
        return self.standard

    @abstractmethod
    def fill(self, variates: Floats, out: Floats) -> None:
        """Make values of the standard variates; `out` may be the same array."""

    @abstractmethod
    def survival(self, x: Floats) -> Floats:
        """P(X > x), element by element, for x >= 0."""

    def plain(self, text: Text) -> Any:
        """Its parameters as they are written, values by `text`."""
        return {
            name: text(one) if name in IN_UNITS else plain_number(one)
            for name, one in vars(self).items()
        }

    def written(self, text: Text) -> Any:
        """The distribution in the words of a file."""
        return {self.name: self.plain(text)}


class Family(Distribution):
    """A distribution that a file calls by its name."""

    @classmethod
    @abstractmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        """What stands behind the name in a file; Wrong with all that is wrong with it."""

    @classmethod
    @abstractmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        """The JSON Schema of that. `scale` is that of a value, `itself` that of a distribution."""


# --- of no chance -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant(Family):
    """Always the same value."""

    value: float
    name = "constant"
    standard = None

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        return cls(scale(said))

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        return scale

    def written(self, text: Text) -> Any:
        return text(self.value)

    def expectation(self) -> float:
        return self.value

    def fill(self, variates: Floats, out: Floats) -> None:
        out.fill(self.value)

    def survival(self, x: Floats) -> Floats:
        return _above(self.value, x)


@dataclass(frozen=True)
class Never(Constant):
    """It never happens: an infinite time."""

    value: float = math.inf
    name = "never"

    def written(self, text: Text) -> Any:
        return self.name


# --- by mean and shape ------------------------------------------------------------------------


class _ByName(Family):
    """A family whose parameters are said by name.

    Attributes:
        parameters: all that may be said; forms: which of them make a distribution.
        own: how a parameter is read that others of this name are not.
    """

    parameters: ClassVar[tuple[str, ...]]
    forms: ClassVar[tuple[str, ...]]
    own: ClassVar[dict[str, Scale]] = {}

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        value = more_than_zero(scale)
        shapes = {name: one.read for name, one in SHAPED.items()} | cls.own
        readers = {name: shapes.get(name, value) for name in cls.parameters}
        return cls.of(read_parameters(said, readers, *cls.forms))

    @classmethod
    @abstractmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        """The distribution of one of the forms."""

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        shapes = {name: one.schema for name, one in SHAPED.items()}
        return fields_schema(**{name: shapes.get(name, scale) for name in cls.parameters})


@dataclass(frozen=True)
class _ByMean(_ByName):
    """One of them that keeps its mean."""

    mean: float

    def expectation(self) -> float:
        return self.mean


@dataclass(frozen=True)
class Exponential(_ByMean):
    """Exponential."""

    name = "exponential"
    standard = ("standard_exponential", 0.0)
    parameters = ("mean",)
    forms = ("mean",)

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        return super().read(said if isinstance(said, dict) else {"mean": said}, scale)

    @classmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        return cls(found["mean"])

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        return {"anyOf": [scale, super().schema(scale, itself)]}

    def plain(self, text: Text) -> Any:
        return text(self.mean)

    def fill(self, variates: Floats, out: Floats) -> None:
        _np().multiply(variates, self.mean, out=out)

    def survival(self, x: Floats) -> Floats:
        return _array(_np().exp(-x / self.mean))


@dataclass(frozen=True)
class Lognormal(_ByMean):
    """Lognormal, by the mean and cv of the value itself (not of its logarithm)."""

    cv: float
    name = "lognormal"
    standard = ("standard_normal", 0.0)
    parameters = ("mean", "cv", "sd", "median")
    forms = ("mean cv", "mean sd", "median cv")

    @classmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        cv = coefficient_of(found)
        mean = found["mean"] if "mean" in found else found["median"] * math.sqrt(1 + cv * cv)
        return cls(mean, cv)

    def fill(self, variates: Floats, out: Floats) -> None:
        np, variance = _np(), math.log1p(self.cv * self.cv)
        np.multiply(variates, math.sqrt(variance), out=out)
        np.subtract(out, variance / 2, out=out)
        np.exp(out, out=out)
        np.multiply(out, self.mean, out=out)

    def survival(self, x: Floats) -> Floats:
        from scipy.special import ndtr

        np, variance = _np(), math.log1p(self.cv * self.cv)
        if variance == 0:
            return _above(self.mean, x)
        with np.errstate(divide="ignore"):
            standard = (np.log(x / self.mean) + variance / 2) / math.sqrt(variance)
        return _array(1.0 - ndtr(standard))


class _Gamma(_ByMean):
    """Gamma: as so many stages as its shape says, each as long as its scale; 0: no chance."""

    @property
    @abstractmethod
    def stages(self) -> tuple[float, float]:
        """Shape and scale."""

    def variates(self) -> Variates | None:
        """Those of its own shape."""
        shape, _ = self.stages
        return ("standard_gamma", shape) if shape else None

    def fill(self, variates: Floats, out: Floats) -> None:
        shape, scale = self.stages
        if shape:
            _np().multiply(variates, scale, out=out)
        else:
            out.fill(self.mean)

    def survival(self, x: Floats) -> Floats:
        from scipy.special import gammaincc

        shape, _ = self.stages
        return _array(gammaincc(shape, x * shape / self.mean)) if shape else _above(self.mean, x)


@dataclass(frozen=True)
class Gamma(_Gamma):
    """Gamma; its shape is 1 / cv²."""

    cv: float
    name = "gamma"
    parameters = ("mean", "cv", "sd", "shape", "scale")
    forms = ("mean cv", "mean sd", "mean shape", "shape scale")

    @classmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        if "shape" not in found:
            return cls(found["mean"], coefficient_of(found))
        shape = found["shape"]
        mean = found["mean"] if "mean" in found else shape * found["scale"]
        return cls(mean, 1 / math.sqrt(shape))

    @property
    def stages(self) -> tuple[float, float]:
        """Shape and scale."""
        return (1.0 / (self.cv * self.cv) if self.cv else 0.0), self.mean * self.cv * self.cv


@dataclass(frozen=True)
class Erlang(_Gamma):
    """The sum of k equal exponential stages."""

    k: int
    name = "erlang"
    parameters = ("mean", "k")
    forms = ("mean k",)

    @classmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        return cls(found["mean"], int(found["k"]))

    @property
    def stages(self) -> tuple[float, float]:
        """So many, and the mean of each."""
        return float(self.k), self.mean / self.k


@dataclass(frozen=True)
class Weibull(_ByName):
    """Weibull: P(X > x) = exp(-(x / scale)^shape)."""

    scale: float
    shape: float
    name = "weibull"
    standard = ("standard_exponential", 0.0)
    parameters = Gamma.parameters
    forms = ("mean cv", "mean sd", "mean shape", "scale shape")
    own: ClassVar = {"shape": weibull_shape}

    @classmethod
    def of(cls, found: dict[str, float]) -> Distribution:
        shape = found["shape"] if "shape" in found else weibull_shape_of(coefficient_of(found))
        if "scale" in found:
            return cls(found["scale"], shape)
        return cls(found["mean"] / math.gamma(1 + 1 / shape), shape)

    def expectation(self) -> float:
        return self.scale * math.gamma(1 + 1 / self.shape)

    def fill(self, variates: Floats, out: Floats) -> None:
        _np().power(variates, 1.0 / self.shape, out=out)
        _np().multiply(out, self.scale, out=out)

    def survival(self, x: Floats) -> Floats:
        np = _np()
        return _array(np.exp(-np.power(x / self.scale, self.shape)))


# --- between two values -----------------------------------------------------------------------


class _Range(Family):
    """A family whose parameters are values that do not fall, in a list or by name."""

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        return cls(*read_ascending(said, scale, *cls.__annotations__))

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        names = cls.__annotations__
        return {
            "anyOf": [
                list_schema(*(scale for _ in names)),
                fields_schema(**dict.fromkeys(names, scale)),
            ]
        }

    def plain(self, text: Text) -> Any:
        return [text(one) for one in vars(self).values()]


@dataclass(frozen=True)
class Uniform(_Range):
    """Evenly between two values."""

    low: float
    high: float
    name = "uniform"

    def expectation(self) -> float:
        return (self.low + self.high) / 2

    def fill(self, variates: Floats, out: Floats) -> None:
        _np().multiply(variates, self.high - self.low, out=out)
        _np().add(out, self.low, out=out)

    def survival(self, x: Floats) -> Floats:
        if self.high == self.low:
            return _above(self.low, x)
        return _array(_np().clip((self.high - x) / (self.high - self.low), 0.0, 1.0))


@dataclass(frozen=True)
class Triangular(_Range):
    """From `low` to `high`, most often about `mode`: the density is a triangle."""

    low: float
    mode: float
    high: float
    name = "triangular"

    def expectation(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def fill(self, variates: Floats, out: Floats) -> None:
        np, (a, c, b) = _np(), (self.low, self.mode, self.high)
        rising = a + np.sqrt(variates * (b - a) * (c - a))
        falling = b - np.sqrt((1.0 - variates) * (b - a) * (b - c))
        out[:] = np.where(variates * (b - a) < c - a, rising, falling)

    def survival(self, x: Floats) -> Floats:
        np, (a, c, b) = _np(), (self.low, self.mode, self.high)
        if b == a:
            return _above(a, x)
        # squares over products; where a side has no length nothing lies on it
        rising = 1.0 - np.square(np.clip(x - a, 0.0, None)) / ((b - a) * ((c - a) or 1.0))
        falling = np.square(np.clip(b - x, 0.0, None)) / ((b - a) * ((b - c) or 1.0))
        return _array(np.clip(np.where(x < c, rising, falling), 0.0, 1.0))


@dataclass(frozen=True)
class Pert(_Range):
    """From `low` to `high` as an expert says it, with a most likely value: a scaled beta.

    Its mean is (low + 4 mode + high) / 6. Source: Malcolm et al., Operations Research 7 (1959) 646;
    the exponents are those of Vose, Risk Analysis (3rd ed.), with a weight of 4.
    """

    low: float
    mode: float
    high: float
    name = "pert"

    def expectation(self) -> float:
        return (self.low + 4 * self.mode + self.high) / 6

    @property
    def _beta(self) -> tuple[float, float]:
        across = (self.high - self.low) or 1.0
        return 1 + 4 * (self.mode - self.low) / across, 1 + 4 * (self.high - self.mode) / across

    def fill(self, variates: Floats, out: Floats) -> None:
        from scipy.special import betaincinv

        out[:] = self.low + (self.high - self.low) * betaincinv(*self._beta, variates)

    def survival(self, x: Floats) -> Floats:
        from scipy.special import betaincc

        if self.high == self.low:
            return _above(self.low, x)
        part = _np().clip((x - self.low) / (self.high - self.low), 0.0, 1.0)
        return _array(betaincc(*self._beta, part))


# --- made of others, or of data ---------------------------------------------------------------


MOST_PARTS = 100  # of a mixture


@dataclass(frozen=True)
class Mixture(Family):
    """One of several distributions, each with its share; shares add up to one."""

    parts: tuple[tuple[float, Distribution], ...]
    name = "mixture"
    standard = None

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        if not isinstance(said, list) or not said:
            raise Wrong(f"{shown(said)} is not a list; write [[30 %, ...], [70 %, ...]]")
        if len(said) > MOST_PARTS:
            raise Wrong(f"has {len(said):,} parts; allowed: up to {MOST_PARTS}")
        wrong = Wrong()
        parts: list[tuple[float, Distribution]] = []
        for place, pair in enumerate(said):
            if not isinstance(pair, list) or len(pair) != 2:
                message = "a part of a mixture is a share and a distribution: [30 %, ...]"
                wrong.add(message, place)
                continue
            share = wrong.reading(parse_share, pair[0], place, 0)
            part = wrong.reading(partial(read_distribution, scale=scale), pair[1], place, 1)
            parts.append((share, part))
        wrong.raise_if_any()
        total = math.fsum(share for share, _ in parts)
        if abs(total - 1) > CLOSE:
            raise Wrong(f"the shares add up to {100 * total:g} %, not 100 %")
        return cls(tuple(parts))

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        return {"type": "array", "items": list_schema(SHARE_SCHEMA, itself), "minItems": 1}

    def plain(self, text: Text) -> Any:
        return [[share_text(share), part.written(text)] for share, part in self.parts]

    def expectation(self) -> float:
        return math.fsum(share * part.expectation() for share, part in self.parts if share > 0)

    def fill(self, variates: Floats, out: Floats) -> None:
        raise TypeError("a mixture is drawn part by part (`sim.draws.sample`)")

    def survival(self, x: Floats) -> Floats:
        return _array(sum(share * part.survival(x) for share, part in self.parts))


@dataclass(frozen=True)
class Plus(Distribution):
    """A time or an amount that is always there, and so many times what a distribution says."""

    least: float
    rest: Distribution
    times: float = 1.0
    name = "plus"

    def variates(self) -> Variates | None:
        """Those of what comes on top."""
        return self.rest.variates()

    def written(self, text: Text) -> Any:
        return {**self.rest.written(text), self.name: text(self.least)}

    def expectation(self) -> float:
        return self.least + self.times * self.rest.expectation()

    def fill(self, variates: Floats, out: Floats) -> None:
        self.rest.fill(variates, out)
        _np().multiply(out, self.times, out=out)
        _np().add(out, self.least, out=out)

    def survival(self, x: Floats) -> Floats:
        np = _np()
        above = self.rest.survival(np.clip((x - self.least) / self.times, 0.0, None))
        return _array(np.where(x < self.least, 1.0, above))


def scaled(dist: Distribution, factor: float) -> Distribution:
    """The distribution of values that are so many times as long."""
    match dist:
        case Never():
            return dist
        case _ if factor in (0, 1):
            return dist if factor else Constant(0.0)
        case Constant(value):
            return Constant(value * factor)
        case Mixture(parts):
            return Mixture(tuple((share, scaled(part, factor)) for share, part in parts))
        case Plus(least, Mixture() as rest):  # which is drawn part by part
            return Plus(least * factor, scaled(rest, factor))
    return Plus(0.0, dist, factor)


@dataclass(frozen=True)
class Empirical(Family):
    """One of the given values, each as likely as the others."""

    values: tuple[float, ...]
    name = "empirical"

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        if isinstance(said, FromFile):
            return cls(tuple(map(parse_number, said)))
        if not isinstance(said, list) or not said:
            raise Wrong(
                f"{shown(said)} is not a list of values; write a list or the name of a CSV file"
            )
        wrong = Wrong()
        values = tuple(wrong.reading(scale, one, place) for place, one in enumerate(said))
        wrong.raise_if_any()
        return cls(values)

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": scale}]}

    def plain(self, text: Text) -> Any:
        if len(self.values) <= FEW:
            return [text(one) for one in self.values]
        return " ".join(repr(plain_number(one)) for one in self.values)

    def expectation(self) -> float:
        return math.fsum(self.values) / len(self.values)

    def fill(self, variates: Floats, out: Floats) -> None:
        np, values = _np(), _listed(self)
        np.take(values, (variates * len(values)).astype(np.int64), out=out)

    def survival(self, x: Floats) -> Floats:
        np = _np()
        ordered = np.sort(_listed(self))
        return _array(1.0 - np.searchsorted(ordered, x, side="right") / len(ordered))


@dataclass(frozen=True)
class Scipy(Family):
    """A continuous distribution of scipy.stats, with its parameters by name, sorted."""

    family: str
    parameters: tuple[tuple[str, float], ...]
    name = "scipy"

    @classmethod
    def read(cls, said: object, scale: Scale) -> Distribution:
        duration = scale is parse_duration
        if not isinstance(said, dict) or not isinstance(said.get("name"), str):
            example = "{name: burr12, c: 2, d: 1, scale: 100" + (" s}" if duration else "}")
            raise Wrong(f"write the name and the parameters, as in {example}")
        family = scipy_family(said["name"])
        shapes = [] if family.shapes is None else [one.strip() for one in family.shapes.split(",")]
        readers: dict[str, Scale] = {**dict.fromkeys(shapes, signed_number), "loc": signed_number}
        readers |= {"scale": scale, **({"loc": signed_duration} if duration else {})}
        wrong = Wrong()
        found: dict[str, float] = {}
        for name, one in said.items():
            if name == "name":
                continue
            if name not in readers:
                wrong.add("no parameter has this name" + meant(name, ["name", *readers]), name)
                continue
            found[name] = wrong.reading(readers[name], one, name)
        wrong.faults += [((), f"`{name}` is missing") for name in shapes if name not in said]
        if duration and "scale" not in said:
            wrong.add("is missing; say the unit of the times with it: `scale: 1 s`", "scale")
        wrong.raise_if_any()
        dist = cls(said["name"], tuple(sorted(found.items())))
        low, _ = dist.frozen().support()
        if math.isnan(low):
            raise Wrong("scipy does not accept these parameters")
        if low < 0:
            raise Wrong(
                "values may be negative; shift them with `loc` or choose another distribution"
            )
        return dist

    @classmethod
    def schema(cls, scale: Json, itself: Json) -> Json:
        return {"type": "object", "required": ["name"]}

    def plain(self, text: Text) -> Any:
        texts = {"loc": text, "scale": text}
        said = {key: texts.get(key, plain_number)(one) for key, one in self.parameters}
        return {"name": self.family, **said}

    def frozen(self) -> Any:
        """The distribution as scipy's own object."""
        return _frozen(self)

    def expectation(self) -> float:
        return float(self.frozen().mean())

    def fill(self, variates: Floats, out: Floats) -> None:
        out[:] = self.frozen().ppf(variates)

    def survival(self, x: Floats) -> Floats:
        return _array(self.frozen().sf(x))


FAMILIES: dict[str, type[Family]] = {
    family.name: family
    for family in (
        *(Constant, Exponential, Lognormal, Gamma, Weibull, Uniform, Triangular, Pert, Erlang),
        *(Mixture, Empirical, Scipy),
    )
}
KINDS = frozenset(FAMILIES) | {Never.name}
"""The words that a distribution begins with."""


# --- reading ----------------------------------------------------------------------------------


def read_distribution(value: object, scale: Scale) -> Distribution:
    """Read a distribution, or raise `Wrong` with all that is wrong with it."""
    if isinstance(value, Distribution):
        return value
    if value == Never.name:
        return Never()
    if not isinstance(value, dict):
        _refuse_call(value)
        return Constant(scale(value))
    if bare_parameters(value):
        raise Wrong("say which distribution, as in `{lognormal: {mean: 5 min, cv: 0.7}}`")
    named = [key for key in value if key != Plus.name]
    if len(named) != 1:
        raise Wrong(
            "a distribution has one name, as in `{exponential: 76 s}`; allowed: "
            + ", ".join(FAMILIES)
        )
    kind = named[0]
    if kind not in FAMILIES:
        raise Wrong("no distribution has this name" + meant(kind, FAMILIES), (kind,))
    wrong = Wrong()
    found = wrong.reading(
        lambda said: _kept(FAMILIES[kind].read(said, scale), scale), value[kind], kind
    )
    if Plus.name in value:
        least = wrong.reading(scale, value[Plus.name], Plus.name)
        if found is not None and least is not None:
            found = _on_top(least, found)
    wrong.raise_if_any()
    assert isinstance(found, Distribution)
    return found


def bare_parameters(value: dict[str, Any]) -> bool:
    """Whether a mapping says parameters of a distribution and not which one."""
    return "mean" in value and not value.keys().isdisjoint(("cv", "sd", "shape", "k"))


_CALL = re.compile(r"([a-z]+)[\s(]+(.*?)[\s)]*", re.IGNORECASE | re.DOTALL)


def _refuse_call(value: object) -> None:
    """A distribution as other programs write it: `exponential 3 min`, `gamma(5 min, 2)`."""
    found = _CALL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None and (name := found[1].casefold()) in FAMILIES:
        example = f"{{{name}: {EXAMPLES.get(name, found[2])}}}"
        raise Wrong(f"{shown(value)} is not understood; a distribution is written `{example}`")


EXAMPLES = {
    **dict.fromkeys(("lognormal", "gamma", "weibull"), "{mean: 5 min, cv: 0.7}"),
    "uniform": "[3 min, 7 min]",
    **dict.fromkeys(("triangular", "pert"), "[2 min, 3 min, 8 min]"),
    "erlang": "{mean: 5 min, k: 2}",
}


def _on_top(least: float, rest: Distribution) -> Distribution:
    if least == 0:
        return rest
    return Constant(least + rest.value) if isinstance(rest, Constant) else Plus(least, rest)


def _kept(dist: Distribution, scale: Scale) -> Distribution:
    """Wrong where what is kept lies beyond what may be said: it could not be read again.

    A mean may be made of a median and a spread, and values of a file are read as plain numbers.
    """
    kept = dist.values if isinstance(dist, Empirical) else ()
    kept += tuple(value for name, value in vars(dist).items() if name in ("mean", "scale"))
    if kept and max(kept) > (LONGEST if scale is parse_duration else LARGEST):
        limit = "a hundred years" if scale is parse_duration else f"{LARGEST:,.0f}"
        raise Wrong(f"comes to {max(kept):g}; allowed: up to {limit}")
    return dist


# --- numbers ----------------------------------------------------------------------------------


def _np() -> Any:
    import numpy

    return numpy


def _array(values: Any) -> Floats:
    found: Floats = _np().asarray(values, dtype=float)
    return found


def _above(value: float, x: Floats) -> Floats:
    return _array(_np().where(x < value, 1.0, 0.0))


@cache
def _listed(dist: Empirical) -> Floats:
    return _array(dist.values)


@cache
def _frozen(dist: Scipy) -> Any:
    import scipy.stats

    return getattr(scipy.stats, dist.family)(**dict(dist.parameters))
