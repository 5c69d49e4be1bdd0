"""A folder with a scenario and a study, and the live page's server of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asker import SHOP, STUDY, Asker, free_port, served

import sim


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """The engine, ready: a page must not be late because of it."""
    sim.run(sim.loads(SHOP), replications=1, jobs=1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The folder."""
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path


@pytest.fixture(autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the token is kept: not in this user's home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def live(shop: Path) -> Iterator[Asker]:
    """The server, at work."""
    with served(shop, free_port()) as asker:
        yield asker
