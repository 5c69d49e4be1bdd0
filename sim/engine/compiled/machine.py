"""What becomes machine code: rules, and where they find their tables.

Both are only marked here. numba takes longer to import than most runs take, and is wanted where no
machine code is kept: `making.py` makes of these marks what numba must be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

RULES: dict[Callable[..., Any], Any] = {}
"""All rules, and whether numba makes them part of those that call them."""


def rule(function: Callable[..., Any]) -> Callable[..., Any]:
    """To be compiled, for all rules that call it."""
    RULES[function] = "never"
    return function


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """To be compiled as a part of each rule that calls it: most often there is one only."""
    RULES[function] = "always"
    return function


@dataclass(frozen=True)
class Find:
    """Called with the centre, in machine code: the table of this name.

    The centre says where it is: in the fields `{name}_address` and `{name}_length`.
    """

    name: str
    row: np.dtype[Any]
