"""The model in SimPy, written to be read: each class knows the ones above it in this list.

`things.py` what there is: agents, contacts, queues; `outlook.py` what waiting customers expect.
`floor.py` the centre's state and clock, the luck of contacts, shares of agents, lines.
`choosing.py` who takes whom; `deciding.py` what luck decides; both change nothing.
`duty.py` agents come and go; `centre.py` all that happens to contacts.
`logbook.py` the log of a run; `traced.py` the same engine, watched.
"""

from sim.engine.reference.centre import Centre, simulate

__all__ = ["Centre", "simulate"]
