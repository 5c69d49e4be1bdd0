"""The model in SimPy, written to be read: each class knows the ones above it in this list.

`things.py` what there is: agents, contacts, queues; `outlook.py` what waiting customers expect.
`floor.py` the centre's state and clock, the luck of contacts, shares of agents, lines.
`choosing.py` who takes whom; `deciding.py` what luck decides; both change nothing.
`chances.py` what customers do next; `putting_down.py` work for others or for later;
`passing.py` what follows a talk; `duty.py` agents come and go; `centre.py` how contacts are met.
`logbook.py` the log of a run; `traced.py` the same engine, watched.
"""

from sim.engine.reference.centre import Centre, simulate

__all__ = ["Centre", "simulate"]
