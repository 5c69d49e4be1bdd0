"""What reports say that is only filled in: it stands in files of `templates`, a line each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts(file: str) -> dict[str, dict[str, Any]]:
    """The texts of a file, by kind of report and name."""
    found = files("sim.report") / "templates" / f"{file}.toml"
    return tomllib.loads(found.read_text(encoding="utf-8"))
