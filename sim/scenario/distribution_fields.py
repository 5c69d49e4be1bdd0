"""The fields of a scenario that hold a distribution, of durations or of amounts."""

from __future__ import annotations

from typing import Annotated, Any

from sim.scenario.by_time import ByTime, ReadsByTime
from sim.scenario.distributions import (
    FAMILIES,
    KINDS,
    Distribution,
    Never,
    Plus,
    Text,
    bare_parameters,
    read_distribution,
)
from sim.scenario.faults import Wrong
from sim.scenario.fields import Json, Reads, part_schema
from sim.scenario.numbers import (
    DURATION_SCHEMA,
    duration_schema,
    duration_text,
    parse_amount,
    parse_duration,
    plain_number,
)
from sim.scenario.parameters import Scale


class ReadsDistribution(Reads):
    """Annotation: a distribution of durations or of amounts.

    kind: of the two, by the name of its schema; scale and text: how a value is read and written.
    """

    def __init__(self, kind: str, scale: Scale, text: Text) -> None:
        self.scale = scale
        words = tuple(sorted(KINDS)), "channel or distribution"
        written = lambda dist: dist.written(text)  # noqa: E731
        super().__init__(self._distribution, part_schema(kind), written, *words)

    def _distribution(self, value: object) -> Distribution:
        found = read_distribution(value, self.scale)
        if isinstance(found, Never) and self.scale is not parse_duration:
            raise Wrong("an amount cannot be `never`")
        return found

    def is_value(self, said: dict[str, Any]) -> bool:
        """Whether a mapping says a distribution, rather than one for each channel."""
        return not KINDS.isdisjoint(said) or bare_parameters(said)


_TIME = ReadsDistribution("Durations", parse_duration, duration_text)
_AMOUNT = ReadsDistribution("Amounts", parse_amount, plain_number)
_WITH_PATIENCE = Reads(
    lambda value: value if value == "patience" else _TIME.read(value),
    {"anyOf": [_TIME.schema, {"const": "patience"}]},
    lambda value: value if isinstance(value, str) else value.written(duration_text),
)

DurationDist = Annotated[Distribution, _TIME]
TimedDist = Annotated[Distribution, ReadsByTime(_TIME, "5 min", ByTime)]
WindowDist = Annotated[Distribution | str, _WITH_PATIENCE]
AmountDist = Annotated[Distribution, _AMOUNT]
TimedAmountDist = Annotated[Distribution, ReadsByTime(_AMOUNT, "80", ByTime)]


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
    itself = part_schema(name)
    kinds = {kind: family.schema(scale, itself) for kind, family in FAMILIES.items()}
    return {
        "type": "object",
        "properties": {**kinds, Plus.name: scale},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 2,
    }
