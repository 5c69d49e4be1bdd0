"""Queueing formulas that the product itself uses: Erlang B, C and A, and patience of any shape.

Any unit of time will do, as long as all rates and means of a call share it.
"""

from typing import TYPE_CHECKING

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

_HOMES = {"erlang_g": "patience", "mixture": "patience", "SteadyState": "steady"}


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for: reading a scenario must not wait for scipy."""
    if name not in __all__:
        raise AttributeError(f"module 'sim.theory' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"sim.theory.{_HOMES.get(name, 'erlang')}"), name)
