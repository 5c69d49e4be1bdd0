"""Queueing formulas that the product itself uses: Erlang B, C and A, and patience of any shape.

Any unit of time will do, as long as all rates and means of a call share it.
"""

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
