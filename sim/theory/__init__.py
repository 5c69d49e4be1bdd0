"""Queueing formulas that the product itself uses: Erlang B, C and A, and patience of any shape.

Any unit of time will do, as long as all rates and means of a call share it.
"""

from typing import TYPE_CHECKING

from sim.later import imported_later

if TYPE_CHECKING:
    from sim.theory.erlang import agents_needed, erlang_a, erlang_b, erlang_c
    from sim.theory.patience import erlang_g, mixture
    from sim.theory.steady import SteadyState

__all__ = [
    "SteadyState",
    "agents_needed",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "erlang_g",
    "mixture",
]

_HOMES = {
    "erlang": "agents_needed erlang_a erlang_b erlang_c",
    "patience": "erlang_g mixture",
    "steady": "SteadyState",
}

__getattr__ = imported_later(__name__, _HOMES)
