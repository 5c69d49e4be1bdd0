"""How contacts ended, by the words of an export."""

from __future__ import annotations

import numpy as np

from sim.data.cells import Cells
from sim.data.counting import counted
from sim.data.merged import bare, coded
from sim.data.tables import OUTCOMES
from sim.data.words import NO, YES, outcome_of
from sim.scenario.faults import ScenarioError, shown


def outcomes_of(cells: Cells, served: np.ndarray) -> np.ndarray:
    """[rows] place in `OUTCOMES`, -1 for rows that the map says are none.

    Args:
        cells: of the table.
        served: [rows] whether an agent, an answer or a talk is known; decides without an outcome.

    Raises:
        ScenarioError: for a word without a meaning.
    """
    if not cells.has("outcome"):
        return _flagged(cells, served)
    values = cells.map.columns["outcome"].values
    meant = {bare(word): meaning for word, meaning in values.items()}
    codes, texts = coded(cells.words("outcome"))
    place, unknown = [], []
    for number, text in enumerate(texts):
        word = meant.get(bare(text)) or outcome_of(text)
        if word == "none":
            place.append(-1)
        elif word in OUTCOMES:
            place.append(OUTCOMES.index(word))
        elif not text:
            place.append(-2)
        else:
            unknown.append((text, int((codes == number).sum()), int(np.argmax(codes == number))))
            place.append(-1)
    if unknown:
        raise _unknown(cells, unknown)
    found = np.array(place, np.int64)[codes]
    return np.where(found == -2, np.where(served, 0, 1), found)


def _unknown(cells: Cells, unknown: list[tuple[str, int, int]]) -> ScenarioError:
    words = ", ".join(f"{word}: ..." for word, _, _ in unknown[:8])
    allowed = ", ".join(OUTCOMES)
    return ScenarioError(
        [
            cells.table.fault(
                row,
                f"{shown(word)} ({counted(number, 'row')}) is no known outcome; say what it means, "
                f"`outcome: {{column: ..., values: {{{words}}}}}`; allowed: {allowed}, none",
                "outcome",
            )
            for word, number, row in unknown[:5]
        ]
    )


def yes_no(cells: Cells, role: str) -> np.ndarray:
    """[rows] whether a column says yes; nowhere if the map does not have it.

    Raises:
        ScenarioError: for a word that is neither yes nor no.
    """
    codes, texts = coded(cells.words(role))
    said = [*map(bare, texts)]
    strange = [text for text in said if text and text not in YES | NO]
    if strange:
        raise cells.wrong(role, f"{shown(strange[0])} is neither yes nor no")
    return np.asarray(np.array([text in YES for text in said], bool)[codes])


def _flagged(cells: Cells, served: np.ndarray) -> np.ndarray:
    """By a column that says whether they gave up, else by whether an agent is known."""
    gone = yes_no(cells, "abandoned")
    if not cells.has("abandoned"):
        cells.tell("outcome-of-service")
        return np.where(served, 0, 1)
    if not served.any() and not gone.all():
        cells.tell("outcome-of-flag")
        return np.where(gone, 1, 0)
    return np.where(gone, 1, np.where(served, 0, 2))
