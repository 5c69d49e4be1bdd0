"""Whether a talk time contains the time on hold: decided by the data, or asked for."""

from __future__ import annotations

import numpy as np

from sim.data.cells import Cells
from sim.data.counting import counted
from sim.tables import Floats

IN_TALK, APART = "in talk", "apart"
AGREE = 0.95  # share of the contacts on hold that must say the same
NEAR = 2.5  # seconds by which rounded times may differ


def whole_talk(
    cells: Cells, talk: Floats, hold: Floats, others: dict[str, Floats], what: str = "contact"
) -> Floats:
    """Talk times with the hold in them.

    Args:
        cells: of the table; its map may say it, `hold: in talk` or `hold: apart`.
        talk, hold: [rows] seconds, nan where not said.
        others: what a column says of [rows] talk and hold together -> seconds, nan where not said.
        what: a row is.

    Raises:
        ScenarioError: if it has two meanings.
    """
    held = (np.nan_to_num(hold) > 0) & ~np.isnan(talk)
    if not held.any():
        return talk
    said, why = cells.map.hold, "as the map says"
    if said is None:
        said, why = _by_evidence(talk[held], hold[held], {k: v[held] for k, v in others.items()})
    if said is None:
        names = [cells.map.columns[role].names()[0] for role in _roles(cells)]
        raise cells.wrong(
            names[-1],
            f"may be part of `{names[0]}` or come on top of it ({counted(held.sum(), what)} with "
            f"both); say `hold: {IN_TALK}` or `hold: {APART}` in a map",
        )
    share = hold[held].sum() / (talk[held].sum() + (hold[held].sum() if said == APART else 0.0))
    how = "added to the talk" if said == APART else "part of the talk"
    cells.tell("hold", how=how, why=why, share=share)
    return talk + np.nan_to_num(hold) if said == APART else talk


def _roles(cells: Cells) -> tuple[str, str]:
    """The roles of talk and hold in the map."""
    talk = next(role for role in ("talk", "total_talk", "mean_talk") if cells.has(role))
    hold = next(role for role in ("hold", "total_hold", "mean_hold") if cells.has(role))
    return talk, hold


def _by_evidence(talk: Floats, hold: Floats, others: dict[str, Floats]) -> tuple[str | None, str]:
    """What rows on hold say; None if they do not."""
    for name, both in others.items():
        known = ~np.isnan(both) & (hold > 2 * NEAR)
        if known.sum() < 1:
            continue
        inside = np.abs(both - talk)[known] <= NEAR
        apart = np.abs(both - talk - hold)[known] <= NEAR
        for mask, said in ((inside, IN_TALK), (apart, APART)):
            if mask.mean() >= AGREE:
                return said, f"for {name}"
    if (hold > talk + NEAR).any():
        return (
            APART,
            f"for {counted((hold > talk + NEAR).sum(), 'time')} it is longer than the talk",
        )
    return None, ""
