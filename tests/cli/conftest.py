"""A small centre on file, and `sim` as a user calls it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_centre import SMALL, Sim
from warm import Warm


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A scenario file in an empty folder."""
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


@pytest.fixture
def sim(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Sim:
    """Call the command line in the empty folder."""

    def call(
        *arguments: str | Path, rough: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        words = [*map(str, arguments)]
        if not environment:
            told = tmp_path_factory.mktemp("told")
            return subprocess.CompletedProcess(
                words, *warm.call(words, tmp_path, told, rough=rough)
            )
        return subprocess.run(
            [sys.executable, "-m", "sim", *words],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return call
