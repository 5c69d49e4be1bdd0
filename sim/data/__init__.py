"""A centre's own data: read with its evidence, fitted to a scenario, tested on unseen weeks."""

from sim.data.fitting.fit import fit as fit
from sim.data.fitting.found import Choices as Choices
from sim.data.fitting.result import Fit as Fit
from sim.data.fitting.roster import read_roster as read_roster
from sim.data.look import Look as Look
from sim.data.look import look as look
from sim.data.maps import Map as Map
from sim.data.maps import read_map as read_map
from sim.data.maps import shipped_maps as shipped_maps
from sim.data.measured import measures as measures
from sim.data.reading import Data as Data
from sim.data.reading import read_data as read_data
from sim.data.tables import CONTACTS as CONTACTS
from sim.data.tables import INTERVALS as INTERVALS
from sim.data.tables import OUTCOMES as OUTCOMES
from sim.data.testing.backtest import Backtest as Backtest
from sim.data.testing.backtest import backtest as backtest
