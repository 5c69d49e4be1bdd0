"""What every result says of where it comes from."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version
from math import isfinite
from typing import Any, NamedTuple


@cache
def made_by() -> dict[str, Any]:
    """The versions of what made a result."""
    return {
        "version": version("contact-center-sim"),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("numpy", "scipy", "simpy")},
    }


def plain(value: object) -> object:
    """A value as JSON can hold it: what is undefined or unbounded is null."""
    return None if isinstance(value, float) and not isfinite(value) else value


def plain_row(row: NamedTuple) -> dict[str, object]:
    """A row as JSON can hold it."""
    return {name: plain(value) for name, value in row._asdict().items()}
