"""Measures: from logs to sums per slice, and from those to estimates over replications.

`make_basis(setting)` once, `measure(basis, draws, luck, log, duty)` for each replication,
`estimate(scenario, tallies)` at the end. `CATALOGUE` says what each measure is.
"""

from sim.measures.basis import Basis, make_basis
from sim.measures.catalogue import CATALOGUE, Measure
from sim.measures.components import COMPONENTS, COST_PARTS, SPLITS
from sim.measures.ends import Ends, mean_ends
from sim.measures.estimate import Row, estimate, of_sums, split_sums, sums_at, table, values
from sim.measures.groups import components_of, measure_of, place_of, readings
from sim.measures.laws import Check, checks
from sim.measures.measure import measure
from sim.measures.tally import Tally

__all__ = [
    "CATALOGUE",
    "COMPONENTS",
    "COST_PARTS",
    "SPLITS",
    "Basis",
    "Check",
    "Ends",
    "Measure",
    "Row",
    "Tally",
    "checks",
    "components_of",
    "estimate",
    "make_basis",
    "mean_ends",
    "measure",
    "measure_of",
    "of_sums",
    "place_of",
    "readings",
    "split_sums",
    "sums_at",
    "table",
    "values",
]
