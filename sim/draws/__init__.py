"""All randomness of a replication: `prepare` a scenario once, `draw` each replication."""

from sim.draws.alike import Alike
from sim.draws.draw import Setting, draw, prepare
from sim.draws.shared import once, shared_luck

__all__ = ["Alike", "Setting", "draw", "once", "prepare", "shared_luck"]
