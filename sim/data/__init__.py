"""A centre's own data: read with its evidence, fitted to a scenario, tested on unseen weeks."""

from sim.data.fitting.fit import Choices, Fit, fit
from sim.data.look import Look, look
from sim.data.maps import Map, read_map, shipped_maps
from sim.data.reading import Data, read_data
from sim.data.tables import CONTACTS, INTERVALS, OUTCOMES

__all__ = [
    "CONTACTS",
    "INTERVALS",
    "OUTCOMES",
    "Choices",
    "Data",
    "Fit",
    "Look",
    "Map",
    "fit",
    "look",
    "read_data",
    "read_map",
    "shipped_maps",
]
