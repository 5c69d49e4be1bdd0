"""A scenario fitted to an export."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sim.data.fitting.found import Choices
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.reports import fit_intervals
from sim.data.fitting.result import Fit
from sim.data.reading import Data


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
    found = fit_table(table, choices, zone, contacts=data.is_log)
    notes = (*found.notes, *data.callbacks)
    return replace(found, files=data.files, read=len(table), left_out=data.left_out, notes=notes)


def fit_table(table: pd.DataFrame, choices: Choices, zone: str | None, *, contacts: bool) -> Fit:
    """Fit a scenario to one of the canonical tables; see `fit`."""
    if contacts:
        return fit_contacts(table, choices, zone)
    return fit_intervals(table, choices, zone)
