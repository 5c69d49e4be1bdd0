"""All randomness of a replication: `prepare` a scenario once, `draw` each replication."""

from sim.draws.draw import Setting, draw, prepare

__all__ = ["Setting", "draw", "prepare"]
