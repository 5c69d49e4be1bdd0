"""A centre's own data: read with its evidence, fitted to a scenario, tested on unseen weeks."""

from sim.data.fitting.fit import fit
from sim.data.fitting.found import Choices
from sim.data.fitting.result import Fit
from sim.data.fitting.roster import read_roster
from sim.data.look import Look, look
from sim.data.maps import Map, read_map, shipped_maps
from sim.data.measured import measures
from sim.data.reading import Data, read_data
from sim.data.tables import CONTACTS, INTERVALS, OUTCOMES
from sim.data.testing.backtest import Backtest, backtest

__all__ = [
    "CONTACTS",
    "INTERVALS",
    "OUTCOMES",
    "Backtest",
    "Choices",
    "Data",
    "Fit",
    "Look",
    "Map",
    "backtest",
    "fit",
    "look",
    "measures",
    "read_data",
    "read_map",
    "read_roster",
    "shipped_maps",
]
