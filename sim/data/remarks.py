"""What is said of an export and of its fit: texts of `remarks.toml`, filled in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts(file: str) -> dict[str, Any]:
    """A file of texts of this package."""
    return tomllib.loads(files("sim.data").joinpath(f"{file}.toml").read_text("utf-8"))
