"""Scenarios that are compared meet the same luck, which is drawn once."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.draws import draw, prepare, shared, shared_luck
from sim.tables import Draws, Floats

CENTRE = """
calendar: {days: 1}
profiles: {all: {daily: 1}}
reasons:
  buying: {volume: 60 per day, profile: all, handle: {exponential: 3 min}, patience: 1 min}
  asking: {volume: 90 per day, profile: all, handle: {exponential: 5 min}, patience: 2 min}
pools: {team: {agents: 2}}
"""
SLOWER = CENTRE.replace("exponential: 5", "exponential: 6")
BUYING, ASKING = range(2)


def drawn(text: str, replication: int = 0) -> Draws:
    """One replication."""
    return draw(prepare(sim.loads(text)), 1, replication)


def later(draws: Draws, reason: int) -> Floats:
    """The luck of second contacts."""
    assert draws.more is not None
    return draws.more.contact_values(reason, 1)


def test_what_scenarios_have_in_common_is_drawn_once() -> None:
    with shared_luck(True):
        one, other = drawn(CENTRE), drawn(SLOWER)
        assert later(one, BUYING) is later(other, BUYING)
        assert not np.array_equal(later(one, ASKING), later(other, ASKING))
        assert later(drawn(CENTRE, 1), BUYING) is not later(one, BUYING)
    for text, known in ((CENTRE, one), (SLOWER, other)):
        alone = drawn(text)
        assert np.array_equal(alone.values, known.values)
        for reason in (BUYING, ASKING):
            assert later(alone, reason) is not later(known, reason)
            assert np.array_equal(later(alone, reason), later(known, reason))


def test_tables_are_kept_by_the_bytes_of_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_luck", shared._Luck())
    draws = drawn(CENTRE)
    columns = [one for one in vars(draws).values() if isinstance(one, np.ndarray)]
    with shared_luck(True):
        assert shared.once("a", lambda: (draws, draws)) == (draws, draws)
        assert shared._luck.bytes == 2 * sum(one.nbytes for one in columns)


def test_nobody_changes_what_others_read() -> None:
    with shared_luck(True):
        values = later(drawn(CENTRE), BUYING)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_luck", shared._Luck())
    monkeypatch.setattr(shared, "MOST_BYTES", 3 * later(drawn(CENTRE), BUYING).nbytes)
    with shared_luck(True):
        for replication in range(20):
            later(drawn(CENTRE, replication), BUYING)
        assert 0 < shared._luck.bytes <= shared.MOST_BYTES
        assert shared._luck.bytes == sum(size for _, size in shared._luck.made.values())
