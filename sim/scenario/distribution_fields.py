"""The fields of a scenario that hold a distribution, of durations or of amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic_core import core_schema

from sim.scenario.by_time import ByTime, lines_schema, read_lines
from sim.scenario.distributions import (
    FAMILIES,
    KINDS,
    Distribution,
    Never,
    Plus,
    bare_parameters,
    read_distribution,
)
from sim.scenario.faults import Wrong
from sim.scenario.numbers import (
    DURATION_SCHEMA,
    duration_schema,
    duration_text,
    parse_amount,
    parse_duration,
    plain_number,
)
from sim.scenario.times import says_times

Json = dict[str, Any]
REFERENCE = "x-reference"
"""A key of a schema that becomes `$ref` at the end: pydantic follows only those it made itself."""


@dataclass(frozen=True)
class ReadsDistribution:
    """Annotation: a distribution of durations or of amounts."""

    duration: bool
    word: str | None = None  # a word that stands for itself
    by_time: bool = False  # whether it may depend on the time of the week

    words: ClassVar = tuple(sorted(KINDS))  # that a distribution begins with
    key_is: ClassVar = "channel or distribution"

    def read(self, value: object) -> Any:
        """Read it, and check it against the kind of value."""
        if self.word is not None and value == self.word:
            return value
        if isinstance(value, dict) and self.by_time and any(map(says_times, value)):
            return ByTime(*read_lines(value, self._one, "5 min" if self.duration else "80"))
        return self._one(value)

    def _one(self, value: object) -> Distribution:
        found = read_distribution(value, parse_duration if self.duration else parse_amount)
        if isinstance(found, Never) and not self.duration:
            raise Wrong("an amount cannot be `never`")
        return found

    def text(self, value: Distribution | str) -> Any:
        """It in the words of a file."""
        if isinstance(value, str):
            return value
        return value.written(duration_text if self.duration else plain_number)

    def is_value(self, value: dict[str, Any]) -> bool:
        """Whether a mapping says a distribution, rather than one for each channel."""
        named = any(key in KINDS or (self.by_time and says_times(key)) for key in value)
        return named or bare_parameters(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Json:
        kind: Json = {REFERENCE: "Durations" if self.duration else "Amounts"}
        if self.by_time:
            return {"anyOf": [kind, lines_schema(kind)]}
        return {"anyOf": [kind, {"const": self.word}]} if self.word else kind


DurationDist = Annotated[Distribution, ReadsDistribution(duration=True)]
TimedDist = Annotated[Distribution, ReadsDistribution(duration=True, by_time=True)]
WindowDist = Annotated[Distribution | str, ReadsDistribution(duration=True, word="patience")]
AmountDist = Annotated[Distribution, ReadsDistribution(duration=False)]
TimedAmountDist = Annotated[Distribution, ReadsDistribution(duration=False, by_time=True)]


def distribution_schemas() -> dict[str, Json]:
    """The JSON Schemas that the fields refer to."""
    amount = {"type": "number", "minimum": 0}
    return {
        "Durations": {
            "anyOf": [
                duration_schema(Never.name),
                _mapping("Durations", DURATION_SCHEMA),
            ]
        },
        "Amounts": {"anyOf": [amount, _mapping("Amounts", amount)]},
    }


def _mapping(name: str, scale: Json) -> Json:
    itself = {REFERENCE: name}
    kinds = {kind: family.schema(scale, itself) for kind, family in FAMILIES.items()}
    return {
        "type": "object",
        "properties": {**kinds, Plus.name: scale},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 2,
    }
