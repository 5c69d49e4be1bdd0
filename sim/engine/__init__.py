"""From (Plan, Draws) to the log of contacts: the rules are in RULES.md."""

from sim.engine.plan import Plan, make_plan
from sim.engine.run import ENGINES, expect, load, needs_compiling, simulate, sooner

__all__ = [
    "ENGINES",
    "Plan",
    "expect",
    "load",
    "make_plan",
    "needs_compiling",
    "simulate",
    "sooner",
]
