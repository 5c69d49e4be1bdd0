"""A scenario fitted to an export."""

from __future__ import annotations

from dataclasses import replace

from sim.data.fitting.found import Choices
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.reports import fit_intervals
from sim.data.fitting.result import Fit
from sim.data.reading import Data

FITS = {True: fit_contacts, False: fit_intervals}
"""Whether single contacts are known -> how a canonical table is fitted."""


def fit(data: Data, choices: Choices | None = None) -> Fit:
    """Fit a scenario to an export.

    Args:
        data: of `read_data`.
        choices: what is given instead of found.

    Raises:
        ScenarioError: if there are too few days.
    """
    choices = (Choices() if choices is None else choices).of(data)
    table, zone = data.table, data.zone or data.map.zone
    found = FITS[data.is_log](table, choices, zone)
    notes = (*found.notes, *data.callbacks)
    return replace(found, files=data.files, read=len(table), left_out=data.left_out, notes=notes)
