"""What of a scenario the draws of customers, and of agents, depend on.

The options of a study meet the same customers, and one option at many values of an uncertain input
has the same people on duty: both are drawn once a replication for all that have them in common
(`sim.draws.shared`). What is left out here must be read by neither: a scenario that differs in
anything else is drawn by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

OWN = ("reasons", "channels", "pools")
"""What each is asked for by itself."""

ELSEWHERE = ("name", "currency", "lines", "linked", "routing", "transfers")
"""What scenarios say that neither reads, besides what is named below."""

NOT_OF_ARRIVAL = (
    *("patience", "balk", "buying", "handle", "difficulty", "wrap", "resolved"),
    *("again", "retry", "closed", "priority", "head_start"),
)
"""What reasons say of customers who have come."""

NOT_OF_DUTY = ("offers", "pace", "agent_share", "speed", "priority")
"""What pools say of people who are on duty."""


class Alike(NamedTuple):
    """Names of what is drawn: scenarios that have one in common draw it alike.

    customers: who comes when, and by which channel.
    staff: who is on duty when, and what else becomes of rostered time.
    """

    customers: str
    staff: str

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Alike:
        """Those of a scenario, as `Scenario.plain` says it."""
        rest = {name: said for name, said in plain.items() if name not in (*OWN, *ELSEWHERE)}
        reasons, pools = plain.get("reasons", {}), plain.get("pools", {})
        channels = [*plain.get("channels", {})]
        return cls(
            _name(rest, channels, _without(reasons, NOT_OF_ARRIVAL)),
            _name(rest, _without(pools, NOT_OF_DUTY)),
        )


def _without(parts: Mapping[str, Mapping[str, Any]], fields: Collection[str]) -> list[Any]:
    return [
        (name, [(field, said) for field, said in part.items() if field not in fields])
        for name, part in parts.items()
    ]


def _name(*said: object) -> str:
    return blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()
