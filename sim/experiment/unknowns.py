"""The inputs that a study varies by itself: what its scenarios, and it, call uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.draws.sample import sample
from sim.draws.streams import Streams
from sim.experiment.study import Factor, Option, Study
from sim.scenario import Scenario
from sim.scenario.faults import Fault
from sim.scenario.levers import is_lever
from sim.scenario.quantities import numbers_of, numbers_of_plain
from sim.scenario.source import Node, read_value
from sim.scenario.uncertain import Prior, Uncertain, bounds_of
from sim.scenario.write import flow_text
from sim.tables import Floats

AS_IT_IS = "100 %"
"""The value of an input that is told as a percentage of what stands there."""

Plain = Mapping[str, Mapping[str, Any]]
"""Option -> its scenario as plain values."""

TAILS = 0.05, 0.95
"""Which of the joint draws of an input are tried by themselves, in the order of their values."""


@dataclass(frozen=True)
class Unknown:
    """One input that is not known well.

    Attributes:
        factor: its path, the others that have the same value, and the values to try by themselves.
        text: what it may be, as written.
        lever: whether its values are percentages of what stands there.
        options: those in which it is varied.
        prior: its distribution; None where there are joint draws.
        draws: the joint draws.
    """

    factor: Factor
    text: str
    lever: bool
    options: tuple[str, ...]
    prior: Prior | None = None
    draws: tuple[Any, ...] = ()

    @property
    def path(self) -> str:
        """Its path."""
        return self.factor.path

    def drawn(self, seed: int, replication: int) -> str:
        """Its value in the joint draw of a replication; streams are named ("uncertain", path)."""
        if self.prior is None:
            return _text(self.draws[replication % len(self.draws)])
        stream = partial(Streams(seed, replication), "uncertain", self.path)
        if self.prior.distribution is None:
            place = int(stream().random() * len(self.prior.values))
            return flow_text(self.prior.values[place])
        return flow_text(self.prior.value(float(sample(self.prior.distribution, stream, 1)[0])))


def unknowns(study: Study) -> tuple[Unknown, ...]:
    """All inputs of a study that are not known well.

    What an option decides for itself stays as it is: where options say different things at a
    path, only those that say what the reference says are varied there.
    """
    return tuple(one for one in _all_said(study, plain_of(study)) if one.options)


def doubtful(study: Study) -> Iterator[Fault]:
    """Notes on what is uncertain and yet keeps its value in an option, or has one it may not be."""
    plain = plain_of(study)
    for one in _all_said(study, plain):
        said = said_at(study, plain, one.path)
        usual = study.against if study.against in said else next(iter(said), "")
        for name in said.keys() - set(one.options):
            message = (
                f"stays as it is in this option, {said[name]}, though it is uncertain: varied is "
                f"what options say as `{usual}` does, {said[usual]}"
            )
            yield study.options[name].remark(one.path, message)
        if not one.lever and one.options and _outside(said[one.options[0]], one.prior):
            message = (
                f"{said[one.options[0]]} is not within what it may be, {one.text}: options are "
                "compared at a value that is taken to be impossible"
            )
            yield study.options[one.options[0]].remark(one.path, message)


def _outside(value: str | None, prior: Prior | None) -> bool:
    """Whether a value is not one of a range; of other values that cannot be told."""
    if value is None or prior is None or bounds_of(prior.distribution) is None:
        return False
    numbers, _ = numbers_of((value, flow_text(prior.tried[0]), flow_text(prior.tried[-1])))
    return numbers is not None and not numbers[1] <= numbers[0] <= numbers[2]


def factors_of(study: Study) -> tuple[Factor, ...]:
    """What is tried one value at a time: the study's `vary`, then what is uncertain besides."""
    named = {factor.path for factor in study.vary}
    return (*study.vary, *(one.factor for one in unknowns(study) if one.path not in named))


def varied(option: Option, values: Mapping[str, str]) -> Scenario:
    """An option with inputs at other values; what it does not have is passed over."""
    here = {path: value for path, value in values.items() if option.concerns(path)}
    return option.changed(here) if here else option.scenario


def each_at(study: Study, factors: Sequence[Factor]) -> dict[tuple[str, str], list[Scenario]]:
    """By path and value the scenario of every option with that input at that value."""
    where = {one.path: one.options for one in unknowns(study)}
    named = {factor.path for factor in study.vary}
    found: dict[tuple[str, str], list[Scenario]] = {}
    for factor in factors:
        options = study.options if factor.path in named else where[factor.path]
        for value in factor.values:
            values = dict.fromkeys((factor.path, *factor.also), value)
            found[factor.path, value] = [
                varied(option, values if name in options else {})
                for name, option in study.options.items()
            ]
    return found


def is_percentage(path: str, text: str) -> bool:
    """Whether a text changes what stands at a path, rather than replacing it."""
    return is_lever(tuple(path.split(".")), Node(read_value(text, "", []).value, "", 0))


# --- what is said -------------------------------------------------------------------------------


def plain_of(study: Study) -> Plain:
    """The options as plain values."""
    return {name: option.scenario.plain() for name, option in study.options.items()}


def _all_said(study: Study, plain: Plain) -> list[Unknown]:
    own = [option.scenario.uncertain for option in study.options.values()]
    found = {one.path: one for said in (study.uncertain, *own) for one in _said(study, plain, said)}
    return list(found.values())


def _said(study: Study, plain: Plain, said: Uncertain) -> Iterator[Unknown]:
    for path, prior in said.inputs.items():
        texts = tuple(map(flow_text, prior.tried))
        lever = is_percentage(path, texts[0])
        having = said_at(study, plain, path)
        options = _where(study, having, decided=not lever)
        if prior.distribution is not None and (lever or len(options) == len(having)):
            texts = texts[0], texts[-1]  # between them lies what the scenario says
        factor = Factor(path, texts, prior.also)
        yield Unknown(factor, flow_text(prior.said), lever, options, prior)
    for path, draws in said.draws.items():
        texts = _tails(draws)
        lever = is_percentage(path, texts[0])
        options = _where(study, said_at(study, plain, path), decided=not lever)
        if len(texts) > 1:
            text = f"{len(draws):,} joint draws"
            yield Unknown(Factor(path, texts), text, lever, options, draws=draws)


def _tails(draws: Sequence[Any]) -> tuple[str, ...]:
    """Two of the draws, one near each end."""
    texts = [_text(one) for one in draws]
    order = features(texts)[:, 0].argsort(kind="stable")
    places = [order[round(share * (len(texts) - 1))] for share in TAILS]
    return tuple(dict.fromkeys(texts[place] for place in places))


def _text(drawn: Any) -> str:
    """A value of a file of draws: texts there are values of the language, not yet read."""
    return drawn if isinstance(drawn, str) else flow_text(drawn)


def said_at(study: Study, plain: Plain, path: str) -> dict[str, str | None]:
    """Option -> what it says at a path, of those that it concerns."""
    return {
        name: value_at(plain[name], path)
        for name, option in study.options.items()
        if option.concerns(path)
    }


def _where(study: Study, said: Mapping[str, str | None], *, decided: bool) -> tuple[str, ...]:
    """The options in which an input is varied."""
    if not decided or not said:
        return tuple(said)
    usual = said.get(study.against, next(iter(said.values())))
    return tuple(name for name, value in said.items() if value == usual)


def value_at(tree: Any, path: str) -> str | None:
    """What a plain scenario says at a dotted path."""
    for step in path.split("."):
        if isinstance(tree, dict) and step in tree:
            tree = tree[step]
        elif isinstance(tree, list) and step.isdecimal() and 0 < int(step) <= len(tree):
            tree = tree[int(step) - 1]
        else:
            return None
    return flow_text(tree)


# --- as numbers ---------------------------------------------------------------------------------


def features(texts: Sequence[str]) -> Floats:
    """[value, column] values as numbers: one, or all numbers in them, or which of them it is."""
    plain = [read_value(text, "", []).plain() for text in texts]
    leaves = [tuple(_leaves(one)) for one in plain]
    if len({tuple(where for where, _ in one) for one in leaves}) == 1:
        columns = [_numbers([one[place][1] for one in leaves]) for place in range(len(leaves[0]))]
        found = [one for one in columns if one is not None]
        if found:
            return np.stack(found, axis=1)
    kinds = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    return np.stack(
        [np.array([kinds[text] == place for text in texts], float) for place in kinds.values()],
        axis=1,
    )


def _leaves(value: Any, where: tuple[object, ...] = ()) -> Iterator[tuple[object, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, (*where, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _leaves(one, (*where, place))
    else:
        yield where, value


def _numbers(values: Sequence[Any]) -> Floats | None:
    numbers, _ = numbers_of_plain(tuple(values))
    return None if numbers is None else np.array(numbers)
