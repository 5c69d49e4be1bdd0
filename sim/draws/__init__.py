"""All randomness of a replication: `prepare` a scenario once, `draw` each replication."""

from sim.draws.draw import Setting, draw, prepare
from sim.draws.shared import shared_luck

__all__ = ["Setting", "draw", "prepare", "shared_luck"]
