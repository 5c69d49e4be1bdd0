"""Queueing formulas that the product itself uses: Erlang B, C and A, and patience of any shape.

Any unit of time will do, as long as all rates and means of a call share it.
"""

from typing import TYPE_CHECKING

from sim.later import imported_later

if TYPE_CHECKING:
    from sim.theory.erlang import agents_needed as agents_needed
    from sim.theory.erlang import erlang_a as erlang_a
    from sim.theory.erlang import erlang_b as erlang_b
    from sim.theory.erlang import erlang_c as erlang_c
    from sim.theory.patience import erlang_g as erlang_g
    from sim.theory.patience import mixture as mixture
    from sim.theory.steady import SteadyState as SteadyState

__getattr__, __dir__ = imported_later(__name__)
